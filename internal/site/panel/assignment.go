package panel

import (
	"fmt"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/panel"
)

func (h Assessment) assignment(r *route.Request) (route.Reply, error) {
	view, err := h.Assignments.View(r.Context(), call(r))
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Assignment{Pages: pages(r, "assignment"), Desk: view, Chosen: chosen(r), Problems: r.Problems(), Typed: r.Typed, From: from(r)}
	if view.May[access.ProposeAssignment] {
		lines, err := h.Interests.InCallList(r.Context(), call(r))
		if err != nil {
			return route.Reply{}, err
		}
		for _, l := range lines {
			if l.Open() {
				p.Doubts++
			}
		}
	}
	return route.Show(p)
}

func (h Assessment) assign(r *route.Request) (route.Reply, error) {
	var err error
	kind, out, _ := strings.Cut(r.Field("out"), ":")
	switch r.Button() {
	case "propose":
		if _, err = h.Interests.Search(r.Context(), call(r)); err == nil { // so that what the rules see now is kept and drawn
			err = h.Assignments.Propose(r.Context(), call(r))
		}
		r.Flash("An assignment is proposed")
	case "approve":
		var done assignment.Started
		done, err = h.Assignments.Approve(r.Context(), call(r), r.Version())
		r.Flash(started(done))
	case "edit":
		err = h.Assignments.Edit(r.Context(), call(r), assignment.Edit{
			Ref: chosen(r), Kind: kind, Out: ident.Person(out), In: ident.Person(r.Field("in")), Reason: r.Field("reason"), Version: r.Version(),
		})
		r.Flash("The proposal is changed")
	case "replace":
		if kind == "" {
			err = fault.Fields(fault.Problems{"out": "Select a place"})
			break
		}
		err = h.Assignments.Replace(r.Context(), chosen(r), assignment.Replacement{Kind: kind, Out: ident.Person(out), In: ident.Person(r.Field("in")), Reason: r.Field("reason")})
		r.Flash("The reviewer is assigned and was told")
	default:
		err = press()
	}
	if err != nil {
		return r.Again(err, h.assignment)
	}
	return route.Go("/panel/%s/assignment", call(r))
}

func started(done assignment.Started) string {
	words := fmt.Sprintf("The assessment of %d applications has started, and their reviewers were told.", done.Applications)
	if done.Waiting > 0 {
		words += fmt.Sprintf(" %d still wait: they are not fully assigned, or are for the deputy.", done.Waiting)
	}
	return words
}
