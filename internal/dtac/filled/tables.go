package filled

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"
)

// The limits of what is read, far above any form that people fill in.
const (
	mostBytes    = 20 << 20 // of the file
	mostEntries  = 2000
	mostUnpacked = 12 << 20 // of the part that is read
	mostDepth    = 256
	mostTables   = 500
	mostRows     = 5000 // together
	mostCells    = 40   // of a row
	mostText     = 20_000
	mostTextAll  = 4 << 20
)

// Why a document is refused.
var (
	errDamaged  = errors.New("the document is damaged")
	errKind     = errors.New("the document is no Word or OpenDocument text")
	errTooLarge = errors.New("the document is too large")
	errMacros   = errors.New("the document has macros")
	errDTD      = errors.New("the document has a document type definition")
	errLocked   = errors.New("the document is protected by a password")
)

// refusal says in words for people why a document is refused; empty for what is no such reason.
func refusal(err error) string {
	for _, r := range []struct {
		why   error
		words string
	}{
		{errTooLarge, "The file holds far more than a DTAC form does. Copy the form alone into a new document and upload that"},
		{errMacros, "The file has macros in it. Save it without macros"},
		{errDTD, "The file is not as a word processor writes it. Save it again and upload that"},
		{errLocked, "The file is protected by a password. Save it without one"},
		{errKind, "The file must be a Word document (.docx) or an OpenDocument text (.odt)"},
		{errDamaged, "The file is damaged and cannot be read. Save it again and upload that"},
	} {
		if errors.Is(err, r.why) {
			return r.words
		}
	}
	return ""
}

// Run is a piece of text in one style.
type Run struct {
	Text   string
	Marked bool // bold, underlined or highlighted
	Struck bool
}

// Cell is a cell of a table. A line end begins a paragraph.
type Cell struct{ Runs []Run }

// Text is the text that was not struck out.
func (c Cell) Text() string {
	var b strings.Builder
	for _, r := range c.Runs {
		if !r.Struck {
			b.WriteString(r.Text)
		}
	}
	return strings.TrimSpace(b.String())
}

// Table is a table with its cells at their columns: one that spans several has empty ones after it.
type Table struct{ Rows [][]Cell }

// tablesOf reads the tables of a document that are not inside another table.
func tablesOf(content io.ReaderAt, size int64) ([]Table, error) {
	if size > mostBytes {
		return nil, errTooLarge
	}
	z, err := zip.NewReader(content, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKind, err)
	}
	if len(z.File) > mostEntries {
		return nil, errTooLarge
	}
	parts := map[string]*zip.File{}
	for _, f := range z.File {
		switch name := strings.ToLower(f.Name); {
		case f.Flags&1 != 0:
			return nil, errLocked
		case path.Base(name) == "vbaproject.bin", strings.HasPrefix(name, "basic/"), strings.HasPrefix(name, "scripts/"):
			return nil, errMacros
		}
		parts[f.Name] = f
	}
	if f := parts["word/document.xml"]; f != nil && parts["[Content_Types].xml"] != nil {
		return readPart(f, &wordReader{})
	}
	if f := parts["content.xml"]; f != nil && parts["mimetype"] != nil {
		return readPart(f, &openReader{styles: map[string]Run{}})
	}
	return nil, errKind
}

// dialect follows the elements of one kind of document, and tells the walk what they are.
type dialect interface {
	start(w *walk, e xml.StartElement)
	end(w *walk, e xml.EndElement)
	text(w *walk, data string)
}

// walk gathers tables while the elements of a document go by.
type walk struct {
	tables []Table
	row    []Cell
	cell   *Cell
	nested int // tables that are open
	rows   int
	total  int
	length int // of the text of the cell
	skip   int // depth from which nothing counts; 0: all counts
	depth  int
	err    error
}

// readPart reads one part of the file, within limits.
func readPart(f *zip.File, d dialect) ([]Table, error) {
	if f.UncompressedSize64 > mostUnpacked {
		return nil, errTooLarge
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	defer func() { _ = r.Close() }()
	limited := &io.LimitedReader{R: r, N: mostUnpacked + 1}
	w := &walk{}
	for dec := xml.NewDecoder(limited); ; {
		token, err := dec.Token()
		if limited.N <= 0 {
			return nil, errTooLarge
		}
		if errors.Is(err, io.EOF) && w.depth == 0 {
			return w.tables, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errDamaged, err)
		}
		if w.take(token, d); w.err != nil {
			return nil, w.err
		}
	}
}

func (w *walk) take(token xml.Token, d dialect) {
	switch t := token.(type) {
	case xml.Directive:
		w.err = errDTD
	case xml.StartElement:
		if w.depth++; w.depth > mostDepth {
			w.err = errTooLarge
		} else if w.skip == 0 {
			d.start(w, t)
		}
	case xml.EndElement:
		if w.depth--; w.depth < 0 {
			w.err = errDamaged
			return
		}
		if w.skip > w.depth {
			w.skip = 0
			return
		}
		if w.skip == 0 {
			d.end(w, t)
		}
	case xml.CharData:
		if w.skip == 0 {
			d.text(w, string(t))
		}
	}
}

// ignore passes over the element that has just begun, with all that is in it.
func (w *walk) ignore() { w.skip = w.depth }

func (w *walk) openTable() {
	if w.nested++; w.nested > 1 {
		return
	}
	w.tables = append(w.tables, Table{})
	if len(w.tables) > mostTables {
		w.err = errTooLarge
	}
}

func (w *walk) closeTable() { w.nested = max(w.nested-1, 0) }

func (w *walk) openRow() {
	if w.nested == 1 {
		w.row = nil
	}
}

func (w *walk) closeRow() {
	if w.nested != 1 || len(w.tables) == 0 {
		return
	}
	if w.rows++; w.rows > mostRows {
		w.err = errTooLarge
		return
	}
	t := &w.tables[len(w.tables)-1]
	t.Rows, w.row = append(t.Rows, w.row), nil
}

func (w *walk) openCell() {
	if w.nested == 1 {
		w.cell, w.length = &Cell{}, 0
	}
}

// closeCell ends a cell that takes so many columns.
func (w *walk) closeCell(columns int) {
	if w.nested != 1 || w.cell == nil {
		return
	}
	w.row = append(w.row, *w.cell)
	for range columns - 1 {
		if len(w.row) < mostCells {
			w.row = append(w.row, Cell{})
		}
	}
	if w.cell = nil; len(w.row) > mostCells {
		w.err = errTooLarge
	}
}

// write adds text to the cell that is open.
func (w *walk) write(r Run) {
	r.Text = strings.Map(printable, r.Text)
	if w.cell == nil || r.Text == "" {
		return
	}
	w.total += len(r.Text)
	w.length += len(r.Text)
	if w.total > mostTextAll || w.length > mostText {
		w.err = errTooLarge
		return
	}
	if n := len(w.cell.Runs); n > 0 && w.cell.Runs[n-1].Marked == r.Marked && w.cell.Runs[n-1].Struck == r.Struck {
		w.cell.Runs[n-1].Text += r.Text
		return
	}
	w.cell.Runs = append(w.cell.Runs, r)
}

// printable takes out what is not seen, and makes every space a plain one.
func printable(r rune) rune {
	switch {
	case r == '\n' || unicode.IsGraphic(r) && !unicode.IsSpace(r):
		return r
	case unicode.IsSpace(r):
		return ' '
	}
	return -1
}

// attribute is the value of an attribute by its local name; the last of several.
func attribute(e xml.StartElement, name string) string {
	i := slices.IndexFunc(e.Attr, func(a xml.Attr) bool { return a.Name.Local == name })
	if i < 0 {
		return ""
	}
	return e.Attr[i].Value
}
