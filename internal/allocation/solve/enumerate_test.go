package solve_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/money"
)

// solver is one for all tests: it is compiled once.
var solver = sync.OnceValue(func() *solve.Solver {
	return solve.New(highs.New(filepath.Join(os.TempDir(), "adoptionfund-solver")))
})

// failing is a test or a draw of a property.
type failing interface {
	Helper()
	Context() context.Context
}

func do(t failing, p solve.Problem) (solve.Result, error) {
	t.Helper()
	return solver().Solve(t.Context(), p, 0)
}

// whole draws a problem small enough to be enumerated, with every kind of limit.
func whole(t *rapid.T, strategy string) solve.Problem {
	partial := rapid.Bool().Draw(t, "partial")
	most, largest := 9, int64(40)
	if partial {
		most, largest = 5, 5
	}
	names := rapid.SampledFrom([]string{"X", "Y", "Z"})
	p := solve.Problem{
		Strategy: strategy, Objective: rapid.SampledFrom([]string{"", solve.ByAmount, solve.ByScore}).Draw(t, "objective"), Partial: partial,
		Budget: money.Pence(rapid.Int64Range(0, largest*int64(most)*60).Draw(t, "budget")),
	}
	for i := range rapid.IntRange(1, most).Draw(t, "n") {
		requested := money.Pounds(rapid.Int64Range(1, largest).Draw(t, "requested"))
		if rapid.IntRange(0, 3).Draw(t, "pence") == 0 {
			requested += money.Pence(rapid.Int64Range(0, 99).Draw(t, "more"))
		}
		a := solve.Application{
			ID: fmt.Sprintf("A%02d", i), Score: float64(rapid.IntRange(0, 1000).Draw(t, "score")) / 10, Requested: requested, Theme: names.Draw(t, "theme"), Region: names.Draw(t, "region"), Organisation: names.Draw(t, "organisation"),
			Group: rapid.SampledFrom([]string{"", "", "", "g", "h"}).Draw(t, "group"), Must: rapid.SampledFrom([]string{"", "", "", "", "", "", "reject", "fund"}).Draw(t, "must"),
		}
		if rapid.Bool().Draw(t, "named minimum") {
			a.Minimum = money.Pence(rapid.Int64Range(1, int64(requested)).Draw(t, "minimum"))
		}
		if rapid.Bool().Draw(t, "used") {
			capital := money.Pence(rapid.Int64Range(0, int64(requested)).Draw(t, "capital"))
			a.Uses = map[string]money.Pence{"capital": capital, "revenue": requested - capital}
		}
		p.Applications = append(p.Applications, a)
	}
	if rapid.Bool().Draw(t, "pot") {
		p.Budgets = []solve.Pot{{Name: "capital", Amount: money.Pence(rapid.Int64Range(0, largest*200).Draw(t, "capital"))}}
	}
	for range rapid.IntRange(0, 3).Draw(t, "limits") {
		l := solve.Limit{By: rapid.SampledFrom([]string{"theme", "region", "organisation"}).Draw(t, "by"), Value: rapid.SampledFrom([]string{"X", "Y", "*", "Q"}).Draw(t, "value")}
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			l.MaxAmount = ptr(money.Pence(rapid.Int64Range(0, largest*300).Draw(t, "most")))
		case 1:
			l.MaxCount = ptr(rapid.IntRange(0, 3).Draw(t, "most of them"))
		case 2:
			l.MinAmount = money.Pence(rapid.Int64Range(0, largest*100).Draw(t, "least"))
		case 3:
			l.MinCount = rapid.IntRange(0, 2).Draw(t, "least of them")
		case 4:
			l.MinCount, l.MaxCount = 1, ptr(rapid.IntRange(1, 2).Draw(t, "most of them"))
		}
		p.Limits = append(p.Limits, l)
	}
	if rapid.IntRange(0, 3).Draw(t, "counted") == 0 {
		p.MaxCount = ptr(rapid.IntRange(0, 5).Draw(t, "max"))
	}
	if rapid.IntRange(0, 3).Draw(t, "from") == 0 {
		p.MinScore = ptr(float64(rapid.IntRange(0, 600).Draw(t, "least score")) / 10)
	}
	if strategy == solve.MeritRandom {
		p.Seed = rapid.StringMatching(`[a-z]{1,4}`).Draw(t, "seed")
		for _, a := range p.Applications {
			if len(p.Band) == 0 || rapid.Bool().Draw(t, "in the band") {
				p.Band = append(p.Band, a.ID)
			}
		}
	}
	return p
}

// amountsOf are the amounts of a result by application.
func amountsOf(p solve.Problem, r solve.Result) []money.Pence {
	given := make([]money.Pence, len(p.Applications))
	for _, f := range r.Funded {
		given[slices.IndexFunc(p.Applications, func(a solve.Application) bool { return a.ID == f.ID })] = f.Amount
	}
	return given
}

func shown(p solve.Problem) string {
	text, _ := json.Marshal(p)
	return string(text)
}

func TestTheBestPortfolioIsTheBestOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := whole(t, solve.Portfolio)
		x := newPlain(p)
		want, possible := x.best()
		r, err := do(t, p)
		if err != nil {
			t.Fatalf("%v\n%s", err, shown(p))
		}
		if !possible {
			checkConflict(t, p, r)
			return
		}
		given := amountsOf(p, r)
		if r.Status != solve.Optimal || !x.within(given, true) || math.Abs(x.value(given)-want) > 1e-6 || math.Abs(r.Value-want) > 1e-6 {
			t.Fatalf("%+v, want %v\n%s", r, want, shown(p))
		}
		checkResult(t, p, r)
	})
}

func TestTheMeritOrderIsThatOfThePlainReading(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{solve.Merit, solve.MeritRandom} {
		rapid.Check(t, func(t *rapid.T) {
			p := whole(t, strategy)
			want, possible := newPlain(p).merit()
			r, err := do(t, p)
			if err != nil {
				t.Fatalf("%v\n%s", err, shown(p))
			}
			if !possible {
				checkConflict(t, p, r)
				return
			}
			if given := amountsOf(p, r); r.Status != solve.Feasible || !slices.Equal(given, want) {
				t.Fatalf("%v, want %v\n%s", given, want, shown(p))
			}
			checkResult(t, p, r)
		})
	}
}

// checkResult looks at what every result owes: money that adds up, a reason for each.
func checkResult(t *rapid.T, p solve.Problem, r solve.Result) {
	var spent money.Pence
	for _, f := range r.Funded {
		spent += f.Amount
	}
	if spent != r.Spent || spent > p.Budget || len(r.Reasons) != len(p.Applications) {
		t.Fatalf("%+v\n%s", r, shown(p))
	}
	if (r.Bound == nil) != (p.Strategy != solve.Portfolio) {
		t.Fatalf("%+v", r)
	}
}

// checkConflict checks that what is named cannot all be kept, and that it can without any one of it.
func checkConflict(t *rapid.T, p solve.Problem, r solve.Result) {
	if r.Status != solve.Infeasible || len(r.Conflict) == 0 || len(r.Funded) > 0 {
		t.Fatalf("%+v should be infeasible\n%s", r, shown(p))
	}
	possible := func(kept []any) bool {
		x := newPlain(only(p, kept))
		if p.Strategy == solve.Portfolio {
			_, any := x.best()
			return any
		}
		return x.completed(make([]money.Pence, len(x.apps)), make([]bool, len(x.apps)))
	}
	if possible(r.Conflict) {
		t.Fatalf("%v can all be kept\n%s", r.Conflict, shown(p))
	}
	for i := range r.Conflict {
		if rest := slices.Delete(slices.Clone(r.Conflict), i, i+1); !possible(rest) {
			t.Fatalf("%v cannot be kept either\n%s", rest, shown(p))
		}
	}
}

// only is a problem with those of its limits that are named.
func only(p solve.Problem, kept []any) solve.Problem {
	has := func(name any) bool { return slices.Contains(kept, name) }
	q := p
	q.Applications, q.Limits = slices.Clone(p.Applications), nil
	for i, l := range p.Limits {
		if has(i) {
			q.Limits = append(q.Limits, l)
		}
	}
	if !has("budget") {
		q.Budget = 1e9
	}
	if !has("budgets") {
		q.Budgets = nil
	}
	if !has("max_count") {
		q.MaxCount = nil
	}
	for i := range q.Applications {
		a := &q.Applications[i]
		if !has("group") {
			a.Group = ""
		}
		switch below := p.MinScore != nil && a.Score < *p.MinScore; {
		case a.Must != "" && !has("must"):
			a.Must = ""
			if below {
				a.Score = *p.MinScore
			}
		case a.Must == "" && below && !has("min_score"):
			a.Score = *p.MinScore
		}
	}
	return q
}
