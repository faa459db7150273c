package report

import (
	"cmp"
	"database/sql"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// events is the audit trail of a round.
func events() *Report {
	return &Report{
		Kind: "audit", Title: "Audit trail", One: "event", Many: "events", Action: access.ExportAudit, Personal: true,
		About:   "Every event of the round in the order of the chain: who did what to what, when, with the facts that were kept and the digest that the next event rests on.",
		Sources: "The audit trail. Its digests can be compared with those on its pages and with checkpoints; that the chain is whole is for audit verify to say.",
		Columns: []Column{
			{Name: "number", Label: "Number", Type: Number, Meaning: "The event's place in the chain"},
			{Name: "at", Label: "When", Type: Moment, Meaning: "When it happened"},
			{Name: "who", Label: "Who", Type: Text, Meaning: "Whose deed it was: a person, the operator, or a job"},
			{Name: "action", Label: "Action", Type: Text, Meaning: "What was done"},
			{Name: "kind", Label: "To what", Type: Text, Meaning: "The kind of thing that it was done to"},
			{Name: "subject", Label: "Which", Type: Text, Meaning: "Its identifier", Aside: true},
			{Name: "application", Label: "Application", Type: Text, Meaning: "The reference of the application that it is about; empty: none"},
			{Name: "facts", Label: "Facts", Type: Text, Meaning: "What was kept of it, as JSON; digests stand for personal text"},
			{Name: "digest", Label: "Digest", Type: Text, Meaning: "The digest of the event and all before it", Aside: true},
		},
		Groups:  []Group{{"by_action", "By action", nil}},
		Filters: []Filter{callFilter()},
		rows:    eventRows,
	}
}

// keptBack leaves out what is about proposals, in the calls whose proposals are not for the reader.
const keptBack = ` AND NOT (e.call IN ? AND (e.kind IN ('proposal', 'scenario') OR e.verb LIKE 'application.propose%' OR e.verb LIKE 'decision.%' OR e.verb LIKE 'letter.%'))`

// eventsAfter is what the database is asked. Events about applications that the reader is barred from are left out, as on the pages of the trail.
func (r *Reading) eventsAfter(after string, n int) (string, []any) {
	before, _ := strconv.ParseInt(after, 10, 64) // "" is the beginning
	query := `SELECT e.seq, e.at, e.by_kind, e.by_id, e.verb, e.kind, e.subject, e.application, e.facts, e.digest FROM audit_events e
		WHERE e.round = ? AND e.seq > ? AND e.application NOT IN (SELECT CAST(application_id AS text) FROM application_relations WHERE person = ? AND relation IN ?)`
	args := []any{r.round.ID, before, cmp.Or(string(r.tx.By.ID), nobody), application.Barring()}
	if r.filter["call"] != "" {
		for _, c := range r.inCalls() {
			query, args = query+" AND e.call = ?", append(args, string(c.ID))
		}
	}
	if len(r.hidden) > 0 {
		query, args = query+keptBack, append(args, r.hidden)
	}
	return query + " ORDER BY e.seq LIMIT ?", append(args, n)
}

func eventRows(r *Reading, after string, n int) ([]Row, error) {
	query, args := r.eventsAfter(after, n)
	var found []audit.Entry
	err := work.Each(r.tx, "audit trail", query, args, func(rows *sql.Rows) error {
		var e audit.Entry
		err := rows.Scan(&e.Seq, &e.At, &e.ByKind, &e.ByID, &e.Verb, &e.Kind, &e.Subject, &e.Application, &e.Facts, &e.Digest)
		found = append(found, e)
		return err //nolint:wrapcheck // each says what was read
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	names, refs, err := r.namesIn(found)
	if err != nil {
		return nil, err
	}
	withheld, err := application.Withheld(r.tx)
	if err != nil {
		return nil, err
	}
	lines := make([]Row, len(found))
	for i, e := range found {
		who := cmp.Or(names[ident.Person(e.ByID)], strings.TrimSuffix(e.ByKind+" "+e.ByID, " "))
		var about any
		if ref := refs[ident.Application(e.Application)]; ref != "" {
			about = string(ref)
		}
		lines[i] = Row{
			Key: strconv.FormatInt(e.Seq, 10), Count: 1, Groups: []string{e.Verb},
			Cells: []any{e.Seq, e.At.UTC(), who, e.Verb, e.Kind, e.Subject, about, withheld(e.Facts), e.Digest},
		}
	}
	return lines, nil
}

// namesIn are the people and the applications of events, with two queries.
func (r *Reading) namesIn(found []audit.Entry) (map[ident.Person]string, map[ident.Application]ident.Ref, error) {
	var who []ident.Person
	var about []ident.Application
	for _, e := range found {
		if e.ByKind == access.Person.String() {
			who = append(who, ident.Person(e.ByID))
		}
		if e.Application != "" {
			about = append(about, ident.Application(e.Application))
		}
	}
	slices.Sort(who)
	names, err := people.Names(r.tx, slices.Compact(who)...)
	if err != nil {
		return nil, nil, err
	}
	refs, err := application.Refs(r.tx, about)
	return names, refs, err
}
