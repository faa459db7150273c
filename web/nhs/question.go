package nhs

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"adoptionfund/internal/form"
	"adoptionfund/internal/form/expression"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// Questions are the questions of a section, to be answered. What was typed wrongly is shown as it was typed if Answers are
// those of form.Bind. Inputs are named as form.Bind reads them.
type Questions struct {
	Form          *form.Form
	Section       *form.Section
	Answers       form.Answers
	Problems      map[string]string           // by the name of the input
	Files         map[ident.File]AttachedFile // those that the answers name
	Organisations map[ident.ODS]string        // names of those that the answers name
	Find          string                      // page that finds organisations, for those without scripts
	Lookup        string                      // address that finds organisations, answering ?q= with [{"value": …, "label": …}]
	Offers        map[string][]Option         // organisations to choose from where what was typed fits several, by the name of the input
	Codes         bool                        // show the codes of questions, for forms that people know by them
	Skip          func(q *form.Question) bool // questions that this person neither sees nor answers; nil: none
	Lists         bool                        // a choice in a row is a list, so that the row can be emptied without scripts
	Stored        form.Answers                // what is kept, where Answers are what was typed and refused; nil: Answers are
}

// AttachedFile is a file that was uploaded.
type AttachedFile struct {
	Name, Href string
	Note       string // such as its size and when it was uploaded
	Apart      bool   // opens in a tab of its own, so that the page stays beside it
}

// Render writes them.
func (s Questions) Render(ctx context.Context, w io.Writer) error { return render(ctx, w, s.view()) }

// Multipart reports whether the section has files, so that its form needs enctype multipart/form-data.
func Multipart(s *form.Section) bool {
	return slices.ContainsFunc(s.Questions, func(q *form.Question) bool { return q.Kind == form.KindFile })
}

// answer is one question or cell with what stands in its inputs.
type answer struct {
	page     Questions
	q        *form.Question
	name     string // of its input
	value    form.Value
	inputs   url.Values
	size     Size
	position string // for a cell: which row it is in, for screen readers
}

func (s Questions) answer(q *form.Question) answer {
	v := s.Answers[q.Code]
	return answer{page: s, q: q, name: string(q.Code), value: v, inputs: form.Inputs(q, v), size: Small}
}

// mark says which answer the page was made with, so that a merge knows who changed it.
func (a answer) mark() string {
	if a.page.Stored != nil {
		return form.Mark(a.page.Stored[a.q.Code])
	}
	return form.Mark(a.value)
}

// first gives what stands in the input with that suffix.
func (a answer) first(suffix string) string { return a.inputs.Get(a.name + suffix) }

func (a answer) all(suffix string) []string { return a.inputs[a.name+suffix] }

func (a answer) problem(suffix string) string { return a.page.Problems[a.name+suffix] }

// label gives the words of the question; those that may be left out say so.
func (a answer) label() string {
	label := a.q.Text
	if a.page.Codes && a.q.Code != "" {
		label = string(a.q.Code) + " " + label
	}
	if a.q.Required == form.RequiredNever && a.q.Kind != form.KindDeclaration {
		label += " (optional)"
	}
	return label
}

// hint gives the guidance and what else one must know before answering.
func (a answer) hint() string {
	lines := []string{a.q.Guidance}
	if a.q.Published {
		lines = append(lines, "Published if the application is funded.")
	}
	if a.q.Visible == form.VisibleSecurity {
		lines = append(lines, "Seen only by those who assess security.")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// withHint adds a line to the hint.
func (a answer) withHint(line string) string { return strings.TrimSpace(a.hint() + "\n" + line) }

func (a answer) options() []Option {
	options := make([]Option, 0, len(a.q.Options))
	for _, o := range a.q.Options {
		option := Option{Value: o.Value, Label: o.Label, Hint: o.Hint}
		if a.q.AllowOther && o.Value == form.Other {
			option.Reveals = a.other()
		}
		options = append(options, option)
	}
	if a.q.Kind == form.KindYesNo && len(options) == 0 {
		return []Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}
	}
	return options
}

func (a answer) other() Input {
	return Input{Name: a.name + "-other", Label: "Which? (if other)", Value: a.first("-other"), Error: a.problem("-other")}
}

// line is the answer as a line of text.
func (a answer) line() Input {
	input := Input{
		Name: a.name, Label: a.label(), Hint: a.hint(), Error: a.problem(""), Value: a.first(""), Size: a.size, Autocomplete: a.q.Autocomplete,
	}
	if words := a.q.Limits.Words; words > 0 {
		input.Hint = a.withHint(fmt.Sprintf("Up to %d words.", words))
	}
	switch a.q.Kind {
	case form.KindEmail:
		input.Type, input.NoSpellcheck = "email", true
	case form.KindTelephone:
		input.Type, input.Width = "tel", 20
	case form.KindURL:
		input.Type, input.NoSpellcheck = "url", true
	case form.KindNumber:
		input.Width, input.Inputmode, input.NoSpellcheck = 10, "decimal", true
		if a.q.Limits.Whole {
			input.Inputmode = "numeric"
		}
	case form.KindMoney:
		input.Width, input.Inputmode, input.Prefix, input.NoSpellcheck = 10, "decimal", "£", true
	case form.KindText, form.KindLongText, form.KindYesNo, form.KindSingleChoice, form.KindMultiChoice, form.KindDate,
		form.KindOrganisation, form.KindFile, form.KindTable, form.KindDeclaration:
	}
	return input
}

// organisation is the answer as a code, looked up by name where scripts run.
func (a answer) organisation() Input {
	input := a.line()
	code := a.first("")
	name := a.page.Organisations[ident.ODS(code)]
	input.Lookup, input.Autocomplete, input.NoSpellcheck = a.page.Lookup, "off", true
	if !strings.Contains(input.Hint, "ODS code") {
		input.Hint = a.withHint("Its name, or its ODS code such as RJ1.")
	}
	if name != "" {
		input.LookupLabel = fmt.Sprintf("%s (%s)", name, code)
		input.Hint += "\nNow: " + input.LookupLabel + "."
	}
	return input
}

func (a answer) text() Textarea {
	rows := 5
	if a.q.Code == "" {
		rows = 3
	}
	if a.q.Limits.Words > 150 || a.q.Limits.Characters > 1000 {
		rows = 10
	}
	return Textarea{
		Name: a.name, Label: a.label(), Hint: a.hint(), Error: a.problem(""), Value: a.first(""), Size: a.size, Rows: rows,
		MaxWords: a.q.Limits.Words, MaxLength: a.characters(),
	}
}

// longCell reports whether a cell of text takes more than a line.
func (a answer) longCell() bool {
	return a.q.Code == "" && (a.q.Limits.Words > 20 || a.q.Limits.Characters > 150)
}

func (a answer) characters() int {
	if a.q.Limits.Words > 0 {
		return 0
	}
	return a.q.Limits.Characters
}

func (a answer) date() DateInput {
	return DateInput{
		Name: a.name, Legend: a.label(), Hint: a.withHint("For example, 15 3 2027"), Error: a.problem(""), Size: a.size,
		Day: a.first("-day"), Month: a.first("-month"), Year: a.first("-year"),
	}
}

// until is the day to which an answer is sensitive.
func (a answer) until() DateInput {
	const suffix = "-sensitive-until"
	return DateInput{
		Name: a.name + suffix, Legend: "Until when? (optional)", Error: a.problem(suffix),
		Day: a.first(suffix + "-day"), Month: a.first(suffix + "-month"), Year: a.first(suffix + "-year"),
	}
}

func (a answer) marked() bool { return a.value.Sensitive != nil }

func (a answer) notApplicable() Checkbox {
	o, _ := a.q.Option(form.NotApplicable)
	return Checkbox{
		Name: a.name, ID: a.name + "-not-applicable", Value: form.NotApplicable, Label: o.Label, Hint: o.Hint,
		Checked: a.first("") == form.NotApplicable,
	}
}

// longList reports whether there are too many options for radios.
func (a answer) longList() bool {
	return len(a.q.Options) > 12 || a.q.Code == "" && (len(a.q.Options) > 3 || a.page.Lists)
}

// upload is the control that adds a file.
func (a answer) upload() FileUpload {
	f := FileUpload{
		Name: a.name, Label: a.label(), Hint: a.withHint(a.fileRule()), Error: a.problem(""), Size: a.size,
		Multiple: a.q.MostFiles() > 1, Accept: accept(a.q.Limits.FileKinds),
	}
	if len(a.q.Options) > 0 {
		f.ID, f.Label, f.Hint, f.Error, f.Size = a.name+"-file", "File", a.fileRule(), "", ""
	}
	return f
}

func (a answer) fileRule() string {
	kinds := "Any kind of file"
	if len(a.q.Limits.FileKinds) > 0 {
		kinds = strings.ToUpper(strings.Join(a.q.Limits.FileKinds, ", "))
	}
	rule := fmt.Sprintf("%s, up to %d MB each", kinds, a.q.MostMegabytes())
	if most := a.q.MostFiles(); most > 1 {
		rule += fmt.Sprintf(", at most %d files", most)
	}
	return rule + "."
}

func accept(kinds []string) string {
	endings := make([]string, len(kinds))
	for n, kind := range kinds {
		endings[n] = "." + kind
	}
	return strings.Join(endings, ",")
}

// cell gives the n-th row's cell of a table.
func (a answer) cell(n string, c form.Column) answer {
	q := c.Question()
	q.Text = c.Text
	name := a.name + "[" + n + "]." + c.Code
	return answer{page: a.page, q: q, name: name, inputs: a.inputs, position: n}
}

// rows are the numbers of the rows that are shown: those with answers, the least there must be, and one to fill in.
func (a answer) rows() []string {
	count := max(len(a.value.Rows)+1, a.q.Limits.MinRows)
	rows := make([]string, min(count, a.q.MostRows()))
	for n := range rows {
		rows[n] = strconv.Itoa(n)
	}
	return rows
}

// rowLegend names a row by its number as people count.
func rowLegend(n string) string {
	i, err := strconv.Atoi(n)
	if err != nil {
		return "New row"
	}
	return "Row " + strconv.Itoa(i+1)
}

// total is a line that adds up a column of money.
type total struct{ column, text string }

// totals are the lines that add up the columns of money.
func (a answer) totals() []total {
	var lines []total
	for _, c := range a.q.Columns {
		if c.Kind != form.KindMoney {
			continue
		}
		line := total{column: c.Code} // a script fills it while amounts are typed
		if sum, ok := form.Total(a.value, c.Code); ok && sum != money.Pence(0) {
			line.text = fmt.Sprintf("Total of %s as saved: %s", c.Name(), sum)
		}
		lines = append(lines, line)
	}
	return lines
}

// inside writes a heading as it stands inside a sentence: its first letter small, but for what is written in capitals, such as VAT.
func inside(heading string) string {
	r := []rune(heading)
	if len(r) > 1 && unicode.IsUpper(r[1]) {
		return heading
	}
	return strings.ToLower(string(r[:1])) + string(r[1:])
}

// breakdowns are tables that add up the amounts of a table's answer by the columns that offer choices.
func breakdowns(f *form.Form, q *form.Question, v form.Value, note string) []Table {
	if f == nil || len(v.Rows) < 2 {
		return nil
	}
	var tables []Table
	for i, b := range f.Breakdowns(q, v) {
		if len(b.Lines) < 2 {
			continue // it is the total again
		}
		t := Table{
			ID: fmt.Sprintf("%s-by-%d", q.Code, i+1), Caption: "By " + inside(b.By) + note, CaptionSize: Small, Compact: true, RowHeaders: true,
			Columns: []Column{{Heading: b.By}, {Heading: "Sum", Numeric: true}}, Foot: Cells("Total", b.Total.String()),
		}
		for _, l := range b.Lines {
			t.Rows = append(t.Rows, Cells(l.Label, l.Sum.String()))
		}
		tables = append(tables, t)
	}
	return tables
}

// condition is when a question is asked, as a page can show it.
type condition struct {
	note    string
	trigger string   // the question whose answer decides, where scripts can tell
	answers []string // the answers for which it is asked
}

// shown decides whether a question is on the page, and with what note. One that rests only on other sections is there if it is
// asked; one that rests on this section is always there, since the answer may be changed on the same page.
func (s Questions) shown(q *form.Question, asked form.Asked) (c condition, onPage bool) {
	if s.Skip != nil && s.Skip(q) {
		return condition{}, false
	}
	triggers := q.Triggers()
	here := slices.ContainsFunc(triggers, s.here)
	switch {
	case len(triggers) == 0 || !here:
		return condition{}, asked[q.Code]
	case len(triggers) == 1:
		if c, ok := s.simple(q, triggers[0]); ok {
			return c, true
		}
	}
	names := make([]string, 0, len(triggers))
	for _, code := range triggers {
		if t, ok := s.Form.Question(code); ok {
			names = append(names, "“"+strings.Trim(t.Name(), "“”")+"”")
		}
	}
	return condition{note: "Whether this is asked depends on " + strings.Join(names, " and ") + "."}, true
}

func (s Questions) here(code form.Code) bool {
	return slices.ContainsFunc(s.Section.Questions, func(q *form.Question) bool { return q.Code == code })
}

// simple finds the answers of one question of choices for which q is asked.
func (s Questions) simple(q *form.Question, trigger form.Code) (condition, bool) {
	t, ok := s.Form.Question(trigger)
	if !ok || !slices.Contains([]form.Kind{form.KindYesNo, form.KindSingleChoice, form.KindMultiChoice, form.KindDeclaration}, t.Kind) {
		return condition{}, false
	}
	c := condition{trigger: string(trigger)}
	var labels []string
	for _, o := range (answer{page: s, q: t}).choices() {
		facts := form.Facts{Form: s.Form, Answers: form.Answers{trigger: form.Chosen(o.Value)}, Asked: form.Asked{trigger: true}}
		if q.When.Eval(facts) {
			c.answers = append(c.answers, o.Value)
			labels = append(labels, "“"+o.Label+"”")
		}
	}
	if len(labels) == 0 || q.When.Eval(form.Facts{Form: s.Form, Asked: form.Asked{}}) || usesEvidence(q.When) {
		return condition{}, false
	}
	c.note = fmt.Sprintf("Answer this if you chose %s for “%s”.", either(labels), strings.TrimRight(t.Name(), "“”"))
	return c, true
}

// choices are the options of a question, or the one of a declaration.
func (a answer) choices() []Option {
	if a.q.Kind == form.KindDeclaration {
		return []Option{{Value: form.Agreed, Label: "Yes"}}
	}
	return a.options()
}

func usesEvidence(e *expression.Expr) bool {
	return slices.ContainsFunc(e.Refs(), func(r expression.Ref) bool { return r.Use == expression.Evidence })
}

// either joins words with commas and an or.
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// tableControl ties a table's legend to its hint and error.
func (a answer) tableControl() control {
	return control{id: a.name, hint: a.hint(), problem: a.problem("")}
}
