package files

import (
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/gabriel-vasile/mimetype"

	"adoptionfund/internal/fault"
)

// sniffed is how much of a file tells its kind, but for archives.
const sniffed = 8192

// kindOf tells what a file is by what is in it.
func kindOf(r io.ReaderAt, size int64) (mediaType, extension string, err error) {
	start := make([]byte, min(size, sniffed))
	if _, err := r.ReadAt(start, 0); err != nil {
		return "", "", fmt.Errorf("looking at the upload: %w", err)
	}
	if isZip(start) {
		mediaType, extension = zipKind(r, size)
		return mediaType, extension, nil
	}
	kind := mimetype.Detect(start)
	return kind.String(), kind.Extension(), nil
}

// Fits refuses a file whose content is not of the kind that the ending of its name says, one of an office or archive kind that
// hides something, and one with macros unless its ending says so.
func Fits(name string) Check {
	return func(content io.ReaderAt, s Stored) error {
		ending := strings.ToLower(path.Ext(name))
		if !sameKind(ending, s.Extension) {
			return fault.New(fault.Invalid, "What is in the file %s is not what its name says. Save it again in its own format", Quoted(name))
		}
		if !archived(s.Extension) {
			return nil
		}
		return lookInside(content, s.Size, name, slices.Contains([]string{".docm", ".xlsm", ".pptm"}, ending))
	}
}

// sameKind reports whether a name may end so for content of a kind.
func sameKind(ending, content string) bool {
	for _, group := range [][]string{
		{".jpg", ".jpeg"}, {".txt", ".csv", ".md", ".eml"}, {".tif", ".tiff"},
		{".docx", ".docm"}, {".xlsx", ".xlsm"}, {".pptx", ".pptm"}, // macros are looked for inside
	} {
		if slices.Contains(group, ending) && slices.Contains(group, content) {
			return true
		}
	}
	return ending != "" && ending == content
}

// longestName is how many characters of a name are kept.
const longestName = 200

// CleanName gives the last part of a name from a person's device as it may be shown and kept: without folders, without characters
// that are not seen or that turn the direction of text, at most 200 characters, with its ending. What has no name is called file.
func CleanName(text string) string {
	text = strings.ToValidUTF8(text, "")
	text = path.Base(strings.ReplaceAll(text, `\`, "/"))
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) {
			return ' '
		}
		if !unicode.IsGraphic(r) || strings.ContainsRune(`"<>|:*?`, r) {
			return -1
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	if strings.Trim(text, "./ ") == "" {
		return "file"
	}
	ending := path.Ext(text)
	if len([]rune(ending)) > 20 {
		ending = ""
	}
	stem := []rune(strings.TrimSuffix(text, ending))
	if len(stem) == 0 {
		stem = []rune("file")
	}
	return strings.TrimSpace(string(stem[:min(len(stem), longestName-len([]rune(ending)))])) + ending
}

// Quoted writes the name of a file in a sentence.
func Quoted(name string) string { return "“" + name + "”" }
