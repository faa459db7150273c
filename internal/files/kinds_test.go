package files_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
)

// part is an entry of an archive.
type part struct{ name, text string }

func zipped(t *testing.T, parts ...part) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := w.Create(p.name)
		no(t, err)
		_, err = io.WriteString(f, p.text)
		no(t, err)
	}
	no(t, w.Close())
	return b.String()
}

func document(t *testing.T, more ...part) string {
	t.Helper()
	return zipped(t, append([]part{{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", "<w:document/>"}}, more...)...)
}

func sheet(t *testing.T) string {
	t.Helper()
	return zipped(t, part{"[Content_Types].xml", "<Types/>"}, part{"xl/workbook.xml", "<workbook/>"})
}

func TestAFileIsWhatItsNameSays(t *testing.T) {
	t.Parallel()
	s := inFolder(t)
	for name, content := range map[string]string{
		"a.pdf": "%PDF-1.7\nx", "A.PDF": "%PDF-1.7\nx", "a.txt": "Some words", "a.csv": "a,b\n1,2\n", "a.docx": document(t), "a.xlsx": sheet(t),
		"a.pptx": zipped(t, part{"[Content_Types].xml", ""}, part{"ppt/presentation.xml", ""}), "a.jpg": "\xff\xd8\xff\xe0\x00\x10JFIF", "a.jpeg": "\xff\xd8\xff\xe0\x00\x10JFIF",
		"a.odt": zipped(t, part{"mimetype", "application/vnd.oasis.opendocument.text"}, part{"content.xml", ""}), "a.eml": "From: a@b.example\nTo: c@d.example\n\nHello",
		"sheet in a document.docx": document(t, part{"word/embeddings/sheet.xlsx", sheet(t)}), "a.zip": zipped(t, part{"folder/file.txt", "words"}),
		"with macros.docm": document(t, part{"word/vbaProject.bin", "x"}),
	} {
		if _, err := s.Put(t.Context(), strings.NewReader(content), 1<<20, files.Fits(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestContentThatLiesOrHidesSomethingIsRefused(t *testing.T) {
	t.Parallel()
	s := inFolder(t)
	zeros := strings.Repeat("\x00", 4<<20)
	bomb := []part{{"[Content_Types].xml", ""}, {"word/document.xml", ""}}
	for n := range 6 {
		bomb = append(bomb, part{fmt.Sprintf("word/media/%d.bmp", n), zeros})
	}
	many := []part{{"[Content_Types].xml", ""}, {"word/document.xml", ""}}
	for n := range 10_001 {
		many = append(many, part{fmt.Sprintf("word/%d.xml", n), ""})
	}
	nested := zipped(t, part{"a.zip", zipped(t, part{"b.zip", zipped(t, part{"c.txt", "x"})})})
	for name, c := range map[string]struct{ content, says string }{
		"page.pdf":      {"<html><script>alert(1)</script></html>", "not what its name says"},
		"program.docx":  {"MZ\x90\x00", "not what its name says"},
		"sheet.docx":    {sheet(t), "not what its name says"},
		"archive.docx":  {zipped(t, part{"a.txt", "x"}), "not what its name says"},
		"none":          {"Some words", "not what its name says"},
		"page.txt":      {"<!DOCTYPE html><html><body>x</body></html>", "not what its name says"},
		"bomb.docx":     {zipped(t, bomb...), "far more than it should"},
		"inner.docx":    {document(t, part{"word/embeddings/x.zip", zipped(t, part{"zeros", strings.Repeat(zeros, 6)})}), "far more than it should"},
		"many.docx":     {zipped(t, many...), "more than 10000 files"},
		"nested.zip":    {nested, "archives in archives"},
		"outside.docx":  {document(t, part{"../../etc/passwd", "x"}), "point outside"},
		"absolute.docx": {document(t, part{"/etc/passwd", "x"}), "point outside"},
		"windows.docx":  {document(t, part{`C:\x\y`, "x"}), "point outside"},
		"macros.docx":   {document(t, part{"word/vbaProject.bin", "x"}), "has macros"},
		"renamed.docx":  {zipped(t, part{"[Content_Types].xml", `<Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>`}, part{"word/document.xml", ""}), "has macros"},
		"basic.odt":     {zipped(t, part{"mimetype", "application/vnd.oasis.opendocument.text"}, part{"Basic/Standard/Module.xml", ""}), "has macros"},
		"cut.zip":       {zipped(t, part{"a.txt", "words"})[:40], "damaged"},
		"changed.docx":  {strings.Replace(stored(t), "the words", "THE WORDS", 1), "damaged"},
		"locked.docx":   {locked(t), "password"},
		"link.docx":     {linked(t), "point outside"},
	} {
		_, err := s.Put(t.Context(), strings.NewReader(c.content), 64<<20, files.Fits(name))
		if f, ok := fault.Of(err); !ok || f.Kind != fault.Invalid || !strings.Contains(f.Words, c.says) || !strings.Contains(f.Words, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left := s.names(); len(left) != 0 {
		t.Errorf("%v was kept", left)
	}
}

// raw is a document with one more entry, as its header says.
func raw(t *testing.T, h zip.FileHeader, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "word/document.xml"} {
		_, err := w.Create(name)
		no(t, err)
	}
	f, err := w.CreateHeader(&h)
	no(t, err)
	_, err = io.WriteString(f, text)
	no(t, err)
	no(t, w.Close())
	return b.String()
}

func stored(t *testing.T) string {
	t.Helper()
	return raw(t, zip.FileHeader{Name: "word/a.xml", Method: zip.Store}, "the words")
}

func locked(t *testing.T) string {
	t.Helper()
	return raw(t, zip.FileHeader{Name: "word/a.xml", Flags: 1}, "x")
}

func linked(t *testing.T) string {
	t.Helper()
	h := zip.FileHeader{Name: "word/a.xml"}
	h.SetMode(fs.ModeSymlink | 0o777)
	return raw(t, h, "/etc/passwd")
}

func TestANameIsKeptAsItCanBeShown(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"report.pdf": "report.pdf", "../../etc/passwd": "passwd", `..\..\C:\Papers\a "paper".pdf`: "a paper.pdf", "": "file", "   ": "file", ".": "file", "..": "file", "/": "file",
		"a\x00b\r\n.pdf": "ab.pdf", "cod\u202efdp.exe": "codfdp.exe", "zero\u200bwidth\ufeff.pdf": "zerowidth.pdf", "wide\u00a0space.pdf": "wide space.pdf", "\xff\xfe.pdf": "file.pdf", ".pdf": "file.pdf",
		"\u2066isolated\u2069.pdf": "isolated.pdf", "Übersicht für Ärzte.docx": "Übersicht für Ärzte.docx",
		strings.Repeat("é", 300) + ".pdf": strings.Repeat("é", 196) + ".pdf",
	} {
		if got := files.CleanName(given); got != want {
			t.Errorf("%q became %q, not %q", given, got, want)
		}
	}
}

func TestAnyNameBecomesOneThatIsSafeAndStays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		given := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		name := files.CleanName(given)
		if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > 200 || strings.ContainsAny(name, "/\\\x00\r\n\"\u202e") || name == "." || name == ".." {
			t.Fatalf("%q became %q", given, name)
		}
		if again := files.CleanName(name); again != name {
			t.Fatalf("%q became %q and then %q", given, name, again)
		}
	})
}
