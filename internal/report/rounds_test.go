package report_test

import (
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/report"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/workflow"
)

// TestRoundsAreComparedByTheReaderWhoMayHaveThem: a line for each call of each round, with what came of it once that is released, in totals too; of a
// round in which the reader has no part there is none.
func TestRoundsAreComparedByTheReaderWhoMayHaveThem(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	apps := d.submitted(4)
	first := d.Round()
	now := d.Gate.Now()
	for i, a := range apps[:2] {
		w := award.Award{ID: ident.New[ident.Award](), ApplicationID: a.ID, RoundID: a.RoundID, CallID: a.CallID, Ref: a.Ref, State: workflow.Offered, StateAt: now, Amount: money.Pounds(int64(100_000 * (i + 1))), Recipient: "A trust", CreatedAt: now, Version: 1}
		d.put(&w)
	}
	asked := report.Asked{Round: "AF26", Kind: "rounds"}
	line := func(who, call string) map[string]string {
		for _, row := range d.rows(d.As(who), asked) {
			if row["call"] == call {
				return row
			}
		}
		return nil
	}
	// Until the release the line tells nothing of awards, whoever reads.
	if row := line(manager, "AF26-CAR"); row["submitted"] != "4" || row["funded"] != "" || row["awarded"] != "" || row["success_rate"] != "" || row["days_to_release"] != "" {
		t.Errorf("%v", row)
	}
	released := first.Calls[0].ClosesAt.Add(60 * time.Hour)
	d.no(d.DB.Write.Model(&fund.Call{}).Where("id = ?", first.Calls[0].ID).Update("released_at", released).Error)
	row := line(manager, "AF26-CAR")
	for name, want := range map[string]string{"round": "AF26", "started": "4", "submitted": "4", "funded": "2", "success_rate": "50.00", "awarded": "300000.00", "days_to_release": "2.50"} {
		if row[name] != want {
			t.Errorf("%s is %q, not %q", name, row[name], want)
		}
	}
	f, err := fund.ParseFile("r.yaml", []byte("round: AF31\ntitle: The next\nbudget: 1\nsenior_officer: a@fund.example\ncalls: [{theme: CAR, title: A, opens: 2031-01-01, closes: 2031-02-01}]\n"))
	d.no(err)
	d.no(d.Funds.Create(d.Operator(), f))
	if row := line(manager, "AF31-CAR"); row["started"] != "0" || row["mean_score"] != "" {
		t.Errorf("%v", row)
	}
	page, err := d.reports.Page(d.As(manager), asked)
	d.no(err)
	if page.Totals.Count != 3 || page.Totals.Groups[0]["AF26"].Count != 2 || page.Totals.Groups[1]["CAR"].Count != 2 || page.Totals.Sums[3] != 2 {
		t.Errorf("%+v", page.Totals)
	}
	d.Person("narrow", "administrator", first.Scope())
	if line("narrow", "AF31-CAR") != nil || line("narrow", "AF26-CAR") == nil {
		t.Error("a fund manager of one round reads of another")
	}
}

// TestWhoIsBarredFindsNoScoreOfItByComparingRounds: what somebody is barred from enters no mean, no median and no agreement that they read.
func TestWhoIsBarredFindsNoScoreOfItByComparingRounds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	apps := d.submitted(3)
	for i, value := range []int{1, 3, 5} {
		d.put(&review.Score{ID: ident.New[string](), ApplicationID: apps[i].ID, Part: "EV1", Kind: "clinical", Person: ident.New[ident.Person](), Value: &value, Mark: rubric.Scored, Source: review.ByReviewer, State: review.ScoreStands, At: d.Gate.Now()})
	}
	who := d.Person("recused", "administrator", access.Scope{})
	d.put(&application.Part{ApplicationID: apps[2].ID, Person: who.ID, Relation: application.Recused, Since: d.Gate.Now()})
	asked := report.Asked{Round: "AF26", Kind: "rounds", Filter: map[string]string{"call": "AF26-CAR"}}
	all, some := d.rows(d.As(manager), asked)[0], d.rows(d.As("recused"), asked)[0]
	if all["mean_score"] != "60.00" || all["median_score"] != "60.00" || some["mean_score"] != "40.00" || some["median_score"] != "40.00" {
		t.Errorf("all: %v\nrecused: %v", all, some)
	}
}
