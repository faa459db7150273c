package product

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// positionOf is the product that a position is of: a position never changes, so that one of a record that was merged is found through
// the record that was kept.
const positionOf = "COALESCE(p.merged_into, x.product_id)"

func positionRows(tx *work.Tx, columns ...string) *gorm.DB {
	return tx.DB().Table("positions AS x").Joins("JOIN products p ON p.id = x.product_id").
		Select(strings.Join(append([]string{positionOf + " AS product_id"}, columns...), ", "))
}

// positionsOf gives the positions of products, newest first.
func positionsOf(tx *work.Tx, ids []ident.Product) ([]Position, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	q := positionRows(tx, "x.id", "x.return_id", "x.round_id", "x.call_id", "x.form", "x.status", "x.provisional", "x.sent_digest", "x.reviewed_on",
		"x.person", "x.person_name", "x.expires", "x.recorded_at").Where(positionOf+" IN ?", ids).Order("x.recorded_at DESC, x.id DESC")
	return work.Many[Position](q, "positions")
}

// moveLinks has the applications that name one product name another in its place; it gives how many there are.
func moveLinks(tx *work.Tx, from, to *Product) (int, error) {
	rows, err := work.Many[link](tx.DB().Where("product_id IN ?", []ident.Product{from.ID, to.ID}).Order("application_id"), "applications of the products")
	if err != nil {
		return 0, err
	}
	moved := slices.DeleteFunc(slices.Clone(rows), func(l link) bool { return l.ProductID == to.ID })
	for i := range moved {
		l := &moved[i]
		l.ProductID, l.Relies = to.ID, l.Relies || to.ReusePermitted
		for _, own := range rows {
			if own.ProductID == to.ID && own.ApplicationID == l.ApplicationID {
				l.Chosen, l.Relies = l.Chosen || own.Chosen, l.Relies || own.Relies
				l.Filled = cmp.Or(own.Filled, l.Filled)
			}
		}
	}
	if len(moved) == 0 {
		return 0, nil
	}
	err = tx.DB().Where("product_id = ?", from.ID).Delete(&link{}).Error
	if err == nil {
		err = tx.DB().Clauses(clause.OnConflict{
			Columns: []clause.Column{{Name: "application_id"}, {Name: "product_id"}}, DoUpdates: clause.AssignmentColumns([]string{"chosen", "relies", "filled"}),
		}).Create(&moved).Error
	}
	if err != nil {
		return 0, fmt.Errorf("moving the applications of a product: %w", err)
	}
	return len(moved), nil
}

func claimsOf(tx *work.Tx, id ident.Product) ([]Claim, error) {
	return work.Many[Claim](tx.DB().Where("product_id = ?", id).Order("claimed_at, person"), "claims")
}

// bringClaims lets people act for a product who act for another of the same supplier; a claim that waits is confirmed by one that is.
func bringClaims(tx *work.Tx, to ident.Product, claims []Claim) error {
	for _, c := range claims {
		known, err := claimOf(tx, to, c.Person)
		if err != nil {
			return err
		}
		c.ProductID = to
		switch {
		case known == nil:
			err = work.Add(tx, &c)
		case known.ConfirmedAt == nil && c.ConfirmedAt != nil:
			err = confirm(tx, &c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dropClaims ends the claims to a record that was merged.
func dropClaims(tx *work.Tx, id ident.Product) error {
	if err := tx.DB().Where("product_id = ?", id).Delete(&Claim{}).Error; err != nil {
		return fmt.Errorf("moving claims: %w", err)
	}
	return nil
}

// dropReturn removes a return that was never sent, after all that it says went into another.
func dropReturn(tx *work.Tx, r *Return) error {
	if err := tx.DB().Where("id = ? AND submitted_at IS NULL", r.ID).Delete(&Return{}).Error; err != nil {
		return fmt.Errorf("merging returns: %w", err)
	}
	return nil
}

// moveFiles has the files of one product's evidence belong to another, and what was recorded and declared of it.
func moveFiles(tx *work.Tx, from, to ident.Product) error {
	for _, table := range []string{"return_files", "recognised_positions", "position_proposals"} {
		if err := tx.DB().Table(table).Where("product_id = ?", from).Update("product_id", to).Error; err != nil {
			return fmt.Errorf("moving evidence: %w", err)
		}
	}
	if err := tx.DB().Model(&Released{}).Where("from_id = ?", from).Update("from_id", to).Error; err != nil {
		return fmt.Errorf("moving releases: %w", err)
	}
	return nil
}

// markMerged notes the record that was kept, also on those that were merged before into the one that goes.
func markMerged(tx *work.Tx, from, to ident.Product) error {
	err := tx.DB().Model(&Product{}).Where("id = ? OR merged_into = ?", from, from).Updates(map[string]any{"merged_into": to, "revision": gorm.Expr("revision + 1")}).Error
	if err != nil {
		return fmt.Errorf("merging products: %w", err)
	}
	if err := tx.DB().Model(&Product{}).Where("stands_for = ?", from).Update("stands_for", to).Error; err != nil {
		return fmt.Errorf("merging products: %w", err)
	}
	return nil
}
