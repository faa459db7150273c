package report

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/money"
	"adoptionfund/internal/rubric"
)

// Format is a way to write a report. A new one is a file of its own with its entry, and a line in Formats.
type Format struct {
	Name      string // at the end of the address
	Extension string
	MediaType string
	Title     string
	Awards    bool // writes awards that are agreed, not lines: for reports that can be had so
	begin     func(w io.Writer, d *Document) (writer, error)
}

// writer takes the lines of a document as they are read; end is called once after the last.
type writer interface {
	line(row Row) error
	end(t *Totals) error
}

// Document is a report that is being written.
type Document struct {
	Statement
	report  *Report
	columns []int           // those that are written, in the report's order
	ctx     context.Context //nolint:containedctx // a document is as long as its request
	print   Printer
}

// Printer makes a PDF file of a whole HTML document with a footer on every sheet.
type Printer func(ctx context.Context, document, footer string) ([]byte, error)

// Formats are all formats, in the order in which people are shown them.
func Formats() []Format {
	return []Format{csvFormat(), xlsxFormat(), pdfFormat(), jsonFormat(), givingFormat()}
}

// FormatsOf are the formats in which a report can be had.
func (r *Report) FormatsOf() []Format {
	var all []Format
	for _, f := range Formats() {
		if !f.Awards || r.Awards {
			all = append(all, f)
		}
	}
	return all
}

func (r *Report) format(name string) (Format, error) {
	for _, f := range r.FormatsOf() {
		if f.Name == name {
			return f, nil
		}
	}
	return Format{}, fault.New(fault.NotFound, "There is no export %s in the format %s", r.Kind, name)
}

// FileName names the file of a report, so that it says what it is wherever it ends up: round, report, filter, moment, maker and marking.
func (s Statement) fileName(kind, extension string) string {
	parts := []string{s.Round, kind}
	if s.Filter != "none" {
		parts = append(parts, slug(s.Filter))
	}
	parts = append(parts, s.Made.UTC().Format("20060102T1504Z"), "by-"+slug(s.Maker), slug(s.Marking))
	name := strings.Join(parts, "_")
	const longest = 180
	return strings.ToLower(name[:min(len(name), longest)]) + "." + extension
}

// slug keeps the letters and digits of a text.
func slug(text string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(text) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}

// plain is a cell as text in a file: money in pounds with two decimals, scores with two decimals, moments in UTC; text that a spreadsheet
// would take for a formula is made text.
func plain(cell any) string {
	switch v := cell.(type) {
	case nil:
		return ""
	case money.Pence:
		return v.Decimal()
	case rubric.Points:
		return v.String()
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case string:
		return Safe(v)
	default:
		return fmt.Sprint(v)
	}
}

// Safe puts an apostrophe before text that begins as a formula does [OWASP, CSV injection]. The signs of full width are taken for theirs by
// some spreadsheets, and space before a sign is left out by others.
func Safe(text string) string {
	first := strings.TrimLeft(text, " \u00a0")
	if first != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(first)[0]) {
		return "'" + text
	}
	return text
}

// sumCell makes a cell of a sum.
func sumCell(t Type, sum int64) any {
	if t == Money {
		return money.Pence(sum)
	}
	return sum
}

func writing(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("writing %s: %w", what, err)
}
