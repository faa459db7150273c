// Package solve decides which applications are funded, from a problem to a result, without database or pages: the same problem
// gives the same result. It holds the merit order: down the ranking, each application that fits is funded.
//
// It owns the form of problems and results, the money arithmetic and the reasons. It leaves to allocation where the scores come from
// and what becomes of the result.
package solve

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"adoptionfund/internal/money"
)

// Problem is what is asked: amounts are integer pence. The JSON is that of the command `allocate`.
type Problem struct {
	Strategy     string        `json:"strategy,omitempty"`
	Objective    string        `json:"objective,omitempty"`
	Budget       money.Pence   `json:"budget"`
	MaxCount     *int          `json:"max_count,omitempty"`
	MinScore     *float64      `json:"min_score,omitempty"`
	Partial      bool          `json:"partial,omitempty"`
	Applications []Application `json:"applications"`
	Budgets      []Pot         `json:"budgets,omitempty"`
	Limits       []Limit       `json:"limits,omitempty"`
}

// Application is one that asks for money.
type Application struct {
	ID           string                 `json:"id"`
	Score        float64                `json:"score"`
	Requested    money.Pence            `json:"requested"`
	Minimum      money.Pence            `json:"minimum,omitempty"`
	Theme        string                 `json:"theme,omitempty"`
	Region       string                 `json:"region,omitempty"`
	Organisation string                 `json:"organisation,omitempty"`
	Must         string                 `json:"must,omitempty"`
	Group        string                 `json:"group,omitempty"`
	Uses         map[string]money.Pence `json:"uses,omitempty"`
}

// Pot is a further budget that uses draw on.
type Pot struct {
	Name   string      `json:"name"`
	Amount money.Pence `json:"amount"`
}

// Limit is the most that a theme, region or organisation may get; the value * means each one.
type Limit struct {
	By        string       `json:"by"`
	Value     string       `json:"value"`
	MaxAmount *money.Pence `json:"max_amount,omitempty"`
	MaxCount  *int         `json:"max_count,omitempty"`
}

// Merit is the strategy that funds down the ranking.
const Merit = "merit"

// Must values.
const (
	MustFund   = "fund"
	MustReject = "reject"
)

// Result is what came out: a reason for every application.
type Result struct {
	Status   string            `json:"status"`
	Strategy string            `json:"strategy"`
	Value    float64           `json:"value"` // Σ score × pounds
	Spent    money.Pence       `json:"spent"`
	Funded   []Funded          `json:"funded"`
	Reasons  map[string]string `json:"reasons"`
}

// Funded is an application with its amount.
type Funded struct {
	ID     string      `json:"id"`
	Amount money.Pence `json:"amount"`
}

// The statuses of a result of the merit order.
const (
	Feasible   = "feasible"
	Infeasible = "infeasible"
)

// Check says what is wrong with a problem, with the path in it.
func (p Problem) Check() error {
	if p.Budget < 0 {
		return errors.New("budget: must not be negative")
	}
	if p.Strategy != Merit {
		return fmt.Errorf("strategy: must be %q", Merit)
	}
	seen := map[string]bool{}
	for i, a := range p.Applications {
		at := fmt.Sprintf("applications[%d]", i)
		switch {
		case a.ID == "" || seen[a.ID]:
			return fmt.Errorf("%s.id: must be given, and once", at)
		case a.Requested <= 0:
			return fmt.Errorf("%s.requested: must be above 0", at)
		case a.Minimum < 0 || a.Minimum > a.Requested:
			return fmt.Errorf("%s.minimum: must be between 0 and the amount requested", at)
		case a.Must != "" && a.Must != MustFund && a.Must != MustReject:
			return fmt.Errorf("%s.must: must be fund or reject", at)
		case len(a.Uses) > 0 && usesSum(a) != a.Requested:
			return fmt.Errorf("%s.uses: must add up to the amount requested", at)
		}
		seen[a.ID] = true
	}
	for i, l := range p.Limits {
		if !slices.Contains([]string{"theme", "region", "organisation"}, l.By) {
			return fmt.Errorf("limits[%d].by: must be theme, region or organisation", i)
		}
	}
	return nil
}

func usesSum(a Application) money.Pence {
	var sum money.Pence
	for _, u := range a.Uses {
		sum += u
	}
	return sum
}

// Ranked gives the applications from the best score down; ties: the smaller request, then the id.
func (p Problem) Ranked() []Application {
	ranked := slices.Clone(p.Applications)
	slices.SortStableFunc(ranked, func(a, b Application) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Requested, b.Requested), cmp.Compare(a.ID, b.ID))
	})
	return ranked
}

func (a Application) value(by string) string {
	switch by {
	case "theme":
		return a.Theme
	case "region":
		return a.Region
	default:
		return a.Organisation
	}
}
