package solve

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/money"
)

const (
	mostLooks   = 300_000_000 // at rules, after which the solver goes on: some seconds
	mostOpen    = 500         // applications that may be open
	firstMargin = 1e-5        // of the bound: how far below it is looked first
	wider       = 1.5         // by how much the margin grows while nothing is found
)

// departure is that an application is decided otherwise than the prices of the rules say, and what that costs.
type departure struct {
	app     int
	penalty float64
	by      []int64 // what it adds to each rule
}

// penalties looks for the best portfolio by prices. With a price for each rule, every choice is worth a bound, less a penalty for each
// application that is decided against the prices, less the price of what it leaves of each rule [Lagrangian duality: Geoffrion 1974,
// Approaches to Integer Programming, Mathematical Programming Study 2]. Whatever the prices, that is exact; with those of the relaxed problem
// the best choice lies so close to the bound that few applications are open. So all choices within a margin of the bound are gone through, and
// the margin is widened until there is one. They are gone through theme by theme, or whatever the dear rules are about, so that what one of
// them leaves is known early: that alone makes the search a hundred times shorter than in the order of the penalties.
type penalties struct {
	*board

	rules  []rule
	adds   [][]int64 // what each application adds to each rule if it is funded
	prices []float64 // of a pound or an application; above zero: of what is left to the most, below: of what is more than the least
	bound  float64
	net    []float64 // of each application, less the price of what it takes of the rules
	base   []bool    // the choice that the prices make
	sums   []int64
	apart  float64 // less than the least by which two portfolios differ

	open    []departure
	lowest  [][]int64 // the least that the departures from one on can add to each rule
	highest [][]int64
	taken   []bool
	best    []bool
	margin  float64
	proved  float64 // no choice within this margin keeps the rules
	nodes   int
	most    int // of them
}

// priced is what the search by prices found.
type priced struct {
	given []money.Pence // nil: nothing
	bound float64       // no portfolio is worth more
	best  bool          // it is proved
}

// byPrices looks for the best portfolio where applications are funded in full or not at all. Where it would take too long to go through all,
// it gives what it has found.
func (s *Solver) byPrices(ctx context.Context, b *board) (priced, error) {
	nothing := priced{bound: math.Inf(1)}
	if b.p.Partial {
		return nothing, nil
	}
	p := &penalties{board: b, rules: b.binding()}
	if ok, err := p.relax(ctx, s.engine); !ok || err != nil {
		return nothing, err
	}
	p.most = mostLooks / max(len(p.rules), 1)
	for p.margin = math.Abs(p.bound)*firstMargin + p.apart; p.margin < math.Abs(p.bound) && p.within(); p.margin *= wider {
		p.search(ctx, 0, 0)
		if ctx.Err() != nil {
			return nothing, fmt.Errorf("looking for the best portfolio: %w", ctx.Err())
		}
		if p.nodes >= p.most {
			break
		}
		if p.best != nil {
			return priced{p.amounts(), p.bound, true}, nil
		}
		p.proved = p.margin
	}
	return priced{p.amounts(), p.bound - p.proved, false}, nil
}

// relax solves the problem as if parts of applications could be funded, and takes the prices from there.
func (p *penalties) relax(ctx context.Context, engine *highs.Engine) (ok bool, err error) {
	m := p.newModel(func(int) (money.Pence, bool) { return 0, false }, nil)
	for i := range m.Columns {
		m.Columns[i].Whole = false
	}
	held := len(m.Rows)
	m.add(p.rules, nil)
	if len(m.Rows) != held+len(p.rules) {
		return false, nil // a rule without applications
	}
	scale, gap := m.value()
	relaxed, err := engine.Solve(ctx, m.Model)
	if err != nil {
		return false, fmt.Errorf("solving the relaxed problem: %w", err)
	}
	if relaxed.Status != highs.Optimal || relaxed.Prices == nil {
		return false, nil
	}
	p.apart = gap
	p.price(relaxed.Prices[held:], scale)
	return true, nil
}

// price takes the prices of a scaled problem, the bound that they make, and the choice that reaches it.
func (p *penalties) price(scaled []float64, scale float64) {
	p.adds = make([][]int64, len(p.rules))
	for n, r := range p.rules {
		price, holds := scaled[n]/scale, r.most
		if price < 0 {
			holds = r.least
		}
		if price > 0 && r.most == unlimited || price < 0 && r.least <= 0 {
			price, holds = 0, 0 // no bound that it could be the price of
		}
		p.prices, p.bound = append(p.prices, price), p.bound+price*p.inUnits(r, holds)
		p.adds[n] = make([]int64, len(p.apps))
		for _, i := range r.of {
			p.adds[n][i] = r.whole(p.apps[i])
		}
	}
	p.choose()
}

// choose makes the choice that the prices make, and adds it to the bound.
func (p *penalties) choose() {
	p.net = make([]float64, len(p.apps))
	p.base, p.sums = make([]bool, len(p.apps)), make([]int64, len(p.rules))
	for i := range p.apps {
		reduced := p.reduced(i)
		p.net[i] = reduced
		if p.base[i] = !p.out(i) && (p.held[i].funded || reduced > 0); !p.base[i] {
			continue
		}
		p.bound += reduced
		for n := range p.rules {
			p.sums[n] += p.adds[n][i]
		}
	}
}

// inUnits is a sum of a rule in what its price is for: pounds, or applications.
func (p *penalties) inUnits(r rule, sum int64) float64 {
	if r.measure == counts {
		return float64(sum)
	}
	return float64(sum) / 100
}

// reduced is the worth of an application less the price of what it takes of the rules.
func (p *penalties) reduced(i int) float64 {
	worth := p.p.worth(p.apps[i], p.apps[i].Requested)
	for n, r := range p.rules {
		worth -= p.prices[n] * p.inUnits(r, p.adds[n][i])
	}
	return worth
}

// within collects the departures that the margin allows, group by group and the dearest first; false if they are too many.
func (p *penalties) within() bool {
	p.open = nil
	for i := range p.apps {
		if penalty := math.Abs(p.net[i]); p.held[i].name == "" && penalty <= p.margin {
			p.open = append(p.open, p.departure(i, penalty))
		}
	}
	if len(p.open) > mostOpen {
		return false
	}
	slices.SortStableFunc(p.open, func(a, b departure) int {
		return cmp.Or(cmp.Compare(p.group(a), p.group(b)), cmp.Compare(b.penalty, a.penalty))
	})
	p.taken = make([]bool, len(p.open))
	p.lowest, p.highest = make([][]int64, len(p.open)+1), make([][]int64, len(p.open)+1)
	p.lowest[len(p.open)], p.highest[len(p.open)] = make([]int64, len(p.rules)), make([]int64, len(p.rules))
	for d := len(p.open) - 1; d >= 0; d-- {
		p.lowest[d], p.highest[d] = slices.Clone(p.lowest[d+1]), slices.Clone(p.highest[d+1])
		for n, by := range p.open[d].by {
			p.lowest[d][n] += min(by, 0)
			p.highest[d][n] += max(by, 0)
		}
	}
	return true
}

// search goes through the departures from one on, where those before it cost so much.
func (p *penalties) search(ctx context.Context, d int, penalty float64) {
	if p.nodes++; p.nodes >= p.most || p.nodes%65_536 == 0 && ctx.Err() != nil {
		p.nodes = p.most
		return
	}
	cost, ok := p.least(d, penalty)
	if !ok || cost > p.margin {
		return
	}
	if d == len(p.open) {
		p.keep(cost)
		return
	}
	p.search(ctx, d+1, penalty)
	for n, by := range p.open[d].by {
		p.sums[n] += by
	}
	p.taken[d] = true
	p.search(ctx, d+1, penalty+p.open[d].penalty)
	p.taken[d] = false
	for n, by := range p.open[d].by {
		p.sums[n] -= by
	}
}

// keep keeps a choice with what it costs: only what is worth more may come after it.
func (p *penalties) keep(cost float64) {
	p.best, p.margin = slices.Clone(p.base), cost-p.apart/2
	for n, taken := range p.taken {
		if taken {
			p.best[p.open[n].app] = !p.base[p.open[n].app]
		}
	}
}

// least is what a choice costs at least, with the departures before one as they are; false if none can keep the rules.
func (p *penalties) least(d int, penalty float64) (float64, bool) {
	for n := range p.rules {
		r := &p.rules[n]
		low, high := p.sums[n]+p.lowest[d][n], p.sums[n]+p.highest[d][n]
		if low > r.most || high < r.least {
			return 0, false
		}
		switch price := p.prices[n]; {
		case price > 0 && high < r.most:
			penalty += price * p.inUnits(*r, r.most-high)
		case price < 0 && low > r.least:
			penalty -= price * p.inUnits(*r, low-r.least)
		}
	}
	return penalty, true
}

func (p *penalties) amounts() []money.Pence {
	if p.best == nil {
		return nil
	}
	given := make([]money.Pence, len(p.apps))
	for i, funded := range p.best {
		if funded {
			given[i] = p.apps[i].Requested
		}
	}
	return given
}

// departure is that an application is decided otherwise than it is by the prices.
func (p *penalties) departure(i int, penalty float64) departure {
	d := departure{i, penalty, make([]int64, len(p.rules))}
	for n := range p.rules {
		if d.by[n] = p.adds[n][i]; p.base[i] {
			d.by[n] = -d.by[n]
		}
	}
	return d
}

// group is the first rule with a price, not for all applications, that an application adds money to.
func (p *penalties) group(d departure) int {
	for n, r := range p.rules {
		if len(r.of) < len(p.apps) && r.measure == amounts && p.prices[n] != 0 && d.by[n] != 0 {
			return n
		}
	}
	return len(p.rules)
}
