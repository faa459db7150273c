package monitoring

import (
	"fmt"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

func returnsOf(tx *work.Tx, id ident.Award) ([]Return, error) {
	return work.Many[Return](tx.DB().Where("award_id = ?", id).Order("year, quarter, final"), "returns")
}

// returnsOfAll gives the returns of awards, by award.
func returnsOfAll(tx *work.Tx, ids []ident.Award) (map[ident.Award][]Return, error) {
	rows, err := work.Many[Return](tx.DB().Where("award_id IN ?", ids).Order("award_id, year, quarter, final"), "returns")
	by := map[ident.Award][]Return{}
	for _, r := range rows {
		by[r.AwardID] = append(by[r.AwardID], r)
	}
	return by, err
}

func variationsOf(tx *work.Tx, id ident.Award) ([]Variation, error) {
	return work.Many[Variation](tx.DB().Where("award_id = ?", id).Order("number"), "variations")
}

func saveVariation(tx *work.Tx, v *Variation) error {
	if err := tx.DB().Model(&Variation{}).Where("id = ?", v.ID).Select("*").Updates(v).Error; err != nil {
		return fmt.Errorf("keeping a variation: %w", err)
	}
	return nil
}

func closingOf(tx *work.Tx, id ident.Award) (*Closing, error) {
	return work.Find[Closing](tx.DB().Where("id = ?", id), "closing")
}

func putClosing(tx *work.Tx, c *Closing) error {
	if err := tx.DB().Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, UpdateAll: true}).Create(c).Error; err != nil {
		return fmt.Errorf("keeping a closing: %w", err)
	}
	return nil
}
