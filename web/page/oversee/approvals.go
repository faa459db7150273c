// Package oversee holds the pages of those who approve, report and audit.
package oversee

import (
	"fmt"
	"strings"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/panel"
	"adoptionfund/web/page/shared"
)

// Approvals is what waits for an approver or a senior officer.
type Approvals struct {
	Openings  []fund.Call // calls whose opening the person may approve
	Proposals []decision.Waiting
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
		{Key: "Ranking", Value: m.RankingWords()}, {Key: "Allocation", Value: m.StrategyWords()}, {Key: "Near the line", Value: m.BandWords()},
		{Key: "Limits", Value: limits(m)},
		{Key: "Forms", Value: c.Settings.Forms.Application + ", " + c.Settings.Forms.Rubric + ", " + c.Settings.Forms.Rules},
	}}
}

// limits are what else bounds who is funded.
func limits(m fund.Method) string {
	said := []string{fmt.Sprintf("least total %.0f of 100", m.MinScore), fmt.Sprintf("%d places on the reserve list", m.Reserve)}
	if m.MaxCount > 0 {
		said = append(said, fmt.Sprintf("%d awards at the most", m.MaxCount))
	}
	for _, l := range m.Limits {
		said = append(said, l.Words())
	}
	return strings.Join(said, "; ")
}

// card is a proposal in the list, in short.
func card(w decision.Waiting) nhs.SummaryList {
	p := w.Proposal
	departs := "No"
	if d := w.Deviation; d != nil {
		departs = "Yes: " + strings.Join(d.What(), "; ")
	}
	rows := []nhs.SummaryRow{
		{Key: "Departs from the method", Value: departs},
		{Key: "Proposes", Value: fmt.Sprintf("%s for %d applications; %d on the reserve list, %d not funded", p.Total, w.Counts[allocation.Fund], w.Counts[allocation.Reserve], w.Counts[allocation.NotFund])},
		{Key: "Stands", Value: standsWords(p, w.Approvals)},
	}
	if c := p.Call(); c.ReleaseAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Release", Value: uktime.Deadline(*c.ReleaseAt)})
	}
	return nhs.SummaryList{Rows: rows}
}

func standsWords(p *allocation.Proposal, given int) string {
	if p.State == allocation.Made && given > 0 {
		return "Approved by one; waits for a second approver"
	}
	return panel.ProposalLabel(p.State)
}

func proposalPath(id ident.Proposal) string { return "/approvals/" + string(id) }

// waits says what the reader can do with a proposal of the list.
func waits(w decision.Waiting) string {
	switch {
	case w.MaySettle:
		return "Read the proposal and approve its departure"
	case w.May:
		return "Read the proposal and decide"
	default:
		return "Read the proposal"
	}
}
