package fund

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Extension is a later deadline that is proposed, with its reason.
type Extension struct {
	Until  time.Time
	Reason string
}

const (
	extension = "extension"
	reopening = "reopening"

	longestReason = 2000 // characters
)

// later is a way in which a call gets a later deadline.
type later struct {
	kind             string
	propose, confirm access.Action
	move             workflow.Event
	guard            workflow.GuardName
	waits            string // said where one waits already
}

func extending() later {
	return later{
		extension, access.ProposeCallExtension, access.ConfirmCallExtension, workflow.ExtendCall, workflow.ExtensionProposed,
		"An extension of this call waits for a second person already",
	}
}

func reopened() later {
	return later{
		reopening, access.ProposeCallReopening, access.ConfirmCallReopening, workflow.ReopenCall, workflow.ReopeningProposed,
		"The reopening of this call waits for a second person already",
	}
}

// ProposeExtension proposes a later deadline for all; a second person confirms it.
func (s *Service) ProposeExtension(ctx context.Context, ref ident.CallRef, e Extension) error {
	return s.propose(ctx, ref, extending(), e)
}

// ProposeReopening proposes to open a closed call again for all, after a failure of the service; the senior officer confirms it.
func (s *Service) ProposeReopening(ctx context.Context, ref ident.CallRef, e Extension) error {
	return s.propose(ctx, ref, reopened(), e)
}

func (s *Service) propose(ctx context.Context, ref ident.CallRef, how later, e Extension) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := PermittedCall(tx, ref, how.propose)
		if err != nil {
			return err
		}
		if how.kind == reopening && c.State != workflow.CallClosed {
			return fault.New(fault.Conflict, "Only a call that is closed, and not decided yet, can be opened again")
		}
		if err := e.check(c, tx.Now); err != nil {
			return err
		}
		if waiting, err := openChange(tx, c.ID, how.kind); err != nil || waiting != nil {
			return orConflict(err, how.waits)
		}
		tx.Record(event(c, string(how.propose), map[string]any{"until": e.Until}))
		return work.Add(tx, &Change{ID: ident.New[string](), CallID: c.ID, Kind: how.kind, ClosesAt: e.Until.UTC(), Reason: strings.TrimSpace(e.Reason), ProposedBy: tx.By.ID, ProposedAt: tx.Now})
	})
}

func (e Extension) check(c *Call, now time.Time) error {
	problems := fault.Problems{}
	if n := utf8.RuneCountInString(e.Reason); strings.TrimSpace(e.Reason) == "" || n > longestReason {
		problems["reason"] = "Enter the reason, as it will be published, in 2,000 characters or fewer"
	}
	if !e.Until.After(c.ClosesAt) || !e.Until.After(now) {
		problems["until"] = "The new deadline must be later than now and than " + uktime.Moment(c.ClosesAt)
	}
	return fault.Fields(problems)
}

func orConflict(err error, words string) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "%s", words)
}

// ConfirmExtension makes a proposed extension hold, by a person other than the one who proposed it.
func (s *Service) ConfirmExtension(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		_, err := ConfirmExtension(tx, ref)
		return err
	})
}

// ConfirmExtension is Service.ConfirmExtension for the room that tells those who are writing. It gives the call with its new deadline.
func ConfirmExtension(tx *work.Tx, ref ident.CallRef) (*Call, error) {
	return confirm(tx, ref, extending())
}

// ConfirmReopening opens a closed call again until the deadline that was proposed. It gives the call, for the room that tells those
// who were writing.
func ConfirmReopening(tx *work.Tx, ref ident.CallRef) (*Call, error) {
	return confirm(tx, ref, reopened())
}

func confirm(tx *work.Tx, ref ident.CallRef, how later) (*Call, error) {
	c, err := CallByRef(tx, ref)
	if err != nil {
		return nil, err
	}
	waiting, err := openChange(tx, c.ID, how.kind)
	if err != nil {
		return nil, err
	}
	guards := work.Guards{
		how.guard:              Holds(waiting != nil),
		workflow.LaterDeadline: Holds(waiting != nil && waiting.ClosesAt.After(c.ClosesAt) && waiting.ClosesAt.After(tx.Now)),
	}
	if waiting != nil {
		if waiting.ProposedBy == tx.By.ID {
			return nil, fault.New(fault.Forbidden, "Somebody other than who proposed the later deadline must confirm it")
		}
		if err := confirmChange(tx, waiting); err != nil {
			return nil, err
		}
		c.ClosesAt = waiting.ClosesAt
	}
	return c, Move(tx, c, how.move, guards)
}

// RefuseLater refuses the later deadline of a call that waits for a second person.
func (s *Service) RefuseLater(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := CallByRef(tx, ref)
		if err != nil {
			return err
		}
		how := extending()
		if c.State != workflow.CallOpen {
			how = reopened()
		}
		if err := tx.Require(how.confirm, c); err != nil {
			return err
		}
		waiting, err := openChange(tx, c.ID, how.kind)
		if err != nil || waiting == nil {
			return orConflict(err, "No later deadline waits to be confirmed")
		}
		tx.Record(event(c, "call.refuse_"+how.kind, map[string]any{"until": waiting.ClosesAt}))
		return refuseChange(tx, waiting)
	})
}

// LaterDeadline is a call with the later deadlines that were proposed for it, oldest first.
type LaterDeadline struct {
	Call       Call
	Changes    []Change
	Names      map[ident.Person]string
	Waits      bool // the last one waits for a second person
	MayPropose bool
	MayConfirm bool
}

// Reopens reports whether a change opened, or would open, a closed call again.
func (c Change) Reopens() bool { return c.Kind == reopening }

// LaterDeadlines gives the calls that the one who is signed in may look after and that are open, or closed and not decided yet, or
// that were given a later deadline.
func (s *Service) LaterDeadlines(ctx context.Context) ([]LaterDeadline, error) {
	var out []LaterDeadline
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if !tx.Policy().MayAnywhere(tx.By, access.ViewRound) {
			return nil // as most of those whose start page asks
		}
		calls, err := CallsIn(tx, workflow.CallOpen, workflow.CallClosed)
		for i := 0; i < len(calls) && err == nil; i++ {
			if may, mayErr := tx.May(access.ViewRound, &calls[i]); mayErr != nil || !may {
				err = mayErr
				continue
			}
			var d LaterDeadline
			d, err = laterOf(tx, &calls[i])
			out = append(out, d)
		}
		return err
	})
	return out, err
}

// LaterDeadline gives one of them.
func (s *Service) LaterDeadline(ctx context.Context, ref ident.CallRef) (LaterDeadline, error) {
	var d LaterDeadline
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := PermittedCall(tx, ref, access.ViewRound)
		if err != nil {
			return err
		}
		d, err = laterOf(tx, c)
		return err
	})
	return d, err
}

func laterOf(tx *work.Tx, c *Call) (LaterDeadline, error) {
	d := LaterDeadline{Call: *c}
	var err error
	if d.Changes, err = changesOf(tx, c.ID); err != nil {
		return d, err
	}
	var ids []ident.Person
	for _, ch := range d.Changes {
		ids = append(ids, ch.ProposedBy)
		for _, id := range []*ident.Person{ch.ConfirmedBy, ch.RefusedBy} {
			if id != nil {
				ids = append(ids, *id)
			}
		}
	}
	if d.Names, err = people.Names(tx, ids...); err != nil {
		return d, err
	}
	how := extending()
	if c.State == workflow.CallClosed {
		how = reopened()
	}
	waiting, err := openChange(tx, c.ID, how.kind)
	if err != nil {
		return d, err
	}
	d.Waits = waiting != nil
	live := c.State == workflow.CallOpen || c.State == workflow.CallClosed
	if d.MayPropose, err = tx.May(how.propose, c); err != nil {
		return d, err
	}
	d.MayPropose = d.MayPropose && live && !d.Waits
	if d.MayConfirm, err = tx.May(how.confirm, c); err != nil {
		return d, err
	}
	d.MayConfirm = d.MayConfirm && d.Waits && waiting.ProposedBy != tx.By.ID
	return d, nil
}
