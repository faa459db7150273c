package oversight

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/account"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/oversee"
)

func (h handlers) approvals(r *route.Request) (route.Reply, error) {
	waiting, err := h.Decisions.Desk(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	openings, err := h.Funds.Openings(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Approvals{Openings: openings, Proposals: waiting})
}

// proposalOf is the proposal that the address names.
func proposalOf(r *route.Request) (ident.Proposal, error) {
	id, err := ident.Parse[ident.Proposal](r.Path("proposal"))
	if err != nil {
		return "", fault.Wrap(fault.NotFound, err, "There is no such proposal")
	}
	return id, nil
}

// lists are the lists of a proposal that are read page by page.
func lists() []string { return []string{"funded", "better", "reserve", "rest", "recusals", "dtac"} }

func (h handlers) proposal(r *route.Request) (route.Reply, error) {
	id, err := proposalOf(r)
	if err != nil {
		return route.Reply{}, err
	}
	shown, err := h.Decisions.Page(r.Context(), id)
	if err != nil {
		return route.Reply{}, err
	}
	scenario, err := h.Allocations.Proposed(r.Context(), id)
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Proposal{Page: shown, Shown: &scenario, At: map[string]int{}, Problems: maps.Clone(r.Problems())}
	for _, list := range lists() {
		p.At[list], _ = strconv.Atoi(r.Query(list))
	}
	if typed, again := r.Typing(); again {
		p.Typed = typed.Get
	}
	if shown.May {
		if p.AsksCode, err = h.People.AsksCode(r.Context()); err != nil {
			return route.Reply{}, err
		}
	}
	return route.Show(p)
}

func (h handlers) onProposal(r *route.Request) (route.Reply, error) {
	id, err := proposalOf(r)
	if err != nil {
		return route.Reply{}, err
	}
	if err := h.decide(r, id); err != nil {
		return r.Again(err, h.proposal)
	}
	return route.Go("/approvals/%s", id)
}

func (h handlers) decide(r *route.Request, id ident.Proposal) error {
	switch r.Button() {
	case "approve":
		ctx, err := account.Confirmed(r, h.People)
		if err != nil {
			return err
		}
		r.Flash("Your approval is recorded")
		return h.Decisions.Approve(ctx, id, decision.Approving{
			Reason: r.Field("reason"), Accepts: r.Field("accept") != "", Except: refs(r.Field("except")), Hold: refs(r.Field("hold")), Version: r.Version(),
		})
	case "return":
		r.Flash("The proposal is returned")
		return h.Decisions.SendBack(r.Context(), id, r.Field("return-reason"))
	case "lift":
		r.Flash("The hold is lifted. The fund manager sets the time of its release")
		return h.Decisions.LiftHold(r.Context(), id, ident.Ref(r.Field("application")), r.Field("lift-reason"))
	case "deviation":
		r.Flash("You have approved the departure from the method. An approver decides next")
		return h.Decisions.ApproveDeviation(r.Context(), id)
	default:
		return fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
}

var between = regexp.MustCompile(`[\s,;]+`)

// refs are the references that somebody typed, however they are set apart.
func refs(typed string) []ident.Ref {
	var all []ident.Ref
	for _, ref := range between.Split(strings.ToUpper(typed), -1) {
		if ref != "" && !slices.Contains(all, ident.Ref(ref)) {
			all = append(all, ident.Ref(ref))
		}
	}
	return all
}
