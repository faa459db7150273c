package panel

import (
	"net/url"
	"slices"
	"strconv"

	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Shortlist is the eligible applications of a call, and who is left off.
type Shortlist struct {
	eligibility.Shortlist
	Sent     url.Values // what was typed, if the page is shown again
	Problems fault.Problems
}

// Head is what the frame shows.
func (p Shortlist) Head() shared.Head {
	return shared.Head{
		Title: "Shortlist", Caption: string(p.Call.Ref) + ": " + p.Call.Title, Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}},
	}
}

func (p Shortlist) action() string { return "/panel/" + string(p.Call.Ref) + "/shortlist" }

// eligible are the rows that can be proposed.
func (p Shortlist) eligible() []eligibility.ShortlistRow {
	return slices.DeleteFunc(slices.Clone(p.Rows), func(r eligibility.ShortlistRow) bool { return r.Application.State != workflow.Eligible })
}

// leftOff are the rows that were left off.
func (p Shortlist) leftOff() nhs.Table {
	t := nhs.Table{
		ID: "left-off", Caption: "Not shortlisted", RowHeaders: true, Empty: "No application was left off.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Lead organisation"}, {Heading: "Feedback to the applicant"}},
	}
	for _, r := range p.Rows {
		if r.Application.State == workflow.NotShortlisted && r.Line != nil {
			t.Rows = append(t.Rows, []nhs.Cell{{Text: label(r)}, {Text: r.Application.LeadName}, {Content: nhs.Text(r.Line.Feedback)}})
		}
	}
	return t
}

func label(r eligibility.ShortlistRow) string {
	return string(r.Application.Ref) + " " + r.Application.Title
}

func proposed(r eligibility.ShortlistRow) bool { return r.Line != nil && r.Line.Settled == "" }

func (p Shortlist) chosen(r eligibility.ShortlistRow) bool {
	return slices.Contains(p.Sent["application"], string(r.Application.Ref))
}

func (p Shortlist) feedback(r eligibility.ShortlistRow) string {
	if text, ok := p.Sent[string(r.Application.Ref)+"-feedback"]; ok && len(text) > 0 {
		return text[0]
	}
	return ""
}

// note is what was typed when a proposal was to be returned.
func (p Shortlist) note(r eligibility.ShortlistRow) string {
	if p.Sent.Get("ref") == string(r.Application.Ref) {
		return p.Sent.Get("note")
	}
	return ""
}

func (p Shortlist) problem(r eligibility.ShortlistRow) string {
	if p.Sent.Get("ref") == string(r.Application.Ref) {
		return p.Problems["note"]
	}
	return ""
}

func (p Shortlist) masked() string {
	if p.Masked == 1 {
		return "1 application, handled by the deputy: you are recused from it."
	}
	return strconv.Itoa(p.Masked) + " applications, handled by the deputy: you are recused from them."
}
