// Package oversight is the door of those who approve, report and audit, and of the public to the register.
package oversight

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/report"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
	page "adoptionfund/web/page/oversee"
)

// Rooms are the rooms behind the door.
type Rooms struct {
	Gate      *work.Gate
	Funds     *fund.Service
	Decisions *decision.Service
	Awards    *award.Service
	Reports   *report.Service
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
	register := get("/register", access.ViewPublic, "Register of awards", "", h.register)
	register.Public = true
	return []route.Row{
		get("/approvals", access.ListApprovals, "Approvals", "Approvals", h.approvals),
		post("/approvals", access.ListApprovals, "Approvals", h.approve),
		get("/awards/{ref}", access.ViewAward, "Award", "", h.award),
		post("/awards/{ref}", access.ViewAward, "Award", h.onAward),
		get("/reports", access.ViewReports, "Reports", "Reports", h.reports),
		get("/admin", access.ViewAdministration, "Administration", "Administration", h.administration),
		get("/reports/{round}", access.ViewReports, "Allocation report", "", h.report),
		get("/exports/{round}/{export}", access.ExportAllocations, "Export", "", h.export),
		get("/audit", access.ViewAudit, "Audit trail", "Audit", h.audit),
		get("/admin/policy", access.ViewPolicy, "Access policy", "", h.policy),
		get("/admin/workflows", access.ViewPolicy, "States and moves", "", h.workflows),
		register,
	}
}

func (h handlers) approvals(r *route.Request) (route.Reply, error) {
	waiting, err := h.Decisions.Desk(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	openings, err := h.Funds.Openings(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	return route.Show(page.Approvals{Openings: openings, Proposals: waiting, Problems: r.Problems(), Reason: r.Typed("reason", "")})
}

func (h handlers) approve(r *route.Request) (route.Reply, error) {
	var err error
	switch r.Button() {
	case "open":
		err = h.Funds.ApproveOpening(r.Context(), ident.CallRef(r.Field("call")))
		r.Flash("The opening is approved. The call opens at its time")
	case "approve", "return":
		err = h.decide(r)
	default:
		err = fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
	if err != nil {
		return r.Again(err, h.approvals)
	}
	return route.Go("/approvals")
}

func (h handlers) decide(r *route.Request) error {
	id, err := ident.Parse[ident.Proposal](r.Field("proposal"))
	if err != nil {
		return fault.Wrap(fault.NotFound, err, "There is no such proposal")
	}
	if r.Button() == "return" {
		r.Flash("The proposal is returned")
		return h.Decisions.SendBack(r.Context(), id, r.Field("reason"))
	}
	r.Flash("Your approval is recorded")
	return h.Decisions.Approve(r.Context(), id, r.Field("reason"))
}

func (h handlers) award(r *route.Request) (route.Reply, error) {
	shown, err := h.Awards.Show(r.Context(), ident.Ref(r.Path("ref")))
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Award{Page: shown, Staff: r.May(access.ListAwards), Problems: r.Problems()}
	if typed, again := r.Typing(); again {
		p.Typed = typed.Get
	}
	return route.Show(p)
}

func (h handlers) onAward(r *route.Request) (route.Reply, error) {
	if err := h.act(r, ident.Ref(r.Path("ref"))); err != nil {
		return r.Again(err, h.award)
	}
	return route.Go("/awards/%s", r.Path("ref"))
}

func (h handlers) act(r *route.Request, ref ident.Ref) error {
	ctx := r.Context()
	switch r.Button() {
	case "checks":
		r.Flash("The checks are saved")
		return h.checks(ctx, ref, r.Form())
	case "condition":
		r.Flash("The condition is added")
		return h.Awards.AddCondition(ctx, ref, award.Condition{Text: r.Field("text"), Owner: r.Field("owner"), Due: r.Field("due")})
	case "confirm":
		r.Flash("The offer is made")
		return h.Awards.ConfirmChecks(ctx, ref)
	case "accept":
		r.Flash("Your acceptance is recorded")
		return h.Awards.Accept(ctx, ref, r.Field("name"), r.Field("acknowledge") == "yes")
	case "decline":
		r.Flash("The award is declined")
		return h.Awards.Decline(ctx, ref, r.Field("reason"))
	case "countersign":
		r.Flash("The award is agreed")
		return h.Awards.Countersign(ctx, ref)
	default:
		return fault.New(fault.Invalid, "Press one of the buttons on the page")
	}
}

// checks records those checks of the page that have a result or a note.
func (h handlers) checks(ctx context.Context, ref ident.Ref, typed url.Values) error {
	var checks []award.Check
	for _, info := range award.Checks() {
		c := award.Check{Kind: info.Kind, Result: award.Result(typed.Get(string(info.Kind))), Note: strings.TrimSpace(typed.Get(string(info.Kind) + "-note"))}
		if c.Result != "" || c.Note != "" {
			checks = append(checks, c)
		}
	}
	return h.Awards.RecordChecks(ctx, ref, checks)
}

func (h handlers) report(r *route.Request) (route.Reply, error) {
	a, err := h.Reports.Allocations(r.Context(), ident.RoundRef(r.Path("round")))
	if err != nil {
		return route.Reply{}, err
	}
	p := page.Report{Report: a}
	for _, e := range report.Catalogue() {
		if r.May(e.Action) {
			p.Exports = append(p.Exports, e)
		}
	}
	return route.Show(p)
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
		{access.ListPeople, "/admin/people", "People, invitations and roles"},
		{access.ListDTAC, "/dtac", "DTAC register, and claims of suppliers to confirm"},
		{access.ViewReports, "/reports", "Reports and exports"},
		{access.ViewAudit, "/audit", "Audit trail"},
		{access.ViewPolicy, "/admin/policy", "Who may do what"},
		{access.ViewPolicy, "/admin/workflows", "States and moves"},
	} {
		if r.May(l.act) {
			p.Links = append(p.Links, nhs.Link{Href: l.href, Text: l.text})
		}
	}
	return route.Show(p)
}

// export serves /exports/{round}/{kind}.{format}.
func (h handlers) export(r *route.Request) (route.Reply, error) {
	kind, format, _ := strings.Cut(r.Path("export"), ".")
	round := ident.RoundRef(r.Path("round"))
	if _, ok := report.Find(kind, format); !ok {
		return route.Reply{}, work.NotFound("export")
	}
	types := map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/json", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
	ctx := r.Context()
	return route.Download(string(round)+"-"+kind+"."+format, types[format], false, func(w io.Writer) error {
		return h.Reports.Write(ctx, kind, format, round, w)
	})
}

const pageOfEvents = 100

func (h handlers) audit(r *route.Request) (route.Reply, error) {
	before, _ := strconv.ParseInt(r.Query("before"), 10, 64)
	p := page.Audit{Names: map[string]string{}}
	err := h.Gate.Read(r.Context(), func(tx *work.Tx) error {
		if err := tx.Require(access.ViewAudit, tx.Anywhere(access.ViewAudit)); err != nil {
			return err
		}
		if r.Query("verify") != "" {
			f, err := tx.Verify()
			if err != nil {
				return err
			}
			p.Finding = &f
		}
		entries, names, err := trail(tx, before)
		p.Entries, p.Names = entries, names
		tx.Saw("audit trail")
		return err
	})
	if err != nil {
		return route.Reply{}, err
	}
	if len(p.Entries) == pageOfEvents {
		p.Older = "/audit?before=" + strconv.FormatInt(p.Entries[len(p.Entries)-1].Seq, 10)
	}
	return route.Show(p)
}

// trail gives a page of the trail with the names of the people in it.
func trail(tx *work.Tx, before int64) ([]audit.Entry, map[string]string, error) {
	entries, err := audit.Recent(tx.DB(), before, pageOfEvents)
	if err != nil {
		return nil, nil, err
	}
	var ids []ident.Person
	for _, e := range entries {
		if id, err := ident.Parse[ident.Person](e.ByID); err == nil {
			ids = append(ids, id)
		}
	}
	known, err := people.Names(tx, ids...)
	names := map[string]string{}
	for id, name := range known {
		names[string(id)] = name
	}
	return entries, names, err
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

func (h handlers) register(r *route.Request) (route.Reply, error) {
	rows, err := h.Awards.Register(r.Context())
	if err != nil {
		return route.Reply{}, err
	}
	var p page.Register
	for _, row := range rows {
		p.Awards = append(p.Awards, page.Registered{Award: row.Award, Title: row.Title, Lead: row.Lead, Call: string(row.Call)})
	}
	return route.Show(p)
}
