package allocation

import (
	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Later is what a proposal after the first release of a call can give: the money that is not promised, or came free since, and to whom.
type Later struct {
	Promised money.Pence // what the awards of the call still take of its budget
	Free     money.Pence // what is left
	Listed   []Ranked    // the reserve list that the reader may see, down the ranking
	Masked   int         // those on it from whom the reader is barred
}

// later is what can be given after the release of a call; nil before it.
func (b basis) later(who ident.Person, ranked []Ranked) *Later {
	if b.Call.ReleasedAt == nil {
		return nil
	}
	l := &Later{Promised: b.decided.promised()}
	l.Free = max(b.budget-l.Promised, 0)
	for _, r := range ranked {
		switch {
		case r.Application.State != workflow.Reserve:
		case r.Application.Bars(who):
			l.Masked++
		default:
			l.Listed = append(l.Listed, r)
		}
	}
	return l
}

// Freed is money of a released call that would suffice for somebody on its reserve list.
type Freed struct {
	Call   *fund.Call
	Free   money.Pence
	Listed int // on the reserve list
}

// FreedFor gives what the one who acts can propose to give to a reserve list, where nothing is proposed yet.
func FreedFor(tx *work.Tx) ([]Freed, error) {
	calls, err := fund.CallsIn(tx, workflow.CallReleased)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it was doing
	}
	var all []Freed
	for i := range calls {
		yes, err := tx.May(access.MakeProposal, &calls[i])
		if err != nil {
			return nil, err //nolint:wrapcheck // says what it was doing
		}
		if !yes {
			continue
		}
		f, err := freed(tx, &calls[i])
		if err != nil {
			return nil, err
		}
		if f != nil {
			all = append(all, *f)
		}
	}
	return all, nil
}

// freed is what a call can give to its reserve list; nil where that is nothing, or is proposed already.
func freed(tx *work.Tx, c *fund.Call) (*Freed, error) {
	listed, err := application.InCall(tx, c, workflow.Reserve)
	if err != nil || len(listed) == 0 {
		return nil, err //nolint:wrapcheck // says what it was doing
	}
	last, err := Latest(tx, c)
	if err != nil || last.Waits() {
		return nil, err
	}
	round, err := fund.RoundByID(tx, c.RoundID)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it was doing
	}
	budget, err := available(tx, c, round)
	if err != nil {
		return nil, err
	}
	before, err := settled(tx, c, next(last))
	if err != nil {
		return nil, err
	}
	f := Freed{Call: c, Free: budget - before.promised(), Listed: len(listed)}
	for _, a := range listed {
		if needs(c, a) <= f.Free {
			return &f, nil
		}
	}
	return nil, nil //nolint:nilnil // nothing that suffices for anybody is an answer
}

// needs is the least with which an application can be funded in its call.
func needs(c *fund.Call, a *application.Application) money.Pence {
	if c.Settings.Method.Partial && a.Minimum > 0 {
		return a.Minimum
	}
	return a.Requested
}
