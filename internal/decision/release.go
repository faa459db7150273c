package decision

import (
	"context"
	"errors"
	"fmt"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Schedule sets the time at which the decisions of a call are released. While a letter lacks something, none can be set.
func (s *Service) Schedule(ctx context.Context, ref ident.CallRef, at string) error {
	when, err := uktime.Parse(at)
	if err != nil {
		return fault.Fields(fault.Problems{"release": "Enter a date and time such as 2026-12-01 09:00"})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ScheduleRelease)
		if err != nil {
			return err
		}
		if !when.After(tx.Now) {
			return fault.Fields(fault.Problems{"release": "Enter a time that is still to come"})
		}
		if err := s.releasable(tx, c); err != nil {
			return err
		}
		c.ReleaseAt = &when
		tx.Record(audit.Event{Verb: string(access.ScheduleRelease), Kind: "call", Subject: string(c.ID), Round: c.RoundID, Call: c.ID, Facts: map[string]any{"at": when}})
		return work.Save(tx, c, &c.Version)
	})
}

// releasable says why no time can be set for the release of a call; nil if one can.
func (s *Service) releasable(tx *work.Tx, c *fund.Call) error {
	p, err := allocation.Latest(tx, c)
	if err != nil {
		return err
	}
	if p != nil && p.State == allocation.Approved {
		n, err := s.lacking(tx, c, p)
		if err != nil {
			return err
		}
		return blocked("release", n)
	}
	if c.ReleasedAt != nil {
		return fault.New(fault.Conflict, "The decisions of this call are released already")
	}
	return nil
}

// blocked says that letters lack something; nil if none does.
func blocked(field string, n int) error {
	switch n {
	case 0:
		return nil
	case 1:
		return fault.Fields(fault.Problems{field: "1 letter has something missing. Put it right first"})
	}
	return fault.Fields(fault.Problems{field: fmt.Sprintf("%d letters have something missing. Put them right first", n)})
}

// lacking counts the letters of a proposal that lack something.
func (s *Service) lacking(tx *work.Tx, c *fund.Call, p *allocation.Proposal) (int, error) {
	drafts, err := s.drafts(tx, c, p)
	n := 0
	for _, d := range drafts {
		if len(d.Missing) > 0 {
			n++
		}
	}
	return n, err
}

// errLacking is why a release that has come does not happen: a letter lacks something.
var errLacking = errors.New("decision: a letter lacks something")

// Release makes the decisions of an approved proposal known, all at once: the clock's move at the release time. Their letters are kept as they
// stand then. Whoever asks first releases; another process that asks at the same moment finds it done.
//
// Where anything that the proposal rests on changed since it was made, nothing is released, and it is void. What an approver held waits on.
func (s *Service) Release(ctx context.Context, ref ident.CallRef) error {
	var of ident.Proposal
	err := s.gate.Serial(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, ref)
		if err != nil {
			return err
		}
		p, err := allocation.Latest(tx, c)
		if err != nil {
			return err
		}
		before := *c
		if err := fund.Move(tx, c, workflow.ReleaseDecisions, work.Guards{workflow.ReleaseTimeCome: work.Holds(due(&before, tx))}); err != nil {
			return err
		}
		if p == nil || p.State != allocation.Approved {
			return fault.New(fault.Conflict, "No approved proposal of this call waits for its release")
		}
		of = p.ID
		if err := unchanged(tx, p); err != nil {
			return err
		}
		return s.release(tx, c, p)
	})
	if errors.Is(err, errChanged) {
		return s.voided(ctx, of)
	}
	return err
}

// due reports whether the time has come that is set for the release of what waits in a call.
func due(c *fund.Call, tx *work.Tx) bool {
	set := c.ReleaseAt != nil && (c.ReleasedAt == nil || c.ReleaseAt.After(*c.ReleasedAt))
	return set && !tx.Now.Before(*c.ReleaseAt)
}

func (s *Service) release(tx *work.Tx, c *fund.Call, p *allocation.Proposal) error {
	rows, held, err := s.held(tx, c, p)
	if err != nil {
		return err
	}
	drafts, err := s.letters.Compose(tx, c, tx.Now, held)
	if err != nil {
		return err
	}
	guards := work.Guards{workflow.ProposalApproved: work.Holds(true), workflow.NotHeld: work.Holds(true), workflow.ReleaseTimeCome: work.Holds(true)}
	for i, d := range rows {
		if len(drafts[i].Missing) > 0 {
			return fault.Wrap(fault.Conflict, errLacking, "The letter to %s has something missing: %s", drafts[i].Application.Ref, drafts[i].Missing[0].What)
		}
		if err := markReleased(tx, d); err != nil {
			return err
		}
		on := workflow.Release
		if held[i].Application.State == workflow.Reserve {
			on = workflow.TakeUp
		}
		if err := application.Move(tx, held[i].Application, on, guards, map[string]any{"outcome": d.Outcome, "amount": d.Amount}); err != nil {
			return err
		}
	}
	if err := letter.Write(tx, drafts); err != nil {
		return err
	}
	b, err := readBallot(tx, p)
	if err != nil {
		return err
	}
	if err := b.drop(tx); err != nil {
		return err
	}
	if err := allocation.SetState(tx, p, allocation.Released); err != nil {
		return err
	}
	record(tx, p, string(access.ReleaseDecision), rows)
	return nil
}

// ReleaseDue releases what waits in every call whose time has come; it gives the references of those it released. Where a letter lacks something
// nothing is released: the time is taken back, and the fund managers are told.
func (s *Service) ReleaseDue(ctx context.Context) ([]ident.CallRef, error) {
	var waiting []ident.CallRef
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		waiting = nil
		proposals, err := allocation.Waiting(tx, allocation.Approved)
		for _, p := range proposals {
			if due(p.Call(), tx) {
				waiting = append(waiting, p.Call().Ref)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	ctx = access.With(ctx, access.System(access.ReleaseCall))
	var released []ident.CallRef
	for _, ref := range waiting {
		err := s.Release(ctx, ref)
		switch {
		case err == nil:
			released = append(released, ref)
		case errors.Is(err, errLacking):
			err = s.callOff(ctx, ref)
		case fault.Is(err, fault.Conflict):
			err = nil // another process was first
		}
		if err != nil {
			return released, fmt.Errorf("releasing %s: %w", ref, err)
		}
	}
	return released, nil
}

// callOff takes back the time of a release that did not happen.
func (s *Service) callOff(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ReleaseCall)
		if err != nil || !due(c, tx) {
			return err
		}
		at := *c.ReleaseAt
		c.ReleaseAt = nil
		tx.Record(audit.Event{Verb: "call.release_called_off", Kind: "call", Subject: string(c.ID), Round: c.RoundID, Call: c.ID, Facts: map[string]any{"at": at}})
		if err := work.Save(tx, c, &c.Version); err != nil {
			return err
		}
		managers, err := people.WhoMay(tx, access.ScheduleRelease, c.Scope())
		for _, m := range managers {
			fields := fund.Fields(c)
			fields["name"], fields["at"] = m.Name, uktime.Moment(at)
			if err := tx.Notify(notify.Message{Kind: "release_called_off", Person: m.ID, Address: m.Email, Key: string(c.ID) + at.String(), Fields: fields}); err != nil {
				return err
			}
		}
		return err
	})
}

// Told is an outcome as the applicant reads it.
type Told struct {
	Application *application.Application
	Decision    *Decision         // nil where the outcome is not one of the panel's, such as ineligibility
	Letters     []letter.Letter   // the newest first; none where the decision is from before letters were kept apart
	Reasons     map[string]string // of corrections, by the letter that each made
}

// Letter is the letter that stands, or nil.
func (t Told) Letter() *letter.Letter {
	if len(t.Letters) == 0 {
		return nil
	}
	return &t.Letters[0]
}

// Outcome gives the released decision of an application with its letters to whom it concerns.
func (s *Service) Outcome(ctx context.Context, ref ident.Ref) (Told, error) {
	var t Told
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.ViewOutcome)
		if err != nil {
			return err
		}
		t = Told{Application: a}
		tx.Saw("outcome", string(ref))
		if !a.Facts().Released {
			return nil // who manages the fund may ask before
		}
		if t.Decision, err = Of(tx, a.ID); err != nil || t.Decision == nil {
			return err
		}
		t.Letters, t.Reasons, err = letter.To(tx, a)
		return err
	})
	return t, err
}
