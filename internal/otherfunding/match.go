package otherfunding

import (
	"encoding/json"
	"fmt"
	"time"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/matching"
	"adoptionfund/internal/money"
	"adoptionfund/internal/workflow"
)

// Conclusion is what an officer concluded of a match.
type Conclusion string

// The conclusions.
const (
	Same      Conclusion = "same"
	Partly    Conclusion = "partly"
	Different Conclusion = "different"
)

// Conclusions are all conclusions.
func Conclusions() []Conclusion { return []Conclusion{Same, Partly, Different} }

// Label is the conclusion as people read it.
func (c Conclusion) Label() string {
	return map[Conclusion]string{Same: "The same", Partly: "Partly the same", Different: "Different"}[c]
}

// Settlement is what an officer concluded of a match, and why. It never changes; a later one stands in its place.
type Settlement struct {
	ID            string
	ApplicationID ident.Application
	Identity      string
	Source        Source
	OtherID       *ident.Application
	About         string // the match as it was, JSON
	Conclusion    Conclusion
	Reason        string
	Person        ident.Person
	SettledAt     time.Time
	Standing      bool
}

// TableName is the table of conclusions.
func (Settlement) TableName() string { return "other_funding_settlements" }

// Found is a match as a search found it and as it is kept.
type Found struct {
	ApplicationID ident.Application  `json:"-"`
	Identity      string             `json:"identity"`
	Source        Source             `json:"source"`
	OtherID       *ident.Application `json:"other_id,omitempty"`
	List          string             `json:"list"`
	Line          int64              `json:"line"`
	Title         string             `json:"title"`
	Organisation  string             `json:"organisation"`
	Product       string             `json:"product"`
	Funder        string             `json:"funder"`
	Amount        money.Pence        `json:"amount"`
	Currency      string             `json:"currency"`
	FromDay       string             `json:"from"`
	ToDay         string             `json:"to"`
	Strength      int                `json:"strength"`
	Reasons       string             `json:"reasons"` // JSON
}

// TableName is the table of matches.
func (Found) TableName() string { return "other_funding_matches" }

// found is a record with how it matches.
func (r *Record) found(of ident.Application, m matching.Match) (Found, error) {
	reasons, err := json.Marshal(m.Reasons)
	if err != nil {
		return Found{}, fmt.Errorf("writing why a match is one: %w", err)
	}
	return Found{
		ApplicationID: of, Identity: r.Identity, Source: r.Source, OtherID: r.ApplicationID, List: r.List, Line: r.Line, Title: r.Title, Organisation: r.Organisation,
		Product: r.Product, Funder: r.Funder, Amount: r.Amount, Currency: r.Currency, FromDay: r.FromDay, ToDay: r.ToDay, Strength: m.Strength, Reasons: string(reasons),
	}, nil
}

// Match is other funding that may pay for the same as an application, with why it matches and what was concluded.
type Match struct {
	Found

	Why     []matching.Reason
	Ref     ident.Ref                 // of the other application
	State   workflow.ApplicationState // in which it is
	Awarded *money.Pence              // to the other application; nil: nothing is, or not yet
	MayOpen bool                      // the reader may open the other application's case
	Settled *Settlement               // nil: not settled
	Earlier []Settlement              // what was concluded before, newest first
	Gone    bool                      // it was settled, and the last search did not find it again
}

// read gives the match that was kept.
func (f Found) read() (Match, error) {
	m := Match{Found: f}
	if err := json.Unmarshal([]byte(f.Reasons), &m.Why); err != nil {
		return m, fmt.Errorf("reading why a match is one: %w", err)
	}
	return m, nil
}

// Level is how strong the match is, in a word.
func (m Match) Level() string {
	switch {
	case m.Strength >= matching.Strong:
		return "Strong"
	case m.Strength >= matching.Likely:
		return "Likely"
	}
	return "Weak"
}

// Counts reports whether the match may be double funding: it is strong and not settled, or was settled as the same or partly.
func (m Match) Counts() bool {
	if m.Settled != nil {
		return m.Settled.Conclusion != Different
	}
	return m.Strength >= matching.Strong
}

// Label names the match in a line.
func (m Match) Label() string {
	switch {
	case m.Ref != "":
		return string(m.Ref) + " " + m.Title
	case m.Title == "":
		return m.Funder
	}
	return m.Title
}

// Key names the match on a page.
func (m Match) Key() string { return key(m.Identity) }
