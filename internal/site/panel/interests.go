package panel

import (
	"fmt"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/panel"
)

func (h Assessment) interests(r *route.Request) (route.Reply, error) {
	lines, err := h.Interests.InCallList(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	c, _, _, err := h.Funds.Show(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	id := r.Field("interest")
	if id == "" {
		id = r.Query("interest")
	}
	shown := page.Interests{
		Call: &c, Chosen: id, Problems: r.Problems(), Typed: r.Typed, All: len(lines), May: r.May(access.FindInterests),
		Search: strings.TrimSpace(r.Query("q")), Rule: r.Query("rule"), Means: r.Query("means"), From: from(r),
	}
	for _, l := range lines {
		if shown.Wants(l) || l.ID == id {
			shown.Lines = append(shown.Lines, l)
		}
	}
	return route.Show(shown)
}

func (h Assessment) settle(r *route.Request) (route.Reply, error) {
	if r.Button() == "find" {
		n, err := h.Interests.Search(r.Context(), call(r))
		if err != nil {
			return r.Again(err, h.interests)
		}
		r.Flash(fmt.Sprintf("%d new interests were found", n))
		return route.Go("/panel/%s/interests", call(r))
	}
	id, err := ident.Parse[string](r.Field("interest"))
	if err != nil {
		return route.Reply{}, fault.Wrap(fault.NotFound, err, "There is no such declaration")
	}
	as := interest.Severity(r.Field("settled"))
	if as == "withdraw" {
		err = h.Interests.Withdraw(r.Context(), id, r.Field("note"))
	} else {
		err = h.Interests.Settle(r.Context(), id, as, r.Field("note"))
	}
	if err != nil {
		return r.Again(err, h.interests)
	}
	words := "The decision is recorded"
	if as == interest.Bars && r.Field("replace") != "" {
		if words, err = h.replaced(r, id); err != nil {
			return r.Again(err, h.interests)
		}
	}
	r.Flash(words)
	return route.Go("/panel/%s/interests", call(r))
}

// replaced finds somebody else for the review of whoever is barred now, and says what came of it. Where nobody can be found the decision
// stands.
func (h Assessment) replaced(r *route.Request, id string) (string, error) {
	l, err := h.Interests.ByID(r.Context(), id)
	if err != nil {
		return "", err
	}
	done, err := h.Assignments.ReplaceStruck(r.Context(), l.Ref, l.Person, r.Field("note"))
	switch {
	case fault.Is(err, fault.Invalid):
		return "The decision is recorded. Nobody is free to take the review: see the assignment of " + string(l.Ref), nil
	case err != nil:
		return "", err
	case done:
		return "The decision is recorded, and somebody else was assigned and told", nil
	default:
		return "The decision is recorded. They had no review of this application", nil
	}
}
