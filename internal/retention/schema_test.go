package retention_test

import (
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/db"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/testkit"
)

// TestEveryColumnThatMayHoldSomethingOfPeopleSaysWhatBecomesOfIt walks the schema of the database: a table, or a column with a text or an id, that
// the holdings do not name fails it.
func TestEveryColumnThatMayHoldSomethingOfPeopleSaysWhatBecomesOfIt(t *testing.T) {
	t.Parallel()
	found := schemaOf(t, testkit.Database(t))
	listed := map[string][]string{}
	for _, h := range retention.Holdings() {
		if listed[h.Table] != nil || slices.Contains(retention.WithoutPeople(), h.Table) {
			t.Errorf("%s stands in the list twice", h.Table)
		}
		listed[h.Table] = h.Columns()
		if len(h.Persons()) == 0 && strings.Contains(" "+strings.Join(h.Columns(), " ")+" ", " person ") {
			t.Errorf("%s has a person that is neither whom it is about nor who acted", h.Table)
		}
	}
	for table, columns := range found {
		if slices.Contains(retention.WithoutPeople(), table) || strings.HasPrefix(table, "other_funding_index") || strings.HasPrefix(table, "sqlite_") {
			continue
		}
		want := slices.Sorted(slices.Values(columns))
		got := slices.Sorted(slices.Values(listed[table]))
		if !slices.Equal(want, got) {
			t.Errorf("%s has the columns\n%v\nand the holdings name\n%v", table, want, got)
		}
	}
	for table := range listed {
		if found[table] == nil {
			t.Errorf("there is no table %s", table)
		}
	}
}

// schemaOf gives the columns that hold texts or ids, by table.
func schemaOf(t *testing.T, d *db.DB) map[string][]string {
	t.Helper()
	query := "SELECT m.name AS of, p.name AS name, lower(p.type) AS type FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
	if d.Dialect == db.Postgres {
		query = `SELECT c.table_name AS of, c.column_name AS name, c.data_type AS type FROM information_schema.columns c
			JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'`
	}
	var rows []struct{ Of, Name, Type string }
	if err := d.Read.Raw(strings.ReplaceAll(query, " AS of", ` AS "of"`)).Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for _, r := range rows {
		if slices.Contains([]string{"text", "uuid", "character varying"}, r.Type) {
			found[r.Of] = append(found[r.Of], r.Name)
		}
	}
	if len(found) < 90 {
		t.Fatalf("only %d tables", len(found))
	}
	return found
}

// TestEveryReferenceToAPersonIsListedAsOne holds the holdings against the foreign keys of the schema.
func TestEveryReferenceToAPersonIsListedAsOne(t *testing.T) {
	t.Parallel()
	d := testkit.Database(t)
	query := `SELECT m.name AS "of", f."from" AS name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND f."table" = 'persons'`
	if d.Dialect == db.Postgres {
		query = `SELECT k.table_name AS "of", k.column_name AS name FROM information_schema.key_column_usage k JOIN information_schema.constraint_column_usage u
			ON u.constraint_name = k.constraint_name AND u.constraint_schema = k.constraint_schema WHERE u.table_name = 'persons' AND k.table_name <> 'persons'`
	}
	var rows []struct{ Of, Name string }
	if err := d.Read.Raw(query).Scan(&rows).Error; err != nil || len(rows) < 10 {
		t.Fatalf("%v, %d references", err, len(rows))
	}
	persons := map[string][]string{}
	for _, h := range retention.Holdings() {
		persons[h.Table] = h.Persons()
	}
	for _, r := range rows {
		if !slices.Contains(persons[r.Of], r.Name) {
			t.Errorf("%s.%s refers to a person, and the holdings do not say so", r.Of, r.Name)
		}
	}
}
