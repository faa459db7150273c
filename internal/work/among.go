package work

import (
	"encoding/json"
	"strings"
)

// Among is the condition that a column is one of values, with its one argument. The text of the query is then the same however many there are, and
// the database plans it once: for lists as long as a page of a report or a call, where a parameter for each takes longer than reading the rows.
func Among[T ~string](tx *Tx, column string, values []T) (condition, list string) {
	if tx.Postgres() {
		return column + " = ANY (?)", arrayLiteral(values)
	}
	text, _ := json.Marshal(values) //nolint:errchkjson // a list of texts
	return column + " IN (SELECT value FROM json_each(?))", string(text)
}

// arrayLiteral writes values as PostgreSQL reads an array: in braces, each in quotes, with backslash and quote escaped.
func arrayLiteral[T ~string](values []T) string {
	var b strings.Builder
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	b.WriteByte('{')
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		_, _ = escape.WriteString(&b, string(v))
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String()
}
