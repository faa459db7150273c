package application

import (
	"fmt"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// eventsOf gives a page of what the audit trail has about an application, newest first, from before an event (0: from the end).
func eventsOf(tx *work.Tx, id ident.Application, before int64, limit int) ([]audit.Entry, error) {
	q := tx.DB().Where("application = ?", string(id)).Order("seq DESC").Limit(limit)
	if before > 0 {
		q = q.Where("seq < ?", before)
	}
	return work.Many[audit.Entry](q, "history")
}

// signedParts gives the parts for which a signature stands, by application.
func signedParts(tx *work.Tx, of []*Application) (map[ident.Application][]Relation, error) {
	ids := make([]ident.Application, len(of))
	for i, a := range of {
		ids[i] = a.ID
	}
	rows, err := work.Many[Signature](tx.DB().Where("application_id IN ? AND cleared_at IS NULL", ids), "signatures")
	if err != nil {
		return nil, err
	}
	found := map[ident.Application][]Relation{}
	for _, row := range rows {
		found[row.ApplicationID] = append(found[row.ApplicationID], row.Part)
	}
	return found, nil
}

// changesQuery is a page of the history of answers, newest first.
type changesQuery struct {
	Application ident.Application
	Section     form.Code // empty: all
	Question    form.Code // empty: all
	Before      string    // the id of the last row of the page before
	Limit       int
}

// changesOf gives a page of the history of answers.
func changesOf(tx *work.Tx, in changesQuery) ([]change, error) {
	q := tx.DB().Where("application_id = ?", in.Application).Order("began_at DESC, id DESC").Limit(in.Limit)
	if in.Section != "" {
		q = q.Where("section = ?", string(in.Section))
	}
	if in.Question != "" {
		q = q.Where("changes LIKE ?", `%"`+string(in.Question)+`":{"before"%`)
	}
	if in.Before != "" {
		last, err := changeByID(tx, in.Application, in.Before)
		if err != nil {
			return nil, err
		}
		q = q.Where("began_at < ? OR began_at = ? AND id < ?", last.BeganAt, last.BeganAt, last.ID)
	}
	return work.Many[change](q, "history of answers")
}

func changeByID(tx *work.Tx, a ident.Application, id string) (*change, error) {
	if _, err := ident.Parse[ident.File](id); err != nil {
		return nil, work.NotFound("version")
	}
	return work.One[change](tx.DB().Where("application_id = ? AND id = ?", a, id), "version")
}

// changeAt gives the row that ended with a version of a section, or nil.
func changeAt(tx *work.Tx, a ident.Application, section form.Code, version int) (*change, error) {
	return work.Find[change](tx.DB().Where("application_id = ? AND section = ? AND version = ? AND way <> ?", a, string(section), version, wayAside), "version")
}

// openChange gives the last row of one way in a section, by the one who acts, if it began a short time ago and nobody signed or
// submitted since; or nil.
func openChange(tx *work.Tx, a ident.Application, section form.Code, w way) (*change, error) {
	var rows []change
	err := tx.DB().Where("application_id = ? AND section = ? AND way = ? AND person = ? AND began_at > ?", a, string(section), w, string(tx.By.ID), tx.Now.Add(-typingLasts)).
		Where("NOT EXISTS (SELECT 1 FROM signatures s WHERE s.application_id = answer_changes.application_id AND s.signed_at >= began_at)").
		Where("NOT EXISTS (SELECT 1 FROM submissions s WHERE s.application_id = answer_changes.application_id AND s.arrived_at >= began_at)").
		Order("began_at DESC, id DESC").Limit(1).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("looking for what is being typed: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return &rows[0], nil
}

// replaceChange writes a row back that goes on.
func replaceChange(tx *work.Tx, row *change) error {
	done := tx.DB().Model(&change{}).Where("id = ?", row.ID).Select("*").Updates(row)
	if done.Error != nil {
		return fmt.Errorf("adding to the history of answers: %w", done.Error)
	}
	return nil
}

// endTyping ends what others are typing in a section as one change.
func endTyping(tx *work.Tx, a ident.Application, section form.Code) error {
	err := tx.DB().Model(&change{}).Where("application_id = ? AND section = ? AND way = ? AND person <> ?", a, string(section), wayOfTyping, string(tx.By.ID)).
		Update("way", wayOfButton).Error
	if err != nil {
		return fmt.Errorf("ending what is typed: %w", err)
	}
	return nil
}

// everyFileOf gives the files that an application has and had, removed ones too: the history names them.
func everyFileOf(tx *work.Tx, id ident.Application) ([]File, error) {
	return work.Many[File](tx.DB().Where("application_id = ?", id).Order("uploaded_at, id"), "files")
}
