package workflow

// GuardName is the name of a guard, by which a concept package binds its function.
type GuardName string

// The guards of calls.
const (
	SettingsComplete   GuardName = "settings_complete"
	OpeningTimeCome    GuardName = "opening_time_come"
	ExtensionProposed  GuardName = "extension_proposed"
	LaterDeadline      GuardName = "later_deadline"
	CallDeadlinePassed GuardName = "call_deadline_passed"
	ReopeningProposed  GuardName = "reopening_proposed"
	NothingOpenInCall  GuardName = "nothing_open_in_call"
	WithinLimit        GuardName = "within_limit"
	FirstApprovalGiven GuardName = "first_approval_given"
	DeviationsSettled  GuardName = "deviations_settled"
	ReleaseTimeCome    GuardName = "release_time_come"
	NoAwardOpen        GuardName = "no_award_open"
)

// The guards of applications.
const (
	CallTakesApplications GuardName = "call_takes_applications"
	LeadMayApply          GuardName = "lead_may_apply"
	InTime                GuardName = "in_time"
	AnswersValid          GuardName = "answers_valid"
	SignaturesGiven       GuardName = "signatures_given"
	DeadlinePassed        GuardName = "deadline_passed"
	CallReopened          GuardName = "call_reopened"
	DueDateGiven          GuardName = "due_date_given"
	AllAnswered           GuardName = "all_answered"
	DueDatePassed         GuardName = "due_date_passed"
	AllCriteriaPass       GuardName = "all_criteria_pass"
	NoQuestionOpen        GuardName = "no_question_open"
	CriterionFails        GuardName = "criterion_fails"
	CallShortlists        GuardName = "call_shortlists"
	FullyAssigned         GuardName = "fully_assigned"
	ReviewsComplete       GuardName = "reviews_complete"
	ScoresWithinLimit     GuardName = "scores_within_limit"
	ScoresApart           GuardName = "scores_apart"
	ReasonGiven           GuardName = "reason_given"
	ConsensusComplete     GuardName = "consensus_complete"
	ProposalApproved      GuardName = "proposal_approved"
	NotHeld               GuardName = "not_held"
	ReserveEnded          GuardName = "reserve_ended"
	ReviewAsked           GuardName = "review_asked"
)

// The guards of awards.
const (
	ApplicationSuccessful  GuardName = "application_successful"
	AllChecksPass          GuardName = "all_checks_pass"
	CheckFails             GuardName = "check_fails"
	HeldInChecks           GuardName = "held_in_checks"
	HeldWhenOffered        GuardName = "held_when_offered"
	BothSignatories        GuardName = "both_signatories"
	ConditionsAcknowledged GuardName = "conditions_acknowledged"
	OfferStands            GuardName = "offer_stands"
	OfferDue               GuardName = "offer_due"
	AgreementReady         GuardName = "agreement_ready"
	VariationProposed      GuardName = "variation_proposed"
	AmountNotUp            GuardName = "amount_not_up"
	AmountOwedStated       GuardName = "amount_owed_stated"
	FinalReturnIn          GuardName = "final_return_in"
	Reconciled             GuardName = "reconciled"
	ClosingProposed        GuardName = "closing_proposed"
)

// words are what the person hears whom a guard stopped.
func (n GuardName) words() string {
	if w := n.callWords(); w != "" {
		return w
	}
	if w := n.applicationWords(); w != "" {
		return w
	}
	return n.awardWords()
}

func (n GuardName) callWords() string {
	return map[GuardName]string{
		SettingsComplete:   "The call is not complete: set its window, budget, form, rubric, method and people first.",
		OpeningTimeCome:    "The call's opening time has not come yet.",
		ExtensionProposed:  "There is no proposed extension to confirm: propose one with its reason first.",
		LaterDeadline:      "An extension needs a deadline that is later than the one that stands.",
		CallDeadlinePassed: "The call's deadline has not passed yet.",
		ReopeningProposed:  "There is no proposed reopening to confirm: propose one with its reason first.",
		NothingOpenInCall:  "A clarification or a review of a decision is still open in this call: settle it first.",
		WithinLimit:        "The proposal is above your limit or the call's threshold: a second approver must approve it too.",
		FirstApprovalGiven: "A first approver must approve the proposal before the second.",
		DeviationsSettled:  "The proposal departs from the call's method: accept each deviation by name, and let the senior officer approve it.",
		ReleaseTimeCome:    "The time of the release has not come yet.",
		NoAwardOpen:        "An award of this call is still open, an application waits for its outcome, or a decision can still be reviewed: a call is archived when all that has ended.",
	}[n]
}

func (n GuardName) applicationWords() string {
	return map[GuardName]string{
		CallTakesApplications: "The call is not open for applications.",
		LeadMayApply:          "This organisation may not lead an application in this call.",
		InTime:                "The deadline has passed.",
		AnswersValid:          "Some answers are missing or need to be put right.",
		SignaturesGiven:       "The project SRO and the finance lead must both sign the application as it stands now.",
		DeadlinePassed:        "The deadline for this application has not passed yet.",
		CallReopened:          "The call is not open again.",
		DueDateGiven:          "Give a date by which the applicant must answer.",
		AllAnswered:           "Answer every question that was asked.",
		DueDatePassed:         "The applicant still has time to answer.",
		AllCriteriaPass:       "All four criteria must pass, each with its reason.",
		NoQuestionOpen:        "A question to the applicant is still open.",
		CriterionFails:        "Name the criterion that fails, with its reason.",
		CallShortlists:        "This call does not shortlist.",
		FullyAssigned:         "Not every review that the call asks for is assigned.",
		ReviewsComplete:       "Not every review is in.",
		ScoresWithinLimit:     "Scores differ by more than the call's limit: open moderation first.",
		ScoresApart:           "Scores are within the call's limit.",
		ReasonGiven:           "Give the reason, as the minutes will show it.",
		ConsensusComplete:     "Record a consensus, with its reason, on each part where scores differ.",
		ProposalApproved:      "The proposal is not approved.",
		NotHeld:               "This application is held until a later release.",
		ReserveEnded:          "The reserve list's end date has not come yet.",
		ReviewAsked:           "The applicant did not ask for a review of the decision.",
	}[n]
}

func (n GuardName) awardWords() string {
	return map[GuardName]string{
		ApplicationSuccessful:  "Only a successful application gets an award.",
		AllChecksPass:          "Not every pre-award check is recorded as passed.",
		CheckFails:             "No pre-award check failed.",
		HeldInChecks:           "The award was not held during its checks.",
		HeldWhenOffered:        "The award was not held when it was offered.",
		BothSignatories:        "The other signatory has still to accept.",
		ConditionsAcknowledged: "Acknowledge each condition of the award.",
		OfferStands:            "The offer's due date has passed.",
		OfferDue:               "The offer's due date has not passed yet.",
		AgreementReady:         "The agreement and its annexes are not complete.",
		VariationProposed:      "There is no proposed variation to approve.",
		AmountNotUp:            "A variation cannot raise the amount of an award.",
		AmountOwedStated:       "State what is owed by either side.",
		FinalReturnIn:          "The final return is not in.",
		Reconciled:             "What was paid, spent and returned is not reconciled.",
		ClosingProposed:        "The closing is not proposed.",
	}[n]
}

// need names the guards of a move.
func need(names ...GuardName) []Guard {
	guards := make([]Guard, len(names))
	for i, n := range names {
		guards[i] = Guard{n, n.words()}
	}
	return guards
}
