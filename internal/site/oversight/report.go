package oversight

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/report"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/work"
	page "adoptionfund/web/page/oversee"
)

// reportRows are the pages of reports, their files, and the register of awards.
func (h handlers) reportRows() []route.Row {
	get := func(path string, act access.Action, title string, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodGet, Path: path, Action: act, Title: title, Handle: handle, Public: act == access.ViewPublic}
	}
	list := get("/reports", access.ViewReports, "Reports", h.reports)
	list.Menu = "Reports"
	return []route.Row{
		list,
		get("/reports/{round}", access.ViewReports, "Reports of a round", h.reportIndex),
		get("/reports/{round}/{report}", access.ViewReports, "A report", h.report),
		{Method: http.MethodPost, Path: "/reports/{round}/{report}", Action: access.ViewReports, Title: "A report", Handle: h.onReport},
		get("/exports/{round}/{export}", access.ViewReports, "Export", h.export),
		get("/register", access.ViewPublic, "Register of awards", h.register),
		get("/register.json", access.ViewPublic, "Register of awards, as 360Giving JSON", h.registerFile("json", "application/json")),
		get("/register.csv", access.ViewPublic, "Register of awards, as 360Giving CSV", h.registerFile("csv", "text/csv")),
	}
}

func (h handlers) reportIndex(r *route.Request) (route.Reply, error) {
	x, err := h.Reports.Index(r.Context(), ident.RoundRef(r.Path("round")))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.ReportIndex{Index: x})
}

// askedFor reads what report an address asks for, with which filter and columns.
func askedFor(round, kind string, q url.Values) report.Asked {
	a := report.Asked{Round: ident.RoundRef(round), Kind: kind, Filter: map[string]string{}}
	rep, ok := report.Find(kind)
	if !ok {
		return a
	}
	for _, f := range rep.Filters {
		if value := strings.TrimSpace(q.Get(f.Name)); value != "" {
			a.Filter[f.Name] = value
		}
	}
	for _, name := range q["column"] {
		if rep.Column(name) >= 0 && !slices.Contains(a.Columns, name) {
			a.Columns = append(a.Columns, name)
		}
	}
	return a
}

// keptColumns is the name under which the columns that somebody likes are kept, among their views of lists.
const keptColumns = "Columns"

func keptUnder(kind string) string { return "/reports/" + kind }

// kept gives the columns that the reader keeps for a report, and the view that holds them.
func (h handlers) kept(ctx context.Context, kind string) (people.View, []string, error) {
	views, err := h.People.Views(ctx, keptUnder(kind))
	if err != nil {
		return people.View{}, nil, err
	}
	for _, v := range views {
		if v.Name == keptColumns {
			q, err := url.ParseQuery(v.Query)
			if err != nil {
				return v, nil, nil //nolint:nilerr // what cannot be read is no choice
			}
			return v, q["column"], nil
		}
	}
	return people.View{}, nil, nil
}

func (h handlers) report(r *route.Request) (route.Reply, error) {
	kind := r.Path("report")
	a := askedFor(r.Path("round"), kind, r.Queries())
	if again, ok := r.Typing(); ok {
		if q, err := url.ParseQuery(again.Get("query")); err == nil {
			a = askedFor(r.Path("round"), kind, q)
		}
	}
	view, columns, err := h.kept(r.Context(), kind)
	if err != nil {
		return route.Reply{}, err
	}
	if len(a.Columns) == 0 {
		a.Columns = columns
	}
	a.After = r.Query("after")
	shown, err := h.Reports.Page(r.Context(), a)
	if err != nil {
		return route.Reply{}, err
	}
	a.Filter = shown.Filter
	return route.Show(page.Report{Report: shown, Asked: a.Query(), Kept: view.ID != "", Schedule: r.May(access.ScheduleReport), Problems: r.Problems(), Typed: r.Typed})
}

// onReport keeps how the reader likes a report, or has them sent a link to it.
func (h handlers) onReport(r *route.Request) (route.Reply, error) {
	kind := r.Path("report")
	query, err := url.ParseQuery(r.Field("query"))
	if err != nil {
		return route.Reply{}, fault.Wrap(fault.Invalid, err, "This cannot be kept")
	}
	a := askedFor(r.Path("round"), kind, query)
	back := "/reports/" + url.PathEscape(r.Path("round")) + "/" + url.PathEscape(kind)
	switch r.Button() {
	case "keep":
		err = h.keep(r.Context(), a)
		r.Flash("The columns are kept for you")
	case "forget":
		var view people.View
		if view, _, err = h.kept(r.Context(), kind); err == nil && view.ID != "" {
			err = h.People.DropView(r.Context(), view.ID)
		}
		a.Columns = nil
		r.Flash("The report shows its usual columns")
	case "schedule":
		err = h.Reports.Schedule(r.Context(), a, r.Field("format"), report.Every(r.Field("every")))
		r.Flash("You will be sent the link")
	case "stop":
		err = h.Reports.Unschedule(r.Context(), r.Field("schedule"))
		r.Flash("You are no longer sent the link")
	default:
		err = fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
	if err != nil {
		return r.Again(err, h.report)
	}
	if q := a.Query().Encode(); q != "" {
		back += "?" + q
	}
	return route.GoTo(back)
}

// keep keeps the columns of a report that there is, for somebody who may see it.
func (h handlers) keep(ctx context.Context, a report.Asked) error {
	if _, err := h.Reports.Page(ctx, report.Asked{Round: a.Round, Kind: a.Kind}); err != nil {
		return err
	}
	if len(a.Columns) == 0 {
		return fault.New(fault.Invalid, "Choose columns first, and look at them")
	}
	return h.People.KeepView(ctx, keptUnder(a.Kind), keptColumns, url.Values{"column": a.Columns})
}

// export serves /exports/{round}/{kind}.{format}.
func (h handlers) export(r *route.Request) (route.Reply, error) {
	kind, format, _ := strings.Cut(r.Path("export"), ".")
	if _, ok := report.Find(kind); !ok {
		return route.Reply{}, work.NotFound("export")
	}
	ctx := r.Context()
	file, err := h.Reports.Export(ctx, askedFor(r.Path("round"), kind, r.Queries()), format)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Download(file.Name, file.MediaType, false, func(w io.Writer) error { return file.Write(ctx, w) })
}

// registerFilters are the parts of an address that narrow the register.
func registerFilters() []string {
	return []string{"search", "round", "theme", "region", "organisation"}
}

// registerAsked is the part of the register that is asked for.
func registerAsked(r *route.Request) (report.RegisterQuery, url.Values) {
	asked := url.Values{}
	for _, name := range registerFilters() {
		if v := r.Query(name); v != "" && len(v) <= 200 {
			asked.Set(name, v)
		}
	}
	return report.RegisterQuery{
		Round: ident.RoundRef(asked.Get("round")), Theme: asked.Get("theme"), Region: asked.Get("region"), Organisation: ident.ODS(asked.Get("organisation")),
		Search: asked.Get("search"), After: r.Query("after"),
	}, asked
}

func (h handlers) register(r *route.Request) (route.Reply, error) {
	q, asked := registerAsked(r)
	p, err := h.Reports.Register(r.Context(), q)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Register{Register: p, Asked: asked})
}

// registerAge is for how long anybody's cache may give out the register without asking again.
const registerAge = 5 * time.Minute

// registerFile gives the register as open data. Who has it already and asks whether it changed is told so.
func (h handlers) registerFile(format, kind string) route.Handler {
	return func(r *route.Request) (route.Reply, error) {
		q, _ := registerAsked(r)
		q.After = ""
		stamp, err := h.Reports.RegisterStamp(r.Context(), q)
		if err != nil {
			return route.Reply{}, err
		}
		return r.Cached(route.Cache{Tag: format + stamp.Tag, Modified: stamp.Modified, Age: registerAge}, func() (route.Reply, error) {
			ctx := r.Context()
			return route.Download("register-of-awards."+format, kind, false, func(w io.Writer) error { return h.Reports.WriteRegister(ctx, q, format, w) })
		})
	}
}
