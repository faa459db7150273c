package product

import (
	"fmt"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

func putStandings(tx *work.Tx, rows []Standing) error {
	columns := []string{"provisional", "holds_until", "forms", "position_id", "status", "reviewed_on", "person_name", "expires", "stale"}
	err := tx.DB().Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "product_id"}}, DoUpdates: clause.AssignmentColumns(columns)}).Create(&rows).Error
	if err != nil {
		return fmt.Errorf("keeping where products stand: %w", err)
	}
	return nil
}

// releasesFrom gives the versions that were declared from products, newest first.
func releasesFrom(tx *work.Tx, ids []ident.Product) (map[ident.Product][]Released, error) {
	rows, err := work.Many[Released](tx.DB().Where("from_id IN ?", ids).Order("from_id, declared_at DESC, product_id DESC"), "releases")
	by := map[ident.Product][]Released{}
	for _, r := range rows {
		by[r.FromID] = append(by[r.FromID], r)
	}
	return by, err
}

// Unsettled gives products whose standing is missing or may have changed by a day, up to a number.
func Unsettled(tx *work.Tx, on form.Date, most int) ([]ident.Product, error) {
	var ids []ident.Product
	err := tx.DB().Raw(`SELECT p.id FROM products p LEFT JOIN dtac_register s ON s.product_id = p.id
		WHERE s.product_id IS NULL AND EXISTS (SELECT 1 FROM returns r WHERE r.product_id = p.id AND r.submitted_at IS NOT NULL)
		OR s.holds_until <> '' AND s.holds_until < ? ORDER BY p.id LIMIT ?`, on, most).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("looking for standings that may have changed: %w", err)
	}
	return ids, nil
}
