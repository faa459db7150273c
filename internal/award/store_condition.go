package award

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// ConditionsOf gives the conditions of an award, by the day by which they must be met.
func ConditionsOf(tx *work.Tx, id ident.Award) ([]Condition, error) {
	return work.Many[Condition](tx.DB().Where("award_id = ?", id).Order("due, id"), "conditions")
}

// OpenConditionsOf gives the conditions of awards that are not met, by the day by which they must be.
func OpenConditionsOf(tx *work.Tx, ids []ident.Award) (map[ident.Award][]Condition, error) {
	rows, err := work.Many[Condition](tx.DB().Where("award_id IN ? AND met_at IS NULL", ids).Order("due, id"), "conditions")
	by := map[ident.Award][]Condition{}
	for _, c := range rows {
		by[c.AwardID] = append(by[c.AwardID], c)
	}
	return by, err
}

// ConditionByID gives a condition of an award.
func ConditionByID(tx *work.Tx, award ident.Award, id string) (*Condition, error) {
	if _, err := ident.Parse[string](id); err != nil {
		return nil, work.NotFound("condition")
	}
	return work.One[Condition](tx.DB().Where("id = ? AND award_id = ?", id, award), "condition")
}

// SaveCondition keeps what changed of a condition.
func SaveCondition(tx *work.Tx, c *Condition) error {
	if err := tx.DB().Model(&Condition{}).Where("id = ?", c.ID).Select("*").Updates(c).Error; err != nil {
		return fmt.Errorf("keeping a condition: %w", err)
	}
	return nil
}

// addMissing adds those conditions that the award does not have yet.
func addMissing(tx *work.Tx, a *Award, more []Condition) error {
	there, err := ConditionsOf(tx, a.ID)
	if err != nil {
		return err
	}
	for _, c := range more {
		if slices.ContainsFunc(there, func(t Condition) bool { return t.Text == c.Text && t.Source == c.Source }) {
			continue
		}
		c.ID, c.AwardID = ident.New[string](), a.ID
		if err := work.Add(tx, &c); err != nil {
			return err
		}
	}
	return nil
}

// OpenConditions counts the conditions that are not met, by award, of a round.
func OpenConditions(tx *work.Tx, round ident.Round) (map[ident.Award]int, error) {
	var rows []struct {
		AwardID ident.Award
		N       int
	}
	err := tx.DB().Raw(`SELECT c.award_id, COUNT(*) AS n FROM award_conditions c JOIN awards a ON a.id = c.award_id
		WHERE a.round_id = ? AND c.met_at IS NULL GROUP BY c.award_id`, round).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("counting conditions: %w", err)
	}
	open := make(map[ident.Award]int, len(rows))
	for _, r := range rows {
		open[r.AwardID] = r.N
	}
	return open, nil
}

// reminder is a date of which people were reminded.
type reminder struct {
	AwardID ident.Award
	What    string
	At      time.Time
}

func (reminder) TableName() string { return "award_reminders" }

// KeepReminder notes that people were reminded of something about an award; false if that was noted before, also by another process at the
// same time.
func KeepReminder(tx *work.Tx, id ident.Award, what string) (bool, error) {
	done := tx.DB().Clauses(clause.OnConflict{DoNothing: true}).Create(&reminder{id, what, tx.Now})
	if done.Error != nil {
		return false, fmt.Errorf("noting a reminder: %w", done.Error)
	}
	return done.RowsAffected == 1, nil
}
