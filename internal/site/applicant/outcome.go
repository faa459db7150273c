package applicant

import (
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/apply"
)

// Outcomes are the rows of the outcome, and of what can be done about it.
func Outcomes(decisions *decision.Service, checks *eligibility.Service) []route.Row {
	o := outcomes{decisions, checks}
	review := "/applications/{ref}/decision-review"
	return []route.Row{
		{Method: http.MethodGet, Path: "/applications/{ref}/outcome", Action: access.ViewOutcome, Title: "Outcome of an application", Handle: o.show},
		{Method: http.MethodGet, Path: review, Action: access.ViewDecisionReview, Title: "Review of a decision", Handle: o.review},
		{Method: http.MethodPost, Path: review, Action: access.RequestDecisionReview, Title: "Review of a decision", Handle: o.ask},
	}
}

type outcomes struct {
	decisions *decision.Service
	checks    *eligibility.Service
}

func (o outcomes) show(r *route.Request) (route.Reply, error) {
	a, d, err := o.decisions.Outcome(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // decision has said what it was doing
	}
	p := page.Outcome{Application: a, Decision: d, Award: d != nil && d.Outcome == decision.Successful}
	if p.Reasons, err = o.checks.Reasons(r.Context(), refOf(r)); err != nil {
		return route.Reply{}, err //nolint:wrapcheck // eligibility has said what it was doing
	}
	c, err := o.decisions.ReviewsOf(r.Context(), refOf(r))
	if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) { // contributors and signatories read the outcome alone
		return route.Reply{}, err //nolint:wrapcheck // decision has said what it was doing
	}
	p.Reviewable, p.Reviewed = err == nil && c.MayAsk && c.NotNow == "", len(c.Reviews) > 0
	return route.Show(p)
}

func (o outcomes) review(r *route.Request) (route.Reply, error) {
	c, err := o.decisions.ReviewsOf(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // decision has said what it was doing
	}
	p := page.DecisionReview{Case: c, Problems: r.Problems()}
	p.Sent, _ = r.Typing()
	return route.Show(p)
}

func (o outcomes) ask(r *route.Request) (route.Reply, error) {
	q := decision.Request{Statement: r.Field("statement")}
	for _, g := range r.Form()["grounds"] {
		q.Grounds = append(q.Grounds, decision.Ground(g))
	}
	if err := o.decisions.AskReview(r.Context(), refOf(r), q); err != nil {
		return r.Again(err, o.review)
	}
	r.Flash("A review of the decision is asked for. You are told when it is settled")
	return route.Go("/applications/%s/decision-review", refOf(r))
}
