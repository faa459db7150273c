package account

import (
	"encoding/json"
	"io"
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/account"
)

// Data are the rows on which people get what is held about them, and a fund manager gets it for somebody who asked.
func Data(s *retention.Service, p *people.Service) []route.Row {
	h := data{s, p}
	row := func(method, path string, a access.Action, title string, handle route.Handler) route.Row {
		return route.Row{Method: method, Path: path, Action: a, Title: title, Handle: handle}
	}
	return []route.Row{
		row(http.MethodGet, "/account/data", access.ViewAccount, "What is held about you", h.own),
		row(http.MethodPost, "/account/data", access.ExportOwnData, "What is held about you", h.confirm),
		row(http.MethodGet, "/account/data/file", access.ExportOwnData, "What is held about you", h.ownFile),
		row(http.MethodGet, "/admin/people/{person}/data", access.ExportPersonData, "What is held about a person", h.about),
		row(http.MethodGet, "/admin/people/{person}/data/file", access.ExportPersonData, "What is held about a person", h.aboutFile),
	}
}

type data struct {
	retention *retention.Service
	people    *people.Service
}

// own asks who somebody is before it shows anything.
func (h data) own(r *route.Request) (route.Reply, error) {
	who, _ := r.Principal()
	if who.Confirmed && len(r.Problems()) == 0 {
		d, err := h.retention.Own(r.Context())
		if err != nil {
			return route.Reply{}, err //nolint:wrapcheck // retention has said what it was doing
		}
		return route.Show(page.Data{Disclosure: d, File: "/account/data/file"})
	}
	code, err := h.people.AsksCode(r.Context())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	return route.Show(page.AskData{Code: code, Problems: r.Problems()})
}

func (h data) confirm(r *route.Request) (route.Reply, error) {
	if _, err := Confirmed(r, h.people); err != nil {
		return r.Again(err, h.own)
	}
	return route.GoTo("/account/data")
}

// ownFile is the file of the page; whoever waited for longer than a confirmation counts is asked again there.
func (h data) ownFile(r *route.Request) (route.Reply, error) {
	if who, _ := r.Principal(); !who.Confirmed {
		return route.GoTo("/account/data")
	}
	d, err := h.retention.Own(r.Context())
	return file(d, err)
}

func (h data) about(r *route.Request) (route.Reply, error) {
	id := r.Path("person")
	d, err := h.retention.About(r.Context(), ident.Person(id))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // retention has said what it was doing
	}
	return route.Show(page.Data{Disclosure: d, Other: true, File: "/admin/people/" + id + "/data/file"})
}

func (h data) aboutFile(r *route.Request) (route.Reply, error) {
	d, err := h.retention.About(r.Context(), ident.Person(r.Path("person")))
	return file(d, err)
}

func file(d retention.Disclosure, err error) (route.Reply, error) {
	if err != nil {
		return route.Reply{}, err
	}
	return route.Download("data-of-a-person-"+d.MadeAt.Format("2006-01-02")+".json", "application/json", false, func(w io.Writer) error {
		to := json.NewEncoder(w)
		to.SetIndent("", "  ")
		return to.Encode(d) //nolint:wrapcheck // whoever sends it says so
	})
}
