package fund_test

import (
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/configs"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/testkit"
)

// TestARoundIsWrittenAsTheFileThatMakesIt: what is downloaded makes the same round again, for every round that comes with the program.
func TestARoundIsWrittenAsTheFileThatMakesIt(t *testing.T) {
	t.Parallel()
	paths, err := fs.Glob(configs.FS, "rounds/*.yaml")
	must(t, err)
	files := map[string][]byte{"rich.yaml": []byte(richRound)}
	for _, p := range paths {
		files[p], err = configs.FS.ReadFile(p)
		must(t, err)
	}
	for p, data := range files {
		f, err := fund.ParseFile(p, data)
		must(t, err)
		w := testkit.New(t)
		must(t, w.Funds.Create(w.Operator(), f))
		rounds, err := w.Funds.List(w.Operator())
		must(t, err)
		written := fund.FileOf(&rounds[0].Round, rounds[0].Calls)
		text, err := written.Write()
		must(t, err)
		read, err := fund.ParseFile("again.yaml", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		other := testkit.New(t)
		must(t, other.Funds.Create(other.Operator(), read))
		again, err := other.Funds.List(other.Operator())
		must(t, err)
		for i, c := range rounds[0].Calls {
			a := again[0].Calls[i]
			if d := cmp.Diff(c.Settings, a.Settings); d != "" || !c.OpensAt.Equal(a.OpensAt) || !c.ClosesAt.Equal(a.ClosesAt) || (c.ReleaseAt == nil) != (a.ReleaseAt == nil) || c.ReleaseAt != nil && !c.ReleaseAt.Equal(*a.ReleaseAt) || c.Title != a.Title {
				t.Errorf("%s: %s", c.Ref, d)
			}
		}
		if r, a := rounds[0].Round, again[0].Round; r.Ref != a.Ref || r.Title != a.Title || r.Budget != a.Budget || r.SeniorOfficer != a.SeniorOfficer || r.Notice != a.Notice {
			t.Errorf("%+v is not %+v", a, r)
		}
	}
}

// richRound says everything that a file can say, with noughts that mean something.
const richRound = `
round: RF31
title: "A round: with 'everything'"
budget: 3000000
senior_officer: senior@fund.example
notice: "Invented.\nIn two lines"
calls:
  - theme: CAR
    title: Everything
    opens: 2031-01-06 09:30
    closes: 2031-03-30 00:30
    release: 2031-06-01 12:00
    budget: 1000000
    award_cap: 250000
    spend_by: 2032-03-31
    purpose: "A purpose: with a colon"
    guidance: |
      Two lines,

      and a third. # not a comment
    priorities: [{code: P1, title: "First, of two"}, {code: P2, title: "- second"}]
    benefits: ["yes", "12", "null"]
    must_include: [A letter]
    who_may_lead: [icb, pcn]
    per_lead: 3
    system_names: true
    forms: {application: application-1, rubric: default-1, rules: default-2, dtac: [dtac-v1, dtac-v2]}
    dtac: {latest_action: 2031-12-31, never_defer: [C1.2.5], require: [C3.3], d1_minimum: 0, assess: all, second_look: true}
    review: {kinds: {clinical: 2, technical: 0, ppv: 1}, shortlist: true, apart_by: 3, days: 14, mask_names: true, reason_words: 7, quorum: {clinical: 2}, held_back: 12}
    method:
      ranking: calibrated
      strategy: portfolio
      objective: score
      partial: true
      min_score: 42.5
      min_parts: {EV1: 2, RO1: 1.5}
      max_count: 9
      limits: [{by: region, value: "*", max_count: 0}, {by: theme, value: CAR, min_pounds: 100, max_pounds: 900000}, {by: organisation, value: QMF, min_count: 1}]
      budgets: [{name: Capital, use: capital, pounds: 200000}, {name: Later, year: "2032_33", use: revenue, pounds: 0}]
      reserve: 4
    approval: {second_above_pounds: 500000, delegated_pounds: 750000}
    feedback: {publish_scores: true, review_days: 20, offer_days: 21, reserve_days: 90}
    clarifications: 3
  - {theme: GAS, title: Little, opens: 2031-01-06, closes: 2031-03-01}
`
