// Package review is what reviewers and others judge of applications: drafts, submitted reviews and their versions, the scores that
// stand, the closing of an assessment, moderation and consensus.
//
// It owns reviews and scores. It leaves the arithmetic of totals to rubric, who reviews what to assignment, conflicts to interest, and
// what is done with totals to ranking and allocation.
package review

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/rubric"
)

// State is where a review stands.
type State string

// The states.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Struck    State = "struck" // because of a conflict: kept, and counted nowhere
)

// Review is one reviewer's judgement of one application.
type Review struct {
	ID            ident.Review
	AssignmentID  ident.Assignment
	ApplicationID ident.Application
	Person        ident.Person
	Kind          string
	State         State
	Marks         Marks
	Comments      string // to the panel
	Feedback      string // to the applicant
	SavedAt       time.Time
	SubmittedAt   *time.Time
	TypingSince   *time.Time // when the event was recorded that what is being typed belongs to
	Version       int
}

// Given is what was typed for a part: 0 to 5, not_applicable or abstain, and the reason.
type Given struct {
	Mark   string `json:"mark,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// blank reports whether nothing was typed.
func (g Given) blank() bool { return g.Mark == "" && g.Reason == "" }

// read understands what was typed for a mark.
func (g Given) read() (rubric.Mark, *int, bool) {
	switch g.Mark {
	case string(rubric.NotApplicable), string(rubric.Abstained):
		return rubric.Mark(g.Mark), nil, true
	}
	n, err := strconv.Atoi(g.Mark)
	if err != nil || len(g.Mark) != 1 || n < 0 || n > rubric.Highest {
		return "", nil, false
	}
	return rubric.Scored, &n, true
}

// Label is the mark as people read it.
func (g Given) Label() string {
	switch g.Mark {
	case string(rubric.NotApplicable):
		return "Not applicable"
	case string(rubric.Abstained):
		return "Abstained"
	case "":
		return "No score yet"
	default:
		return "Score " + g.Mark
	}
}

// Marks are what was typed, by part.
type Marks map[rubric.Code]Given

// Scan reads the marks from the database.
func (m *Marks) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("review: marks are %T, not text", value)
	}
	if err := json.Unmarshal([]byte(text), m); err != nil {
		return fmt.Errorf("review: reading marks: %w", err)
	}
	return nil
}

// Value writes the marks to the database.
func (m Marks) Value() (driver.Value, error) {
	if m == nil {
		m = Marks{}
	}
	text, err := json.Marshal(map[rubric.Code]Given(m))
	if err != nil {
		return nil, fmt.Errorf("review: writing marks: %w", err)
	}
	return string(text), nil
}

// Source says from whom a score is.
type Source string

// The sources.
const (
	ByReviewer  Source = "reviewer"
	ByOfficer   Source = "officer"   // FU1
	ByAssessor  Source = "assessor"  // DT1
	ByConsensus Source = "consensus" // recorded by the chair: it is the part's score
)

// ScoreState is where a score stands.
type ScoreState string

// The states of scores.
const (
	ScoreProposed ScoreState = "proposed" // waits for a second person
	ScoreStands   ScoreState = "standing"
	ScoreReplaced ScoreState = "replaced"
	ScoreStruck   ScoreState = "struck"
)

// Score is one that was given. It is protected: each change is an event that carries its digest.
type Score struct {
	ID            string
	ApplicationID ident.Application
	Part          rubric.Code
	Kind          string // of the reviewer
	Person        ident.Person
	ReviewID      *ident.Review
	Value         *int // nil where there is none
	Mark          rubric.Mark
	Reason        string
	Source        Source
	State         ScoreState
	ConfirmedBy   *ident.Person
	ConfirmedAt   *time.Time
	At            time.Time
}

// sum is the score as rubric adds it up.
func (s Score) sum() rubric.Score {
	r := rubric.Score{Part: s.Part, Mark: s.Mark, Consensus: s.Source == ByConsensus}
	if s.Value != nil {
		r.Value = *s.Value
	}
	return r
}

// Label is the score as people read it.
func (s Score) Label() string {
	switch {
	case s.Mark == rubric.NotApplicable:
		return "Not applicable"
	case s.Mark == rubric.Abstained:
		return "Abstained"
	case s.Value == nil:
		return ""
	default:
		return strconv.Itoa(*s.Value)
	}
}
