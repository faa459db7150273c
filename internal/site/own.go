package site

import (
	"log/slog"
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/site/route"
	"adoptionfund/web/page/shared"
)

// ownRoutes are the rows of the site itself: whether it is alive, and the pages that every footer links to.
func ownRoutes(o Options) []route.Row {
	show := func(path string, page shared.Page) route.Row {
		return route.Row{
			Method: http.MethodGet, Path: path, Action: access.ViewPublic, Public: true, Title: page.Head().Title,
			Handle: func(*route.Request) (route.Reply, error) { return route.Show(page) },
		}
	}
	return []route.Row{
		route.HeldRow(),
		{Method: http.MethodGet, Path: "/healthz", Action: access.CheckHealth, Public: true, Title: "Alive", Handle: alive},
		{Method: http.MethodGet, Path: "/readyz", Action: access.CheckHealth, Public: true, Title: "Ready", Handle: o.ready},
		show("/accessibility-statement", shared.Accessibility{Brand: o.Brand}),
		show("/privacy", shared.Privacy{Brand: o.Brand}),
		show("/cookies", shared.Cookies{Brand: o.Brand}),
		show("/terms", shared.Terms{Brand: o.Brand}),
		show("/contact", shared.Contact{Brand: o.Brand}),
	}
}

func alive(*route.Request) (route.Reply, error) { return route.Text("alive\n") }

// ready says whether the service can serve. Why it cannot is for the log: this address is open to anyone.
func (o Options) ready(r *route.Request) (route.Reply, error) {
	if o.Ready == nil {
		return route.Text("ready\n")
	}
	if err := o.Ready(r.Context()); err != nil {
		o.Log.LogAttrs(r.Context(), slog.LevelError, "the service cannot serve", slog.Any("error", err))
		return route.TextStatus(http.StatusServiceUnavailable, "not ready\n")
	}
	return route.Text("ready\n")
}
