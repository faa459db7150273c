// Package oversight is the door of those who approve, report and audit, and of the public to the register.
package oversight

import (
	"net/http"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/award"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/explain"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/people"
	"adoptionfund/internal/report"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/trail"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	page "adoptionfund/web/page/oversee"
)

// Rooms are the rooms behind the door.
type Rooms struct {
	Gate        *work.Gate
	Funds       *fund.Service
	Decisions   *decision.Service
	Allocations *allocation.Service
	Awards      *award.Service
	Monitoring  *monitoring.Service
	Reports     *report.Service
	People      *people.Service
	Trail       *trail.Service
	Stories     *explain.Service
}

type handlers struct{ Rooms }

// Rows are the pages of approval, awards, reports, audit and the register.
func Rows(rooms Rooms) []route.Row {
	h := handlers{rooms}
	get := func(path string, act access.Action, title, menu string, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodGet, Path: path, Action: act, Title: title, Menu: menu, Handle: handle}
	}
	post := func(path string, act access.Action, title string, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodPost, Path: path, Action: act, Title: title, Handle: handle}
	}
	return slices.Concat(h.reportRows(), h.awardRows(), h.trailRows(), h.storyRows(), []route.Row{
		get("/approvals", access.ListApprovals, "Approvals", "Approvals", h.approvals),
		get("/approvals/{proposal}", access.ViewProposal, "Proposal", "", h.proposal),
		post("/approvals/{proposal}", access.ViewProposal, "Proposal", h.onProposal),
		get("/admin", access.ViewAdministration, "Administration", "Administration", h.administration),
		get("/admin/policy", access.ViewPolicy, "Access policy", "", h.policy),
		get("/admin/workflows", access.ViewPolicy, "States and moves", "", h.workflows),
	})
}

func (h handlers) reports(r *route.Request) (route.Reply, error) {
	rounds, err := h.Funds.List(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Reports{Rounds: rounds})
}

// administration links to what the reader may open.
func (h handlers) administration(r *route.Request) (route.Reply, error) {
	rounds, err := h.Funds.List(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Administration{Rounds: rounds, Panel: r.May(access.ViewProgress)}
	for _, l := range []struct {
		act        access.Action
		href, text string
	}{
		{access.ListRounds, "/admin/rounds", "Rounds and calls: set-up, check, copies"},
		{access.ListPeople, "/admin/people", "People, invitations and roles"},
		{access.ListDTAC, "/dtac", "DTAC register, and claims of suppliers to confirm"},
		{access.ViewReports, "/reports", "Reports and exports"},
		{access.ViewAudit, "/audit", "Audit trail"},
		{access.ViewRetention, "/admin/retention", "Retention: periods, legal holds and removal"},
		{access.ViewPolicy, "/admin/policy", "Who may do what"},
		{access.ViewPolicy, "/admin/workflows", "States and moves"},
	} {
		if r.May(l.act) {
			p.Links = append(p.Links, nhs.Link{Href: l.href, Text: l.text})
		}
	}
	return route.Show(p)
}

func (h handlers) policy(*route.Request) (route.Reply, error) {
	return route.Show(page.Policy{Matrix: h.Gate.Policy().Matrix()})
}

func (h handlers) workflows(*route.Request) (route.Reply, error) {
	diagrams := map[string]string{}
	for _, name := range workflow.Names() {
		svg, err := workflow.Diagram(name, workflow.SVG)
		if err != nil {
			return route.Reply{}, err
		}
		diagrams[name] = svg
	}
	return route.Show(page.Workflows{Diagrams: diagrams})
}
