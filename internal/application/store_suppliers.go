package application

import (
	"fmt"
	"time"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// supplierInvitationsOf gives the invitations of suppliers to an application's products that were not declined or replaced.
func supplierInvitationsOf(tx *work.Tx, id ident.Application) ([]SupplierInvited, error) {
	return work.Many[SupplierInvited](tx.DB().Where("application_id = ? AND ended_at IS NULL", id).Order("invited_at, id"), "invitations of suppliers")
}

// supplierInvitationsFor gives the invitations that a person can still answer.
func supplierInvitationsFor(tx *work.Tx, person ident.Person) ([]SupplierInvited, error) {
	q := tx.DB().Where("person = ? AND expires_at > ? AND "+waitingInvitations, orNobody(person), tx.Now).Order("invited_at, id").Limit(50)
	return work.Many[SupplierInvited](q, "invitations of suppliers")
}

// supplierInvitationFor reads an invitation that a person can still answer.
func supplierInvitationFor(tx *work.Tx, id string, person ident.Person) (*SupplierInvited, error) {
	if _, err := ident.Parse[string](id); err != nil {
		return nil, work.NotFound("invitation")
	}
	q := tx.DB().Where("id = ? AND person = ? AND expires_at > ? AND "+waitingInvitations, id, orNobody(person), tx.Now)
	return work.One[SupplierInvited](q, "invitation")
}

// supplierInvitedSince reports whether somebody was mailed about the products of an application since a moment, whatever became of it.
func supplierInvitedSince(tx *work.Tx, of ident.Application, person ident.Person, since time.Time) (bool, error) {
	q := tx.DB().Where("application_id = ? AND person = ? AND invited_at > ?", of, person, since)
	in, err := work.Find[SupplierInvited](q.Limit(1), "invitation")
	return in != nil, err
}

// replaceSupplierInvitation keeps an invitation, and ends those of the same person to the same product that wait.
func replaceSupplierInvitation(tx *work.Tx, in *SupplierInvited) error {
	q := tx.DB().Model(&SupplierInvited{}).Where("application_id = ? AND person = ? AND "+waitingInvitations, in.ApplicationID, in.Person).
		Where("product = ? AND supplier = ? AND version = ?", in.Product, in.Supplier, in.Version)
	if err := q.Update("ended_at", tx.Now).Error; err != nil {
		return fmt.Errorf("ending invitations of suppliers: %w", err)
	}
	return work.Add(tx, in)
}

// answeredSupplierInvitation notes the answer to an invitation; a second time there is none to answer.
func answeredSupplierInvitation(tx *work.Tx, in *SupplierInvited, column string) error {
	done := tx.DB().Model(&SupplierInvited{}).Where("id = ? AND "+waitingInvitations, in.ID).Update(column, tx.Now)
	if done.Error != nil {
		return fmt.Errorf("answering an invitation: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return work.NotFound("invitation")
	}
	return nil
}
