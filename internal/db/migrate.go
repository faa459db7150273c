package db

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Schema is the version of the schema in the database and the version that this program needs.
type Schema struct {
	Have int64 `json:"have"`
	Need int64 `json:"need"`
}

// Ready returns nil if the program can work on the schema, else an error that says which is older.
func (s Schema) Ready() error {
	switch {
	case s.Have < s.Need:
		return fmt.Errorf("the database has schema %d and this program needs %d: run `adoptionfund migrate up`", s.Have, s.Need)
	case s.Have > s.Need:
		return fmt.Errorf("the database has schema %d, newer than this program's %d: use the newer program", s.Have, s.Need)
	default:
		return nil
	}
}

// Migrate brings the schema up to date. Several processes may do so at once on PostgreSQL: one works, the others wait.
func (d *DB) Migrate(ctx context.Context, files fs.FS) error {
	p, err := d.provider(files)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrating the schema: %w", err)
	}
	return nil
}

// Schema reads the version of the schema.
func (d *DB) Schema(ctx context.Context, files fs.FS) (Schema, error) {
	p, err := d.provider(files)
	if err != nil {
		return Schema{}, err
	}
	have, need, err := p.GetVersions(ctx)
	if err != nil {
		return Schema{}, fmt.Errorf("reading the version of the schema: %w", err)
	}
	return Schema{Have: have, Need: need}, nil
}

func (d *DB) provider(files fs.FS) (*goose.Provider, error) {
	pool, err := d.pool()
	if err != nil {
		return nil, err
	}
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{}
	if d.Dialect == Postgres {
		dialect = goose.DialectPostgres
		// A minute of waiting for another process, instead of five seconds.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return nil, fmt.Errorf("preparing the migration lock: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(dialect, pool, rendered{files, d.Dialect}, options...)
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return p, nil
}

// tokens are the types that the two databases call by different names.
func tokens(d Dialect) *strings.Replacer {
	if d == Postgres {
		return strings.NewReplacer("{{uuid}}", "uuid", "{{ts}}", "timestamptz", "{{json}}", "jsonb", "{{blob}}", "bytea",
			"{{bool}}", "boolean", "{{true}}", "true", "{{false}}", "false", "{{bigint}}", "bigint", "{{float}}", "double precision")
	}
	return strings.NewReplacer("{{uuid}}", "text", "{{ts}}", "datetime", "{{json}}", "text", "{{blob}}", "blob",
		"{{bool}}", "boolean", "{{true}}", "1", "{{false}}", "0", "{{bigint}}", "integer", "{{float}}", "real")
}

// rendered is the migrations with the tokens replaced, without the files that are for the other dialect alone.
type rendered struct {
	files   fs.FS
	dialect Dialect
}

func (r rendered) Open(name string) (fs.File, error) {
	f, err := r.files.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err //nolint:wrapcheck // a file system's error is passed on as fs.FS asks
	}
	data, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	info, err := fs.Stat(r.files, name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return &sqlFile{bytes.NewReader([]byte(tokens(r.dialect).Replace(string(data)))), info}, nil
}

// ReadDir leaves out the files of the other dialect.
func (r rendered) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(r.files, name)
	if err != nil {
		return nil, fmt.Errorf("listing migrations: %w", err)
	}
	other := "_postgres.sql"
	if r.dialect == Postgres {
		other = "_sqlite.sql"
	}
	kept := entries[:0:0]
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".sql") && !strings.HasSuffix(e.Name(), other) {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

type sqlFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f *sqlFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *sqlFile) Close() error               { return nil }
