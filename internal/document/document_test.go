package document_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/document"
)

// parts reads the parts of a written document; each must be well-formed.
func parts(t interface {
	Fatal(args ...any)
	Helper()
}, d document.Document) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := document.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for dec := xml.NewDecoder(bytes.NewReader(text)); ; {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(f.Name, err)
			}
		}
		found[f.Name] = string(text)
	}
	return found
}

func TestADocumentHoldsWhatItWasGiven(t *testing.T) {
	t.Parallel()
	got := parts(t, document.Document{Title: "Questions & answers", Language: "en-GB", Blocks: []document.Block{
		document.Heading{Level: 1, Text: "Summary"}, document.Paragraph{Text: "One <line>\nand another"}, document.Paragraph{Text: "Up to 200 words", Quiet: true},
		document.Bullets{"first", "second"}, document.Table{Columns: []string{"What", "Amount"}, Empty: 2}, document.Space(3),
	}})
	text := got["word/document.xml"]
	for _, part := range []string{"Questions &amp; answers", `"Heading1"`, "One &lt;line&gt;", "and another", `"Quiet"`, `"ListBullet"`, "<w:tblHeader/>", "Amount"} {
		if !strings.Contains(text, part) {
			t.Errorf("no %s in %s", part, text)
		}
	}
	if n := strings.Count(text, "<w:tr>"); n != 1+2+1 {
		t.Errorf("%d rows", n)
	}
	if !strings.Contains(got["docProps/core.xml"], "<dc:language>en-GB</dc:language>") || !strings.Contains(got["word/styles.xml"], `w:val="en-GB"`) {
		t.Error("the language is not said")
	}
}

// TestAnyTextIsWellFormed: whatever stands in a form, the file opens, and reads back as it was given where XML can hold it.
func TestAnyTextIsWellFormed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		parts(t, document.Document{Title: text, Blocks: []document.Block{
			document.Heading{Level: 2, Text: text}, document.Paragraph{Text: text}, document.Bullets{text}, document.Table{Columns: []string{text}},
		}})
	})
}
