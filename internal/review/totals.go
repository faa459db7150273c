package review

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Totals are an application's total with what stands behind it.
type Totals struct {
	rubric.Result

	Reviews int // that were submitted and stand
	Pending int // that are still to come
	ByKind  map[string]int
	Missing []string // what an assessment still lacks, as sentences' parts; empty: the reviews are complete
}

// CallScores is a call's applications, in the order of their references, and those of their scores that stand, as one request reads them once: totals, the
// ranking and the seal of a proposal are worked out from the same.
type CallScores struct {
	Call         *fund.Call
	Applications []*application.Application
	Scores       []Score // also those behind a consensus; without their reasons and times
}

// InCall reads the applications and scores of a call. Who asks must be allowed to see them.
func InCall(tx *work.Tx, c *fund.Call) (CallScores, error) {
	s := CallScores{Call: c}
	var err error
	if s.Applications, err = application.InCall(tx, c); err != nil {
		return s, err //nolint:wrapcheck // says what it was doing
	}
	s.Scores, err = standingIn(tx, c.ID)
	return s, err
}

// In are the applications in some states.
func (s CallScores) In(states ...workflow.ApplicationState) []*application.Application {
	return slices.DeleteFunc(slices.Clone(s.Applications), func(a *application.Application) bool { return !slices.Contains(states, a.State) })
}

// Totals gives the totals of the applications of a call that have a score or a reviewer, with two queries. Who asks must be allowed to see them.
func (s *Service) Totals(tx *work.Tx, c *fund.Call) (map[ident.Application]Totals, error) {
	scores, err := standingIn(tx, c.ID)
	if err != nil {
		return nil, err
	}
	return s.TotalsOf(tx, c, scores)
}

// TotalsOf is Totals where the scores of the call were read already.
func (s *Service) TotalsOf(tx *work.Tx, c *fund.Call, scores []Score) (map[ident.Application]Totals, error) {
	r, err := s.rubric(c)
	if err != nil {
		return nil, err
	}
	rows, err := assignment.InCall(tx, c.ID)
	if err != nil {
		return nil, err
	}
	byApp := map[ident.Application][]Score{}
	for _, score := range scores {
		byApp[score.ApplicationID] = append(byApp[score.ApplicationID], score)
	}
	assigned := map[ident.Application][]assignment.Assignment{}
	for _, row := range rows {
		assigned[row.ApplicationID] = append(assigned[row.ApplicationID], row)
		if _, there := byApp[row.ApplicationID]; !there {
			byApp[row.ApplicationID] = nil
		}
	}
	all := make(map[ident.Application]Totals, len(byApp))
	for id, own := range byApp {
		all[id] = total(r, c, own, assigned[id])
	}
	return all, nil
}

// Scores gives the scores of a call that stand, also those behind a consensus: for calibration and agreement. They come
// without their reasons and times.
func Scores(tx *work.Tx, call ident.Call) ([]Score, error) { return standingIn(tx, call) }

// Rubric gives the rubric that a call pinned.
func (s *Service) Rubric(c *fund.Call) (*rubric.Rubric, error) { return s.rubric(c) }

// totals gives the totals of one application.
func (s *Service) totals(tx *work.Tx, a *application.Application) (Totals, error) {
	r, err := s.rubric(a.Call())
	if err != nil {
		return Totals{}, err
	}
	scores, err := standingOf(tx, a.ID)
	if err != nil {
		return Totals{}, err
	}
	rows, err := assignment.Of(tx, a.ID)
	return total(r, a.Call(), scores, rows), err
}

func total(r *rubric.Rubric, c *fund.Call, scores []Score, rows []assignment.Assignment) Totals {
	t := Totals{ByKind: map[string]int{}}
	sums := make([]rubric.Score, len(scores))
	for i, score := range scores {
		sums[i] = score.sum()
	}
	t.Result = r.Sum(sums)
	for _, row := range rows {
		switch row.State {
		case assignment.Done:
			t.Reviews++
			t.ByKind[row.Kind]++
		case assignment.Standing:
			t.Pending++
		case assignment.Declined, assignment.Struck, assignment.Replaced:
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(c.Settings.Review.Kinds)) {
		if lack := c.Settings.Review.Kinds[kind] - t.ByKind[kind]; lack > 0 {
			t.Missing = append(t.Missing, fmt.Sprintf("%s: %s", strings.ToLower(r.KindTitle(rubric.Kind(kind))), reviews(lack)))
		}
	}
	if t.Pending > 0 && len(t.Missing) == 0 {
		t.Missing = append(t.Missing, "further "+reviews(t.Pending))
	}
	for _, source := range []rubric.Source{rubric.Officers, rubric.Assessor} {
		if p := r.From(source); p != nil && !slices.ContainsFunc(scores, func(score Score) bool { return score.Part == p.Code }) {
			t.Missing = append(t.Missing, string(p.Code))
		}
	}
	return t
}

func reviews(n int) string {
	if n == 1 {
		return "1 review"
	}
	return fmt.Sprintf("%d reviews", n)
}
