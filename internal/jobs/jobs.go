// Package jobs is work that is done after the change that asked for it: written in the same transaction, claimed by one worker
// at a time, repeated with back-off until it is done or given up. It leaves what a job does to the handler of its kind.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"adoptionfund/internal/ident"
)

// ID identifies a job.
type ID string

// Job is work that waits, is done, or was given up.
type Job struct {
	ID         ID
	Kind       string
	Dedupe     string // one job for each event: a second one with the same key is not kept
	Payload    string
	RunAt      time.Time
	Attempts   int
	LeaseUntil *time.Time
	DoneAt     *time.Time
	FailedAt   *time.Time
	LastError  string
}

// Add keeps a job unless one with its dedupe key is there already.
func Add(tx *gorm.DB, kind, dedupe, payload string, at time.Time) error {
	j := Job{ID: ident.New[ID](), Kind: kind, Dedupe: dedupe, Payload: payload, RunAt: at}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&j).Error; err != nil {
		return fmt.Errorf("adding a job of kind %s: %w", kind, err)
	}
	return nil
}

// Handler does the work of one kind. An error that is Permanent is not tried again.
type Handler func(ctx context.Context, payload string) error

// Permanent marks an error that trying again cannot mend.
type Permanent struct{ Err error }

// Error gives the words of the error.
func (p Permanent) Error() string { return p.Err.Error() }

// Unwrap gives the error.
func (p Permanent) Unwrap() error { return p.Err }

// Worker claims jobs and runs them.
type Worker struct {
	DB       *gorm.DB
	Handlers map[string]Handler
	Now      func() time.Time
	Log      *slog.Logger
	Only     []string // the kinds of long jobs that it does, one at a time, holding on to each; empty: all kinds but Except
	Except   []string // kinds that another worker does
}

const (
	lease    = 2 * time.Minute
	attempts = 10
	batch    = 20

	// A long job is claimed for a moment, again and again while it runs, so that one whose process died is soon begun anew.
	shortLease = 30 * time.Second
	renewal    = 8 * time.Second
)

// Run does what is due, a batch at a time, until nothing is left or ctx ends. It says how many jobs it ran.
func (w *Worker) Run(ctx context.Context) (int, error) {
	done := 0
	for ctx.Err() == nil {
		claimed, err := w.claim(ctx)
		if err != nil || len(claimed) == 0 {
			return done, err
		}
		for _, j := range claimed {
			if err := w.do(ctx, j); err != nil {
				return done, err
			}
			done++
		}
	}
	return done, nil
}

// claim takes due jobs for the length of a lease. A worker that dies leaves them to be claimed again after it.
func (w *Worker) claim(ctx context.Context) ([]Job, error) {
	now := w.Now()
	size, until := batch, now.Add(lease)
	kinds := func(q *gorm.DB) *gorm.DB { return q }
	switch {
	case len(w.Only) > 0:
		size, until = 1, now.Add(shortLease)
		kinds = func(q *gorm.DB) *gorm.DB { return q.Where("kind IN ?", w.Only) }
	case len(w.Except) > 0:
		kinds = func(q *gorm.DB) *gorm.DB { return q.Where("kind NOT IN ?", w.Except) }
	}
	var due []Job
	err := w.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		q := kinds(tx).Where("done_at IS NULL AND failed_at IS NULL AND run_at <= ? AND (lease_until IS NULL OR lease_until < ?)", now, now).
			Order("run_at, id").Limit(size).Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"})
		if err := q.Find(&due).Error; err != nil || len(due) == 0 {
			return err
		}
		ids := make([]ID, len(due))
		for i, j := range due {
			ids[i] = j.ID
		}
		return tx.Model(&Job{}).Where("id IN ?", ids).Update("lease_until", until).Error
	})
	if err != nil {
		return nil, fmt.Errorf("claiming jobs: %w", err)
	}
	return due, nil
}

func (w *Worker) do(ctx context.Context, j Job) error {
	handle, ok := w.Handlers[j.Kind]
	err := error(Permanent{fmt.Errorf("no handler for jobs of kind %s", j.Kind)})
	if ok {
		err = w.holding(ctx, j, handle)
	}
	changes := map[string]any{"attempts": j.Attempts + 1, "lease_until": nil, "last_error": ""}
	now := w.Now()
	_, permanent := errors.AsType[Permanent](err)
	switch {
	case err == nil:
		changes["done_at"] = now
	case permanent || j.Attempts+1 >= attempts:
		changes["failed_at"], changes["last_error"] = now, short(err)
		w.Log.ErrorContext(ctx, "a job was given up", "job", j.ID, "kind", j.Kind, "error", err)
	default:
		changes["run_at"], changes["last_error"] = now.Add(backoff(j.Attempts)), short(err)
		w.Log.WarnContext(ctx, "a job will be tried again", "job", j.ID, "kind", j.Kind, "error", err)
	}
	if err := w.DB.WithContext(ctx).Model(&Job{}).Where("id = ?", j.ID).Updates(changes).Error; err != nil {
		return fmt.Errorf("ending job %s: %w", j.ID, err)
	}
	return nil
}

// holding runs a job. A long one is claimed again and again while it runs.
func (w *Worker) holding(ctx context.Context, j Job, handle Handler) error {
	if len(w.Only) == 0 {
		return handle(ctx, j.Payload)
	}
	ended, renewing := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(renewing)
		ticker := time.NewTicker(renewal)
		defer ticker.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ctx.Done():
				return
			case <-ticker.C:
				if err := w.DB.WithContext(ctx).Model(&Job{}).Where("id = ?", j.ID).Update("lease_until", w.Now().Add(shortLease)).Error; err != nil {
					w.Log.WarnContext(ctx, "a job could not be held", "job", j.ID, "kind", j.Kind, "error", err)
				}
			}
		}
	}()
	err := handle(ctx, j.Payload)
	close(ended)
	<-renewing
	return err
}

// backoff doubles from half a minute to six hours.
func backoff(attempt int) time.Duration {
	return min(30*time.Second<<min(attempt, 20), 6*time.Hour)
}

func short(err error) string {
	text := []rune(err.Error())
	return string(text[:min(len(text), 900)])
}
