package simulation

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"adoptionfund/internal/assign"
	"adoptionfund/internal/calibration"
	"adoptionfund/internal/money"
)

const (
	leastAmount = 60 // thousand pounds
	mostAmount  = 500
	thousand    = money.Pence(100_000)
	kind        = "reviewer" // all are of one kind
)

// world is a round with what nobody knows in a real one.
type world struct {
	Settings

	chance       *rand.Rand
	applications []string
	reviewers    []string
	quality      []float64
	severity     []float64
	noise        []float64 // by application and reviewer: the same whichever method asks for the review
	amount       []money.Pence
	budget       money.Pence
	likings      []assign.Affinity // drawn, so that reviewers are mixed
	apart        []assign.Pair     // who does not review in an application's panel
}

// draw draws a round. Each has a source of chance of its own, so that it does not matter which is drawn first.
func draw(s Settings, round int) *world {
	w := &world{Settings: s, chance: rand.New(rand.NewPCG(s.Seed, uint64(round)))} //nolint:gosec // a simulation, no secrets; rounds are counted from 0
	var asked money.Pence
	for i := range s.Applications {
		w.applications = append(w.applications, fmt.Sprintf("A%04d", i+1))
		w.quality = append(w.quality, s.QualityMean+s.QualitySD*w.chance.NormFloat64())
		w.amount = append(w.amount, money.Pence(leastAmount+w.chance.IntN(mostAmount-leastAmount+1))*thousand)
		asked += w.amount[i]
	}
	w.budget = money.Pence(s.BudgetShare * float64(asked))
	for j := range s.Reviewers {
		w.reviewers = append(w.reviewers, fmt.Sprintf("R%04d", j+1))
		w.severity = append(w.severity, s.SeveritySD*w.chance.NormFloat64())
	}
	for i, application := range w.applications {
		for j, reviewer := range w.reviewers {
			w.noise = append(w.noise, s.NoiseSD*w.one())
			w.likings = append(w.likings, assign.Affinity{Pair: assign.Pair{reviewer, application}, Value: w.chance.Float64()})
			if j >= s.Shared && (j-s.Shared)%s.Panels != i%s.Panels {
				w.apart = append(w.apart, assign.Pair{reviewer, application})
			}
		}
	}
	return w
}

// one draws noise of the standard deviation 1.
func (w *world) one() float64 {
	z := w.chance.NormFloat64()
	if w.Noise == Normal {
		return z
	}
	var squares float64
	for range 3 {
		n := w.chance.NormFloat64()
		squares += n * n
	}
	return z / math.Sqrt(squares) // t = z / √(squares ÷ 3) has the variance 3
}

// score is what a reviewer gives an application: a whole number from 0 to 5.
func (w *world) score(pair assign.Pair) float64 {
	i, _ := slices.BinarySearch(w.applications, pair[1])
	j, _ := slices.BinarySearch(w.reviewers, pair[0])
	return math.Round(min(calibration.Highest, max(0, w.quality[i]+w.severity[j]+w.noise[i*w.Reviewers+j])))
}

// capacity is how many reviews each reviewer gives at most: so many that all are given where the loads are even within the panels.
func (w *world) capacity() int {
	most := (w.Applications*w.Reviews + w.Reviewers - 1) / w.Reviewers
	if w.Panels == 1 {
		return most
	}
	for panel := range w.Panels {
		applications := (w.Applications - panel + w.Panels - 1) / w.Panels
		own := (w.Reviewers - w.Shared - panel + w.Panels - 1) / w.Panels
		if own <= 0 {
			return w.Applications
		}
		most = max(most, (applications*w.Reviews+own-1)/own)
	}
	return most
}

// wave shares out the same number of reviews of each application, as evenly as can be.
func (w *world) wave(each int) ([]assign.Pair, error) {
	p := assign.Problem{Affinity: w.likings, Conflicts: w.apart}
	for _, reviewer := range w.reviewers {
		p.Reviewers = append(p.Reviewers, assign.Reviewer{ID: reviewer, Kind: kind, Capacity: w.capacity()})
	}
	for _, application := range w.applications {
		p.Applications = append(p.Applications, assign.Application{ID: application, Needs: map[string]int{kind: each}})
	}
	r := assign.Solve(p)
	if r.Status != assign.Optimal {
		return nil, fmt.Errorf("%d reviews of each application cannot be shared out", each)
	}
	return r.Assignments, nil
}
