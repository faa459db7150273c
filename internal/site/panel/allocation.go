// Package panel is the door of the panel: chair, members and the fund manager at their desk.
package panel

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/computation"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/panel"
)

type allocationDesk struct{ allocations *allocation.Service }

// Allocation are the rows of the pages of scenarios.
func Allocation(s *allocation.Service) []route.Row {
	h := allocationDesk{s}
	row := func(method, path string, act access.Action, title string, handle route.Handler) route.Row {
		return route.Row{Method: method, Path: "/panel/{call}/allocation" + path, Action: act, Title: title, Handle: handle}
	}
	return []route.Row{
		row(http.MethodGet, "", access.ViewAllocation, "Allocation", h.show),
		row(http.MethodPost, "", access.ViewAllocation, "Allocation", h.act),
		row(http.MethodGet, "/computing", access.ViewAllocation, "Allocation", h.computing),
		row(http.MethodGet, "/new", access.RunAllocation, "Try another scenario", h.trial),
		row(http.MethodPost, "/new", access.RunAllocation, "Try another scenario", h.try),
		row(http.MethodGet, "/compare", access.ViewAllocation, "Scenarios compared", h.compare),
		row(http.MethodGet, "/scenarios/{scenario}", access.ViewAllocation, "A scenario", h.scenario),
		row(http.MethodPost, "/scenarios/{scenario}", access.MakeProposal, "A scenario", h.propose),
		row(http.MethodGet, "/scenarios/{scenario}/problem.json", access.ViewAllocation, "The problem of a scenario", h.problem),
	}
}

func (h allocationDesk) show(r *route.Request) (route.Reply, error) {
	desk, err := h.allocations.Desk(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Allocation{Pages: pages(r, "allocation"), Desk: desk, Problems: r.Problems(), Typed: r.Typed})
}

func (h allocationDesk) computing(r *route.Request) (route.Reply, error) {
	return follow(r, h.allocations, computation.Scenario, "allocation")
}

func (h allocationDesk) act(r *route.Request) (route.Reply, error) {
	var err error
	switch r.Button() {
	case "run":
		err = h.allocations.Try(r.Context(), call(r), allocation.Trial{})
		r.Flash("The allocation is being computed")
	case "lot":
		err = h.allocations.EnterLot(r.Context(), call(r), r.Field("lot"))
		r.Flash("The value is entered. The order of the band follows from it")
	default:
		err = press()
	}
	if err != nil {
		return r.Again(err, h.show)
	}
	return route.Go("/panel/%s/allocation", call(r))
}

// scenarioOf reads which scenario a request is about.
func scenarioOf(text string) (ident.Scenario, error) {
	id, err := ident.Parse[ident.Scenario](text)
	if err != nil {
		return "", fault.Wrap(fault.NotFound, err, "There is no such scenario")
	}
	return id, nil
}

func (h allocationDesk) scenario(r *route.Request) (route.Reply, error) {
	id, err := scenarioOf(r.Path("scenario"))
	if err != nil {
		return route.Reply{}, err
	}
	v, err := h.allocations.Scenario(r.Context(), call(r), id)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Scenario{Shown: &v, Problems: r.Problems(), Typed: r.Typed})
}

func (h allocationDesk) propose(r *route.Request) (route.Reply, error) {
	id, err := scenarioOf(r.Path("scenario"))
	if err != nil {
		return route.Reply{}, err
	}
	words := allocation.Words{Note: r.Field("note"), Deviation: r.Field("deviation")}
	if _, err := h.allocations.ProposeWith(r.Context(), call(r), id, words); err != nil {
		return r.Again(err, h.scenario)
	}
	r.Flash("The allocation is proposed. An approver decides next")
	return route.Go("/panel/%s/allocation", call(r))
}

func (h allocationDesk) problem(r *route.Request) (route.Reply, error) {
	id, err := scenarioOf(r.Path("scenario"))
	if err != nil {
		return route.Reply{}, err
	}
	text, err := h.allocations.Repeat(r.Context(), call(r), id)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Download("problem-"+string(call(r))+".json", "application/json", false, func(w io.Writer) error {
		_, err := w.Write(text)
		return err //nolint:wrapcheck // an error of the connection
	})
}

func (h allocationDesk) compare(r *route.Request) (route.Reply, error) {
	var ids []ident.Scenario
	for _, text := range []string{r.Query("first"), r.Query("second"), r.Query("third")} {
		if text == "" {
			continue
		}
		id, err := scenarioOf(text)
		if err != nil {
			return route.Reply{}, err
		}
		ids = append(ids, id)
	}
	if len(ids) < 2 {
		return route.Go("/panel/%s/allocation", call(r))
	}
	views, err := h.allocations.Compare(r.Context(), call(r), ids)
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Compare{}
	for i := range views {
		p.Views = append(p.Views, &views[i])
	}
	return route.Show(p)
}

func (h allocationDesk) trial(r *route.Request) (route.Reply, error) {
	from := ident.Scenario("")
	if text := r.Query("copy"); text != "" {
		var err error
		if from, err = scenarioOf(text); err != nil {
			return route.Reply{}, err
		}
	}
	desk, err := h.allocations.TrialDesk(r.Context(), call(r), from)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Trial{Desk: desk, Problems: r.Problems(), Typed: r.Typed})
}

func (h allocationDesk) try(r *route.Request) (route.Reply, error) {
	if _, err := h.allocations.TrialDesk(r.Context(), call(r), ""); err != nil {
		return route.Reply{}, err
	}
	in := typedAsk{r: r, problems: fault.Problems{}}
	ask := in.ask()
	err := fault.Fields(in.problems)
	if err == nil {
		err = h.allocations.Try(r.Context(), call(r), allocation.Trial{Name: r.Field("name"), Note: r.Field("note"), Ask: &ask})
	}
	if err != nil {
		return r.Again(err, h.trial)
	}
	r.Flash("The scenario is being computed")
	return route.Go("/panel/%s/allocation", call(r))
}

// typedAsk reads what was typed into the form of a scenario.
type typedAsk struct {
	r        *route.Request
	problems fault.Problems
}

func (t typedAsk) ask() allocation.Ask {
	a := allocation.Ask{
		Ranking: t.r.Field("ranking"), Strategy: t.r.Field("strategy"), Objective: t.r.Field("objective"), Partial: t.r.Field("partial") != "",
		MinScore: t.number("min_score"), MaxCount: t.count("max_count", "max_count"), MinParts: t.parts(),
	}
	if budget, err := money.Parse(t.r.Field("budget")); err != nil {
		t.problems["budget"] = "Enter an amount in pounds"
	} else {
		a.Budget = budget
	}
	for row := range page.LimitRows {
		if l, there := t.limit(row); there {
			a.Limits = append(a.Limits, l)
		}
	}
	for row := range page.HeldRows {
		field := func(name string) string { return t.r.Field(fmt.Sprintf("held-%d-%s", row, name)) }
		if field("ref")+field("way") == "" {
			continue
		}
		ref, err := ident.ParseRef(strings.ToUpper(field("ref")))
		if err != nil {
			t.problems["held"] = "Enter a reference such as AF21-0042 for application " + strconv.Itoa(row+1)
		}
		a.Held = append(a.Held, allocation.Held{Ref: ref, Way: field("way"), Reason: field("reason"), Approval: field("approval")})
	}
	return a
}

func (t typedAsk) number(name string) float64 {
	text := t.r.Field(name)
	if text == "" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.problems[name] = "Enter a number"
	}
	return v
}

// count reads a whole number; empty is 0. What is wrong stands under the key.
func (t typedAsk) count(name, key string) int {
	text := t.r.Field(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 100_000 {
		t.problems[key] = "Enter a whole number, or leave it empty"
	}
	return n
}

// parts are the least scores of parts.
func (t typedAsk) parts() map[string]float64 {
	parts := map[string]float64{}
	for name := range t.r.Form() {
		code, is := strings.CutPrefix(name, "min-")
		if !is || t.r.Field(name) == "" {
			continue
		}
		v, err := strconv.ParseFloat(t.r.Field(name), 64)
		if err != nil || !(v >= 0 && v <= 5) {
			t.problems[name] = "Enter a number from 0 to 5, or leave it empty"
			continue
		}
		parts[code] = v
	}
	if len(parts) == 0 {
		return nil
	}
	return parts
}

// limit reads a row of the limits; false where it is empty.
func (t typedAsk) limit(row int) (fund.Limit, bool) {
	name := func(of string) string { return fmt.Sprintf("limit-%d-%s", row, of) }
	l := fund.Limit{By: t.r.Field(name("by")), Value: t.r.Field(name("value"))}
	if l.By == "" {
		return l, false
	}
	if text := t.r.Field(name("least")); text != "" {
		l.MinPounds = t.pounds(text, row)
	}
	if text := t.r.Field(name("most")); text != "" {
		most := t.pounds(text, row)
		l.MaxPounds = &most
	}
	l.MinCount = t.count(name("fewest"), "limits")
	if t.r.Field(name("count")) != "" {
		n := t.count(name("count"), "limits")
		l.MaxCount = &n
	}
	return l, true
}

// pounds reads whole pounds.
func (t typedAsk) pounds(text string, row int) int64 {
	v, err := money.Parse(text)
	if err != nil || v%100 != 0 {
		t.problems["limits"] = "Enter whole pounds in limit " + strconv.Itoa(row+1)
	}
	return int64(v / 100)
}
