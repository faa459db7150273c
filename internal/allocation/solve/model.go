package solve

import (
	"math"

	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/money"
)

// places are where the variables of an application stand in a model: whether it is funded in full, whether it is funded in part, and then with
// how many pounds. -1 where there is none.
type places struct{ full, part, pounds int }

// model is a board as the solver takes it. Sums are in pounds.
type model struct {
	*board

	highs.Model

	at    []places
	slack float64 // how much of the smallest step of a sum is added to its bounds, so that rounding in the solver cuts nothing off
}

// newModel makes the variables. Those that one of the reasons in but holds are free; nil: none is.
func (b *board) newModel(fixed func(i int) (money.Pence, bool), but func(name any) bool) *model {
	m := &model{board: b, at: make([]places, len(b.apps)), slack: 0.5}
	for i := range b.apps {
		m.at[i] = places{-1, -1, -1}
		h := b.held[i]
		if h.name != "" && but != nil && but(h.name) {
			h = hold{}
		}
		if h.name != "" && !h.funded {
			continue
		}
		if amount, known := fixed(i); known {
			m.fix(i, amount)
			continue
		}
		m.at[i].full = m.column(0, 1, true)
		if low, high := b.pounds(i); low <= high {
			m.partial(i, low, high)
		}
		if h.funded {
			m.row(1, 1, m.one(i))
		}
	}
	return m
}

// fix gives an application that is decided variables that cannot move.
func (m *model) fix(i int, amount money.Pence) {
	if amount == m.apps[i].Requested {
		m.at[i].full = m.column(1, 1, true)
	} else if amount > 0 {
		m.at[i].part = m.column(1, 1, true)
		pounds := float64(amount) / 100
		m.at[i].pounds = m.column(pounds, pounds, false)
	}
}

func (m *model) partial(i int, low, high int64) {
	at := &m.at[i]
	at.part, at.pounds = m.column(0, 1, true), m.column(0, float64(high), true)
	m.row(math.Inf(-1), 0, terms{{at.pounds, 1}, {at.part, -float64(high)}})
	m.row(0, math.Inf(1), terms{{at.pounds, 1}, {at.part, -float64(low)}})
	m.row(math.Inf(-1), 1, m.one(i))
}

func (m *model) column(lower, upper float64, whole bool) int {
	m.Columns = append(m.Columns, highs.Column{Lower: lower, Upper: upper, Whole: whole})
	return len(m.Columns) - 1
}

// term is a variable with what it is multiplied by.
type term struct {
	column int
	times  float64
}

type terms []term

func (m *model) row(lower, upper float64, t terms) {
	r := highs.Row{Lower: lower, Upper: upper}
	for _, one := range t {
		r.Columns, r.Times = append(r.Columns, one.column), append(r.Times, one.times)
	}
	m.Rows = append(m.Rows, r)
}

// one is that an application is funded, in full or in part.
func (m *model) one(i int) terms {
	var t terms
	for _, column := range []int{m.at[i].full, m.at[i].part} {
		if column >= 0 {
			t = append(t, term{column, 1})
		}
	}
	return t
}

// sum is what an application adds to a rule, in pounds or by number.
func (m *model) sum(r rule, i int) terms {
	if r.measure == counts {
		return m.one(i)
	}
	var t terms
	if full := m.at[i].full; full >= 0 {
		t = append(t, term{full, float64(r.whole(m.apps[i])) / 100})
	}
	if pounds := m.at[i].pounds; pounds >= 0 {
		share := 1.0
		if r.measure == uses {
			share = float64(r.whole(m.apps[i])) / float64(m.apps[i].Requested)
		}
		t = append(t, term{pounds, share})
	}
	return t
}

// add adds rules, but those that are left out.
func (m *model) add(rules []rule, but func(name any) bool) {
	for _, r := range rules {
		if but != nil && but(r.name) {
			continue
		}
		var all terms
		for _, i := range r.of {
			all = append(all, m.sum(r, i)...)
		}
		low, high := math.Inf(-1), math.Inf(1)
		if r.least > 0 {
			low = m.bound(r, r.least, -1)
		}
		if r.most != unlimited {
			high = m.bound(r, r.most, 1)
		}
		if len(all) == 0 && low > 0 {
			all = terms{{m.column(0, 0, false), 1}} // nobody can reach what is asked: a row that cannot be kept
		}
		if len(all) > 0 {
			m.row(low, high, all)
		}
	}
}

// bound is a bound in pounds with a little room: sums of amounts go up in steps, and half a step more lets nothing in. Where amounts may be
// in part of pounds in a further budget, there are no steps, and the answer is checked in fractions afterwards.
func (m *model) bound(r rule, bound int64, side float64) float64 {
	if r.measure == counts {
		return float64(bound) + side*m.slack/2
	}
	step := m.step(r)
	if side > 0 {
		bound = bound / step * step
	} else {
		bound = (bound + step - 1) / step * step
	}
	room := m.slack * float64(step)
	if r.measure == uses && m.p.Partial {
		room = 2e-7 * m.slack * float64(bound)
	}
	return (float64(bound) + side*room) / 100
}

// step is the largest amount of pence of which every sum of a rule is a multiple.
func (m *model) step(r rule) int64 {
	var step int64
	if m.p.Partial {
		if r.measure == uses {
			return 1
		}
		step = 100
	}
	for _, i := range r.of {
		step = divisor(step, r.whole(m.apps[i]))
	}
	return max(step, 1)
}

// divisor is the greatest common divisor; of 0 and a number it is the number.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// read gives the amounts of a solution.
func (m *model) read(values []float64) []money.Pence {
	given := make([]money.Pence, len(m.apps))
	for i, at := range m.at {
		switch {
		case at.full >= 0 && values[at.full] > 0.5:
			given[i] = m.apps[i].Requested
		case at.part >= 0 && values[at.part] > 0.5:
			given[i] = money.Pounds(int64(math.Round(values[at.pounds])))
		}
	}
	return given
}
