package apply

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/product"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Supplied is the list of products for whose supplier somebody acts.
type Supplied struct {
	Products []product.Own
	MayClaim bool
	Problems fault.Problems
	Typed    func(name, stored string) string
}

// Head is what the frame shows.
func (p Supplied) Head() shared.Head {
	return shared.Head{Title: "Your products", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Supplied) table() nhs.Table {
	t := nhs.Table{
		ID: "products", Caption: "Products for which you act", RowHeaders: true, Empty: "None yet. Say below which product you supply; the fund confirms it.",
		Columns: []nhs.Column{{Heading: "Product"}, {Heading: "Version"}, {Heading: "Named in", Numeric: true}, {Heading: "DTAC return"}, {Heading: "Position of the fund"}},
	}
	for _, o := range p.Products {
		sent, position := "Not sent", "None yet"
		if o.Sent {
			sent = "Sent: " + strings.ToLower(o.Provisional.Label()) + ", provisionally"
		}
		if o.Position != nil {
			position = o.Position.Words()
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: o.Name, Href: "/supplier/products/" + string(o.ID)}, {Text: o.Version}, {Text: calls(o.Calls)}, {Text: sent}, {Text: position}})
	}
	return t
}

// calls says in how many calls a product is named; by whom is not for its supplier to know.
func calls(n int) string {
	if n == 1 {
		return "1 call"
	}
	return strconv.Itoa(n) + " calls"
}

func (p Supplied) input(name, label, hint string) nhs.Input {
	return nhs.Input{Name: name, Label: label, Hint: hint, Value: p.Typed(name, ""), Error: p.Problems[name]}
}

// Return is a product's DTAC return as its supplier works on it.
type Return struct {
	product.Space

	Stored   form.Answers // what is kept, where what was typed is shown and was refused
	Problems fault.Problems
	Typed    func(name, stored string) string
}

// Head is what the frame shows.
func (p Return) Head() shared.Head {
	return shared.Head{
		Title: p.Product.Name + " " + p.Product.Version, Caption: p.caption(), Crumbs: aboveReturn(p.Product),
	}
}

func (p Return) caption() string {
	if p.Product.IsFilledIn() {
		return "DTAC return, filled in for " + p.Product.Supplier
	}
	return "DTAC return"
}

func (p Return) action() string { return returnAt(p.Product) }

// returnAt is the address of the return of a product: in the space of its supplier, or where an applicant fills it in.
func returnAt(p *product.Product) string {
	if p.IsFilledIn() {
		return "/filling-in/" + string(p.ID)
	}
	return "/supplier/products/" + string(p.ID)
}

// aboveReturn leads back to where somebody came from to a return.
func aboveReturn(p *product.Product) nhs.Breadcrumbs {
	if p.IsFilledIn() {
		ref := string(p.Application())
		return nhs.Breadcrumbs{
			{Href: "/", Text: "Home"}, {Href: "/applications", Text: "Your applications"}, {Href: "/applications/" + ref, Text: ref},
			{Href: "/applications/" + ref + "/products", Text: "Candidate products"},
		}
	}
	return nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/supplier", Text: "Your products"}}
}

// inReturn leads back to a return.
func inReturn(p *product.Product, query string) nhs.Breadcrumbs {
	return append(aboveReturn(p), nhs.Link{Href: returnAt(p) + query, Text: p.Name})
}

func (p Return) facts() nhs.SummaryList {
	rows := []nhs.SummaryRow{{Key: "Form", Value: p.Form.Title + ", version " + p.Form.Version}}
	sent := "Not sent yet"
	if p.Return.IsSent() {
		sent = "Sent " + uktime.Moment(*p.Return.SubmittedAt)
	}
	rows = append(rows, nhs.SummaryRow{Key: "Return", Value: sent}, nhs.SummaryRow{Key: "Provisional status as it stands", Value: p.Result.Provisional.Label()})
	if by := p.Call; by != nil && p.Product.IsFilledIn() {
		rows = append(rows, nhs.SummaryRow{Key: "Filled in for", Value: string(p.Product.Application()) + ", by its main contact"})
	}
	if p.Position != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Position of the fund", Value: p.Position.Words()})
	}
	if !p.Product.IsFilledIn() {
		rows = append(rows, nhs.SummaryRow{Key: "Reuse", Value: p.reuse()})
	}
	return nhs.SummaryList{Rows: rows}
}

func (p Return) query() string { return "?form=" + p.Form.ID }

func (p Return) tasks() nhs.TaskList {
	list := nhs.TaskList{IDPrefix: "sections"}
	for _, s := range p.Form.Sections {
		task := nhs.Task{Title: string(s.Code) + " " + s.Title, Href: p.action() + "/sections/" + s.Path() + p.query()}
		switch p.Progress[s.Code] {
		case form.Done:
			task.Status = "Completed"
		case form.InProgress:
			task.Tag = &nhs.Tag{Text: "In progress", Colour: nhs.AquaGreen}
		case form.Attention:
			task.Tag = &nhs.Tag{Text: "Needs attention", Colour: nhs.Orange}
		case form.NotStarted:
			task.Tag = &nhs.Tag{Text: "Not started"}
		}
		list.Tasks = append(list.Tasks, task)
	}
	return list
}

// open are the questions that stand in the way of a better status.
func (p Return) open() []status.Item {
	return slices.DeleteFunc(slices.Clone(p.Result.Items), func(i status.Item) bool {
		return slices.Contains([]status.State{status.Pass, status.Waived, status.NotAsked}, i.Mechanical)
	})
}

func (p Return) text(code form.Code) string {
	if q, ok := p.Form.Question(code); ok {
		return string(code) + " " + q.Text
	}
	return string(code)
}

// openReason says why a question stands in the way, from answers and evidence alone.
func (p Return) openReason(i status.Item) string {
	planned := slices.ContainsFunc(p.Return.Body.Plan, func(row status.Planned) bool { return row.Question == i.Question })
	words := i.Mechanical.Label()
	if planned {
		words += "; an action is planned"
	}
	return words
}

// line is an item of evidence in words.
func (p Return) line(e status.Evidence) string {
	parts := []string{string(e.Question), product.Label(e.Kind)}
	if e.File == "" {
		return strings.Join(append(parts, "security evidence, seen by its supplier and DTAC assessors only"), "; ")
	}
	parts = append(parts, e.File)
	if e.ProductVersion != "" {
		parts = append(parts, "version "+e.ProductVersion)
	}
	if q, ok := p.Form.Question(e.Question); ok {
		for _, name := range q.Evidence.Fields {
			if v := e.Fields[name]; v != "" {
				parts = append(parts, product.Label(name)+" "+v)
			}
		}
		if day := status.Expiry(q, e); day != "" {
			parts = append(parts, ends(day, form.Date(p.Result.On)))
		}
		if status.IsStale(q, e, status.Product{Version: p.Product.Version, UnaffectedSince: p.Return.Body.UnaffectedSince}) {
			parts = append(parts, "out of date: it is about another version")
		}
	}
	return strings.Join(parts, "; ")
}

// ends says until when evidence counts, or that it has expired.
func ends(day, today form.Date) string {
	if today > day {
		return "expired on " + day.String()
	}
	return "counts until " + day.String()
}

// where is the question's place in its section.
func (p Return) where(code form.Code) string {
	for _, s := range p.Form.Sections {
		if slices.ContainsFunc(s.Questions, func(q *form.Question) bool { return q.Code == code }) {
			return p.action() + "/sections/" + s.Path() + p.query() + "#" + string(code)
		}
	}
	return p.action() + p.query()
}

// planQuestions are the questions that an action may be planned for: those that stand in the way.
func (p Return) planQuestions() []nhs.Option {
	var options []nhs.Option
	for _, i := range p.open() {
		options = append(options, nhs.Option{Value: string(i.Question), Label: short(p.text(i.Question))})
	}
	return options
}

func (p Return) revision() string { return strconv.Itoa(p.Return.Revision) }

func planLine(row status.Planned) string {
	return fmt.Sprintf("%s: %s (%s, by %s)", row.Question, row.What, row.Owner, row.Due)
}

// planInputs are the inputs of an action, named by its number; -1: of one that is added.
func (p Return) planInputs(n int, a status.Action) []nhs.Input {
	suffix, due := "", ""
	if n >= 0 {
		suffix = "-" + strconv.Itoa(n)
	}
	if a.Due != "" {
		due = a.Due.String()
	}
	input := func(name, label, hint, stored string) nhs.Input {
		name += suffix
		return nhs.Input{Name: name, Label: label, Hint: hint, Value: p.Typed(name, stored), Error: p.Problems[name]}
	}
	what, owner := input("plan-what", "What will be done", "", a.What), input("plan-owner", "Owner", "", a.Owner)
	when := input("plan-due", "Due", "For example, 31 12 2026", due)
	when.Width, when.NoSpellcheck = 20, true
	return []nhs.Input{what, owner, when}
}

// addsEvidence reports whether the form that adds evidence is open, because something in it is wrong.
func (p Return) addsEvidence() bool {
	for _, field := range append(p.evidenceFields(), nhs.Input{Name: "question"}, nhs.Input{Name: "kind"}, nhs.Input{Name: "file"}, nhs.Input{Name: "content"}, nhs.Input{Name: "product_version"}) {
		if p.Problems[field.Name] != "" {
			return true
		}
	}
	return false
}

// evidenceQuestions are the questions that take evidence.
func (p Return) evidenceQuestions() []nhs.Option {
	var options []nhs.Option
	for _, q := range p.Form.Questions() {
		if len(q.Evidence.Kinds) > 0 {
			options = append(options, nhs.Option{Value: string(q.Code), Label: string(q.Code) + " " + short(q.Text)})
		}
	}
	return options
}

// evidenceKinds are all kinds of evidence, each once, with the questions that take them.
func (p Return) evidenceKinds() []nhs.Option {
	var options []nhs.Option
	at := map[string]int{}
	for _, q := range p.Form.Questions() {
		for _, k := range q.Evidence.Kinds {
			if i, there := at[k]; there {
				options[i].Label += ", " + string(q.Code)
				continue
			}
			at[k] = len(options)
			options = append(options, nhs.Option{Value: k, Label: product.Label(k) + ": " + string(q.Code)})
		}
	}
	return options
}

// evidenceFields are all fields of evidence, each once, with the questions that use them.
func (p Return) evidenceFields() []nhs.Input {
	var inputs []nhs.Input
	uses := map[string][]string{}
	var order []string
	for _, q := range p.Form.Questions() {
		for _, name := range q.Evidence.Fields {
			if name == "product_version" {
				continue // it has a field of its own
			}
			if uses[name] == nil {
				order = append(order, name)
			}
			uses[name] = append(uses[name], string(q.Code))
		}
	}
	for _, name := range order {
		hint := "For " + strings.Join(uses[name], ", ")
		if strings.HasSuffix(name, "_date") {
			hint += ". For example, 2026-03-01"
		}
		inputs = append(inputs, nhs.Input{Name: name, Label: product.Label(name) + " (optional)", Hint: hint, Width: 20, NoSpellcheck: true, Value: p.Typed(name, ""), Error: p.Problems[name]})
	}
	return inputs
}

func short(text string) string {
	if r := []rune(text); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return text
}

func (p Return) input(name, label, hint string) nhs.Input {
	return nhs.Input{Name: name, Label: label, Hint: hint, Value: p.Typed(name, ""), Error: p.Problems[name]}
}

func (p Return) pick(name, label string, options []nhs.Option) nhs.Select {
	return nhs.Select{Name: name, Label: label, Value: p.Typed(name, ""), Error: p.Problems[name], Options: options, Empty: "Choose one"}
}

// ReturnSection is one section of a return, to be answered.
type ReturnSection struct{ Return }

// Head is what the frame shows.
func (p ReturnSection) Head() shared.Head {
	return shared.Head{
		Title: string(p.Section.Code) + " " + p.Section.Title, Caption: "DTAC return of " + p.Product.Name + " " + p.Product.Version,
		Crumbs: inReturn(p.Product, p.query()),
	}
}

func (p ReturnSection) path() string { return p.action() + "/sections/" + p.Section.Path() + p.query() }

// questions are the questions of the section. Evidence is named on the page of the return, so that none is uploaded here.
func (p ReturnSection) questions() nhs.Questions {
	s := *p.Section
	s.Questions = make([]*form.Question, len(p.Section.Questions))
	for i, q := range p.Section.Questions {
		shown := *q
		if shown.Kind == form.KindFile {
			shown.Kind = form.KindSingleChoice
		}
		s.Questions[i] = &shown
	}
	return nhs.Questions{Form: p.Form, Section: &s, Answers: p.Space.Return.Body.Answers, Stored: p.Stored, Problems: p.Problems, Codes: true}
}

func (p ReturnSection) answers() nhs.SectionAnswers {
	return nhs.SectionAnswers{Form: p.Form, Section: p.Section, Answers: p.Space.Return.Body.Answers, Codes: true}
}
