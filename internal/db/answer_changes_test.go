package db_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/migrations"
)

// until gives the migrations before one.
func until(t *testing.T, number string) fs.FS {
	t.Helper()
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	older := fstest.MapFS{}
	for _, name := range names {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if name < number {
			older[name] = &fstest.MapFile{Data: text}
		}
	}
	return older
}

// TestTheVersionsOfAnswersThatWereKeptBeforeTheirHistoryAreInIt: an installation from before that table is brought up to date.
func TestTheVersionsOfAnswersThatWereKeptBeforeTheirHistoryAreInIt(t *testing.T) {
	t.Parallel()
	d := open(t, testkit.EmptyDatabaseURL(t))
	if err := d.Migrate(t.Context(), until(t, "0011")); err != nil {
		t.Fatal(err)
	}
	const at, later = "2026-09-20 09:00:00+00:00", "2026-09-21 09:00:00+00:00"
	round, call, application, person := ident.New[string](), ident.New[string](), ident.New[string](), ident.New[string]()
	insert := func(query string, values ...any) {
		t.Helper()
		if err := d.Write.Exec(query, values...).Error; err != nil {
			t.Fatal(err)
		}
	}
	insert("INSERT INTO rounds (id, ref, title, budget, senior_officer, notice, last_number, created_by, created_at, version) VALUES (?, 'AF26', 'Round', 1, 's', '', 1, 'x', ?, 1)", round, at)
	insert("INSERT INTO calls (id, round_id, ref, theme, title, state, opens_at, closes_at, settings, published, published_digest, author, created_at, version) "+
		"VALUES (?, ?, 'AF26-CAR', 'CAR', 'Call', 'open', ?, ?, '{}', '', '', 'x', ?, 1)", call, round, at, later, at)
	insert("INSERT INTO applications (id, ref, round_id, call_id, theme, title, lead, lead_name, lead_kind, region, ics, recipient, requested, minimum, state, state_at, main_contact, created_at, version) "+
		"VALUES (?, 'AF26-0001', ?, ?, 'CAR', 'Title', 'QMF', 'Lead', 'icb', 'London', 'QMF', '', 0, 0, 'draft', ?, ?, ?, 1)", application, round, call, at, person, at)
	for version, answers := range []string{`{"SU2":{"text":"First"}}`, `{"SU2":{"text":"Second"}}`} {
		insert("INSERT INTO section_versions (application_id, section, version, answers, saved_by, saved_at) VALUES (?, 'SU', ?, ?, ?, ?)", application, version+1, answers, person, []string{at, later}[version])
	}

	if err := d.Migrate(t.Context(), migrations.FS); err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		ID, ApplicationID, Section, Way, Person, Changes, Answers string
		Version, Saves                                            int
		Same                                                      bool
	}
	if err := d.Read.Raw("SELECT *, began_at = ended_at AS same FROM answer_changes ORDER BY version").Scan(&rows).Error; err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].ID == rows[1].ID {
		t.Fatalf("%+v", rows)
	}
	for i, r := range rows {
		if _, err := ident.Parse[string](r.ID); err != nil {
			t.Errorf("%q is no id: %v", r.ID, err)
		}
		if r.ApplicationID != application || r.Section != "SU" || r.Version != i+1 || r.Way != "save" || r.Person != person || r.Changes != "{}" || r.Saves != 1 || !r.Same {
			t.Errorf("%+v", r)
		}
	}
	if !strings.Contains(rows[0].Answers, "First") || !strings.Contains(rows[1].Answers, "Second") {
		t.Errorf("%+v", rows)
	}
}
