package review

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"sync"
	"time"

	"adoptionfund/internal/agreement"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// figures are what the desk of a call's assessment rests on: every application that is assessed, its reviewers and its scores, without
// their texts. They are shared and never changed.
type figures struct {
	seq  int64 // of the last event of the call that they know
	apps map[ident.Application]*figure
}

// figure is one application.
type figure struct {
	id     ident.Application
	ref    ident.Ref
	title  string
	lead   string
	state  workflow.ApplicationState
	seats  []assignment.Assignment // that stand or are done
	scores []Score                 // that stand, without their reasons
	totals Totals
}

// late counts the reviews that are overdue.
func (f *figure) late(now time.Time) int {
	n := 0
	for _, s := range f.seats {
		if s.State == assignment.Standing && now.After(s.DueAt) {
			n++
		}
	}
	return n
}

// inPanel are the states in which an application is on the desk.
func inPanel() []workflow.ApplicationState {
	return []workflow.ApplicationState{workflow.Assessment, workflow.Moderation, workflow.Assessed}
}

// kept holds figures and intervals in memory. Both follow from what is in the database: the figures of a call from the last of its
// events, an interval from the scores themselves, so that nothing in it can be out of date.
type kept struct {
	mu        sync.Mutex
	calls     map[ident.Call]*figures
	intervals map[[sha256.Size]byte]agreement.Result
}

const (
	keptCalls     = 16
	keptIntervals = 512
)

func newKept() *kept {
	return &kept{calls: map[ident.Call]*figures{}, intervals: map[[sha256.Size]byte]agreement.Result{}}
}

func (k *kept) of(call ident.Call) *figures {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.calls[call]
}

// keep takes figures in the place of older ones.
func (k *kept) keep(call ident.Call, f *figures) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if before := k.calls[call]; before != nil && before.seq >= f.seq {
		return
	}
	if len(k.calls) >= keptCalls {
		clear(k.calls)
	}
	k.calls[call] = f
}

// interval gives the agreement of scores with its interval. What a thousand samples gave is kept by the digest of the scores.
func (k *kept) interval(units []agreement.Unit) agreement.Result {
	sum := sha256.New()
	for _, u := range units {
		_, _ = fmt.Fprintln(sum, u)
	}
	key := [sha256.Size]byte(sum.Sum(nil))
	k.mu.Lock()
	r, there := k.intervals[key]
	k.mu.Unlock()
	if there {
		return r
	}
	r = agreement.WithInterval(units, agreement.Ordinal)
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.intervals) >= keptIntervals {
		clear(k.intervals)
	}
	k.intervals[key] = r
	return r
}

// figures gives the figures of a call as the transaction sees it. Every change of an application, of its reviewers or of its scores is an
// event that names it, so only the applications that an event named since are read again.
func (s *Service) figures(tx *work.Tx, c *fund.Call) (*figures, error) {
	seq, err := lastEvent(tx, c.ID)
	if err != nil {
		return nil, err
	}
	known := s.kept.of(c.ID)
	switch {
	case known != nil && known.seq == seq:
		return known, nil
	case known == nil || known.seq > seq: // begun before what is kept was: read for itself
		known = &figures{}
	}
	fresh := &figures{seq: seq, apps: maps.Clone(known.apps)}
	if fresh.apps == nil {
		fresh.apps = map[ident.Application]*figure{}
	}
	if err := s.read(tx, c, fresh, known.seq); err != nil {
		return nil, err
	}
	s.kept.keep(c.ID, fresh)
	return fresh, nil
}

// read takes in the applications of a call that events after one of them name; after 0, all.
func (s *Service) read(tx *work.Tx, c *fund.Call, f *figures, after int64) error {
	which, err := changedSince(tx, c.ID, after)
	if err != nil {
		return err
	}
	switch {
	case which.all:
		clear(f.apps)
	case len(which.named) == 0:
		return nil
	}
	for _, id := range which.named {
		delete(f.apps, id)
	}
	found := map[ident.Application]*figure{}
	if err := which.applications(tx, found); err != nil {
		return err
	}
	if err := which.seats(tx, found); err != nil {
		return err
	}
	if err := which.scores(tx, found); err != nil {
		return err
	}
	r, err := s.rubric(c)
	if err != nil {
		return err
	}
	for id, a := range found {
		a.totals = total(r, c, a.scores, a.seats)
		f.apps[id] = a
	}
	return nil
}

// Standing gives the totals of the applications of a call that are assessed, as Totals does, from what the desk keeps: for pages that are
// asked for often. Who asks must be allowed to see them.
func (s *Service) Standing(tx *work.Tx, c *fund.Call) (map[ident.Application]Totals, error) {
	f, err := s.figures(tx, c)
	if err != nil {
		return nil, err
	}
	all := make(map[ident.Application]Totals, len(f.apps))
	for id, a := range f.apps {
		all[id] = a.totals
	}
	return all, nil
}

// units are the scores of a part by application, of those in list: what agreement compares. Marks that are no score are none.
func units(list []*figure, part rubric.Code) []agreement.Unit {
	all := make([]agreement.Unit, 0, len(list))
	for _, a := range list {
		var u agreement.Unit
		for _, s := range a.scores {
			if s.Part == part && s.compared() {
				u = append(u, *s.Value)
			}
		}
		all = append(all, u)
	}
	return all
}
