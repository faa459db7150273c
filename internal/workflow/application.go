package workflow

import (
	"slices"
	"sync"

	"adoptionfund/internal/access"
)

// The events of an application.
const (
	Start               Event = "start"
	Submit              Event = "submit"
	ReopenCopy          Event = "reopen_copy"
	Lapse               Event = "lapse"
	Extend              Event = "extend"
	ReopenDraft         Event = "reopen"
	TakeIn              Event = "take_in"
	AskClarification    Event = "ask_clarification"
	AnswerClarification Event = "answer_clarification"
	ExpireClarification Event = "expire_clarification"
	Pass                Event = "pass"
	ProposeIneligible   Event = "propose_ineligible"
	ConfirmIneligible   Event = "confirm_ineligible"
	ReturnIneligible    Event = "return_ineligible"
	LeaveOffShortlist   Event = "leave_off_shortlist"
	StartAssessment     Event = "start_assessment"
	CloseAssessment     Event = "close_assessment"
	CloseShort          Event = "close_short"
	OpenModeration      Event = "open_moderation"
	ChooseModeration    Event = "choose_moderation"
	RecordConsensus     Event = "record_consensus"
	RequestReviews      Event = "request_reviews"
	TakeToPanel         Event = "take_to_panel"
	ReopenEligibility   Event = "reopen_eligibility"
	ProposeFund         Event = "propose_fund"
	ProposeReserve      Event = "propose_reserve"
	ProposeNotFund      Event = "propose_not_fund"
	ReturnProposal      Event = "return_proposal"
	VoidProposal        Event = "void_proposal"
	ExceptLine          Event = "except"
	Release             Event = "release"
	TakeUp              Event = "take_up"
	ExpireReserve       Event = "expire_reserve"
	Uphold              Event = "uphold_review"
	Withdraw            Event = "withdraw"
)

// underReview is what the applicant's side reads from eligible to the release.
const underReview = "Under review"

// Applications is the table of an application's life.
func Applications() Machine[ApplicationState] { return applications() }

// applications is made once: pages ask for it line by line.
var applications = sync.OnceValue(func() Machine[ApplicationState] { //nolint:gochecknoglobals // made once and never changed
	moves := slices.Concat(writingMoves(), screeningMoves(), assessmentMoves(), decisionMoves(), withdrawals())
	return Machine[ApplicationState]{"application", applicationStates(), recorded("application", moves)}
})

func applicationStates() []Info[ApplicationState] {
	return []Info[ApplicationState]{
		{Draft, "Draft", "Draft", Grey, Grey, false, false},
		{NotSubmitted, "Not submitted", "Not submitted", White, White, true, false},
		{Submitted, "Submitted", "Submitted", Blue, Blue, false, false},
		{Screening, "In screening", "Eligibility check", AquaGreen, Blue, false, false},
		{Clarification, "Clarification asked", "Question for you", Yellow, Yellow, false, false},
		{IneligibleProposed, "Ineligible, to be confirmed", "Eligibility check", Orange, Blue, false, false},
		{Ineligible, "Ineligible", "Not eligible", Red, Red, true, true},
		{Eligible, "Eligible", underReview, Green, Purple, false, false},
		{NotShortlisted, "Not shortlisted", "Not shortlisted", Red, Red, true, true},
		{Assessment, "In assessment", underReview, Blue, Purple, false, false},
		{Moderation, "In moderation", underReview, Pink, Purple, false, false},
		{Assessed, "Assessed", underReview, AquaGreen, Purple, false, false},
		{ProposedFund, "Proposed: fund", underReview, Green, Purple, false, false},
		{ProposedReserve, "Proposed: reserve list", underReview, Yellow, Purple, false, false},
		{ProposedNotFund, "Proposed: do not fund", underReview, Orange, Purple, false, false},
		{Successful, "Successful", "Successful", Green, Green, true, true},
		{Reserve, "On the reserve list", "On the reserve list", Yellow, Yellow, false, true},
		{Unsuccessful, "Unsuccessful", "Unsuccessful", Red, Red, true, true},
		{Withdrawn, "Withdrawn", "Withdrawn", White, White, true, false},
	}
}

func writingMoves() []Move[ApplicationState] {
	return []Move[ApplicationState]{
		{"", Start, Draft, "start it", "applicant", access.StartApplication, need(CallTakesApplications, LeadMayApply), Effects{}},
		{Draft, Submit, Submitted, "submit it", "applicant", access.SubmitApplication, need(InTime, AnswersValid, SignaturesGiven), tell(TellSubmitted).queue(access.MatchOtherFunding)},
		{Draft, Lapse, NotSubmitted, "close the draft", "clock, when the call closed", access.LapseDraft, need(DeadlinePassed), tell(TellNotSubmitted)},
		{NotSubmitted, Extend, Draft, "give more time", "fund manager and a second person", access.ConfirmExtension, need(ExtensionProposed, LaterDeadline), tell(TellExtensionGiven)},
		{NotSubmitted, ReopenDraft, Draft, "reopen the draft", "clock, when the call reopened", access.ReopenDraft, need(CallReopened), Effects{}},
		{Submitted, ReopenCopy, Submitted, "reopen a working copy", "applicant, while the call is open", access.ReopenCopy, need(InTime), tell(TellCopyReopened)},
		{Submitted, Submit, Submitted, "submit it", "applicant, while the call is open", access.SubmitApplication, need(InTime, AnswersValid, SignaturesGiven), tell(TellSubmitted).queue(access.MatchOtherFunding)},
		{Submitted, TakeIn, Screening, "take it into screening", "clock, when the call or this applicant's extension ended", access.TakeInApplication, need(DeadlinePassed), Effects{}},
	}
}

func screeningMoves() []Move[ApplicationState] {
	moves := []Move[ApplicationState]{
		{Screening, AskClarification, Clarification, "ask for clarification", "eligibility officer", access.AskClarification, need(DueDateGiven), tell(TellClarificationAsked)},
		{Clarification, AnswerClarification, Screening, "answer the questions", "applicant", access.AnswerClarification, need(AllAnswered), tell(TellClarificationAnswered)},
		{Clarification, ExpireClarification, Screening, "end the clarification", "clock, when overdue", access.ExpireClarification, need(DueDatePassed), tell(TellClarificationOverdue)},
		{Screening, Pass, Eligible, "find it eligible", "eligibility officer", access.PassEligibility, need(AllCriteriaPass, NoQuestionOpen), Effects{}},
		{Screening, ProposeIneligible, IneligibleProposed, "propose that it is ineligible", "eligibility officer", access.ProposeIneligible, need(CriterionFails), tell(TellIneligibleProposed)},
		{IneligibleProposed, ConfirmIneligible, Ineligible, "confirm that it is ineligible", "another eligibility officer", access.ConfirmIneligible, nil, tell(TellOutcomeReady)},
		{IneligibleProposed, ReturnIneligible, Screening, "return the proposal", "another eligibility officer", access.ReturnIneligible, need(ReasonGiven), tell(TellIneligibleReturned)},
		{Eligible, LeaveOffShortlist, NotShortlisted, "leave it off the shortlist", "fund manager proposes, chair", access.ConfirmShortlist, need(CallShortlists, ReasonGiven), tell(TellOutcomeReady)},
	}
	return append(moves, each([]ApplicationState{Eligible, Assessment, Moderation, Assessed}, Move[ApplicationState]{
		On: ReopenEligibility, To: Screening, Label: "reopen its eligibility", Who: "eligibility officer and a second person",
		Action: access.ConfirmEligibilityReopening, Guards: need(ReopeningProposed), Effects: tell(TellEligibilityReopened),
	})...)
}

func assessmentMoves() []Move[ApplicationState] {
	moves := []Move[ApplicationState]{
		{Eligible, StartAssessment, Assessment, "start its assessment", "fund manager proposes, chair", access.ApproveAssignment, need(FullyAssigned), tell(TellReviewToDo)},
		{Assessment, CloseAssessment, Assessed, "close its assessment", "chair", access.CloseAssessment, need(ReviewsComplete, ScoresWithinLimit), Effects{}},
		{Assessment, CloseShort, Assessed, "close its assessment short", "chair, with a minuted reason", access.CloseAssessment, need(ReasonGiven, ScoresWithinLimit), Effects{}},
		{Assessment, OpenModeration, Moderation, "open moderation", "chair, scores apart", access.OpenModeration, need(ReviewsComplete, ScoresApart), tell(TellModerationOpened)},
		{Assessment, ChooseModeration, Moderation, "open moderation", "chair's choice", access.OpenModeration, need(ReasonGiven), tell(TellModerationOpened)},
		{Moderation, RecordConsensus, Assessed, "record the consensus", "chair", access.RecordConsensus, need(ConsensusComplete), Effects{}},
		{Assessed, TakeToPanel, Moderation, "take it to the panel", "chair", access.TakeToPanel, nil, tell(TellModerationOpened)},
	}
	return append(moves, each([]ApplicationState{Assessed, Moderation}, Move[ApplicationState]{
		On: RequestReviews, To: Assessment, Label: "ask for further reviews", Who: "chair",
		Action: access.RequestReviews, Guards: need(ReasonGiven), Effects: tell(TellReviewToDo),
	})...)
}

func decisionMoves() []Move[ApplicationState] {
	proposed := []ApplicationState{ProposedFund, ProposedReserve, ProposedNotFund}
	propose := func(on Event, to ApplicationState) Move[ApplicationState] {
		return Move[ApplicationState]{Assessed, on, to, "propose it", "chair", access.MakeProposal, need(NothingOpenInCall), Effects{}}
	}
	release := func(from, to ApplicationState) Move[ApplicationState] {
		effects := tell(TellOutcomeReady)
		if to == Successful {
			effects = effects.queue(access.CreateAward)
		}
		return Move[ApplicationState]{from, Release, to, "release its decision", "clock, at the release", access.ReleaseDecision, need(ProposalApproved, NotHeld, ReleaseTimeCome), effects}
	}
	uphold := func(from, to ApplicationState) Move[ApplicationState] {
		return Move[ApplicationState]{from, Uphold, to, "uphold the review of its decision", "someone not involved before", access.UpholdDecisionReview, need(ReviewAsked, ReasonGiven), tell(TellReviewUpheld)}
	}
	back := func(on Event, label, who string, action access.Action) []Move[ApplicationState] {
		return each(proposed, Move[ApplicationState]{On: on, To: Assessed, Label: label, Who: who, Action: action})
	}
	return slices.Concat(
		[]Move[ApplicationState]{propose(ProposeFund, ProposedFund), propose(ProposeReserve, ProposedReserve), propose(ProposeNotFund, ProposedNotFund)},
		back(ReturnProposal, "return its proposal", "approver", access.ReturnProposal),
		back(VoidProposal, "void its proposal", "system", access.VoidProposal),
		back(ExceptLine, "except it from the proposal", "approver", access.HoldLine),
		[]Move[ApplicationState]{
			release(ProposedFund, Successful), release(ProposedReserve, Reserve), release(ProposedNotFund, Unsuccessful),
			{Reserve, TakeUp, Successful, "take it up from the reserve list", "clock, at the release of a later proposal", access.TakeUpReserve, need(ProposalApproved), tell(TellReserveTakenUp).queue(access.CreateAward)},
			{Reserve, ExpireReserve, Unsuccessful, "end its place on the reserve list", "clock, at its end date", access.ExpireReserve, need(ReserveEnded), tell(TellReserveEnded)},
			uphold(Unsuccessful, Assessed), uphold(NotShortlisted, Eligible), uphold(Ineligible, Screening),
		},
	)
}

// withdrawals are from every state before the release, and from the reserve list.
func withdrawals() []Move[ApplicationState] {
	var from []ApplicationState
	for _, s := range applicationStates() {
		if (!s.Released || s.State == Reserve) && s.State != Withdrawn {
			from = append(from, s.State)
		}
	}
	return each(from, Move[ApplicationState]{
		On: Withdraw, To: Withdrawn, Label: "withdraw it", Who: "applicant",
		Action: access.WithdrawApplication, Effects: tell(TellWithdrawn),
	})
}
