package review_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/review"
	"adoptionfund/internal/testkit"
)

const mentioned = "moderation_mention"

// moderated makes a panel with one application in moderation, whose reviewers are known by kind.
func moderated(t *testing.T) (*testkit.Panel, *application.Application, map[string]string) {
	t.Helper()
	p, a := one(t)
	p.Reviewed(a, map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	p.Scored(a)
	ok(t, p.Reviews.OpenModeration(p.As(testkit.Chair), a.Ref))
	return p, a, p.Reviewers(a)
}

func discussion(t *testing.T, p *testkit.Panel, as string, a *application.Application) review.Item {
	t.Helper()
	item, err := p.Reviews.Discussion(p.As(as), a.Ref)
	ok(t, err)
	return item
}

// masked hides the names of reviewers in the call.
func masked(t *testing.T, p *testkit.Panel) {
	t.Helper()
	ok(t, p.DB.Write.Exec("UPDATE calls SET settings = replace(settings, '\"mask_names\":false', '\"mask_names\":true')").Error)
}

func TestAMentionIsMailedAndSaysNothingOfWhatWasWritten(t *testing.T) {
	t.Parallel()
	p, a, names := moderated(t)
	masked(t, p)
	ok(t, p.Reviews.Write(p.As(names["technical"]), a.Ref, review.Writing{Part: "EV1", Text: "The trial is secret, @clinical reviewer 1, is it not? Ask @Chair Invented."}))
	for who, told := range map[string]bool{names["clinical"]: true, testkit.Chair: true, names["technical"]: false, names["ppv"]: false, testkit.Deputy: false} {
		if p.Told(who, mentioned) != told {
			t.Errorf("%s: told %t", who, !told)
		}
	}
	for _, m := range p.Mails(names["clinical"]) {
		if m.Kind == mentioned && (strings.Contains(m.Body, "secret") || strings.Contains(m.Body, "Invented project") || !strings.Contains(m.Body, "/reviews/"+string(a.Ref)+"/moderation")) {
			t.Error(m.Body)
		}
	}
	item := discussion(t, p, names["clinical"], a)
	if item.You != "Clinical reviewer 1" || len(item.Threads) != 1 || item.Threads[0].Who != "Technical reviewer 1" || item.Threads[0].Mine {
		t.Errorf("%s %+v", item.You, item.Threads)
	}
	if item = discussion(t, p, testkit.Manager, a); item.Threads[0].Who == "Technical reviewer 1" {
		t.Error("the fund manager does not see the name")
	}
	p.Unbroken()
}

func TestANameIsMentionedAsAWhole(t *testing.T) {
	t.Parallel()
	p, a, names := moderated(t)
	masked(t, p)
	ok(t, p.Reviews.Write(p.As(testkit.Chair), a.Ref, review.Writing{Text: "Not for @Clinical reviewer 12, nor for clinical reviewer 1 without the sign"}))
	if p.Told(names["clinical"], mentioned) {
		t.Error("told")
	}
}

func TestAnswersStandInTheirThread(t *testing.T) {
	t.Parallel()
	p, a, names := moderated(t)
	ok(t, p.Reviews.Write(p.As(names["ppv"]), a.Ref, review.Writing{Text: "First"}))
	ok(t, p.Reviews.Write(p.As(names["ppv"]), a.Ref, review.Writing{Text: "Second"}))
	first := discussion(t, p, testkit.Chair, a).Threads[0]
	ok(t, p.Reviews.Write(p.As(testkit.Chair), a.Ref, review.Writing{Answers: first.ID, Text: "An answer"}))
	answer := discussion(t, p, testkit.Chair, a).Threads[0].Answers[0]
	ok(t, p.Reviews.Write(p.As(names["clinical"]), a.Ref, review.Writing{Answers: answer.ID, Text: "An answer to it"}))
	got := discussion(t, p, names["ppv"], a).Threads
	if len(got) != 2 || len(got[0].Answers) != 2 || got[0].Answers[1].Text != "An answer to it" || got[1].Text != "Second" {
		t.Errorf("%+v", got)
	}
	p.Want(p.Reviews.Write(p.As(testkit.Chair), a.Ref, review.Writing{Answers: "nonsense", Text: "?"}), fault.NotFound)
	p.Want(p.Reviews.Withdraw(p.As(names["clinical"]), a.Ref, first.ID, ""), fault.Forbidden)
	ok(t, p.Reviews.Withdraw(p.As(names["ppv"]), a.Ref, first.ID, "I misread"))
	ok(t, p.Reviews.Withdraw(p.As(names["ppv"]), a.Ref, first.ID, "again"))
	first = discussion(t, p, names["ppv"], a).Threads[0]
	if first.Text != "" || first.WithdrawnWhy != "I misread" || first.Mine || len(first.Answers) != 2 {
		t.Errorf("%+v", first)
	}
	if m, err := p.Reviews.Moderation(p.As(testkit.Chair), p.CallRef()); err != nil || m.Items[0].Posts != 3 {
		t.Errorf("%+v %v", m, err)
	}
	p.Unbroken()
}

func TestWhoIsBarredLearnsNothingOfADiscussion(t *testing.T) {
	t.Parallel()
	p, a, names := moderated(t)
	_, err := p.Interests.Declare(p.As(names["clinical"]), a.Ref, interest.Declaration{Kind: interest.Financial, Statement: "I was offered a post there today"})
	ok(t, err)
	_, err = p.Interests.Declare(p.As(testkit.Deputy), a.Ref, interest.Declaration{Kind: interest.Financial, Statement: "My sister founded it"})
	ok(t, err)
	ok(t, p.Reviews.Write(p.As(testkit.Chair), a.Ref, review.Writing{Text: "What do you say, @" + nameOf(p, names["clinical"]) + " and @Deputy Invented?"}))
	for _, who := range []string{names["clinical"], testkit.Deputy} {
		_, err := p.Reviews.Discussion(p.As(who), a.Ref)
		p.Want(err, fault.NotFound)
		p.Want(p.Reviews.Write(p.As(who), a.Ref, review.Writing{Text: "Let me in"}), fault.NotFound)
		if p.Told(who, mentioned) {
			t.Errorf("%s was told", who)
		}
	}
	for _, v := range discussion(t, p, testkit.Chair, a).Voices {
		if v == "Deputy Invented" || strings.HasPrefix(v, "Clinical") {
			t.Errorf("%s takes part", v)
		}
	}
}

func nameOf(p *testkit.Panel, email string) string {
	return p.Person(email, "", access.Scope{}).Name
}

func TestAReviewerWhoHasNotReviewedSeesNoDiscussionByAnotherRole(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	names := p.Reviewers(a)
	who := p.Person(names["ppv"], "panel_member", scope(p))
	ok(t, p.Reviews.ChooseModeration(p.As(testkit.Chair), a.Ref, "We want to talk before all reviews are in"))
	_, err := p.Reviews.Discussion(p.As(who.Email), a.Ref)
	p.Want(err, fault.Forbidden)
	for _, v := range discussion(t, p, testkit.Chair, a).Voices {
		if v == who.Name {
			t.Errorf("%s takes part", v)
		}
	}
}

func TestBothVersionsOfAReviewAndOfAConsensusStandInADiscussion(t *testing.T) {
	t.Parallel()
	p, a, names := moderated(t)
	ctx := p.As(names["technical"])
	sheet, err := p.Reviews.Open(ctx, a.Ref)
	ok(t, err)
	_, err = p.Reviews.Revise(ctx, a.Ref, review.Typed{Marks: p.Marks("technical", "2"), Comments: "I read the others", Version: sheet.Review.Version})
	ok(t, err)
	agree := func(mark string) {
		t.Helper()
		marks := review.Marks{}
		for _, d := range discussion(t, p, testkit.Chair, a).Parts {
			if d.Apart || d.Agreed != nil {
				marks[d.Part.Code] = review.Given{Mark: mark, Reason: "The panel agreed on " + mark + " after a while"}
			}
		}
		ok(t, p.Reviews.RecordConsensus(p.As(testkit.Chair), a.Ref, marks))
	}
	agree("3")
	ok(t, p.Reviews.TakeToPanel(p.As(testkit.Chair), a.Ref))
	agree("4")
	for _, d := range discussion(t, p, names["clinical"], a).Parts {
		if d.Part.Code != "EV1" {
			continue
		}
		revised := false
		for _, s := range d.Scores {
			revised = revised || s.Label() == "2" && len(s.Earlier) == 1 && s.Earlier[0].Label() == "1"
		}
		if !revised || d.Agreed == nil || d.Agreed.Label() != "4" || len(d.Before) != 1 || d.Before[0].Label() != "3" {
			t.Errorf("%+v", d)
		}
	}
	p.Unbroken()
}
