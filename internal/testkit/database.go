// Package testkit is a small world for tests, made in milliseconds: a real database, a clock that the test moves, people,
// applications, and the servers that the program speaks to. It is imported by tests alone.
package testkit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"adoptionfund/internal/db"
	"adoptionfund/internal/ident"
	"adoptionfund/migrations"
)

// PostgresVariable names the environment variable with the address of a throwaway PostgreSQL server. Where it is set, tests run
// on PostgreSQL, otherwise on SQLite: the suite is run once in each way.
const PostgresVariable = "TEST_POSTGRES_URL"

// OnPostgres reports whether this run is the one on PostgreSQL.
func OnPostgres() bool { return os.Getenv(PostgresVariable) != "" }

// Database gives the test a migrated database of its own.
func Database(tb testing.TB) *db.DB {
	tb.Helper()
	d, err := db.Open(context.Background(), DatabaseURL(tb), db.Normal)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Error(err)
		}
	})
	return d
}

// DatabaseURL gives the address of a migrated database of the test's own.
func DatabaseURL(tb testing.TB) string {
	tb.Helper()
	if server := os.Getenv(PostgresVariable); server != "" {
		return postgresClone(tb, server)
	}
	data, err := sqliteTemplate()
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "fund.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return "sqlite://" + path
}

// CopyURL copies a database that nobody is connected to, and gives the address of the copy.
func CopyURL(tb testing.TB, address string) string {
	tb.Helper()
	if server := os.Getenv(PostgresVariable); server != "" {
		u, err := url.Parse(address)
		if err != nil {
			tb.Fatal(err)
		}
		return createPostgres(tb, server, strings.TrimPrefix(u.Path, "/"))
	}
	data, err := os.ReadFile(strings.TrimPrefix(address, "sqlite://"))
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "fund.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		tb.Fatal(err)
	}
	return "sqlite://" + path
}

// EmptyDatabaseURL gives the address of a database without a schema.
func EmptyDatabaseURL(tb testing.TB) string {
	tb.Helper()
	if server := os.Getenv(PostgresVariable); server != "" {
		return createPostgres(tb, server, "template0")
	}
	return "sqlite://" + filepath.Join(tb.TempDir(), "fund.db")
}

// sqliteTemplate is the migrated database as a file, made once for each test binary.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "adoptionfund-template-")
	if err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "template.db")
	if err := migrate("sqlite://" + path); err != nil {
		return nil, err
	}
	return os.ReadFile(path) //nolint:wrapcheck // a test prints it as it is
})

func migrate(address string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, address, db.Normal)
	if err != nil {
		return fmt.Errorf("opening the template: %w", err)
	}
	err = d.Migrate(ctx, migrations.FS)
	if closing := d.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("migrating the template: %w", err)
	}
	return nil
}

var (
	postgresOnce     sync.Once
	postgresTemplate string
	errPostgres      error
)

func postgresClone(tb testing.TB, server string) string {
	tb.Helper()
	postgresOnce.Do(func() { postgresTemplate, errPostgres = makePostgresTemplate(server) })
	if errPostgres != nil {
		tb.Fatal(errPostgres)
	}
	return createPostgres(tb, server, postgresTemplate)
}

// makePostgresTemplate makes the migrated template once for all test binaries: its name is a digest of the migrations.
func makePostgresTemplate(server string) (string, error) {
	name := "template_" + migrationsDigest()
	root, err := sql.Open("pgx", server)
	if err != nil {
		return "", fmt.Errorf("connecting: %w", err)
	}
	defer func() { _ = root.Close() }()
	ctx := context.Background()
	conn, err := root.Conn(ctx)
	if err != nil {
		return "", fmt.Errorf("connecting: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(815)"); err != nil {
		return "", fmt.Errorf("waiting for the template: %w", err)
	}
	defer func() { _, _ = conn.ExecContext(ctx, "SELECT pg_advisory_unlock(815)") }()
	var there bool
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil || there {
		return name, err //nolint:wrapcheck // a test prints it as it is
	}
	if _, err := conn.ExecContext(ctx, "CREATE DATABASE "+name+"_new TEMPLATE template0"); err != nil {
		return "", fmt.Errorf("creating the template: %w", err)
	}
	if err := migrate(withDatabase(server, name+"_new")); err != nil {
		return "", err
	}
	_, err = conn.ExecContext(ctx, "ALTER DATABASE "+name+"_new RENAME TO "+name)
	return name, err //nolint:wrapcheck // a test prints it as it is
}

func migrationsDigest() string {
	h := sha256.New()
	files, _ := fs.Glob(migrations.FS, "*.sql")
	for _, f := range files {
		data, _ := fs.ReadFile(migrations.FS, f)
		_, _ = h.Write(data)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func createPostgres(tb testing.TB, server, template string) string {
	tb.Helper()
	name := "t_" + strings.ReplaceAll(ident.New[string](), "-", "")
	run := func(statement string) error {
		root, err := sql.Open("pgx", server)
		if err != nil {
			return fmt.Errorf("connecting: %w", err)
		}
		defer func() { _ = root.Close() }()
		_, err = root.ExecContext(context.Background(), statement)
		return err //nolint:wrapcheck // a test prints it as it is
	}
	if err := run("CREATE DATABASE " + name + " TEMPLATE " + template); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := run("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			tb.Error(err)
		}
	})
	return withDatabase(server, name)
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}
