package award

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Refuse ends an award whose check failed, with the reason that the applicant reads.
func (s *Service) Refuse(ctx context.Context, ref ident.Ref, reason string) error {
	return s.Because(ctx, ref, workflow.Refuse, reason, func(tx *work.Tx, a *Award, _ *Terms, _ map[string]any) (work.Guards, error) {
		done, err := checksOf(tx, a.ID)
		return work.Guards{workflow.CheckFails: work.Holds(Fails(done))}, err
	})
}

// Hold puts an award on hold, during its checks or while it is offered.
func (s *Service) Hold(ctx context.Context, ref ident.Ref, reason string) error {
	return s.Because(ctx, ref, workflow.Hold, reason, func(_ *work.Tx, a *Award, t *Terms, _ map[string]any) (work.Guards, error) {
		t.HeldFrom = string(a.State)
		return work.Guards{}, nil
	})
}

// Resume takes an award off hold, to where it was. An offer gets the time that it stood still.
func (s *Service) Resume(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		t, err := TermsOf(tx, a.ID)
		if err != nil {
			return err
		}
		on := workflow.ResumeChecks
		if t != nil && t.HeldFrom == string(workflow.Offered) {
			on = workflow.ResumeOffer
			if a.OfferDue != nil {
				due := a.OfferDue.Add(tx.Now.Sub(a.StateAt))
				a.OfferDue = &due
			}
		}
		err = Move(tx, a, on, work.Guards{
			workflow.HeldInChecks:    work.Holds(t != nil && t.HeldFrom == string(workflow.PreAwardChecks)),
			workflow.HeldWhenOffered: work.Holds(t != nil && t.HeldFrom == string(workflow.Offered)),
		}, nil)
		if err != nil {
			return err
		}
		t.HeldFrom, t.Reason = "", ""
		return saveTerms(tx, t)
	})
}

// Withdraw takes an offer back, with the reason that the applicant reads.
func (s *Service) Withdraw(ctx context.Context, ref ident.Ref, reason string) error {
	return s.Because(ctx, ref, workflow.WithdrawOffer, reason, func(*work.Tx, *Award, *Terms, map[string]any) (work.Guards, error) { return work.Guards{}, nil })
}

// Because makes a move for which a reason must be given. It is kept with the terms; the trail has its digest. bind gives the guards of the move,
// and may change the terms and add facts.
func (s *Service) Because(ctx context.Context, ref ident.Ref, on workflow.Event, reason string, bind func(*work.Tx, *Award, *Terms, map[string]any) (work.Guards, error)) error {
	problems := fault.Problems{}
	reason = LongText(problems, "reason", reason, "Enter the reason")
	if err := fault.Fields(problems); err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		t, err := EnsureTerms(tx, a)
		if err != nil {
			return err
		}
		facts := map[string]any{"reason": audit.Digest([]byte(reason))}
		guards, err := bind(tx, a, t, facts)
		if err != nil {
			return err
		}
		guards[workflow.ReasonGiven] = work.Holds(true)
		if err := Move(tx, a, on, guards, facts); err != nil {
			return err
		}
		t.Reason = reason
		return saveTerms(tx, t)
	})
}

// Accepting is what a signatory types to accept an offer.
type Accepting struct {
	Name         string
	Acknowledged []string // the ids of the conditions
}

// Accept gives a signatory's acceptance, with each condition acknowledged; with that of the second signatory the offer is accepted, and the
// agreement is drawn up.
func (s *Service) Accept(ctx context.Context, ref ident.Ref, in Accepting) error {
	name := strings.Join(strings.Fields(in.Name), " ")
	if name == "" || len(name) > 200 {
		return fault.Fields(fault.Problems{"name": "Enter your full name to accept"})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.AcceptAward)
		if err != nil {
			return err
		}
		if a.State != workflow.Offered {
			return fault.New(fault.Conflict, "There is no offer to accept")
		}
		conditions, err := ConditionsOf(tx, a.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(conditions, func(c Condition) bool { return c.Open() && !slices.Contains(in.Acknowledged, c.ID) }) {
			return fault.Fields(fault.Problems{"acknowledge": "Acknowledge each condition of the award"})
		}
		if err := acceptAs(tx, a, name); err != nil {
			return err
		}
		tx.Record(Event(a, "award.sign_acceptance", map[string]any{"conditions": len(in.Acknowledged)}))
		return s.acceptIfBoth(tx, a)
	})
}

// acceptAs keeps the acceptance of the one who acts, for each part that is theirs.
func acceptAs(tx *work.Tx, a *Award, name string) error {
	for _, part := range a.application.PartsOf(tx.By.ID) {
		if err := addAcceptance(tx, Acceptance{a.ID, part, tx.By.ID, name, tx.Now}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) acceptIfBoth(tx *work.Tx, a *Award) error {
	given, err := acceptancesOf(tx, a.ID)
	if err != nil || len(given) < 2 {
		return err
	}
	a.AcceptedAt = &tx.Now
	err = Move(tx, a, workflow.Accept, work.Guards{
		workflow.OfferStands:            work.Holds(a.OfferDue == nil || tx.Arrival.Before(*a.OfferDue)),
		workflow.ConditionsAcknowledged: work.Holds(true),
		workflow.BothSignatories:        work.Holds(true),
	}, nil)
	if err != nil {
		return err
	}
	return s.drawUp(tx, a)
}

// Decline ends an award at the recipient's word, with a reason, at any time before the agreement.
func (s *Service) Decline(ctx context.Context, ref ident.Ref, reason string) error {
	if err := application.CheckReason(reason); err != nil {
		return err //nolint:wrapcheck // it is a fault of what was typed
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		if err := Move(tx, a, workflow.Decline, nil, map[string]any{"reason_digest": audit.Digest([]byte(reason))}); err != nil {
			return err
		}
		return application.KeepWithdrawal(tx, a.application, application.WithdrawnAward, reason)
	})
}

// ChooseProduct notes on which of its candidate products an award rests, until the check of its position passed.
func (s *Service) ChooseProduct(ctx context.Context, ref ident.Ref, chosen ident.Product) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.ChooseProduct)
		if err != nil {
			return err
		}
		if a.State != workflow.PreAwardChecks {
			return fault.New(fault.Conflict, "The product can be chosen while the checks go on")
		}
		done, err := checksOf(tx, a.ID)
		if err != nil {
			return err
		}
		if c, ok := Latest(done, DTACPosition); ok && c.Result == Pass {
			return fault.New(fault.Conflict, "The position of the chosen product was checked already")
		}
		return product.Choose(tx, a.ApplicationID, chosen)
	})
}
