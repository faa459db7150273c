package position

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"adoptionfund/internal/access"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// warnings are how many days before an end people are told, and on the day itself; firstWarning is the first.
func warnings() []int { return []int{firstWarning, 30, 7, 0} }

const firstWarning = 60

// WarnDue tells suppliers, assessors and fund managers of positions, and of assessments that the fund relies on, that end in 60, 30 or 7
// days, and that they have lapsed: a job. Each is told once, whoever runs the job and however often; who comes late tells the nearest.
// A lapse voids nothing that was decided. It also settles the provisional statuses that a day may have changed.
func (s *Service) WarnDue(ctx context.Context) error {
	ctx = access.With(ctx, access.System(access.WarnExpiry))
	if err := s.settle(ctx); err != nil {
		return err
	}
	var failed []error // one that fails does not keep the others from being told
	for after := ""; ; {
		var ends []end
		err := s.gate.Read(ctx, func(tx *work.Tx) error {
			var err error
			ends, err = endingSoon(tx, after)
			return err
		})
		if err != nil || len(ends) == 0 {
			return errors.Join(append(failed, err)...)
		}
		for _, e := range ends {
			after = e.ID
			if err := s.gate.Write(ctx, func(tx *work.Tx) error { return warn(tx, e) }); err != nil {
				failed = append(failed, fmt.Errorf("warning of the end of %s: %w", e.ID, err))
			}
		}
	}
}

// settle works out again where products stand of which a day has changed something.
func (s *Service) settle(ctx context.Context) error {
	const batch = 200
	for {
		var ids []ident.Product
		err := s.gate.Read(ctx, func(tx *work.Tx) error {
			var err error
			ids, err = product.Unsettled(tx, today(tx), batch)
			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		err = s.gate.Write(ctx, func(tx *work.Tx) error {
			if err := tx.Require(access.WarnExpiry, access.Scope{}); err != nil {
				return err
			}
			for _, id := range ids {
				tx.Record(product.Event(id, "dtac.settle", nil))
			}
			return product.Restand(tx, ids...)
		})
		if err != nil || len(ids) < batch {
			return err
		}
	}
}

// warn tells those whom it concerns of one end, if nobody was told yet.
func warn(tx *work.Tx, e end) error {
	if err := tx.Require(access.WarnExpiry, access.Scope{}); err != nil {
		return err
	}
	left := int(e.Expires.Time().Sub(today(tx).Time()).Hours()+12) / 24
	reached := reached(left)
	fresh, err := keepWarnings(tx, e.ID, reached)
	if err != nil || fresh == 0 {
		return err
	}
	p, err := product.ByID(tx, e.ProductID)
	if err != nil {
		return err
	}
	says, err := e.says(tx)
	if err != nil {
		return err
	}
	at := reached[len(reached)-1]
	tx.Record(product.Event(p.ID, string(access.WarnExpiry), map[string]any{"ends": e.Expires, "days": at, "of": e.ID}))
	kind, fields := "dtac_expiry_", map[string]string{"product": p.Name, "version": p.Version, "id": string(p.ID), "day": e.Expires.String(), "says": says}
	if at == 0 {
		kind = "dtac_lapsed_"
	} else {
		fields["left"] = days(left)
	}
	key := e.ID + ":" + strconv.Itoa(at)
	if err := product.TellSuppliers(tx, p, notify.Message{Kind: notify.Kind(kind + "supplier"), Key: key, Fields: fields}); err != nil {
		return err
	}
	for _, act := range []access.Action{access.AssessReturn, access.ConfirmClaim} {
		if err := product.Tell(tx, p, act, notify.Message{Kind: notify.Kind(kind + "fund"), Key: key, Fields: fields}); err != nil {
			return err
		}
	}
	return nil
}

// reached are the warnings whose day has come, the nearest to the end last.
func reached(left int) []int {
	var list []int
	for _, n := range warnings() {
		if left <= n {
			list = append(list, n)
		}
	}
	return list
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return strconv.Itoa(n) + " days"
}

// says is what ends, in its own words.
func (e end) says(tx *work.Tx) (string, error) {
	positions, err := product.PositionsOf(tx, []ident.Product{e.ProductID})
	if err != nil {
		return "", err
	}
	for i := range positions {
		if string(positions[i].ID) == e.ID {
			return positions[i].Words(), nil
		}
	}
	recognised, err := recognisedOf(tx, e.ProductID)
	for i := range recognised {
		if string(recognised[i].ID) == e.ID {
			return recognised[i].Words(), err
		}
	}
	return "", err
}

// window is the time around today in which an end is told: a lapse is told for a month, should the program not have run.
func window(tx *work.Tx) (from, until form.Date) {
	return today(tx).AddDays(-30), today(tx).AddDays(firstWarning)
}
