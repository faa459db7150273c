package position

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// proposalsOf gives the positions of a product that waited or wait for a second look, newest first.
func proposalsOf(tx *work.Tx, id ident.Product) ([]Proposal, error) {
	return work.Many[Proposal](tx.DB().Where("product_id = ?", id).Order("proposed_at DESC, id DESC"), "proposed positions")
}

// waitingOf reads the position of a return that waits.
func waitingOf(tx *work.Tx, id ident.Return) (*Proposal, error) {
	p, err := work.Find[Proposal](tx.DB().Where("return_id = ? AND outcome = ''", id), "proposed position")
	if err == nil && p == nil {
		return nil, fault.New(fault.Conflict, "No position waits for a second look any more")
	}
	return p, err
}

// settled is what became of a position that waited.
type settled struct {
	outcome, by, reason string
	at                  time.Time
}

func settleWaiting(tx *work.Tx, id ident.Return, how settled) error {
	err := tx.DB().Model(&Proposal{}).Where("return_id = ? AND outcome = ''", id).
		Updates(map[string]any{"outcome": how.outcome, "settled_name": how.by, "settled_at": how.at, "reason": how.reason}).Error
	if err != nil {
		return fmt.Errorf("settling a proposed position: %w", err)
	}
	return nil
}

// waitingAmong gives those of the products of which a position waits.
func waitingAmong(tx *work.Tx, ids []ident.Product) (map[ident.Product]bool, error) {
	var found []ident.Product
	if err := tx.DB().Raw("SELECT DISTINCT product_id FROM position_proposals WHERE product_id IN ? AND outcome = ''", ids).Scan(&found).Error; err != nil {
		return nil, fmt.Errorf("looking which positions wait: %w", err)
	}
	by := make(map[ident.Product]bool, len(found))
	for _, id := range found {
		by[id] = true
	}
	return by, nil
}

// recognisedOf gives the assessments of other NHS bodies of a product, newest first.
func recognisedOf(tx *work.Tx, id ident.Product) ([]Recognised, error) {
	return work.Many[Recognised](tx.DB().Where("product_id = ?", id).Order("recorded_at DESC, id DESC"), "recognised assessments")
}

// recognisedNow gives the newest assessment of another body on which the fund relies today, by product.
func recognisedNow(tx *work.Tx, ids []ident.Product) (map[ident.Product]*Recognised, error) {
	rows, err := work.Many[Recognised](tx.DB().Where("product_id IN ? AND expires > ?", ids, today(tx)).Order("product_id, recorded_at, id"), "recognised assessments")
	by := map[ident.Product]*Recognised{}
	for i := range rows {
		by[rows[i].ProductID] = &rows[i]
	}
	return by, err
}

// end is something that ends on a day: a position, or an assessment that the fund relies on.
type end struct {
	ID        string
	ProductID ident.Product
	Expires   form.Date
}

// endingSoon gives what ends soon or ended of late, is still the last of its kind for its product, and of which the nearest warning is not
// told yet; by id, after one.
func endingSoon(tx *work.Tx, after string) ([]end, error) {
	from, until := window(tx)
	on := today(tx)
	const untold = ` AND NOT EXISTS (SELECT 1 FROM dtac_warnings w WHERE w.subject = e.id AND w.days = CASE WHEN e.expires <= ? THEN 0 WHEN e.expires <= ? THEN 7
		WHEN e.expires <= ? THEN 30 ELSE 60 END) ORDER BY e.id LIMIT 500`
	ends := func(of, from string, args ...any) ([]end, error) {
		var rows []end
		err := tx.DB().Raw("SELECT e.id, "+of+".product_id, e.expires FROM "+from+untold, append(args, orZero(after), on, on.AddDays(7), on.AddDays(30))...).Scan(&rows).Error
		if err != nil {
			return nil, fmt.Errorf("looking what ends soon: %w", err)
		}
		return rows, nil
	}
	positions, err := ends("s", "positions e JOIN dtac_register s ON s.position_id = e.id JOIN products p ON p.id = s.product_id WHERE p.merged_into IS NULL AND e.expires >= ? AND e.expires <= ? AND e.id > ?", from, until)
	if err != nil {
		return nil, err
	}
	recognised, err := ends("e", `recognised_positions e WHERE e.expires >= ? AND e.expires <= ? AND NOT EXISTS (SELECT 1 FROM recognised_positions n
		WHERE n.product_id = e.product_id AND (n.recorded_at > e.recorded_at OR n.recorded_at = e.recorded_at AND n.id > e.id)) AND e.id > ?`, from, until)
	all := append(positions, recognised...)
	slices.SortFunc(all, func(a, b end) int { return strings.Compare(a.ID, b.ID) })
	return all[:min(len(all), 500)], err
}

func orZero(id string) string { return string(orNobody(ident.Person(id))) }

// keepWarnings notes of which days before an end people are told now; it gives how many of them are new.
func keepWarnings(tx *work.Tx, subject string, days []int) (int64, error) {
	var fresh int64
	for _, n := range days {
		done := tx.DB().Exec("INSERT INTO dtac_warnings (subject, days, told_at) VALUES (?, ?, ?) ON CONFLICT (subject, days) DO NOTHING", subject, n, tx.Now)
		if done.Error != nil {
			return 0, fmt.Errorf("noting a warning: %w", done.Error)
		}
		if n == days[len(days)-1] {
			fresh = done.RowsAffected
		}
	}
	return fresh, nil
}

// lastPosition reads the last position of a product on a form whole, or nil.
func lastPosition(tx *work.Tx, id ident.Product, formID string) (*product.Position, error) {
	all, err := product.PositionsOf(tx, []ident.Product{id})
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Form == formID {
			return work.One[product.Position](tx.DB().Where("id = ?", all[i].ID), "position")
		}
	}
	return nil, nil //nolint:nilnil // none is an answer
}
