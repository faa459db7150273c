package report

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
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

// Every says how often a link is sent.
type Every string

// How often.
const (
	Daily  Every = "day"
	Weekly Every = "week" // on Mondays
)

// Scheduled is a link to a report that somebody is sent. The file is made when the link is opened, by whoever is signed in then: what
// they may see, and what is recused from them, is decided at that moment.
type Scheduled struct {
	ID        string
	Person    ident.Person
	RoundID   ident.Round
	Kind      string
	Format    string
	Query     string // the filter and the columns, as they stand in the address
	Every     Every
	NextAt    time.Time
	CreatedAt time.Time
	EndedAt   *time.Time
	Version   int
}

// TableName is the table of schedules.
func (Scheduled) TableName() string { return "report_schedules" }

// Words says how often, in words.
func (s Scheduled) Words() string {
	if s.Every == Weekly {
		return "every Monday at 7:00 UK time"
	}
	return "every day at 7:00 UK time"
}

// Facts is what a permission may look at.
func (s *Scheduled) Facts() access.Facts {
	f := access.Scope{Round: s.RoundID}.Facts()
	f.Self = s.Person
	return f
}

// at is the hour in the United Kingdom at which links are sent.
const at = 7

// next is the next time after a moment: at the same time of day in the United Kingdom, also where clocks change between.
func (e Every) next(after time.Time) time.Time {
	day := after.In(uktime.Zone())
	for n := 0; ; n++ {
		t := time.Date(day.Year(), day.Month(), day.Day()+n, at, 0, 0, 0, uktime.Zone())
		if t.After(after) && (e != Weekly || t.Weekday() == time.Monday) {
			return t.UTC()
		}
	}
}

// Query is the part of an address that asks for the same filter and columns.
func (a Asked) Query() url.Values {
	q := url.Values{}
	for _, name := range slices.Sorted(maps.Keys(a.Filter)) {
		if a.Filter[name] != "" {
			q.Set(name, a.Filter[name])
		}
	}
	for _, c := range a.Columns {
		q.Add("column", c)
	}
	return q
}

const mostSchedules = 20

// Schedule has the one who is signed in sent a link to a report, every day or week.
func (s *Service) Schedule(ctx context.Context, a Asked, format string, every Every) error {
	if every != Daily && every != Weekly {
		return fault.Fields(fault.Problems{"every": "Choose how often"})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		r, err := s.read(tx, a)
		if err != nil {
			return err
		}
		if _, err := r.report.format(format); err != nil {
			return fault.Fields(fault.Problems{"format": "Choose a format"})
		}
		mine, err := schedulesOf(tx, r.round)
		if err != nil {
			return err
		}
		if len(mine) >= mostSchedules {
			return fault.New(fault.Conflict, "You are sent %d links already. Stop one first", mostSchedules)
		}
		a.Filter = r.filter
		d := &Scheduled{
			ID: ident.New[string](), Person: tx.By.ID, RoundID: r.round.ID, Kind: a.Kind, Format: format, Query: a.Query().Encode(), Every: every,
			NextAt: every.next(tx.Now), CreatedAt: tx.Now, Version: 1,
		}
		if len(d.Query) > 2000 {
			return fault.New(fault.Invalid, "This filter is too long to keep")
		}
		if err := tx.Require(access.ScheduleReport, d); err != nil {
			return err
		}
		tx.Record(d.event("report.schedule"))
		return work.Add(tx, d)
	})
}

func (s *Scheduled) event(verb string) audit.Event {
	return audit.Event{Verb: verb, Kind: "report_schedule", Subject: s.ID, Round: s.RoundID, Facts: map[string]any{"report": s.Kind, "format": s.Format, "every": s.Every, "query": s.Query}}
}

// Unschedule ends a link of the one who is signed in.
func (s *Service) Unschedule(ctx context.Context, id string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		d, err := scheduleByID(tx, id)
		if err != nil {
			return err
		}
		if d.Person != tx.By.ID || d.EndedAt != nil {
			return work.NotFound("timetable")
		}
		if err := tx.Require(access.ScheduleReport, d); err != nil {
			return err
		}
		return d.end(tx)
	})
}

func (s *Scheduled) end(tx *work.Tx) error {
	s.EndedAt = &tx.Now
	tx.Record(s.event("report.unschedule"))
	return work.Save(tx, s, &s.Version)
}

// SendDue sends the links whose time has come: scheduled work. Each is sent once for each of its times, whoever runs it and however
// often; times that were missed are not made up for. Whoever may no longer see the report is sent nothing more.
func (s *Service) SendDue(ctx context.Context) error {
	ctx = access.With(ctx, access.System(access.RemindPeople))
	var due []string
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		due, err = dueSchedules(tx)
		return err
	})
	if err != nil {
		return err
	}
	var failed []error // one that fails does not keep the others from being sent
	for _, id := range due {
		if err := s.gate.Write(ctx, func(tx *work.Tx) error { return send(tx, id) }); err != nil && !fault.Is(err, fault.Conflict) {
			failed = append(failed, fmt.Errorf("sending the link %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

// send writes the mail of a link, if it is still due.
func send(tx *work.Tx, id string) error {
	d, err := scheduleByID(tx, id)
	if err != nil {
		return err
	}
	if err := tx.Require(access.RemindPeople, access.Scope{}); err != nil {
		return err
	}
	if d.EndedAt != nil || d.NextAt.After(tx.Now) {
		return nil
	}
	round, err := fund.RoundByID(tx, d.RoundID)
	if err != nil {
		return err
	}
	rep, there := Find(d.Kind)
	if !there {
		return d.end(tx)
	}
	may, err := people.WhoMay(tx, rep.Action, access.Scope{Round: d.RoundID})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(may, func(p people.Person) bool { return p.ID == d.Person && p.Active() })
	if i < 0 {
		return d.end(tx)
	}
	when := d.NextAt
	d.NextAt = d.Every.next(tx.Now)
	if err := work.Save(tx, d, &d.Version); err != nil {
		return err
	}
	tx.Record(d.event("report.send_link"))
	address := "/exports/" + string(round.Ref) + "/" + d.Kind + "." + d.Format
	if d.Query != "" {
		address += "?" + d.Query
	}
	return tx.Notify(notify.Message{
		Kind: "report_due", Person: d.Person, Address: may[i].Email, Key: d.ID + ":" + when.UTC().Format(time.RFC3339),
		Fields: map[string]string{
			"name": may[i].Name, "round": string(round.Ref), "report": rep.Title, "every": d.Words(), "address": address, "page": "/reports/" + string(round.Ref) + "/" + d.Kind,
		},
	})
}
