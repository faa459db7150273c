package apply

import (
	"adoptionfund/internal/decision"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Outcome is the decision on an application with its letters, as the applicant reads it from the release on.
type Outcome struct {
	decision.Told

	Found      []eligibility.Reason // where the outcome is not one of the panel's
	Feedback   []string             // what the applicant is told of the reviews, where no letter says it
	Award      bool                 // there is an award to go on to
	Reviewable bool                 // a review of the decision can be asked for
	Reviewed   bool                 // one was asked for
	MayPrint   bool                 // this installation makes PDF files
}

func (p Outcome) address(file string) string {
	return "/applications/" + string(p.Application.Ref) + "/" + file
}

// Head is what the frame shows.
func (p Outcome) Head() shared.Head {
	return shared.Head{Title: "Outcome", Caption: string(p.Application.Ref) + ": " + p.Application.Title,
		Crumbs: nhs.Breadcrumbs{{Href: "/applications", Text: "Applications"}, {Href: "/applications/" + string(p.Application.Ref), Text: string(p.Application.Ref)}}}
}

// reviewing is the heading above how to ask for a review; a letter says much of it already.
func (p Outcome) reviewing() string {
	if p.Letter() != nil {
		return "Ask for a review"
	}
	return "If you think that something went wrong"
}

func (p Outcome) when() string {
	if p.Decision == nil || p.Decision.ReleasedAt == nil {
		return ""
	}
	return "Released on " + uktime.Moment(*p.Decision.ReleasedAt)
}
