package panel

import (
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/review"
	"adoptionfund/internal/site/route"
	"adoptionfund/web/nhs"
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
		row(http.MethodGet, "progress/reviewers", access.ViewProgress, "Progress by reviewer", h.reviewers),
		row(http.MethodGet, "progress/scoring", access.ViewSeverity, "Agreement and scoring", h.scoring),
		row(http.MethodGet, "progress/remind", access.RemindReviewer, "Remind reviewers", h.toRemind),
		row(http.MethodPost, "progress/remind", access.RemindReviewer, "Remind reviewers", h.remind),
		{Method: http.MethodGet, Path: "/reviews/scoring", Action: access.ListReviews, Title: "How you score", Handle: h.ownScoring},
		row(http.MethodGet, "moderation", access.ViewModeration, "Moderation", h.moderation),
		row(http.MethodGet, "moderation/{ref}", access.ViewModeration, "Moderation of an application", h.discussion),
		row(http.MethodPost, "moderation/{ref}", access.OpenModeration, "Moderation of an application", h.moderate),
		{Method: http.MethodGet, Path: "/reviews/{ref}/moderation", Action: access.DiscussModeration, Title: "Moderation of an application", Handle: h.discussion},
		{Method: http.MethodPost, Path: "/reviews/{ref}/moderation", Action: access.DiscussModeration, Title: "Moderation of an application", Handle: h.discuss},
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
		{"assignment", "Assignment of reviewers", access.ViewAssignment}, {"progress", "Progress of the assessment", access.ViewProgress}, {"progress/reviewers", "Progress by reviewer", access.ViewProgress},
		{"progress/scoring", "Agreement and scoring", access.ViewSeverity},
		{"moderation", "Moderation", access.ViewModeration}, {"meeting", "Panel meetings", access.ViewMeeting}, {"feedback", "Feedback to applicants", access.ViewFeedback}, {"targeted", "More reviews where they matter", access.ViewRanking}, {"ranking", "Ranking", access.ViewRanking}, {"allocation", "Allocation", access.ViewAllocation}, {"release", "Letters and release", access.ViewLetters},
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
