package product

import (
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// claimsTo reads all claims to a product, those that wait among them.
func claimsTo(tx *work.Tx, id ident.Product) ([]Claim, error) {
	return work.Many[Claim](tx.DB().Where("product_id = ?", id).Order("claimed_at, person"), "claims")
}
