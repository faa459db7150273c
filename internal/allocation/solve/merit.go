package solve

import (
	"fmt"

	"adoptionfund/internal/money"
)

// Solve funds down the ranking: each application that fits the budget and the limits, others are passed over with the reason.
// Applications that must be funded are funded first, whatever their score; if they do not fit the problem is infeasible. With
// partial funding one application at most is funded in part: the first that does not fit in full but for which the largest amount
// that fits, in whole pounds, is at least its minimum.
func Solve(p Problem) (Result, error) {
	if err := p.Check(); err != nil {
		return Result{}, err
	}
	t := &tally{p: p, left: p.Budget, count: 0, amounts: map[string]money.Pence{}, counts: map[string]int{}, groups: map[string]bool{}, pots: map[string]money.Pence{}}
	for _, pot := range p.Budgets {
		t.pots[pot.Name] = pot.Amount
	}
	r := Result{Status: Feasible, Strategy: Merit, Funded: []Funded{}, Reasons: map[string]string{}}
	ranked := p.Ranked()
	for _, a := range ranked {
		if a.Must != MustFund {
			continue
		}
		if why := t.misfit(a, a.Requested); why != "" {
			r.Status = Infeasible
			r.Reasons[a.ID] = "It must be funded, but " + why
			continue
		}
		t.fund(a, a.Requested, &r, "It must be funded")
	}
	for place, a := range ranked {
		if a.Must != MustFund {
			t.consider(a, place+1, &r)
		}
	}
	r.Spent = p.Budget - t.left
	return r, nil
}

// tally is what is left of every limit.
type tally struct {
	p       Problem
	left    money.Pence
	count   int
	inPart  bool
	amounts map[string]money.Pence
	counts  map[string]int
	groups  map[string]bool
	pots    map[string]money.Pence
}

func (t *tally) consider(a Application, place int, r *Result) {
	if a.Must == MustReject {
		r.Reasons[a.ID] = "It must not be funded"
		return
	}
	if t.p.MinScore != nil && a.Score < *t.p.MinScore {
		r.Reasons[a.ID] = fmt.Sprintf("Its score of %.2f is below the minimum of %.2f", a.Score, *t.p.MinScore)
		return
	}
	why := t.misfit(a, a.Requested)
	if why == "" {
		t.fund(a, a.Requested, r, fmt.Sprintf("Place %d: it fits the budget and the limits", place))
		return
	}
	if part := t.part(a); part > 0 {
		t.inPart = true
		t.fund(a, part, r, fmt.Sprintf("Place %d: funded in part, as %s", place, why))
		return
	}
	r.Reasons[a.ID] = fmt.Sprintf("Place %d: passed over, as %s", place, why)
}

// misfit says why an amount for an application does not fit, or nothing if it does.
func (t *tally) misfit(a Application, amount money.Pence) string {
	switch {
	case amount > t.left:
		return fmt.Sprintf("%s is left of the budget", t.left)
	case t.p.MaxCount != nil && t.count >= *t.p.MaxCount:
		return fmt.Sprintf("%d, the most that may be funded, are funded", t.count)
	case a.Group != "" && t.groups[a.Group]:
		return "another of its group is funded"
	}
	for _, pot := range t.p.Budgets {
		if left := t.pots[pot.Name]; money.Share(a.Uses[pot.Name], amount, a.Requested) > left {
			return fmt.Sprintf("%s is left of the budget %s", left, pot.Name)
		}
	}
	for i, l := range t.p.Limits {
		if why := t.overLimit(i, l, a, amount); why != "" {
			return why
		}
	}
	return ""
}

func (t *tally) overLimit(i int, l Limit, a Application, amount money.Pence) string {
	value := a.value(l.By)
	if l.Value != "*" && l.Value != value {
		return ""
	}
	key := limitKey(i, value)
	if l.MaxAmount != nil && t.amounts[key]+amount > *l.MaxAmount {
		return fmt.Sprintf("the %s %s may get %s at the most", l.By, value, *l.MaxAmount)
	}
	if l.MaxCount != nil && t.counts[key] >= *l.MaxCount {
		return fmt.Sprintf("%d of the %s %s, the most that may be, are funded", t.counts[key], l.By, value)
	}
	return ""
}

func limitKey(i int, value string) string { return fmt.Sprintf("%d/%s", i, value) }

// part is the largest amount in whole pounds, from the application's minimum on, that fits; 0 if there is none or another
// application is funded in part already.
func (t *tally) part(a Application) money.Pence {
	least := a.Minimum
	if !t.p.Partial || t.inPart || least == 0 || least >= a.Requested {
		return 0
	}
	low, high := int64((least+99)/100), int64((a.Requested-1)/100)
	if low > high || t.misfit(a, money.Pounds(low)) != "" {
		return 0
	}
	// What fits is monotone: the largest amount is found by halving.
	for low < high {
		mid := low + (high-low+1)/2
		if t.misfit(a, money.Pounds(mid)) == "" {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return money.Pounds(low)
}

func (t *tally) fund(a Application, amount money.Pence, r *Result, why string) {
	t.left -= amount
	t.count++
	t.groups[a.Group] = true
	for _, pot := range t.p.Budgets {
		t.pots[pot.Name] -= money.Share(a.Uses[pot.Name], amount, a.Requested)
	}
	for i, l := range t.p.Limits {
		if value := a.value(l.By); l.Value == "*" || l.Value == value {
			t.amounts[limitKey(i, value)] += amount
			t.counts[limitKey(i, value)]++
		}
	}
	r.Value += a.Score * float64(amount) / 100
	r.Funded = append(r.Funded, Funded{a.ID, amount})
	r.Reasons[a.ID] = why
}
