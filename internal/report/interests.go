package report

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// interests is who has to do with which application besides their work, and what follows from it.
func interests() *Report {
	return &Report{
		Kind: "interests", Title: "Interests and recusals", One: "interest or recusal", Many: "interests and recusals", Action: access.ReportInterests, Personal: true,
		About:   "Every interest that was declared or found, how it was settled, and who of those who work for the fund is recused from an application or acts as a deputy.",
		Sources: "The declarations, what rules found, and people's relations to applications. What somebody wrote about their interest stands on the page of the assignment alone.",
		Columns: []Column{
			{Name: "application", Label: "Application", Type: Text, Meaning: "The application's reference"},
			{Name: "call", Label: "Call", Type: Text, Meaning: "The reference of its call", Aside: true},
			{Name: "person", Label: "Person", Type: Text, Meaning: "Whose interest or recusal it is"},
			{Name: "record", Label: "What", Type: Text, Meaning: "Declared, found by a rule, recused, conflicted, or acting as a deputy"},
			{Name: "interest", Label: "Interest", Type: Text, Meaning: "Its kind"},
			{Name: "means", Label: "Means", Type: Label, Meaning: "What it comes to: as it was settled, else by its kind", Words: meansWords},
			{Name: "since", Label: "Since", Type: Moment, Meaning: "When it was declared, found or noted"},
			{Name: "settled_by", Label: "Settled by", Type: Text, Meaning: "Who decided what it means"},
			{Name: "settled_on", Label: "Settled", Type: Moment, Meaning: "When that was"},
			{Name: "withdrawn_on", Label: "Withdrawn", Type: Moment, Meaning: "When it was withdrawn, as made in error", Aside: true},
		},
		Groups:  []Group{{"by_record", "By what it is", nil}},
		Filters: standardFilters(), masks: true,
		rows: interestRows,
	}
}

func meansWords(s string) string {
	return chosen([]Choice{{string(interest.Clear), "Nothing"}, {string(interest.Asks), "To be settled"}, {string(interest.Bars), "Bars"}}, s)
}

// The two kinds of lines, which are read one after the other: keys begin with these.
const (
	declaredKey = "1 "
	recusedKey  = "2 "
)

func interestRows(r *Reading, after string, n int) ([]Row, error) {
	var lines []Row
	var err error
	if !strings.HasPrefix(after, recusedKey) {
		if lines, err = r.declared(strings.TrimPrefix(after, declaredKey), n); err != nil || len(lines) == n {
			return lines, err
		}
		after = ""
	}
	more, err := r.recused(strings.TrimPrefix(after, recusedKey), n-len(lines))
	return append(lines, more...), err
}

func (r *Reading) declared(after string, n int) ([]Row, error) {
	where, args := r.where()
	if after == "" {
		after = nobody
	}
	query := `SELECT i.id, a.ref, a.call_id, i.person, i.kind, i.source, i.severity, i.at, i.settled_as, i.settled_by, i.settled_at, i.withdrawn_at
		FROM interests i JOIN applications a ON a.id = i.application_id WHERE ` + where + ` AND i.id > ? ORDER BY i.id LIMIT ?`
	var found []named
	err := work.Each(r.tx, "interests", query, append(args, after, n), func(rows *sql.Rows) error {
		var i interest.Interest
		var ref string
		var call ident.Call
		if err := rows.Scan(&i.ID, &ref, &call, &i.Person, &i.Kind, &i.Source, &i.Severity, &i.At, &i.SettledAs, &i.SettledBy, &i.SettledAt, &i.WithdrawnAt); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		record := "Declared"
		if i.Found() {
			record = "Found"
		}
		line := named{key: declaredKey + i.ID, person: i.Person, second: i.SettledBy, record: record}
		line.cells = []any{ref, string(r.byID[call].Ref), nil, record, i.Kind.Label(), string(i.Means()), i.At.UTC(), nil, orNever(i.SettledAt), orNever(i.WithdrawnAt)}
		found = append(found, line)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r.withNames(found)
}

// named is a line whose people have still to be named.
type named struct {
	key    string
	person ident.Person
	second *ident.Person
	record string
	cells  []any
}

func (r *Reading) withNames(found []named) ([]Row, error) {
	if len(found) == 0 {
		return nil, nil
	}
	var ids []ident.Person
	for _, l := range found {
		ids = append(ids, l.person)
		if l.second != nil {
			ids = append(ids, *l.second)
		}
	}
	names, err := people.Names(r.tx, ids...)
	lines := make([]Row, len(found))
	for i, l := range found {
		l.cells[2] = names[l.person]
		if l.second != nil {
			l.cells[7] = names[*l.second]
		}
		lines[i] = Row{Key: l.key, Count: 1, Groups: []string{l.record}, Cells: l.cells}
	}
	return lines, err
}

func orNever(t *time.Time) any {
	if t == nil {
		return nil
	}
	return t.UTC()
}

// recused reads who of those who work for the fund, by a role that is granted or as reviewers, is barred from applications or acts for one
// who is. The applicants' side is recused from its own applications as a matter of course and is left out.
func (r *Reading) recused(after string, n int) ([]Row, error) {
	if n == 0 {
		return nil, nil
	}
	var roles []string
	for _, role := range r.tx.Policy().Roles() {
		if role.GivenBy == access.GivenByGrant {
			roles = append(roles, role.Name)
		}
	}
	app, person, relation := nobody, nobody, ""
	if parts := strings.Fields(after); len(parts) == 3 {
		app, person, relation = parts[0], parts[1], parts[2]
	}
	where, args := r.where()
	query := `SELECT a.id, a.ref, a.call_id, p.person, p.relation, MIN(p.since) FROM application_relations p JOIN applications a ON a.id = p.application_id
		WHERE ` + where + ` AND p.relation IN ? AND (p.person IN (SELECT g.person FROM grants g WHERE g.role IN ? AND g.revoked_at IS NULL) OR p.person IN (SELECT v.person FROM reviewers v WHERE v.round_id = ?))
		AND (a.id, p.person, p.relation) > (?, ?, ?) GROUP BY a.id, a.ref, a.call_id, p.person, p.relation ORDER BY a.id, p.person, p.relation LIMIT ?`
	args = append(args, []application.Relation{application.Recused, application.Conflicted, application.Deputy}, roles, r.round.ID, app, person, relation, n)
	var found []named
	err := work.Each(r.tx, "recusals", query, args, func(rows *sql.Rows) error {
		var id, ref string
		var call ident.Call
		var who ident.Person
		var what application.Relation
		var since any
		if err := rows.Scan(&id, &ref, &call, &who, &what, &since); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		record := map[application.Relation]string{application.Recused: "Recused", application.Conflicted: "Conflicted", application.Deputy: "Deputy"}[what]
		var means any
		if what != application.Deputy {
			means = string(interest.Bars)
		}
		at, err := anyTime(since)
		line := named{key: fmt.Sprintf("%s%s %s %s", recusedKey, id, who, what), person: who, record: record}
		line.cells = []any{ref, string(r.byID[call].Ref), nil, record, nil, means, at, nil, nil, nil}
		found = append(found, line)
		return err
	})
	if err != nil {
		return nil, err
	}
	return r.withNames(found)
}

// anyTime reads a moment that a database worked out: SQLite knows no types of what is not a column, and gives its text.
func anyTime(value any) (any, error) {
	switch v := value.(type) {
	case time.Time:
		return v.UTC(), nil
	case string:
		for _, layout := range []string{"2006-01-02 15:04:05.999999999-07:00", time.RFC3339Nano, "2006-01-02 15:04:05.999999999"} {
			if t, err := time.Parse(layout, v); err == nil {
				return t.UTC(), nil
			}
		}
		return nil, fmt.Errorf("report: %q is no moment", v)
	}
	return nil, nil //nolint:nilnil // none is an answer
}
