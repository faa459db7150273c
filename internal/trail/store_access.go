package trail

import (
	"database/sql"
	"fmt"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// roundRefs are the references of rounds.
func roundRefs(tx *work.Tx, own []ident.Round, all bool) ([]string, error) {
	q := tx.DB().Table("rounds").Order("ref")
	if !all {
		q = q.Where("id IN ?", own)
	}
	var refs []string
	if err := q.Pluck("ref", &refs).Error; err != nil {
		return nil, fmt.Errorf("reading the rounds of somebody: %w", err)
	}
	return refs, nil
}

// heldAt gives the roles that were held at a moment. Where is the reference of the call, else of the round, else empty.
func heldAt(tx *work.Tx, at time.Time, roles []string) ([]RoleHeld, error) {
	if len(roles) == 0 {
		return nil, nil
	}
	query := `SELECT g.person, p.name, p.email, p.disabled_at, g.role, COALESCE(c.ref, r.ref, ''), g.granted_at, g.granted_by, g.revoked_at, g.revoked_by
		FROM grants g JOIN persons p ON p.id = g.person LEFT JOIN calls c ON CAST(c.id AS text) = g.call_id LEFT JOIN rounds r ON CAST(r.id AS text) = g.round_id
		WHERE g.role IN ? AND g.granted_at <= ? AND (g.revoked_at IS NULL OR g.revoked_at > ?) ORDER BY p.name, p.id, g.role, g.granted_at`
	var held []RoleHeld
	err := work.Each(tx, "roles held", query, []any{roles, at, at}, func(rows *sql.Rows) error {
		var h RoleHeld
		var disabled *time.Time
		if err := rows.Scan(&h.Person, &h.Name, &h.Email, &disabled, &h.Role, &h.Where, &h.From, &h.GrantedBy, &h.To, &h.EndedBy); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		h.Disabled = disabled != nil
		held = append(held, h)
		return nil
	})
	return held, err
}

// accountEvents tells what happened to accounts until a moment, in order.
func accountEvents(tx *work.Tx, ids []string, until time.Time, tell func(id, verb string, at time.Time)) error {
	slices.Sort(ids)
	verbs := []string{string(access.SignIn), string(access.ManageSecondFactor), string(access.ResetSecondFactor)}
	for some := range slices.Chunk(slices.Compact(ids), 500) {
		err := work.Each(tx, "events of accounts", "SELECT subject, verb, at FROM audit_events WHERE subject IN ? AND verb IN ? AND at <= ? ORDER BY seq", []any{some, verbs, until}, func(rows *sql.Rows) error {
			var id, verb string
			var at time.Time
			if err := rows.Scan(&id, &verb, &at); err != nil {
				return err //nolint:wrapcheck // each says what was read
			}
			tell(id, verb, at)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
