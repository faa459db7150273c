package assignment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assign"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// proposed makes a panel with eligible applications and a plan.
func proposed(t *testing.T, n int) (*testkit.Panel, []*application.Application) {
	t.Helper()
	p := testkit.New(t).Panel()
	apps := p.Eligible(n)
	ok(t, p.Assignments.Propose(p.As(testkit.Manager), p.CallRef()))
	return p, apps
}

func view(t *testing.T, p *testkit.Panel) assignment.View {
	t.Helper()
	v, err := p.Assignments.View(p.As(testkit.Manager), p.CallRef())
	ok(t, err)
	return v
}

func TestAPlanGivesEveryApplicationOneReviewerOfEachKindEvenly(t *testing.T) {
	t.Parallel()
	p, apps := proposed(t, 4)
	v := view(t, p)
	if v.Status != assign.Optimal || len(v.Plan.Pairs) != 12 || v.Waiting != 4 || len(v.Rows) != 4 {
		t.Fatalf("%+v", v)
	}
	for _, l := range v.Loads {
		if l.Planned != 2 || l.Stands != 0 {
			t.Errorf("%+v", l)
		}
	}
	if p.Application(apps[0].Ref).State != workflow.Eligible {
		t.Error("a proposal alone starts nothing")
	}
}

// TestReviewersAreMixed: where nothing tells them apart, those of one kind do not share the same applications as those of another. Else groups of
// applications would have no reviewer in common, and nobody could say who is harsh.
func TestReviewersAreMixed(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	for i, kind := range []string{"clinical", "technical", "ppv", "clinical", "technical", "ppv", "clinical", "technical", "ppv"} {
		p.Reviewer(fmt.Sprintf("more-%s%d", kind, i), assignment.Newcomer{Kind: kind, ODS: "RX1", Themes: []string{"CAR"}, Capacity: 10})
	}
	p.Eligible(10)
	ok(t, p.Assignments.Propose(p.As(testkit.Manager), p.CallRef()))
	together := map[ident.Person][]ident.Ref{}
	for _, pair := range view(t, p).Plan.Pairs {
		together[pair.Person] = append(together[pair.Person], pair.Ref)
	}
	groups := map[string]bool{}
	for _, refs := range together {
		slices.Sort(refs)
		groups[fmt.Sprint(refs)] = true
	}
	if len(groups) < 8 { // of fifteen reviewers with two applications each
		t.Errorf("fifteen reviewers share %d groups of applications: %v", len(groups), groups)
	}
}

func TestTheChairsApprovalStartsTheAssessmentAndTellsTheReviewers(t *testing.T) {
	t.Parallel()
	p, apps := proposed(t, 2)
	v := view(t, p)
	_, err := p.Assignments.Approve(p.As(testkit.Manager), p.CallRef(), v.Plan.Version)
	p.Want(err, fault.Forbidden)
	_, err = p.Assignments.Approve(p.As(testkit.Chair), p.CallRef(), v.Plan.Version+1)
	p.Want(err, fault.Conflict)
	done, err := p.Assignments.Approve(p.As(testkit.Chair), p.CallRef(), v.Plan.Version)
	ok(t, err)
	if done != (assignment.Started{Applications: 2}) {
		t.Errorf("%+v", done)
	}
	for _, a := range apps {
		names := p.Reviewers(a)
		if p.Application(a.Ref).State != workflow.Assessment || len(names) != 3 {
			t.Fatalf("%s: %v", a.Ref, names)
		}
		for _, name := range names {
			if !p.Told(name, "review_to_do") {
				t.Errorf("%s was not told", name)
			}
		}
	}
	_, err = p.Assignments.Approve(p.As(testkit.Chair), p.CallRef(), v.Plan.Version)
	p.Want(err, fault.Conflict)
	p.Unbroken()
}

func TestWhoProposedCannotApprove(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	p.Eligible(1)
	call := p.Call(p.CallRef())
	p.Person("both", "administrator", access.Scope{Round: call.RoundID})
	p.Person("both", "panel_chair", call.Scope())
	ok(t, p.Assignments.Propose(p.As("both"), p.CallRef()))
	v := view(t, p)
	_, err := p.Assignments.Approve(p.As("both"), p.CallRef(), v.Plan.Version)
	if err == nil || p.Application(v.Rows[0].Ref).State != workflow.Eligible {
		t.Errorf("approved by who proposed: %v", err)
	}
}

func TestWhatIsNotFullyAssignedWaits(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	apps := p.Eligible(2)
	for _, name := range []string{"ppv1", "ppv2"} {
		p.Reviewer(name, assignment.Newcomer{Kind: "ppv", ODS: "RX1", Capacity: map[string]int{"ppv1": 1}[name]})
	}
	ok(t, p.Assignments.Propose(p.As(testkit.Manager), p.CallRef()))
	v := view(t, p)
	if v.Status != assign.Infeasible {
		t.Error(v.Status)
	}
	done, err := p.Assignments.Approve(p.As(testkit.Chair), p.CallRef(), v.Plan.Version)
	ok(t, err)
	if done != (assignment.Started{Applications: 1, Waiting: 1}) {
		t.Errorf("%+v", done)
	}
	ok(t, p.Assignments.Propose(p.As(testkit.Manager), p.CallRef()))
	_, err = p.Assignments.Approve(p.As(testkit.Chair), p.CallRef(), view(t, p).Plan.Version)
	p.Want(err, fault.Conflict)
	if f, _ := fault.Of(err); f.Words != "Not every review that the call asks for is assigned." {
		t.Error(f.Words)
	}
	p.Reviewer("ppv3", assignment.Newcomer{Kind: "ppv", Capacity: 5})
	ok(t, p.Assignments.Propose(p.As(testkit.Manager), p.CallRef()))
	done, err = p.Assignments.Approve(p.As(testkit.Chair), p.CallRef(), view(t, p).Plan.Version)
	ok(t, err)
	if done.Applications != 1 || p.Application(apps[0].Ref).State != workflow.Assessment || p.Application(apps[1].Ref).State != workflow.Assessment {
		t.Errorf("%+v", done)
	}
}

func TestNobodyReviewsTheirOwnOrganisation(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	p.Eligible(1)
	for _, name := range []string{"clinical1", "clinical2"} {
		p.Reviewer(name, assignment.Newcomer{Kind: "clinical", ODS: "QMF", Capacity: 10})
	}
	ok(t, p.Assignments.Propose(p.As(testkit.Manager), p.CallRef()))
	if v := view(t, p); v.Status != assign.Infeasible || len(v.Plan.Pairs) != 2 {
		t.Errorf("%+v", v.Plan.Pairs)
	}
	near := p.Reviewer("near", assignment.Newcomer{Kind: "clinical", ODS: "RX9", Themes: []string{"CAR"}, Capacity: 10})
	far := p.Reviewer("far", assignment.Newcomer{Kind: "clinical", ODS: "RX2", Capacity: 10})
	ok(t, p.Assignments.Propose(p.As(testkit.Manager), p.CallRef()))
	chosen := map[ident.Person]bool{}
	for _, pair := range view(t, p).Plan.Pairs {
		chosen[pair.Person] = true
	}
	if !chosen[near] || chosen[far] {
		t.Error("the same system is worth less than a matching theme alone, and more than none")
	}
}

func TestAPlanIsChangedWithAReasonThatIsKept(t *testing.T) {
	t.Parallel()
	p, apps := proposed(t, 1)
	v := view(t, p)
	seat := v.Rows[0].Seats[0]
	manager := p.As(testkit.Manager)
	e := assignment.Edit{Ref: apps[0].Ref, Kind: seat.Kind, Out: seat.Person, In: seat.Free[0].Person, Reason: "Knows the pathway better", Version: v.Plan.Version}
	bad := e
	bad.Reason, bad.In = "", seat.Person
	err := p.Assignments.Edit(manager, p.CallRef(), bad)
	if f, _ := fault.Of(err); f == nil || f.Fields["reason"] == "" || f.Fields["in"] != "They review this application already" {
		t.Error(err)
	}
	ok(t, p.Assignments.Edit(manager, p.CallRef(), e))
	p.Want(p.Assignments.Edit(manager, p.CallRef(), e), fault.Conflict)
	after := view(t, p)
	if len(after.Plan.Changes) != 1 || after.Plan.Changes[0].Reason != e.Reason || after.Rows[0].Seats[0].Person != e.In {
		t.Errorf("%+v", after.Plan)
	}
	p.Want(p.Assignments.Edit(p.As(testkit.Chair), p.CallRef(), e), fault.Forbidden)
}

func TestAReviewerDeclinesAndIsReplacedInOneStep(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	a := p.Assess(1)[0]
	who := p.Reviewers(a)["ppv"]
	if err := p.Assignments.Decline(p.As(who), a.Ref, assignment.Refusal{Reason: "dull"}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	ok(t, p.Assignments.Decline(p.As(who), a.Ref, assignment.Refusal{Reason: assignment.TooMany}))
	p.Want(p.Assignments.Decline(p.As(who), a.Ref, assignment.Refusal{Reason: assignment.TooMany}), fault.NotFound)
	if !p.Told(testkit.Manager, "reviewer_to_replace") {
		t.Error("the fund manager was not told")
	}
	manager := p.As(testkit.Manager)
	p.Want(p.Assignments.Replace(manager, a.Ref, assignment.Replacement{Kind: "ppv"}), fault.Invalid)
	ok(t, p.Assignments.Replace(manager, a.Ref, assignment.Replacement{Kind: "ppv", Reason: "The first one declined"}))
	fresh := p.Reviewers(a)["ppv"]
	if fresh == "" || fresh == who || !p.Told(fresh, "review_to_do") {
		t.Error(fresh)
	}
	p.Want(p.Assignments.Replace(manager, a.Ref, assignment.Replacement{Kind: "ppv", Reason: "Nobody is left"}), fault.Invalid)
	p.Unbroken()
}

func TestAConflictAsTheReasonForDecliningBars(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	a := p.Assess(1)[0]
	who := p.Reviewers(a)["clinical"]
	if err := p.Assignments.Decline(p.As(who), a.Ref, assignment.Refusal{Reason: assignment.HasConflict}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	ok(t, p.Assignments.Decline(p.As(who), a.Ref, assignment.Refusal{Reason: assignment.HasConflict, Note: "My sister leads the project"}))
	if len(p.Application(a.Ref).With(application.Conflicted)) != 1 {
		t.Error("not conflicted")
	}
}

func TestSomebodyElseTakesTheirPlace(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	a := p.Assess(1)[0]
	v := view(t, p)
	seat := v.Rows[0].Seats[0]
	ok(t, p.Assignments.Replace(p.As(testkit.Manager), a.Ref, assignment.Replacement{Kind: seat.Kind, Out: seat.Person, In: seat.Free[0].Person, Reason: "Is ill"}))
	now := p.Application(a.Ref).With(application.Assigned)
	if len(now) != 3 {
		t.Error(now)
	}
	for _, id := range now {
		if id == seat.Person {
			t.Error("the one who went is still assigned")
		}
	}
}

func TestReviewersAreImportedAllOrNone(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	head := "email,name,kind,ods_code,themes,capacity\n"
	cases := map[string]string{
		"mail,name\n": "The first row must be email,name,kind,ods_code,themes,capacity",
		head + "a@x.example,A B,clinical,RX1,CAR,x\n":                                          `row 2: capacity "x" is not a whole number`,
		head + "a@x.example,A B,wizard,RX1,CAR,3\nb@x.example,B C,ppv,ZZZ,XX;CAR,2000\n":       "row 2: kind \"wizard\" is not one that a call of the round asks for\nrow 3: there is no call with the theme \"XX\"\nrow 3: capacity must be from 0 to 1000\nrow 3: there is no organisation \"ZZZ\"",
		head + "fine@x.example,Fine One,ppv,RX1,CAR;GAS,3\nnot an address,B C,ppv,RX1,CAR,3\n": "row 3: Enter an email address",
	}
	for file, want := range cases {
		_, err := p.Assignments.Import(p.Operator(), "AF26", strings.NewReader(file))
		if f, is := fault.Of(err); !is || !strings.Contains(f.Words, want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	before := len(view(t, p).Loads)
	n, err := p.Assignments.Import(p.As(testkit.Manager), "AF26", strings.NewReader(head+"fine@x.example,Fine One,ppv,rx1,car;GAS,3\n"))
	ok(t, err)
	if n != 1 || len(view(t, p).Loads) != before {
		t.Error("who has not accepted the invitation is no reviewer yet")
	}
	p.Person("fine@x.example", "", access.Scope{})
	if got := view(t, p).Loads; len(got) != before+1 {
		t.Errorf("%+v", got)
	}
	p.Read(func(tx *work.Tx) error {
		rows, err := assignment.ReviewersIn(tx, p.Round().ID)
		for _, r := range rows {
			if r.Capacity == 3 && (r.Themes != "CAR GAS" || r.ODS != "RX1") {
				t.Errorf("%+v", r)
			}
		}
		return err
	})
	_, err = p.Assignments.Import(p.As(testkit.Chair), "AF26", strings.NewReader(head))
	p.Want(err, fault.Forbidden)
}

func TestNothingIsProposedWhereNothingWaits(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	p.Closed()
	p.Want(p.Assignments.Propose(p.As(testkit.Manager), p.CallRef()), fault.Conflict)
	_, err := p.Assignments.Approve(p.As(testkit.Chair), p.CallRef(), 1)
	p.Want(err, fault.Conflict)
	p.Want(p.Assignments.Edit(p.As(testkit.Manager), p.CallRef(), assignment.Edit{}), fault.Conflict)
}
