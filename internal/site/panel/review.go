package panel

import (
	"fmt"
	"net/http"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/site/route"
	"adoptionfund/web/nhs"
	page "adoptionfund/web/page/panel"
)

// Assessment is what the pages of an assessment come to.
type Assessment struct {
	Funds       *fund.Service
	Interests   *interest.Service
	Assignments *assignment.Service
	Reviews     *review.Service
}

// Rows are the rows of assignment, interests, progress and moderation.
func (h Assessment) Rows() []route.Row {
	row := func(method, path string, act access.Action, title string, handle route.Handler) route.Row {
		return route.Row{Method: method, Path: "/panel/{call}/" + path, Action: act, Title: title, Handle: handle}
	}
	return []route.Row{
		row(http.MethodGet, "assignment", access.ViewAssignment, "Assignment of reviewers", h.assignment),
		row(http.MethodPost, "assignment", access.ViewAssignment, "Assignment of reviewers", h.assign),
		row(http.MethodGet, "interests", access.ViewInterests, "Interests", h.interests),
		row(http.MethodPost, "interests", access.SettleInterest, "Interests", h.settle),
		row(http.MethodGet, "progress", access.ViewProgress, "Progress of the assessment", h.progress),
		row(http.MethodPost, "progress", access.CloseAssessment, "Progress of the assessment", h.step),
		row(http.MethodGet, "moderation", access.ViewModeration, "Moderation", h.moderation),
		row(http.MethodPost, "moderation", access.OpenModeration, "Moderation", h.moderate),
	}
}

func call(r *route.Request) ident.CallRef { return ident.CallRef(r.Path("call")) }

// pages are the other pages of the call that the one who looks may open.
func pages(r *route.Request, here string) []nhs.Link {
	var links []nhs.Link
	for _, p := range []struct {
		path, title string
		action      access.Action
	}{
		{"assignment", "Assignment of reviewers", access.ViewAssignment}, {"progress", "Progress of the assessment", access.ViewProgress},
		{"moderation", "Moderation", access.ViewModeration}, {"allocation", "Ranking and allocation", access.ViewAllocation},
	} {
		if p.path != here && r.May(p.action) {
			links = append(links, nhs.Link{Href: "/panel/" + string(call(r)) + "/" + p.path, Text: p.title})
		}
	}
	return links
}

// chosen is the application that the address or the form names.
func chosen(r *route.Request) ident.Ref {
	text := r.Field("application")
	if text == "" {
		text = r.Query("application")
	}
	ref, err := ident.ParseRef(text)
	if err != nil {
		return ""
	}
	return ref
}

func press() error { return fault.New(fault.Invalid, "Press one of the buttons on the page") }

func (h Assessment) assignment(r *route.Request) (route.Reply, error) {
	view, err := h.Assignments.View(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Assignment{Pages: pages(r, "assignment"), Desk: view, Chosen: chosen(r), Problems: r.Problems(), Typed: r.Typed}
	if view.May[access.ProposeAssignment] {
		lines, err := h.Interests.InCallList(r.Context(), call(r))
		if err != nil {
			return route.Reply{}, err
		}
		for _, l := range lines {
			if l.Open() {
				p.Doubts++
			}
		}
	}
	return route.Show(p)
}

func (h Assessment) assign(r *route.Request) (route.Reply, error) {
	var err error
	kind, out, _ := strings.Cut(r.Field("out"), ":")
	switch r.Button() {
	case "propose":
		err = h.Assignments.Propose(r.Context(), call(r))
		r.Flash("An assignment is proposed")
	case "approve":
		var done assignment.Started
		done, err = h.Assignments.Approve(r.Context(), call(r), r.Version())
		r.Flash(started(done))
	case "edit":
		err = h.Assignments.Edit(r.Context(), call(r), assignment.Edit{
			Ref: chosen(r), Kind: kind, Out: ident.Person(out), In: ident.Person(r.Field("in")), Reason: r.Field("reason"), Version: r.Version(),
		})
		r.Flash("The proposal is changed")
	case "replace":
		if kind == "" {
			err = fault.Fields(fault.Problems{"out": "Select a place"})
			break
		}
		err = h.Assignments.Replace(r.Context(), chosen(r), assignment.Replacement{Kind: kind, Out: ident.Person(out), In: ident.Person(r.Field("in")), Reason: r.Field("reason")})
		r.Flash("The reviewer is assigned and was told")
	default:
		err = press()
	}
	if err != nil {
		return r.Again(err, h.assignment)
	}
	return route.Go("/panel/%s/assignment", call(r))
}

func started(done assignment.Started) string {
	words := fmt.Sprintf("The assessment of %d applications has started, and their reviewers were told.", done.Applications)
	if done.Waiting > 0 {
		words += fmt.Sprintf(" %d still wait: they are not fully assigned, or are for the deputy.", done.Waiting)
	}
	return words
}

func (h Assessment) interests(r *route.Request) (route.Reply, error) {
	lines, err := h.Interests.InCallList(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	c, _, _, err := h.Funds.Show(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	id := r.Field("interest")
	if id == "" {
		id = r.Query("interest")
	}
	return route.Show(page.Interests{Call: &c, Lines: lines, Chosen: id, Problems: r.Problems(), Typed: r.Typed})
}

func (h Assessment) settle(r *route.Request) (route.Reply, error) {
	id, err := ident.Parse[string](r.Field("interest"))
	if err != nil {
		return route.Reply{}, fault.Wrap(fault.NotFound, err, "There is no such declaration")
	}
	if r.Field("settled") == "withdraw" {
		err = h.Interests.Withdraw(r.Context(), id, r.Field("note"))
	} else {
		err = h.Interests.Settle(r.Context(), id, interest.Severity(r.Field("settled")), r.Field("note"))
	}
	if err != nil {
		return r.Again(err, h.interests)
	}
	r.Flash("The decision is recorded")
	return route.Go("/panel/%s/interests", call(r))
}

func (h Assessment) progress(r *route.Request) (route.Reply, error) {
	p, err := h.Reviews.Progress(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Progress{Pages: pages(r, "progress"), Progress: p, Chosen: chosen(r), Problems: r.Problems(), Typed: r.Typed})
}

func (h Assessment) step(r *route.Request) (route.Reply, error) {
	if r.Button() == "close_ready" {
		done, err := h.Reviews.CloseReady(r.Context(), call(r))
		if err != nil {
			return route.Reply{}, err
		}
		r.Flash(fmt.Sprintf("The assessment of %d applications is closed. %d need moderation, %d are not complete or not yours to close.", done.Closed, done.Apart, done.Waiting))
		return route.Go("/panel/%s/progress", call(r))
	}
	if err := h.move(r); err != nil {
		return r.Again(err, h.progress)
	}
	r.Flash("The decision about " + string(chosen(r)) + " is recorded")
	return route.Go("/panel/%s/progress", call(r))
}

// move makes the step that the chair chose.
func (h Assessment) move(r *route.Request) error {
	ctx, ref, reason := r.Context(), chosen(r), r.Field("reason")
	step := r.Field("step")
	needs := step == "close_short" || step == "choose_moderation" || step == "request_reviews"
	if needs && reason == "" {
		return fault.Fields(fault.Problems{"reason": "Give the reason, as the minutes will show it"})
	}
	switch step {
	case "close":
		return h.Reviews.CloseAssessment(ctx, ref)
	case "close_short":
		return h.Reviews.CloseShort(ctx, ref, reason)
	case "moderate":
		return h.Reviews.OpenModeration(ctx, ref)
	case "choose_moderation":
		return h.Reviews.ChooseModeration(ctx, ref, reason)
	case "request_reviews":
		return h.Reviews.RequestReviews(ctx, ref, reason)
	case "take_to_panel":
		return h.Reviews.TakeToPanel(ctx, ref)
	default:
		return fault.Fields(fault.Problems{"step": "Select what is to happen"})
	}
}

func (h Assessment) moderation(r *route.Request) (route.Reply, error) {
	m, err := h.Reviews.Moderation(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Moderation{Pages: pages(r, "moderation"), Moderation: m, Chosen: chosen(r), Problems: r.Problems(), Typed: r.Typed})
}

func (h Assessment) moderate(r *route.Request) (route.Reply, error) {
	var err error
	switch r.Button() {
	case "open":
		err = h.Reviews.OpenModeration(r.Context(), chosen(r))
		r.Flash("Moderation is open, and the reviewers were told")
	case "consensus":
		err = h.Reviews.RecordConsensus(r.Context(), chosen(r), marks(r))
		r.Flash("The consensus is recorded")
	default:
		err = press()
	}
	if err != nil {
		return r.Again(err, h.moderation)
	}
	return route.Go("/panel/%s/moderation", call(r))
}

// marks reads the inputs that are named by a part.
func marks(r *route.Request) review.Marks {
	all := review.Marks{}
	for name := range r.Form() {
		if code := strings.TrimSuffix(name, "-reason"); rubric.IsCode(code) {
			all[rubric.Code(code)] = review.Given{Mark: r.Field(code), Reason: r.Form().Get(code + "-reason")}
		}
	}
	return all
}
