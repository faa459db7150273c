package monitoring

import (
	"context"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// lives reports whether conditions are met and returns sent: from the agreement until the award ends.
func lives(a *award.Award) error {
	if a.State != workflow.Active && a.State != workflow.Suspended {
		return fault.New(fault.Conflict, "The award is now “%s”: this is done from its agreement until its end", workflow.Awards().Info(a.State).Label)
	}
	return nil
}

// onCondition is a use case on an open condition of an award that lives.
func (s *Service) onCondition(ctx context.Context, ref ident.Ref, id string, act access.Action, do func(tx *work.Tx, a *award.Award, c *award.Condition) error) error {
	return s.on(ctx, ref, act, func(tx *work.Tx, a *award.Award) error {
		c, err := award.ConditionByID(tx, a.ID, id)
		if err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		if err := lives(a); err != nil {
			return err
		}
		if !c.Open() {
			return fault.New(fault.Conflict, "This condition is settled already")
		}
		if err := do(tx, a, c); err != nil {
			return err
		}
		return award.SaveCondition(tx, c) //nolint:wrapcheck // says what it was doing
	})
}

// ReportMet says for the recipient that a condition is met, and what shows it. Files go to the place of the condition.
func (s *Service) ReportMet(ctx context.Context, ref ident.Ref, id, report string) error {
	problems := fault.Problems{}
	report = award.LongText(problems, "report", report, "Say how the condition is met, and what shows it")
	if err := fault.Fields(problems); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	return s.onCondition(ctx, ref, id, access.ReportCondition, func(tx *work.Tx, a *award.Award, c *award.Condition) error {
		c.Report, c.ReportedBy, c.ReportedAt, c.Answer = report, &tx.By.ID, &tx.Now, ""
		tx.Record(award.Event(a, string(access.ReportCondition), map[string]any{"condition": c.ID, "report": audit.Digest([]byte(report))}))
		return award.WriteTo(tx, a, access.ManageConditions, "award_condition_reported") //nolint:wrapcheck // says what it was doing
	})
}

// Sign is how the fund answers to a condition.
type Sign string

// The answers to a condition.
const (
	SignOff  Sign = "sign_off"
	SendBack Sign = "send_back"
	Waive    Sign = "waive"
)

// Settle signs a condition off, sends back what was reported, or waives the condition; the last two with a reason.
func (s *Service) Settle(ctx context.Context, ref ident.Ref, id string, how Sign, reason string) error {
	problems := fault.Problems{}
	if reason = strings.TrimSpace(reason); how != SignOff {
		reason = award.LongText(problems, "reason", reason, "Enter the reason")
	}
	if err := fault.Fields(problems); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	return s.onCondition(ctx, ref, id, access.ManageConditions, func(tx *work.Tx, a *award.Award, c *award.Condition) error {
		if how != Waive && !c.Reported() {
			return fault.New(fault.Conflict, "The recipient has not reported this condition as met")
		}
		c.Answer = reason
		tx.Record(award.Event(a, "award.settle_condition", map[string]any{"condition": c.ID, "how": how, "reason": audit.Digest([]byte(reason))}))
		switch how {
		case SignOff, Waive:
			c.MetAt, c.MetBy, c.Waived = &tx.Now, &tx.By.ID, how == Waive
			return nil
		case SendBack:
			c.ReportedAt, c.ReportedBy = nil, nil
			return award.WriteBack(tx, a, "award_condition_returned", c.Text, c.Due) //nolint:wrapcheck // says what it was doing
		}
		return fault.New(fault.Invalid, "Press one of the buttons on the page")
	})
}
