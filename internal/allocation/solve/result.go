package solve

import (
	"fmt"
	"math/big"

	"adoptionfund/internal/money"
)

// result makes a result of amounts by application, in the order of the ranking.
func (b *board) result(given []money.Pence, reasons map[string]string) Result {
	r := Result{Status: Feasible, Strategy: b.p.Strategy, Funded: []Funded{}, Reasons: reasons}
	index := map[string]int{}
	for i, a := range b.apps {
		index[a.ID] = i
	}
	for _, a := range b.p.Ranked() {
		if amount := given[index[a.ID]]; amount > 0 {
			r.Funded = append(r.Funded, Funded{a.ID, amount})
			r.Spent += amount
			r.Value += b.p.worth(a, amount)
		}
	}
	return r
}

// left is what every rule has left of its most, given what is funded.
func (b *board) left(given []money.Pence) []*big.Rat {
	left := make([]*big.Rat, len(b.rules))
	for n, r := range b.rules {
		left[n] = new(big.Rat).SetInt64(r.most)
		var whole int64
		for _, i := range r.of {
			if given[i] == b.apps[i].Requested {
				whole += r.whole(b.apps[i])
			} else if given[i] > 0 {
				left[n].Sub(left[n], r.add(b.apps[i], given[i]))
			}
		}
		left[n].Sub(left[n], new(big.Rat).SetInt64(whole))
	}
	return left
}

// spend takes an amount for an application from what is left.
func (b *board) spend(i int, amount money.Pence, left []*big.Rat) {
	for _, n := range b.under[i] {
		left[n].Sub(left[n], b.rules[n].add(b.apps[i], amount))
	}
}

// misfit says why an amount for an application does not fit into what is left, or nothing if it does.
func (b *board) misfit(i int, amount money.Pence, left []*big.Rat) string {
	for _, n := range b.under[i] {
		if r := &b.rules[n]; r.most != unlimited && left[n].Cmp(r.add(b.apps[i], amount)) < 0 {
			return r.short(left[n])
		}
	}
	return ""
}

// short says that too little is left of a rule.
func (r *rule) short(left *big.Rat) string {
	whole := new(big.Int).Quo(left.Num(), left.Denom()).Int64()
	switch {
	case r.name == "group":
		return "another of its group is funded"
	case r.name == "max_count":
		return fmt.Sprintf("%d, the most that may be, are funded", r.most)
	case r.measure == counts:
		return fmt.Sprintf("%d of %s, the most that may be, are funded", r.most, r.words)
	case r.name == "budget" || r.name == "budgets":
		return fmt.Sprintf("%s is left of %s", money.Pence(whole), r.words)
	default:
		return fmt.Sprintf("%s may get %s at the most, and %s of it is left", r.words, money.Pence(r.most), money.Pence(whole))
	}
}

// heldWords says why an application cannot be funded whatever else is.
func (b *board) heldWords(i int) string {
	if b.held[i].name == "min_score" {
		return fmt.Sprintf("Its score of %.2f is below the minimum of %.2f", b.apps[i].Score, *b.p.MinScore)
	}
	return "It must not be funded"
}
