package award

import (
	"context"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Payment is a payment that is to be made. It is cleared to pay when its condition is met, as one person says and another confirms; it is
// made elsewhere.
type Payment struct {
	ID        string
	AwardID   ident.Award
	Number    int
	Due       string // a day
	Amount    money.Pence
	Condition string
	MetNote   string
	MetBy     *ident.Person
	MetAt     *time.Time
	ClearedBy *ident.Person
	ClearedAt *time.Time
}

// TableName is the table of payments.
func (Payment) TableName() string { return "award_payments" }

// Cleared reports whether it is cleared to pay.
func (p Payment) Cleared() bool { return p.ClearedAt != nil }

// Waits reports whether its condition is said to be met and nobody confirmed it yet.
func (p Payment) Waits() bool { return p.MetAt != nil && p.ClearedAt == nil }

func owed(payments []Payment) money.Pence { return plan.Owed(Instalments(payments)) }

// Instalments are payments as plan reckons with them.
func Instalments(payments []Payment) []plan.Instalment {
	all := make([]plan.Instalment, len(payments))
	for i, p := range payments {
		all[i] = plan.Instalment{Due: p.Due, Amount: p.Amount, Condition: p.Condition, Cleared: p.Cleared() || p.Waits()}
	}
	return all
}

// wrong says what is wrong with payments as they were typed.
func wrong(in []plan.Instalment) fault.Problems {
	problems := fault.Problems{}
	for i := range in {
		at := fmt.Sprintf("payment-%d", i+1)
		if _, err := form.ParseDate(in[i].Due); err != nil {
			problems[at+"-due"] = fmt.Sprintf("Enter the day on which payment %d falls due", i+1)
		}
		if in[i].Condition = LongText(problems, at+"-condition", in[i].Condition, fmt.Sprintf("Enter what must be so before payment %d", i+1)); form.Characters(in[i].Condition) > 500 {
			problems[at+"-condition"] = "Enter the condition in 500 characters or fewer"
		}
		if in[i].Amount <= 0 {
			problems[at+"-amount"] = fmt.Sprintf("Enter the amount of payment %d", i+1)
		}
	}
	if len(in) == 0 {
		problems["payment-1-amount"] = "Enter at least one payment"
	}
	return problems
}

// SetSchedule sets the payments, which have to add up to the amount, while the checks go on.
func (s *Service) SetSchedule(ctx context.Context, ref ident.Ref, in []plan.Instalment) error {
	if err := fault.Fields(wrong(in)); err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, access.ManageConditions)
		if err != nil {
			return err
		}
		if a.State != workflow.PreAwardChecks {
			return fault.New(fault.Conflict, "The payments can be changed while the checks go on. Later a variation changes them")
		}
		if total := plan.Owed(in); total != a.Amount {
			return fault.Fields(fault.Problems{fmt.Sprintf("payment-%d-amount", len(in)): fmt.Sprintf("The payments add up to %s, and must be %s: %s", total, a.Amount, apart(total, a.Amount))})
		}
		if _, err := EnsureTerms(tx, a); err != nil {
			return err
		}
		tx.Record(Event(a, "award.set_schedule", map[string]any{"payments": len(in), "amount": a.Amount}))
		return reschedule(tx, a, in)
	})
}

// SayMet notes that the condition of a payment is met, and on what that rests. Somebody else confirms it.
func (s *Service) SayMet(ctx context.Context, ref ident.Ref, id, note string) error {
	problems := fault.Problems{}
	note = LongText(problems, "note", note, "Enter what shows that the condition is met")
	if form.Characters(note) > 2000 {
		problems["note"] = "Enter what shows that the condition is met, in 2,000 characters or fewer"
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	return s.onPayment(ctx, ref, id, access.ManageConditions, func(tx *work.Tx, a *Award, p *Payment) error {
		if p.MetAt != nil {
			return fault.New(fault.Conflict, "The condition of this payment is noted as met already")
		}
		p.MetNote, p.MetBy, p.MetAt = note, &tx.By.ID, &tx.Now
		tx.Record(Event(a, "award.payment_met", map[string]any{"payment": p.Number, "amount": p.Amount, "note": audit.Digest([]byte(note))}))
		return write(tx, a, notice{kind: "award_payment_to_clear", staff: access.ClearPayment})
	})
}

// Clear confirms that a payment is cleared to pay.
func (s *Service) Clear(ctx context.Context, ref ident.Ref, id string) error {
	return s.onPayment(ctx, ref, id, access.ClearPayment, func(tx *work.Tx, a *Award, p *Payment) error {
		if !p.Waits() {
			return fault.New(fault.Conflict, "The condition of this payment is not noted as met, or it is cleared already")
		}
		p.ClearedBy, p.ClearedAt = &tx.By.ID, &tx.Now
		tx.Record(Event(a, string(access.ClearPayment), map[string]any{"payment": p.Number, "amount": p.Amount}))
		return nil
	})
}

// NotMet takes back that the condition of a payment is met: whoever would clear it found that it is not.
func (s *Service) NotMet(ctx context.Context, ref ident.Ref, id string) error {
	return s.onPayment(ctx, ref, id, access.ClearPayment, func(tx *work.Tx, a *Award, p *Payment) error {
		if !p.Waits() {
			return fault.New(fault.Conflict, "This payment does not wait to be cleared")
		}
		p.MetNote, p.MetBy, p.MetAt = "", nil, nil
		tx.Record(Event(a, "award.payment_not_met", map[string]any{"payment": p.Number}))
		return nil
	})
}

// onPayment is a use case on a payment of an award that is active: nothing is cleared while an award is suspended.
func (s *Service) onPayment(ctx context.Context, ref ident.Ref, id string, act access.Action, do func(tx *work.Tx, a *Award, p *Payment) error) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := permitted(tx, ref, act)
		if err != nil {
			return err
		}
		if a.State != workflow.Active {
			return fault.New(fault.Conflict, "Payments are cleared while the award is active")
		}
		p, err := paymentByID(tx, a.ID, id)
		if err != nil {
			return err
		}
		if err := do(tx, a, p); err != nil {
			return err
		}
		return savePayment(tx, *p)
	})
}
