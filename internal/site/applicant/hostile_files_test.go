package applicant_test

import (
	"archive/zip"
	"bytes"
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/testkit"
)

// archive makes an archive of parts: names and texts in turn.
func archive(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		f, err := w.Create(parts[i])
		if err == nil {
			_, err = f.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func word(t *testing.T, parts ...string) []byte {
	t.Helper()
	return archive(t, append([]string{"[Content_Types].xml", "<Types/>", "word/document.xml", "<w:document/>"}, parts...)...)
}

// TestFilesThatLieOrHideSomethingAreRefusedOnThePage: in words, beside the question, and nothing of them is kept.
func TestFilesThatLieOrHideSomethingAreRefusedOnThePage(t *testing.T) {
	t.Parallel()
	s := serve(t)
	a := s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	zeros := strings.Repeat("\x00", 40<<20)
	inner := archive(t, "a.zip", string(archive(t, "b.zip", string(archive(t, "c.txt", "x")))))
	types := `<Types><Override PartName="/word/x.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>`
	for name, c := range map[string]struct {
		content []byte
		says    string
	}{
		"page.pdf":     {[]byte("<html><script>alert(1)</script></html>"), "not what its name says"},
		"program.docx": {[]byte("MZ\x90\x00"), "not what its name says"},
		"none":         {pdfOf(100), "must be a file of the kind PDF"},
		"program.exe":  {[]byte("MZ\x90\x00"), "must be a file of the kind PDF"},
		"empty.pdf":    {nil, "empty"},
		"bomb.docx":    {word(t, "word/media/1.bmp", zeros), "far more than it should"},
		"nested.docx":  {word(t, "word/embeddings/1.zip", string(inner)), "archives in archives"},
		"outside.docx": {word(t, "../../etc/passwd", "x"), "point outside"},
		"macros.docx":  {word(t, "word/vbaProject.bin", "x"), "has macros"},
		"renamed.docx": {archive(t, "[Content_Types].xml", types, "word/document.xml", "", "word/x.bin", "x"), "has macros"},
	} {
		form := url.Values{"version": {version(t, b.Get(evidencePath))}, "action": {"save"}}
		if page := b.Upload(evidencePath, form, "EV9", name, c.content); page.Status != 422 || !strings.Contains(page.Body, c.says) || !strings.Contains(page.Body, `href="#EV9"`) {
			t.Errorf("%s: %d, not %q", name, page.Status, c.says)
		}
	}
	page, err := s.Applications.Open(s.As(testkit.Applicant), a.Ref, "evidence")
	if err != nil || len(page.Files) != 0 {
		t.Errorf("%+v %v", page.Files, err)
	}
}

// TestHostileNamesOfFilesAreShownAndSentHarmless: paths, markup, characters that turn the text or end a header, none at all.
func TestHostileNamesOfFilesAreShownAndSentHarmless(t *testing.T) {
	t.Parallel()
	s := serve(t)
	a := s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	for name, kept := range map[string]string{
		`..\..\boot.pdf`: "boot.pdf", "../../etc/passwd.pdf": "passwd.pdf", "<script>x.pdf": "scriptx.pdf", "fdp\u202ecod.pdf": "fdpcod.pdf",
		".pdf": "file.pdf", strings.Repeat("é", 400) + ".pdf": "",
	} {
		form := url.Values{"version": {version(t, b.Get(evidencePath))}, "action": {"add"}}
		want(t, b.Upload(evidencePath, form, "EV9", name, pdfOf(100+len(name))), 303)
		page, err := s.Applications.Open(s.As(testkit.Applicant), a.Ref, "evidence")
		if err != nil || len(page.Files) == 0 {
			t.Fatalf("%q: %v", name, err)
		}
		file := page.Files[len(page.Files)-1]
		if kept != "" && file.Name != kept || len([]rune(file.Name)) > 200 {
			t.Errorf("%q is kept as %q", name, file.Name)
		}
		sent := want(t, b.Get("/applications/AF26-0001/files/"+string(file.ID)), 200).Header.Get("Content-Disposition")
		if strings.ContainsAny(sent, "\r\n\u202e/\\<") || !strings.HasPrefix(sent, "inline; filename") {
			t.Errorf("%q is sent as %q", name, sent)
		}
		s.Clock.Add(1)
	}
	if body := b.Get(evidencePath).Body; strings.Contains(body, "<script>x") {
		t.Error("a name is markup")
	}
}
