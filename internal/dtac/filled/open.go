package filled

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// openReader follows an OpenDocument text: its automatic styles come first, then tables, rows, cells, and spans.
type openReader struct {
	styles    map[string]Run // what a style does to text
	style     string         // that is being read
	open      []Run          // the styles of the paragraphs and spans that are open
	cells     []int          // the columns of the cells that are open
	paragraph int
}

func (d *openReader) start(w *walk, e xml.StartElement) {
	switch e.Name.Local {
	case "table":
		w.openTable()
	case "table-row":
		w.openRow()
	case "table-cell", "covered-table-cell":
		columns := 1
		if n, err := strconv.Atoi(attribute(e, "number-columns-repeated")); err == nil && n > 0 {
			columns = min(n, mostCells)
		}
		w.openCell()
		d.cells = append(d.cells, columns)
	case "p", "h", "span", "a":
		d.open = append(d.open, d.over(d.styles[attribute(e, "style-name")]))
		if e.Name.Local == "p" || e.Name.Local == "h" {
			d.paragraph++
		}
	case "s", "tab":
		d.text(w, " ")
	case "line-break":
		d.text(w, "\n")
	case "tracked-changes", "annotation", "note":
		w.ignore()
	case "style":
		d.style = attribute(e, "name")
	case "text-properties":
		d.define(e)
	}
}

// define keeps what a style does to text, as far as people mark answers by it.
func (d *openReader) define(e xml.StartElement) {
	if d.style == "" || len(d.styles) >= mostRows {
		return
	}
	weight, under, through := attribute(e, "font-weight"), attribute(e, "text-underline-style"), attribute(e, "text-line-through-style")
	ground := ""
	for _, a := range e.Attr {
		if a.Name.Local == "background-color" {
			ground = a.Value
		}
	}
	d.styles[d.style] = Run{
		Marked: weight == "bold" || strings.HasPrefix(weight, "7") || under != "" && under != "none" || ground != "" && ground != "transparent",
		Struck: through != "" && through != "none",
	}
}

// over is a style on top of the one that is open.
func (d *openReader) over(style Run) Run {
	if n := len(d.open); n > 0 {
		style.Marked, style.Struck = style.Marked || d.open[n-1].Marked, style.Struck || d.open[n-1].Struck
	}
	return style
}

func (d *openReader) end(w *walk, e xml.EndElement) {
	switch e.Name.Local {
	case "table":
		w.closeTable()
	case "table-row":
		w.closeRow()
	case "table-cell", "covered-table-cell":
		if n := len(d.cells); n > 0 {
			w.closeCell(d.cells[n-1])
			d.cells = d.cells[:n-1]
		}
	case "p", "h", "span", "a":
		if n := len(d.open); n > 0 {
			d.open = d.open[:n-1]
		}
		if e.Name.Local == "p" || e.Name.Local == "h" {
			d.paragraph = max(d.paragraph-1, 0)
			w.write(Run{Text: "\n"})
		}
	case "style":
		d.style = ""
	}
}

func (d *openReader) text(w *walk, data string) {
	if d.paragraph == 0 {
		return
	}
	r := d.over(Run{})
	r.Text = data
	w.write(r)
}
