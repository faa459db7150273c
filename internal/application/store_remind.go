package application

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// reminder is a step of a deadline that was written.
type reminder struct {
	ApplicationID ident.Application
	Step          int
	Deadline      string // as it was then: another deadline has its own reminders
	At            time.Time
}

func keyOf(deadline time.Time) string { return deadline.UTC().Format(time.RFC3339) }

// KeepReminder notes that people were reminded of a date of an application, so many days before it; false if that was noted before, also
// by another process at the same time.
func KeepReminder(tx *work.Tx, id ident.Application, days int, deadline time.Time) (bool, error) {
	done := tx.DB().Clauses(clause.OnConflict{DoNothing: true}).Create(&reminder{id, days, keyOf(deadline), tx.Now})
	if done.Error != nil {
		return false, fmt.Errorf("noting a reminder: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}

// draftsClosing gives the drafts whose deadline, the call's or their own, lies after one moment and not after another, with the steps
// that were written: with four queries, however many there are.
func draftsClosing(tx *work.Tx, after, until time.Time) ([]near, error) {
	const where = "state = ? AND (call_id IN (SELECT id FROM calls WHERE closes_at > ? AND closes_at <= ?) OR deadline > ? AND deadline <= ?)"
	rows, err := work.Many[*Application](tx.DB().Where(where, workflow.Draft, after, until, after, until).Order("ref"), "applications")
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	if err := completeAll(tx, rows); err != nil {
		return nil, err
	}
	ids := make([]ident.Application, len(rows))
	for i, a := range rows {
		ids[i] = a.ID
	}
	written, err := work.Many[reminder](tx.DB().Where("application_id IN ?", ids), "reminders")
	return remindedOf(rows, written), err
}
