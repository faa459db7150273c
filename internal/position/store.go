package position

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// permitted writes the rules of the policy as a condition on rows.
func permitted(tx *work.Tx, act access.Action) (string, []any, error) {
	var rules []string
	var args []any
	for _, f := range tx.Policy().Filters(tx.By, act) {
		sql, more, err := ruleSQL(tx, f)
		if err != nil {
			return "", nil, err
		}
		rules, args = append(rules, sql), append(args, more...)
	}
	if len(rules) == 0 {
		return "1 = 0", nil, nil
	}
	return "(" + strings.Join(rules, " OR ") + ")", args, nil
}

// ruleSQL is one rule: an application in its scope names the product, of which the conditions hold. In the whole fund, without a
// condition on applications, a product that nobody names is there too; what is filled in for a supplier is there once its application was
// sent.
func ruleSQL(tx *work.Tx, f access.Filter) (string, []any, error) {
	whole, named := []string{"1 = 1"}, []string{"1 = 1"}
	var wholeArgs, namedArgs []any
	if f.Scope.Call != "" {
		named, namedArgs = append(named, "x.call_id = ?"), append(namedArgs, f.Scope.Call)
	} else if f.Scope.Round != "" {
		named, namedArgs = append(named, "x.round_id = ?"), append(namedArgs, f.Scope.Round)
	}
	for _, name := range f.Conditions {
		switch name {
		case "any":
		case "supplies":
			whole = append(whole, "EXISTS (SELECT 1 FROM product_people c WHERE c.product_id = p.id AND c.person = ? AND c.confirmed_at IS NOT NULL)")
			wholeArgs = append(wholeArgs, orNobody(tx.By.ID))
		case "not_recused":
			named = append(named, "NOT EXISTS (SELECT 1 FROM application_relations r WHERE r.application_id = x.application_id AND r.person = ? AND r.relation = 'recused')")
			namedArgs = append(namedArgs, orNobody(tx.By.ID))
		default:
			return "", nil, fmt.Errorf("position: the condition %q of the policy has no twin in SQL", name)
		}
	}
	reach, namedArgs := namedIn(strings.Join(named, " AND "), namedArgs)
	if f.Scope.Level() == access.FundLevel {
		reach = "(" + reach + " OR p.filled_for IS NULL AND NOT EXISTS (SELECT 1 FROM application_products n WHERE n.product_id = p.id))"
	}
	return "(" + strings.Join(whole, " AND ") + " AND " + reach + ")", append(wholeArgs, namedArgs...), nil
}

// namedIn is the condition that an application of which something holds names the product, or that the record is the one that is filled
// in for it. They are two conditions, since neither database finds a row by an index where one of two columns must fit.
func namedIn(holds string, args []any) (string, []any) {
	named := "EXISTS (SELECT 1 FROM application_products x WHERE x.product_id = p.id AND " + holds + ")"
	filled := "p.filled_for IS NOT NULL AND EXISTS (SELECT 1 FROM application_products x WHERE x.filled = p.id AND " + holds + ")"
	return "(" + named + " OR " + filled + ")", slices.Concat(args, args)
}

// namedBy gives the applications that name a product, as far as a person is not recused from them.
func namedBy(tx *work.Tx, id ident.Product) ([]Naming, error) {
	q := tx.DB().Table("applications AS a").Select("a.ref, a.title, a.lead_name, a.call_id, a.round_id, x.chosen, x.relies").
		Joins("JOIN application_products x ON x.application_id = a.id").Where("x.product_id = ? OR x.filled = ?", id, id).
		Where("NOT EXISTS (SELECT 1 FROM application_relations r WHERE r.application_id = a.id AND r.person = ? AND r.relation IN ('recused', 'conflicted'))", orNobody(tx.By.ID)).
		Order("a.ref")
	return work.Many[Naming](q, "applications of the product")
}

func putAssessments(tx *work.Tx, rows []product.Assessed) error {
	columns := []string{"result", "reason", "what", "owner", "due", "assessed_by", "assessed_at", "revision", "carried"}
	err := tx.DB().Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "return_id"}, {Name: "question"}}, DoUpdates: clause.AssignmentColumns(columns),
	}).Create(&rows).Error
	if err != nil {
		return fmt.Errorf("saving assessments: %w", err)
	}
	return nil
}
