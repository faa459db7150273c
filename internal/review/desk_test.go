package review_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/agreement"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/review"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

func progress(t *testing.T, p *testkit.Panel, as string, f review.Filter) review.Progress {
	t.Helper()
	got, err := p.Reviews.Progress(p.As(as), p.CallRef(), f)
	ok(t, err)
	return got
}

// shown are the references on the desk, in order.
func shown(p review.Progress) string {
	refs := make([]string, len(p.Rows))
	for i, r := range p.Rows {
		refs[i] = string(r.Ref)
	}
	return strings.Join(refs, " ")
}

func TestTheDeskIsNarrowedSortedAndTurned(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	apps := p.Assess(4)
	refs := make([]string, len(apps))
	for i, a := range apps {
		refs[i] = string(a.Ref)
	}
	p.Reviewed(apps[0], threes())
	p.Reviewed(apps[1], map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	p.Reviewed(apps[2], map[string]string{"clinical": "5", "technical": "5", "ppv": "4"})
	p.Scored(apps[0])
	p.Days(30)
	list := func(order ...int) string {
		var all []string
		for _, i := range order {
			all = append(all, refs[i])
		}
		return strings.Join(all, " ")
	}
	ppv := p.Person(p.Reviewers(apps[3])["ppv"], "", access.Scope{}).ID
	for name, c := range map[string]struct {
		f     review.Filter
		want  string
		found int
	}{
		"all":        {review.Filter{}, list(0, 1, 2, 3), 4},
		"overdue":    {review.Filter{Show: review.ShowOverdue}, list(3), 1},
		"apart":      {review.Filter{Show: review.ShowApart}, list(1), 1},
		"ready":      {review.Filter{Show: review.ShowReady}, list(0), 1},
		"missing":    {review.Filter{Show: review.ShowMissing}, list(1, 2, 3), 3},
		"by state":   {review.Filter{In: workflow.Assessed}, "", 0},
		"searched":   {review.Filter{Search: " PROJECT 3"}, list(2), 1},
		"by total":   {review.Filter{Sort: review.SortTotal, Limit: 1}, list(2), 4},
		"by spread":  {review.Filter{Sort: review.SortSpread, Limit: 1}, list(1), 4},
		"by overdue": {review.Filter{Sort: review.SortOverdue, Limit: 1}, list(3), 4},
		"turned":     {review.Filter{From: 2, Limit: 1}, list(2), 4},
		"beyond":     {review.Filter{From: 9, Limit: 1}, "", 4},
		"nonsense":   {review.Filter{Show: "nonsense", Sort: "nonsense", From: -3}, list(0, 1, 2, 3), 4},
		"nobody's":   {review.Filter{Reviewer: ident.New[ident.Person]()}, "", 0},
	} {
		if got := progress(t, p, testkit.Chair, c.f); shown(got) != c.want || got.Found != c.found || got.Sums.Sent != 9 || got.Sums.Asked != 12 || got.Sums.Overdue != 3 {
			t.Errorf("%s: %s of %d, want %s: %+v", name, shown(got), got.Found, c.want, got.Sums)
		}
	}
	if got := progress(t, p, testkit.Chair, review.Filter{Reviewer: ppv}); !strings.Contains(shown(got), refs[3]) {
		t.Error(shown(got))
	}
}

// The desk keeps what it read. It follows every change nevertheless, whoever made it.
func TestTheDeskFollowsEveryChange(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	apps := p.Assess(2)
	sums := func() review.Sums { return progress(t, p, testkit.Manager, review.Filter{}).Sums }
	if s := sums(); s.Sent != 0 || s.Asked != 6 {
		t.Fatalf("%+v", s)
	}
	names := p.Reviewers(apps[0])
	p.Reviewed(apps[0], map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	if s := sums(); s.Sent != 3 || s.Apart != 1 || s.Ready != 0 {
		t.Fatalf("%+v", s)
	}
	p.Scored(apps[0])
	row := progress(t, p, testkit.Manager, review.Filter{}).Rows[0]
	if want := p.Totals()[apps[0].ID]; row.Totals.Total != want.Total || len(row.Totals.Missing) != 0 {
		t.Fatalf("%+v, want %+v", row.Totals, want)
	}
	ok(t, p.Reviews.OpenModeration(p.As(testkit.Chair), apps[0].Ref))
	if s := sums(); s.States[workflow.Moderation] != 1 || s.Apart != 0 {
		t.Fatalf("%+v", s)
	}
	_, err := p.Interests.Declare(p.As(names["clinical"]), apps[0].Ref, interest.Declaration{Kind: interest.Financial, Statement: "I was offered a post there today"})
	ok(t, err)
	if s := sums(); s.Sent != 2 || s.Asked != 5 {
		t.Fatalf("%+v", s)
	}
	ok(t, p.Applications.Withdraw(p.As(testkit.Applicant), apps[1].Ref, "We found another way"))
	if got := progress(t, p, testkit.Manager, review.Filter{}); len(got.Rows) != 1 || got.Sums.Asked != 2 {
		t.Fatalf("%+v", got)
	}
}

func TestReviewersAreRemindedOnceADay(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	apps := p.Assess(2)
	manager := p.As(testkit.Manager)
	late := p.Reviewers(apps[0])["clinical"]
	p.Days(30)
	_, list, err := p.Reviews.ToRemind(p.As(testkit.Manager), p.CallRef(), "")
	ok(t, err)
	all := make([]ident.Person, len(list))
	for i, r := range list {
		all[i] = r.Person
		if !r.Free() || r.Overdue == 0 || !strings.Contains(r.Body, string(r.Waiting[0].Ref)) || strings.Contains(r.Body, "Invented project") {
			t.Errorf("%+v", r)
		}
	}
	if len(all) != 6 || p.Told(late, "review_reminder") {
		t.Fatalf("%d reviewers are late, and a look told somebody", len(all))
	}
	_, err = p.Reviews.Remind(manager, p.CallRef(), nil)
	if got := fields(t, err); got["reviewer"] == "" {
		t.Error(got)
	}
	who := p.Person(late, "", access.Scope{}).ID
	done, err := p.Reviews.Remind(manager, p.CallRef(), []ident.Person{who})
	ok(t, err)
	if len(done.Sent) != 1 || !p.Told(late, "review_reminder") {
		t.Errorf("%+v", done)
	}
	done, err = p.Reviews.Remind(manager, p.CallRef(), all)
	ok(t, err)
	if len(done.Sent) != 5 || len(done.Already) != 1 {
		t.Errorf("%+v", done)
	}
	_, one, err := p.Reviews.ToRemind(manager, p.CallRef(), who)
	ok(t, err)
	if len(one) != 1 || one[0].Free() || one[0].Reminded == nil {
		t.Errorf("%+v", one)
	}
	p.Days(1)
	done, err = p.Reviews.Remind(p.As(testkit.Manager), p.CallRef(), []ident.Person{who, ident.New[ident.Person]()})
	ok(t, err)
	if len(done.Sent) != 1 || len(done.Idle) != 0 {
		t.Errorf("%+v", done)
	}
	_, err = p.Reviews.Remind(p.As(testkit.Chair), p.CallRef(), all)
	p.Want(err, fault.Forbidden)
	p.Unbroken()
}

func TestTheChairSeesHowReviewersScoreWithoutTheirNames(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	apps := p.Assess(3)
	for _, a := range apps {
		p.Reviewed(a, map[string]string{"clinical": "5", "technical": "3", "ppv": "4"})
	}
	named, err := p.Reviews.Scoring(p.As(testkit.Manager), p.CallRef())
	ok(t, err)
	masked, err := p.Reviews.Scoring(p.As(testkit.Chair), p.CallRef())
	ok(t, err)
	if !named.Named || masked.Named || len(named.Reviewers) != len(masked.Reviewers) || len(masked.Reviewers) == 0 {
		t.Fatalf("%+v\n%+v", named, masked)
	}
	for _, r := range masked.Reviewers {
		if strings.Contains(r.Who, "Invented") {
			t.Error(r.Who)
		}
		if r.Kind == "clinical" && (r.Own.Mean() != 5 || r.Leans <= 1 || r.Own.Share(5) != 100) {
			t.Errorf("%+v", r)
		}
	}
	for _, part := range masked.Parts {
		if part.Part.Code == "EV1" && (part.Units != 3 || part.Scores != 6 || part.Known != agreement.Yes || part.Alpha >= 0) {
			t.Errorf("%+v", part)
		}
	}
	_, err = p.Reviews.Scoring(p.As(p.Reviewers(apps[0])["ppv"]), p.CallRef())
	p.Want(err, fault.Forbidden)
}

func TestReviewersSeeTheirOwnScoringAndNothingOfFewOthers(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	apps := p.Assess(2)
	who := p.Reviewers(apps[0])["clinical"]
	own, err := p.Reviews.OwnScoring(p.As(who))
	ok(t, err)
	if len(own) != 0 {
		t.Errorf("%+v", own)
	}
	p.Reviewed(apps[0], map[string]string{"clinical": "5", "technical": "3", "ppv": "4"})
	own, err = p.Reviews.OwnScoring(p.As(who))
	ok(t, err)
	if len(own) != 1 || own[0].Scored.Own[5] == 0 || own[0].Scored.Rest.Of() != 0 || !own[0].Few {
		t.Errorf("%+v", own)
	}
	_, err = p.Reviews.OwnScoring(p.As(testkit.Manager))
	p.Want(err, fault.Forbidden)
}
