// Package db opens the database, SQLite or PostgreSQL, and brings its schema up to date.
//
// It owns connections, dialects and migrations. It leaves transactions to work and all queries to the stores of the concepts.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	_ "modernc.org/sqlite" // registers the driver "sqlite", which is pure Go
)

// Dialect is the kind of a database.
type Dialect string

// The dialects.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// DB is an open database. SQLite has one connection that writes and a pool that can only read; PostgreSQL has one pool,
// on which reading is a property of the transaction.
type DB struct {
	Dialect Dialect
	Write   *gorm.DB
	Read    *gorm.DB
}

// Durability is how much an acknowledged write survives.
type Durability string

// The durabilities. They matter to SQLite alone; PostgreSQL's is its own setting.
const (
	Full   Durability = "FULL"   // survives the loss of power
	Normal Durability = "NORMAL" // survives the death of the process
)

// Open connects to the database that address names: sqlite://PATH or postgres://….
func Open(ctx context.Context, address string, d Durability) (*DB, error) {
	if path, ok := strings.CutPrefix(address, "sqlite://"); ok {
		return openSQLite(path, d)
	}
	g, err := gorm.Open(postgres.New(postgres.Config{DSN: address}), settings())
	if err != nil {
		return nil, fmt.Errorf("connecting to PostgreSQL: %w", withoutAddress(err, address))
	}
	pool, err := g.DB()
	if err != nil {
		return nil, fmt.Errorf("connecting to PostgreSQL: %w", err)
	}
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		return nil, fmt.Errorf("connecting to PostgreSQL: %w", withoutAddress(err, address))
	}
	return &DB{Dialect: Postgres, Write: g, Read: g}, nil
}

// withoutAddress keeps the password in the address out of logs and terminals.
func withoutAddress(err error, address string) error {
	u, parseErr := url.Parse(address)
	if parseErr != nil || u.User == nil {
		return err
	}
	if password, ok := u.User.Password(); ok && password != "" && strings.Contains(err.Error(), password) {
		return errors.New(strings.ReplaceAll(err.Error(), password, "••••••"))
	}
	return err
}

func openSQLite(path string, d Durability) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("making the database's folder: %w", err)
	}
	write, err := gorm.Open(sqliteDialector{dsn: sqliteDSN(path, d, "_txlock=immediate")}, settings())
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	read, err := gorm.Open(sqliteDialector{dsn: sqliteDSN(path, d, "_pragma=query_only(1)")}, settings())
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	one, err := write.DB()
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	one.SetMaxOpenConns(1)
	many, err := read.DB()
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	many.SetMaxOpenConns(8)
	many.SetMaxIdleConns(8)
	return &DB{Dialect: SQLite, Write: write, Read: read}, nil
}

// sqliteDSN: times are stored as UTC text in one format, since text of different zones would compare wrongly.
func sqliteDSN(path string, d Durability, more string) string {
	return "file:" + url.PathEscape(path) + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(" + string(d) +
		")&_pragma=foreign_keys(1)&_timezone=UTC&_time_format=sqlite&_texttotime=1&" + more
}

func settings() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true, // the gate opens them
		TranslateError:         true,
		Logger:                 logger.Discard,
		NowFunc:                func() time.Time { return time.Time{} }, // times come from the gate, not from gorm
	}
}

// Close ends all connections.
func (d *DB) Close() error {
	var problems []error
	for _, g := range []*gorm.DB{d.Write, d.Read} {
		pool, err := g.DB()
		if err == nil {
			err = pool.Close()
		}
		problems = append(problems, err)
		if d.Write == d.Read {
			break
		}
	}
	return errors.Join(problems...)
}

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	pool, err := d.pool()
	if err != nil {
		return err
	}
	if err := pool.PingContext(ctx); err != nil {
		return fmt.Errorf("asking the database: %w", err)
	}
	return nil
}

func (d *DB) pool() (*sql.DB, error) {
	pool, err := d.Write.DB()
	if err != nil {
		return nil, fmt.Errorf("asking the database: %w", err)
	}
	return pool, nil
}
