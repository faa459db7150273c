package panel

import (
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/review"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/panel"
)

type feedback struct{ reviews *review.Service }

// Feedback are the rows of the feedback that applicants get.
func Feedback(reviews *review.Service) []route.Row {
	h := feedback{reviews}
	one := "/panel/{call}/feedback/{ref}"
	return []route.Row{
		{Method: http.MethodGet, Path: "/panel/{call}/feedback", Action: access.ViewFeedback, Title: "Feedback to applicants", Handle: h.list},
		{Method: http.MethodGet, Path: one, Action: access.ViewFeedback, Title: "Feedback to an applicant", Handle: h.show},
		{Method: http.MethodPost, Path: one, Action: access.EditFeedback, Title: "Feedback to an applicant", Handle: h.edit},
	}
}

func (h feedback) list(r *route.Request) (route.Reply, error) {
	list, err := h.reviews.Feedback(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Feedback{FeedbackList: list, Pages: pages(r, "feedback"), From: from(r)})
}

func (h feedback) show(r *route.Request) (route.Reply, error) {
	ref, err := named(r)
	if err != nil {
		return route.Reply{}, err
	}
	desk, err := h.reviews.FeedbackOf(r.Context(), ref)
	if err != nil {
		return route.Reply{}, err
	}
	if desk.Application.Call().Ref != call(r) {
		return route.Reply{}, fault.New(fault.NotFound, "There is no such application in this call")
	}
	p := page.EditFeedback{FeedbackDesk: desk, Text: r.Typed("feedback", desk.Standing()), Problems: r.Problems()}
	if _, again := r.Typing(); again {
		if p.Found, err = h.reviews.Check(r.Context(), ref, p.Text); err != nil {
			return route.Reply{}, err
		}
		p.Checked = true
	}
	return route.Show(p)
}

func (h feedback) edit(r *route.Request) (route.Reply, error) {
	ref, err := named(r)
	if err != nil {
		return route.Reply{}, err
	}
	err = h.reviews.EditFeedback(r.Context(), ref, review.Edit{Body: r.Form().Get("feedback"), Version: r.Version(), Confirmed: r.Field("confirm") == "yes", Call: call(r)})
	if err != nil {
		return r.Again(err, h.show)
	}
	r.Flash("The feedback on " + string(ref) + " is saved. The applicant reads it with the outcome.")
	return route.Go("/panel/%s/feedback", call(r))
}
