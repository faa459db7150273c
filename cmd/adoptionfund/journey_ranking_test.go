package main

import (
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/chromium"
)

// The chair has the ranking computed and freezes it, enters the value for the draw, compares what the method gives with two trials, and
// proposes one of them although it departs; the senior officer and the approver see that first, and agree.
//
//nolint:paralleltest // the browser is one, and each path is long
func TestTheRankingJourney(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range ways() {
		t.Run(name, func(t *testing.T) {
			p := newPath(t, b, how)
			panel := p.around().Panel()
			p.assessed(panel)
			p.frozen(panel)
			p.drawn()
			p.compared(panel)
			p.departed(panel)
		})
	}
}

// assessed makes a call that announced calibrated scores and a draw, with six assessed applications and money for four.
func (p *path) assessed(w *testkit.Panel) {
	p.t.Helper()
	w.Reviewer("clinical3", assignment.Newcomer{Kind: "clinical", ODS: "RX1", Themes: []string{"CAR"}, Capacity: 10}) // so that all are joined
	w.Person("senior", "senior_officer", access.Scope{Round: w.Round().ID})
	w.Person("approver", "approver", access.Scope{Round: w.Round().ID})
	apps := w.Assess(6)
	for from, to := range map[string]string{
		`"budget":0`: `"budget":100000000`, `"pooled":true`: `"pooled":false`, `"ranking":"raw"`: `"ranking":"calibrated"`, `"strategy":"merit"`: `"strategy":"merit_random"`, `"band":"panel"`: `"band":"randomise"`,
		`"apart_by":2`: `"apart_by":5`,
	} {
		if err := p.app.db.Write.Exec("UPDATE calls SET settings = replace(settings, ?, ?) WHERE ref = ?", from, to, w.CallRef()).Error; err != nil {
			p.t.Fatal(err)
		}
	}
	for i, a := range apps {
		w.Reviewed(a, map[string]string{"clinical": strconv.Itoa(i%3 + 2), "technical": strconv.Itoa(min(5, 1+i)), "ppv": strconv.Itoa(3 + i%2)})
		w.Scored(a)
	}
}

func (p *path) frozen(w *testkit.Panel) {
	p.t.Helper()
	page := "/panel/AF26-CAR/ranking"
	chair := p.visitor(w.World, testkit.Chair).Go(page).Sees("Not computed yet").Press("Compute the ranking").Sees("The ranking is being computed", "waits for its turn")
	p.tick()
	chair.Go(page).Sees("Funding line", "cannot be told apart", "The ranking can be frozen when every assessment is closed: 6 are not")
	chair.Go("/panel/AF26-CAR/progress").Press("Close all that are ready").Sees("The assessment of 6 applications is closed")
	chair.Go(page).Sees("As given", "harsh by", "lenient by").Press("Freeze the ranking").Sees("The ranking is frozen", "Scenarios rest on it").Not("There is a problem")
	if html := chair.HTML(); !strings.Contains(html, "<svg class=\"af-plot\"") || !strings.Contains(html, "<desc") {
		p.t.Errorf("%s sees no plot", chair)
	}
	chair.Opens("Unfreeze the ranking").Press("Unfreeze it").Sees("There is a problem", "Enter the reason why you unfreeze the ranking")
}

func (p *path) drawn() {
	p.t.Helper()
	chair := p.known[testkit.Chair].Go("/panel/AF26-CAR/allocation").Sees("The draw in the band", "Enter the value for the lot first")
	chair.Type(map[string]string{"lot": "3 6 2 2 5"}).Press("Enter the value").Sees("The value is entered", "3 6 2 2 5", "Seed")
	chair.Press("Compute the allocation").Sees("The allocation is being computed")
	p.tick()
	chair.Go("/panel/AF26-CAR/allocation").Sees("What the published method gives", "by lot in the band", "Funded in")
}

func (p *path) compared(w *testkit.Panel) {
	p.t.Helper()
	chair := p.known[testkit.Chair].Go("/panel/AF26-CAR/allocation").Press("Try another scenario").Press("Compute it").Sees("There is a problem", "Enter a name of up to 200 characters")
	chair.Fill(map[string][]string{"name": {"The best portfolio"}, "note": {"Without the draw"}, "strategy": {fund.StrategyPortfolio}})
	chair.Press("Compute it").Sees("The scenario is being computed", "The best portfolio")
	p.tick()
	form, err := p.app.allocations.TrialDesk(w.As(testkit.Chair), w.CallRef(), "")
	if err != nil {
		p.t.Fatal(err)
	}
	form.Ask.Strategy, form.Ask.Budget = fund.StrategyMerit, form.Ask.Budget/2
	third, err := p.app.allocations.RunTrial(w.As(testkit.Chair), w.CallRef(), allocation.Trial{Name: "Half the money", Ask: &form.Ask})
	if err != nil {
		p.t.Fatal(err)
	}
	chair.Go("/panel/AF26-CAR/allocation").Sees("Proved: no allocation under these limits is worth more")
	chair.Fill(map[string][]string{"third": {string(third)}})
	chair.Press("Compare them").Sees("At a glance", "Half the money", "Leave, beside the first", "Who gets what", "a budget of £500,000 instead of £1,000,000")
}

func (p *path) departed(w *testkit.Panel) {
	p.t.Helper()
	chair := p.known[testkit.Chair].Go("/panel/AF26-CAR/allocation").Press("2: The best portfolio").Sees("What would be otherwise", "£100,000 more", "Limits and what is used of them")
	chair.Press("Propose this allocation").Sees("There is a problem", "Enter the reason why you depart")
	chair.Type(map[string]string{"deviation": "The draw would split one programme", "note": "All were discussed"}).Press("Propose this allocation").Sees("The allocation is proposed", "Waits for approval", "The draw would split one programme")
	approver := p.visitor(w.World, "approver").Go("/approvals").Press("Read the proposal and decide").Sees("departs from the published method", "The draw would split one programme", "Has not approved the departure yet").Not("Approve the proposal")
	p.visitor(w.World, "senior").Go("/approvals").Press("Read the proposal and approve its departure").Press("Approve the departure from the method").Sees("You have approved the departure")
	approver.Go("/approvals").Press("Read the proposal and decide").Type(map[string]string{"password": testkit.Password}).Press("Approve the proposal").Sees("There is a problem", "Say that you accept the departure")
	approver.Fill(map[string][]string{"accept": {"yes"}})
	approver.Press("Approve the proposal").Sees("Your approval is recorded")
	for _, a := range w.Totals() {
		if a.Reviews != 3 {
			p.t.Errorf("%d reviews", a.Reviews)
		}
	}
}
