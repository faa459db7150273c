package position_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/testkit/dtackit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// names are the names of what a query of the register finds, in its order.
func names(t *testing.T, w *dtackit.World, ctx context.Context, q position.Query) []string { //nolint:revive // the test comes first
	t.Helper()
	entries, err := w.Positions.Register(ctx, q)
	w.Must(err)
	list := make([]string, len(entries))
	for i, e := range entries {
		list[i] = e.Name
	}
	return list
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestTheRegisterIsNarrowedSortedAndReadPageByPage(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	app := w.Application("CAR", "Alpha", "Bravo", "Charlie", "Delta")
	dtac := w.As("dtac", "dtac_assessor")
	alpha, r, _ := w.Sent("Alpha", "v2-compliant")
	_, err := w.Positions.AssessAndRecord(dtac, alpha, "", r.Assessments)
	w.Must(err)
	bravo, r2, _ := w.Sent("Bravo", "v2-on-the-way")
	_, err = w.Positions.AssessAndRecord(dtac, bravo, "", r2.Assessments)
	w.Must(err)
	charlie, _, _ := w.Sent("Charlie", "v2-compliant")
	w.Must(w.Positions.Take(dtac, charlie, "", "C3"))
	find := func(q position.Query) []string { return names(t, w, dtac, q) }
	same(t, "all", find(position.Query{}), "Alpha", "Bravo", "Charlie", "Delta")
	same(t, "searched", find(position.Query{Search: "ALPH"}), "Alpha")
	same(t, "compliant", find(position.Query{Status: status.Compliant}), "Alpha")
	same(t, "not assessed", find(position.Query{Status: status.NotAssessed}), "Charlie", "Delta")
	same(t, "provisionally compliant", find(position.Query{Provisional: status.Compliant}), "Alpha", "Charlie")
	same(t, "incomplete", find(position.Query{Provisional: status.Incomplete}), "Delta")
	same(t, "mine", find(position.Query{View: "mine"}), "Charlie")
	same(t, "somebody else's", names(t, w, w.As("other", "dtac_assessor"), position.Query{View: "mine"}))
	for _, sort := range position.Sorts() {
		var paged []string
		q := position.Query{Sort: sort.Value, Limit: 1}
		for range 5 {
			entries, err := w.Positions.Register(dtac, q)
			w.Must(err)
			for _, e := range entries {
				paged, q.After = append(paged, e.Name), e.ID
			}
		}
		same(t, sort.Label, paged, find(position.Query{Sort: sort.Value})...)
	}
	same(t, "owed before a proposal", find(position.Query{View: "owed"}))
	w.Exec("UPDATE applications SET state = ? WHERE id = ?", workflow.ProposedFund, app)
	same(t, "owed", find(position.Query{View: "owed"}), "Charlie", "Delta")
	w.Choose(app, alpha)
	same(t, "owed once another product is chosen", find(position.Query{View: "owed"}))
}

func TestTheRegisterShowsWhatEndsLapsedAndChangedSince(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "Alpha")
	alpha, r, _ := w.Sent("Alpha", "v2-compliant")
	dtac := w.As("dtac", "dtac_assessor")
	p, err := w.Positions.AssessAndRecord(dtac, alpha, "", r.Assessments)
	w.Must(err)
	for _, c := range []struct {
		days           int
		ending, lapsed bool
		provisional    status.Status
	}{
		{-61, false, false, status.Compliant}, {-60, true, false, status.Compliant}, {-1, true, false, status.Compliant}, {0, false, true, status.NotCompliant}, {1, false, true, status.NotCompliant},
	} {
		w.Clock.Set(p.Expires.AddDays(c.days).Time().Add(12 * time.Hour))
		entries, err := w.Positions.Register(dtac, position.Query{})
		w.Must(err)
		if e := entries[0]; e.Ending() != c.ending || e.Lapsed() != c.lapsed || e.Provisional != c.provisional {
			t.Errorf("%d days from the end: ending %t, lapsed %t, provisionally %s", c.days, e.Ending(), e.Lapsed(), e.Provisional)
		}
		if n := len(names(t, w, dtac, position.Query{View: "ending"})); (n == 1) != c.ending {
			t.Errorf("%d days from the end: %d are said to end", c.days, n)
		}
		if n := len(names(t, w, dtac, position.Query{View: "lapsed"})); (n == 1) != c.lapsed {
			t.Errorf("%d days from the end: %d are said to have lapsed", c.days, n)
		}
	}
	same(t, "stale before", names(t, w, dtac, position.Query{View: "stale"}))
	w.Granted("dtac", "dtac_assessor")
	supplier := w.As("supplier", "supplier")
	rel, err := w.Products.Releasing(supplier, alpha)
	w.Must(err)
	_, err = w.Products.DeclareRelease(supplier, alpha, product.Release{Version: "2.2", Seen: rel.Seen})
	w.Must(err)
	same(t, "a version that affects nothing", names(t, w, dtac, position.Query{View: "stale"}))
	_, err = w.Products.DeclareRelease(supplier, alpha, product.Release{Version: "3.0", Seen: rel.Seen, Affected: []string{rel.Pieces[0].Key()}})
	w.Must(err)
	same(t, "a version that affects evidence", names(t, w, dtac, position.Query{View: "stale"}), "Alpha")
	if n := w.Mailed("dtac", "dtac_release_declared"); n != 2 {
		t.Errorf("the assessor was told of %d releases", n)
	}
	desk, err := w.Positions.Open(dtac, alpha, "")
	w.Must(err)
	if len(desk.Later) != 2 || desk.Later[0].Affected != string(rel.Pieces[0].Evidence.Question) || !desk.Standing.Stale {
		t.Errorf("%+v, stale %t", desk.Later, desk.Standing.Stale)
	}
}

func TestAReturnThatIsSentAgainMakesThePositionStale(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "Alpha")
	alpha, r, _ := w.Sent("Alpha", "v2-compliant")
	dtac, supplier := w.As("dtac", "dtac_assessor"), w.As("supplier", "supplier")
	_, err := w.Positions.AssessAndRecord(dtac, alpha, "", r.Assessments)
	w.Must(err)
	w.Must(w.Products.AddPlan(supplier, alpha, "", status.Planned{Question: "C3.6", Action: status.Action{What: "More", Owner: "CTO", Due: "2026-12-01"}}))
	same(t, "not sent", names(t, w, dtac, position.Query{View: "stale"}))
	w.Must(w.Products.Submit(supplier, alpha, ""))
	same(t, "sent", names(t, w, dtac, position.Query{View: "stale"}), "Alpha")
	_, err = w.Positions.RecordPosition(dtac, alpha, "")
	w.Must(err)
	same(t, "reviewed again", names(t, w, dtac, position.Query{View: "stale"}))
}

func TestNoCountOrViewOfTheRegisterTellsOfAnApplicationThatItsReaderIsRecusedFrom(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	only, shared := w.Application("CAR", "Only"), w.Application("CAR", "Shared")
	w.Application("CAR", "Shared")
	dtac := w.As("dtac", "dtac_assessor")
	for _, app := range []ident.Application{only, shared} {
		w.Exec("UPDATE applications SET state = ? WHERE id = ?", workflow.ProposedFund, app)
		w.Exec("INSERT INTO application_people (application_id, person, relation, sections, since) VALUES (?, ?, 'recused', '', ?)", app, w.People["dtac"], w.Clock.Now())
	}
	entries, err := w.Positions.Register(dtac, position.Query{})
	w.Must(err)
	if len(entries) != 1 || entries[0].Name != "Shared" || entries[0].Uses != 1 || entries[0].Owed {
		t.Errorf("%+v", entries)
	}
	for _, v := range position.Views() {
		same(t, v.Label, names(t, w, dtac, position.Query{View: v.Value}))
	}
	for _, text := range []string{"Only", "Example Ltd"} {
		if got := names(t, w, dtac, position.Query{Search: text}); slices.Contains(got, "Only") {
			t.Errorf("searching %q finds %v", text, got)
		}
	}
	same(t, "to somebody else it is owed", names(t, w, w.As("other", "dtac_assessor"), position.Query{View: "owed"}), "Only", "Shared")
}

func TestTheStandingThatIsKeptIsTheOneThatFollows(t *testing.T) {
	t.Parallel()
	w := dtackit.New(t)
	w.Application("CAR", "Alpha", "Bravo")
	dtac, supplier := w.As("dtac", "dtac_assessor"), w.As("supplier", "supplier")
	alpha, r, _ := w.Sent("Alpha", "v2-on-the-way")
	bravo, _, _ := w.Sent("Bravo", "v2-compliant")
	check := func(after string) {
		t.Helper()
		w.Must(w.Gate.Read(w.Operator(), func(tx *work.Tx) error {
			follows, err := product.Standings(tx, []ident.Product{alpha, bravo})
			w.Must(err)
			var kept []product.Standing
			w.Must(tx.DB().Where("product_id IN ?", []ident.Product{alpha, bravo}).Order("product_id").Find(&kept).Error)
			if !cmp.Equal(kept, follows) {
				t.Errorf("after %s:\n%s", after, cmp.Diff(kept, follows))
			}
			return nil
		}))
	}
	check("sending")
	w.Must(w.Positions.Assess(dtac, alpha, "", r.Assessments))
	check("assessing")
	_, err := w.Positions.RecordPosition(dtac, alpha, "")
	w.Must(err)
	check("recording")
	rel, err := w.Products.Releasing(supplier, alpha)
	w.Must(err)
	_, err = w.Products.DeclareRelease(supplier, alpha, product.Release{Version: "9", Seen: rel.Seen, Affected: []string{rel.Pieces[0].Key()}})
	w.Must(err)
	check("declaring a version")
	w.Clock.Set(form.Date("2027-06-01").Time())
	w.Must(w.Positions.WarnDue(w.Operator()))
	check("the day on which evidence ended, and the job")
}
