package application

import (
	"context"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// RefuseExtension refuses the extension that waits for a second person. The draft stays closed.
func (s *Service) RefuseExtension(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ConfirmExtension)
		if err != nil {
			return err
		}
		waiting, err := openExtension(tx, a.ID)
		if err != nil {
			return err
		}
		if waiting == nil {
			return fault.New(fault.Conflict, "No extension of this application waits to be confirmed")
		}
		tx.Record(Event(a, "application.refuse_extension", map[string]any{"until": waiting.UntilAt, "reason": waiting.Reason}))
		return refuseExtension(tx, waiting)
	})
}

// ReopenCall opens a closed call again for all after a failure of the service, by the senior officer, and tells everybody who was
// writing an application. Their drafts are opened again by a job.
func (s *Service) ReopenCall(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.ConfirmReopening(tx, ref)
		if err != nil {
			return err
		}
		rows, err := InCall(tx, c, workflow.NotSubmitted, workflow.Draft, workflow.Submitted)
		if err != nil {
			return err
		}
		for _, a := range rows {
			if err := tell(tx, a, workflow.TellCallReopened); err != nil {
				return err
			}
		}
		return nil
	})
}

// Extended is an application with the extensions that were proposed for it, oldest first.
type Extended struct {
	Application *Application
	Extensions  []Extension
	Names       map[ident.Person]string
	Waits       bool // the last one waits for a second person
	MayPropose  bool
	MayConfirm  bool
}

// Extended gives the applications for which an extension was ever proposed, those that wait first, of the calls that the one who is
// signed in looks after.
func (s *Service) Extended(ctx context.Context) ([]Extended, error) {
	var out []Extended
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if !tx.Policy().MayAnywhere(tx.By, access.ViewRound) {
			return nil // as most of those whose start page asks
		}
		rows, err := extendedApplications(tx)
		if err != nil {
			return err
		}
		if err := completeAll(tx, rows); err != nil {
			return err
		}
		for _, a := range rows {
			x, seen, err := extended(tx, a)
			if err != nil {
				return err
			}
			if seen {
				out = append(out, x)
				tx.Saw("extension", string(a.Ref))
			}
		}
		slices.SortStableFunc(out, waitingFirst)
		return nil
	})
	return out, err
}

func waitingFirst(a, b Extended) int {
	switch {
	case a.Waits == b.Waits:
		return 0
	case a.Waits:
		return -1
	}
	return 1
}

// ExtendedOne gives the extensions of one application.
func (s *Service) ExtendedOne(ctx context.Context, ref ident.Ref) (Extended, error) {
	var x Extended
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		var seen bool
		if x, seen, err = extended(tx, a); err != nil {
			return err
		}
		if !seen {
			return work.NotFound("application")
		}
		tx.Saw("extension", string(a.Ref))
		return nil
	})
	return x, err
}

// extended reads the extensions of an application, if the one who looks may see them: who may see it and looks after its round.
func extended(tx *work.Tx, a *Application) (x Extended, seen bool, err error) {
	if seen, err = seesExtensions(tx, a); err != nil || !seen {
		return x, false, err
	}
	x.Application = a
	if x.Extensions, err = Extensions(tx, a.ID); err != nil {
		return x, false, err
	}
	var ids []ident.Person
	for _, e := range x.Extensions {
		ids = append(ids, e.ProposedBy)
		for _, id := range []*ident.Person{e.ConfirmedBy, e.RefusedBy} {
			if id != nil {
				ids = append(ids, *id)
			}
		}
	}
	if x.Names, err = people.Names(tx, ids...); err != nil {
		return x, false, err
	}
	waiting, err := openExtension(tx, a.ID)
	if err != nil {
		return x, false, err
	}
	x.Waits = waiting != nil
	if x.MayPropose, err = tx.May(access.ProposeExtension, a); err != nil {
		return x, false, err
	}
	x.MayPropose = x.MayPropose && !x.Waits && a.State == workflow.NotSubmitted
	if x.MayConfirm, err = tx.May(access.ConfirmExtension, a); err != nil {
		return x, false, err
	}
	x.MayConfirm = x.MayConfirm && x.Waits && waiting.ProposedBy != tx.By.ID
	return x, true, nil
}

func seesExtensions(tx *work.Tx, a *Application) (bool, error) {
	if may, err := tx.May(access.ViewRound, a); err != nil || !may {
		return false, err
	}
	for _, act := range []access.Action{access.ViewApplication, access.ProposeExtension, access.ConfirmExtension} {
		if may, err := tx.May(act, a); err != nil || may {
			return may, err
		}
	}
	return false, nil
}
