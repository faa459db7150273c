package solve

import (
	"context"
	"fmt"
	"math"
	"math/big"
	"time"

	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/money"
)

// Solver decides. It may be used by several at once.
type Solver struct{ engine *highs.Engine }

// New makes a solver with an engine for what needs one: portfolios with limits besides the budget, and what must be reached.
func New(engine *highs.Engine) *Solver { return &Solver{engine} }

// Solve decides which applications are funded. After the time limit (0: none) the best portfolio found is given, with its gap. The same problem gives
// the same result, unless the time limit ends it.
func (s *Solver) Solve(ctx context.Context, p Problem, limit time.Duration) (Result, error) {
	if err := p.Check(); err != nil {
		return Result{}, err
	}
	b := newBoard(p.withDefaults())
	if b.p.Strategy == Portfolio {
		return s.portfolio(ctx, b, limit)
	}
	return s.merit(ctx, b)
}

// portfolio finds the choice that is worth most under all rules.
func (s *Solver) portfolio(ctx context.Context, b *board, limit time.Duration) (Result, error) {
	if given, ok := b.knapsack(); ok {
		return b.best(given, nil), nil
	}
	first, err := s.byPrices(ctx, b)
	if err != nil {
		return Result{}, err
	}
	if first.given != nil && !b.holds(first.given) {
		first = priced{bound: math.Inf(1)}
	}
	if first.best {
		return b.best(first.given, nil), nil
	}
	return s.proved(ctx, b, limit, first)
}

// proved lets the solver look for the best portfolio, from what was found without it on.
func (s *Solver) proved(ctx context.Context, b *board, limit time.Duration, first priced) (Result, error) {
	slack := 0.5
	for range 3 {
		found, err := s.search(ctx, b, limit, slack, first.given)
		switch {
		case err != nil:
			return Result{}, err
		case found.Status == highs.Infeasible:
			return s.infeasible(ctx, b)
		case found.given == nil && first.given == nil:
			return Result{}, fmt.Errorf("no portfolio was found within the time limit of %v", limit)
		case found.given == nil || b.worth(first.given) > b.worth(found.given):
			found.given = first.given
		}
		if b.holds(found.given) {
			found.Bound = min(found.Bound, first.bound, b.everything())
			return b.best(found.given, found), nil
		}
		slack -= 0.45 // what was found breaks a bound in pence: once more with less room, then with some kept back
	}
	return Result{}, errNumbers
}

// everything is what all applications are worth together, in so far as they are worth anything: no portfolio is worth more.
func (b *board) everything() float64 {
	sum := 0.0
	for i, a := range b.apps {
		if !b.out(i) {
			sum += max(b.p.worth(a, a.Requested), 0)
		}
	}
	return sum
}

// worth is what a choice is worth.
func (b *board) worth(given []money.Pence) float64 {
	sum := 0.0
	for i, amount := range given {
		sum += b.p.worth(b.apps[i], amount)
	}
	return sum
}

// found is what the solver found, as amounts.
type found struct {
	highs.Solution

	given []money.Pence
}

// search lets the solver look for the best portfolio, beginning from the merit order where that keeps all rules.
func (s *Solver) search(ctx context.Context, b *board, limit time.Duration, slack float64, start []money.Pence) (*found, error) {
	m := b.newModel(func(int) (money.Pence, bool) { return 0, false }, nil)
	m.slack = slack
	m.add(b.binding(), nil)
	scale, gap := m.value()
	m.Gap, m.Limit = gap*scale, limit
	if start == nil {
		start = b.greedy()
	}
	m.Start = m.start(start)
	solution, err := s.engine.Solve(ctx, m.Model)
	if err != nil {
		return nil, fmt.Errorf("looking for the best portfolio: %w", err)
	}
	f := &found{Solution: solution}
	f.Worth, f.Bound = f.Worth/scale, f.Bound/scale
	if solution.Values != nil {
		f.given = m.read(solution.Values)
	}
	return f, nil
}

// value says what each variable is worth. The worths are scaled so that the largest is a thousand; the gap, not scaled, is less than the
// least by which two portfolios can differ.
func (m *model) value() (scale, gap float64) {
	largest := 0.0
	for i, a := range m.apps {
		if m.at[i].full >= 0 {
			largest = max(largest, math.Abs(m.p.worth(a, a.Requested)))
		}
	}
	scale = 1000 / max(largest, 1e-9)
	for i, a := range m.apps {
		if m.at[i].full >= 0 {
			m.Columns[m.at[i].full].Value = scale * m.p.worth(a, a.Requested)
		}
		if m.at[i].pounds >= 0 {
			m.Columns[m.at[i].pounds].Value = scale * m.p.worth(a, 100)
		}
	}
	return scale, m.difference()
}

// difference is a little less than the least by which the worths of two portfolios can differ, if scores have few decimals; 0 if they can differ by
// next to nothing.
func (m *model) difference() float64 {
	for decimals := 1.0; decimals <= 1e4; decimals *= 10 {
		if step := m.worthStep(decimals); step > 0 {
			return 0.9 * float64(step) / decimals
		}
	}
	return 0
}

// worthStep is the largest number, in worth times the decimals, of which every worth is a multiple; 0 if there is none.
func (m *model) worthStep(decimals float64) int64 {
	var step int64
	for i, a := range m.apps {
		if m.at[i].full < 0 {
			continue
		}
		score := a.Score * decimals
		if math.Abs(score-math.Round(score)) > 1e-7 || m.p.Objective == ByScore && m.at[i].pounds >= 0 {
			return 0
		}
		each := int64(math.Round(math.Abs(score)))
		if m.p.Objective == ByAmount {
			if a.Requested%100 != 0 {
				return 0
			}
			if m.at[i].pounds < 0 {
				each *= int64(a.Requested / 100)
			}
		}
		step = divisor(step, each)
	}
	return step
}

// start is a choice as the values of the variables.
func (m *model) start(given []money.Pence) []float64 {
	if given == nil {
		return nil
	}
	values := make([]float64, len(m.Columns))
	for i, at := range m.at {
		if at.full >= 0 && given[i] > 0 {
			values[at.full] = 1
		}
	}
	return values
}

// best makes the result of a portfolio. A nil search is one that proved its choice by itself.
func (b *board) best(given []money.Pence, f *found) Result {
	reasons, left := map[string]string{}, b.left(given)
	for i, a := range b.apps {
		reasons[a.ID] = b.reason(i, given, left)
	}
	r := b.result(given, reasons)
	bound, gap := r.Value, 0.0
	r.Status = Optimal
	if f != nil && f.Status == highs.Stopped {
		r.Status, bound = Feasible, max(f.Bound, r.Value)
		if r.Value > 0 {
			gap = (bound - r.Value) / r.Value
		}
		if gap == 0 {
			r.Status = Optimal
		}
	}
	r.Bound, r.Gap = &bound, &gap
	return r
}

// reason says in words why an application is in a portfolio or not.
func (b *board) reason(i int, given []money.Pence, left []*big.Rat) string {
	a := b.apps[i]
	switch {
	case b.out(i):
		return b.heldWords(i)
	case given[i] == a.Requested && b.held[i].funded:
		return "It must be funded"
	case given[i] == a.Requested:
		return "It belongs to the best portfolio"
	case given[i] > 0:
		return fmt.Sprintf("It belongs to the best portfolio in part: %s of %s", given[i], a.Requested)
	case b.p.worth(a, a.Requested) <= 0:
		return "It is worth nothing by its score"
	}
	least := a.Requested
	if low, high := b.pounds(i); low <= high {
		least = money.Pounds(low)
	}
	if why := b.misfit(i, least, left); why != "" {
		return "Not in the best portfolio: " + why + ", and no exchange is worth more"
	}
	return "Not in the best portfolio: to make room for it something worth more would have to go"
}
