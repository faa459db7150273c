package panel

import (
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/panel"
)

type shortlist struct{ checks *eligibility.Service }

// Shortlist are the rows of the shortlist of a call.
func Shortlist(checks *eligibility.Service) []route.Row {
	h := shortlist{checks}
	return []route.Row{
		{Method: http.MethodGet, Path: "/panel/{call}/shortlist", Action: access.ViewShortlist, Title: "Shortlist of a call", Handle: h.show},
		{Method: http.MethodPost, Path: "/panel/{call}/shortlist", Action: access.ViewShortlist, Title: "Shortlist of a call", Handle: h.act},
	}
}

func (h shortlist) show(r *route.Request) (route.Reply, error) {
	list, err := h.checks.Shortlist(r.Context(), ident.CallRef(r.Path("call")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // eligibility has said what it was doing
	}
	p := page.Shortlist{Shortlist: list, Problems: r.Problems()}
	p.Sent, _ = r.Typing()
	return route.Show(p)
}

func (h shortlist) act(r *route.Request) (route.Reply, error) {
	call := ident.CallRef(r.Path("call"))
	var err error
	switch r.Button() {
	case "propose":
		var off []eligibility.LeftOff
		for _, ref := range r.Form()["application"] {
			off = append(off, eligibility.LeftOff{Ref: ident.Ref(ref), Feedback: r.Field(ref + "-feedback")})
		}
		err = h.checks.ProposeShortlist(r.Context(), call, off)
		r.Flash("The chair confirms or returns what you propose")
	case "confirm":
		err = h.checks.ConfirmShortlist(r.Context(), ident.Ref(r.Field("ref")))
		r.Flash("The application is not shortlisted. The applicant is told")
	case "return":
		err = h.checks.ReturnShortlist(r.Context(), ident.Ref(r.Field("ref")), r.Field("note"))
		r.Flash("The application stays on the shortlist")
	default:
		err = fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
	if err != nil {
		return r.Again(err, h.show)
	}
	return route.Go("/panel/%s/shortlist", call)
}
