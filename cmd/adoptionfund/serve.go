package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/config"
	"adoptionfund/internal/jobs"
	"adoptionfund/internal/site"
	"adoptionfund/migrations"
)

type serveCommand struct {
	Migrate    bool `help:"Bring the schema up to date first."`
	DemoPublic bool `help:"Serve demonstration accounts on an address that is not loopback." name:"demo-public"`
}

// Run serves until it is told to stop, then finishes the requests that it has.
func (c *serveCommand) Run(s *session) error {
	if c.Migrate {
		if err := s.migrate(); err != nil {
			return err
		}
	}
	log := slog.New(slog.NewJSONHandler(s.errOut, nil))
	a, err := s.open(s.ctx, log)
	if err != nil {
		return err
	}
	defer func() { _ = a.close() }()
	demo, err := a.isDemonstration(s.ctx)
	if err != nil {
		return err
	}
	if demo && !config.Loopback(a.config.Address) && !c.DemoPublic {
		return errors.New("this database holds demonstration accounts with a known password: serve it on a loopback address, or give --demo-public")
	}
	return a.serve(s.ctx, demo, func(address string) { log.Info("serving", "address", address) })
}

// serve listens, runs the clock and the worker, and drains when ctx ends. ready is told the address once requests are taken.
func (a *app) serve(ctx context.Context, demo bool, ready func(address string)) error {
	handler, err := a.site(demo) //nolint:contextcheck // each request brings its own
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.config.Address)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", a.config.Address, err)
	}
	worker, err := a.worker()
	if err != nil {
		return err
	}
	for _, next := range []func(time.Duration) error{a.nextSweep, a.nextSearch, a.nextCheck, a.nextReminders} {
		if err := next(0); err != nil {
			return err
		}
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	background := a.behind(work, worker)
	if a.config.MetricsAddress != "" {
		if err := a.serveMetrics(ctx, handler); err != nil {
			return err
		}
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 5 * time.Minute, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	ready(listener.Addr().String())
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	err = server.Shutdown(draining)
	stop()
	background.Wait()
	if flushing := a.gate.FlushReads(draining); err == nil {
		err = flushing
	}
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("stopping: %w", err)
	}
	return nil
}

func (a *app) serveMetrics(ctx context.Context, s *site.Site) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.config.MetricsAddress)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", a.config.MetricsAddress, err)
	}
	server := &http.Server{Handler: s.Metrics(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	go func() { <-ctx.Done(); _ = server.Close() }()
	return nil
}

// background is the clock and the worker: it does what is due, every few seconds, until ctx ends.
func (a *app) background(ctx context.Context, run func(context.Context) (int, error)) {
	ticker := time.NewTicker(a.config.Clock.Every)
	defer ticker.Stop()
	for {
		if err := a.tick(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "the clock", "error", err)
		}
		if _, err := run(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "the outbox", "error", err)
		}
		if err := a.gate.FlushReads(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "the read log", "error", err)
		}
		if err := a.people.RemoveExpired(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "expired sessions", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// behind starts the clock and the workers. What it gives waits until they have ended with ctx.
func (a *app) behind(ctx context.Context, worker *jobs.Worker) *sync.WaitGroup {
	long := *worker
	long.Only, worker.Except = longJobs(), longJobs()
	var all sync.WaitGroup
	all.Go(func() { a.background(ctx, worker.Run) })
	all.Go(func() { a.computing(ctx, long.Run) })
	return &all
}

// longJobs are the kinds of jobs that compute for long: they have a worker of their own, so that no mail waits for them.
func longJobs() []string {
	return []string{string(access.RunCalibration), string(access.RunAllocation)}
}

// computing does what somebody waits for at their page: it looks every second.
func (a *app) computing(ctx context.Context, run func(context.Context) (int, error)) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		if _, err := run(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "computing", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Bring the schema up to date. Example: adoptionfund migrate up"`
	Status migrateStatus `cmd:"" help:"Say how the schema stands. Example: adoptionfund migrate status --json"`
}

type migrateUp struct{}

// Run migrates.
func (migrateUp) Run(s *session) error {
	if err := s.migrate(); err != nil {
		return err
	}
	return (&migrateStatus{}).Run(s)
}

type migrateStatus struct {
	JSON bool `help:"Print JSON." name:"json"`
}

// Run says which schema the database has and which the program needs; it fails where they differ.
func (c *migrateStatus) Run(s *session) error {
	d, err := s.database()
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	schema, err := d.Schema(s.ctx, migrations.FS)
	if err != nil {
		return fmt.Errorf("asking the schema: %w", err)
	}
	if c.JSON {
		if err := s.json(schema); err != nil {
			return err
		}
	} else {
		s.printf("schema %d, this program needs %d\n", schema.Have, schema.Need)
	}
	if err := schema.Ready(); err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	return nil
}
