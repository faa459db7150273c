package assign

// route is the cheapest way found so far to a holder: the cost, who handed on to it, and what.
type route struct {
	cost    cost
	known   bool
	settled bool
	from    int // -1: the new review itself
	app     int // what was handed
}

// give finds who takes one more review of an application, and who hands what on to whom to make room, at the least cost.
func (n *network) give(app int) {
	routes := make([]route, len(n.holders))
	for h := range routes {
		if n.takes(app, h) {
			routes[h] = route{cost: cost{minor: -n.worth[app][h]}.minus(n.price[h]), known: true, from: -1, app: app}
		}
	}
	end, best := -1, cost{}
	for {
		h := nearest(routes)
		if h < 0 || end >= 0 && !routes[h].cost.less(best) {
			break
		}
		routes[h].settled = true
		if room, there := n.room(h); there {
			total := routes[h].cost.plus(room).plus(n.price[h]).minus(n.price[len(n.holders)])
			if end < 0 || total.less(best) {
				end, best = h, total
			}
		}
		n.relax(routes, h)
	}
	n.reprice(routes, best)
	n.apply(routes, end)
}

// nearest is the cheapest holder that is known and not settled, -1 if there is none.
func nearest(routes []route) int {
	found := -1
	for h := range routes {
		if routes[h].known && !routes[h].settled && (found < 0 || routes[h].cost.less(routes[found].cost)) {
			found = h
		}
	}
	return found
}

// relax looks whether others are reached more cheaply by way of a holder that hands something on.
func (n *network) relax(routes []route, from int) {
	base := routes[from].cost.plus(n.price[from])
	for to, way := range n.way(from) {
		if way.app < 0 || routes[to].settled {
			continue
		}
		c := base.plus(way.cost).minus(n.price[to])
		if !routes[to].known || c.less(routes[to].cost) {
			routes[to] = route{cost: c, known: true, from: from, app: way.app}
		}
	}
}

// reprice moves the potentials by the distances, none further than the end.
func (n *network) reprice(routes []route, end cost) {
	for h, r := range routes {
		if r.known && r.cost.less(end) {
			n.price[h] = n.price[h].plus(r.cost)
		} else {
			n.price[h] = n.price[h].plus(end)
		}
	}
	last := len(n.price) - 1
	n.price[last] = n.price[last].plus(end)
}

// apply hands everything on along the route to its end.
func (n *network) apply(routes []route, end int) {
	n.load[end]++
	for h := end; h >= 0; h = routes[h].from {
		n.move(routes[h].app, routes[h].from, h)
	}
}
