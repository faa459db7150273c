package eligibility

import (
	"context"
	"errors"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
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
	tx.Record(application.Event(a, string(access.RemindPeople), map[string]any{"due": due, "questions": len(open[id])}))
	p, err := people.ByID(tx, a.MainContact)
	if err != nil {
		return err
	}
	m := notify.Message{Kind: "reminder_to_answer", Person: p.ID, Address: p.Email, Key: string(id) + due.Format(time.RFC3339), Fields: application.Fields(a)}
	m.Fields["name"], m.Fields["due"], m.Fields["left"] = p.Name, uktime.Deadline(due), uktime.Left(tx.Now, due)
	return tx.Notify(m)
}
