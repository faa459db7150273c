package oversight

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/site/public"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/oversee"
)

type lettering struct {
	decisions *decision.Service
	letters   *letter.Service
}

// Letters are the rows of the release: the texts of letters, the letters that wait, their release, and who is told early.
func Letters(decisions *decision.Service, letters *letter.Service) []route.Row {
	h := lettering{decisions, letters}
	get := func(path string, act access.Action, title string, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodGet, Path: path, Action: act, Title: title, Handle: handle}
	}
	post := func(path string, act access.Action, title string, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodPost, Path: path, Action: act, Title: title, Handle: handle}
	}
	return []route.Row{
		get("/panel/{call}/release", access.ViewLetters, "Letters and release", h.release),
		post("/panel/{call}/release", access.ScheduleRelease, "Letters and release", h.schedule),
		get("/panel/{call}/release/{ref}", access.ViewLetters, "Letter to an applicant", h.letter),
		post("/panel/{call}/release/{ref}", access.ViewLetters, "Letter to an applicant", h.onLetter),
		get("/panel/{call}/release/{ref}/letter.pdf", access.ViewLetters, "Letter as a PDF file", h.paper),
		get("/panel/{call}/briefing", access.GrantBriefing, "Embargoed briefing list", h.briefings),
		post("/panel/{call}/briefing", access.GrantBriefing, "Embargoed briefing list", h.onBriefings),
		get("/briefing/{call}", access.ViewBriefing, "Outcomes before their release", h.briefing),
		get("/admin/rounds/{round}/letters", access.ViewLetters, "Texts of the letters", h.templates),
		get("/admin/rounds/{round}/letters/{letter}", access.ViewLetters, "Text of a letter", h.template),
		post("/admin/rounds/{round}/letters/{letter}", access.DraftLetters, "Text of a letter", h.onTemplate),
	}
}

func callOf(r *route.Request) ident.CallRef { return ident.CallRef(r.Path("call")) }

func refOf(r *route.Request) (ident.Ref, error) {
	ref, err := ident.ParseRef(r.Path("ref"))
	if err != nil {
		return "", fault.Wrap(fault.NotFound, err, "There is no such application")
	}
	return ref, nil
}

func (h lettering) release(r *route.Request) (route.Reply, error) {
	desk, err := h.decisions.Releases(r.Context(), callOf(r))
	if err != nil {
		return route.Reply{}, err
	}
	from, err := strconv.Atoi(r.Query("from"))
	if err != nil || from < 0 || from > 1_000_000 {
		from = 0
	}
	return route.Show(page.Release{ReleaseDesk: desk, From: from, At: r.Typed("release", ""), Problems: r.Problems()})
}

func (h lettering) schedule(r *route.Request) (route.Reply, error) {
	if err := h.decisions.Schedule(r.Context(), callOf(r), r.Field("release")); err != nil {
		return r.Again(err, h.release)
	}
	r.Flash("The time of the release is set")
	return route.Go("/panel/%s/release", callOf(r))
}

func (h lettering) letterOf(r *route.Request) (page.LetterPage, error) {
	ref, err := refOf(r)
	if err != nil {
		return page.LetterPage{}, err
	}
	shown, err := h.decisions.Letter(r.Context(), callOf(r), ref)
	return page.LetterPage{LetterPage: shown, MayPrint: r.MayPrint(), Problems: r.Problems(), Typed: r.Typed}, err //nolint:wrapcheck // decision has said what it was doing
}

func (h lettering) letter(r *route.Request) (route.Reply, error) {
	p, err := h.letterOf(r)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(p)
}

func (h lettering) paper(r *route.Request) (route.Reply, error) {
	p, err := h.letterOf(r)
	if err != nil {
		return route.Reply{}, err
	}
	sheet := p.Paper()
	return route.PDF(strings.ToLower(string(p.Application.Ref))+"-letter.pdf", sheet.Footer(), sheet)
}

func (h lettering) onLetter(r *route.Request) (route.Reply, error) {
	ref, err := refOf(r)
	if err != nil {
		return route.Reply{}, err
	}
	ctx, to := r.Context(), ref
	switch r.Button() {
	case "look":
		var next ident.Ref
		if next, err = h.decisions.LookAt(ctx, callOf(r), ref, r.Field("digest")); next != "" {
			to = next
		}
		r.Flash("The letter to " + string(ref) + " is marked as looked at")
	case "correct":
		err = h.letters.Correct(ctx, ref, letter.Corrected{Subject: r.Field("subject"), Body: r.Form().Get("body"), Reason: r.Field("reason"), Letter: r.Field("letter")})
		r.Flash("The correction is proposed. A second person approves it")
	case "approve":
		err = h.letters.Approve(ctx, ref, r.Field("correction"))
		r.Flash("The corrected letter is what the applicant reads now. They are told that it is ready")
	case "return":
		err = h.letters.Return(ctx, ref, r.Field("correction"), r.Field("note"))
		r.Flash("The correction is returned. The letter stays as it is")
	default:
		err = fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
	if err != nil {
		return r.Again(err, h.letter)
	}
	return route.Go("/panel/%s/release/%s", callOf(r), to)
}

func (h lettering) briefings(r *route.Request) (route.Reply, error) {
	list, err := h.decisions.Briefings(r.Context(), callOf(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.BriefingList{BriefingList: list, Typed: r.Typed, Problems: r.Problems()})
}

func (h lettering) onBriefings(r *route.Request) (route.Reply, error) {
	var err error
	switch r.Button() {
	case "give":
		err = h.decisions.GiveBriefing(r.Context(), callOf(r), decision.Invited{Email: r.Field("email"), Reason: r.Field("reason"), From: r.Field("from")})
		r.Flash("They are on the list, and told so")
	case "end":
		err = h.decisions.EndBriefing(r.Context(), callOf(r), r.Field("entry"))
		r.Flash("They are off the list")
	default:
		err = fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
	if err != nil {
		return r.Again(err, h.briefings)
	}
	return route.Go("/panel/%s/briefing", callOf(r))
}

func (h lettering) briefing(r *route.Request) (route.Reply, error) {
	outcomes, err := h.decisions.Brief(r.Context(), callOf(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Briefing{Outcomes: outcomes})
}

func (h lettering) templates(r *route.Request) (route.Reply, error) {
	set, err := h.letters.Templates(r.Context(), ident.RoundRef(r.Path("round")))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Templates{Set: set})
}

func (h lettering) template(r *route.Request) (route.Reply, error) {
	p, err := h.editing(r)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(p)
}

func (h lettering) editing(r *route.Request) (page.Template, error) {
	e, err := h.letters.Template(r.Context(), ident.RoundRef(r.Path("round")), letter.Kind(r.Path("letter")))
	return page.Template{Editing: e, Typed: r.Typed, Problems: r.Problems()}, err //nolint:wrapcheck // letter has said what it was doing
}

func (h lettering) onTemplate(r *route.Request) (route.Reply, error) {
	round, kind := ident.RoundRef(r.Path("round")), letter.Kind(r.Path("letter"))
	in := letter.Text{Subject: r.Field("subject"), Body: r.Form().Get("body"), Version: r.Version()}
	var err error
	switch r.Button() {
	case "preview":
		return h.preview(r, in)
	case "save":
		err = h.letters.SetTemplate(r.Context(), round, kind, in)
	default:
		err = fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
	if err != nil {
		return r.Again(err, h.template)
	}
	r.Flash("The text is saved")
	return route.Go("/admin/rounds/%s/letters/%s", round, kind)
}

// preview shows the page again, with a letter made from what was typed.
func (h lettering) preview(r *route.Request, in letter.Text) (route.Reply, error) {
	ref, err := ident.ParseRef(strings.ToUpper(r.Field("application")))
	if err != nil {
		err = fault.Fields(fault.Problems{"application": "Enter the reference of a submitted application of this round"})
		return r.Again(err, h.template)
	}
	draft, err := h.letters.Preview(r.Context(), ident.RoundRef(r.Path("round")), letter.Kind(r.Path("letter")), in, ref)
	if err != nil {
		return r.Again(err, h.template)
	}
	p, err := h.editing(r)
	if err != nil {
		return route.Reply{}, err
	}
	p.Preview, p.Typed = &draft, func(name, _ string) string { return r.Form().Get(name) }
	return route.Show(p)
}

// BriefingTasks are the embargoed lists that the one who is signed in may read, for the start page.
func BriefingTasks(decisions *decision.Service) func(context.Context) ([]public.Task, error) {
	return func(ctx context.Context) ([]public.Task, error) {
		calls, err := decisions.Briefed(ctx)
		if err != nil {
			return nil, err //nolint:wrapcheck // decision has said what it was doing
		}
		var tasks []public.Task
		for _, c := range calls {
			tasks = append(tasks, public.Task{Title: "Read the outcomes of " + string(c.Ref) + " before their release", About: page.Embargo(c.ReleaseAt), Href: "/briefing/" + string(c.Ref)})
		}
		return tasks, nil
	}
}
