package decision

import (
	"context"
	"errors"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// ReserveEnds is when the place of an application on the reserve list ends: so many days after its release as the call published; false
// where the call set no end.
func ReserveEnds(a *application.Application) (time.Time, bool) {
	days := a.Call().Settings.Feedback.ReserveDays
	return a.StateAt.AddDate(0, 0, days), days > 0
}

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
		waiting, err := application.InCall(tx, &calls[i], workflow.Reserve)
		if err != nil {
			return nil, err //nolint:wrapcheck // application has said what it was doing
		}
		for _, a := range waiting {
			if at, ends := ReserveEnds(a); ends && !tx.Now.Before(at) {
				due = append(due, a.Ref)
			}
		}
	}
	return due, nil
}

func expireReserve(tx *work.Tx, ref ident.Ref) error {
	a, err := application.ByRef(tx, ref)
	if err != nil {
		return err //nolint:wrapcheck // application has said what it was doing
	}
	at, ends := ReserveEnds(a)
	return application.Move(tx, a, workflow.ExpireReserve, work.Guards{workflow.ReserveEnded: work.Holds(ends && !tx.Now.Before(at))}, map[string]any{"ended": at}) //nolint:wrapcheck // a fault for whoever asks
}
