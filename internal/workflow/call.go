package workflow

import (
	"sync"

	"adoptionfund/internal/access"
)

// The events of a call.
const (
	CreateCall       Event = "create"
	ApproveOpening   Event = "approve_opening"
	EditCall         Event = "edit"
	OpenCall         Event = "open"
	ExtendCall       Event = "extend"
	CloseCall        Event = "close"
	ReopenCall       Event = "reopen"
	Decide           Event = "decide"
	DecideSecond     Event = "decide_second"
	VoidApproval     Event = "void_approval"
	ReturnApproval   Event = "return_approval"
	ReleaseDecisions Event = "release"
	ArchiveCall      Event = "archive"
)

// Calls is the table of a call's life.
func Calls() Machine[CallState] { return calls() }

// calls is made once: pages ask for it line by line.
var calls = sync.OnceValue(func() Machine[CallState] { //nolint:gochecknoglobals // made once and never changed
	return Machine[CallState]{"call", callStates(), recorded("call", callMoves())}
})

func callStates() []Info[CallState] {
	return []Info[CallState]{
		{CallDraft, "Draft", "Not open yet", Grey, Grey, false, false},
		{CallApproved, "Approved to open", "Not open yet", AquaGreen, Grey, false, false},
		{CallOpen, "Open", "Open", Green, Green, false, false},
		{CallClosed, "Closed, being assessed", "Closed", Blue, Grey, false, false},
		{CallDecided, "Decided, not released", "Closed", Purple, Grey, false, false},
		{CallReleased, "Decisions released", "Decisions released", AquaGreen, AquaGreen, false, true},
		{CallArchived, "Archived", "Ended", White, White, true, true},
	}
}

func callMoves() []Move[CallState] {
	return []Move[CallState]{
		{"", CreateCall, CallDraft, "create it", "fund manager", access.CreateCall, nil, Effects{}},
		{CallDraft, ApproveOpening, CallApproved, "approve its opening", "senior officer, not its author", access.ApproveOpening, need(SettingsComplete), tell(TellOpeningApproved)},
		{CallApproved, EditCall, CallDraft, "change it", "fund manager; voids the approval", access.EditCall, nil, tell(TellApprovalVoided)},
		{CallApproved, OpenCall, CallOpen, "open it", "clock, at its time", access.OpenCall, need(OpeningTimeCome), tell(TellCallOpened)},
		{CallOpen, ExtendCall, CallOpen, "extend it", "fund manager and a second person", access.ConfirmCallExtension, need(ExtensionProposed, LaterDeadline), tell(TellCallExtended)},
		{CallOpen, CloseCall, CallClosed, "close it", "clock, at its deadline", access.CloseCall, need(CallDeadlinePassed), tell(TellCallClosed)},
		{CallClosed, ReopenCall, CallOpen, "reopen it", "fund manager and senior officer", access.ConfirmCallReopening, need(ReopeningProposed, LaterDeadline), tell(TellCallReopened).queue(access.ReopenDraft)},
		{CallClosed, Decide, CallDecided, "approve the proposal", "approver", access.ApproveProposal, need(WithinLimit, DeviationsSettled), tell(TellProposalApproved)},
		{CallClosed, DecideSecond, CallDecided, "approve the proposal", "second approver", access.ApproveProposalSecond, need(FirstApprovalGiven, DeviationsSettled), tell(TellProposalApproved)},
		{CallDecided, VoidApproval, CallClosed, "void the approval", "system", access.VoidProposal, nil, Effects{}},
		{CallDecided, ReturnApproval, CallClosed, "return the proposal", "approver", access.ReturnProposal, need(ReasonGiven), tell(TellProposalReturned)},
		{CallDecided, ReleaseDecisions, CallReleased, "release its decisions", "clock, at its time", access.ReleaseCall, need(ReleaseTimeCome), tell(TellReleased)},
		{CallReleased, Decide, CallReleased, "approve a later proposal", "approver", access.ApproveProposal, need(WithinLimit, DeviationsSettled), tell(TellProposalApproved)},
		{CallReleased, DecideSecond, CallReleased, "approve a later proposal", "second approver", access.ApproveProposalSecond, need(FirstApprovalGiven, DeviationsSettled), tell(TellProposalApproved)},
		{CallReleased, ReleaseDecisions, CallReleased, "release its decisions", "clock, at its time", access.ReleaseCall, need(ReleaseTimeCome), tell(TellReleased)},
		{CallReleased, ArchiveCall, CallArchived, "archive it", "fund manager", access.ArchiveCall, need(NoAwardOpen), Effects{}},
	}
}
