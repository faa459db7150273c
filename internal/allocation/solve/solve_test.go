package solve_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/money"
)

func ptr[T any](v T) *T { return &v }

func TestDownTheRankingWhatFitsIsFunded(t *testing.T) {
	t.Parallel()
	p := solve.Problem{Strategy: solve.Merit, Budget: money.Pounds(100), MinScore: ptr(40.0), Applications: []solve.Application{
		{ID: "A", Score: 80, Requested: money.Pounds(60)},
		{ID: "B", Score: 70, Requested: money.Pounds(50)}, // passed over: 40 left
		{ID: "C", Score: 60, Requested: money.Pounds(30)},
		{ID: "D", Score: 30, Requested: money.Pounds(1)},  // below the minimum
		{ID: "E", Score: 60, Requested: money.Pounds(20)}, // as good as C, asks for less: before it
	}}
	r, err := do(t, p)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(r.Funded); got != "[{A £60} {E £20}]" && r.Spent != money.Pounds(80) {
		t.Error(got, r.Spent)
	}
	for id, words := range map[string]string{"B": "£40 is left", "C": "£20 is left", "D": "below the minimum", "A": "Place 1"} {
		if !strings.Contains(r.Reasons[id], words) {
			t.Errorf("%s: %s", id, r.Reasons[id])
		}
	}
}

func TestOneAtMostIsFundedInPart(t *testing.T) {
	t.Parallel()
	p := solve.Problem{Strategy: solve.Merit, Budget: money.Pounds(100), Partial: true, Applications: []solve.Application{
		{ID: "A", Score: 80, Requested: money.Pounds(60), Minimum: money.Pounds(60)},
		{ID: "B", Score: 70, Requested: money.Pounds(90), Minimum: money.Pounds(50)}, // 40 left: below its minimum
		{ID: "C", Score: 60, Requested: money.Pounds(70), Minimum: money.Pounds(30)}, // 40 left: in part
		{ID: "D", Score: 50, Requested: money.Pounds(70), Minimum: money.Pounds(1)},
	}}
	r, err := do(t, p)
	if err != nil || fmt.Sprint(r.Funded) != "[{A £60} {C £40}]" {
		t.Error(r.Funded, err)
	}
}

func TestWhatMustBeFundedComesFirst(t *testing.T) {
	t.Parallel()
	apps := []solve.Application{
		{ID: "A", Score: 80, Requested: money.Pounds(60)},
		{ID: "B", Score: 10, Requested: money.Pounds(50), Must: solve.MustFund},
		{ID: "C", Score: 90, Requested: money.Pounds(10), Must: solve.MustReject},
	}
	r, err := do(t, solve.Problem{Strategy: solve.Merit, Budget: money.Pounds(100), MinScore: ptr(40.0), Applications: apps})
	if err != nil || fmt.Sprint(r.Funded) != "[{B £50}]" || r.Status != solve.Feasible {
		t.Error(r, err)
	}
	r, err = do(t, solve.Problem{Strategy: solve.Merit, Budget: money.Pounds(40), Applications: apps})
	if err != nil || r.Status != solve.Infeasible {
		t.Error(r, err)
	}
}

func TestAWrongProblemIsNamedWithItsPath(t *testing.T) {
	t.Parallel()
	ok := solve.Application{ID: "A", Requested: 100}
	for path, p := range map[string]solve.Problem{
		"budget":                    {Strategy: solve.Merit, Budget: -1},
		"strategy":                  {Strategy: "luck"},
		"applications[1].id":        {Strategy: solve.Merit, Applications: []solve.Application{ok, ok}},
		"applications[0].requested": {Strategy: solve.Merit, Applications: []solve.Application{{ID: "A"}}},
		"applications[0].minimum":   {Strategy: solve.Merit, Applications: []solve.Application{{ID: "A", Requested: 1, Minimum: 2}}},
		"applications[0].must":      {Strategy: solve.Merit, Applications: []solve.Application{{ID: "A", Requested: 1, Must: "x"}}},
		"applications[0].uses":      {Strategy: solve.Merit, Applications: []solve.Application{{ID: "A", Requested: 1, Uses: map[string]money.Pence{"x": 2}}}},
		"limits[0].by":              {Strategy: solve.Merit, Limits: []solve.Limit{{By: "luck", Value: "*"}}},
	} {
		if _, err := do(t, p); err == nil || !strings.HasPrefix(err.Error(), path+":") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// problem draws a random problem with every kind of limit.
func problem(t *rapid.T) solve.Problem {
	pounds := rapid.Int64Range(1, 500)
	names := rapid.SampledFrom([]string{"X", "Y", "Z"})
	p := solve.Problem{Strategy: solve.Merit, Budget: money.Pounds(rapid.Int64Range(0, 2000).Draw(t, "budget")), Partial: rapid.Bool().Draw(t, "partial")}
	for i := range rapid.IntRange(0, 14).Draw(t, "n") {
		requested := money.Pounds(pounds.Draw(t, "requested"))
		p.Applications = append(p.Applications, solve.Application{
			ID: fmt.Sprintf("A%02d", i), Score: float64(rapid.IntRange(0, 100).Draw(t, "score")), Requested: requested,
			Minimum: money.Pence(rapid.Int64Range(1, int64(requested)).Draw(t, "minimum")), Theme: names.Draw(t, "theme"), Region: names.Draw(t, "region"),
			Group: rapid.SampledFrom([]string{"", "", "", "g"}).Draw(t, "group"), Must: rapid.SampledFrom([]string{"", "", "", "", "reject"}).Draw(t, "must"),
			Uses: map[string]money.Pence{"capital": requested / 3, "revenue": requested - requested/3},
		})
	}
	p.Budgets = []solve.Pot{{Name: "capital", Amount: money.Pounds(rapid.Int64Range(0, 800).Draw(t, "capital"))}}
	p.Limits = []solve.Limit{
		{By: "theme", Value: "*", MaxAmount: ptr(money.Pounds(rapid.Int64Range(0, 900).Draw(t, "most")))},
		{By: "region", Value: "X", MaxCount: ptr(rapid.IntRange(0, 4).Draw(t, "count"))},
	}
	if rapid.Bool().Draw(t, "counted") {
		p.MaxCount = ptr(rapid.IntRange(0, 6).Draw(t, "max"))
	}
	return p
}

func TestNoLimitIsEverBroken(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := problem(t)
		r, err := do(t, p)
		if err != nil {
			t.Fatal(err)
		}
		byID := map[string]solve.Application{}
		for _, a := range p.Applications {
			byID[a.ID] = a
			if r.Reasons[a.ID] == "" {
				t.Fatalf("%s has no reason", a.ID)
			}
		}
		var spent, capital money.Pence
		themes, groups, inX, partly := map[string]money.Pence{}, map[string]int{}, 0, 0
		for _, f := range r.Funded {
			a := byID[f.ID]
			spent += f.Amount
			capital += money.Share(a.Uses["capital"], f.Amount, a.Requested)
			themes[a.Theme] += f.Amount
			if a.Group != "" {
				groups[a.Group]++
			}
			if a.Region == "X" {
				inX++
			}
			if f.Amount != a.Requested {
				partly++
				if f.Amount < a.Minimum || f.Amount > a.Requested || f.Amount%100 != 0 {
					t.Fatalf("%s got %s", f.ID, f.Amount)
				}
			}
			if a.Must == solve.MustReject {
				t.Fatalf("%s must not be funded", f.ID)
			}
		}
		if spent != r.Spent || spent > p.Budget || capital > p.Budgets[0].Amount || partly > 1 || (partly == 1 && !p.Partial) || inX > *p.Limits[1].MaxCount || groups["g"] > 1 {
			t.Fatalf("%+v", r)
		}
		for theme, amount := range themes {
			if amount > *p.Limits[0].MaxAmount {
				t.Fatalf("%s got %s", theme, amount)
			}
		}
		if p.MaxCount != nil && len(r.Funded) > *p.MaxCount {
			t.Fatal("too many")
		}
		again, err := do(t, p)
		if err != nil || fmt.Sprint(again) != fmt.Sprint(r) {
			t.Fatal("the same problem gave another result")
		}
	})
}

// TestAStoppedSearchClaimsNoProof: whenever the time ends, nothing that was found later is worth more than the bound, and what is called the best
// is not surpassed.
func TestAStoppedSearchClaimsNoProof(t *testing.T) {
	t.Parallel()
	p := invented(5, 600, 24)
	p.Partial = true
	for i := range p.Applications {
		p.Applications[i].Minimum = p.Applications[i].Requested / 2
	}
	found := 0
	var worth, bounds []float64
	for _, limit := range []time.Duration{10 * time.Millisecond, 100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second} {
		r, err := solver().Solve(t.Context(), p, limit)
		if err != nil {
			continue // nothing was found, and it says so
		}
		found++
		worth, bounds = append(worth, r.Value), append(bounds, *r.Bound)
		if r.Status == solve.Optimal && *r.Gap != 0 || r.Status == solve.Feasible && *r.Gap <= 0 {
			t.Errorf("after %v: %s with a gap of %v", limit, r.Status, *r.Gap)
		}
	}
	if found < 2 || slices.Max(worth) > slices.Min(bounds)*(1+1e-9) {
		t.Errorf("worth %v within bounds of %v", worth, bounds)
	}
}
