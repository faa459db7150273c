// Package allocation is the trial of allocations and the proposal: scenarios computed by solve from the scores of a call, and the one
// that the chair puts forward, frozen with what it rests on.
//
// It leaves the arithmetic to solve, the scores to review, and whether a proposal is approved to decision.
package allocation

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// Scenario is an allocation being tried. It never changes.
type Scenario struct {
	ID              ident.Scenario
	CallID          ident.Call
	Name            string
	PublishedMethod bool   // computed by the method that the call published
	Problem         string // JSON of solve.Problem
	Result          string // JSON of solve.Result
	Fingerprint     string // of the scores and requests that it rests on
	MadeBy          ident.Person
	MadeAt          time.Time
}

// Solved gives the problem and the result of the scenario.
func (s *Scenario) Solved() (solve.Problem, solve.Result, error) {
	var p solve.Problem
	var r solve.Result
	if err := json.Unmarshal([]byte(s.Problem), &p); err != nil {
		return p, r, fmt.Errorf("reading scenario %s: %w", s.ID, err)
	}
	if err := json.Unmarshal([]byte(s.Result), &r); err != nil {
		return p, r, fmt.Errorf("reading scenario %s: %w", s.ID, err)
	}
	return p, r, nil
}

// ProposalState is where a proposal stands.
type ProposalState string

// The states of a proposal.
const (
	Made     ProposalState = "made"
	Approved ProposalState = "approved"
	Returned ProposalState = "returned"
	Void     ProposalState = "void"
	Released ProposalState = "released"
)

// Label is the state as people read it.
func (s ProposalState) Label() string {
	return map[ProposalState]string{Made: "Waits for approval", Approved: "Approved, held until the release", Returned: "Returned", Void: "Void", Released: "Released"}[s]
}

// Proposal is a scenario put forward.
type Proposal struct {
	ID         ident.Proposal
	CallID     ident.Call
	ScenarioID ident.Scenario
	Number     int // within the call
	State      ProposalState
	Total      money.Pence
	Note       string // the chair's
	MadeBy     ident.Person
	MadeAt     time.Time
	VoidWhy    string // what it rested on and no longer does; empty: it is not void
	Version    int

	call    *fund.Call
	recused []ident.Person   // who may not decide on it
	named   []access.Subject // the products that its applications name: who assessed one does not decide either
}

// Call is the call that the proposal is for.
func (p *Proposal) Call() *fund.Call { return p.call }

// Waits reports whether there is a proposal, and it waits for its decision or, approved, for its release.
func (p *Proposal) Waits() bool { return p != nil && (p.State == Made || p.State == Approved) }

// Later reports whether it was made after the first decisions of its call were released: what is promised to others stands, and its release is
// one of its own.
func (p *Proposal) Later() bool {
	return p.call.ReleasedAt != nil && !p.MadeAt.Before(*p.call.ReleasedAt)
}

// Facts is what a permission may look at. Whoever is recused from an application in it, or conflicted, is recused from the proposal: another
// approver takes it.
func (p *Proposal) Facts() access.Facts {
	f := p.call.Facts()
	f.Subjects = slices.Concat(f.Subjects, []access.Subject{access.ForProposal(p.ID)}, p.named)
	f.Recused = p.recused
	return f
}

// Outcome is what a proposal says of an application.
type Outcome string

// The outcomes.
const (
	Fund    Outcome = "fund"
	Reserve Outcome = "reserve"
	NotFund Outcome = "not_fund"
)

// Line is one application in a proposal.
type Line struct {
	ProposalID    ident.Proposal
	ApplicationID ident.Application
	Outcome       Outcome
	Amount        money.Pence
	Place         int
	Score         float64
	DTACStatus    string `gorm:"column:dtac_status"`
	Reason        string
	DroppedAt     *time.Time // it was withdrawn, or excepted, after the proposal was made
}

// TableName is the table of lines.
func (Line) TableName() string { return "proposal_lines" }
