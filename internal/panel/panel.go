// Package panel is the meetings of a call's panel: planned with an agenda that keeps recusals together, held with attendance and a quorum by
// kind, decided item by item, and minuted.
//
// It owns meetings and their minutes. It leaves scores and consensus to review, who is recused to interest, and the proposal to allocation:
// what a meeting recommends is minuted and moves no money.
package panel

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/workflow"
)

// Meeting is one meeting of a panel.
type Meeting struct {
	ID        string
	CallID    ident.Call
	Title     string
	StartsAt  time.Time
	Place     string // or the address of a video call
	Notes     string // for those who come
	PlannedBy ident.Person
	PlannedAt time.Time
	StartedAt *time.Time
	EndedAt   *time.Time
	SignedAt  *time.Time // when the last section of its minutes was signed
	Digest    string     // of the minutes that were signed
	Version   int

	call *fund.Call
}

// Facts is what a permission may look at.
func (m *Meeting) Facts() access.Facts { return m.call.Facts() }

// Call is the call whose panel meets.
func (m *Meeting) Call() *fund.Call { return m.call }

// Stage is how far a meeting is.
type Stage string

// The stages.
const (
	Planned Stage = "planned"
	Running Stage = "running"
	Ended   Stage = "ended"
	Signed  Stage = "signed"
)

// Stage follows from what was recorded.
func (m *Meeting) Stage() Stage {
	switch {
	case m.SignedAt != nil:
		return Signed
	case m.EndedAt != nil:
		return Ended
	case m.StartedAt != nil:
		return Running
	}
	return Planned
}

// Member is somebody who belongs to a meeting.
type Member struct {
	ID          string
	MeetingID   string
	Person      ident.Person
	Kind        string // as which they count towards the quorum; empty: as none
	ApologiesAt *time.Time
	Apologies   string
}

// TableName is the table of members.
func (Member) TableName() string { return "meeting_members" }

// Presence is a stretch of time for which somebody was there.
type Presence struct {
	ID        string
	MeetingID string
	Person    ident.Person
	JoinedAt  time.Time
	LeftAt    *time.Time
}

// TableName is the table of attendance.
func (Presence) TableName() string { return "meeting_presence" }

// Declaration is what somebody declared at a meeting.
type Declaration struct {
	ID            string
	MeetingID     string
	Person        ident.Person
	ApplicationID *ident.Application // nil: in general
	Statement     string
	At            time.Time
}

// TableName is the table of declarations.
func (Declaration) TableName() string { return "meeting_declarations" }

// Item is an application on the agenda.
type Item struct {
	ID            string
	MeetingID     string
	ApplicationID ident.Application
	Position      int
	OpenedAt      *time.Time
	ClosedAt      *time.Time
	Outcome       Outcome
	Note          string
	LedBy         *ident.Person
	RecordedBy    *ident.Person
	Present       People // as the decision was recorded
	SteppedOut    People // members who were there and left for it
	Version       int
}

// TableName is the table of the agenda.
func (Item) TableName() string { return "meeting_items" }

// Open reports whether the item is under discussion.
func (i *Item) Open() bool { return i.OpenedAt != nil && i.ClosedAt == nil }

// People are people in one column.
type People []ident.Person

// Scan reads people from the database.
func (p *People) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("panel: people are %T, not text", value)
	}
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return fmt.Errorf("panel: reading people: %w", err)
	}
	return nil
}

// Value writes people to the database.
func (p People) Value() (driver.Value, error) {
	text, err := json.Marshal(append([]ident.Person{}, p...))
	if err != nil {
		return nil, fmt.Errorf("panel: writing people: %w", err)
	}
	return string(text), nil
}

// Section is a part of the minutes. It is protected: each change is an event that carries its digest.
type Section struct {
	ID            string
	MeetingID     string
	Position      int
	ApplicationID *ident.Application
	Heading       string
	Text          string
	EditedBy      ident.Person
	EditedAt      time.Time
	SignedBy      *ident.Person
	SignedAt      *time.Time
	Version       int
}

// TableName is the table of minutes.
func (Section) TableName() string { return "meeting_minutes" }

// Outcome is what a meeting decided of an application.
type Outcome string

// The outcomes.
const (
	Recommended        Outcome = "recommend"
	RecommendedAgainst Outcome = "recommend_against"
	ScoresSettled      Outcome = "settled"
	BandDiscussed      Outcome = "discussed"
	Deferred           Outcome = "deferred"
)

// OutcomeInfo is an outcome with its words, and where it can be recorded.
type OutcomeInfo struct {
	Outcome   Outcome
	Label     string
	Hint      string
	NeedsNote bool
	states    []workflow.ApplicationState
	needs     func(review.Totals) bool
}

// Outcomes is the catalogue of what a meeting can decide, in the order in which it is offered. A recommendation is for an application whose
// scores stand; before that they are settled, in moderation.
func Outcomes() []OutcomeInfo {
	assessed := []workflow.ApplicationState{workflow.Assessed}
	consensus := func(t review.Totals) bool {
		for _, p := range t.Parts {
			if p.Consensus {
				return true
			}
		}
		return false
	}
	return []OutcomeInfo{
		{Recommended, "Recommend for funding", "The proposal follows the published method; the recommendation is minuted", false, assessed, nil},
		{RecommendedAgainst, "Recommend against funding", "Needs the reason", true, assessed, nil},
		{ScoresSettled, "Scores settled by consensus", "The consensus is recorded under moderation", false, assessed, consensus},
		{BandDiscussed, "Discussed near the funding line", "Say what was discussed", true, []workflow.ApplicationState{workflow.Moderation, workflow.Assessed}, nil},
		{Deferred, "Deferred", "Needs the reason, and until when", true, nil, nil},
	}
}

// Label is the outcome in words.
func (o Outcome) Label() string {
	for _, info := range Outcomes() {
		if info.Outcome == o {
			return info.Label
		}
	}
	return ""
}

// allowed are the outcomes that an application in a state can have.
func allowed(state workflow.ApplicationState, t review.Totals) []OutcomeInfo {
	return slices.DeleteFunc(Outcomes(), func(info OutcomeInfo) bool {
		return info.states != nil && !slices.Contains(info.states, state) || info.needs != nil && !info.needs(t)
	})
}
