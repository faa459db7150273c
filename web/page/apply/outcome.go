package apply

import (
	"adoptionfund/internal/application"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Outcome is the decision on an application with its letter, as the applicant reads it from the release on.
type Outcome struct {
	Application *application.Application
	Decision    *decision.Decision // nil where the outcome is not one of the panel's, such as ineligibility
	Reasons     []eligibility.Reason
	Award       bool // there is an award to go on to
	Reviewable  bool // a review of the decision can be asked for
	Reviewed    bool // one was asked for
}

// Head is what the frame shows.
func (p Outcome) Head() shared.Head {
	return shared.Head{Title: "Outcome", Caption: string(p.Application.Ref) + ": " + p.Application.Title,
		Crumbs: nhs.Breadcrumbs{{Href: "/applications", Text: "Applications"}, {Href: "/applications/" + string(p.Application.Ref), Text: string(p.Application.Ref)}}}
}

func (p Outcome) when() string {
	if p.Decision == nil || p.Decision.ReleasedAt == nil {
		return ""
	}
	return "Released on " + uktime.Moment(*p.Decision.ReleasedAt)
}
