package report

import (
	"bytes"
	"html/template"
	"io"
	"maps"
	"slices"

	"adoptionfund/internal/fault"
)

// mostPrinted is how many lines are printed: more would be hundreds of sheets that nobody reads, and a browser that runs out of memory.
const mostPrinted = 3000

// pdfFormat is the totals and the lines on paper: tagged, with title, language, headings and table heads. It has the columns that the page
// shows, since a sheet is no wider than it is.
func pdfFormat() Format {
	return Format{Name: "pdf", Extension: "pdf", MediaType: "application/pdf", Title: "PDF", begin: func(w io.Writer, d *Document) (writer, error) {
		if d.print == nil {
			return nil, fault.New(fault.Unavailable, "This installation makes no PDF files, since no Chromium is installed. Open the page and print it, or save it as a PDF, with your browser.")
		}
		p := &pdfWriter{to: w, d: d}
		for _, i := range d.columns {
			if len(d.columns) < len(d.report.Columns) || !d.report.Columns[i].Aside {
				p.columns = append(p.columns, i)
			}
		}
		return p, nil
	}}
}

type pdfWriter struct {
	to      io.Writer
	d       *Document
	columns []int
	rows    [][]printedCell
}

type printedCell struct {
	Text    string
	Numeric bool
	Row     bool // names its row
}

func (p *pdfWriter) line(row Row) error {
	if len(p.rows) == mostPrinted {
		return fault.New(fault.TooLarge, "A PDF file has at most %d lines, and this report has more. Narrow it with a filter, or take it as XLSX or CSV.", mostPrinted)
	}
	cells := make([]printedCell, len(p.columns))
	for n, i := range p.columns {
		c := p.d.report.Columns[i]
		cells[n] = printedCell{c.words(row.Cells[i]), c.Type.Numeric(), n == 0}
	}
	p.rows = append(p.rows, cells)
	return nil
}

type printedTable struct {
	Caption string
	Head    []printedCell
	Rows    [][]printedCell
	Foot    []printedCell
}

func (p *pdfWriter) end(t *Totals) error {
	var tables []printedTable
	for i, g := range p.d.report.Groups {
		tables = append(tables, p.group(g, t.Groups[i], t))
	}
	if len(p.d.report.Groups) == 0 && len(t.at) > 0 {
		tables = append(tables, p.group(Group{Title: "Totals"}, nil, t))
	}
	lines := printedTable{Caption: "All " + p.d.report.Many, Rows: p.rows}
	for _, i := range p.columns {
		c := p.d.report.Columns[i]
		lines.Head = append(lines.Head, printedCell{Text: c.Label, Numeric: c.Type.Numeric()})
	}
	if len(p.rows) > 0 {
		tables = append(tables, lines)
	}
	var document bytes.Buffer
	if err := sheets().Execute(&document, map[string]any{"Statement": p.d.Statement, "Lines": p.d.lines(), "Tables": tables, "None": len(p.rows) == 0, "Many": p.d.report.Many}); err != nil {
		return writing("PDF", err)
	}
	file, err := p.d.print(p.d.ctx, document.String(), p.d.Round+", "+p.d.Report+". "+p.d.Marking)
	if err != nil {
		return writing("PDF", err)
	}
	_, err = p.to.Write(file)
	return writing("PDF", err)
}

// group is a table of totals by one group, with the whole at its foot.
func (p *pdfWriter) group(g Group, by map[string]*Figures, t *Totals) printedTable {
	table := printedTable{Caption: g.Title, Head: []printedCell{{Text: "Group"}, {Text: capital(p.d.report.Many), Numeric: true}}}
	for _, i := range t.at {
		table.Head = append(table.Head, printedCell{Text: p.d.report.Columns[i].Label, Numeric: true})
	}
	row := func(name string, f *Figures) []printedCell {
		cells := []printedCell{{Text: name, Row: true}, {Text: plain(int64(f.Count)), Numeric: true}}
		for n, i := range t.at {
			c := p.d.report.Columns[i]
			cells = append(cells, printedCell{Text: c.words(sumCell(c.Type, f.Sums[n])), Numeric: true})
		}
		return cells
	}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		table.Rows = append(table.Rows, row(g.Shown(name), by[name]))
	}
	table.Foot = row("Total", &t.Figures)
	return table
}

// Shown is a value of a group as people read it.
func (g Group) Shown(value string) string {
	switch {
	case value == "":
		return "Not given"
	case value == handled || g.Words == nil:
		return value
	}
	return g.Words(value)
}

func sheets() *template.Template { return template.Must(template.New("sheets").Parse(sheetsText)) }

const sheetsText = `<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{.Statement.Report}}, {{.Statement.Round}}</title>
<style>
body{font-family:Arial,sans-serif;font-size:11px;line-height:1.35;color:#212b32;margin:0}
h1{font-size:24px;margin:0 0 4px;color:#005eb8}h2{font-size:16px;margin:20px 0 6px;break-after:avoid}
.marking{font-weight:bold;margin:0 0 10px}
dl{display:grid;grid-template-columns:90px 1fr;gap:2px 8px;margin:0 0 12px}dt{font-weight:bold}dd{margin:0}
table{border-collapse:collapse;width:100%;margin:0 0 12px}caption{text-align:left;font-weight:bold;padding:0 0 4px}
th,td{text-align:left;vertical-align:top;padding:3px 6px 3px 0;border-bottom:1px solid #aeb7bd}
thead th{border-bottom:2px solid #4c6272}tr{break-inside:avoid}tfoot td,tfoot th{font-weight:bold;border-top:2px solid #4c6272}
.n{text-align:right;white-space:nowrap}tbody th{font-weight:normal}
</style></head><body><main>
<h1>{{.Statement.Report}}</h1>
<p class="marking">{{.Statement.Marking}}</p>
<dl>{{range .Lines}}<dt>{{index . 0}}</dt><dd>{{index . 1}}</dd>{{end}}</dl>
{{if .None}}<p>There are no {{.Many}} in this report.</p>{{end}}
{{range .Tables}}<h2>{{.Caption}}</h2>
<table><caption>{{.Caption}}</caption><thead><tr>{{range .Head}}<th scope="col"{{if .Numeric}} class="n"{{end}}>{{.Text}}</th>{{end}}</tr></thead>
<tbody>{{range .Rows}}<tr>{{range .}}{{if .Row}}<th scope="row">{{.Text}}</th>{{else}}<td{{if .Numeric}} class="n"{{end}}>{{.Text}}</td>{{end}}{{end}}</tr>
{{end}}</tbody>{{if .Foot}}<tfoot><tr>{{range .Foot}}{{if .Row}}<th scope="row">{{.Text}}</th>{{else}}<td{{if .Numeric}} class="n"{{end}}>{{.Text}}</td>{{end}}{{end}}</tr></tfoot>{{end}}</table>
{{end}}</main></body></html>
`
