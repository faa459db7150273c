package panel

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/site/public"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// waiting is a kind of work on the applications of a call: who may do it, which states wait for it, and where it is done.
type waiting struct {
	action access.Action
	states []workflow.ApplicationState
	words  string                   // with the number
	href   string                   // with the call
	only   func(fund.Settings) bool // calls in which it is done; nil: all
}

// address is the page of a call on which the work is done.
func (w waiting) address(call ident.CallRef) string {
	return strings.ReplaceAll(w.href, "%s", string(call))
}

// count is how many applications of a call wait for the work.
func (w waiting) count(c *fund.Call, states map[workflow.ApplicationState]int) int {
	n := 0
	if w.only != nil && !w.only(c.Settings) {
		return n
	}
	for _, s := range w.states {
		n += states[s]
	}
	return n
}

// desk is the catalogue of what applications wait for, in the order of their life.
func desk() []waiting {
	return []waiting{
		{access.RecordFinding, []workflow.ApplicationState{workflow.Screening}, "%d applications wait for the eligibility check", "/screening", nil},
		{access.ConfirmIneligible, []workflow.ApplicationState{workflow.IneligibleProposed}, "%d proposals of ineligibility wait for a second officer", "/screening", nil},
		{access.ScoreDT1, []workflow.ApplicationState{workflow.Eligible}, "%d eligible applications: DTAC is scored before their assessment ends", "/dtac", nil},
		{access.ProposeShortlist, []workflow.ApplicationState{workflow.Eligible}, "%d eligible applications: propose who is not shortlisted", "/panel/%s/shortlist", shortlists},
		{access.ConfirmShortlist, []workflow.ApplicationState{workflow.Eligible}, "%d eligible applications: look at the shortlist", "/panel/%s/shortlist", shortlists},
		{access.ProposeAssignment, []workflow.ApplicationState{workflow.Eligible}, "%d eligible applications wait for reviewers", "/panel/%s/assignment", nil},
		{access.ApproveAssignment, []workflow.ApplicationState{workflow.Eligible}, "%d eligible applications wait for their assignment to be approved", "/panel/%s/assignment", nil},
		{access.CloseAssessment, []workflow.ApplicationState{workflow.Assessment}, "%d applications are in assessment", "/panel/%s/progress", nil},
		{access.RecordConsensus, []workflow.ApplicationState{workflow.Moderation}, "%d applications are in moderation", "/panel/%s/moderation", nil},
		{access.MakeProposal, []workflow.ApplicationState{workflow.Assessed}, "%d assessed applications: rank and propose", "/panel/%s/allocation", nil},
	}
}

func shortlists(s fund.Settings) bool { return s.Review.Shortlist }

// Tasks are what waits for the fund team and the panel, for the start page.
func Tasks(gate *work.Gate, reviews *review.Service) []func(context.Context) ([]public.Task, error) {
	return []func(context.Context) ([]public.Task, error){
		func(ctx context.Context) ([]public.Task, error) { return queue(ctx, reviews) },
		func(ctx context.Context) ([]public.Task, error) {
			var tasks []public.Task
			err := gate.Read(ctx, func(tx *work.Tx) error {
				var err error
				tasks, err = collect(tx)
				return err
			})
			return tasks, err //nolint:wrapcheck // says what it was doing
		},
	}
}

func queue(ctx context.Context, reviews *review.Service) ([]public.Task, error) {
	rows, err := reviews.Queue(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the queue of reviews: %w", err)
	}
	open, due := 0, time.Time{}
	for _, t := range rows {
		if !t.Sent {
			open++
			if due.IsZero() || t.DueAt.Before(due) {
				due = t.DueAt
			}
		}
	}
	if open == 0 {
		return nil, nil
	}
	return []public.Task{{Title: fmt.Sprintf("%d reviews wait for you", open), About: "The first is due then", Href: "/reviews", Due: due}}, nil
}

func collect(tx *work.Tx) ([]public.Task, error) {
	calls, err := fund.CallsIn(tx, workflow.CallDraft, workflow.CallOpen, workflow.CallClosed, workflow.CallDecided)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it was doing
	}
	counts, err := application.CountByState(tx, calls)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it was doing
	}
	var tasks []public.Task
	for i := range calls {
		own, err := ofCall(tx, &calls[i], counts[calls[i].ID])
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, own...)
	}
	more, err := proposals(tx)
	if err != nil {
		return nil, err
	}
	rest, err := freed(tx)
	if err != nil {
		return nil, err
	}
	checks, err := awards(tx)
	return slices.Concat(tasks, more, rest, checks), err
}

// freed is money of released calls that the reader can propose to give to a reserve list.
func freed(tx *work.Tx) ([]public.Task, error) {
	calls, err := allocation.FreedFor(tx)
	tasks := make([]public.Task, len(calls))
	for i, f := range calls {
		tasks[i] = public.Task{Title: fmt.Sprintf("%s: %s is free, %d on the reserve list", f.Call.Ref, f.Free, f.Listed), About: f.Call.Title, Href: "/panel/" + string(f.Call.Ref) + "/allocation"}
	}
	return tasks, err //nolint:wrapcheck // says what it was doing
}

// may asks for an action on the applications of a call.
func may(tx *work.Tx, act access.Action, c *fund.Call) (bool, error) {
	f := c.Facts()
	f.Submitted = true
	f.Subjects = append(f.Subjects, access.Subject{Per: access.PerApplication, ID: string(c.ID)}, access.Subject{Per: access.PerProposal, ID: string(c.ID)})
	return tx.May(act, f) //nolint:wrapcheck // says what it was doing
}

func ofCall(tx *work.Tx, c *fund.Call, states map[workflow.ApplicationState]int) ([]public.Task, error) {
	var tasks []public.Task
	if c.State == workflow.CallDraft {
		yes, err := fund.MayApproveOpening(tx, c)
		if err == nil && yes {
			tasks = append(tasks, public.Task{Title: "Approve the opening of " + string(c.Ref), About: c.Title, Href: "/approvals/openings/" + string(c.Ref), Due: c.OpensAt})
		}
		return tasks, err //nolint:wrapcheck // says what it was doing
	}
	if c.State != workflow.CallClosed {
		return nil, nil
	}
	for _, w := range desk() {
		yes, err := may(tx, w.action, c) // asked first: from what is asked nobody learns in which states applications are
		if err != nil {
			return nil, err
		}
		if n := w.count(c, states); yes && n > 0 {
			tasks = append(tasks, public.Task{Title: string(c.Ref) + ": " + fmt.Sprintf(w.words, n), About: c.Title, Href: w.address(c.Ref)})
		}
	}
	return tasks, nil
}

// proposals are those that wait for the one who is signed in.
func proposals(tx *work.Tx) ([]public.Task, error) {
	rows, err := allocation.Waiting(tx, allocation.Made)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it was doing
	}
	var tasks []public.Task
	for _, p := range rows {
		may, err := decision.MayApprove(tx, p)
		if err != nil {
			return nil, err //nolint:wrapcheck // says what it was doing
		}
		if may {
			tasks = append(tasks, public.Task{Title: "A proposal for " + string(p.Call().Ref) + " waits for approval", About: p.Total.String() + ", " + p.Call().Title, Href: "/approvals/" + string(p.ID)})
		}
	}
	return tasks, nil
}

// awardStep is what waits for somebody at an award in a state.
type awardStep struct {
	state  workflow.AwardState
	action access.Action
	words  string
}

func awardSteps() []awardStep {
	return []awardStep{
		{workflow.PreAwardChecks, access.RecordCheck, "Pre-award checks of %s"},
		{workflow.PreAwardChecks, access.ConfirmChecks, "Confirm the checks of %s and make the offer"},
		{workflow.Offered, access.AcceptAward, "Accept the offer %s"},
		{workflow.Accepted, access.SignAgreement, "Sign the agreement of %s"},
		{workflow.Accepted, access.CountersignAgreement, "Countersign the agreement %s"},
	}
}

// awards are those whose next step is the reader's: checks, confirmation, acceptance, signature or countersignature.
func awards(tx *work.Tx) ([]public.Task, error) {
	rows, err := award.In(tx, workflow.PreAwardChecks, workflow.Offered, workflow.Accepted)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it was doing
	}
	var tasks []public.Task
	for _, a := range rows {
		step, err := nextStep(tx, a)
		if err != nil {
			return nil, err
		}
		if step == nil {
			continue
		}
		t := public.Task{Title: fmt.Sprintf(step.words, a.Ref), About: a.Application().Title, Href: "/awards/" + string(a.Ref)}
		if a.State == workflow.Offered && a.OfferDue != nil {
			t.Due = *a.OfferDue
		}
		tasks = append(tasks, t)
	}
	return tasks, nil
}

// nextStep is the first step at an award that the reader may take, or nil.
func nextStep(tx *work.Tx, a *award.Award) (*awardStep, error) {
	for _, s := range awardSteps() {
		if a.State != s.state {
			continue
		}
		yes, err := tx.MayConfirmed(s.action, a)
		if err != nil || yes {
			return &s, err //nolint:wrapcheck // says what it was doing
		}
	}
	return nil, nil //nolint:nilnil // none is an answer
}
