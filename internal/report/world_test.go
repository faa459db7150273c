package report_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/report"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// desk is a world with the service of reports, and those who read them.
type desk struct {
	*testkit.World
	tb      testing.TB
	reports *report.Service
	reviews *review.Service
	like    fund.Call // whose settings the calls of drawn rounds have
	rounds  int
}

const (
	manager = "manager"
	auditor = "auditor"
)

// giving is an invented publisher.
func giving() report.Giving {
	return report.Giving{Prefix: "360G-invented", FunderID: "GB-NHS-X99", Funder: "An invented fund", Licence: "https://licence.example/open", PublicURL: "http://fund.example"}
}

func newDesk(tb testing.TB) *desk {
	tb.Helper()
	d := &desk{World: testkit.New(tb), tb: tb}
	library, err := rubric.NewLibrary(configs.FS)
	d.no(err)
	d.reviews = review.NewService(d.Gate, d.Library, library, func(*work.Tx, ident.Application) (status.Status, error) { return status.Compliant, nil })
	d.reports = report.NewService(d.Gate, d.Library, d.reviews, giving(), nil)
	d.like = d.Round().Calls[0]
	d.Person(manager, "administrator", access.Scope{})
	d.Person(auditor, "auditor", access.Scope{})
	return d
}

func (d *desk) no(err error) {
	d.tb.Helper()
	if err != nil {
		d.tb.Fatal(err)
	}
}

// file gives a report in a format.
func (d *desk) file(ctx context.Context, a report.Asked, format string) *bytes.Buffer {
	d.tb.Helper()
	var text bytes.Buffer
	x, err := d.reports.Export(ctx, a, format)
	d.no(err)
	d.no(x.Write(ctx, &text))
	return &text
}

// one reads a number of the database.
func (d *desk) one(query string, args ...any) int64 {
	d.tb.Helper()
	var n int64
	d.no(d.DB.Read.Raw(query, args...).Scan(&n).Error)
	return n
}

// put adds rows as they are.
func (d *desk) put(rows ...any) {
	d.tb.Helper()
	for _, row := range rows {
		d.no(d.DB.Write.Create(row).Error)
	}
}

// hostile are texts that a spreadsheet would take for formulas, that formulas would take for patterns, or that files must escape.
func hostile() []string {
	return []string{
		`=1+1`, `+44 20`, `-1`, `@SUM(A1)`, "\t=1", "  =cmd|' /C calc'!A0", `＝1`, `A "quoted", title`, "two\nlines", `<b>&amp;</b>`, `*`, `~?`, `>0`, `plain`, `Ærøskøbing 健康`, `'already`, `{{.}}`,
	}
}

// drawn is a round of which everything was drawn, with what was put into it.
type drawn struct {
	ref   ident.RoundRef
	id    ident.Round
	calls []fund.Call
	apps  []application.Application
}

// draw makes a round with a few calls, and applications in any state, with scores, proposals, awards and conditions.
func (d *desk) draw(t *rapid.T) drawn {
	d.rounds++
	now := d.Gate.Now()
	r := drawn{ref: ident.RoundRef(fmt.Sprintf("R%06d", d.rounds)), id: ident.New[ident.Round]()}
	d.put(&fund.Round{ID: r.id, Ref: r.ref, Title: "A drawn round", Budget: money.Pounds(1_000_000), SeniorOfficer: "senior@fund.example", CreatedBy: "test", CreatedAt: now, Version: 1})
	for i := range rapid.IntRange(1, 3).Draw(t, "calls") {
		c := fund.Call{
			ID: ident.New[ident.Call](), RoundID: r.id, Ref: ident.CallRef(fmt.Sprintf("%s-%c", r.ref, 'A'+i)), Theme: fmt.Sprintf("T%d", i), Title: "A drawn call", State: workflow.CallClosed,
			OpensAt: now.Add(-48 * time.Hour), ClosesAt: now.Add(-24 * time.Hour), Settings: d.like.Settings, Author: "test", CreatedAt: now, Version: 1,
		}
		if rapid.Bool().Draw(t, "released") {
			c.State, c.ReleasedAt = workflow.CallReleased, &now
		}
		d.put(&c)
		r.calls = append(r.calls, c)
		d.drawCall(t, &r, &c)
	}
	return r
}

func (d *desk) drawCall(t *rapid.T, r *drawn, c *fund.Call) {
	proposal := allocation.Proposal{}
	if rapid.IntRange(0, 3).Draw(t, "proposal") > 0 {
		proposal = d.proposal(t, c)
	}
	for range rapid.IntRange(0, 9).Draw(t, "applications") {
		a := d.drawApplication(t, r, c)
		d.put(&a)
		r.apps = append(r.apps, a)
		if a.SubmissionID == nil {
			continue
		}
		d.drawScores(t, &a)
		if proposal.ID != "" && rapid.Bool().Draw(t, "line") {
			line := allocation.Line{ProposalID: proposal.ID, ApplicationID: a.ID, Outcome: allocation.Fund, Amount: drawPence(t), Place: 1, DTACStatus: "compliant", Reason: rapid.SampledFrom(hostile()).Draw(t, "reason")}
			if rapid.IntRange(0, 5).Draw(t, "dropped") == 0 {
				now := d.Gate.Now()
				line.DroppedAt = &now
			}
			d.put(&line)
		}
		if rapid.Bool().Draw(t, "award") {
			d.drawAward(t, &a)
		}
	}
}

func (d *desk) proposal(t *rapid.T, c *fund.Call) allocation.Proposal {
	now := d.Gate.Now()
	who := ident.New[ident.Person]()
	s := allocation.Scenario{ID: ident.New[ident.Scenario](), CallID: c.ID, Name: "Drawn", PublishedMethod: rapid.Bool().Draw(t, "published"), Problem: "{}", Result: "{}", Fingerprint: fmt.Sprintf("%064d", 1), MadeBy: who, MadeAt: now}
	p := allocation.Proposal{
		ID: ident.New[ident.Proposal](), CallID: c.ID, ScenarioID: s.ID, Number: 1, MadeBy: who, MadeAt: now, Version: 1,
		State: rapid.SampledFrom([]allocation.ProposalState{allocation.Made, allocation.Approved, allocation.Returned, allocation.Void, allocation.Released}).Draw(t, "stands"),
	}
	d.put(&s, &p)
	return p
}

func drawPence(t *rapid.T) money.Pence {
	return money.Pence(rapid.Int64Range(0, 50_000_000_00).Draw(t, "pence"))
}

func (d *desk) drawApplication(t *rapid.T, r *drawn, c *fund.Call) application.Application {
	now := d.Gate.Now()
	text := rapid.SampledFrom(hostile())
	a := application.Application{
		ID: ident.New[ident.Application](), Ref: ident.Ref(fmt.Sprintf("%s-%04d", r.ref, len(r.apps)+1)), RoundID: r.id, CallID: c.ID, Theme: c.Theme,
		Title: text.Draw(t, "title"), Lead: "RX1", LeadName: text.Draw(t, "lead"), LeadKind: rapid.SampledFrom([]string{"icb", "trust", "*"}).Draw(t, "kind"),
		Region: rapid.SampledFrom([]string{"London", "Midlands", "", "=North", "~*"}).Draw(t, "region"), Recipient: text.Draw(t, "recipient"), Requested: drawPence(t),
		State: rapid.SampledFrom(workflow.Applications().States()).Draw(t, "state").State, StateAt: now, MainContact: ident.New[ident.Person](), CreatedAt: now, Version: 1,
	}
	if rapid.IntRange(0, 4).Draw(t, "submitted") > 0 {
		id := ident.New[ident.Submission]()
		a.SubmissionID, a.SubmittedAt = &id, &now
	}
	return a
}

func (d *desk) drawScores(t *rapid.T, a *application.Application) {
	for _, part := range []struct{ code, kind string }{{"EV1", "clinical"}, {"EV1", "technical"}, {"RO2", "ppv"}, {"IN1", "ppv"}} {
		if !rapid.Bool().Draw(t, "scored") {
			continue
		}
		value := rapid.IntRange(0, 5).Draw(t, "score")
		d.put(&review.Score{ID: ident.New[string](), ApplicationID: a.ID, Part: rubric.Code(part.code), Kind: part.kind, Person: ident.New[ident.Person](), Value: &value, Mark: rubric.Scored, Source: review.ByReviewer, State: review.ScoreStands, At: d.Gate.Now()})
	}
}

func (d *desk) drawAward(t *rapid.T, a *application.Application) {
	now := d.Gate.Now()
	w := award.Award{
		ID: ident.New[ident.Award](), ApplicationID: a.ID, RoundID: a.RoundID, CallID: a.CallID, Ref: a.Ref, Amount: drawPence(t), Recipient: a.Recipient, StateAt: now, CreatedAt: now, Version: 1,
		State: rapid.SampledFrom(workflow.Awards().States()).Draw(t, "award state").State,
	}
	if w.State == workflow.Active || w.State == workflow.Terminated || w.State == workflow.Suspended || w.State == workflow.Completed {
		at := now.Add(-time.Duration(rapid.IntRange(0, 3).Draw(t, "hours")) * time.Hour)
		w.AgreedAt = &at
	}
	d.put(&w)
	for range rapid.IntRange(0, 2).Draw(t, "conditions") {
		k := award.Condition{ID: ident.New[string](), AwardID: w.ID, Text: rapid.SampledFrom(hostile()).Draw(t, "condition"), Owner: "The SRO", Due: "2026-01-01", Source: award.FromFund}
		if rapid.Bool().Draw(t, "met") {
			k.MetAt = &now
		}
		d.put(&k)
	}
}
