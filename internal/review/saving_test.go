package review_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// writing gives a panel and an application that a clinical reviewer may write about.
func writing(t *testing.T) (*testkit.Panel, *application.Application, context.Context) {
	t.Helper()
	p, a := one(t)
	who := p.Reviewers(a)["clinical"]
	p.Declared(who, a)
	return p, a, p.As(who)
}

// part is what a window sends of one part, with the mark of what it showed.
func part(code rubric.Code, g review.Given, shown form.Value, version int) review.Typed {
	return review.Typed{Marks: review.Marks{code: g}, Only: []form.Code{form.Code(code)}, Shown: map[form.Code]string{form.Code(code): form.Mark(shown)}, Version: version, Typing: true}
}

func saves(t *testing.T, p *testkit.Panel, a *application.Application) int {
	t.Helper()
	var n int64
	p.Read(func(tx *work.Tx) error {
		return tx.DB().Model(&audit.Entry{}).Where("application = ? AND verb = 'review.save'", a.ID).Count(&n).Error
	})
	return int(n)
}

func TestWhatIsTypedWithinTenMinutesIsOneEvent(t *testing.T) {
	t.Parallel()
	p, a, ctx := writing(t)
	shown := form.Value{}
	for n, text := range []string{"S", "Some", "Some good", "Some good figures"} {
		sheet, err := p.Reviews.Save(ctx, a.Ref, part("EV1", review.Given{Mark: "4", Reason: text}, shown, n))
		ok(t, err)
		if sheet.Review.Version != n+1 || sheet.Merged {
			t.Fatalf("version %d, merged %t", sheet.Review.Version, sheet.Merged)
		}
		shown = sheet.Answers()["EV1"]
		p.Clock.Add(time.Minute)
	}
	if n := saves(t, p, a); n != 1 {
		t.Errorf("%d events", n)
	}
	_, err := p.Reviews.Save(ctx, a.Ref, part("EV1", review.Given{Mark: "4", Reason: "Some good figures"}, shown, 4))
	ok(t, err)
	p.Clock.Add(10 * time.Minute)
	_, err = p.Reviews.Save(ctx, a.Ref, part("EV1", review.Given{Mark: "5", Reason: "Some good figures"}, shown, 4))
	ok(t, err)
	if n := saves(t, p, a); n != 2 {
		t.Errorf("%d events after ten minutes", n)
	}
	p.Unbroken()
}

func TestTwoWindowsAreMergedByPart(t *testing.T) {
	t.Parallel()
	p, a, ctx := writing(t)
	_, err := p.Reviews.Save(ctx, a.Ref, part("EV1", review.Given{Mark: "4"}, form.Value{}, 0))
	ok(t, err)
	sheet, err := p.Reviews.Save(ctx, a.Ref, part("RO1", review.Given{Mark: "2", Reason: "Late"}, form.Value{}, 0))
	ok(t, err)
	if !sheet.Merged || sheet.Review.Marks["EV1"].Mark != "4" || sheet.Review.Marks["RO1"].Reason != "Late" {
		t.Errorf("%+v", sheet.Review)
	}
	both := part("EV1", review.Given{Mark: "1"}, form.Value{}, 0)
	both.Only, both.Comments = append(both.Only, review.CommentsCode), "A note"
	both.Shown[review.CommentsCode] = form.Mark(form.Value{})
	sheet, err = p.Reviews.Save(ctx, a.Ref, both)
	p.Want(err, fault.Conflict)
	if len(sheet.Clashes) != 1 || sheet.Clashes[0].Question.Code != "EV1" || sheet.Clashes[0].At.IsZero() {
		t.Fatalf("%+v", sheet.Clashes)
	}
	again, err := p.Reviews.Open(ctx, a.Ref)
	ok(t, err)
	if again.Review.Marks["EV1"].Mark != "4" || again.Review.Comments != "A note" {
		t.Errorf("%+v", again.Review)
	}
	chosen := part("EV1", review.Given{Mark: "1"}, again.Answers()["EV1"], again.Review.Version)
	sheet, err = p.Reviews.Save(ctx, a.Ref, chosen)
	ok(t, err)
	if sheet.Review.Marks["EV1"].Mark != "1" || sheet.Review.Comments != "A note" {
		t.Errorf("%+v", sheet.Review)
	}
}

func TestWhatIsTooLongIsKeptAndNamedAndCannotBeSent(t *testing.T) {
	t.Parallel()
	p, a, ctx := writing(t)
	in := review.Typed{Marks: p.Marks("clinical", "3")}
	in.Marks["EV1"] = review.Given{Mark: "3", Reason: strings.Repeat("word ", 900)}
	sheet, err := p.Reviews.Save(ctx, a.Ref, in)
	if fields(t, err)["EV1-reason"] == "" || len(sheet.Problems) != 1 {
		t.Error(err)
	}
	again, err := p.Reviews.Open(ctx, a.Ref)
	ok(t, err)
	if len(again.Review.Marks["EV1"].Reason) < 4000 {
		t.Error("it was not kept")
	}
	in.Version = again.Review.Version
	_, err = p.Reviews.Submit(ctx, a.Ref, in)
	if fields(t, err)["EV1-reason"] == "" {
		t.Error(err)
	}
	in.Marks["EV1"] = review.Given{Mark: "3", Reason: strings.Repeat("word ", 9000)}
	_, err = p.Reviews.Save(ctx, a.Ref, in)
	if fields(t, err)["EV1-reason"] == "" {
		t.Error(err)
	}
}

func TestAReviewThatWasSentTakesNoMoreTyping(t *testing.T) {
	t.Parallel()
	p, a, ctx := writing(t)
	_, err := p.Reviews.Submit(ctx, a.Ref, review.Typed{Marks: p.Marks("clinical", "3")})
	ok(t, err)
	_, err = p.Reviews.Save(ctx, a.Ref, part("EV1", review.Given{Mark: "1"}, form.Value{}, 2))
	p.Want(err, fault.Conflict)
}

func TestARevisionShowsBothVersionsToItsWriter(t *testing.T) {
	t.Parallel()
	p, a, ctx := writing(t)
	sheet, err := p.Reviews.Submit(ctx, a.Ref, review.Typed{Marks: p.Marks("clinical", "3"), Feedback: "First"})
	ok(t, err)
	_, err = p.Reviews.Revise(ctx, a.Ref, review.Typed{Marks: p.Marks("clinical", "4"), Feedback: "Second", Version: sheet.Review.Version})
	ok(t, err)
	again, err := p.Reviews.Open(ctx, a.Ref)
	ok(t, err)
	if len(again.Earlier) != 1 || again.Earlier[0].Feedback != "First" || again.Earlier[0].Marks["EV1"].Mark != "3" || again.Review.Feedback != "Second" {
		t.Errorf("%+v", again.Earlier)
	}
}
