// Package calibration works out how good applications are from the scores of harsh and lenient reviewers, how harsh each reviewer is, and
// how sure that is.
//
// The model is that of Heyard, Ott, Salanti and Egger (2022), "Rethinking the funding line at the Swiss National Science Foundation:
// Bayesian ranking and lottery", Statistics and Public Policy 9(1), 110–121, in its continuous form: a score is the overall mean, plus the
// effect of the application ~ N(0, tau²), plus the severity of the reviewer ~ N(0, 0.5²), plus what is left ~ N(0, s²). There s² is the sum
// of the variances that the paper writes apart, which cannot be told apart where a reviewer scores an application once; each of the
// three standard deviations is uniform on (0, 2). Given tau and s the posterior is Gaussian, so that it is integrated over a grid of the two
// and drawn from independently: there is no Markov chain whose convergence had to be hoped for.
//
// It owns the arithmetic from scores to posteriors and ranks. It knows of no database and no page.
package calibration

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// Highest is the highest score.
const Highest = 5.0

// DefaultDraws is how many draws are made from each posterior if a problem does not say. The expected rank of one of 138 applications then
// moves by about 0.15 from seed to seed.
const DefaultDraws = 8000

// Score is what a reviewer gave an application on a part.
type Score struct {
	Application string
	Reviewer    string
	Kind        string // of the reviewer; the overall mean is one for each kind
	Part        string // of the rubric; empty where there is only one
	Value       float64
}

// Agreed is a recorded consensus: it is the application's score on the part, without uncertainty. The scores behind it still inform how
// severe the reviewers are.
type Agreed struct {
	Application, Part string
	Value             float64
}

// Weight is how much a part counts in a total.
type Weight struct {
	Part   string
	Weight float64
}

// Problem is what is to be calibrated.
type Problem struct {
	Scores  []Score
	Agreed  []Agreed
	Weights []Weight // empty: no totals
	Without []string // applications that are known to have no score
	Draws   int      // from each posterior; 0: DefaultDraws
	Seed    uint64

	Told func(done, of int) `json:"-"` // if there is one: how many parts, by set, are done
}

// Total is the name under which estimates of the weighted sum of the parts stand.
const Total = "total"

// Estimate is what is known of an application on a part, or in total.
type Estimate struct {
	Application string
	Part        string  // Total for the weighted sum
	Set         int     // applications are ranked within their set, counted from 0
	Raw         float64 // plain mean of the scores; of a total 0 to 100
	Known       bool    // false: the rest is not, see the notes
	Mean        float64 // posterior mean: of a part as the difference from the overall mean, of a total 0 to 100
	SD          float64
	Lower       float64 // the interval that holds 90% of the posterior
	Upper       float64
	Rank        float64 // expected rank, 1 is best; equals share the mean of their places
}

// Severity is how a reviewer scores on a part compared with the others of the kind: negative is harsh.
type Severity struct {
	Reviewer string
	Part     string
	Kind     string
	Scores   int
	Mean     float64
	SD       float64
}

// Fitted is what was found of a part.
type Fitted struct {
	Part      string
	Set       int
	Estimated bool    // false: the scores enter as they are
	Mean      float64 // of all scores; with kinds the plain mean of the kinds' means
	Quality   float64 // posterior mean of the standard deviation between applications
	Noise     float64 // posterior mean of the standard deviation that is left
}

// Result is what came out.
type Result struct {
	Estimates  []Estimate // by application, then part in the order of the scores, then the total
	Severities []Severity // by reviewer, then part
	Parts      []Fitted
	Sets       [][]string // applications that are compared with one another
	Notes      []string   // what was recognised and is not computed over, in words
	Overall    *Posterior // of the totals or, without weights, of the only part; nil where there are several parts and no weights
}

// Posterior are draws of the values of applications: in each draw all of them at once.
type Posterior struct {
	Applications []string
	Sets         []int       // of each application
	Values       [][]float32 // by application, then draw
}

// Check reports what is wrong with a problem.
func (p Problem) Check() error {
	if len(p.Scores) == 0 {
		return errors.New("there are no scores")
	}
	type key struct{ application, reviewer, part string }
	seen, kinds := map[key]bool{}, map[string]string{}
	for i, s := range p.Scores {
		k := key{s.Application, s.Reviewer, s.Part}
		kind, known := kinds[s.Reviewer]
		switch {
		case s.Application == "" || s.Reviewer == "":
			return fmt.Errorf("score %d: an application and a reviewer are needed", i+1)
		case !(s.Value >= 0 && s.Value <= Highest):
			return fmt.Errorf("score %d: %v is not from 0 to 5", i+1, s.Value)
		case seen[k]:
			return fmt.Errorf("score %d: %s has scored %s already", i+1, s.Reviewer, s.Application)
		case known && kind != s.Kind:
			return fmt.Errorf("score %d: %s is of the kind %q before and %q here", i+1, s.Reviewer, kind, s.Kind)
		case s.Part == Total:
			return fmt.Errorf("score %d: a part cannot be called %q", i+1, Total)
		}
		seen[k], kinds[s.Reviewer] = true, s.Kind
	}
	return p.checkWeights()
}

func (p Problem) checkWeights() error {
	parts := p.parts()
	for i, w := range p.Weights {
		switch {
		case !(w.Weight > 0 && w.Weight <= 1e6):
			return fmt.Errorf("the weight of %s is not a number above 0", w.Part)
		case !slices.Contains(parts, w.Part):
			return fmt.Errorf("%q has a weight, and no score", w.Part)
		case slices.ContainsFunc(p.Weights[:i], func(o Weight) bool { return o.Part == w.Part }):
			return fmt.Errorf("%s has two weights", w.Part)
		}
	}
	if p.Draws < 0 || p.Draws > 1_000_000 {
		return errors.New("the number of draws is not from 1 to 1,000,000")
	}
	return nil
}

// parts are the parts in the order in which they first have a score.
func (p Problem) parts() []string {
	var parts []string
	for _, s := range p.Scores {
		if !slices.Contains(parts, s.Part) {
			parts = append(parts, s.Part)
		}
	}
	return parts
}

// Fit calibrates. The same problem gives the same result, on the same machine and with the same program to the last digit.
func Fit(p Problem) (Result, error) {
	if err := p.Check(); err != nil {
		return Result{}, err
	}
	if p.Draws == 0 {
		p.Draws = DefaultDraws
	}
	parts := p.parts()
	sets := setsOf(p)
	r := Result{Sets: sets.members()}
	r.say(p, sets)
	var outcomes []*outcome
	for at, part := range parts {
		for set := range r.Sets {
			if scores := sets.scores(p, part, set); len(scores) > 0 {
				chance := rand.New(rand.NewPCG(p.Seed, uint64(at)<<32|uint64(set))) //nolint:gosec // draws of a posterior, not secrets
				outcomes = append(outcomes, &outcome{part: part, set: set, scores: scores, draws: p.Draws, chance: chance})
			}
		}
	}
	sum, done := newTotals(p, sets), 0
	inTurn(outcomes, func(o *outcome) {
		r.add(o)
		sum.add(o)
		if done++; p.Told != nil {
			p.Told(done, len(outcomes))
		}
	})
	sum.finish(&r)
	slices.SortStableFunc(r.Estimates, func(a, b Estimate) int {
		return cmp.Or(cmp.Compare(a.Application, b.Application), cmp.Compare(place(parts, a.Part), place(parts, b.Part)))
	})
	slices.SortStableFunc(r.Severities, func(a, b Severity) int {
		return cmp.Or(cmp.Compare(a.Reviewer, b.Reviewer), cmp.Compare(place(parts, a.Part), place(parts, b.Part)))
	})
	return r, nil
}

// place is where a part stands among the rows of an application; the total comes last.
func place(parts []string, part string) int {
	if at := slices.Index(parts, part); at >= 0 {
		return at
	}
	return len(parts)
}

// inTurn fits all, as many at a time as there are processors, and hands them over in their order, so that what is summed is summed in the
// same order whichever was done first. Each has its own source of chance.
func inTurn(outcomes []*outcome, done func(*outcome)) {
	for some := range slices.Chunk(outcomes, runtime.GOMAXPROCS(0)) {
		var wg sync.WaitGroup
		for _, o := range some {
			wg.Go(o.fit)
		}
		wg.Wait()
		for _, o := range some {
			done(o)
		}
	}
}

// add puts what was found of a part among the result.
func (r *Result) add(o *outcome) {
	r.Parts = append(r.Parts, o.fitted)
	r.Severities = append(r.Severities, o.severities...)
	r.Estimates = append(r.Estimates, o.estimates...)
	for _, words := range o.notes {
		r.note("%s", words)
	}
}
