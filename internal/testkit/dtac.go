package testkit

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"adoptionfund/internal/form"
)

// FilledForm is a Word file of a DTAC question set in the layout of the published forms, filled in as most people do: the choices that
// are not taken are deleted, and what is typed stands over "Free text". A question without an answer is left as the blank form has it.
func FilledForm(tb testing.TB, f *form.Form, answers form.Answers) []byte {
	tb.Helper()
	var b strings.Builder
	b.WriteString(`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`)
	for _, s := range f.Sections {
		b.WriteString(`<w:tbl>`)
		row(&b, "Code", "Question", "Options", "Supporting information", "Scoring criteria")
		for _, q := range s.Questions {
			row(&b, string(q.Code)+" ", q.Text, cell(q, answers[q.Code]), "Please see the guidance.", "To pass, the answer must be as the guidance says.")
		}
		b.WriteString(`</w:tbl><w:p/>`)
	}
	b.WriteString(`</w:body></w:document>`)
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for name, text := range map[string]string{"[Content_Types].xml": "<Types/>", "word/document.xml": b.String()} {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return file.Bytes()
}

// cell is what stands in the options cell of a question.
func cell(q *form.Question, v form.Value) string {
	if form.Answered(q, v) {
		return form.Display(q, v)
	}
	labels := make([]string, len(q.Options))
	for i, o := range q.Options {
		labels[i] = o.Label
	}
	switch {
	case q.Kind == form.KindDate:
		return "Date | Not applicable"
	case len(labels) == 0:
		return "Free text"
	}
	return strings.Join(labels, " | ")
}

func row(b *strings.Builder, cells ...string) {
	b.WriteString(`<w:tr>`)
	for _, text := range cells {
		b.WriteString(`<w:tc>`)
		for line := range strings.SplitSeq(text, "\n") {
			var escaped bytes.Buffer
			_ = xml.EscapeText(&escaped, []byte(line)) // a buffer takes everything
			b.WriteString(`<w:p><w:r><w:t xml:space="preserve">` + escaped.String() + `</w:t></w:r></w:p>`)
		}
		b.WriteString(`</w:tc>`)
	}
	b.WriteString(`</w:tr>`)
}
