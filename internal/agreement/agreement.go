// Package agreement says how far those who score the same things agree: Krippendorff's alpha with an interval, for scores of which some
// may be missing.
//
// It owns the arithmetic and the words for its results. It leaves to review which scores are compared.
//
// The coefficient is that of K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section E: 1 − observed ÷ expected
// disagreement, from the matrix of coincidences of all pairs of scores of one unit. Who gave a score does not enter, so each unit may have
// other observers. A. F. Hayes and K. Krippendorff, "Answering the Call for a Standard Reliability Measure for Coding Data",
// Communication Methods and Measures 1(1), 2007, say why it is preferred to other coefficients.
package agreement

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// Metric says when two scores are far apart.
type Metric int

// The metrics. Scores of a rubric are ordinal: 4 is better than 3, and nobody says that it is so by as much as 2 is better than 1.
const (
	Ordinal Metric = iota
	Nominal        // equal or not
	Interval
	Ratio
)

// Unit holds the scores that were given to one thing, by as many as gave one; a missing score is left out. The order does not matter.
type Unit []int

// Known says whether there is a coefficient, or why not.
type Known int

// What is known.
const (
	Yes         Known = iota
	NoPairs           // no unit has two scores
	NoVariation       // all scores that can be compared are the same: what chance would do cannot be told
)

// Result is how far scores agree.
type Result struct {
	Known    Known
	Alpha    float64 // 1 at perfect agreement, 0 at what chance would do, below 0 at systematic disagreement
	Units    int     // that have two scores or more, and so are compared
	Scores   int     // in those units
	Bounded  bool    // Lower and Upper are known
	Lower    float64 // of the 95% interval
	Upper    float64
	Distinct int // different scores that occur
}

// Alpha gives Krippendorff's alpha without an interval.
func Alpha(units []Unit, m Metric) Result {
	p := patterns(units)
	r := Result{Units: p.units, Scores: p.scores, Distinct: len(p.values)}
	r.Alpha, r.Known = p.alpha(p.counts, m)
	return r
}

const (
	// Draws is how many samples an interval rests on.
	Draws = 1000
	// leastUnits is how many units an interval needs: of fewer, samples say little of what other units would show.
	leastUnits = 10
	// mostUnknown is the share of samples without a coefficient above which there is no interval.
	mostUnknown = 0.05
	// seed makes the same scores give the same interval.
	seed = 20_110_125
)

// WithInterval gives Krippendorff's alpha with a 95% interval: units are drawn with replacement, as many as there are, and the interval
// leaves out the lowest and the highest 2.5% of the coefficients of 1,000 such samples. That is the bootstrap of A. Zapf, S. Castell,
// L. Morawietz and A. Karch, "Measuring inter-rater reliability for nominal data", BMC Medical Research Methodology 16:93, 2016; Hayes and
// Krippendorff (2007) draw pairs of scores instead, which takes the pairs of one unit for independent. The same units, in whatever order,
// give the same interval.
func WithInterval(units []Unit, m Metric) Result {
	p := patterns(units)
	r := Result{Units: p.units, Scores: p.scores, Distinct: len(p.values)}
	if r.Alpha, r.Known = p.alpha(p.counts, m); r.Known != Yes || r.Units < leastUnits {
		return r
	}
	rng := rand.New(rand.NewPCG(seed, seed)) // #nosec G404 -- for statistics, to be repeatable
	drawn := make([]float64, 0, Draws)
	counts := make([]int, len(p.counts))
	for range Draws {
		p.draw(rng, counts)
		if a, known := p.alpha(counts, m); known == Yes {
			drawn = append(drawn, a)
		}
	}
	if float64(Draws-len(drawn)) > mostUnknown*Draws {
		return r
	}
	slices.Sort(drawn)
	r.Bounded, r.Lower, r.Upper = true, quantile(drawn, 0.025), quantile(drawn, 0.975)
	return r
}

// draw counts the patterns of as many units as there are, drawn with replacement. Each random number gives two of them, by its halves: the
// odds are even to within the number of units in 2³².
func (p *pooled) draw(rng *rand.Rand, counts []int) {
	clear(counts)
	n := uint64(len(p.of))
	for left := len(p.of); left > 0; left -= 2 {
		bits := rng.Uint64()
		counts[p.of[(bits>>32)*n>>32]]++
		if left > 1 {
			counts[p.of[(bits&math.MaxUint32)*n>>32]]++
		}
	}
}

// quantile is the value below which a share of sorted values lies, between two of them in proportion.
func quantile(sorted []float64, share float64) float64 {
	at := share * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

// pattern is the scores of a unit, with what they add to the matrix of coincidences.
type pattern struct {
	scores []int // how many times each value occurs, by its place among the values
	size   int
}

// pooled are the units by their patterns: of thousands of units few differ, so a sample is a count of each pattern.
type pooled struct {
	values   []int // that occur in units with two scores or more, in order
	patterns []pattern
	counts   []int   // of units, by pattern
	of       []int32 // the pattern of each unit, in the order of the patterns
	units    int
	scores   int
}

func patterns(units []Unit) pooled {
	var p pooled
	var compared []Unit
	for _, u := range units {
		if len(u) < 2 {
			continue
		}
		compared = append(compared, slices.Sorted(slices.Values(u)))
		p.values = append(p.values, u...)
		p.scores += len(u)
	}
	p.units = len(compared)
	slices.Sort(p.values)
	p.values = slices.Compact(p.values)
	slices.SortFunc(compared, func(a, b Unit) int { return cmp.Or(cmp.Compare(len(a), len(b)), slices.Compare(a, b)) })
	for i, u := range compared {
		if i == 0 || !slices.Equal(u, compared[i-1]) {
			t := pattern{scores: make([]int, len(p.values)), size: len(u)}
			for _, v := range u {
				at, _ := slices.BinarySearch(p.values, v)
				t.scores[at]++
			}
			p.patterns, p.counts = append(p.patterns, t), append(p.counts, 0)
		}
		p.counts[len(p.counts)-1]++
		p.of = append(p.of, int32(len(p.counts)-1)) // #nosec G115 -- fewer patterns than units
	}
	return p
}

// alpha is the coefficient of as many units of each pattern as counts says.
func (p *pooled) alpha(counts []int, m Metric) (float64, Known) {
	k := len(p.values)
	coincident, n := make([]float64, k*k), make([]float64, k)
	total := 0.0
	for i, t := range p.patterns {
		if counts[i] > 0 {
			t.coincide(coincident, n, float64(counts[i]))
			total += float64(counts[i] * t.size)
		}
	}
	if total == 0 {
		return 0, NoPairs
	}
	observed, expected := 0.0, 0.0
	for c := range k {
		for d := c + 1; d < k; d++ {
			apart := p.apart(m, c, d, n)
			observed += coincident[c*k+d] * apart
			expected += n[c] * n[d] * apart
		}
	}
	if expected == 0 {
		return 0, NoVariation
	}
	return 1 - (total-1)*observed/expected, Yes
}

// coincide adds the pairs of scores of some units, each unit with the weight of its scores.
func (t pattern) coincide(coincident, n []float64, units float64) {
	k := len(t.scores)
	for c, of := range t.scores {
		if of == 0 {
			continue
		}
		n[c] += units * float64(of)
		for d := c + 1; d < k; d++ {
			coincident[c*k+d] += units * float64(of*t.scores[d]) / float64(t.size-1)
		}
	}
}

// apart is the squared difference of two values, c below d, by their places among the values.
func (p *pooled) apart(m Metric, c, d int, n []float64) float64 {
	low, high := float64(p.values[c]), float64(p.values[d])
	switch m {
	case Nominal:
		return 1
	case Interval:
		return (high - low) * (high - low)
	case Ratio:
		if high+low == 0 {
			return 0
		}
		return (high - low) / (high + low) * (high - low) / (high + low)
	case Ordinal:
	}
	between := (n[c] + n[d]) / 2
	for g := c + 1; g < d; g++ {
		between += n[g]
	}
	return between * between
}

// Words is how far the scores agree, in a word: those of J. R. Landis and G. G. Koch, "The Measurement of Observer Agreement for
// Categorical Data", Biometrics 33(1), 1977. They are conventions, not tests.
func (r Result) Words() string {
	switch {
	case r.Known == NoPairs:
		return "not known: no application has two scores"
	case r.Known == NoVariation:
		return "not known: all scores are the same"
	case r.Alpha <= 0:
		return "none beyond chance"
	}
	for _, w := range []struct {
		upTo  float64
		words string
	}{{0.2, "slight"}, {0.4, "fair"}, {0.6, "moderate"}, {0.8, "substantial"}} {
		if r.Alpha <= w.upTo {
			return w.words
		}
	}
	return "almost perfect"
}

// Figures is the coefficient with its interval as people read them; empty where there is none.
func (r Result) Figures() string {
	switch {
	case r.Known != Yes:
		return ""
	case !r.Bounded:
		return figure(r.Alpha)
	default:
		return fmt.Sprintf("%s (%s to %s)", figure(r.Alpha), figure(r.Lower), figure(r.Upper))
	}
}

// figure rounds to two decimals, without a negative zero.
func figure(v float64) string {
	v = math.Round(v*100) / 100
	if v == 0 {
		v = 0
	}
	return fmt.Sprintf("%.2f", v)
}
