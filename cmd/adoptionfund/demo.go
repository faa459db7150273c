package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/config"
	"adoptionfund/internal/db"
	"adoptionfund/internal/demonstration"
	"adoptionfund/migrations"
)

type demoCommand struct {
	Stage      string `help:"How far the first round has got; left out: decided, with a live round beside it." enum:"draft,screening,review,panel,decided," default:""`
	Reset      bool   `help:"Throw an earlier demonstration away first."`
	NoServe    bool   `help:"Load it and stop." name:"no-serve"`
	DemoPublic bool   `help:"Serve demonstration accounts on an address that is not loopback." name:"demo-public"`
}

// Run loads the demonstration if it is not there, and serves it.
func (c *demoCommand) Run(s *session) error {
	settings, err := s.demoSettings()
	if err != nil {
		return err
	}
	if !config.Loopback(settings.Address) && !c.DemoPublic {
		return errors.New("demonstration accounts have a known password: serve them on a loopback address, or give --demo-public")
	}
	clock := demonstration.NewClock(s.now)
	log := slog.New(slog.NewTextHandler(s.errOut, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := c.prepare(s, settings, clock, log)
	if err != nil {
		return err
	}
	defer func() { _ = a.close() }()
	clock.Release()
	if c.NoServe {
		s.accounts("")
		return nil
	}
	return a.serve(s.ctx, true, s.accounts)
}

// demoSettings are the settings with what a demonstration has otherwise: no one-time codes, and no waiting in line.
func (s *session) demoSettings() (config.Config, error) {
	c, err := s.settings()
	c.Accounts.SecondFactor = false
	return c, err
}

// prepare opens the database, and loads the demonstration unless it is there.
func (c *demoCommand) prepare(s *session, settings config.Config, clock *demonstration.Clock, log *slog.Logger) (*app, error) {
	a, err := c.opened(s, settings, clock, log)
	if err != nil {
		return nil, err
	}
	ctx := access.With(s.ctx, access.Operator(machineUser()))
	mark, err := demonstration.Marked(ctx, a.gate)
	if err != nil {
		return nil, closing(a, err)
	}
	stage := demonstration.Stage(c.Stage)
	switch {
	case !mark.Demonstration && mark.Used:
		return nil, closing(a, errors.New("this database is in use and holds no demonstration: name another with --database-url"))
	case mark.Demonstration && mark.Whole && mark.Stage == stage && !c.Reset:
		return a, nil
	case mark.Demonstration && mark.Whole && mark.Stage != stage && !c.Reset:
		return nil, closing(a, fmt.Errorf("this database holds the demonstration %q: give --reset to replace it", mark.Stage))
	case mark.Demonstration:
		if err := reset(s.ctx, a, settings); err != nil {
			return nil, err
		}
		if a, err = c.opened(s, settings, clock, log); err != nil {
			return nil, err
		}
	}
	if err := c.load(s.ctx, s, a, clock); err != nil {
		return nil, closing(a, err)
	}
	return a, nil
}

func (c *demoCommand) opened(s *session, settings config.Config, clock *demonstration.Clock, log *slog.Logger) (*app, error) {
	a, err := wireWith(s.ctx, settings, clock.Now, log, db.Normal)
	if err != nil {
		return nil, err
	}
	if err := a.db.Migrate(s.ctx, migrations.FS); err != nil {
		return nil, closing(a, fmt.Errorf("preparing the database: %w", err))
	}
	return a, nil
}

// load fills the database, telling how far it is.
func (c *demoCommand) load(ctx context.Context, s *session, a *app, clock *demonstration.Clock) error {
	stage := demonstration.Stage(c.Stage)
	operator := access.With(ctx, access.Operator(machineUser()))
	if err := demonstration.MarkAs(operator, a.gate, stage, false); err != nil {
		return fmt.Errorf("beginning: %w", err)
	}
	worker, err := a.worker()
	if err != nil {
		return err
	}
	rooms := demonstration.Rooms{
		People: a.people, Funds: a.funds, Library: a.library, Applications: a.applications, Products: a.products, Positions: a.positions, Others: a.others, Eligibility: a.eligibility,
		Interests: a.interests, Assignments: a.assignments, Reviews: a.reviews, Rankings: a.rankings, Allocations: a.allocations, Decisions: a.decisions, Awards: a.awards, Monitoring: a.monitoring,
		Jobs: func(ctx context.Context) error { _, err := worker.Run(ctx); return err },
	}
	bar := newBar(s.errOut, s.now, "Setting up the demonstration")
	if !bar.terminal {
		_, _ = fmt.Fprintln(s.errOut, "Setting up the demonstration (about a minute) …")
	}
	if err := demonstration.New(rooms, clock).Load(ctx, stage, bar.show); err != nil {
		return fmt.Errorf("loading: %w", err)
	}
	if _, err := worker.Run(ctx); err != nil {
		return fmt.Errorf("delivering mail to the demonstration's mailbox: %w", err)
	}
	if err := a.gate.FlushReads(operator); err != nil {
		return fmt.Errorf("keeping the read log: %w", err)
	}
	bar.show(1)
	bar.end()
	_, _ = fmt.Fprintf(s.errOut, "Ready after %s.\n", s.now().Sub(bar.began).Round(time.Second))
	return demonstration.MarkAs(operator, a.gate, stage, true) //nolint:wrapcheck // says what it was doing
}

// reset throws away a database that is marked as a demonstration, and no other.
func reset(ctx context.Context, a *app, settings config.Config) error {
	if a.db.Dialect == db.Postgres {
		err := a.db.Write.WithContext(ctx).Exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public").Error
		return closing(a, err)
	}
	if err := a.close(); err != nil {
		return err
	}
	path := strings.TrimPrefix(settings.DatabaseURL, "sqlite://")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("removing the earlier demonstration: %w", err)
		}
	}
	return nil
}

// accounts prints where the demonstration is and with whom to sign in.
func (s *session) accounts(address string) {
	s.printf("\nThe password of every account is %s\n", demonstration.Password)
	for _, a := range demonstration.Accounts() {
		if strings.HasPrefix(a.Email, "reviewer") && a.Email != "reviewer01@demo.example" && a.Email != "reviewer40@demo.example" {
			continue
		}
		s.printf("  %-26s %s\n", a.Email, a.About)
	}
	if address != "" {
		s.printf("The demonstration is at http://%s\n", address)
	}
}

// bar is a progress bar on a terminal, and nothing in a pipe.
type bar struct {
	out      io.Writer
	terminal bool
	now      func() time.Time
	what     string
	began    time.Time
	shown    int
}

func newBar(out io.Writer, now func() time.Time, what string) *bar {
	b := &bar{out: out, now: now, what: what, began: now(), shown: -1}
	if f, ok := out.(*os.File); ok {
		info, err := f.Stat()
		b.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return b
}

func (b *bar) show(share float64) {
	percent := min(100, int(share*100))
	if !b.terminal || percent == b.shown {
		return
	}
	b.shown = percent
	const width = 40
	full := percent * width / 100
	_, _ = fmt.Fprintf(b.out, "\r%s [%s%s] %3d%%", b.what, strings.Repeat("#", full), strings.Repeat(".", width-full), percent)
}

// end goes on in a new line where a bar was shown.
func (b *bar) end() {
	if b.terminal && b.shown >= 0 {
		_, _ = fmt.Fprintln(b.out)
	}
}
