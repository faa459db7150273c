package award

import (
	"context"
	"errors"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// LapseDue lapses every offer whose due date has passed: a job that is safe to run twice.
func (s *Service) LapseDue(ctx context.Context) error {
	var refs []ident.Ref
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		refs, err = lapsing(tx)
		return err
	})
	ctx = access.With(ctx, access.System(access.LapseOffer))
	for _, ref := range refs {
		err := s.gate.Write(ctx, func(tx *work.Tx) error {
			a, err := ByRef(tx, ref)
			if err != nil {
				return err
			}
			due := a.OfferDue != nil && !tx.Now.Before(*a.OfferDue)
			return Move(tx, a, workflow.LapseOffer, work.Guards{workflow.OfferDue: work.Holds(due)}, nil)
		})
		if err != nil && !fault.Is(err, fault.Conflict) {
			return fmt.Errorf("lapsing the offer %s: %w", ref, err)
		}
	}
	return err
}

// remindedBefore are the days before the date of an offer or a revised plan on which people are reminded of it.
func remindedBefore() []int { return []int{14, 3} }

// dated is something with a date that waits for the applicant's side.
type dated struct {
	ref   ident.Ref
	what  string
	since time.Time
	due   time.Time
}

// RemindDue reminds signatories of offers to accept, and the applicant's side of revised plans to send: a job. Each date is written of
// once for each of the days before it, whoever runs the job and however often.
func (s *Service) RemindDue(ctx context.Context) error {
	ctx = access.With(ctx, access.System(access.RemindPeople))
	var near []dated
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		near, err = waiting(tx)
		return err
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, d := range near {
		if err := s.gate.Write(ctx, func(tx *work.Tx) error { return remind(tx, d) }); err != nil {
			failed = append(failed, fmt.Errorf("reminding of %s of %s: %w", d.what, d.ref, err))
		}
	}
	return errors.Join(failed...)
}

// waiting finds what is due within the longest of the times before.
func waiting(tx *work.Tx) ([]dated, error) {
	until := tx.Now.AddDate(0, 0, remindedBefore()[0])
	offers, err := work.Many[Award](tx.DB().Where("state = ? AND offer_due > ? AND offer_due <= ?", workflow.Offered, tx.Now, until).Order("ref"), "offers")
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it was doing
	}
	var near []dated
	for _, a := range offers {
		if a.OfferedAt != nil {
			near = append(near, dated{a.Ref, "the offer", *a.OfferedAt, *a.OfferDue})
		}
	}
	plans, err := plansDue(tx, until)
	if err != nil {
		return nil, err
	}
	return append(near, plans...), nil
}

// remind writes of a date, if one of the days before it has come since it was set and nobody was reminded of that yet.
func remind(tx *work.Tx, d dated) error {
	if err := tx.Require(access.RemindPeople, access.Scope{}); err != nil {
		return err //nolint:wrapcheck // a fault for whoever asks
	}
	at := -1
	for _, n := range remindedBefore() {
		if from := d.due.AddDate(0, 0, -n); !tx.Now.Before(from) && d.since.Before(from) {
			at = n
		}
	}
	if at < 0 {
		return nil
	}
	a, err := ByRef(tx, d.ref)
	if err != nil {
		return err
	}
	firstTime, err := KeepReminder(tx, a.ID, fmt.Sprintf("%s %s %d", d.what, d.due.UTC().Format(time.RFC3339), at))
	if err != nil || !firstTime {
		return err
	}
	tx.Record(Event(a, string(access.RemindPeople), map[string]any{"of": d.what, "due": d.due}))
	to := signatories
	if d.what != "the offer" {
		to = applicantSide
	}
	return write(tx, a, notice{kind: "award_reminder", to: to, what: d.what, due: uktime.Deadline(d.due)})
}
