package report_test

import (
	"context"
	"encoding/csv"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/product"
	"adoptionfund/internal/report"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// proposing puts a proposal in a state on the applications, which are proposed for funding then.
func (d *desk) proposing(apps []application.Application, state allocation.ProposalState) {
	d.tb.Helper()
	c := d.Round().Calls[0]
	s := allocation.Scenario{ID: ident.New[ident.Scenario](), CallID: c.ID, Name: "Another method", Problem: "{}", Result: "{}", Fingerprint: strings.Repeat("0", 64), MadeBy: ident.New[ident.Person](), MadeAt: d.Gate.Now()}
	p := allocation.Proposal{ID: ident.New[ident.Proposal](), CallID: c.ID, ScenarioID: s.ID, Number: 1, State: state, Note: "It departs for a reason", MadeBy: s.MadeBy, MadeAt: s.MadeAt, Version: 1}
	d.put(&s, &p)
	for i, a := range apps {
		d.put(&allocation.Line{ProposalID: p.ID, ApplicationID: a.ID, Outcome: allocation.Fund, Amount: money.Pounds(77_777), Place: i + 1, Reason: "It fits the budget"})
		d.no(d.DB.Write.Model(&application.Application{}).Where("id = ?", a.ID).Update("state", workflow.ProposedFund).Error)
	}
}

// rows reads a report as CSV, by the names of its columns.
func (d *desk) rows(ctx context.Context, a report.Asked) []map[string]string {
	d.tb.Helper()
	all, err := csv.NewReader(d.file(ctx, a, "csv")).ReadAll()
	d.no(err)
	out := make([]map[string]string, len(all)-1)
	for n, cells := range all[1:] {
		out[n] = map[string]string{}
		for i, cell := range cells {
			out[n][all[0][i]] = cell
		}
	}
	return out
}

// TestBeforeTheReleaseProposalsAreForThoseWhoMaySeeThem: the operator may have reports and may not see proposals. Until the release no report and no
// format tells them of one: no amount, no reason, no state, no count, no deviation.
func TestBeforeTheReleaseProposalsAreForThoseWhoMaySeeThem(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	apps := d.submitted(3)
	d.proposing(apps, allocation.Approved)
	secrets := []string{"77,777", "77777", "7777700", "It fits the budget", "proposed_fund", "It departs for a reason", "Proposed: fund"}
	for _, rep := range report.Catalogue() {
		for _, format := range []string{"csv", "json"} {
			asked := report.Asked{Round: "AF26", Kind: rep.Kind}
			told := d.file(d.Operator(), asked, format).String()
			for _, secret := range secrets {
				if strings.Contains(told, secret) {
					t.Errorf("%s as %s tells the operator %q", rep.Kind, format, secret)
				}
			}
		}
	}
	asked := report.Asked{Round: "AF26", Kind: "allocations"}
	for _, row := range d.rows(d.Operator(), asked) {
		if row["state"] != "assessed" || row["proposed"] != "" || row["requested"] == "" {
			t.Errorf("%v", row)
		}
	}
	page, err := d.reports.Page(d.Operator(), asked)
	d.no(err)
	if !page.Embargo || page.Totals.Sums[1] != 0 {
		t.Errorf("%v %v", page.Embargo, page.Totals.Sums)
	}
	for _, row := range d.rows(d.As(manager), asked) {
		if row["state"] != "proposed_fund" || row["proposed"] != "77777.00" || row["reason"] != "It fits the budget" {
			t.Errorf("who may see proposals reads %v", row)
		}
	}
	if rows := d.rows(d.As(auditor), report.Asked{Round: "AF26", Kind: "changes"}); len(rows) != 1 || rows[0]["what"] != "Deviation from the published method" {
		t.Errorf("%v", rows)
	}
	d.no(d.DB.Write.Model(&allocation.Proposal{}).Where("state = ?", allocation.Approved).Update("state", allocation.Released).Error)
	if rows := d.rows(d.Operator(), asked); rows[0]["proposed"] != "77777.00" {
		t.Errorf("after the release the operator reads %v", rows[0])
	}
}

// TestWhoIsRecusedReadsOneLineForIt: what a fund manager is recused from is one line with its sums, so that totals stay whole; no word tells which it
// is, and no filter finds it.
func TestWhoIsRecusedReadsOneLineForIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	apps := d.submitted(4)
	secret := apps[2]
	d.no(d.DB.Write.Model(&application.Application{}).Where("id = ?", secret.ID).Updates(map[string]any{"title": "Velvet gloves", "region": "South West", "lead_name": "Wintry Trust"}).Error)
	w := award.Award{ID: ident.New[ident.Award](), ApplicationID: secret.ID, RoundID: secret.RoundID, CallID: secret.CallID, Ref: secret.Ref, State: workflow.Offered, StateAt: d.Gate.Now(), Amount: 1, Recipient: "Wintry Trust", CreatedAt: d.Gate.Now(), Version: 1}
	d.put(&w, &award.Condition{ID: ident.New[string](), AwardID: w.ID, Text: "Knit the gloves", Owner: "SRO", Source: award.FromFund})
	who := d.Person("recused", "administrator", access.Scope{})
	d.put(&application.Part{ApplicationID: secret.ID, Person: who.ID, Relation: application.Recused, Since: d.Gate.Now()})
	several := map[string]any{"refs": []ident.Ref{secret.Ref, apps[0].Ref}, "ids": []ident.Application{secret.ID}} // as an event about a whole call names them
	d.no(d.Gate.Write(d.As(manager), func(tx *work.Tx) error {
		tx.Record(audit.Event{Verb: string(access.ProposeAssignment), Kind: "call", Subject: string(secret.CallID), Round: secret.RoundID, Call: secret.CallID, Facts: several})
		return nil
	}))
	ctx := d.As("recused")
	trail := report.Asked{Round: "AF26", Kind: "audit"}
	if told := d.file(ctx, trail, "json").String(); !strings.Contains(told, "withheld") || !strings.Contains(told, string(apps[0].Ref)) {
		t.Errorf("the trail tells %s", told)
	}
	if told := d.file(d.As(manager), trail, "json").String(); strings.Contains(told, "withheld") || !strings.Contains(told, string(secret.Ref)) {
		t.Errorf("the trail tells the fund manager %s", told)
	}
	for _, rep := range slices.Backward(report.Catalogue()) { // the trail first, since it keeps what is searched for below
		for _, filter := range []map[string]string{nil, {"search": "velvet"}, {"search": string(secret.Ref)}, {"region": "South West"}} {
			asked := report.Asked{Round: "AF26", Kind: rep.Kind, Filter: filter}
			told := d.file(ctx, asked, "json").String()
			told = told[strings.Index(told, `"rows"`):]
			for _, word := range []string{string(secret.Ref), "Velvet", "Wintry", "Knit", "South West", string(secret.ID)} {
				if strings.Contains(told, word) {
					t.Errorf("%s with %v tells %q: %s", rep.Kind, filter, word, told)
				}
			}
		}
	}
	asked := report.Asked{Round: "AF26", Kind: "allocations"}
	rows := d.rows(ctx, asked)
	last := rows[len(rows)-1]
	if len(rows) != 4 || last["application"] != "1 application, handled by a deputy" || last["requested"] != "300000.00" || last["title"] != "" || last["score_total"] != "" {
		t.Errorf("%v", last)
	}
	mine, err := d.reports.Page(ctx, asked)
	d.no(err)
	whole, err := d.reports.Page(d.As(manager), asked)
	d.no(err)
	if !slices.Equal(mine.Totals.Sums, whole.Totals.Sums) || mine.Totals.Count != whole.Totals.Count {
		t.Errorf("%v, whole %v", mine.Totals.Figures, whole.Totals.Figures)
	}
	asked.Filter = map[string]string{"region": "Midlands"}
	if rows := d.rows(ctx, asked); len(rows) != 3 {
		t.Errorf("a filter gives %d lines", len(rows))
	}
}

// TestReportsAreForThoseThatThePolicyNames, each with its own permission, and an export is in the trail with who, what and how.
func TestReportsAreForThoseThatThePolicyNames(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submitted(1)
	d.Person("chair", "panel_chair", access.Scope{})
	for _, rep := range report.Catalogue() {
		asked := report.Asked{Round: "AF26", Kind: rep.Kind}
		_, err := d.reports.Page(d.As("chair"), asked)
		d.Want(err, fault.Forbidden)
		_, err = d.reports.Export(d.As("chair"), asked, "csv")
		d.Want(err, fault.Forbidden)
		asked.Filter = map[string]string{"call": "AF26-CAR"}
		d.file(d.As(auditor), asked, "csv")
		if n := d.one("SELECT COUNT(*) FROM audit_events WHERE verb = 'report.export' AND facts LIKE ? AND facts LIKE '%AF26-CAR%'", `%"report":"`+rep.Kind+`"%`); n != 1 {
			t.Errorf("the export of %s is %d times in the trail", rep.Kind, n)
		}
	}
	x, err := d.reports.Export(d.As(auditor), report.Asked{Round: "AF26", Kind: "allocations", Filter: map[string]string{"theme": "CAR"}}, "csv")
	d.no(err)
	for _, part := range []string{"af26_allocations", "theme-car", "by-auditor", "official-sensitive", d.Gate.Now().UTC().Format("20060102")} {
		if !strings.Contains(strings.ToLower(x.Name), part) {
			t.Errorf("%s does not say %s", x.Name, part)
		}
	}
	d.Unbroken()
}

// TestALinkIsSentOnceForEachOfItsTimes, however often the job runs and in however many processes; it has no figure in it, names where it is stopped, and
// ends by itself with the permission.
func TestALinkIsSentOnceForEachOfItsTimes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.submitted(2)
	ctx := d.As(manager)
	asked := report.Asked{Round: "AF26", Kind: "allocations", Filter: map[string]string{"theme": "CAR"}, Columns: []string{"application", "requested"}}
	d.Want(d.reports.Schedule(ctx, asked, "docx", report.Daily), fault.Invalid)
	d.Want(d.reports.Schedule(ctx, asked, "csv", "hour"), fault.Invalid)
	d.Want(d.reports.Schedule(d.As(auditor), asked, "csv", report.Daily), fault.Forbidden)
	d.no(d.reports.Schedule(ctx, asked, "xlsx", report.Daily))
	mails := func() int {
		n := 0
		for _, m := range d.Mails(manager) {
			if m.Kind == "report_due" {
				n++
				if !strings.Contains(m.Body, "/exports/AF26/allocations.xlsx?column=application&column=requested&theme=CAR") || strings.Contains(m.Body, "£") || !strings.Contains(m.Body, "/reports/AF26/allocations") {
					t.Errorf("%s", m.Body)
				}
			}
		}
		return n
	}
	d.no(d.reports.SendDue(t.Context()))
	if mails() != 0 {
		t.Error("it is sent before its time")
	}
	for day := 1; day <= 2; day++ {
		d.Clock.Add(24 * time.Hour)
		done := make(chan error)
		for range 4 {
			go func() { done <- d.reports.SendDue(t.Context()) }()
		}
		for range 4 {
			d.no(<-done)
		}
		if n := mails(); n != day {
			t.Errorf("day %d: %d mails", day, n)
		}
	}
	x, err := d.reports.Index(ctx, "AF26")
	d.no(err)
	if len(x.Schedules) != 1 {
		t.Fatalf("%v", x.Schedules)
	}
	d.Want(d.reports.Unschedule(d.As(auditor), x.Schedules[0].ID), fault.NotFound)
	d.no(d.DB.Write.Exec("UPDATE grants SET revoked_at = granted_at, revoked_by = 'test' WHERE role = 'administrator'").Error)
	d.Clock.Add(24 * time.Hour)
	d.no(d.reports.SendDue(t.Context()))
	if n := mails(); n != 2 {
		t.Errorf("who may no longer see the report is sent %d links", n)
	}
	if n := d.one("SELECT COUNT(*) FROM report_schedules WHERE ended_at IS NULL"); n != 0 {
		t.Errorf("%d are left", n)
	}
	d.Unbroken()
}

// TestTheTimeOfALinkStaysWhenClocksChange: at seven in the United Kingdom, in summer and in winter, on Mondays if every week.
func TestTheTimeOfALinkStaysWhenClocksChange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		every     report.Every
		now, next string
	}{
		{report.Daily, "2026-10-24T06:00:00Z", "2026-10-25T07:00:00Z"}, // clocks go back on the 25th
		{report.Daily, "2026-10-24T05:59:59Z", "2026-10-24T06:00:00Z"},
		{report.Weekly, "2026-10-21T12:00:00Z", "2026-10-26T07:00:00Z"},
		{report.Weekly, "2026-03-26T12:00:00Z", "2026-03-30T06:00:00Z"}, // clocks go forward on the 29th
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		d := newDesk(t)
		d.Round()
		d.Clock.Set(now)
		d.no(d.reports.Schedule(d.As(manager), report.Asked{Round: "AF26", Kind: "times"}, "csv", c.every))
		x, err := d.reports.Index(d.As(manager), "AF26")
		d.no(err)
		if got := x.Schedules[0].NextAt.UTC().Format(time.RFC3339); got != c.next {
			t.Errorf("%s after %s: %s, want %s", c.every, c.now, got, c.next)
		}
	}
}

// TestTheFunnelAndTheTimesFollowTheMoves of an application that goes through the use cases.
func TestTheFunnelAndTheTimesFollowTheMoves(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p := d.Panel()
	apps := p.Assessed(2, "4")
	d.Clock.Add(50 * time.Hour)
	reached := map[string]string{}
	for _, row := range d.rows(d.As(manager), report.Asked{Round: "AF26", Kind: "funnel", Filter: map[string]string{"call": "AF26-CAR"}}) {
		reached[row["step"]] = row["reached"]
	}
	for step, want := range map[string]string{"Started": "2", "Submitted": "2", "Eligible": "2", "In assessment": "2", "Assessed": "2", "Proposed for funding": "0", "Successful": "0"} {
		if reached[step] != want {
			t.Errorf("%s: %s, want %s", step, reached[step], want)
		}
	}
	now := map[string]map[string]string{}
	for _, row := range d.rows(d.As(manager), report.Asked{Round: "AF26", Kind: "times"}) {
		now[row["state"]] = row
	}
	if now["assessed"]["now"] != "2" || now["assessed"]["now_median_days"] != "2.08" || now["draft"]["stays"] != "2" || now["assessed"]["stays"] != "0" {
		t.Errorf("%v", now)
	}
	var loads int
	for _, row := range d.rows(d.As(manager), report.Asked{Round: "AF26", Kind: "reviewers"}) {
		if row["done"] != row["assigned"] || row["mean_score"] != "4.00" || row["leans"] != "0.00" && row["leans"] != "" {
			t.Errorf("%v", row)
		}
		loads++
	}
	if loads == 0 || len(d.rows(d.As(manager), report.Asked{Round: "AF26", Kind: "agreement"})) == 0 {
		t.Error("nobody has a review")
	}
	if rows := d.rows(d.As(manager), report.Asked{Round: "AF26", Kind: "allocations"}); len(rows) != 2 || rows[0]["application"] != string(apps[0].Ref) || rows[0]["score_total"] != "82.00" {
		t.Errorf("%v", rows)
	}
	var totals map[ident.Application]string
	d.Read(func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, p.CallRef())
		d.no(err)
		all, err := p.Reviews.Totals(tx, c)
		totals = map[ident.Application]string{}
		for id, total := range all {
			totals[id] = total.Total.String()
		}
		return err
	})
	if totals[apps[0].ID] != "82.00" {
		t.Errorf("%v", totals)
	}
}

// TestWhyAQuestionOnTechnicalSecurityWasWaivedStaysWithTheAssessors: that it was waived, by whom and when is told.
func TestWhyAQuestionOnTechnicalSecurityWasWaivedStaysWithTheAssessors(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a := d.submitted(1)[0]
	who := d.Person("assessor", "dtac_assessor", access.Scope{})
	p := product.Product{ID: ident.New[ident.Product](), Name: "HeartHome (invented)", Supplier: "Example Ltd", Version: "1", Identity: "x", CreatedBy: "test", CreatedAt: d.Gate.Now(), Revision: 1}
	r := product.Return{ID: ident.New[ident.Return](), ProductID: p.ID, Form: "dtac-v2", ProductVersion: "1", Revision: 1}
	d.put(&p, &r)
	for _, code := range []form.Code{"C1.1.1", "C3.1.1"} {
		d.put(&product.Assessed{ReturnID: r.ID, Question: code, Result: status.DecidedWaived, Reason: "Because of " + string(code) + " alone.", AssessedBy: who.ID, AssessedAt: d.Gate.Now(), Revision: 1})
	}
	d.no(d.DB.Write.Exec("INSERT INTO application_products (application_id, product_id, round_id, call_id, chosen, relies) VALUES (?, ?, ?, ?, ?, ?)", a.ID, p.ID, a.RoundID, a.CallID, true, true).Error)
	told := map[string]string{}
	for _, row := range d.rows(d.As(manager), report.Asked{Round: "AF26", Kind: "changes"}) {
		told[row["details"]] = row["reason"]
	}
	want := map[string]string{"Question C1.1.1": "Because of C1.1.1 alone.", "Question C3.1.1": "Kept with the assessors"}
	if !maps.Equal(told, want) {
		t.Errorf("the report tells %v, want %v", told, want)
	}
}
