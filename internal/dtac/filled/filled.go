// Package filled reads a DTAC form that somebody filled in as a Word or OpenDocument file, and proposes answers from it, each with the
// cell that it came from. Nothing that it finds is an answer until a person says so.
//
// It owns the reading of such files and the comparison with the question set. The published forms have no places for answers: people
// delete choices, mark one, or type over what is printed. It leaves to package product what becomes of a proposal.
package filled

import (
	"io"
	"regexp"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
)

// Proposal is an answer that a document seems to give to a question.
type Proposal struct {
	Code   form.Code  `json:"code"`
	Value  form.Value `json:"value"`
	Sure   bool       `json:"sure"` // it can hardly mean anything else
	Why    string     `json:"why"`
	Table  int        `json:"table"` // from 1, as is the row and the column
	Row    int        `json:"row"`
	Column int        `json:"column"`
	Cell   string     `json:"cell"` // the text of the cell, shortened
}

// Reading is what a document gives.
type Reading struct {
	Form      string      `json:"form"`
	Proposals []Proposal  `json:"proposals"` // in the order of the form
	Unknown   []string    `json:"unknown"`   // codes that the form does not have
	Silent    []form.Code `json:"silent"`    // questions with a row, but without an answer
	Absent    []form.Code `json:"absent"`    // questions without a row
}

// Read reads a document, and compares it with the question set among these whose codes it has. What cannot be read is refused with a
// fault in words for the one who brought it.
func Read(content io.ReaderAt, size int64, forms []*form.Form) (Reading, error) {
	tables, err := tablesOf(content, size)
	if err != nil {
		if words := refusal(err); words != "" {
			return Reading{}, fault.Wrap(fault.Invalid, err, "%s", words)
		}
		return Reading{}, err
	}
	rows := codedRows(tables)
	f := best(forms, rows)
	if f == nil {
		return Reading{}, fault.New(fault.Invalid, "There is no table in the file with the codes of DTAC questions, such as C1.2, in its first column")
	}
	return propose(f, rows), nil
}

// codedRow is a row of a table whose first cell is a code.
type codedRow struct {
	code   form.Code
	table  int
	number int
	cells  []Cell // at their columns, which those that are merged have several of
	heads  []string
}

var codePattern = regexp.MustCompile(`^[A-D]\d{1,2}(\.\d{1,2}){0,3}$`)

// codedRows finds the rows that begin with a code. The heads of columns are those of the row above them that begins with "Code", else
// of the first row of the table.
func codedRows(tables []Table) []codedRow {
	var rows []codedRow
	for t, table := range tables {
		var heads []string
		for n, row := range table.Rows {
			if len(row) == 0 {
				continue
			}
			if code, ok := codeOf(row[0]); ok {
				rows = append(rows, codedRow{code, t + 1, n + 1, row[1:], heads})
			} else if heads == nil || is(row[0].Text(), "code") {
				heads = headsOf(row[1:])
			}
		}
	}
	return rows
}

func codeOf(c Cell) (form.Code, bool) {
	text := strings.TrimRight(strings.ToUpper(strings.Join(strings.Fields(c.Text()), "")), ".:)")
	return form.Code(text), codePattern.MatchString(text)
}

func headsOf(cells []Cell) []string {
	heads := make([]string, len(cells))
	for i, c := range cells {
		heads[i] = plain(c.Text())
	}
	return heads
}

// best is the form that knows the most of the codes and misses the fewest; nil if none of them knows any.
func best(forms []*form.Form, rows []codedRow) *form.Form {
	var found *form.Form
	most := 0.0
	for _, f := range forms {
		known, all := map[form.Code]bool{}, map[form.Code]bool{}
		for _, q := range f.Questions() {
			all[q.Code] = true
		}
		for _, r := range rows {
			if _, ok := f.Question(r.code); ok {
				known[r.code] = true
			}
			all[r.code] = true
		}
		if share := float64(len(known)) / float64(max(len(all), 1)); share > most {
			found, most = f, share
		}
	}
	return found
}

// propose goes through the rows in the order of the form. Of several rows of one question the first that answers counts.
func propose(f *form.Form, rows []codedRow) Reading {
	r := Reading{Form: f.ID}
	by := map[form.Code][]codedRow{}
	for _, row := range rows {
		if _, ok := f.Question(row.code); !ok && !has(r.Unknown, string(row.code)) {
			r.Unknown = append(r.Unknown, string(row.code))
		}
		by[row.code] = append(by[row.code], row)
	}
	for _, q := range f.Questions() {
		if len(by[q.Code]) == 0 {
			r.Absent = append(r.Absent, q.Code)
			continue
		}
		answered := false
		for _, row := range by[q.Code] {
			if p, ok := answerOf(q, row); ok {
				r.Proposals, answered = append(r.Proposals, p), true
				break
			}
		}
		if !answered {
			r.Silent = append(r.Silent, q.Code)
		}
	}
	return r
}
