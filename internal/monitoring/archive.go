package monitoring

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// ArchiveCall ends a call whose decisions are released, when no award of it is open and no application waits for its outcome. Nothing is removed:
// what is kept how long is for retention to say.
func (s *Service) ArchiveCall(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, ref)
		if err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		over, err := isOver(tx, c)
		if err != nil {
			return err
		}
		return fund.Move(tx, c, workflow.ArchiveCall, work.Guards{workflow.NoAwardOpen: work.Holds(over)}) //nolint:wrapcheck // a fault for the person
	})
}

// over are the calls that the one who acts could archive now.
func over(tx *work.Tx) ([]fund.Call, error) {
	if !tx.Policy().MayAnywhere(tx.By, access.ArchiveCall) {
		return nil, nil // as most of those who list awards
	}
	calls, err := fund.CallsIn(tx, workflow.CallReleased)
	if err != nil {
		return nil, err //nolint:wrapcheck // fund has said what it was doing
	}
	var out []fund.Call
	for i := range calls { // those of earlier rounds were archived
		yes, err := tx.May(access.ArchiveCall, &calls[i])
		if err == nil && yes {
			yes, err = isOver(tx, &calls[i])
		}
		if err != nil {
			return nil, err //nolint:wrapcheck // says what it was doing
		}
		if yes {
			out = append(out, calls[i])
		}
	}
	return out, nil
}

// isOver reports whether every application of a call has an outcome that stands and every award has ended.
func isOver(tx *work.Tx, c *fund.Call) (bool, error) {
	reviewable, err := decision.Reviewable(tx, c)
	if err != nil || reviewable {
		return false, err //nolint:wrapcheck // decision has said what it was doing
	}
	waiting, err := application.CountIn(tx, c.ID, unended(workflow.Applications())...)
	if err != nil {
		return false, err //nolint:wrapcheck // application has said what it was doing
	}
	open, err := award.CountIn(tx, c.ID, unended(workflow.Awards())...)
	return waiting == 0 && open == 0, err //nolint:wrapcheck // award has said what it was doing
}

// unended are the states that are not an end.
func unended[S ~string](m workflow.Machine[S]) []S {
	var states []S
	for _, info := range m.States() {
		if !info.Final {
			states = append(states, info.State)
		}
	}
	return states
}
