// Package letter is what an applicant is told of a decision: the templates that a round sets, the letters made from them, and their
// corrections.
//
// It owns the words. Until the release a letter is made anew each time that it is looked at, so that it says what the fund would say
// today; at the release it is kept, with the version of the template that it was made from. It leaves to decision what was decided and
// when it is told.
package letter

import (
	"time"

	"adoptionfund/internal/ident"
)

// Kind is which of the three letters on a decision it is. The values are those of decision.Outcome.
type Kind string

// The kinds.
const (
	Successful   Kind = "successful"
	Reserve      Kind = "reserve"
	Unsuccessful Kind = "unsuccessful"
)

// KindInfo describes a kind for people.
type KindInfo struct {
	Kind  Kind
	Label string
}

// Kinds are all kinds, in the order in which pages list them.
func Kinds() []KindInfo {
	return []KindInfo{{Successful, "Successful"}, {Reserve, "Reserve list"}, {Unsuccessful, "Unsuccessful"}}
}

// Known reports whether there is such a kind.
func (k Kind) Known() bool { return k.Label() != "" }

// Label is the kind as people read it; empty for one that does not exist.
func (k Kind) Label() string {
	for _, info := range Kinds() {
		if info.Kind == k {
			return info.Label
		}
	}
	return ""
}

// Template is a version of one of a round's templates. Version 0 is the program's own, which stands until the round sets one.
type Template struct {
	ID      string
	RoundID ident.Round
	Kind    Kind
	Version int
	Subject string
	Body    string
	SavedBy ident.Person
	SavedAt time.Time
}

// TableName is the table of templates.
func (Template) TableName() string { return "letter_templates" }

// Letter is a letter as it was released. It never changes: a correction is a letter of its own with the next number.
type Letter struct {
	ID              string
	ApplicationID   ident.Application
	CallID          ident.Call
	DecisionID      string
	Number          int // 1 is the first letter on the decision
	Kind            Kind
	TemplateVersion int // of its round; 0: the program's own
	Subject         string
	Body            string     // as Doc.Text writes it
	CorrectionID    *string    // the correction that it came from; nil: the release
	WrittenAt       time.Time  // when the applicant could first read it
	ReplacedAt      *time.Time `gorm:"-"` // by the next one; filled where all letters are listed
}

// Doc is the letter's text by its blocks.
func (l Letter) Doc() Doc { return ReadDoc(l.Body) }

// Looked is that somebody looked at a letter before its release, as it then was.
type Looked struct {
	DecisionID string       `gorm:"primaryKey"`
	Person     ident.Person `gorm:"primaryKey"`
	Digest     string       // of what the letter said
	At         time.Time
}

// TableName is the table of who looked at what.
func (Looked) TableName() string { return "letter_looks" }

// Settlement is what became of a correction.
type Settlement string

// The settlements.
const (
	Open     Settlement = ""
	Approved Settlement = "approved"
	Returned Settlement = "returned"
)

// Correction is a new text for a released letter, with its reason, approved by a second person.
type Correction struct {
	ID            string
	LetterID      string // that is corrected
	ApplicationID ident.Application
	Subject       string
	Body          string
	Reason        string // that the applicant reads
	ProposedBy    ident.Person
	ProposedAt    time.Time
	Settled       Settlement
	Note          string // of who returned it
	SettledBy     *ident.Person
	SettledAt     *time.Time
	Version       int
}

// TableName is the table of corrections.
func (Correction) TableName() string { return "letter_corrections" }

// Doc is the corrected text by its blocks.
func (c Correction) Doc() Doc { return ReadDoc(c.Body) }
