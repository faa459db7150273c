// Package document writes plain Word files (Office Open XML, ECMA-376) that people draft in: headings, paragraphs, lists, tables, and
// framed places for answers, with a title and a language, so that assistive technology can read them.
//
// It owns the file format. It leaves to others what a document says.
package document

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
)

// Document is a document from its title on.
type Document struct {
	Title    string
	Language string // such as en-GB
	Blocks   []Block
}

// Block is a part of a document: a Heading, Paragraph, Bullets, Table or Space.
type Block interface{ write(*body) }

// Heading opens a part of the document. Level is 1 to 3.
type Heading struct {
	Level int
	Text  string
}

// Paragraph is text; a line end begins a new paragraph. Quiet text is smaller and grey: hints and limits.
type Paragraph struct {
	Text  string
	Quiet bool
}

// Bullets is a list.
type Bullets []string

// Table is a table with a heading row, and Empty rows to be filled in.
type Table struct {
	Columns []string
	Empty   int
}

// Space is a frame to write in, of about as many lines.
type Space int

// Write writes the document. The same document gives the same bytes.
func Write(w io.Writer, d Document) error {
	z := zip.NewWriter(w)
	b := &body{}
	(Heading{Level: 0, Text: d.Title}).write(b)
	for _, block := range d.Blocks {
		block.write(b)
	}
	parts := []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRelations},
		{"docProps/core.xml", fmt.Sprintf(properties, escape(d.Title), escape(d.Language))},
		{"word/_rels/document.xml.rels", documentRelations},
		{"word/numbering.xml", numbering},
		{"word/styles.xml", fmt.Sprintf(styles, escape(d.Language))},
		{"word/document.xml", fmt.Sprintf(main, b.xml.String())},
	}
	for _, part := range parts {
		f, err := z.Create(part.name)
		if err == nil {
			_, err = io.WriteString(f, part.text)
		}
		if err != nil {
			return fmt.Errorf("writing %s of a document: %w", part.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("writing a document: %w", err)
	}
	return nil
}

// body gathers the paragraphs and tables.
type body struct{ xml strings.Builder }

func (b *body) paragraph(style, text string) {
	fmt.Fprintf(&b.xml, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>`, style)
	if text != "" {
		fmt.Fprintf(&b.xml, `<w:r><w:t xml:space="preserve">%s</w:t></w:r>`, escape(text))
	}
	b.xml.WriteString(`</w:p>`)
}

func (h Heading) write(b *body) {
	if h.Level == 0 {
		b.paragraph("Title", h.Text)
		return
	}
	b.paragraph(fmt.Sprintf("Heading%d", h.Level), h.Text)
}

func (p Paragraph) write(b *body) {
	style := "Normal"
	if p.Quiet {
		style = "Quiet"
	}
	for line := range strings.SplitSeq(p.Text, "\n") {
		if strings.TrimSpace(line) != "" {
			b.paragraph(style, line)
		}
	}
}

func (l Bullets) write(b *body) {
	for _, text := range l {
		b.paragraph("ListBullet", text)
	}
}

func (t Table) write(b *body) {
	b.xml.WriteString(tableStart)
	b.row(true, t.Columns)
	for range t.Empty {
		b.row(false, make([]string, len(t.Columns)))
	}
	b.xml.WriteString(`</w:tbl>`)
	b.paragraph("Normal", "")
}

// row writes a row; a heading row is repeated on each page.
func (b *body) row(heading bool, cells []string) {
	b.xml.WriteString(`<w:tr>`)
	if heading {
		b.xml.WriteString(`<w:trPr><w:tblHeader/></w:trPr>`)
	}
	for _, text := range cells {
		b.xml.WriteString(`<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr>`)
		style := "Normal"
		if heading {
			style = "TableHeading"
		}
		b.paragraph(style, text)
		b.xml.WriteString(`</w:tc>`)
	}
	b.xml.WriteString(`</w:tr>`)
}

func (s Space) write(b *body) {
	b.xml.WriteString(tableStart + `<w:tr><w:tc><w:tcPr><w:tcW w:w="5000" w:type="pct"/></w:tcPr>`)
	for range max(int(s), 1) {
		b.paragraph("Normal", "")
	}
	b.xml.WriteString(`</w:tc></w:tr></w:tbl>`)
	b.paragraph("Normal", "")
}

// escape makes text of XML 1.0: what XML cannot hold is left out.
func escape(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(text)
}
