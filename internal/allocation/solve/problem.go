// Package solve decides which applications are funded, from a problem to a result, without database or pages: the same problem gives the
// same result. It knows the merit order, the merit order with a lot among those that cannot be told apart, and the best portfolio, which is
// proved.
//
// It owns the form of problems and results, the money arithmetic and the reasons. It leaves to allocation where the scores come from
// and what becomes of the result.
package solve

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"adoptionfund/internal/jsondoc"
	"adoptionfund/internal/money"
)

// Problem is what is asked: amounts are integer pence. The JSON is that of the command `allocate`.
type Problem struct {
	Strategy     string        `json:"strategy,omitempty"`  // empty: Portfolio
	Objective    string        `json:"objective,omitempty"` // empty: ByAmount
	Budget       money.Pence   `json:"budget"`
	MaxCount     *int          `json:"max_count,omitempty"`
	MinScore     *float64      `json:"min_score,omitempty"` // below it nothing is funded, but what must be
	Partial      bool          `json:"partial,omitempty"`   // any whole pound from the minimum on may be given
	Applications []Application `json:"applications"`
	Budgets      []Pot         `json:"budgets,omitempty"`
	Limits       []Limit       `json:"limits,omitempty"`
	Band         []string      `json:"band,omitempty"` // whose order is drawn by lot
	Seed         string        `json:"seed,omitempty"` // of the lot
}

// Application is one that asks for money.
type Application struct {
	ID           string                 `json:"id"`
	Score        float64                `json:"score"`
	Requested    money.Pence            `json:"requested"`
	Minimum      money.Pence            `json:"minimum,omitempty"` // 0: the amount requested
	Theme        string                 `json:"theme,omitempty"`
	Region       string                 `json:"region,omitempty"`
	Organisation string                 `json:"organisation,omitempty"`
	Must         string                 `json:"must,omitempty"`
	Group        string                 `json:"group,omitempty"` // of a group one at most is funded
	Uses         map[string]money.Pence `json:"uses,omitempty"`  // of further budgets; in proportion if funded in part
}

// Pot is a further budget that uses draw on.
type Pot struct {
	Name   string      `json:"name"`
	Amount money.Pence `json:"amount"`
}

// Limit is the least and the most that a theme, region or organisation may get; the value * means each one.
type Limit struct {
	By        string       `json:"by"`
	Value     string       `json:"value"`
	MinAmount money.Pence  `json:"min_amount,omitempty"`
	MaxAmount *money.Pence `json:"max_amount,omitempty"`
	MinCount  int          `json:"min_count,omitempty"`
	MaxCount  *int         `json:"max_count,omitempty"`
}

// The strategies.
const (
	Portfolio   = "portfolio"    // the best use of the budget
	Merit       = "merit"        // down the ranking
	MeritRandom = "merit_random" // down the ranking, with a lot in the band
)

// The objectives of a portfolio.
const (
	ByAmount = "score_by_amount" // each pound is worth the score of what it funds
	ByScore  = "score"           // each application is worth its score
)

// Must values.
const (
	MustFund   = "fund"
	MustReject = "reject"
)

// Result is what came out: a reason for every application.
type Result struct {
	Status   string            `json:"status"`
	Strategy string            `json:"strategy"`
	Value    float64           `json:"value"` // Σ score × pounds, or Σ score × share of the request
	Bound    *float64          `json:"bound"` // no portfolio is worth more
	Gap      *float64          `json:"gap"`   // (bound − value) ÷ value
	Spent    money.Pence       `json:"spent"`
	Funded   []Funded          `json:"funded"`
	Reasons  map[string]string `json:"reasons"`
	Conflict []any             `json:"conflict,omitempty"` // what cannot all be met: indexes into limits, or names of the others
}

// Funded is an application with its amount.
type Funded struct {
	ID     string      `json:"id"`
	Amount money.Pence `json:"amount"`
}

// The statuses.
const (
	Optimal    = "optimal"
	Feasible   = "feasible"
	Infeasible = "infeasible"
)

// withDefaults fills in what a problem leaves out.
func (p Problem) withDefaults() Problem {
	p.Strategy, p.Objective = cmp.Or(p.Strategy, Portfolio), cmp.Or(p.Objective, ByAmount)
	p.Applications = slices.Clone(p.Applications)
	for i := range p.Applications {
		if a := &p.Applications[i]; a.Minimum == 0 {
			a.Minimum = a.Requested
		}
	}
	return p
}

// Check says what is wrong with a problem, with the path in it.
func (p Problem) Check() error {
	p = p.withDefaults()
	switch {
	case p.Budget < 0:
		return jsondoc.At("budget", "must not be negative")
	case !slices.Contains([]string{Portfolio, Merit, MeritRandom}, p.Strategy):
		return jsondoc.At("strategy", "must be %s, %s or %s", Portfolio, Merit, MeritRandom)
	case p.Objective != ByAmount && p.Objective != ByScore:
		return jsondoc.At("objective", "must be %s or %s", ByAmount, ByScore)
	case p.MaxCount != nil && *p.MaxCount < 0:
		return jsondoc.At("max_count", "must not be negative")
	case p.MinScore != nil && (math.IsNaN(*p.MinScore) || math.IsInf(*p.MinScore, 0)):
		return jsondoc.At("min_score", "must be a number")
	}
	return cmp.Or(p.checkApplications(), p.checkBudgets(), p.checkLimits(), p.checkBand())
}

func (p Problem) checkApplications() error {
	seen := map[string]bool{}
	var asked money.Pence
	for i, a := range p.Applications {
		at := fmt.Sprintf("applications[%d]", i)
		switch {
		case a.ID == "":
			return jsondoc.At(at+".id", "is missing")
		case seen[a.ID]:
			return jsondoc.At(at+".id", "%q is there twice", a.ID)
		case math.IsNaN(a.Score) || math.Abs(a.Score) > mostScore:
			return jsondoc.At(at+".score", "must be a number from %.0f to %.0f", -mostScore, mostScore)
		case a.Requested <= 0:
			return jsondoc.At(at+".requested", "must be above 0")
		case a.Minimum < 0 || a.Minimum > a.Requested:
			return jsondoc.At(at+".minimum", "must be between 0 and the amount requested")
		case a.Must != "" && a.Must != MustFund && a.Must != MustReject:
			return jsondoc.At(at+".must", "must be %s or %s", MustFund, MustReject)
		case slices.ContainsFunc(slices.Collect(maps.Values(a.Uses)), func(u money.Pence) bool { return u < 0 }):
			return jsondoc.At(at+".uses", "must not be negative")
		case len(a.Uses) > 0 && money.Sum(slices.Collect(maps.Values(a.Uses))...) != a.Requested:
			return jsondoc.At(at+".uses", "must add up to the amount requested")
		}
		seen[a.ID] = true
		if asked += a.Requested; asked > mostMoney {
			return jsondoc.At(at+".requested", "more is asked for than this program can add up")
		}
	}
	return nil
}

const (
	mostScore = 1e6
	mostMoney = money.Pence(1e15) // ten million million pounds: sums stay far from what a number can hold
)

func (p Problem) checkBudgets() error {
	seen := map[string]bool{}
	for i, pot := range p.Budgets {
		at := fmt.Sprintf("budgets[%d]", i)
		switch {
		case pot.Name == "":
			return jsondoc.At(at+".name", "is missing")
		case seen[pot.Name]:
			return jsondoc.At(at+".name", "%q is there twice", pot.Name)
		case pot.Amount < 0:
			return jsondoc.At(at+".amount", "must not be negative")
		}
		seen[pot.Name] = true
	}
	return nil
}

func (p Problem) checkLimits() error {
	for i, l := range p.Limits {
		at := fmt.Sprintf("limits[%d]", i)
		switch {
		case !slices.Contains([]string{"theme", "region", "organisation"}, l.By):
			return jsondoc.At(at+".by", "must be theme, region or organisation")
		case l.Value == "":
			return jsondoc.At(at+".value", "is missing: a value, or * for each one")
		case l.MinAmount < 0 || l.MinCount < 0 || l.MaxAmount != nil && *l.MaxAmount < 0 || l.MaxCount != nil && *l.MaxCount < 0:
			return jsondoc.At(at, "must not be negative")
		}
	}
	return nil
}

func (p Problem) checkBand() error {
	if p.Strategy != MeritRandom {
		return nil
	}
	if p.Seed == "" {
		return jsondoc.At("seed", "is missing: the lot is drawn with it")
	}
	if len(p.Band) == 0 {
		return jsondoc.At("band", "is missing: the applications among which the lot is drawn")
	}
	for i, id := range p.Band {
		switch {
		case !slices.ContainsFunc(p.Applications, func(a Application) bool { return a.ID == id }):
			return jsondoc.At(fmt.Sprintf("band[%d]", i), "there is no application %q", id)
		case slices.Contains(p.Band[:i], id):
			return jsondoc.At(fmt.Sprintf("band[%d]", i), "%q is there twice", id)
		}
	}
	return nil
}

// Ranked gives the applications in the order in which they are considered: from the best score down; ties: the smaller request, then the id. With a
// lot, those of the band follow all that rank above the best of them, in the order of SHA-256(seed, line feed, id), lowest first.
func (p Problem) Ranked() []Application {
	ranked := slices.Clone(p.Applications)
	slices.SortStableFunc(ranked, func(a, b Application) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Requested, b.Requested), cmp.Compare(a.ID, b.ID))
	})
	if p.Strategy != MeritRandom {
		return ranked
	}
	inBand := func(a Application) bool { return slices.Contains(p.Band, a.ID) }
	first := slices.IndexFunc(ranked, inBand)
	if first < 0 {
		return ranked
	}
	var band, others []Application
	for _, a := range ranked[first:] {
		if inBand(a) {
			band = append(band, a)
		} else {
			others = append(others, a)
		}
	}
	slices.SortFunc(band, func(a, b Application) int { return strings.Compare(p.Lot(a.ID), p.Lot(b.ID)) })
	return slices.Concat(ranked[:first], band, others)
}

// Lot is what is drawn for an application: the lowest comes first.
func (p Problem) Lot(id string) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(p.Seed+"\n"+id)))
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

// worth is what an amount for an application is worth.
func (p Problem) worth(a Application, amount money.Pence) float64 {
	if p.Objective == ByScore {
		return a.Score * float64(amount) / float64(a.Requested)
	}
	return a.Score * float64(amount) / 100
}

// errNumbers is met where the solver's answer, in floating point, breaks a limit when it is added up in pence, and does so again with
// tighter limits.
var errNumbers = errors.New("the solver's answer does not hold in pence")
