// Package work is the one gate through which data changes: one transaction for each use case, refused unless a principal acts, a
// permission was asked and an event was recorded. It owns transactions, what they carry, and optimistic versions. It leaves to
// the concepts what is done inside.
//
// A method that takes a context opens the gate; a function that takes a *Tx is inside.
package work

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/db"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/notify"
)

// The refusals of the gate. They are mistakes in the program, never of the person.
var (
	ErrNoPermissionAsked = errors.New("work: rows changed but no permission was asked")
	ErrNoEvent           = errors.New("work: rows changed but no event was recorded")
	ErrNested            = errors.New("work: a transaction is already open in this context")
)

// Gate opens transactions.
type Gate struct {
	db       *db.DB
	policy   *access.Policy
	key      audit.Key
	messages *notify.Catalogue
	now      func() time.Time
	reads    *audit.ReadLog
	turn     chan struct{} // whoever writes holds it, where the database has one writer; nil: it has many
}

// New makes a gate. now is the clock.
func New(d *db.DB, policy *access.Policy, key audit.Key, messages *notify.Catalogue, now func() time.Time) (*Gate, error) {
	count := func(g *gorm.DB) {
		if v, ok := g.Get(txKey); ok && g.Error == nil {
			if tx, ok := v.(*Tx); ok {
				tx.count(g)
			}
		}
	}
	cb := d.Write.Callback()
	err := errors.Join(
		cb.Create().After("gorm:create").Replace("work:count", count),
		cb.Update().After("gorm:update").Replace("work:count", count),
		cb.Delete().After("gorm:delete").Replace("work:count", count),
		cb.Raw().After("gorm:raw").Replace("work:count", count),
	)
	if err != nil {
		return nil, fmt.Errorf("preparing the gate: %w", err)
	}
	g := &Gate{db: d, policy: policy, key: key, messages: messages, now: now, reads: audit.NewReadLog(d.Write, key)}
	if d.Dialect == db.SQLite {
		g.turn = make(chan struct{}, 1)
	}
	return g, nil
}

// Policy is the policy that the gate asks.
func (g *Gate) Policy() *access.Policy { return g.policy }

// Now is the moment by the gate's clock: UTC, to the microsecond, as the databases keep it.
func (g *Gate) Now() time.Time { return g.now().UTC().Truncate(time.Microsecond) }

// PublicKey is the installation's public key in base64.
func (g *Gate) PublicKey() string { return g.key.Public() }

// FlushReads writes the waiting part of the read log.
func (g *Gate) FlushReads(ctx context.Context) error {
	if err := g.reads.Flush(ctx, g.Now()); err != nil {
		return fmt.Errorf("flushing the read log: %w", err)
	}
	return nil
}

const txKey = "work:tx"

type insideKey struct{}

type arrivalKey struct{}

// WithArrival returns ctx carrying the moment at which the request arrived. Deadlines compare it.
func WithArrival(ctx context.Context, at time.Time) context.Context {
	return context.WithValue(ctx, arrivalKey{}, at.UTC().Truncate(time.Microsecond))
}

// Write runs fn in one transaction: its changes, its events and its messages are kept together or not at all. fn may run
// again after a deadlock, so it touches nothing but tx.
func (g *Gate) Write(ctx context.Context, fn func(*Tx) error) error {
	return g.write(ctx, sql.LevelDefault, fn)
}

// Serial is Write as if nobody else wrote meanwhile, for work that rests on many rows.
func (g *Gate) Serial(ctx context.Context, fn func(*Tx) error) error {
	if g.db.Dialect == db.SQLite {
		return g.write(ctx, sql.LevelDefault, fn) // one writer: always serial
	}
	return g.write(ctx, sql.LevelSerializable, fn)
}

const tries = 8

func (g *Gate) write(ctx context.Context, level sql.IsolationLevel, fn func(*Tx) error) error {
	if ctx.Value(insideKey{}) != nil {
		return ErrNested
	}
	by, ok := access.From(ctx)
	if !ok {
		return fault.New(fault.SignIn, "Sign in to continue")
	}
	for try := 1; ; try++ {
		tx := g.open(ctx, by)
		err := g.inTurn(ctx, func() error {
			return g.db.Write.WithContext(context.WithValue(ctx, insideKey{}, true)).Transaction(func(db *gorm.DB) error {
				tx.db = db.Set(txKey, tx).Session(&gorm.Session{})
				if err := fn(tx); err != nil {
					return err
				}
				return tx.seal(db)
			}, &sql.TxOptions{Isolation: level})
		})
		if err == nil {
			for _, f := range tx.after {
				f()
			}
			return nil
		}
		if try == tries || !collided(err) {
			return err //nolint:wrapcheck // the use case has said what it was doing
		}
	}
}

// inTurn lets those who write wait for one another in the order in which they came. The pool of database/sql serves those who wait at random:
// in a rush somebody would wait for ever.
func (g *Gate) inTurn(ctx context.Context, write func() error) error {
	if g.turn == nil {
		return write()
	}
	select {
	case g.turn <- struct{}{}:
		defer func() { <-g.turn }()
		return write()
	case <-ctx.Done():
		return fmt.Errorf("waiting to write: %w", ctx.Err())
	}
}

// collided reports whether PostgreSQL ended the transaction because another stood in its way.
func collided(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40001" || e.Code == "40P01")
}

// Keep is Write for bookkeeping alone: what a browser's visit or an upload that is under way leaves behind, how somebody likes a list,
// and what can be worked out again at any time are no events of the fund, and are not recorded. It refuses whatever else is changed.
func (g *Gate) Keep(ctx context.Context, fn func(*Tx) error) error {
	if _, ok := access.From(ctx); !ok {
		ctx = access.With(ctx, access.Principal{})
	}
	return g.write(ctx, sql.LevelDefault, func(tx *Tx) error {
		tx.keeping = true
		return fn(tx)
	})
}

// bookkeeping lists the tables that Keep may change.
func bookkeeping() []string {
	return []string{"sessions", "held_forms", "uploads", "upload_pieces", "rule_runs", "saved_views", "batch_results", "computations"}
}

// Read runs fn in a transaction that sees one moment and cannot write. Nobody needs to have signed in; what a person may see
// is asked with May and Require as in a write.
func (g *Gate) Read(ctx context.Context, fn func(*Tx) error) error {
	if ctx.Value(insideKey{}) != nil {
		return ErrNested
	}
	by, _ := access.From(ctx)
	tx := g.open(ctx, by)
	var options sql.TxOptions
	if g.db.Dialect == db.Postgres {
		options = sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	err := g.db.Read.WithContext(context.WithValue(ctx, insideKey{}, true)).Transaction(func(db *gorm.DB) error {
		tx.db = db.Session(&gorm.Session{})
		return fn(tx)
	}, &options)
	if err != nil {
		return err //nolint:wrapcheck // the use case has said what it was doing
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

func (g *Gate) open(ctx context.Context, by access.Principal) *Tx {
	tx := &Tx{By: by, Now: g.Now(), ctx: ctx, gate: g}
	tx.Arrival = tx.Now
	if at, ok := ctx.Value(arrivalKey{}).(time.Time); ok {
		tx.Arrival = at
	}
	return tx
}
