package panel

import (
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/panel"
)

func (h Assessment) moderation(r *route.Request) (route.Reply, error) {
	m, err := h.Reviews.Moderation(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Moderation{Pages: pages(r, "moderation"), Moderation: m})
}

// named is the application that the path names.
func named(r *route.Request) (ident.Ref, error) {
	ref, err := ident.ParseRef(r.Path("ref"))
	if err != nil {
		return "", fault.Wrap(fault.NotFound, err, "There is no such application")
	}
	return ref, nil
}

// discussion gives the moderation of the application that the path names, to the panel in its call, to reviewers by itself.
func (h Assessment) discussion(r *route.Request) (route.Reply, error) {
	ref, err := named(r)
	if err != nil {
		return route.Reply{}, err
	}
	item, err := h.Reviews.Discussion(r.Context(), ref)
	if err != nil {
		return route.Reply{}, err
	}
	if in := call(r); in != "" && in != item.Application.Call().Ref {
		return route.Reply{}, fault.New(fault.NotFound, "There is no such application in this call")
	}
	return route.Show(page.Discussion{Item: item, Reviewer: call(r) == "", Problems: r.Problems(), Typed: r.Typed})
}

// discuss writes in the discussion, or takes a post back.
func (h Assessment) discuss(r *route.Request) (route.Reply, error) {
	ref, err := named(r)
	if err != nil {
		return route.Reply{}, err
	}
	words := "Your post is there"
	switch r.Button() {
	case "post":
		err = h.Reviews.Write(r.Context(), ref, review.Writing{Part: r.Field("part"), Text: r.Form().Get("text")})
	case "answer":
		to := r.Field("answers")
		err = h.Reviews.Write(r.Context(), ref, review.Writing{Answers: to, Text: r.Form().Get("answer-" + to)})
		words = "Your answer is there"
	case "withdraw":
		id := r.Field("post")
		err = h.Reviews.Withdraw(r.Context(), ref, id, r.Form().Get("why-"+id))
		words = "Your post is taken back"
	default:
		err = press()
	}
	if err != nil {
		return r.Again(err, h.discussion)
	}
	r.Flash(words)
	if call(r) == "" {
		return route.Go("/reviews/%s/moderation", ref)
	}
	return route.Go("/panel/%s/moderation/%s", call(r), ref)
}

// moderate is what the panel does on the same page besides: it opens the moderation, and records the consensus.
func (h Assessment) moderate(r *route.Request) (route.Reply, error) {
	ref, err := named(r)
	if err != nil {
		return route.Reply{}, err
	}
	switch r.Button() {
	case "open":
		err = h.Reviews.OpenModeration(r.Context(), ref)
		r.Flash("Moderation is open, and the reviewers were told")
	case "consensus":
		err = h.Reviews.RecordConsensus(r.Context(), ref, marks(r))
		r.Flash("The consensus is recorded")
	default:
		return h.discuss(r)
	}
	if err != nil {
		return r.Again(err, h.discussion)
	}
	return route.Go("/panel/%s/moderation/%s", call(r), ref)
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
