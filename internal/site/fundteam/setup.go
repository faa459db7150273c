package fundteam

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/setup"
	"adoptionfund/internal/site/public"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/admin"
)

type setupDoor struct {
	setup   *setup.Service
	funds   *fund.Service
	library *fund.Library
}

// Setup are the rows on which rounds and calls are made, changed, checked, looked at as applicants will see them, and approved.
func Setup(s *setup.Service, funds *fund.Service, library *fund.Library) []route.Row {
	h := setupDoor{s, funds, library}
	get := func(path, title string, a access.Action, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodGet, Path: path, Title: title, Action: a, Handle: handle}
	}
	post := func(path string, a access.Action, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodPost, Path: path, Title: path, Action: a, Handle: handle}
	}
	round, call, opening := "/admin/rounds/{round}", "/admin/calls/{call}", "/approvals/openings/{call}"
	return []route.Row{
		get("/admin/rounds", "Rounds and calls", access.ListRounds, h.rounds),
		post("/admin/rounds", access.CreateRound, h.createRound),
		get("/admin/rounds/new", "A new round", access.CreateRound, h.newRound),
		get(round, "A round", access.ViewRound, h.round),
		get(round+"/settings", "Settings of a round", access.ViewRound, h.roundSettings),
		post(round+"/settings", access.EditRound, h.editRound),
		get(round+"/file", "A round as a file", access.ViewRound, h.file),
		get(round+"/copy", "Copy a round", access.CreateRound, h.copying),
		post(round+"/copy", access.CreateRound, h.copy),
		get(round+"/calls", "A new call", access.CreateCall, h.newCall),
		post(round+"/calls", access.CreateCall, h.createCall),
		get(call+"/setup", "Set-up of a call", access.ViewCall, h.call),
		post(call+"/setup", access.RequestOpening, h.request),
		get(call+"/setup/{settings}", "Settings of a call", access.ViewCall, h.section),
		post(call+"/setup/{settings}", access.EditCall, h.edit),
		get(call+"/check", "Check of a call", access.ViewCall, h.check),
		get(call+"/preview", "A call as applicants will see it", access.ViewCall, h.preview),
		get(call+"/preview/{section}", "A section of the form as applicants will see it", access.ViewCall, h.previewSection),
		get(opening, "Opening of a call", access.ViewCall, h.opening),
		post(opening+"/approve", access.ApproveOpening, h.approve),
		post(opening+"/return", access.ReturnOpening, h.sendBack),
	}
}

func roundOf(r *route.Request) ident.RoundRef { return ident.RoundRef(r.Path("round")) }

func callOf(r *route.Request) ident.CallRef { return ident.CallRef(r.Path("call")) }

func (h setupDoor) rounds(r *route.Request) (route.Reply, error) {
	rounds, may, err := h.setup.Rounds(r.Context())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // setup has said what it was doing
	}
	return route.Show(page.Rounds{Rounds: rounds, MayCreate: may})
}

func (h setupDoor) newRound(r *route.Request) (route.Reply, error) {
	shown := page.RoundSettings{RoundPage: setup.RoundPage{Form: h.setup.Blank(false)}, New: true, Problems: r.Problems()}
	if typed, again := r.Typing(); again {
		shown.Answers = h.setup.TypedRound(typed)
	}
	return route.Show(shown)
}

func (h setupDoor) createRound(r *route.Request) (route.Reply, error) {
	ref, err := h.setup.CreateRound(r.Context(), r.Form())
	if err != nil {
		return r.Again(err, h.newRound)
	}
	r.Flash("The round is made. Add its calls.")
	return route.Go("/admin/rounds/%s", ref)
}

func (h setupDoor) round(r *route.Request) (route.Reply, error) {
	p, err := h.setup.Round(r.Context(), roundOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // setup has said what it was doing
	}
	return route.Show(page.Round{RoundPage: p})
}

func (h setupDoor) roundSettings(r *route.Request) (route.Reply, error) {
	p, err := h.setup.Round(r.Context(), roundOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // setup has said what it was doing
	}
	if typed, again := r.Typing(); again {
		p.Answers = h.setup.TypedRound(typed)
	}
	return route.Show(page.RoundSettings{RoundPage: p, Problems: r.Problems()})
}

func (h setupDoor) editRound(r *route.Request) (route.Reply, error) {
	if err := h.setup.EditRound(r.Context(), roundOf(r), setup.Typed{Values: r.Form(), Version: r.Version()}); err != nil {
		return r.Again(err, h.roundSettings)
	}
	r.Flash("The round is changed.")
	return route.Go("/admin/rounds/%s", roundOf(r))
}

func (h setupDoor) file(r *route.Request) (route.Reply, error) {
	text, err := h.setup.File(r.Context(), roundOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // setup has said what it was doing
	}
	return route.Download(strings.ToLower(string(roundOf(r)))+".yaml", "application/yaml", false, func(w io.Writer) error {
		_, err := bytes.NewReader(text).WriteTo(w)
		return err //nolint:wrapcheck // of the connection
	})
}

func (h setupDoor) copying(r *route.Request) (route.Reply, error) {
	c, err := h.setup.Copying(r.Context(), roundOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // setup has said what it was doing
	}
	_, again := r.Typing()
	return route.Show(page.Copying{Copying: c, Typed: r.Typed, Again: again, All: r.TypedAll, Problems: r.Problems()})
}

func (h setupDoor) copy(r *route.Request) (route.Reply, error) {
	in := setup.Copy{
		Ref: strings.ToUpper(r.Field("ref")), Title: r.Field("title"), Days: r.Field("days"), Calls: r.Form()["calls"], Letters: r.Field("letters") != "",
		Roles: r.Form()["roles"], Reviewers: r.Form()["reviewers"], Day: func(call ident.CallRef, date string) string { return r.Field(setup.DateInput(call, date)) },
	}
	if err := h.setup.Copy(r.Context(), roundOf(r), in); err != nil {
		return r.Again(err, h.copying)
	}
	r.Flash("The round is copied. Look at each call before you ask for the approval of its opening.")
	return route.Go("/admin/rounds/%s", in.Ref)
}

func (h setupDoor) newCall(r *route.Request) (route.Reply, error) {
	p, err := h.setup.Round(r.Context(), roundOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // setup has said what it was doing
	}
	shown := page.NewCall{Round: p.Round, Form: h.setup.Blank(true), Sections: h.setup.BlankCall(), Problems: r.Problems()}
	if typed, again := r.Typing(); again {
		shown.Answers = h.setup.TypedCall(typed)
	}
	return route.Show(shown)
}

func (h setupDoor) createCall(r *route.Request) (route.Reply, error) {
	ref, err := h.setup.CreateCall(r.Context(), roundOf(r), r.Form())
	if err != nil {
		return r.Again(err, h.newCall)
	}
	r.Flash("The call is made. Set what it needs, section by section.")
	return route.Go("/admin/calls/%s/setup", ref)
}

func (h setupDoor) callPage(r *route.Request) (setup.CallPage, error) {
	return h.setup.Call(r.Context(), callOf(r)) //nolint:wrapcheck // setup has said what it was doing
}

func (h setupDoor) call(r *route.Request) (route.Reply, error) {
	p, err := h.callPage(r)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.CallSetup{CallPage: p})
}

func (h setupDoor) request(r *route.Request) (route.Reply, error) {
	if err := h.setup.Request(r.Context(), callOf(r)); err != nil {
		return r.Again(err, h.check)
	}
	r.Flash("The approval of the opening is asked for. The senior officer was told.")
	return route.Go("/admin/calls/%s/setup", callOf(r))
}

func (h setupDoor) section(r *route.Request) (route.Reply, error) {
	p, err := h.callPage(r)
	if err != nil {
		return route.Reply{}, err
	}
	section, ok := p.Form.Section(r.Path("settings"))
	if !ok {
		return route.Reply{}, fault.New(fault.NotFound, "There is no such section")
	}
	shown := page.CallSection{CallPage: p, Section: section, Problems: r.Problems()}
	if typed, again := r.Typing(); again {
		shown.Stored, shown.Answers = shown.Answers, h.setup.TypedSection(p, section.Path(), typed)
	}
	return route.Show(shown)
}

func (h setupDoor) edit(r *route.Request) (route.Reply, error) {
	ref, code := callOf(r), r.Path("settings")
	if err := h.setup.EditCall(r.Context(), ref, code, setup.Typed{Values: r.Form(), Version: r.Version()}); err != nil {
		return r.Again(err, h.section)
	}
	r.Flash("What you set is saved.")
	switch next := page.NextSection(h.setup.Blank(true), code); {
	case r.Button() == "add" || r.Button() == "save":
		return route.Go("/admin/calls/%s/setup/%s", ref, code)
	case next != "":
		return route.Go("/admin/calls/%s/setup/%s", ref, next)
	default:
		return route.Go("/admin/calls/%s/setup", ref)
	}
}

func (h setupDoor) check(r *route.Request) (route.Reply, error) {
	p, err := h.callPage(r)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.CallCheck{CallPage: p})
}

func (h setupDoor) previewOf(r *route.Request) (page.Preview, error) {
	c, round, _, err := h.funds.Show(r.Context(), callOf(r))
	if err != nil {
		return page.Preview{}, err //nolint:wrapcheck // fund has said what it was doing
	}
	f, err := h.library.Form(c.Settings.Forms.Application)
	return page.Preview{Call: c, Round: round, Form: f}, err //nolint:wrapcheck // the library has said what it was doing
}

func (h setupDoor) preview(r *route.Request) (route.Reply, error) {
	p, err := h.previewOf(r)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(p)
}

func (h setupDoor) previewSection(r *route.Request) (route.Reply, error) {
	p, err := h.previewOf(r)
	if err != nil {
		return route.Reply{}, err
	}
	section, ok := p.Form.Section(r.Path("section"))
	if !ok {
		return route.Reply{}, fault.New(fault.NotFound, "There is no such section")
	}
	return route.Show(page.PreviewSection{Preview: p, Section: section})
}

func (h setupDoor) opening(r *route.Request) (route.Reply, error) {
	p, err := h.callPage(r)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Opening{CallPage: p, Reason: r.Typed("reason", ""), Problems: r.Problems()})
}

func (h setupDoor) approve(r *route.Request) (route.Reply, error) {
	if err := h.funds.ApproveOpening(r.Context(), callOf(r)); err != nil {
		return r.Again(err, h.opening)
	}
	r.Flash("The opening is approved. The call opens at its time.")
	return route.Go("/approvals/openings/%s", callOf(r))
}

func (h setupDoor) sendBack(r *route.Request) (route.Reply, error) {
	if err := h.funds.ReturnOpening(r.Context(), callOf(r), r.Field("reason")); err != nil {
		return r.Again(err, h.opening)
	}
	r.Flash("The call is returned to the fund manager.")
	return route.Go("/approvals/openings/%s", callOf(r))
}

// SetupTasks are the calls whose set-up is to be finished by the one who is signed in, for the start page.
func SetupTasks(s *setup.Service) func(context.Context) ([]public.Task, error) {
	return func(ctx context.Context) ([]public.Task, error) {
		calls, err := s.Unfinished(ctx)
		if err != nil {
			return nil, err //nolint:wrapcheck // setup has said what it was doing
		}
		var tasks []public.Task
		for _, c := range calls {
			title := "Finish the set-up of " + string(c.Ref) + " and ask for the approval of its opening"
			if c.ReturnedAt != nil {
				title = "The opening of " + string(c.Ref) + " was returned: change it and ask again"
			}
			tasks = append(tasks, public.Task{Title: title, About: c.Title, Href: "/admin/calls/" + string(c.Ref) + "/setup", Due: c.OpensAt})
		}
		return tasks, nil
	}
}
