package monitoring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/award"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Owed is something about an award that is due: a condition, a return.
type Owed struct {
	What string
	Due  string // a day
	Path string // of its page, behind that of the award
}

// Line is an award in the list.
type Line struct {
	Award   *award.Award
	Overdue []Owed // what the recipient owes and the day is over
	Next    *Owed  // what is due next
	Waits   int    // reports and returns that wait for the fund
}

// Desk is the list of awards.
type Desk struct {
	Lines  []Line
	Masked int         // those that the reader is recused from
	Over   []fund.Call // that the reader could archive
}

// Desk lists the awards that the principal may see, the newest round first, with what is overdue: with a fixed number of queries, and for who
// may archive them a few for each call that is released.
func (s *Service) Desk(ctx context.Context) (Desk, error) {
	var d Desk
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ListAwards, tx.Anywhere(access.ListAwards)); err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		all, err := award.All(tx)
		if err != nil {
			return err //nolint:wrapcheck // award has said what it was doing
		}
		var seen []*award.Award
		for _, a := range all {
			may, err := tx.May(access.ViewAward, a)
			switch {
			case err != nil:
				return err //nolint:wrapcheck // says what it was doing
			case may:
				seen = append(seen, a)
			case a.Application().Bars(tx.By.ID) && tx.Policy().MayAnywhere(tx.By, access.ViewAward):
				d.Masked++
			}
		}
		if d.Over, err = over(tx); err != nil {
			return err
		}
		d.Lines, err = lines(tx, seen)
		tx.Saw("list of awards")
		return err
	})
	return d, err
}

// lines says of awards what is overdue and what is next.
func lines(tx *work.Tx, awards []*award.Award) ([]Line, error) {
	ids := make([]ident.Award, len(awards))
	for i, a := range awards {
		ids[i] = a.ID
	}
	conditions, err := award.OpenConditionsOf(tx, ids)
	if err != nil {
		return nil, err //nolint:wrapcheck // award has said what it was doing
	}
	returns, err := returnsOfAll(tx, ids)
	if err != nil {
		return nil, err
	}
	terms, err := award.TermsByAward(tx, ids)
	if err != nil {
		return nil, err //nolint:wrapcheck // award has said what it was doing
	}
	today := uktime.Day(tx.Now)
	all := make([]Line, len(awards))
	for i, a := range awards {
		all[i] = Line{Award: a}
		if lives(a) == nil {
			all[i].fill(conditions[a.ID], expected(a, terms[a.ID]), returns[a.ID], today)
		}
	}
	return all, nil
}

// fill says what is overdue, next, and waiting for the fund.
func (l *Line) fill(conditions []award.Condition, asked []award.ExpectedReturn, returns []Return, today string) {
	var due []Owed
	for _, c := range conditions {
		switch {
		case c.Reported():
			l.Waits++
		case c.Due != "":
			due = append(due, Owed{c.Text, c.Due, "/conditions"})
		}
	}
	for _, e := range asked {
		r := find(returns, e)
		switch {
		case r != nil && r.State == Sent:
			l.Waits++
		case r == nil || r.State != Accepted:
			due = append(due, Owed{e.Title(), e.Due, "/returns/" + e.Code()})
		}
	}
	slices.SortStableFunc(due, func(a, b Owed) int { return strings.Compare(a.Due, b.Due) })
	for i := range due {
		if due[i].Due < today {
			l.Overdue = append(l.Overdue, due[i])
		} else if l.Next == nil {
			l.Next = &due[i]
		}
	}
}

// remindedBefore are the days before a date on which the applicant's side is reminded of it; less than nothing is after it.
func remindedBefore() []int { return []int{14, 3, -1} }

// RemindDue reminds the applicant's side of conditions and returns that are due soon, or since yesterday: a job. Each is written of once
// for each of these days, whoever runs the job and however often; what comes together is one mail.
func (s *Service) RemindDue(ctx context.Context) error {
	ctx = access.With(ctx, access.System(access.RemindPeople))
	var near []Line
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		live, err := award.All(tx)
		if err != nil {
			return err //nolint:wrapcheck // award has said what it was doing
		}
		near, err = lines(tx, live)
		return err
	})
	if err != nil {
		return err
	}
	var failed []error
	for _, l := range near {
		if len(l.Overdue) == 0 && (l.Next == nil || reached(l.Next.Due, uktime.Day(s.gate.Now())) == never) {
			continue
		}
		if err := s.gate.Write(ctx, func(tx *work.Tx) error { return remind(tx, l) }); err != nil {
			failed = append(failed, fmt.Errorf("reminding of %s: %w", l.Award.Ref, err))
		}
	}
	return errors.Join(failed...)
}

// never is a number of days that no reminder has.
const never = 1000

// reached gives the last of the days before a date that has come; never if none has, or if the date is long over.
func reached(due, today string) int {
	at := never
	for _, n := range remindedBefore() {
		if award.DaysAfter(due, -n) <= today {
			at = n
		}
	}
	if award.DaysAfter(due, 7) < today {
		return never
	}
	return at
}

// remind writes one mail of all that an award owes soon and that was not written of yet.
func remind(tx *work.Tx, l Line) error {
	if err := tx.Require(access.RemindPeople, access.Scope{}); err != nil {
		return err //nolint:wrapcheck // a fault for whoever asks
	}
	today := uktime.Day(tx.Now)
	due := l.Overdue
	if l.Next != nil {
		due = append(slices.Clone(due), *l.Next)
	}
	var words []string
	for _, o := range due {
		n := reached(o.Due, today)
		if n == never {
			continue
		}
		what := []rune(fmt.Sprintf("%s %d %s", o.Due, n, o.What))
		first, err := award.KeepReminder(tx, l.Award.ID, string(what[:min(len(what), 120)]))
		if err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
		if first {
			words = append(words, o.What+", by "+award.DayWords(o.Due))
		}
	}
	if len(words) == 0 {
		return nil
	}
	tx.Record(award.Event(l.Award, string(access.RemindPeople), map[string]any{"of": len(words)}))
	return award.WriteBack(tx, l.Award, "award_due", strings.Join(words, "\n"), "") //nolint:wrapcheck // says what it was doing
}
