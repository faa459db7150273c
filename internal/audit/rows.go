package audit

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// guardedRow is a protected row with the digest that it had when its event was sealed.
type guardedRow struct {
	Row
	Digest string `json:"digest"`
}

// Protected lists the tables whose rows may change only with an event that carries their digest. Each has a key column
// named id.
func Protected() []string {
	return []string{"submissions", "scores", "findings", "positions", "scenarios", "proposals", "approvals", "decisions", "awards"}
}

// digestRow digests a row as the database holds it; a row that is not there has the empty digest.
func digestRow(tx *gorm.DB, row Row) (string, error) {
	if !slices.Contains(Protected(), row.Table) {
		return "", fmt.Errorf("audit: %s is not in the list of protected tables", row.Table)
	}
	rows, err := tx.Raw("SELECT * FROM "+row.Table+" WHERE id = ?", row.Key).Rows() // #nosec G202 -- the name is one of the list
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
