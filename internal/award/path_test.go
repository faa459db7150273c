package award_test

import (
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

// board is a panel with those who decide and what follows.
type board struct {
	*testkit.Panel
	t           *testing.T
	allocations *allocation.Service
	decisions   *decision.Service
	awards      *award.Service
}

func newBoard(t *testing.T) *board {
	t.Helper()
	p := testkit.New(t).Panel()
	b := &board{p, t, allocation.NewService(p.Gate, p.Reviews, decision.OpenReviews), decision.NewService(p.Gate), award.NewService(p.Gate)}
	for _, name := range []string{"approver1", "approver2"} {
		p.Person(name, "approver", access.Scope{Round: p.Round().ID})
	}
	return b
}

func (b *board) no(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// proposed has the chair compute and propose.
func (b *board) proposed() ident.Proposal {
	b.t.Helper()
	id, err := b.allocations.Run(b.As(testkit.Chair), b.CallRef(), "")
	b.no(err)
	proposal, err := b.allocations.Propose(b.As(testkit.Chair), b.CallRef(), id, "")
	b.no(err)
	return proposal
}

// setting changes what the call published, before anything rests on it.
func (b *board) setting(old, fresh string) {
	b.t.Helper()
	b.no(b.DB.Write.Exec("UPDATE calls SET settings = REPLACE(settings, ?, ?)", old, fresh).Error)
}

func (b *board) state(ref ident.Ref, want workflow.ApplicationState) {
	b.t.Helper()
	if got := b.Application(ref).State; got != want {
		b.t.Errorf("%s is %s, not %s", ref, got, want)
	}
}

// released lets the release time come.
func (b *board) released() {
	b.t.Helper()
	at := b.Clock.Now().Add(time.Hour)
	b.no(b.decisions.Schedule(b.As(testkit.Manager), b.CallRef(), at.Format("2006-01-02 15:04")))
	b.Clock.Add(48 * time.Hour)
	refs, err := b.decisions.ReleaseDue(b.t.Context())
	b.no(err)
	if len(refs) != 1 {
		b.t.Fatalf("released %v", refs)
	}
}

func TestNobodyApprovesWhatTheyProposed(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.Assessed(2, "4")
	id := b.proposed()
	b.Want(b.decisions.Approve(b.As(testkit.Chair), id, ""), fault.Forbidden)
	b.no(b.decisions.Approve(b.As("approver1"), id, ""))
	b.Want(b.decisions.Approve(b.As("approver2"), id, ""), fault.Conflict)
	b.Unbroken()
}

func TestAboveTheThresholdTwoDifferentApproversAreNeeded(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	b.setting(`"second_above_pounds":0`, `"second_above_pounds":100000`)
	id := b.proposed()
	b.no(b.decisions.Approve(b.As("approver1"), id, ""))
	b.state(apps[0].Ref, workflow.ProposedFund)
	if got := b.Call(b.CallRef()).State; got != workflow.CallClosed {
		t.Errorf("after one approval the call is %s", got)
	}
	b.Want(b.decisions.Approve(b.As("approver1"), id, ""), fault.Forbidden)
	b.no(b.decisions.Approve(b.As("approver2"), id, ""))
	if got := b.Call(b.CallRef()).State; got != workflow.CallDecided {
		t.Errorf("after two approvals the call is %s", got)
	}
	b.Unbroken()
}

func TestAReturnedProposalLeavesEverythingAssessed(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	id := b.proposed()
	b.no(b.decisions.Approve(b.As("approver1"), id, ""))
	b.Want(b.decisions.SendBack(b.As("approver2"), id, " "), fault.Invalid)
	b.no(b.decisions.SendBack(b.As("approver2"), id, "The second site is not costed."))
	for _, a := range apps {
		b.state(a.Ref, workflow.Assessed)
	}
	b.Unbroken()
	b.no(b.decisions.Approve(b.As("approver2"), b.proposed(), ""))
}

func TestAScenarioIsStaleOnceARequestChanged(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.Assessed(2, "4")
	id, err := b.allocations.Run(b.As(testkit.Chair), b.CallRef(), "")
	b.no(err)
	b.no(b.DB.Write.Exec("UPDATE applications SET requested = requested + 100").Error)
	_, err = b.allocations.Propose(b.As(testkit.Chair), b.CallRef(), id, "")
	b.Want(err, fault.Conflict)
}

func TestTheOutcomeIsNotKnownBeforeTheRelease(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	a := b.Assessed(1, "4")[0]
	b.no(b.decisions.Approve(b.As("approver1"), b.proposed(), ""))
	if _, _, err := b.decisions.Outcome(b.As(testkit.Applicant), a.Ref); err == nil {
		t.Error("the applicant saw the outcome")
	}
	b.Want(b.decisions.Release(b.Job(access.ReleaseCall), b.CallRef()), fault.Conflict)
	b.released()
	_, d, err := b.decisions.Outcome(b.As(testkit.Applicant), a.Ref)
	b.no(err)
	if d == nil || d.Outcome != decision.Successful || d.Amount != 25_000_000 {
		t.Errorf("%+v", d)
	}
	b.Unbroken()
}

func TestAWithdrawnApplicationLosesItsLineAndVoidsNothing(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	b.no(b.decisions.Approve(b.As("approver1"), b.proposed(), ""))
	services := application.NewService(b.Gate, b.Library, b.People, b.Files, "Adoption Fund")
	b.no(services.Withdraw(b.As(testkit.Applicant), apps[0].Ref, "Other money was found."))
	b.released()
	b.state(apps[0].Ref, workflow.Withdrawn)
	b.state(apps[1].Ref, workflow.Successful)
	b.Unbroken()
}

// awarded gives the award of an application that was successful.
func (b *board) awarded() ident.Ref {
	b.t.Helper()
	a := b.Assessed(1, "4")[0]
	b.no(b.decisions.Approve(b.As("approver1"), b.proposed(), ""))
	b.released()
	for range 2 { // the job may run twice
		b.no(b.awards.Create(b.Job(access.ReleaseCall), a.ID))
	}
	return a.Ref
}

func passed() []award.Check {
	var checks []award.Check
	for _, info := range award.Checks() {
		checks = append(checks, award.Check{Kind: info.Kind, Result: award.Pass, Note: "Checked."})
	}
	return checks
}

func TestAnAwardIsAgreedByEverybodyWhoMust(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	ref := b.awarded()
	b.Person("manager2", "administrator", access.Scope{Round: b.Round().ID})
	b.Want(b.awards.RecordChecks(b.As(testkit.Chair), ref, passed()), fault.Forbidden)
	b.Want(b.awards.RecordChecks(b.As(testkit.Manager), ref, []award.Check{{Kind: "luck", Result: award.Pass, Note: "x"}}), fault.Invalid)
	b.no(b.awards.RecordChecks(b.As(testkit.Manager), ref, passed()[1:]))
	b.Want(b.awards.ConfirmChecks(b.As("manager2"), ref), fault.Conflict)
	b.no(b.awards.RecordChecks(b.As(testkit.Manager), ref, passed()[:1]))
	b.Want(b.awards.ConfirmChecks(b.As(testkit.Manager), ref), fault.Forbidden)
	b.no(b.awards.ConfirmChecks(b.As("manager2"), ref))
	b.Want(b.awards.Accept(b.As(testkit.SRO), ref, "Shazia", false), fault.Invalid)
	b.no(b.awards.Accept(b.As(testkit.SRO), ref, "Shazia Rahman", true))
	b.Want(b.awards.Countersign(b.As("approver1"), ref), fault.Conflict)
	b.no(b.awards.Accept(b.As(testkit.SRO), ref, "Shazia Rahman", true)) // once more changes nothing
	b.no(b.awards.Accept(b.As(testkit.Finance), ref, "Finn O'Dowd", true))
	b.no(b.awards.Countersign(b.As("approver1"), ref))
	shown, err := b.awards.Show(b.As(testkit.Applicant), ref)
	b.no(err)
	if shown.Award.State != workflow.Active || shown.Award.Agreement == "" {
		t.Errorf("%+v", shown.Award)
	}
	listed, err := b.awards.Register(b.Anonymous())
	b.no(err)
	if len(listed) != 1 || listed[0].Ref != ref {
		t.Errorf("%+v", listed)
	}
	b.Unbroken()
}

func TestAnAwardIsDeclinedWithAReasonBeforeTheAgreement(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	b.no(b.decisions.Approve(b.As("approver1"), b.proposed(), ""))
	b.released()
	b.no(b.awards.Create(b.Job(access.ReleaseCall), apps[0].ID))
	owner := b.As(testkit.Applicant)
	b.Want(b.awards.Decline(owner, apps[0].Ref, " "), fault.Invalid)
	b.no(b.awards.Decline(owner, apps[0].Ref, "The ward closes"))
	b.Want(b.awards.Decline(owner, apps[0].Ref, "Again"), fault.Conflict)
	page, err := b.awards.Show(b.As(testkit.Manager), apps[0].Ref)
	b.no(err)
	if page.Award.State != workflow.OfferDeclined || page.Declined == nil || page.Declined.Reason != "The ward closes" || page.DeclinedBy == "" {
		t.Errorf("%s %+v by %q", page.Award.State, page.Declined, page.DeclinedBy)
	}
	b.Unbroken()
}

func TestTheApproverSeesWhoWasGivenMoreTime(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	manager, err := b.People.As(t.Context(), testkit.Address(testkit.Manager))
	b.no(err)
	now := b.Clock.Now()
	for i, confirmed := range []*time.Time{&now, nil} {
		e := application.Extension{ID: ident.New[string](), ApplicationID: apps[i].ID, UntilAt: now, Reason: "illness", ProposedBy: manager.ID, ProposedAt: now}
		if e.ConfirmedAt = confirmed; confirmed != nil {
			e.ConfirmedBy = &manager.ID
		}
		b.no(b.DB.Write.Create(&e).Error)
	}
	b.proposed()
	desk, err := b.decisions.Desk(b.As("approver1"))
	b.no(err)
	if len(desk) != 1 || len(desk[0].Extensions) != 1 || desk[0].Extensions[0].ApplicationID != apps[0].ID || desk[0].Extensions[0].Why() != "Illness or bereavement" {
		t.Errorf("%+v", desk)
	}
}

func TestAnOfferLapsesAtItsDate(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	ref := b.awarded()
	b.Person("manager2", "administrator", access.Scope{Round: b.Round().ID})
	b.no(b.awards.RecordChecks(b.As(testkit.Manager), ref, passed()))
	b.no(b.awards.ConfirmChecks(b.As("manager2"), ref))
	b.no(b.awards.LapseDue(t.Context()))
	b.Days(31)
	for range 2 {
		b.no(b.awards.LapseDue(t.Context()))
	}
	shown, err := b.awards.Show(b.As(testkit.Manager), ref)
	b.no(err)
	if shown.Award.State != workflow.Lapsed {
		t.Error(shown.Award.State)
	}
}

func TestARecusedChairSeesAMaskedLineAndWholeTotals(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	chair, err := b.People.As(t.Context(), testkit.Address(testkit.Chair))
	b.no(err)
	b.Relate(apps[0], chair.ID, application.Recused)
	desk, err := b.allocations.Desk(b.As(testkit.Chair), b.CallRef())
	b.no(err)
	if desk.Masked != 1 || len(desk.Ranked) != 1 || desk.MaskedRequested != apps[0].Requested || !desk.Hidden(string(apps[0].Ref)) {
		t.Errorf("%d masked, %d ranked", desk.Masked, len(desk.Ranked))
	}
}
