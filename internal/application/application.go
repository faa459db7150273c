// Package application is what an organisation asks the fund for: drafts, the people of an application, answers, signatures,
// submissions and receipts.
//
// It owns the state of an application: Move is the one place where it changes, whichever room asks. It leaves eligibility, review,
// ranking and decisions to the rooms after it in an application's life. It is the worked example that the other rooms imitate.
package application

import (
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/workflow"
)

// Application is one request to one call. What lists and reports need of the answers is kept beside them: title, lead,
// recipient and amounts are those of the latest answers until it is submitted, then of the standing submission.
type Application struct {
	ID           ident.Application
	Ref          ident.Ref
	RoundID      ident.Round
	CallID       ident.Call
	Theme        string
	Title        string
	Lead         ident.ODS
	LeadName     string
	LeadKind     string
	Region       string
	ICS          string `gorm:"column:ics"`
	Recipient    string
	Requested    money.Pence
	Minimum      money.Pence
	State        workflow.ApplicationState
	StateAt      time.Time
	MainContact  ident.Person
	SubmissionID *ident.Submission // the last signed submission, which stands until another replaces it
	SubmittedAt  *time.Time
	Deadline     *time.Time // an extension for this applicant alone
	CreatedAt    time.Time
	Version      int

	call   *fund.Call
	people []Part
	inTime bool
}

// Relation is what somebody has to do with an application.
type Relation string

// The relations. Those from Assigned on are set by the rooms that come after.
const (
	MainContact Relation = "main_contact"
	Contributor Relation = "contributor"
	SRO         Relation = "sro"     // the project's senior responsible officer, who signs
	Finance     Relation = "finance" // the finance lead, who signs
	SRODeputy   Relation = "sro_deputy"
	FinDeputy   Relation = "finance_deputy" // signs for the finance lead, who named them
	Assigned    Relation = "assigned"
	Declared    Relation = "declared" // has declared no barring interest
	Reviewed    Relation = "reviewed" // has sent their own review
	Conflicted  Relation = "conflicted"
	Recused     Relation = "recused"
	Deputy      Relation = "deputy"  // acts for one who is recused
	Officer     Relation = "officer" // has it in screening
)

// Part is a person's relation to an application. Sections limits a contributor to some sections; empty: all.
type Part struct {
	ApplicationID ident.Application
	Person        ident.Person
	Relation      Relation
	Sections      string
	Organisation  ident.ODS // for which a contributor takes part, OtherOrganisation, or empty
	Since         time.Time
}

// TableName is the table of relations.
func (Part) TableName() string { return "application_people" }

// reaches reports whether the part covers a section; "" asks about any.
func (p Part) reaches(section string) bool {
	return p.Sections == "" || section == "" || slices.Contains(strings.Fields(p.Sections), section)
}

// Call is the call in which the application was made.
func (a *Application) Call() *fund.Call { return a.call }

// Facts is what a permission may look at.
func (a *Application) Facts() access.Facts { return a.facts("") }

// facts is what a permission may look at where one section is concerned.
func (a *Application) facts(section string) access.Facts {
	scope := access.Scope{Round: a.RoundID, Call: a.CallID}
	f := access.Facts{
		Scope: scope, Subjects: append(scope.Subjects(), access.ForApplication(a.ID)),
		InTime: a.inTime, Submitted: a.SubmissionID != nil, Released: workflow.Applications().Info(a.State).Released,
	}
	for _, p := range a.people {
		if p.reaches(section) {
			p.Relation.add(&f, p.Person)
		}
	}
	return f
}

// add puts a person into the list of the facts that the relation stands for.
func (r Relation) add(f *access.Facts, person ident.Person) {
	switch r {
	case MainContact:
		f.Owners = append(f.Owners, person)
	case Contributor:
		f.Contributors = append(f.Contributors, person)
	case SRO, Finance, SRODeputy, FinDeputy:
		f.Signatories = append(f.Signatories, person)
	case Assigned:
		f.Assigned = append(f.Assigned, person)
	case Declared:
		f.Declared = append(f.Declared, person)
	case Reviewed:
		f.Reviewed = append(f.Reviewed, person)
	case Conflicted:
		f.Conflicted = append(f.Conflicted, person)
	case Recused:
		f.Recused = append(f.Recused, person)
	case Deputy:
		f.Deputies = append(f.Deputies, person)
	case Officer:
	}
}

// section is a section of an application as a permission looks at it: contributors may be limited to some.
type section struct {
	of   *Application
	code string
}

func (s section) Facts() access.Facts { return s.of.facts(s.code) }

// With gives the people who have a relation to the application.
func (a *Application) With(r Relation) []ident.Person {
	var people []ident.Person
	for _, p := range a.people {
		if p.Relation == r {
			people = append(people, p.Person)
		}
	}
	return people
}

// Bars reports whether a person is recused from the application or conflicted with it: they see one masked line in its place.
func (a *Application) Bars(person ident.Person) bool {
	return slices.Contains(a.With(Recused), person) || slices.Contains(a.With(Conflicted), person)
}

// ReserveEnds is when the place of an application on the reserve list ends: so many days after its release as the call published; false
// where the call set no end.
func (a *Application) ReserveEnds() (time.Time, bool) {
	days := a.call.Settings.Feedback.ReserveDays
	return a.StateAt.AddDate(0, 0, days), days > 0
}

// ClosesAt is the deadline that applies: the call's, or this applicant's extension.
func (a *Application) ClosesAt() time.Time {
	if a.Deadline != nil && a.Deadline.After(a.call.ClosesAt) {
		return *a.Deadline
	}
	return a.call.ClosesAt
}

// Writable reports whether answers can still be changed by their state; the deadline is the policy's matter.
func (a *Application) Writable() bool {
	return a.State == workflow.Draft || a.State == workflow.Submitted
}
