package applicant

import (
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/apply"
)

// Outcomes are the rows of the outcome.
func Outcomes(decisions *decision.Service) []route.Row {
	return []route.Row{{
		Method: http.MethodGet, Path: "/applications/{ref}/outcome", Action: access.ViewOutcome, Title: "Outcome of an application", Handle: outcomes{decisions}.show,
	}}
}

type outcomes struct{ decisions *decision.Service }

func (o outcomes) show(r *route.Request) (route.Reply, error) {
	a, d, err := o.decisions.Outcome(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // decision has said what it was doing
	}
	return route.Show(page.Outcome{Application: a, Decision: d, Award: d != nil && d.Outcome == decision.Successful})
}
