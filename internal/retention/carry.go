package retention

import (
	"context"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/work"
)

// itemsInARun is how many items a job carries out before it puts down the next one: well within the time for which it holds a job.
const itemsInARun = 100

// CarryOut removes what an approved list names, one item in each transaction: a job. Each item is looked at again: one that is on hold now,
// changed, or is not past its period after all, is left and says why. It may be interrupted and run twice, and in several processes at once.
func (s *Service) CarryOut(ctx context.Context, id string) error {
	ctx = access.With(ctx, access.System(access.RemoveData))
	var l *List
	var c Content
	var waiting []int
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		if l, err = listByID(tx, id); err != nil || l.State != Approved {
			return err
		}
		if c, err = l.read(); err != nil {
			return err
		}
		waiting, err = waitingItems(tx, id)
		return err
	})
	if err != nil || l.State != Approved {
		return err
	}
	for _, n := range waiting[:min(len(waiting), itemsInARun)] {
		if err := s.carry(ctx, l, c.Items[n-1]); err != nil {
			return fmt.Errorf("carrying out item %d of list %d: %w", n, l.Number, err)
		}
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error { return s.goOn(tx, id) })
}

// goOn puts down the next part of a list, or ends the list where nothing waits.
func (s *Service) goOn(tx *work.Tx, id string) error {
	l, err := listByID(tx, id)
	if err != nil {
		return err
	}
	if err := tx.Require(access.RemoveData, l); err != nil || l.State != Approved {
		return err
	}
	waiting, err := waitingItems(tx, id)
	if err != nil {
		return err
	}
	if len(waiting) > 0 {
		tx.Record(l.event("retention.go_on", map[string]any{"waiting": len(waiting)}))
		return tx.Enqueue(string(access.RemoveData), fmt.Sprintf("%s:%s:%d", access.RemoveData, id, waiting[0]), id, tx.Now)
	}
	results, err := resultsOf(tx, id)
	if err != nil {
		return err
	}
	n := 0
	for _, r := range results {
		if r.Result == removed {
			n++
		}
	}
	l.State, l.DoneAt, l.Salt = Done, &tx.Now, ""
	tx.Record(l.event("retention.finish", map[string]any{"removed": n, "skipped": len(results) - n}))
	return work.Save(tx, l, &l.Version)
}

// carry does one item, unless somebody else did.
func (s *Service) carry(ctx context.Context, l *List, it Item) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.RemoveData, l); err != nil {
			return err
		}
		find, err := s.search(tx)
		if err != nil {
			return err
		}
		found, err := find.of(it.Kind, it.Subject)
		if err != nil {
			return err
		}
		why := find.why(found, it)
		mine, err := note(tx, l, it, why)
		if err != nil || !mine {
			return err
		}
		w := wiping{tx: tx, id: ident.Application(it.Subject), kind: it.Kind, salt: l.Salt}
		if why != "" {
			tx.Record(w.event("retention.skip", l, it, found))
			return nil
		}
		err = w.wipe(it, find.held)
		tx.Record(w.event(audit.RemovalDone, l, it, found))
		return err
	})
}

// event says what was done of an item.
func (w *wiping) event(verb string, l *List, it Item, found *candidate) audit.Event {
	e := audit.Event{Verb: verb, Kind: string(it.Kind), Subject: it.Subject, Guards: w.guards, Facts: map[string]any{
		"list": l.ID, "digest": l.Digest, "item": it.Number, "removed": w.removed, "emptied": w.emptied,
	}}
	if found != nil {
		e.Round, e.Call, e.Application = ident.Round(found.Round), ident.Call(found.Call), ident.Application(found.App)
	}
	return e
}

// wipe removes what an item names.
func (w *wiping) wipe(it Item, standing held) error {
	var err error
	switch it.Kind {
	case Invitation:
		w.removed, err = removeInvitation(w.tx, it.Subject)
	case Account:
		w.removed, err = removeAccount(w.tx, it.Subject)
		w.emptied = 1
	case Mail:
		var month time.Time
		if month, err = time.Parse("2006-01", it.Subject); err == nil {
			w.removed, err = removeMails(w.tx, month, standing.people())
		}
	case NotSubmitted, Unsuccessful, Award:
		err = w.application()
	}
	return err
}

// application takes away what an application holds of people.
func (w *wiping) application() error {
	if err := otherfunding.Forget(w.tx, w.id); err != nil {
		return err
	}
	if err := application.Empty(w.tx, w.id); err != nil {
		return err
	}
	for _, h := range Holdings() {
		if err := w.holding(h); err != nil {
			return err
		}
	}
	return nil
}
