package oversight

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/explain"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/oversee"
)

// storyRows are the whole story of an application: a page, with what would be withheld of it, and a file.
func (h handlers) storyRows() []route.Row {
	get := func(path, title string, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodGet, Path: path, Action: access.ExplainApplication, Title: title, Handle: handle}
	}
	return []route.Row{
		get("/audit/applications/{ref}", "An application explained", h.story),
		get("/audit/applications/{ref}/explanation.pdf", "An application explained, as a PDF file", h.storyFile),
	}
}

// copyOf is which copy of a story the address asks for. Until somebody chooses exemptions, all are applied to a copy for release.
func copyOf(r *route.Request) (explain.Asked, error) {
	ref, err := refOf(r)
	a := explain.Asked{Ref: ref, Release: r.Query("copy") == "release"}
	if err != nil || !a.Release {
		return a, err
	}
	chosen := r.QueryAll("withhold")
	for _, e := range explain.Exemptions() {
		if r.Query("chosen") == "" || slices.Contains(chosen, strconv.Itoa(int(e))) {
			a.Apply = append(a.Apply, e)
		}
	}
	return a, nil
}

func (h handlers) story(r *route.Request) (route.Reply, error) {
	a, err := copyOf(r)
	if err != nil {
		return route.Reply{}, err
	}
	told, err := h.Stories.Tell(r.Context(), a)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Explained{Told: told, MayPrint: r.MayPrint(), MayRelease: r.May(access.DiscloseData), MayView: r.May(access.ViewAudit)})
}

func (h handlers) storyFile(r *route.Request) (route.Reply, error) {
	a, err := copyOf(r)
	if err != nil {
		return route.Reply{}, err
	}
	told, err := h.Stories.Copy(r.Context(), a)
	if err != nil {
		return route.Reply{}, err
	}
	name := strings.ToLower(string(told.Ref)) + "-explained.pdf"
	if a.Release {
		name = strings.ToLower(string(told.Ref)) + "-explained-for-release.pdf"
	}
	sheet := page.Explained{Told: told, Paper: true}
	return route.PDF(name, sheet.Footer(), sheet)
}
