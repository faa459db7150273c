package panel

import (
	"io"
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/computation"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/uktime"
	page "adoptionfund/web/page/panel"
)

type rankingDesk struct {
	rankings    *ranking.Service
	allocations *allocation.Service
}

// Rankings are the rows of the pages of rankings.
func Rankings(rankings *ranking.Service, allocations *allocation.Service) []route.Row {
	h := rankingDesk{rankings, allocations}
	return []route.Row{
		{Method: http.MethodGet, Path: "/panel/{call}/ranking", Action: access.ViewRanking, Title: "Ranking", Handle: h.show},
		{Method: http.MethodPost, Path: "/panel/{call}/ranking", Action: access.ViewRanking, Title: "Ranking", Handle: h.act},
		{Method: http.MethodGet, Path: "/panel/{call}/ranking.csv", Action: access.ViewRanking, Title: "Ranking as CSV", Handle: h.csv},
		{Method: http.MethodGet, Path: "/panel/{call}/ranking/computing", Action: access.ViewRanking, Title: "Ranking", Handle: h.computing},
	}
}

func (h rankingDesk) page(r *route.Request) (page.Ranking, error) {
	desk, err := h.allocations.RankingDesk(r.Context(), call(r))
	return page.Ranking{Pages: pages(r, "ranking"), Desk: desk, Region: r.Query("region"), Only: r.Query("show"), Problems: r.Problems(), Typed: r.Typed}, err
}

func (h rankingDesk) show(r *route.Request) (route.Reply, error) {
	p, err := h.page(r)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(p)
}

func (h rankingDesk) csv(r *route.Request) (route.Reply, error) {
	p, err := h.page(r)
	if err != nil {
		return route.Reply{}, err
	}
	if p.Desk.Kept == nil {
		return route.Reply{}, fault.New(fault.NotFound, "The ranking of this call is not computed yet")
	}
	return route.Download("ranking-"+string(p.Desk.Call.Ref)+".csv", "text/csv", false, func(w io.Writer) error {
		return p.WriteCSV(w, "made "+uktime.Moment(r.Arrival()))
	})
}

func (h rankingDesk) computing(r *route.Request) (route.Reply, error) {
	return follow(r, h.allocations, computation.Ranking, "ranking")
}

// follow tells a script how far computations are; somebody who comes here by hand is led to the page.
func follow(r *route.Request, s *allocation.Service, kind computation.Kind, back string) (route.Reply, error) {
	stamp, err := s.Progress(r.Context(), call(r), kind)
	if err != nil {
		return route.Reply{}, err
	}
	if !r.WantsJSON() {
		return route.Go("/panel/%s/%s", call(r), back)
	}
	return route.JSON(map[string]string{"stamp": stamp})
}

func (h rankingDesk) act(r *route.Request) (route.Reply, error) {
	var err error
	switch r.Button() {
	case "compute":
		err = h.rankings.Ask(r.Context(), call(r))
		r.Flash("The ranking is being computed")
	case "freeze":
		id, bad := ident.Parse[ident.Ranking](r.Field("ranking"))
		if bad != nil {
			return route.Reply{}, fault.Wrap(fault.NotFound, bad, "There is no such ranking")
		}
		err = h.rankings.Freeze(r.Context(), call(r), id)
		r.Flash("The ranking is frozen. Scenarios rest on it")
	case "unfreeze":
		err = h.rankings.Unfreeze(r.Context(), call(r), r.Field("why"))
		r.Flash("The ranking is unfrozen")
	default:
		err = press()
	}
	if err != nil {
		return r.Again(err, h.show)
	}
	return route.Go("/panel/%s/ranking", call(r))
}
