package access

import "slices"

// ActionInfo describes an action for people.
type ActionInfo struct {
	Action   Action
	Label    string // completes "You may not …"
	Resource string // the kind of thing it is done to: application, call, award …
	Reads    bool   // it only looks
}

// Actions is the table of all actions, in the order in which the matrix shows them.
func Actions() []ActionInfo {
	return slices.Concat(
		publicActions(),
		peopleActions(),
		roundActions(),
		applicationActions(),
		clarificationActions(),
		eligibilityActions(),
		productActions(),
		interestActions(),
		assignmentActions(),
		reviewActions(),
		panelActions(),
		allocationActions(),
		decisionActions(),
		awardActions(),
		oversightActions(),
		machineActions(),
	)
}

func publicActions() []ActionInfo {
	return []ActionInfo{
		{ViewPublic, "see the public pages", "public", true},
		{CheckHealth, "ask whether the service is alive", "public", true},
		{ViewDemoMail, "see the demonstration's mailbox", "public", true},
		{AskQuestion, "ask a question about a call", "call", false},
		{ListQuestions, "see the questions about a call that wait for an answer", "call", true},
		{AnswerQuestion, "answer a question about a call", "call", false},
		{SignUp, "create an account", "account", false},
		{SignIn, "sign in", "account", false},
		{ResetPassword, "ask for a new password", "account", false},
		{AcceptInvitation, "accept an invitation", "account", false},
		{SignOut, "sign out", "account", false},
		{ViewHome, "see what waits for you", "account", true},
		{ViewAccount, "see an account's own page", "account", true},
		{EditAccount, "change an account's own details", "account", false},
		{ChangePassword, "change an account's own password", "account", false},
		{ManageSecondFactor, "set up an account's own one-time codes", "account", false},
		{ManageSessions, "see and end an account's own sessions", "account", false},
		{ExportOwnData, "get all that is held about oneself", "account", false},
	}
}

func peopleActions() []ActionInfo {
	return []ActionInfo{
		{ListPeople, "see the list of people", "person", true},
		{ViewPerson, "see a person's details and roles", "person", true},
		{AddPerson, "add a person", "person", false},
		{InvitePerson, "invite a person", "person", false},
		{EditPerson, "change a person's details", "person", false},
		{DisablePerson, "disable or enable a person's account", "person", false},
		{ResetSecondFactor, "reset a person's one-time codes", "person", false},
		{ExportPersonData, "get all that is held about a person, for them", "person", false},
		{GrantRole, "grant a role", "person", false},
		{RevokeRole, "take a role away", "person", false},
		{ViewOrganisations, "look up organisations", "organisation", true},
		{JoinOrganisation, "ask to act for an organisation", "organisation", false},
		{AuthorisePerson, "settle who may act for an organisation", "organisation", false},
		{EditOrganisation, "change an organisation's details", "organisation", false},
		{ImportOrganisations, "import organisations", "import", false},
		{ImportReviewers, "import reviewers", "import", false},
		{ViewReviewers, "see the reviewers of a round", "reviewer", true},
		{EditReviewer, "add and change reviewers of a round", "reviewer", false},
		{InviteReviewer, "ask reviewers whether they will review", "reviewer", false},
		{AnswerReviewing, "answer an invitation to review", "reviewer", false},
		{EditReviewerProfile, "see and change one's own profile as a reviewer", "reviewer", false},
		{ImportGrants, "import grants", "import", false},
		{ImportProgrammes, "import awards of national programmes", "import", false},
		{ListImports, "see which lists of other funding were imported", "import", true},
	}
}

func roundActions() []ActionInfo {
	return []ActionInfo{
		{ListRounds, "see the list of rounds", "round", true},
		{ViewRound, "see a round's settings", "round", true},
		{CreateRound, "create a round", "round", false},
		{EditRound, "change a round's settings", "round", false},
		{ViewCall, "see a call's settings", "call", true},
		{CreateCall, "create a call", "call", false},
		{EditCall, "change a call's settings", "call", false},
		{RequestOpening, "ask for the approval of a call's opening", "call", false},
		{ApproveOpening, "approve the opening of a call", "call", false},
		{ReturnOpening, "return a call whose opening is to be approved, with the reason", "call", false},
		{OpenCall, "open a call at its time", "call", false},
		{ProposeCallExtension, "propose to extend a call for all", "call", false},
		{ConfirmCallExtension, "confirm the extension of a call for all", "call", false},
		{CloseCall, "close a call at its deadline", "call", false},
		{ProposeCallReopening, "propose to reopen a call after a failure of the service", "call", false},
		{ConfirmCallReopening, "confirm the reopening of a call", "call", false},
		{ScheduleRelease, "set the time at which decisions are released", "call", false},
		{ReleaseCall, "release a call's decisions at their time", "call", false},
		{ArchiveCall, "archive a call", "call", false},
	}
}

func applicationActions() []ActionInfo {
	return []ActionInfo{
		{ListApplications, "see a list of applications", "application", true},
		{ViewApplication, "see an application", "application", true},
		{ViewApplicationHistory, "see an application's history", "application", true},
		{StartApplication, "start an application", "call", false},
		{EditApplication, "change an application's answers", "application", false},
		{InviteToApplication, "invite people to an application", "application", false},
		{AnswerInvitation, "answer an invitation to an application", "application", false},
		{LeaveApplication, "leave an application", "application", false},
		{HandOverApplication, "hand an application over to another main contact", "application", false},
		{ReplaceMainContact, "ask another person to be an application's main contact, where the one before has left", "application", false},
		{NameDeputy, "name a deputy who signs for a signatory", "application", false},
		{SignFromMail, "open the link of a mail that asks for a signature", "application", false},
		{SignApplication, "sign an application", "application", false},
		{SubmitApplication, "submit an application", "application", false},
		{ReopenCopy, "reopen a working copy of a submitted application", "application", false},
		{CopyApplication, "copy an application into another call", "application", false},
		{WithdrawApplication, "withdraw an application", "application", false},
		{ViewReceipt, "see the receipt of a submission", "application", true},
		{ViewOutcome, "see the outcome of an application", "application", true},
		{ProposeExtension, "propose an extension for one applicant", "application", false},
		{ConfirmExtension, "confirm an extension for one applicant", "application", false},
		{TakeInApplication, "pass a submitted application to screening after the deadline", "application", false},
		{LapseDraft, "close a draft that was not submitted", "application", false},
		{ReopenDraft, "reopen a draft of a call that was reopened", "application", false},
	}
}

func clarificationActions() []ActionInfo {
	return []ActionInfo{
		{ViewClarifications, "see clarification questions", "clarification", true},
		{AskClarification, "ask for clarification", "clarification", false},
		{RemindClarification, "remind an applicant of clarification questions", "clarification", false},
		{AnswerClarification, "answer a clarification question", "clarification", false},
		{ExpireClarification, "note that a clarification is overdue", "clarification", false},
	}
}

func eligibilityActions() []ActionInfo {
	return []ActionInfo{
		{ListScreening, "see the eligibility queue", "application", true},
		{ViewEligibility, "see an application's eligibility findings", "application", true},
		{AssignCase, "decide which officer has an application", "application", false},
		{RecordFinding, "record an eligibility finding", "application", false},
		{PassEligibility, "find an application eligible", "application", false},
		{ProposeIneligible, "propose that an application is ineligible", "application", false},
		{ConfirmIneligible, "confirm that an application is ineligible", "application", false},
		{ReturnIneligible, "return a proposal of ineligibility", "application", false},
		{ProposeEligibilityReopening, "propose to reopen eligibility", "application", false},
		{ConfirmEligibilityReopening, "confirm the reopening of eligibility", "application", false},
		{ProposeFU1, "propose the score for additionality", "application", false},
		{ConfirmFU1, "confirm the score for additionality", "application", false},
		{ViewOtherFunding, "see likely double funding", "application", true},
		{SettleMatch, "settle a likely double funding", "application", false},
		{TryRules, "try changed eligibility rules", "round", true},
		{ViewShortlist, "see the shortlist of a call", "call", true},
		{ProposeShortlist, "propose who is not shortlisted", "call", false},
		{ConfirmShortlist, "confirm who is not shortlisted", "application", false},
	}
}

func productActions() []ActionInfo {
	return []ActionInfo{
		{ListProducts, "see a list of products", "product", true},
		{ViewProduct, "see a product", "product", true},
		{CreateProduct, "add a product", "product", false},
		{EditProduct, "change a product's details", "product", false},
		{ClaimProduct, "claim a product as its supplier", "product", false},
		{ConfirmClaim, "confirm a supplier's claim to a product", "product", false},
		{MergeProducts, "merge two records of one product", "product", false},
		{ViewReturn, "see a DTAC return", "product", true},
		{AnswerReturn, "complete a DTAC return", "product", false},
		{SubmitReturn, "send a DTAC return", "product", false},
		{PermitReuse, "permit the reuse of a DTAC return", "product", false},
		{DeclareRelease, "declare a new release of a product", "product", false},
		{ViewSecurityEvidence, "see sealed security evidence", "product", true},
		{ListDTAC, "see the DTAC register", "product", true},
		{ViewDTAC, "see a DTAC assessment and position", "product", true},
		{AssessReturn, "assess a DTAC return", "product", false},
		{RecordPosition, "record a DTAC position", "product", false},
		{ProposePosition, "propose a DTAC position for a second look", "product", false},
		{ConfirmPosition, "confirm a DTAC position after a second look", "product", false},
		{ReturnPosition, "return a DTAC position after a second look", "product", false},
		{RecogniseAssessment, "record an NHS body's own DTAC assessment", "product", false},
		{ScoreDT1, "score an application's DTAC part", "application", false},
		{WarnExpiry, "warn of evidence that expires", "product", false},
	}
}

func interestActions() []ActionInfo {
	return []ActionInfo{
		{DeclareInterest, "declare an interest", "application", false},
		{ViewOwnInterests, "see one's own declarations", "interest", true},
		{ViewInterests, "see declared and found interests", "interest", true},
		{FindInterests, "look for interests", "interest", false},
		{SettleInterest, "settle whether an interest is a conflict", "interest", false},
		{WithdrawInterest, "withdraw a declaration made in error", "interest", false},
		{AppointDeputy, "appoint a deputy for one who is recused", "interest", false},
	}
}

func assignmentActions() []ActionInfo {
	return []ActionInfo{
		{ViewAssignment, "see who reviews what", "call", true},
		{ProposeAssignment, "propose who reviews what", "call", false},
		{EditAssignment, "change who reviews what", "call", false},
		{ApproveAssignment, "approve who reviews what", "call", false},
		{ReplaceReviewer, "replace a reviewer", "application", false},
		{DeclineAssignment, "decline a review", "application", false},
	}
}

func reviewActions() []ActionInfo {
	return []ActionInfo{
		{ListReviews, "see one's reviews", "review", true},
		{ViewReview, "see an application to review", "review", true},
		{AcceptTerms, "accept the terms for reviewers", "review", false},
		{SaveReview, "score an application", "review", false},
		{SubmitReview, "send a review", "review", false},
		{ReviseReview, "revise a review in moderation", "review", false},
		{ViewOtherReviews, "see the reviews of others", "review", true},
		{StrikeReview, "strike a review after a conflict", "review", false},
		{RemindReviewer, "remind a reviewer", "review", false},
		{ViewFeedback, "see the feedback that an applicant will get", "application", true},
		{EditFeedback, "edit feedback to an applicant", "application", false},
		{ViewProgress, "see the progress of reviews", "call", true},
		{CloseAssessment, "close the assessment of an application", "application", false},
		{RequestReviews, "ask for further reviews", "application", false},
	}
}

func panelActions() []ActionInfo {
	return []ActionInfo{
		{ViewModeration, "see moderation", "application", true},
		{OpenModeration, "open moderation of an application", "application", false},
		{DiscussModeration, "take part in moderation", "application", false},
		{RecordConsensus, "record a consensus", "application", false},
		{TakeToPanel, "take an application to the panel", "application", false},
		{ViewMeeting, "see a panel's papers", "call", true},
		{PrepareMeeting, "prepare a panel meeting", "call", false},
		{RecordMeeting, "record attendance and decisions of a panel meeting", "call", false},
		{SignMinutes, "sign a panel's minutes", "call", false},
	}
}

func allocationActions() []ActionInfo {
	return []ActionInfo{
		{ViewRanking, "see a ranking", "call", true},
		{RunCalibration, "calibrate scores", "call", false},
		{FreezeRanking, "freeze a ranking, or unfreeze it", "call", false},
		{ProposeTargeted, "propose targeted reviews", "call", false},
		{ApproveTargeted, "approve targeted reviews", "call", false},
		{ViewNamedSeverity, "see reviewers' severity by name", "call", true},
		{ViewSeverity, "see reviewers' severity by pseudonym", "call", true},
		{ViewOwnSeverity, "see one's own severity", "call", true},
		{ViewAllocation, "see scenarios", "call", true},
		{RunAllocation, "try an allocation", "call", false},
		{EnterLot, "enter the value from which the lot is drawn", "call", false},
		{ApproveDirectAward, "approve a direct award", "call", false},
	}
}

func decisionActions() []ActionInfo {
	return []ActionInfo{
		{ListApprovals, "see what waits for approval", "call", true},
		{ViewProposal, "see a proposal", "call", true},
		{MakeProposal, "put a scenario forward as a proposal", "call", false},
		{VoidProposal, "void a proposal whose basis changed", "call", false},
		{ApproveProposal, "approve a proposal", "call", false},
		{ApproveProposalSecond, "approve a proposal as second approver", "call", false},
		{HoldLine, "hold or except applications in a proposal", "call", false},
		{ReturnProposal, "return a proposal", "call", false},
		{LiftHold, "lift the hold on a decision", "call", false},
		{AcceptDeviation, "accept a deviation from the method", "call", false},
		{ApproveDeviation, "approve a deviation from the method", "call", false},
		{ReleaseDecision, "release a decision at its time", "application", false},
		{TakeUpReserve, "take an application up from the reserve list", "application", false},
		{ExpireReserve, "end a place on the reserve list", "application", false},
		{ViewLetters, "read the letters that wait", "call", true},
		{DraftLetters, "draft outcome letters", "call", false},
		{CorrectLetter, "propose a correction of a released letter", "application", false},
		{ApproveCorrection, "approve the correction of a released letter", "application", false},
		{GrantBriefing, "give early access to a briefing list", "call", false},
		{ViewBriefing, "see an embargoed briefing list", "call", true},
		{RequestDecisionReview, "ask for a review of a decision", "application", false},
		{ListDecisionReviews, "see which reviews of decisions are open", "application", true},
		{ViewDecisionReview, "see the review of a decision", "application", true},
		{UpholdDecisionReview, "uphold a review of a decision", "application", false},
		{DismissDecisionReview, "dismiss a review of a decision", "application", false},
	}
}

func awardActions() []ActionInfo {
	return []ActionInfo{
		{ListAwards, "see a list of awards", "award", true},
		{ViewAward, "see an award", "award", true},
		{CreateAward, "create the award of a successful application", "award", false},
		{RecordCheck, "record a pre-award check", "award", false},
		{ConfirmChecks, "confirm that all pre-award checks pass", "award", false},
		{RefuseOffer, "decide that no offer is made", "award", false},
		{HoldAward, "hold an award", "award", false},
		{ResumeAward, "resume an award on hold", "award", false},
		{AcceptAward, "accept an award", "award", false},
		{DeclineAward, "decline an award", "award", false},
		{LapseOffer, "lapse an offer whose due date has passed", "award", false},
		{WithdrawOffer, "withdraw an offer", "award", false},
		{CountersignAgreement, "countersign an agreement", "award", false},
		{ChooseProduct, "choose an award's product", "award", false},
		{ProposeVariation, "propose to vary an award", "award", false},
		{ApproveVariation, "approve the variation of an award", "award", false},
		{SuspendAward, "suspend an award", "award", false},
		{LiftSuspension, "lift the suspension of an award", "award", false},
		{TerminateAward, "terminate an award", "award", false},
		{SubmitAwardReturn, "send a return on an award", "award", false},
		{AcceptAwardReturn, "accept a return on an award", "award", false},
		{CompleteAward, "accept an award's final return", "award", false},
		{ManageConditions, "manage an award's conditions and payments", "award", false},
		{ProposeClosing, "propose to close a reconciled award", "award", false},
		{ApproveClosing, "approve the closing of an award", "award", false},
		{RevisePlan, "send a revised plan for an award", "award", false},
		{SignAgreement, "sign an agreement for its recipient", "award", false},
		{ClearPayment, "confirm that a payment is cleared to pay", "award", false},
		{ReportCondition, "report a condition of an award as met", "award", false},
	}
}

func oversightActions() []ActionInfo {
	return []ActionInfo{
		{ExplainApplication, "be told the whole story of an application", "application", true},
		{ViewReports, "see reports", "round", true},
		{ReportProgress, "see and export how far a round is", "round", true},
		{ReportReviewers, "see and export reviewers' load, severity and agreement", "round", true},
		{ReportDTAC, "see and export DTAC positions and expiries", "round", true},
		{ReportInterests, "see and export interests and recusals", "round", true},
		{ReportChanges, "see and export deviations, overrides and extensions", "round", true},
		{ReportAwards, "see and export awards and conditions", "round", true},
		{ScheduleReport, "be sent a link to a report every day or week", "round", false},
		{ExportAllocations, "export the allocation report", "round", true},
		{ExportApplications, "export applications", "round", true},
		{ExportScores, "export scores", "round", true},
		{ExportAudit, "export the audit trail", "round", true},
		{ViewAudit, "see the audit trail", "audit", true},
		{VerifyAudit, "verify the audit trail", "audit", true},
		{LogReads, "keep the log of what was read", "audit", false},
		{MakeCheckpoint, "verify the audit trail and sign a checkpoint of it", "audit", false},
		{ViewAdministration, "see administration pages", "system", true},
		{ViewPolicy, "see the access policy", "system", true},
		{ViewOutbox, "see messages sent and waiting", "system", true},
		{ResendMessage, "send a message again", "system", false},
		{EditTemplates, "change message and letter templates", "system", false},
		{ViewRetention, "see retention periods and holds", "system", true},
		{HoldData, "place or lift a legal hold", "system", false},
		{ProposeRemoval, "make a list of data past its period", "removal", false},
		{ApproveRemoval, "approve or refuse a list of data to remove", "removal", false},
		{RemoveData, "remove data past its period", "removal", false},
		{DiscloseData, "make a copy of an application's story for release", "application", false},
	}
}

func machineActions() []ActionInfo {
	return []ActionInfo{
		{SendMail, "send mail that waits", "system", false},
		{RemindPeople, "remind people of what is due", "system", false},
		{StopMail, "turn reminders off from a mail", "system", false},
		{SweepFiles, "remove files that nothing refers to", "system", false},
		{ScanFiles, "scan files for viruses", "system", false},
		{MatchOtherFunding, "look for double funding", "system", false},
		{ExpireSessions, "end sessions and links past their time", "system", false},
		{MigrateDatabase, "migrate the database", "system", false},
		{BackUp, "make a backup", "system", false},
		{Restore, "restore a backup", "system", false},
		{LoadDemonstration, "load the demonstration", "system", false},
	}
}
