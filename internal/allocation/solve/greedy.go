package solve

import (
	"slices"

	"adoptionfund/internal/money"
)

// greedy is the choice down the ranking by worth for each pound, if that keeps all rules.
func (b *board) greedy() []money.Pence {
	order := make([]int, len(b.apps))
	for i := range order {
		order[i] = i
	}
	each := func(i int) float64 { return b.p.worth(b.apps[i], b.apps[i].Requested) / float64(b.apps[i].Requested) }
	slices.SortStableFunc(order, func(i, j int) int {
		switch x, y := each(i), each(j); {
		case b.held[i].funded != b.held[j].funded:
			return map[bool]int{true: -1, false: 1}[b.held[i].funded]
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return i - j
	})
	t := newTally(b)
	for _, i := range order {
		if !b.out(i) && (each(i) > 0 || b.held[i].funded) {
			t.take(i)
		}
	}
	if !b.holds(t.given) {
		return nil
	}
	return t.given
}

// tally is what is left of every rule, while applications are taken in full.
type tally struct {
	*board

	given []money.Pence
	left  []int64
}

func newTally(b *board) *tally {
	t := &tally{board: b, given: make([]money.Pence, len(b.apps))}
	for _, r := range b.rules {
		t.left = append(t.left, r.most)
	}
	return t
}

// take takes an application if it fits.
func (t *tally) take(i int) {
	for _, n := range t.under[i] {
		if t.rules[n].most != unlimited && t.rules[n].whole(t.apps[i]) > t.left[n] {
			return
		}
	}
	for _, n := range t.under[i] {
		t.left[n] -= t.rules[n].whole(t.apps[i])
	}
	t.given[i] = t.apps[i].Requested
}
