package solve_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/money"
)

// invented makes a round with limits on themes, regions and organisations, about half of which bind.
func invented(seed uint64, applications, limits int) solve.Problem {
	rng := rand.New(rand.NewPCG(seed, 138))
	p := solve.Problem{}
	var asked money.Pence
	for i := range applications {
		requested := money.Pounds(1000 * (60 + rng.Int64N(441)))
		asked += requested
		p.Applications = append(p.Applications, solve.Application{
			ID: fmt.Sprintf("A%04d", i), Score: float64(3000+rng.IntN(6500)) / 100, Requested: requested, Theme: fmt.Sprintf("T%d", rng.IntN(4)), Region: fmt.Sprintf("R%d", rng.IntN(7)),
			Organisation: fmt.Sprintf("O%d", rng.IntN(max(4, applications/3))),
		})
	}
	p.Budget = asked / 4
	share := func(least, most int) *money.Pence {
		amount := p.Budget * money.Pence(least+rng.IntN(most-least)) / 100
		return &amount
	}
	for i := range limits {
		var l solve.Limit
		switch i % 4 {
		case 0:
			l = solve.Limit{By: "theme", Value: fmt.Sprintf("T%d", i/4%4), MaxAmount: share(18, 40)}
		case 1:
			l = solve.Limit{By: "region", Value: fmt.Sprintf("R%d", i/4%7), MaxAmount: share(8, 25), MinAmount: *share(2, 8)}
		case 2:
			n := applications / 20
			l = solve.Limit{By: "region", Value: fmt.Sprintf("R%d", i/4%7), MaxCount: &n}
		case 3:
			one := 1 + rng.IntN(2)
			l = solve.Limit{By: "organisation", Value: fmt.Sprintf("O%d", i), MaxCount: &one}
		}
		p.Limits = append(p.Limits, l)
	}
	return p
}

func benchmark(b *testing.B, applications, limits int) {
	b.Helper()
	if _, err := solver().Solve(b.Context(), invented(0, 20, 4), 0); err != nil { // compiled before anything is measured
		b.Fatal(err)
	}
	var times []time.Duration
	worst := 0.0
	for seed := uint64(1); b.Loop(); seed++ {
		began := time.Now()
		r, err := solver().Solve(context.Background(), invented(seed, applications, limits), 10*time.Second)
		if err != nil || r.Gap == nil {
			b.Fatalf("%v %v", r.Conflict, err)
		}
		times = append(times, time.Since(began))
		worst = max(worst, *r.Gap)
	}
	slices.Sort(times)
	b.ReportMetric(times[len(times)/2].Seconds(), "p50-s")
	b.ReportMetric(times[len(times)-1].Seconds(), "worst-s")
	b.ReportMetric(worst, "worst-gap")
}

func BenchmarkPortfolio138(b *testing.B)  { benchmark(b, 138, 20) }
func BenchmarkPortfolio2000(b *testing.B) { benchmark(b, 2000, 60) }

func BenchmarkKnapsack138(b *testing.B) {
	p := invented(1, 138, 0)
	for b.Loop() {
		if r, err := solver().Solve(b.Context(), p, 0); err != nil || r.Status != solve.Optimal {
			b.Fatal(r.Status, err)
		}
	}
}
