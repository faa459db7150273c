package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/money"
	"adoptionfund/internal/rubric"
)

// jsonFormat has an object for each line, money in pence under names that say so, and the totals after them.
func jsonFormat() Format {
	return Format{Name: "json", Extension: "json", MediaType: "application/json", Title: "JSON", begin: func(w io.Writer, d *Document) (writer, error) {
		j := &jsonWriter{out: bufio.NewWriterSize(w, 64<<10), d: d}
		for _, i := range d.columns {
			j.names = append(j.names, quote(d.report.Columns[i].field())+":")
		}
		j.raw(`{"round":`, quote(d.Round), `,"title":`, quote(d.Title))
		if d.Notice != "" {
			j.raw(`,"notice":`, quote(d.Notice))
		}
		j.raw(`,"report":`, quote(d.report.Kind), `,"made":`, quote(audit.When(d.Made)), `,"maker":`, quote(d.Maker), `,"filter":`, quote(d.Filter), `,"marking":`, quote(d.Marking),
			`,"sources":`, quote(d.Sources), `,"rows":[`)
		return j, j.err
	}}
}

type jsonWriter struct {
	out   *bufio.Writer
	d     *Document
	names []string
	lines int
	err   error
}

// raw writes texts; after an error nothing more.
func (j *jsonWriter) raw(texts ...string) {
	for _, text := range texts {
		if j.err == nil {
			_, err := j.out.WriteString(text)
			j.err = writing("JSON", err)
		}
	}
}

func (j *jsonWriter) line(row Row) error {
	if j.lines > 0 {
		j.raw(",")
	}
	j.lines++
	j.raw("\n{")
	for n, i := range j.d.columns {
		if n > 0 {
			j.raw(",")
		}
		j.raw(j.names[n], value(row.Cells[i]))
	}
	j.raw("}")
	return j.err
}

func (j *jsonWriter) end(t *Totals) error {
	j.raw("],\n", `"totals":{`)
	j.figures(&t.Figures, t.at)
	for i, g := range j.d.report.Groups {
		j.raw(",", quote(g.Name), ":{")
		for n, name := range slices.Sorted(maps.Keys(t.Groups[i])) {
			if n > 0 {
				j.raw(",")
			}
			j.raw(quote(name), ":{")
			j.figures(t.Groups[i][name], t.at)
			j.raw("}")
		}
		j.raw("}")
	}
	j.raw("}}\n")
	if j.err == nil {
		j.err = writing("JSON", j.out.Flush())
	}
	return j.err
}

func (j *jsonWriter) figures(f *Figures, at []int) {
	j.raw(quote(j.d.report.Many), ":", strconv.Itoa(f.Count))
	for n, i := range at {
		j.raw(",", quote(j.d.report.Columns[i].field()), ":", strconv.FormatInt(f.Sums[n], 10))
	}
}

// value is a cell in JSON.
func value(cell any) string {
	switch v := cell.(type) {
	case nil:
		return "null"
	case money.Pence:
		return strconv.FormatInt(int64(v), 10)
	case rubric.Points:
		return v.String()
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return quote(audit.When(v))
	case string:
		return quote(v)
	}
	return quote(plain(cell))
}

// quote is a text in JSON, with the signs of HTML as they are: nothing here is put into a page.
func quote(text string) string {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if err := out.Encode(text); err != nil {
		return `""` // a text always has a form in JSON
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}
