package panel

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/workflow"
	page "adoptionfund/web/page/panel"
)

// narrowed are the parts of the address that narrow and sort the desk.
func narrowed(r *route.Request) url.Values {
	q := url.Values{}
	for _, name := range []string{"search", "state", "show", "reviewer", "sort"} {
		if v := r.Query(name); v != "" {
			q.Set(name, v)
		}
	}
	return q
}

// from is how many come before the page that is asked for.
func from(r *route.Request) int {
	n, err := strconv.Atoi(r.Query("from"))
	if err != nil || n < 0 || n > 1_000_000 {
		return 0
	}
	return n
}

func (h Assessment) progress(r *route.Request) (route.Reply, error) {
	q := narrowed(r)
	f := review.Filter{
		In: workflow.ApplicationState(q.Get("state")), Show: review.Shown(q.Get("show")), Search: q.Get("search"), Reviewer: ident.Person(q.Get("reviewer")),
		Sort: review.Sorting(q.Get("sort")), From: from(r), Limit: page.Length, Chosen: chosen(r),
	}
	p, err := h.Reviews.Progress(r.Context(), call(r), f)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Progress{Pages: pages(r, "progress"), Progress: p, Asked: q, From: f.From, Problems: r.Problems(), Typed: r.Typed})
}

func (h Assessment) reviewers(r *route.Request) (route.Reply, error) {
	list, err := h.Reviews.Reviewers(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Reviewers{Pages: pages(r, "progress/reviewers"), List: list, Search: r.Query("search"), From: from(r)})
}

func (h Assessment) scoring(r *route.Request) (route.Reply, error) {
	s, err := h.Reviews.Scoring(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Scoring{Pages: pages(r, "progress/scoring"), Scoring: s, From: from(r)})
}

func (h Assessment) ownScoring(r *route.Request) (route.Reply, error) {
	calls, err := h.Reviews.OwnScoring(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.OwnScoring{Calls: calls})
}

func (h Assessment) toRemind(r *route.Request) (route.Reply, error) {
	one := ident.Person(r.Query("reviewer"))
	c, list, err := h.Reviews.ToRemind(r.Context(), call(r), one)
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Remind{Call: c, List: list, One: one, Problems: r.Problems(), Chosen: r.TypedAll})
}

func (h Assessment) remind(r *route.Request) (route.Reply, error) {
	var who []ident.Person
	for _, text := range r.Form()["reviewer"] {
		who = append(who, ident.Person(text))
	}
	done, err := h.Reviews.Remind(r.Context(), call(r), who)
	if err != nil {
		return r.Again(err, h.toRemind)
	}
	r.Flash(reminded(done))
	return route.Go("/panel/%s/progress/reviewers", call(r))
}

// reminded says what became of reminders.
func reminded(done review.Reminded) string {
	var said []string
	for _, part := range []struct {
		words string
		names []string
	}{{"Reminded: ", done.Sent}, {"Reminded today already: ", done.Already}, {"Nothing waits any more: ", done.Idle}} {
		if len(part.names) > 0 {
			said = append(said, part.words+strings.Join(part.names, ", "))
		}
	}
	if len(said) == 0 {
		return "Nobody was reminded"
	}
	return strings.Join(said, ". ")
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
