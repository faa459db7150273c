package calibration

import (
	"cmp"
	"math"
	"slices"
)

const (
	widest     = 2.0  // of each standard deviation
	leastNoise = 0.05 // below it scores in whole points say nothing: reviewers who never differ would make it nothing at all
	steps      = 16   // of a grid that looks for the mass
	fineSteps  = 20   // of the grid that is summed over
	depth      = 13.0 // what is less likely than the best by more than this, as a logarithm, is left out
)

// box is a rectangle of tau and s.
type box struct{ tau0, tau1, s0, s1 float64 }

func everything() box { return box{0, widest, leastNoise, widest * math.Sqrt2 * (1 - 1e-9)} }

// middle is the middle of a cell of a grid over the box.
func (b box) middle(i, j, steps int) (tau, s float64) {
	return b.tau0 + (b.tau1-b.tau0)*(float64(i)+0.5)/float64(steps), b.s0 + (b.s1-b.s0)*(float64(j)+0.5)/float64(steps)
}

// narrowed is the part of the box where the mass is, with one cell of room at each side.
func (b box) narrowed(logs []float64, steps int) box {
	best := math.Inf(-1)
	for _, l := range logs {
		best = max(best, l)
	}
	i0, i1, j0, j1 := steps, -1, steps, -1
	for n, l := range logs {
		if i, j := n/steps, n%steps; l > best-depth {
			i0, i1, j0, j1 = min(i0, i), max(i1, i), min(j0, j), max(j1, j)
		}
	}
	if i1 < 0 {
		return b
	}
	tau, s := (b.tau1-b.tau0)/float64(steps), (b.s1-b.s0)/float64(steps)
	return box{
		max(b.tau0, b.tau0+tau*float64(i0-1)), min(b.tau1, b.tau0+tau*float64(i1+2)), max(b.s0, b.s0+s*float64(j0-1)), min(b.s1, b.s0+s*float64(j1+2)),
	}
}

// share is how much of another box it is at the side where it shrank least.
func (b box) share(of box) float64 {
	return max((b.tau1-b.tau0)/(of.tau1-of.tau0), (b.s1-b.s0)/(of.s1-of.s0))
}

// locate finds the box where the mass of the posterior of tau and s is: a grid over everything, then finer ones over what counts, until
// one does not narrow it any more.
func (m *model) locate() box {
	b := everything()
	room := m.given(1, 1, nil)
	logs := make([]float64, steps*steps)
	for range 8 {
		for n := range logs {
			tau, s := b.middle(n/steps, n%steps, steps)
			logs[n] = m.given(tau, s, room).log
		}
		next := b.narrowed(logs, steps)
		done := next.share(b) > 0.7
		b = next
		if done {
			break
		}
	}
	return b
}

// point is one of the grid, with the share of the mass that lies around it.
type point struct{ tau, s, weight float64 }

// points are those of a grid over the mass; their weights sum to 1.
func (m *model) points() []point {
	b := m.locate()
	room := m.given(1, 1, nil)
	var all []point
	best := math.Inf(-1)
	for n := range fineSteps * fineSteps {
		tau, s := b.middle(n/fineSteps, n%fineSteps, fineSteps)
		g := m.given(tau, s, room)
		all = append(all, point{tau, s, g.log})
		best = max(best, g.log)
	}
	var sum float64
	kept := all[:0]
	for _, c := range all {
		if c.weight > best-depth {
			c.weight = math.Exp(c.weight - best)
			sum += c.weight
			kept = append(kept, c)
		}
	}
	for i := range kept {
		kept[i].weight /= sum
	}
	return kept
}

// noiseless reports whether the least noise that is looked at is the likeliest: the reviewers agree exactly.
func noiseless(points []point) bool {
	best := slices.MaxFunc(points, func(a, b point) int { return cmp.Compare(a.weight, b.weight) })
	least := slices.MinFunc(points, func(a, b point) int { return cmp.Compare(a.s, b.s) })
	return best.s == least.s && least.s < 3*leastNoise
}
