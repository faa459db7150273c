package application

import (
	"fmt"
	"time"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// signaturesOf gives the signatures that were not cleared, oldest first.
func signaturesOf(tx *work.Tx, id ident.Application) ([]Signature, error) {
	return work.Many[Signature](tx.DB().Where("application_id = ? AND cleared_at IS NULL", id).Order("signed_at, id"), "signatures")
}

// addSignature keeps a signature in place of an earlier one for the same part.
func addSignature(tx *work.Tx, s Signature) error {
	err := tx.DB().Model(&Signature{}).Where("application_id = ? AND part = ? AND cleared_at IS NULL", s.ApplicationID, s.Part).Update("cleared_at", tx.Now).Error
	if err != nil {
		return fmt.Errorf("replacing a signature: %w", err)
	}
	return work.Add(tx, &s)
}

func submissionByID(tx *work.Tx, id ident.Submission) (*Submission, error) {
	return work.One[Submission](tx.DB().Where("id = ?", id), "submission")
}

// submissionsOf gives the submissions of an application without their snapshots, newest first.
func submissionsOf(tx *work.Tx, id ident.Application) ([]Submission, error) {
	return work.Many[Submission](tx.DB().Omit("snapshot").Where("application_id = ?", id).Order("number DESC"), "submissions")
}

func addReceipt(tx *work.Tx, id ident.Submission, text string) error {
	if err := tx.DB().Exec("INSERT INTO receipts (submission_id, receipt) VALUES (?, ?)", id, text).Error; err != nil {
		return fmt.Errorf("keeping a receipt: %w", err)
	}
	return nil
}

// callsWithEndedExtensions gives closed calls in which an applicant's extension ended before a moment and the application still waits.
func callsWithEndedExtensions(tx *work.Tx, before time.Time) ([]ident.CallRef, error) {
	var refs []ident.CallRef
	err := tx.DB().Raw(`SELECT DISTINCT c.ref FROM applications a JOIN calls c ON c.id = a.call_id
		WHERE c.state = ? AND a.state IN ? AND a.deadline IS NOT NULL AND a.deadline <= ? ORDER BY c.ref`,
		workflow.CallClosed, []workflow.ApplicationState{workflow.Draft, workflow.Submitted}, before).Scan(&refs).Error
	if err != nil {
		return nil, fmt.Errorf("looking for extensions that ended: %w", err)
	}
	return refs, nil
}

func addAmendments(tx *work.Tx, rows []Amendment) error {
	if err := tx.DB().Create(&rows).Error; err != nil {
		return fmt.Errorf("keeping later answers: %w", err)
	}
	return nil
}

// amendmentsOf gives the later answers beside a submission, oldest first.
func amendmentsOf(tx *work.Tx, ids ...ident.Submission) ([]Amendment, error) {
	return work.Many[Amendment](tx.DB().Where("submission_id IN ?", ids).Order("at, id"), "later answers")
}

// CountAmendments counts the later answers to a submission: with it they tell one text from another.
func CountAmendments(tx *work.Tx, id ident.Submission) (int, error) {
	var n int64
	if err := tx.DB().Model(&Amendment{}).Where("submission_id = ?", id).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting later answers: %w", err)
	}
	return int(n), nil
}

func withdrawalOf(tx *work.Tx, id ident.Application) (*Withdrawal, error) {
	return work.Find[Withdrawal](tx.DB().Where("application_id = ?", id).Order("at DESC"), "withdrawal")
}

// receiptRow is a receipt with the number of its submission.
type receiptRow struct {
	SubmissionID ident.Submission
	Number       int
	Receipt      string
}

// receiptsOf gives the receipts of an application, the newest first.
func receiptsOf(tx *work.Tx, id ident.Application) ([]receiptRow, error) {
	var rows []receiptRow
	err := tx.DB().Raw("SELECT s.id AS submission_id, s.number, r.receipt FROM submissions s JOIN receipts r ON r.submission_id = s.id WHERE s.application_id = ? ORDER BY s.number DESC", id).
		Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading receipts: %w", err)
	}
	return rows, nil
}

// keepOrganisations notes the organisations of an application as it was submitted: who may act for one of them is recused from it.
func keepOrganisations(tx *work.Tx, id ident.Application, codes []ident.ODS) error {
	if err := tx.DB().Exec("DELETE FROM application_organisations WHERE application_id = ? AND ods_code NOT IN ?", id, codes).Error; err != nil {
		return fmt.Errorf("removing organisations of an application: %w", err)
	}
	for _, code := range codes {
		err := tx.DB().Exec("INSERT INTO application_organisations (application_id, ods_code) VALUES (?, ?) ON CONFLICT DO NOTHING", id, code).Error
		if err != nil {
			return fmt.Errorf("noting an organisation of an application: %w", err)
		}
	}
	return nil
}
