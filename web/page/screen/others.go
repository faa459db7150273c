package screen

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

func strengthTag(m otherfunding.Match) nhs.Tag {
	t := nhs.Tag{Text: m.Level() + ", " + strconv.Itoa(m.Strength) + " of 100", Colour: nhs.Grey}
	switch m.Level() {
	case "Strong":
		t.Colour = nhs.Red
	case "Likely":
		t.Colour = nhs.Yellow
	}
	return t
}

func settledTag(m otherfunding.Match) nhs.Tag {
	if m.Settled == nil {
		return nhs.Tag{Text: "Not settled", Colour: nhs.White}
	}
	t := nhs.Tag{Text: m.Settled.Conclusion.Label(), Colour: nhs.Red}
	switch m.Settled.Conclusion {
	case otherfunding.Different:
		t.Colour = nhs.Green
	case otherfunding.Partly:
		t.Colour = nhs.Yellow
	case otherfunding.Same:
	}
	return t
}

// Others is the page of the other funding of an application: what it declares beside what was found.
type Others struct {
	otherfunding.Case

	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Others) Head() shared.Head {
	return shared.Head{
		Title: "Other funding", Caption: string(p.Application.Ref) + ": " + p.Application.Title, Wide: true,
		Crumbs: home(nhs.Link{Href: "/screening", Text: "Eligibility"}, nhs.Link{Href: p.back(), Text: string(p.Application.Ref)}),
	}
}

func (p Others) back() string { return "/screening/" + string(p.Application.Ref) }

func (p Others) path() string { return p.back() + "/other-funding" }

// action is where a conclusion is sent, with what is looked at.
func (p Others) action() string { return p.at(p.Page) }

// pages lead to the matches before and after.
func (p Others) pages() nhs.Pagination {
	var links nhs.Pagination
	if p.Page > 1 {
		links.Previous = p.at(p.Page - 1)
	}
	if p.Page < p.Pages {
		links.Next = p.at(p.Page + 1)
	}
	return links
}

// counted says how many matches there are, and which of them are shown.
func (p Others) counted() string {
	words := "Matches (" + strconv.Itoa(p.Total()) + ")"
	if p.Pages > 1 {
		words += ", page " + strconv.Itoa(p.Page) + " of " + strconv.Itoa(p.Pages)
	}
	return words
}

// at is the page with what is looked at.
func (p Others) at(page int) string {
	q := url.Values{}
	if p.Source != "" {
		q.Set("source", string(p.Source))
	}
	if p.Text != "" {
		q.Set("text", p.Text)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return p.path()
	}
	return p.path() + "?" + q.Encode()
}

func (p Others) sources() []nhs.Option {
	var options []nhs.Option
	for _, s := range otherfunding.Sources() {
		options = append(options, nhs.Option{Value: string(s), Label: s.Plural() + " (" + strconv.Itoa(p.Counts[s]) + ")"})
	}
	return options
}

// declared are the sections in which the application says what else it is paid by.
func (p Others) declared() []*form.Section {
	var list []*form.Section
	for _, s := range p.Form.Sections {
		if s.Criterion == "FU" {
			list = append(list, s)
		}
	}
	return list
}

func (p Others) section(s *form.Section) nhs.SectionAnswers {
	return nhs.SectionAnswers{Form: p.Form, Section: s, Answers: p.Answers, Codes: true}
}

// facts are what is known of a match.
func (p Others) facts(m otherfunding.Match) nhs.SummaryList {
	rows := []nhs.SummaryRow{{Key: "Source", Value: m.Source.Label()}}
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, nhs.SummaryRow{Key: key, Value: value})
		}
	}
	switch m.Source {
	case otherfunding.Application:
		state := workflow.Applications().Info(m.State)
		rows = append(rows, nhs.SummaryRow{Key: "State", Content: nhs.Tag{Text: state.Label, Colour: nhs.Colour(state.Colour)}})
		add("Call", m.List)
	case otherfunding.Programme, otherfunding.Grant:
		add("Paid by", m.Funder)
	}
	add("Organisations", m.Organisation)
	add("Products", m.Product)
	amount := m.Amount.String()
	if m.Currency != "GBP" {
		amount = m.Amount.Decimal() + " " + m.Currency
	}
	if m.Amount != 0 {
		add(map[bool]string{true: "Requested", false: "Amount"}[m.Source == otherfunding.Application], amount)
	}
	if m.Awarded != nil {
		add("Awarded", m.Awarded.String())
	}
	add("From", dayOf(m.FromDay))
	add("Until", dayOf(m.ToDay))
	if m.Source != otherfunding.Application {
		add("Imported from", m.List+", row "+strconv.FormatInt(m.Line, 10))
	}
	rows = append(rows, nhs.SummaryRow{Key: "How strong", Content: strengthTag(m)}, nhs.SummaryRow{Key: "Settled", Content: settledTag(m)})
	return nhs.SummaryList{Rows: rows}
}

func (p Others) why(m otherfunding.Match) []string {
	lines := make([]string, len(m.Why))
	for i, r := range m.Why {
		sign := "+"
		if r.Weight < 0 {
			sign = ""
		}
		lines[i] = sign + strconv.Itoa(r.Weight) + ": " + r.Words
	}
	return lines
}

func (p Others) concluded(s otherfunding.Settlement) string {
	return s.Conclusion.Label() + ", by " + p.Names[s.Person] + " on " + uktime.Moment(s.SettledAt)
}

func (p Others) conclusion(m otherfunding.Match) nhs.Radios {
	stored := ""
	if m.Settled != nil {
		stored = string(m.Settled.Conclusion)
	}
	name := "conclusion-" + m.Key()
	r := nhs.Radios{Name: name, Legend: "Does it pay for the same?", Size: nhs.Small, Inline: true, Value: p.Typed(name, stored), Error: p.Problems[name]}
	for _, c := range otherfunding.Conclusions() {
		r.Options = append(r.Options, nhs.Option{Value: string(c), Label: c.Label()})
	}
	return r
}

func (p Others) reason(m otherfunding.Match) nhs.Textarea {
	stored := ""
	if m.Settled != nil {
		stored = m.Settled.Reason
	}
	name := "reason-" + m.Key()
	return nhs.Textarea{Name: name, Label: "Reason", Rows: 2, Value: p.Typed(name, stored), Error: p.Problems[name]}
}

// more are those found by the text that are not among the matches.
func (p Others) more() []otherfunding.Match {
	shown := map[string]bool{}
	for _, m := range p.Matches {
		shown[m.Identity] = true
	}
	var list []otherfunding.Match
	for _, m := range p.Found {
		if !shown[m.Identity] {
			list = append(list, m)
		}
	}
	return list
}

// aside reports whether a match is weak, and nobody has settled it or is about to: such are kept together below the others.
func (p Others) aside(m otherfunding.Match) bool {
	_, conclusion := p.Problems["conclusion-"+m.Key()]
	_, reason := p.Problems["reason-"+m.Key()]
	return m.Level() == "Weak" && m.Settled == nil && len(m.Earlier) == 0 && !conclusion && !reason
}

// plain are the matches that are shown at once, the strongest first.
func (p Others) plain() []otherfunding.Match {
	return slices.DeleteFunc(slices.Clone(p.Matches), p.aside)
}

// weak are the matches that are shown when they are asked for.
func (p Others) weak() []otherfunding.Match {
	return slices.DeleteFunc(slices.Clone(p.Matches), func(m otherfunding.Match) bool { return !p.aside(m) })
}

// dayOf is a day in words; a text that is no day stands as it is.
func dayOf(text string) string {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return text
	}
	return uktime.Date(day)
}
