package decision

import (
	"context"
	"errors"
	"fmt"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// ExpireReserveDue ends the places on reserve lists whose end date has come: a job that is safe to run twice.
func (s *Service) ExpireReserveDue(ctx context.Context) error {
	ctx = access.With(ctx, access.System(access.ExpireReserve))
	var due []ident.Ref
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		due, err = reservesEnded(tx)
		return err
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, ref := range due {
		err := s.gate.Write(ctx, func(tx *work.Tx) error { return expireReserve(tx, ref) })
		if err != nil && !fault.Is(err, fault.Conflict) {
			failed = append(failed, fmt.Errorf("ending the place of %s on the reserve list: %w", ref, err))
		}
	}
	return errors.Join(failed...)
}

// reservesEnded are the applications on reserve lists whose end date has come.
func reservesEnded(tx *work.Tx) ([]ident.Ref, error) {
	var due []ident.Ref
	calls, err := fund.CallsIn(tx, workflow.CallReleased)
	if err != nil {
		return nil, err //nolint:wrapcheck // fund has said what it was doing
	}
	for i := range calls {
		listed, err := application.InCall(tx, &calls[i], workflow.Reserve)
		if err != nil {
			return nil, err //nolint:wrapcheck // application has said what it was doing
		}
		taken, err := takenUp(tx, &calls[i])
		if err != nil {
			return nil, err
		}
		for _, a := range listed {
			if at, ends := a.ReserveEnds(); ends && !tx.Now.Before(at) && !taken[a.ID] {
				due = append(due, a.Ref)
			}
		}
	}
	return due, nil
}

// takenUp are the applications of a call that a proposal takes up which waits for its decision or its release. Their places on the reserve list do not
// end meanwhile.
func takenUp(tx *work.Tx, c *fund.Call) (map[ident.Application]bool, error) {
	p, err := allocation.Latest(tx, c)
	if err != nil || !p.Waits() {
		return nil, err //nolint:wrapcheck // allocation has said what it was doing
	}
	lines, err := allocation.Lines(tx, p.ID)
	taken := map[ident.Application]bool{}
	for _, l := range lines {
		taken[l.ApplicationID] = l.DroppedAt == nil && l.Outcome == allocation.Fund
	}
	return taken, err //nolint:wrapcheck // allocation has said what it was doing
}

func expireReserve(tx *work.Tx, ref ident.Ref) error {
	a, err := application.ByRef(tx, ref)
	if err != nil {
		return err //nolint:wrapcheck // application has said what it was doing
	}
	taken, err := takenUp(tx, a.Call())
	if err != nil {
		return err
	}
	at, ends := a.ReserveEnds()
	return application.Move(tx, a, workflow.ExpireReserve, work.Guards{workflow.ReserveEnded: work.Holds(ends && !tx.Now.Before(at) && !taken[a.ID])}, map[string]any{"ended": at}) //nolint:wrapcheck // a fault for whoever asks
}
