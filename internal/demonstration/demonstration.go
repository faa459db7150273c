package demonstration

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/award"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/people"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/review"
	"adoptionfund/internal/uktime"
)

// Rooms are the services through which the demonstration is loaded.
type Rooms struct {
	People       *people.Service
	Funds        *fund.Service
	Library      *fund.Library
	Applications *application.Service
	Products     *product.Service
	Positions    *position.Service
	Others       *otherfunding.Service
	Eligibility  *eligibility.Service
	Interests    *interest.Service
	Assignments  *assignment.Service
	Reviews      *review.Service
	Rankings     *ranking.Service
	Allocations  *allocation.Service
	Decisions    *decision.Service
	Awards       *award.Service
	Monitoring   *monitoring.Service
	// Jobs runs what waits in the outbox.
	Jobs func(context.Context) error
}

// Demonstration loads invented rounds.
type Demonstration struct {
	Rooms
	clock  *Clock
	agenda agenda
	known  map[string]ident.Product
	themes map[string][]project
	orgs   []people.Organisation
	today  time.Time // as which it stands in the end
	awards int       // how many have begun
}

// Stage is how far the first round has got.
type Stage string

// Stages are the stages by name, with the day of the first round's own calendar that is today's. The empty stage is the whole
// demonstration: the first round decided, and a live round beside it.
func Stages() map[Stage]string {
	return map[Stage]string{
		"draft": "2021-08-20 10:00", "screening": "2021-09-27 10:00", "review": "2021-10-09 12:00", "panel": "2021-10-18 10:00", "decided": "2021-11-25 10:00", "": "2021-11-25 10:00",
	}
}

// New prepares a demonstration on wired rooms whose clock is clock.
func New(rooms Rooms, clock *Clock) *Demonstration {
	return &Demonstration{Rooms: rooms, clock: clock, known: map[string]ident.Product{}}
}

// Load loads the demonstration at a stage, so that it stands there today. done is told how far it is, 0 to 1.
func (d *Demonstration) Load(ctx context.Context, stage Stage, done func(share float64)) error {
	today := d.clock.Now()
	d.today = today
	text, ok := Stages()[stage]
	if !ok {
		return fmt.Errorf("there is no stage %q", stage)
	}
	if err := d.prepare(); err != nil {
		return err
	}
	first, err := roundAt("rounds/af21.yaml", text, today)
	if err != nil {
		return err
	}
	rounds := []fund.File{first}
	if stage == "" {
		live, err := roundAt("rounds/af26.yaml", "2026-11-23 10:00", today)
		if err != nil {
			return err
		}
		rounds = append(rounds, live)
	}
	start := d.begin(rounds)
	d.clock.set(start)
	if err := d.enlistAll(ctx, func(share float64) { done(share * 0.12) }); err != nil {
		return err
	}
	for _, f := range rounds {
		if err := d.planRound(f); err != nil {
			return err
		}
	}
	err = d.agenda.run(ctx, d.clock, today, func(happened, planned int) { done(0.12 + 0.88*float64(happened)/float64(planned)) })
	if err != nil {
		return fmt.Errorf("loading the demonstration: %w", err)
	}
	d.clock.set(today)
	return nil
}

func (d *Demonstration) prepare() error {
	var err error
	if d.themes, err = projects(); err != nil {
		return err
	}
	data, err := fs.ReadFile(configs.FS, "organisations.csv")
	if err != nil {
		return fmt.Errorf("reading the organisations: %w", err)
	}
	if d.orgs, err = people.ReadOrganisations(bytes.NewReader(data)); err != nil {
		return fmt.Errorf("reading the organisations: %w", err)
	}
	return nil
}

// roundAt reads a round's file and moves its dates by whole days, so that a day of its own calendar is today. Deadlines keep
// their time of day in the United Kingdom.
func roundAt(path, own string, today time.Time) (fund.File, error) {
	data, err := fs.ReadFile(configs.FS, path)
	if err != nil {
		return fund.File{}, fmt.Errorf("reading a round: %w", err)
	}
	f, err := fund.ParseFile(path, data)
	if err != nil {
		return f, err //nolint:wrapcheck // names the file
	}
	day, err := uktime.Parse(own)
	if err != nil {
		return f, fmt.Errorf("the stage: %w", err)
	}
	days := daysBetween(day, today)
	move := func(text *string, layout string) {
		if *text == "" || err != nil {
			return
		}
		var at time.Time
		at, err = time.ParseInLocation(layout, *text, uktime.Zone())
		*text = at.AddDate(0, 0, days).Format(layout)
	}
	const minutes = "2006-01-02 15:04"
	for i := range f.Calls {
		c := &f.Calls[i]
		for _, text := range []*string{&c.Opens, &c.Closes, &c.Release} {
			move(text, minutes)
		}
		move(&c.SpendBy, time.DateOnly)
		move(&c.DTAC.LatestAction, time.DateOnly)
	}
	if err != nil {
		return f, fmt.Errorf("moving the dates of %s: %w", path, err)
	}
	return f, nil
}

// daysBetween counts the days from one day to another as the calendar of the United Kingdom has them.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(uktime.Zone()).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}

// begin is when the demonstration's own time begins: five weeks before the first opening.
func (d *Demonstration) begin(rounds []fund.File) time.Time {
	var first time.Time
	for _, f := range rounds {
		for _, c := range f.Calls {
			if at, err := uktime.Parse(c.Opens); err == nil && (first.IsZero() || at.Before(first)) {
				first = at
			}
		}
	}
	return first.AddDate(0, 0, -35)
}

// enlistAll adds organisations and the accounts that do not belong to an application.
func (d *Demonstration) enlistAll(ctx context.Context, done func(share float64)) error {
	data, err := fs.ReadFile(configs.FS, "organisations.csv")
	if err != nil {
		return fmt.Errorf("reading the organisations: %w", err)
	}
	operator := access.With(ctx, access.Operator("demonstration"))
	if _, err := d.People.ImportOrganisations(operator, bytes.NewReader(data)); err != nil {
		return fmt.Errorf("importing organisations: %w", err)
	}
	list := Accounts()
	for n, o := range d.leads() {
		who := teamOf(o.ODSCode, n)
		for _, p := range []named{who.contact, who.sro, who.finance} {
			if !slices.ContainsFunc(list, func(a Account) bool { return a.Email == p.Email }) {
				list = append(list, Account{Email: p.Email, Name: p.Name})
			}
		}
	}
	for i, a := range list {
		if err := d.enlist(ctx, a); err != nil {
			return err
		}
		done(float64(i) / float64(len(list)))
	}
	if err := d.represent(operator); err != nil {
		return err
	}
	return d.importLists(ctx)
}

// represent lets the main contacts act for their organisations.
func (d *Demonstration) represent(ctx context.Context) error {
	for n, o := range d.leads() {
		who, err := d.People.As(ctx, teamOf(o.ODSCode, n).contact.Email)
		if err != nil {
			return fmt.Errorf("finding the main contact of %s: %w", o.ODSCode, err)
		}
		acting, err := d.as(ctx, "admin@demo.example")
		if err != nil {
			return err
		}
		if err := d.People.Authorise(acting, who.ID, o.ODSCode); err != nil {
			return fmt.Errorf("authorising for %s: %w", o.ODSCode, err)
		}
	}
	return nil
}

// leads are the boards, which lead all applications of the demonstration.
func (d *Demonstration) leads() []people.Organisation {
	var boards []people.Organisation
	for _, o := range d.orgs {
		if o.Kind == "icb" {
			boards = append(boards, o)
		}
	}
	return boards
}

// deliverer is the trust that delivers for a lead: one of its own system, else of its region, else the lead itself.
func (d *Demonstration) deliverer(lead people.Organisation, rng *rand.Rand) people.Organisation {
	for _, near := range []func(people.Organisation) bool{
		func(o people.Organisation) bool { return o.ICS == lead.ICS }, func(o people.Organisation) bool { return o.Region == lead.Region },
	} {
		var trusts []people.Organisation
		for _, o := range d.orgs {
			if o.Kind == "trust" && near(o) {
				trusts = append(trusts, o)
			}
		}
		if len(trusts) > 0 {
			return trusts[rng.IntN(len(trusts))]
		}
	}
	return lead
}

// wanted is how many applications each theme of a round gets: 138 in the first round.
func wanted(round ident.RoundRef) map[string]int {
	if round == firstRound {
		return map[string]int{"GAS": 34, "MSK": 40, "CAR": 36, "DIG": 28}
	}
	return map[string]int{"GAS": 10, "MSK": 12, "CAR": 12, "DIG": 8}
}

// complete checks that invented answers are valid, so that a mistake is found here and not by an applicant.
func complete(f *form.Form, a form.Answers, today time.Time) error {
	if p := form.Check(f, nil, a, form.How{Mode: form.Complete, Today: form.DateOf(today)}); len(p) > 0 {
		return fmt.Errorf("invented answers are wrong: %v", p)
	}
	return nil
}
