package simulation

import (
	"context"
	"fmt"
	"math"
	"slices"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/assign"
	"adoptionfund/internal/calibration"
	"adoptionfund/internal/targeting"
)

// shares are the true worth of what each method funds, as shares of the best, in a round.
type shares struct{ byAmount, byScore map[Method]float64 }

// simulate draws a round and decides it by every method.
func simulate(ctx context.Context, solver *solve.Solver, s Settings, round int) (shares, error) {
	w := draw(s, round)
	all, err := w.wave(s.Reviews)
	if err != nil {
		return shares{}, err
	}
	first := all
	if s.First < s.Reviews {
		if first, err = w.wave(s.First); err != nil {
			return shares{}, err
		}
	}
	known, err := w.know(all, nil)
	if err != nil {
		return shares{}, err
	}
	plain := map[Method][]float64{RawMerit: w.raw(all), ZScoreMerit: w.standard(all), CalibratedMerit: known.Mean, CalibratedPortfolio: known.Mean}
	of := func(objective string) (map[Method]float64, error) {
		scores := map[Method][]float64{TargetedPortfolio: known.Mean}
		for m, values := range plain {
			scores[m] = values
		}
		if s.First < s.Reviews {
			if scores[TargetedPortfolio], err = w.targeted(first, objective); err != nil {
				return nil, err
			}
		}
		return w.decide(ctx, solver, scores, objective)
	}
	var found shares
	if found.byAmount, err = of(solve.ByAmount); err != nil {
		return found, err
	}
	found.byScore, err = of(solve.ByScore)
	return found, err
}

// raw are the plain means of the scores.
func (w *world) raw(pairs []assign.Pair) []float64 {
	return w.means(pairs, w.score)
}

// standard are the means of standard scores: each score less the mean of its reviewer, over the deviation of the reviewer's scores. Who gave all
// the same score, or only one, says nothing by it.
func (w *world) standard(pairs []assign.Pair) []float64 {
	count, sum, square := map[string]float64{}, map[string]float64{}, map[string]float64{}
	for _, pair := range pairs {
		v := w.score(pair)
		count[pair[0]]++
		sum[pair[0]] += v
		square[pair[0]] += v * v
	}
	return w.means(pairs, func(pair assign.Pair) float64 {
		n := count[pair[0]]
		mean := sum[pair[0]] / n
		deviation := math.Sqrt(max(0, square[pair[0]]/n-mean*mean))
		if deviation < 1e-9 {
			return 0
		}
		return (w.score(pair) - mean) / deviation
	})
}

func (w *world) means(pairs []assign.Pair, value func(assign.Pair) float64) []float64 {
	sums, counts := make([]float64, w.Applications), make([]float64, w.Applications)
	for _, pair := range pairs {
		i, _ := slices.BinarySearch(w.applications, pair[1])
		sums[i] += value(pair)
		counts[i]++
	}
	for i := range sums {
		sums[i] /= max(1, counts[i])
	}
	return sums
}

// know calibrates the scores of these reviews.
func (w *world) know(pairs []assign.Pair, before *calibration.Moments) (*calibration.Moments, error) {
	p := calibration.Problem{Scores: make([]calibration.Score, len(pairs))}
	for n, pair := range pairs {
		p.Scores[n] = calibration.Score{Application: pair[1], Reviewer: pair[0], Value: w.score(pair)}
	}
	known, err := calibration.Know(p, "", w.reviewers, before)
	if err != nil {
		return nil, fmt.Errorf("calibrating: %w", err)
	}
	return known, nil
}

// targeted spends the rest of the reviews where they matter most, batch by batch, and gives the calibrated scores.
func (w *world) targeted(first []assign.Pair, objective string) ([]float64, error) {
	done := slices.Clone(first)
	total := w.Applications * w.Reviews
	var known *calibration.Moments
	var err error
	for batch := w.Batches; ; batch-- {
		if known, err = w.know(done, known); err != nil {
			return nil, err
		}
		left := total - len(done)
		if left == 0 || batch == 0 {
			return known.Mean, nil
		}
		each := (left + batch - 1) / batch // so that all are spent with the last
		proposal, err := targeting.Propose(w.problem(known, done, objective, left, each))
		if err != nil {
			return nil, fmt.Errorf("proposing reviews: %w", err)
		}
		for _, r := range proposal.Batch {
			done = append(done, assign.Pair{r.Reviewer, r.Application})
		}
	}
}

// problem is which reviews are to be proposed.
func (w *world) problem(known *calibration.Moments, done []assign.Pair, objective string, left, batch int) targeting.Problem {
	given := map[string]int{}
	for _, pair := range done {
		given[pair[0]]++
	}
	p := targeting.Problem{
		Conflicts: w.apart, Done: done, Parts: []targeting.Part{{Weight: 1, Known: known}}, Budget: float64(w.budget) / 100,
		ByScore: objective == solve.ByScore, Reviews: left, Batch: batch,
	}
	for i, id := range w.applications {
		p.Applications = append(p.Applications, targeting.Application{ID: id, Score: known.Mean[i], Amount: float64(w.amount[i]) / 100})
	}
	for _, id := range w.reviewers {
		p.Reviewers = append(p.Reviewers, targeting.Reviewer{ID: id, Kind: kind, Room: w.capacity() - given[id]})
	}
	return p
}

// decide gives the true worth of what every method funds, as shares of the best.
func (w *world) decide(ctx context.Context, solver *solve.Solver, scores map[Method][]float64, objective string) (map[Method]float64, error) {
	best, err := w.funded(ctx, solver, w.quality, solve.Portfolio, objective)
	if err != nil {
		return nil, err
	}
	found := map[Method]float64{}
	for _, m := range Methods() {
		strategy := solve.Merit
		if m == CalibratedPortfolio || m == TargetedPortfolio {
			strategy = solve.Portfolio
		}
		worth, err := w.funded(ctx, solver, scores[m], strategy, objective)
		if err != nil {
			return nil, err
		}
		found[m] = 1 // nobody can fund anything
		if best > 0 {
			found[m] = worth / best
		}
	}
	return found, nil
}

// funded is the true worth of what is funded by scores.
func (w *world) funded(ctx context.Context, solver *solve.Solver, scores []float64, strategy, objective string) (float64, error) {
	p := solve.Problem{Strategy: strategy, Objective: objective, Budget: w.budget, Applications: make([]solve.Application, w.Applications)}
	for i, id := range w.applications {
		p.Applications[i] = solve.Application{ID: id, Score: scores[i], Requested: w.amount[i]}
	}
	r, err := solver.Solve(ctx, p, 0)
	if err != nil {
		return 0, fmt.Errorf("deciding: %w", err)
	}
	var worth float64
	for _, f := range r.Funded {
		i, _ := slices.BinarySearch(w.applications, f.ID)
		if objective == solve.ByScore {
			worth += w.quality[i]
		} else {
			worth += w.quality[i] * float64(f.Amount) / 100
		}
	}
	return worth, nil
}
