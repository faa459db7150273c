// Package fund is the scheme itself: rounds, their calls, what each call publishes at its opening, and the changes of its dates.
//
// It owns the state of calls. It leaves to application what becomes of drafts and submissions when a call closes, and to decision
// what becomes of them at the release.
package fund

import (
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
)

// Round is one round of the fund.
type Round struct {
	ID            ident.Round
	Ref           ident.RoundRef
	Title         string
	Budget        money.Pence
	SeniorOfficer string // the e-mail address of the senior officer responsible
	Notice        string // shown on every page of the round, such as that its data is invented
	LastNumber    int    // of its applications
	CreatedBy     string
	CreatedAt     time.Time
	Version       int
	CopiedFrom    *ident.Round // the round whose settings it began with
}

// Scope is the round as the policy sees it.
func (r *Round) Scope() access.Scope { return access.Scope{Round: r.ID} }

// Facts is what a permission may look at.
func (r *Round) Facts() access.Facts { return r.Scope().Facts() }

// Call is a theme in a round, with its own window, settings and panel.
type Call struct {
	ID              ident.Call
	RoundID         ident.Round
	Ref             ident.CallRef
	Theme           string
	Title           string
	State           workflow.CallState
	OpensAt         time.Time
	ClosesAt        time.Time
	ReleaseAt       *time.Time
	Settings        Settings
	Published       string // the publication as it was frozen, in JSON; empty before the opening is approved
	PublishedDigest string
	Author          string // who last edited it: a person's id, or the operator
	ApprovedBy      *ident.Person
	ApprovedAt      *time.Time
	OpenedAt        *time.Time
	ClosedAt        *time.Time
	DecidedAt       *time.Time
	ReleasedAt      *time.Time
	CreatedAt       time.Time
	Version         int
	CopiedFrom      *ident.Call // the call whose settings it began with
	AskedAt         *time.Time  // when the approval of its opening was asked for; nil while the set-up goes on
	AskedBy         string      // as Author
	ReturnedAt      *time.Time  // when the senior officer returned it last
	ReturnedBy      *ident.Person
	ReturnReason    string
}

// Scope is the call as the policy sees it.
func (c *Call) Scope() access.Scope { return access.Scope{Round: c.RoundID, Call: c.ID} }

// Facts is what a permission may look at.
func (c *Call) Facts() access.Facts {
	f := c.Scope().Facts()
	f.Released = c.ReleasedAt != nil
	return f
}

// InTime reports whether a request that arrived at a moment is before the deadline. In time means before, not at.
func (c *Call) InTime(arrival time.Time) bool { return arrival.Before(c.ClosesAt) }

// Change is a later deadline for a call: an extension for all, or a reopening after a failure of the service.
type Change struct {
	ID          string
	CallID      ident.Call
	Kind        string
	ClosesAt    time.Time
	Reason      string
	ProposedBy  ident.Person
	ProposedAt  time.Time
	ConfirmedBy *ident.Person
	ConfirmedAt *time.Time
	RefusedBy   *ident.Person
	RefusedAt   *time.Time
}

// TableName is the table of changes.
func (Change) TableName() string { return "call_changes" }

// ReviewableUntil is when the time ends in which a review of a decision can be asked for that was told at a moment: noon, UK time, so many
// days later as the call says. It is zero where the call allows none.
func (c *Call) ReviewableUntil(told time.Time) time.Time {
	days := c.Settings.Feedback.ReviewDays
	if days == 0 {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, uktime.Day(told))
	if err != nil {
		return time.Time{}
	}
	until, err := uktime.Parse(day.AddDate(0, 0, days).Format(time.DateOnly))
	if err != nil {
		return time.Time{}
	}
	return until
}
