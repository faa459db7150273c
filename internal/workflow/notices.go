package workflow

// Notice is the kind of a message that a move sends. The catalogue of messages has a text for each.
type Notice string

// The notices.
const (
	TellOpeningApproved       Notice = "opening_approved"
	TellApprovalVoided        Notice = "opening_approval_voided"
	TellCallOpened            Notice = "call_opened"
	TellCallExtended          Notice = "call_extended"
	TellCallClosed            Notice = "call_closed"
	TellCallReopened          Notice = "call_reopened"
	TellProposalApproved      Notice = "proposal_approved"
	TellProposalReturned      Notice = "proposal_returned"
	TellReleased              Notice = "decisions_released"
	TellSubmitted             Notice = "application_submitted"
	TellCopyReopened          Notice = "application_copy_reopened"
	TellNotSubmitted          Notice = "application_not_submitted"
	TellExtensionGiven        Notice = "application_extension_given"
	TellClarificationAsked    Notice = "clarification_asked"
	TellClarificationAnswered Notice = "clarification_answered"
	TellClarificationOverdue  Notice = "clarification_overdue"
	TellIneligibleProposed    Notice = "ineligibility_to_confirm"
	TellIneligibleReturned    Notice = "ineligibility_returned"
	TellOutcomeReady          Notice = "outcome_ready"
	TellReviewToDo            Notice = "review_to_do"
	TellModerationOpened      Notice = "moderation_opened"
	TellEligibilityReopened   Notice = "eligibility_reopened"
	TellReviewUpheld          Notice = "decision_review_upheld"
	TellWithdrawn             Notice = "application_withdrawn"
	TellReserveTakenUp        Notice = "reserve_taken_up"
	TellReserveEnded          Notice = "reserve_ended"
	TellChecksStarted         Notice = "award_checks_started"
	TellOffered               Notice = "award_offered"
	TellNotOffered            Notice = "award_not_offered"
	TellOnHold                Notice = "award_on_hold"
	TellResumed               Notice = "award_resumed"
	TellAccepted              Notice = "award_accepted"
	TellDeclined              Notice = "award_declined"
	TellLapsed                Notice = "award_lapsed"
	TellOfferWithdrawn        Notice = "award_offer_withdrawn"
	TellAgreed                Notice = "award_agreed"
	TellVaried                Notice = "award_varied"
	TellSuspended             Notice = "award_suspended"
	TellSuspensionLifted      Notice = "award_suspension_lifted"
	TellTerminated            Notice = "award_terminated"
	TellCompleted             Notice = "award_completed"
	TellAwardClosed           Notice = "award_closed"
)

// Notices are the kinds of messages that moves send, each once, in the order of the tables.
func Notices() []Notice {
	var all []Notice
	seen := map[Notice]bool{}
	add := func(e Effects) {
		for _, n := range e.Notices {
			if !seen[n] {
				seen[n] = true
				all = append(all, n)
			}
		}
	}
	for _, m := range Calls().moves {
		add(m.Effects)
	}
	for _, m := range Applications().moves {
		add(m.Effects)
	}
	for _, m := range Awards().moves {
		add(m.Effects)
	}
	return all
}
