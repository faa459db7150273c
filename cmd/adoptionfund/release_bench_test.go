package main

import (
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/db"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/review"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// waiting puts an approved proposal on every application that is assessed, with its decisions and feedback.
func waiting(l *load) {
	l.tb.Helper()
	now := l.app.gate.Now()
	var c *fund.Call
	var apps []*application.Application
	l.no(l.app.gate.Read(l.as("manager@fund.example"), func(tx *work.Tx) error {
		var err error
		if c, err = fund.CallByRef(tx, loadCall); err == nil {
			apps, err = application.InCall(tx, c, workflow.Assessment)
		}
		return err
	}))
	w := l.app.db.Write
	scenario := allocation.Scenario{ID: ident.New[ident.Scenario](), CallID: c.ID, Name: "Invented", Problem: "{}", Result: "{}", Fingerprint: strings.Repeat("0", 64), MadeBy: apps[0].MainContact, MadeAt: now}
	proposal := allocation.Proposal{ID: ident.New[ident.Proposal](), CallID: c.ID, ScenarioID: scenario.ID, Number: 1, State: allocation.Approved, MadeBy: apps[0].MainContact, MadeAt: now, Version: 1}
	l.no(w.Create(&scenario).Error)
	l.no(w.Create(&proposal).Error)
	var decisions []decision.Decision
	var feedback []review.FeedbackVersion
	for i, a := range apps {
		outcome := []decision.Outcome{decision.Successful, decision.Unsuccessful, decision.Unsuccessful, decision.Reserve}[i%4]
		decisions = append(decisions, decision.Decision{ID: ident.New[string](), ApplicationID: a.ID, ProposalID: proposal.ID, Outcome: outcome, Amount: money.Pounds(100_000), DecidedAt: now})
		feedback = append(feedback, review.FeedbackVersion{ApplicationID: a.ID, Version: 1, Body: strings.Repeat("Say how many people took part, and where. ", 20), EditedBy: a.MainContact, EditedAt: now})
	}
	l.no(w.CreateInBatches(&decisions, 100).Error)
	l.no(w.CreateInBatches(&feedback, 100).Error)
	for outcome, state := range map[decision.Outcome]workflow.ApplicationState{decision.Successful: workflow.ProposedFund, decision.Unsuccessful: workflow.ProposedNotFund, decision.Reserve: workflow.ProposedReserve} {
		l.no(w.Exec("UPDATE applications SET state = ? WHERE id IN (SELECT application_id FROM decisions WHERE outcome = ?)", state, outcome).Error)
	}
	l.no(w.Exec("UPDATE calls SET state = ? WHERE id = ?", workflow.CallDecided, c.ID).Error)
	l.no(w.Exec("UPDATE applications SET main_contact = (SELECT id FROM persons WHERE email = ?)", loadApplicant(0)).Error) // who has most of the copies has no account
}

// BenchmarkRelease opens the desk of letters and one letter of a call with 1,400 of them, and releases all at once.
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
	waiting(l)
	token := l.session("manager@fund.example")
	desk := "/panel/" + string(loadCall) + "/release"
	for name, path := range map[string]string{"desk": desk, "letter": desk + "/AF26-100700"} {
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
