// Package oversee holds the pages of those who approve, report and audit.
package oversee

import (
	"fmt"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/panel"
	"adoptionfund/web/page/shared"
)

// Approvals is what waits for an approver or a senior officer.
type Approvals struct {
	Openings  []fund.Call // calls whose opening the person may approve
	Proposals []decision.Waiting
	Problems  fault.Problems
	Reason    string
}

// Head is what the frame shows.
func (p Approvals) Head() shared.Head {
	return shared.Head{Title: "Approvals", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func opening(c fund.Call) nhs.SummaryList {
	m := c.Settings.Method
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Opens", Value: uktime.Deadline(c.OpensAt)}, {Key: "Closes", Value: uktime.Deadline(c.ClosesAt)},
		{Key: "Budget", Value: c.Settings.Budget.String()}, {Key: "Award cap", Value: c.Settings.AwardCap.String()},
		{Key: "Who may lead", Value: fmt.Sprint(c.Settings.WhoMayLead)},
		{Key: "Method", Value: fmt.Sprintf("Order of merit by %s scores, minimum %.0f, %d places on the reserve list", m.Ranking, m.MinScore, m.Reserve)},
		{Key: "Forms", Value: c.Settings.Forms.Application + ", " + c.Settings.Forms.Rubric + ", " + c.Settings.Forms.Rules},
	}}
}

func facts(w decision.Waiting) nhs.SummaryList {
	p := w.Proposal
	rows := []nhs.SummaryRow{
		{Key: "Stands", Value: panel.ProposalLabel(p.State)},
		{Key: "Proposed by", Value: w.People[p.MadeBy] + ", " + uktime.Moment(p.MadeAt)},
		{Key: "Total", Value: p.Total.String()},
		{Key: "Departures from the method", Value: "None: the scenario is the published method's"},
	}
	if p.Note != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Note of the chair", Value: p.Note})
	}
	for _, a := range w.Approvals {
		rows = append(rows, nhs.SummaryRow{Key: map[decision.Step]string{decision.First: "First approval", decision.Second: "Second approval", decision.Return: "Returned"}[a.Step], Value: w.People[a.Person] + ", " + uktime.Moment(a.At) + " " + a.Reason})
	}
	if c := p.Call(); c.ReleaseAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Release", Value: uktime.Deadline(*c.ReleaseAt)})
	}
	return nhs.SummaryList{Rows: rows}
}

// extensions are the applicants who were given more time, but for those from which the reader is barred.
func extensions(w decision.Waiting) nhs.Table {
	t := nhs.Table{
		ID: "extensions-" + string(w.Proposal.ID), Caption: "Applicants who were given more time", CaptionSize: nhs.Small, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Until"}, {Heading: "Reason"}, {Heading: "Proposed by"}, {Heading: "Confirmed by"}},
	}
	for _, e := range w.Extensions {
		if a := w.Names[e.ApplicationID]; !a.Masked {
			t.Rows = append(t.Rows, []nhs.Cell{
				{Text: string(a.Ref)}, {Text: uktime.Deadline(e.UntilAt)}, {Text: join(e.Why(), e.Note)}, {Text: w.People[e.ProposedBy]}, {Text: w.People[*e.ConfirmedBy]},
			})
		}
	}
	return t
}

// join is a reason with its note, if there is one.
func join(why, note string) string {
	if note == "" {
		return why
	}
	return why + ": " + note
}

func lines(w decision.Waiting) nhs.Table {
	t := nhs.Table{
		ID: "lines-" + string(w.Proposal.ID), Caption: "Every application and its reason", CaptionSize: nhs.Small, RowHeaders: true, Scroll: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Proposed"}, {Heading: "Title"}, {Heading: "Lead"}, {Heading: "Score", Numeric: true}, {Heading: "DTAC"}, {Heading: "Requested", Numeric: true}, {Heading: "Amount", Numeric: true}, {Heading: "Why"}},
	}
	var requested, amount, maskedRequested, maskedAmount money.Pence
	masked := 0
	for _, l := range w.Lines {
		n := w.Names[l.ApplicationID]
		requested += n.Requested
		amount += l.Amount
		if n.Masked {
			masked++
			maskedRequested += n.Requested
			maskedAmount += l.Amount
			continue
		}
		shown := ""
		if l.Outcome == allocation.Fund {
			shown = l.Amount.String()
		}
		t.Rows = append(t.Rows, nhs.Cells(string(n.Ref), outcomeLabel(l.Outcome), n.Title, n.Lead, fmt.Sprintf("%.2f", l.Score), panel.DTACLabel(l.DTACStatus), n.Requested.String(), shown, l.Reason))
	}
	if masked > 0 {
		t.Rows = append(t.Rows, nhs.Cells(panel.Masked(masked), "", "", "", "", "", maskedRequested.String(), maskedAmount.String(), ""))
	}
	t.Foot = nhs.Cells(fmt.Sprintf("%d applications", len(w.Lines)), "", "", "", "", "", requested.String(), amount.String(), "")
	return t
}

func outcomeLabel(o allocation.Outcome) string {
	return map[allocation.Outcome]string{allocation.Fund: "Fund", allocation.Reserve: "Reserve list", allocation.NotFund: "Do not fund"}[o]
}
