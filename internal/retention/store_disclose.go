package retention

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// whose is the condition by which rows of a table are a person's, as far as they may know of them: nothing of an application that they are
// recused from or have a conflict with, but what they declared themselves.
func (h Holding) whose(p ident.Person, email string, now time.Time) (string, []any) {
	var each []string
	var args []any
	for _, c := range columns(h.About) {
		each, args = append(each, "t."+c.name+" = ?"), append(args, p)
	}
	if h.Table == "mails" {
		each, args = append(each, "t.address = ?"), append(args, email)
	}
	where := "(" + strings.Join(each, " OR ") + ")"
	if on := map[reach]string{ofApplication: "t.application_id", ofItself: "t.id"}[h.of]; on != "" {
		barred := "(" + on + " IS NULL OR " + on + " NOT IN (SELECT b.application_id FROM application_people b WHERE b.person = ? AND b.relation IN ?)"
		if h.Table == "interests" {
			barred += " OR t.source = 'declared'"
		}
		where, args = where+" AND "+barred+")", append(args, p, application.Barring())
	}
	switch h.Table {
	case "deeds":
		where, args = where+" AND t.subject NOT IN (SELECT CAST(b.application_id AS text) FROM application_people b WHERE b.person = ? AND b.relation IN ?)", append(args, p, application.Barring())
	case "briefings": // those whose access has begun: before, they are not told
		where, args = where+" AND t.from_at <= ?", append(args, now)
	case "mails": // a letter that waits is not sent yet
		where += " AND t.sent_at IS NOT NULL"
	}
	return where, args
}

// recordsOf gives the rows of a table that are about a person, with the names of the columns that they are given.
func recordsOf(tx *work.Tx, h Holding, p ident.Person, email string) (found []map[string]any, names []string, err error) {
	where, args := h.whose(p, email, tx.Now)
	seen := map[string]bool{}
	err = work.Each(tx, h.Table, "SELECT t.* FROM "+h.Table+" t WHERE "+where, args, func(rows *sql.Rows) error {
		all, err := rows.Columns()
		if err != nil {
			return fmt.Errorf("reading the columns: %w", err)
		}
		values, targets := make([]any, len(all)), make([]any, len(all))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return fmt.Errorf("reading a row: %w", err)
		}
		row := map[string]any{}
		for i, name := range all {
			value := plain(values[i])
			if value == nil || h.hides(name, value, p) {
				continue
			}
			if row[name] = value; !seen[name] {
				seen[name], names = true, append(names, name)
			}
		}
		found = append(found, row)
		return nil
	})
	return found, names, err
}

// plain is a value as a file gives it: texts, numbers, yes or no, and moments in UTC.
func plain(value any) any {
	switch v := value.(type) {
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case []byte:
		return string(v)
	case [16]byte:
		return fmt.Sprintf("%x-%x-%x-%x-%x", v[:4], v[4:6], v[6:8], v[8:10], v[10:])
	}
	return value
}

func actedIn(tx *work.Tx, table, column string, p ident.Person) (int64, error) {
	var n int64
	if err := tx.DB().Raw("SELECT COUNT(*) FROM "+table+" WHERE CAST("+column+" AS text) = ?", string(p)).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("looking for a person in %s: %w", table, err)
	}
	return n, nil
}

func trailOf(tx *work.Tx, p ident.Person) ([]TrailCount, error) {
	var counts []TrailCount
	if err := tx.DB().Raw("SELECT verb, COUNT(*) AS times FROM audit_events WHERE by_id = ? GROUP BY verb ORDER BY verb", string(p)).Scan(&counts).Error; err != nil {
		return nil, fmt.Errorf("looking for a person in the trail: %w", err)
	}
	return counts, nil
}
