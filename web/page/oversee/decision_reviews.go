package oversee

import (
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/apply"
	"adoptionfund/web/page/shared"
)

// DecisionReviews is the list of the reviews of decisions that are open.
type DecisionReviews struct{ Waiting []decision.ReviewWaiting }

// Head is what the frame shows.
func (p DecisionReviews) Head() shared.Head {
	return shared.Head{Title: "Reviews of decisions", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p DecisionReviews) table() nhs.Table {
	t := nhs.Table{
		ID: "reviews", Caption: "Open reviews, oldest first", CaptionSize: nhs.Small, RowHeaders: true, Empty: "No review of a decision is open.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Lead organisation"}, {Heading: "Decision"}, {Heading: "Asked for"}, {Heading: "You"}},
	}
	for _, w := range p.Waiting {
		you := "Somebody else settles it"
		if w.MaySettle {
			you = "You can settle it"
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: string(w.Application.Ref) + " " + w.Application.Title, Href: "/decision-reviews/" + string(w.Application.Ref)}, {Text: w.Application.LeadName},
			{Text: workflow.Applications().Info(w.DecidedState).Label}, {Text: uktime.Date(w.AskedAt)}, {Text: you},
		})
	}
	return t
}

// DecisionReview is the case of the reviews of the decisions on one application.
type DecisionReview struct {
	decision.Case
	Reason   string
	Problems fault.Problems
}

// Head is what the frame shows.
func (p DecisionReview) Head() shared.Head {
	return shared.Head{
		Title: p.Application.Title, Caption: "Review of the decision on " + string(p.Application.Ref), Wide: true,
		Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/decision-reviews", Text: "Reviews of decisions"}},
	}
}

func (p DecisionReview) facts(r decision.Review) nhs.SummaryList {
	settled := ""
	if r.SettledBy != nil {
		settled = p.Names[*r.SettledBy]
	}
	return apply.ReviewFacts(r, p.Names[r.AskedBy], settled)
}

func (p DecisionReview) action() string { return "/decision-reviews/" + string(p.Application.Ref) }

// back says where an upheld review leads.
func (p DecisionReview) back() string {
	for _, m := range workflow.Applications().Moves() {
		if m.On == workflow.Uphold && m.From == p.Application.State {
			return workflow.Applications().Info(m.To).Label
		}
	}
	return ""
}
