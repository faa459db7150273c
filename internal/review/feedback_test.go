package review_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/review"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

func TestTheCheckFindsWhatAnApplicantShouldNotRead(t *testing.T) {
	t.Parallel()
	reviewers := []people.Person{{ID: "1", Name: "Clara Ashdown"}, {ID: "2", Name: "Dr Tom Dunmore"}}
	others := []people.Person{{ID: "3", Name: "Charlotte Verey"}}
	for text, want := range map[string]string{
		"A sound plan, with figures from two trusts in 2024.":         "",
		"Say how many of the 40 patients took part.":                  "",
		"The score was not high because the costs were not explained": "",
		"Clara Ashdown liked it":                                      "“Clara Ashdown”: the name of somebody who judges applications!",
		"as Dr Dunmore says":                                          "“Dr Dunmore”: the name of somebody who judges applications!",
		"C. Ashdown; ask Mrs Verey":                                   "“C. Ashdown”: the name of somebody who judges applications!|“Mrs Verey”: the name of somebody who judges applications!",
		"write to c.ashdown@review.example":                           "“c.ashdown@review.example”: an e-mail address!",
		"CA did not see the benefit":                                  "“CA”: may be the initials or surname of a reviewer",
		"Dunmore did not see the benefit":                             "“Dunmore”: may be the initials or surname of a reviewer",
		"Reviewer 2 gave 3":                                           "“Reviewer 2”: tells who said it|“gave 3”: may tell a score",
		"It had a score of 4 for evidence":                            "“score of 4”: may tell a score",
		"scored four out of five, and 3/5 for roll-out":               "“scored four out of five”: may tell a score|“3/5”: may tell a score",
		"Your total is 71.5 out of 100":                               "“71.5 out of 100”: may tell a score",
		"weak on EV1":                                                 "“EV1”: may tell a score",
		"The clinical reviewer saw no benefit":                        "“clinical reviewer”: tells who said it",
	} {
		var got []string
		for _, f := range review.CheckFeedback(text, reviewers, others) {
			line := f.String()
			if f.Blocks {
				line += "!"
			}
			got = append(got, line)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: %q, want %q", text, strings.Join(got, "|"), want)
		}
	}
}

func TestFeedbackIsEditedInVersionsAndReachesTheApplicant(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	a := p.Assessed(1, "4")[0]
	chair := p.As(testkit.Chair)
	list, err := p.Reviews.Feedback(chair, p.CallRef())
	ok(t, err)
	if len(list.Rows) != 1 || list.Rows[0].Texts != 3 || list.Rows[0].Edited != nil {
		t.Fatalf("%+v", list.Rows)
	}
	desk, err := p.Reviews.FeedbackOf(chair, a.Ref)
	ok(t, err)
	if !desk.Editable || desk.Version() != 0 || desk.Standing() != "To the applicant\n\nTo the applicant\n\nTo the applicant" {
		t.Fatalf("%+v", desk)
	}
	var reviewer string
	ok(t, p.DB.Read.Raw("SELECT name FROM persons WHERE email = ?", p.Reviewers(a)["clinical"]).Scan(&reviewer).Error)
	named := fields(t, p.Reviews.EditFeedback(chair, a.Ref, review.Edit{Body: reviewer + " found it good", Confirmed: true}))
	if named["feedback"] == "" {
		t.Error("a name was kept")
	}
	asked := fields(t, p.Reviews.EditFeedback(chair, a.Ref, review.Edit{Body: "Reviewer 2 gave 3"}))
	if asked["confirm"] == "" {
		t.Error("nothing was asked")
	}
	if fields(t, p.Reviews.EditFeedback(chair, a.Ref, review.Edit{Body: " "}))["feedback"] == "" {
		t.Error("nothing was kept as feedback")
	}
	ok(t, p.Reviews.EditFeedback(chair, a.Ref, review.Edit{Body: "Two gave 3", Confirmed: true}))
	p.Want(p.Reviews.EditFeedback(chair, a.Ref, review.Edit{Body: "Another", Version: 0}), fault.Conflict)
	ok(t, p.Reviews.EditFeedback(p.As(testkit.Manager), a.Ref, review.Edit{Body: "A sound plan", Version: 1}))
	desk, err = p.Reviews.FeedbackOf(p.As(testkit.Auditor), a.Ref)
	ok(t, err)
	if len(desk.Versions) != 2 || desk.Standing() != "A sound plan" || desk.Editable || !strings.Contains(desk.Versions[1].Confirmed, "gave 3") || len(desk.Texts) != 3 {
		t.Errorf("%+v", desk)
	}
	for _, name := range []string{testkit.Officer1, "clinical1"} {
		_, err := p.Reviews.Feedback(p.As(name), p.CallRef())
		p.Want(err, fault.Forbidden)
	}
	texts, err := p.Reviews.OutcomeFeedback(p.As(testkit.Applicant), a.Ref)
	if err == nil && len(texts) > 0 {
		t.Error("the applicant reads it before the release")
	}
	release(t, p, a.Ref)
	texts, err = p.Reviews.OutcomeFeedback(p.As(testkit.Applicant), a.Ref)
	ok(t, err)
	if len(texts) != 1 || texts[0] != "A sound plan" {
		t.Errorf("%q", texts)
	}
	p.Want(p.Reviews.EditFeedback(chair, a.Ref, review.Edit{Body: "Too late", Version: 2}), fault.Conflict)
	p.Unbroken()
}

// release makes the outcome of an application known, as a release does.
func release(t *testing.T, p *testkit.Panel, ref ident.Ref) {
	t.Helper()
	ok(t, p.DB.Write.Exec("UPDATE calls SET released_at = ?", p.Clock.Now()).Error)
	p.SetState(ref, workflow.Unsuccessful)
}

func TestWithoutAnEditionTheReviewersTextsGoOutWithoutNames(t *testing.T) {
	t.Parallel()
	p, a := one(t)
	who := p.Reviewers(a)["ppv"]
	p.Declared(who, a)
	var name string
	ok(t, p.DB.Read.Raw("SELECT name FROM persons WHERE email = ?", who).Scan(&name).Error)
	_, err := p.Reviews.Submit(p.As(who), a.Ref, review.Typed{Marks: p.Marks("ppv", "2"), Feedback: "Ask patients first. " + name + ", by hand"})
	ok(t, err)
	release(t, p, a.Ref)
	texts, err := p.Reviews.OutcomeFeedback(p.As(testkit.Applicant), a.Ref)
	ok(t, err)
	if len(texts) != 1 || texts[0] != "Ask patients first. [name hidden], by hand" {
		t.Errorf("%q", texts)
	}
}

func TestTheDeputyEditsWhereTheChairIsRecused(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	apps := p.Assessed(2, "3")
	chair, deputy := p.Person(testkit.Chair, "", access.Scope{}), p.Person(testkit.Deputy, "", access.Scope{})
	p.Relate(apps[0], chair.ID, application.Recused)
	p.Relate(apps[0], deputy.ID, application.Deputy)
	list, err := p.Reviews.Feedback(p.As(testkit.Chair), p.CallRef())
	ok(t, err)
	if len(list.Rows) != 1 || list.Rows[0].Ref != apps[1].Ref || list.Masked != 1 {
		t.Errorf("the chair sees %+v and %d masked", list.Rows, list.Masked)
	}
	_, err = p.Reviews.FeedbackOf(p.As(testkit.Chair), apps[0].Ref)
	p.Want(err, fault.NotFound)
	p.Want(p.Reviews.EditFeedback(p.As(testkit.Chair), apps[0].Ref, review.Edit{Body: "Mine"}), fault.NotFound)
	list, err = p.Reviews.Feedback(p.As(testkit.Deputy), p.CallRef())
	ok(t, err)
	if len(list.Rows) != 1 || list.Rows[0].Ref != apps[0].Ref || list.Masked != 0 {
		t.Errorf("the deputy sees %+v and %d masked", list.Rows, list.Masked)
	}
	ok(t, p.Reviews.EditFeedback(p.As(testkit.Deputy), apps[0].Ref, review.Edit{Body: "A sound plan"}))
	p.Want(p.Reviews.EditFeedback(p.As(testkit.Deputy), apps[1].Ref, review.Edit{Body: "Not mine"}), fault.NotFound)
}
