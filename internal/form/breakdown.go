package form

import (
	"slices"
	"strings"

	"adoptionfund/internal/money"
)

// Breakdown is the sum of a table's amounts by the options of one of its columns.
type Breakdown struct {
	By    string // the heading of the column
	Lines []Share
	Total money.Pence
}

// Share is what one option adds up to.
type Share struct {
	Label string
	Sum   money.Pence
}

// fewestOptions is how many options a column has at least that amounts are added up by: two are seen at a glance.
const fewestOptions = 3

// Breakdowns adds up the amounts of a table by each of its columns that offers three choices or more. A choice that stands right after the
// column of the financial year is a part of that year, and is added up together with it. A table without amounts, with several columns
// of them, or with an amount that is none, has no breakdown.
func (f *Form) Breakdowns(q *Question, v Value) []Breakdown {
	amount := ""
	for _, c := range q.Columns {
		if c.Kind != KindMoney {
			continue
		}
		if amount != "" {
			return nil
		}
		amount = c.Code
	}
	total, ok := Total(v, amount)
	if amount == "" || !ok || total == 0 {
		return nil
	}
	var all []Breakdown
	for i, c := range q.Columns {
		if c.Kind != KindSingleChoice || len(c.Options) < fewestOptions {
			continue
		}
		keys := []Column{c}
		if i > 0 && f.Roles[RoleCostYear] == (Place{q.Code, q.Columns[i-1].Code}) {
			keys = []Column{q.Columns[i-1], c}
		}
		all = append(all, Breakdown{By: c.Name(), Lines: shares(v.Rows, keys, amount), Total: total})
	}
	return all
}

// shares adds up by the options of one column, or of two together, in the order of the options; rows without a choice come last.
func shares(rows []Row, keys []Column, amount string) []Share {
	labels := combined(keys)
	sums := map[string]money.Pence{}
	for _, row := range rows {
		if cell := row[amount]; cell.Amount != nil {
			sums[keyOf(row, keys, labels)] += *cell.Amount
		}
	}
	var lines []Share
	for _, l := range append(labels, [2]string{"", "Not said yet"}) {
		if sum := sums[l[0]]; sum != 0 {
			lines = append(lines, Share{l[1], sum})
		}
	}
	return lines
}

// keyOf is what a row chose in the columns; empty if that is nothing that they offer together.
func keyOf(row Row, keys []Column, labels [][2]string) string {
	var chosen []string
	for _, c := range keys {
		chosen = append(chosen, strings.Join(row[c.Code].Choices, " "))
	}
	key := strings.Join(chosen, "/")
	if slices.ContainsFunc(labels, func(l [2]string) bool { return l[0] == key }) {
		return key
	}
	return ""
}

// combined are the keys and labels of the options of one column, or of all pairs of two.
func combined(keys []Column) [][2]string {
	labels := keys[0].labels()
	for _, c := range keys[1:] {
		var both [][2]string
		for _, first := range labels {
			for _, second := range c.labels() {
				both = append(both, [2]string{first[0] + "/" + second[0], first[1] + ", " + second[1]})
			}
		}
		labels = both
	}
	return labels
}

// labels are the options of a column with their labels.
func (c Column) labels() [][2]string {
	labels := make([][2]string, len(c.Options))
	for i, o := range c.Options {
		labels[i] = [2]string{o.Value, o.Label}
	}
	return labels
}

// Written counts the words of the long texts of a section that were asked and answered, and how many there may be: the sum of the
// limits of those that are asked. nil is the whole form.
func Written(f *Form, section *Section, a Answers) (words, most int) {
	asked := f.Asked(a, nil)
	for _, q := range f.within(section) {
		if asked[q.Code] && q.Limits.Words > 0 {
			words, most = words+Words(a[q.Code].Text), most+q.Limits.Words
		}
	}
	return words, most
}
