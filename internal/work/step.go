package work

import (
	"fmt"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/workflow"
)

// Guards binds the guards of a move to what they check, by name.
type Guards map[workflow.GuardName]func() (bool, error)

// Step finds the move that on makes from a state, asks for its permission, and checks its guards. The caller then sets the
// state, records the move's event and sends its notices. A guard that nobody bound is a mistake in the program.
func Step[S ~string](tx *Tx, m workflow.Machine[S], from S, on workflow.Event, what access.Resource, guards Guards) (workflow.Move[S], error) { //nolint:revive // what a step is made of
	move, err := m.Step(from, on)
	if err != nil {
		if err := hidden(tx, m, on, what); err != nil {
			return move, err
		}
		if tx.outside(what.Facts()) {
			err = m.Impossible(from, on)
		}
		return move, err //nolint:wrapcheck // a fault for the person
	}
	if err := tx.Require(move.Action, what); err != nil {
		return move, err
	}
	for _, g := range move.Guards {
		check, bound := guards[g.Name]
		if !bound {
			return move, fmt.Errorf("work: the guard %s of %s is not bound", g.Name, move.Effects.Record)
		}
		holds, err := check()
		if err != nil {
			return move, err
		}
		if !holds {
			return move, fault.New(fault.Conflict, "%s", g.Words)
		}
	}
	return move, nil
}

// hidden is what is said of a move that cannot be made now to those who may not know of the thing: they do not learn from it in which state
// it is.
func hidden[S ~string](tx *Tx, m workflow.Machine[S], on workflow.Event, what access.Resource) error {
	for _, move := range m.Moves() {
		if move.On != on {
			continue
		}
		if err := tx.Require(move.Action, what); fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// outside reports whether the one who acts is on the applicant's side, who know states by other words than the fund.
func (tx *Tx) outside(f access.Facts) bool {
	return tx.By.ID != "" && slices.Contains(slices.Concat(f.Owners, f.Contributors, f.Signatories, f.Suppliers), tx.By.ID)
}

// Holds is a guard that is known to hold or not.
func Holds(yes bool) func() (bool, error) { return func() (bool, error) { return yes, nil } }
