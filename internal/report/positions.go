package report

import (
	"database/sql"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// positions is what the fund concluded of the products of a round, and until when.
func positions() *Report {
	return &Report{
		Kind: "dtac", Title: "DTAC positions and expiries", One: "product", Many: "products", Action: access.ReportDTAC,
		About:   "Every product that a submitted application names: the fund's position, as reviewed by whom and when, and the day on which it ends. A position is not a certificate.",
		Sources: "The DTAC register. Evidence stays sealed: the report says nothing of it.",
		Columns: []Column{
			{Name: "product", Label: "Product", Type: Text, Meaning: "The product's name"},
			{Name: "version", Label: "Version", Type: Text, Meaning: "The version that the position is about"},
			{Name: "supplier", Label: "Supplier", Type: Text, Meaning: "Who makes it"},
			{Name: "position", Label: "Position", Type: Label, Meaning: "What the fund concluded last; empty: nothing yet", Words: dtacWords},
			{Name: "provisional", Label: "Provisional", Type: Label, Meaning: "What answers, evidence and plan give by themselves", Words: dtacWords, Aside: true},
			{Name: "reviewed_on", Label: "Reviewed", Type: Day, Meaning: "The day of the review"},
			{Name: "reviewed_by", Label: "By", Type: Text, Meaning: "Who reviewed it"},
			{Name: "ends", Label: "Ends", Type: Day, Meaning: "The first day on which the position would be lower by itself; empty: none is known"},
			{Name: "days_left", Label: "Days left", Type: Number, Meaning: "The days until then; below nothing: it has ended"},
			{Name: "out_of_date", Label: "Out of date", Type: Text, Meaning: "yes: what it rests on was changed since"},
			{Name: "applications", Label: "Applications", Type: Number, Meaning: "How many submitted applications of the round name it"},
			{Name: "requested", Label: "They ask for", Type: Money, Meaning: "What those applications ask for, in pounds; an application that names several products is in several lines"},
		},
		Groups:  []Group{{"by_position", "By position", dtacWords}},
		Filters: []Filter{callFilter()},
		rows:    positionRows,
	}
}

func positionRows(r *Reading, after string, n int) ([]Row, error) {
	where, args := r.where()
	if r.bars > 0 { // what only an application that the reader is barred from names is not told
		where += " AND a.id NOT IN (SELECT application_id FROM application_relations WHERE person = ? AND relation IN ?)"
		args = append(args, r.tx.By.ID, application.Barring())
	}
	if after == "" {
		after = nobody
	}
	query := `SELECT p.id, p.name, p.version, p.supplier, COUNT(*), SUM(a.requested) FROM products p JOIN application_products x ON x.product_id = p.id JOIN applications a ON a.id = x.application_id
		WHERE ` + where + ` AND a.submission_id IS NOT NULL AND p.id > ? GROUP BY p.id, p.name, p.version, p.supplier ORDER BY p.id LIMIT ?`
	var lines []Row
	var ids []ident.Product
	err := work.Each(r.tx, "products", query, append(args, after, n), func(rows *sql.Rows) error {
		var id ident.Product
		var name, version, supplier string
		var uses, requested int64
		if err := rows.Scan(&id, &name, &version, &supplier, &uses, &requested); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		ids = append(ids, id)
		lines = append(lines, Row{Key: string(id), Count: 1, Groups: []string{""}, Cells: []any{name, version, supplier, nil, nil, nil, nil, nil, nil, nil, uses, sumCell(Money, requested)}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	known, err := product.Standings(r.tx, ids)
	if err != nil {
		return nil, err
	}
	today := uktime.Day(r.tx.Now)
	for i, id := range ids {
		for _, s := range known {
			if s.ProductID == id {
				lines[i].stands(s, today)
			}
		}
	}
	return lines, nil
}

// stands fills in where a product stands.
func (row *Row) stands(s product.Standing, today string) {
	row.Groups[0] = string(s.Status)
	row.Cells[3], row.Cells[4] = orNil(string(s.Status)), orNil(string(s.Provisional))
	if s.PositionID == nil {
		return
	}
	row.Cells[5], row.Cells[6], row.Cells[7] = orNil(string(s.ReviewedOn)), orNil(s.PersonName), orNil(string(s.Expires))
	if s.Expires != "" {
		row.Cells[8] = daysBetween(today, string(s.Expires))
	}
	if s.Stale {
		row.Cells[9] = "yes"
	}
}
