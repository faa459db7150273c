package nhs

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
)

// SectionAnswers are the answers of a section, to be read: those to questions that are asked.
type SectionAnswers struct {
	Form          *form.Form
	Section       *form.Section
	Answers       form.Answers
	Files         map[ident.File]AttachedFile
	Organisations map[ident.ODS]string
	Change        string                      // address of the page that changes them; empty: they cannot be changed
	Codes         bool                        // show the codes of questions
	Within        string                      // tells apart what stands several times on a page
	Of            string                      // what the answers are of, where those of several stand on a page
	Skip          func(q *form.Question) bool // questions that this person does not see; nil: none
	Empty         string                      // what stands in place of no answer, unless the question says what holds then; empty: Not answered
}

// Render writes them.
func (s SectionAnswers) Render(ctx context.Context, w io.Writer) error {
	return render(ctx, w, s.view())
}

func (s SectionAnswers) rows() []SummaryRow {
	asked := s.Form.Asked(s.Answers, nil)
	var rows []SummaryRow
	for _, q := range s.Section.Questions {
		if !asked[q.Code] || s.Skip != nil && s.Skip(q) {
			continue
		}
		row := SummaryRow{Key: s.key(q), Content: s.content(q, s.Answers[q.Code])}
		if s.Change != "" {
			row.Actions = []Link{{Href: s.Change + "#" + string(q.Code), Text: "Change", Hidden: q.Name()}}
		}
		rows = append(rows, row)
	}
	return rows
}

func (s SectionAnswers) key(q *form.Question) string {
	key := q.Text
	if q.Short != "" {
		key = q.Name()
	}
	if s.Codes {
		key = string(q.Code) + " " + key
	}
	return key
}

// empty is what stands in place of an answer that is not there.
func (s SectionAnswers) empty(q *form.Question) string {
	return cmp.Or(q.IfEmpty, s.Empty, "Not answered")
}

func (s SectionAnswers) content(q *form.Question, v form.Value) templ.Component {
	return answerView{s: s, q: q, v: v}.view()
}

// answerView is one answer to be read.
type answerView struct {
	s SectionAnswers
	q *form.Question
	v form.Value
}

func (a answerView) answered() bool { return form.Answered(a.q, a.v) }

// text is the answer in words, organisations by name.
func (a answerView) text() string { return a.s.display(a.q, a.v) }

func (s SectionAnswers) display(q *form.Question, v form.Value) string {
	shown := form.Display(q, v)
	if name := s.Organisations[v.Organisation]; q.Kind == form.KindOrganisation && name != "" {
		return name + " (" + string(v.Organisation) + ")"
	}
	return shown
}

// table is a table's answer as a table; wide ones move sideways by themselves.
func (a answerView) table() Table {
	t := Table{ID: "answer-" + a.s.Within + string(a.q.Code), Caption: strings.TrimSuffix(a.q.Name()+", "+a.s.Of, ", "), CaptionHidden: true, Compact: true, Scroll: len(a.q.Columns) > 3}
	for _, c := range a.q.Columns {
		t.Columns = append(t.Columns, Column{Heading: c.Name(), Numeric: numeric(c.Kind)})
	}
	for _, row := range a.v.Rows {
		cells := make([]Cell, len(a.q.Columns))
		for n, c := range a.q.Columns {
			cells[n] = Cell{Text: a.s.display(c.Question(), row[c.Code])}
		}
		t.Rows = append(t.Rows, cells)
	}
	t.Foot = a.foot()
	return t
}

// foot adds up the columns of money, if there are several rows.
func (a answerView) foot() []Cell {
	if len(a.v.Rows) < 2 || a.q.Columns[0].Kind == form.KindMoney {
		return nil
	}
	cells, money := make([]Cell, len(a.q.Columns)), false
	for n, c := range a.q.Columns {
		if c.Kind != form.KindMoney {
			continue
		}
		if total, ok := form.Total(a.v, c.Code); ok {
			cells[n], money = Cell{Text: total.String()}, true
		}
	}
	if !money {
		return nil
	}
	cells[0] = Cell{Text: "Total"}
	return cells
}

func numeric(kind form.Kind) bool {
	return slices.Contains([]form.Kind{form.KindMoney, form.KindNumber}, kind)
}

// mark says that the answer is commercially sensitive, why, and until when.
func (a answerView) mark() string {
	m := a.v.Sensitive
	parts := []string{"Commercially sensitive"}
	if m.Reason != "" {
		parts = append(parts, ": "+m.Reason)
	}
	if m.Until != "" {
		parts = append(parts, " (until "+m.Until.String()+")")
	}
	return strings.Join(parts, "")
}
