package calibration

import (
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// Moments is what is known of the applications and reviewers of one part: means and covariances, without intervals, ranks and draws. It is
// what one needs to reason about a score that is not there yet, and takes a hundredth of the time of Fit.
//
// The means are those of the whole posterior, as of Fit, but for a coarser grid. The covariances are those of the model with the two standard
// deviations at their posterior means: what one more score can take away.
type Moments struct {
	Part         string
	Applications []string  // sorted; those of Problem.Without are among them
	Reviewers    []string  // sorted; those without a score so far are among them
	Mean         []float64 // of each application: the overall mean of its set, kinds alike, plus its effect; 0 to 5 but for the ends
	Covariance   []float64 // of the applications' effects followed by the reviewers' severities, row by row
	Noise        []float64 // variance of what is left of a score, by application
	traces       []trace
}

// trace is where the mass of the posterior of a set was: a set with a few scores more has its mass near it.
type trace struct {
	first string
	in    box
}

// Size is how many rows and columns the covariances have.
func (k *Moments) Size() int { return len(k.Applications) + len(k.Reviewers) }

const (
	quickSteps = 6   // of the grid that moments are summed over
	quickReach = 3.2 // standard deviations to each side of the mean that it covers, so that a step is about one
)

// Know works out the moments of a part. reviewers are those that could score, besides those that have; before is what was known when there were
// fewer scores, or nil: it tells where to look and changes the result by less than its error. Where Fit estimates nothing (nobody's scores
// can be compared), the scores enter as they are, and the covariances are those of the model before any score.
func Know(p Problem, part string, reviewers []string, before *Moments) (*Moments, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	k := newMoments(p, part, reviewers)
	all := setsOf(p)
	shared := spread{quality: 0, noise: 0}
	for set := range all.count {
		scores := all.scores(p, part, set)
		if len(scores) == 0 {
			continue
		}
		o := &outcome{part: part, set: set, scores: scores}
		o.prepare()
		shared.add(k.take(o, before), float64(len(o.names)))
	}
	k.untouched(shared)
	return k, nil
}

// spread are standard deviations, weighted by how many applications they were found of.
type spread struct{ quality, noise, mean, weight float64 }

func (s *spread) add(o spread, weight float64) {
	s.quality += weight * o.quality
	s.noise += weight * o.noise
	s.mean += weight * o.mean
	s.weight += weight
}

func newMoments(p Problem, part string, reviewers []string) *Moments {
	applications, by := map[string]bool{}, map[string]bool{}
	for _, s := range p.Scores {
		applications[s.Application] = true
		if s.Part == part {
			by[s.Reviewer] = true
		}
	}
	for _, name := range p.Without {
		applications[name] = true
	}
	for _, name := range reviewers {
		by[name] = true
	}
	k := &Moments{Part: part, Applications: slices.Sorted(maps.Keys(applications)), Reviewers: slices.Sorted(maps.Keys(by))}
	k.Mean, k.Noise = make([]float64, len(k.Applications)), make([]float64, len(k.Applications))
	k.Covariance = make([]float64, k.Size()*k.Size())
	for j := range k.Reviewers {
		at := len(k.Applications) + j
		k.Covariance[at*k.Size()+at] = severity
	}
	return k
}

// take puts in what is known of a set.
func (k *Moments) take(o *outcome, before *Moments) spread {
	places := make([]int, len(o.names))
	for i, name := range o.names {
		places[i], _ = slices.BinarySearch(k.Applications, name)
	}
	if !repeats(o.scores, o.part) || o.flat() {
		return k.asTheyAre(o, places)
	}
	m, reviewers := o.model()
	points, in := m.quickPoints(before.trace(o.names[0]))
	k.traces = append(k.traces, trace{o.names[0], in})
	found := spread{mean: o.fitted.Mean}
	effects := make([]float64, len(o.names))
	var room *at
	for _, p := range points {
		found.quality += p.weight * p.tau
		found.noise += p.weight * p.s
		if p.weight < 1e-4 {
			continue
		}
		room = m.given(p.tau, p.s, room)
		for i := range effects {
			effects[i] += p.weight * room.effect(i, room.mean)
		}
	}
	for i, at := range places {
		k.Mean[at], k.Noise[at] = o.fitted.Mean+effects[i], found.noise*found.noise
	}
	k.covary(m.given(found.quality, found.noise, room), places, reviewers)
	return found
}

// model is the model of the scores, with the names of the reviewers.
func (o *outcome) model() (*model, []string) {
	reviewers := o.reviewers()
	cells, centred := make([]cell, len(o.scores)), make([]float64, len(o.scores))
	for i, s := range o.scores {
		a, _ := slices.BinarySearch(o.names, s.Application)
		r, _ := slices.BinarySearch(reviewers, s.Reviewer)
		cells[i], centred[i] = cell{a, r}, s.Value-o.means[s.Kind]
	}
	return newModel(len(o.names), len(reviewers), cells, centred), reviewers
}

// trace is where the mass of a set was, nil where that is not known.
func (k *Moments) trace(first string) *box {
	if k == nil {
		return nil
	}
	for i := range k.traces {
		if k.traces[i].first == first {
			return &k.traces[i].in
		}
	}
	return nil
}

// quickPoints are the points of a coarse grid over the mass, looked for from where it was. Each grid tells by its mean and its deviation where
// the next one lies, until that is where this one is.
func (m *model) quickPoints(from *box) ([]point, box) {
	b := everything()
	if from != nil {
		b = *from
	}
	room := m.given(1, 1, nil)
	points := make([]point, quickSteps*quickSteps)
	for range 10 {
		best := math.Inf(-1)
		for n := range points {
			tau, s := b.middle(n/quickSteps, n%quickSteps, quickSteps)
			points[n] = point{tau, s, m.given(tau, s, room).log}
			best = max(best, points[n].weight)
		}
		weigh(points, best)
		next := around(points, b)
		if next.near(b) {
			break
		}
		b = next
	}
	return points, b
}

// weigh makes shares of logarithms.
func weigh(points []point, best float64) {
	var sum float64
	for n := range points {
		points[n].weight = math.Exp(points[n].weight - best)
		sum += points[n].weight
	}
	for n := range points {
		points[n].weight /= sum
	}
}

// around is where the mass of a grid over a box lies: three deviations and a little to each side of the mean, or a step where the grid is too
// coarse to tell.
func around(points []point, b box) box {
	var tau, s, tau2, s2 float64
	for _, p := range points {
		tau += p.weight * p.tau
		s += p.weight * p.s
		tau2 += p.weight * p.tau * p.tau
		s2 += p.weight * p.s * p.s
	}
	wide := max(quickReach*math.Sqrt(max(0, tau2-tau*tau)), (b.tau1-b.tau0)/quickSteps)
	high := max(quickReach*math.Sqrt(max(0, s2-s*s)), (b.s1-b.s0)/quickSteps)
	all := everything()
	return box{max(all.tau0, tau-wide), min(all.tau1, tau+wide), max(all.s0, s-high), min(all.s1, s+high)}
}

// near reports whether two boxes are the same but for a tenth of their width.
func (b box) near(o box) bool {
	wide, high := (o.tau1-o.tau0)/10, (o.s1-o.s0)/10
	return math.Abs(b.tau0-o.tau0) < wide && math.Abs(b.tau1-o.tau1) < wide && math.Abs(b.s0-o.s0) < high && math.Abs(b.s1-o.s1) < high
}

// covary fills in the covariances of a set. With C those of the severities, and w the weight that an application's scores have in its mean, those
// of an effect with a severity are -w ΣC over its reviewers, those of two effects w w' ΣΣC.
func (k *Moments) covary(g *at, places []int, reviewers []string) {
	c := g.covariance()
	if c == nil {
		return
	}
	size, shift := k.Size(), len(k.Applications)
	who := make([]int, len(reviewers))
	for j, name := range reviewers {
		at, _ := slices.BinarySearch(k.Reviewers, name)
		who[j] = shift + at
	}
	for j, a := range who {
		for l, b := range who {
			k.Covariance[a*size+b] = c.At(j, l)
		}
	}
	effects := effects{k, g, c, places}
	for i := range places {
		effects.fill(i, who)
	}
}

// effects fill in the covariances of the effects of a set.
type effects struct {
	k      *Moments
	g      *at
	c      *mat.SymDense // of the severities
	places []int
}

// fill fills in those of an application's effect with the severities, and with the effects before it and itself.
func (e effects) fill(i int, who []int) {
	g, size, at := e.g, e.k.Size(), e.places[i]
	cross := make([]float64, len(who))
	for _, l := range g.scored[i] {
		for j := range cross {
			cross[j] -= g.share(i) * e.c.At(j, l)
		}
	}
	for j, a := range who {
		e.k.Covariance[at*size+a], e.k.Covariance[a*size+at] = cross[j], cross[j]
	}
	for n, other := range e.places[:i+1] {
		var sum float64
		for _, j := range g.scored[n] {
			sum -= g.share(n) * cross[j]
		}
		if n == i {
			sum += 1 / g.precision[i]
		}
		e.k.Covariance[at*size+other], e.k.Covariance[other*size+at] = sum, sum
	}
}

// What is taken for the standard deviations where they cannot be estimated: the middle of what the model holds for possible.
const middling = widest / 2

// asTheyAre takes the scores of a set for what they are.
func (k *Moments) asTheyAre(o *outcome, places []int) spread {
	o.asTheyAre()
	for i, at := range places {
		k.Mean[at] = o.fitted.Mean + o.estimates[i].Mean
		k.Noise[at] = middling * middling
		k.Covariance[at*k.Size()+at] = middling * middling
	}
	return spread{middling, middling, o.fitted.Mean, 0}
}

// untouched fills in the applications that have no score on the part: they are as the others are, in the mean.
func (k *Moments) untouched(shared spread) {
	all := spread{middling, middling, Highest / 2, 1}
	if shared.weight > 0 {
		all = shared
	}
	for i, found := range k.Noise {
		if found == 0 {
			quality, noise := all.quality/all.weight, all.noise/all.weight
			k.Mean[i], k.Noise[i] = all.mean/all.weight, noise*noise
			k.Covariance[i*k.Size()+i] = quality * quality
		}
	}
}
