package files

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"adoptionfund/internal/fault"
)

// The limits of what an archive, which every office file is, may hold.
const (
	mostEntries  = 10_000
	mostUnpacked = 512 << 20
	fairUnpacked = 16 << 20 // up to which the ratio does not matter
	mostRatio    = 200      // unpacked to packed
	mostDepth    = 2        // an archive in an archive, such as a sheet in a document
)

func isZip(start []byte) bool {
	return bytes.HasPrefix(start, []byte("PK\x03\x04")) || bytes.HasPrefix(start, []byte("PK\x05\x06"))
}

// zipKind tells office files from other archives by the parts that each kind has.
func zipKind(r io.ReaderAt, size int64) (mediaType, extension string) {
	const office = "application/vnd.openxmlformats-officedocument."
	z, err := zip.NewReader(r, size)
	if err != nil {
		return "application/zip", ".zip"
	}
	has := func(name string) bool {
		return slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == name })
	}
	if len(z.File) > 0 && z.File[0].Name == "mimetype" {
		if text := firstOf(z.File[0], 100); strings.HasPrefix(text, "application/vnd.oasis.opendocument.") {
			for kind, ending := range map[string]string{"text": ".odt", "spreadsheet": ".ods", "presentation": ".odp"} {
				if strings.TrimPrefix(text, "application/vnd.oasis.opendocument.") == kind {
					return text, ending
				}
			}
		}
	}
	switch {
	case !has("[Content_Types].xml"):
	case has("word/document.xml"):
		return office + "wordprocessingml.document", ".docx"
	case has("xl/workbook.xml"):
		return office + "spreadsheetml.sheet", ".xlsx"
	case has("ppt/presentation.xml"):
		return office + "presentationml.presentation", ".pptx"
	}
	return "application/zip", ".zip"
}

func firstOf(f *zip.File, n int64) string {
	r, err := f.Open()
	if err != nil {
		return ""
	}
	defer func() { _ = r.Close() }()
	text, err := io.ReadAll(io.LimitReader(r, n))
	if err != nil {
		return ""
	}
	return string(text)
}

func archived(extension string) bool {
	return slices.Contains([]string{".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"}, extension)
}

// look is a look into an archive and those inside it, which share what may be unpacked.
type look struct {
	name     string // of the file, for people
	macros   bool   // are allowed
	packed   int64
	unpacked int64
	entries  int
}

func lookInside(r io.ReaderAt, size int64, name string, macros bool) error {
	l := &look{name: name, macros: macros, packed: size}
	return l.archive(r, size, 1)
}

func (l *look) refuse(why string) error {
	return fault.New(fault.Invalid, "The file %s %s", Quoted(l.name), why)
}

func (l *look) archive(r io.ReaderAt, size int64, depth int) error {
	if depth > mostDepth {
		return l.refuse("has archives in archives in it. Take them out and upload them one by one")
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return l.refuse("is damaged and cannot be opened. Save it again and upload that")
	}
	if l.entries += len(z.File); l.entries > mostEntries {
		return l.refuse(fmt.Sprintf("holds more than %d files", mostEntries))
	}
	for _, f := range z.File {
		if err := l.entry(f, depth); err != nil {
			return err
		}
	}
	return nil
}

// entry looks at one part: its name, whether it is a macro, and how large it really is.
func (l *look) entry(f *zip.File, depth int) error {
	switch {
	case f.Flags&1 != 0:
		return l.refuse("is protected by a password, so that it cannot be checked. Save it without one")
	case !fs.ValidPath(strings.TrimSuffix(f.Name, "/")) || strings.ContainsAny(f.Name, "\\\x00") || f.Mode()&(fs.ModeSymlink|fs.ModeDevice) != 0:
		return l.refuse("has parts in it that point outside of it. Save it again and upload that")
	case !l.macros && isMacro(f.Name):
		return l.refuse("has macros in it. Save it without macros")
	case f.UncompressedSize64 > mostUnpacked:
		return l.tooLarge()
	case strings.HasSuffix(f.Name, "/"):
		return nil
	case !l.macros && declaresMacros(f):
		return l.refuse("has macros in it. Save it without macros")
	}
	r, err := f.Open()
	if err != nil {
		return l.refuse("is damaged and cannot be opened. Save it again and upload that")
	}
	defer func() { _ = r.Close() }()
	return l.unpack(r, depth)
}

func isMacro(name string) bool {
	name = strings.ToLower(name)
	return path.Base(name) == "vbaproject.bin" || strings.HasPrefix(name, "basic/") || strings.HasPrefix(name, "scripts/") ||
		strings.Contains(name, "/macrosheets/")
}

// declaresMacros reports whether a part is the list of kinds of an office file and names macros among them: there a part with macros
// can have any name.
func declaresMacros(f *zip.File) bool {
	const longest = 1 << 20
	if !strings.EqualFold(f.Name, "[Content_Types].xml") {
		return false
	}
	kinds := strings.ToLower(firstOf(f, longest))
	return strings.Contains(kinds, "vbaproject") || strings.Contains(kinds, "macroenabled") || f.UncompressedSize64 > longest
}

func (l *look) tooLarge() error {
	return l.refuse("unpacks to far more than it should. Save it again and upload that")
}

// allowance is how much more may be unpacked.
func (l *look) allowance() int64 {
	return min(mostUnpacked, max(fairUnpacked, mostRatio*l.packed)) - l.unpacked
}

// unpack reads a part to its end, within what may be unpacked; an archive is looked into in its turn.
func (l *look) unpack(r io.Reader, depth int) error {
	start := make([]byte, 4)
	n, err := io.ReadFull(r, start)
	l.unpacked += int64(n)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return l.refuse("is damaged and cannot be read. Save it again and upload that")
	}
	rest := &io.LimitedReader{R: r, N: max(l.allowance(), 0) + 1}
	if !isZip(start[:n]) {
		return l.drain(io.Discard, rest)
	}
	f, err := os.CreateTemp("", "adoptionfund-"+beginning)
	if err != nil {
		return fmt.Errorf("making a file: %w", err)
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	if _, err := f.Write(start[:n]); err != nil {
		return fmt.Errorf("unpacking an archive: %w", err)
	}
	if err := l.drain(f, rest); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("unpacking an archive: %w", err)
	}
	return l.archive(f, info.Size(), depth+1)
}

func (l *look) drain(w io.Writer, r *io.LimitedReader) error {
	n, err := io.Copy(w, r)
	l.unpacked += n
	switch {
	case r.N <= 0:
		return l.tooLarge()
	case err != nil:
		return l.refuse("is damaged and cannot be read. Save it again and upload that")
	}
	return nil
}
