package eligibility

import (
	"context"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Take gives a case to the one who acts.
func (s *Service) Take(ctx context.Context, ref ident.Ref) error {
	return s.move(ctx, ref, func(tx *work.Tx, a *application.Application) error { return give(tx, a, tx.By.ID) })
}

// Give hands a case to an officer, who may not be recused from it; to nobody ("") it goes back into the queue. Somebody else to whom a
// case is given is told.
func (s *Service) Give(ctx context.Context, ref ident.Ref, to ident.Person) error {
	return s.move(ctx, ref, func(tx *work.Tx, a *application.Application) error { return give(tx, a, to) })
}

func give(tx *work.Tx, a *application.Application, to ident.Person) error {
	if err := tx.Require(access.AssignCase, a); err != nil {
		return err
	}
	if !slices.Contains(Waiting(), a.State) {
		return fault.New(fault.Conflict, "The application is now “%s”: nobody has it in screening", workflow.Applications().Info(a.State).Label)
	}
	var officer *people.Person
	if to != "" {
		fit, err := application.Staff(tx, a, access.RecordFinding)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(fit, func(p people.Person) bool { return p.ID == to })
		if i < 0 {
			return fault.Fields(fault.Problems{"officer": "Select an eligibility officer of this call who is not recused from the application"})
		}
		officer = &fit[i]
	}
	before := a.With(application.Officer)
	if slices.Equal(before, compact(to)) {
		return nil
	}
	tx.Record(application.Event(a, string(access.AssignCase), map[string]any{"officer": to}))
	for _, person := range before {
		if err := application.Unrelate(tx, a, person, application.Officer); err != nil {
			return err
		}
	}
	if officer == nil {
		return nil
	}
	if err := application.Relate(tx, a, to, application.Officer); err != nil || to == tx.By.ID {
		return err
	}
	m := notify.Message{Kind: "case_given", Person: to, Address: officer.Email, Key: string(a.ID) + tx.Now.Format(time.RFC3339Nano), Fields: application.Fields(a)}
	m.Fields["name"], m.Fields["by"] = officer.Name, tx.By.Name
	return tx.Notify(m)
}

// compact is a list of one person, or of none.
func compact(id ident.Person) []ident.Person {
	if id == "" {
		return nil
	}
	return []ident.Person{id}
}
