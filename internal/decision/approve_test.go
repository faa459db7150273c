package decision_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

func TestWhoHadAHandInItDoesNotApproveAndTheAttemptIsRecorded(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 2)
	reviewer := b.Reviewers(b.apps[0])["clinical"]
	id := b.proposed()
	round := access.Scope{Round: b.Round().ID}
	for who, did := range map[string]string{
		reviewer: "reviewed", testkit.Officer1: "proposed a score", testkit.Officer2: "confirmed a score", testkit.Assessor: "scored DTAC", testkit.Chair: "proposed",
	} {
		b.refused(who, id, b.decisions.Approve(b.As(who), id, decision.Approving{})) // without the role
		b.Person(who, "approver", round)
		err := b.decisions.Approve(b.As(who), id, decision.Approving{})
		b.Want(err, fault.Forbidden)
		if f, _ := fault.Of(err); !strings.Contains(f.Words, "what you did before") {
			t.Errorf("%s, who %s, hears %q", who, did, f.Words)
		}
	}
	b.Relate(b.apps[1], b.Person("recused", "approver", round).ID, application.Recused)
	b.Relate(b.apps[1], b.Person("conflicted", "approver", round).ID, application.Conflicted)
	for _, who := range []string{"recused", "conflicted", testkit.Manager, testkit.Auditor, testkit.Senior} {
		b.refused(who, id, b.decisions.Approve(b.As(who), id, decision.Approving{}))
	}
	b.Unbroken()
}

// TestWhoAssessedAProductDoesNotApproveAnApplicationThatNamesIt has people assess single questions of returns, without a position and without DT1:
// whatever call led them there, the product bars them, also if its record was merged into another since; a withdrawn application's does not.
func TestWhoAssessedAProductDoesNotApproveAnApplicationThatNamesIt(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 3)
	products := make([]ident.Product, len(b.apps))
	for i, a := range b.apps {
		products[i] = b.product(a)
		b.assesses(fmt.Sprintf("assessor%d", i), products[i])
	}
	b.behind("UPDATE application_products SET product_id = ? WHERE application_id = ?", products[0], b.apps[1].ID)
	b.behind("UPDATE products SET merged_into = ? WHERE id = ?", products[0], products[1])
	id := b.proposed()
	for _, who := range []string{"assessor0", "assessor1", "assessor2"} {
		b.refused(who, id, b.decisions.Approve(b.As(who), id, decision.Approving{}))
		if waiting, err := b.decisions.Desk(b.As(who)); err != nil || len(waiting) != 1 || waiting[0].May {
			t.Errorf("%v: %s sees %+v", err, who, waiting)
		}
	}
	b.no(b.Applications.Withdraw(b.As(testkit.Applicant), b.apps[2].Ref, "Other money was found."))
	b.approves("assessor2", id, decision.Approving{})
	err := b.positions().Assess(b.As("assessor2"), products[0], "dtac-v2", decided())
	b.Want(err, fault.Forbidden) // the pair bars in both directions
	b.Unbroken()
}

// product gives an application a product of its own, with a return that was sent.
func (b *board) product(a *application.Application) ident.Product {
	b.t.Helper()
	id := ident.New[ident.Product]()
	b.no(b.DB.Write.Create(&product.Product{ID: id, Name: "Product of " + string(a.Ref), Supplier: "Example Ltd", Version: "1", Identity: string(id), CreatedBy: "test", CreatedAt: b.Clock.Now(), Revision: 1}).Error)
	b.behind("UPDATE application_products SET product_id = ? WHERE application_id = ?", id, a.ID)
	b.Positioned(b.Application(a.Ref), "compliant")
	return id
}

// assesses has somebody who may assess and approve assess one question.
func (b *board) assesses(who string, id ident.Product) {
	b.t.Helper()
	round := access.Scope{Round: b.Round().ID}
	b.Person(who, "approver", round)
	b.Person(who, "dtac_assessor", round)
	b.no(b.positions().Assess(b.As(who), id, "dtac-v2", decided()))
}

func (b *board) positions() *position.Service {
	b.t.Helper()
	library, err := fund.NewLibrary(configs.FS)
	b.no(err)
	positions, err := position.NewService(b.Gate, library)
	b.no(err)
	return positions
}

// decided is what an assessor decides of one question.
func decided() []status.Assessment {
	return []status.Assessment{{Question: "C1.1.1", Result: status.DecidedPass, Reason: "The file is whole."}}
}

func TestWhoApprovedAlreadyIsNotTheSecondApprover(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 2)
	b.two()
	id := b.proposed()
	b.approves("approver1", id, decision.Approving{})
	b.is(b.apps[0], workflow.ProposedFund)
	b.refused("approver1", id, b.decisions.Approve(b.As("approver1"), id, decision.Approving{}))
	b.approves("approver2", id, decision.Approving{})
	if got := b.Call(b.CallRef()).State; got != workflow.CallDecided {
		t.Errorf("after two approvals the call is %s", got)
	}
	b.Unbroken()
}

func TestNobodyApprovesWhoHasNotConfirmedThatItIsThey(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 1)
	id := b.proposed()
	who, _ := access.From(b.As("approver1"))
	who.Confirmed = false
	b.refused("approver1", id, b.decisions.Approve(access.With(t.Context(), who), id, decision.Approving{}))
	who.Confirmed = true
	b.no(b.decisions.Approve(access.With(t.Context(), who), id, decision.Approving{}))
}

func TestWhatIsExceptedIsAssessedAgainAndTheRestIsDecided(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 3)
	b.two()
	id := b.proposed()
	in := decision.Approving{Except: []ident.Ref{b.apps[0].Ref}}
	err := b.decisions.Approve(b.As("approver1"), id, in)
	b.Want(err, fault.Invalid) // without a reason
	in.Reason = "The second site is not costed."
	b.approves("approver1", id, in)
	b.is(b.apps[0], workflow.ProposedFund) // until the second approver agrees
	b.approves("approver2", id, decision.Approving{})
	b.is(b.apps[0], workflow.Assessed)
	b.is(b.apps[1], workflow.ProposedFund)
	if p := b.proposal(id); p.State != allocation.Approved || p.Total != 50_000_000 {
		t.Errorf("the proposal is %s with %s", p.State, p.Total)
	}
	b.Unbroken()
	if refs := b.released(); len(refs) != 1 {
		t.Fatalf("released %v", refs)
	}
	b.is(b.apps[0], workflow.Assessed)
	b.is(b.apps[1], workflow.Successful)
	b.Unbroken()
}

func TestWhatIsHeldIsDecidedAndNotReleased(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 2)
	id := b.proposed()
	b.approves("approver1", id, decision.Approving{Reason: "A question to its board is open.", Hold: []ident.Ref{b.apps[0].Ref}})
	if refs := b.released(); len(refs) != 1 {
		t.Fatalf("released %v", refs)
	}
	b.is(b.apps[0], workflow.ProposedFund)
	b.is(b.apps[1], workflow.Successful)
	b.Unbroken()
	waiting, err := b.decisions.Desk(b.As("approver1"))
	if err != nil || len(waiting) != 1 || waiting[0].Proposal.ID != id {
		t.Fatalf("%v, what is held is not among what waits: %+v", err, waiting)
	}
	b.Want(b.decisions.LiftHold(b.As("approver1"), id, b.apps[0].Ref, " "), fault.Invalid)
	b.Want(b.decisions.LiftHold(b.As("approver1"), id, b.apps[1].Ref, "Not held"), fault.Conflict)
	b.refused(testkit.Chair, id, b.decisions.LiftHold(b.As(testkit.Chair), id, b.apps[0].Ref, "Its board agreed."))
	b.no(b.decisions.LiftHold(b.As("approver1"), id, b.apps[0].Ref, "Its board agreed."))
	b.Want(b.decisions.LiftHold(b.As("approver1"), id, b.apps[0].Ref, "Again"), fault.Conflict)
	b.is(b.apps[0], workflow.ProposedFund) // until its own release
	if refs := b.released(); len(refs) != 1 {
		t.Fatalf("released %v", refs)
	}
	b.is(b.apps[0], workflow.Successful)
	b.is(b.apps[1], workflow.Successful)
	if waiting, err = b.decisions.Desk(b.As("approver1")); err != nil || len(waiting) != 0 {
		t.Errorf("%v %+v", err, waiting)
	}
	b.Unbroken()
}

func TestAHoldThatIsLiftedBeforeTheReleaseIsToldWithTheOthers(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 2)
	id := b.proposed()
	b.approves("approver1", id, decision.Approving{Reason: "A question to its board is open.", Hold: []ident.Ref{b.apps[0].Ref}})
	b.no(b.decisions.LiftHold(b.As("approver2"), id, b.apps[0].Ref, "Its board agreed."))
	if refs := b.released(); len(refs) != 1 {
		t.Fatalf("released %v", refs)
	}
	b.is(b.apps[0], workflow.Successful)
	b.is(b.apps[1], workflow.Successful)
	b.Unbroken()
}

func TestWhatAnApproverNamesMustBeInTheProposal(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 2)
	id := b.proposed()
	for field, in := range map[string]decision.Approving{
		"except": {Reason: "Why", Except: []ident.Ref{"AF26-9999"}},
		"hold":   {Reason: "Why", Hold: []ident.Ref{b.apps[0].Ref}, Except: []ident.Ref{b.apps[0].Ref}},
		"reason": {Hold: []ident.Ref{b.apps[0].Ref}},
	} {
		f, _ := fault.Of(b.decisions.Approve(b.As("approver1"), id, in))
		if f == nil || f.Fields[field] == "" {
			t.Errorf("%+v is answered with %+v", in, f)
		}
	}
	all := decision.Approving{Reason: "Why", Except: []ident.Ref{b.apps[0].Ref, b.apps[1].Ref}}
	if f, _ := fault.Of(b.decisions.Approve(b.As("approver1"), id, all)); f == nil || f.Fields["except"] == "" {
		t.Errorf("everything can be left out: %+v", f)
	}
	b.Want(b.decisions.Approve(b.As("approver1"), id, decision.Approving{Version: 7}), fault.Conflict)
}

func TestAReturnedProposalIsToldToTheChairWithItsReason(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 2)
	id := b.proposed()
	b.Want(b.decisions.SendBack(b.As("approver2"), id, " "), fault.Invalid)
	b.refused(testkit.Chair, id, b.decisions.SendBack(b.As(testkit.Chair), id, "Mine"))
	b.no(b.decisions.SendBack(b.As("approver2"), id, "The second site is not costed."))
	if !b.Told(testkit.Chair, "proposal_returned") {
		t.Error("the chair is not told")
	}
	for _, a := range b.apps {
		b.is(a, workflow.Assessed)
	}
	b.approves("approver2", b.proposed(), decision.Approving{})
	b.Unbroken()
}

func TestAChangedScoreVoidsEveryApproval(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 2)
	b.two()
	id := b.proposed()
	b.approves("approver1", id, decision.Approving{})
	b.behind("UPDATE scores SET value = 5 WHERE application_id = ? AND part = 'EV1' AND source = 'reviewer'", b.apps[1].ID)
	err := b.decisions.Approve(b.As("approver2"), id, decision.Approving{})
	b.Want(err, fault.Conflict)
	if f, _ := fault.Of(err); !strings.Contains(f.Words, "the scores of 1 application") {
		t.Errorf("the approver hears %q", f.Words)
	}
	b.voided(id, testkit.Chair, "approver1")
	b.approves("approver1", b.proposed(), decision.Approving{}) // anew
}

// voided fails the test unless a proposal is void, its applications are assessed and those are told.
func (b *board) voided(id ident.Proposal, told ...string) {
	b.t.Helper()
	if p := b.proposal(id); p.State != allocation.Void || p.VoidWhy == "" {
		b.t.Errorf("the proposal is %s: %q", p.State, p.VoidWhy)
	}
	for _, a := range b.apps {
		b.is(a, workflow.Assessed)
	}
	if got := b.Call(b.CallRef()).State; got != workflow.CallClosed {
		b.t.Errorf("the call is %s", got)
	}
	for _, who := range told {
		if !b.Told(who, notify.Kind("proposal_void")) {
			b.t.Errorf("%s is not told", who)
		}
	}
}

func TestAChangeAfterTheApprovalVoidsItBeforeTheRelease(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 2)
	id := b.proposed()
	b.approves("approver1", id, decision.Approving{})
	b.behind("UPDATE applications SET requested = requested + 100 WHERE id = ?", b.apps[0].ID)
	if refs := b.released(); len(refs) > 0 {
		t.Fatal(refs)
	}
	b.voided(id, testkit.Chair, "approver1")
	var n int64
	b.no(b.DB.Read.Raw("SELECT COUNT(*) FROM decisions").Scan(&n).Error)
	if n != 0 {
		t.Errorf("%d decisions are left", n)
	}
	b.Unbroken()
}

func TestAWithdrawnApplicationLosesItsLineAlone(t *testing.T) {
	t.Parallel()
	b := newBoard(t, 3)
	b.two()
	id := b.proposed()
	b.approves("approver1", id, decision.Approving{})
	b.no(b.Applications.Withdraw(b.As(testkit.Applicant), b.apps[0].Ref, "Other money was found."))
	b.approves("approver2", id, decision.Approving{})
	b.no(b.Applications.Withdraw(b.As(testkit.Applicant), b.apps[1].Ref, "Other money was found."))
	if refs := b.released(); len(refs) != 1 {
		t.Fatal(refs)
	}
	b.is(b.apps[2], workflow.Successful)
	b.Read(func(tx *work.Tx) error {
		lines, err := allocation.Lines(tx, id)
		dropped := slices.DeleteFunc(lines, func(l allocation.Line) bool { return l.DroppedAt == nil })
		if len(dropped) != 2 || b.proposal(id).Total != 25_000_000 {
			t.Errorf("%d lines are dropped, %s is left", len(dropped), b.proposal(id).Total)
		}
		return err
	})
	b.Unbroken()
}
