package position

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// view is a part of the register with its condition on rows.
type view struct {
	Choice
	where func(tx *work.Tx, due owed) (string, []any)
}

// sort is an order of the register with what it orders by.
type sort struct {
	Choice
	by string
}

func named[T interface{ choice() Choice }](list []T) []Choice {
	choices := make([]Choice, len(list))
	for i, x := range list {
		choices[i] = x.choice()
	}
	return choices
}

func (v view) choice() Choice { return v.Choice }
func (s sort) choice() Choice { return s.Choice }

// views are the parts of the register.
func views() []view {
	on := func(tx *work.Tx) form.Date { return today(tx) }
	return []view{
		{Choice{"owed", "Assessment owed"}, func(tx *work.Tx, due owed) (string, []any) { return due.where(tx) }},
		{Choice{"mine", "Sections that I have"}, func(tx *work.Tx, _ owed) (string, []any) {
			return `EXISTS (SELECT 1 FROM dtac_sections d JOIN returns r ON r.id = d.return_id WHERE r.product_id = p.id AND d.person = ? AND d.until IS NULL)`, []any{orNobody(tx.By.ID)}
		}},
		{Choice{"second", "Waits for a second look"}, func(*work.Tx, owed) (string, []any) {
			return "EXISTS (SELECT 1 FROM position_proposals w WHERE w.product_id = p.id AND w.outcome = '')", nil
		}},
		{Choice{"ending", "Ends within 60 days"}, func(tx *work.Tx, _ owed) (string, []any) {
			return "(s.expires > ? AND s.expires <= ?)", []any{on(tx), on(tx).AddDays(firstWarning)}
		}},
		{Choice{"lapsed", "Lapsed"}, func(tx *work.Tx, _ owed) (string, []any) {
			return "(s.expires <> '' AND s.expires <= ?)", []any{on(tx)}
		}},
		{Choice{"stale", "Changed since the review"}, func(*work.Tx, owed) (string, []any) { return "s.stale = ?", []any{true} }},
		{Choice{"recognised", "Relied on from another NHS body"}, func(tx *work.Tx, _ owed) (string, []any) {
			return "EXISTS (SELECT 1 FROM recognised_positions g WHERE g.product_id = p.id AND g.expires > ?)", []any{on(tx)}
		}},
	}
}

// sorts are the orders. Each ends with the id, so that a page goes on where the last one ended.
func sorts() []sort {
	return []sort{
		{Choice{"name", "Name"}, "p.name, p.version, p.id"},
		{Choice{"ends", "End of evidence, the nearest first"}, "COALESCE(NULLIF(s.expires, ''), '9999'), p.id"},
		{Choice{"reviewed", "Day of review, the oldest first"}, "COALESCE(s.reviewed_on, ''), p.id"},
	}
}

// list gives the products to which the reader may see the position. The rows are those for which the policy would say yes one by one:
// each condition of a rule is written once more here, as SQL.
func list(tx *work.Tx, q Query, due owed) ([]row, error) {
	where, args, err := permitted(tx, access.ViewDTAC)
	if err != nil {
		return nil, err
	}
	order := sorts()[0].by
	for _, s := range sorts() {
		if s.Value == q.Sort {
			order = s.by
		}
	}
	db := tx.DB().Table("products AS p").Joins("LEFT JOIN dtac_register s ON s.product_id = p.id").
		Select("p.*, s.provisional, s.holds_until, s.forms, s.position_id, s.status, s.reviewed_on, s.person_name, s.expires, s.stale").
		Where(where, args...).Where("p.merged_into IS NULL").Order(order).Limit(q.Limit)
	if q.After != "" {
		db = db.Where("("+order+") > (SELECT "+order+" FROM products p LEFT JOIN dtac_register s ON s.product_id = p.id WHERE p.id = ?)", q.After)
	}
	for _, v := range views() {
		if v.Value == q.View {
			sql, more := v.where(tx, due)
			db = db.Where(sql, more...)
		}
	}
	sql, more := q.where()
	return work.Many[row](db.Where(sql, more...), "products")
}

// where are the plain conditions of a query.
func (q Query) where() (string, []any) {
	conditions, args := []string{"1 = 1"}, []any{}
	add := func(sql string, values ...any) { conditions, args = append(conditions, sql), append(args, values...) }
	if q.Call != "" {
		sql, more := namedIn("x.call_id = ?", []any{q.Call})
		add(sql, more...)
	}
	if text := strings.ToLower(strings.TrimSpace(q.Search)); text != "" {
		like := "%" + strings.NewReplacer("%", "", "_", "", `\`, "").Replace(text) + "%"
		add("(lower(p.name) LIKE ? OR lower(p.supplier) LIKE ?)", like, like)
	}
	if q.Status == status.NotAssessed {
		add("COALESCE(s.status, '') = ''")
	} else if q.Status != "" {
		add("s.status = ?", q.Status)
	}
	if q.Provisional != "" {
		add("COALESCE(s.provisional, 'incomplete') = ?", q.Provisional)
	}
	return strings.Join(conditions, " AND "), args
}

// where is the condition that the full assessment of a product is owed: an application is so far that its call asks for it, names the
// product and none other as chosen, and no position of the fund or of a body that it relies on stands. A lapse after success is a matter
// of the award.
func (o owed) where(tx *work.Tx) (string, []any) {
	var reached []string
	var args []any
	for _, setting := range slices.Sorted(maps.Keys(o.calls)) {
		reached = append(reached, "a.call_id IN ? AND a.state IN ?")
		args = append(args, o.calls[setting], owedIn()[setting])
	}
	if len(reached) == 0 {
		return "1 = 0", nil
	}
	applies := `EXISTS (SELECT 1 FROM applications a WHERE a.id = x.application_id AND (` + strings.Join(reached, " OR ") + `)
		AND (a.state <> 'successful' OR s.position_id IS NULL)
		AND (x.chosen = ? OR NOT EXISTS (SELECT 1 FROM application_products o WHERE o.application_id = x.application_id AND o.chosen = ?))
		AND NOT EXISTS (SELECT 1 FROM application_relations r WHERE r.application_id = a.id AND r.person = ? AND r.relation = 'recused'))
		AND (x.filled IS NULL OR x.filled = p.id OR COALESCE(s.forms, '') <> '')`
	named, args := namedIn(applies, append(args, true, true, orNobody(tx.By.ID)))
	sql := `(s.position_id IS NULL OR s.stale = ? OR (s.expires <> '' AND s.expires <= ?))
		AND NOT EXISTS (SELECT 1 FROM recognised_positions g WHERE g.product_id = p.id AND g.expires > ? AND g.product_version = p.version AND g.status <> 'not_compliant')
		AND ` + named
	return "(" + sql + ")", append([]any{true, today(tx), today(tx)}, args...)
}

// among gives those of the products whose full assessment is owed.
func (o owed) among(tx *work.Tx, ids []ident.Product) (map[ident.Product]bool, error) {
	sql, args := o.where(tx)
	var found []ident.Product
	err := tx.DB().Raw("SELECT p.id FROM products p LEFT JOIN dtac_register s ON s.product_id = p.id WHERE p.id IN ? AND "+sql, append([]any{ids}, args...)...).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("looking which assessments are owed: %w", err)
	}
	by := make(map[ident.Product]bool, len(found))
	for _, id := range found {
		by[id] = true
	}
	return by, nil
}

// countUses counts the applications that name each of the products, as far as the reader may see them.
func countUses(tx *work.Tx, ids []ident.Product) (map[ident.Product]int, error) {
	var reach []string
	args := []any{ids, orNobody(tx.By.ID)}
	for _, sc := range tx.Policy().Scopes(tx.By, access.ListDTAC) {
		switch sc.Level() {
		case access.CallLevel:
			reach, args = append(reach, "x.call_id = ?"), append(args, sc.Call)
		case access.RoundLevel:
			reach, args = append(reach, "x.round_id = ?"), append(args, sc.Round)
		case access.FundLevel:
			reach = append(reach, "1 = 1")
		}
	}
	if len(reach) == 0 {
		return nil, nil
	}
	var rows []struct {
		ProductID ident.Product
		N         int
	}
	err := tx.DB().Raw(`SELECT x.product_id, count(*) AS n FROM (SELECT product_id, application_id, call_id, round_id FROM application_products WHERE product_id IN ?
		UNION ALL SELECT filled, application_id, call_id, round_id FROM application_products WHERE filled IN ?) x
		WHERE NOT EXISTS (SELECT 1 FROM application_relations r WHERE r.application_id = x.application_id AND r.person = ? AND r.relation = 'recused')
		AND (`+strings.Join(reach, " OR ")+`) GROUP BY x.product_id`, append([]any{ids}, args...)...).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("counting the uses of products: %w", err)
	}
	by := make(map[ident.Product]int, len(rows))
	for _, r := range rows {
		by[r.ProductID] = r.N
	}
	return by, nil
}
