package solve

import (
	"context"
	"fmt"
	"slices"

	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/money"
)

// infeasible names a set of limits that cannot all be kept, of which none can be left out: each is tried in turn.
func (s *Solver) infeasible(ctx context.Context, b *board) (Result, error) {
	r := Result{Status: Infeasible, Strategy: b.p.Strategy, Funded: []Funded{}, Reasons: map[string]string{}}
	for _, a := range b.apps {
		r.Reasons[a.ID] = "Nothing can be funded: the limits cannot all be kept"
	}
	out := map[any]bool{}
	for _, name := range b.names() {
		out[name] = true
		feasible, err := s.feasible(ctx, b, func(n any) bool { return out[n] })
		if err != nil {
			return Result{}, err
		}
		if feasible {
			delete(out, name)
			r.Conflict = append(r.Conflict, name)
		}
	}
	return r, nil
}

// names are those of all that may be in conflict, limits last: what is tried first is left out first.
func (b *board) names() []any {
	var names []any
	for _, h := range b.held {
		if h.name != "" && !slices.Contains(names, any(h.name)) {
			names = append(names, h.name)
		}
	}
	for _, r := range b.rules {
		if !slices.Contains(names, r.name) {
			names = append(names, r.name)
		}
	}
	return names
}

// feasible reports whether there is a choice that keeps all rules but some.
func (s *Solver) feasible(ctx context.Context, b *board, but func(name any) bool) (bool, error) {
	m := b.newModel(func(int) (money.Pence, bool) { return 0, false }, but)
	m.slack = 1e-3
	m.add(b.rules, but)
	if b.p.Strategy != Portfolio && b.p.Partial {
		m.onePart()
	}
	solution, err := s.engine.Solve(ctx, m.Model)
	if err != nil {
		return false, fmt.Errorf("looking for what is in conflict: %w", err)
	}
	return solution.Status != highs.Infeasible, nil
}
