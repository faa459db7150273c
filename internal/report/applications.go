package report

import (
	"database/sql"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// applications are those of a round with where they stand, also drafts. What is answered in them stands on their own pages.
func applications() *Report {
	return &Report{
		Kind: "applications", Title: "Applications", One: "application", Many: "applications", Action: access.ExportApplications,
		About:   "Every application of the round, from draft to closed award: who leads it, how it stands and since when, what it asks for, and the digest of what was signed.",
		Sources: "The applications and their submissions, as they are now.",
		Columns: []Column{
			{Name: "application", Label: "Application", Type: Text, Meaning: "The application's reference"},
			{Name: "call", Label: "Call", Type: Text, Meaning: "The reference of its call"},
			{Name: "theme", Label: "Theme", Type: Text, Meaning: "The clinical pathway of its call", Aside: true},
			{Name: "title", Label: "Title", Type: Text, Meaning: "Its title"},
			{Name: "lead", Label: "Lead organisation", Type: Text, Meaning: "Who delivers it"},
			{Name: "lead_code", Label: "ODS code", Type: Text, Meaning: "The code of the lead organisation", Aside: true},
			{Name: "lead_kind", Label: "Kind", Type: Label, Meaning: "The kind of the lead organisation", Words: organisationKind, Aside: true},
			{Name: "region", Label: "Region", Type: Text, Meaning: "The region of the lead organisation"},
			{Name: "recipient", Label: "Funding recipient", Type: Text, Meaning: "The code of the legal body that would be paid", Aside: true},
			{Name: "state", Label: "State", Type: Label, Meaning: "Where it stands", Words: stateWords},
			{Name: "state_since", Label: "Since", Type: Moment, Meaning: "Since when it is in that state; empty where that would tell what is kept back until the release"},
			{Name: "started", Label: "Started", Type: Moment, Meaning: "When it was begun", Aside: true},
			{Name: "submitted", Label: "Submitted", Type: Moment, Meaning: "When the submission that stands arrived; empty: none did"},
			{Name: "submissions", Label: "Submissions", Type: Number, Meaning: "How many times it was submitted", Aside: true},
			{Name: "digest", Label: "Digest", Type: Text, Meaning: "The digest of the submission that stands, as its receipt has it", Aside: true},
			{Name: "products", Label: "Products", Type: Number, Meaning: "How many candidate products it names"},
			{Name: "requested", Label: "Requested", Type: Money, Meaning: "What it asks for, in pounds", Sum: true},
			{Name: "minimum", Label: "Least amount", Type: Money, Meaning: "The least with which it could go ahead, in pounds", Aside: true},
		},
		Groups:  []Group{{"by_state", "By state", stateWords}, {"by_theme", "By theme", nil}, {"by_region", "By region", nil}},
		Filters: standardFilters(), Charts: []string{"by_state"}, masks: true,
		rows: applicationRows,
	}
}

func applicationRows(r *Reading, after string, n int) ([]Row, error) {
	where, args := r.where()
	query := `SELECT a.ref, a.call_id, a.theme, a.title, a.lead_name, a.lead, a.lead_kind, a.region, a.recipient, a.state, a.state_at, a.created_at, a.submitted_at,
		(SELECT COUNT(*) FROM submissions s WHERE s.application_id = a.id), (SELECT s.digest FROM submissions s WHERE s.id = a.submission_id),
		(SELECT COUNT(*) FROM application_products x WHERE x.application_id = a.id), a.requested, a.minimum
		FROM applications a WHERE ` + where + ` AND a.ref > ? ORDER BY a.ref LIMIT ?`
	var lines []Row
	err := work.Each(r.tx, "applications", query, append(args, after, n), func(rows *sql.Rows) error {
		var ref, theme, title, lead, code, kind, region, recipient string
		var call ident.Call
		var state workflow.ApplicationState
		var since, started time.Time
		var submitted *time.Time
		var times, products int64
		var digest sql.NullString
		var requested, minimum money.Pence
		if err := rows.Scan(&ref, &call, &theme, &title, &lead, &code, &kind, &region, &recipient, &state, &since, &started, &submitted, &times, &digest, &products, &requested, &minimum); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		told, at := r.state(call, state), any(since.UTC())
		if told != state {
			at = nil
		}
		var sealed any
		if digest.Valid {
			sealed = digest.String
		}
		lines = append(lines, Row{
			Key: ref, Count: 1, Groups: []string{string(told), theme, region},
			Cells: []any{
				ref, string(r.byID[call].Ref), theme, title, lead, code, kind, region, recipient, string(told), at, started.UTC(), orNever(submitted), times, sealed, products, requested, minimum,
			},
		})
		return nil
	})
	return lines, err
}
