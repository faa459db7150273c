package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/config"
	"adoptionfund/internal/demonstration"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/report"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// demonstrated loads the demonstration at a stage, as the command does.
func demonstrated(t *testing.T, stage demonstration.Stage) *app {
	t.Helper()
	defaults, err := configs.FS.ReadFile("adoptionfund.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	c, err := config.Load(defaults, "", nil, map[string]string{
		"database_url": testkit.EmptyDatabaseURL(t), "key_file": filepath.Join(dir, "key"), "storage_url": "file://" + filepath.Join(dir, "files"),
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Accounts.SecondFactor = false
	clock := demonstration.NewClock(func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) })
	s := &session{ctx: t.Context(), cli: &commands{}, out: &bytes.Buffer{}, errOut: &bytes.Buffer{}, now: clock.Now}
	a, err := (&demoCommand{Stage: string(stage)}).prepare(s, c, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.close() })
	return a
}

func (a *app) count(t *testing.T, query string) int64 {
	t.Helper()
	var n int64
	if err := a.db.Read.Raw(query).Scan(&n).Error; err != nil {
		t.Fatal(query, err)
	}
	return n
}

func TestTheDemonstrationOfADecidedRound(t *testing.T) {
	t.Parallel()
	a := demonstrated(t, "decided")
	for query, between := range map[string][2]int64{
		"SELECT COUNT(*) FROM applications WHERE submission_id IS NOT NULL":                           {138, 138},
		"SELECT COUNT(*) FROM awards":                                                                 {30, 40},
		"SELECT COUNT(*) FROM awards WHERE state = 'active'":                                          {18, 40},
		"SELECT COUNT(*) FROM applications WHERE state = 'reserve'":                                   {4, 8},
		"SELECT COUNT(*) FROM applications WHERE state IN ('assessed', 'assessment', 'moderation')":   {0, 0},
		"SELECT COUNT(DISTINCT title) FROM applications":                                              {110, 138},
		"SELECT COUNT(*) FROM mails WHERE kind = 'outcome_ready'":                                     {300, 900},
		"SELECT COUNT(*) FROM other_funding_records WHERE source <> 'application'":                    {60, 60},
		"SELECT COUNT(*) FROM other_funding_settlements":                                              {1, 3},
		"SELECT COUNT(*) FROM mails WHERE sent_at IS NULL":                                            {0, 0},
		"SELECT COUNT(*) FROM jobs WHERE failed_at IS NOT NULL OR (done_at IS NULL AND attempts > 0)": {0, 0},
	} {
		if n := a.count(t, query); n < between[0] || n > between[1] {
			t.Errorf("%s: %d, want %v", query, n, between)
		}
	}
	if spent := a.count(t, "SELECT SUM(amount) FROM awards"); spent > int64(money.Pounds(6_500_000)) || spent < int64(money.Pounds(6_000_000)) {
		t.Errorf("%d pence are awarded", spent)
	}
	ctx := access.With(t.Context(), access.Operator("tester"))
	if err := a.gate.Read(ctx, func(tx *work.Tx) error {
		f, err := tx.Verify()
		if err == nil && !f.Whole() {
			t.Error(f.Break)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	a.sameToThePenny(ctx, t)
}

// sameToThePenny compares page, CSV, JSON and the database.
func (a *app) sameToThePenny(ctx context.Context, t *testing.T) {
	t.Helper()
	requested := a.count(t, "SELECT SUM(requested) FROM applications WHERE submission_id IS NOT NULL")
	awarded := a.count(t, "SELECT SUM(amount) FROM awards WHERE state NOT IN ('offer_declined', 'lapsed', 'offer_withdrawn', 'not_offered', 'terminated')")
	proposed := a.count(t, "SELECT SUM(l.amount) FROM proposal_lines l JOIN proposals p ON p.id = l.proposal_id WHERE p.state = 'released' AND l.dropped_at IS NULL")
	page, err := a.reports.Page(ctx, report.Asked{Round: "AF21", Kind: "allocations"})
	if err != nil {
		t.Fatal(err)
	}
	if got := page.Totals; !slices.Equal(got.Sums, []int64{requested, proposed, awarded}) || got.Count != 138 {
		t.Errorf("the page says %+v, the database %d %d %d", got.Figures, requested, proposed, awarded)
	}
	text := a.exported(ctx, t, "AF21", "json")
	var read struct {
		Totals struct {
			Requested int64                                    `json:"requested_pence"`
			Proposed  int64                                    `json:"proposed_pence"`
			Awarded   int64                                    `json:"awarded_pence"`
			ByTheme   map[string]struct{ Awarded_pence int64 } `json:"by_theme"`
		} `json:"totals"`
	}
	if err := json.Unmarshal(text.Bytes(), &read); err != nil || read.Totals.Requested != requested || read.Totals.Proposed != proposed || read.Totals.Awarded != awarded {
		t.Errorf("JSON says %+v (%v)", read, err)
	}
	var themes int64
	for _, g := range read.Totals.ByTheme {
		themes += g.Awarded_pence
	}
	if themes != awarded || len(read.Totals.ByTheme) != 4 {
		t.Errorf("the themes add up to %d", themes)
	}
	rows, err := csv.NewReader(a.exported(ctx, t, "AF21", "csv")).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for column, want := range map[string]int64{"requested": requested, "proposed": proposed, "awarded": awarded} {
		var sum money.Pence
		i := slices.Index(rows[0], column)
		for _, row := range rows[1:] {
			if row[i] == "" {
				continue
			}
			p, err := money.Parse(row[i])
			if err != nil {
				t.Fatal(row[i], err)
			}
			sum += p
		}
		if int64(sum) != want {
			t.Errorf("CSV: %s adds up to %d, the database says %d", column, sum, want)
		}
	}
	a.pointsAddUp(t, rows)
	a.grantsAsBefore(ctx, t)
}

// exported gives the allocation report in a format.
func (a *app) exported(ctx context.Context, t *testing.T, round ident.RoundRef, format string) *bytes.Buffer {
	t.Helper()
	var text bytes.Buffer
	file, err := a.reports.Export(ctx, report.Asked{Round: round, Kind: "allocations"}, format)
	if err == nil {
		err = file.Write(ctx, &text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &text
}

// grantsAsBefore compares the register of the demonstration, in the 360Giving standard, with testdata; ADOPTIONFUND_GOLDEN=write writes it anew.
func (a *app) grantsAsBefore(ctx context.Context, t *testing.T) {
	t.Helper()
	var grants bytes.Buffer
	if err := a.reports.WriteRegister(ctx, report.RegisterQuery{Round: "AF21"}, "json", &grants); err != nil {
		t.Fatal(err)
	}
	const name = "testdata/register-af21.json"
	if os.Getenv("ADOPTIONFUND_GOLDEN") == "write" {
		if err := os.WriteFile(name, grants.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), grants.String()); diff != "" {
		t.Errorf("the register of the demonstration is another: %s", diff)
	}
	_, _, err = a.others.Import(ctx, otherfunding.File{Source: otherfunding.Grant, List: "register", Content: bytes.NewReader(grants.Bytes())})
	if err != nil { // the program takes what it publishes, each grant held against the published schema
		t.Error(err)
	}
}

// pointsAddUp checks that the scores by criterion add up to the total, in hundredths of a point.
func (a *app) pointsAddUp(t *testing.T, rows [][]string) {
	t.Helper()
	points := func(row []string, column string) money.Pence {
		p, err := money.Parse(row[slices.Index(rows[0], column)]) // two decimals, as pence
		if err != nil {
			t.Fatal(row, err)
		}
		return p
	}
	scored := 0
	for _, row := range rows[1:] {
		if row[slices.Index(rows[0], "score_total")] == "" {
			continue
		}
		scored++
		var sum money.Pence
		for _, c := range strings.Fields("score_ev score_dt score_fu score_ro score_other") {
			sum += points(row, c)
		}
		if total := points(row, "score_total"); sum != total {
			t.Errorf("%s: %d and not %d", row[0], sum, total)
		}
	}
	if scored < 100 {
		t.Errorf("%d applications are scored", scored)
	}
}

func TestTheDemonstrationOfADraftRound(t *testing.T) {
	t.Parallel()
	a := demonstrated(t, "draft")
	for query, want := range map[string]int64{
		"SELECT COUNT(*) FROM applications WHERE state = 'submitted'": 20, "SELECT COUNT(*) FROM applications WHERE state = 'draft'": 118,
		"SELECT COUNT(*) FROM calls WHERE state = 'open'": 4,
	} {
		if n := a.count(t, query); n != want {
			t.Errorf("%s: %d, want %d", query, n, want)
		}
	}
}
