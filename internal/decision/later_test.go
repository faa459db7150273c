package decision_test

import (
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// newRest is a call that is decided and released: of three applications that ask for £250,000 each two are funded, and one is on the reserve list.
func newRest(t *testing.T) *board {
	t.Helper()
	b := newBoard(t, 3)
	b.behind("UPDATE calls SET settings = REPLACE(REPLACE(settings, ?, ?), ?, ?)",
		`"budget":0`, `"budget":50000000`, `"reserve":0`, `"reserve":1`)
	b.approves("approver1", b.proposed(), decision.Approving{})
	if refs := b.released(); len(refs) != 1 {
		t.Fatal("nothing was released")
	}
	b.is(b.apps[0], workflow.Successful)
	b.is(b.apps[2], workflow.Reserve)
	return b
}

// award gives an application its award, in some state.
func (b *board) award(a *application.Application, state workflow.AwardState) {
	b.t.Helper()
	b.behind(`INSERT INTO awards (id, application_id, round_id, call_id, ref, state, state_at, amount, recipient, agreement, created_at, version)
		SELECT id, id, round_id, call_id, ref, ?, created_at, 25000000, 'Invented Trust', '', created_at, 1 FROM applications WHERE ref = ?`, state, a.Ref)
}

// told is the decision that an applicant knows of.
func (b *board) told(a *application.Application) decision.Outcome {
	b.t.Helper()
	var d *decision.Decision
	b.Read(func(tx *work.Tx) error {
		var err error
		d, err = decision.Of(tx, b.Application(a.Ref).ID)
		return err
	})
	return d.Outcome
}

// TestFreedMoneyTakesUpTheReserveListByALaterProposal: an award is declined, the same method gives its money to the reserve list, and what was
// promised to the others stands. Until the release nothing shows of it, and the place on the list does not end.
func TestFreedMoneyTakesUpTheReserveListByALaterProposal(t *testing.T) {
	t.Parallel()
	b := newRest(t)
	chair := b.As(testkit.Chair)
	nothing, err := b.allocations.Run(chair, b.CallRef(), "Nothing is free")
	b.no(err)
	_, err = b.allocations.Propose(chair, b.CallRef(), nothing, "")
	b.Want(err, fault.Conflict)

	b.award(b.apps[0], workflow.OfferDeclined)
	b.award(b.apps[1], workflow.Offered)
	_, err = b.allocations.Propose(chair, b.CallRef(), nothing, "")
	b.Want(err, fault.Conflict) // it was computed before
	id := b.proposed()
	if p := b.proposal(id); p.Number != 2 || p.Total != money.Pounds(250_000) || !p.Later() {
		t.Errorf("proposal %d comes to %s; later: %t", p.Number, p.Total, p.Later())
	}
	b.Read(func(tx *work.Tx) error {
		lines, err := allocation.Lines(tx, id)
		if err == nil && (len(lines) != 1 || lines[0].ApplicationID != b.apps[2].ID || lines[0].Outcome != allocation.Fund) {
			t.Errorf("its lines are %+v", lines)
		}
		return err
	})
	b.is(b.apps[2], workflow.Reserve)
	b.approves("approver1", id, decision.Approving{})
	b.Clock.Add(400 * 24 * time.Hour)
	b.no(b.decisions.ExpireReserveDue(t.Context()))
	b.is(b.apps[2], workflow.Reserve)
	if got := b.told(b.apps[2]); got != decision.Reserve {
		t.Errorf("before the release the applicant is told %s", got)
	}
	if refs := b.released(); len(refs) != 1 {
		t.Fatal("the later proposal was not released")
	}
	b.is(b.apps[2], workflow.Successful)
	b.is(b.apps[1], workflow.Successful)
	if got := b.told(b.apps[2]); got != decision.Successful {
		t.Errorf("after the release the applicant is told %s", got)
	}
}

// TestALaterProposalThatIsReturnedLeavesTheReserveListAsItIs: and its places end by the clock again.
func TestALaterProposalThatIsReturnedLeavesTheReserveListAsItIs(t *testing.T) {
	t.Parallel()
	b := newRest(t)
	b.award(b.apps[0], workflow.Lapsed)
	id := b.proposed()
	b.no(b.decisions.SendBack(b.As("approver1"), id, "Not yet."))
	b.is(b.apps[2], workflow.Reserve)
	b.Clock.Add(400 * 24 * time.Hour)
	b.no(b.decisions.ExpireReserveDue(t.Context()))
	b.is(b.apps[2], workflow.Unsuccessful)
}

// TestALaterProposalIsVoidWhenItsMoneyIsPromisedAgain: an offer that was declined stands again by a mistake that was put right.
func TestALaterProposalIsVoidWhenItsMoneyIsPromisedAgain(t *testing.T) {
	t.Parallel()
	b := newRest(t)
	b.award(b.apps[0], workflow.OfferDeclined)
	id := b.proposed()
	b.behind("UPDATE awards SET state = ? WHERE ref = ?", workflow.Offered, b.apps[0].Ref)
	b.Want(b.decisions.Approve(b.As("approver1"), id, decision.Approving{}), fault.Conflict)
	if p := b.proposal(id); p.State != allocation.Void {
		t.Errorf("the proposal is %s", p.State)
	}
	b.is(b.apps[2], workflow.Reserve)
}

// TestWhatIsLeftOutOfALaterProposalStaysOnTheReserveList: with nothing else in it the proposal is returned instead.
func TestWhatIsLeftOutOfALaterProposalStaysOnTheReserveList(t *testing.T) {
	t.Parallel()
	b := newRest(t)
	b.award(b.apps[0], workflow.OfferDeclined)
	id := b.proposed()
	b.Want(b.decisions.Approve(b.As("approver1"), id, decision.Approving{Except: []ident.Ref{b.apps[2].Ref}, Reason: "Not yet."}), fault.Invalid)
	b.is(b.apps[2], workflow.Reserve)
}

// TestAnUpheldReviewIsDecidedBesideTheReserveList: the money that is free goes down the ranking, whoever waits.
func TestAnUpheldReviewIsDecidedBesideTheReserveList(t *testing.T) {
	t.Parallel()
	b := newRest(t)
	b.award(b.apps[0], workflow.OfferDeclined)
	b.behind("UPDATE applications SET state = ? WHERE ref = ?", workflow.Assessed, b.apps[2].Ref)
	id := b.proposed()
	b.is(b.apps[2], workflow.ProposedFund)
	b.approves("approver1", id, decision.Approving{})
	b.released()
	b.is(b.apps[2], workflow.Successful)
}

// TestADecisionCanBeReviewedUntilItsTimeEndsOrWhatWasAskedIsSettled: so long a call is not over.
func TestADecisionCanBeReviewedUntilItsTimeEndsOrWhatWasAskedIsSettled(t *testing.T) {
	t.Parallel()
	b := newRest(t)
	b.behind("UPDATE calls SET settings = REPLACE(settings, ?, ?) WHERE settings LIKE ?", `"review_days":0`, `"review_days":20`, `%"review_days":0%`)
	b.Person("settles", "senior_officer", access.Scope{Round: b.Round().ID})
	last := func() *fund.Call { return b.Application(b.apps[2].Ref).Call() }
	open := func(want bool) {
		t.Helper()
		b.Read(func(tx *work.Tx) error {
			got, err := decision.Reviewable(tx, last())
			if got != want {
				t.Errorf("a decision of the call can be reviewed: %v", got)
			}
			return err
		})
	}
	open(false) // the two others are successful
	b.Clock.Add(400 * 24 * time.Hour)
	b.no(b.decisions.ExpireReserveDue(t.Context()))
	b.is(b.apps[2], workflow.Unsuccessful)
	open(true)
	b.no(b.decisions.AskReview(b.As(testkit.Applicant), b.apps[2].Ref, decision.Request{Grounds: []decision.Ground{decision.Grounds()[0].Ground}, Statement: "A page was not read."}))
	b.Clock.Add(21 * 24 * time.Hour)
	open(true)
	b.no(b.decisions.DismissReview(b.As("settles"), b.apps[2].Ref, "It was read, twice."))
	open(false)
}
