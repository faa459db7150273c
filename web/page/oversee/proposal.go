package oversee

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/panel"
	"adoptionfund/web/page/shared"
)

// Proposal is one proposal as whoever decides on it must see it.
type Proposal struct {
	Page     *decision.Page
	Shown    *allocation.Proposed
	At       map[string]int // the page of each list, by its name
	AsksCode bool
	Problems fault.Problems
	Typed    func(string) string // nil: nothing was typed
}

// Head is what the frame shows.
func (p Proposal) Head() shared.Head {
	c := p.Page.Proposal.Call()
	return shared.Head{
		Title: fmt.Sprintf("Proposal %d for %s", p.Page.Proposal.Number, c.Ref), Caption: c.Title, Wide: true,
		Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/approvals", Text: "Approvals"}},
	}
}

func (p Proposal) action() string { return proposalPath(p.Page.Proposal.ID) }

func (p Proposal) typed(name string) string {
	if p.Typed == nil {
		return ""
	}
	return p.Typed(name)
}

func (p Proposal) identity() shared.Identity {
	return shared.Identity{Confirmed: p.Page.Confirmed, Code: p.AsksCode, Problems: p.Problems}
}

// waiting reports whether the proposal waits for an approval.
func (p Proposal) waiting() bool { return p.Page.Proposal.State == allocation.Made }

// blocked reports whether the senior officer comes first.
func (p Proposal) blocked() bool {
	return p.waiting() && p.Page.Deviation != nil && p.Page.Deviation.ApprovedAt == nil
}

// broken reports whether what the proposal rests on changed while it still counts.
func (p Proposal) broken() bool {
	return !p.Shown.Checked.Whole() && (p.waiting() || p.Page.Proposal.State == allocation.Approved)
}

// approvable reports whether the reader can approve it now.
func (p Proposal) approvable() bool { return p.Page.May && !p.blocked() && !p.broken() }

// cannot says why the reader cannot approve what waits for an approval.
func (p Proposal) cannot() string {
	switch {
	case !p.waiting() || p.blocked() || p.broken() || p.Page.May:
		return ""
	case p.Page.Recused:
		return "You are recused from an application in this proposal. Another approver decides on it."
	default:
		return "Somebody else must approve this next: you do not approve in this call, proposed it, worked on its applications, or approved it already."
	}
}

// count is how many lines have an outcome, and what they come to.
func (p Proposal) count(of allocation.Outcome) (n int, sum money.Pence) {
	for _, l := range p.Page.Lines {
		if l.Outcome == of && l.DroppedAt == nil {
			n++
			sum += l.Amount
		}
	}
	return n, sum
}

// gist is what a proposal comes to.
func (p Proposal) gist() nhs.SummaryList {
	pr := p.Page.Proposal
	funded, sum := p.count(allocation.Fund)
	reserve, _ := p.count(allocation.Reserve)
	rest, _ := p.count(allocation.NotFund)
	rows := []nhs.SummaryRow{
		{Key: "Stands", Value: standsWords(pr, len(p.Page.Approvals))},
		{Key: "Proposes", Value: fmt.Sprintf("%s of %s, for %d of %d applications; %d on the reserve list", sum, p.budget(), funded, funded+reserve+rest, reserve)},
		{Key: "Who approves", Value: p.needs()},
		{Key: "Proposed by", Value: p.Page.People[pr.MadeBy] + ", " + uktime.Moment(pr.MadeAt)},
	}
	if p.Shown.Promised > 0 {
		rows = append(rows, nhs.SummaryRow{Key: "Promised before", Value: p.Shown.Promised.String() + " of the same budget, by awards that stand"})
	}
	if pr.Note != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Note of the chair", Value: pr.Note})
	}
	if pr.VoidWhy != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Void, because this changed", Value: pr.VoidWhy})
	}
	if pr.Later() {
		rows = append(rows, nhs.SummaryRow{Key: "Later proposal", Value: "The first decisions of the call were released on " + uktime.Moment(*pr.Call().ReleasedAt) + ". What is promised to others stands"})
	}
	if when := p.release(); when != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Release", Value: when})
	}
	return nhs.SummaryList{Rows: rows}
}

// budget is what the proposal shares out: of a later one what is not promised to others.
func (p Proposal) budget() string {
	if p.Page.Proposal.Later() && p.Shown.Promised > 0 {
		return fmt.Sprintf("%s that is free of a budget of %s", p.Shown.Ask.Budget-p.Shown.Promised, p.Shown.Ask.Budget)
	}
	return "a budget of " + p.Shown.Ask.Budget.String()
}

// release is when its decisions are released. The time at which those of an earlier proposal were is not that of a later one.
func (p Proposal) release() string {
	pr := p.Page.Proposal
	at := pr.Call().ReleaseAt
	switch {
	case at != nil && (!pr.Later() || at.After(pr.MadeAt)):
		return uktime.Deadline(*at)
	case pr.Later() && pr.Waits():
		return "No time is set yet"
	}
	return ""
}

// emptyReserve and emptyRest say that nobody has a place, or is not funded. A later proposal leaves others where they are.
func (p Proposal) emptyReserve() string {
	if p.Page.Proposal.Later() {
		return "Reserve list: nobody is added. Whoever is on it and is not funded here keeps the place."
	}
	return "Reserve list: nobody is on it."
}

func (p Proposal) emptyRest() string {
	if p.Page.Proposal.Later() {
		return "Not to be funded: none. Decisions that were released and are not named here stand."
	}
	return "Not to be funded: none. Everybody is funded or on the reserve list."
}

// needs says how many approvers a proposal needs, and why.
func (p Proposal) needs() string {
	a := p.Page.Proposal.Call().Settings.Approval
	if !p.Page.Second {
		return "One approver: it is within what one may approve alone"
	}
	if total := p.Page.Proposal.Total; a.SecondAbovePounds > 0 && total > money.Pounds(a.SecondAbovePounds) {
		return "Two different approvers: it is above " + money.Pounds(a.SecondAbovePounds).String()
	}
	return "Two different approvers: it is above the " + money.Pounds(a.DelegatedPounds).String() + " that one may approve alone"
}

// departure says how a proposal departs from the method that its call published: what an approver must know first.
func (p Proposal) departure() nhs.SummaryList {
	d := p.Page.Deviation
	if d == nil {
		return nhs.SummaryList{Rows: []nhs.SummaryRow{{Key: "Departures from the method", Value: "None: the scenario is the published method’s"}}}
	}
	rows := []nhs.SummaryRow{{Key: "Departs from the method", Value: strings.Join(d.What(), "; ")}, {Key: "The chair’s reason", Value: d.Reason}}
	officer := "Has not approved the departure yet"
	if d.ApprovedAt != nil {
		officer = "Approved the departure: " + p.Page.People[*d.ApprovedBy] + ", " + uktime.Moment(*d.ApprovedAt)
	}
	rows = append(rows, nhs.SummaryRow{Key: "Senior officer", Value: officer})
	if d.AcceptedAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Accepted", Value: p.Page.People[*d.AcceptedBy] + ", " + uktime.Moment(*d.AcceptedAt)})
	}
	return nhs.SummaryList{Rows: rows}
}

// extensions are later deadlines: for all, and for applicants from whom the reader is not barred.
func (p Proposal) extensions() nhs.Table {
	t := nhs.Table{
		ID: "extensions", Caption: "Later deadlines", CaptionSize: nhs.Small, RowHeaders: true, Empty: "Later deadlines: none. Nobody was given more time.",
		Columns: []nhs.Column{{Heading: "For"}, {Heading: "Until"}, {Heading: "Reason"}, {Heading: "Proposed by"}, {Heading: "Confirmed by"}},
	}
	for _, c := range p.Page.Deadlines {
		t.Rows = append(t.Rows, nhs.Cells("Everybody", uktime.Deadline(c.ClosesAt), c.Reason, p.Page.People[c.ProposedBy], p.Page.People[*c.ConfirmedBy]))
	}
	masked := 0
	for _, e := range p.Page.Extensions {
		a := p.Page.Names[e.ApplicationID]
		if a.Masked {
			masked++
			continue
		}
		why := strings.TrimSuffix(e.Why()+": "+e.Note, ": ")
		t.Rows = append(t.Rows, nhs.Cells(string(a.Ref), uktime.Deadline(e.UntilAt), why, p.Page.People[e.ProposedBy], p.Page.People[*e.ConfirmedBy]))
	}
	return withMasked(t, masked)
}

// withMasked adds the line that stands for applications from which the reader is barred.
func withMasked(t nhs.Table, n int) nhs.Table {
	if n == 0 {
		return t
	}
	row := make([]string, len(t.Columns))
	row[0] = panel.Masked(n)
	t.Rows = append(t.Rows, nhs.Cells(row...))
	return t
}

// overrides are steps of assessments that somebody took by choice.
func (p Proposal) overrides() nhs.Table {
	t := nhs.Table{
		ID: "overrides", Caption: "Overrides", CaptionSize: nhs.Small, RowHeaders: true, Empty: "Overrides: none. No assessment was closed short, moderated by choice or added to.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "What"}, {Heading: "Reason"}, {Heading: "By"}},
	}
	masked := map[ident.Application]bool{}
	for _, o := range p.Page.Overrides {
		if a := p.Page.Names[o.Application]; !a.Masked {
			t.Rows = append(t.Rows, nhs.Cells(string(a.Ref), o.What, o.Minute.Reason, p.Page.People[o.Minute.Person]+", "+uktime.Moment(o.Minute.At)))
		} else {
			masked[o.Application] = true
		}
	}
	return withMasked(t, len(masked))
}

// band says who is near the funding line, and how a draw among them went.
func (p Proposal) band() nhs.SummaryList {
	s, m := p.Shown, p.Page.Proposal.Call().Settings.Method
	rows := []nhs.SummaryRow{{Key: "Near the line", Value: m.BandWords()}}
	if s.Lined {
		rows = append(rows, nhs.SummaryRow{Key: "Funding line", Value: fmt.Sprintf("A score of %.2f", s.Line)})
	}
	if n := len(s.Band) + s.MaskedBand; n > 0 {
		all := slices.Clone(s.Band)
		said := strings.Join(all, ", ")
		if s.MaskedBand > 0 {
			said = strings.TrimPrefix(said+", "+panel.Masked(s.MaskedBand), ", ")
		}
		rows = append(rows, nhs.SummaryRow{Key: fmt.Sprintf("Band of %d", n), Value: said})
	} else {
		rows = append(rows, nhs.SummaryRow{Key: "Band", Value: "Nobody’s interval holds the funding line, or scores have no intervals"})
	}
	if s.Lot != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Draw", Value: "Entered in front of the panel: “" + s.Lot.Entered + "”, " + uktime.Moment(s.Lot.EnteredAt)}, nhs.SummaryRow{Key: "Seed", Value: s.Seed})
	}
	return nhs.SummaryList{Rows: rows}
}

// previous is what changed since the proposal before.
func (p Proposal) previous() nhs.Table {
	t := nhs.Table{
		ID: "previous", Caption: "Lines that are otherwise", CaptionSize: nhs.Small, RowHeaders: true, Empty: "Every line is as it was.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Before"}, {Heading: "Now"}},
	}
	masked := 0
	for _, c := range p.Page.Previous.Changed {
		a := p.Page.Names[c.Application]
		if a.Masked {
			masked++
			continue
		}
		t.Rows = append(t.Rows, nhs.Cells(string(a.Ref)+" "+a.Title, lineWords(c.Was), lineWords(c.Now)))
	}
	return withMasked(t, masked)
}

func lineWords(l *allocation.Line) string {
	switch {
	case l == nil:
		return "Not in it"
	case l.Outcome == allocation.Fund:
		return "Fund with " + l.Amount.String()
	default:
		return outcomeLabel(l.Outcome)
	}
}

func outcomeLabel(o allocation.Outcome) string {
	return map[allocation.Outcome]string{allocation.Fund: "Fund", allocation.Reserve: "Reserve list", allocation.NotFund: "Do not fund"}[o]
}

// returned says why the proposal before does not stand.
func (p Proposal) returned() string {
	before := p.Page.Previous
	if before.By == "" {
		return fmt.Sprintf("Proposal %d became void, because this changed: %s.", before.Proposal.Number, before.Why)
	}
	return fmt.Sprintf("Proposal %d was returned by %s: %s", before.Proposal.Number, p.Page.People[before.By], before.Why)
}

// approvals are what approvers said so far.
func (p Proposal) approvals() nhs.Table {
	t := nhs.Table{
		ID: "approvals", Caption: "Approvals so far", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "Nobody has approved it yet.",
		Columns: []nhs.Column{{Heading: "Step"}, {Heading: "By"}, {Heading: "When"}, {Heading: "Said"}},
	}
	steps := map[decision.Step]string{decision.First: "First approval", decision.Second: "Second approval", decision.Return: "Returned"}
	for _, a := range p.Page.Approvals {
		t.Rows = append(t.Rows, nhs.Cells(steps[a.Step], p.Page.People[a.Person], uktime.Moment(a.At), a.Reason))
	}
	for _, n := range p.Page.Lifted {
		if a := p.Page.Names[n.ApplicationID]; !a.Masked {
			t.Rows = append(t.Rows, nhs.Cells("Hold lifted", p.Page.People[*n.EndedBy], uktime.Moment(*n.EndedAt), string(a.Ref)+": "+n.EndReason))
		}
	}
	return t
}

// seals are what the proposal rests on, with digests.
func (p Proposal) seals() nhs.Table {
	t := nhs.Table{
		ID: "seals", Caption: "The seal: what this proposal rests on", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Part"}, {Heading: "Now"}, {Heading: "SHA-256 when it was made"}},
	}
	digests := map[allocation.Part]string{}
	for _, s := range p.Shown.Checked.Seals {
		digests[s.Part] = s.Digest
	}
	for _, part := range allocation.Parts() {
		label := part.Label()
		digest := digests[part]
		if digest == "" {
			digest = "Not sealed"
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: strings.ToUpper(label[:1]) + label[1:]}, {Content: p.sealState(part)}, {Content: digestText(digest)}})
	}
	return t
}

// changedWords says what of a part changed, naming those from whom the reader is not barred.
func (p Proposal) changedWords(part allocation.Part) string {
	var named []string
	for _, key := range p.Shown.Checked.Changed[part] {
		if key != "" {
			named = append(named, key)
		}
	}
	if len(named) == 0 {
		return "Changed"
	}
	return "Changed: " + panel.Refs(&p.Shown.Mask, named)
}

// next is the address of another page of a list.
func (p Proposal) next(list string, at int) string {
	q := url.Values{}
	for name, n := range p.At {
		if n > 1 && name != list {
			q.Set(name, strconv.Itoa(n))
		}
	}
	q.Set(list, strconv.Itoa(at))
	return p.action() + "?" + q.Encode() + "#" + list
}

// stateNote says what became of a line.
func (p Proposal) stateNote(l allocation.Line) string {
	a := p.Page.Names[l.ApplicationID]
	switch way := p.Page.Ways[l.ApplicationID]; {
	case a.State == workflow.Withdrawn:
		return "Withdrawn by the applicant. "
	case way == decision.Except:
		return "Left out by an approver. "
	case way == decision.Hold:
		return "Held by an approver. "
	case p.Page.DTAC[l.ApplicationID].Lapsed:
		return "Its DTAC position lapsed: a condition on its award. "
	default:
		return ""
	}
}

// holds are the applications whose decision is held.
func (p Proposal) holds() []nhs.Option {
	var all []nhs.Option
	for _, id := range p.Page.Holds {
		if n := p.Page.Names[id]; !n.Masked {
			all = append(all, nhs.Option{Value: string(n.Ref), Label: string(n.Ref)})
		}
	}
	return all
}
