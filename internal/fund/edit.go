package fund

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Changeable reports whether the settings of a call can still be changed: it has not opened.
func (c *Call) Changeable() bool {
	return c.State == workflow.CallDraft || c.State == workflow.CallApproved
}

// stale is the fault of an edit of what somebody else changed meanwhile.
func stale(latest map[string]string) error {
	return fault.Stale(latest, "Somebody else changed this after you opened it")
}

// Edit is a change of a round or a call, at the version at which it was read. Latest says what stands now, for who came second.
type Edit struct {
	Version int
	Latest  func() map[string]string
}

func (e Edit) check(version int) error {
	if e.Version == version {
		return nil
	}
	return stale(e.Latest())
}

// EditCall changes what a call says and sets. An approval that was given is void then, the approver is told, and nobody else sees the call
// until it is approved again. Its theme, which is in its reference, stays. The file was checked.
func (s *Service) EditCall(tx *work.Tx, c *Call, f CallFile, e Edit) error {
	if err := tx.Require(access.EditCall, c); err != nil {
		return err
	}
	if !c.Changeable() {
		return fault.New(fault.Conflict, "The call has opened. What it published stands")
	}
	if err := e.check(c.Version); err != nil {
		return err
	}
	f.Theme = c.Theme
	r, err := RoundByID(tx, c.RoundID)
	if err != nil {
		return err
	}
	now, err := f.call(r, author(tx), tx.Now)
	if err != nil {
		return err
	}
	if err := s.pin(&now.Settings); err != nil {
		return err
	}
	before := *c
	c.Title, c.OpensAt, c.ClosesAt, c.ReleaseAt, c.Settings = now.Title, now.OpensAt, now.ClosesAt, now.ReleaseAt, now.Settings
	c.Author, c.AskedAt, c.AskedBy = author(tx), nil, ""
	if before.State == workflow.CallApproved {
		return Move(tx, c, workflow.EditCall, nil)
	}
	tx.Record(event(c, string(access.EditCall), map[string]any{"before": before.digest(), "after": c.digest()}))
	return work.Save(tx, c, &c.Version)
}

// digest stands for what a call says and sets, in the trail.
func (c *Call) digest() string {
	text, err := File{Calls: []CallFile{c.File()}}.Write()
	if err != nil {
		return ""
	}
	return audit.Digest(text)
}

// AddCall makes a call in a round; from is the call that it is copied from, or nil. The file was checked.
func (s *Service) AddCall(tx *work.Tx, r *Round, f CallFile, from *ident.Call) (*Call, error) {
	c, err := f.call(r, author(tx), tx.Now)
	if err != nil {
		return nil, err
	}
	c.CopiedFrom = from
	calls, err := CallsOf(tx, r.ID)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(calls, func(other Call) bool { return other.Theme == c.Theme }) {
		return nil, fault.New(fault.Conflict, "The round has a call %s already", c.Ref)
	}
	return c, s.createCall(tx, c)
}

// EditRound changes a round while none of its calls has opened. Openings that were approved rested on it: their approval is void.
// The file was checked; the reference stays.
func EditRound(tx *work.Tx, r *Round, f File, e Edit) error {
	if err := tx.Require(access.EditRound, r); err != nil {
		return err
	}
	if err := e.check(r.Version); err != nil {
		return err
	}
	calls, err := CallsOf(tx, r.ID)
	if err != nil {
		return err
	}
	for i := range calls {
		if !calls[i].Changeable() {
			return fault.New(fault.Conflict, "%s has opened. What its round published stands", calls[i].Ref)
		}
	}
	r.Title, r.Budget, r.SeniorOfficer, r.Notice = f.Title, money.Pounds(f.Budget), strings.ToLower(f.SeniorOfficer), f.Notice
	tx.Record(audit.Event{Verb: string(access.EditRound), Kind: "round", Subject: string(r.ID), Round: r.ID, Facts: map[string]any{"budget": r.Budget}})
	if err := work.Save(tx, r, &r.Version); err != nil {
		return err
	}
	for i := range calls {
		if calls[i].State != workflow.CallApproved {
			continue
		}
		calls[i].AskedAt, calls[i].AskedBy = nil, ""
		if err := Move(tx, &calls[i], workflow.EditCall, nil); err != nil {
			return err
		}
	}
	return nil
}

// RequestOpening asks the senior officer to approve the opening of a call, and tells them.
func RequestOpening(tx *work.Tx, c *Call) error {
	if err := tx.Require(access.RequestOpening, c); err != nil {
		return err
	}
	if c.State != workflow.CallDraft || c.AskedAt != nil {
		return fault.New(fault.Conflict, "The approval of this call's opening was asked for, or given, already")
	}
	c.AskedAt, c.AskedBy = &tx.Now, author(tx)
	tx.Record(event(c, string(access.RequestOpening), map[string]any{"settings": c.digest()}))
	if err := work.Save(tx, c, &c.Version); err != nil {
		return err
	}
	return write(tx, c, access.ApproveOpening, "opening_requested", nil)
}

// ReturnOpening returns a call whose approval was asked for to those who set it up, with the reason.
func (s *Service) ReturnOpening(ctx context.Context, ref ident.CallRef, reason string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := PermittedCall(tx, ref, access.ReturnOpening)
		if err != nil {
			return err
		}
		reason = strings.TrimSpace(reason)
		if n := utf8.RuneCountInString(reason); n == 0 || n > longestReason {
			return fault.Fields(fault.Problems{"reason": "Enter what is to be changed, in 2,000 characters or fewer"})
		}
		if c.State != workflow.CallDraft || c.AskedAt == nil {
			return fault.New(fault.Conflict, "The approval of this call's opening is not asked for")
		}
		c.AskedAt, c.AskedBy, c.ReturnedAt, c.ReturnedBy, c.ReturnReason = nil, "", &tx.Now, &tx.By.ID, reason
		tx.Record(event(c, string(access.ReturnOpening), map[string]any{"reason": audit.Digest([]byte(reason))}))
		if err := work.Save(tx, c, &c.Version); err != nil {
			return err
		}
		return write(tx, c, access.EditCall, "opening_returned", map[string]string{"reason": reason})
	})
}

// write sends a message about a call to those who hold a role for an action in it.
func write(tx *work.Tx, c *Call, to access.Action, kind notify.Kind, more map[string]string) error {
	staff, err := people.WhoMay(tx, to, c.Scope())
	if err != nil {
		return err
	}
	for _, p := range staff {
		m := notify.Message{Kind: kind, Person: p.ID, Address: p.Email, Key: string(c.ID) + tx.Now.Format(time.RFC3339Nano), Fields: Fields(c)}
		m.Fields["name"] = p.Name
		maps.Copy(m.Fields, more)
		if err := tx.Notify(m); err != nil {
			return err
		}
	}
	return nil
}
