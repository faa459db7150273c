package report

import (
	"database/sql"
	"math"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/product"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// allocations is the report of who asked for how much, and what was proposed and awarded.
func allocations() *Report {
	return &Report{
		Kind: "allocations", Title: "Allocation report", One: "application", Many: "applications", Action: access.ExportAllocations,
		About:   "Every application that was ever submitted: what it asked for, its scores, what was proposed and awarded, and why.",
		Sources: "The standing submissions, the scores that stand, the latest proposal of each call that stands, the awards, and the fund's DTAC positions.",
		Columns: []Column{
			{Name: "application", Label: "Application", Type: Text, Meaning: "The application's reference"},
			{Name: "call", Label: "Call", Type: Text, Meaning: "The reference of its call", Aside: true},
			{Name: "title", Label: "Title", Type: Text, Meaning: "The project's title"},
			{Name: "lead_organisation", Label: "Lead", Type: Text, Meaning: "The organisation that delivers"},
			{Name: "lead_ods_code", Label: "ODS code", Type: Text, Meaning: "The lead's code in the list of the Organisation Data Service", Aside: true},
			{Name: "funding_recipient", Label: "Funding recipient", Type: Text, Meaning: "The legal body that signs and is paid", Aside: true},
			{Name: "region", Label: "Region", Type: Text, Meaning: "The lead's NHS England region"},
			{Name: "theme", Label: "Theme", Type: Text, Meaning: "The theme of its call", Aside: true},
			{Name: "state", Label: "State", Type: Label, Meaning: "Where it stands in its life", Words: stateWords},
			{Name: "dtac_status", Label: "DTAC", Type: Label, Meaning: "The fund's position on the chosen product, else on the best candidate; never the provisional one", Words: dtacWords},
			{Name: "score_ev", Label: "EV", Type: Points, Meaning: "Raw points for evidence and priorities", Aside: true},
			{Name: "score_dt", Label: "DT", Type: Points, Meaning: "Raw points for DTAC", Aside: true},
			{Name: "score_fu", Label: "FU", Type: Points, Meaning: "Raw points for not funded elsewhere", Aside: true},
			{Name: "score_ro", Label: "RO", Type: Points, Meaning: "Raw points for roll-out", Aside: true},
			{Name: "score_other", Label: "Other", Type: Points, Meaning: "Raw points for all other criteria", Aside: true},
			{Name: "score_total", Label: "Score", Type: Points, Meaning: "The raw total, 0 to 100: the sum of the criteria"},
			{Name: "calibrated_score", Label: "Calibrated", Type: Decimal, Meaning: "The posterior mean of the total, 0 to 100, in the frozen ranking or else the latest; empty until there is one", Aside: true},
			{Name: "expected_rank", Label: "Expected rank", Type: Decimal, Meaning: "The expected place among the applications it is compared with, 1 is best, in that ranking; empty until there is one", Aside: true},
			{Name: "requested", Label: "Requested", Type: Money, Meaning: "What was asked for, in pounds", Sum: true},
			{Name: "proposed", Label: "Proposed", Type: Money, Meaning: "What the latest proposal that stands gives it, in pounds; empty without one", Sum: true},
			{Name: "awarded", Label: "Awarded", Type: Money, Meaning: "Its award in pounds, if that is not declined, lapsed, withdrawn, not offered or terminated; empty without one", Sum: true},
			{Name: "conditions_open", Label: "Open conditions", Type: Number, Meaning: "How many conditions of its award are not met", Aside: true},
			{Name: "reason", Label: "Reason", Type: Text, Meaning: "Why the proposal says so"},
		},
		Groups: []Group{
			{"by_theme", "By theme", nil}, {"by_region", "By region", nil}, {"by_organisation_kind", "By kind of organisation", organisationKind}, {"by_dtac_status", "By DTAC status", dtacWords},
		},
		Filters: append(standardFilters(), Filter{Name: "dtac", Label: "DTAC status", Choices: func(*Reading) ([]Choice, error) { return dtacStatuses(), nil }}),
		Charts:  []string{"by_theme", "by_region"}, Awards: true, masks: true,
		rows: allocationRows,
	}
}

// asked is an application as the allocation report reads it.
type asked struct {
	id                                                    ident.Application
	call                                                  ident.Call
	ref, title, lead, ods, kind, recipient, region, theme string
	state                                                 workflow.ApplicationState
	requested                                             money.Pence
	proposed, awarded                                     sql.NullInt64
	reason, award                                         sql.NullString
	open                                                  int64
}

// standing finds the line of the latest proposal that stands. Of calls whose proposals the reader may not see, only what is released.
const standing = `LEFT JOIN proposal_lines l ON l.application_id = a.id AND l.proposal_id = (SELECT p.id FROM proposal_lines o JOIN proposals p ON p.id = o.proposal_id
	WHERE o.application_id = a.id AND o.dropped_at IS NULL AND (p.state = ? OR p.state IN ? AND a.call_id NOT IN ?) ORDER BY p.number DESC LIMIT 1)`

func (r *Reading) standingArgs() []any {
	hidden := r.hidden
	if len(hidden) == 0 {
		hidden = []ident.Call{nobody}
	}
	return []any{allocation.Released, []allocation.ProposalState{allocation.Made, allocation.Approved}, hidden}
}

// nobody is an identifier that nothing has, since PostgreSQL takes no empty one.
const nobody = "00000000-0000-0000-0000-000000000000"

// allocationRows reads on until there are enough lines of the DTAC status that is asked for, which is worked out after they are read.
func allocationRows(r *Reading, after string, n int) ([]Row, error) {
	var lines []Row
	for len(lines) < n {
		page, last, err := allocationPage(r, after, n)
		if err != nil {
			return nil, err
		}
		lines = append(lines, page...)
		if last == "" {
			break
		}
		after = last
	}
	return lines[:min(len(lines), n)], nil
}

// allocationPage reads n applications, and gives the key of the last where there may be more.
func allocationPage(r *Reading, after string, n int) ([]Row, string, error) {
	found, err := r.askedAfter(after, n)
	if err != nil || len(found) == 0 {
		return nil, "", err
	}
	ids := make([]ident.Application, len(found))
	for i, a := range found {
		ids[i] = a.id
	}
	statuses, err := r.statuses(ids)
	if err != nil {
		return nil, "", err
	}
	totals, err := r.scoresOf(found)
	if err == nil {
		err = r.readRankings(found)
	}
	if err != nil {
		return nil, "", err
	}
	lines := make([]Row, 0, len(found))
	for _, a := range found {
		dtac := statuses[a.id]
		if dtac == "" {
			dtac = string(status.NotAssessed)
		}
		if want := r.filter["dtac"]; want == "" || want == dtac {
			lines = append(lines, r.allocationRow(a, dtac, totals[a.id]))
		}
	}
	if len(found) < n {
		return lines, "", nil
	}
	return lines, found[len(found)-1].ref, nil
}

// statuses are the DTAC statuses of applications, if somebody needs them.
func (r *Reading) statuses(ids []ident.Application) (map[ident.Application]string, error) {
	if !r.needs("dtac_status") && !r.needs("by_dtac_status") && r.filter["dtac"] == "" {
		return map[ident.Application]string{}, nil
	}
	return product.StatusesOf(r.tx, ids)
}

func (r *Reading) askedAfter(after string, n int) ([]asked, error) {
	where, args := r.where()
	query := `SELECT a.id, a.call_id, a.ref, a.title, a.lead_name, a.lead, a.lead_kind, a.recipient, a.region, a.theme, a.state, a.requested, l.amount, l.reason, w.amount, w.state,
		CASE WHEN w.id IS NULL THEN 0 ELSE (SELECT COUNT(*) FROM award_conditions k WHERE k.award_id = w.id AND k.met_at IS NULL) END
		FROM applications a LEFT JOIN awards w ON w.application_id = a.id ` + standing + `
		WHERE ` + where + ` AND a.submission_id IS NOT NULL AND a.ref > ? ORDER BY a.ref LIMIT ?`
	found := make([]asked, 0, n)
	err := work.Each(r.tx, "allocation report", query, append(append(r.standingArgs(), args...), after, n), func(rows *sql.Rows) error {
		var a asked
		err := rows.Scan(&a.id, &a.call, &a.ref, &a.title, &a.lead, &a.ods, &a.kind, &a.recipient, &a.region, &a.theme, &a.state, &a.requested, &a.proposed, &a.reason, &a.awarded, &a.award, &a.open)
		found = append(found, a)
		return err //nolint:wrapcheck // each says what was read
	})
	return found, err
}

// scored are the raw points of an application.
type scored struct {
	columns map[rubric.Column]rubric.Points
	total   rubric.Points
}

// scoresOf gives the points of applications that have a score.
func (r *Reading) scoresOf(found []asked) (map[ident.Application]*scored, error) {
	all := map[ident.Application]*scored{}
	if !slices.ContainsFunc(r.report.Columns, func(c Column) bool { return c.Type == Points && r.needs(c.Name) }) {
		return all, nil
	}
	byCall := map[ident.Call][]ident.Application{}
	for _, a := range found {
		byCall[a.call] = append(byCall[a.call], a.id)
	}
	for call, ids := range byCall {
		if err := r.scoresIn(r.byID[call], ids, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (r *Reading) scoresIn(c *fund.Call, ids []ident.Application, all map[ident.Application]*scored) error {
	sheet, err := r.s.reviews.Rubric(c)
	if err != nil {
		return err
	}
	results, err := r.s.reviews.ResultsOf(r.tx, c, ids)
	if err != nil {
		return err
	}
	for id, result := range results {
		if result.Weight == 0 {
			continue
		}
		s := &scored{total: result.Total, columns: map[rubric.Column]rubric.Points{}}
		for _, column := range rubric.Columns() {
			s.columns[column] = sheet.Column(result, column)
		}
		all[id] = s
	}
	return nil
}

func (r *Reading) allocationRow(a asked, dtac string, s *scored) Row {
	point := func(column rubric.Column) any {
		if s == nil {
			return nil
		}
		return s.columns[column]
	}
	var total, proposed, awarded, reason any
	if s != nil {
		total = s.total
	}
	if a.proposed.Valid {
		proposed, reason = money.Pence(a.proposed.Int64), a.reason.String
	}
	if a.awarded.Valid {
		awarded = money.Pence(0)
		if workflow.Promised(workflow.AwardState(a.award.String)) {
			awarded = money.Pence(a.awarded.Int64)
		}
	}
	calibrated, place := r.ranked(a)
	return Row{
		Key: a.ref, Count: 1, Groups: []string{a.theme, a.region, a.kind, dtac},
		Cells: []any{
			a.ref, string(r.byID[a.call].Ref), a.title, a.lead, a.ods, a.recipient, a.region, a.theme, string(r.state(a.call, a.state)), dtac,
			point(rubric.EV), point(rubric.DT), point(rubric.FU), point(rubric.RO), point(rubric.Other), total, calibrated, place,
			a.requested, proposed, awarded, a.open, reason,
		},
	}
}

// readRankings reads the rankings that count in the calls of applications, once for each call. Before the release they are for those who may
// see proposals, which rest on them.
func (r *Reading) readRankings(found []asked) error {
	if !r.needs("calibrated_score") && !r.needs("expected_rank") {
		return nil
	}
	for _, a := range found {
		if _, there := r.rankings[a.call]; there || !r.sees(a.call) && r.byID[a.call].ReleasedAt == nil {
			continue
		}
		kept, err := ranking.Kept(r.tx, a.call)
		if err != nil {
			return err
		}
		r.rankings[a.call] = kept
	}
	return nil
}

// ranked gives the calibrated score and the expected rank of an application, to a hundredth; nil where there is none.
func (r *Reading) ranked(a asked) (score, place any) {
	if kept := r.rankings[a.call]; kept != nil {
		if e, known := kept.Total(ident.Ref(a.ref)); known {
			return math.Round(e.Mean*100) / 100, math.Round(e.Rank*100) / 100
		}
	}
	return nil, nil
}

// state is the state of an application as the reader may know it: before the release what is proposed is assessed.
func (r *Reading) state(call ident.Call, s workflow.ApplicationState) workflow.ApplicationState {
	switch s { //nolint:exhaustive // the others tell nothing of a proposal
	case workflow.ProposedFund, workflow.ProposedReserve, workflow.ProposedNotFund:
		if !r.sees(call) {
			return workflow.Assessed
		}
	}
	return s
}
