// Package reviewer is the door of reviewers: their queue, declarations of interest and reviews.
package reviewer

import (
	"net/http"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/review"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/review"
)

// Rooms are what reviewers come to.
type Rooms struct {
	Applications *application.Service
	Interests    *interest.Service
	Assignments  *assignment.Service
	Reviews      *review.Service
	Now          func() time.Time
}

// Rows are the rows of reviewers.
func Rows(rooms Rooms) []route.Row {
	h := handlers{rooms}
	return []route.Row{
		{Method: http.MethodGet, Path: "/reviews", Action: access.ListReviews, Title: "Your reviews", Menu: "Reviews", Handle: h.queue},
		{Method: http.MethodGet, Path: "/reviews/pack", Action: access.ListReviews, Title: "Print applications", Handle: h.choosePack},
		{Method: http.MethodGet, Path: "/reviews/pack/pages", Action: access.ViewReview, Title: "Applications to read on paper", Handle: h.pack},
		{Method: http.MethodGet, Path: "/reviews/pack/pdf", Action: access.ViewReview, Title: "Applications to read on paper, as a PDF file", Handle: h.packPDF},
		{Method: http.MethodGet, Path: "/reviews/{ref}", Action: access.ViewReview, Title: "Review", Handle: h.show},
		{Method: http.MethodPost, Path: "/reviews/{ref}", Action: access.SaveReview, Title: "Review", Handle: h.write},
		{Method: http.MethodPost, Path: "/reviews/{ref}/interest", Action: access.DeclareInterest, Title: "Declare your interests", Handle: h.declare},
		{Method: http.MethodPost, Path: "/reviews/{ref}/decline", Action: access.DeclineAssignment, Title: "Decline a review", Handle: h.decline},
		{Method: http.MethodGet, Path: "/reviews/{ref}/files/{file}", Action: access.ViewReview, Title: "Evidence", Handle: h.file},
	}
}

type handlers struct{ Rooms }

func reference(r *route.Request) (ident.Ref, error) {
	ref, err := ident.ParseRef(r.Path("ref"))
	if err != nil {
		return "", fault.Wrap(fault.NotFound, err, "There is no such application")
	}
	return ref, nil
}

func (h handlers) queue(r *route.Request) (route.Reply, error) {
	tasks, err := h.Reviews.Queue(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	lines, err := h.Interests.Mine(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Queue{Tasks: tasks, Lines: lines, Now: h.Now(), State: r.Query("state")})
}

// glimpse gives the page of declarations, or the refusal that stood before it.
func (h handlers) glimpse(r *route.Request, ref ident.Ref, refusal error) (route.Reply, error) {
	g, err := h.Interests.Glimpse(r.Context(), ref)
	if err != nil {
		if refusal != nil {
			return route.Reply{}, refusal
		}
		return route.Reply{}, err
	}
	terms, err := h.Reviews.Terms(r.Context(), ref)
	if err != nil {
		return route.Reply{}, err
	}
	mask, err := h.Reviews.Mask(r.Context(), ref, access.DeclareInterest)
	if err != nil {
		return route.Reply{}, err
	}
	g.Title, g.Summary = mask.Text(g.Title), mask.Text(g.Summary)
	return route.Show(page.Declare{
		Glimpse: g, Terms: terms, Problems: r.Problems(), Kind: r.Typed("interest", ""), Statement: r.Typed("statement", ""),
		Reason: r.Typed("reason", ""), Note: r.Typed("note", ""),
	})
}

func (h handlers) declare(r *route.Request) (route.Reply, error) {
	ref, err := reference(r)
	if err != nil {
		return route.Reply{}, err
	}
	again := func(r *route.Request) (route.Reply, error) { return h.glimpse(r, ref, nil) }
	terms, err := h.Reviews.Terms(r.Context(), ref)
	if err != nil {
		return route.Reply{}, err
	}
	if !terms && r.Field("terms") == "" {
		problems := fault.Problems{"terms": "Accept the terms for reviewers to continue"}
		if r.Field("interest") == "" {
			problems["interest"] = "Select whether you have an interest"
		}
		return r.Again(fault.Fields(problems), again)
	}
	outcome, err := h.Interests.Declare(r.Context(), ref, interest.Declaration{Kind: interest.Kind(r.Field("interest")), Statement: r.Field("statement")})
	if err != nil {
		return r.Again(err, again)
	}
	switch outcome {
	case interest.Barred:
		r.Notice("Thank you. You take no part in this application, and somebody else is found to review it.")
		return route.GoTo("/reviews")
	case interest.Pending:
		if err := h.Reviews.AcceptTerms(r.Context(), ref); err != nil {
			return route.Reply{}, err
		}
		r.Notice("Thank you. The fund manager decides whether you can review this application.")
		return route.GoTo("/reviews")
	case interest.Free:
	}
	if err := h.Reviews.AcceptTerms(r.Context(), ref); err != nil {
		return route.Reply{}, err
	}
	return route.Go("/reviews/%s", ref)
}

func (h handlers) decline(r *route.Request) (route.Reply, error) {
	ref, err := reference(r)
	if err != nil {
		return route.Reply{}, err
	}
	err = h.Assignments.Decline(r.Context(), ref, assignment.Refusal{Reason: assignment.Reason(r.Field("reason")), Note: r.Field("note")})
	if err != nil {
		return r.Again(err, func(r *route.Request) (route.Reply, error) { return h.glimpse(r, ref, nil) })
	}
	r.Flash("You have declined the review. Thank you for telling us.")
	return route.GoTo("/reviews")
}
