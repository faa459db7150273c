package report

import (
	"database/sql"
	"strings"
	"time"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// stay is a time that an application was in a state; without an end it still is.
type stay struct {
	state       workflow.ApplicationState
	from, until time.Time
}

// history is the life of an application, from its moves.
type history struct {
	id                 ident.Application
	call               ident.Call
	requested, awarded money.Pence
	agreed, submitted  bool
	state              workflow.ApplicationState
	stateAt            time.Time
	stays              []stay
}

// told is the life of an application as the reader may know it: what is proposed before the release is assessed, in one stay with what
// was before.
func (h history) told(r *Reading) []stay {
	if r.sees(h.call) {
		return h.stays
	}
	var told []stay
	for _, s := range h.stays {
		s.state = r.state(h.call, s.state)
		if n := len(told); n > 0 && told[n-1].state == s.state {
			told[n-1].until = s.until
			continue
		}
		told = append(told, s)
	}
	return told
}

// histories gives the life of every application of the round that is asked for, a batch at a time. The figures are of all of them, whoever
// reads: they name none.
func (r *Reading) histories(each func(history) error) error {
	for after := ""; ; {
		found, err := r.livesAfter(after)
		if err != nil {
			return err
		}
		for _, h := range found {
			if err := each(h.history); err != nil {
				return err
			}
		}
		if len(found) < batch {
			return nil
		}
		after = found[len(found)-1].ref
	}
}

type livesRow struct {
	history
	ref     string
	created time.Time
}

func (r *Reading) livesAfter(after string) ([]livesRow, error) {
	where, args := r.where()
	query := `SELECT a.id, a.ref, a.call_id, a.requested, a.state, a.state_at, a.created_at, w.amount, w.state, w.agreed_at IS NOT NULL, a.submission_id IS NOT NULL
		FROM applications a LEFT JOIN awards w ON w.application_id = a.id WHERE ` + where + ` AND a.ref > ? ORDER BY a.ref LIMIT ?`
	var found []livesRow
	err := work.Each(r.tx, "applications", query, append(args, after, batch), func(rows *sql.Rows) error {
		var h livesRow
		var amount sql.NullInt64
		var award sql.NullString
		if err := rows.Scan(&h.id, &h.ref, &h.call, &h.requested, &h.state, &h.stateAt, &h.created, &amount, &award, &h.agreed, &h.submitted); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		if workflow.Promised(workflow.AwardState(award.String)) {
			h.awarded = money.Pence(amount.Int64)
		}
		found = append(found, h)
		return nil
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	at := map[string]int{}
	ids := make([]string, len(found))
	for i, h := range found {
		ids[i], at[string(h.id)] = string(h.id), i
	}
	const moves = "SELECT application, verb, at FROM audit_events WHERE application IN ? AND verb IN ? ORDER BY application, seq"
	err = work.Each(r.tx, "moves of applications", moves, []any{ids, verbs()}, func(rows *sql.Rows) error {
		var id, verb string
		var when time.Time
		if err := rows.Scan(&id, &verb, &when); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		found[at[id]].goesOn(verb, when.UTC())
		return nil
	})
	for i := range found {
		found[i].settle()
	}
	return found, err
}

// verbs are what the moves of applications are recorded as.
func verbs() []string {
	var all []string
	for _, m := range workflow.Applications().Moves() {
		all = append(all, m.Effects.Record)
	}
	return all
}

// goesOn follows a move from the state that the ones before led to.
func (h *livesRow) goesOn(verb string, when time.Time) {
	from := workflow.ApplicationState("")
	if n := len(h.stays); n > 0 {
		from = h.stays[n-1].state
	}
	_, event, _ := strings.Cut(verb, ".")
	move, err := workflow.Applications().Step(from, workflow.Event(event))
	if err != nil || move.To == from {
		return // the state stays: a submission that replaces one
	}
	if n := len(h.stays); n > 0 {
		h.stays[n-1].until = when
	}
	h.stays = append(h.stays, stay{state: move.To, from: when})
}

// settle lets the life end where the application is. One whose moves are not in the trail has its present state alone.
func (h *livesRow) settle() {
	if n := len(h.stays); n > 0 && h.stays[n-1].state == h.state {
		return
	}
	if n := len(h.stays); n > 0 {
		h.stays[n-1].until = h.stateAt.UTC()
	}
	h.stays = append(h.stays, stay{state: h.state, from: h.stateAt.UTC()})
}
