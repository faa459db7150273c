// Package status computes the DTAC status of a product at a version: from the answers, the evidence, what assessors decided and
// the action plan, on a day. The same return gives the same status on the same day, and nothing else can set one.
//
// It owns the rules (asked, evidence that counts, mechanical result, state, status, provisional status, expiry, fund conditions)
// and the reading of a return from a file. Question sets are read by package form; records, pages and the position that the
// fund concludes are left to package product.
package status

import (
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
)

// Return is a completed form with its evidence and what was decided of it.
type Return struct {
	Product     Product
	Answers     form.Answers
	Evidence    []Evidence
	Assessments []Assessment
	Plan        []Planned
	Round       Settings
}

// Product is what the return is about.
type Product struct {
	Name     string
	Version  string
	Supplier string
	// UnaffectedSince are earlier versions whose version-bound evidence still stands.
	UnaffectedSince []string
}

// Evidence is one item of evidence.
type Evidence struct {
	Question       form.Code
	Kind           string
	File           string
	ProductVersion string
	Fields         map[string]string
	Stored         ident.File `json:",omitempty"` // the file itself, where it is held here
}

// Decision is what an assessor decided of a question.
type Decision string

// The decisions.
const (
	DecidedPass         Decision = "pass"
	DecidedFail         Decision = "fail"
	DecidedActionNeeded Decision = "action_needed"
	DecidedWaived       Decision = "waived"
)

// Decisions are all decisions.
func Decisions() []Decision {
	return []Decision{DecidedPass, DecidedFail, DecidedActionNeeded, DecidedWaived}
}

// Assessment is a decision on one question, or the waiver of a whole section.
type Assessment struct {
	Question form.Code
	Result   Decision
	Reason   string
	Action   Action
}

// Action is what is to be done, by whom, by when.
type Action struct {
	What  string
	Owner string
	Due   form.Date
}

// Planned is a row of the applicant's or supplier's own action plan.
type Planned struct {
	Question form.Code
	Action
}

// Settings are what the call asks.
type Settings struct {
	LatestAction form.Date   // no action may be due later; empty: no limit
	NeverDefer   []form.Code // questions that no action can put off
	Require      []form.Code // fund conditions: questions that must pass even where the form does not ask them
	D1Minimum    *float64    // fund condition: least percentage of D1, where the form weighs it
}

// Status is what is computed for a product at a version.
type Status string

// The statuses. Incomplete is only ever provisional, NotAssessed never.
const (
	Compliant    Status = "compliant"
	OnTheWay     Status = "on_the_way"
	NotCompliant Status = "not_compliant"
	NotAssessed  Status = "not_assessed"
	Incomplete   Status = "incomplete"
)

// Label is the status as people read it.
func (s Status) Label() string {
	return map[Status]string{Compliant: "Compliant", OnTheWay: "On the way", NotCompliant: "Not compliant",
		NotAssessed: "Not assessed", Incomplete: "Incomplete"}[s]
}

// Rank orders statuses: compliant above on the way above all others, which are equal.
func (s Status) Rank() int {
	switch s {
	case Compliant:
		return 2
	case OnTheWay:
		return 1
	case NotCompliant, NotAssessed, Incomplete:
	}
	return 0
}

// State is where one question stands.
type State string

// The states.
const (
	Pass           State = "pass"
	Fail           State = "fail"
	ActionNeeded   State = "action_needed"
	Expired        State = "expired"
	Stale          State = "stale"
	Unanswered     State = "unanswered"
	Waived         State = "waived"
	NotAssessedYet State = "not_assessed"
	NotAsked       State = "not_asked"
)

// Label is the state as people read it.
func (s State) Label() string {
	return map[State]string{Pass: "Pass", Fail: "Fail", ActionNeeded: "Action needed", Expired: "Evidence expired",
		Stale: "Evidence out of date", Unanswered: "Not answered", Waived: "Waived", NotAssessedYet: "Not assessed",
		NotAsked: "Not asked"}[s]
}

// Result is the status of a return on a day.
type Result struct {
	Form           string          `json:"form"`
	On             string          `json:"on"`
	Status         Status          `json:"status"`
	Provisional    Status          `json:"provisional"`
	Expires        *string         `json:"expires"`
	D1Percent      *float64        `json:"d1_percent"`
	FundConditions []FundCondition `json:"fund_conditions"`
	Items          []Item          `json:"items"`
}

// FundCondition is what the call asks beyond DTAC, and whether it is met. It never changes the status.
type FundCondition struct {
	Code form.Code `json:"code"`
	Met  bool      `json:"met"`
}

// Item is where one pass-or-fail question stands, and why.
type Item struct {
	Question form.Code `json:"question"`
	Section  form.Code `json:"section"`
	State    State     `json:"state"`
	Reason   string    `json:"reason"`
	// Mechanical is what answers and evidence give by themselves; NotAsked for a question that is not asked.
	Mechanical State `json:"-"`
}

// ExpiresOn is the first day on which the status will be lower; empty if none is foreseen.
func (r Result) ExpiresOn() form.Date {
	if r.Expires == nil {
		return ""
	}
	return form.Date(*r.Expires)
}

// Item finds where a question stands.
func (r Result) Item(code form.Code) (Item, bool) {
	for _, i := range r.Items {
		if i.Question == code {
			return i, true
		}
	}
	return Item{}, false
}

// Section is the items of one section with where it stands as a whole.
type Section struct {
	Code  form.Code
	State State
	Items []Item
}

// BySection groups the items in the order of the form. A section stands where the worst of its asked questions stands.
func (r Result) BySection() []Section {
	var sections []Section
	for _, i := range r.Items {
		if n := len(sections); n == 0 || sections[n-1].Code != i.Section {
			sections = append(sections, Section{Code: i.Section, State: NotAsked})
		}
		s := &sections[len(sections)-1]
		s.Items = append(s.Items, i)
		if gravity(i.State) > gravity(s.State) {
			s.State = i.State
		}
	}
	return sections
}

// gravity orders states from what is no concern to what is most.
func gravity(s State) int {
	order := []State{NotAsked, Waived, Pass, ActionNeeded, NotAssessedYet, Unanswered, Stale, Expired, Fail}
	for i, o := range order {
		if o == s {
			return i
		}
	}
	return 0
}
