package assign

// search finds the cheapest ways from one new review to the holders. Its tables are made once and used for every review.
type search struct {
	cost    []cost
	from    []int // -1: the new review itself
	app     []int // what was handed
	settled []int
	known   []int  // not settled
	place   []int  // in known; -1: not there
	over    []bool // settled
}

func newSearch(count int) search {
	return search{make([]cost, count), make([]int, count), make([]int, count), make([]int, 0, count), make([]int, 0, count), make([]int, count), make([]bool, count)}
}

func (s *search) reset() {
	s.settled, s.known = s.settled[:0], s.known[:0]
	for h := range s.place {
		s.place[h], s.over[h] = -1, false
	}
}

// reach notes a way to a holder.
func (s *search) reach(holder, from, app int, c cost) {
	if s.place[holder] < 0 {
		s.place[holder] = len(s.known)
		s.known = append(s.known, holder)
	}
	s.cost[holder], s.from[holder], s.app[holder] = c, from, app
}

// nearest is the cheapest holder that is known and not settled, -1 if there is none.
func (s *search) nearest() int {
	if len(s.known) == 0 {
		return -1
	}
	found := s.known[0]
	for _, h := range s.known[1:] {
		if s.cost[h].less(s.cost[found]) {
			found = h
		}
	}
	return found
}

// settle takes a holder out of those that wait.
func (s *search) settle(holder int) {
	last := s.known[len(s.known)-1]
	s.known[s.place[holder]], s.place[last] = last, s.place[holder]
	s.known = s.known[:len(s.known)-1]
	s.place[holder], s.over[holder] = -1, true
	s.settled = append(s.settled, holder)
}

// give finds who takes one more review of an application, and who hands what on to whom to make room, at the least cost.
func (n *network) give(app int) {
	s := &n.search
	s.reset()
	for h, shut := range n.shut[app*n.count : (app+1)*n.count] {
		if !shut {
			s.reach(h, -1, app, cost{minor: -n.worth[app*n.count+h]}.minus(n.price[h]))
		}
	}
	end, best := -1, cost{}
	for {
		h := s.nearest()
		if h < 0 || end >= 0 && !s.cost[h].less(best) {
			break
		}
		s.settle(h)
		if room, there := n.room(h); there {
			total := s.cost[h].plus(room).plus(n.price[h]).minus(n.price[n.count])
			if end < 0 || total.less(best) {
				end, best = h, total
			}
		}
		n.relax(h, end >= 0, best)
	}
	n.reprice(best)
	n.apply(end)
}

// relax looks whether others are reached more cheaply by way of a holder that hands something on. Once an end is known, what costs as
// much leads nowhere.
func (n *network) relax(from int, ends bool, end cost) {
	s := &n.search
	base := s.cost[from].plus(n.price[from])
	for to, way := range n.ways[from*n.count : (from+1)*n.count] {
		if way.app < 0 || s.over[to] {
			continue
		}
		c := base.plus(cost{minor: way.minor}).minus(n.price[to])
		if (s.place[to] < 0 || c.less(s.cost[to])) && (!ends || c.less(end)) {
			s.reach(to, from, int(way.app), c)
		}
	}
}

// reprice moves the potentials by the distances, none further than the end.
func (n *network) reprice(end cost) {
	s := &n.search
	for h := range n.count {
		n.price[h] = n.price[h].plus(end)
	}
	for _, some := range [][]int{s.settled, s.known} {
		for _, h := range some {
			if s.cost[h].less(end) {
				n.price[h] = n.price[h].minus(end).plus(s.cost[h])
			}
		}
	}
	n.price[n.count] = n.price[n.count].plus(end)
}

// apply hands everything on along the way to its end.
func (n *network) apply(end int) {
	s := &n.search
	n.load[end]++
	for h := end; h >= 0; h = s.from[h] {
		n.move(s.app[h], s.from[h], h)
	}
}
