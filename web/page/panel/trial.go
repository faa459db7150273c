package panel

import (
	"fmt"
	"strconv"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/money"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Trial is the form that asks for another scenario.
type Trial struct {
	Desk     allocation.TrialDesk
	Problems fault.Problems
	Typed    Typed
}

// Rows of the form for limits and for applications that are held.
const (
	LimitRows = 5
	HeldRows  = 5
)

// Head is what the frame shows.
func (p Trial) Head() shared.Head {
	h := head("Try another scenario", p.Desk.Call)
	h.Crumbs = append(h.Crumbs, nhs.Link{Href: allocationPath(p.Desk.Call.Ref, ""), Text: "Allocation"})
	return h
}

func (p Trial) path() string { return allocationPath(p.Desk.Call.Ref, "/new") }

func (p Trial) radios(name, legend, stored string, options ...nhs.Option) nhs.Radios {
	return nhs.Radios{Name: name, Legend: legend, Value: p.Typed(name, stored), Error: p.Problems[name], Size: nhs.Small, Options: options}
}

func (p Trial) ranking() nhs.Radios {
	return p.radios("ranking", "Rank by", p.Desk.Ask.Ranking,
		nhs.Option{Value: fund.RankRaw, Label: "Scores as given"}, nhs.Option{Value: fund.RankCalibrated, Label: "Calibrated scores", Hint: "They allow for harsh and lenient reviewers"})
}

func (p Trial) strategy() nhs.Radios {
	return p.radios("strategy", "Give the money", p.Desk.Ask.Strategy,
		nhs.Option{Value: fund.StrategyMerit, Label: "Down the ranking"}, nhs.Option{Value: fund.StrategyPortfolio, Label: "For the best portfolio", Hint: "The set of applications that is worth most under the limits; it is proved"},
		nhs.Option{Value: fund.StrategyMeritRandom, Label: "Down the ranking, with a draw in the band"})
}

func (p Trial) objective() nhs.Radios {
	return p.radios("objective", "In a portfolio", p.Desk.Ask.Objective,
		nhs.Option{Value: fund.ObjectiveAmount, Label: "Each pound counts as much as the score of what it pays for"}, nhs.Option{Value: fund.ObjectiveScore, Label: "Each application counts as much as its score, whatever it costs"})
}

func (p Trial) budget() nhs.Money {
	return nhs.Money{Name: "budget", Label: "Budget", Value: p.Typed("budget", p.Desk.Ask.Budget.Decimal()), Error: p.Problems["budget"], Size: nhs.Small}
}

func (p Trial) number(name, label, hint, stored string) nhs.Input {
	return nhs.Input{Name: name, Label: label, Hint: hint, Value: p.Typed(name, stored), Error: p.Problems[name], Size: nhs.Small, Inputmode: "decimal", Width: 5, Autocomplete: "off"}
}

func (p Trial) minPart(code string) string {
	if v, ok := p.Desk.Ask.MinParts[code]; ok {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return ""
}

func (p Trial) most() string {
	if p.Desk.Ask.MaxCount == 0 {
		return ""
	}
	return strconv.Itoa(p.Desk.Ask.MaxCount)
}

// field names a field of a row.
func field(of string, row int, name string) string { return fmt.Sprintf("%s-%d-%s", of, row, name) }

// limit is the limit of a row, as it is stored.
func (p Trial) limit(row int) fund.Limit {
	if row < len(p.Desk.Ask.Limits) {
		return p.Desk.Ask.Limits[row]
	}
	return fund.Limit{}
}

func (p Trial) by(row int) nhs.Select {
	name := field("limit", row, "by")
	return nhs.Select{Name: name, Label: "Of", Value: p.Typed(name, p.limit(row).By), Empty: "No limit", Options: []nhs.Option{{Value: "theme", Label: "Theme"}, {Value: "region", Label: "Region"}, {Value: "organisation", Label: "Organisation"}}}
}

func (p Trial) limitInput(row int, name, label, hint, stored string) nhs.Input {
	name = field("limit", row, name)
	return nhs.Input{Name: name, Label: label, Hint: hint, Value: p.Typed(name, stored), Width: 10, Autocomplete: "off"}
}

func pounds(n int64) string {
	if n == 0 {
		return ""
	}
	return money.Pounds(n).Decimal()
}

func maybePounds(n *int64) string {
	if n == nil {
		return ""
	}
	return money.Pounds(*n).Decimal()
}

func maybe(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func least(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// held is what a row holds, as it is stored.
func (p Trial) held(row int) allocation.Held {
	if row < len(p.Desk.Ask.Held) {
		return p.Desk.Ask.Held[row]
	}
	return allocation.Held{}
}

func (p Trial) way(row int) nhs.Select {
	name := field("held", row, "way")
	return nhs.Select{Name: name, Label: "What", Value: p.Typed(name, p.held(row).Way), Empty: "Nothing", Options: []nhs.Option{{Value: solve.MustFund, Label: "Fund it as a direct award"}, {Value: solve.MustReject, Label: "Do not fund it"}}}
}

func (p Trial) heldInput(row int, name, label, hint, stored string) nhs.Input {
	name = field("held", row, name)
	return nhs.Input{Name: name, Label: label, Hint: hint, Value: p.Typed(name, stored), Width: 20, Autocomplete: "off"}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
