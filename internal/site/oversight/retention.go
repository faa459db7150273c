package oversight

import (
	"context"
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/people"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/site/account"
	"adoptionfund/internal/site/public"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/oversee"
)

type keeping struct {
	retention *retention.Service
	people    *people.Service
}

// Retention are the pages of periods, legal holds and removal.
func Retention(s *retention.Service, p *people.Service) []route.Row {
	h := keeping{s, p}
	row := func(method, path string, act access.Action, title string, handle route.Handler) route.Row {
		return route.Row{Method: method, Path: path, Action: act, Title: title, Handle: handle}
	}
	overview := row(http.MethodGet, "/admin/retention", access.ViewRetention, "Retention", h.overview)
	overview.Menu = "Retention"
	return []route.Row{
		overview,
		row(http.MethodPost, "/admin/retention/lists", access.ProposeRemoval, "A list of what to remove", h.propose),
		row(http.MethodGet, "/admin/retention/lists/{list}", access.ViewRetention, "List of what to remove", h.list),
		row(http.MethodPost, "/admin/retention/lists/{list}", access.ApproveRemoval, "List of what to remove", h.settle),
		row(http.MethodPost, "/admin/retention/holds", access.HoldData, "A legal hold", h.place),
		row(http.MethodGet, "/admin/retention/holds/{hold}", access.ViewRetention, "Legal hold", h.hold),
		row(http.MethodPost, "/admin/retention/holds/{hold}", access.HoldData, "Legal hold", h.lift),
	}
}

func (h keeping) overview(r *route.Request) (route.Reply, error) {
	o, err := h.retention.Overview(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Retention{
		Overview: o, Problems: r.Problems(),
		Typed: retention.Placing{Kind: retention.HeldKind(r.Typed("kind", "")), Subject: r.Typed("subject", ""), Reason: r.Typed("reason", "")},
	})
}

func (h keeping) propose(r *route.Request) (route.Reply, error) {
	l, err := h.retention.Make(r.Context())
	if err != nil {
		return r.Again(err, h.overview)
	}
	r.Flash("The list is made. A senior officer decides on it")
	return route.Go("/admin/retention/lists/%s", l.ID)
}

func (h keeping) list(r *route.Request) (route.Reply, error) {
	sheet, err := h.retention.Show(r.Context(), r.Path("list"))
	if err != nil {
		return route.Reply{}, err
	}
	p := page.RemovalList{Sheet: sheet, Reason: r.Typed("reason", ""), Problems: r.Problems()}
	who, _ := r.Principal()
	p.Confirmed = who.Confirmed
	if sheet.MaySettle {
		if p.AsksCode, err = h.people.AsksCode(r.Context()); err != nil {
			return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
		}
	}
	return route.Show(p)
}

func (h keeping) settle(r *route.Request) (route.Reply, error) {
	id := r.Path("list")
	if err := h.decide(r, id); err != nil {
		return r.Again(err, h.list)
	}
	return route.Go("/admin/retention/lists/%s", id)
}

func (h keeping) decide(r *route.Request, id string) error {
	button := r.Button()
	if button != "approve" && button != "refuse" {
		if _, err := h.retention.Show(r.Context(), id); err != nil { // there is no such list
			return err
		}
		return fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
	ctx, err := account.Confirmed(r, h.people)
	if err != nil {
		return err
	}
	if button == "refuse" {
		r.Flash("The list is refused. Nothing is removed")
		return h.retention.Refuse(ctx, id, r.Field("reason"))
	}
	r.Flash("The list is approved. What it names is removed now, one by one")
	return h.retention.Approve(ctx, id)
}

func (h keeping) place(r *route.Request) (route.Reply, error) {
	err := h.retention.Place(r.Context(), retention.Placing{Kind: retention.HeldKind(r.Field("kind")), Subject: r.Field("subject"), Reason: r.Field("reason")})
	if err != nil {
		return r.Again(err, h.overview)
	}
	r.Flash("The legal hold stands. What it is on is not removed")
	return route.GoTo("/admin/retention")
}

func (h keeping) hold(r *route.Request) (route.Reply, error) {
	hold, err := h.retention.Hold(r.Context(), r.Path("hold"))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.LegalHold{Placed: hold, MayLift: r.May(access.HoldData), Reason: r.Typed("reason", ""), Problems: r.Problems()})
}

func (h keeping) lift(r *route.Request) (route.Reply, error) {
	if err := h.retention.Lift(r.Context(), r.Path("hold"), r.Field("reason")); err != nil {
		return r.Again(err, h.hold)
	}
	r.Flash("The legal hold is lifted")
	return route.GoTo("/admin/retention")
}

// RetentionTasks is the list of removal that waits for the one who is signed in, for the start page.
func RetentionTasks(s *retention.Service) func(context.Context) ([]public.Task, error) {
	return func(ctx context.Context) ([]public.Task, error) {
		l, err := s.Waiting(ctx)
		if err != nil || l == nil {
			return nil, err
		}
		return []public.Task{{Title: "Decide on a list of data to remove", About: "What is past its period", Href: "/admin/retention/lists/" + l.ID}}, nil
	}
}
