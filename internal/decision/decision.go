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
