package screen

import (
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Bench is the workbench of an eligibility officer for one application.
type Bench struct {
	eligibility.Bench
	Fixed    *review.Fixed // the score FU1; nil: this reader does not see it
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Bench) Head() shared.Head {
	return shared.Head{
		Title: p.Application.Title, Caption: "Eligibility of " + string(p.Application.Ref), Wide: true,
		Crumbs: home(nhs.Link{Href: "/screening", Text: "Eligibility"}),
	}
}

func (p Bench) action() string { return "/screening/" + string(p.Application.Ref) }

func (p Bench) in(s workflow.ApplicationState, a access.Action) bool {
	return p.Application.State == s && p.May[a]
}

// decides reports whether the reader records decisions now.
func (p Bench) decides() bool { return p.in(workflow.Screening, access.RecordFinding) }

func (p Bench) facts() nhs.SummaryList {
	a := p.Application
	rows := []nhs.SummaryRow{
		{Key: "State", Content: stateTag(a.State)}, {Key: "Call", Value: a.Call().Title}, {Key: "Lead organisation", Value: a.LeadName + " (" + string(a.Lead) + ")"},
		{Key: "Requested", Value: a.Requested.String() + ", at least " + a.Minimum.String()},
	}
	if a.SubmittedAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Submitted", Value: uktime.Moment(*a.SubmittedAt)})
	}
	return nhs.SummaryList{Rows: rows}
}

// section shows the answers of a section of the form, as they were submitted.
func (p Bench) section(s *form.Section) nhs.SectionAnswers {
	files := map[ident.File]nhs.AttachedFile{}
	for id, name := range p.Files {
		files[id] = nhs.AttachedFile{Name: name, Href: "/applications/" + string(p.Application.Ref) + "/files/" + string(id)}
	}
	return nhs.SectionAnswers{Form: p.Form, Section: s, Answers: p.Answers, Files: files, Codes: true}
}

// waits reports whether the application is in the queue.
func (p Bench) waits() bool { return slices.Contains(eligibility.Waiting(), p.Application.State) }

// officer is who has the case, or "".
func (p Bench) officer() ident.Person {
	if who := p.Application.With(application.Officer); len(who) > 0 {
		return who[0]
	}
	return ""
}

func (p Bench) holder() string {
	switch who := p.officer(); who {
	case "":
		return "Nobody has this application yet."
	case p.Me:
		return "You have this application."
	default:
		return p.Names[who] + " has this application."
	}
}

// takes reports whether the reader can take the case: they must be an officer themselves.
func (p Bench) takes() bool {
	return p.officer() != p.Me && slices.ContainsFunc(p.Officers, func(o people.Person) bool { return o.ID == p.Me })
}

// others are the officers to whom the case can be handed.
func (p Bench) others() []nhs.Option {
	var options []nhs.Option
	for _, o := range p.Officers {
		if o.ID != p.officer() {
			options = append(options, nhs.Option{Value: string(o.ID), Label: o.Name})
		}
	}
	return options
}

func (p Bench) before() nhs.Table {
	t := nhs.Table{
		ID: "earlier-applications", Caption: "Other applications", CaptionHidden: true, RowHeaders: true, Empty: "There is no other application of this organisation or with one of its products.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Lead organisation"}, {Heading: "Asked for", Numeric: true}, {Heading: "State"}, {Heading: "Same"}},
	}
	for _, b := range p.Earlier {
		same := "product"
		if b.SameLead && b.SameProduct {
			same = "organisation and product"
		} else if b.SameLead {
			same = "organisation"
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: string(b.Ref) + " " + b.Title, Href: "/screening/" + string(b.Ref)}, {Text: b.LeadName}, {Text: b.Requested.String()}, {Content: stateTag(b.State)}, {Text: same}})
	}
	return t
}

// benchKeys are the shortcuts of the workbench.
func benchKeys() nhs.Shortcuts {
	keys := nhs.Shortcuts{}
	for i, c := range rules.Criteria() {
		keys.Keys = append(keys.Keys, nhs.Shortcut{Key: strconv.Itoa(i + 1), Does: "Go to " + c + " " + rules.CriterionTitle(c), Target: "#criterion-" + c})
	}
	return nhs.Shortcuts{Keys: append(keys.Keys,
		nhs.Shortcut{Key: "d", Does: "Go to your decisions", Target: "#decisions"},
		nhs.Shortcut{Key: "a", Does: "Go to the questions to the applicant", Target: "#clarifications"},
		nhs.Shortcut{Key: "t", Does: "Take the application", Target: "button[value=take]"},
		nhs.Shortcut{Key: "s", Does: "Save your decisions", Target: "button[value=save]"},
		nhs.Shortcut{Key: "q", Does: "Back to the list", Target: ".nhsuk-breadcrumb a[href='/screening']"},
	)}
}

func codes(list []form.Code) string {
	texts := make([]string, len(list))
	for i, c := range list {
		texts[i] = string(c)
	}
	return strings.Join(texts, ", ")
}

func (p Bench) stored(c eligibility.Criterion) (decision, reason string) {
	if c.Standing == nil {
		return "", ""
	}
	return string(c.Standing.Decision), c.Standing.Reason
}

func (p Bench) decision(c eligibility.Criterion) nhs.Radios {
	stored, _ := p.stored(c)
	r := nhs.Radios{
		Name: c.Code, Legend: "Your decision on " + c.Title, Size: nhs.Small, Value: p.Typed(c.Code, stored), Error: p.Problems[c.Code], Inline: true,
	}
	for _, d := range eligibility.Decisions() {
		r.Options = append(r.Options, nhs.Option{Value: string(d), Label: d.Label()})
	}
	return r
}

func (p Bench) reason(c eligibility.Criterion) nhs.Textarea {
	_, stored := p.stored(c)
	name := c.Code + "-reason"
	return nhs.Textarea{Name: name, Label: "Reason for your decision on " + c.Title, Rows: 3, Value: p.Typed(name, stored), Error: p.Problems[name]}
}

func (p Bench) by(f eligibility.Finding) string {
	return f.Decision.Label() + " by " + p.Names[f.Person] + " on " + uktime.Moment(f.FoundAt)
}

// questions are those about which an applicant can be asked.
func (p Bench) questions() []nhs.Option {
	var options []nhs.Option
	for _, q := range p.Form.Questions() {
		options = append(options, nhs.Option{Value: string(q.Code), Label: string(q.Code) + " " + q.Name()})
	}
	return options
}

func (p Bench) asks() bool {
	return p.in(workflow.Screening, access.AskClarification) && p.TurnsLeft > 0
}

func suffix(n int) string {
	if n == 1 {
		return ""
	}
	return "-" + strconv.Itoa(n)
}

func (p Bench) question(n int) nhs.Select {
	name := "question" + suffix(n)
	return nhs.Select{
		Name: name, Label: "Question of the form that it is about", Value: p.Typed(name, ""), Error: p.Problems[name], Options: p.questions(), Empty: "None in particular",
	}
}

func (p Bench) ask(n int) nhs.Textarea {
	name := "text" + suffix(n)
	return nhs.Textarea{Name: name, Label: "What do you want to know?", Rows: 3, Value: p.Typed(name, ""), Error: p.Problems[name]}
}

// reopens reports whether the reader can propose to look at the eligibility again.
func (p Bench) reopens() bool {
	return p.May[access.ProposeEligibilityReopening] && p.Reopening == nil &&
		slices.Contains([]workflow.ApplicationState{workflow.Eligible, workflow.Assessment, workflow.Moderation, workflow.Assessed}, p.Application.State)
}

// score is the part that officers score, or nil.
func (p Bench) score() *rubric.Part {
	if p.Fixed == nil {
		return nil
	}
	return p.Fixed.Officers
}

// given is the score that waits or else stands.
func (p Bench) given() (review.Score, bool) {
	part := p.score()
	if part == nil {
		return review.Score{}, false
	}
	if s, ok := p.Fixed.Proposed[part.Code]; ok {
		return s, true
	}
	s, ok := p.Fixed.Standing[part.Code]
	return s, ok
}

// scored says what stands of the officers' score.
func (p Bench) scored() string {
	part := p.score()
	if part == nil {
		return ""
	}
	if s, ok := p.Fixed.Proposed[part.Code]; ok {
		return "Proposed: " + s.Label() + ". It waits for a second officer."
	}
	if s, ok := p.Fixed.Standing[part.Code]; ok {
		return "Confirmed: " + s.Label() + "."
	}
	return "Not scored yet."
}

func (p Bench) confirmsScore() bool {
	if part := p.score(); part != nil {
		_, waits := p.Fixed.Proposed[part.Code]
		return waits && p.Fixed.May[access.ConfirmFU1]
	}
	return false
}

func (p Bench) proposesScore() bool {
	scorable := []workflow.ApplicationState{
		workflow.Screening, workflow.Clarification, workflow.IneligibleProposed, workflow.Eligible, workflow.Assessment, workflow.Moderation,
	}
	return p.score() != nil && p.Fixed.May[access.ProposeFU1] && slices.Contains(scorable, p.Application.State)
}

// marks are the scores that can be given for a part, with their descriptors.
func marks(part *rubric.Part, bounds rubric.Bounds, value, problem string) nhs.Radios {
	r := nhs.Radios{Name: string(part.Code), Legend: "Score for " + string(part.Code) + " " + part.Title, Hint: part.Guidance, Size: nhs.Small, Value: value, Error: problem}
	for n, text := range part.Descriptors {
		if bounds.Allow(n) {
			r.Options = append(r.Options, nhs.Option{Value: strconv.Itoa(n), Label: strconv.Itoa(n), Hint: text})
		}
	}
	return r
}

func (p Bench) mark() nhs.Radios {
	part, stored := p.score(), ""
	if s, ok := p.given(); ok {
		stored = string(s.Mark)
	}
	name := string(part.Code)
	return marks(part, rubric.Bounds{Least: 0, Best: rubric.Highest}, p.Typed(name, stored), p.Problems[name])
}

func (p Bench) markReason() nhs.Textarea {
	s, _ := p.given()
	name := string(p.score().Code) + "-reason"
	return nhs.Textarea{Name: name, Label: "Reason for the score", Rows: 3, Value: p.Typed(name, s.Reason), Error: p.Problems[name]}
}

func (p Bench) products() nhs.Table {
	t := nhs.Table{
		ID: "products", Caption: "Candidate products", CaptionSize: nhs.Small, RowHeaders: true, Empty: "The application names no product.",
		Columns: []nhs.Column{{Heading: "Product"}, {Heading: "Supplier"}, {Heading: "Provisional status"}, {Heading: "Position of the fund"}, {Heading: "Asked beyond DTAC"}},
	}
	for _, c := range p.Products {
		position := "None yet"
		if c.Position != nil {
			position = c.Position.Words()
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: c.Name + " " + c.Version}, {Text: c.Supplier}, {Content: statusTag(c.Provisional)}, {Text: position}, {Text: conditions(c.Conditions)}})
	}
	return t
}

// shownMatches is how many matches the workbench shows; the page of other funding shows all.
const shownMatches = 5

func (p Bench) matches() nhs.Table {
	t := nhs.Table{
		ID: "matches", Caption: "Likely double funding", CaptionSize: nhs.Small, RowHeaders: true, Empty: "No application to this fund, national programme award or grant was found that may pay for the same.",
		Columns: []nhs.Column{{Heading: "What"}, {Heading: "Source"}, {Heading: "Organisation"}, {Heading: "How strong"}, {Heading: "Settled"}},
	}
	for _, m := range p.Matches[:min(len(p.Matches), shownMatches)] {
		what := nhs.Cell{Text: m.Label()}
		if m.MayOpen {
			what.Href = "/screening/" + string(m.Ref)
		}
		t.Rows = append(t.Rows, []nhs.Cell{what, {Text: m.Source.Label()}, {Text: m.Organisation}, {Content: strengthTag(m)}, {Content: settledTag(m)}})
	}
	return t
}

func (p Bench) othersLink() nhs.ActionLink {
	text := "Compare and settle other funding"
	if n := len(p.Matches); n > shownMatches {
		text = "Compare and settle all " + strconv.Itoa(n) + " matches"
	}
	return nhs.ActionLink{Href: p.action() + "/other-funding", Text: text}
}

func (p Bench) label(code form.Code) string {
	if q, ok := p.Form.Question(code); ok {
		return string(code) + " " + q.Name()
	}
	return "The application as a whole"
}

// exchange is a question to the applicant with its answer.
func exchange(label string, c eligibility.Clarification, asker string) nhs.SummaryList {
	asked := uktime.Moment(c.AskedAt)
	if asker != "" {
		asked += " by " + asker
	}
	rows := []nhs.SummaryRow{{Key: "About", Value: label}, {Key: "Question", Content: nhs.Text(c.Body)}, {Key: "Asked", Value: asked}}
	switch {
	case c.AnsweredAt != nil:
		rows = append(rows, nhs.SummaryRow{Key: "Answer", Content: nhs.Text(c.Answer)}, nhs.SummaryRow{Key: "Answered", Value: uktime.Moment(*c.AnsweredAt)})
	case c.OverdueAt != nil:
		rows = append(rows, nhs.SummaryRow{Key: "Answer", Value: "None came by " + uktime.Deadline(c.DueAt)})
	default:
		rows = append(rows, nhs.SummaryRow{Key: "Answer due", Value: uktime.Deadline(c.DueAt)})
	}
	return nhs.SummaryList{Rows: rows}
}
