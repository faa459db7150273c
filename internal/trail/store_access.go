package trail

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
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

// holding is which roles of people are looked at: a condition on grants, their people and their rounds.
type holding struct {
	at    time.Time
	where string
	args  []any
}

const holdingFrom = ` FROM grants g JOIN persons p ON p.id = g.person LEFT JOIN calls c ON CAST(c.id AS text) = g.call_id LEFT JOIN rounds r ON CAST(r.id AS text) = g.round_id WHERE `

// heldBy are roles that were held at a moment: in the whole fund, and in the rounds of the one who asks, or in all.
func heldBy(at time.Time, roles []string, own []ident.Round, all bool) holding {
	h := holding{at: at, where: "g.role IN ? AND g.granted_at <= ? AND (g.revoked_at IS NULL OR g.revoked_at > ?)", args: []any{roles, at, at}}
	if !all {
		h = h.and("(g.round_id = '' OR g.round_id IN ?)", own)
	}
	return h
}

func (h holding) and(condition string, args ...any) holding {
	h.where += " AND " + condition
	h.args = append(slices.Clone(h.args), args...)
	return h
}

// narrowed are those in a round, with those in the whole fund, and of people whose name or address is like what is asked for.
func (h holding) narrowed(in AccessAsked) holding {
	if round := strings.ToUpper(strings.TrimSpace(in.Round)); round != "" {
		h = h.and("(g.round_id = '' OR r.ref = ?)", round)
	}
	if part := strings.ToLower(strings.TrimSpace(in.Person)); part != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(part) + "%"
		h = h.and(`(lower(p.name) LIKE ? ESCAPE '\' OR lower(p.email) LIKE ? ESCAPE '\')`, like, like)
	}
	return h
}

// order is that of the pages.
const order = "p.name, p.id, g.role, g.granted_at, g.id"

// page gives the roles after the one with a key, and one more than so many; 0: all. Where is the reference of the call, else of the round,
// else empty.
func (h holding) page(tx *work.Tx, after string, limit int) ([]RoleHeld, error) {
	if after != "" {
		h = h.and("("+order+") > (SELECT "+order+" FROM grants g JOIN persons p ON p.id = g.person WHERE "+text(tx, "g.id")+" = ?)", after)
	}
	query := `SELECT g.id, g.person, p.name, p.email, p.disabled_at, g.role, COALESCE(c.ref, r.ref, ''), g.granted_at, g.granted_by, g.revoked_at, g.revoked_by` + holdingFrom + h.where + " ORDER BY " + order
	if limit > 0 {
		query += fmt.Sprintf(" LIMIT %d", limit+1)
	}
	var held []RoleHeld
	err := work.Each(tx, "roles held", query, h.args, func(rows *sql.Rows) error {
		var one RoleHeld
		var disabled *time.Time
		if err := rows.Scan(&one.key, &one.Person, &one.Name, &one.Email, &disabled, &one.Role, &one.Where, &one.From, &one.GrantedBy, &one.To, &one.EndedBy); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		one.Disabled = disabled != nil
		held = append(held, one)
		return nil
	})
	return held, err
}

// count counts them by role. Dormant is what RoleHeld.dormant says: the last sign-in, or the granting where there was none, lies too far back.
func (h holding) count(tx *work.Tx) ([]RoleCount, error) {
	since := h.at.Add(-dormantAfter)
	signIn := "EXISTS (SELECT 1 FROM audit_events e WHERE e.subject = " + text(tx, "g.person") + " AND e.verb = ? AND e.at "
	query := "SELECT g.role, COUNT(*), COUNT(DISTINCT g.person), SUM(CASE WHEN NOT " + signIn + ">= ? AND e.at <= ?) AND (g.granted_at < ? OR " + signIn + "< ?)) THEN 1 ELSE 0 END)" +
		holdingFrom + h.where + " GROUP BY g.role ORDER BY g.role"
	verb := string(access.SignIn)
	var counts []RoleCount
	err := work.Each(tx, "how often roles are held", query, append([]any{verb, since, h.at, since, verb, since}, h.args...), func(rows *sql.Rows) error {
		var c RoleCount
		if err := rows.Scan(&c.Role, &c.Held, &c.People, &c.Dormant); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		counts = append(counts, c)
		return nil
	})
	return counts, err
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
