package calibration

import (
	"math"
	"slices"
)

// totals adds parts up, draw by draw: the sum of weight times 100 times (mean + effect) over 5, clipped to 0 to 100, over the weights of the
// parts that an application has.
type totals struct {
	problem Problem
	sets    sets
	names   []string
	values  [][]float32
	weights []float64
	raw     []float64
	unknown []bool
}

func newTotals(p Problem, s sets) *totals {
	t := &totals{problem: p, sets: s}
	for _, members := range s.members() {
		t.names = append(t.names, members...)
	}
	slices.Sort(t.names)
	n := len(t.names)
	t.weights, t.raw, t.unknown = make([]float64, n), make([]float64, n), make([]bool, n)
	t.values = make([][]float32, n)
	if len(p.Weights) > 0 {
		for i := range t.values {
			t.values[i] = make([]float32, p.Draws)
		}
	}
	return t
}

func (t *totals) weight(part string) float64 {
	for _, w := range t.problem.Weights {
		if w.Part == part {
			return w.Weight
		}
	}
	return 0
}

// agreed is the consensus on a part, if one was recorded.
func (t *totals) agreed(application, part string) (float64, bool) {
	at := slices.IndexFunc(t.problem.Agreed, func(a Agreed) bool { return a.Application == application && a.Part == part })
	if at < 0 {
		return 0, false
	}
	return t.problem.Agreed[at].Value, true
}

// add takes in what was found of a part.
func (t *totals) add(o *outcome) {
	weight := t.weight(o.part)
	for i, name := range o.names {
		n, _ := slices.BinarySearch(t.names, name)
		agreed, recorded := t.agreed(name, o.part)
		switch {
		case len(t.problem.Weights) == 0:
			t.values[n] = o.values[i]
			continue
		case weight == 0:
			continue
		case recorded:
			t.plus(n, weight, []float32{float32(agreed)}, 0)
			t.raw[n] += weight * 100 * agreed / Highest
		case len(o.values[i]) == 0:
			t.unknown[n] = true
		default:
			t.plus(n, weight, o.values[i], o.fitted.Mean)
			t.raw[n] += weight * 100 * o.estimates[i].Raw / Highest
		}
		t.weights[n] += weight
	}
}

func (t *totals) plus(n int, weight float64, effects []float32, mean float64) {
	for d := range t.values[n] {
		effect := float64(effects[min(d, len(effects)-1)])
		t.values[n][d] += float32(weight * min(max(100*(mean+effect)/Highest, 0), 100))
	}
}

// finish adds the totals to a result and, whatever is ranked in the end, its draws.
func (t *totals) finish(r *Result) {
	sets := make([]int, len(t.names))
	for i, name := range t.names {
		sets[i] = t.sets.of[name]
	}
	if len(t.problem.Weights) == 0 {
		if len(t.problem.parts()) == 1 {
			r.Overall = &Posterior{t.names, sets, t.values}
		}
		return
	}
	for n := range t.names {
		if t.unknown[n] || t.weights[n] == 0 {
			t.values[n] = nil
			continue
		}
		for d := range t.values[n] {
			t.values[n][d] /= float32(t.weights[n])
		}
		t.raw[n] /= t.weights[n]
	}
	r.Overall = &Posterior{t.names, sets, t.values}
	for set := range r.Sets {
		t.rank(r, set, sets)
	}
}

// rank adds the totals of a set.
func (t *totals) rank(r *Result, set int, sets []int) {
	var values [][]float32
	var members []int
	for n, of := range sets {
		if of == set {
			members, values = append(members, n), append(values, t.values[n])
		}
	}
	for i, rank := range expectedRanks(values) {
		n := members[i]
		e := Estimate{Application: t.names[n], Part: Total, Set: set, Raw: t.raw[n]}
		if len(t.values[n]) > 0 {
			e.Known, e.Rank = true, rank
			e.summarise(t.values[n])
		}
		r.Estimates = append(r.Estimates, e)
	}
}

// summarise works out the mean, the standard deviation and the 90% interval of draws.
func (e *Estimate) summarise(draws []float32) {
	var sum, square float64
	for _, v := range draws {
		sum += float64(v)
		square += float64(v) * float64(v)
	}
	n := float64(len(draws))
	e.Mean = sum / n
	e.SD = math.Sqrt(max(0, square/n-e.Mean*e.Mean))
	sorted := slices.Clone(draws)
	slices.Sort(sorted)
	e.Lower, e.Upper = between(sorted, 0.05), between(sorted, 0.95)
}

// between is the quantile of sorted draws, between two where it falls between two.
func between(sorted []float32, share float64) float64 {
	at := share * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return float64(sorted[low]) + (at-float64(low))*float64(sorted[high]-sorted[low])
}

// Places gives how likely each application has each place within its set: shares by application, then place from 0. It costs one sort for each
// draw and as many numbers as applications times the largest set.
func (p *Posterior) Places() [][]float64 {
	shares := make([][]float64, len(p.Applications))
	for set := range slices.Max(append([]int{0}, p.Sets...)) + 1 {
		var members []int
		for n, of := range p.Sets {
			if of == set && len(p.Values[n]) > 0 {
				members = append(members, n)
			}
		}
		p.places(members, shares)
	}
	return shares
}

func (p *Posterior) places(members []int, shares [][]float64) {
	draws := 0
	for _, n := range members {
		shares[n] = make([]float64, len(members))
		draws = max(draws, len(p.Values[n]))
	}
	order := slices.Clone(members)
	value := func(n, d int) float32 { return p.Values[n][min(d, len(p.Values[n])-1)] }
	for d := range draws {
		slices.SortStableFunc(order, func(a, b int) int {
			switch va, vb := value(a, d), value(b, d); {
			case va > vb:
				return -1
			case va < vb:
				return 1
			}
			return a - b
		})
		for place, n := range order {
			shares[n][place] += 1 / float64(draws)
		}
	}
}
