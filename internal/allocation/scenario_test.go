package allocation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/jobs"
	"adoptionfund/internal/money"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// engine is compiled once for all tests.
var engine = sync.OnceValue(func() *highs.Engine { return highs.New("") })

// board is a call whose applications are assessed, with those who rank, allocate and approve.
type board struct {
	*testkit.Panel

	t           *testing.T
	rankings    *ranking.Service
	allocations *allocation.Service
	decisions   *decision.Service
	apps        []*application.Application // the better the later
}

// newBoard assesses six applications, each of which asks for £250,000, in a call with £1,000,000 and a method.
func newBoard(t *testing.T, method ...string) *board {
	t.Helper()
	p := testkit.New(t).Panel()
	b := &board{Panel: p, t: t, rankings: ranking.NewService(p.Gate, p.Reviews, allocation.Stands, "test 1"), decisions: decision.NewService(p.Gate, p.Letters)}
	b.allocations = allocation.NewService(p.Gate, p.Reviews, b.rankings, decision.OpenReviews, solve.New(engine()))
	p.Reviewer("clinical3", assignment.Newcomer{Kind: "clinical", ODS: "RX1", Themes: []string{"CAR"}, Capacity: 10}) // so that all are joined
	round := access.Scope{Round: p.Round().ID}
	p.Person("approver", "approver", round)
	p.Person("approver2", "approver", round)
	p.Person("senior", "senior_officer", round)
	b.apps = b.Assess(6)
	b.method(append([]string{`"budget":0`, `"budget":100000000`, `"pooled":true`, `"pooled":false`}, method...)...)
	for i, a := range b.apps {
		b.Reviewed(a, map[string]string{"clinical": strconv.Itoa(i%3 + 2), "technical": strconv.Itoa(min(5, 1+i)), "ppv": strconv.Itoa(3 + i%2)})
		b.Scored(a)
		b.closeOne(a)
	}
	return b
}

func (b *board) closeOne(a *application.Application) {
	b.t.Helper()
	if err := b.Reviews.CloseAssessment(b.As(testkit.Chair), a.Ref); err != nil {
		b.no(b.Reviews.CloseShort(b.As(testkit.Chair), a.Ref, "The panel looked at it"))
	}
}

// method changes what the call published, as if it had been opened so.
func (b *board) method(pairs ...string) {
	b.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		b.no(b.DB.Write.Exec("UPDATE calls SET settings = replace(settings, ?, ?) WHERE ref = ?", pairs[i], pairs[i+1], b.CallRef()).Error)
	}
}

func (b *board) no(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *board) says(err error, words string) {
	b.t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		b.t.Errorf("%v, not %q", err, words)
	}
}

func (b *board) chair() context.Context { return b.As(testkit.Chair) }

// ranked computes the ranking and freezes it.
func (b *board) ranked() {
	b.t.Helper()
	b.no(b.rankings.Run(b.chair(), b.CallRef()))
	desk, err := b.allocations.RankingDesk(b.chair(), b.CallRef())
	b.no(err)
	b.no(b.rankings.Freeze(b.chair(), b.CallRef(), desk.Kept.ID))
}

// jobs does what waits to be computed.
func (b *board) jobs() {
	b.t.Helper()
	w := &jobs.Worker{DB: b.DB.Write, Now: b.Gate.Now, Log: slog.New(slog.DiscardHandler), Only: []string{string(access.RunAllocation)}, Handlers: map[string]jobs.Handler{
		string(access.RunAllocation): func(ctx context.Context, id string) error { return b.allocations.Compute(ctx, ident.Computation(id)) },
	}}
	_, err := w.Run(b.t.Context())
	b.no(err)
}

func (b *board) desk() allocation.Desk {
	b.t.Helper()
	d, err := b.allocations.Desk(b.chair(), b.CallRef())
	b.no(err)
	return d
}

// view computes a scenario that departs from the method by what change does, and gives its page.
func (b *board) view(name string, change func(*allocation.Ask)) allocation.View {
	b.t.Helper()
	form, err := b.allocations.TrialDesk(b.chair(), b.CallRef(), "")
	b.no(err)
	change(&form.Ask)
	id, err := b.allocations.RunTrial(b.chair(), b.CallRef(), allocation.Trial{Name: name, Ask: &form.Ask})
	b.no(err)
	v, err := b.allocations.Scenario(b.chair(), b.CallRef(), id)
	b.no(err)
	return v
}

const calibratedNow = `"ranking":"calibrated"`

func TestAScenarioIsComputedInTheBackgroundAndRestsOnTheFrozenRanking(t *testing.T) {
	t.Parallel()
	b := newBoard(t, `"ranking":"raw"`, calibratedNow)
	call := b.CallRef()
	if d := b.desk(); !strings.Contains(d.Lacks, "not computed yet") {
		t.Errorf("lacks %q", d.Lacks)
	}
	b.says(b.allocations.Try(b.chair(), call, allocation.Trial{}), "not computed yet")
	b.no(b.rankings.Run(b.chair(), call))
	b.Want(b.allocations.Try(b.As("clinical1"), call, allocation.Trial{}), fault.Forbidden)
	b.no(b.allocations.Try(b.chair(), call, allocation.Trial{}))
	if d := b.desk(); len(d.Computations) != 1 || d.Published != nil {
		t.Fatalf("%+v", d.Computations)
	}
	b.jobs()
	d := b.desk()
	if len(d.Computations) != 0 || d.Published == nil || d.Published.Stale || !d.Published.PublishedMethod {
		t.Fatalf("%+v", d)
	}
	if len(d.Published.Result.Funded) != 4 || d.Published.Result.Spent != money.Pounds(1_000_000) {
		t.Errorf("%+v", d.Published.Result)
	}
	_, err := b.allocations.Propose(b.chair(), call, d.Published.ID, "Before it is frozen")
	b.says(err, "Freeze the ranking")
	b.no(b.rankings.Freeze(b.chair(), call, d.Standing.Kept.ID))
	s := d.Published.Sensitivity
	if s.Draws != 1000 || s.More == nil || s.Less == nil || len(s.Funded) != 6 {
		t.Fatalf("%+v", s)
	}
	sum := 0.0
	for i, r := range d.Published.Ranked {
		ref := string(r.Application.Ref)
		sum += s.Funded[ref]
		if i > 0 && r.Score > d.Published.Ranked[i-1].Score {
			t.Errorf("%s stands below a worse one", ref)
		}
	}
	if sum < 3.999 || sum > 4.001 {
		t.Errorf("of six, four are funded in each draw: %v", sum)
	}
	_, err = b.allocations.Propose(b.chair(), call, d.Published.ID, "As published")
	b.no(err)
	if d := b.desk(); d.Deviation != nil || d.Proposal == nil {
		t.Errorf("%+v", d.Deviation)
	}
	b.says(b.rankings.Unfreeze(b.chair(), call, "To look again"), "A proposal rests on this ranking")
	b.Unbroken()
}

func TestAProposalThatDepartsIsAcceptedByNameAndApprovedBySomebodyElse(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	call := b.CallRef()
	worst := b.apps[0].Ref
	v := b.view("With a direct award", func(a *allocation.Ask) {
		a.Held = []allocation.Held{{Ref: worst, Way: solve.MustFund, Reason: "It finishes a programme", Approval: "SRO/2026/17"}}
	})
	if v.PublishedMethod || len(v.Departs) != 1 || !strings.Contains(v.Departs[0], "direct award") || v.Amounts[string(worst)] == 0 {
		t.Fatalf("%+v %v", v.Departs, v.Amounts)
	}
	if len(v.Better) == 0 {
		t.Error("nobody is better scored but not funded")
	}
	_, err := b.allocations.ProposeWith(b.chair(), call, v.ID, allocation.Words{Note: "Look"})
	b.Want(err, fault.Invalid)
	id, err := b.allocations.ProposeWith(b.chair(), call, v.ID, allocation.Words{Note: "Look", Deviation: "The first phase would be lost"})
	b.no(err)
	approver := b.As("approver")
	b.says(b.decisions.Approve(approver, id, decision.Approving{Accepts: true}), "The senior officer approves that first")
	b.Want(b.decisions.ApproveDeviation(b.chair(), id), fault.Forbidden)
	b.no(b.decisions.ApproveDeviation(b.As("senior"), id))
	b.Want(b.decisions.ApproveDeviation(b.As("senior"), id), fault.Conflict)
	b.Want(b.decisions.Approve(approver, id, decision.Approving{}), fault.Invalid)
	waiting, err := b.decisions.Desk(approver)
	b.no(err)
	if len(waiting) != 1 || waiting[0].Deviation == nil || waiting[0].Deviation.Reason != "The first phase would be lost" {
		t.Fatalf("%+v", waiting)
	}
	b.no(b.decisions.Approve(approver, id, decision.Approving{Accepts: true}))
	b.Unbroken()
}

// The lot that a call announced can be repeated by anybody: from the file of its problem, and by hand from the digest and the value.
func TestTheLotIsWhatAnybodyCanRepeat(t *testing.T) {
	t.Parallel()
	b := newBoard(t, `"ranking":"raw"`, calibratedNow, `"strategy":"merit"`, `"strategy":"merit_random"`, `"band":"panel"`, `"band":"randomise"`)
	call := b.CallRef()
	b.says(b.allocations.EnterLot(b.chair(), call, "4 6 1"), "Freeze the ranking")
	b.ranked()
	b.says(b.allocations.Try(b.chair(), call, allocation.Trial{}), "Enter the value for the lot")
	b.Want(b.allocations.EnterLot(b.As(testkit.Manager), call, "4 6 1"), fault.Forbidden)
	b.no(b.allocations.EnterLot(b.chair(), call, " 4  6 1 "))
	b.says(b.allocations.EnterLot(b.chair(), call, "1 1 1"), "entered once")
	id, err := b.allocations.Run(b.chair(), call, "")
	b.no(err)
	text, err := b.allocations.Repeat(b.As(testkit.Manager), call, id)
	b.no(err)
	problem, err := solve.Parse(text)
	b.no(err)
	d := b.desk()
	if want := audit.Digest([]byte(d.Standing.Kept.Digest + "\n4 6 1")); problem.Seed != want || d.LotSeed != want || len(problem.Band) == 0 {
		t.Fatalf("seed %s, band %v", problem.Seed, problem.Band)
	}
	again, err := solve.New(engine()).Solve(t.Context(), problem, 0)
	b.no(err)
	if diff := cmp.Diff(d.Published.Result.Funded, again.Funded); diff != "" {
		t.Error(diff)
	}
	// A ranking that is frozen anew from the same scores gives the same lot: nobody draws twice.
	b.no(b.rankings.Unfreeze(b.chair(), call, "To look again"))
	b.ranked()
	other, err := b.allocations.Run(b.chair(), call, "")
	b.no(err)
	v, err := b.allocations.Scenario(b.chair(), call, other)
	b.no(err)
	if diff := cmp.Diff(d.Published.Result.Funded, v.Result.Funded); diff != "" {
		t.Error(diff)
	}
	b.Unbroken()
}

func TestScenariosAreComparedAndSayWhatTheirLimitsCost(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	two := 2
	few := b.view("Two at the most", func(a *allocation.Ask) {
		a.Strategy = fund.StrategyPortfolio
		a.Limits = []fund.Limit{{By: "theme", Value: "*", MaxCount: &two}}
	})
	if few.Result.Status != solve.Optimal || len(few.Result.Funded) != 2 || len(few.Uses) != 2 || !few.Uses[1].AtMost || few.Uses[0].AtMost {
		t.Fatalf("%+v %+v", few.Result, few.Uses)
	}
	if len(few.Sensitivity.Prices) != 1 || len(few.Sensitivity.Prices[0].Enter) != 2 || few.Sensitivity.Prices[0].Value <= 0 || few.Sensitivity.Draws != 0 {
		t.Errorf("%+v", few.Sensitivity)
	}
	impossible := b.view("Impossible", func(a *allocation.Ask) {
		five := int64(1_500_000)
		a.Limits = []fund.Limit{{By: "theme", Value: "CAR", MinPounds: five}, {By: "theme", Value: "CAR", MaxCount: &two}}
	})
	if impossible.Result.Status != solve.Infeasible || len(impossible.Conflict) == 0 || slices.Contains(impossible.Conflict, "") {
		t.Errorf("%+v %v", impossible.Result, impossible.Conflict)
	}
	_, err := b.allocations.ProposeWith(b.chair(), b.CallRef(), impossible.ID, allocation.Words{Deviation: "We try"})
	b.says(err, "cannot all be kept")
	published, err := b.allocations.Run(b.chair(), b.CallRef(), "")
	b.no(err)
	views, err := b.allocations.Compare(b.As(testkit.Auditor), b.CallRef(), []ident.Scenario{published, few.ID})
	b.no(err)
	if len(views) != 2 || views[0].Sums["theme"]["CAR"].Count != 4 || views[1].Sums["theme"]["CAR"].Count != 2 || views[0].MayMake {
		t.Errorf("%+v %+v", views[0].Sums, views[1].Sums)
	}
	for name, change := range map[string]func(*allocation.Ask){
		"held": func(a *allocation.Ask) {
			a.Held = []allocation.Held{{Ref: "AF26-9999", Way: solve.MustReject, Reason: "None"}}
		},
		"strategy":  func(a *allocation.Ask) { a.Strategy = fund.StrategyMeritRandom },
		"budget":    func(a *allocation.Ask) { a.Budget = 0 },
		"min_score": func(a *allocation.Ask) { a.MinScore = 101 },
		"limits":    func(a *allocation.Ask) { a.Limits = []fund.Limit{{By: "theme", Value: "CAR"}} },
	} {
		form, err := b.allocations.TrialDesk(b.chair(), b.CallRef(), "")
		b.no(err)
		change(&form.Ask)
		f, ok := fault.Of(b.allocations.Try(b.chair(), b.CallRef(), allocation.Trial{Name: "Wrong", Ask: &form.Ask}))
		if !ok || f.Fields[name] == "" {
			t.Errorf("%s: %v", name, f)
		}
	}
}

// Whoever is recused from an application finds nothing of it in ranking, plot, scenarios, their files or what they hang on.
func TestWhoIsRecusedFindsNothingInRankingsAndScenarios(t *testing.T) {
	t.Parallel()
	b := newBoard(t, `"ranking":"raw"`, calibratedNow)
	b.ranked()
	secret := b.apps[5].Ref
	id, err := b.allocations.Run(b.chair(), b.CallRef(), "")
	b.no(err)
	held := b.view("Held", func(a *allocation.Ask) {
		a.Held = []allocation.Held{{Ref: secret, Way: solve.MustReject, Reason: "A trial"}}
	})
	b.Relate(b.apps[5], b.Person(testkit.Chair, "", access.Scope{}).ID, application.Recused)
	rank, err := b.allocations.RankingDesk(b.chair(), b.CallRef())
	b.no(err)
	if rank.Masked != 1 || len(rank.Ranked) != 5 || len(rank.RawPlaces) != 5 || rank.Ranked[4].Place != 5 || rank.InBand(secret) {
		t.Errorf("%d masked, %d ranked", rank.Masked, len(rank.Ranked))
	}
	for _, id := range []ident.Scenario{id, held.ID} {
		v, err := b.allocations.Scenario(b.chair(), b.CallRef(), id)
		b.no(err)
		if v.Masked != 1 || len(v.Ranked) != 5 || v.Reasons[string(secret)] != "" || len(v.Held) != 0 {
			t.Errorf("%+v", v)
		}
		for ref, why := range v.Reasons {
			if strings.HasPrefix(why, "Place ") {
				t.Errorf("%s: %s", ref, why)
			}
		}
		_, err = b.allocations.Repeat(b.chair(), b.CallRef(), id)
		b.Want(err, fault.Forbidden)
	}
	form, err := b.allocations.TrialDesk(b.chair(), b.CallRef(), held.ID)
	b.no(err)
	if text, err := json.Marshal(form.Ask); err != nil || strings.Contains(string(text), string(secret)) {
		t.Errorf("%s %v", text, err)
	}
}

func TestAPooledBudgetIsWhatTheOthersLeave(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.method(`"budget":100000000`, `"budget":0`, `"pooled":false`, `"pooled":true`)
	if d := b.desk(); d.Budget != money.Pounds(2_000_000) {
		t.Errorf("%s", d.Budget)
	}
	b.no(b.DB.Write.Exec("UPDATE calls SET settings = replace(settings, ?, ?) WHERE ref = ?", `"budget":0`, `"budget":75000000`, "AF26-GAS").Error)
	if d := b.desk(); d.Budget != money.Pounds(1_250_000) {
		t.Errorf("%s", d.Budget)
	}
	b.Read(func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, b.CallRef())
		if err != nil {
			return err
		}
		near, err := b.allocations.Ranking(tx, c)
		if err == nil && (near.Kept != nil || len(near.Ranked) != 6) {
			t.Errorf("%+v", near)
		}
		return err
	})
}

// TestABudgetPaysForItsCostsAlone: capital is scarce, so that of six applications that ask for some each, and of money for four, two are funded.
func TestABudgetPaysForItsCostsAlone(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	var cost application.Cost
	b.Read(func(tx *work.Tx) error {
		standing, err := application.StandingOf(tx, b.apps[0].ID)
		if costs := standing[b.apps[0].ID].Costs(); len(costs) > 0 {
			cost = costs[0]
		}
		return err
	})
	if cost.Amount <= 0 {
		t.Fatal("the applications of the tests have no cost lines")
	}
	pots := fmt.Sprintf(`"strategy":"merit","budgets":[{"name":"Scarce","year":%q,"use":%q,"pounds":%d}]`, cost.Year, cost.Use, 2*int64(cost.Amount/100))
	b.method(`"strategy":"merit"`, pots)
	v := b.view("Scarce money", func(*allocation.Ask) {})
	if len(v.Result.Funded) != 2 {
		t.Errorf("%d are funded with money for two", len(v.Result.Funded))
	}
	if !slices.ContainsFunc(v.Uses, func(u allocation.Use) bool { return strings.Contains(u.Limit, "Budget Scarce") }) {
		t.Errorf("the budget is not among what limits: %+v", v.Uses)
	}
	b.Unbroken()
}
