package monitoring

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Varying is what a signatory proposes.
type Varying struct {
	Amount    money.Pence
	EndsOn    string // a day
	Recipient string
	Change    string // of the plan, in words; may be empty
	Reason    string
}

// ProposeVariation proposes to vary an award. One waits at a time.
func (s *Service) ProposeVariation(ctx context.Context, ref ident.Ref, in Varying) error {
	problems := fault.Problems{}
	in.Reason = award.LongText(problems, "reason", in.Reason, "Say why the award has to change")
	if in.Change = strings.TrimSpace(in.Change); form.Characters(in.Change) > 4000 {
		problems["change"] = "Say what changes in 4,000 characters or fewer"
	}
	if in.Recipient = strings.Join(strings.Fields(in.Recipient), " "); in.Recipient == "" || len(in.Recipient) > 300 {
		problems["recipient"] = "Enter the funding recipient"
	}
	if _, err := form.ParseDate(in.EndsOn); err != nil {
		problems["ends_on"] = "Enter the day on which the funded work ends"
	}
	if in.Amount <= 0 {
		problems["amount"] = "Enter an amount of more than nothing. To end the award, write to the fund"
	}
	if err := fault.Fields(problems); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	return s.on(ctx, ref, access.ProposeVariation, func(tx *work.Tx, a *award.Award) error {
		v, err := proposed(tx, a, in)
		if err != nil {
			return err
		}
		if err := work.Add(tx, v); err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
		tx.Record(award.Event(a, string(access.ProposeVariation), v.facts()))
		return award.WriteTo(tx, a, access.ApproveVariation, "award_variation_proposed") //nolint:wrapcheck // says what it was doing
	})
}

func (v *Variation) facts() map[string]any {
	return map[string]any{"number": v.Number, "amount": v.Amount, "was_amount": v.WasAmount, "ends_on": v.EndsOn, "recipient": v.Recipient, "change": audit.Digest([]byte(v.Change)), "reason": audit.Digest([]byte(v.Reason))}
}

// proposed checks a variation against the award as it stands.
func proposed(tx *work.Tx, a *award.Award, in Varying) (*Variation, error) {
	if a.State != workflow.Active {
		return nil, fault.New(fault.Conflict, "An award is varied while it is active")
	}
	t, err := award.EnsureTerms(tx, a)
	if err != nil {
		return nil, err //nolint:wrapcheck // award has said what it was doing
	}
	before, err := variationsOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	if open(before) != nil {
		return nil, fault.New(fault.Conflict, "A variation waits for an answer already. Withdraw it first")
	}
	if in.Amount == a.Amount && in.EndsOn == t.EndsOn && in.Recipient == a.Recipient && in.Change == "" {
		return nil, fault.Fields(fault.Problems{"change": "Nothing changes: change the amount, the end or the recipient, or say what changes in the plan"})
	}
	if words, err := possible(tx, a, in.Amount); err != nil || words != "" {
		return nil, orFields(err, "amount", words)
	}
	return &Variation{
		ID: ident.New[string](), AwardID: a.ID, Number: len(before) + 1, Amount: in.Amount, WasAmount: a.Amount, EndsOn: in.EndsOn, WasEndsOn: t.EndsOn,
		Recipient: in.Recipient, WasRecipient: a.Recipient, Change: in.Change, Reason: in.Reason, ProposedBy: tx.By.ID, ProposedAt: tx.Now,
	}, nil
}

func orFields(err error, field, words string) error {
	if err != nil {
		return err
	}
	return fault.Fields(fault.Problems{field: words}) //nolint:wrapcheck // a fault for the person
}

// possible says why an award cannot be of an amount; nothing if it can: never more than it is, nor less than is cleared to pay or spent.
func possible(tx *work.Tx, a *award.Award, to money.Pence) (string, error) {
	payments, err := award.PaymentsOf(tx, a.ID)
	if err != nil {
		return "", err //nolint:wrapcheck // award has said what it was doing
	}
	returns, err := returnsOf(tx, a.ID)
	if err != nil {
		return "", err
	}
	_, err = plan.Reduced(award.Instalments(payments), to)
	spent := plan.Total(Spent(returns))
	switch {
	case to > a.Amount || errors.Is(err, plan.ErrUp):
		return fmt.Sprintf("A variation cannot raise the amount: it is %s", a.Amount), nil
	case errors.Is(err, plan.ErrCleared):
		return "More than that is cleared to pay already", nil
	case to < spent:
		return fmt.Sprintf("%s was spent already, as the accepted returns say", spent), nil
	}
	return "", err //nolint:wrapcheck // plan has said what is wrong
}

// waiting is a use case on the variation that waits.
func (s *Service) waiting(ctx context.Context, ref ident.Ref, act access.Action, do func(tx *work.Tx, a *award.Award, v *Variation) error) error {
	return s.on(ctx, ref, act, func(tx *work.Tx, a *award.Award) error {
		all, err := variationsOf(tx, a.ID)
		if err != nil {
			return err
		}
		v := open(all)
		if v == nil {
			return fault.New(fault.Conflict, "No variation waits for an answer")
		}
		v.AnsweredBy, v.AnsweredAt = &tx.By.ID, &tx.Now
		if err := do(tx, a, v); err != nil {
			return err
		}
		return saveVariation(tx, v)
	})
}

// WithdrawVariation takes a proposed variation back.
func (s *Service) WithdrawVariation(ctx context.Context, ref ident.Ref) error {
	return s.waiting(ctx, ref, access.ProposeVariation, func(tx *work.Tx, a *award.Award, v *Variation) error {
		v.Answer = Withdrawn
		tx.Record(award.Event(a, "award.withdraw_variation", map[string]any{"number": v.Number}))
		return nil
	})
}

// RefuseVariation answers that an award stays as it is, with a reason.
func (s *Service) RefuseVariation(ctx context.Context, ref ident.Ref, reason string) error {
	problems := fault.Problems{}
	reason = award.LongText(problems, "reason", reason, "Enter the reason")
	if err := fault.Fields(problems); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	return s.waiting(ctx, ref, access.ApproveVariation, func(tx *work.Tx, a *award.Award, v *Variation) error {
		v.Answer, v.AnswerReason = Refused, reason
		tx.Record(award.Event(a, "award.refuse_variation", map[string]any{"number": v.Number, "reason": audit.Digest([]byte(reason))}))
		return award.WriteBack(tx, a, "award_variation_refused", "", "") //nolint:wrapcheck // says what it was doing
	})
}

// ApproveVariation varies an award as it was proposed: plan and payments follow the amount.
func (s *Service) ApproveVariation(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := award.ByRef(tx, ref)
		if err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		all, err := variationsOf(tx, a.ID)
		if err != nil {
			return err
		}
		v := open(all)
		guards := work.Guards{workflow.VariationProposed: work.Holds(v != nil), workflow.AmountNotUp: func() (bool, error) { return stillPossible(tx, a, v.Amount) }}
		fresh, facts := *a, map[string]any{}
		if v != nil {
			fresh.Amount, fresh.Recipient, facts = v.Amount, v.Recipient, v.facts()
		}
		if err := award.Move(tx, &fresh, workflow.Vary, guards, facts); err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		v.Answer, v.AnsweredBy, v.AnsweredAt = Approved, &tx.By.ID, &tx.Now
		if err := vary(tx, &fresh, v); err != nil {
			return err
		}
		return saveVariation(tx, v)
	})
}

// stillPossible asks what was cleared or spent since a variation was proposed.
func stillPossible(tx *work.Tx, a *award.Award, to money.Pence) (bool, error) {
	words, err := possible(tx, a, to)
	if err == nil && words != "" && to <= a.Amount {
		err = fault.New(fault.Conflict, "%s", words)
	}
	return words == "", err
}

// vary lets plan, dates and payments follow a variation.
func vary(tx *work.Tx, a *award.Award, v *Variation) error {
	t, err := award.EnsureTerms(tx, a)
	if err != nil {
		return err //nolint:wrapcheck // award has said what it was doing
	}
	t.Plan, t.EndsOn = award.Lines(plan.Scaled(t.Plan, v.Amount)), v.EndsOn
	if err := award.SaveTerms(tx, t); err != nil {
		return err //nolint:wrapcheck // says what it was doing
	}
	payments, err := award.PaymentsOf(tx, a.ID)
	if err != nil {
		return err //nolint:wrapcheck // award has said what it was doing
	}
	less, err := plan.Reduced(award.Instalments(payments), v.Amount)
	if err != nil {
		return fmt.Errorf("varying %s: %w", a.Ref, err)
	}
	for i := range payments {
		payments[i].Amount = less[i].Amount
	}
	return award.SavePayments(tx, payments) //nolint:wrapcheck // says what it was doing
}
