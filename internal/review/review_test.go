package review_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

// one makes a panel with one application in assessment.
func one(t *testing.T) (*testkit.Panel, *application.Application) {
	t.Helper()
	p := testkit.New(t).Panel()
	return p, p.Assess(1)[0]
}

func scope(p *testkit.Panel) access.Scope {
	c := p.Call(p.CallRef())
	return c.Scope()
}

func threes() map[string]string {
	return map[string]string{"clinical": "3", "technical": "3", "ppv": "3"}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func fields(t *testing.T, err error) fault.Problems {
	t.Helper()
	f, is := fault.Of(err)
	if !is || f.Kind != fault.Invalid {
		t.Fatalf("got %v, want problems by field", err)
	}
	return f.Fields
}

func TestAnAssessmentFromAssignmentToTotal(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	p.Reviewed(a, map[string]string{"clinical": "4", "technical": "3", "ppv": "5"})
	p.Scored(a)
	ok(t, p.Reviews.CloseAssessment(p.As(testkit.Chair), a.Ref))
	a = p.Application(a.Ref)
	if a.State != workflow.Assessed {
		t.Fatal(a.State)
	}
	// EV1 3.5 of 20, EV2 4.5 of 15, DT1 5 of 10, FU1 4 of 10, RO1 3.5 of 15, RO2 4 of 15, VM1 3.5 of 10, IN1 4.5 of 5
	got := p.Totals()[a.ID]
	if got.Total.String() != "79.50" || !got.Complete || got.Reviews != 3 || len(got.Missing) != 0 {
		t.Errorf("%s %+v", got.Total, got)
	}
	p.Unbroken()
}

func TestAReviewerSeesNothingBeforeTheDeclarationButTheGlimpse(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	ctx := p.As(p.Reviewers(a)["clinical"])
	_, err := p.Reviews.Open(ctx, a.Ref)
	p.Want(err, fault.Forbidden)
	g, err := p.Interests.Glimpse(ctx, a.Ref)
	ok(t, err)
	if g.Title != a.Title || g.Lead != a.LeadName || g.Summary == "" {
		t.Errorf("%+v", g)
	}
	_, err = p.Reviews.Save(ctx, a.Ref, review.Typed{})
	p.Want(err, fault.Forbidden)
}

func TestWhoIsNotAssignedSeesNothing(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	assigned := p.Reviewers(a)["clinical"]
	for _, name := range []string{"clinical1", "clinical2"} {
		if testkit.Address(name) == assigned {
			continue
		}
		ctx := p.As(name)
		_, err := p.Reviews.Open(ctx, a.Ref)
		p.Want(err, fault.NotFound)
		_, err = p.Interests.Glimpse(ctx, a.Ref)
		p.Want(err, fault.NotFound)
		_, err = p.Reviews.Save(ctx, a.Ref, review.Typed{})
		p.Want(err, fault.NotFound)
		p.Want(p.Reviews.AcceptTerms(ctx, a.Ref), fault.NotFound)
		tasks, err := p.Reviews.Queue(ctx)
		ok(t, err)
		if len(tasks) != 0 {
			t.Errorf("%+v", tasks)
		}
	}
}

func TestAReviewerWithAConflictCanNeitherSeeNorSave(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	who := p.Reviewers(a)["technical"]
	ctx := p.As(who)
	ok(t, p.Reviews.AcceptTerms(ctx, a.Ref))
	outcome, err := p.Interests.Declare(ctx, a.Ref, interest.Declaration{Kind: interest.Financial, Statement: "I own shares of the invented supplier"})
	ok(t, err)
	if outcome != interest.Barred {
		t.Fatal(outcome)
	}
	_, err = p.Reviews.Open(ctx, a.Ref)
	p.Want(err, fault.NotFound)
	_, err = p.Reviews.Save(ctx, a.Ref, review.Typed{Marks: p.Marks("technical", "5")})
	p.Want(err, fault.NotFound)
	_, err = p.Reviews.Submit(ctx, a.Ref, review.Typed{Marks: p.Marks("technical", "5")})
	p.Want(err, fault.NotFound)
	tasks, err := p.Reviews.Queue(ctx)
	ok(t, err)
	lines, err := p.Interests.Mine(ctx)
	ok(t, err)
	if len(tasks) != 0 || len(lines) != 1 || lines[0].Ref != a.Ref || lines[0].Title != "" {
		t.Errorf("queue %+v, declarations %+v", tasks, lines)
	}
	if _, there := p.Reviewers(a)["technical"]; there {
		t.Error("the assignment was not struck")
	}
}

func TestADraftIsKeptWhateverIsMissing(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	who := p.Reviewers(a)["clinical"]
	p.Declared(who, a)
	sheet, err := p.Reviews.Save(p.As(who), a.Ref, review.Typed{Marks: review.Marks{"EV1": {Mark: "4"}, "RO1": {Reason: "half a"}}, Comments: "c"})
	ok(t, err)
	if sheet.Review.Version != 1 {
		t.Error(sheet.Review.Version)
	}
	again, err := p.Reviews.Open(p.As(who), a.Ref)
	ok(t, err)
	if again.Review.Marks["EV1"].Mark != "4" || again.Review.Marks["RO1"].Reason != "half a" || again.Review.Comments != "c" || again.Done() != 0 || len(again.Standing.Answers) == 0 {
		t.Errorf("%+v", again.Review)
	}
	if got := p.Totals()[a.ID]; got.Reviews != 0 || got.Weight != 0 {
		t.Error("a draft counts")
	}
}

func TestAStaleVersionIsAConflictAndNothingIsLost(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	who := p.Reviewers(a)["clinical"]
	p.Declared(who, a)
	ctx := p.As(who)
	_, err := p.Reviews.Save(ctx, a.Ref, review.Typed{Comments: "first"})
	ok(t, err)
	_, err = p.Reviews.Save(ctx, a.Ref, review.Typed{Comments: "second", Version: 0})
	p.Want(err, fault.Conflict)
	f, _ := fault.Of(err)
	if both, is := f.Latest.([]form.Clash); !is || len(both) != 1 || both[0].Theirs.Text != "first" || both[0].Mine.Text != "second" {
		t.Errorf("%+v", f.Latest)
	}
}

func TestAnIncompleteReviewIsNamedPartByPart(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	who := p.Reviewers(a)["ppv"]
	p.Declared(who, a)
	ctx := p.As(who)
	_, err := p.Reviews.Submit(ctx, a.Ref, review.Typed{Marks: review.Marks{
		"EV2": {Mark: "3", Reason: "too short"}, "RO2": {Mark: "not_applicable"},
	}, Feedback: "kept"})
	want := fault.Problems{
		"EV2-reason": "The reason for your score of EV2 must be 5 words or more",
		"RO2-reason": "Enter the reason for your score of RO2",
		"IN1":        "Select a score for IN1, inclusion, acceptability and patient involvement",
		"IN1-reason": "Enter the reason for your score of IN1",
	}
	got := fields(t, err)
	for field, words := range want {
		if got[field] != words {
			t.Errorf("%s: got %q, want %q", field, got[field], words)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
	sheet, err := p.Reviews.Open(ctx, a.Ref)
	ok(t, err)
	if sheet.Review.Feedback != "kept" || sheet.Review.State != review.Draft {
		t.Error("what was typed is lost")
	}
}

func TestAWrongMarkIsRefused(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	who := p.Reviewers(a)["ppv"]
	p.Declared(who, a)
	for code, g := range map[rubric.Code]review.Given{"EV2": {Mark: "6"}, "RO2": {Mark: "-1"}, "IN1": {Mark: "05"}, "EV1": {Mark: "3"}, "XX9": {Mark: "1"}} {
		_, err := p.Reviews.Save(p.As(who), a.Ref, review.Typed{Marks: review.Marks{code: g}})
		if fields(t, err)[string(code)] == "" {
			t.Errorf("%s %s: %v", code, g.Mark, err)
		}
	}
	_, err := p.Reviews.Save(p.As(who), a.Ref, review.Typed{Marks: review.Marks{"EV2": {Reason: strings.Repeat("x", 4001)}}, Comments: strings.Repeat("x", 5001), Feedback: strings.Repeat("x", 5001)})
	if got := fields(t, err); len(got) != 3 {
		t.Errorf("%v", got)
	}
}

func TestTheTermsComeFirst(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	ctx := p.As(p.Reviewers(a)["ppv"])
	_, err := p.Interests.Declare(ctx, a.Ref, interest.Declaration{Kind: interest.None})
	ok(t, err)
	_, err = p.Reviews.Save(ctx, a.Ref, review.Typed{})
	p.Want(err, fault.Conflict)
	ok(t, p.Reviews.AcceptTerms(ctx, a.Ref))
	ok(t, p.Reviews.AcceptTerms(ctx, a.Ref))
	_, err = p.Reviews.Save(ctx, a.Ref, review.Typed{})
	ok(t, err)
}

func TestSendingTwiceIsTheSameAsOnce(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	who := p.Reviewers(a)["ppv"]
	p.Declared(who, a)
	in := review.Typed{Marks: p.Marks("ppv", "4")}
	for range 2 {
		_, err := p.Reviews.Submit(p.As(who), a.Ref, in)
		ok(t, err)
	}
	in.Comments = "changed"
	_, err := p.Reviews.Submit(p.As(who), a.Ref, in)
	p.Want(err, fault.Conflict)
	_, err = p.Reviews.Save(p.As(who), a.Ref, in)
	p.Want(err, fault.Conflict)
	if got := p.Totals()[a.ID]; got.Reviews != 1 {
		t.Errorf("%+v", got)
	}
}

func TestReviewersSeeOneAnotherOnlyAfterTheirOwn(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	names := p.Reviewers(a)
	for _, kind := range []string{"clinical", "technical"} {
		p.Declared(names[kind], a)
	}
	_, err := p.Reviews.Submit(p.As(names["clinical"]), a.Ref, review.Typed{Marks: p.Marks("clinical", "4"), Comments: "seen by the panel"})
	ok(t, err)
	before, err := p.Reviews.Open(p.As(names["technical"]), a.Ref)
	ok(t, err)
	_, err = p.Reviews.Submit(p.As(names["technical"]), a.Ref, review.Typed{Marks: p.Marks("technical", "1")})
	ok(t, err)
	after, err := p.Reviews.Open(p.As(names["technical"]), a.Ref)
	ok(t, err)
	if len(before.Others) != 0 || len(after.Others) != 1 || after.Others[0].Marks["EV1"].Mark != "4" || after.Others[0].Comments == "" {
		t.Errorf("before %+v, after %+v", before.Others, after.Others)
	}
}

func TestAbstainingIsNeverZero(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	p.Reviewed(a, map[string]string{"clinical": "4", "technical": "abstain", "ppv": "not_applicable"})
	p.Scored(a)
	ok(t, p.Reviews.CloseAssessment(p.As(testkit.Chair), a.Ref))
	got := p.Totals()[a.ID]
	for _, code := range []rubric.Code{"EV1", "EV2", "RO2", "IN1"} {
		if part, _ := got.Part(code); part.Mean != 4 || part.Scores != 1 {
			t.Errorf("%+v", part)
		}
	}
	if got.Total.String() != "82.00" {
		t.Error(got.Total)
	}
}
