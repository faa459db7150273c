package form

import (
	"fmt"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form/expression"
	"adoptionfund/internal/money"
)

// maxRows is the ceiling of rows in one table.
const maxRows = 200

// tableKind is rows of typed columns. A row in which nothing is typed is no row.
func tableKind() behaviour {
	return behaviour{
		parts:   partRows,
		limits:  []string{"rows_min", "rows_max"},
		define:  defineTable,
		read:    readTable,
		write:   writeTable,
		check:   checkTable,
		ask:     func(q *Question) string { return "Add at least one row to " + name(q) },
		show:    showTable,
		operand: func(Value) expression.Operand { return expression.Operand{} },
	}
}

// MostRows is how many rows the table takes.
func (q *Question) MostRows() int {
	if q.Limits.MaxRows > 0 {
		return q.Limits.MaxRows
	}
	return maxRows
}

func defineTable(q *Question) []string {
	var reasons []string
	if len(q.Columns) == 0 {
		reasons = append(reasons, "a table needs columns")
	}
	if q.Limits.MaxRows > maxRows || q.Limits.MaxRows > 0 && q.Limits.MinRows > q.Limits.MaxRows {
		reasons = append(reasons, fmt.Sprintf("limits: rows_min may not be above rows_max, nor rows_max above %d", maxRows))
	}
	return reasons
}

func readTable(q *Question, in input) Value {
	var v Value
	for _, i := range in.rows() {
		row := Row{}
		for _, c := range q.Columns {
			if cell := behave(c.Kind).read(c.Question(), in.cell(i, c.Code)); !cell.nothing() {
				row[c.Code] = cell
			}
		}
		if len(row) > 0 {
			v.Rows = append(v.Rows, row)
		}
	}
	return v
}

func writeTable(q *Question, v Value, out output) {
	for i, row := range v.Rows {
		for _, c := range q.Columns {
			behave(c.Kind).write(c.Question(), row[c.Code], out.cell(i, c.Code))
		}
	}
}

func checkTable(q *Question, v Value, how How) fault.Problems {
	found := fault.Problems{}
	if len(v.Rows) > q.MostRows() {
		found[""] = fmt.Sprintf("%s must have no more than %s", q.Name(), plural(q.MostRows(), "row", "rows"))
		return found
	}
	if how.Mode == Complete && len(v.Rows) < q.Limits.MinRows {
		found[""] = fmt.Sprintf("%s must have at least %s", q.Name(), plural(q.Limits.MinRows, "row", "rows"))
	}
	for i, row := range v.Rows {
		checkRow(q, i, row, how, found)
	}
	return found
}

func checkRow(q *Question, i int, row Row, how How, found fault.Problems) {
	for code := range row {
		if _, ok := q.Column(code); !ok {
			found[""] = fmt.Sprintf("%s has no column “%s”", q.Name(), shorten(code))
		}
	}
	for _, c := range q.Columns {
		cell := c.Question()
		cell.Short = fmt.Sprintf("%s in row %d of %s", strings.TrimRight(c.Name(), ".:?"), i+1, name(q))
		for suffix, words := range checkOne(cell, row[c.Code], how) {
			found[cellSuffix(i, c.Code)+suffix] = words
		}
	}
}

func showTable(q *Question, v Value) string {
	lines := make([]string, 0, len(v.Rows))
	for _, row := range v.Rows {
		var cells []string
		for _, c := range q.Columns {
			if text := Display(c.Question(), row[c.Code]); text != "" {
				cells = append(cells, c.Name()+": "+text)
			}
		}
		lines = append(lines, strings.Join(cells, "; "))
	}
	return strings.Join(lines, "\n")
}

// Name is the heading of the column.
func (c Column) Name() string {
	if c.Short != "" {
		return c.Short
	}
	return c.Text
}

// Total adds up a money column of a table. False if a cell of it holds something that is no amount.
func Total(v Value, column string) (money.Pence, bool) {
	var total money.Pence
	for _, row := range v.Rows {
		cell := row[column]
		if cell.Text != "" {
			return 0, false
		}
		if cell.Amount != nil {
			total += *cell.Amount
		}
	}
	return total, true
}
