package panel

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/panel"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/panel"
)

// Meetings are the rows of panel meetings.
func Meetings(meetings *panel.Service) []route.Row {
	h := meeting{meetings}
	row := func(method, path string, act access.Action, title string, handle route.Handler) route.Row {
		return route.Row{Method: method, Path: "/panel/{call}/meeting" + path, Action: act, Title: title, Handle: handle}
	}
	return []route.Row{
		row(http.MethodGet, "", access.ViewMeeting, "Panel meetings", h.list),
		row(http.MethodGet, "/plan", access.PrepareMeeting, "Plan a meeting", h.planning),
		row(http.MethodPost, "/plan", access.PrepareMeeting, "Plan a meeting", h.plan),
		row(http.MethodGet, "/{meeting}", access.ViewMeeting, "A panel meeting", h.show),
		row(http.MethodPost, "/{meeting}", access.RecordMeeting, "A panel meeting", h.record),
		row(http.MethodGet, "/{meeting}/now", access.ViewMeeting, "Whether a meeting has moved on", h.now),
		row(http.MethodGet, "/{meeting}/prepare", access.PrepareMeeting, "Prepare a meeting", h.prepare),
		row(http.MethodPost, "/{meeting}/prepare", access.PrepareMeeting, "Prepare a meeting", h.change),
		row(http.MethodGet, "/{meeting}/minutes", access.ViewMeeting, "Minutes of a meeting", h.minutes),
		row(http.MethodPost, "/{meeting}/minutes", access.RecordMeeting, "Minutes of a meeting", h.edit),
		row(http.MethodPost, "/{meeting}/sign", access.SignMinutes, "Sign the minutes of a meeting", h.sign),
		row(http.MethodGet, "/{meeting}/minutes.pdf", access.ViewMeeting, "Minutes of a meeting as a PDF file", h.paper),
	}
}

type meeting struct{ meetings *panel.Service }

// at is the meeting that the path names.
func at(r *route.Request) panel.At { return panel.At{Call: call(r), ID: r.Path("meeting")} }

func (h meeting) list(r *route.Request) (route.Reply, error) {
	list, err := h.meetings.In(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Meetings{Pages: pages(r, "meeting"), List: list})
}

func (h meeting) planning(r *route.Request) (route.Reply, error) {
	list, err := h.meetings.In(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	if !list.Plans {
		return route.Reply{}, fault.New(fault.Forbidden, "Meetings are planned by the fund manager of the round")
	}
	return route.Show(page.Plan{Call: list, Problems: r.Problems(), Typed: r.Typed})
}

// typedMeeting reads the inputs of a meeting.
func typedMeeting(r *route.Request) panel.Planning {
	p := panel.Planning{Title: r.Field("title"), Clock: r.Field("clock"), Place: r.Field("place"), Notes: r.Form().Get("notes")}
	number := func(name string) int {
		n, err := strconv.Atoi(r.Field(name))
		if err != nil {
			return 0
		}
		return n
	}
	p.Day = fmt.Sprintf("%04d-%02d-%02d", number("day-year"), number("day-month"), number("day-day"))
	return p
}

func (h meeting) plan(r *route.Request) (route.Reply, error) {
	id, err := h.meetings.Plan(r.Context(), call(r), typedMeeting(r))
	if err != nil {
		return r.Again(err, h.planning)
	}
	r.Flash("The meeting is planned, and its members were told")
	return route.Go("/panel/%s/meeting/%s/prepare", call(r), id)
}

func (h meeting) show(r *route.Request) (route.Reply, error) {
	v, err := h.meetings.View(r.Context(), at(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Meeting{Room: v, Problems: r.Problems(), Typed: r.Typed, TypedAll: r.TypedAll})
}

func (h meeting) now(r *route.Request) (route.Reply, error) {
	version, err := h.meetings.Now(r.Context(), at(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.JSON(map[string]string{"stamp": strconv.Itoa(version)})
}

func (h meeting) prepare(r *route.Request) (route.Reply, error) {
	v, err := h.meetings.View(r.Context(), at(r))
	if err != nil {
		return route.Reply{}, err
	}
	if !v.Prepares {
		return route.Reply{}, fault.New(fault.Forbidden, "Meetings are prepared by the fund manager of the round")
	}
	return route.Show(page.Prepare{Room: v, Problems: r.Problems(), Typed: r.Typed})
}

func (h meeting) change(r *route.Request) (route.Reply, error) {
	var err error
	switch r.Button() {
	case "save":
		c := panel.Changing{Planning: typedMeeting(r), Kinds: map[ident.Person]string{}, Version: r.Version()}
		for name := range r.Form() {
			if id, is := strings.CutPrefix(name, "kind-"); is {
				c.Kinds[ident.Person(id)] = r.Field(name)
			}
		}
		err = h.meetings.Change(r.Context(), at(r), c)
		r.Flash("The meeting is saved")
	case "arrange", "together":
		err = h.meetings.Arrange(r.Context(), at(r), arranged(r))
		r.Flash("The agenda is in its new order")
	case "add":
		var refs []ident.Ref
		if refs, err = references(r.Form().Get("refs")); err == nil {
			err = h.meetings.AddItems(r.Context(), at(r), refs, r.Field("assessed") != "")
		}
		r.Flash("They are on the agenda")
	default:
		err = press()
	}
	if err != nil {
		return r.Again(err, h.prepare)
	}
	return route.Go("/panel/%s/meeting/%s/prepare", call(r), r.Path("meeting"))
}

// arranged reads the places of items and which are taken off.
func arranged(r *route.Request) panel.Arranging {
	a := panel.Arranging{Positions: map[ident.Ref]int{}, Together: r.Button() == "together"}
	for name := range r.Form() {
		if ref, is := strings.CutPrefix(name, "place-"); is {
			if n, err := strconv.Atoi(r.Field(name)); err == nil && n > 0 && n < 100_000 {
				a.Positions[ident.Ref(ref)] = n
			}
		}
	}
	for _, ref := range r.Form()["off"] {
		a.Off = append(a.Off, ident.Ref(ref))
	}
	return a
}

// references reads references as they are typed, one on a line or with commas.
func references(text string) ([]ident.Ref, error) {
	var refs []ident.Ref
	for _, word := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ';' || c == '\n' || c == ' ' || c == '\r' }) {
		ref, err := ident.ParseRef(strings.ToUpper(word))
		if err != nil {
			return nil, fault.Fields(fault.Problems{"refs": fmt.Sprintf("%q is not a reference such as AF26-0001", word)})
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

func (h meeting) record(r *route.Request) (route.Reply, error) {
	ctx, which := r.Context(), at(r)
	var err error
	switch r.Button() {
	case "start":
		err = h.meetings.Start(ctx, which)
		r.Flash("The meeting has begun")
	case "end":
		err = h.meetings.End(ctx, which)
		r.Flash("The meeting has ended. Its minutes are composed")
	case "arrives", "excuses":
		err = h.note(r, "comes", panel.Coming(r.Button()))
	case "leaves":
		err = h.note(r, "goes", panel.Leaves)
	case "declare":
		err = h.meetings.Declare(ctx, which, panel.Declaring{Person: ident.Person(r.Field("declares")), About: ident.Ref(r.Field("about")), Statement: r.Form().Get("statement")})
		r.Flash("The declaration is noted")
	case "take":
		err = h.meetings.Take(ctx, which, chosen(r))
		r.Flash(string(chosen(r)) + " is under discussion")
	case "decide":
		err = h.meetings.Decide(ctx, which, chosen(r), panel.Decision{Outcome: panel.Outcome(r.Field("outcome")), Note: r.Form().Get("note"), Version: r.Version()})
		r.Flash("The decision about " + string(chosen(r)) + " is recorded")
	default:
		err = press()
	}
	if err != nil {
		return r.Again(err, h.show)
	}
	return route.Go("/panel/%s/meeting/%s", call(r), r.Path("meeting"))
}

// note notes that people came, left or sent apologies.
func (h meeting) note(r *route.Request, field string, what panel.Coming) error {
	who := r.Form()[field]
	if len(who) == 0 {
		return fault.Fields(fault.Problems{"person": "Select who it is"})
	}
	for _, id := range who {
		if err := h.meetings.Note(r.Context(), at(r), panel.Noted{Person: ident.Person(id), What: what, Words: r.Field("words")}); err != nil {
			return err
		}
	}
	r.Flash("It is noted")
	return nil
}

func (h meeting) minutes(r *route.Request) (route.Reply, error) {
	m, err := h.meetings.Minutes(r.Context(), at(r))
	if err != nil {
		return route.Reply{}, err
	}
	section := r.Field("section")
	if section == "" {
		section = r.Query("section")
	}
	return route.Show(page.Minutes{Minutes: m, Chosen: section, Now: r.Arrival(), MayPrint: r.MayPrint(), Problems: r.Problems(), Typed: r.Typed})
}

func (h meeting) edit(r *route.Request) (route.Reply, error) {
	err := h.meetings.Edit(r.Context(), at(r), panel.Editing{Section: r.Field("section"), Text: r.Form().Get("text"), Version: r.Version()})
	if err != nil {
		return r.Again(err, h.minutes)
	}
	r.Flash("The section is saved")
	return route.Go("/panel/%s/meeting/%s/minutes", call(r), r.Path("meeting"))
}

func (h meeting) sign(r *route.Request) (route.Reply, error) {
	n, err := h.meetings.Sign(r.Context(), at(r))
	if err != nil {
		return route.Reply{}, err
	}
	r.Flash(fmt.Sprintf("You have signed %d sections of the minutes", n))
	return route.Go("/panel/%s/meeting/%s/minutes", call(r), r.Path("meeting"))
}

// paper gives the minutes as a PDF file.
func (h meeting) paper(r *route.Request) (route.Reply, error) {
	m, err := h.meetings.Minutes(r.Context(), at(r))
	if err != nil {
		return route.Reply{}, err
	}
	sheet := page.Minutes{Minutes: m, Now: r.Arrival(), Paper: true, Typed: r.Typed}
	return route.PDF("minutes.pdf", sheet.Footer(), sheet)
}
