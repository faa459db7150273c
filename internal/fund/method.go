package fund

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"adoptionfund/internal/money"
)

// What a method may say.
const (
	RankRaw        = "raw"
	RankCalibrated = "calibrated"

	StrategyMerit       = "merit"
	StrategyPortfolio   = "portfolio"
	StrategyMeritRandom = "merit_random"

	ObjectiveAmount = "score_by_amount"
	ObjectiveScore  = "score"

	BandPanel     = "panel"
	BandRandomise = "randomise"
)

// methodProblems: what a call publishes must be what the program then does, and its parts must fit together.
func (s Settings) methodProblems() []Problem {
	var all found
	bad := all.bad
	oneOf := func(key, value string, options ...string) {
		if !slices.Contains(options, value) {
			bad(key, "must be one of %v", options)
		}
	}
	m := s.Method
	oneOf("method.ranking", m.Ranking, RankRaw, RankCalibrated)
	oneOf("method.strategy", m.Strategy, StrategyMerit, StrategyPortfolio, StrategyMeritRandom)
	oneOf("method.objective", m.Objective, ObjectiveAmount, ObjectiveScore)
	oneOf("method.band", m.Band, BandPanel, BandRandomise)
	oneOf("dtac.assess", s.DTAC.Assess, "all", "shortlisted", "proposed")
	if m.Objective == ObjectiveScore && m.Strategy != StrategyPortfolio {
		bad("method.objective", "score is an objective of the strategy portfolio alone: the order of merit has none")
	}
	if (m.Band == BandRandomise) != (m.Strategy == StrategyMeritRandom) {
		bad("method.band", "randomise and the strategy merit_random belong together: say both or neither")
	}
	if m.Band == BandRandomise && m.Ranking != RankCalibrated {
		bad("method.band", "randomise needs the ranking calibrated: raw scores have no interval, so that there is no band")
	}
	if m.Pooled && s.Budget > 0 {
		bad("method.pooled", "a call with a budget of its own does not share the round's: leave one of them out")
	}
	return append(all, under("method", m.boundProblems())...)
}

// boundProblems says what is wrong with the least and the most of a method.
func (m Method) boundProblems() []Problem {
	var all found
	for _, part := range slices.Sorted(maps.Keys(m.MinParts)) {
		if least := m.MinParts[part]; !(least >= 0 && least <= 5) {
			all.bad("min_parts."+part, "must be between 0 and 5")
		}
	}
	for _, n := range []struct {
		key string
		is  int
	}{{"max_count", m.MaxCount}, {"reserve", m.Reserve}} {
		if n.is < 0 {
			all.bad(n.key, "must not be negative")
		}
	}
	for i, l := range m.Limits {
		all = append(all, under(fmt.Sprintf("limits[%d]", i), l.Problems())...)
	}
	for i, pot := range m.Budgets {
		all = append(all, under(fmt.Sprintf("budgets[%d]", i), pot.problems(m.Budgets[:i]))...)
	}
	return all
}

var financialYear = regexp.MustCompile(`^20\d\d_\d\d$`)

// problems says what is wrong with a budget after those before it.
func (b Pot) problems(before []Pot) []Problem {
	var all found
	if strings.TrimSpace(b.Name) == "" || len(b.Name) > 60 {
		all.bad("name", "must be between 1 and 60 characters")
	} else if b.Name == "other costs" {
		all.bad("name", "is what costs are called that no budget pays for")
	}
	if b.Year != "" && !financialYear.MatchString(b.Year) {
		all.bad("year", "must be a financial year as cost lines name it, such as 2026_27")
	}
	if b.Use != "" && b.Use != "capital" && b.Use != "revenue" {
		all.bad("use", "must be capital or revenue")
	}
	if b.Year == "" && b.Use == "" {
		all.bad("year", "say a year, a use, or both")
	}
	if b.Pounds < 0 || b.Pounds > int64(money.Limit/100) {
		all.bad("pounds", "must not be negative or too large")
	}
	return append(all, b.beside(before)...)
}

// beside says what is wrong with a budget beside others: a cost is paid from one of them at most.
func (b Pot) beside(others []Pot) []Problem {
	var all found
	same := func(x, y string) bool { return x == "" || y == "" || x == y }
	for _, other := range others {
		if other.Name == b.Name {
			all.bad("name", "%s is there twice", b.Name)
		} else if same(b.Year, other.Year) && same(b.Use, other.Use) {
			all.bad("year", "a cost could be paid from %s too", other.Name)
		}
	}
	return all
}

// Pays reports whether a budget is for costs of a year and a use.
func (b Pot) Pays(year, use string) bool {
	return (b.Year == "" || b.Year == year) && (b.Use == "" || b.Use == use)
}

// BudgetWords say the budgets within the budget as people read them.
func (m Method) BudgetWords() string {
	if len(m.Budgets) == 0 {
		return "None"
	}
	var parts []string
	for _, b := range m.Budgets {
		var of []string
		if b.Year != "" {
			of = append(of, strings.Replace(b.Year, "_", "/", 1))
		}
		if b.Use != "" {
			of = append(of, b.Use)
		}
		parts = append(parts, fmt.Sprintf("%s (%s): %s", b.Name, strings.Join(of, ", "), money.Pounds(b.Pounds)))
	}
	return strings.Join(parts, "; ")
}

// Problems says what is wrong with a limit.
func (l Limit) Problems() []Problem {
	var all found
	if !slices.Contains([]string{"theme", "region", "organisation"}, l.By) {
		all.bad("by", "must be theme, region or organisation")
	}
	if l.Value == "" {
		all.bad("value", "is missing: a value, or * for each one")
	}
	most := int64(money.Limit / 100)
	switch {
	case l.MinPounds < 0 || l.MinCount < 0 || l.MaxPounds != nil && *l.MaxPounds < 0 || l.MaxCount != nil && *l.MaxCount < 0:
		all.bad("", "least and most must not be negative")
	case l.MinPounds > most || l.MaxPounds != nil && *l.MaxPounds > most:
		all.bad("", "an amount is too large")
	case l.MaxPounds != nil && l.MinPounds > *l.MaxPounds:
		all.bad("min_pounds", "must not be above max_pounds")
	case l.MaxCount != nil && l.MinCount > *l.MaxCount:
		all.bad("min_count", "must not be above max_count")
	case l.MinPounds == 0 && l.MinCount == 0 && l.MaxPounds == nil && l.MaxCount == nil:
		all.bad("", "limits nothing: give min_pounds, max_pounds, min_count or max_count")
	}
	return all
}

// Words say a limit as people read it.
func (l Limit) Words() string {
	of := l.By + " " + l.Value
	if l.Value == "*" {
		of = "each " + l.By
	}
	var parts []string
	if l.MinPounds > 0 {
		parts = append(parts, "at least "+money.Pounds(l.MinPounds).String())
	}
	if l.MaxPounds != nil {
		parts = append(parts, "at most "+money.Pounds(*l.MaxPounds).String())
	}
	if l.MinCount > 0 {
		parts = append(parts, fmt.Sprintf("at least %d awards", l.MinCount))
	}
	if l.MaxCount != nil {
		parts = append(parts, fmt.Sprintf("at most %d awards", *l.MaxCount))
	}
	return of + ": " + strings.Join(parts, ", ")
}

// RankingWords say how applications are ranked.
func (m Method) RankingWords() string {
	if m.Ranking == RankCalibrated {
		return "By calibrated scores, which allow for harsh and lenient reviewers"
	}
	return "By scores as given"
}

// StrategyWords say how money is given down a ranking, or for a set.
func (m Method) StrategyWords() string {
	switch m.Strategy {
	case StrategyPortfolio:
		if m.Objective == ObjectiveScore {
			return "Best portfolio: the set of applications with the highest sum of scores under the budget and the limits"
		}
		return "Best portfolio: the set of applications that is worth most under the budget and the limits, each pound counting as much as the score of what it pays for"
	case StrategyMeritRandom:
		return "Merit order, with a published draw among those too close to the line to tell apart"
	default:
		return "Merit order: down the ranking, each application that fits the budget and the limits is funded"
	}
}

// BandWords say what is done with those too close to the line to tell apart.
func (m Method) BandWords() string {
	if m.Band == BandRandomise {
		return "A published draw decides among those whose 90% interval holds the funding line. Anyone can repeat it: the ranking is frozen before a value is entered in front of the panel, and the order follows from both"
	}
	return "The panel discusses"
}
