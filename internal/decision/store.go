package decision

import (
	"fmt"
	"slices"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

func approvalsOf(tx *work.Tx, id ident.Proposal) ([]Approval, error) {
	return work.Many[Approval](tx.DB().Where("proposal_id = ?", id).Order("at, id"), "approvals")
}

// namedIn gives the lines that approvers of a proposal excepted or held.
func namedIn(tx *work.Tx, id ident.Proposal) ([]NamedLine, error) {
	return work.Many[NamedLine](tx.DB().Where("proposal_id = ?", id).Order("id"), "named lines of the proposal")
}

// heldIn gives the applications of a proposal whose decision is held until a later release.
func heldIn(tx *work.Tx, id ident.Proposal) (map[ident.Application]bool, error) {
	named, err := namedIn(tx, id)
	held := map[ident.Application]bool{}
	for _, n := range named {
		held[n.ApplicationID] = held[n.ApplicationID] || n.Held()
	}
	return held, err
}

// holding are the proposals of which a decision is held.
func holding(tx *work.Tx) ([]ident.Proposal, error) {
	rows, err := work.Many[NamedLine](tx.DB().Where("way = ? AND ended_at IS NULL AND application_id IN (SELECT id FROM applications WHERE state IN ?)",
		Hold, unreleased()).Order("proposal_id"), "holds")
	of := make([]ident.Proposal, len(rows))
	for i, n := range rows {
		of[i] = n.ProposalID
	}
	return slices.Compact(of), err
}

// endHold keeps that a hold was lifted, by whom and why.
func endHold(tx *work.Tx, n NamedLine, reason string) error {
	if err := tx.DB().Model(&NamedLine{}).Where("id = ?", n.ID).Updates(map[string]any{"ended_at": tx.Now, "ended_by": tx.By.ID, "end_reason": reason}).Error; err != nil {
		return fmt.Errorf("lifting a hold: %w", err)
	}
	return nil
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

// briefingsOf gives the briefing list of a call, also those who were taken off it, the newest first.
func briefingsOf(tx *work.Tx, call ident.Call) ([]Briefing, error) {
	return work.Many[Briefing](tx.DB().Where("call_id = ?", call).Order("given_at DESC, id DESC"), "briefing list")
}
