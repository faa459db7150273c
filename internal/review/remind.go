package review

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Reminder is a reminder that a fund manager sent to a reviewer of a call: at most one a day, whatever the call.
type Reminder struct {
	ID      string
	CallID  ident.Call
	Person  ident.Person
	Day     string
	Reviews int
	At      time.Time
	SentBy  ident.Person
}

// TableName is the table of reminders.
func (Reminder) TableName() string { return "review_reminders" }

// ToRemind is a reviewer who could be reminded, with the mail that they would get.
type ToRemind struct {
	ReviewerRow

	Address string
	Subject string
	Body    string
}

// Free reports whether the mail would be sent: nobody is reminded twice on a day.
func (t ToRemind) Free() bool { return !t.Today }

// ToRemind shows which mail would go to whom: to one reviewer, or, where none is named, to all who have an overdue review. It sends nothing.
func (s *Service) ToRemind(ctx context.Context, ref ident.CallRef, who ident.Person) (*fund.Call, []ToRemind, error) {
	var c *fund.Call
	var list []ToRemind
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, ref, access.RemindReviewer)
		if err != nil {
			return err
		}
		c = d.call
		tx.Saw("progress.reminders", string(c.Ref))
		list, err = d.toRemind(tx, func(r ReviewerRow) bool {
			return r.Person == who || who == "" && r.Overdue > 0
		})
		return err
	})
	return c, list, err
}

// toRemind are the reviewers with reviews that are not in, of those who are wanted.
func (d *desk) toRemind(tx *work.Tx, wanted func(ReviewerRow) bool) ([]ToRemind, error) {
	rows, err := d.reviewers(tx)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r ReviewerRow) bool { return len(r.Waiting) == 0 || !wanted(r) })
	ids := make([]ident.Person, len(rows))
	for i, r := range rows {
		ids[i] = r.Person
	}
	named, err := people.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	address := map[ident.Person]string{}
	for _, p := range named {
		address[p.ID] = p.Email
	}
	list := make([]ToRemind, len(rows))
	for i, r := range rows {
		list[i] = ToRemind{ReviewerRow: r, Address: address[r.Person]}
		if list[i].Subject, list[i].Body, err = tx.Render(d.reminder(list[i])); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// reminder is the mail: which reviews wait, and when they were or are due. It names no title.
func (d *desk) reminder(t ToRemind) notify.Message {
	lines := make([]string, len(t.Waiting))
	for i, w := range t.Waiting {
		lines[i] = fmt.Sprintf("  %s, due %s", w.Ref, uktime.Deadline(w.DueAt))
		if w.Late {
			lines[i] += " (overdue)"
		}
	}
	fields := fund.Fields(d.call)
	fields["name"], fields["count"], fields["list"] = t.Name, reviews(len(t.Waiting)), strings.Join(lines, "\n")
	return notify.Message{Kind: "review_reminder", Person: t.Person, Address: t.Address, Key: uktime.Day(d.now), Fields: fields}
}

// Reminded is what became of reminders.
type Reminded struct {
	Sent    []string // the names of those to whom a mail goes
	Already []string // who were reminded today
	Idle    []string // whose reviews all came in meanwhile
}

// Remind sends a mail to each of the reviewers whose reviews are not in, at most one a day to each.
func (s *Service) Remind(ctx context.Context, ref ident.CallRef, who []ident.Person) (Reminded, error) {
	var done Reminded
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		done = Reminded{}
		d, err := s.desk(tx, ref, access.RemindReviewer)
		if err != nil {
			return err
		}
		if len(who) == 0 {
			return fault.Fields(fault.Problems{"reviewer": "Select who is to be reminded"})
		}
		list, err := d.toRemind(tx, func(r ReviewerRow) bool { return slices.Contains(who, r.Person) })
		if err != nil {
			return err
		}
		for _, t := range list {
			if err := d.remind(tx, t, &done); err != nil {
				return err
			}
		}
		return d.idle(tx, who, list, &done)
	})
	return done, err
}

// idle names those for whom nothing waits any more.
func (d *desk) idle(tx *work.Tx, who []ident.Person, list []ToRemind, done *Reminded) error {
	who = slices.DeleteFunc(slices.Clone(who), func(id ident.Person) bool {
		return slices.ContainsFunc(list, func(t ToRemind) bool { return t.Person == id })
	})
	rows, err := d.reviewers(tx)
	for _, r := range rows { // only of this call: nobody learns the names of others by their ids
		if slices.Contains(who, r.Person) {
			done.Idle = append(done.Idle, r.Name)
		}
	}
	return err
}

// remind sends one mail, unless another came first today.
func (d *desk) remind(tx *work.Tx, t ToRemind, done *Reminded) error {
	row := &Reminder{ID: ident.New[string](), CallID: d.call.ID, Person: t.Person, Day: uktime.Day(tx.Now), Reviews: len(t.Waiting), At: tx.Now, SentBy: tx.By.ID}
	first, err := addReminder(tx, row)
	if err != nil {
		return err
	}
	if !first {
		done.Already = append(done.Already, t.Name)
		return nil
	}
	done.Sent = append(done.Sent, t.Name)
	tx.Record(audit.Event{Verb: string(access.RemindReviewer), Kind: "call", Subject: string(d.call.ID), Round: d.call.RoundID, Call: d.call.ID, Facts: map[string]any{
		"person": t.Person, "reviews": strconv.Itoa(len(t.Waiting)), "overdue": strconv.Itoa(t.Overdue),
	}})
	return tx.Notify(d.reminder(t))
}
