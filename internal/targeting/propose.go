package targeting

import (
	"cmp"
	"slices"

	"adoptionfund/internal/assign"
)

// Propose works out what one more review of each application is worth, and which to ask for next. The reviews of a batch are chosen one after
// the other, each where it adds most to those before it; who gives them is then solved exactly: loads as even as they can be, then those
// who know the theme and whose severity is known best. Capacities and conflicts are kept. Where none is worth what it must be, the
// batch is empty. The same problem gives the same proposal.
func Propose(p Problem) (Proposal, error) {
	if err := p.Check(); err != nil {
		return Proposal{}, err
	}
	s := newState(&p)
	s.draw()
	added := s.added()
	proposal := Proposal{Values: s.values(added), Batch: []Review{}}
	count := p.Reviews
	if p.Batch > 0 {
		count = min(count, p.Batch)
	}
	fresh := *s
	fresh.parts = slices.Clone(s.parts)
	for n := range fresh.parts {
		fresh.parts[n].covariance = slices.Clone(s.parts[n].covariance)
	}
	needs := make([]map[string]int, len(p.Applications))
	planned := map[string]int{}
	for _, x := range s.pick(count, added) {
		if needs[x.application] == nil {
			needs[x.application] = map[string]int{}
		}
		needs[x.application][p.Reviewers[x.reviewer].Kind]++
		planned[p.Applications[x.application].ID]++
		proposal.Gain += x.gain
	}
	for i := range proposal.Values {
		proposal.Values[i].Planned = planned[proposal.Values[i].Application]
	}
	if len(planned) > 0 {
		proposal.Batch = fresh.share(assign.Problem{Affinity: fresh.affinities(needs)}, needs)
	}
	return proposal, nil
}

// picked is a review that was chosen, and what it adds.
type picked struct {
	application, reviewer int
	gain                  float64
}

// added is what every review adds, by application and reviewer.
func (s *state) added() []float64 {
	added := make([]float64, 0, len(s.p.Applications)*len(s.p.Reviewers))
	for a := range s.p.Applications {
		for r := range s.p.Reviewers {
			added = append(added, s.adds(a, r))
		}
	}
	return added
}

// pick chooses reviews, each where it adds most to those chosen before. It keeps what every review adds up to date.
func (s *state) pick(count int, added []float64) []picked {
	n, m := len(s.p.Applications), len(s.p.Reviewers)
	set := func(a, r int) { added[a*m+r] = s.adds(a, r) }
	var all []picked
	for len(all) < count && len(added) > 0 {
		best := 0
		for at, v := range added {
			if v > added[best] {
				best = at
			}
		}
		if added[best] <= 0 || added[best] < s.p.Least {
			break
		}
		a, r := best/m, best%m
		all = append(all, picked{a, r, added[best]})
		s.plan(a, r)
		for j := range m {
			set(a, j)
		}
		for i := range n {
			set(i, r)
		}
	}
	return all
}

// affinities are who should review what is to be reviewed: who knows the theme, then whose scores tell most.
func (s *state) affinities(needs []map[string]int) []assign.Affinity {
	var all []assign.Affinity
	for a, app := range s.p.Applications {
		if needs[a] == nil {
			continue
		}
		takes, most := make([]float64, len(s.p.Reviewers)), 0.0
		for r := range takes {
			takes[r] = s.takes(a, r)
			most = max(most, takes[r])
		}
		for r, reviewer := range s.p.Reviewers {
			value := 0.0
			if most > 0 {
				value = takes[r] / most
			}
			if app.Theme != "" && slices.Contains(reviewer.Themes, app.Theme) {
				value++
			}
			all = append(all, assign.Affinity{Pair: assign.Pair{reviewer.ID, app.ID}, Value: value})
		}
	}
	return all
}

// share finds who gives the reviews that are needed. What was given or asked for stands and counts in the loads.
func (s *state) share(q assign.Problem, needs []map[string]int) []Review {
	given, places := map[string]int{}, map[string]int{}
	kinds := map[string]string{}
	for r, reviewer := range s.p.Reviewers {
		kinds[reviewer.ID], places[reviewer.ID] = reviewer.Kind, r
	}
	barred := map[assign.Pair]bool{}
	for _, pair := range s.p.Conflicts {
		barred[pair] = true
	}
	stands := map[string][]assign.Pair{}
	for _, pair := range s.p.Done {
		if _, here := kinds[pair[0]]; here && !barred[pair] {
			barred[pair] = true
			stands[pair[1]] = append(stands[pair[1]], pair)
			given[pair[0]]++
		}
	}
	for a, app := range s.p.Applications {
		need := map[string]int{}
		for kind, n := range needs[a] {
			need[kind] += n
		}
		for _, pair := range stands[app.ID] {
			need[kinds[pair[0]]]++
		}
		q.Applications = append(q.Applications, assign.Application{ID: app.ID, Theme: app.Theme, Needs: need})
		q.Fixed = append(q.Fixed, stands[app.ID]...)
	}
	q.Conflicts = s.p.Conflicts
	for _, r := range s.p.Reviewers {
		q.Reviewers = append(q.Reviewers, assign.Reviewer{ID: r.ID, Kind: r.Kind, Capacity: r.Room + given[r.ID], Themes: r.Themes})
	}
	batch := []Review{}
	for _, pair := range assign.Solve(q).Assignments {
		if !barred[pair] {
			batch = append(batch, s.review(pair, places[pair[0]]))
		}
	}
	return batch
}

// values are what one more review of each application is worth, the most valuable first.
func (s *state) values(added []float64) []Value {
	all, m := make([]Value, len(s.p.Applications)), len(s.p.Reviewers)
	for a, app := range s.p.Applications {
		best := -1
		for r, v := range added[a*m : (a+1)*m] {
			if v >= 0 && (best < 0 || v > added[a*m+best]) {
				best = r
			}
		}
		all[a] = s.value(a, best)
		all[a].Application, all[a].Score = app.ID, app.Score
	}
	slices.SortStableFunc(all, func(a, b Value) int { return cmp.Compare(b.Gain, a.Gain) })
	return all
}
