package fund

import (
	"strconv"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Move is the one place where a call's state changes. The rooms that know whether a guard holds bring it.
func Move(tx *work.Tx, c *Call, on workflow.Event, guards work.Guards) error {
	return MoveFor(tx, c, c, on, guards)
}

// MoveFor is Move where the permission is about something else than the call alone, such as the proposal that decides it.
func MoveFor(tx *work.Tx, c *Call, what access.Resource, on workflow.Event, guards work.Guards) error {
	move, err := work.Step(tx, workflow.Calls(), c.State, on, what, guards)
	if err != nil {
		return err
	}
	c.State = move.To
	c.stamp(on, tx)
	if err := work.Save(tx, c, &c.Version); err != nil {
		return err
	}
	tx.Record(event(c, move.Effects.Record, nil))
	for _, job := range move.Effects.Jobs {
		if err := tx.Enqueue(string(job), string(job)+":"+string(c.ID)+":"+strconv.Itoa(c.Version), string(c.ID), tx.Now); err != nil {
			return err
		}
	}
	return tell(tx, c, move.Effects.Notices)
}

// stamp notes when a call went through the events that its pages show.
func (c *Call) stamp(on workflow.Event, tx *work.Tx) {
	now := tx.Now
	switch on { //nolint:exhaustive // the other events leave no stamp
	case workflow.ApproveOpening:
		c.ApprovedBy, c.ApprovedAt = &tx.By.ID, &now
	case workflow.EditCall:
		c.ApprovedBy, c.ApprovedAt, c.Published, c.PublishedDigest = nil, nil, "", ""
	case workflow.OpenCall:
		c.OpenedAt = &now
	case workflow.CloseCall:
		c.ClosedAt = &now
	case workflow.ReopenCall:
		c.ClosedAt = nil
	case workflow.Decide, workflow.DecideSecond:
		c.DecidedAt = &now
	case workflow.ReleaseDecisions:
		if c.ReleasedAt == nil {
			c.ReleasedAt = &now
		}
	}
}

func event(c *Call, verb string, facts map[string]any) audit.Event {
	return audit.Event{Verb: verb, Kind: "call", Subject: string(c.ID), Round: c.RoundID, Call: c.ID, Facts: facts}
}

// tell sends the notices of a move to those who hold a role for it in the call: the one who owns the action that comes next.
func tell(tx *work.Tx, c *Call, notices []workflow.Notice) error {
	for _, n := range notices {
		if err := write(tx, c, audience(n), notify.Kind(n), nil); err != nil {
			return err
		}
	}
	return nil
}

// Fields are what messages about a call may say.
func Fields(c *Call) map[string]string {
	return map[string]string{"call": c.Title, "call_ref": string(c.Ref), "deadline": uktime.Deadline(c.ClosesAt), "opens": uktime.Deadline(c.OpensAt)}
}
