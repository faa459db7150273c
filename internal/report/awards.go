package report

import (
	"database/sql"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// awards is every award of a round, however it stands.
func awards() *Report {
	return &Report{
		Kind: "awards", Title: "Awards", One: "award", Many: "awards", Action: access.ReportAwards,
		About:   "Every award of the round, how it stands, and what is still to be done. Those that are agreed are also to be had in the 360Giving standard.",
		Sources: "The awards, their dates and their conditions.",
		Columns: []Column{
			{Name: "award", Label: "Award", Type: Text, Meaning: "The reference, which is its application's"},
			{Name: "call", Label: "Call", Type: Text, Meaning: "The reference of its call", Aside: true},
			{Name: "title", Label: "Title", Type: Text, Meaning: "The project's title"},
			{Name: "lead_organisation", Label: "Lead", Type: Text, Meaning: "The organisation that delivers"},
			{Name: "lead_ods_code", Label: "ODS code", Type: Text, Meaning: "The lead's code in the list of the Organisation Data Service", Aside: true},
			{Name: "funding_recipient", Label: "Funding recipient", Type: Text, Meaning: "The legal body that signs and is paid"},
			{Name: "region", Label: "Region", Type: Text, Meaning: "The lead's NHS England region"},
			{Name: "theme", Label: "Theme", Type: Text, Meaning: "The theme of its call", Aside: true},
			{Name: "state", Label: "State", Type: Label, Meaning: "Where the award stands", Words: awardWords},
			{Name: "awarded", Label: "Awarded", Type: Money, Meaning: "Its amount in pounds, if it is not declined, lapsed, withdrawn, not offered or terminated", Sum: true},
			{Name: "agreed", Label: "Of that, agreed", Type: Money, Meaning: "Its amount in pounds, if both sides have signed and it counts: what the register of awards has", Sum: true},
			{Name: "offered_on", Label: "Offered", Type: Moment, Meaning: "When the offer was made", Aside: true},
			{Name: "accepted_on", Label: "Accepted", Type: Moment, Meaning: "When both signatories had accepted", Aside: true},
			{Name: "agreed_on", Label: "Agreed", Type: Moment, Meaning: "When the agreement was countersigned"},
			{Name: "conditions_open", Label: "Open conditions", Type: Number, Meaning: "How many conditions are not met", Sum: true},
		},
		Groups:  []Group{{"by_theme", "By theme", nil}, {"by_region", "By region", nil}, {"by_organisation_kind", "By kind of organisation", organisationKind}, {"by_state", "By state", awardWords}},
		Filters: standardFilters(), Charts: []string{"by_region"}, Awards: true, masks: true,
		rows: awardRows,
	}
}

func awardRows(r *Reading, after string, n int) ([]Row, error) {
	where, args := r.where()
	query := `SELECT w.ref, w.call_id, a.title, a.lead_name, a.lead, a.lead_kind, w.recipient, a.region, a.theme, w.state, w.amount, w.offered_at, w.accepted_at, w.agreed_at,
		(SELECT COUNT(*) FROM award_conditions k WHERE k.award_id = w.id AND k.met_at IS NULL)
		FROM awards w JOIN applications a ON a.id = w.application_id WHERE ` + where + ` AND w.ref > ? ORDER BY w.ref LIMIT ?`
	lines := make([]Row, 0, min(n, batch))
	err := work.Each(r.tx, "awards", query, append(args, after, n), func(rows *sql.Rows) error {
		var ref, title, lead, ods, kind, recipient, region, theme string
		var call ident.Call
		var state workflow.AwardState
		var amount money.Pence
		var offered, accepted, agreed sql.NullTime
		var open int64
		if err := rows.Scan(&ref, &call, &title, &lead, &ods, &kind, &recipient, &region, &theme, &state, &amount, &offered, &accepted, &agreed, &open); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		counts, registered := money.Pence(0), money.Pence(0)
		if workflow.Promised(state) {
			counts = amount
		}
		for _, s := range onRegister() {
			if agreed.Valid && s == state {
				registered = amount
			}
		}
		lines = append(lines, Row{
			Key: ref, Count: 1, Groups: []string{theme, region, kind, string(state)},
			Cells: []any{ref, string(r.byID[call].Ref), title, lead, ods, recipient, region, theme, string(state), counts, registered, moment(offered), moment(accepted), moment(agreed), open},
		})
		return nil
	})
	return lines, err
}

func moment(t sql.NullTime) any {
	if !t.Valid {
		return nil
	}
	return t.Time.UTC()
}

// conditions are those of awards, the ones that are not met first of all.
func conditions() *Report {
	return &Report{
		Kind: "conditions", Title: "Conditions", One: "condition", Many: "conditions", Action: access.ReportAwards,
		About:   "The conditions of awards with who must meet them and by when; those that are not met are shown unless all are asked for.",
		Sources: "The conditions of the round's awards.",
		Columns: []Column{
			{Name: "award", Label: "Award", Type: Text, Meaning: "The reference of the award"},
			{Name: "funding_recipient", Label: "Funding recipient", Type: Text, Meaning: "The legal body that signs and is paid"},
			{Name: "award_state", Label: "State of the award", Type: Label, Meaning: "Where the award stands", Words: awardWords},
			{Name: "condition", Label: "Condition", Type: Text, Meaning: "What must be done"},
			{Name: "owner", Label: "By whom", Type: Text, Meaning: "Who must do it"},
			{Name: "due", Label: "Due", Type: Day, Meaning: "The last day on which it may be done; empty: none was set"},
			{Name: "overdue_days", Label: "Days overdue", Type: Number, Meaning: "For how many days it has been due and is not met; empty: it is not overdue"},
			{Name: "met_on", Label: "Met", Type: Moment, Meaning: "When it was recorded as met", Aside: true},
		},
		Groups: []Group{{"by_standing", "By standing", nil}},
		Filters: append(standardFilters(), Filter{Name: "met", Label: "Which", Choices: func(*Reading) ([]Choice, error) {
			return []Choice{{"all", "All, also those that are met"}}, nil
		}}),
		masks: true,
		rows:  conditionRows,
	}
}

func conditionRows(r *Reading, after string, n int) ([]Row, error) {
	where, args := r.where()
	if r.filter["met"] == "" {
		where += " AND k.met_at IS NULL"
	}
	query := `SELECT k.id, w.ref, w.recipient, w.state, k.text, k.owner, k.due, k.met_at FROM award_conditions k JOIN awards w ON w.id = k.award_id JOIN applications a ON a.id = w.application_id
		WHERE ` + where + ` AND k.id > ? ORDER BY k.id LIMIT ?`
	if after == "" {
		after = nobody
	}
	today := uktime.Day(r.tx.Now)
	var lines []Row
	err := work.Each(r.tx, "conditions", query, append(args, after, n), func(rows *sql.Rows) error {
		var id, ref, recipient, state, text, owner, due string
		var met sql.NullTime
		if err := rows.Scan(&id, &ref, &recipient, &state, &text, &owner, &due, &met); err != nil {
			return err //nolint:wrapcheck // each says what was read
		}
		standing := "Open"
		var overdue any
		switch {
		case met.Valid:
			standing = "Met"
		case due != "" && due < today:
			standing, overdue = "Overdue", daysBetween(due, today)
		}
		lines = append(lines, Row{Key: id, Count: 1, Groups: []string{standing}, Cells: []any{ref, recipient, state, text, owner, orNil(due), overdue, moment(met)}})
		return nil
	})
	return lines, err
}

// daysBetween counts the days from one day to another.
func daysBetween(from, to string) any {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil {
		return nil
	}
	return int64(b.Sub(a).Hours() / 24)
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}
