package review

import (
	"database/sql"
	"fmt"

	"adoptionfund/internal/assignment"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// changed are the applications of a call on the desk: all of them, or those that are named. Its queries read few columns and fill no structs
// by reflection: they may give tens of thousands of rows.
type changed struct {
	call  ident.Call
	all   bool
	named []ident.Application
}

// mostNamed is how many applications are read again one by one; where more changed, all are.
const mostNamed = 500

// changedSince gives the applications that events of a call after one of them name; after 0, all.
func changedSince(tx *work.Tx, call ident.Call, after int64) (changed, error) {
	if after == 0 {
		return changed{call: call, all: true}, nil
	}
	c := changed{call: call}
	query := "SELECT DISTINCT application FROM audit_events WHERE call = ? AND seq > ? AND application <> ''"
	if err := tx.DB().Raw(query, string(call), after).Scan(&c.named).Error; err != nil {
		return c, fmt.Errorf("reading what changed in the call: %w", err)
	}
	c.all = len(c.named) > mostNamed
	return c, nil
}

// where narrows a query to them, by the column with the application's id.
func (c changed) where(column string) (string, []any) {
	if c.all {
		return column + " IN (SELECT id FROM applications WHERE call_id = ? AND state IN ?)", []any{c.call, inPanel()}
	}
	return column + " IN ?", []any{c.named}
}

func (c changed) applications(tx *work.Tx, found map[ident.Application]*figure) error {
	where, args := c.where("id")
	query := "SELECT id, ref, title, lead_name, state FROM applications WHERE " + where + " AND call_id = ? AND state IN ?"
	return work.Each(tx, "applications", query, append(args, c.call, inPanel()), func(rows *sql.Rows) error {
		var a figure
		if err := rows.Scan(&a.id, &a.ref, &a.title, &a.lead, &a.state); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		found[a.id] = &a
		return nil
	})
}

func (c changed) seats(tx *work.Tx, found map[ident.Application]*figure) error {
	where, args := c.where("application_id")
	query := "SELECT application_id, person, kind, state, due_at FROM assignments WHERE " + where + " AND state IN ? ORDER BY assigned_at, id"
	return work.Each(tx, "assignments", query, append(args, []assignment.State{assignment.Standing, assignment.Done}), func(rows *sql.Rows) error {
		var s assignment.Assignment
		if err := rows.Scan(&s.ApplicationID, &s.Person, &s.Kind, &s.State, &s.DueAt); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		if a := found[s.ApplicationID]; a != nil {
			a.seats = append(a.seats, s)
		}
		return nil
	})
}

func (c changed) scores(tx *work.Tx, found map[ident.Application]*figure) error {
	where, args := c.where("application_id")
	query := "SELECT application_id, part, kind, person, value, mark, source FROM scores WHERE " + where + " AND state = ?"
	return work.Each(tx, "scores", query, append(args, ScoreStands), func(rows *sql.Rows) error {
		s := Score{State: ScoreStands}
		if err := rows.Scan(&s.ApplicationID, &s.Part, &s.Kind, &s.Person, &s.Value, &s.Mark, &s.Source); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		if a := found[s.ApplicationID]; a != nil {
			a.scores = append(a.scores, s)
		}
		return nil
	})
}

// barredFrom are the applications of a call from which a person is barred: recused from them or conflicted.
func barredFrom(tx *work.Tx, call ident.Call, person ident.Person) (map[ident.Application]bool, error) {
	barred := map[ident.Application]bool{}
	if person == "" {
		return barred, nil
	}
	query := "SELECT DISTINCT r.application_id FROM application_relations r JOIN applications a ON a.id = r.application_id WHERE r.person = ? AND r.relation IN ('recused', 'conflicted') AND a.call_id = ?"
	err := work.Each(tx, "applications that somebody is barred from", query, []any{person, call}, func(rows *sql.Rows) error {
		var id ident.Application
		err := rows.Scan(&id)
		barred[id] = true
		return err //nolint:wrapcheck // each says what was read
	})
	return barred, err
}

// lastEvent is the place in the trail of the last event of a call, 0 if there was none.
func lastEvent(tx *work.Tx, call ident.Call) (int64, error) {
	var seq int64
	if err := tx.DB().Raw("SELECT COALESCE(MAX(seq), 0) FROM audit_events WHERE call = ?", string(call)).Scan(&seq).Error; err != nil {
		return 0, fmt.Errorf("reading the last event of the call: %w", err)
	}
	return seq, nil
}
