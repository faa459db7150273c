package eligibility

import (
	"context"
	"errors"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// remindedFrom is how many days before its date an applicant is reminded of questions that wait for an answer.
const remindedFrom = 2

// RemindDue reminds main contacts of questions whose date comes near: a job. Each date is written of once, whoever runs the job and
// however often. Who was given no more than these days is not reminded: the mail with the questions is as new.
func (s *Service) RemindDue(ctx context.Context) error {
	ctx = access.With(ctx, access.System(access.RemindPeople))
	var near []ident.Application
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		near, err = dueBetween(tx, tx.Now, tx.Now.AddDate(0, 0, remindedFrom))
		return err
	})
	if err != nil {
		return err
	}
	var failed []error // one that fails does not keep the others from being reminded
	for _, id := range near {
		if err := s.gate.Write(ctx, func(tx *work.Tx) error { return remind(tx, id) }); err != nil {
			failed = append(failed, fmt.Errorf("reminding of the questions about application %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

// remind writes to the main contact of an application whose questions still wait.
func remind(tx *work.Tx, id ident.Application) error {
	if err := tx.Require(access.RemindPeople, access.Scope{}); err != nil {
		return err
	}
	open, err := openIn(tx, []ident.Application{id})
	if err != nil || len(open[id]) == 0 {
		return err
	}
	due := open[id][0].DueAt
	if !open[id][0].AskedAt.Before(due.AddDate(0, 0, -remindedFrom)) {
		return nil
	}
	first, err := application.KeepReminder(tx, id, remindedFrom, due)
	if err != nil || !first {
		return err
	}
	a, err := application.ByID(tx, id)
	if err != nil {
		return err
	}
	return writeReminder(tx, a, open[id], access.RemindPeople)
}

// Remind writes to the main contact of an application whose questions still wait: at most once a day.
func (s *Service) Remind(ctx context.Context, ref ident.Ref) error {
	return s.move(ctx, ref, func(tx *work.Tx, a *application.Application) error {
		if err := tx.Require(access.RemindClarification, a); err != nil {
			return err
		}
		open, err := openIn(tx, []ident.Application{a.ID})
		if err != nil {
			return err
		}
		if len(open[a.ID]) == 0 {
			return fault.New(fault.Conflict, "No question waits for an answer")
		}
		day, err := dueOn(tx.Now, 0)
		if err != nil {
			return err
		}
		first, err := application.KeepReminder(tx, a.ID, byHand, day)
		if err != nil {
			return err
		}
		if !first {
			return fault.New(fault.Conflict, "The applicant was reminded today already")
		}
		return writeReminder(tx, a, open[a.ID], access.RemindClarification)
	})
}

// byHand stands in place of the days before a date where somebody reminds; the date is then the day on which they do.
const byHand = 0

// writeReminder writes to the main contact of an application of the questions that wait.
func writeReminder(tx *work.Tx, a *application.Application, open []Clarification, act access.Action) error {
	due := open[0].DueAt
	tx.Record(application.Event(a, string(act), map[string]any{"due": due, "questions": len(open)}))
	p, err := people.ByID(tx, a.MainContact)
	if err != nil {
		return err
	}
	m := notify.Message{Kind: "reminder_to_answer", Person: p.ID, Address: p.Email, Key: string(a.ID) + string(act) + tx.Now.Format(time.RFC3339), Fields: application.Fields(a)}
	m.Fields["name"], m.Fields["due"], m.Fields["left"] = p.Name, uktime.Deadline(due), uktime.Left(tx.Now, due)
	return tx.Notify(m)
}
