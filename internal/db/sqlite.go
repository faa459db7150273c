package db

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/migrator"
	"gorm.io/gorm/schema"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteDialector tells gorm how to speak to modernc's pure Go SQLite. The dialector that gorm offers compiles a C SQLite
// beside it, which every test with the race detector would pay for.
type sqliteDialector struct{ dsn string }

func (sqliteDialector) Name() string { return "sqlite" }

func (s sqliteDialector) Initialize(db *gorm.DB) error {
	callbacks.RegisterDefaultCallbacks(db, &callbacks.Config{
		CreateClauses: []string{"INSERT", "VALUES", "ON CONFLICT", "RETURNING"},
		UpdateClauses: []string{"UPDATE", "SET", "FROM", "WHERE", "RETURNING"},
		DeleteClauses: []string{"DELETE", "FROM", "WHERE", "RETURNING"},
	})
	pool, err := sql.Open("sqlite", s.dsn)
	if err != nil {
		return fmt.Errorf("opening SQLite: %w", err)
	}
	db.ConnPool = pool
	db.ClauseBuilders["LIMIT"] = limitClause
	db.ClauseBuilders["FOR"] = func(clause.Clause, clause.Builder) {} // one writer: nothing to lock
	return nil
}

// limitClause writes a limit of none as -1 where there is an offset, as SQLite wants it.
func limitClause(c clause.Clause, b clause.Builder) {
	limit, ok := c.Expression.(clause.Limit)
	if !ok {
		return
	}
	n := -1
	if limit.Limit != nil {
		n = *limit.Limit
	}
	if n < 0 && limit.Offset <= 0 {
		return
	}
	_, _ = b.WriteString("LIMIT " + strconv.Itoa(n))
	if limit.Offset > 0 {
		_, _ = b.WriteString(" OFFSET " + strconv.Itoa(limit.Offset))
	}
}

func (s sqliteDialector) Migrator(db *gorm.DB) gorm.Migrator {
	return migrator.Migrator{Config: migrator.Config{DB: db, Dialector: s}}
}

// DataTypeOf is asked only by gorm's own migrations, which are not used.
func (sqliteDialector) DataTypeOf(*schema.Field) string { return "text" }

func (sqliteDialector) DefaultValueOf(*schema.Field) clause.Expression {
	return clause.Expr{SQL: "NULL"}
}

func (sqliteDialector) BindVarTo(w clause.Writer, _ *gorm.Statement, _ any) { _ = w.WriteByte('?') }

func (sqliteDialector) QuoteTo(w clause.Writer, name string) {
	_ = w.WriteByte('`')
	for i := range len(name) {
		if name[i] == '.' {
			_, _ = w.WriteString("`.`")
			continue
		}
		_ = w.WriteByte(name[i])
	}
	_ = w.WriteByte('`')
}

func (sqliteDialector) Explain(query string, vars ...any) string {
	return logger.ExplainSQL(query, nil, `"`, vars...)
}

func (sqliteDialector) SavePoint(tx *gorm.DB, name string) error {
	return tx.Exec("SAVEPOINT " + name).Error
}

func (sqliteDialector) RollbackTo(tx *gorm.DB, name string) error {
	return tx.Exec("ROLLBACK TO SAVEPOINT " + name).Error
}

// Translate names the violations of constraints as gorm does for other databases.
func (sqliteDialector) Translate(err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return gorm.ErrDuplicatedKey
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return gorm.ErrForeignKeyViolated
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return gorm.ErrCheckConstraintViolated
	default:
		return err
	}
}
