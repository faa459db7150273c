package application

import (
	"fmt"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// waitingInvitations are the invitations that were neither accepted nor ended.
const waitingInvitations = "accepted_at IS NULL AND ended_at IS NULL"

// countWaiting counts the invitations to an application that can still be answered, of one kind of rows.
func countWaiting(tx *work.Tx, rows any, id ident.Application) (int64, error) {
	var n int64
	if err := tx.DB().Model(rows).Where("application_id = ? AND expires_at > ? AND "+waitingInvitations, id, tx.Now).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting invitations: %w", err)
	}
	return n, nil
}

// endInvitations ends those invitations to an application that wait, and for which a condition holds.
func endInvitations(tx *work.Tx, id ident.Application, where string, arg any) error {
	q := tx.DB().Model(&Invited{}).Where("application_id = ? AND "+waitingInvitations, id).Where(where, arg)
	if err := q.Update("ended_at", tx.Now).Error; err != nil {
		return fmt.Errorf("ending invitations: %w", err)
	}
	return nil
}

// invitationByID reads an invitation that waits.
func invitationByID(tx *work.Tx, of ident.Application, id string) (*Invited, error) {
	if _, err := ident.Parse[string](id); err != nil {
		return nil, work.NotFound("invitation")
	}
	return work.One[Invited](tx.DB().Where("id = ? AND application_id = ? AND "+waitingInvitations, id, of), "invitation")
}

// waitingFor reads the invitation to an application that a person can still answer.
func waitingFor(tx *work.Tx, of ident.Application, person ident.Person) (*Invited, error) {
	return work.One[Invited](tx.DB().Where("application_id = ? AND person = ? AND expires_at > ? AND "+waitingInvitations, of, orNobody(person), tx.Now), "invitation")
}

// invitationsOf gives the invitations to an application that wait, those past their time among them.
func invitationsOf(tx *work.Tx, id ident.Application) ([]Invited, error) {
	return work.Many[Invited](tx.DB().Where("application_id = ? AND "+waitingInvitations, id).Order("invited_at, id"), "invitations")
}

// invitationsOfPerson gives the invitations that a person can still answer.
func invitationsOfPerson(tx *work.Tx, person ident.Person) ([]Invited, error) {
	q := tx.DB().Where("person = ? AND expires_at > ? AND "+waitingInvitations, orNobody(person), tx.Now).Order("invited_at, id").Limit(50)
	return work.Many[Invited](q, "invitations")
}

// resent notes that an invitation was sent again.
func resent(tx *work.Tx, in *Invited) error {
	q := tx.DB().Model(&Invited{}).Where("id = ? AND "+waitingInvitations, in.ID)
	if err := q.Updates(map[string]any{"invited_at": in.InvitedAt, "expires_at": in.ExpiresAt}).Error; err != nil {
		return fmt.Errorf("sending an invitation again: %w", err)
	}
	return nil
}

// invitedSince reports whether somebody was sent an invitation of a kind to an application since a moment, whatever became of it.
func invitedSince(tx *work.Tx, of ident.Application, person ident.Person, kind Relation, since time.Time) (bool, error) {
	q := tx.DB().Where("application_id = ? AND person = ? AND kind = ? AND invited_at > ? AND accepted_at IS NULL", of, person, kind, since)
	in, err := work.Find[Invited](q.Limit(1), "invitation")
	return in != nil, err
}

// withdrawn ends an invitation that waits. One that was accepted at the same moment stands.
func withdrawn(tx *work.Tx, in *Invited) error {
	done := tx.DB().Model(&Invited{}).Where("id = ? AND "+waitingInvitations, in.ID).Update("ended_at", tx.Now)
	if done.Error != nil {
		return fmt.Errorf("withdrawing an invitation: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return fault.New(fault.Conflict, "The invitation was answered at the same moment. Look at the people of the application again")
	}
	return nil
}

// accepted notes that an invitation was accepted; a second time there is none.
func accepted(tx *work.Tx, in *Invited) error {
	done := tx.DB().Model(&Invited{}).Where("id = ? AND "+waitingInvitations, in.ID).Update("accepted_at", tx.Now)
	if done.Error != nil {
		return fmt.Errorf("accepting an invitation: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return work.NotFound("invitation")
	}
	return nil
}

// Partial gives everybody who takes part in an application of a call on the applicant's side, or is barred from one.
func Partial(tx *work.Tx, c *fund.Call) ([]ident.Person, error) {
	var who []ident.Person
	relations := append(applicantSide(), Conflicted, Recused)
	err := tx.DB().Table("application_relations").Distinct("person").
		Where("application_id IN (SELECT id FROM applications WHERE call_id = ?) AND relation IN ?", c.ID, relations).Order("person").Pluck("person", &who).Error
	if err != nil {
		return nil, fmt.Errorf("looking who takes part in %s: %w", c.Ref, err)
	}
	return who, nil
}
