package oversee

import (
	"fmt"

	"adoptionfund/internal/access"
	"adoptionfund/internal/award"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Award is the page of an award: checks, offer, conditions and agreement.
type Award struct {
	Page     award.Page
	Staff    bool // the reader is of the fund, not of the applicant
	Problems fault.Problems
	Typed    func(name string) string
}

// Head is what the frame shows.
func (p Award) Head() shared.Head {
	return shared.Head{Title: "Award", Caption: string(p.Page.Award.Ref) + ": " + p.Page.Application.Title, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Award) facts() nhs.SummaryList {
	a := p.Page.Award
	rows := []nhs.SummaryRow{
		{Key: "Stands", Value: p.state()}, {Key: "Amount", Value: a.Amount.String()}, {Key: "Requested", Value: p.Page.Application.Requested.String()},
		{Key: "Recipient", Value: a.Recipient},
	}
	if a.OfferDue != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Accept by", Value: uktime.Deadline(*a.OfferDue)})
	}
	for _, g := range p.Page.Accepted {
		rows = append(rows, nhs.SummaryRow{Key: "Accepted by the " + g.Part.Label(), Value: g.TypedName + ", " + uktime.Moment(g.At)})
	}
	if a.AgreedAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Agreed", Value: uktime.Moment(*a.AgreedAt)})
	}
	if d := p.Page.Declined; d != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Declined by", Value: p.Page.DeclinedBy + ", " + uktime.Moment(d.At)}, nhs.SummaryRow{Key: "Reason", Content: nhs.Text(d.Reason)})
	}
	return nhs.SummaryList{Rows: rows}
}

func (p Award) state() string {
	info := workflow.Awards().Info(p.Page.Award.State)
	if p.Staff {
		return info.Label
	}
	return info.ApplicantLabel
}

func (p Award) check(k award.CheckKind) award.Check {
	for _, c := range p.Page.Checks {
		if c.Kind == k {
			return c
		}
	}
	return award.Check{}
}

func (p Award) checks() nhs.Table {
	t := nhs.Table{ID: "checks", Caption: "Pre-award checks", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Check"}, {Heading: "Result"}, {Heading: "Found"}, {Heading: "By"}}}
	for _, info := range award.Checks() {
		c := p.check(info.Kind)
		result, by := "Not done", ""
		if c.Result != "" {
			result = map[award.Result]string{award.Pass: "Passed", award.Fail: "Failed", award.NotNeeded: "Not needed"}[c.Result]
			by = p.Page.People[c.Person] + ", " + uktime.Moment(c.At)
		}
		t.Rows = append(t.Rows, nhs.Cells(info.Label, result, c.Note, by))
	}
	return t
}

func (p Award) conditions() nhs.Table {
	t := nhs.Table{ID: "conditions", Caption: "Conditions", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Condition"}, {Heading: "Owner"}, {Heading: "Due"}, {Heading: "Met"}}, Empty: "There are no conditions beyond those of the agreement."}
	for _, c := range p.Page.Conditions {
		met := "Open"
		if c.MetAt != nil {
			met = uktime.Date(*c.MetAt)
		}
		t.Rows = append(t.Rows, nhs.Cells(c.Text, c.Owner, c.Due, met))
	}
	return t
}

func (p Award) may(act access.Action, in ...workflow.AwardState) bool {
	if !p.Page.May[act] {
		return false
	}
	for _, s := range in {
		if p.Page.Award.State == s {
			return true
		}
	}
	return false
}

func (p Award) results(info award.CheckInfo) nhs.Radios {
	value := string(p.check(info.Kind).Result)
	if p.Typed != nil {
		value = p.Typed(string(info.Kind))
	}
	return nhs.Radios{Name: string(info.Kind), Legend: info.Label, Hint: info.Hint, Size: nhs.Small, Inline: true, Compact: true, Value: value, Error: p.Problems[string(info.Kind)],
		Options: []nhs.Option{{Value: "pass", Label: "Passed"}, {Value: "fail", Label: "Failed"}, {Value: "not_needed", Label: "Not needed"}}}
}

func (p Award) note(info award.CheckInfo) nhs.Textarea {
	name := string(info.Kind) + "-note"
	value := p.check(info.Kind).Note
	if p.Typed != nil {
		value = p.Typed(name)
	}
	return nhs.Textarea{Name: name, Label: "What was checked and found: " + info.Label, Size: nhs.Small, Rows: 2, Value: value, Error: p.Problems[name]}
}

func (p Award) action() string { return fmt.Sprintf("/awards/%s", p.Page.Award.Ref) }
