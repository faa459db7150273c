package apply

import (
	"github.com/a-h/templ"

	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Clarifications are the fund's questions about an application, for those who answer them.
type Clarifications struct {
	eligibility.Exchange
	Problems fault.Problems
	Typed    func(name, stored string) string
	Shown    form.Answers // as they stand, or as they were typed and refused
}

// inputs are the inputs of the question that a clarification is about, to be changed in place.
func (p Clarifications) inputs(q *form.Question) nhs.Questions {
	return nhs.Questions{
		Form: p.Form, Section: eligibility.Alone(q), Answers: p.Shown, Stored: p.Answers, Problems: p.Problems, Find: "/organisations", Lookup: "/organisations.json",
	}
}

// changed are the answers of the form that were changed at a clarification.
func (p Clarifications) changed(c eligibility.Clarification) []templ.Component {
	return shared.AmendedAt(p.Form, p.Amendments, c.ID)
}

// Head is what the frame shows.
func (p Clarifications) Head() shared.Head {
	back := "/applications/" + string(p.Application.Ref)
	return shared.Head{
		Title: "Questions from the fund", Caption: string(p.Application.Ref) + ": " + p.Application.Title,
		Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: back, Text: string(p.Application.Ref)}},
	}
}

func (p Clarifications) action() string {
	return "/applications/" + string(p.Application.Ref) + "/clarifications"
}

// open are the questions that wait for an answer.
func (p Clarifications) open() []eligibility.Clarification {
	var list []eligibility.Clarification
	for _, c := range p.Clarifications {
		if c.IsOpen() {
			list = append(list, c)
		}
	}
	return list
}

func (p Clarifications) label(code form.Code) string {
	if p.Form != nil {
		if q, ok := p.Form.Question(code); ok {
			return "About " + string(code) + " " + q.Name()
		}
	}
	return "About the application as a whole"
}

func (p Clarifications) answer(c eligibility.Clarification) nhs.Textarea {
	return nhs.Textarea{
		Name: c.ID, Label: p.asks(c), Hint: p.hint(c), Size: nhs.Small, Rows: 8, Value: p.Typed(c.ID, ""), Error: p.Problems[c.ID],
	}
}

// asks is the label of the words of an answer.
func (p Clarifications) asks(c eligibility.Clarification) string {
	if p.InPlace(c) != nil {
		return "Your answer to the fund in words"
	}
	return c.Body
}

func (p Clarifications) hint(c eligibility.Clarification) string {
	if p.InPlace(c) != nil {
		return "You can leave this empty if the changed answer above says everything."
	}
	return p.label(c.Question)
}

func (p Clarifications) done(c eligibility.Clarification) nhs.SummaryList {
	rows := []nhs.SummaryRow{{Key: "Question", Content: nhs.Text(c.Body)}, {Key: "Asked", Value: uktime.Moment(c.AskedAt)}}
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
