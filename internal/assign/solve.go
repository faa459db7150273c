package assign

import (
	"maps"
	"slices"
	"sync"
)

// Solve assigns reviewers: it meets as many needs as can be met, then makes the sum of squared loads least, then the affinity
// largest. The same problem gives the same answer. Reviewers of different kinds never take one another's work, so that each kind is
// a problem of its own; they are solved side by side.
func Solve(p Problem) Result {
	networks := split(p)
	var solving sync.WaitGroup
	for _, n := range networks {
		solving.Go(n.run)
	}
	solving.Wait()
	result := Result{Status: Optimal, Assignments: []Pair{}, Load: map[string]int{}, Unmet: []Unmet{}}
	var whole, rest int64 // the affinity in whole units and what is left: the sum in billionths could be too large
	for _, n := range networks {
		n.collect(p, &result)
		for _, dear := range n.affinities() {
			whole, rest = whole+dear/unit, rest+dear%unit
		}
	}
	order, place := positions(p)
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
	result.Cost.Affinity = float64(whole) + float64(rest)/unit
	return result
}

// positions says where each application and each reviewer stands in the problem.
func positions(p Problem) (applications, reviewers map[string]int) {
	applications, reviewers = make(map[string]int, len(p.Applications)), make(map[string]int, len(p.Reviewers))
	for i, a := range p.Applications {
		applications[a.ID] = i
	}
	for i, r := range p.Reviewers {
		reviewers[r.ID] = i
	}
	return applications, reviewers
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
// The arcs between two holders are many, one for each application that the one could hand to the other; only the cheapest is kept.
// Tables by application and holder lie in one slice each, row by row.
type network struct {
	kind     string
	holders  []int // places of the reviewers in the problem
	count    int   // of holders, with nobody
	capacity []int
	apps     []int // places of the applications in the problem
	open     []int // needs that fixed pairs leave
	worth    []int64
	shut     []bool    // who cannot take an application: a conflict, or they have it
	holding  [][]int32 // who has an application, nobody once
	missing  []int     // how many reviews of an application nobody has
	held     [][]int32 // the applications of each holder, in the order in which they came
	load     []int
	fixed    [][2]int // application and holder
	price    []cost   // potentials, which keep every step's cost from being negative
	ways     []hand   // the cheapest hand-over from holder to holder
	search   search
}

// hand is an application that one holder can hand to another, and how much affinity that loses; no application: -1.
type hand struct {
	minor int64
	app   int32
}

// split makes a network for each kind, in the order of the kinds' names.
func split(p Problem) []*network {
	kinds := map[string]*network{}
	for _, r := range p.Reviewers {
		kinds[r.Kind] = nil
	}
	for _, a := range p.Applications {
		for kind := range a.Needs {
			kinds[kind] = nil
		}
	}
	networks := make([]*network, 0, len(kinds))
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		kinds[kind] = newNetwork(p, kind)
		networks = append(networks, kinds[kind])
	}
	f := newFinder(p, kinds)
	for _, a := range p.Affinity {
		if n, app, holder := f.find(a.Pair); n != nil {
			n.worth[app*n.count+holder] = billionths(a.Value)
		}
	}
	for _, pair := range p.Conflicts {
		if n, app, holder := f.find(pair); n != nil {
			n.shut[app*n.count+holder] = true
		}
	}
	for _, pair := range p.Fixed {
		if n, app, holder := f.find(pair); n != nil {
			n.shut[app*n.count+holder] = true
			n.fixed = append(n.fixed, [2]int{app, holder})
			n.load[holder]++
			n.open[app]--
		}
	}
	return networks
}

func newNetwork(p Problem, kind string) *network {
	n := &network{kind: kind}
	for i, r := range p.Reviewers {
		if r.Kind == kind {
			n.holders = append(n.holders, i)
			n.capacity = append(n.capacity, r.Capacity)
		}
	}
	for i, a := range p.Applications {
		if a.Needs[kind] > 0 {
			n.apps = append(n.apps, i)
			n.open = append(n.open, a.Needs[kind])
		}
	}
	n.count = len(n.holders) + 1
	n.load, n.held = make([]int, n.count), make([][]int32, n.count)
	n.holding, n.missing = make([][]int32, len(n.apps)), make([]int, len(n.apps))
	n.shut, n.worth = make([]bool, len(n.apps)*n.count), make([]int64, 0, len(n.apps)*n.count)
	n.price, n.ways = make([]cost, n.count+1), make([]hand, n.count*n.count)
	for i := range n.ways {
		n.ways[i].app = -1
	}
	n.themes(p)
	return n
}

// themes sets the affinity of every pair to what the theme says.
func (n *network) themes(p Problem) {
	rows := map[string][]int64{}
	for _, i := range n.apps {
		theme := p.Applications[i].Theme
		if rows[theme] == nil {
			rows[theme] = make([]int64, n.count)
			for h, r := range n.holders {
				if slices.Contains(p.Reviewers[r].Themes, theme) {
					rows[theme][h] = unit
				}
			}
		}
		n.worth = append(n.worth, rows[theme]...)
	}
}

// finder finds the place of a pair in its network.
type finder struct {
	networks  map[string]*network
	apps      map[string]map[string]int // by kind
	reviewers map[string]spot
}

type spot struct {
	kind   string
	holder int
}

func newFinder(p Problem, networks map[string]*network) finder {
	f := finder{networks, map[string]map[string]int{}, make(map[string]spot, len(p.Reviewers))}
	for kind, n := range networks {
		f.apps[kind] = make(map[string]int, len(n.apps))
		for i, app := range n.apps {
			f.apps[kind][p.Applications[app].ID] = i
		}
		for h, r := range n.holders {
			f.reviewers[p.Reviewers[r].ID] = spot{kind, h}
		}
	}
	return f
}

// find gives no network for an application that needs no review of the reviewer's kind.
func (f finder) find(pair Pair) (n *network, app, holder int) {
	r, known := f.reviewers[pair[0]]
	app, needed := f.apps[r.kind][pair[1]]
	if !known || !needed {
		return nil, 0, 0
	}
	return f.networks[r.kind], app, r.holder
}

func (n *network) run() {
	n.search = newSearch(n.count)
	for app, open := range n.open {
		could := 0
		for _, shut := range n.shut[app*n.count : app*n.count+n.nobody()] {
			if !shut {
				could++
			}
		}
		for range min(open, could) {
			n.give(app)
		}
		if open > could { // that many nobody can take, whatever is handed on
			n.missing[app] += open - could
			if !slices.Contains(n.holding[app], int32(n.nobody())) { //nolint:gosec // places are few
				n.gain(app, n.nobody())
			}
		}
	}
}

// nobody is the last holder.
func (n *network) nobody() int { return n.count - 1 }

// room is what one more review costs a holder, and whether there is room for it.
func (n *network) room(holder int) (cost, bool) {
	if holder == n.nobody() {
		return cost{major: unmetWorth}, true
	}
	return cost{major: int64(2*n.load[holder] + 1)}, n.load[holder] < n.capacity[holder]
}

// move changes who has an application; -1 is the new review itself, which nobody had.
func (n *network) move(app, from, to int) {
	if from == n.nobody() {
		n.missing[app]--
	}
	if from >= 0 && (from != n.nobody() || n.missing[app] == 0) {
		n.lose(app, from)
	}
	if to == n.nobody() {
		if n.missing[app]++; n.missing[app] > 1 {
			return
		}
	}
	n.gain(app, to)
}

// lose takes an application from a holder: others who have it may hand it to them from now on.
func (n *network) lose(app, from int) {
	i := slices.Index(n.held[from], int32(app)) //nolint:gosec // places are few
	n.held[from] = slices.Delete(n.held[from], i, i+1)
	i = slices.Index(n.holding[app], int32(from)) //nolint:gosec // places are few
	n.holding[app] = slices.Delete(n.holding[app], i, i+1)
	for to := range n.count {
		if int(n.ways[from*n.count+to].app) == app {
			n.rescan(from, to)
		}
	}
	if from != n.nobody() {
		n.shut[app*n.count+from] = false
		for _, other := range n.holding[app] {
			n.offer(int(other), from, app)
		}
	}
}

// gain gives an application to a holder: others who have it cannot hand it to them any more.
func (n *network) gain(app, to int) {
	if to != n.nobody() {
		n.shut[app*n.count+to] = true
		for _, other := range n.holding[app] {
			if int(n.ways[int(other)*n.count+to].app) == app {
				n.rescan(int(other), to)
			}
		}
	}
	n.held[to] = append(n.held[to], int32(app))        //nolint:gosec // places are few
	n.holding[app] = append(n.holding[app], int32(to)) //nolint:gosec // places are few
	for other := range n.count {
		if !n.shut[app*n.count+other] {
			n.offer(to, other, app)
		}
	}
}

// rescan finds anew what one holder can hand to another at the least cost.
func (n *network) rescan(from, to int) {
	n.ways[from*n.count+to].app = -1
	for _, app := range n.held[from] {
		if !n.shut[int(app)*n.count+to] {
			n.offer(from, to, int(app))
		}
	}
}

// offer keeps an application that one holder can hand to another, if none that is kept is cheaper.
func (n *network) offer(from, to, app int) {
	if from == to {
		return
	}
	way, minor := &n.ways[from*n.count+to], n.worth[app*n.count+from]-n.worth[app*n.count+to]
	if way.app < 0 || minor < way.minor {
		*way = hand{minor, int32(app)} //nolint:gosec // places are few
	}
}

// collect adds the kind's assignments, loads and unmet needs to the result.
func (n *network) collect(p Problem, result *Result) {
	for _, f := range n.fixed {
		result.Assignments = append(result.Assignments, Pair{p.Reviewers[n.holders[f[1]]].ID, p.Applications[n.apps[f[0]]].ID})
	}
	for h, r := range n.holders {
		result.Load[p.Reviewers[r].ID] = n.load[h]
		result.Cost.SquaredLoads += int64(n.load[h]) * int64(n.load[h])
		for _, app := range n.held[h] {
			result.Assignments = append(result.Assignments, Pair{p.Reviewers[r].ID, p.Applications[n.apps[app]].ID})
		}
	}
	for app, missing := range n.missing {
		if missing > 0 {
			result.Unmet = append(result.Unmet, Unmet{p.Applications[n.apps[app]].ID, n.kind, missing})
		}
	}
}

// affinities are those of the kind's assignments, in billionths.
func (n *network) affinities() []int64 {
	var all []int64
	for _, f := range n.fixed {
		all = append(all, n.worth[f[0]*n.count+f[1]])
	}
	for h := range n.holders {
		for _, app := range n.held[h] {
			all = append(all, n.worth[int(app)*n.count+h])
		}
	}
	return all
}
