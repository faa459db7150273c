package monitoring

import (
	"context"
	"fmt"

	"adoptionfund/internal/access"
	"adoptionfund/internal/award"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Suspend suspends an active award, with the reason that the applicant's side reads. Nothing is cleared to pay meanwhile.
func (s *Service) Suspend(ctx context.Context, ref ident.Ref, reason string) error {
	return s.awards.Because(ctx, ref, workflow.Suspend, reason, func(_ *work.Tx, _ *award.Award, t *award.Terms, facts map[string]any) (work.Guards, error) { //nolint:wrapcheck // award has said what it was doing
		owed(facts, t)
		return work.Guards{}, nil
	})
}

// Lift lifts a suspension.
func (s *Service) Lift(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := award.ByRef(tx, ref)
		if err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		if err := award.Move(tx, a, workflow.LiftSuspension, nil, nil); err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		t, err := award.EnsureTerms(tx, a)
		if err != nil {
			return err //nolint:wrapcheck // award has said what it was doing
		}
		t.Reason = ""
		return award.SaveTerms(tx, t) //nolint:wrapcheck // says what it was doing
	})
}

// Owing is what is owed by either side when an award is terminated; nil is not stated.
type Owing struct{ ToRecipient, ByRecipient *money.Pence }

// Terminate ends an award before its time, with the reason and what is owed by either side.
func (s *Service) Terminate(ctx context.Context, ref ident.Ref, reason string, owing Owing) error {
	problems := fault.Problems{}
	if owing.ToRecipient == nil {
		problems["owed_to"] = "Enter what the fund still owes the recipient, 0 if nothing"
	}
	if owing.ByRecipient == nil {
		problems["owed_by"] = "Enter what the recipient has to pay back, 0 if nothing"
	}
	award.LongText(problems, "reason", reason, "Enter the reason")
	if err := fault.Fields(problems); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	return s.awards.Because(ctx, ref, workflow.Terminate, reason, func(_ *work.Tx, _ *award.Award, t *award.Terms, facts map[string]any) (work.Guards, error) { //nolint:wrapcheck // award has said what it was doing
		t.OwedToRecipient, t.OwedByRecipient = *owing.ToRecipient, *owing.ByRecipient
		owed(facts, t)
		return work.Guards{workflow.AmountOwedStated: work.Holds(true)}, nil
	})
}

// owed adds to the facts of a move what either side owes.
func owed(facts map[string]any, t *award.Terms) {
	facts["owed_to_recipient"], facts["owed_by_recipient"] = t.OwedToRecipient, t.OwedByRecipient
}

// Reconciling is what was paid, spent and returned.
type Reconciling struct {
	Paid, Spent, Returned *money.Pence // nil is not stated
	Note                  string
}

// ProposeClosing proposes to close a completed or terminated award whose money is reconciled. It can be proposed again until it is approved.
func (s *Service) ProposeClosing(ctx context.Context, ref ident.Ref, in Reconciling) error {
	problems := fault.Problems{}
	for field, p := range map[string]*money.Pence{"paid": in.Paid, "spent": in.Spent, "returned": in.Returned} {
		if p == nil {
			problems[field] = "Enter what was " + field + ", 0 if nothing"
		}
	}
	if form.Characters(in.Note) > 4000 {
		problems["note"] = "Enter the note in 4,000 characters or fewer"
	}
	if err := fault.Fields(problems); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	return s.on(ctx, ref, access.ProposeClosing, func(tx *work.Tx, a *award.Award) error {
		if a.State != workflow.Completed && a.State != workflow.Terminated {
			return fault.New(fault.Conflict, "An award is closed when it is completed or terminated")
		}
		c := &Closing{ID: a.ID, Paid: *in.Paid, Spent: *in.Spent, Returned: *in.Returned, Note: in.Note, ProposedBy: tx.By.ID, ProposedAt: tx.Now}
		if words, err := c.wrong(tx, a); err != nil || words != "" {
			return orFields(err, "paid", words)
		}
		tx.Record(award.Event(a, string(access.ProposeClosing), map[string]any{"paid": c.Paid, "spent": c.Spent, "returned": c.Returned}))
		return putClosing(tx, c)
	})
}

// wrong says what is not reconciled; nothing where all is.
func (c *Closing) wrong(tx *work.Tx, a *award.Award) (string, error) {
	payments, err := award.PaymentsOf(tx, a.ID)
	if err != nil {
		return "", err //nolint:wrapcheck // award has said what it was doing
	}
	var cleared money.Pence
	for _, p := range payments {
		if p.Cleared() {
			cleared += p.Amount
		}
	}
	switch {
	case c.Paid > cleared:
		return fmt.Sprintf("%s was cleared to pay: more cannot have been paid", cleared), nil
	case !c.Reconciled():
		return fmt.Sprintf("What was paid, less what was returned, is %s, and %s was spent", c.Paid-c.Returned, c.Spent), nil
	}
	return "", nil
}

// ApproveClosing closes an award whose closing somebody else proposed.
func (s *Service) ApproveClosing(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := award.ByRef(tx, ref)
		if err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		c, err := closingOf(tx, a.ID)
		if err != nil {
			return err
		}
		facts := map[string]any{}
		if c != nil {
			facts = map[string]any{"paid": c.Paid, "spent": c.Spent, "returned": c.Returned}
		}
		err = award.Move(tx, a, workflow.CloseAward, work.Guards{
			workflow.ClosingProposed: work.Holds(c != nil),
			workflow.Reconciled:      work.Holds(c != nil && c.Reconciled()),
		}, facts)
		if err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		c.ClosedBy, c.ClosedAt = &tx.By.ID, &tx.Now
		return putClosing(tx, c)
	})
}
