package testkit

import (
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/db"
	"adoptionfund/internal/ident"
)

// Shared is how many of the copies that Copies makes belong to one person.
const Shared = 50

// Copies copies an application n times by SQL alone, for what is measured on many rows. Their references follow on from 100001,
// their states are spread, Shared of them belong to the contact and each other one to somebody else. All of them are invented.
func Copies(tb testing.TB, d *db.DB, like ident.Ref, contact ident.Person, n int) {
	tb.Helper()
	number := "printf('%012d', i)"
	if d.Dialect == db.Postgres {
		number = "lpad(i::text, 12, '0')"
	}
	id := func(group string) string {
		text := "'00000000-0000-7000-" + group + "-' || " + number
		if d.Dialect == db.Postgres {
			return "(" + text + ")::uuid"
		}
		return text
	}
	fill := strings.NewReplacer(
		"{series}", "WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < "+strconv.Itoa(n)+")",
		"{id}", id("8000"), "{submission}", id("8002"),
		"{contact}", "CASE WHEN i % "+strconv.Itoa(max(n/Shared, 1))+" = 0 THEN "+quoted(d, contact)+" ELSE "+id("8001")+" END",
	)
	for _, statement := range []string{`
		INSERT INTO applications (id, ref, round_id, call_id, theme, title, lead, lead_name, lead_kind, region, ics, recipient, requested, minimum,
			state, state_at, main_contact, submission_id, submitted_at, created_at, version)
		{series} SELECT {id}, 'AF26-' || (100000 + i), a.round_id, a.call_id, a.theme, 'Invented project ' || i, a.lead, a.lead_name, a.lead_kind, a.region, a.ics,
			a.recipient, 25000000 + i, 18000000, CASE i % 10 WHEN 0 THEN 'draft' WHEN 1 THEN 'screening' WHEN 2 THEN 'clarification' WHEN 3 THEN 'not_submitted' ELSE 'assessment' END,
			a.state_at, {contact}, CASE WHEN i % 10 IN (0, 3) THEN NULL ELSE {submission} END, a.created_at, a.created_at, 1
		FROM g CROSS JOIN (SELECT * FROM applications WHERE ref = ?) AS a`, `
		INSERT INTO application_people (application_id, person, relation, sections, since)
		{series} SELECT {id}, {contact}, 'main_contact', '', a.created_at FROM g CROSS JOIN (SELECT * FROM applications WHERE ref = ?) AS a`,
	} {
		if err := d.Write.Exec(fill.Replace(statement), like).Error; err != nil {
			tb.Fatal(err)
		}
	}
	if d.Dialect == db.Postgres {
		// PostgreSQL does this by itself some time after such a change; SQLite plans without.
		if err := d.Write.Exec("ANALYZE").Error; err != nil {
			tb.Fatal(err)
		}
	}
}

func quoted(d *db.DB, id ident.Person) string {
	if d.Dialect == db.Postgres {
		return "'" + string(id) + "'::uuid"
	}
	return "'" + string(id) + "'"
}
