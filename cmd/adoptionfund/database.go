package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"text/tabwriter"

	"adoptionfund/internal/access"
	"adoptionfund/internal/db"
	"adoptionfund/migrations"
)

// database opens the database alone, whatever its schema.
func (s *session) database() (*db.DB, error) {
	c, err := s.settings()
	if err != nil {
		return nil, err
	}
	d, err := db.Open(s.ctx, c.DatabaseURL, db.Full)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return d, nil
}

func (s *session) migrate() error {
	d, err := s.database()
	if err != nil {
		return err
	}
	err = d.Migrate(s.ctx, migrations.FS)
	if closing := d.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("bringing the schema up to date: %w", err)
	}
	return nil
}

// with runs a command on the wired program, as the operator or as the person with an address.
func (s *session) with(as string, fn func(ctx context.Context, a *app) error) error {
	a, err := s.open(s.ctx, slog.New(slog.NewTextHandler(s.errOut, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer func() { _ = a.close() }()
	who := access.Operator(machineUser())
	if as != "" {
		if who, err = a.people.As(s.ctx, as); err != nil {
			return fmt.Errorf("acting as %s: %w", as, err)
		}
	}
	ctx := access.With(s.ctx, who)
	if err := fn(ctx, a); err != nil {
		return err
	}
	if err := a.gate.FlushReads(ctx); err != nil {
		return fmt.Errorf("keeping the read log: %w", err)
	}
	return nil
}

func (s *session) json(v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	s.printf("%s\n", text)
	return nil
}

// table prints rows in columns.
func (s *session) table(head []string, rows [][]string) error {
	w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
	for _, row := range append([][]string{head}, rows...) {
		for i, cell := range row {
			if i > 0 {
				_, _ = fmt.Fprint(w, "\t")
			}
			_, _ = fmt.Fprint(w, cell)
		}
		_, _ = fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("printing a table: %w", err)
	}
	return nil
}

// output writes to a file, complete or not at all, or to standard output if path is empty.
func (s *session) output(path string, write func(io.Writer) error) error {
	if path == "" {
		return write(s.out)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".export-*")
	if err != nil {
		return fmt.Errorf("making %s: %w", path, err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	err = write(tmp)
	if closing := tmp.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
