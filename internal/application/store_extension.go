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

// ExtensionsIn gives the extensions that applicants of a call were given, oldest first.
func ExtensionsIn(tx *work.Tx, call ident.Call) ([]Extension, error) {
	given := tx.DB().Where("confirmed_at IS NOT NULL AND application_id IN (SELECT id FROM applications WHERE call_id = ?)", call)
	return work.Many[Extension](given.Order("proposed_at, id"), "extensions")
}

func openExtension(tx *work.Tx, id ident.Application) (*Extension, error) {
	return work.Find[Extension](tx.DB().Where("application_id = ? AND confirmed_at IS NULL AND refused_at IS NULL", id).Order("proposed_at DESC"), "extension")
}

func confirmExtension(tx *work.Tx, e *Extension) error {
	err := tx.DB().Model(&Extension{}).Where("id = ? AND confirmed_at IS NULL", e.ID).Updates(map[string]any{"confirmed_by": tx.By.ID, "confirmed_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("confirming an extension: %w", err)
	}
	return nil
}

func refuseExtension(tx *work.Tx, e *Extension) error {
	err := tx.DB().Model(&Extension{}).Where("id = ? AND confirmed_at IS NULL", e.ID).Updates(map[string]any{"refused_by": tx.By.ID, "refused_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("refusing an extension: %w", err)
	}
	return nil
}

// mostExtended is how many applications with extensions a list shows.
const mostExtended = 200

// extendedApplications gives the applications for which an extension was proposed, those with the latest first.
func extendedApplications(tx *work.Tx) ([]*Application, error) {
	latest := "(SELECT MAX(e.proposed_at) FROM application_extensions e WHERE e.application_id = applications.id)"
	return work.Many[*Application](tx.DB().Where("id IN (SELECT application_id FROM application_extensions)").Order(latest+" DESC, ref").Limit(mostExtended), "applications with extensions")
}
