package main

import (
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/db"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

// waiting brings every application that is assessed into a proposal by the published method, which is approved, with feedback for each.
func waiting(l *load) ident.Proposal {
	l.tb.Helper()
	l.account("chair@fund.example", "panel_chair")
	l.account("approver@fund.example", "approver")
	w := l.app.db.Write
	l.no(w.Exec("UPDATE applications SET state = ?, main_contact = (SELECT id FROM persons WHERE email = ?) WHERE ref LIKE 'AF26-1%'", workflow.Assessed, loadApplicant(0)).Error) // who has most of the copies has no account
	l.no(w.Exec("UPDATE calls SET state = ?", workflow.CallClosed).Error)
	l.no(w.Exec("UPDATE rounds SET budget = ?", int64(money.Pounds(250_100*deskApplications/4))).Error) // for one in four
	chair := l.as("chair@fund.example")
	scenario, err := l.app.allocations.Run(chair, loadCall, "Invented")
	l.no(err)
	proposal, err := l.app.allocations.Propose(chair, loadCall, scenario, "")
	l.no(err)
	l.no(l.app.decisions.Approve(l.as("approver@fund.example"), proposal, decision.Approving{}))
	l.no(w.Exec(`INSERT INTO feedback_versions (application_id, version, body, confirmed, edited_by, edited_at) SELECT id, 1, ?, '', main_contact, ? FROM applications WHERE ref LIKE 'AF26-1%'`,
		strings.Repeat("Say how many people took part, and where. ", 20), l.app.gate.Now()).Error)
	return proposal
}

// BenchmarkRelease opens the proposal, the desk of letters and one letter of a call with 1,400 of them, and releases all at once.
func BenchmarkRelease(b *testing.B) {
	l := newLoad(b, 1, db.Normal)
	site, err := l.app.site(false)
	l.no(err)
	like := l.filled(loadApplicant(0))
	who, err := l.app.people.As(b.Context(), loadApplicant(0))
	l.no(err)
	l.account("manager@fund.example", "administrator")
	testkit.Copies(b, l.app.db, like, who.ID, deskApplications)
	assessed(l)
	proposal := waiting(l)
	token := l.session("manager@fund.example")
	desk := "/panel/" + string(loadCall) + "/release"
	for name, path := range map[string]string{"proposal": "/approvals/" + string(proposal), "desk": desk, "letter": desk + "/AF26-100700"} {
		b.Run(name, func(b *testing.B) {
			var times []time.Duration
			for b.Loop() {
				began := time.Now()
				visit(b, site, token, path, nil)
				times = append(times, time.Since(began))
			}
			spread(b, times)
		})
	}
	d, err := l.app.decisions.Releases(l.as("manager@fund.example"), loadCall)
	l.no(err)
	if lacking := d.Lacking(); len(lacking) > 0 {
		b.Fatalf("%d letters have something missing: %v", len(lacking), lacking[0].Missing)
	}
	l.no(l.app.db.Write.Exec("UPDATE calls SET release_at = ?", l.app.gate.Now().Add(-time.Second)).Error)
	began := time.Now()
	refs, err := l.app.decisions.ReleaseDue(b.Context())
	took := time.Since(began)
	l.no(err)
	if len(refs) != 1 {
		b.Fatalf("released %v", refs)
	}
	b.Run("all", func(b *testing.B) { // once: what is released cannot be released again
		for b.Loop() {
			continue
		}
		b.ReportMetric(took.Seconds(), "s")
	})
}
