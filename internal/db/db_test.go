package db_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/db"
	"adoptionfund/internal/testkit"
	"adoptionfund/migrations"
)

func open(t *testing.T, address string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), address, db.Normal)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestSeveralProcessesMayMigrateAtOnce(t *testing.T) {
	t.Parallel()
	address := testkit.EmptyDatabaseURL(t)
	several := 4
	if !testkit.OnPostgres() {
		several = 1 // a file is served by one process
	}
	ended := make(chan error, several)
	for range several {
		d := open(t, address)
		go func() { ended <- d.Migrate(t.Context(), migrations.FS) }()
	}
	for range several {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	schema, err := open(t, address).Schema(t.Context(), migrations.FS)
	if err != nil || schema.Ready() != nil || schema.Need == 0 {
		t.Errorf("%+v %v", schema, err)
	}
}

func TestASchemaSaysWhichIsOlder(t *testing.T) {
	t.Parallel()
	for words, s := range map[string]db.Schema{
		"the database has schema 3 and this program needs 7": {Have: 3, Need: 7},
		"newer than this program's 7":                        {Have: 9, Need: 7},
	} {
		if err := s.Ready(); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if err := (db.Schema{Have: 7, Need: 7}).Ready(); err != nil {
		t.Error(err)
	}
}

func TestReadingCannotWriteOnSQLite(t *testing.T) {
	t.Parallel()
	d := testkit.Database(t)
	err := d.Read.Exec("INSERT INTO installation (name, value) VALUES ('a', 'b')").Error
	if d.Dialect == db.SQLite && err == nil {
		t.Error("the pool for reading wrote") // on PostgreSQL it is the gate's transaction that cannot
	}
}

func TestWhatWasWrittenIsReadAtOnce(t *testing.T) {
	t.Parallel()
	d := testkit.Database(t)
	if err := d.Write.Exec("INSERT INTO installation (name, value) VALUES ('a', 'b')").Error; err != nil {
		t.Fatal(err)
	}
	var value string
	if err := d.Read.Raw("SELECT value FROM installation WHERE name = 'a'").Scan(&value).Error; err != nil || value != "b" {
		t.Error(value, err)
	}
}

func TestAnAddressThatDoesNotAnswerIsAnErrorWithoutThePassword(t *testing.T) {
	t.Parallel()
	_, err := db.Open(t.Context(), "postgres://fund:hidden-word@127.0.0.1:1/fund?sslmode=disable", db.Full)
	if err == nil || strings.Contains(err.Error(), "hidden-word") {
		t.Error(err)
	}
}
