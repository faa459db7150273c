package fundteam

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	page "adoptionfund/web/page/admin"
	"adoptionfund/web/page/public"
)

type extensionDoor struct {
	applications *application.Service
	funds        *fund.Service
}

// Extensions are the rows on which one applicant gets more time, and a call a later deadline for all.
func Extensions(applications *application.Service, funds *fund.Service) []route.Row {
	h := extensionDoor{applications, funds}
	post := func(path string, a access.Action, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodPost, Path: path, Title: path, Action: a, Handle: handle}
	}
	one, call := "/admin/extensions/{ref}", "/admin/calls/{call}/deadline"
	return []route.Row{
		{Method: http.MethodGet, Path: "/admin/extensions", Title: "Later deadlines", Menu: "Deadlines", Action: access.ListRounds, Handle: h.list},
		{Method: http.MethodGet, Path: one, Title: "More time for one applicant", Action: access.ViewRound, Handle: h.show},
		post(one, access.ProposeExtension, h.propose),
		post(one+"/confirm", access.ConfirmExtension, h.confirm),
		post(one+"/refuse", access.ConfirmExtension, h.refuse),
		{Method: http.MethodGet, Path: call, Title: "A later deadline for all", Action: access.ViewRound, Handle: h.showCall},
		post(call, access.ProposeCallExtension, h.proposeCall),
		post(call+"/confirm", access.ConfirmCallExtension, h.confirmCall),
		post(call+"/refuse", access.ConfirmCallExtension, h.refuseCall),
	}
}

func (h extensionDoor) list(r *route.Request) (route.Reply, error) {
	shown := page.Extensions{Ref: r.Query("ref")}
	if shown.Ref != "" {
		ref := ident.Ref(strings.ToUpper(strings.TrimSpace(shown.Ref)))
		_, err := h.applications.ExtendedOne(r.Context(), ref)
		switch {
		case err == nil:
			return route.Go("/admin/extensions/%s", ref)
		case !fault.Is(err, fault.NotFound):
			return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
		}
		shown.Problems = fault.Problems{"ref": "There is no application with this reference"}
	}
	var err error
	if shown.Calls, err = h.funds.LaterDeadlines(r.Context()); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // fund has said what it was doing
	}
	if shown.Applications, err = h.applications.Extended(r.Context()); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(shown)
}

// wanted is what was typed.
func wanted(r *route.Request) page.Wanted {
	return page.Wanted{
		Day: r.Typed("until", ""), Clock: r.Typed("until-time", ""), Reason: r.Typed("reason", ""), Note: r.Typed("note", ""), Problems: r.Problems(),
	}
}

// until reads the new deadline as it was typed.
func until(r *route.Request) (time.Time, error) {
	problems := fault.Problems{}
	day, ok := form.ReadDate(r.Field("until"))
	if !ok {
		problems["until"] = "Enter a day, such as 14 October 2026"
	}
	clock, ok := uktime.ReadClock(r.Field("until-time"))
	if !ok {
		problems["until-time"] = "Enter a time of day, such as 12:00 or 5pm"
	}
	at, ok := uktime.At(string(day), clock)
	if len(problems) == 0 && !ok {
		problems["until-time"] = "The clocks go forward over this time. Enter one before or after it"
	}
	return at, fault.Fields(problems)
}

func (h extensionDoor) show(r *route.Request) (route.Reply, error) {
	x, err := h.applications.ExtendedOne(r.Context(), ident.Ref(r.Path("ref")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.Extension{Extended: x, Wanted: wanted(r)})
}

func (h extensionDoor) propose(r *route.Request) (route.Reply, error) {
	ref := ident.Ref(r.Path("ref"))
	at, err := until(r)
	more := application.MoreTime{Until: at, Reason: r.Field("reason"), Note: r.Field("note")}
	if f, ok := fault.Of(err); ok { // a day that is none does not hide the rest
		maps.Copy(f.Fields, more.Problems())
	}
	if err == nil {
		err = h.applications.ProposeExtension(r.Context(), ref, more)
	}
	if err != nil {
		return r.Again(err, h.show)
	}
	r.Flash("The extension is proposed. It waits for a second person.")
	return route.Go("/admin/extensions/%s", ref)
}

func (h extensionDoor) confirm(r *route.Request) (route.Reply, error) {
	ref := ident.Ref(r.Path("ref"))
	if err := h.applications.ConfirmExtension(r.Context(), ref); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	r.Flash("The applicant has more time, and was told.")
	return route.Go("/admin/extensions/%s", ref)
}

func (h extensionDoor) refuse(r *route.Request) (route.Reply, error) {
	ref := ident.Ref(r.Path("ref"))
	if err := h.applications.RefuseExtension(r.Context(), ref); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	r.Flash("The extension is refused.")
	return route.Go("/admin/extensions/%s", ref)
}

func (h extensionDoor) showCall(r *route.Request) (route.Reply, error) {
	d, err := h.funds.LaterDeadline(r.Context(), ident.CallRef(r.Path("call")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // fund has said what it was doing
	}
	return route.Show(page.CallDeadline{LaterDeadline: d, Wanted: wanted(r)})
}

// open reports whether a call is open: then it is extended, else opened again.
func (h extensionDoor) open(r *route.Request) (bool, error) {
	d, err := h.funds.LaterDeadline(r.Context(), ident.CallRef(r.Path("call")))
	return d.Call.State == workflow.CallOpen, err //nolint:wrapcheck // fund has said what it was doing
}

func (h extensionDoor) proposeCall(r *route.Request) (route.Reply, error) {
	ref := ident.CallRef(r.Path("call"))
	open, err := h.open(r)
	if err != nil {
		return route.Reply{}, err
	}
	at, err := until(r)
	if err == nil {
		e := fund.Extension{Until: at, Reason: r.Field("reason")}
		if open {
			err = h.funds.ProposeExtension(r.Context(), ref, e)
		} else {
			err = h.funds.ProposeReopening(r.Context(), ref, e)
		}
	}
	if err != nil {
		return r.Again(err, h.showCall)
	}
	r.Flash("The later deadline is proposed. It waits for a second person.")
	return route.Go("/admin/calls/%s/deadline", ref)
}

func (h extensionDoor) confirmCall(r *route.Request) (route.Reply, error) {
	ref := ident.CallRef(r.Path("call"))
	open, err := h.open(r)
	if err != nil {
		return route.Reply{}, err
	}
	if open {
		err = h.applications.ExtendCall(r.Context(), ref)
	} else {
		err = h.applications.ReopenCall(r.Context(), ref)
	}
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	r.Flash("The later deadline holds. Everybody whom it concerns was told.")
	return route.Go("/admin/calls/%s/deadline", ref)
}

func (h extensionDoor) refuseCall(r *route.Request) (route.Reply, error) {
	ref := ident.CallRef(r.Path("call"))
	if err := h.funds.RefuseLater(r.Context(), ref); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // fund has said what it was doing
	}
	r.Flash("The later deadline is refused.")
	return route.Go("/admin/calls/%s/deadline", ref)
}

// ExtensionTasks are the later deadlines that wait for the one who is signed in to confirm them, for the start page.
func ExtensionTasks(applications *application.Service, funds *fund.Service) func(context.Context) ([]public.Task, error) {
	return func(ctx context.Context) ([]public.Task, error) {
		calls, err := funds.LaterDeadlines(ctx)
		if err != nil {
			return nil, err //nolint:wrapcheck // fund has said what it was doing
		}
		extended, err := applications.Extended(ctx)
		if err != nil {
			return nil, err //nolint:wrapcheck // application has said what it was doing
		}
		var tasks []public.Task
		for _, d := range calls {
			if d.MayConfirm {
				tasks = append(tasks, public.Task{Title: "Confirm a later deadline of " + string(d.Call.Ref), About: d.Call.Title, Href: "/admin/calls/" + string(d.Call.Ref) + "/deadline"})
			}
		}
		for _, x := range extended {
			if x.MayConfirm {
				tasks = append(tasks, public.Task{Title: "Confirm more time for " + string(x.Application.Ref), About: x.Application.LeadName, Href: "/admin/extensions/" + string(x.Application.Ref)})
			}
		}
		return tasks, nil
	}
}
