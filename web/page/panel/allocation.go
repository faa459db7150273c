// Package panel holds the pages of the panel: ranking, allocation and the proposal.
package panel

import (
	"fmt"
	"strconv"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Allocation is the ranking of a call, the scenario that its method gives, and the proposal.
type Allocation struct {
	Desk     allocation.Desk
	Solved   *solve.Result // of the latest scenario; nil where none was computed
	Problems fault.Problems
	Note     string
}

// Head is what the frame shows.
func (p Allocation) Head() shared.Head {
	return shared.Head{Title: "Ranking and allocation", Caption: string(p.Desk.Call.Ref) + ": " + p.Desk.Call.Title, Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Allocation) method() nhs.SummaryList {
	m := p.Desk.Call.Settings.Method
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Budget", Value: p.Desk.Budget.String()},
		{Key: "Ranking", Value: "By " + m.Ranking + " scores, highest first; ties go to the smaller request, then to the lower reference"},
		{Key: "Strategy", Value: "Order of merit: down the ranking, each application that fits the budget and the limits is funded"},
		{Key: "Minimum total", Value: fmt.Sprintf("%.0f of 100", m.MinScore)},
		{Key: "Reserve list", Value: fmt.Sprintf("%d places", m.Reserve)},
	}}
}

func (p Allocation) table() nhs.Table {
	t := nhs.Table{
		ID: "ranking", Caption: "Applications by rank", CaptionSize: nhs.Medium, RowHeaders: true, Scroll: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Rank", Numeric: true}, {Heading: "Title"}, {Heading: "Lead"}, {Heading: "Score", Numeric: true}, {Heading: "DTAC"}, {Heading: "Requested", Numeric: true}, {Heading: "Funded", Numeric: true}, {Heading: "Why"}},
		Empty:   "No application of this call is assessed yet.",
	}
	amounts := p.amounts()
	var requested, funded money.Pence
	for _, r := range p.Desk.Ranked {
		a := r.Application
		requested += a.Requested
		why, amount := "", ""
		if p.Solved != nil {
			why = p.Solved.Reasons[string(a.Ref)]
			if got, ok := amounts[string(a.Ref)]; ok {
				amount = got.String()
				funded += got
			}
		}
		t.Rows = append(t.Rows, nhs.Cells(string(a.Ref), strconv.Itoa(r.Place), a.Title, a.LeadName, r.Total.Total.String(), DTACLabel(r.DTACStatus), a.Requested.String(), amount, why))
	}
	if p.Desk.Masked > 0 {
		var masked money.Pence
		for ref, got := range amounts {
			if p.Desk.Hidden(ref) {
				masked += got
			}
		}
		requested += p.Desk.MaskedRequested
		funded += masked
		t.Rows = append(t.Rows, nhs.Cells(Masked(p.Desk.Masked), "", "", "", "", "", p.Desk.MaskedRequested.String(), masked.String(), ""))
	}
	if len(t.Rows) > 0 {
		t.Foot = nhs.Cells(fmt.Sprintf("%d applications", len(p.Desk.Ranked)+p.Desk.Masked), "", "", "", "", "", requested.String(), funded.String(), "")
	}
	return t
}

// amounts are what the solution funds, by reference.
func (p Allocation) amounts() map[string]money.Pence {
	amounts := map[string]money.Pence{}
	if p.Solved != nil {
		for _, f := range p.Solved.Funded {
			amounts[f.ID] = f.Amount
		}
	}
	return amounts
}

// Masked is the line in place of applications from which the reader is barred.
func Masked(n int) string {
	if n == 1 {
		return "1 application, handled by the deputy"
	}
	return fmt.Sprintf("%d applications, handled by the deputy", n)
}

// DTACLabel is a DTAC status as people read it.
func DTACLabel(status string) string {
	switch status {
	case "compliant":
		return "Compliant"
	case "on_the_way":
		return "On the way"
	case "not_compliant":
		return "Not compliant"
	default:
		return "Not assessed"
	}
}

// better lists the applications with a better score than one that is funded, that are not funded themselves.
func (p Allocation) better() nhs.Table {
	t := nhs.Table{ID: "better", Caption: "Better scored but not funded", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Score", Numeric: true}, {Heading: "Requested", Numeric: true}, {Heading: "Why"}},
		Empty:   "None: nothing that is funded has a lower score than something that is not."}
	if p.Solved == nil {
		return t
	}
	funded := map[string]bool{}
	for _, f := range p.Solved.Funded {
		funded[f.ID] = true
	}
	last := 0
	for i, r := range p.Desk.Ranked {
		if funded[string(r.Application.Ref)] {
			last = i
		}
	}
	for _, r := range p.Desk.Ranked[:min(last, len(p.Desk.Ranked))] {
		if ref := string(r.Application.Ref); !funded[ref] {
			t.Rows = append(t.Rows, nhs.Cells(ref, r.Total.Total.String(), r.Application.Requested.String(), p.Solved.Reasons[ref]))
		}
	}
	return t
}

func (p Allocation) scenario() *allocation.Scenario {
	if len(p.Desk.Scenarios) == 0 {
		return nil
	}
	return &p.Desk.Scenarios[0]
}

func (p Allocation) proposable() bool {
	waiting := p.Desk.Proposal != nil && (p.Desk.Proposal.State == allocation.Made || p.Desk.Proposal.State == allocation.Approved)
	return p.Desk.MayMake && p.scenario() != nil && !waiting && p.Desk.Call.State == workflow.CallClosed
}

func (p Allocation) proposal() nhs.SummaryList {
	pr := p.Desk.Proposal
	counts := map[allocation.Outcome]int{}
	for _, l := range p.Desk.Lines {
		counts[l.Outcome]++
	}
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Number", Value: strconv.Itoa(pr.Number)},
		{Key: "Stands", Value: ProposalLabel(pr.State)},
		{Key: "Made", Value: uktime.Moment(pr.MadeAt)},
		{Key: "Funds", Value: fmt.Sprintf("%d applications with %s; %d on the reserve list, %d not funded", counts[allocation.Fund], pr.Total, counts[allocation.Reserve], counts[allocation.NotFund])},
		{Key: "Left of the budget", Value: (p.Desk.Budget - pr.Total).String()},
	}}
}

// ProposalLabel is the state of a proposal as people read it.
func ProposalLabel(s allocation.ProposalState) string {
	return map[allocation.ProposalState]string{
		allocation.Made: "Waits for approval", allocation.Approved: "Approved, held until the release", allocation.Returned: "Returned",
		allocation.Void: "Void", allocation.Released: "Released",
	}[s]
}

func action(call ident.CallRef) string { return "/panel/" + string(call) + "/allocation" }
