package demonstration

import (
	"context"
	"fmt"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/work"
)

// row is what the installation knows of its demonstration.
type row struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

func (row) TableName() string { return "installation" }

// Mark says whether a database holds a demonstration.
type Mark struct {
	Demonstration bool
	Stage         Stage
	Whole         bool // it was loaded to its end
	Used          bool // there are rounds or people in the database
}

const (
	stageName = "demonstration_stage"
	wholeName = "demonstration_whole"
)

// Marked reads what a database holds.
func Marked(ctx context.Context, gate *work.Gate) (Mark, error) {
	var m Mark
	err := gate.Read(ctx, func(tx *work.Tx) error {
		rows, err := work.Many[row](tx.DB().Where("name IN ?", []string{stageName, wholeName}), "marks")
		if err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
		for _, r := range rows {
			switch r.Name {
			case stageName:
				m.Demonstration, m.Stage = true, Stage(r.Value)
			case wholeName:
				m.Whole = true
			}
		}
		var n int64
		if err := tx.DB().Raw("SELECT (SELECT COUNT(*) FROM rounds) + (SELECT COUNT(*) FROM persons)").Scan(&n).Error; err != nil {
			return fmt.Errorf("looking whether the database is in use: %w", err)
		}
		m.Used = n > 0
		return nil
	})
	if err != nil {
		return m, fmt.Errorf("reading the mark of the demonstration: %w", err)
	}
	return m, nil
}

// MarkAs notes that the database holds a demonstration of a stage, whole or still being loaded.
func MarkAs(ctx context.Context, gate *work.Gate, stage Stage, whole bool) error {
	err := gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.LoadDemonstration, access.Scope{}); err != nil {
			return err //nolint:wrapcheck // a fault
		}
		note := row{Name: stageName, Value: string(stage)}
		if whole {
			note.Name = wholeName
		}
		tx.Record(audit.Event{Verb: string(access.LoadDemonstration), Kind: "installation", Subject: "demonstration", Facts: map[string]any{"stage": stage, "whole": whole}})
		if err := tx.DB().Clauses(clause.OnConflict{UpdateAll: true, Columns: []clause.Column{{Name: "name"}}}).Create(&note).Error; err != nil {
			return fmt.Errorf("marking the demonstration: %w", err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("marking the demonstration: %w", err)
	}
	return nil
}
