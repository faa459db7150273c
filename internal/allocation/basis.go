package allocation

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/calibration"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/product"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Ranked is an application with what it is ranked by.
type Ranked struct {
	Application *application.Application
	Total       rubric.Result
	Calibrated  *calibration.Estimate // of its total; nil where there is none
	DTACStatus  string
	Score       float64 // by which it is ranked
	Place       int
}

// basis is everything that a scenario rests on.
type basis struct {
	review.CallScores

	round    *fund.Round
	budget   money.Pence
	ask      Ask
	standing ranking.Standing
	lot      *Lot
	ranked   []Ranked
	decided  decided                                      // by proposals before the one that is next
	asked    map[ident.Application]map[string]money.Pence // of the budgets of the call, where it has any
	problem  solve.Problem
}

// fingerprint is the digest of the scores, requests and limits that a scenario rests on.
func (b basis) fingerprint() (string, error) {
	text, err := json.Marshal(b.problem)
	if err != nil {
		return "", fmt.Errorf("digesting the problem: %w", err)
	}
	return audit.Digest(text), nil
}

// considered are the states in which an application is considered for funding, or was.
func considered() []workflow.ApplicationState {
	return []workflow.ApplicationState{
		workflow.Assessed, workflow.ProposedFund, workflow.ProposedReserve, workflow.ProposedNotFund, workflow.Successful, workflow.Reserve, workflow.Unsuccessful,
	}
}

// read collects what scenarios of a call rest on: the applications that are assessed, with their scores. What is asked comes later: see with.
func (s *Service) read(tx *work.Tx, c *fund.Call) (basis, error) {
	return s.collect(tx, c, considered())
}

// collect reads the applications of a call in some states with what they are ranked by. The scores of the call are read once.
func (s *Service) collect(tx *work.Tx, c *fund.Call, states []workflow.ApplicationState) (basis, error) {
	var b basis
	var err error
	if b.CallScores, err = review.InCall(tx, c); err != nil {
		return b, err
	}
	if b.round, err = fund.RoundByID(tx, c.RoundID); err != nil {
		return b, err
	}
	if b.budget, err = available(tx, c, b.round); err != nil {
		return b, err
	}
	if b.standing, err = s.rankings.StandingOf(tx, b.CallScores); err != nil {
		return b, err
	}
	if b.lot, err = lotOf(tx, c.ID); err != nil {
		return b, err
	}
	apps := b.In(states...)
	totals, err := s.reviews.TotalsOf(tx, c, b.Scores)
	if err != nil {
		return b, err
	}
	statuses, err := product.Statuses(tx, c.ID)
	if err != nil {
		return b, err
	}
	for _, a := range apps {
		r := Ranked{Application: a, Total: totals[a.ID].Result, DTACStatus: statuses[a.ID]}
		if b.standing.Kept != nil {
			if e, ok := b.standing.Kept.Total(a.Ref); ok {
				r.Calibrated = &e
			}
		}
		b.ranked = append(b.ranked, r)
	}
	last, err := Latest(tx, c)
	if err != nil {
		return b, err
	}
	if b.decided, err = settled(tx, c, next(last)); err != nil {
		return b, err
	}
	b.asked, err = askedOf(tx, c, apps)
	return b, err
}

// otherCosts is what costs are called that none of the budgets of a call pays for. They count towards the whole budget alone.
const otherCosts = "other costs"

// askedOf gives what applications ask of the budgets of their call, from the cost lines of their submissions.
func askedOf(tx *work.Tx, c *fund.Call, apps []*application.Application) (map[ident.Application]map[string]money.Pence, error) {
	pots := c.Settings.Method.Budgets
	if len(pots) == 0 {
		return nil, nil //nolint:nilnil // no budgets within the budget is an answer
	}
	ids := make([]ident.Application, len(apps))
	for i, a := range apps {
		ids[i] = a.ID
	}
	standing, err := application.StandingOf(tx, ids...)
	if err != nil {
		return nil, fmt.Errorf("reading cost lines: %w", err)
	}
	all := make(map[ident.Application]map[string]money.Pence, len(apps))
	for _, a := range apps {
		uses, left := map[string]money.Pence{}, a.Requested
		for _, cost := range standing[a.ID].Costs() {
			if at := slices.IndexFunc(pots, func(p fund.Pot) bool { return p.Pays(cost.Year, cost.Use) }); at >= 0 {
				uses[pots[at].Name] += cost.Amount
				left -= cost.Amount
			}
		}
		if left < 0 {
			return nil, fault.New(fault.Conflict, "The cost lines of %s come to more than it asks for, so that it cannot be said what it needs of each budget", a.Ref)
		}
		if left > 0 {
			uses[otherCosts] = left
		}
		all[a.ID] = uses
	}
	return all, nil
}

// available is the budget of a call: its own or, if it has none, what the round's calls with a budget of their own, and what is proposed by
// and promised to the others, leave of the round's.
func available(tx *work.Tx, c *fund.Call, r *fund.Round) (money.Pence, error) {
	if c.Settings.Budget > 0 {
		return c.Settings.Budget, nil
	}
	calls, err := fund.CallsOf(tx, r.ID)
	if err != nil {
		return 0, err
	}
	left := r.Budget
	for i := range calls {
		other := &calls[i]
		if other.ID == c.ID {
			continue
		}
		if other.Settings.Budget > 0 {
			left -= other.Settings.Budget
			continue
		}
		taken, err := spoken(tx, other)
		if err != nil {
			return 0, err
		}
		left -= taken
	}
	return max(left, 0), nil
}

// with makes the problem that something sets that is asked. A fault says what it still needs.
func (b basis) with(ask Ask) (basis, error) {
	b.ask = ask
	b.ranked = slices.Clone(b.ranked)
	if err := b.ready(); err != nil {
		return b, err
	}
	b.problem = solve.Problem{Strategy: ask.Strategy, Objective: ask.Objective, Budget: ask.Budget, Partial: ask.Partial, MinScore: &ask.MinScore, Limits: ask.limits()}
	if ask.MaxCount > 0 {
		b.problem.MaxCount = &ask.MaxCount
	}
	for _, pot := range b.Call.Settings.Method.Budgets {
		b.problem.Budgets = append(b.problem.Budgets, solve.Pot{Name: pot.Name, Amount: money.Pounds(pot.Pounds)})
	}
	for i := range b.ranked {
		r := &b.ranked[i]
		a, known := r.Application, b.score(r)
		row := solve.Application{ID: string(a.Ref), Score: r.Score, Requested: a.Requested, Minimum: a.Minimum, Theme: a.Theme, Region: a.Region, Organisation: string(a.Lead), Uses: b.asked[a.ID]}
		if !known || !b.reaches(*r) {
			row.Must = solve.MustReject
		}
		for _, h := range ask.Held {
			if h.Ref == a.Ref {
				row.Must = h.Way
			}
		}
		b.decided.hold(a, &row)
		b.problem.Applications = append(b.problem.Applications, row)
	}
	if ask.Strategy == fund.StrategyMeritRandom {
		b.problem.Seed, b.problem.Band = b.lot.Seed(b.standing.Kept.Digest), b.band()
		if len(b.problem.Band) == 0 { // everything above the line, or nothing near it: there is nothing to draw for
			b.problem.Strategy, b.problem.Seed = solve.Merit, ""
		}
	}
	b.place()
	return b, nil
}

// ready says what is still missing for what is asked.
func (b basis) ready() error {
	switch calibrated := b.ask.Ranking == fund.RankCalibrated; {
	case len(b.ranked) == 0:
		return fault.New(fault.Conflict, "No application of this call is assessed yet")
	case len(b.decided) > 0 && !b.undecided():
		return fault.New(fault.Conflict, "Every application of this call is decided, and none is on the reserve list")
	case calibrated && b.standing.Kept == nil:
		return fault.New(fault.Conflict, "The ranking of this call is not computed yet. Compute it on the page of the ranking")
	case calibrated && b.standing.Stale():
		return fault.New(fault.Conflict, "Scores changed after the ranking was computed. Compute the ranking again")
	case b.ask.Strategy == fund.StrategyMeritRandom && b.standing.Frozen == nil:
		return fault.New(fault.Conflict, "Freeze the ranking before the lot is drawn")
	case b.ask.Strategy == fund.StrategyMeritRandom && b.lot == nil:
		return fault.New(fault.Conflict, "Enter the value for the lot first, in front of the panel")
	}
	return nil
}

// undecided reports whether an application is left that a later proposal could be about.
func (b basis) undecided() bool {
	return slices.ContainsFunc(b.ranked, func(r Ranked) bool { _, done := b.decided[r.Application.ID]; return !done })
}

// score fills in by what an application is ranked, rounded to hundredths; false where there is nothing.
func (b basis) score(r *Ranked) bool {
	if b.ask.Ranking != fund.RankCalibrated {
		r.Score = r.Total.Total.Float()
		return true
	}
	if r.Calibrated == nil {
		r.Score = 0
		return false
	}
	r.Score = math.Round(r.Calibrated.Mean*100) / 100
	return true
}

// reaches reports whether an application has the least score of each part, by the scores that rank.
func (b basis) reaches(r Ranked) bool {
	for part, least := range b.ask.MinParts {
		if b.ask.Ranking == fund.RankCalibrated {
			if v, ok := b.standing.Kept.Part(r.Application.Ref, part); ok && v < least {
				return false
			}
			continue
		}
		if t, ok := r.Total.Part(rubric.Code(part)); ok && t.Counts && t.Mean < least {
			return false
		}
	}
	return true
}

// place orders the applications as solve ranks them.
func (b *basis) place() {
	places := map[string]int{}
	for i, a := range b.problem.Ranked() {
		places[a.ID] = i + 1
	}
	for i := range b.ranked {
		b.ranked[i].Place = places[string(b.ranked[i].Application.Ref)]
	}
	slices.SortFunc(b.ranked, func(x, y Ranked) int { return x.Place - y.Place })
}

// line is the funding line: the score of the last application that is funded in full when money is given down the ranking until it no longer suffices
// for the next. There is none where it suffices for all.
func (b basis) line() (float64, bool) {
	left, line := b.problem.Budget, 0.0
	by := slices.Clone(b.problem.Applications)
	slices.SortStableFunc(by, func(x, y solve.Application) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.Requested, y.Requested), cmp.Compare(x.ID, y.ID))
	})
	for _, a := range by {
		if a.Must == solve.MustReject || b.problem.MinScore != nil && a.Score < *b.problem.MinScore {
			continue
		}
		if a.Requested > left {
			return cmp.Or(line, a.Score), true
		}
		left -= a.Requested
		line = a.Score
	}
	return 0, false
}

// band are the applications that cannot be told apart from the funding line: whose 90% interval holds it and that can be funded, in the order of
// their references.
func (b basis) band() []string {
	line, ok := b.line()
	if !ok {
		return nil
	}
	open := map[string]bool{}
	for _, a := range b.problem.Applications {
		open[a.ID] = a.Must == "" && a.Score >= b.ask.MinScore
	}
	var band []string
	for _, r := range b.ranked {
		if e := r.Calibrated; e != nil && open[string(r.Application.Ref)] && e.Lower <= line && line <= e.Upper {
			band = append(band, string(r.Application.Ref))
		}
	}
	slices.Sort(band)
	return band
}

// refused are the references in what is asked that no application of the call has.
func (b basis) refused(ask Ask) error {
	known := map[ident.Ref]bool{}
	for _, r := range b.ranked {
		known[r.Application.Ref] = true
	}
	for _, h := range ask.Held {
		if !known[h.Ref] {
			return fault.Fields(fault.Problems{"held": fmt.Sprintf("%s is not among the assessed applications of this call", h.Ref)}) //nolint:wrapcheck // a fault for the person
		}
	}
	return nil
}
