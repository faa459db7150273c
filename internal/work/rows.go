package work

import (
	"database/sql"
	"fmt"
)

// Each reads the rows of a query one by one and fills no structs by reflection: there may be a hundred thousand.
func Each(tx *Tx, kind, query string, args []any, row func(*sql.Rows) error) error {
	rows, err := tx.DB().Raw(query, args...).Rows()
	if err != nil {
		return fmt.Errorf("reading the %s: %w", kind, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(rows); err != nil {
			return fmt.Errorf("reading the %s: %w", kind, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading the %s: %w", kind, err)
	}
	return nil
}
