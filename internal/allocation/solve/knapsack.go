package solve

import "adoptionfund/internal/money"

// mostCells is how large the table of a knapsack may be: applications times steps of money.
const mostCells = 60_000_000

// knapsack finds the best portfolio where the budget alone limits it, by dynamic programming over the money in the largest step of which all
// requests are multiples; ok is false where something else limits it or the steps are too many.
func (b *board) knapsack() (given []money.Pence, ok bool) {
	given = make([]money.Pence, len(b.apps))
	budget, partial := int64(b.p.Budget), false
	var free []int
	for i, a := range b.apps {
		switch low, high := b.pounds(i); {
		case b.out(i):
		case b.held[i].funded && (low <= high || int64(a.Requested) > budget):
			return nil, false
		case b.held[i].funded:
			given[i] = a.Requested
			budget -= int64(a.Requested)
		default:
			partial = partial || low <= high
			free = append(free, i)
		}
	}
	for _, r := range b.binding() {
		if r.name != "budget" {
			return nil, false
		}
	}
	if partial {
		return nil, false
	}
	var step int64
	for _, i := range free {
		step = divisor(step, int64(b.apps[i].Requested))
	}
	if step == 0 {
		return given, true
	}
	size := int(min(budget, b.asked(free)) / step)
	if size < 0 || int64(len(free))*int64(size+1) > mostCells {
		return nil, false
	}
	b.fill(free, step, size, given)
	return given, true
}

// asked is what some applications ask for together.
func (b *board) asked(of []int) int64 {
	var sum int64
	for _, i := range of {
		sum += int64(b.apps[i].Requested)
	}
	return sum
}

// fill works the table out, and reads the best choice back from it.
func (b *board) fill(free []int, step int64, size int, given []money.Pence) {
	best := make([]float64, size+1)
	words := (size + 64) / 64
	taken := make([]uint64, len(free)*words) // whether the best choice for so much money takes the application
	for n, i := range free {
		worth, cost := b.p.worth(b.apps[i], b.apps[i].Requested), int(int64(b.apps[i].Requested)/step)
		if worth <= 0 {
			continue
		}
		row := taken[n*words : (n+1)*words]
		for at := size; at >= cost; at-- {
			if with := best[at-cost] + worth; with > best[at] {
				best[at] = with
				row[at/64] |= 1 << (at % 64)
			}
		}
	}
	at := size
	for n := len(free) - 1; n >= 0; n-- {
		if taken[n*words+at/64]&(1<<(at%64)) != 0 {
			a := b.apps[free[n]]
			given[free[n]] = a.Requested
			at -= int(int64(a.Requested) / step)
		}
	}
}
