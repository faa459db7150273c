package solve_test

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/big"
	"slices"
	"sort"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/money"
)

// plain is a slow and simple reading of the interface: it knows nothing of how the solver works.
type plain struct {
	p    solve.Problem
	apps []solve.Application
}

func newPlain(p solve.Problem) plain {
	apps := slices.Clone(p.Applications)
	for i := range apps {
		if apps[i].Minimum == 0 {
			apps[i].Minimum = apps[i].Requested
		}
	}
	return plain{p, apps}
}

// choices are the amounts that an application may be given.
func (x plain) choices(a solve.Application) []money.Pence {
	below := x.p.MinScore != nil && a.Score < *x.p.MinScore
	if a.Must == solve.MustReject || a.Must == "" && below {
		return []money.Pence{0}
	}
	var list []money.Pence
	if a.Must != solve.MustFund {
		list = append(list, 0)
	}
	if x.p.Partial {
		for amount := money.Pence(100); amount < a.Requested; amount += 100 {
			if amount >= a.Minimum {
				list = append(list, amount)
			}
		}
	}
	return append(list, a.Requested)
}

func rat(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// within reports whether amounts keep the limits; the least are looked at if all is decided.
func (x plain) within(given []money.Pence, all bool) bool {
	var spent money.Pence
	count := 0
	groups := map[string]int{}
	for i, amount := range given {
		spent += amount
		if amount > 0 {
			count++
			if g := x.apps[i].Group; g != "" {
				groups[g]++
				if groups[g] > 1 {
					return false
				}
			}
		}
	}
	if spent > x.p.Budget || x.p.MaxCount != nil && count > *x.p.MaxCount {
		return false
	}
	for _, pot := range x.p.Budgets {
		sum := new(big.Rat)
		for i, amount := range given {
			sum.Add(sum, new(big.Rat).Mul(rat(int64(x.apps[i].Uses[pot.Name])), big.NewRat(int64(amount), int64(x.apps[i].Requested))))
		}
		if sum.Cmp(rat(int64(pot.Amount))) > 0 {
			return false
		}
	}
	for _, l := range x.p.Limits {
		if !x.kept(l, given, all) {
			return false
		}
	}
	return true
}

func valueOf(a solve.Application, by string) string {
	return map[string]string{"theme": a.Theme, "region": a.Region, "organisation": a.Organisation}[by]
}

func (x plain) kept(l solve.Limit, given []money.Pence, all bool) bool {
	named := map[string]bool{l.Value: true}
	if l.Value == "*" {
		named = map[string]bool{}
		for _, a := range x.apps {
			if v := valueOf(a, l.By); v != "" {
				named[v] = true
			}
		}
	}
	for name := range named {
		var sum money.Pence
		count := 0
		for i, amount := range given {
			if valueOf(x.apps[i], l.By) == name && amount > 0 {
				sum += amount
				count++
			}
		}
		if l.MaxAmount != nil && sum > *l.MaxAmount || l.MaxCount != nil && count > *l.MaxCount || all && (sum < l.MinAmount || count < l.MinCount) {
			return false
		}
	}
	return true
}

// each visits every choice that keeps all limits, of the applications from one on, until told to stop.
func (x plain) each(given []money.Pence, from int, visit func([]money.Pence) bool) bool {
	if !x.within(given, from == len(x.apps)) {
		return true
	}
	if from == len(x.apps) {
		return visit(given)
	}
	for _, amount := range x.choices(x.apps[from]) {
		given[from] = amount
		if !x.each(given, from+1, visit) {
			return false
		}
	}
	given[from] = 0
	return true
}

func (x plain) value(given []money.Pence) float64 {
	var sum float64
	for i, amount := range given {
		if x.p.Objective == solve.ByScore {
			sum += x.apps[i].Score * float64(amount) / float64(x.apps[i].Requested)
		} else {
			sum += x.apps[i].Score * float64(amount) / 100
		}
	}
	return sum
}

// best is the worth of the best choice; false if there is none.
func (x plain) best() (float64, bool) {
	best, any := math.Inf(-1), false
	x.each(make([]money.Pence, len(x.apps)), 0, func(given []money.Pence) bool {
		best, any = max(best, x.value(given)), true
		return true
	})
	return best, any
}

// completed reports whether a choice of those that are decided can be completed, with one in part at most.
func (x plain) completed(decided []money.Pence, known []bool) bool {
	found := false
	var go1 func(given []money.Pence, i int) bool
	go1 = func(given []money.Pence, i int) bool {
		if !x.within(given, i == len(x.apps)) {
			return true
		}
		if i == len(x.apps) {
			inPart := 0
			for n, amount := range given {
				if amount > 0 && amount < x.apps[n].Requested {
					inPart++
				}
			}
			found = inPart <= 1
			return !found
		}
		if known[i] {
			return go1(given, i+1)
		}
		for _, amount := range x.choices(x.apps[i]) {
			given[i] = amount
			if !go1(given, i+1) {
				return false
			}
		}
		given[i] = 0
		return true
	}
	go1(slices.Clone(decided), 0)
	return found
}

// merit walks down the ranking as the interface says it.
func (x plain) merit() ([]money.Pence, bool) {
	order := make([]int, len(x.apps))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(m, n int) bool {
		a, b := x.apps[order[m]], x.apps[order[n]]
		if a.Score != b.Score {
			return a.Score > b.Score
		}
		if a.Requested != b.Requested {
			return a.Requested < b.Requested
		}
		return a.ID < b.ID
	})
	if x.p.Strategy == solve.MeritRandom {
		order = x.lot(order)
	}
	given, known := make([]money.Pence, len(x.apps)), make([]bool, len(x.apps))
	if !x.completed(given, known) {
		return nil, false
	}
	inPart := false
	for _, i := range order {
		known[i] = true
		options := x.choices(x.apps[i])
		for n := len(options) - 1; n >= 0; n-- { // the full amount, then the largest part
			amount := options[n]
			part := amount > 0 && amount < x.apps[i].Requested
			if part && inPart {
				continue
			}
			given[i] = amount
			if x.completed(given, known) {
				inPart = inPart || part
				break
			}
			given[i] = 0
		}
	}
	return given, true
}

func (x plain) lot(order []int) []int {
	inBand := func(i int) bool { return slices.Contains(x.p.Band, x.apps[i].ID) }
	first := slices.IndexFunc(order, inBand)
	var band, rest []int
	for _, i := range order[first:] {
		if inBand(i) {
			band = append(band, i)
		} else {
			rest = append(rest, i)
		}
	}
	drawn := func(i int) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(x.p.Seed+"\n"+x.apps[i].ID))) }
	sort.Slice(band, func(m, n int) bool { return drawn(band[m]) < drawn(band[n]) })
	return slices.Concat(order[:first], band, rest)
}
