package application

import (
	"context"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// ExtensionReason is why one applicant gets more time: one of a closed list, so that extensions can be compared.
type ExtensionReason struct{ Code, Label string }

// ExtensionReasons are the reasons for which one applicant may get more time.
func ExtensionReasons() []ExtensionReason {
	return []ExtensionReason{
		{"service_failure", "The service failed for this applicant"},
		{"illness", "Illness or bereavement"},
		{"incident", "Major incident or operational emergency"},
		{"access", "The service was not accessible to somebody"},
		{"fund_error", "The fund made a mistake"},
	}
}

// Extension is more time for one applicant: proposed by one, confirmed by another.
type Extension struct {
	ID            string
	ApplicationID ident.Application
	UntilAt       time.Time
	Reason        string
	Note          string
	ProposedBy    ident.Person
	ProposedAt    time.Time
	ConfirmedBy   *ident.Person
	ConfirmedAt   *time.Time
	RefusedBy     *ident.Person
	RefusedAt     *time.Time
}

// Why says why, in words.
func (e Extension) Why() string {
	for _, r := range ExtensionReasons() {
		if r.Code == e.Reason {
			return r.Label
		}
	}
	return e.Reason
}

// TableName is the table of extensions of single applicants.
func (Extension) TableName() string { return "application_extensions" }

// MoreTime is what somebody proposes for one applicant.
type MoreTime struct {
	Until  time.Time
	Reason string
	Note   string
}

// ProposeExtension proposes more time for one applicant whose draft was closed, with a reason from the list.
func (s *Service) ProposeExtension(ctx context.Context, ref ident.Ref, in MoreTime) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ProposeExtension)
		if err != nil {
			return err
		}
		if err := in.check(tx, a); err != nil {
			return err
		}
		waiting, err := openExtension(tx, a.ID)
		if err != nil {
			return err
		}
		if waiting != nil {
			return fault.New(fault.Conflict, "An extension of this application waits for a second person already")
		}
		tx.Record(Event(a, string(access.ProposeExtension), map[string]any{"until": in.Until, "reason": in.Reason}))
		return work.Add(tx, &Extension{
			ID: ident.New[string](), ApplicationID: a.ID, UntilAt: in.Until.UTC(), Reason: in.Reason, Note: in.Note, ProposedBy: tx.By.ID, ProposedAt: tx.Now,
		})
	})
}

// Problems says what is wrong with the reason and the note.
func (in MoreTime) Problems() fault.Problems {
	problems := fault.Problems{}
	if !slices.ContainsFunc(ExtensionReasons(), func(r ExtensionReason) bool { return r.Code == in.Reason }) {
		problems["reason"] = "Select a reason from the list"
	}
	if form.Characters(in.Note) > 2000 {
		problems["note"] = "The note must be 2,000 characters or fewer"
	}
	return problems
}

func (in MoreTime) check(tx *work.Tx, a *Application) error {
	problems := in.Problems()
	if !in.Until.After(a.ClosesAt()) || !in.Until.After(tx.Now) {
		problems["until"] = "The new deadline must be later than now and than " + uktime.Moment(a.ClosesAt())
	}
	return fault.Fields(problems)
}

// ConfirmExtension gives one applicant more time, by a person other than the one who proposed it. The draft is open again.
func (s *Service) ConfirmExtension(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		waiting, err := openExtension(tx, a.ID)
		if err != nil {
			return err
		}
		later := waiting != nil && waiting.UntilAt.After(a.ClosesAt()) && waiting.UntilAt.After(tx.Now)
		if waiting != nil {
			if waiting.ProposedBy == tx.By.ID {
				return fault.New(fault.Forbidden, "Somebody other than who proposed the extension must confirm it")
			}
			a.Deadline = &waiting.UntilAt
		}
		guards := work.Guards{workflow.ExtensionProposed: work.Holds(waiting != nil), workflow.LaterDeadline: work.Holds(later)}
		facts := map[string]any{}
		if waiting != nil {
			facts = map[string]any{"until": waiting.UntilAt, "reason": waiting.Reason}
		}
		if err := Move(tx, a, workflow.Extend, guards, facts); err != nil {
			return err
		}
		return confirmExtension(tx, waiting)
	})
}

// ExtendCall makes a proposed extension of a call hold for all, by a second person, and tells everybody who is writing an application.
func (s *Service) ExtendCall(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.ConfirmExtension(tx, ref)
		if err != nil {
			return err
		}
		rows, err := InCall(tx, c, workflow.Draft, workflow.Submitted)
		if err != nil {
			return err
		}
		for _, a := range rows {
			if err := tell(tx, a, workflow.TellCallExtended); err != nil {
				return err
			}
		}
		return nil
	})
}
