// Package eligibility is the check of the four criteria: what the rules find, what officers decide and why, questions to the
// applicant, and the proposal that an application is ineligible with its second person.
//
// Rules never decide: package rules finds, an officer decides each criterion with a reason, and a decision that was made stays, with
// a later one in its place. It leaves the state of the application to application.Move, the products and their DTAC status to product,
// and the score FU1 to review.
package eligibility

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/workflow"
)

// Decision is what an officer decides of a criterion.
type Decision string

// The decisions.
const (
	Pass    Decision = "pass"
	Fail    Decision = "fail"
	Clarify Decision = "clarify"
)

// Decisions are all decisions.
func Decisions() []Decision { return []Decision{Pass, Fail, Clarify} }

// Label is the decision as people read it.
func (d Decision) Label() string {
	return map[Decision]string{Pass: "Pass", Fail: "Fail", Clarify: "To be clarified"}[d]
}

// Finding is what an officer decided of a criterion, and why. It never changes; a later one stands in its place.
type Finding struct {
	ID            string
	ApplicationID ident.Application
	SubmissionID  ident.Submission
	Criterion     string
	Decision      Decision
	Reason        string
	Rules         string // codes of the rules that had found something
	Person        ident.Person
	FoundAt       time.Time
	Standing      bool
}

// Verdict is a decision on one criterion with its reason, as an officer gives it.
type Verdict struct {
	Criterion string
	Decision  Decision
	Reason    string
}

// check tidies verdicts and says what is wrong with them, by the names of the inputs.
func check(verdicts []Verdict) ([]Verdict, error) {
	problems := fault.Problems{}
	tidy := slices.Clone(verdicts)
	for i := range tidy {
		v := &tidy[i]
		v.Reason = strings.TrimSpace(v.Reason)
		switch {
		case !slices.Contains(rules.Criteria(), v.Criterion):
			return nil, fault.New(fault.Invalid, "There is no criterion %q", v.Criterion)
		case !slices.Contains(Decisions(), v.Decision):
			problems[v.Criterion] = "Select what you decide of " + rules.CriterionTitle(v.Criterion)
		case v.Reason == "":
			problems[v.Criterion+"-reason"] = "Enter the reason for your decision on " + rules.CriterionTitle(v.Criterion)
		case form.Characters(v.Reason) > 4000:
			problems[v.Criterion+"-reason"] = fmt.Sprintf("The reason for your decision on %s must be 4,000 characters or fewer", rules.CriterionTitle(v.Criterion))
		}
	}
	return tidy, fault.Fields(problems)
}

// Clarification is a question to the applicant.
type Clarification struct {
	ID            string
	ApplicationID ident.Application
	Turn          int
	Question      form.Code // that it is about; may be empty
	Body          string
	DueAt         time.Time
	AskedBy       ident.Person
	AskedAt       time.Time
	Answer        string
	AnsweredBy    *ident.Person
	AnsweredAt    *time.Time
	OverdueAt     *time.Time
}

// IsOpen reports whether an answer is still waited for.
func (c Clarification) IsOpen() bool { return c.AnsweredAt == nil && c.OverdueAt == nil }

// Question is something to ask the applicant.
type Question struct {
	Code form.Code // of the question of the form that it is about; may be empty
	Text string
}

// Reopening is a proposal to look at an application's eligibility again.
type Reopening struct {
	ID            string
	ApplicationID ident.Application
	Reason        string
	ProposedBy    ident.Person
	ProposedAt    time.Time
	ConfirmedBy   *ident.Person
	ConfirmedAt   *time.Time
}

// Note is what one officer says to the others of a case.
type Note struct {
	ID            string
	ApplicationID ident.Application
	Body          string
	Person        ident.Person
	NotedAt       time.Time
}

// TableName is the table of notes.
func (Note) TableName() string { return "screening_notes" }

// Before is another application of the same organisation or product, to have at hand.
type Before struct {
	Ref         ident.Ref
	Title       string
	LeadName    string
	State       workflow.ApplicationState
	Requested   money.Pence
	SubmittedAt *time.Time
	SameLead    bool
	SameProduct bool
}

// passed reports whether all four criteria stand as passed for a submission.
func passed(stand []Finding, sub ident.Submission) bool {
	return !slices.ContainsFunc(rules.Criteria(), func(c string) bool { return decided(stand, sub, c) != Pass })
}

// failed reports whether a criterion stands as failed for a submission.
func failed(stand []Finding, sub ident.Submission) bool {
	return slices.ContainsFunc(rules.Criteria(), func(c string) bool { return decided(stand, sub, c) == Fail })
}

// decided is what stands of a criterion for a submission, or "".
func decided(stand []Finding, sub ident.Submission, criterion string) Decision {
	i := slices.IndexFunc(stand, func(f Finding) bool { return f.Criterion == criterion && f.Standing && f.SubmissionID == sub })
	if i < 0 {
		return ""
	}
	return stand[i].Decision
}
