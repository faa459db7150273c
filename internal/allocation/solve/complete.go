package solve

import (
	"context"
	"fmt"
	"math"

	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/money"
)

// complete looks for a choice for all that a walk has not decided with which every rule is kept, one application in part at most, and
// gives the amounts of all; nil if there is none. Of such choices it takes one that is worth much, which spares looking again; with an
// application to enlarge, one that gives it the most in part.
func (s *Solver) complete(ctx context.Context, w *walk, enlarge int) ([]money.Pence, error) {
	b := w.board
	for _, slack := range []float64{0.5, 0.05, -0.4} {
		m := b.newModel(func(i int) (money.Pence, bool) { return w.given[i], w.decided[i] && i != enlarge }, nil)
		m.slack = slack
		m.add(b.rules, nil)
		m.onePart()
		if enlarge >= 0 {
			m.Columns[m.at[enlarge].pounds].Value = 1
			m.row(1, 1, terms{{m.at[enlarge].part, 1}})
			m.Gap = 0.9
		} else {
			scale, _ := m.value()
			m.Gap = 0.02 * scale * b.total()
		}
		solution, err := s.engine.Solve(ctx, m.Model)
		if err != nil {
			return nil, fmt.Errorf("looking for what completes a choice: %w", err)
		}
		if solution.Status == highs.Infeasible {
			return nil, nil
		}
		if given := m.read(solution.Values); b.holds(given) {
			return given, nil
		}
	}
	return nil, errNumbers
}

// total is what all would be worth together.
func (b *board) total() float64 {
	var sum float64
	for _, a := range b.apps {
		sum += math.Abs(b.p.worth(a, a.Requested))
	}
	return sum
}

// onePart is that one application at most is funded in part.
func (m *model) onePart() {
	var t terms
	for _, at := range m.at {
		if at.part >= 0 {
			t = append(t, term{at.part, 1})
		}
	}
	if len(t) > 0 {
		m.row(math.Inf(-1), 1, t)
	}
}
