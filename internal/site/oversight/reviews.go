package oversight

import (
	"context"
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/public"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/oversee"
)

type reviews struct{ decisions *decision.Service }

// Reviews are the rows of the reviews of decisions, for those who settle them.
func Reviews(decisions *decision.Service) []route.Row {
	h := reviews{decisions}
	return []route.Row{
		{Method: http.MethodGet, Path: "/decision-reviews", Action: access.ListDecisionReviews, Title: "Reviews of decisions", Menu: "Decision reviews", Handle: h.list},
		{Method: http.MethodGet, Path: "/decision-reviews/{ref}", Action: access.ListDecisionReviews, Title: "Review of a decision", Handle: h.show},
		{Method: http.MethodPost, Path: "/decision-reviews/{ref}", Action: access.UpholdDecisionReview, Title: "Review of a decision", Handle: h.settle},
	}
}

func (h reviews) list(r *route.Request) (route.Reply, error) {
	waiting, err := h.decisions.ReviewsWaiting(r.Context())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // decision has said what it was doing
	}
	return route.Show(page.DecisionReviews{Waiting: waiting})
}

func (h reviews) show(r *route.Request) (route.Reply, error) {
	c, err := h.decisions.ReviewsOf(r.Context(), ident.Ref(r.Path("ref")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // decision has said what it was doing
	}
	return route.Show(page.DecisionReview{Case: c, Reason: r.Typed("reason", ""), Problems: r.Problems()})
}

func (h reviews) settle(r *route.Request) (route.Reply, error) {
	ref := ident.Ref(r.Path("ref"))
	var err error
	switch r.Button() {
	case "uphold":
		err = h.decisions.UpholdReview(r.Context(), ref, r.Field("reason"))
		r.Flash("The review is upheld, and the application is back where the error was made")
	case "dismiss":
		err = h.decisions.DismissReview(r.Context(), ref, r.Field("reason"))
		r.Flash("The decision stands. The applicant is told why")
	default:
		err = fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
	if err != nil {
		return r.Again(err, h.show)
	}
	return route.Go("/decision-reviews/%s", ref)
}

// ReviewTasks are the reviews of decisions that the one who is signed in can settle, for the start page.
func ReviewTasks(decisions *decision.Service) func(context.Context) ([]public.Task, error) {
	return func(ctx context.Context) ([]public.Task, error) {
		waiting, err := decisions.ReviewsWaiting(ctx)
		if err != nil {
			return nil, err //nolint:wrapcheck // decision has said what it was doing
		}
		var tasks []public.Task
		for _, w := range waiting {
			if w.MaySettle {
				ref := string(w.Application.Ref)
				tasks = append(tasks, public.Task{Title: "Settle the review of the decision on " + ref, About: w.Application.LeadName, Href: "/decision-reviews/" + ref})
			}
		}
		return tasks, nil
	}
}
