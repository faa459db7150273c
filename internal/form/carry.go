package form

// Carry gives the answers to one form that can stand as answers to another: to questions with the same code and kind, as far as options
// and columns are there. Declarations are left out, since they are made anew each time. It also gives the codes of the answers that
// were left behind, whole or in part, in the order of the form they were given to.
func Carry(from, to *Form, answers Answers) (Answers, []Code) {
	carried := Answers{}
	var left []Code
	for _, old := range from.Questions() {
		v, there := answers[old.Code]
		if !there || v.nothing() {
			continue
		}
		q, ok := to.Question(old.Code)
		if !ok || q.Kind != old.Kind || q.Kind == KindDeclaration {
			left = append(left, old.Code)
			continue
		}
		fits, whole := fitting(q, v)
		if !whole {
			left = append(left, old.Code)
		}
		if !fits.nothing() {
			carried[q.Code] = fits
		}
	}
	return carried, left
}

// fitting gives what of an answer a question has options and columns for, and whether that is all of it.
func fitting(q *Question, v Value) (Value, bool) {
	choices, whole := q.offered(v.Choices)
	v.Choices = choices
	if len(v.Rows) == 0 {
		return v, whole
	}
	rows := make([]Row, len(v.Rows))
	for i, row := range v.Rows {
		fits, all := q.fittingRow(row)
		rows[i], whole = fits, whole && all
	}
	v.Rows = rows
	return v, whole
}

// offered gives the choices that the question offers, and whether those are all.
func (q *Question) offered(choices []string) ([]string, bool) {
	if len(q.Options) == 0 {
		return choices, true
	}
	var kept []string
	for _, c := range choices {
		if _, ok := q.Option(c); ok || c == Other && q.AllowOther {
			kept = append(kept, c)
		}
	}
	return kept, len(kept) == len(choices)
}

// fittingRow gives the cells of a row for which the table has columns, and whether those are all.
func (q *Question) fittingRow(row Row) (Row, bool) {
	fits, whole := Row{}, true
	for code, cell := range row {
		column, ok := q.Column(code)
		if !ok {
			whole = false
			continue
		}
		v, all := fitting(column.Question(), cell)
		whole = whole && all
		if !v.nothing() {
			fits[code] = v
		}
	}
	return fits, whole
}
