package decision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Service is the use cases of approvers and of the release.
type Service struct {
	gate    *work.Gate
	letters *letter.Service
}

// NewService makes the service.
func NewService(gate *work.Gate, letters *letter.Service) *Service { return &Service{gate, letters} }

// SecondNeeded reports whether a proposal needs two approvers: above the call's threshold or what one may approve alone.
func SecondNeeded(p *allocation.Proposal) bool {
	a := p.Call().Settings.Approval
	above := func(pounds int64) bool { return pounds > 0 && p.Total > money.Pounds(pounds) }
	return above(a.SecondAbovePounds) || above(a.DelegatedPounds)
}

// Approve gives an approver's agreement to a proposal, but for applications that they except or hold. Above the threshold the first approval waits
// for a second, different person; the last one decides the call: the letters are written and held until the release, and what any of them excepted
// is assessed again. A proposal that departs from the method of its call must be approved by the senior officer before, and accepted.
//
// Where anything that the proposal rests on changed, it is void instead. An attempt of somebody who may not is refused, and stands in the trail.
func (s *Service) Approve(ctx context.Context, id ident.Proposal, in Approving) error {
	err := s.gate.Serial(ctx, func(tx *work.Tx) error { return s.approve(tx, id, in) })
	switch {
	case errors.Is(err, errChanged):
		return s.voided(ctx, id)
	case fault.Is(err, fault.Forbidden):
		return s.refused(ctx, id, err)
	}
	return err
}

func (s *Service) approve(tx *work.Tx, id ident.Proposal, in Approving) error {
	p, err := allocation.ProposalByID(tx, id)
	if err != nil {
		return err
	}
	if p.State != allocation.Made {
		return fault.New(fault.Conflict, "The proposal does not wait for approval")
	}
	before, err := approvalsOf(tx, p.ID)
	if err != nil {
		return err
	}
	step, action := First, access.ApproveProposal
	if len(before) > 0 {
		step, action = Second, access.ApproveProposalSecond
	}
	if err := mayDecide(tx, action, p); err != nil {
		return err
	}
	if in.Version != 0 && in.Version != p.Version {
		return fault.New(fault.Conflict, "The proposal changed after you opened this page. Read it again before you decide")
	}
	if err := unchanged(tx, p); err != nil {
		return err
	}
	if err := accept(tx, p, in.Accepts); err != nil {
		return err
	}
	row, err := agree(tx, p, step, in.Reason)
	if err != nil {
		return err
	}
	b, err := readBallot(tx, p)
	if err != nil {
		return err
	}
	if err := b.name(tx, row, in); err != nil {
		return err
	}
	if step == First && SecondNeeded(p) {
		return nil
	}
	return s.decide(tx, b, step)
}

// mayDecide asks whether somebody may decide on a proposal. Whoever is recused may read it, and so is told why not.
func mayDecide(tx *work.Tx, act access.Action, p *allocation.Proposal) error {
	err := tx.Require(act, p)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.Forbidden, "You are recused from an application in this proposal. Another approver decides on it")
	}
	return err //nolint:wrapcheck // a fault for the person
}

// refused keeps that somebody tried to decide on a proposal who may not, and why not: in a transaction of its own, since the refused one leaves
// nothing. It gives the reason back.
func (s *Service) refused(ctx context.Context, id ident.Proposal, why error) error {
	f, _ := fault.Of(why)
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := allocation.ProposalByID(tx, id)
		if err != nil {
			return err
		}
		tx.Record(allocation.Event(p, "proposal.refuse", map[string]any{"why": f.Words, "number": p.Number}))
		return nil
	})
	if err != nil {
		return fmt.Errorf("recording a refusal: %w", err)
	}
	return why
}

// agree keeps one approver's word.
func agree(tx *work.Tx, p *allocation.Proposal, step Step, reason string) (*Approval, error) {
	action := map[Step]access.Action{First: access.ApproveProposal, Second: access.ApproveProposalSecond, Return: access.ReturnProposal}[step]
	row := &Approval{ID: ident.New[string](), ProposalID: p.ID, Step: step, Person: tx.By.ID, Reason: strings.TrimSpace(reason), At: tx.Now}
	if len([]rune(row.Reason)) > mostReason {
		return nil, fault.Fields(fault.Problems{"reason": "Keep it to 4,000 characters"})
	}
	if err := work.Add(tx, row); err != nil {
		return nil, err
	}
	e := allocation.Event(p, string(action), map[string]any{"step": step, "total": p.Total})
	e.Guards = append(e.Guards, audit.Row{Table: "approvals", Key: row.ID})
	tx.Record(e)
	return row, nil
}

const mostReason = 4000

// decide writes the decisions with their letters, and moves the proposal and its call on. What was excepted or withdrawn loses its line.
func (s *Service) decide(tx *work.Tx, b *ballot, step Step) error {
	p := b.proposal
	var rows []Decision
	for _, l := range b.standing(true) {
		d, err := s.write(tx, b.apps[l.ApplicationID], l)
		if err != nil {
			return err
		}
		d.ProposalID = p.ID
		rows = append(rows, d)
	}
	if len(rows) == 0 {
		return fault.Fields(fault.Problems{"except": "Nothing of the proposal would be left. Return it instead"})
	}
	if err := b.drop(tx); err != nil {
		return err
	}
	if err := allocation.SetState(tx, p, allocation.Approved); err != nil {
		return err
	}
	if err := addDecisions(tx, rows); err != nil {
		return err
	}
	record(tx, p, "decision.make", rows)
	on, guards := workflow.Decide, work.Guards{workflow.WithinLimit: work.Holds(!SecondNeeded(p)), workflow.DeviationsSettled: settled(tx, p)}
	if step == Second {
		on, guards = workflow.DecideSecond, work.Guards{workflow.FirstApprovalGiven: work.Holds(true), workflow.DeviationsSettled: settled(tx, p)}
	}
	return fund.MoveFor(tx, p.Call(), p, on, guards)
}

// record keeps one event with the digests of the decisions.
func record(tx *work.Tx, p *allocation.Proposal, verb string, rows []Decision) {
	e := allocation.Event(p, verb, map[string]any{"decisions": len(rows)})
	for _, d := range rows {
		e.Guards = append(e.Guards, audit.Row{Table: "decisions", Key: d.ID})
	}
	tx.Record(e)
}

// SendBack returns a proposal with a reason, which the chair reads: its applications are assessed again, its held letters are taken back.
func (s *Service) SendBack(ctx context.Context, id ident.Proposal, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.Fields(fault.Problems{"return-reason": "Enter the reason why you return the proposal"})
	}
	err := s.gate.Serial(ctx, func(tx *work.Tx) error { return s.sendBack(tx, id, reason) })
	if fault.Is(err, fault.Forbidden) {
		return s.refused(ctx, id, err)
	}
	return err
}

func (s *Service) sendBack(tx *work.Tx, id ident.Proposal, reason string) error {
	p, err := allocation.ProposalByID(tx, id)
	if err != nil {
		return err
	}
	if !p.Waits() {
		return fault.New(fault.Conflict, "The proposal can no longer be returned")
	}
	decided := p.State == allocation.Approved
	if err := mayDecide(tx, access.ReturnProposal, p); err != nil {
		return err
	}
	if _, err := agree(tx, p, Return, reason); err != nil {
		return err
	}
	if err := allocation.SetState(tx, p, allocation.Returned); err != nil {
		return err
	}
	if err := backToAssessed(tx, p, workflow.ReturnProposal); err != nil {
		return err
	}
	if !decided {
		return tellOf(tx, p, "proposal_returned", []ident.Person{p.MadeBy})
	}
	return takeBack(tx, p, workflow.ReturnApproval)
}

// takeBack takes the held decisions of a proposal back, and its approval.
func takeBack(tx *work.Tx, p *allocation.Proposal, on workflow.Event) error {
	held, err := removeHeld(tx, p.ID)
	if err != nil {
		return err
	}
	record(tx, p, audit.DecisionsTakenBack, held)
	if p.Call().State == workflow.CallReleased {
		return nil // what was released before stays so
	}
	return fund.MoveFor(tx, p.Call(), p, on, work.Guards{workflow.ReasonGiven: work.Holds(true)})
}

// backToAssessed takes the applications of a proposal that still has their lines back to where they are assessed.
func backToAssessed(tx *work.Tx, p *allocation.Proposal, on workflow.Event) error {
	lines, err := allocation.Lines(tx, p.ID)
	if err != nil {
		return err
	}
	apps, err := application.InCall(tx, p.Call(), proposed()...)
	if err != nil {
		return err
	}
	for _, a := range apps {
		if !slices.ContainsFunc(lines, func(l allocation.Line) bool { return l.ApplicationID == a.ID && l.DroppedAt == nil }) {
			continue
		}
		if err := application.Move(tx, a, on, nil, nil); err != nil {
			return err
		}
	}
	return nil
}
