package application_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// manyRows is enough for a database to choose as it does in a large fund.
const manyRows = 30_000

// A list looks at about as many rows as it shows, whoever asks, however many applications there are: the database walks an index
// and neither reads the whole table nor sorts it.
//
//nolint:paralleltest // the plans of one database are read one after the other
func TestListsWalkAnIndexWhateverTheNumberOfApplications(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("The first")
	applicant := w.Person(testkit.Applicant, "", access.Scope{})
	testkit.Copies(t, w.DB, a.Ref, applicant.ID, manyRows)
	c := w.OpenCall()
	round := access.Scope{Round: c.RoundID}
	w.Person("wide", "screening_officer", access.Scope{})
	w.Person("narrow", "screening_officer", access.Scope{Round: c.RoundID, Call: c.ID})
	w.Person("both", "screening_officer", round)
	w.Person("both", "panel_chair", access.Scope{Round: c.RoundID, Call: c.ID})
	w.Person("administrator", "administrator", round)
	waiting := []workflow.ApplicationState{workflow.Screening, workflow.Clarification, workflow.IneligibleProposed}
	for name, c := range map[string]struct {
		who  string
		act  access.Action
		q    application.Query
		want int
		few  bool // the rows are found by the person, and those are few
	}{
		"the screening queue":                                 {"wide", access.ViewEligibility, application.Query{States: waiting, Limit: 51}, 51, false},
		"the screening queue from its middle":                 {"wide", access.ViewEligibility, application.Query{States: waiting, Limit: 51, After: "AF26-115000"}, 51, false},
		"the screening queue of one call":                     {"narrow", access.ViewEligibility, application.Query{States: waiting, Limit: 51, After: "AF26-115000"}, 51, false},
		"the screening queue narrowed to a call":              {"wide", access.ViewEligibility, application.Query{Call: c.ID, States: waiting, Limit: 51, After: "AF26-115000"}, 51, false},
		"the screening queue of somebody who is applicant":    {testkit.Applicant, access.ViewEligibility, application.Query{States: waiting, Limit: 51}, 0, false},
		"a queue of states that hardly any is in":             {"wide", access.ViewEligibility, application.Query{States: []workflow.ApplicationState{workflow.Moderation, workflow.Reserve}, Limit: 51}, 0, false},
		"an applicant's own":                                  {testkit.Applicant, access.ViewApplication, application.Query{Mine: true, Limit: 200}, testkit.Shared + 1, true},
		"an applicant's own from the middle":                  {testkit.Applicant, access.ViewApplication, application.Query{Mine: true, Limit: 20, After: "AF26-115000"}, 20, true},
		"all that an applicant may see":                       {testkit.Applicant, access.ViewApplication, application.Query{Limit: 200}, testkit.Shared + 1, true},
		"a round from its middle":                             {"administrator", access.ViewApplication, application.Query{Round: c.RoundID, Limit: 51, After: "AF26-115000"}, 51, false},
		"all from the middle":                                 {"administrator", access.ViewApplication, application.Query{Limit: 51, After: "AF26-115000"}, 51, false},
		"all that two roles give, from the middle":            {"both", access.ViewApplication, application.Query{Limit: 51, After: "AF26-115000"}, 51, false},
		"an administrator's own, of which there are none":     {"administrator", access.ViewApplication, application.Query{Mine: true, Limit: 200}, 0, false},
		"all that an officer without own may see, at its end": {"wide", access.ViewApplication, application.Query{Limit: 51, After: "AF26-129990"}, 8, false},
	} {
		t.Run(name, func(t *testing.T) {
			statement, plan, found := planOf(t, w, w.As(c.who), c.act, c.q)
			if found != c.want {
				t.Errorf("%d found, want %d", found, c.want)
			}
			for _, fault := range planFaults(plan, c.few) {
				t.Errorf("%s:\n%s\n%s", fault, statement, plan)
			}
		})
	}
}

// planFaults says what makes a plan dearer the more applications there are. PostgreSQL tells how many pages it looked at: those of
// the table are about a thousand. SQLite tells what it would walk; "part" is what was gathered for one page.
func planFaults(plan string, few bool) []string {
	var faults []string
	for line := range strings.Lines(plan) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "Seq Scan on application"), strings.Contains(line, "-> Seq Scan on application"):
			faults = append(faults, "PostgreSQL reads a whole table")
		case strings.HasPrefix(line, "SCAN") && !strings.Contains(line, " USING ") && line != "SCAN page" && !strings.HasPrefix(line, "SCAN part"):
			faults = append(faults, "SQLite reads a whole table")
		case strings.HasPrefix(line, "MULTI-INDEX OR") && !few:
			faults = append(faults, "SQLite gathers rows by several indexes and sorts them")
		}
	}
	if _, pages, found := strings.Cut(plan, "shared hit="); found {
		var n int
		if _, err := fmt.Sscan(pages, &n); err != nil || n > 500 {
			faults = append(faults, fmt.Sprintf("PostgreSQL looks at %d pages %v", n, err))
		}
	}
	return faults
}

// planOf runs a list, and asks the database how it does so.
func planOf(t *testing.T, w *testkit.World, ctx context.Context, act access.Action, q application.Query) (statement, plan string, found int) { //nolint:revive // the test comes first
	t.Helper()
	var args []any
	hold := func(g *gorm.DB) {
		if strings.Contains(g.Statement.SQL.String(), "applications AS a") {
			statement, args = g.Statement.SQL.String(), g.Statement.Vars
		}
	}
	must(t, w.DB.Read.Callback().Query().After("gorm:query").Replace("test:hold", hold))
	err := w.Gate.Read(ctx, func(tx *work.Tx) error {
		rows, err := application.List(tx, act, q)
		found = len(rows)
		if err != nil {
			return err
		}
		explain := "EXPLAIN QUERY PLAN "
		if tx.Postgres() {
			explain = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) "
		}
		lines, err := tx.DB().Statement.ConnPool.QueryContext(ctx, explain+statement, args...)
		if err != nil {
			return err
		}
		defer func() { _ = lines.Close() }()
		var lined strings.Builder
		for lines.Next() {
			var id, parent, unused int
			var line string
			into := []any{&id, &parent, &unused, &line}
			if tx.Postgres() {
				into = []any{&line}
			}
			if err := lines.Scan(into...); err != nil {
				return err
			}
			lined.WriteString(line + "\n")
		}
		plan = lined.String()
		return lines.Err()
	})
	must(t, err)
	return statement, plan, found
}
