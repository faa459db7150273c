package application_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

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
	must(t, w.DB.Write.Exec("UPDATE applications SET state = ? WHERE state = ? AND ref > 'AF26-127000'", workflow.Moderation, workflow.Assessment).Error)
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
		"the screening queue, longest first":                  {"wide", access.ViewEligibility, application.Query{States: waiting, Order: application.Longest, Limit: 51}, 51, false},
		"the screening queue, largest first, of one call":     {"narrow", access.ViewEligibility, application.Query{States: waiting, Order: application.Largest, Limit: 51}, 51, false},
		"the screening queue of one call":                     {"narrow", access.ViewEligibility, application.Query{States: waiting, Limit: 51, After: "AF26-115000"}, 51, false},
		"the screening queue narrowed to a call":              {"wide", access.ViewEligibility, application.Query{Call: c.ID, States: waiting, Limit: 51, After: "AF26-115000"}, 51, false},
		"the screening queue of somebody who is applicant":    {testkit.Applicant, access.ViewEligibility, application.Query{States: waiting, Limit: 51}, 0, false},
		"a queue of states that hardly any is in":             {"wide", access.ViewEligibility, application.Query{States: []workflow.ApplicationState{workflow.Eligible, workflow.Reserve}, Limit: 51}, 0, false},
		"a queue of states that only the last are in":         {"wide", access.ViewEligibility, application.Query{States: []workflow.ApplicationState{workflow.Moderation, workflow.Reserve}, Limit: 51}, 51, false},
		"an applicant's own":                                  {testkit.Applicant, access.ViewApplication, application.Query{Mine: true, Limit: 200}, testkit.Shared + 1, true},
		"an applicant's own from the middle":                  {testkit.Applicant, access.ViewApplication, application.Query{Mine: true, Limit: 20, After: "AF26-115000"}, 20, true},
		"what waits for an applicant":                         {testkit.Applicant, access.ViewApplication, application.Query{Mine: true, States: []workflow.ApplicationState{workflow.Draft, workflow.Submitted}, Limit: 200}, testkit.Shared + 1, true},
		"all that an applicant may see":                       {testkit.Applicant, access.ViewApplication, application.Query{Limit: 200}, testkit.Shared + 1, true},
		"a round from its middle":                             {"administrator", access.ViewApplication, application.Query{Round: c.RoundID, Limit: 51, After: "AF26-115000"}, 51, false},
		"all from the middle":                                 {"administrator", access.ViewApplication, application.Query{Limit: 51, After: "AF26-115000"}, 51, false},
		"all that two roles give, from the middle":            {"both", access.ViewApplication, application.Query{Limit: 51, After: "AF26-115000"}, 51, false},
		"an administrator's own, of which there are none":     {"administrator", access.ViewApplication, application.Query{Mine: true, Limit: 200}, 0, false},
		"all that an officer without own may see, at its end": {"wide", access.ViewApplication, application.Query{Limit: 51, After: "AF26-129990"}, 8, false},
	} {
		t.Run(name, func(t *testing.T) {
			plans, found := plansOf(t, w, w.As(c.who), c.act, c.q)
			if found != c.want {
				t.Errorf("%d found, want %d", found, c.want)
			}
			for _, plan := range plans {
				for _, fault := range planFaults(plan, c.few) {
					t.Errorf("%s:\n%s", fault, plan)
				}
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
		case strings.Contains(line, "Seq Scan on application") && !strings.Contains(line, "application_organisations"): // which is empty here
			faults = append(faults, "PostgreSQL reads a whole table")
		case strings.HasPrefix(line, "SCAN") && !strings.Contains(line, " USING ") && line != "SCAN page" && !strings.HasPrefix(line, "SCAN part"):
			faults = append(faults, "SQLite reads a whole table")
		case strings.HasPrefix(line, "MULTI-INDEX OR") && !few:
			faults = append(faults, "SQLite gathers rows by several indexes and sorts them")
		}
	}
	if _, pages, found := strings.Cut(plan, "shared hit="); found {
		var n int
		if _, err := fmt.Sscan(pages, &n); err != nil || n > 350 && !few || n > 700 {
			faults = append(faults, fmt.Sprintf("PostgreSQL looks at %d pages %v", n, err))
		}
	}
	return faults
}

// plansOf runs a list, and asks the database how it does so: PostgreSQL for these values, and for any, as it does once a statement
// was asked often.
func plansOf(t *testing.T, w *testkit.World, ctx context.Context, act access.Action, q application.Query) (plans []string, found int) { //nolint:revive // the test comes first
	t.Helper()
	var statement string
	var args []any
	hold := func(g *gorm.DB) {
		if strings.Contains(g.Statement.SQL.String(), "applications AS a") {
			statement, args = g.Statement.SQL.String(), g.Statement.Vars
		}
	}
	must(t, w.DB.Read.Callback().Query().After("gorm:query").Replace("test:hold", hold))
	must(t, w.Gate.Read(ctx, func(tx *work.Tx) error {
		rows, err := application.List(tx, act, q)
		found = len(rows)
		if err != nil {
			return err
		}
		c := tx.DB().Statement.ConnPool
		if !tx.Postgres() {
			lines, err := c.QueryContext(ctx, "EXPLAIN QUERY PLAN "+statement, args...)
			if err == nil {
				plans = append(plans, explained(t, lines, 4))
			}
			return err
		}
		values := make([]string, len(args))
		for i, arg := range args {
			if at, ok := arg.(time.Time); ok {
				arg = at.Format(time.RFC3339Nano)
			}
			values[i] = fmt.Sprintf("'%v'", arg)
		}
		_, err = c.ExecContext(ctx, "PREPARE list AS "+statement)
		must(t, err)
		for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
			_, err = c.ExecContext(ctx, "SET LOCAL plan_cache_mode = "+mode)
			must(t, err)
			lines, err := c.QueryContext(ctx, "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) EXECUTE list"+inBrackets(values))
			must(t, err)
			plans = append(plans, mode+"\n"+statement+"\n"+explained(t, lines, 1))
		}
		_, err = c.ExecContext(ctx, "DEALLOCATE list")
		return err
	}))
	return plans, found
}

func inBrackets(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return "(" + strings.Join(values, ", ") + ")"
}

// explained gives the last column of what the database says, line by line.
func explained(t *testing.T, lines *sql.Rows, columns int) string {
	t.Helper()
	defer func() { _ = lines.Close() }()
	var plan strings.Builder
	for lines.Next() {
		cells := make([]string, columns)
		into := make([]any, columns)
		for i := range cells {
			into[i] = &cells[i]
		}
		must(t, lines.Scan(into...))
		plan.WriteString(cells[columns-1] + "\n")
	}
	must(t, lines.Err())
	return plan.String()
}
