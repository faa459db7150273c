package filled

import (
	"encoding/xml"
	"strconv"
)

// wordReader follows a Word document (Office Open XML): tables, rows, cells, and runs with their style.
type wordReader struct {
	run     Run
	inStyle bool // inside the properties of a run
	inText  bool
	spans   []int // of the cells that are open
}

// off reports whether a switch of a style is written out as off.
func off(e xml.StartElement) bool {
	switch attribute(e, "val") {
	case "0", "false", "off", "none":
		return true
	}
	return false
}

func (d *wordReader) start(w *walk, e xml.StartElement) {
	switch e.Name.Local {
	case "tbl":
		w.openTable()
	case "tr":
		w.openRow()
	case "tc":
		w.openCell()
		d.spans = append(d.spans, 1)
	case "gridSpan":
		if n, err := strconv.Atoi(attribute(e, "val")); err == nil && n > 0 && n <= mostCells && len(d.spans) > 0 {
			d.spans[len(d.spans)-1] = n
		}
	case "r":
		d.run = Run{}
	case "t":
		d.inText = true
	case "tab":
		w.write(Run{Text: " ", Marked: d.run.Marked, Struck: d.run.Struck})
	case "br", "cr":
		w.write(Run{Text: "\n", Marked: d.run.Marked, Struck: d.run.Struck})
	case "sym":
		w.write(Run{Text: symbol(attribute(e, "char")), Marked: d.run.Marked})
	case "Fallback", "del", "moveFrom", "pPrChange", "rPrChange", "instrText", "pict":
		w.ignore() // what a newer reader does not show, what was taken out, what was before
	default:
		d.style(e)
	}
}

func (d *wordReader) style(e xml.StartElement) {
	switch e.Name.Local {
	case "rPr":
		d.inStyle = true
	case "b", "u", "highlight":
		d.run.Marked = d.run.Marked || d.inStyle && !off(e)
	case "strike", "dstrike":
		d.run.Struck = d.run.Struck || d.inStyle && !off(e)
	}
}

// symbol writes the ticks and crosses of the usual symbol fonts as characters.
func symbol(code string) string {
	switch code {
	case "F0FE", "F053", "F054", "F0FD", "F078", "F0FB":
		return "☒"
	case "F0FC", "F050", "F052":
		return "☑"
	case "F0A8", "F06F", "F0A3":
		return "☐"
	}
	return " "
}

func (d *wordReader) end(w *walk, e xml.EndElement) {
	switch e.Name.Local {
	case "tbl":
		w.closeTable()
	case "tr":
		w.closeRow()
	case "tc":
		if n := len(d.spans); n > 0 {
			w.closeCell(d.spans[n-1])
			d.spans = d.spans[:n-1]
		}
	case "p":
		w.write(Run{Text: "\n"})
	case "rPr":
		d.inStyle = false
	case "t":
		d.inText = false
	case "r":
		d.run = Run{}
	}
}

func (d *wordReader) text(w *walk, data string) {
	if d.inText {
		w.write(Run{Text: data, Marked: d.run.Marked, Struck: d.run.Struck})
	}
}
