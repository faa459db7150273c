package review

import (
	"fmt"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// addReminder notes a reminder. It says whether it is the first of its day to the person.
func addReminder(tx *work.Tx, r *Reminder) (bool, error) {
	done := tx.DB().Clauses(clause.OnConflict{DoNothing: true}).Create(r)
	if done.Error != nil {
		return false, fmt.Errorf("noting a reminder: %w", done.Error)
	}
	return done.RowsAffected > 0, nil
}

// reminded notes when each reviewer was reminded last of the call, and who was reminded of anything today.
func reminded(tx *work.Tx, c *fund.Call, by map[ident.Person]*ReviewerRow) error {
	rows, err := work.Many[Reminder](tx.DB().Where("call_id = ? OR day = ?", c.ID, uktime.Day(tx.Now)).Order("at"), "reminders")
	for _, row := range rows {
		r := by[row.Person]
		if r == nil {
			continue
		}
		if row.CallID == c.ID {
			r.Reminded = &row.At
		}
		r.Today = r.Today || row.Day == uktime.Day(tx.Now)
	}
	return err
}
