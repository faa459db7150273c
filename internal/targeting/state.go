package targeting

import (
	"math"
	"slices"

	"adoptionfund/internal/assign"
)

// state is what is known, with the planned reviews taken as done.
type state struct {
	p       *Problem
	parts   []knowledge
	planned []float64 // variance that planned reviews take from the total of each application: that with which its mean will move
	shut    [][]bool  // by application and reviewer: no review of that pair
	room    []int     // of each reviewer
	line    float64   // what a pound is worth where the money runs out
	large   bool      // scores are so large that one decimal tells enough
}

// knowledge is what is known of a part, with where applications and reviewers stand in it.
type knowledge struct {
	weight      float64
	size        int
	covariance  []float64
	noise       []float64 // by application
	application []int     // -1: settled on this part
	reviewer    []int     // -1: does not score it
}

func newState(p *Problem) *state {
	s := &state{p: p, planned: make([]float64, len(p.Applications)), shut: make([][]bool, len(p.Applications)), room: make([]int, len(p.Reviewers))}
	for _, part := range p.Parts {
		s.parts = append(s.parts, knowledgeOf(part, p))
	}
	reviewers, applications := map[string]int{}, map[string]int{}
	for r, reviewer := range p.Reviewers {
		reviewers[reviewer.ID] = r
		s.room[r] = reviewer.Room
	}
	for a, app := range p.Applications {
		applications[app.ID] = a
		s.large = s.large || math.Abs(app.Score) > 10
		s.shut[a] = make([]bool, len(p.Reviewers))
		for r := range s.shut[a] {
			s.shut[a][r] = app.Shut
		}
	}
	for _, pairs := range [][]assign.Pair{p.Conflicts, p.Done} {
		for _, pair := range pairs {
			r, here := reviewers[pair[0]]
			a, there := applications[pair[1]]
			if here && there {
				s.shut[a][r] = true
			}
		}
	}
	return s
}

func knowledgeOf(part Part, p *Problem) knowledge {
	k := knowledge{weight: part.Weight, size: part.Known.Size(), covariance: slices.Clone(part.Known.Covariance)}
	for _, app := range p.Applications {
		at, _ := slices.BinarySearch(part.Known.Applications, app.ID)
		k.noise = append(k.noise, part.Known.Noise[at])
		if slices.Contains(app.Settled, part.Known.Part) {
			at = -1
		}
		k.application = append(k.application, at)
	}
	for _, reviewer := range p.Reviewers {
		at, scores := slices.BinarySearch(part.Known.Reviewers, reviewer.ID)
		if at += len(part.Known.Applications); !scores {
			at = -1
		}
		k.reviewer = append(k.reviewer, at)
	}
	return k
}

// with is the covariance of what stands in a row with the sum of an effect and a severity.
func (k *knowledge) with(row, effect, severity int) float64 {
	return k.covariance[row*k.size+effect] + k.covariance[row*k.size+severity]
}

// told is where a review of an application by a reviewer stands in the part, and the variance of its score. It is not ok where it tells nothing.
func (k *knowledge) told(a, r int) (effect, severity int, variance float64) {
	i, j := k.application[a], k.reviewer[r]
	if i < 0 || j < 0 {
		return -1, -1, 0
	}
	return i, j, k.with(i, i, j) + k.with(j, i, j) + k.noise[a]
}

// takes is how much variance of an application's total one review of it takes away.
func (s *state) takes(a, r int) float64 {
	var sum float64
	for n := range s.parts {
		k := &s.parts[n]
		if i, j, variance := k.told(a, r); i >= 0 {
			c := k.with(i, i, j)
			sum += k.weight * k.weight * c * c / variance
		}
	}
	return sum
}

// plan takes a review as done.
func (s *state) plan(a, r int) {
	for n := range s.parts {
		k := &s.parts[n]
		i, j, variance := k.told(a, r)
		if i < 0 {
			continue
		}
		c := make([]float64, k.size)
		for row := range c {
			c[row] = k.with(row, i, j)
		}
		for b, at := range k.application {
			if at >= 0 {
				s.planned[b] += k.weight * k.weight * c[at] * c[at] / variance
			}
		}
		k.learn(c, variance)
	}
	s.shut[a][r] = true
	s.room[r]--
}

// learn takes a score as known: with c its covariances with everything, the covariances lose cc' over its variance.
func (k *knowledge) learn(c []float64, variance float64) {
	for row, cr := range c {
		if cr == 0 {
			continue
		}
		share, line := cr/variance, k.covariance[row*k.size:(row+1)*k.size]
		for col, cc := range c {
			line[col] -= share * cc
		}
	}
}

// adds is what a review adds to the worth of what will be funded, besides the planned ones; -1 where it cannot be.
func (s *state) adds(a, r int) float64 {
	if s.shut[a][r] || s.room[r] <= 0 {
		return -1
	}
	return max(0, s.gain(a, s.planned[a]+s.takes(a, r))-s.gain(a, s.planned[a]))
}

// unit is how much the worth of funding an application grows with its score.
func (s *state) unit(a int) float64 {
	if s.p.ByScore {
		return 1
	}
	return s.p.Applications[a].Amount
}

// lineOf is the score at which an application would be funded just so.
func (s *state) lineOf(a int) float64 {
	if s.p.ByScore {
		return s.line * s.p.Applications[a].Amount
	}
	return s.line
}

// above is by how much funding an application is worth more than its money is elsewhere.
func (s *state) above(a int) float64 { return s.unit(a) * (s.p.Applications[a].Score - s.lineOf(a)) }

// gain is by how much the choice of an application gets better in expectation, if its mean moves with a variance before it is made.
func (s *state) gain(a int, variance float64) float64 {
	if variance <= 0 {
		return 0
	}
	deviation := s.unit(a) * math.Sqrt(variance)
	return deviation * excess(math.Abs(s.above(a))/deviation)
}

// excess is the expectation of how far a standard normal number lies above z.
func excess(z float64) float64 {
	if z > 8 {
		return 0
	}
	return max(0, math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)-z*beyond(z))
}

// beyond is the probability that a standard normal number lies above z.
func beyond(z float64) float64 { return 0.5 * math.Erfc(z/math.Sqrt2) }

// draw finds the line: the worth of a pound with which those above it ask for no more than the budget. It lies in the middle between the last
// that is funded and the next.
func (s *state) draw() {
	order := make([]int, len(s.p.Applications))
	density := make([]float64, len(order))
	for a, app := range s.p.Applications {
		order[a], density[a] = a, app.Score
		if s.p.ByScore {
			density[a] /= app.Amount
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case density[a] > density[b]:
			return -1
		case density[a] < density[b]:
			return 1
		}
		return a - b
	})
	left, last := s.p.Budget, math.NaN()
	for _, a := range order {
		if left -= s.p.Applications[a].Amount; left < 0 || density[a] <= 0 {
			s.line = max(0, density[a])
			if last > 0 {
				s.line = (s.line + last) / 2
			}
			return
		}
		last = density[a]
	}
	s.line = 0 // there is money for all
}
