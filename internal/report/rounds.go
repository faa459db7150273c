package report

import (
	"cmp"
	"database/sql"
	"math"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/agreement"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// rounds compares the calls of all rounds.
func rounds() *Report {
	return &Report{
		Kind: "rounds", Title: "Rounds compared", One: "call", Many: "calls", Action: access.ExportAllocations, across: true,
		About:   "Every call of every round that you may have reports of, side by side: how many applied, how many were funded and with how much, their scores, and how long it took.",
		Sources: "The moves of applications in the audit trail, the awards, and the scores that stand. Applications that the reader is barred from enter no score and no agreement.",
		Columns: []Column{
			{Name: "round", Label: "Round", Type: Text, Meaning: "The reference of the round"},
			{Name: "call", Label: "Call", Type: Text, Meaning: "The reference of the call"},
			{Name: "title", Label: "Title", Type: Text, Meaning: "The title of the call", Aside: true},
			{Name: "state", Label: "Stands", Type: Label, Meaning: "Where the call stands", Words: callStateWords, Aside: true},
			{Name: "started", Label: "Started", Type: Number, Meaning: "How many applications were ever started", Sum: true},
			{Name: "submitted", Label: "Submitted", Type: Number, Meaning: "How many were ever submitted", Sum: true},
			{Name: "eligible", Label: "Eligible", Type: Number, Meaning: "How many were ever found eligible", Sum: true},
			{Name: "funded", Label: "Funded", Type: Number, Meaning: "How many have an award that is not declined, lapsed, withdrawn, not offered or terminated; empty until the decisions are released", Sum: true},
			{Name: "success_rate", Label: "Funded of submitted, %", Type: Decimal, Meaning: "Their share of those that were submitted, in percent; empty until the decisions are released"},
			{Name: "requested", Label: "Requested", Type: Money, Meaning: "What those that were submitted ask for, in pounds", Sum: true},
			{Name: "awarded", Label: "Awarded", Type: Money, Meaning: "What they were awarded and have not lost, in pounds; empty until the decisions are released", Sum: true},
			{Name: "mean_score", Label: "Mean score", Type: Decimal, Meaning: "The mean of the raw totals, 0 to 100, of applications that have one"},
			{Name: "median_score", Label: "Median score", Type: Decimal, Meaning: "Their median"},
			{Name: "days_to_release", Label: "Days to the release", Type: Decimal, Meaning: "From the deadline to the first release of decisions, in days, to the hour"},
			{Name: "reviews", Label: "Reviews", Type: Number, Meaning: "How many reviews were sent", Sum: true},
			{Name: "agreement", Label: "Agreement", Type: Decimal, Meaning: "The mean of Krippendorff's alpha over the parts for which it can be told: 1 at perfect agreement, 0 at what chance would do"},
		},
		Groups:  []Group{{"by_round", "By round", nil}, {"by_theme", "By theme", nil}},
		Filters: []Filter{{Name: "of", Label: "Round", Choices: roundChoices}, {Name: "call", Label: "Call", Choices: allCalls}, {Name: "theme", Label: "Theme", Choices: themeChoices}},
		Charts:  []string{"by_round"},
		rows:    whole(roundRows),
	}
}

func callStateWords(state string) string {
	return workflow.Calls().Info(workflow.CallState(state)).Label
}

func roundChoices(r *Reading) ([]Choice, error) {
	choices := make([]Choice, len(r.others))
	for i, o := range r.others {
		choices[i] = Choice{string(o.round.Ref), string(o.round.Ref) + ": " + o.round.Title}
	}
	return choices, nil
}

func allCalls(r *Reading) ([]Choice, error) {
	var choices []Choice
	for _, o := range r.others {
		for _, c := range o.calls {
			choices = append(choices, Choice{string(c.Ref), string(c.Ref) + ": " + c.Title})
		}
	}
	return choices, nil
}

func themeChoices(r *Reading) ([]Choice, error) {
	var choices []Choice
	for _, o := range r.others {
		for _, c := range o.calls {
			if !slices.ContainsFunc(choices, func(known Choice) bool { return known.Value == c.Theme }) {
				choices = append(choices, Choice{c.Theme, c.Theme})
			}
		}
	}
	slices.SortFunc(choices, func(a, b Choice) int { return cmp.Compare(a.Value, b.Value) })
	return choices, nil
}

// readAcross opens the report in every round of which the reader may have it, the oldest first.
func (s *Service) readAcross(tx *work.Tx, rep *Report) ([]*Reading, error) {
	all, err := fund.Rounds(tx)
	if err != nil {
		return nil, err
	}
	slices.Reverse(all)
	var readings []*Reading
	for i := range all {
		may, err := tx.May(rep.Action, &all[i])
		if err != nil {
			return nil, err
		}
		if !may {
			continue
		}
		r, err := s.reading(tx, rep, &all[i])
		if err != nil {
			return nil, err
		}
		readings = append(readings, r)
	}
	return readings, nil
}

// compared are the figures of a call.
type compared struct {
	started, submitted, eligible, funded int64
	requested, awarded                   money.Pence
}

func (f *compared) count(h history) {
	f.started++
	if h.submitted {
		f.submitted++
		f.requested += h.requested
	}
	if slices.ContainsFunc(h.stays, func(s stay) bool { return s.state == workflow.Eligible }) {
		f.eligible++
	}
	if h.awarded > 0 {
		f.funded++
		f.awarded += h.awarded
	}
}

func roundRows(r *Reading) ([]Row, error) {
	var rows []Row
	for _, o := range r.others {
		if want := r.filter["of"]; want != "" && want != string(o.round.Ref) {
			continue
		}
		some, err := o.comparedRows(r)
		if err != nil {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

// comparedRows are the lines of a round.
func (r *Reading) comparedRows(asked *Reading) ([]Row, error) {
	all := map[ident.Call]*compared{}
	for _, c := range r.calls {
		all[c.ID] = &compared{}
	}
	if err := r.histories(func(h history) error { all[h.call].count(h); return nil }); err != nil {
		return nil, err
	}
	var rows []Row
	theme, ref := asked.filter["theme"], asked.filter["call"]
	for i := range r.calls {
		c := &r.calls[i]
		if theme != "" && theme != c.Theme || ref != "" && ref != string(c.Ref) {
			continue
		}
		row, err := r.comparedRow(asked, c, all[c.ID])
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// comparedRow is the line of a call. What came of the decisions is told once they are released, to everybody.
func (r *Reading) comparedRow(asked *Reading, c *fund.Call, f *compared) (Row, error) {
	var funded, rate, awarded, days any
	if c.ReleasedAt != nil {
		funded, awarded = f.funded, f.awarded
		if f.submitted > 0 {
			rate = 100 * float64(f.funded) / float64(f.submitted)
		}
		took := &hours{}
		took.add(c.ReleasedAt.Sub(c.ClosesAt))
		days = took.days(1)
	}
	var mean, median, alpha any
	var err error
	if asked.needs("mean_score") || asked.needs("median_score") {
		if mean, median, err = r.scoresAround(c); err != nil {
			return Row{}, err
		}
	}
	if asked.needs("agreement") {
		if alpha, err = r.agreementIn(c); err != nil {
			return Row{}, err
		}
	}
	sent, err := r.sentIn(c)
	if err != nil {
		return Row{}, err
	}
	return Row{
		Key: string(r.round.Ref) + " " + string(c.Ref), Count: 1, Groups: []string{string(r.round.Ref), c.Theme},
		Cells: []any{
			string(r.round.Ref), string(c.Ref), c.Title, string(c.State), f.started, f.submitted, f.eligible, funded, rate, f.requested, awarded, mean, median, days, sent, alpha,
		},
	}, nil
}

// scoresAround gives the mean and the median of the totals in a call; nil where there are none.
func (r *Reading) scoresAround(c *fund.Call) (mean, median any, err error) {
	without, args := r.unbarred("a.id")
	var ids []ident.Application
	query := "SELECT a.id FROM applications a WHERE a.call_id = ? AND a.submission_id IS NOT NULL" + without + " ORDER BY a.id"
	err = work.Each(r.tx, "applications of a call", query, append([]any{c.ID}, args...), func(rows *sql.Rows) error {
		var id ident.Application
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err //nolint:wrapcheck // each says what was read
	})
	if err != nil {
		return nil, nil, err
	}
	var totals []float64
	var sum float64
	for some := range slices.Chunk(ids, batch) {
		results, err := r.s.reviews.ResultsOf(r.tx, c, some)
		if err != nil {
			return nil, nil, err
		}
		for _, id := range some {
			if result, ok := results[id]; ok && result.Weight > 0 {
				totals = append(totals, result.Total.Float())
				sum += result.Total.Float()
			}
		}
	}
	n := len(totals)
	if n == 0 {
		return nil, nil, nil
	}
	slices.Sort(totals)
	return hundredths(sum / float64(n)), hundredths((totals[(n-1)/2] + totals[n/2]) / 2), nil
}

// agreementIn is how far the reviewers of a call agree, over its parts; nil where it cannot be told.
func (r *Reading) agreementIn(c *fund.Call) (any, error) {
	sheet, err := r.s.reviews.Rubric(c)
	if err != nil {
		return nil, err
	}
	marks, err := r.marks(c)
	if err != nil {
		return nil, err
	}
	var sum float64
	n := 0
	for _, p := range sheet.Parts {
		if p.Source != rubric.Reviewers {
			continue
		}
		if result := agreement.Alpha(unitsOf(marks, string(p.Code)), agreement.Ordinal); result.Known == agreement.Yes {
			sum += result.Alpha
			n++
		}
	}
	if n == 0 {
		return nil, nil //nolint:nilnil // none is an answer
	}
	return hundredths(sum / float64(n)), nil
}

// sentIn counts the reviews that were sent in a call. It names none, and is of all of them.
func (r *Reading) sentIn(c *fund.Call) (int64, error) {
	var n int64
	err := work.Each(r.tx, "reviews of a call", "SELECT COUNT(*) FROM assignments s JOIN applications a ON a.id = s.application_id WHERE a.call_id = ? AND s.state = 'done'", []any{c.ID}, func(rows *sql.Rows) error {
		return rows.Scan(&n) //nolint:wrapcheck // each says what was read
	})
	return n, err
}

// hundredths rounds to a hundredth.
func hundredths(v float64) float64 { return math.Round(v*100) / 100 }
