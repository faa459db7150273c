// Package assignment is who reviews what: the reviewers of a round, proposals of who reviews which application, and the assignments
// that stand once the chair has approved them.
//
// It owns reviewers, plans and assignments. It leaves the arithmetic to assign, conflicts to interest, and what a reviewer does with
// an assignment to review.
package assignment

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"adoptionfund/internal/ident"
)

// Reviewer is somebody who reviews in a round, as one kind.
type Reviewer struct {
	ID              string
	RoundID         ident.Round
	Person          ident.Person
	Kind            string
	ODS             ident.ODS `gorm:"column:ods"` // whom they work for
	Themes          string    // codes, with spaces between
	Capacity        int       // most reviews in the round
	TermsAcceptedAt *time.Time
	InvitedAt       *time.Time
	InvitationEnds  *time.Time
	Answer          string // Accepted, Refused or empty
	AnsweredAt      *time.Time
	AnswerNote      string
	Away            List[Away]
	Wish            *int   // most reviews that they would like to do themselves
	Training        string // what the fund manager noted of it
	TrainedOn       string
	AddedAt         time.Time
	Version         int
}

// Expert reports whether a theme is among those that the reviewer knows.
func (r Reviewer) Expert(theme string) bool {
	for t := range strings.FieldsSeq(r.Themes) {
		if t == theme {
			return true
		}
	}
	return false
}

// State is where an assignment stands.
type State string

// The states.
const (
	Standing State = "standing" // the review is to be written
	Done     State = "done"     // the review was submitted
	Declined State = "declined"
	Struck   State = "struck" // because of a conflict
	Replaced State = "replaced"
)

// Assignment is one application given to one reviewer.
type Assignment struct {
	ID            ident.Assignment
	ApplicationID ident.Application
	Person        ident.Person
	Kind          string
	State         State
	Reason        Reason
	Note          string
	DueAt         time.Time
	AssignedBy    ident.Person
	AssignedAt    time.Time
	StateAt       time.Time
	Version       int
}

// Stands reports whether the assignment counts: its review is written or to be written.
func (a Assignment) Stands() bool { return a.State == Standing || a.State == Done }

// Reason is why somebody declines.
type Reason string

// The reasons.
const (
	HasConflict Reason = "conflict"
	NotMyArea   Reason = "not_my_area"
	TooMany     Reason = "too_many"
)

// Reasons are the reasons with their labels, in the order in which they are offered.
func Reasons() []struct {
	Reason Reason
	Label  string
} {
	return []struct {
		Reason Reason
		Label  string
	}{{NotMyArea, "It is not my area"}, {TooMany, "I have too many reviews"}, {HasConflict, "I have a conflict of interest"}}
}

// Plan is a proposal of who reviews what in a call.
type Plan struct {
	ID         string
	CallID     ident.Call
	State      string
	Problem    string // as it was given to assign, in JSON
	Result     string // as assign answered
	Pairs      List[Pair]
	Changes    List[Change]
	ProposedBy ident.Person
	ProposedAt time.Time
	ApprovedBy *ident.Person
	ApprovedAt *time.Time
	Version    int
}

// TableName is the table of plans.
func (Plan) TableName() string { return "assignment_plans" }

const (
	proposed = "proposed"
	approved = "approved"
	replaced = "replaced"
)

// Pair is an application and a reviewer of it.
type Pair struct {
	Ref    ident.Ref    `json:"application"`
	Person ident.Person `json:"reviewer"`
	Kind   string       `json:"kind"`
}

// Change is one that was made to a plan by hand.
type Change struct {
	Ref    ident.Ref    `json:"application"`
	Kind   string       `json:"kind"`
	Out    ident.Person `json:"out,omitempty"`
	In     ident.Person `json:"in,omitempty"`
	Reason string       `json:"reason"`
	By     ident.Person `json:"by"`
	At     time.Time    `json:"at"`
}

// List is a list kept as JSON in a column of text.
type List[T any] []T

// Scan reads the list from the database.
func (l *List[T]) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("assignment: a list is %T, not text", value)
	}
	if err := json.Unmarshal([]byte(text), l); err != nil {
		return fmt.Errorf("assignment: reading a list: %w", err)
	}
	return nil
}

// Value writes the list to the database.
func (l List[T]) Value() (driver.Value, error) {
	if l == nil {
		return "[]", nil
	}
	text, err := json.Marshal([]T(l))
	if err != nil {
		return nil, fmt.Errorf("assignment: writing a list: %w", err)
	}
	return string(text), nil
}
