package solve

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"adoptionfund/internal/money"
)

// walk goes down the ranking. It keeps a completion: a choice for all that is not decided with which every rule is kept. Where nothing has a
// least, nothing is such a completion, and none needs to be looked for.
type walk struct {
	*board

	solver    *Solver
	given     []money.Pence // of those that are decided
	left      []*big.Rat    // of every rule
	decided   []bool
	inPart    bool
	needs     bool // some rule asks for something, or something must be funded
	completed []money.Pence
}

// merit funds down the ranking: each application that fits the budget and the limits, others are passed over with the reason. Where something
// must be reached in the end, one is funded only if some completion still reaches it. With partial funding one application at most is funded
// in part: the first that does not fit in full but for which the largest amount that fits, in whole pounds, is at least its minimum.
func (s *Solver) merit(ctx context.Context, b *board) (Result, error) {
	w := &walk{board: b, solver: s, given: make([]money.Pence, len(b.apps)), decided: make([]bool, len(b.apps))}
	w.left = b.left(w.given)
	w.needs = slices.ContainsFunc(b.held, func(h hold) bool { return h.funded }) || slices.ContainsFunc(b.rules, func(r rule) bool { return r.least > 0 })
	if possible, err := w.completes(ctx); err != nil || !possible {
		if err != nil {
			return Result{}, err
		}
		return s.infeasible(ctx, b)
	}
	index := map[string]int{}
	for i, a := range b.apps {
		index[a.ID] = i
	}
	reasons := map[string]string{}
	for place, a := range b.p.Ranked() {
		i := index[a.ID]
		words, err := w.consider(ctx, i, place+1)
		if err != nil {
			return Result{}, err
		}
		reasons[a.ID] = words
		b.spend(i, w.given[i], w.left)
	}
	if !b.holds(w.given) {
		return Result{}, errNumbers
	}
	return b.result(w.given, reasons), nil
}

// consider decides about an application and says why.
func (w *walk) consider(ctx context.Context, i, place int) (string, error) {
	w.decided[i] = true
	if w.out(i) {
		return w.heldWords(i), nil
	}
	said := fmt.Sprintf("Place %d: ", place)
	if w.p.Strategy == MeritRandom && slices.Contains(w.p.Band, w.apps[i].ID) {
		said = fmt.Sprintf("Place %d, by lot in the band: ", place)
	}
	why := w.misfit(i, w.apps[i].Requested, w.left)
	if why == "" {
		possible, err := w.try(ctx, i, w.apps[i].Requested)
		if err != nil || possible {
			return said + w.funded(i), err
		}
		why = "what must be reached elsewhere could not be reached any more"
	}
	part, err := w.part(ctx, i)
	if err != nil {
		return "", err
	}
	if part > 0 {
		w.inPart, w.given[i] = true, part
		return said + "funded in part, as " + why, nil
	}
	return said + "passed over, as " + why, w.pass(ctx, i)
}

// pass goes on without an application. A completion that had it is replaced; there is another, or it would have been funded.
func (w *walk) pass(ctx context.Context, i int) error {
	if !w.needs || w.completed[i] == 0 {
		return nil
	}
	possible, err := w.completes(ctx)
	if err == nil && !possible {
		err = errNumbers
	}
	return err
}

func (w *walk) funded(i int) string {
	if w.held[i].funded {
		return "it must be funded"
	}
	return "it fits the budget and the limits"
}

// try funds an application if some completion is left then.
func (w *walk) try(ctx context.Context, i int, amount money.Pence) (bool, error) {
	w.given[i] = amount
	if !w.needs || w.completed[i] == amount {
		return true, nil
	}
	possible, err := w.completes(ctx)
	if !possible {
		w.given[i] = 0
	}
	return possible, err
}

// completes looks for a completion, and keeps it.
func (w *walk) completes(ctx context.Context) (bool, error) {
	if !w.needs {
		return true, nil
	}
	found, err := w.solver.complete(ctx, w, -1)
	if err != nil || found == nil {
		return false, err
	}
	w.completed = found
	return true, nil
}

// part is the largest amount in whole pounds, from the application's minimum on, that fits and leaves a completion; 0 if there is none or another
// application is funded in part already.
func (w *walk) part(ctx context.Context, i int) (money.Pence, error) {
	low, high := w.pounds(i)
	if w.inPart || low > high || w.misfit(i, money.Pounds(low), w.left) != "" {
		return 0, nil
	}
	if w.needs {
		found, err := w.solver.complete(ctx, w, i)
		if err != nil || found == nil {
			return 0, err
		}
		w.completed = found
		return found[i], nil
	}
	// What fits is monotone: the largest amount is found by halving.
	for low < high {
		mid := low + (high-low+1)/2
		if w.misfit(i, money.Pounds(mid), w.left) == "" {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return money.Pounds(low), nil
}
