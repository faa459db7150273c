package application

import (
	"context"
	"strings"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Withdrawn is what was taken back: the application, or the award that it led to.
type Withdrawn string

// What can be taken back.
const (
	WithdrawnApplication Withdrawn = "application"
	WithdrawnAward       Withdrawn = "award"
)

// Withdrawal is why an applicant took something back, in their words: for the fund team alone.
type Withdrawal struct {
	ID            string
	ApplicationID ident.Application
	What          Withdrawn
	Reason        string
	Person        ident.Person
	At            time.Time
}

// CheckReason says what is wrong with the reason of a withdrawal.
func CheckReason(reason string) error {
	if strings.TrimSpace(reason) == "" || form.Characters(reason) > 2000 {
		return fault.Fields(fault.Problems{"reason": "Enter the reason why you withdraw, in 2,000 characters or fewer"})
	}
	return nil
}

// Withdraw takes an application back, with a reason.
func (s *Service) Withdraw(ctx context.Context, ref ident.Ref, reason string) error {
	if err := CheckReason(reason); err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		if err := Move(tx, a, workflow.Withdraw, nil, map[string]any{"reason_digest": digestOf(reason)}); err != nil {
			return err
		}
		return KeepWithdrawal(tx, a, WithdrawnApplication, reason)
	})
}

// KeepWithdrawal keeps the reason, for the room that took something back; its event carries the digest alone.
func KeepWithdrawal(tx *work.Tx, a *Application, what Withdrawn, reason string) error {
	return work.Add(tx, &Withdrawal{ID: ident.New[string](), ApplicationID: a.ID, What: what, Reason: strings.TrimSpace(reason), Person: tx.By.ID, At: tx.Now})
}

// WithdrawalOf gives why an application, or its award, was taken back, with the name of who did; nil if it was not. It is for those of the
// fund team who see how eligibility was decided, and for the applicant's own side.
func WithdrawalOf(tx *work.Tx, a *Application) (w *Withdrawal, name string, err error) {
	r, err := readerOf(tx, a)
	if err != nil || !r.team {
		return nil, "", err
	}
	if w, err = withdrawalOf(tx, a.ID); err != nil || w == nil {
		return nil, "", err
	}
	names, err := people.Names(tx, w.Person)
	return w, names[w.Person], err
}
