package testkit

import (
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Positioned records the fund's position on every candidate product of an application. One on the way has an open action.
func (w *World) Positioned(a *application.Application, standing string) {
	w.tb.Helper()
	w.Write(w.Operator(), func(tx *work.Tx) error {
		if err := tx.Require(access.CreateAward, a); err != nil {
			return err
		}
		candidates, err := product.Candidates(tx, a.ID, a.Call())
		if err != nil {
			return err
		}
		for _, c := range candidates {
			if err := w.positioned(tx, a, c.ID, standing); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w *World) positioned(tx *work.Tx, a *application.Application, id ident.Product, standing string) error {
	at, day, digest := ident.New[ident.Return](), uktime.Day(tx.Now), strings.Repeat("0", 64)
	err := tx.DB().Exec(`INSERT INTO returns (id, product_id, form, product_version, body, sent, sent_digest, submitted_by, submitted_at, revision) VALUES (?, ?, 'dtac-v2', '1.0', '{}', '{}', ?, 'invented', ?, 1)`, at, id, digest, tx.Now).Error
	if err != nil {
		return err //nolint:wrapcheck // a test reads it
	}
	position := ident.New[ident.Position]()
	err = tx.DB().Exec(`INSERT INTO positions (id, product_id, return_id, round_id, call_id, form, status, provisional, result, sent_digest, reviewed_on, person, person_name, expires, recorded_at)
		VALUES (?, ?, ?, ?, ?, 'dtac-v2', ?, ?, '{}', ?, ?, ?, 'Invented Assessor', '', ?)`, position, id, at, a.RoundID, a.CallID, standing, standing, digest, day, ident.New[ident.Person](), tx.Now).Error
	if err != nil {
		return err //nolint:wrapcheck // a test reads it
	}
	tx.Record(audit.Event{Verb: "position.record", Kind: "product", Subject: string(id), Guards: []audit.Row{{Table: "positions", Key: string(position)}}})
	if standing != "on_the_way" {
		return nil
	}
	return tx.DB().Exec(`INSERT INTO dtac_assessments (return_id, question, result, reason, what, owner, due, assessed_by, assessed_at, revision, carried)
		VALUES (?, 'C3.1', 'action_needed', 'It ends soon', 'Renew the certificate', 'Supplier', '2027-03-31', ?, ?, 1, '')`, at, ident.New[ident.Person](), tx.Now).Error //nolint:wrapcheck // a test reads it
}
