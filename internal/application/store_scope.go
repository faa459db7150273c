package application

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Query narrows a list of applications. Zero values narrow nothing.
type Query struct {
	Round   ident.Round
	Call    ident.Call
	States  []workflow.ApplicationState
	Search  string    // part of the title, the lead's name or the reference
	After   ident.Ref // the last one of the page before
	From    string    // what the last one of the page before had in the column that sorts; with an Order alone
	Order   Order     // for lists by state
	Mine    bool      // only those in which the person has a part of their own
	Held    *Part     // only those to which a person has a relation
	Without Relation  // only those to which nobody has a relation
	Limit   int
}

// Order is what a list by state is sorted by.
type Order string

// The orders.
const (
	ByReference Order = ""
	Longest     Order = "age"    // longest in their state first
	Largest     Order = "amount" // most asked for first
)

// Orders are all orders.
func Orders() []Order { return []Order{ByReference, Longest, Largest} }

// Key is what an application has in the column that an order sorts by, for the page after it.
func (o Order) Key(a *Application) string {
	switch o {
	case Longest:
		return a.StateAt.Format(time.RFC3339Nano)
	case Largest:
		return strconv.FormatInt(int64(a.Requested), 10)
	case ByReference:
	}
	return ""
}

// List gives the applications to which the principal may do an action, in the order of their references. The rows are those for
// which the policy would say yes one by one: each condition of a rule is written once more here, as SQL.
func List(tx *work.Tx, act access.Action, q Query) ([]*Application, error) {
	where, args, err := permitted(tx, act, q.Order != ByReference)
	if err != nil {
		return nil, err
	}
	rows := func() *gorm.DB {
		return q.narrow(tx, tx.DB().Table("applications AS a").Select("a.*").Where(where, args...)).Limit(q.Limit)
	}
	return work.Many[*Application](q.walk(tx, rows), "applications")
}

// CountBarred counts the applications in some states in which the principal could do an action, were they not barred from them: the one
// masked line that stands for them, whatever else a list is narrowed by.
func CountBarred(tx *work.Tx, act access.Action, states []workflow.ApplicationState) (int64, error) {
	where, args, err := permitted(tx, act, true)
	if err != nil {
		return 0, err
	}
	var scopes []string
	var within []any
	plus := ""
	if !tx.Postgres() {
		plus = "+" // keeps SQLite from walking all applications in these states: those that somebody is barred from are few
	}
	for _, s := range tx.Policy().Scopes(tx.By, act) {
		switch {
		case s.Call != "":
			scopes, within = append(scopes, plus+"a.call_id = ?"), append(within, s.Call)
		case s.Round != "":
			scopes, within = append(scopes, plus+"a.round_id = ?"), append(within, s.Round)
		default:
			scopes = append(scopes, "1 = 1")
		}
	}
	if len(scopes) == 0 {
		return 0, nil
	}
	var n int64
	err = tx.DB().Table("applications AS a").Where("a.id IN (SELECT application_id FROM application_relations WHERE person = ? AND relation IN ?)", orNobody(tx.By.ID), Barring()).
		Where(plus+"a.state IN ? AND a.submission_id IS NOT NULL", states).Where("("+strings.Join(scopes, " OR ")+")", within...).Where("NOT "+where, args...).Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("counting the applications that somebody is barred from: %w", err)
	}
	return n, nil
}

// walk asks for the rows along an index, from the last one of the page before. An index gives the rows of one state, or of one
// round, in the order of their references; that order is asked for together with the state, so that a database does not guess that
// it would meet fifty of them sooner along all references. Of several states it takes a page each, and then the first of those.
func (q Query) walk(tx *work.Tx, rows func() *gorm.DB) *gorm.DB {
	switch {
	case len(q.States) == 1:
		return q.along(rows(), q.States[0])
	case len(q.States) > 1:
		parts, each := make([]string, len(q.States)), make([]any, len(q.States))
		for i, state := range q.States {
			parts[i], each[i] = "SELECT * FROM (?) AS part"+strconv.Itoa(i), q.along(rows(), state)
		}
		return tx.DB().Table("("+strings.Join(parts, " UNION ALL ")+") AS page", each...).Order(q.Order.merged()).Limit(q.Limit)
	case q.Round != "":
		return rows().Where("(a.round_id, a.ref) > (?, ?) AND a.round_id <= ?", q.Round, q.After, q.Round).Order("a.round_id, a.ref")
	default:
		return rows().Where("a.ref > ?", q.After).Order("a.ref")
	}
}

// along walks the applications of one state in the order that is asked for.
func (q Query) along(rows *gorm.DB, state workflow.ApplicationState) *gorm.DB {
	switch q.Order {
	case Longest:
		from, err := time.Parse(time.RFC3339Nano, q.From)
		if err != nil {
			from = time.Unix(0, 0)
		}
		return rows.Where("a.state = ? AND (a.state_at, a.ref) > (?, ?)", state, from.UTC(), q.After).Order("a.state_at, a.ref")
	case Largest:
		from, err := strconv.ParseInt(q.From, 10, 64)
		if err != nil {
			from = math.MaxInt64
		}
		return rows.Where("a.state = ? AND (a.requested, a.ref) < (?, ?)", state, from, q.After).Order("a.requested DESC, a.ref DESC")
	case ByReference:
	}
	return rows.Where("(a.state, a.ref) > (?, ?) AND a.state <= ?", state, q.After, state).Order("a.state, a.ref")
}

// merged is how pages of several states are sorted together.
func (o Order) merged() string {
	switch o {
	case Longest:
		return "page.state_at, page.ref"
	case Largest:
		return "page.requested DESC, page.ref DESC"
	case ByReference:
	}
	return "page.ref"
}

// narrow leaves out what a query does not ask for, but for the states and where it begins.
func (q Query) narrow(tx *work.Tx, db *gorm.DB) *gorm.DB {
	if q.Round != "" && len(q.States) > 0 {
		db = db.Where("a.round_id = ?", q.Round)
	}
	if q.Call != "" && q.Order != ByReference && !tx.Postgres() {
		db = db.Where("+a.call_id = ?", q.Call)
	} else if q.Call != "" {
		db = db.Where("a.call_id = ?", q.Call)
	}
	if q.Mine {
		db = db.Where("a.id IN (SELECT application_id FROM application_people WHERE person = ? AND relation IN ?)", orNobody(tx.By.ID), applicantSide())
	}
	if q.Held != nil {
		db = db.Where("a.id IN (SELECT application_id FROM application_people WHERE person = ? AND relation = ?)", orNobody(q.Held.Person), q.Held.Relation)
	}
	if q.Without != "" {
		db = db.Where("NOT EXISTS (SELECT 1 FROM application_people w WHERE w.application_id = a.id AND w.relation = ?)", q.Without)
	}
	if text := strings.ToLower(strings.TrimSpace(q.Search)); text != "" {
		like := "%" + strings.NewReplacer("%", "", "_", "", `\`, "").Replace(text) + "%"
		db = db.Where("(lower(a.title) LIKE ? OR lower(a.lead_name) LIKE ? OR lower(a.ref) LIKE ?)", like, like, like)
	}
	return db
}

// permitted writes the rules of the policy as a condition on rows: any of the principal's rules, each with its scope and all
// its conditions. ordered says that the rows are found by something else than their scope.
func permitted(tx *work.Tx, act access.Action, ordered bool) (string, []any, error) {
	filters := tx.Policy().Filters(tx.By, act)
	var rules []string
	var args []any
	round, call := "a.round_id = ?", "a.call_id = ?"
	if (len(filters) > 1 || ordered) && !tx.Postgres() {
		// The plus keeps SQLite from gathering and sorting whole rounds by an index for each of the rules.
		round, call = "+"+round, "+"+call
	}
	for _, f := range filters {
		rule := []string{"1 = 1"}
		if f.Scope.Call != "" {
			rule, args = append(rule, call), append(args, f.Scope.Call)
		} else if f.Scope.Round != "" {
			rule, args = append(rule, round), append(args, f.Scope.Round)
		}
		for _, name := range f.Conditions {
			sql, more, err := condition(tx, act, name)
			if err != nil {
				return "", nil, err
			}
			rule, args = append(rule, sql), append(args, more...)
		}
		rules = append(rules, "("+strings.Join(rule, " AND ")+")")
	}
	if len(rules) == 0 {
		return "1 = 0", nil, nil
	}
	return "(" + strings.Join(rules, " OR ") + ")", args, nil
}

// condition is the SQL twin of a condition in access; a property test compares the two for every role.
func condition(tx *work.Tx, act access.Action, name string) (string, []any, error) {
	me := orNobody(tx.By.ID)
	has := func(relations ...Relation) (string, []any, error) {
		// Not as EXISTS: so the few that a person has to do with can be found first.
		return "a.id IN (SELECT p.application_id FROM application_people p WHERE p.person = ? AND p.relation IN ?)", []any{me, relations}, nil
	}
	hasNot := func(r Relation) (string, []any, error) {
		// Not as NOT EXISTS: so the few from which a person is barred are found once, not for each row.
		return "a.id NOT IN (SELECT p.application_id FROM application_relations p WHERE p.person = ? AND p.relation = ?)", []any{me, r}, nil
	}
	switch name {
	case "any":
		return "1 = 1", nil, nil
	case "own":
		return has(MainContact)
	case "contributes":
		return has(Contributor)
	case "signs":
		return has(signs()...)
	case "assigned":
		return has(Assigned)
	case "declared":
		return has(Declared)
	case "reviewed":
		return has(Reviewed)
	case "deputising":
		return has(Deputy)
	case "not_conflicted":
		return hasNot(Conflicted)
	case "not_recused":
		return hasNot(Recused)
	case "submitted":
		return "a.submission_id IS NOT NULL", nil, nil
	case "released":
		return "a.state IN ?", []any{releasedStates()}, nil
	case "in_time":
		return "(EXISTS (SELECT 1 FROM calls c WHERE c.id = a.call_id AND c.closes_at > ?) OR a.deadline > ?)", []any{tx.Arrival, tx.Arrival}, nil
	case "not_own_work":
		return notOwnWork(tx, act)
	default:
		return "", nil, fmt.Errorf("application: the condition %q of the policy has no twin in SQL", name)
	}
}

// notOwnWork leaves out what the principal may not do because of what they did before.
func notOwnWork(tx *work.Tx, act access.Action) (string, []any, error) {
	columns := map[access.Per]string{access.PerApplication: "a.id", access.PerCall: "a.call_id", access.PerRound: "a.round_id"}
	clauses, args := []string{"1 = 1"}, []any{}
	for _, pair := range tx.Policy().Excluding(act) {
		column, ok := columns[pair.Per]
		if !ok {
			return "", nil, fmt.Errorf("application: deeds per %s have no twin in SQL", pair.Per)
		}
		if tx.Postgres() {
			column += "::text"
		}
		clauses = append(clauses, "NOT EXISTS (SELECT 1 FROM deeds d WHERE d.subject = "+column+" AND d.person = ? AND d.deed = ?)")
		args = append(args, orNobody(tx.By.ID), pair.Deed)
	}
	return strings.Join(clauses, " AND "), args, nil
}

// orNobody is an id that nobody has where nobody has signed in, since PostgreSQL refuses a text that is no id.
func orNobody(id ident.Person) ident.Person {
	if id == "" {
		return nobodys
	}
	return id
}

func releasedStates() []workflow.ApplicationState {
	var states []workflow.ApplicationState
	for _, info := range workflow.Applications().States() {
		if info.Released {
			states = append(states, info.State)
		}
	}
	return states
}
