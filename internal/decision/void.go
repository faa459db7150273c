package decision

import (
	"context"
	"errors"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// errChanged says inside a transaction that what a proposal rests on changed. What follows from it is done in another: see voided.
var errChanged = errors.New("decision: what the proposal rests on changed")

// unchanged asks whether everything that a proposal rests on is as it was when it was made.
func unchanged(tx *work.Tx, p *allocation.Proposal) error {
	c, err := allocation.Check(tx, p)
	if err != nil {
		return err
	}
	if !c.Whole() {
		return errChanged
	}
	return nil
}

// voided makes a proposal void whose basis changed, and says so to whoever came upon it.
func (s *Service) voided(ctx context.Context, id ident.Proposal) error {
	why, err := s.Void(access.With(ctx, access.System(access.VoidProposal)), id)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "What this proposal rests on changed after it was made: %s. It is void, with every approval of it. The chair has been told, and proposes again", why)
}

// Void makes a proposal void if what it rests on changed, and says what did: its applications are assessed again, its approvals count no more, its
// decisions are taken back, and the chair and those who approved are told. It says nothing where nothing changed.
func (s *Service) Void(ctx context.Context, id ident.Proposal) (string, error) {
	why := ""
	err := s.gate.Serial(ctx, func(tx *work.Tx) error {
		p, err := allocation.ProposalByID(tx, id)
		if err != nil {
			return err
		}
		if !p.Waits() {
			why = p.VoidWhy
			return nil
		}
		c, err := allocation.Check(tx, p)
		if err != nil || c.Whole() {
			return err
		}
		why = c.Words()
		return void(tx, p, c)
	})
	return why, err
}

func void(tx *work.Tx, p *allocation.Proposal, c allocation.Checked) error {
	if err := tx.Require(access.VoidProposal, p); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	decided := p.State == allocation.Approved
	p.VoidWhy = c.Words()
	if err := allocation.SetState(tx, p, allocation.Void); err != nil {
		return err
	}
	tx.Record(allocation.Event(p, string(access.VoidProposal), map[string]any{"changed": c.Changed}))
	if err := backToAssessed(tx, p, workflow.VoidProposal); err != nil {
		return err
	}
	approvals, err := approvalsOf(tx, p.ID)
	if err != nil {
		return err
	}
	concerned := []ident.Person{p.MadeBy}
	for _, a := range approvals {
		concerned = append(concerned, a.Person)
	}
	if err := tellOf(tx, p, "proposal_void", concerned); err != nil || !decided {
		return err
	}
	return takeBack(tx, p, workflow.VoidApproval)
}

// tellOf tells people of what became of a proposal.
func tellOf(tx *work.Tx, p *allocation.Proposal, kind notify.Kind, ids []ident.Person) error {
	readers, err := people.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	for _, r := range readers {
		m := notify.Message{Kind: kind, Person: r.ID, Address: r.Email, Key: string(p.ID) + tx.Now.Format(time.RFC3339Nano), Fields: fund.Fields(p.Call())}
		m.Fields["name"] = r.Name
		if kind == "proposal_void" {
			m.Fields["why"], m.Fields["proposal"] = p.VoidWhy, string(p.ID)
		}
		if err := tx.Notify(m); err != nil {
			return err
		}
	}
	return nil
}
