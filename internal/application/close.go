package application

import (
	"context"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// CloseCall closes a call whose deadline has passed: the clock's move. What was submitted goes into screening, drafts are closed,
// but for applicants who have an extension that still runs.
func (s *Service) CloseCall(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, ref)
		if err != nil {
			return err
		}
		guards := work.Guards{workflow.CallDeadlinePassed: work.Holds(!tx.Now.Before(c.ClosesAt))}
		if err := fund.Move(tx, c, workflow.CloseCall, guards); err != nil {
			return err
		}
		return s.endWriting(tx, c)
	})
}

// endWriting takes in or closes every application of a call whose time is over, and asks for a search for interests in them.
func (s *Service) endWriting(tx *work.Tx, c *fund.Call) error {
	if err := tx.Enqueue(string(access.FindInterests), string(access.FindInterests)+":"+string(c.ID)+":"+stamp(tx.Now), string(c.ID), tx.Now); err != nil {
		return err
	}
	rows, err := InCall(tx, c, workflow.Draft, workflow.Submitted)
	if err != nil {
		return err
	}
	for _, a := range rows {
		if tx.Now.Before(a.ClosesAt()) {
			continue
		}
		on := workflow.TakeIn
		if a.State == workflow.Draft {
			on = workflow.Lapse
		}
		if err := Move(tx, a, on, work.Guards{workflow.DeadlinePassed: work.Holds(true)}, nil); err != nil {
			return err
		}
	}
	return nil
}

// CloseDue closes every open call whose deadline passed at least grace ago, so that requests that arrived in time are finished, and
// ends extensions of single applicants. It gives the references of the calls it closed.
func (s *Service) CloseDue(ctx context.Context, grace time.Duration) ([]ident.CallRef, error) {
	var due []ident.CallRef
	var extended []ident.CallRef
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		open, err := fund.CallsIn(tx, workflow.CallOpen)
		if err != nil {
			return err
		}
		for _, c := range open {
			if !tx.Now.Before(c.ClosesAt.Add(grace)) {
				due = append(due, c.Ref)
			}
		}
		extended, err = callsWithEndedExtensions(tx, tx.Now.Add(-grace))
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, ref := range due {
		if err := s.CloseCall(access.With(ctx, access.System(access.CloseCall)), ref); err != nil && !fault.Is(err, fault.Conflict) {
			return due[:i], fmt.Errorf("closing %s: %w", ref, err)
		}
	}
	return due, s.endExtensions(access.With(ctx, access.System(access.TakeInApplication)), extended)
}

// endExtensions ends the writing of single applicants in calls that are closed.
func (s *Service) endExtensions(ctx context.Context, calls []ident.CallRef) error {
	for _, ref := range calls {
		err := s.gate.Write(ctx, func(tx *work.Tx) error {
			c, err := fund.CallByRef(tx, ref)
			if err != nil || c.State != workflow.CallClosed {
				return err
			}
			return s.endWriting(tx, c)
		})
		if err != nil {
			return fmt.Errorf("ending extensions of %s: %w", ref, err)
		}
	}
	return nil
}

// ReopenDrafts reopens the drafts of a call that was reopened after a failure of the service: a job.
func (s *Service) ReopenDrafts(ctx context.Context, id ident.Call) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByID(tx, id)
		if err != nil {
			return err
		}
		rows, err := InCall(tx, c, workflow.NotSubmitted)
		if err != nil {
			return err
		}
		guards := work.Guards{workflow.CallReopened: work.Holds(c.State == workflow.CallOpen)}
		for _, a := range rows {
			if err := Move(tx, a, workflow.ReopenDraft, guards, nil); err != nil {
				return err
			}
		}
		return nil
	})
}
