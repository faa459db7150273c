// Package sheet reads lists that people keep in a spreadsheet and save as CSV, and says by the row what is wrong with them.
//
// It owns rows, their numbers as a spreadsheet counts them, several values in a cell, and the list of problems. What a cell may hold
// is the matter of the rooms that import.
package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"adoptionfund/internal/fault"
)

// Reader reads a list row by row, however long it is.
type Reader struct {
	csv      *csv.Reader
	columns  []string
	index    map[string]int
	row      int // the number of the row read last
	nextLine int // where the next row would begin if there is no empty one between
}

// Open reads the first row, which must name exactly these columns.
func Open(file io.Reader, columns ...string) (*Reader, error) {
	r, err := OpenAny(file)
	if err == nil && slices.Equal(r.columns, columns) {
		r.csv.FieldsPerRecord = len(columns)
		return r, nil
	}
	return nil, fault.New(fault.Invalid, "The first row must be %s", strings.Join(columns, ","))
}

// OpenAny reads the first row, whichever columns it names.
func OpenAny(file io.Reader) (*Reader, error) {
	r := &Reader{csv: csv.NewReader(file), index: map[string]int{}}
	r.csv.ReuseRecord = true
	cells, err := r.csv.Read()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "The first row must name the columns")
	}
	for i, name := range cells {
		name = strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))
		if _, twice := r.index[name]; twice && name != "" {
			return nil, fault.New(fault.Invalid, "The first row names the column %q twice", name)
		}
		r.columns, r.index[name] = append(r.columns, name), i
	}
	r.count(cells)
	return r, nil
}

// Columns are the names in the first row.
func (r *Reader) Columns() []string { return r.columns }

// Row is one row of a list; it holds until the next is read.
type Row struct {
	Number int // as a spreadsheet counts: the row with the names is 1
	cells  []string
	index  map[string]int
}

// Cell gives what stands in a column, without space around it; nothing where there is no such column.
func (r Row) Cell(column string) string {
	if i, ok := r.index[column]; ok {
		return strings.TrimSpace(r.cells[i])
	}
	return ""
}

// List gives the values of a cell, with semicolons between.
func (r Row) List(column string) []string {
	var values []string
	for v := range strings.SplitSeq(r.Cell(column), ";") {
		if v = strings.TrimSpace(v); v != "" {
			values = append(values, v)
		}
	}
	return values
}

// Next gives the next row, or io.EOF after the last.
func (r *Reader) Next() (Row, error) {
	cells, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return Row{}, io.EOF
	}
	if err != nil {
		if e, ok := errors.AsType[*csv.ParseError](err); ok {
			words := e.Err.Error()
			if errors.Is(e.Err, csv.ErrFieldCount) {
				words = fmt.Sprintf("has another number of cells than the %d columns", len(r.columns))
			}
			return Row{}, fault.Wrap(fault.Invalid, err, "row %d: %s", r.row+1+max(0, e.StartLine-r.nextLine), words)
		}
		return Row{}, fault.Wrap(fault.Invalid, err, "The file cannot be read")
	}
	r.count(cells)
	return Row{Number: r.row, cells: cells, index: r.index}, nil
}

// count numbers the row that was read. Empty rows are skipped by the reader and are rows of the spreadsheet all the same.
func (r *Reader) count(cells []string) {
	first, _ := r.csv.FieldPos(0)
	last, _ := r.csv.FieldPos(len(cells) - 1)
	r.row++
	if r.nextLine > 0 {
		r.row += max(0, first-r.nextLine)
	}
	r.nextLine = last + strings.Count(cells[len(cells)-1], "\n") + 1
}

// most is how many problems are listed; of the others their number is said.
const most = 50

// Problems are what is wrong with a list.
type Problems struct {
	lines []string
	more  int
}

// Add notes what is wrong with a row.
func (p *Problems) Add(row int, format string, args ...any) {
	if len(p.lines) == most {
		p.more++
		return
	}
	p.lines = append(p.lines, fmt.Sprintf("row %d: ", row)+fmt.Sprintf(format, args...))
}

// Any reports whether something is wrong.
func (p *Problems) Any() bool { return len(p.lines) > 0 }

// Err is a fault with a line for each problem, or nil.
func (p *Problems) Err() error {
	if !p.Any() {
		return nil
	}
	lines := p.lines
	if p.more > 0 {
		lines = append(slices.Clone(lines), fmt.Sprintf("and %d more problems", p.more))
	}
	return fault.New(fault.Invalid, "%s", strings.Join(lines, "\n"))
}
