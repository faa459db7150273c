package decision

import (
	"fmt"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

func approvalsOf(tx *work.Tx, id ident.Proposal) ([]Approval, error) {
	return work.Many[Approval](tx.DB().Where("proposal_id = ?", id).Order("at, id"), "approvals")
}

func decisionsOf(tx *work.Tx, id ident.Proposal) ([]Decision, error) {
	return work.Many[Decision](tx.DB().Where("proposal_id = ?", id).Order("application_id"), "decisions")
}

// removeHeld takes back the decisions of a proposal that was returned before its release.
func removeHeld(tx *work.Tx, id ident.Proposal) ([]Decision, error) {
	held, err := work.Many[Decision](tx.DB().Where("proposal_id = ? AND released_at IS NULL", id), "decisions")
	if err != nil || len(held) == 0 {
		return nil, err
	}
	if err := tx.DB().Where("proposal_id = ? AND released_at IS NULL", id).Delete(&Decision{}).Error; err != nil {
		return nil, fmt.Errorf("taking decisions back: %w", err)
	}
	return held, nil
}

func addDecisions(tx *work.Tx, rows []Decision) error {
	if len(rows) == 0 {
		return nil
	}
	if err := tx.DB().CreateInBatches(&rows, 100).Error; err != nil {
		return fmt.Errorf("keeping decisions: %w", err)
	}
	return nil
}

func markReleased(tx *work.Tx, d Decision) error {
	if err := tx.DB().Model(&Decision{}).Where("id = ?", d.ID).Update("released_at", tx.Now).Error; err != nil {
		return fmt.Errorf("releasing a decision: %w", err)
	}
	return nil
}

// Of gives the released decision that stands on an application, or nil.
func Of(tx *work.Tx, id ident.Application) (*Decision, error) {
	return work.Find[Decision](tx.DB().Where("application_id = ? AND released_at IS NOT NULL", id).Order("released_at DESC").Limit(1), "decision")
}
