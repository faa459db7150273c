package highs_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"adoptionfund/internal/allocation/solve/highs"
)

// engine is one for all tests, kept where those of solve keep theirs: to compile it takes seconds.
var engine = sync.OnceValue(func() *highs.Engine { return highs.New(filepath.Join(os.TempDir(), "adoptionfund-solver")) })

func TestASmallProblemIsSolved(t *testing.T) {
	t.Parallel()
	e := engine()
	inf := math.Inf(1)
	m := highs.Model{ // 3 of a at 5, 2 of b at 4, whole: 6a + 4b ≤ 24, a + 2b ≤ 6 has its best at a = 4, b = 0
		Columns: []highs.Column{{5, 0, inf, true}, {4, 0, inf, true}},
		Rows:    []highs.Row{{-inf, 24, []int{0, 1}, []float64{6, 4}}, {-inf, 6, []int{0, 1}, []float64{1, 2}}},
	}
	for range 3 {
		s, err := e.Solve(t.Context(), m)
		if err != nil || s.Status != highs.Optimal || math.Abs(s.Worth-20) > 1e-6 || math.Abs(s.Bound-20) > 1e-6 || math.Abs(s.Values[0]-4) > 1e-6 {
			t.Fatalf("%+v %v", s, err)
		}
	}
	m.Rows = append(m.Rows, highs.Row{30, inf, []int{0}, []float64{1}})
	if s, err := e.Solve(t.Context(), m); err != nil || s.Status != highs.Infeasible {
		t.Fatalf("%+v %v", s, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Solve(ended, m); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestATimeLimitGivesTheBestFoundWithItsBound(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 1))
	var m highs.Model
	const n = 300
	for range n {
		m.Columns = append(m.Columns, highs.Column{float64(1000 + rng.IntN(1000)), 0, 1, true})
	}
	m.Start = make([]float64, n)
	for range 40 {
		row := highs.Row{Lower: math.Inf(-1), Upper: 20000}
		for i := range n {
			row.Columns, row.Times = append(row.Columns, i), append(row.Times, float64(100+rng.IntN(900)))
		}
		m.Rows = append(m.Rows, row)
	}
	m.Limit = 200 * time.Millisecond
	s, err := engine().Solve(t.Context(), m)
	if err != nil || s.Status != highs.Stopped || s.Values == nil || s.Bound < s.Worth || s.Worth < 0 {
		t.Fatalf("%v %v %v %v", s.Status, s.Worth, s.Bound, err)
	}
}
