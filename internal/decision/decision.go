// Package decision is the approval of proposals and the release of decisions: who agreed to what, the letters held until the release,
// and the moment at which everybody learns the outcome.
//
// It leaves how a proposal comes about to allocation, and what follows a success to award.
package decision

import (
	"time"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// Step is which of the agreements an approval is.
type Step string

// The steps.
const (
	First  Step = "first"
	Second Step = "second"
	Return Step = "return"
)

// Approval is an approver's word on a proposal.
type Approval struct {
	ID         string
	ProposalID ident.Proposal
	Step       Step
	Person     ident.Person
	Reason     string
	At         time.Time
}

// Way is what an approver does with one application of a proposal that they otherwise approve.
type Way string

// The ways.
const (
	Except Way = "except" // it goes back to where it is assessed
	Hold   Way = "hold"   // it is decided, and told at a later release
)

// NamedLine is an application that an approver excepted or held.
type NamedLine struct {
	ID            string
	ApprovalID    string
	ProposalID    ident.Proposal
	ApplicationID ident.Application
	Way           Way
	EndedAt       *time.Time // the hold was lifted
	EndedBy       *ident.Person
	EndReason     string
}

// TableName is the table of lines that approvers named.
func (NamedLine) TableName() string { return "approval_lines" }

// Held reports whether the line is held.
func (n NamedLine) Held() bool { return n.Way == Hold && n.EndedAt == nil }

// Approving is what an approver says to a proposal.
type Approving struct {
	Reason  string
	Accepts bool        // how it departs from the published method, where it does
	Except  []ident.Ref // applications that are left out: they are assessed again
	Hold    []ident.Ref // applications whose decision is told at a later release
	Version int         // of the proposal that the approver read; 0: as it is
}

// Outcome is what was decided on an application.
type Outcome string

// The outcomes.
const (
	Successful   Outcome = "successful"
	Reserve      Outcome = "reserve"
	Unsuccessful Outcome = "unsuccessful"
)

// Decision is what was decided on an application, with its letter. The applicant sees it from the release on.
type Decision struct {
	ID            string
	ApplicationID ident.Application
	ProposalID    ident.Proposal
	Outcome       Outcome
	Amount        money.Pence
	Reason        string
	LetterSubject string
	Letter        string
	DecidedAt     time.Time
	ReleasedAt    *time.Time
}
