package assign

import (
	"maps"
	"slices"
)

// Solve assigns reviewers: it meets as many needs as can be met, then makes the sum of squared loads least, then the affinity
// largest. The same problem gives the same answer. Reviewers of different kinds never take one another's work, so that each kind is
// a problem of its own.
func Solve(p Problem) Result {
	result := Result{Status: Optimal, Assignments: []Pair{}, Load: map[string]int{}, Unmet: []Unmet{}}
	kinds := map[string]bool{}
	for _, r := range p.Reviewers {
		kinds[r.Kind] = true
	}
	for _, a := range p.Applications {
		for kind := range a.Needs {
			kinds[kind] = true
		}
	}
	lookup := index(p)
	var affinity int64
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		n := newNetwork(p, kind, lookup)
		n.run()
		affinity += n.collect(&result)
	}
	order := map[string]int{}
	for i, a := range p.Applications {
		order[a.ID] = i
	}
	place := map[string]int{}
	for i, r := range p.Reviewers {
		place[r.ID] = i
	}
	slices.SortFunc(result.Assignments, func(a, b Pair) int {
		if a[1] != b[1] {
			return order[a[1]] - order[b[1]]
		}
		return place[a[0]] - place[b[0]]
	})
	slices.SortStableFunc(result.Unmet, func(a, b Unmet) int { return order[a.Application] - order[b.Application] })
	if len(result.Unmet) > 0 {
		result.Status = Infeasible
	}
	result.Cost.Affinity = float64(affinity) / unit
	return result
}

// lookup finds what is said of a pair.
type lookup struct {
	conflict, fixed map[Pair]bool
	affinity        map[Pair]int64
}

func index(p Problem) lookup {
	l := lookup{conflict: map[Pair]bool{}, fixed: map[Pair]bool{}, affinity: map[Pair]int64{}}
	for _, pair := range p.Conflicts {
		l.conflict[pair] = true
	}
	for _, pair := range p.Fixed {
		l.fixed[pair] = true
	}
	for _, a := range p.Affinity {
		l.affinity[a.Pair] = billionths(a.Value)
	}
	return l
}

func (l lookup) of(r Reviewer, a Application) int64 {
	if value, listed := l.affinity[Pair{r.ID, a.ID}]; listed {
		return value
	}
	if slices.Contains(r.Themes, a.Theme) {
		return unit
	}
	return 0
}

// cost is compared by its first part, then its second: unmet needs and squared loads, then what affinity is lost.
type cost struct{ major, minor int64 }

func (c cost) plus(d cost) cost  { return cost{c.major + d.major, c.minor + d.minor} }
func (c cost) minus(d cost) cost { return cost{c.major - d.major, c.minor - d.minor} }

func (c cost) less(d cost) bool {
	return c.major < d.major || c.major == d.major && c.minor < d.minor
}

// network is the problem of one kind of reviewers. Its last holder is nobody, who takes without limit what no reviewer can, at a cost
// above all others. An application's reviews are given one at a time along the cheapest way: somebody takes it who has
// room, or takes it and hands an earlier one on, and so forth (successive shortest paths; each step leaves a flow of least cost).
type network struct {
	kind    string
	holders []Reviewer // and nobody
	apps    []Application
	open    []int     // needs that fixed pairs leave
	worth   [][]int64 // affinity, by application and holder
	barred  [][]bool  // conflicts and fixed pairs, by application and holder
	holds   [][]int   // how often a holder has an application: more than once only nobody
	held    [][]int   // the applications of each holder, in the order in which they came
	load    []int
	fixed   []Pair   // the pairs that stand
	dear    int64    // their affinity
	price   []cost   // potentials, which keep every step's cost from being negative
	ways    [][]hand // the cheapest hand-over from holder to holder
	fresh   []bool   // whether ways is up to date
}

// hand is an application that one holder can hand to another, and what that costs.
type hand struct {
	app  int
	cost cost
}

func newNetwork(p Problem, kind string, l lookup) *network {
	n := &network{kind: kind}
	for _, r := range p.Reviewers {
		if r.Kind == kind {
			n.holders = append(n.holders, r)
		}
	}
	n.holders = append(n.holders, Reviewer{Kind: kind, Capacity: int(unmetWorth)})
	count := len(n.holders)
	n.held, n.load = make([][]int, count), make([]int, count)
	n.price, n.ways, n.fresh = make([]cost, count+1), make([][]hand, count), make([]bool, count)
	for _, a := range p.Applications {
		if a.Needs[kind] > 0 {
			n.add(a, l)
		}
	}
	for i := range n.ways {
		n.ways[i] = make([]hand, count)
	}
	return n
}

// add takes an application into the network, with the pairs that are fixed.
func (n *network) add(a Application, l lookup) {
	count := len(n.holders)
	worth, barred, open := make([]int64, count), make([]bool, count), a.Needs[n.kind]
	for i, r := range n.holders[:count-1] {
		worth[i] = l.of(r, a)
		pair := Pair{r.ID, a.ID}
		barred[i] = l.conflict[pair] || l.fixed[pair]
		if l.fixed[pair] {
			n.fixed = append(n.fixed, pair)
			n.dear += worth[i]
			n.load[i]++
			open--
		}
	}
	n.apps = append(n.apps, a)
	n.open = append(n.open, open)
	n.worth, n.barred = append(n.worth, worth), append(n.barred, barred)
	n.holds = append(n.holds, make([]int, count))
}

func (n *network) run() {
	for app := range n.apps {
		for range n.open[app] {
			n.give(app)
		}
	}
}

// nobody is the last holder.
func (n *network) nobody() int { return len(n.holders) - 1 }

// takes reports whether a holder may take one more review of an application.
func (n *network) takes(app, holder int) bool {
	return holder == n.nobody() || !n.barred[app][holder] && n.holds[app][holder] == 0
}

// room is what one more review costs a holder, and whether there is room for it.
func (n *network) room(holder int) (cost, bool) {
	if holder == n.nobody() {
		return cost{major: unmetWorth}, true
	}
	return cost{major: int64(2*n.load[holder] + 1)}, n.load[holder] < n.holders[holder].Capacity
}

// way gives what a holder can hand to each of the others.
func (n *network) way(from int) []hand {
	if n.fresh[from] {
		return n.ways[from]
	}
	ways := n.ways[from]
	for i := range ways {
		ways[i].app = -1
	}
	for _, app := range n.held[from] {
		for to := range ways {
			if to == from || !n.takes(app, to) {
				continue
			}
			c := cost{minor: n.worth[app][from] - n.worth[app][to]}
			if ways[to].app < 0 || c.less(ways[to].cost) {
				ways[to] = hand{app, c}
			}
		}
	}
	n.fresh[from] = true
	return ways
}

// move changes who holds an application. Nobody is both before the first and after the last.
func (n *network) move(app, from, to int) {
	for holder, times := range n.holds[app] {
		if times > 0 {
			n.fresh[holder] = false
		}
	}
	if from >= 0 {
		n.holds[app][from]--
		if n.holds[app][from] == 0 {
			i := slices.Index(n.held[from], app)
			n.held[from] = slices.Delete(n.held[from], i, i+1)
		}
	}
	n.holds[app][to]++
	if n.holds[app][to] == 1 {
		n.held[to] = append(n.held[to], app)
	}
	n.fresh[to] = false
}

// collect adds the kind's assignments, loads and unmet needs to the result, and gives the affinity.
func (n *network) collect(result *Result) int64 {
	affinity := n.dear
	result.Assignments = append(result.Assignments, n.fixed...)
	for i, r := range n.holders[:n.nobody()] {
		result.Load[r.ID] = n.load[i]
		result.Cost.SquaredLoads += int64(n.load[i]) * int64(n.load[i])
	}
	for app, a := range n.apps {
		for i, r := range n.holders[:n.nobody()] {
			if n.holds[app][i] > 0 {
				result.Assignments = append(result.Assignments, Pair{r.ID, a.ID})
				affinity += n.worth[app][i]
			}
		}
		if missing := n.holds[app][n.nobody()]; missing > 0 {
			result.Unmet = append(result.Unmet, Unmet{a.ID, n.kind, missing})
		}
	}
	return affinity
}
