package product

import (
	"fmt"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// holdOf reads the application for which a return is filled in.
func holdOf(tx *work.Tx, id ident.Application) (*hold, error) {
	q := tx.DB().Table("applications").Select("id AS application_id, ref, round_id, call_id, main_contact, state").Where("id = ?", id)
	return work.One[hold](q, "application")
}

// isClaimed reports whether somebody acts for the supplier of a product.
func isClaimed(tx *work.Tx, id ident.Product) (bool, error) {
	c, err := work.Find[Claim](tx.DB().Where("product_id = ? AND confirmed_at IS NOT NULL", id).Limit(1), "claim")
	return c != nil, err
}

// filledFor gives what was filled in for an application and was not set aside, by the product that it stands for.
func filledFor(tx *work.Tx, id ident.Application) (map[ident.Product]Product, error) {
	rows, err := work.Many[Product](tx.DB().Where("filled_for = ? AND answered <> ?", id, AnsweredAside).Order("created_at, id"), "what was filled in")
	by := make(map[ident.Product]Product, len(rows))
	for _, p := range rows {
		if _, earlier := by[*p.StandsFor]; !earlier {
			by[*p.StandsFor] = p
		}
	}
	return by, err
}

// standingFor gives the records that are filled in for a product, oldest first.
func standingFor(tx *work.Tx, id ident.Product) ([]Product, error) {
	return work.Many[Product](tx.DB().Where("stands_for = ?", id).Order("created_at, id"), "what was filled in")
}

// noteFilled notes the record in which an application fills in a product's return, where it names the product already.
func noteFilled(tx *work.Tx, app ident.Application, of ident.Product, filled *ident.Product) error {
	if err := tx.DB().Model(&link{}).Where("application_id = ? AND product_id = ?", app, of).Update("filled", filled).Error; err != nil {
		return fmt.Errorf("noting what was filled in: %w", err)
	}
	return nil
}

func markAnswered(tx *work.Tx, id ident.Product, answer Answered) error {
	if err := tx.DB().Model(&Product{}).Where("id = ?", id).Update("answered", answer).Error; err != nil {
		return fmt.Errorf("noting what a supplier makes of what was filled in: %w", err)
	}
	return nil
}

// relate reads the product that a record stands for, or those that stand for it, and whose a record is that is filled in.
func relate(tx *work.Tx, p *Product) error {
	if !p.IsFilledIn() {
		records, err := standingFor(tx, p.ID)
		for _, r := range records {
			p.relatives = append(p.relatives, r.ID)
		}
		return err
	}
	p.relatives = []ident.Product{*p.StandsFor}
	var err error
	if p.hold, err = holdOf(tx, *p.FilledFor); err != nil {
		return err
	}
	p.hold.claimed, err = isClaimed(tx, *p.StandsFor)
	return err
}
