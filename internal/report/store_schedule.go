package report

import (
	"fmt"

	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// schedulesOf are the links of a round that the one who acts is sent.
func schedulesOf(tx *work.Tx, round *fund.Round) ([]Scheduled, error) {
	if tx.By.ID == "" {
		return nil, nil
	}
	return work.Many[Scheduled](tx.DB().Where("person = ? AND round_id = ? AND ended_at IS NULL", tx.By.ID, round.ID).Order("created_at, id"), "timetables")
}

func scheduleByID(tx *work.Tx, id string) (*Scheduled, error) {
	if _, err := ident.Parse[string](id); err != nil {
		return nil, work.NotFound("timetable")
	}
	return work.One[Scheduled](tx.DB().Where("id = ?", id), "timetable")
}

// dueSchedules are the links whose time has come, the longest due first.
func dueSchedules(tx *work.Tx) ([]string, error) {
	var ids []string
	err := tx.DB().Model(&Scheduled{}).Where("ended_at IS NULL AND next_at <= ?", tx.Now).Order("next_at, id").Limit(500).Pluck("id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("looking for links that are due: %w", err)
	}
	return ids, nil
}
