// Package award is money promised: the pre-award checks, the offer, its acceptance by both signatories, the agreement, the
// conditions that go with it, and what is cleared to pay.
//
// It owns the state of an award. It leaves how the decision came about to decision, the sums to plan, and what follows the agreement to
// monitoring; payment itself is outside the system.
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

// Terms are what an award is about beyond its amount. They are a row beside the award.
type Terms struct {
	ID              ident.Award
	Plan            Lines
	StartsOn        string // days
	EndsOn          string
	HeldFrom        string      // the state before it was put on hold; empty: it is not
	Reason          string      // why it was held, refused, withdrawn, suspended or terminated: the applicant's side reads it
	OwedToRecipient money.Pence // at a termination
	OwedByRecipient money.Pence
	Version         int
}

// TableName is the table of terms.
func (Terms) TableName() string { return "award_terms" }

// Source is where a condition comes from.
type Source string

// The sources.
const (
	FromFund      Source = "fund"
	FromDTAC      Source = "dtac"      // an open action of the position
	FromMilestone Source = "milestone" // of the application
)

// Condition is something that the recipient must do, with a day by which. The recipient reports it as met; the fund signs it off, sends it
// back, or waives it.
type Condition struct {
	ID         string
	AwardID    ident.Award
	Text       string
	Owner      string
	Due        string // a day, or empty
	Source     Source
	Report     string // what the recipient says
	ReportedBy *ident.Person
	ReportedAt *time.Time
	Answer     string // why it was sent back or waived, or a note
	Waived     bool
	MetAt      *time.Time // signed off or waived
	MetBy      *ident.Person
}

// TableName is the table of conditions.
func (Condition) TableName() string { return "award_conditions" }

// Open reports whether the condition is neither signed off nor waived.
func (c Condition) Open() bool { return c.MetAt == nil }

// Reported reports whether the recipient says it is met and the fund has not answered.
func (c Condition) Reported() bool { return c.Open() && c.ReportedAt != nil }

// Overdue reports whether the day by which it must be met is over.
func (c Condition) Overdue(today string) bool { return c.Open() && c.Due != "" && c.Due < today }

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
