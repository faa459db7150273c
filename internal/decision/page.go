package decision

import (
	"cmp"
	"context"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/people"
	"adoptionfund/internal/review"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Page is everything that an approver must know of a proposal before they decide, as far as the one who looks may see it.
type Page struct {
	Proposal   *allocation.Proposal
	Deviation  *allocation.Deviation // how it departs from the method; nil: it does not
	Extensions []application.Extension
	Deadlines  []fund.Change // confirmed for the whole call
	Overrides  []Override
	Lines      []allocation.Line
	Names      map[ident.Application]Named
	Recusals   []Recusal
	DTAC       map[ident.Application]DTAC // of what is to be funded
	Previous   *Previous                  // what changed since the last proposal that was returned or void; nil: there is none
	Approvals  []Approval
	Ways       map[ident.Application]Way // what approvers excepted or held
	People     map[ident.Person]string

	Second    bool // a second approver is needed
	May       bool // approve it, as the next step
	MayReturn bool
	Holds     []ident.Application // whose decision is held
	Lifted    []NamedLine         // holds that were lifted
	MayLift   bool                // the hold on them
	MaySettle bool                // approve how it departs from the method, as the senior officer
	Recused   bool                // the reader is recused from an application in it
	Confirmed bool                // the reader confirmed a few minutes ago that it is they
}

// Named is an application as approvals show it.
type Named struct {
	Ref       ident.Ref
	Title     string
	Lead      string
	Requested money.Pence
	State     workflow.ApplicationState
	Masked    bool // the reader is barred from it: only the amounts may be shown, in a sum
}

// Override is a step of an assessment that somebody took by choice, with the reason that was minuted.
type Override struct {
	Application ident.Application
	What        string
	Minute      review.Minute
}

// Recusal is who of those who work on a call did not take part in one application.
type Recusal struct {
	Application ident.Application
	People      []ident.Person
	Deputies    []ident.Person
	Reviewers   int // with a conflict, who are not named
}

// Previous is the proposal that was returned or void before.
type Previous struct {
	Proposal *allocation.Proposal
	Why      string
	By       ident.Person // who returned it; empty: it was void
	Changed  []LineChange
}

// LineChange is how a line differs between two proposals; nil: it was not in that one.
type LineChange struct {
	Application ident.Application
	Was, Now    *allocation.Line
}

// Page gives the page of a proposal.
func (s *Service) Page(ctx context.Context, id ident.Proposal) (*Page, error) {
	var p *Page
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		proposal, err := allocation.ProposalByID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ViewProposal, proposal); err != nil {
			return err
		}
		tx.Saw("proposal", string(id))
		p = &Page{Proposal: proposal, Second: SecondNeeded(proposal), Confirmed: tx.By.Confirmed}
		b, err := readBallot(tx, proposal)
		if err != nil {
			return err
		}
		for _, fill := range []func(*work.Tx, *ballot) error{p.lines, p.departures, p.recusals, p.dtac, p.previous, p.rights} {
			if err := fill(tx, b); err != nil {
				return err
			}
		}
		return p.names(tx)
	})
	return p, err
}

func (p *Page) lines(tx *work.Tx, b *ballot) error {
	p.Lines, p.Names, p.Ways = b.lines, map[ident.Application]Named{}, map[ident.Application]Way{}
	for _, a := range b.apps {
		p.Names[a.ID] = Named{a.Ref, a.Title, a.LeadName, a.Requested, a.State, a.Bars(tx.By.ID)}
	}
	for _, l := range b.lines {
		if way := b.way(l.ApplicationID); way != "" {
			p.Ways[l.ApplicationID] = way
		}
	}
	for _, n := range b.named {
		if n.EndedAt != nil {
			p.Lifted = append(p.Lifted, n)
		}
	}
	var err error
	p.Approvals, err = approvalsOf(tx, p.Proposal.ID)
	return err
}

// overrides are the steps of an assessment that say that somebody decided otherwise than by rule.
func overrides() map[workflow.Event]string {
	return map[workflow.Event]string{
		workflow.CloseShort: "Assessed with fewer reviews than the call asks for", workflow.ChooseModeration: "Moderated by choice of the chair",
		workflow.RequestReviews: "Further reviews asked for",
	}
}

// departures reads what departs from what was published: what an approver must know first.
func (p *Page) departures(tx *work.Tx, b *ballot) error {
	var err error
	if p.Deviation, err = allocation.DeviationOf(tx, p.Proposal.ID); err != nil {
		return err
	}
	call := p.Proposal.Call().ID
	if p.Extensions, err = application.ExtensionsIn(tx, call); err != nil {
		return err
	}
	changes, err := fund.ChangesOf(tx, call)
	if err != nil {
		return err
	}
	p.Deadlines = slices.DeleteFunc(changes, func(c fund.Change) bool { return c.ConfirmedAt == nil })
	minutes, err := review.MinutesIn(tx, call)
	if err != nil {
		return err
	}
	for _, m := range minutes {
		if what, is := overrides()[workflow.Event(m.Event)]; is && b.has(m.ApplicationID) {
			p.Overrides = append(p.Overrides, Override{m.ApplicationID, what, m})
		}
	}
	return nil
}

// has reports whether an application has a line in the proposal.
func (b *ballot) has(id ident.Application) bool {
	return slices.ContainsFunc(b.lines, func(l allocation.Line) bool { return l.ApplicationID == id })
}

// recusals finds, for each application, who of those who chair, decide, check and assess did not take part.
func (p *Page) recusals(tx *work.Tx, b *ballot) error {
	staff := map[ident.Person]bool{}
	for _, act := range []access.Action{access.MakeProposal, access.ApproveProposal, access.RecordFinding, access.ScoreDT1} {
		holders, err := people.WhoMay(tx, act, p.Proposal.Call().Scope())
		if err != nil {
			return err
		}
		for _, h := range holders {
			staff[h.ID] = true
		}
	}
	for _, l := range b.lines {
		if r := recusalOf(b.apps[l.ApplicationID], staff); len(r.People)+r.Reviewers > 0 {
			p.Recusals = append(p.Recusals, r)
		}
	}
	return nil
}

// recusalOf names those of the staff who did not take part in an application, and counts the reviewers.
func recusalOf(a *application.Application, staff map[ident.Person]bool) Recusal {
	r := Recusal{Application: a.ID, Deputies: a.With(application.Deputy)}
	for _, id := range slices.Concat(a.With(application.Recused), a.With(application.Conflicted)) {
		if staff[id] && !slices.Contains(r.People, id) {
			r.People = append(r.People, id)
		}
	}
	for _, id := range a.With(application.Conflicted) {
		if !staff[id] {
			r.Reviewers++
		}
	}
	return r
}

// previous compares with the proposal before, where that was returned or void.
func (p *Page) previous(tx *work.Tx, b *ballot) error {
	before, err := allocation.Before(tx, p.Proposal)
	if err != nil || before == nil || before.State != allocation.Returned && before.State != allocation.Void {
		return err
	}
	lines, err := allocation.Lines(tx, before.ID)
	if err != nil {
		return err
	}
	p.Previous = &Previous{Proposal: before, Why: before.VoidWhy, Changed: Compare(lines, b.lines)}
	given, err := approvalsOf(tx, before.ID)
	for _, a := range given {
		if a.Step == Return {
			p.Previous.Why, p.Previous.By = a.Reason, a.Person
		}
	}
	return err
}

// Compare says which lines differ between two proposals: those that one lacks, and those with another outcome or amount.
func Compare(was, now []allocation.Line) []LineChange {
	before := map[ident.Application]*allocation.Line{}
	for i := range was {
		before[was[i].ApplicationID] = &was[i]
	}
	var all []LineChange
	for i := range now {
		l := &now[i]
		old := before[l.ApplicationID]
		delete(before, l.ApplicationID)
		if old == nil || old.Outcome != l.Outcome || old.Amount != l.Amount {
			all = append(all, LineChange{l.ApplicationID, old, l})
		}
	}
	for i := range was {
		if before[was[i].ApplicationID] != nil {
			all = append(all, LineChange{was[i].ApplicationID, &was[i], nil})
		}
	}
	return all
}

// rights says what the one who looks may do.
func (p *Page) rights(tx *work.Tx, b *ballot) error {
	for _, l := range b.standing(false) {
		p.Recused = p.Recused || p.Names[l.ApplicationID].Masked
	}
	var err error
	if p.May, err = MayApprove(tx, p.Proposal); err != nil {
		return err
	}
	if p.MaySettle, err = maySettle(tx, p.Proposal, p.Deviation); err != nil {
		return err
	}
	if p.Proposal.Waits() {
		if p.MayReturn, err = tx.May(access.ReturnProposal, p.Proposal); err != nil {
			return err
		}
	}
	if p.Proposal.State != allocation.Approved && p.Proposal.State != allocation.Released {
		return nil
	}
	for _, n := range b.named {
		if n.Held() && b.apps[n.ApplicationID].State != workflow.Withdrawn {
			p.Holds = append(p.Holds, n.ApplicationID)
		}
	}
	if len(p.Holds) > 0 {
		p.MayLift, err = tx.May(access.LiftHold, p.Proposal)
	}
	return err
}

// names reads the names of everybody on the page.
func (p *Page) names(tx *work.Tx) error {
	ids := append([]ident.Person{p.Proposal.MadeBy}, settling(p.Deviation)...)
	for _, a := range p.Approvals {
		ids = append(ids, a.Person)
	}
	for _, n := range p.Lifted {
		ids = append(ids, *n.EndedBy)
	}
	for _, e := range p.Extensions {
		ids = append(ids, e.ProposedBy, *e.ConfirmedBy)
	}
	for _, c := range p.Deadlines {
		ids = append(ids, c.ProposedBy, *c.ConfirmedBy)
	}
	for _, o := range p.Overrides {
		ids = append(ids, o.Minute.Person)
	}
	for _, r := range p.Recusals {
		ids = append(ids, slices.Concat(r.People, r.Deputies)...)
	}
	for _, d := range p.DTAC {
		for _, w := range d.Waived {
			ids = append(ids, w.By)
		}
	}
	if p.Previous != nil {
		ids = append(ids, cmp.Or(p.Previous.By, p.Proposal.MadeBy))
	}
	var err error
	p.People, err = people.Names(tx, ids...)
	return err
}
