package application

import (
	"fmt"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Extensions gives the extensions of an application, oldest first: approvers see them.
func Extensions(tx *work.Tx, id ident.Application) ([]Extension, error) {
	return work.Many[Extension](tx.DB().Where("application_id = ?", id).Order("proposed_at, id"), "extensions")
}

func openExtension(tx *work.Tx, id ident.Application) (*Extension, error) {
	return work.Find[Extension](tx.DB().Where("application_id = ? AND confirmed_at IS NULL", id).Order("proposed_at DESC"), "extension")
}

func confirmExtension(tx *work.Tx, e *Extension) error {
	err := tx.DB().Model(&Extension{}).Where("id = ? AND confirmed_at IS NULL", e.ID).Updates(map[string]any{"confirmed_by": tx.By.ID, "confirmed_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("confirming an extension: %w", err)
	}
	return nil
}
