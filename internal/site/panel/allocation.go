// Package panel is the door of the panel: chair, members and the fund manager at their desk.
package panel

import (
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/panel"
)

type allocationDesk struct{ allocations *allocation.Service }

// Allocation are the rows of the allocation page.
func Allocation(s *allocation.Service) []route.Row {
	h := allocationDesk{s}
	return []route.Row{
		{Method: http.MethodGet, Path: "/panel/{call}/allocation", Action: access.ViewAllocation, Title: "Ranking and allocation", Handle: h.show},
		{Method: http.MethodGet, Path: "/panel/{call}/ranking", Action: access.ViewRanking, Title: "Ranking", Handle: func(r *route.Request) (route.Reply, error) {
			return route.Go("/panel/%s/allocation", r.Path("call"))
		}},
		{Method: http.MethodPost, Path: "/panel/{call}/allocation", Action: access.ViewAllocation, Title: "Ranking and allocation", Handle: h.act},
	}
}

func (h allocationDesk) show(r *route.Request) (route.Reply, error) {
	desk, err := h.allocations.Desk(r.Context(), ident.CallRef(r.Path("call")))
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Allocation{Desk: desk, Problems: r.Problems(), Note: r.Typed("note", "")}
	if len(desk.Scenarios) > 0 {
		_, result, err := desk.Scenarios[0].Solved()
		if err != nil {
			return route.Reply{}, err
		}
		p.Solved = &result
	}
	return route.Show(p)
}

func (h allocationDesk) act(r *route.Request) (route.Reply, error) {
	call := ident.CallRef(r.Path("call"))
	var err error
	switch r.Button() {
	case "run":
		_, err = h.allocations.Run(r.Context(), call, "")
		r.Flash("The allocation was computed")
	case "propose":
		id, bad := ident.Parse[ident.Scenario](r.Field("scenario"))
		if bad != nil {
			return route.Reply{}, fault.Wrap(fault.NotFound, bad, "There is no such scenario")
		}
		_, err = h.allocations.Propose(r.Context(), call, id, r.Field("note"))
		r.Flash("The allocation is proposed. An approver decides next")
	default:
		err = fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
	if err != nil {
		return r.Again(err, h.show)
	}
	return route.Go("/panel/%s/allocation", call)
}
