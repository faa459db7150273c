package allocation

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// Ask is what a scenario is asked to be: the method that the call published, or something else that is tried.
type Ask struct {
	Ranking   string             `json:"ranking"`
	Strategy  string             `json:"strategy"`
	Objective string             `json:"objective"`
	Budget    money.Pence        `json:"budget"`
	Partial   bool               `json:"partial,omitempty"`
	MinScore  float64            `json:"min_score"`
	MinParts  map[string]float64 `json:"min_parts,omitempty"`
	MaxCount  int                `json:"max_count,omitempty"` // 0: no limit
	Limits    []fund.Limit       `json:"limits,omitempty"`
	Held      []Held             `json:"held,omitempty"`
}

// Held is an application that must be funded, or must not, whatever its score.
type Held struct {
	Ref      ident.Ref `json:"ref"`
	Way      string    `json:"way"` // solve.MustFund or solve.MustReject
	Reason   string    `json:"reason"`
	Approval string    `json:"approval,omitempty"` // of a direct award: the reference of the senior officer's approval
}

// Published is what the method of a call asks for, with a budget.
func Published(c *fund.Call, budget money.Pence) Ask {
	m := c.Settings.Method
	return Ask{
		Ranking: m.Ranking, Strategy: m.Strategy, Objective: m.Objective, Budget: budget, Partial: m.Partial, MinScore: m.MinScore, MinParts: m.MinParts,
		MaxCount: m.MaxCount, Limits: m.Limits,
	}
}

// Check says what is wrong with what is asked, by the field of the form.
func (a Ask) Check() error {
	p := fault.Problems{}
	oneOf := func(field, value string, options ...string) {
		if !slices.Contains(options, value) {
			p[field] = "Choose one"
		}
	}
	oneOf("ranking", a.Ranking, fund.RankRaw, fund.RankCalibrated)
	oneOf("strategy", a.Strategy, fund.StrategyMerit, fund.StrategyPortfolio, fund.StrategyMeritRandom)
	oneOf("objective", a.Objective, fund.ObjectiveAmount, fund.ObjectiveScore)
	if a.Strategy == fund.StrategyMeritRandom && a.Ranking != fund.RankCalibrated {
		p["strategy"] = "A draw in the band needs calibrated scores: choose them, or another strategy"
	}
	if a.Budget <= 0 || a.Budget > money.Limit {
		p["budget"] = "Enter a budget above £0"
	}
	if !(a.MinScore >= 0 && a.MinScore <= 100) {
		p["min_score"] = "Enter a number from 0 to 100"
	}
	if a.MaxCount < 0 || a.MaxCount > 100_000 {
		p["max_count"] = "Enter a whole number, or leave it empty"
	}
	for _, l := range a.Limits {
		if wrong := l.Problems(); len(wrong) > 0 {
			p["limits"] = "The limit on " + l.By + " " + l.Value + " does not hold together: " + joined(wrong)
		}
	}
	a.checkHeld(p)
	return fault.Fields(p) //nolint:wrapcheck // a fault for the person
}

func joined(problems []fund.Problem) string {
	words := make([]string, len(problems))
	for i, p := range problems {
		words[i] = p.String()
	}
	return strings.Join(words, "; ")
}

func (a Ask) checkHeld(p fault.Problems) {
	seen := map[ident.Ref]bool{}
	for _, h := range a.Held {
		switch {
		case seen[h.Ref]:
			p["held"] = fmt.Sprintf("%s is there twice", h.Ref)
		case strings.TrimSpace(h.Reason) == "":
			p["held"] = fmt.Sprintf("Enter the reason for %s", h.Ref)
		case h.Way == solve.MustFund && strings.TrimSpace(h.Approval) == "":
			p["held"] = fmt.Sprintf("Enter the reference of the senior officer’s approval for %s: it would be a direct award", h.Ref)
		case h.Way != solve.MustFund && h.Way != solve.MustReject:
			p["held"] = fmt.Sprintf("Say whether %s must be funded or must not", h.Ref)
		}
		seen[h.Ref] = true
	}
}

// Departs says, as sentences' parts, where what is asked is not what the call published. It names no application.
func (a Ask) Departs(from Ask) []string {
	var found []string
	differ := func(yes bool, format string, args ...any) {
		if yes {
			found = append(found, fmt.Sprintf(format, args...))
		}
	}
	differ(a.Ranking != from.Ranking, "ranked by %s scores instead of %s ones", a.Ranking, from.Ranking)
	differ(a.Strategy != from.Strategy, "%s instead of %s", strategyName(a.Strategy), strategyName(from.Strategy))
	differ(a.Strategy == fund.StrategyPortfolio && a.Objective != from.Objective, "worth %s", map[string]string{fund.ObjectiveAmount: "counted by amount", fund.ObjectiveScore: "counted by application"}[a.Objective])
	differ(a.Budget != from.Budget, "a budget of %s instead of %s", a.Budget, from.Budget)
	differ(a.Partial != from.Partial, "%s", map[bool]string{true: "funding in part, which the method does not know", false: "no funding in part"}[a.Partial])
	differ(a.MinScore != from.MinScore, "a least total of %g instead of %g", a.MinScore, from.MinScore)
	differ(!maps.Equal(a.MinParts, from.MinParts), "other least scores of parts")
	differ(a.MaxCount != from.MaxCount, "%s", mostWords(a.MaxCount))
	differ(!slices.Equal(limitWords(a.Limits), limitWords(from.Limits)), "limits: %s", orNone(strings.Join(limitWords(a.Limits), "; ")))
	for _, way := range []string{solve.MustFund, solve.MustReject} {
		n := 0
		for _, h := range a.Held {
			if h.Way == way {
				n++
			}
		}
		differ(n > 0, "%d %s", n, map[string]string{solve.MustFund: "funded as a direct award", solve.MustReject: "kept out by hand"}[way])
	}
	return found
}

func strategyName(s string) string {
	return map[string]string{
		fund.StrategyMerit: "the order of merit", fund.StrategyPortfolio: "the best portfolio", fund.StrategyMeritRandom: "the order of merit with a draw in the band",
	}[s]
}

func mostWords(n int) string {
	if n == 0 {
		return "no limit on the number of awards"
	}
	return fmt.Sprintf("%d awards at the most", n)
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func limitWords(limits []fund.Limit) []string {
	words := make([]string, len(limits))
	for i, l := range limits {
		words[i] = l.Words()
	}
	return words
}

// limits are the limits as solve takes them.
func (a Ask) limits() []solve.Limit {
	var list []solve.Limit
	for _, l := range a.Limits {
		limit := solve.Limit{By: l.By, Value: l.Value, MinAmount: money.Pounds(l.MinPounds), MinCount: l.MinCount, MaxCount: l.MaxCount}
		if l.MaxPounds != nil {
			most := money.Pounds(*l.MaxPounds)
			limit.MaxAmount = &most
		}
		list = append(list, limit)
	}
	return list
}

// Details are what is kept of a scenario besides its problem and result.
type Details struct {
	ID          ident.Scenario
	Number      int // within the call
	Note        string
	Asked       string         // JSON of Ask
	RankingID   *ident.Ranking // that its scores are from; nil: they are as given
	Sensitivity string         // JSON of Sensitivity; empty: none
}

// TableName is the table of details.
func (Details) TableName() string { return "scenario_details" }

// Ask reads what was asked.
func (d *Details) Ask() (Ask, error) {
	var a Ask
	if err := json.Unmarshal([]byte(d.Asked), &a); err != nil {
		return a, fmt.Errorf("reading what scenario %s was asked to be: %w", d.ID, err)
	}
	return a, nil
}
