// Package panel is the pages of the panel: assignment, progress, moderation, meetings, ranking and allocation.
package panel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Allocation are the scenarios of a call, what its published method gives, and the proposal.
type Allocation struct {
	Pages    []nhs.Link
	Desk     allocation.Desk
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Allocation) Head() shared.Head { return head("Allocation", &p.Desk.Call) }

func (p Allocation) path(tail string) string { return allocationPath(p.Desk.Call.Ref, tail) }

func allocationPath(call ident.CallRef, tail string) string {
	return "/panel/" + string(call) + "/allocation" + tail
}

func scenarioPath(call ident.CallRef, id ident.Scenario) string {
	return allocationPath(call, "/scenarios/"+string(id))
}

func (p Allocation) method() nhs.SummaryList {
	m := p.Desk.Call.Settings.Method
	budget := p.Desk.Budget.String()
	if m.Pooled {
		budget += ", what the other calls leave of the round’s " + p.Desk.Round.Budget.String()
	}
	rows := []nhs.SummaryRow{
		{Key: "Budget", Value: budget},
		{Key: "Ranking", Value: m.RankingWords() + ", highest first; ties go to the smaller request, then to the lower reference"},
		{Key: "Strategy", Value: m.StrategyWords()},
		{Key: "Near the line", Value: m.BandWords()},
		{Key: "Minimum total", Value: fmt.Sprintf("%g of 100", m.MinScore)},
		{Key: "Budgets by year and use", Value: m.BudgetWords()},
		{Key: "Reserve list", Value: fmt.Sprintf("%d places", m.Reserve)},
	}
	for _, l := range m.Limits {
		rows = append(rows, nhs.SummaryRow{Key: "Limit", Value: l.Words()})
	}
	return nhs.SummaryList{Rows: rows}
}

// Masked is the line in place of applications from which the reader is barred.
func Masked(n int) string { return masked(n) }

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

// scenarios are all that are kept, the published method's first.
func (p Allocation) scenarios() nhs.Table {
	t := nhs.Table{
		ID: "scenarios", Caption: "Scenarios", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Scenario"}, {Heading: "Computed"}, {Heading: "Result"}, {Heading: "Funded", Numeric: true}, {Heading: "Spent", Numeric: true}, {Heading: "Note"}},
		Empty:   "No scenario was computed yet.",
	}
	for _, k := range p.Desk.Kept {
		name := nhs.Cell{Text: k.Name, Href: scenarioPath(p.Desk.Call.Ref, k.ID)}
		if k.Number > 0 {
			name.Text = fmt.Sprintf("%d: %s", k.Number, k.Name)
		}
		t.Rows = append(t.Rows, []nhs.Cell{name, {Text: uktime.Moment(k.MadeAt)}, {Text: resultWords(k)}, {Text: strconv.Itoa(len(k.Result.Funded))}, {Text: k.Result.Spent.String()}, {Text: k.Note}})
	}
	return t
}

// resultWords say what came out of a scenario, and whether it still holds.
func resultWords(k allocation.Kept) string {
	said := proofWords(k.Result)
	if k.PublishedMethod {
		said = "Published method. " + said
	}
	if k.Stale {
		said += ". Out of date: scores, requests, awards or the ranking changed since"
	}
	return said
}

// proofWords say how sure it is that nothing better exists.
func proofWords(r solve.Result) string {
	switch {
	case r.Status == solve.Infeasible:
		return "The limits cannot all be kept"
	case r.Status == solve.Optimal:
		return "Proved: no allocation under these limits is worth more"
	case r.Gap != nil:
		return fmt.Sprintf("The best that was found in time: no other is worth over %.2f%% more", 100**r.Gap)
	default:
		return "Down the ranking"
	}
}

// choices are the scenarios that can be compared.
func (p Allocation) choices() []nhs.Option {
	var options []nhs.Option
	for _, k := range p.Desk.Kept {
		options = append(options, nhs.Option{Value: string(k.ID), Label: k.Name, Hint: uktime.Moment(k.MadeAt)})
	}
	return options
}

// chosen is the scenario that stands in a field of the comparison at first.
func (p Allocation) chosen(n int) string {
	if n < len(p.Desk.Kept) {
		return string(p.Desk.Kept[n].ID)
	}
	return ""
}

func (p Allocation) proposal() nhs.SummaryList {
	pr := p.Desk.Proposal
	counts := map[allocation.Outcome]int{}
	for _, l := range p.Desk.Lines {
		counts[l.Outcome]++
	}
	rows := []nhs.SummaryRow{
		{Key: "Number", Value: strconv.Itoa(pr.Number)},
		{Key: "Stands", Value: ProposalLabel(pr.State)},
		{Key: "Made", Value: uktime.Moment(pr.MadeAt)},
		{Key: "Funds", Value: fmt.Sprintf("%d applications with %s; %d on the reserve list, %d not funded", counts[allocation.Fund], pr.Total, counts[allocation.Reserve], counts[allocation.NotFund])},
	}
	if p.Desk.Later == nil {
		rows = append(rows, nhs.SummaryRow{Key: "Left of the budget", Value: (p.Desk.Budget - pr.Total).String()})
	}
	if d := p.Desk.Deviation; d != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Departs from the method", Value: strings.Join(d.What(), "; ")}, nhs.SummaryRow{Key: "Reason", Value: d.Reason})
	}
	return nhs.SummaryList{Rows: rows}
}

// later is what a later proposal can give.
func (p Allocation) later() nhs.SummaryList {
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Budget", Value: p.Desk.Budget.String()},
		{Key: "Promised", Value: p.Desk.Later.Promised.String() + ", by awards that stand"},
		{Key: "Free", Value: p.Desk.Later.Free.String()},
	}}
}

// listed is the reserve list.
func (p Allocation) listed() nhs.Table {
	t := nhs.Table{
		ID: "reserve", Caption: "Reserve list", CaptionSize: nhs.Small, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "Score", Numeric: true}, {Heading: "Requested", Numeric: true}, {Heading: "Its place ends"}},
		Empty:   "Nobody is on the reserve list.",
	}
	for _, r := range p.Desk.Later.Listed {
		ends := "No end is set"
		if at, set := r.Application.ReserveEnds(); set {
			ends = uktime.Date(at)
		}
		t.Rows = append(t.Rows, nhs.Cells(string(r.Application.Ref), r.Application.Title, fmt.Sprintf("%.2f", r.Score), r.Application.Requested.String(), ends))
	}
	if n := p.Desk.Later.Masked; n > 0 {
		t.Rows = append(t.Rows, nhs.Cells(masked(n), "", "", "", ""))
	}
	return t
}

// ProposalLabel is the state of a proposal as people read it.
func ProposalLabel(s allocation.ProposalState) string { return s.Label() }

// lottery reports whether the call announced a draw.
func (p Allocation) lottery() bool {
	return p.Desk.Call.Settings.Method.Strategy == fund.StrategyMeritRandom
}

// lot says what is known of it.
func (p Allocation) lot() nhs.SummaryList {
	d := p.Desk
	rows := []nhs.SummaryRow{}
	if d.Standing.Kept != nil && d.Standing.Frozen != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Digest of the frozen ranking", Value: d.Standing.Kept.Digest})
	}
	if d.Lot != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Value entered", Value: d.Lot.Entered + ", " + uktime.Moment(d.Lot.EnteredAt)})
	}
	if d.LotSeed != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Seed", Value: d.LotSeed}, nhs.SummaryRow{Key: "In the band", Value: fmt.Sprintf("%d applications", d.Band)})
	}
	return nhs.SummaryList{Rows: rows}
}

// proposable reports whether a scenario can be put forward.
func proposable(v *allocation.View) bool {
	frozen := v.Ask.Ranking != fund.RankCalibrated || v.Frozen
	return v.MayMake && !v.Proposal.Waits() && !v.Stale && frozen && v.Result.Status != solve.Infeasible && (v.Call.State == workflow.CallClosed || v.Call.State == workflow.CallReleased)
}

// ranked is a scenario's table: who gets how much, and why.
func rankedTable(v *allocation.View) nhs.Table {
	t := nhs.Table{
		ID: "ranking", Caption: "Every application and its reason", CaptionSize: nhs.Medium, RowHeaders: true, Scroll: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Place", Numeric: true}, {Heading: "Title"}, {Heading: "Lead"}, {Heading: "Score", Numeric: true}, {Heading: "DTAC"}, {Heading: "Requested", Numeric: true}, {Heading: "Funded", Numeric: true}, {Heading: "Funded in", Numeric: true}, {Heading: "Why"}},
	}
	var requested, funded money.Pence
	for _, r := range v.Ranked {
		a := r.Application
		requested += a.Requested
		amount := ""
		if got := v.Amounts[string(a.Ref)]; got > 0 {
			amount = got.String()
			funded += got
		}
		t.Rows = append(t.Rows, nhs.Cells(string(a.Ref), strconv.Itoa(r.Place), a.Title, a.LeadName, fmt.Sprintf("%.2f", r.Score), DTACLabel(r.DTACStatus), a.Requested.String(), amount, chance(v, a.Ref), v.Reasons[string(a.Ref)]))
	}
	if v.Masked > 0 {
		requested += v.MaskedRequested
		funded += v.MaskedSpent
		t.Rows = append(t.Rows, nhs.Cells(masked(v.Masked), "", "", "", "", "", v.MaskedRequested.String(), v.MaskedSpent.String(), "", ""))
	}
	if len(t.Rows) > 0 {
		t.Foot = nhs.Cells(fmt.Sprintf("%d applications", len(v.Ranked)+v.Masked), "", "", "", "", "", requested.String(), funded.String(), "", "")
	}
	return t
}

// assessed are the applications that wait for an allocation.
func (p Allocation) assessed() nhs.Table {
	t := nhs.Table{
		ID: "assessed", Caption: "Assessed applications", CaptionSize: nhs.Medium, RowHeaders: true, Compact: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "Score as given", Numeric: true}, {Heading: "Requested", Numeric: true}},
		Empty:   "No application of this call is assessed yet.",
	}
	asked := p.Desk.MaskedRequested
	for _, r := range p.Desk.Ranked {
		t.Rows = append(t.Rows, nhs.Cells(string(r.Application.Ref), r.Application.Title, r.Total.Total.String(), r.Application.Requested.String()))
		asked += r.Application.Requested
	}
	if p.Desk.Masked > 0 {
		t.Rows = append(t.Rows, nhs.Cells(masked(p.Desk.Masked), "", "", p.Desk.MaskedRequested.String()))
	}
	if len(t.Rows) > 0 {
		t.Foot = nhs.Cells(fmt.Sprintf("%d applications", len(p.Desk.Ranked)+p.Desk.Masked), "", "", asked.String())
	}
	return t
}

// chance is the share of draws in which an application is funded.
func chance(v *allocation.View, ref ident.Ref) string {
	if v.Sensitivity.Draws == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f%%", 100*v.Sensitivity.Funded[string(ref)])
}

// betterTable lists those that are not funded although something that scores less is.
func betterTable(v *allocation.View) nhs.Table {
	t := nhs.Table{
		ID: "better", Caption: "Better scored but not funded", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Score", Numeric: true}, {Heading: "Requested", Numeric: true}, {Heading: "Why"}},
		Empty:   "None: nothing that is funded has a lower score than something that is not.",
	}
	for _, r := range v.Better {
		t.Rows = append(t.Rows, nhs.Cells(string(r.Application.Ref), fmt.Sprintf("%.2f", r.Score), r.Application.Requested.String(), v.Reasons[string(r.Application.Ref)]))
	}
	return t
}

// refs names applications, and counts those that are masked.
func refs(m *allocation.Mask, all []string) string {
	seen, hidden := m.Seen(all)
	slices.Sort(seen)
	said := strings.Join(seen, ", ")
	switch {
	case hidden > 0 && said != "":
		return said + " and " + masked(hidden)
	case hidden > 0:
		return masked(hidden)
	case said == "":
		return "nobody"
	default:
		return said
	}
}
