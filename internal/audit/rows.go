package audit

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
)

// guardedRow is a protected row with the digest that it had when its event was sealed.
type guardedRow struct {
	Row
	Digest string `json:"digest"`
}

// protectedTable is a table whose rows may change only with an event that carries their digest.
type protectedTable struct {
	name string
	key  []string // its columns; more than one are joined by a stroke
}

// protected lists those tables. The key is a column named id but where a row stands for a pair.
func protected() []protectedTable {
	var all []protectedTable
	for _, name := range []string{
		"submissions", "scores", "findings", "positions", "scenarios", "proposals", "approvals", "decisions", "letters", "awards", "meeting_minutes", "rankings", "ranking_freezes",
		"scenario_details", "deviations", "lots", "proposal_seals", "approval_lines", "award_terms", "award_agreements", "removal_lists",
	} {
		all = append(all, protectedTable{name, []string{"id"}})
	}
	return append(all, protectedTable{"proposal_lines", []string{"proposal_id", "application_id"}})
}

// RowKey is the key of a row of a protected table that stands for a pair.
func RowKey(parts ...string) string { return strings.Join(parts, keyStroke) }

const keyStroke = "/"

// Protected lists the tables whose rows may change only with an event that carries their digest.
func Protected() []string {
	var names []string
	for _, t := range protected() {
		names = append(names, t.name)
	}
	return names
}

// KeyColumns are the columns that make the key of a row of a protected table; none if the table is not protected.
func KeyColumns(table string) []string {
	for _, t := range protected() {
		if t.name == table {
			return t.key
		}
	}
	return nil
}

// digestRow digests a row as the database holds it; a row that is not there has the empty digest.
func digestRow(tx *gorm.DB, row Row) (string, error) {
	tables := protected()
	at := slices.IndexFunc(tables, func(t protectedTable) bool { return t.name == row.Table })
	if at < 0 {
		return "", fmt.Errorf("audit: %s is not in the list of protected tables", row.Table)
	}
	q := tx.Table(row.Table)
	values := strings.Split(row.Key, keyStroke)
	if len(values) != len(tables[at].key) {
		return "", fmt.Errorf("audit: %s is no key of %s", row.Key, row.Table)
	}
	for i, column := range tables[at].key {
		q = q.Where(column+" = ?", values[i])
	}
	rows, err := q.Rows()
	if err != nil {
		return "", fmt.Errorf("reading %s %s: %w", row.Table, row.Key, err)
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		return "", rows.Err() //nolint:wrapcheck // nil where there is no row
	}
	fields, err := scanFields(rows)
	if err != nil {
		return "", fmt.Errorf("reading %s %s: %w", row.Table, row.Key, err)
	}
	return fields.digest()
}

// fields are the columns of a row in a form that is the same each time it is read.
type fields map[string]any

type scanner interface {
	Columns() ([]string, error)
	Scan(dest ...any) error
}

func scanFields(rows scanner) (fields, error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, fmt.Errorf("reading the columns: %w", err)
	}
	values, targets := make([]any, len(names)), make([]any, len(names))
	for i := range values {
		targets[i] = &values[i]
	}
	if err := rows.Scan(targets...); err != nil {
		return nil, fmt.Errorf("reading the row: %w", err)
	}
	f := fields{}
	for i, name := range names {
		f[name] = steady(values[i])
	}
	return f, nil
}

// steady takes out what differs between two readings of one value: the zone of a time, bytes or text.
func steady(value any) any {
	switch v := value.(type) {
	case time.Time:
		return v.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano)
	case []byte:
		return hex.EncodeToString(v)
	case [16]byte:
		return hex.EncodeToString(v[:])
	default:
		return v
	}
}

func (f fields) digest() (string, error) {
	text, err := json.Marshal(f) // JSON sorts the names
	if err != nil {
		return "", fmt.Errorf("digesting a row: %w", err)
	}
	return Digest(text), nil
}

// key is the key of the row in its table.
func (f fields) key(columns []string) string {
	parts := make([]string, len(columns))
	for i, column := range columns {
		parts[i] = fmt.Sprint(f[column])
	}
	return RowKey(parts...)
}
