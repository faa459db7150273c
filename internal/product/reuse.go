package product

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// PermitReuse says whether other applications and later rounds may rely on the returns of a product; without its supplier's word they
// may not. Given, it holds for all that name the product. Withdrawn, those that rely on a return keep it: what was said to the fund with
// permission is not unsaid, and no application loses its standing by what it cannot influence.
func (s *Service) PermitReuse(ctx context.Context, id ident.Product, permitted bool) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := byID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.PermitReuse, p.reached(tx, access.PermitReuse)); err != nil {
			return err
		}
		if p.ReusePermitted == permitted {
			return nil
		}
		tx.Record(event(id, string(access.PermitReuse), map[string]any{"permitted": permitted}))
		return permitReuse(tx, id, permitted)
	})
}

// relying reports whether an application relies on the returns of a product that it names: where it does already; with its supplier's
// permission, or where its supplier took up its invitation; else where no return was sent before, since what is sent later is sent for those that name the product; else where no other application names it,
// since the return was sent for somebody. What an application relies on once, it keeps.
func relying(tx *work.Tx, p *Product, id ident.Application) (bool, error) {
	if p.ReusePermitted {
		return true, nil
	}
	if does, err := relies(tx, p, id); does || err != nil {
		return does, err
	}
	used, err := relied(tx, p.ID)
	return !used, err
}
