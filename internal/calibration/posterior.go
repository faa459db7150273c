package calibration

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// outcome is what is found of a part within a set of applications.
type outcome struct {
	part   string
	set    int
	scores []Score
	draws  int
	chance *rand.Rand

	names      []string // of the applications
	means      map[string]float64
	estimates  []Estimate
	values     [][]float32 // draws of the effects, by application; one draw stands for all where there is no uncertainty
	severities []Severity
	fitted     Fitted
	notes      []string
}

// fit finds it.
func (o *outcome) fit() {
	o.prepare()
	switch {
	case len(o.names) == 1 && len(o.scores) > 1:
		o.unknown("%s: %s has no other application to be compared with. Nothing is estimated of it.", o.title(), o.names[0])
	case !repeats(o.scores, o.part):
		if len(o.reviewers()) == 1 && len(o.names) > 1 {
			o.say("%s: all scores are by one reviewer, so that severity cannot be told from quality. They enter as they are.", o.title())
		}
		o.asTheyAre()
	case o.flat():
		o.say("%s: all scores are the same. There is nothing to rank by.", o.title())
		o.asTheyAre()
	default:
		o.estimate()
	}
	o.values = slices.Clip(o.values)
}

func (o *outcome) title() string {
	if o.part == "" {
		return "Scores"
	}
	return o.part
}

func (o *outcome) say(format string, args ...any) {
	o.notes = append(o.notes, fmt.Sprintf(format, args...))
}

// prepare works out plain means.
func (o *outcome) prepare() {
	sums, counts := map[string]float64{}, map[string]float64{}
	kinds, kindCounts := map[string]float64{}, map[string]float64{}
	for _, s := range o.scores {
		sums[s.Application] += s.Value
		counts[s.Application]++
		kinds[s.Kind] += s.Value
		kindCounts[s.Kind]++
	}
	o.names = slices.Sorted(maps.Keys(sums))
	for _, name := range o.names {
		o.estimates = append(o.estimates, Estimate{Application: name, Part: o.part, Set: o.set, Raw: sums[name] / counts[name]})
	}
	o.means = kinds
	o.fitted = Fitted{Part: o.part, Set: o.set}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		kinds[kind] /= kindCounts[kind]
		o.fitted.Mean += kinds[kind] / float64(len(kinds))
	}
}

func (o *outcome) reviewers() []string {
	names := map[string]bool{}
	for _, s := range o.scores {
		names[s.Reviewer] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// flat reports whether nobody ever differs from the mean of the kind.
func (o *outcome) flat() bool {
	return !slices.ContainsFunc(o.scores, func(s Score) bool { return math.Abs(s.Value-o.means[s.Kind]) > 1e-9 })
}

// unknown leaves everything but the plain means open.
func (o *outcome) unknown(format string, args ...any) {
	o.say(format, args...)
	o.values = make([][]float32, len(o.names))
}

// asTheyAre takes each score less the mean of its kind for the effect, without uncertainty.
func (o *outcome) asTheyAre() {
	sums, counts := map[string]float64{}, map[string]float64{}
	for _, s := range o.scores {
		sums[s.Application] += s.Value - o.means[s.Kind]
		counts[s.Application]++
	}
	o.values = make([][]float32, len(o.names))
	for i, name := range o.names {
		e := &o.estimates[i]
		e.Known, e.Mean = true, sums[name]/counts[name]
		e.Lower, e.Upper = e.Mean, e.Mean
		o.values[i] = []float32{float32(e.Mean)}
	}
	o.rank()
}

// estimate integrates over the posterior, and draws from it.
func (o *outcome) estimate() {
	m, reviewers := o.model()
	points := m.points()
	mix := newMixture(m, o.draws)
	order := o.chance.Perm(o.draws) // the draws of neighbouring points must not stand beside one another: parts are added draw by draw
	var room *at
	offset, passed, drawn := o.chance.Float64(), 0.0, 0
	for _, p := range points {
		room = m.given(p.tau, p.s, room)
		passed += p.weight * float64(o.draws)
		until := min(o.draws, int(passed+offset))
		mix.add(room, p.weight, order[drawn:max(drawn, until)], o.chance)
		drawn = max(drawn, until)
		o.fitted.Quality += p.weight * p.tau
		o.fitted.Noise += p.weight * p.s
	}
	mix.add(room, 0, order[drawn:], o.chance)
	o.fitted.Estimated = true
	if noiseless(points) {
		o.say("%s: reviewers agree almost exactly. How far two of them differ by chance is taken to be %v at least.", o.title(), leastNoise)
	}
	o.values = mix.values
	mix.summarise(o.estimates)
	o.rank()
	o.severe(reviewers, mix)
}

func (o *outcome) severe(reviewers []string, mix *mixture) {
	kinds := map[string]string{}
	for _, s := range o.scores {
		kinds[s.Reviewer] = s.Kind
	}
	for j, name := range reviewers {
		mean := mix.severity[j]
		o.severities = append(o.severities, Severity{
			Reviewer: name, Part: o.part, Kind: kinds[name], Scores: int(mix.model.counts[j]), Mean: mean, SD: math.Sqrt(max(0, mix.severitySquare[j]-mean*mean)),
		})
	}
}

// rank works out the expected ranks.
func (o *outcome) rank() {
	for i, r := range expectedRanks(o.values) {
		o.estimates[i].Rank = r
	}
}

// mixture gathers the posterior over the points of the grid.
type mixture struct {
	model                    *model
	parts                    [][]normal // by application
	severity, severitySquare []float64  // moments
	values                   [][]float32
}

// normal is a Gaussian distribution with its share.
type normal struct{ weight, mean, sd float64 }

func newMixture(m *model, draws int) *mixture {
	x := &mixture{model: m, parts: make([][]normal, m.applications), severity: make([]float64, m.reviewers), severitySquare: make([]float64, m.reviewers), values: make([][]float32, m.applications)}
	for i := range x.values {
		x.values[i] = make([]float32, draws)
	}
	return x
}

// add takes in one point of the grid, and draws as often as there are places.
func (x *mixture) add(g *at, weight float64, places []int, chance *rand.Rand) {
	if weight > 1e-7 {
		x.moments(g, weight)
	}
	if len(places) == 0 {
		return
	}
	severities := make([]float64, x.model.reviewers)
	for _, place := range places {
		for j := range severities {
			severities[j] = chance.NormFloat64()
		}
		blas64.Trsv(blas.NoTrans, g.factor, blas64.Vector{N: len(severities), Data: severities, Inc: 1})
		for j := range severities {
			severities[j] += g.mean[j]
		}
		for i := range x.values {
			x.values[i][place] = float32(g.effect(i, severities) + chance.NormFloat64()/math.Sqrt(g.precision[i]))
		}
	}
}

func (x *mixture) moments(g *at, weight float64) {
	covariance := g.covariance()
	if covariance == nil {
		return
	}
	for j, m := range g.mean {
		x.severity[j] += weight * m
		x.severitySquare[j] += weight * (m*m + covariance.At(j, j))
	}
	for i := range x.parts {
		x.parts[i] = append(x.parts[i], normal{weight, g.effect(i, g.mean), math.Sqrt(g.variance(i, covariance))})
	}
}

// summarise gives the mean, the standard deviation and the interval of each application, exactly but for the grid.
func (x *mixture) summarise(into []Estimate) {
	for i, parts := range x.parts {
		var sum, mean, square float64
		for _, n := range parts {
			sum += n.weight
			mean += n.weight * n.mean
			square += n.weight * (n.mean*n.mean + n.sd*n.sd)
		}
		e := &into[i]
		e.Known, e.Mean = true, mean/sum
		e.SD = math.Sqrt(max(0, square/sum-e.Mean*e.Mean))
		e.Lower, e.Upper = quantile(parts, 0.05*sum, e), quantile(parts, 0.95*sum, e)
	}
}

// quantile is where so much of a mixture lies below.
func quantile(parts []normal, below float64, of *Estimate) float64 {
	low, high := of.Mean-12*of.SD-1e-9, of.Mean+12*of.SD+1e-9
	for range 36 {
		middle := (low + high) / 2
		var sum float64
		for _, n := range parts {
			sum += n.weight * 0.5 * math.Erfc((n.mean-middle)/(n.sd*math.Sqrt2))
		}
		if sum < below {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// keyed packs a value and whose it is into a number that sorts the highest value first, equals by their number.
func keyed(value float32, of int) uint64 {
	bits := math.Float32bits(value)
	if bits>>31 == 1 {
		bits = ^bits
	} else {
		bits |= 1 << 31
	}
	return uint64(^bits)<<32 | uint64(of) //nolint:gosec // far fewer than four thousand million applications
}

// expectedRanks are the means, over all draws, of the place of each among all: 1 is the highest, equals share the mean of their places. Who
// has no values has no place: 0.
func expectedRanks(values [][]float32) []float64 {
	draws := 0
	for _, v := range values {
		draws = max(draws, len(v))
	}
	ranks, row := make([]float64, len(values)), make([]uint64, 0, len(values))
	for d := range draws {
		row = row[:0]
		for i, v := range values {
			if len(v) > 0 {
				row = append(row, keyed(v[min(d, len(v)-1)]+0, i)) // + 0: minus nothing is nothing
			}
		}
		slices.Sort(row)
		addPlaces(row, ranks)
	}
	for i := range ranks {
		ranks[i] /= float64(max(1, draws))
	}
	return ranks
}

// addPlaces adds the place of each in a sorted row.
func addPlaces(row []uint64, ranks []float64) {
	for from := 0; from < len(row); {
		until := from + 1
		for until < len(row) && row[until]>>32 == row[from]>>32 {
			until++
		}
		for _, key := range row[from:until] {
			ranks[uint32(key)] += float64(from+1+until) / 2 //nolint:gosec // the lower half
		}
		from = until
	}
}
