package work

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/db"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/jobs"
	"adoptionfund/internal/notify"
)

// Tx is one unit of work: who acts, the moment, and what will be kept with the change.
type Tx struct {
	By      access.Principal
	Now     time.Time // the same throughout; UTC
	Arrival time.Time // when the request arrived at the server: deadlines compare this

	db      *gorm.DB
	ctx     context.Context //nolint:containedctx // a unit of work is as long as its request
	gate    *Gate
	asked   bool
	rows    int64
	keeping bool
	astray  string
	events  []audit.Event
	deeds   []access.Deed
	known   map[string][]access.Action // what the principal did before, by subject
	goesOn  *goingOn
	sealed  []func([]audit.Entry) error
	after   []func()
}

// DB is the database inside the transaction, for stores.
func (tx *Tx) DB() *gorm.DB { return tx.db }

// Postgres reports whether the database is PostgreSQL, for the few queries that must differ.
func (tx *Tx) Postgres() bool { return tx.gate.db.Dialect == db.Postgres }

// Policy is the policy, for what is asked of it without an object: which roles an event gives, where a list may look.
func (tx *Tx) Policy() *access.Policy { return tx.gate.policy }

// Require refuses unless the principal may do act to what. The fault says what it needs, or that there is no such thing where
// the person may not know that there is.
func (tx *Tx) Require(act access.Action, what access.Resource) error {
	tx.asked = true
	facts := what.Facts()
	decision, err := tx.decide(act, facts)
	if err != nil {
		return err
	}
	if !decision.Allowed {
		return decision.Err() //nolint:wrapcheck // a fault for the person
	}
	if tx.By.Kind == access.Person {
		tx.deeds = append(tx.deeds, tx.gate.policy.Deeds(act, facts)...)
	}
	return nil
}

// May reports whether the principal may do act to what. It asks without ending anything: for pages that show or hide.
func (tx *Tx) May(act access.Action, what access.Resource) (bool, error) {
	decision, err := tx.decide(act, what.Facts())
	return decision.Allowed, err
}

// MayConfirmed is May for pages that ask in the same form for the password that the action needs: as if the principal had given it.
func (tx *Tx) MayConfirmed(act access.Action, what access.Resource) (bool, error) {
	by := tx.By
	tx.By.Confirmed = true
	defer func() { tx.By = by }()
	return tx.May(act, what)
}

// Anywhere is where the principal may do an action: the widest of their scopes, for lists that are narrowed afterwards.
func (tx *Tx) Anywhere(act access.Action) access.Scope {
	if scopes := tx.gate.policy.Scopes(tx.By, act); len(scopes) > 0 {
		return scopes[0]
	}
	return access.Scope{}
}

// NotFound says that there is no such thing.
func NotFound(kind string) error { return fault.New(fault.NotFound, "There is no such %s", kind) }

func (tx *Tx) decide(act access.Action, facts access.Facts) (access.Decision, error) {
	if tx.By.ID != "" {
		did, err := tx.did(tx.gate.policy.Barring(act, facts))
		if err != nil {
			return access.Decision{}, err
		}
		facts.Did, facts.Confirmed = append(facts.Did, did...), tx.By.Confirmed
	}
	return tx.gate.policy.Can(tx.By, act, facts), nil
}

// did finds which of the barring deeds the principal did. What they did to a subject is looked up once in a transaction.
func (tx *Tx) did(barring []access.Deed) ([]access.Action, error) {
	if err := tx.lookUp(barring); err != nil {
		return nil, err
	}
	var found []access.Action
	for _, d := range barring {
		if slices.Contains(tx.known[d.Subject.ID], d.Action) && !slices.Contains(found, d.Action) {
			found = append(found, d.Action)
		}
	}
	return found, nil
}

func (tx *Tx) lookUp(barring []access.Deed) error {
	var subjects []string
	for _, d := range barring {
		if _, known := tx.known[d.Subject.ID]; !known && !slices.Contains(subjects, d.Subject.ID) {
			subjects = append(subjects, d.Subject.ID)
		}
	}
	if len(subjects) == 0 {
		return nil
	}
	var rows []deed
	if err := tx.db.Where("person = ? AND subject IN ?", tx.By.ID, subjects).Find(&rows).Error; err != nil {
		return fmt.Errorf("looking for deeds: %w", err)
	}
	if tx.known == nil {
		tx.known = map[string][]access.Action{}
	}
	for _, subject := range subjects {
		tx.known[subject] = nil
	}
	for _, row := range rows {
		tx.known[row.Subject] = append(tx.known[row.Subject], row.Deed)
	}
	return nil
}

// Record keeps an event, appended to the audit trail as the last thing before the commit.
func (tx *Tx) Record(e audit.Event) { tx.events = append(tx.events, e) }

// goingOn is an event of the trail that a change belongs to.
type goingOn struct {
	event audit.Event
	at    time.Time
}

// GoesOn says that the change belongs to an event that the same principal recorded at a moment, instead of one of its own: what
// is kept while somebody types is one event, not one a second. The gate looks whether that event is in the trail.
func (tx *Tx) GoesOn(e audit.Event, at time.Time) { tx.goesOn = &goingOn{e, at} }

// holds reports whether the event is in the trail.
func (g *goingOn) holds(tx *Tx, rows *gorm.DB) (bool, error) {
	if g == nil {
		return false, nil
	}
	var n int64
	err := rows.Model(&audit.Entry{}).Where("application = ? AND subject = ? AND verb = ? AND by_id = ? AND at = ?",
		string(g.event.Application), g.event.Subject, g.event.Verb, tx.actor().ID, g.at).Limit(1).Count(&n).Error
	if err != nil {
		return false, fmt.Errorf("looking for the event that goes on: %w", err)
	}
	return n > 0, nil
}

// Sealed runs f when the events are in the trail, still inside the transaction: for what carries the place in the chain.
func (tx *Tx) Sealed(f func([]audit.Entry) error) { tx.sealed = append(tx.sealed, f) }

// Notify writes a mail to the outbox. One that can be turned off names where.
func (tx *Tx) Notify(m notify.Message) error {
	if class := tx.gate.messages.Class(m.Kind); class != notify.Needed && m.Person != "" {
		m.Stop = tx.gate.messages.Public() + "/mail/stop?token=" + url.QueryEscape(tx.gate.key.Token(stopping, string(class)+":"+string(m.Person)))
	}
	if err := tx.gate.messages.Write(tx.db, tx.Now, m); err != nil {
		return fmt.Errorf("notifying: %w", err)
	}
	return nil
}

// stopping is what the signed links are for with which mails are turned off.
const stopping = "stop mail"

// Stopping gives whose mails of which class the token of such a link turns off; false for any other text.
func (tx *Tx) Stopping(token string) (notify.Class, ident.Person, bool) {
	subject, ok := tx.gate.key.Subject(stopping, token)
	class, person, found := strings.Cut(subject, ":")
	return notify.Class(class), ident.Person(person), ok && found
}

// Enqueue adds a job to be run after the commit, at a moment. A second one with the same dedupe key is not kept.
func (tx *Tx) Enqueue(kind, dedupe, payload string, at time.Time) error {
	if err := jobs.Add(tx.db, kind, dedupe, payload, at); err != nil {
		return fmt.Errorf("enqueueing: %w", err)
	}
	return nil
}

// After runs f once the transaction has committed.
func (tx *Tx) After(f func()) { tx.after = append(tx.after, f) }

// Saw logs, after the reply, that the principal read personal or scored data.
func (tx *Tx) Saw(what string, subjects ...string) {
	r := audit.Reading{At: tx.Now, By: string(tx.By.ID), What: what, Subjects: subjects}
	if tx.By.ID == "" {
		r.By = tx.By.Name
	}
	tx.After(func() { tx.gate.reads.Add(r) })
}

// Issue signs a receipt for an entry of the trail.
func (tx *Tx) Issue(r audit.Receipt, e audit.Entry) audit.Receipt { return tx.gate.key.Issue(r, e) }

// Verify walks the whole audit trail.
func (tx *Tx) Verify() (audit.Finding, error) {
	f, err := audit.Inspect(tx.db, tx.gate.key.Public())
	if err != nil {
		return f, fmt.Errorf("verifying the audit trail: %w", err)
	}
	return f, nil
}

// Checkpoint signs what a verification found whole.
func (tx *Tx) Checkpoint(f audit.Finding, at time.Time) audit.Checkpoint {
	return tx.gate.key.Checkpoint(f, at)
}

// Against says where the trail departs from a checkpoint that somebody kept; empty if it does not.
func (tx *Tx) Against(c audit.Checkpoint) (string, error) {
	said, err := c.Against(tx.db, tx.gate.key.Public())
	if err != nil {
		return "", fmt.Errorf("holding the trail against a checkpoint: %w", err)
	}
	return said, nil
}

// count notes the rows that a statement changed, and, while bookkeeping, the table that it had no business with.
func (tx *Tx) count(g *gorm.DB) {
	tx.rows += g.RowsAffected
	if tx.keeping && g.RowsAffected > 0 && !slices.ContainsFunc(bookkeeping(), func(t string) bool {
		return g.Statement.Table == t || strings.Contains(g.Statement.SQL.String(), " "+t+" ")
	}) {
		tx.astray = cmp.Or(g.Statement.Table, "another table")
	}
}

// actor is who acts, as the trail names them.
func (tx *Tx) actor() audit.Actor {
	by := audit.Actor{Kind: tx.By.Kind.String(), ID: string(tx.By.ID)}
	if by.ID == "" {
		by.ID = tx.By.Name
	}
	return by
}

// seal is what the gate does before the commit: it refuses changes without permission or event, keeps the deeds and appends the events.
func (tx *Tx) seal(g *gorm.DB) error {
	switch {
	case tx.keeping && tx.astray == "" && len(tx.events) == 0:
		return nil
	case tx.rows > 0 && !tx.asked:
		return ErrNoPermissionAsked
	case tx.rows > 0 && len(tx.events) == 0:
		if there, err := tx.goesOn.holds(tx, g); err != nil || there {
			return err
		}
		return ErrNoEvent
	case len(tx.events) == 0:
		return nil
	}
	if err := tx.keepDeeds(g); err != nil {
		return err
	}
	entries, err := audit.Append(g, tx.gate.key, tx.Now, tx.actor(), tx.events)
	if err != nil {
		return fmt.Errorf("sealing: %w", err)
	}
	for _, f := range tx.sealed {
		if err := f(entries); err != nil {
			return err
		}
	}
	return nil
}

// deed is a deed as kept.
type deed struct {
	Subject string
	Person  ident.Person
	Deed    access.Action
	At      time.Time
}

func (deed) TableName() string { return "deeds" }

// keepDeeds remembers what a person did, where the policy has a pair with it.
func (tx *Tx) keepDeeds(g *gorm.DB) error {
	if len(tx.deeds) == 0 {
		return nil
	}
	rows := make([]deed, len(tx.deeds))
	for i, d := range tx.deeds {
		rows[i] = deed{d.Subject.ID, tx.By.ID, d.Action, tx.Now}
	}
	if err := g.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, 1000).Error; err != nil {
		return fmt.Errorf("remembering deeds: %w", err)
	}
	return nil
}

// Save writes row back if it still has the version it was read with, and counts the version up; otherwise somebody else
// changed it meanwhile, which is a Conflict. version points into row.
func Save[T any](tx *Tx, row *T, version *int) error {
	seen := *version
	*version++
	done := tx.db.Model(row).Where("version = ?", seen).Select("*").Updates(row)
	if done.Error != nil {
		return fmt.Errorf("saving: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		*version = seen
		return fault.Stale(nil, "Someone else changed this while you were working on it")
	}
	return nil
}

// Add inserts a row. A row that is there already is a Conflict.
func Add[T any](tx *Tx, row *T) error {
	err := tx.db.Create(row).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.Wrap(fault.Conflict, err, "This is there already")
	}
	if err != nil {
		return fmt.Errorf("adding a row: %w", err)
	}
	return nil
}

// One reads the row that q finds; none is NotFound, in the words of kind.
func One[T any](q *gorm.DB, kind string) (*T, error) {
	var row T
	err := q.Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, NotFound(kind)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the %s: %w", kind, err)
	}
	return &row, nil
}

// Find reads the row that q finds, or nil if there is none.
func Find[T any](q *gorm.DB, kind string) (*T, error) {
	row, err := One[T](q, kind)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return row, err
}

// Many reads all rows that q finds.
func Many[T any](q *gorm.DB, kind string) ([]T, error) {
	var rows []T
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading the %s: %w", kind, err)
	}
	return rows, nil
}

// Render fills in a text of the catalogue without sending it: for letters that are kept.
func (tx *Tx) Render(m notify.Message) (subject, body string, err error) {
	subject, body, err = tx.gate.messages.Render(m)
	if err != nil {
		return "", "", fmt.Errorf("writing a letter: %w", err)
	}
	return subject, body, nil
}
