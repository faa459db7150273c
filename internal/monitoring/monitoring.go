// Package monitoring is what follows the agreement: conditions that are reported and signed off, the returns of each quarter against what
// was promised, variations, and how an award ends.
//
// It owns returns, variations and closings. It leaves the award itself, its conditions, payments and the one Move to award.
package monitoring

import (
	"slices"
	"time"

	"adoptionfund/internal/award"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// ReturnForm is the form of returns; its sections are the figures of a quarter and, for the final report, the whole project.
const ReturnForm = "award-return-1"

// ReturnState is how a return stands.
type ReturnState string

// The states of a return.
const (
	Due      ReturnState = "due" // begun, not sent
	Sent     ReturnState = "sent"
	Returned ReturnState = "returned" // sent back
	Accepted ReturnState = "accepted"
)

// Return is a return on an award: of a quarter, or the final report with the figures of the quarter in which the project ends.
type Return struct {
	ID         ident.AwardReturn
	AwardID    ident.Award
	Year       string
	Quarter    string
	Final      bool
	Due        string // a day
	Answers    award.Answers
	State      ReturnState
	SentBy     *ident.Person
	SentAt     *time.Time
	Reason     string // why it was sent back
	AnsweredBy *ident.Person
	AnsweredAt *time.Time
	Version    int
}

// TableName is the table of returns.
func (Return) TableName() string { return "award_returns" }

// is reports whether the return is the one that is expected.
func (r Return) is(e award.ExpectedReturn) bool {
	return r.Final == e.Final && (r.Final || r.Year == e.Quarter.Year && r.Quarter == e.Quarter.Name)
}

// spent is what the return says was spent.
func (r Return) spent() []plan.Line {
	var lines []plan.Line
	for _, x := range []struct {
		use    string
		amount *money.Pence
	}{{"capital", r.Answers["QR5"].Amount}, {"revenue", r.Answers["QR6"].Amount}} {
		if x.amount != nil {
			lines = append(lines, plan.Line{Year: r.Year, Quarter: r.Quarter, Use: x.use, Amount: *x.amount})
		}
	}
	return lines
}

// Spent is what accepted returns say was spent.
func Spent(returns []Return) []plan.Line {
	var lines []plan.Line
	for _, r := range returns {
		if r.State == Accepted {
			lines = append(lines, r.spent()...)
		}
	}
	return lines
}

// VariationAnswer is what became of a variation.
type VariationAnswer string

// The answers.
const (
	Open      VariationAnswer = ""
	Approved  VariationAnswer = "approved"
	Refused   VariationAnswer = "refused"
	Withdrawn VariationAnswer = "withdrawn"
)

// Variation is a change of an agreed award: proposed by a signatory, approved or refused by an approver. The amount never goes up.
type Variation struct {
	ID           string
	AwardID      ident.Award
	Number       int
	Amount       money.Pence
	WasAmount    money.Pence
	EndsOn       string
	WasEndsOn    string
	Recipient    string
	WasRecipient string
	Change       string // of the plan, in words
	Reason       string
	ProposedBy   ident.Person
	ProposedAt   time.Time
	Answer       VariationAnswer
	AnswerReason string
	AnsweredBy   *ident.Person
	AnsweredAt   *time.Time
}

// TableName is the table of variations.
func (Variation) TableName() string { return "award_variations" }

// open gives the variation that waits; nil if none does.
func open(all []Variation) *Variation {
	if i := slices.IndexFunc(all, func(v Variation) bool { return v.Answer == Open }); i >= 0 {
		return &all[i]
	}
	return nil
}

// Closing is what was paid, spent and returned when an award is closed: proposed by one person, approved by another.
type Closing struct {
	ID         ident.Award
	Paid       money.Pence
	Spent      money.Pence
	Returned   money.Pence
	Note       string
	ProposedBy ident.Person
	ProposedAt time.Time
	ClosedBy   *ident.Person
	ClosedAt   *time.Time
}

// TableName is the table of closings.
func (Closing) TableName() string { return "award_closings" }

// Reconciled reports whether what was paid is spent or returned, to the penny.
func (c Closing) Reconciled() bool { return c.Paid-c.Returned == c.Spent }
