package panel

import (
	"fmt"
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/targeted"
	page "adoptionfund/web/page/panel"
)

type further struct{ reviews *targeted.Service }

// Targeted are the rows of further reviews, asked for where they matter most.
func Targeted(reviews *targeted.Service) []route.Row {
	h := further{reviews}
	return []route.Row{
		{Method: http.MethodGet, Path: "/panel/{call}/targeted", Action: access.ViewRanking, Title: "More reviews where they matter", Handle: h.show},
		{Method: http.MethodPost, Path: "/panel/{call}/targeted", Action: access.ApproveTargeted, Title: "More reviews where they matter", Handle: h.ask},
	}
}

func (h further) show(r *route.Request) (route.Reply, error) {
	view, err := h.reviews.View(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // targeted has said what it was doing
	}
	return route.Show(page.Targeted{Pages: pages(r, "targeted"), Desk: view, From: from(r)})
}

func (h further) ask(r *route.Request) (route.Reply, error) {
	if r.Button() != "ask" {
		return r.Again(press(), h.show)
	}
	asked, err := h.reviews.Ask(r.Context(), call(r), r.Field("digest"))
	if err != nil {
		return r.Again(err, h.show)
	}
	words := fmt.Sprintf("%d reviews are asked for, and their reviewers were told", asked)
	if asked == 1 {
		words = "One review is asked for, and its reviewer was told"
	}
	r.Flash(words)
	return route.Go("/panel/%s/targeted", call(r))
}
