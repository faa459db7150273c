package application

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// reminderDays are the steps at which people are reminded: so many days before the deadline, nearest last.
func reminderDays() []int { return []int{14, 7, 2, 1} }

// reminderAt is the moment of a step: at the same time of day in the United Kingdom as the deadline, also where the clocks change
// between the two.
func reminderAt(deadline time.Time, days int) time.Time {
	return deadline.In(uktime.Zone()).AddDate(0, 0, -days).UTC()
}

// stepDue gives the step that is due, the last one if several are; false if none is.
func stepDue(deadline, now time.Time) (days int, due bool) {
	if !now.Before(deadline) {
		return 0, false
	}
	for _, d := range reminderDays() {
		if !now.Before(reminderAt(deadline, d)) {
			days, due = d, true
		}
	}
	return days, due
}

// RemindDue reminds people of drafts whose deadline comes near: a job. Each step of each deadline is written once, whoever runs the
// job and however often.
func (s *Service) RemindDue(ctx context.Context) error {
	ctx = access.With(ctx, access.System(access.RemindPeople))
	var due []ident.Application
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		near, err := draftsClosing(tx, tx.Now, reminderAt(tx.Now, -reminderDays()[0]))
		if err != nil {
			return err
		}
		for _, a := range near {
			if days, ok := stepDue(a.ClosesAt(), tx.Now); ok && !slices.Contains(a.reminded, days) {
				due = append(due, a.ID)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var failed []error // one that fails does not keep the others from being reminded
	for _, id := range due {
		if err := s.gate.Write(ctx, func(tx *work.Tx) error { return s.remind(tx, id) }); err != nil {
			failed = append(failed, fmt.Errorf("reminding of application %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

// remind writes the reminders of one application, if they are still due.
func (s *Service) remind(tx *work.Tx, id ident.Application) error {
	a, err := ByID(tx, id)
	if err != nil {
		return err
	}
	if err := tx.Require(access.RemindPeople, access.Scope{}); err != nil {
		return err
	}
	days, due := stepDue(a.ClosesAt(), tx.Now)
	if !due || a.State != workflow.Draft {
		return nil
	}
	first, err := KeepReminder(tx, a.ID, days, a.ClosesAt())
	if err != nil || !first {
		return err
	}
	tx.Record(Event(a, string(access.RemindPeople), map[string]any{"days": days, "deadline": a.ClosesAt()}))
	if !a.CreatedAt.Before(reminderAt(a.ClosesAt(), days)) {
		return nil // it was started after that moment
	}
	o, err := s.overview(tx, a)
	if err != nil {
		return err
	}
	return remindAll(tx, &o, days)
}

// remindAll writes to those who took part already at the moment of the step: who joined since knows the deadline.
func remindAll(tx *work.Tx, o *Overview, days int) error {
	a := o.Application
	signed := make([]Relation, 0, len(o.Signatures))
	for _, sig := range o.Signatures {
		signed = append(signed, sig.Part)
	}
	for _, who := range o.People {
		if !who.Since.Before(reminderAt(a.ClosesAt(), days)) {
			continue
		}
		m := notify.Message{Person: who.Person, Address: who.Email, Key: fmt.Sprintf("%s:%d:%d", a.ID, days, a.ClosesAt().Unix()), Fields: Fields(a)}
		m.Fields["name"], m.Fields["left"] = who.Name, uktime.Left(tx.Now, a.ClosesAt())
		if !o.concerns(&m, who, signed) {
			continue
		}
		if err := tx.Notify(m); err != nil {
			return err
		}
	}
	return nil
}

// concerns completes the reminder of somebody; false if nothing waits for them.
func (o *Overview) concerns(m *notify.Message, who Participant, signed []Relation) bool {
	switch who.Relation { //nolint:exhaustive // the others are not on the applicant's side
	case MainContact:
		m.Kind, m.Fields["missing"] = "reminder_to_submit", o.todo(nil, signed)
	case Contributor:
		m.Kind, m.Fields["missing"] = "reminder_to_submit", o.todo(&who.Part, nil)
		return m.Fields["missing"] != ""
	default:
		part := who.Relation
		if i := slices.IndexFunc(signing(), func(x signer) bool { return x.part.deputy() == who.Relation }); i >= 0 {
			part = signing()[i].part
		}
		m.Kind, m.Fields["part"] = "reminder_to_sign", part.Label()
		return !slices.Contains(signed, part)
	}
	return true
}

// todo names what is not done, a line each: the sections that a contributor can write, or everything.
func (o *Overview) todo(contributor *Part, signed []Relation) string {
	var lines []string
	for _, t := range o.Tasks {
		if t.Progress != form.Done && (contributor == nil || contributor.reaches(t.Section.Path())) {
			lines = append(lines, "- "+t.Section.Title)
		}
	}
	if contributor != nil {
		return strings.Join(lines, "\n")
	}
	for _, who := range signing() {
		if !slices.Contains(signed, who.part) {
			lines = append(lines, "- The signature of the "+who.label)
		}
	}
	return strings.Join(append(lines, "- Submit the application"), "\n")
}

// near is a draft whose deadline comes near, with the steps that were written.
type near struct {
	*Application
	reminded []int
}

// remindedOf groups the steps that were written by application, for their deadlines as they are now.
func remindedOf(rows []*Application, written []reminder) []near {
	all := make([]near, len(rows))
	for i, a := range rows {
		all[i] = near{Application: a}
		for _, r := range written {
			if r.ApplicationID == a.ID && r.Deadline == keyOf(a.ClosesAt()) {
				all[i].reminded = append(all[i].reminded, r.Step)
			}
		}
	}
	return all
}
