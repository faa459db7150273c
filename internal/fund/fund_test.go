package fund_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestARoundIsCreatedFromAFileWithItsCalls(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	r := w.Round()
	if r.Ref != "AF26" || r.Budget != 200_000_000 || r.State() != workflow.CallDraft || len(r.Calls) != 2 {
		t.Fatalf("%+v", r)
	}
	c := r.Calls[0]
	if c.Ref != "AF26-CAR" || c.Settings.AwardCap != 50_000_000 || c.Settings.Forms.Application != "application-1" || len(c.Settings.Forms.Digests) < 4 {
		t.Errorf("%+v", c)
	}
	if want := time.Date(2026, 10, 12, 11, 0, 0, 0, time.UTC); !c.ClosesAt.Equal(want) {
		t.Errorf("closes at %v", c.ClosesAt) // 12:00 in UK summer time
	}
	f, err := fund.ParseFile("again.yaml", []byte(testkit.RoundFile))
	must(t, err)
	w.Want(w.Funds.Create(w.Operator(), f), fault.Conflict)
	w.Person("plain", "", access.Scope{})
	w.Want(w.Funds.Create(w.As("plain"), f), fault.Forbidden)
}

func TestAWrongFileIsRefusedWithEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := fund.ParseFile("r.yaml", []byte(`round: af26
title: ""
budget: -1
senior_officer: nobody
calls:
  - {theme: c, title: "", opens: tomorrow, closes: 2026-10-12 12:00, method: {ranking: best}}
  - {theme: CAR, title: A, opens: 2026-10-12 12:00, closes: 2026-10-12 12:00, spend_by: soon}
  - {theme: CAR, title: A, opens: 2026-10-12 12:00, closes: 2026-10-13}
`))
	if !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	for _, part := range []string{"round:", "title:", "budget:", "senior_officer:", "calls[0].theme", "calls[0].title", "calls[0].opens", "calls[0].method.ranking",
		"calls[1].closes", "calls[1].spend_by", "calls[2].theme: CAR is there twice"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in:\n%v", part, err)
		}
	}
	for _, text := range []string{"round: AF26\nbudgets: 5\n", "round: [", ""} {
		if _, err := fund.ParseFile("r.yaml", []byte(text)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAFileThatNamesNoFormIsRefused(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	f, err := fund.ParseFile("r.yaml", []byte(strings.Replace(testkit.RoundFile, "award_cap: 500000", "forms: {application: application-9}", 1)))
	must(t, err)
	w.Want(w.Funds.Create(w.Operator(), f), fault.Invalid)
	rounds, err := w.Funds.List(w.Operator())
	must(t, err)
	if len(rounds) != 0 {
		t.Error("half a round is left")
	}
}

func TestTheOpeningIsApprovedByTheSeniorOfficerWhoIsNotItsAuthor(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	w.Person("admin", "administrator", access.Scope{})
	w.Person("both", "administrator", access.Scope{})
	w.Person("both", "senior_officer", access.Scope{})
	w.Person("senior", "senior_officer", access.Scope{})
	f, err := fund.ParseFile("r.yaml", []byte(testkit.RoundFile))
	must(t, err)
	must(t, w.Funds.Create(w.As("both"), f))
	w.Want(w.Funds.ApproveOpening(w.As("admin"), "AF26-CAR"), fault.Forbidden)
	w.Want(w.Funds.ApproveOpening(w.As("both"), "AF26-CAR"), fault.Forbidden)
	must(t, w.Funds.ApproveOpening(w.As("senior"), "AF26-CAR"))
	w.Want(w.Funds.ApproveOpening(w.As("senior"), "AF26-CAR"), fault.Conflict)
	c, _, _, err := w.Funds.Show(w.Anonymous(), "AF26-CAR")
	must(t, err)
	var p fund.Publication
	must(t, json.Unmarshal([]byte(c.Published), &p))
	if p.Ref != "AF26-CAR" || p.PoolPence != 200_000_000 || len(p.Settings.Forms.Digests) < 4 || len(c.PublishedDigest) != 64 {
		t.Errorf("%+v", p)
	}
	_, _, _, err = w.Funds.Show(w.Anonymous(), "AF26-GAS")
	w.Want(err, fault.NotFound) // nobody sees a call before its opening is approved
	_, _, _, err = w.Funds.Show(w.As("admin"), "AF26-GAS")
	must(t, err)
}

func TestACallOpensAtItsTimeOnly(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	w.Round()
	w.Person("senior", "senior_officer", access.Scope{})
	w.Want(w.Funds.Open(w.Job(access.OpenCall), "AF26-GAS"), fault.Conflict) // not approved
	must(t, w.Funds.ApproveOpening(w.As("senior"), "AF26-GAS"))
	w.Want(w.Funds.Open(w.Job(access.OpenCall), "AF26-GAS"), fault.Conflict)
	w.Want(w.Funds.Open(w.As("senior"), "AF26-GAS"), fault.Forbidden)
	opens := w.Call("AF26-GAS").OpensAt
	for _, c := range []struct {
		at   time.Time
		open int
	}{{opens.Add(-time.Microsecond), 0}, {opens, 1}, {opens.Add(time.Hour), 0}} {
		w.Clock.Set(c.at)
		refs, err := w.Funds.OpenDue(t.Context())
		must(t, err)
		if len(refs) != c.open {
			t.Errorf("at %v: %v", c.at, refs)
		}
	}
	if c := w.Call("AF26-GAS"); c.State != workflow.CallOpen || c.OpenedAt == nil || !c.OpenedAt.Equal(opens) {
		t.Errorf("%+v", c)
	}
}

func TestAnExtensionNeedsTwoPeople(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	c := w.OpenCall()
	w.Person("one", "administrator", access.Scope{})
	w.Person("two", "administrator", access.Scope{})
	later := fund.Extension{Until: c.ClosesAt.AddDate(0, 0, 7), Reason: "The guidance was corrected"}
	w.Want(w.Funds.ConfirmExtension(w.As("two"), c.Ref), fault.Conflict)
	w.Want(w.Funds.ProposeExtension(w.As("one"), c.Ref, fund.Extension{Until: c.ClosesAt, Reason: ""}), fault.Invalid)
	w.Want(w.Funds.ProposeExtension(w.As("one"), c.Ref, fund.Extension{Until: later.Until, Reason: strings.Repeat("x", 2001)}), fault.Invalid)
	must(t, w.Funds.ProposeExtension(w.As("one"), c.Ref, later))
	w.Want(w.Funds.ProposeExtension(w.As("two"), c.Ref, later), fault.Conflict)
	if !w.Call(c.Ref).ClosesAt.Equal(c.ClosesAt) {
		t.Error("a proposal moves the deadline")
	}
	w.Want(w.Funds.ConfirmExtension(w.As("one"), c.Ref), fault.Forbidden)
	must(t, w.Funds.ConfirmExtension(w.As("two"), c.Ref))
	w.Want(w.Funds.ConfirmExtension(w.As("two"), c.Ref), fault.Conflict)
	got, _, changes, err := w.Funds.Show(w.Anonymous(), c.Ref)
	must(t, err)
	if !got.ClosesAt.Equal(later.Until) || got.State != workflow.CallOpen || len(changes) != 1 || changes[0].ConfirmedAt == nil {
		t.Errorf("%+v %+v", got, changes)
	}
}

func TestAnExtensionAfterTheCallClosedIsTooLate(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	c := w.OpenCall()
	w.Person("one", "administrator", access.Scope{})
	w.Person("two", "administrator", access.Scope{})
	must(t, w.Funds.ProposeExtension(w.As("one"), c.Ref, fund.Extension{Until: c.ClosesAt.AddDate(0, 0, 7), Reason: "Late"}))
	w.Closed()
	w.Want(w.Funds.ConfirmExtension(w.As("two"), c.Ref), fault.Conflict)
}

func TestApplicationsAreNumberedWithoutGapsOrRepeats(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	r := w.Round()
	seen := map[int]bool{}
	for range 5 {
		w.Write(w.Operator(), func(tx *work.Tx) error {
			must(t, tx.Require(access.LoadDemonstration, access.Scope{}))
			n, err := fund.NextNumber(tx, r.ID)
			seen[n] = true
			tx.Record(event())
			return err
		})
	}
	for n := 1; n <= 5; n++ {
		if !seen[n] {
			t.Errorf("%d is missing: %v", n, seen)
		}
	}
}

func event() audit.Event { return audit.Event{Verb: "test", Kind: "round", Subject: "AF26"} }

func TestTheStateOfARoundIsThatOfItsLeastAdvancedCall(t *testing.T) {
	t.Parallel()
	for want, calls := range map[workflow.CallState][]workflow.CallState{
		workflow.CallDraft:    {},
		workflow.CallOpen:     {workflow.CallReleased, workflow.CallOpen, workflow.CallClosed},
		workflow.CallReleased: {workflow.CallReleased, workflow.CallArchived},
	} {
		var r fund.RoundWithCalls
		for _, s := range calls {
			r.Calls = append(r.Calls, fund.Call{ID: ident.New[ident.Call](), State: s})
		}
		if got := r.State(); got != want {
			t.Errorf("%v: %s", calls, got)
		}
	}
}

func TestTheLibraryHoldsEveryPublishedForm(t *testing.T) {
	t.Parallel()
	l, err := fund.NewLibrary(configs.FS)
	must(t, err)
	for _, id := range []string{"application-1", "dtac-v1", "dtac-v2"} {
		if f, err := l.Form(id); err != nil || f.ID != id {
			t.Error(id, err)
		}
	}
	if _, err := l.Form("application-0"); err == nil {
		t.Error("a form that is not there was given")
	}
}

// A method whose parts do not fit together is refused with the key of each; one whose parts do is taken.
func TestAMethodSaysWhatTheProgramDoes(t *testing.T) {
	t.Parallel()
	try := func(method string) error {
		_, err := fund.ParseFile("r.yaml", []byte(strings.Replace(testkit.RoundFile, "award_cap: 500000", "award_cap: 500000\n    "+method, 1)))
		return err
	}
	for method, key := range map[string]string{
		"method: {ranking: best}":                                                  "method.ranking",
		"method: {strategy: lottery}":                                              "method.strategy",
		"method: {objective: score}":                                               "method.objective: score is an objective of the strategy portfolio alone",
		"method: {band: randomise}":                                                "method.band: randomise and the strategy merit_random belong together",
		"method: {band: randomise, strategy: merit_random}":                        "method.band: randomise needs the ranking calibrated",
		"method: {limits: [{by: theme, value: CAR}]}":                              "method.limits[0]: limits nothing",
		"method: {limits: [{by: colour, value: red, max_count: 2}]}":               "method.limits[0].by",
		"method: {limits: [{by: region, value: '*', min_count: 3, max_count: 2}]}": "min_count: must not be above max_count",
		"method: {min_parts: {EV1: 6}}":                                            "method.min_parts.EV1",
		"method: {budgets: [{name: A, pounds: 1}]}":                                "method.budgets[0].year: say a year, a use, or both",
		"method: {budgets: [{name: A, year: '2026'}]}":                             "method.budgets[0].year: must be a financial year",
		"method: {budgets: [{name: A, use: both}]}":                                "method.budgets[0].use",
		"method: {budgets: [{name: A, use: capital}, {name: B, year: 2026_27}]}":   "method.budgets[1].year: a cost could be paid from A too",
		"budget: 100\n    method: {pooled: true}":                                  "method.pooled",
	} {
		if err := try(method); err == nil || !strings.Contains(err.Error(), "calls[0]."+key) && !strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v, not %s", method, err, key)
		}
	}
	for _, method := range []string{
		"method: {ranking: calibrated, strategy: merit_random, band: randomise}",
		"method: {ranking: calibrated, strategy: portfolio, objective: score, limits: [{by: region, value: '*', min_count: 1, max_pounds: 900000}]}",
		"method: {budgets: [{name: Capital this year, year: '2026_27', use: capital, pounds: 100000}, {name: Later, year: '2027_28', pounds: 50000}]}",
		"method: {pooled: true, limits: [{by: theme, value: CAR, min_pounds: 500000}]}",
	} {
		if err := try(method); err != nil {
			t.Errorf("%s: %v", method, err)
		}
	}
}
