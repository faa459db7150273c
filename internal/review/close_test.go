package review_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

func TestScoresApartNeedModeration(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	p.Reviewed(a, map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	p.Scored(a)
	chair := p.As(testkit.Chair)
	p.Want(p.Reviews.CloseAssessment(chair, a.Ref), fault.Conflict)
	p.Want(p.Reviews.CloseShort(chair, a.Ref, "no more time"), fault.Conflict)
	ok(t, p.Reviews.OpenModeration(chair, a.Ref))
	m, err := p.Reviews.Moderation(chair, p.CallRef())
	ok(t, err)
	item, err := p.Reviews.Discussion(chair, a.Ref)
	ok(t, err)
	if len(m.Items) != 1 || len(m.Items[0].Apart) != 4 || len(item.Comments) != 3 {
		t.Fatalf("%+v", m)
	}
	apart := map[rubric.Code]bool{}
	for _, part := range item.Parts {
		apart[part.Part.Code] = part.Apart
	}
	if !apart["EV1"] || !apart["RO2"] || apart["EV2"] || !apart["VM1"] {
		t.Error(apart)
	}
	p.Want(p.Reviews.RecordConsensus(chair, a.Ref, review.Marks{"EV1": {Mark: "3", Reason: "The panel agreed on the middle"}}), fault.Conflict)
	marks := review.Marks{}
	for _, code := range []rubric.Code{"EV1", "RO1", "RO2", "VM1"} {
		marks[code] = review.Given{Mark: "3", Reason: "The panel agreed on the middle"}
	}
	short := review.Marks{"EV1": {Mark: "3", Reason: "no"}}
	if got := fields(t, p.Reviews.RecordConsensus(chair, a.Ref, short)); got["EV1-reason"] == "" {
		t.Error(got)
	}
	ok(t, p.Reviews.RecordConsensus(chair, a.Ref, marks))
	got := p.Totals()[a.ID]
	if part, _ := got.Part("RO2"); part.Mean != 3 || !part.Consensus || part.Scores != 3 || p.Application(a.Ref).State != workflow.Assessed {
		t.Errorf("%+v", part)
	}
	p.Unbroken()
}

func TestWhoReviewedCannotRecordTheConsensus(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	who := p.Reviewers(a)["clinical"]
	p.Person(who, "panel_chair", scope(p))
	p.Reviewed(a, map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	p.Scored(a)
	ok(t, p.Reviews.OpenModeration(p.As(testkit.Chair), a.Ref))
	p.Want(p.Reviews.RecordConsensus(p.As(who), a.Ref, review.Marks{"EV1": {Mark: "3", Reason: "I would like it to be so"}}), fault.Forbidden)
}

func TestARevisionKeepsBothVersions(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	names := p.Reviewers(a)
	p.Reviewed(a, map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	p.Scored(a)
	ok(t, p.Reviews.OpenModeration(p.As(testkit.Chair), a.Ref))
	ctx := p.As(names["technical"])
	sheet, err := p.Reviews.Open(ctx, a.Ref)
	ok(t, err)
	if len(sheet.Others) != 2 || !sheet.Revisable {
		t.Fatalf("%+v", sheet)
	}
	in := review.Typed{Marks: p.Marks("technical", "3"), Comments: "I read the others", Version: sheet.Review.Version}
	_, err = p.Reviews.Revise(ctx, a.Ref, in)
	ok(t, err)
	_, err = p.Reviews.Revise(ctx, a.Ref, in)
	p.Want(err, fault.Conflict)
	other, err := p.Reviews.Open(p.As(names["clinical"]), a.Ref)
	ok(t, err)
	found := false
	for _, o := range other.Others {
		found = found || o.Kind == "technical" && o.Marks["EV1"].Mark == "3" && len(o.Earlier) == 1 && o.Earlier[0].Marks["EV1"].Mark == "1"
	}
	part, _ := p.Totals()[a.ID].Part("EV1")
	if !found || part.Mean != 4 || part.Scores != 2 {
		t.Errorf("%+v, %+v", other.Others, part)
	}
	p.Unbroken()
}

func TestAConflictFoundAfterAReviewStrikesIt(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	names := p.Reviewers(a)
	p.Reviewed(a, map[string]string{"clinical": "5", "technical": "2", "ppv": "4"})
	p.Scored(a)
	_, err := p.Interests.Declare(p.As(names["clinical"]), a.Ref, interest.Declaration{Kind: interest.Financial, Statement: "I have just been offered a post there"})
	ok(t, err)
	got := p.Totals()[a.ID]
	if part, _ := got.Part("EV1"); part.Mean != 2 || part.Scores != 1 || got.Reviews != 2 || len(got.Missing) != 1 {
		t.Errorf("%+v", got)
	}
	p.Want(p.Reviews.CloseAssessment(p.As(testkit.Chair), a.Ref), fault.Conflict)
	_, err = p.Reviews.Open(p.As(names["clinical"]), a.Ref)
	p.Want(err, fault.NotFound)
	ok(t, p.Assignments.Replace(p.As(testkit.Manager), a.Ref, assignment.Replacement{Kind: "clinical", Reason: "The first one has a conflict"}))
	fresh := p.Reviewers(a)["clinical"]
	if fresh == "" || fresh == names["clinical"] {
		t.Fatal(fresh)
	}
	p.Declared(fresh, a)
	_, err = p.Reviews.Submit(p.As(fresh), a.Ref, review.Typed{Marks: p.Marks("clinical", "3")})
	ok(t, err)
	ok(t, p.Reviews.CloseAssessment(p.As(testkit.Chair), a.Ref))
	p.Unbroken()
}

func TestARecusedChairSeesOneMaskedLineAndTheDeputyActs(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	p.Reviewed(a, map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	p.Scored(a)
	chair := p.As(testkit.Chair)
	outcome, err := p.Interests.Declare(chair, a.Ref, interest.Declaration{Kind: interest.Financial, Statement: "My own company supplies it"})
	ok(t, err)
	p.Want(p.Reviews.OpenModeration(p.As(testkit.Chair), a.Ref), fault.NotFound)
	progress, err := p.Reviews.Progress(p.As(testkit.Chair), p.CallRef(), review.Filter{})
	ok(t, err)
	m, err := p.Reviews.Moderation(p.As(testkit.Chair), p.CallRef())
	ok(t, err)
	view, err := p.Assignments.View(p.As(testkit.Chair), p.CallRef())
	ok(t, err)
	reviewers, err := p.Reviews.Reviewers(p.As(testkit.Chair), p.CallRef())
	ok(t, err)
	scoring, err := p.Reviews.Scoring(p.As(testkit.Chair), p.CallRef())
	ok(t, err)
	if scoring.Masked != 1 || len(scoring.Reviewers) != 0 || scoring.Parts[0].Units != 0 {
		t.Errorf("%+v", scoring)
	}
	if outcome != interest.Barred || progress.Masked != 1 || len(progress.Rows) != 0 || len(reviewers.Rows) != 0 || m.Masked != 1 || len(m.Items) != 0 || view.Masked != 1 || len(view.Rows) != 0 {
		t.Errorf("%s %+v %+v %+v", outcome, progress, m, view)
	}
	p.Want(p.Reviews.OpenModeration(p.As(testkit.Deputy), a.Ref), fault.NotFound)
	deputy := p.Person(testkit.Deputy, "", scope(p))
	ok(t, p.Interests.Appoint(p.As(testkit.Manager), a.Ref, deputy.ID))
	ok(t, p.Reviews.OpenModeration(p.As(testkit.Deputy), a.Ref))
}

func TestFurtherReviewsAreAskedForWithAReason(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	p.Reviewed(a, threes())
	p.Scored(a)
	chair := p.As(testkit.Chair)
	ok(t, p.Reviews.CloseAssessment(chair, a.Ref))
	p.Want(p.Reviews.RequestReviews(chair, a.Ref, " "), fault.Conflict)
	ok(t, p.Reviews.RequestReviews(chair, a.Ref, "A second technical opinion is needed"))
	ok(t, p.Assignments.Replace(p.As(testkit.Manager), a.Ref, assignment.Replacement{Kind: "technical", Reason: "Asked for by the chair"}))
	p.Want(p.Reviews.CloseAssessment(chair, a.Ref), fault.Conflict)
	ok(t, p.Reviews.CloseShort(chair, a.Ref, "The further review did not come in time"))
	if got := p.Totals()[a.ID]; got.Pending != 0 || got.Reviews != 3 || p.Application(a.Ref).State != workflow.Assessed {
		t.Errorf("%+v", got)
	}
	ok(t, p.Reviews.TakeToPanel(chair, a.Ref))
	ok(t, p.Reviews.RecordConsensus(chair, a.Ref, nil))
}

func TestEveryGuardStopsWithItsWords(t *testing.T) {
	t.Parallel()
	full := func(p *testkit.Panel, a *application.Application, marks map[string]string) {
		p.Reviewed(a, marks)
		p.Scored(a)
	}
	apart := map[string]string{"clinical": "5", "technical": "1", "ppv": "4"}
	cases := []struct {
		name  string
		given func(*testkit.Panel, *application.Application)
		do    func(*testkit.Panel, *application.Application) error
		words string
	}{
		{"reviews missing", func(*testkit.Panel, *application.Application) {}, func(p *testkit.Panel, a *application.Application) error {
			return p.Reviews.CloseAssessment(p.As(testkit.Chair), a.Ref)
		}, "Not every review is in."},
		{"FU1 and DT1 missing", func(p *testkit.Panel, a *application.Application) { p.Reviewed(a, threes()) }, func(p *testkit.Panel, a *application.Application) error {
			return p.Reviews.CloseAssessment(p.As(testkit.Chair), a.Ref)
		}, "Not every review is in."},
		{"scores apart", func(p *testkit.Panel, a *application.Application) { full(p, a, apart) }, func(p *testkit.Panel, a *application.Application) error {
			return p.Reviews.CloseAssessment(p.As(testkit.Chair), a.Ref)
		}, "Scores differ by more than the call's limit: open moderation first."},
		{"scores not apart", func(p *testkit.Panel, a *application.Application) { full(p, a, threes()) }, func(p *testkit.Panel, a *application.Application) error {
			return p.Reviews.OpenModeration(p.As(testkit.Chair), a.Ref)
		}, "Scores are within the call's limit."},
		{"moderation before all reviews", func(*testkit.Panel, *application.Application) {}, func(p *testkit.Panel, a *application.Application) error {
			return p.Reviews.OpenModeration(p.As(testkit.Chair), a.Ref)
		}, "Not every review is in."},
		{"chosen without a reason", func(*testkit.Panel, *application.Application) {}, func(p *testkit.Panel, a *application.Application) error {
			return p.Reviews.ChooseModeration(p.As(testkit.Chair), a.Ref, "  ")
		}, "Give the reason, as the minutes will show it."},
		{"closed short without a reason", func(*testkit.Panel, *application.Application) {}, func(p *testkit.Panel, a *application.Application) error {
			return p.Reviews.CloseShort(p.As(testkit.Chair), a.Ref, "")
		}, "Give the reason, as the minutes will show it."},
		{"no consensus", func(p *testkit.Panel, a *application.Application) {
			full(p, a, apart)
			if err := p.Reviews.OpenModeration(p.As(testkit.Chair), a.Ref); err != nil {
				panic(err)
			}
		}, func(p *testkit.Panel, a *application.Application) error {
			return p.Reviews.RecordConsensus(p.As(testkit.Chair), a.Ref, nil)
		}, "Record a consensus, with its reason, on each part where scores differ."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p, a := one(t)
			c.given(p, a)
			before := p.Application(a.Ref).State
			err := c.do(p, a)
			p.Want(err, fault.Conflict)
			if f, _ := fault.Of(err); f.Words != c.words || p.Application(a.Ref).State != before {
				t.Errorf("got %q, want %q", f.Words, c.words)
			}
		})
	}
}

func TestTheDTACScoreKeepsToTheStatusAndDoesNotChange(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	ctx := p.As(testkit.Assessor)
	p.Status = "on_the_way"
	for mark, words := range map[string]string{"5": "from 1 to 4", "0": "from 1 to 4", "abstain": "from 1 to 4", "": "Select a score"} {
		err := p.Reviews.ScoreDT1(ctx, a.Ref, review.Given{Mark: mark, Reason: "A reason of more than five words"})
		if got := fields(t, err)["DT1"]; !strings.Contains(got, words) {
			t.Errorf("%q: %q", mark, got)
		}
	}
	p.Status = "not_compliant"
	if got := fields(t, p.Reviews.ScoreDT1(ctx, a.Ref, review.Given{Mark: "3", Reason: "A reason of more than five words"})); got["DT1"] != "By the provisional status, the score must be 0" {
		t.Error(got)
	}
}

func TestTheDTACScoreIsGivenOnce(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	p.Status = "on_the_way"
	ctx := p.As(testkit.Assessor)
	ok(t, p.Reviews.ScoreDT1(ctx, a.Ref, review.Given{Mark: "3", Reason: "The plan is sound but not early"}))
	p.Want(p.Reviews.ScoreDT1(ctx, a.Ref, review.Given{Mark: "4", Reason: "The plan is sound but not early"}), fault.Conflict)
	f, err := p.Reviews.Fixed(ctx, a.Ref)
	ok(t, err)
	if f.Standing["DT1"].Label() != "3" || f.Status != "on_the_way" || f.Bounds != (rubric.Bounds{Least: 1, Best: 4}) {
		t.Errorf("%+v", f)
	}
	_, err = p.Reviews.Fixed(p.As(p.Reviewers(a)["ppv"]), a.Ref)
	if err == nil {
		t.Error("a reviewer sees it")
	}
}

func TestASecondOfficerConfirmsFU1(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	first, second := p.As(testkit.Officer1), p.As(testkit.Officer2)
	p.Want(p.Reviews.ConfirmFU1(second, a.Ref), fault.Conflict)
	ok(t, p.Reviews.ProposeFU1(first, a.Ref, review.Given{Mark: "2", Reason: "A national programme may pay for it"}))
	ok(t, p.Reviews.ProposeFU1(first, a.Ref, review.Given{Mark: "4", Reason: "No programme was found to pay for it"}))
	if part, _ := p.Totals()[a.ID].Part("FU1"); part.Counts {
		t.Error("an unconfirmed score counts")
	}
	p.Want(p.Reviews.ConfirmFU1(first, a.Ref), fault.Forbidden)
	ok(t, p.Reviews.ConfirmFU1(second, a.Ref))
	if part, _ := p.Totals()[a.ID].Part("FU1"); part.Mean != 4 || part.Scores != 1 {
		t.Errorf("%+v", part)
	}
	p.Unbroken()
}

func TestAllThatAreReadyAreClosedAtOnce(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	apps := p.Assess(3)
	for i, marks := range []map[string]string{threes(), {"clinical": "5", "technical": "1", "ppv": "4"}} {
		p.Reviewed(apps[i], marks)
		p.Scored(apps[i])
	}
	p.Days(30)
	progress, err := p.Reviews.Progress(p.As(testkit.Chair), p.CallRef(), review.Filter{})
	ok(t, err)
	if progress.Sums.Ready != 1 || progress.Sums.Apart != 1 || len(progress.Rows) != 3 || progress.Rows[2].Overdue != 3 {
		t.Errorf("%+v", progress)
	}
	done, err := p.Reviews.CloseReady(p.As(testkit.Chair), p.CallRef())
	ok(t, err)
	if done != (review.Closed{Closed: 1, Apart: 1, Waiting: 1}) {
		t.Errorf("%+v", done)
	}
	_, err = p.Reviews.CloseReady(p.As(testkit.Manager), p.CallRef())
	p.Want(err, fault.Forbidden)
}

func TestTheQueueShowsWhatIsDueFirst(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	apps := p.Assess(2)
	names := p.Reviewers(apps[0])
	who := names["clinical"]
	tasks, err := p.Reviews.Queue(p.As(who))
	ok(t, err)
	if len(tasks) != 1 || tasks[0].Ref != apps[0].Ref || tasks[0].Declared || tasks[0].Sent || tasks[0].Overdue {
		t.Fatalf("%+v", tasks)
	}
	p.Declared(who, apps[0])
	p.Days(40)
	_, err = p.Reviews.Save(p.As(who), apps[0].Ref, review.Typed{Comments: "begun"})
	ok(t, err)
	tasks, err = p.Reviews.Queue(p.As(who))
	ok(t, err)
	if !tasks[0].Declared || !tasks[0].Begun || !tasks[0].Overdue {
		t.Errorf("%+v", tasks)
	}
	_, err = p.Reviews.Queue(p.As(testkit.Chair))
	p.Want(err, fault.Forbidden)
}

func TestAScoreChangedBehindTheGateIsFound(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	p.Reviewed(a, threes())
	p.Unbroken()
	ok(t, p.DB.Write.Exec("UPDATE scores SET value = 5 WHERE part = 'EV1'").Error)
	p.Read(func(tx *work.Tx) error {
		f, err := tx.Verify()
		if f.Whole() {
			t.Error("not found")
		}
		return err
	})
}
