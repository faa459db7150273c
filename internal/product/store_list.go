package product

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// countCalls counts the calls in which applications name each of the products.
func countCalls(tx *work.Tx, ids []ident.Product) (map[ident.Product]int, error) {
	var rows []struct {
		ProductID ident.Product
		N         int
	}
	err := tx.DB().Raw("SELECT product_id, count(DISTINCT call_id) AS n FROM application_products WHERE product_id IN ? GROUP BY product_id", ids).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("counting the calls of products: %w", err)
	}
	by := make(map[ident.Product]int, len(rows))
	for _, r := range rows {
		by[r.ProductID] = r.N
	}
	return by, nil
}

// recorded is what the statuses of applications are made of: a candidate product, and a position of it.
type recorded struct {
	link
	positions []Position
}

// counted are the positions that count for an application, oldest first.
func (l link) counted(by map[ident.Product][]Position) []Position {
	var own []Position
	if l.Relies {
		own = by[l.ProductID]
	}
	if l.Filled == nil || len(by[*l.Filled]) == 0 {
		return own
	}
	all := slices.Concat(by[*l.Filled], own)
	slices.SortStableFunc(all, func(a, b Position) int { return a.RecordedAt.Compare(b.RecordedAt) })
	return all
}

// candidatesIn gives the candidate products of the applications for which a condition holds with their positions, oldest first: with two
// queries, however many there are.
func candidatesIn(tx *work.Tx, where string, value any) ([]recorded, error) {
	in := func(db *gorm.DB) *gorm.DB { return db.Where(where, value) }
	links, err := work.Many[link](in(tx.DB()).Order("application_id, product_id"), "products of applications")
	if err != nil || len(links) == 0 {
		return nil, err
	}
	q := positionRows(tx, "x.return_id", "x.form", "x.call_id", "x.status", "x.expires", "x.recorded_at").
		Where(positionOf+" IN (?) OR "+positionOf+" IN (?)", in(tx.DB().Table("application_products").Select("product_id")),
			in(tx.DB().Table("application_products").Select("filled").Where("filled IS NOT NULL"))).Order("x.recorded_at, x.id")
	positions, err := work.Many[Position](q, "positions")
	if err != nil {
		return nil, err
	}
	by := map[ident.Product][]Position{}
	for _, p := range positions {
		by[p.ProductID] = append(by[p.ProductID], p)
	}
	rows := make([]recorded, len(links))
	for i, l := range links {
		rows[i] = recorded{l, l.counted(by)}
	}
	return rows, nil
}
