package panel

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"adoptionfund/internal/ident"
)

// Barred is an application on an agenda with the members who must leave for it.
type Barred struct {
	Ref  ident.Ref
	Away []ident.Person
}

// mostExact is up to how many different groups of people who leave the best order is found by looking at all of them.
const mostExact = 12

// Order puts an agenda into an order that keeps recusals together: as few people as possible leave or come back between one item and the
// next. Items for which the same people leave stand together, by reference; those for which nobody leaves come first, when all are there.
//
// The steps between two groups count those who are in one of them and not in the other, so that grouping what is equal is never worse. Up to
// twelve different groups the order of groups is the best there is (M. Held and R. M. Karp, "A Dynamic Programming Approach to Sequencing
// Problems", 1962); above, the nearest group follows each time, and then turning round parts of the order goes on while that saves a
// step. Among equals the first references decide: the same agenda gives the same order.
func Order(items []Barred) []ident.Ref {
	groups := grouped(items)
	if len(groups) == 0 {
		return nil
	}
	var order []int
	if len(groups) <= mostExact {
		order = exact(groups)
	} else {
		order = shortened(groups, nearest(groups))
	}
	refs := make([]ident.Ref, 0, len(items))
	for _, g := range order {
		refs = append(refs, groups[g].refs...)
	}
	return refs
}

// Steps counts how many times somebody leaves or comes back in an order, beginning with everybody there.
func Steps(items []Barred) int {
	n, away := 0, []ident.Person(nil)
	for _, i := range items {
		next := slices.Compact(slices.Sorted(slices.Values(i.Away)))
		n += apart(away, next)
		away = next
	}
	return n
}

// group is items for which the same people leave.
type group struct {
	away []ident.Person
	refs []ident.Ref
}

// grouped puts items into groups: first the one for which nobody leaves, if there is one, then by the first reference of each.
func grouped(items []Barred) []group {
	at := map[string]int{}
	var groups []group
	for _, i := range slices.SortedFunc(slices.Values(items), func(a, b Barred) int { return cmp.Compare(a.Ref, b.Ref) }) {
		away := slices.Compact(slices.Sorted(slices.Values(i.Away)))
		texts := make([]string, len(away))
		for n, p := range away {
			texts[n] = string(p)
		}
		key := strings.Join(texts, " ")
		if _, there := at[key]; !there {
			at[key] = len(groups)
			groups = append(groups, group{away: away})
		}
		groups[at[key]].refs = append(groups[at[key]].refs, i.Ref)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(min(len(a.away), 1), min(len(b.away), 1)) })
	return groups
}

// apart counts the people who are in one of two sorted lists only.
func apart(a, b []ident.Person) int {
	n, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch cmp.Compare(a[i], b[j]) {
		case 0:
			i, j = i+1, j+1
		case -1:
			n, i = n+1, i+1
		default:
			n, j = n+1, j+1
		}
	}
	return n + len(a) - i + len(b) - j
}

// exact finds the order with the fewest steps over all orders, of several the first by the groups' own order: fewest[s][g] is the fewest
// steps that begin at group g and go through all of the set s.
func exact(groups []group) []int {
	k := len(groups)
	steps := distances(groups)
	fewest := make([][]int, 1<<k)
	for s := range fewest {
		fewest[s] = make([]int, k)
		for g := range k {
			rest := s &^ (1 << g)
			switch rest {
			case s: // g is not in the set
			case 0:
				fewest[s][g] = 0
			default:
				fewest[s][g] = onwards(steps[g], fewest[rest], rest)
			}
		}
	}
	return walk(groups, steps, fewest)
}

// onwards is the fewest steps to one of the groups that are left, and on from there.
func onwards(steps, fewest []int, left int) int {
	least := math.MaxInt
	for next := range steps {
		if left&(1<<next) != 0 {
			least = min(least, steps[next]+fewest[next])
		}
	}
	return least
}

// walk takes, one after the other, the first group from which the fewest steps remain.
func walk(groups []group, steps, fewest [][]int) []int {
	to := make([]int, len(groups)) // from where one is
	for g := range groups {
		to[g] = len(groups[g].away)
	}
	order := make([]int, 0, len(groups))
	for left := len(fewest) - 1; left > 0; {
		next := -1
		for g := range groups {
			if left&(1<<g) != 0 && (next < 0 || to[g]+fewest[left][g] < to[next]+fewest[left][next]) {
				next = g
			}
		}
		order = append(order, next)
		left &^= 1 << next
		to = steps[next]
	}
	return order
}

func distances(groups []group) [][]int {
	steps := make([][]int, len(groups))
	for i := range groups {
		steps[i] = make([]int, len(groups))
		for j := range groups {
			steps[i][j] = apart(groups[i].away, groups[j].away)
		}
	}
	return steps
}

// nearest goes from each group to the nearest that is left.
func nearest(groups []group) []int {
	left := make([]int, len(groups))
	for g := range groups {
		left[g] = g
	}
	var order []int
	var away []ident.Person
	for len(left) > 0 {
		next := slices.MinFunc(left, func(a, b int) int {
			return cmp.Or(cmp.Compare(apart(away, groups[a].away), apart(away, groups[b].away)), cmp.Compare(a, b))
		})
		order = append(order, next)
		away = groups[next].away
		left = slices.DeleteFunc(left, func(g int) bool { return g == next })
	}
	return order
}

// shortened turns round parts of an order while that saves a step.
func shortened(groups []group, order []int) []int {
	steps := distances(groups)
	for better := true; better; {
		better = false
		for i := range order {
			for j := i + 1; j < len(order); j++ {
				if turned(groups, steps, order, i, j) < 0 {
					slices.Reverse(order[i : j+1])
					better = true
				}
			}
		}
	}
	return order
}

// turned is how many steps more an order has when its part from i to j is turned round.
func turned(groups []group, steps [][]int, order []int, i, j int) int {
	more := 0
	if i == 0 {
		more += len(groups[order[j]].away) - len(groups[order[i]].away)
	} else {
		more += steps[order[i-1]][order[j]] - steps[order[i-1]][order[i]]
	}
	if j+1 < len(order) {
		more += steps[order[i]][order[j+1]] - steps[order[j]][order[j+1]]
	}
	return more
}
