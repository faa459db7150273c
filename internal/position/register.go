package position

import (
	"context"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// Query narrows the register. Zero values narrow nothing.
type Query struct {
	Call   ident.Call
	Search string        // part of the product's or supplier's name
	After  ident.Product // the last one of the page before
	Limit  int
}

// Entry is a product in the register.
type Entry struct {
	product.Product
	Uses        int      // applications that name it
	Forms       []string // of the returns that were sent
	Provisional status.Status
	Position    *product.Position // the last one
	Lapsed      bool              // evidence that it rests on has ended
}

// Register gives the products that the one who is signed in may see the DTAC position of, by name.
func (s *Service) Register(ctx context.Context, q Query) ([]Entry, error) {
	var entries []Entry
	if q.Limit == 0 {
		q.Limit = 50
	}
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		products, err := list(tx, access.ViewDTAC, q)
		if err != nil || len(products) == 0 {
			return err
		}
		ids := make([]ident.Product, len(products))
		for i, p := range products {
			ids[i] = p.ID
		}
		uses, err := countUses(tx, ids)
		if err != nil {
			return err
		}
		seen, err := product.Provisionals(tx, products)
		if err != nil {
			return err
		}
		positions, err := product.PositionsOf(tx, ids)
		for _, p := range products {
			e := Entry{Product: p, Uses: uses[p.ID], Provisional: seen[p.ID].Status, Forms: seen[p.ID].Forms}
			if i := slices.IndexFunc(positions, func(x product.Position) bool { return x.ProductID == p.ID }); i >= 0 {
				e.Position = &positions[i]
				e.Lapsed = e.Position.Lapsed(today(tx))
			}
			entries = append(entries, e)
		}
		tx.Saw("DTAC register")
		return err
	})
	return entries, err
}
