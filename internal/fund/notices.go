package fund

import (
	"adoptionfund/internal/access"
	"adoptionfund/internal/workflow"
)

// audience is the action whose holders a notice about a call is for: whoever does what comes next.
func audience(n workflow.Notice) access.Action {
	switch n { //nolint:exhaustive // the others are about applications and awards
	case workflow.TellApprovalVoided:
		return access.ApproveOpening
	case workflow.TellCallClosed:
		return access.RecordFinding
	case workflow.TellProposalReturned:
		return access.MakeProposal
	default:
		return access.EditCall
	}
}
