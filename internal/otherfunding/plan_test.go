package otherfunding_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// crowded gives the world many records in a list, many applications with a match each, and one with its search, which a third of the
// others match.
func crowded(t *testing.T, records, applications int) (*world, *application.Application) {
	t.Helper()
	w := newWorld(t)
	var list strings.Builder
	list.WriteString(head)
	for n := range records {
		fmt.Fprintf(&list, "Programme %d,Body %d,,Tool%d,Maker%d,Pathway %d,,,1\n", n%7, n, n, n%50, n%400)
	}
	_, _, err := w.imports(otherfunding.Programme, "many.csv", list.String()+heart(1))
	w.no(err)
	a := w.Submitted("Remote monitoring after cardiac surgery")
	w.Closed()
	w.no(w.lists.Match(w.Job(access.MatchOtherFunding), string(a.ID)))
	testkit.Copies(t, w.DB, a.Ref, a.MainContact, applications)
	w.no(w.DB.Write.Exec(`INSERT INTO other_funding_matches (application_id, identity, source, other_id, list, line, title, organisation, product, funder, amount, currency, from_day, to_day, strength, reasons)
		SELECT id, 'application:' || ref, 'application', id, 'Invented', 0, title, '', '', '', 1, 'GBP', '', '', 50, '[]' FROM applications WHERE id <> ?`, a.ID).Error)
	w.no(w.DB.Write.Exec("UPDATE other_funding_matches SET application_id = ? WHERE identity > ? AND source = 'application'", a.ID, fmt.Sprintf("application:AF26-%d", 100_000+applications*2/3)).Error)
	if testkit.OnPostgres() {
		w.no(w.DB.Write.Exec("ANALYZE").Error)
	}
	return w, a
}

// statement is what was sent to the database.
type statement struct {
	text string
	args []any
}

var table = regexp.MustCompile(`(?:FROM|from) "?` + "`?" + `(other_funding_[a-z]+)`)

// sent gives the statements about other funding that a deed sends, each once, by their text.
func (w *world) sent(deeds ...func() error) map[string]statement {
	w.t.Helper()
	held := map[string]statement{}
	hold := func(g *gorm.DB) {
		if text := g.Statement.SQL.String(); table.MatchString(text) && !strings.HasPrefix(text, "INSERT") {
			held[text] = statement{text, slices.Clone(g.Statement.Vars)}
		}
	}
	for _, d := range []*gorm.DB{w.DB.Read, w.DB.Write} {
		w.no(d.Callback().Query().After("gorm:query").Replace("test:hold", hold))
		w.no(d.Callback().Row().After("gorm:row").Replace("test:hold", hold))
	}
	for _, deed := range deeds {
		w.no(deed())
	}
	return held
}

// plan gives how the database answers a statement. PostgreSQL is kept from reading tables whole where that is cheap because they are
// small: what it has an index for shows by the condition on one.
func (w *world) plan(s statement) string {
	w.t.Helper()
	explain, columns := "EXPLAIN QUERY PLAN ", 4
	var plan strings.Builder
	w.no(w.DB.Write.Transaction(func(tx *gorm.DB) error {
		if testkit.OnPostgres() {
			explain, columns = "EXPLAIN ", 1
			w.no(tx.Exec("SET LOCAL enable_seqscan = off").Error)
		}
		rows, err := tx.Statement.ConnPool.QueryContext(w.t.Context(), explain+s.text, s.args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			cells, into := make([]string, columns), make([]any, columns)
			for i := range cells {
				into[i] = &cells[i]
			}
			w.no(rows.Scan(into...))
			plan.WriteString(cells[columns-1] + "\n")
		}
		return rows.Err()
	}))
	return plan.String()
}

// byIndex reports whether a plan reads no table whole. The words of SQLite's records are a virtual table, which is its own index.
func byIndex(plan string) bool {
	if testkit.OnPostgres() {
		return strings.Contains(plan, "Index Cond") && !strings.Contains(plan, "Seq Scan")
	}
	for line := range strings.Lines(plan) {
		if strings.HasPrefix(line, "SCAN") && !strings.Contains(line, "VIRTUAL TABLE INDEX") {
			return false
		}
	}
	return true
}

// TestSearchesGoByIndexes explains the statements that searches, the page of an application, its job and the rules really send, among
// many applications and records. Only the few imports are read whole.
func TestSearchesGoByIndexes(t *testing.T) {
	t.Parallel()
	w, a := crowded(t, 3000, 2000)
	officer := w.As(w.Person("looks@fund.example", "screening_officer", access.Scope{}).Email)
	held := w.sent(
		func() error { _, err := w.lists.Among(w.Operator(), asked()); return err },
		func() error { return w.lists.Match(w.Job(access.MatchOtherFunding), string(a.ID)) },
		func() error {
			_, err := w.lists.Open(officer, a.Ref, otherfunding.Look{Text: "HeartHome cardiac surgery"})
			return err
		},
		func() error {
			return w.Gate.Read(w.Operator(), func(tx *work.Tx) error {
				_, err := otherfunding.Kept(tx, []*application.Application{a, a})
				return err
			})
		},
	)
	asks := map[string]int{}
	for _, s := range held {
		of := table.FindStringSubmatch(s.text)[1]
		asks[of]++
		if plan := w.plan(s); of != "other_funding_imports" && !byIndex(plan) {
			t.Errorf("%s\n%s", s.text, plan)
		}
	}
	for _, of := range []string{"records", "index", "words", "matches", "searches", "settlements"} {
		if asks["other_funding_"+of] == 0 {
			t.Errorf("nothing was asked of %s: %v", of, slices.Sorted(maps.Keys(held)))
		}
	}
}

// TestTensOfThousandsOfOthersAreShown: what one application matches, and what many do, is read whatever their number.
func TestTensOfThousandsOfOthersAreShown(t *testing.T) {
	t.Parallel()
	const many = 35_000 // SQLite takes 32,766 values in one query
	w, a := crowded(t, 0, many)
	var ids []ident.Application
	w.no(w.DB.Read.Table("applications").Order("ref").Pluck("id", &ids).Error)
	var alone, all int
	w.no(w.Gate.Read(w.Operator(), func(tx *work.Tx) error {
		found, err := application.ByIDs(tx, ids)
		if err != nil {
			return err
		}
		if len(found) != many+1 {
			t.Errorf("%d applications", len(found))
		}
		kept, err := otherfunding.Kept(tx, slices.Collect(maps.Values(found)))
		for id, list := range kept {
			if all += len(list); id == a.ID {
				alone = len(list)
			}
		}
		return err
	}))
	// Of ten copies, two were never submitted.
	if want := many * 8 / 10; all < want || all > want+10 || alone < many*8/30-10 {
		t.Errorf("%d of all, %d of one, want about %d and a third of that", all, alone, want)
	}
}
