package fundteam

import (
	"net/http"
	"net/url"
	"strconv"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/site/route"
	"adoptionfund/web/page/admin"
	page "adoptionfund/web/page/screen"
)

type othersDoor struct {
	others *otherfunding.Service
}

// Others are the rows of other funding: what was found for an application, and the lists that are searched.
func Others(others *otherfunding.Service) []route.Row {
	h := othersDoor{others}
	one, lists := "/screening/{ref}/other-funding", "/admin/other-funding"
	return []route.Row{
		{Method: http.MethodGet, Path: one, Action: access.ViewOtherFunding, Title: "Other funding of an application", Handle: h.show},
		{Method: http.MethodPost, Path: one, Action: access.SettleMatch, Title: "Settle other funding", Handle: h.settle},
		{Method: http.MethodGet, Path: lists, Action: access.ListImports, Title: "Other funding", Menu: "Other funding", Handle: h.lists},
		{Method: http.MethodPost, Path: lists + "/programmes", Action: access.ImportProgrammes, Title: "Import awards of national programmes", Handle: h.programmes, Body: largestList},
		{Method: http.MethodPost, Path: lists + "/grants", Action: access.ImportGrants, Title: "Import grants", Handle: h.grants, Body: largestList},
	}
}

// largestList is how large a list may be that is uploaded; larger ones are imported by the operator's command.
const largestList = 100 << 20

// looked is what of a case is looked at.
func looked(r *route.Request) otherfunding.Look {
	l := otherfunding.Look{Source: otherfunding.Source(r.Query("source")), Text: r.Query("text")}
	if !l.Source.Known() {
		l.Source = ""
	}
	l.Page, _ = strconv.Atoi(r.Query("page")) // what is no number is the first page
	return l
}

func (h othersDoor) show(r *route.Request) (route.Reply, error) {
	c, err := h.others.Open(r.Context(), ref(r), looked(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Others{Case: c, Problems: r.Problems(), Typed: r.Typed})
}

func (h othersDoor) settle(r *route.Request) (route.Reply, error) {
	look, key := looked(r), r.Field("match")
	err := h.others.Settle(r.Context(), ref(r), otherfunding.Conclude{
		Key: key, Conclusion: otherfunding.Conclusion(r.Field("conclusion-" + key)), Reason: r.Field("reason-" + key), Text: look.Text,
	})
	if err != nil {
		return r.Again(err, h.show)
	}
	r.Flash("Your conclusion is kept")
	q := url.Values{}
	if look.Source != "" {
		q.Set("source", string(look.Source))
	}
	if look.Page > 1 {
		q.Set("page", strconv.Itoa(look.Page))
	}
	return route.GoTo("/screening/" + url.PathEscape(string(ref(r))) + "/other-funding?" + q.Encode())
}

func (h othersDoor) lists(r *route.Request) (route.Reply, error) {
	list, err := h.others.Imports(r.Context())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // otherfunding has said what it was doing
	}
	shown := admin.Lists{Imports: list, Text: r.Query("text"), Problems: r.Problems(), Typed: r.Typed, MayProgrammes: r.May(access.ImportProgrammes), MayGrants: r.May(access.ImportGrants)}
	if shown.Text != "" {
		if shown.Found, err = h.others.Among(r.Context(), otherfunding.Typed(shown.Text)); err != nil {
			return route.Reply{}, err //nolint:wrapcheck // otherfunding has said what it was doing
		}
	}
	return route.Show(shown)
}

func (h othersDoor) programmes(r *route.Request) (route.Reply, error) {
	return h.upload(r, otherfunding.Programme, "programmes")
}

func (h othersDoor) grants(r *route.Request) (route.Reply, error) {
	return h.upload(r, otherfunding.Grant, "grants")
}

// upload imports a list that was sent, and says what is wrong with it at its field.
func (h othersDoor) upload(r *route.Request, source otherfunding.Source, field string) (route.Reply, error) {
	imported, again, err := h.imported(r, source, field)
	if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid && len(f.Fields) == 0 {
		err = fault.Fields(fault.Problems{field: f.Words})
	}
	if err != nil {
		return r.Again(err, h.lists)
	}
	if again {
		r.Notice("“" + imported.List + "” holds what is in this file already. Nothing changed")
	} else {
		r.Flash("“" + imported.List + "” is imported. All applications that are not decided are compared with it")
	}
	return route.GoTo("/admin/other-funding")
}

func (h othersDoor) imported(r *route.Request, source otherfunding.Source, field string) (otherfunding.Import, bool, error) {
	sent := r.Files(field)
	if len(sent) != 1 {
		return otherfunding.Import{}, false, fault.Fields(fault.Problems{field: "Select the file with the list"})
	}
	name := r.Field(field + "-name")
	if name == "" {
		name = sent[0].Name
	}
	file, err := sent[0].Seek()
	if err != nil {
		return otherfunding.Import{}, false, err
	}
	defer func() { _ = file.Close() }()
	got, again, err := h.others.Import(r.Context(), otherfunding.File{Source: source, List: name, Content: file})
	return got, again, named(err, field)
}

// named puts what is wrong with the name of a list at its field on the page.
func named(err error, field string) error {
	if f, ok := fault.Of(err); ok && f.Fields["list"] != "" {
		return fault.Fields(fault.Problems{field + "-name": f.Fields["list"]})
	}
	return err
}
