package allocation

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/calibration"
	"adoptionfund/internal/computation"
	"adoptionfund/internal/money"
)

// Sensitivity is what the result of a scenario hangs on.
type Sensitivity struct {
	Draws  int                `json:"draws"`  // of the posterior that were allocated; 0: there was no ranking to draw from
	Funded map[string]float64 `json:"funded"` // by reference: the share of them in which it is funded
	Prices []Change           `json:"prices,omitempty"`
	More   *Change            `json:"more,omitempty"` // with more money
	Less   *Change            `json:"less,omitempty"`
	Cut    bool               `json:"cut,omitempty"` // time ended before all was tried
}

// Change is what would be otherwise if one thing were.
type Change struct {
	Words string      `json:"words"` // what would be otherwise
	Value float64     `json:"value"` // by how much the value would change
	Spent money.Pence `json:"spent"` // by how much what is spent would
	Enter []string    `json:"enter,omitempty"`
	Leave []string    `json:"leave,omitempty"`
}

const (
	step100k     = money.Pence(100_000_00)
	mostDraws    = 1000
	longestDraws = 20 * time.Second
	longestOne   = 10 * time.Second
	longestPrice = 25 * time.Second
)

// sensitivity allocates draws of the ranking as if each were the truth, and tries the problem without each limit and with more and less
// money. It ends in time: what it did not come to is left out and said.
func (s *Service) sensitivity(ctx context.Context, b basis, r solve.Result, step computation.Step) (Sensitivity, error) {
	var hangs Sensitivity
	if r.Status == solve.Infeasible {
		return hangs, nil
	}
	if err := s.changes(ctx, b, r, &hangs); err != nil {
		return hangs, err
	}
	step(60, "How far it hangs on chance is computed")
	if b.standing.Kept == nil || b.standing.Stale() {
		return hangs, nil
	}
	draws, err := b.standing.Kept.Draw()
	if err != nil {
		return hangs, err //nolint:wrapcheck // says what it was doing
	}
	return hangs, s.draw(ctx, b.problem, draws, &hangs)
}

// changes tries what would be otherwise.
func (s *Service) changes(ctx context.Context, b basis, r solve.Result, hangs *Sensitivity) error {
	timed, stop := context.WithTimeout(ctx, longestPrice)
	defer stop()
	try := func(words string, p solve.Problem) (*Change, error) {
		other, err := s.solver.Solve(timed, p, longestOne)
		switch {
		case ctx.Err() != nil:
			return nil, fmt.Errorf("trying what would be otherwise: %w", ctx.Err())
		case err != nil:
			hangs.Cut = true // out of time
			return nil, nil  //nolint:nilnil // what could not be tried is left out, and said
		case other.Status == solve.Infeasible:
			return &Change{Words: words + ": then the limits cannot all be kept", Value: -r.Value, Spent: -r.Spent}, nil
		}
		return change(words, r, other), nil
	}
	more, less := b.problem, b.problem
	more.Budget, less.Budget = more.Budget+step100k, max(less.Budget-step100k, 0)
	var err error
	if hangs.More, err = try(step100k.String()+" more", more); err != nil {
		return err
	}
	if hangs.Less, err = try(step100k.String()+" less", less); err != nil {
		return err
	}
	for _, w := range b.without() {
		c, err := try("Without "+w.words, w.problem)
		if err != nil {
			return err
		}
		if c != nil {
			hangs.Prices = append(hangs.Prices, *c)
		}
	}
	return nil
}

// without are the problems that lack one limit each.
func (b basis) without() []struct {
	words   string
	problem solve.Problem
} {
	var all []struct {
		words   string
		problem solve.Problem
	}
	add := func(words string, p solve.Problem) {
		all = append(all, struct {
			words   string
			problem solve.Problem
		}{words, p})
	}
	for i, l := range b.ask.Limits {
		p := b.problem
		p.Limits = slices.Delete(slices.Clone(p.Limits), i, i+1)
		add("the limit on "+l.Words(), p)
	}
	if b.problem.MaxCount != nil {
		p := b.problem
		p.MaxCount = nil
		add("the limit of "+mostWords(*b.problem.MaxCount), p)
	}
	if b.ask.MinScore > 0 {
		p := b.problem
		p.MinScore = nil
		add(fmt.Sprintf("the least total of %g", b.ask.MinScore), p)
	}
	return all
}

// change compares a result with another.
func change(words string, from, to solve.Result) *Change {
	c := &Change{Words: words, Value: to.Value - from.Value, Spent: to.Spent - from.Spent}
	c.Enter, c.Leave = exchanged(from, to)
	return c
}

// exchanged says who enters and who leaves from one result to another, in the order of the references.
func exchanged(from, to solve.Result) (enter, leave []string) {
	in := func(r solve.Result, id string) bool {
		return slices.ContainsFunc(r.Funded, func(f solve.Funded) bool { return f.ID == id })
	}
	for _, f := range to.Funded {
		if !in(from, f.ID) {
			enter = append(enter, f.ID)
		}
	}
	for _, f := range from.Funded {
		if !in(to, f.ID) {
			leave = append(leave, f.ID)
		}
	}
	slices.Sort(enter)
	slices.Sort(leave)
	return enter, leave
}

// draw allocates draws of the scores as if each were the truth, as many as there is time for, and counts how often each application is funded.
// Draws are taken at even distances, so that the same ones are taken each time.
func (s *Service) draw(ctx context.Context, p solve.Problem, draws *calibration.Posterior, hangs *Sensitivity) error {
	timed, stop := context.WithTimeout(ctx, longestDraws)
	defer stop()
	from := drawnFrom(draws)
	times := map[string]int{}
	for d := range from.wanted {
		drawn := from.draw(p, d)
		r, err := s.solver.Solve(timed, drawn, longestOne)
		if ctx.Err() != nil {
			return fmt.Errorf("allocating draws: %w", ctx.Err())
		}
		if err != nil {
			if timed.Err() == nil && !errors.Is(err, context.DeadlineExceeded) {
				return fmt.Errorf("allocating a draw: %w", err)
			}
			hangs.Cut = true
			break
		}
		hangs.Draws++
		for _, f := range r.Funded {
			times[f.ID]++
		}
	}
	hangs.Funded = map[string]float64{}
	for _, a := range p.Applications {
		if hangs.Draws > 0 {
			hangs.Funded[a.ID] = float64(times[a.ID]) / float64(hangs.Draws)
		}
	}
	return nil
}

// drawing takes draws of a posterior, at even distances.
type drawing struct {
	posterior    *calibration.Posterior
	at           map[string]int // of each application
	most, wanted int
}

func drawnFrom(posterior *calibration.Posterior) drawing {
	from := drawing{posterior: posterior, at: map[string]int{}}
	for n, name := range posterior.Applications {
		from.at[name] = n
		from.most = max(from.most, len(posterior.Values[n]))
	}
	from.wanted = min(mostDraws, from.most)
	return from
}

// draw is a problem with the scores of a draw, rounded as scores are.
func (from drawing) draw(p solve.Problem, d int) solve.Problem {
	p.Applications = slices.Clone(p.Applications)
	for i := range p.Applications {
		a := &p.Applications[i]
		if n, ok := from.at[a.ID]; ok && len(from.posterior.Values[n]) > 0 {
			values := from.posterior.Values[n]
			a.Score = math.Round(100*float64(values[min(d*from.most/from.wanted, len(values)-1)])) / 100
		}
	}
	return p
}
