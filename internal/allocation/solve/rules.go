package solve

import (
	"fmt"
	"math"
	"math/big"
	"slices"

	"adoptionfund/internal/money"
)

// measure says what a rule adds up.
type measure int

const (
	amounts measure = iota // pence
	counts                 // applications
	uses                   // pence of a further budget, in proportion to the amount
)

// unlimited is a most that never binds.
const unlimited = math.MaxInt64

// rule is a sum that must lie within bounds. Every limit of a problem is one or several of them.
type rule struct {
	name    any    // as a conflict names it: an index into limits, or budget, budgets, max_count, group
	words   string // what it is, after "of": "the budget"
	of      []int  // applications
	measure measure
	pot     string // of uses
	least   int64
	most    int64
}

// board is a problem with its limits as rules.
type board struct {
	p     Problem
	apps  []Application
	rules []rule
	under [][]int // the rules of each application
	held  []hold
}

// hold is that an application must or must not be funded, and by what.
type hold struct {
	name   string // must, min_score; empty: it is free
	funded bool
}

func newBoard(p Problem) *board {
	b := &board{p: p, apps: p.Applications, held: make([]hold, len(p.Applications))}
	everybody := make([]int, len(b.apps))
	for i, a := range b.apps {
		everybody[i] = i
		switch {
		case a.Must != "":
			b.held[i] = hold{"must", a.Must == MustFund}
		case p.MinScore != nil && a.Score < *p.MinScore:
			b.held[i] = hold{"min_score", false}
		}
	}
	b.rules = append(b.rules, rule{name: "budget", words: "the budget", of: everybody, measure: amounts, most: int64(p.Budget)})
	for _, pot := range p.Budgets {
		b.rules = append(b.rules, rule{name: "budgets", words: "the budget " + pot.Name, of: everybody, measure: uses, pot: pot.Name, most: int64(pot.Amount)})
	}
	if p.MaxCount != nil {
		b.rules = append(b.rules, rule{name: "max_count", words: "all", of: everybody, measure: counts, most: int64(*p.MaxCount)})
	}
	b.groups()
	for i, l := range p.Limits {
		b.limit(i, l)
	}
	b.under = make([][]int, len(b.apps))
	for n, r := range b.rules {
		for _, i := range r.of {
			b.under[i] = append(b.under[i], n)
		}
	}
	return b
}

// groups are rules that one of a group at most is funded.
func (b *board) groups() {
	var names []string
	members := map[string][]int{}
	for i, a := range b.apps {
		if a.Group != "" {
			if members[a.Group] == nil {
				names = append(names, a.Group)
			}
			members[a.Group] = append(members[a.Group], i)
		}
	}
	for _, name := range names {
		b.rules = append(b.rules, rule{name: "group", words: "the group " + name, of: members[name], measure: counts, most: 1})
	}
}

// limit makes rules of a limit; of one for each value as many as there are values.
func (b *board) limit(i int, l Limit) {
	names, members := b.values(l)
	for _, name := range names {
		r := rule{name: i, words: fmt.Sprintf("the %s %s", l.By, name), of: members[name], most: unlimited}
		if l.MinAmount > 0 || l.MaxAmount != nil {
			sum := r
			sum.measure, sum.least = amounts, int64(l.MinAmount)
			if l.MaxAmount != nil {
				sum.most = int64(*l.MaxAmount)
			}
			b.rules = append(b.rules, sum)
		}
		if l.MinCount > 0 || l.MaxCount != nil {
			number := r
			number.measure, number.least = counts, int64(l.MinCount)
			if l.MaxCount != nil {
				number.most = int64(*l.MaxCount)
			}
			b.rules = append(b.rules, number)
		}
	}
}

// values are the values that a limit is on, and the applications that have each.
func (b *board) values(l Limit) (names []string, members map[string][]int) {
	members = map[string][]int{}
	if l.Value != "*" {
		names = []string{l.Value}
	}
	for n, a := range b.apps {
		value := a.value(l.By)
		if l.Value == "*" && value != "" && members[value] == nil {
			names = append(names, value)
		}
		members[value] = append(members[value], n)
	}
	return names, members
}

// add is what an amount for an application adds to a rule. Of a further budget it may be a fraction of a penny.
func (r rule) add(a Application, amount money.Pence) *big.Rat {
	switch {
	case amount == 0:
		return new(big.Rat)
	case r.measure == counts:
		return big.NewRat(1, 1)
	case r.measure == uses:
		sum := new(big.Rat).SetInt64(int64(a.Uses[r.pot]))
		return sum.Mul(sum, big.NewRat(int64(amount), int64(a.Requested)))
	default:
		return new(big.Rat).SetInt64(int64(amount))
	}
}

// whole is what an application adds if it is funded in full.
func (r rule) whole(a Application) int64 {
	switch r.measure {
	case counts:
		return 1
	case uses:
		return int64(a.Uses[r.pot])
	case amounts:
	}
	return int64(a.Requested)
}

// binding are the rules that can bind: whose most some choice exceeds, or that ask for something.
func (b *board) binding() []rule {
	return slices.DeleteFunc(slices.Clone(b.rules), func(r rule) bool {
		var all int64
		for _, i := range r.of {
			if !b.out(i) {
				all += r.whole(b.apps[i])
			}
		}
		return all <= r.most && r.least <= 0
	})
}

// out reports whether an application cannot be funded whatever else is.
func (b *board) out(i int) bool { return b.held[i].name != "" && !b.held[i].funded }

// holds reports whether amounts, by application, keep every rule, added up without rounding.
func (b *board) holds(given []money.Pence) bool {
	for i, h := range b.held {
		if h.name != "" && h.funded != (given[i] > 0) {
			return false
		}
	}
	for _, r := range b.rules {
		sum := new(big.Rat)
		for _, i := range r.of {
			sum.Add(sum, r.add(b.apps[i], given[i]))
		}
		if sum.Cmp(new(big.Rat).SetInt64(r.least)) < 0 || r.most != unlimited && sum.Cmp(new(big.Rat).SetInt64(r.most)) > 0 {
			return false
		}
	}
	return true
}

// pounds are the bounds, in whole pounds, of an amount that is less than what is asked for; there are none where the first is the larger.
func (b *board) pounds(i int) (least, most int64) {
	a := b.apps[i]
	if !b.p.Partial {
		return 1, 0
	}
	return (int64(a.Minimum) + 99) / 100, (int64(a.Requested) - 1) / 100
}
