// Package computation is what is worked out in the background because it takes longer than somebody should wait for a page: rankings and
// scenarios. It owns that something was asked for, how far it is, and that it could not be done. It leaves to the rooms what is computed and
// where the result stands.
//
// A computation is asked for in a transaction together with its job, so that it is neither lost nor begun twice: a process that dies leaves
// the job, and another one begins anew.
package computation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/jobs"
	"adoptionfund/internal/work"
)

// Kind says what is computed.
type Kind string

// The kinds.
const (
	Ranking  Kind = "ranking"
	Scenario Kind = "scenario"
)

// State is where a computation stands.
type State string

// The states.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Computation is something that is computed in the background.
type Computation struct {
	ID      ident.Computation
	CallID  ident.Call
	Kind    Kind
	Name    string // as people read it
	Asked   string // what was asked for, as its room writes it
	State   State
	Share   int    // how much of it is done, in percent
	Step    string // what is being done, or why it could not be
	Result  string // the id of what came out
	AskedBy ident.Person
	AskedAt time.Time
	BeganAt *time.Time
	EndedAt *time.Time
}

// Open reports whether it is still to be done.
func (c *Computation) Open() bool { return c.State == Waiting || c.State == Running }

// mostOpen is how many computations of a kind may wait in a call.
const mostOpen = 10

// Ask keeps a computation for a call with the job that does it. The action is what it is an exercise of: permission for it must have been
// asked; it is recorded as the call's event and names the job.
func Ask(tx *work.Tx, call *fund.Call, act access.Action, c Computation) (ident.Computation, error) {
	open, err := openIn(tx, call.ID, c.Kind)
	if err != nil {
		return "", err
	}
	if c.Kind == Ranking && len(open) > 0 {
		return open[0].ID, nil // it computes what stands when it begins: a second one would be the same
	}
	if len(open) >= mostOpen {
		return "", fault.New(fault.Conflict, "%d computations of this call are waiting already. Ask again when some are done", len(open))
	}
	c.ID, c.CallID, c.State, c.AskedBy, c.AskedAt = ident.New[ident.Computation](), call.ID, Waiting, tx.By.ID, tx.Now
	if err := work.Add(tx, &c); err != nil {
		return "", err
	}
	tx.Record(audit.Event{Verb: string(act), Kind: "computation", Subject: string(c.ID), Round: call.RoundID, Call: call.ID, Facts: map[string]any{"kind": c.Kind}})
	return c.ID, tx.Enqueue(string(act), string(c.ID), string(c.ID), tx.Now)
}

// ByID reads a computation.
func ByID(tx *work.Tx, id ident.Computation) (*Computation, error) {
	return work.One[Computation](tx.DB().Where("id = ?", id), "computation")
}

func openIn(tx *work.Tx, call ident.Call, kind Kind) ([]Computation, error) {
	return work.Many[Computation](tx.DB().Where("call_id = ? AND kind = ? AND state IN ?", call, kind, []State{Waiting, Running}).Order("asked_at, id"), "computations")
}

// Shown gives the computations of a kind in a call that are still to be done or could not be done since a moment, the newest first.
func Shown(tx *work.Tx, call ident.Call, kind Kind, since time.Time) ([]Computation, error) {
	rows, err := work.Many[Computation](tx.DB().Where("call_id = ? AND kind = ?", call, kind).Order("asked_at DESC, id DESC").Limit(2*mostOpen), "computations")
	return slices.DeleteFunc(rows, func(c Computation) bool {
		return c.State == Done || c.State == Failed && c.EndedAt.Before(since)
	}), err
}

// Run does a computation as a job: do is told what was asked, computes and keeps the result, and gives its id. An error of do
// ends it, with its words if it is a fault that a person can act on; where the program stops meanwhile, another one begins it anew.
func Run(ctx context.Context, gate *work.Gate, id ident.Computation, do func(ctx context.Context, c *Computation, step Step) (string, error)) error {
	var c *Computation
	err := gate.Keep(ctx, func(tx *work.Tx) error {
		var err error
		if c, err = ByID(tx, id); err != nil || !c.Open() {
			return err
		}
		now := tx.Now
		c.State, c.BeganAt, c.Share, c.Step = Running, &now, 0, ""
		return c.save(tx)
	})
	if err != nil {
		return jobs.Permanent{Err: err}
	}
	if !c.Open() {
		return nil
	}
	result, err := do(ctx, c, func(share int, words string) { _ = c.told(ctx, gate, share, words) })
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("computing %s: %w", c.Name, err) // the program stops: another one goes on
	}
	keeping := gate.Keep(ctx, func(tx *work.Tx) error {
		now := tx.Now
		c.State, c.Share, c.Step, c.Result, c.EndedAt = Done, 100, "", result, &now
		if err != nil {
			c.State, c.Share, c.Step = Failed, 0, words(err)
		}
		return c.save(tx)
	})
	if err != nil && fault.Is(err, fault.Internal) {
		return jobs.Permanent{Err: fmt.Errorf("computing %s: %w", c.Name, err)} // the same would come of it again
	}
	return keeping //nolint:wrapcheck // says what it was doing
}

// words says why a computation could not be done.
func words(err error) string {
	f, ok := fault.Of(err)
	if !ok || f.Kind == fault.Internal {
		return "It could not be computed, by a mistake of ours. What happened is in the log of the service"
	}
	text := []rune(f.Words)
	return string(text[:min(len(text), 1000)])
}

// Step tells those who wait how much is done, in percent, and what is being done.
type Step func(share int, words string)

func (c *Computation) told(ctx context.Context, gate *work.Gate, share int, words string) error {
	c.Share, c.Step = min(max(share, 0), 99), words
	return gate.Keep(ctx, c.save) //nolint:wrapcheck // says what it was doing
}

func (c *Computation) save(tx *work.Tx) error {
	if err := tx.DB().Model(c).Where("id = ?", c.ID).Select("*").Updates(c).Error; err != nil {
		return fmt.Errorf("keeping how far a computation is: %w", err)
	}
	return nil
}
