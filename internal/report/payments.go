package report

import (
	"database/sql"
	"fmt"

	"adoptionfund/internal/access"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
)

// payments are those that agreed awards plan, with what is cleared to pay. The service makes none of them.
func payments() *Report {
	return &Report{
		Kind: "payments", Title: "Payments", One: "payment", Many: "payments", Action: access.ReportAwards,
		About:   "The payments of awards, and which of them are cleared to pay: their condition is met, as one person of the fund noted and another confirmed. This service makes no payment.",
		Sources: "The payment schedules of the round's awards, as varied since.",
		Columns: []Column{
			{Name: "award", Label: "Award", Type: Text, Meaning: "The reference of the award"},
			{Name: "funding_recipient", Label: "Funding recipient", Type: Text, Meaning: "The legal body that is paid"},
			{Name: "award_state", Label: "State of the award", Type: Label, Meaning: "Where the award stands; nothing is paid while it is suspended", Words: awardWords},
			{Name: "payment", Label: "Payment", Type: Number, Meaning: "Its number in the schedule"},
			{Name: "due", Label: "Due", Type: Day, Meaning: "The day on which it falls due"},
			{Name: "condition", Label: "When", Type: Text, Meaning: "What must be so before"},
			{Name: "amount", Label: "Amount", Type: Money, Meaning: "In pounds", Sum: true},
			{Name: "cleared", Label: "Of that, cleared to pay", Type: Money, Meaning: "Its amount in pounds, if it is cleared to pay and the award is not suspended, declined, lapsed or withdrawn", Sum: true},
			{Name: "met_on", Label: "Condition met", Type: Moment, Meaning: "When one person noted that its condition is met", Aside: true},
			{Name: "cleared_on", Label: "Cleared", Type: Moment, Meaning: "When another confirmed it"},
		},
		Groups: []Group{{"by_standing", "By standing", nil}, {"by_state", "By state of the award", awardWords}},
		Filters: append(standardFilters(), Filter{Name: "cleared", Label: "Which", Choices: func(*Reading) ([]Choice, error) {
			return []Choice{{"yes", "Only those that are cleared to pay"}}, nil
		}}),
		masks: true,
		rows:  paymentRows,
	}
}

// payable are the states of an award in which what was cleared is to be paid.
const payable = "('active', 'completed', 'terminated', 'closed')"

func paymentRows(r *Reading, after string, n int) ([]Row, error) {
	where, args := r.where()
	if r.filter["cleared"] != "" {
		where += " AND p.cleared_at IS NOT NULL AND w.state IN " + payable
	}
	query := `SELECT p.id, p.number, p.due, p.condition, p.amount, p.met_at, p.cleared_at, w.ref, w.recipient, w.state, CASE WHEN w.state IN ` + payable + ` THEN 1 ELSE 0 END
		FROM award_payments p JOIN awards w ON w.id = p.award_id JOIN applications a ON a.id = w.application_id
		WHERE ` + where + ` AND p.id > ? ORDER BY p.id LIMIT ?`
	if after == "" {
		after = nobody
	}
	var lines []Row
	err := work.Each(r.tx, "payments", query, append(args, after, n), func(rows *sql.Rows) error {
		var id, due, condition, ref, recipient, state string
		var number, pays int64
		var amount, cleared money.Pence
		var met, clearedAt sql.NullTime
		if err := rows.Scan(&id, &number, &due, &condition, &amount, &met, &clearedAt, &ref, &recipient, &state, &pays); err != nil {
			return fmt.Errorf("reading a payment: %w", err)
		}
		standing := "Not cleared"
		switch {
		case clearedAt.Valid && pays == 1:
			standing, cleared = "Cleared to pay", amount
		case clearedAt.Valid:
			standing = "Cleared, the award stands still"
		case met.Valid:
			standing = "To be confirmed"
		}
		lines = append(lines, Row{Key: id, Count: 1, Groups: []string{standing, state}, Cells: []any{ref, recipient, state, number, due, condition, amount, cleared, moment(met), moment(clearedAt)}})
		return nil
	})
	return lines, err
}
