package main

import (
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/db"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// The words of the application that a conflicted reviewer must not meet. All are invented.
const (
	secretTitle    = "Velvet gloves for wintry wards"
	secretProduct  = "Glovewarden"
	secretSupplier = "Wintry Mittens Ltd"
)

// withSecret: four applications in assessment. One has files, a product and a return that nobody else has; its reviewer declares a
// conflict, and its life goes on: somebody else reviews it, all reviews come in, and it is moderated.
func (c *contract) withSecret() *application.Application {
	c.t.Helper()
	secret := c.panel.Draft(secretTitle)
	f := c.panel.Form(secret)
	answers := testkit.Answers(f)
	answers[f.Role(form.RoleTitle).Code] = form.Value{Text: secretTitle}
	place := f.Roles[form.RoleProductName]
	rows := answers[place.Code].Rows
	rows[0][place.Column] = form.Value{Text: secretProduct}
	rows[0][f.Roles[form.RoleProductSupplier].Column] = form.Value{Text: secretSupplier}
	secret = c.panel.Answered(secret, answers)
	file, upload := c.addFile(secret)
	secret = c.panel.Signed(secret)
	c.no(c.app.applications.Submit(c.panel.As(testkit.Applicant), secret.Ref))
	others := c.panel.Eligible(3)
	c.panel.Write(c.panel.As(testkit.Officer1), func(tx *work.Tx) error {
		a, err := application.ByRef(tx, secret.Ref)
		if err != nil {
			return err
		}
		return application.Move(tx, a, workflow.Pass, work.Guards{workflow.AllCriteriaPass: work.Holds(true), workflow.NoQuestionOpen: work.Holds(true)}, nil)
	})
	c.start()
	secret = c.panel.Application(secret.Ref)
	c.filling(secret)
	c.secret = map[string]string{
		"ref": string(secret.Ref), "file": file, "upload": upload, "product": c.values["filling"], "filled": c.values["filling"],
		"title": secretTitle, "id": string(secret.ID), "assignment": c.one("SELECT id FROM assignments WHERE application_id = '" + string(secret.ID) + "' AND kind = 'clinical'"),
	}
	c.filling(others[0])
	reviewer := c.panel.Reviewers(secret)["clinical"]
	for _, a := range others {
		if c.panel.Reviewers(c.panel.Application(a.Ref))["clinical"] == reviewer {
			c.panel.Declared(reviewer, a)
		}
	}
	c.conflict(secret)
	c.goesOn(secret)
	c.no(c.app.rankings.Run(c.panel.As(testkit.Chair), c.panel.CallRef())) // it is among what is ranked
	return c.panel.Application(others[0].Ref)
}

// start assigns everything that is eligible.
func (c *contract) start() {
	c.t.Helper()
	c.no(c.app.assignments.Propose(c.panel.As(testkit.Manager), c.panel.CallRef()))
	view, err := c.app.assignments.View(c.panel.As(testkit.Chair), c.panel.CallRef())
	c.no(err)
	_, err = c.app.assignments.Approve(c.panel.As(testkit.Chair), c.panel.CallRef(), view.Plan.Version)
	c.no(err)
}

// goesOn is the life of an application after one of its reviewers was struck; none of it may be told to them.
func (c *contract) goesOn(a *application.Application) {
	c.t.Helper()
	before := c.one("SELECT CAST(COUNT(*) AS text) FROM mails")
	c.panel.Clock.Add(time.Hour)
	c.no(c.app.assignments.Replace(c.panel.As(testkit.Manager), a.Ref, assignment.Replacement{Kind: "clinical", Reason: "A conflict"}))
	c.panel.Reviewed(a, map[string]string{"clinical": "1", "technical": "5", "ppv": "3"})
	c.panel.Scored(a)
	c.no(c.app.reviews.OpenModeration(c.panel.As(testkit.Chair), a.Ref))
	if after := c.one("SELECT CAST(COUNT(*) AS text) FROM mails"); after == before {
		c.t.Error("nobody was told anything")
	}
	reviewer := c.actors[slices.IndexFunc(c.actors, func(at *actor) bool { return at.name == conflicted })]
	for _, m := range c.panel.Mails(reviewer.email) {
		if m.CreatedAt.After(c.panel.Clock.Now().Add(-time.Minute)) && (strings.Contains(m.Subject+m.Body, string(a.Ref)) || strings.Contains(m.Subject+m.Body, a.Title)) {
			c.t.Errorf("the conflicted reviewer is told of %s: %s", a.Ref, m.Subject)
		}
	}
}

// recused makes somebody with one role alone in the whole fund, who is recused from the application.
func (c *contract) recused(role string) *actor {
	c.t.Helper()
	email := testkit.Address("recused-" + strings.ReplaceAll(role, "_", "-"))
	p := c.panel.Person(email, role, access.Scope{})
	c.panel.WithPassword(email)
	c.no(c.app.db.Write.Exec("DELETE FROM grants WHERE person = ? AND role <> ?", p.ID, role).Error)
	c.panel.Write(c.panel.As("world-admin"), func(tx *work.Tx) error {
		a, err := application.ByRef(tx, ident.Ref(c.secret["ref"]))
		if err != nil {
			return err
		}
		if err := tx.Require(access.ViewInterests, a); err != nil {
			return err
		}
		tx.Record(application.Event(a, "interest.recuse", nil))
		return application.Relate(tx, a, p.ID, application.Recused)
	})
	at := &actor{name: "recused " + role, email: email}
	c.signIn(at)
	return at
}

// twins closes the world and opens it twice: as it is, and as if the application had never been.
func (c *contract) twins() (with, without *contract) { return c.twinsBut((*contract).forget) }

// twinsBut closes the world and opens it twice: as it is, and changed behind its back.
func (c *contract) twinsBut(change func(*contract)) (as, changed *contract) {
	c.t.Helper()
	address := c.app.config.DatabaseURL
	c.no(c.app.close())
	copied := testkit.CopyURL(c.t, address) // while nobody is connected
	as, changed = c.twin(address), c.twin(copied)
	change(changed)
	return as, changed
}

func (c *contract) twin(address string) *contract {
	c.t.Helper()
	settings := c.app.config
	settings.DatabaseURL = address
	a, err := wireWith(c.t.Context(), settings, c.panel.Clock.Now, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), db.Normal)
	c.no(err)
	c.t.Cleanup(func() { _ = a.close() })
	s, err := a.site(false)
	c.no(err)
	twin := &contract{t: c.t, app: a, site: s, panel: c.panel, values: c.values, secret: c.secret}
	twin.listen()
	return twin
}

// listen keeps the statements that are sent to the database.
func (c *contract) listen() {
	c.t.Helper()
	one := func(g *gorm.DB) {
		c.listening.Lock()
		defer c.listening.Unlock()
		c.statements = append(c.statements, g.Statement.SQL.String())
	}
	for _, d := range []*gorm.DB{c.app.db.Read, c.app.db.Write} {
		cb := d.Callback()
		c.no(cb.Query().After("gorm:query").Register("test:listen", one))
		c.no(cb.Row().After("gorm:row").Register("test:listen", one))
		c.no(cb.Raw().After("gorm:raw").Register("test:listen", one))
		c.no(cb.Create().After("gorm:create").Register("test:listen", one))
		c.no(cb.Update().After("gorm:update").Register("test:listen", one))
		c.no(cb.Delete().After("gorm:delete").Register("test:listen", one))
	}
}

// heard is what was sent since it was last asked.
func (c *contract) heard() []string {
	c.listening.Lock()
	defer c.listening.Unlock()
	said := c.statements
	c.statements = nil
	return said
}

// forget removes every row that hangs on the application: those that name it, those that name these, and so on.
func (c *contract) forget() {
	c.t.Helper()
	c.unchecked(func(conn *gorm.DB) error {
		gone := []string{c.secret["id"], c.secret["product"]}
		for next := gone; len(next) > 0; gone = append(gone, next...) {
			next = c.removeWith(conn, next)
		}
		var left int64
		c.no(conn.Raw("SELECT COUNT(*) FROM applications WHERE ref = ?", c.secret["ref"]).Scan(&left).Error)
		if left != 0 || len(gone) < 20 {
			return fmt.Errorf("%d rows are gone, the application is there %d times", len(gone), left)
		}
		return nil
	})
}

// unchecked changes rows without regard to what refers to them.
func (c *contract) unchecked(change func(*gorm.DB) error) {
	c.t.Helper()
	off, on := "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"
	if c.app.db.Dialect == db.Postgres {
		off, on = "SET session_replication_role = replica", "SET session_replication_role = DEFAULT"
	}
	c.no(c.app.db.Write.Connection(func(conn *gorm.DB) error {
		c.no(conn.Exec(off).Error)
		c.no(change(conn))
		return conn.Exec(on).Error
	}))
}

// removeWith removes the rows that have one of the values anywhere, and gives what they are called by themselves. The trail of
// audit stays: it is for auditors.
func (c *contract) removeWith(conn *gorm.DB, values []string) []string {
	c.t.Helper()
	var more []string
	for _, table := range c.tables() {
		if strings.HasPrefix(table, "audit") || strings.HasPrefix(table, "other_funding") || table == "read_blocks" {
			continue
		}
		rows, err := conn.Table(table).Limit(0).Rows()
		c.no(err)
		columns, err := rows.Columns()
		c.no(err)
		c.no(rows.Close())
		var where []string
		var args []any
		for _, column := range columns {
			where, args = append(where, "CAST("+column+" AS text) IN ?"), append(args, values)
		}
		condition := strings.Join(where, " OR ")
		if slices.Contains(columns, "id") {
			var ids []string
			c.no(conn.Raw("SELECT CAST(id AS text) FROM "+table+" WHERE "+condition, args...).Scan(&ids).Error)
			for _, id := range ids {
				if len(id) == len(c.secret["id"]) && !slices.Contains(values, id) {
					more = append(more, id)
				}
			}
		}
		c.no(conn.Exec("DELETE FROM "+table+" WHERE "+condition, args...).Error)
	}
	return more
}
