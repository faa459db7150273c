package position

import (
	"fmt"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// sectionsOf gives who has and had the sections of a return, newest first.
func sectionsOf(tx *work.Tx, id ident.Return) ([]Section, error) {
	return work.Many[Section](tx.DB().Where("return_id = ?", id).Order("since DESC, id DESC"), "sections")
}

// heldAmong gives who has which sections of the returns of products.
func heldAmong(tx *work.Tx, ids []ident.Product) (map[ident.Product][]Section, error) {
	var rows []struct {
		Section
		ProductID ident.Product
	}
	err := tx.DB().Raw(`SELECT d.*, r.product_id FROM dtac_sections d JOIN returns r ON r.id = d.return_id
		WHERE r.product_id IN ? AND d.until IS NULL ORDER BY r.product_id, d.section, d.id`, ids).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading who has which section: %w", err)
	}
	by := map[ident.Product][]Section{}
	for _, r := range rows {
		by[r.ProductID] = append(by[r.ProductID], r.Section)
	}
	return by, nil
}

// endHolding ends that somebody has a section.
func endHolding(tx *work.Tx, id ident.Return, section form.Code) error {
	err := tx.DB().Model(&Section{}).Where("return_id = ? AND section = ? AND until IS NULL", id, section).
		Updates(map[string]any{"until": tx.Now, "ended_by": tx.By.Name}).Error
	if err != nil {
		return fmt.Errorf("ending who has a section: %w", err)
	}
	return nil
}
