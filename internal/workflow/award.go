package workflow

import (
	"slices"
	"sync"

	"adoptionfund/internal/access"
)

// The events of an award.
const (
	CreateAward    Event = "create"
	PassChecks     Event = "pass_checks"
	Refuse         Event = "refuse"
	Hold           Event = "hold"
	ResumeChecks   Event = "resume_checks"
	ResumeOffer    Event = "resume_offer"
	Accept         Event = "accept"
	Decline        Event = "decline"
	LapseOffer     Event = "lapse"
	WithdrawOffer  Event = "withdraw_offer"
	Countersign    Event = "countersign"
	Vary           Event = "vary"
	Suspend        Event = "suspend"
	LiftSuspension Event = "lift_suspension"
	Terminate      Event = "terminate"
	Complete       Event = "complete"
	CloseAward     Event = "close"
)

// Awards is the table of an award's life.
func Awards() Machine[AwardState] { return awards() }

// awards is made once: pages ask for it line by line.
var awards = sync.OnceValue(func() Machine[AwardState] { //nolint:gochecknoglobals // made once and never changed
	return Machine[AwardState]{"award", awardStates(), recorded("award", slices.Concat(offerMoves(), agreementMoves()))}
})

func awardStates() []Info[AwardState] {
	return []Info[AwardState]{
		{PreAwardChecks, "Pre-award checks", "Checks before the offer", Blue, Blue, false, true},
		{NotOffered, "Not offered", "Not offered", Red, Red, true, true},
		{OnHold, "On hold", "On hold", Orange, Orange, false, true},
		{Offered, "Offered", "Offered to you", Purple, Purple, false, true},
		{Lapsed, "Lapsed", "Lapsed", White, White, true, true},
		{OfferWithdrawn, "Offer withdrawn", "Offer withdrawn", Red, Red, true, true},
		{OfferDeclined, "Declined", "Declined", White, White, true, true},
		{Accepted, "Accepted, to be countersigned", "Accepted", AquaGreen, AquaGreen, false, true},
		{Active, "Active", "Active", Green, Green, false, true},
		{Suspended, "Suspended", "Suspended", Orange, Orange, false, true},
		{Terminated, "Terminated", "Terminated", Red, Red, false, true},
		{Completed, "Completed, to be reconciled", "Completed", AquaGreen, AquaGreen, false, true},
		{AwardClosed, "Closed", "Closed", Grey, Grey, true, true},
	}
}

func offerMoves() []Move[AwardState] {
	moves := []Move[AwardState]{
		{"", CreateAward, PreAwardChecks, "create it", "clock, at the release", access.CreateAward, need(ApplicationSuccessful), tell(TellChecksStarted)},
		{PreAwardChecks, PassChecks, Offered, "make the offer", "fund manager and a second person, not the chair", access.ConfirmChecks, need(AllChecksPass), tell(TellOffered)},
		{PreAwardChecks, Refuse, NotOffered, "refuse the offer", "approver", access.RefuseOffer, need(CheckFails, ReasonGiven), tell(TellNotOffered)},
		{OnHold, ResumeChecks, PreAwardChecks, "resume its checks", "approver", access.ResumeAward, need(HeldInChecks), tell(TellResumed)},
		{OnHold, ResumeOffer, Offered, "resume its offer", "approver", access.ResumeAward, need(HeldWhenOffered), tell(TellResumed)},
		{Offered, Accept, Accepted, "accept it", "both signatories", access.AcceptAward, need(OfferStands, ConditionsAcknowledged, BothSignatories), tell(TellAccepted)},
		{Offered, LapseOffer, Lapsed, "lapse the offer", "clock, when its due date passed", access.LapseOffer, need(OfferDue), tell(TellLapsed)},
		{Offered, WithdrawOffer, OfferWithdrawn, "withdraw the offer", "approver", access.WithdrawOffer, need(ReasonGiven), tell(TellOfferWithdrawn)},
	}
	moves = append(moves, each([]AwardState{PreAwardChecks, Offered}, Move[AwardState]{
		On: Hold, To: OnHold, Label: "hold it", Who: "approver", Action: access.HoldAward, Guards: need(ReasonGiven), Effects: tell(TellOnHold),
	})...)
	return append(moves, each([]AwardState{PreAwardChecks, OnHold, Offered, Accepted}, Move[AwardState]{
		On: Decline, To: OfferDeclined, Label: "decline it", Who: "signatory or applicant", Action: access.DeclineAward, Effects: tell(TellDeclined),
	})...)
}

func agreementMoves() []Move[AwardState] {
	moves := []Move[AwardState]{
		{Accepted, Countersign, Active, "countersign the agreement", "approver", access.CountersignAgreement, need(AgreementReady), tell(TellAgreed)},
		{Active, Vary, Active, "vary it", "signatory and approver", access.ApproveVariation, need(VariationProposed, AmountNotUp), tell(TellVaried)},
		{Active, Suspend, Suspended, "suspend it", "approver", access.SuspendAward, need(ReasonGiven), tell(TellSuspended)},
		{Suspended, LiftSuspension, Active, "lift its suspension", "approver", access.LiftSuspension, nil, tell(TellSuspensionLifted)},
		{Active, Complete, Completed, "complete it", "fund manager", access.CompleteAward, need(FinalReturnIn), tell(TellCompleted)},
	}
	moves = append(moves, each([]AwardState{Active, Suspended}, Move[AwardState]{
		On: Terminate, To: Terminated, Label: "terminate it", Who: "approver",
		Action: access.TerminateAward, Guards: need(ReasonGiven, AmountOwedStated), Effects: tell(TellTerminated),
	})...)
	return append(moves, each([]AwardState{Completed, Terminated}, Move[AwardState]{
		On: CloseAward, To: AwardClosed, Label: "close it", Who: "fund manager and approver",
		Action: access.ApproveClosing, Guards: need(ClosingProposed, Reconciled), Effects: tell(TellAwardClosed),
	})...)
}

// Promised reports whether an award in a state counts as awarded: it is not declined, lapsed, withdrawn, not offered or terminated.
func Promised(s AwardState) bool {
	switch s {
	case NotOffered, Lapsed, OfferWithdrawn, OfferDeclined, Terminated:
		return false
	case PreAwardChecks, OnHold, Offered, Accepted, Active, Suspended, Completed, AwardClosed:
	}
	return true
}
