package reviewer

import (
	"net/http"
	"strconv"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/review"
)

type ownDoor struct{ assignments *assignment.Service }

// Own are the rows on which somebody answers invitations to review, and keeps their own profile.
func Own(s *assignment.Service) []route.Row {
	h := ownDoor{s}
	return []route.Row{
		{Method: http.MethodGet, Path: "/reviews/invitation", Action: access.AnswerReviewing, Title: "Your invitation to review", Handle: h.invitation},
		{Method: http.MethodPost, Path: "/reviews/invitation", Action: access.AnswerReviewing, Title: "Your invitation to review", Handle: h.answer},
		{Method: http.MethodGet, Path: "/reviews/profile", Action: access.EditReviewerProfile, Title: "Your profile as a reviewer", Handle: h.profile},
		{Method: http.MethodPost, Path: "/reviews/profile", Action: access.EditReviewerProfile, Title: "Your profile as a reviewer", Handle: h.save},
	}
}

func (h ownDoor) invitation(r *route.Request) (route.Reply, error) {
	all, err := h.assignments.Mine(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Invitation{Own: all, Posted: r.Field("round"), Problems: r.Problems(), Typed: r.Typed})
}

func (h ownDoor) answer(r *route.Request) (route.Reply, error) {
	accept := r.Button() == "accept"
	err := h.assignments.Answer(r.Context(), ident.RoundRef(r.Field("round")), accept, r.Field("note"))
	if err != nil {
		return r.Again(err, h.invitation)
	}
	if accept {
		r.Flash("Thank you. Please check your profile: what you know about, how many reviews you would like, when you are away")
		return route.GoTo("/reviews/profile")
	}
	r.Flash("You have declined. Thank you for telling us")
	return route.GoTo("/reviews/invitation")
}

func (h ownDoor) profile(r *route.Request) (route.Reply, error) {
	all, err := h.assignments.Mine(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Profile{Own: all, Posted: r.Field("round"), Problems: r.Problems(), Typed: r.Typed, TypedAll: r.TypedAll}
	if latest, stale := r.Stale(); stale {
		p.Latest, _ = latest.(*assignment.Reviewer)
	}
	return route.Show(p)
}

func (h ownDoor) save(r *route.Request) (route.Reply, error) {
	wish := -1 // not said
	if text := r.Field("wish"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			n = 1_000_000 // refused with the others that are too many
		}
		wish = n
	}
	err := h.assignments.SaveProfile(r.Context(), ident.RoundRef(r.Field("round")), assignment.Profile{
		Themes: r.Form()["themes"], Wish: wish, Away: r.Form().Get("away"), Version: r.Version(),
	})
	if err != nil {
		return r.Again(err, h.profile)
	}
	r.Flash("Your profile is saved")
	return route.GoTo("/reviews/profile")
}
