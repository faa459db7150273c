package work_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/db"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// organisation is a row that the tests change.
type organisation struct {
	ODSCode                                                            string `gorm:"column:ods_code;primaryKey"`
	Name, SearchName, Kind, Region, ICS, ValidFrom, ValidTo, Successor string
}

func row(code string) *organisation {
	return &organisation{ODSCode: code, Name: "Invented Trust", Kind: "trust"}
}

func asOperator(t *testing.T) context.Context {
	t.Helper()
	return access.With(t.Context(), access.Operator("tester"))
}

func edit(tx *work.Tx) error { return tx.Require(access.EditOrganisation, access.Scope{}) }

func event() audit.Event {
	return audit.Event{Verb: "organisation.edit", Kind: "organisation", Subject: "X1"}
}

func count(t *testing.T, g *work.Gate, table string) int64 {
	t.Helper()
	var n int64
	if err := g.Read(asOperator(t), func(tx *work.Tx) error { return tx.DB().Table(table).Count(&n).Error }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTheGateRefusesWhatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	g, _, _ := testkit.Gate(t)
	cases := map[string]struct {
		ctx  context.Context
		fn   func(*work.Tx) error
		want func(error) bool
	}{
		"no principal": {t.Context(), func(tx *work.Tx) error { return work.Add(tx, row("X1")) }, func(err error) bool { return fault.Is(err, fault.SignIn) }},
		"no permission asked": {asOperator(t), func(tx *work.Tx) error {
			tx.Record(event())
			return work.Add(tx, row("X1"))
		}, func(err error) bool { return errors.Is(err, work.ErrNoPermissionAsked) }},
		"no event": {asOperator(t), func(tx *work.Tx) error {
			return errors.Join(edit(tx), work.Add(tx, row("X1")))
		}, func(err error) bool { return errors.Is(err, work.ErrNoEvent) }},
		"raw SQL without an event": {asOperator(t), func(tx *work.Tx) error {
			return errors.Join(edit(tx), tx.DB().Exec("INSERT INTO organisations VALUES ('X1','x','x','x','','','','','')").Error)
		}, func(err error) bool { return errors.Is(err, work.ErrNoEvent) }},
		"permission denied": {access.With(t.Context(), access.Principal{ID: ident.New[ident.Person](), Kind: access.Person}), func(tx *work.Tx) error {
			return edit(tx)
		}, func(err error) bool { return fault.Is(err, fault.Forbidden) }},
		"an error of the use case": {asOperator(t), func(tx *work.Tx) error {
			tx.Record(event())
			return errors.Join(edit(tx), work.Add(tx, row("X1")), fault.New(fault.Invalid, "no"))
		}, func(err error) bool { return fault.Is(err, fault.Invalid) }},
	}
	for name, c := range cases {
		if err := g.Write(c.ctx, c.fn); !c.want(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, table := range []string{"organisations", "audit_events"} {
		if n := count(t, g, table); n != 0 {
			t.Errorf("%d rows of %s were kept", n, table)
		}
	}
}

func TestAChangeIsKeptWithItsEvent(t *testing.T) {
	t.Parallel()
	g, _, _ := testkit.Gate(t)
	after := false
	err := g.Write(asOperator(t), func(tx *work.Tx) error {
		tx.Record(event())
		tx.After(func() { after = true })
		return errors.Join(edit(tx), work.Add(tx, row("X1")))
	})
	if err != nil || !after {
		t.Fatal(err, after)
	}
	if count(t, g, "organisations") != 1 || count(t, g, "audit_events") != 1 {
		t.Error("not kept")
	}
	err = g.Write(asOperator(t), func(tx *work.Tx) error {
		tx.Record(event())
		return errors.Join(edit(tx), work.Add(tx, row("X1")))
	})
	if !fault.Is(err, fault.Conflict) {
		t.Error("a second row with the same key:", err)
	}
}

func TestTransactionsDoNotNest(t *testing.T) {
	t.Parallel()
	g, _, _ := testkit.Gate(t)
	err := g.Write(asOperator(t), func(tx *work.Tx) error {
		return g.Write(tx.DB().Statement.Context, func(*work.Tx) error { return nil })
	})
	if !errors.Is(err, work.ErrNested) {
		t.Error(err)
	}
	err = g.Read(asOperator(t), func(tx *work.Tx) error {
		return g.Read(tx.DB().Statement.Context, func(*work.Tx) error { return nil })
	})
	if !errors.Is(err, work.ErrNested) {
		t.Error(err)
	}
}

func TestAReadCannotWrite(t *testing.T) {
	t.Parallel()
	g, _, _ := testkit.Gate(t)
	err := g.Read(asOperator(t), func(tx *work.Tx) error {
		return tx.DB().Create(row("X1")).Error
	})
	if err == nil || count(t, g, "organisations") != 0 {
		t.Error("a read wrote", err)
	}
}

func TestBookkeepingTouchesNothingElse(t *testing.T) {
	t.Parallel()
	g, _, _ := testkit.Gate(t)
	for _, fn := range []func(*work.Tx) error{
		func(tx *work.Tx) error { return tx.DB().Create(row("X1")).Error },
		func(tx *work.Tx) error {
			return tx.DB().Exec("INSERT INTO organisations VALUES ('X1','sessions','x','x','','','','','')").Error
		},
	} {
		if err := g.Keep(asOperator(t), fn); err == nil || count(t, g, "organisations") != 0 {
			t.Error("bookkeeping changed something else", err)
		}
	}
}

// change runs one write that adds an organisation.
func change(ctx context.Context, g *work.Gate, code string) error {
	return g.Write(ctx, func(tx *work.Tx) error {
		tx.Record(audit.Event{Verb: "organisation.edit", Kind: "organisation", Subject: code})
		return errors.Join(edit(tx), work.Add(tx, row(code)))
	})
}

func TestManyWritersKeepOneChain(t *testing.T) {
	t.Parallel()
	g, _, _ := testkit.Gate(t)
	var wg sync.WaitGroup
	ctx := asOperator(t)
	for i := range 8 {
		wg.Go(func() {
			for j := range 10 {
				if err := change(ctx, g, string(rune('A'+i))+string(rune('A'+j))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if f := inspect(t, g); !f.Whole() || f.Events != 80 {
		t.Errorf("%+v", f)
	}
}

func inspect(t *testing.T, g *work.Gate) audit.Finding {
	t.Helper()
	var f audit.Finding
	if err := g.Read(asOperator(t), func(tx *work.Tx) error {
		var err error
		f, err = tx.Verify()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTamperingIsFound(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ sql, want string }{
		"a changed fact":       {"UPDATE audit_events SET facts = '{\"x\":1}' WHERE seq = 3", "event 3"},
		"a changed time":       {"UPDATE audit_events SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 2", "event 2"},
		"a changed actor":      {"UPDATE audit_events SET by_id = 'somebody' WHERE seq = 5", "event 5"},
		"a deleted row":        {"DELETE FROM audit_events WHERE seq = 4", "event 4 is missing"},
		"the last one deleted": {"DELETE FROM audit_events WHERE seq = 6", "6 to 6, the last ones, are missing"},
		"two rows swapped":     {"UPDATE audit_events SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3); UPDATE audit_events SET seq = -seq WHERE seq < 0", "event 2"},
		"the head set back":    {"DELETE FROM audit_events WHERE seq = 6; UPDATE audit_heads SET seq = 5, digest = (SELECT digest FROM audit_events WHERE seq = 5)", "not signed"},
		"the head removed":     {"DELETE FROM audit_heads", "missing"},
		"everything removed":   {"DELETE FROM audit_events", "1 to 6, the last ones, are missing"},
		"an inserted row":      {"INSERT INTO audit_events SELECT 7, at, by_kind, by_id, verb, kind, subject, round, call, application, facts, guarded, digest, digest FROM audit_events WHERE seq = 6", "event 7"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, d, _ := testkit.Gate(t)
			for _, code := range []string{"A", "B", "C", "D", "E", "F"} {
				if err := change(asOperator(t), g, code); err != nil {
					t.Fatal(err)
				}
			}
			if f := inspect(t, g); !f.Whole() {
				t.Fatal(f.Break)
			}
			for statement := range strings.SplitSeq(c.sql, ";") {
				if err := d.Write.Exec(statement).Error; err != nil {
					t.Fatal(err)
				}
			}
			if f := inspect(t, g); !strings.Contains(f.Break, c.want) {
				t.Errorf("found %q, want %q", f.Break, c.want)
			}
		})
	}
}

func TestWhatWasReadIsLoggedInBlocks(t *testing.T) {
	t.Parallel()
	g, d, _ := testkit.Gate(t)
	for range 2 {
		if err := g.Read(asOperator(t), func(tx *work.Tx) error { tx.Saw("application", "AF21-0001"); return nil }); err != nil {
			t.Fatal(err)
		}
		if err := g.FlushReads(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if f := inspect(t, g); !f.Whole() || f.Blocks != 2 {
		t.Errorf("%+v", f)
	}
	if err := d.Write.Exec("UPDATE read_blocks SET entries = '[]' WHERE seq = 1").Error; err != nil {
		t.Fatal(err)
	}
	if f := inspect(t, g); f.Whole() {
		t.Error("a changed block was not found")
	}
}

func TestTheSchemaSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for s, want := range map[db.Schema]string{{Have: 3, Need: 3}: "", {Have: 2, Need: 3}: "migrate up", {Have: 4, Need: 3}: "newer"} {
		err := s.Ready()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}

func TestAmongFindsExactlyWhatIsListed(t *testing.T) {
	t.Parallel()
	g, _, _ := testkit.Gate(t)
	there := []string{"plain", " ", `a "quoted" one`, `back\slash`, "{braces, and commas}", "NULL", "Zoë\n", "[]"}
	if err := g.Write(asOperator(t), func(tx *work.Tx) error {
		for i, name := range append([]string{"not asked for"}, there...) {
			one := row(fmt.Sprintf("X%d", i))
			one.Name = name
			if err := work.Add(tx, one); err != nil {
				return err
			}
		}
		tx.Record(event())
		return edit(tx)
	}); err != nil {
		t.Fatal(err)
	}
	for _, asked := range [][]string{nil, there[:1], there, append([]string{"nobody's", "plain"}, there...)} {
		var found []string
		if err := g.Read(asOperator(t), func(tx *work.Tx) error {
			among, list := work.Among(tx, "name", asked)
			return tx.DB().Table("organisations").Where(among, list).Pluck("name", &found).Error
		}); err != nil {
			t.Fatal(err)
		}
		want := slices.DeleteFunc(slices.Clone(there), func(name string) bool { return !slices.Contains(asked, name) })
		slices.Sort(found)
		slices.Sort(want)
		if !slices.Equal(found, want) {
			t.Errorf("asked for %q and found %q", asked, found)
		}
	}
}
