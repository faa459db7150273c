package report

import (
	"encoding/csv"
	"io"
)

// csvFormat is UTF-8 with a row of names, as RFC 4180 has it. What the file says of itself is in its name: a table has no place for more.
func csvFormat() Format {
	return Format{Name: "csv", Extension: "csv", MediaType: "text/csv; charset=utf-8", Title: "CSV", begin: func(w io.Writer, d *Document) (writer, error) {
		c := &csvWriter{out: csv.NewWriter(w), columns: d.columns, record: make([]string, len(d.columns))}
		for n, i := range d.columns {
			c.record[n] = d.report.Columns[i].Name
		}
		return c, writing("CSV", c.out.Write(c.record))
	}}
}

type csvWriter struct {
	out     *csv.Writer
	columns []int
	record  []string
}

func (c *csvWriter) line(row Row) error {
	for n, i := range c.columns {
		c.record[n] = plain(row.Cells[i])
	}
	return writing("CSV", c.out.Write(c.record))
}

func (c *csvWriter) end(*Totals) error {
	c.out.Flush()
	return writing("CSV", c.out.Error())
}
