package product

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// relied reports whether a return of a product was sent and an application relies on it.
func relied(tx *work.Tx, id ident.Product) (bool, error) {
	var n int64
	err := tx.DB().Table("returns AS r").Where("r.product_id = ? AND r.submitted_at IS NOT NULL", id).
		Where("EXISTS (SELECT 1 FROM application_products x WHERE x.product_id = r.product_id AND x.relies = ?)", true).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("looking who relies on a return: %w", err)
	}
	return n > 0, nil
}

// relies reports whether an application relies on a product's returns already, or its supplier took up its invitation.
func relies(tx *work.Tx, p *Product, id ident.Application) (bool, error) {
	var linked int64
	if err := tx.DB().Model(&link{}).Where("application_id = ? AND product_id = ? AND relies = ?", id, p.ID, true).Count(&linked).Error; err != nil {
		return false, fmt.Errorf("looking who relies on a return: %w", err)
	}
	if linked > 0 {
		return true, nil
	}
	var taken []Named
	err := tx.DB().Table("supplier_invitations").Select("product AS name, supplier, version").
		Where("application_id = ? AND accepted_at IS NOT NULL", id).Scan(&taken).Error
	if err != nil {
		return false, fmt.Errorf("looking whose supplier was invited: %w", err)
	}
	return slices.ContainsFunc(taken, func(n Named) bool { return n.identity() == p.Identity }), nil
}

func permitReuse(tx *work.Tx, id ident.Product, permitted bool) error {
	err := tx.DB().Model(&Product{}).Where("id = ?", id).Updates(map[string]any{"reuse_permitted": permitted, "revision": gorm.Expr("revision + 1")}).Error
	if err == nil && permitted {
		err = tx.DB().Model(&link{}).Where("product_id = ?", id).Update("relies", true).Error
	}
	if err != nil {
		return fmt.Errorf("noting the permission to reuse a return: %w", err)
	}
	return nil
}
