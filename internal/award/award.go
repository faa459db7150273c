// Package award is money promised: the pre-award checks, the offer, its acceptance by both signatories, the agreement, and the
// conditions that go with it.
//
// It owns the state of an award. It leaves how the decision came about to decision; payment itself is outside the system.
package award

import (
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/workflow"
)

// Award is what a successful application was awarded.
type Award struct {
	ID            ident.Award
	ApplicationID ident.Application
	RoundID       ident.Round
	CallID        ident.Call
	Ref           ident.Ref // its application's
	State         workflow.AwardState
	StateAt       time.Time
	Amount        money.Pence
	Recipient     string
	OfferDue      *time.Time
	OfferedAt     *time.Time
	AcceptedAt    *time.Time
	AgreedAt      *time.Time
	Agreement     string // the text that was countersigned
	CreatedAt     time.Time
	Version       int

	application *application.Application
}

// Application is the application that was awarded.
func (a *Award) Application() *application.Application { return a.application }

// Facts is what a permission may look at.
func (a *Award) Facts() access.Facts {
	f := a.application.Facts()
	f.Subjects = append(f.Subjects, access.ForAward(a.ID))
	f.Released = true
	return f
}

// CheckKind is one of the pre-award checks.
type CheckKind string

// CheckInfo describes a check.
type CheckInfo struct {
	Kind  CheckKind
	Label string
	Hint  string
}

// Checks are the pre-award checks, in the order in which they are done.
func Checks() []CheckInfo {
	return []CheckInfo{
		{"due_diligence", "Due diligence on the funding recipient", "The recipient exists, can hold public money, and its bank details were confirmed by a second channel"},
		{"fraud_risk", "Fraud risk", "The risk of fraud was assessed, and what is done about it"},
		{"subsidy", "Subsidy route", "None, minimal financial assistance with its ceiling, a scheme, or an assessment, with the reason"},
		{"dtac", "DTAC position of the chosen product", "The position as reviewed, and what is still to be done"},
		{"plan", "Plan for the amount offered", "Where less than asked is offered: the revised plan; else that the plan stands"},
		{"agreement", "Agreement and its annexes", "Memorandum for an NHS body, grant agreement for others; annexes complete"},
	}
}

// Result is what came of a check.
type Result string

// The results.
const (
	Pass      Result = "pass"
	Fail      Result = "fail"
	NotNeeded Result = "not_needed"
)

// Check is a check as it was recorded.
type Check struct {
	AwardID ident.Award
	Kind    CheckKind
	Result  Result
	Note    string
	Person  ident.Person
	At      time.Time
}

// TableName is the table of checks.
func (Check) TableName() string { return "award_checks" }

// Condition is something that the recipient must do, with a day by which.
type Condition struct {
	ID      string
	AwardID ident.Award
	Text    string
	Owner   string
	Due     string // a day, or empty
	MetAt   *time.Time
	MetBy   *ident.Person
}

// TableName is the table of conditions.
func (Condition) TableName() string { return "award_conditions" }

// Acceptance is a signatory's acceptance of the offer.
type Acceptance struct {
	AwardID   ident.Award
	Part      application.Relation
	Person    ident.Person
	TypedName string
	At        time.Time
}

// TableName is the table of acceptances.
func (Acceptance) TableName() string { return "award_acceptances" }

// Promised reports whether an award in a state counts as awarded: it is not declined, lapsed, withdrawn, not offered or terminated.
func Promised(s workflow.AwardState) bool {
	switch s {
	case workflow.NotOffered, workflow.Lapsed, workflow.OfferWithdrawn, workflow.OfferDeclined, workflow.Terminated:
		return false
	case workflow.PreAwardChecks, workflow.OnHold, workflow.Offered, workflow.Accepted, workflow.Active, workflow.Suspended, workflow.Completed, workflow.AwardClosed:
	}
	return true
}
