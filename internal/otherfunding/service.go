package otherfunding

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/matching"
	"adoptionfund/internal/sheet"
	"adoptionfund/internal/work"
)

// Service is the use cases of imports, searches and conclusions.
type Service struct {
	gate         *work.Gate
	applications *application.Service
}

// NewService makes the service.
func NewService(gate *work.Gate, applications *application.Service) *Service {
	return &Service{gate, applications}
}

// File is a list to be imported.
type File struct {
	Source   Source
	List     string // its name: a list of the same name and source that stands is replaced
	Content  io.ReadSeeker
	Progress func(share float64) // told how far it is, 0 to 1; may be nil
}

// batch is how many records are kept in one transaction, so that others who write wait for no more than that.
const batch = 1000

// Import reads a list: all of it or, if a row is wrong, none, and the fault names the rows. Its records are staged in batches and count
// from the moment at which the last change makes the import standing. The same file again changes nothing: again is true.
func (s *Service) Import(ctx context.Context, f File) (imported Import, again bool, err error) {
	size, digest, err := measure(f.Content)
	if err != nil {
		return Import{}, false, err
	}
	run := &importing{s: s, ctx: ctx, words: map[string]int64{}, progress: f.Progress, size: size}
	if again, err = run.begin(f, digest); err != nil || again {
		return run.row, again, err
	}
	if err := run.read(f); err != nil {
		return Import{}, false, errors.Join(err, run.fail())
	}
	return run.row, false, run.finish()
}

// measure gives the size and the digest of a file, and goes back to its beginning.
func measure(file io.ReadSeeker) (int64, string, error) {
	hash := sha256.New()
	size, err := io.Copy(hash, file)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return 0, "", fmt.Errorf("reading the list: %w", err)
	}
	return size, hex.EncodeToString(hash.Sum(nil)), nil
}

// importing is an import under way.
type importing struct {
	s        *Service
	ctx      context.Context //nolint:containedctx // an import is as long as its call
	row      Import
	event    audit.Event
	at       time.Time
	records  []Record
	words    map[string]int64
	done     int64 // bytes read
	size     int64
	progress func(float64)
}

// counted is a file of which is known how much was read.
type counted struct {
	file io.Reader
	run  *importing
}

// Read reads on.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	c.run.done += int64(n)
	return n, err //nolint:wrapcheck // the end is told as it is
}

func (run *importing) begin(f File, digest string) (again bool, err error) {
	f.List = strings.TrimSpace(f.List)
	if f.Source != Programme && f.Source != Grant {
		return false, fault.New(fault.Invalid, "Lists of %s are not imported", f.Source.Plural())
	}
	if f.List == "" || len(f.List) > 200 {
		return false, fault.Fields(fault.Problems{"list": "Enter a name for the list of 200 characters or fewer"}) //nolint:wrapcheck // a fault for the person
	}
	err = run.s.gate.Write(run.ctx, func(tx *work.Tx) error {
		if err := tx.Require(f.Source.action(), access.Scope{}); err != nil {
			return err
		}
		same, err := standingWith(tx, f.Source, digest)
		if err != nil {
			return err
		}
		if same != nil {
			run.row, again = *same, true
			return nil
		}
		number, err := lastNumber(tx)
		if err != nil {
			return err
		}
		run.row = Import{
			ID: ident.New[string](), Number: number + 1, Source: f.Source, List: f.List, Digest: digest, State: Staging, ImportedBy: tx.By.Name, ImportedAt: tx.Now, TouchedAt: tx.Now,
		}
		run.at = tx.Now
		run.event = audit.Event{Verb: string(f.Source.action()) + ".begin", Kind: "import", Subject: run.row.ID, Facts: map[string]any{"list": f.List, "digest": digest}}
		tx.Record(run.event)
		return work.Add(tx, &run.row)
	})
	return again, err
}

func (run *importing) read(f File) error {
	var problems sheet.Problems
	open := readProgrammes
	if f.Source == Grant {
		open = readGrants
	}
	r, err := open(counted{f.Content, run}, &problems)
	if err != nil {
		return err
	}
	if err := run.all(r, &problems); err != nil {
		return err
	}
	if err := problems.Err(); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	if run.row.Records == 0 {
		return fault.New(fault.Invalid, "The list has no rows")
	}
	if err := run.flush(true); err != nil {
		return err
	}
	return run.twice(&problems)
}

// all stages the records of a list, while nothing is wrong with it.
func (run *importing) all(r reader, problems *sheet.Problems) error {
	for {
		if err := run.ctx.Err(); err != nil {
			return fmt.Errorf("importing was stopped: %w", err)
		}
		record, err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && !problems.Any() {
			err = run.keep(record)
		}
		if err != nil {
			return err
		}
	}
}

// keep stages a record.
func (run *importing) keep(r *Record) error {
	r.tidy()
	run.row.Records++
	r.Number, r.List, r.ID = run.row.Number, run.row.List, run.row.Number*spread+run.row.Records
	run.records = append(run.records, *r)
	if len(run.records) < batch {
		return nil
	}
	return run.flush(false)
}

// manyWords is how many words are counted before they are added to those in the database, so that memory stays flat.
const manyWords = 100_000

// flush keeps what was gathered.
func (run *importing) flush(last bool) error {
	tokens := make([][]string, len(run.records))
	for i := range run.records {
		tokens[i] = matching.Tokens(run.records[i].described(organisations{}))
		for _, t := range tokens[i] {
			run.words[t]++
		}
	}
	err := run.write(func(tx *work.Tx) error {
		if err := addRecords(tx, run.records, tokens); err != nil {
			return err
		}
		if last || len(run.words) > manyWords {
			if err := countWords(tx, run.row.Number, run.words); err != nil {
				return err
			}
		}
		return touch(tx, run.row.ID)
	})
	if last || len(run.words) > manyWords {
		clear(run.words)
	}
	run.records = run.records[:0]
	if run.progress != nil && run.size > 0 {
		run.progress(float64(run.done) / float64(run.size))
	}
	return err
}

// write is a change that belongs to the import that has begun.
func (run *importing) write(fn func(*work.Tx) error) error {
	return run.s.gate.Write(run.ctx, func(tx *work.Tx) error {
		if err := tx.Require(run.row.Source.action(), access.Scope{}); err != nil {
			return err
		}
		tx.GoesOn(run.event, run.at)
		return fn(tx)
	})
}

// twice finds what stands in the list more than once.
func (run *importing) twice(problems *sheet.Problems) error {
	err := run.s.gate.Read(run.ctx, func(tx *work.Tx) error {
		again, err := repeated(tx, run.row.Number)
		for _, r := range again {
			problems.Add(int(r.Line), "stands in row %d already (%s)", r.First, strings.TrimPrefix(r.Identity, string(run.row.Source)+":"))
		}
		return err
	})
	if err != nil {
		return err
	}
	return problems.Err() //nolint:wrapcheck // a fault for the person
}

// finish makes the import standing, in the place of one with its name.
func (run *importing) finish() error {
	return run.s.gate.Write(run.ctx, func(tx *work.Tx) error {
		if err := tx.Require(run.row.Source.action(), access.Scope{}); err != nil {
			return err
		}
		run.row.State, run.row.TouchedAt = Standing, tx.Now
		if err := stand(tx, run.row); err != nil {
			return err
		}
		tx.Record(audit.Event{
			Verb: string(run.row.Source.action()), Kind: "import", Subject: run.row.ID,
			Facts: map[string]any{"list": run.row.List, "digest": run.row.Digest, "records": run.row.Records},
		})
		kind := string(access.MatchOtherFunding)
		return tx.Enqueue(kind, kind+":"+run.row.ID, afterImport+":"+run.row.ID+":", tx.Now)
	})
}

// fail takes back what was staged. It goes on where the caller has given up.
func (run *importing) fail() error {
	run.ctx = context.WithoutCancel(run.ctx)
	err := run.write(func(tx *work.Tx) error { return setState(tx, run.row.ID, Failed) })
	if err != nil {
		return err
	}
	return run.s.sweep(run.row, run.write)
}

// Imports gives the lists that were imported, the newest first.
func (s *Service) Imports(ctx context.Context) ([]Import, error) {
	var list []Import
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ListImports, access.Scope{}); err != nil {
			return err
		}
		var err error
		list, err = imports(tx)
		return err
	})
	return list, err
}

// abandoned is how long nothing is heard of an import whose program has died.
const abandoned = 15 * time.Minute

// Sweep removes the rows of imports that failed, were replaced, or were left by a program that died. It is safe to run twice.
func (s *Service) Sweep(ctx context.Context) error {
	for {
		var next *Import
		err := s.gate.Read(ctx, func(tx *work.Tx) error {
			var err error
			next, err = toSweep(tx, tx.Now.Add(-abandoned))
			return err
		})
		if err == nil && next != nil {
			err = s.sweepOne(ctx, *next)
		}
		if err != nil || next == nil {
			return err
		}
	}
}

func (s *Service) sweepOne(ctx context.Context, i Import) error {
	event := audit.Event{Verb: "other_funding.sweep", Kind: "import", Subject: i.ID, Facts: map[string]any{"list": i.List}}
	var at time.Time
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		at = tx.Now
		tx.Record(event)
		if err := tx.Require(access.MatchOtherFunding, access.Scope{}); err != nil || i.State != Staging {
			return err
		}
		return setState(tx, i.ID, Failed)
	})
	if err != nil {
		return err
	}
	return s.sweep(i, func(fn func(*work.Tx) error) error {
		return s.gate.Write(ctx, func(tx *work.Tx) error {
			tx.GoesOn(event, at)
			if err := tx.Require(access.MatchOtherFunding, access.Scope{}); err != nil {
				return err
			}
			return fn(tx)
		})
	})
}

// sweep removes the records of an import, a batch in each transaction.
func (s *Service) sweep(i Import, write func(func(*work.Tx) error) error) error {
	for from := i.Number * spread; ; {
		more := false
		err := write(func(tx *work.Tx) error {
			var err error
			from, more, err = removeRecords(tx, i.Number, from, 5*batch)
			if err != nil || more {
				return err
			}
			return errors.Join(removeWords(tx, i.Number), setState(tx, i.ID, Swept))
		})
		if err != nil || !more {
			return err
		}
	}
}
