package report

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"adoptionfund/internal/fund"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
)

const registerFrom = `FROM awards w JOIN applications a ON a.id = w.application_id JOIN calls c ON c.id = w.call_id JOIN rounds r ON r.id = w.round_id`

// where narrows to awards that were agreed at some time and to what is asked for.
func (q RegisterQuery) where() (string, []any) {
	conditions, args := []string{"w.agreed_at IS NOT NULL"}, []any{}
	for _, f := range []struct{ column, value string }{{"r.ref", string(q.Round)}, {"a.theme", q.Theme}, {"a.region", q.Region}, {"a.lead", string(q.Organisation)}} {
		if f.value != "" {
			conditions, args = append(conditions, f.column+" = ?"), append(args, f.value)
		}
	}
	if text := like(q.Search); text != "" {
		conditions = append(conditions, "(lower(a.title) LIKE ? OR lower(a.lead_name) LIKE ? OR lower(w.recipient) LIKE ? OR lower(w.ref) LIKE ?)")
		args = append(args, text, text, text, text)
	}
	return strings.Join(conditions, " AND "), args
}

// registered gives at most n awards after the one that the query names, the newest first.
func registered(tx *work.Tx, q RegisterQuery, n int) ([]Registered, error) {
	where, args := q.where()
	if at, ref, ok := strings.Cut(q.After, " "); ok {
		if t, err := time.Parse(time.RFC3339Nano, at); err == nil {
			where, args = where+" AND (w.agreed_at < ? OR w.agreed_at = ? AND w.ref > ?)", append(args, t.UTC(), t.UTC(), ref)
		}
	}
	query := `SELECT w.application_id, w.ref, a.title, a.lead_name, a.lead, a.lead_kind, a.region, a.theme, w.recipient, w.amount, a.requested, w.agreed_at, w.state_at, c.ref, c.title, c.settings, r.ref, r.title
		` + registerFrom + ` WHERE w.state IN ? AND ` + where + ` ORDER BY w.agreed_at DESC, w.ref LIMIT ?`
	var all []Registered
	err := work.Each(tx, "register of awards", query, append(append([]any{onRegister()}, args...), n), func(rows *sql.Rows) error {
		var a Registered
		var settings fund.Settings
		err := rows.Scan(&a.application, &a.Ref, &a.Title, &a.Lead, &a.ODS, &a.Kind, &a.Region, &a.Theme, &a.Recipient, &a.Amount, &a.Asked, &a.Agreed, &a.StateAt, &a.Call, &a.CallTitle, &settings, &a.Round, &a.RoundName)
		a.Agreed, a.StateAt, a.SpendBy = a.Agreed.UTC(), a.StateAt.UTC(), settings.SpendBy
		all = append(all, a)
		return err //nolint:wrapcheck // each says what was read
	})
	return all, err
}

// choices are the values that the register can be narrowed to: those of awards that are on it.
func (p *Register) choices(tx *work.Tx) error {
	for _, c := range []struct {
		value, label string
		to           *[]Choice
	}{
		{"r.ref", "r.title", &p.Rounds}, {"a.theme", "c.title", &p.Themes}, {"a.region", "a.region", &p.Regions}, {"a.lead", "a.lead_name", &p.Organisations},
	} {
		query := "SELECT " + c.value + " AS value, MIN(" + c.label + ") AS label " + registerFrom + " WHERE w.agreed_at IS NOT NULL AND w.state IN ? AND " + c.value + " <> '' GROUP BY " + c.value + " ORDER BY 2, 1"
		if err := tx.DB().Raw(query, onRegister()).Scan(c.to).Error; err != nil {
			return fmt.Errorf("reading what the register can be narrowed to: %w", err)
		}
	}
	return nil
}

// registeredSum counts the awards that a query asks for and adds them up.
func registeredSum(tx *work.Tx, q RegisterQuery) (int64, money.Pence, error) {
	where, args := q.where()
	var n int64
	var sum money.Pence
	row := tx.DB().Raw("SELECT COUNT(*), COALESCE(SUM(w.amount), 0) "+registerFrom+" WHERE w.state IN ? AND "+where, append([]any{onRegister()}, args...)...).Row()
	if err := row.Scan(&n, &sum); err != nil {
		return 0, 0, fmt.Errorf("adding up the register: %w", err)
	}
	return n, sum, nil
}

// registerState gives numbers that change whenever an award that a query asks for comes, changes or goes, and when that was last.
func registerState(tx *work.Tx, q RegisterQuery) ([3]int64, time.Time, error) {
	where, args := q.where()
	var state [3]int64
	var last time.Time
	row := tx.DB().Raw("SELECT COUNT(*), COALESCE(SUM(w.amount), 0), COALESCE(SUM(w.version), 0) "+registerFrom+" WHERE "+where, args...).Row()
	if err := row.Scan(&state[0], &state[1], &state[2]); err != nil {
		return state, last, fmt.Errorf("reading the state of the register: %w", err)
	}
	var rows []struct{ StateAt time.Time }
	if err := tx.DB().Raw("SELECT w.state_at "+registerFrom+" WHERE "+where+" ORDER BY w.state_at DESC LIMIT 1", args...).Scan(&rows).Error; err != nil {
		return state, last, fmt.Errorf("reading the state of the register: %w", err)
	}
	if len(rows) > 0 {
		last = rows[0].StateAt.UTC()
	}
	return state, last, nil
}
