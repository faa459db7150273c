package testkit

import (
	"fmt"
	"slices"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Panel is a world in which a call is assessed: the services of the review side and the people who work there. All are invented.
type Panel struct {
	*World

	Rubrics     *rubric.Library
	Interests   *interest.Service
	Assignments *assignment.Service
	Reviews     *review.Service
	Letters     *letter.Service
	Status      status.Status // the provisional DTAC status of every application
}

// The people of a Panel, besides its reviewers.
const (
	Manager  = "manager"
	Chair    = "chair"
	Deputy   = "deputy"
	Officer1 = "officer1"
	Officer2 = "officer2"
	Assessor = "assessor"
	Auditor  = "auditor"
)

// Panel makes a panel for the open call. It has two reviewers of each kind, who work for other organisations than the applicant.
func (w *World) Panel() *Panel {
	w.tb.Helper()
	p := &Panel{World: w, Status: "compliant"}
	var err error
	p.Rubrics, err = rubric.NewLibrary(configs.FS)
	w.no(err)
	p.Interests = interest.NewService(w.Gate, w.Library, interest.Reviews{Employers: assignment.Employers, Strike: review.Strike})
	p.Assignments = assignment.NewService(w.Gate, w.Library, w.People)
	p.Reviews = review.NewService(w.Gate, w.Library, p.Rubrics, func(*work.Tx, ident.Application) (status.Status, error) { return p.Status, nil })
	p.Letters = letter.NewService(w.Gate, p.Reviews, letter.Sender{Service: "Adoption Fund", Contact: "fund@example.org", Public: "http://fund.example"})
	c := w.OpenCall()
	round := access.Scope{Round: c.RoundID}
	for email, role := range map[string]string{Manager: "administrator", Auditor: "auditor"} {
		w.Person(email, role, round)
	}
	for email, role := range map[string]string{Chair: "panel_chair", Deputy: "panel_member", Officer1: "screening_officer", Officer2: "screening_officer", Assessor: "dtac_assessor"} {
		w.Person(email, role, c.Scope())
	}
	for i, kind := range []string{"clinical", "technical", "ppv", "clinical", "technical", "ppv"} {
		p.Reviewer(fmt.Sprintf("%s%d", kind, i/3+1), assignment.Newcomer{Kind: kind, ODS: "RX1", Themes: []string{"CAR"}, Capacity: 10})
	}
	return p
}

// Reviewer makes somebody a reviewer in the round, with an account.
func (p *Panel) Reviewer(name string, n assignment.Newcomer) ident.Person {
	p.tb.Helper()
	who := p.Person(name, "", access.Scope{})
	n.Email, n.Name = who.Email, who.Name
	p.no(p.Assignments.Register(p.Operator(), "AF26", []assignment.Newcomer{n}))
	return who.ID
}

// CallRef is the reference of the call that the panel assesses.
func (p *Panel) CallRef() ident.CallRef { return p.Round().Calls[0].Ref }

// Eligible gives as many eligible applications of the call, which is closed then.
func (p *Panel) Eligible(n int) []*application.Application {
	p.tb.Helper()
	refs := make([]ident.Ref, n)
	for i := range refs {
		refs[i] = p.Submitted(fmt.Sprintf("Invented project %d", i+1)).Ref
	}
	p.Closed()
	apps := make([]*application.Application, n)
	for i, ref := range refs {
		p.Write(p.As(Officer1), func(tx *work.Tx) error {
			a, err := application.ByRef(tx, ref)
			if err != nil {
				return err
			}
			return application.Move(tx, a, workflow.Pass, work.Guards{
				workflow.AllCriteriaPass: work.Holds(true), workflow.NoQuestionOpen: work.Holds(true),
			}, nil)
		})
		apps[i] = p.Application(ref)
	}
	return apps
}

// Assess gives as many applications in assessment, each with three reviewers.
func (p *Panel) Assess(n int) []*application.Application {
	p.tb.Helper()
	apps := p.Eligible(n)
	p.no(p.Assignments.Propose(p.As(Manager), p.CallRef()))
	view, err := p.Assignments.View(p.As(Chair), p.CallRef())
	p.no(err)
	_, err = p.Assignments.Approve(p.As(Chair), p.CallRef(), view.Plan.Version)
	p.no(err)
	for i := range apps {
		apps[i] = p.Application(apps[i].Ref)
	}
	return apps
}

// Reviewers gives the names of an application's assigned reviewers by kind, as they stand in As.
func (p *Panel) Reviewers(a *application.Application) map[string]string {
	p.tb.Helper()
	names := map[string]string{}
	p.Read(func(tx *work.Tx) error {
		rows, err := assignment.Of(tx, a.ID)
		for _, row := range rows {
			if row.Stands() {
				names[row.Kind] = p.name(row.Person)
			}
		}
		return err
	})
	return names
}

// name gives the address of a person.
func (p *Panel) name(id ident.Person) string {
	var email string
	p.no(p.DB.Read.Raw("SELECT email FROM persons WHERE id = ?", id).Scan(&email).Error)
	return email
}

// Declared lets a reviewer accept the terms and declare that they have no interest.
func (p *Panel) Declared(reviewer string, a *application.Application) {
	p.tb.Helper()
	p.no(p.Reviews.AcceptTerms(p.As(reviewer), a.Ref))
	outcome, err := p.Interests.Declare(p.As(reviewer), a.Ref, interest.Declaration{Kind: interest.None})
	p.no(err)
	if outcome != interest.Free {
		p.tb.Fatalf("the declaration led to %s", outcome)
	}
}

// Marks gives every part of a kind of reviewer one mark, with a reason.
func (p *Panel) Marks(kind, mark string) review.Marks {
	p.tb.Helper()
	r, err := p.Rubrics.Rubric("default-1")
	p.no(err)
	marks := review.Marks{}
	for _, part := range r.For(rubric.Kind(kind)) {
		marks[part.Code] = review.Given{Mark: mark, Reason: "The invented reason for this mark of " + string(part.Code)}
	}
	return marks
}

// Reviewed lets every reviewer of an application declare no interest and send a review with one mark, by kind.
func (p *Panel) Reviewed(a *application.Application, marks map[string]string) {
	p.tb.Helper()
	for kind, reviewer := range p.Reviewers(a) {
		p.Declared(reviewer, a)
		_, err := p.Reviews.Submit(p.As(reviewer), a.Ref, review.Typed{Marks: p.Marks(kind, marks[kind]), Comments: "To the panel", Feedback: "To the applicant"})
		p.no(err)
	}
}

// Scored lets the officers and the assessor score what is theirs: FU1 and DT1.
func (p *Panel) Scored(a *application.Application) {
	p.tb.Helper()
	reason := "Nothing was found that funds it"
	p.no(p.Reviews.ProposeFU1(p.As(Officer1), a.Ref, review.Given{Mark: "4", Reason: reason}))
	p.no(p.Reviews.ConfirmFU1(p.As(Officer2), a.Ref))
	p.no(p.Reviews.ScoreDT1(p.As(Assessor), a.Ref, review.Given{Mark: "5", Reason: "The provisional status is compliant"}))
}

// Assessed gives as many assessed applications, each with every score of every reviewer the same.
func (p *Panel) Assessed(n int, mark string) []*application.Application {
	p.tb.Helper()
	apps := p.Assess(n)
	for i, a := range apps {
		p.Reviewed(a, map[string]string{"clinical": mark, "technical": mark, "ppv": mark})
		p.Scored(a)
		p.no(p.Reviews.CloseAssessment(p.As(Chair), a.Ref))
		apps[i] = p.Application(a.Ref)
	}
	return apps
}

// Totals gives the totals of the call.
func (p *Panel) Totals() map[ident.Application]review.Totals {
	p.tb.Helper()
	var totals map[ident.Application]review.Totals
	p.Read(func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, p.CallRef())
		if err == nil {
			totals, err = p.Reviews.Totals(tx, c)
		}
		return err
	})
	return totals
}

// Told reports whether somebody was sent a mail of a kind.
func (p *Panel) Told(name string, kind notify.Kind) bool {
	p.tb.Helper()
	return slices.ContainsFunc(p.Mails(name), func(m notify.Mail) bool { return m.Kind == kind })
}

// Days moves the clock on by days.
func (p *Panel) Days(n int) { p.Clock.Add(time.Duration(n) * 24 * time.Hour) }
