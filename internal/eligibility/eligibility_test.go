package eligibility_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

func TestAnApplicationIsEligibleOnceAllFourCriteriaPassWithTheirReasons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.submitted(nil)
	w.want(w.checks.Pass(w.officer(), ref), fault.Conflict)
	w.must(w.checks.Decide(w.officer(), ref, all()[:3], eligibility.Stay))
	w.want(w.checks.Pass(w.officer(), ref), fault.Conflict)
	w.want(w.checks.Decide(w.officer(), ref, []eligibility.Verdict{{Criterion: "RO", Decision: eligibility.Pass}}, eligibility.FindPassed), fault.Invalid)
	w.must(w.checks.Decide(w.officer(), ref, all(), eligibility.FindPassed))
	w.state(ref, workflow.Eligible)
	b, err := w.checks.Open(w.second(), ref)
	w.must(err)
	for _, c := range b.Criteria {
		if c.Standing == nil || c.Standing.Decision != eligibility.Pass || len(c.Earlier) != 0 || len(c.Sections) != 1 {
			t.Errorf("%s: %+v", c.Code, c)
		}
	}
	if b.Files["file-1"] != "evidence.pdf" || b.Names[w.people["first officer"]] != "first officer" {
		t.Errorf("%v %v", b.Files, b.Names)
	}
	w.verify()
}

func TestALaterDecisionStandsInPlaceOfTheEarlierWhichIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.submitted(nil)
	w.must(w.checks.Decide(w.officer(), ref, []eligibility.Verdict{failing("EV")}, eligibility.Stay))
	w.must(w.checks.Decide(w.officer(), ref, []eligibility.Verdict{failing("EV")}, eligibility.Stay)) // the same again
	w.must(w.checks.Decide(w.second(), ref, all(), eligibility.Stay))
	b, err := w.checks.Open(w.officer(), ref)
	w.must(err)
	ev := b.Criteria[0]
	if ev.Standing.Decision != eligibility.Pass || len(ev.Earlier) != 1 || ev.Earlier[0].Decision != eligibility.Fail {
		t.Errorf("%+v", ev)
	}
	if ev.Standing.Rules == "" {
		t.Error("the decision does not say what the rules had found")
	}
	w.verify()
}

func TestWhatTheRulesFindStandsBesideTheAnswersTheyRestOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.submitted(form.Answers{"FU4": form.Chosen("yes"), "FU1": form.Chosen("no")})
	b, err := w.checks.Open(w.officer(), ref)
	w.must(err)
	i := slices.IndexFunc(b.Criteria, func(c eligibility.Criterion) bool { return c.Code == "FU" })
	if found := b.Criteria[i].Found; len(found) != 1 || found[0].Rule != "FU-in-budget" || found[0].Severity != rules.Refer || found[0].RestsOn[0] != "FU4" {
		t.Errorf("%+v", found)
	}
	w.state(ref, workflow.Screening) // a rule decides nothing
}

func TestASecondOfficerConfirmsThatAnApplicationIsIneligible(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.submitted(nil)
	w.want(w.checks.ProposeIneligible(w.officer(), ref), fault.Conflict)
	w.must(w.checks.Decide(w.officer(), ref, all(failing("EV")), eligibility.Propose))
	w.state(ref, workflow.IneligibleProposed)
	w.want(w.checks.ConfirmIneligible(w.officer(), ref), fault.Forbidden)
	w.want(w.checks.ReturnIneligible(w.officer(), ref, "a reason"), fault.Forbidden)
	w.want(w.checks.ReturnIneligible(w.second(), ref, " "), fault.Invalid)
	w.must(w.checks.ReturnIneligible(w.second(), ref, "Look at EV5 again"))
	w.state(ref, workflow.Screening)
	if b, err := w.checks.Open(w.officer(), ref); err != nil || len(b.Notes) != 1 {
		t.Errorf("%+v, %v", b.Notes, err)
	}
	w.must(w.checks.ProposeIneligible(w.officer(), ref))
	w.must(w.checks.ConfirmIneligible(w.second(), ref))
	w.state(ref, workflow.Ineligible)
	if n := w.mails("outcome_ready"); n != 1 {
		t.Errorf("the applicant was told %d times", n)
	}
	w.verify()
}

func TestAnOfficerWhoEditedTheApplicationCannotDecideOnIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.submitted(nil)
	w.officer()
	w.exec("INSERT INTO deeds (subject, person, deed, at) VALUES (?, ?, ?, ?)", string(w.id(ref)), w.people["first officer"], access.EditApplication, w.clock.Now())
	w.want(w.checks.Decide(w.officer(), ref, all(), eligibility.Stay), fault.Forbidden)
	w.must(w.checks.Decide(w.second(), ref, all(), eligibility.Stay))
}

func TestAnOfficerWhoIsRecusedSeesNothingOfTheApplication(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref, other := w.submitted(nil), w.submitted(nil)
	w.officer()
	w.relate(w.id(ref), "first officer", "recused")
	_, err := w.checks.Open(w.officer(), ref)
	w.want(err, fault.NotFound)
	list, err := w.checks.Queue(w.officer(), eligibility.Filter{})
	if err != nil || len(list.Rows) != 1 || list.Rows[0].Ref != other || list.Masked != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	w.want(w.checks.Decide(w.officer(), ref, all(), eligibility.Stay), fault.NotFound)
}

func TestTheQueueListsWhatItsReaderMayOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	refs := []ident.Ref{w.submitted(nil), w.submitted(nil), w.submitted(nil)}
	w.must(w.checks.Decide(w.officer(), refs[1], all(), eligibility.FindPassed))
	for _, role := range []string{"screening_officer", "administrator", "auditor", "dtac_assessor", "reviewer", "panel_chair", "applicant"} {
		ctx := w.as("the "+role, role)
		w.relate(w.id(refs[2]), "the "+role, "recused")
		list, err := w.checks.Queue(ctx, eligibility.Filter{States: append(eligibility.Waiting(), workflow.Eligible)})
		if !slices.Contains([]string{"screening_officer", "administrator", "auditor"}, role) {
			w.want(err, fault.Forbidden)
		} else {
			w.must(err)
		}
		rows := list.Rows
		for _, ref := range refs {
			_, err := w.checks.Open(ctx, ref)
			listed := slices.ContainsFunc(rows, func(r eligibility.Row) bool { return r.Ref == ref })
			if listed != (err == nil) {
				t.Errorf("%s: %s is listed: %t, opening it: %v", role, ref, listed, err)
			}
		}
	}
	list, err := w.checks.Queue(w.officer(), eligibility.Filter{Limit: 1})
	rows := list.Rows
	w.must(err)
	after, err := w.checks.Queue(w.officer(), eligibility.Filter{Limit: 1, After: rows[0].Ref})
	next := after.Rows
	w.must(err)
	if rows[0].Ref != refs[0] || next[0].Ref != refs[2] {
		t.Errorf("%s, then %s", rows[0].Ref, next[0].Ref)
	}
}

func TestAQuestionIsAnsweredByTheApplicantInTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.submitted(nil)
	ask := func(days int, q ...eligibility.Question) error {
		return w.checks.AskClarification(w.officer(), ref, q, days)
	}
	two := []eligibility.Question{{Code: "EV5", Text: "Where is it used?"}, {Text: "Who pays afterwards?"}}
	w.want(ask(0, two...), fault.Invalid)
	w.want(ask(7), fault.Invalid)
	w.want(ask(7, eligibility.Question{Code: "XX1", Text: "?"}), fault.Invalid)
	w.must(ask(7, two...))
	w.state(ref, workflow.Clarification)
	if w.mails("clarification_asked") != 1 {
		t.Error("the applicant was not told")
	}
	w.want(w.checks.Pass(w.officer(), ref), fault.Conflict)
	applicant := w.as("applicant", "applicant")
	x, err := w.checks.Clarifications(applicant, ref)
	w.must(err)
	if len(x.Clarifications) != 2 || !x.MayAnswer || !x.InTime || !x.Clarifications[0].DueAt.Equal(time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)) {
		t.Fatalf("%+v", x)
	}
	answers := map[string]string{x.Clarifications[0].ID: "In two trusts"}
	w.want(w.checks.Answer(applicant, ref, eligibility.Answering{Words: answers}), fault.Invalid)
	answers[x.Clarifications[1].ID] = "The ICB"
	w.want(w.checks.Answer(w.as("stranger", "applicant"), ref, eligibility.Answering{Words: answers}), fault.NotFound)
	late := work.WithArrival(applicant, x.Clarifications[0].DueAt)
	w.want(w.checks.Answer(late, ref, eligibility.Answering{Words: answers}), fault.Conflict)
	w.must(w.checks.Answer(work.WithArrival(applicant, x.Clarifications[0].DueAt.Add(-time.Microsecond)), ref, eligibility.Answering{Words: answers}))
	w.state(ref, workflow.Screening)
	b, err := w.checks.Open(w.officer(), ref)
	if err != nil || b.Clarifications[1].Answer != "The ICB" || b.TurnsLeft != 1 {
		t.Errorf("%+v, %v", b.Clarifications, err)
	}
}

func TestAnAnswerIsChangedInPlaceBesideWhatWasSigned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.submitted(nil)
	before, err := w.checks.Open(w.officer(), ref)
	w.must(err)
	w.must(w.checks.AskClarification(w.officer(), ref, []eligibility.Question{{Code: "EV3", Text: "Which study?"}, {Code: "CO2", Text: "Is it so much?"}, {Text: "Who pays afterwards?"}}, 7))
	applicant := w.as("applicant", "applicant")
	x, err := w.checks.Clarifications(applicant, ref)
	w.must(err)
	ids := map[form.Code]string{}
	for _, c := range x.Clarifications {
		ids[c.Question] = c.ID
		if q := x.InPlace(c); (q == nil) != (c.Question == "") || q != nil && q.Code != c.Question {
			t.Errorf("%s is answered at %v", c.Question, q)
		}
	}
	in := eligibility.Answering{Words: map[string]string{ids[""]: "The ICB"}, Typed: map[string][]string{"EV3": {"The trial at the invented trust"}, "CO2": {"nothing"}, "SU2": {"Something else altogether"}}}
	w.want(w.checks.Answer(applicant, ref, in), fault.Invalid) // no amount
	w.state(ref, workflow.Clarification)
	delete(in.Typed, "CO2")
	w.want(w.checks.Answer(applicant, ref, in), fault.Invalid) // neither words nor a change
	in.Words[ids["CO2"]] = "Yes, it is"
	w.must(w.checks.Answer(applicant, ref, in))
	after, err := w.checks.Open(w.officer(), ref)
	w.must(err)
	if got := after.Answers["EV3"].Text; got != "The trial at the invented trust" || after.Answers["SU2"].Text != before.Answers["SU2"].Text {
		t.Errorf("EV3 reads %q, SU2 %q", got, after.Answers["SU2"].Text)
	}
	if len(after.Amendments) != 1 || after.Amendments[0].Before().Text != before.Answers["EV3"].Text || after.Amendments[0].ClarificationID != ids["EV3"] {
		t.Errorf("%+v", after.Amendments)
	}
	if after.Submission.Digest != before.Submission.Digest || after.Submission.Snapshot != before.Submission.Snapshot {
		t.Error("the submission that was signed has changed")
	}
}

func TestACallLimitsTheTurnsOfQuestions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.submitted(nil)
	q := []eligibility.Question{{Text: "Where is it used?"}}
	for range 2 {
		w.must(w.checks.AskClarification(w.officer(), ref, q, 5))
		w.clock.Add(6 * 24 * time.Hour)
		w.must(w.checks.ExpireDue(w.operator()))
		w.state(ref, workflow.Screening)
	}
	err := w.checks.AskClarification(w.officer(), ref, q, 5)
	w.want(err, fault.Conflict)
	if !strings.Contains(err.Error(), "2 turns") {
		t.Error(err)
	}
}

func TestAnOverdueQuestionComesBackWithThatNoted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref, other := w.submitted(nil), w.submitted(nil)
	w.must(w.checks.AskClarification(w.officer(), ref, []eligibility.Question{{Text: "Where is it used?"}}, 2))
	w.must(w.checks.AskClarification(w.officer(), other, []eligibility.Question{{Text: "Where is it used?"}}, 9))
	w.must(w.checks.ExpireDue(w.operator()))
	w.state(ref, workflow.Clarification)
	w.clock.Add(3 * 24 * time.Hour)
	w.must(w.checks.ExpireDue(w.operator()))
	w.state(ref, workflow.Screening)
	w.state(other, workflow.Clarification)
	b, err := w.checks.Open(w.officer(), ref)
	if err != nil || b.Clarifications[0].OverdueAt == nil {
		t.Errorf("%+v, %v", b.Clarifications, err)
	}
	w.must(w.checks.Decide(w.officer(), ref, all(), eligibility.FindPassed))
	w.verify()
}

// TestApplicantsAreRemindedOnceOfQuestions: two processes, many times; who was given no more days than that is not written to.
func TestApplicantsAreRemindedOnceOfQuestions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref, short := w.submitted(nil), w.submitted(nil)
	w.must(w.checks.AskClarification(w.officer(), ref, []eligibility.Question{{Text: "Where is it used?"}, {Text: "By whom?"}}, 5))
	w.must(w.checks.AskClarification(w.officer(), short, []eligibility.Question{{Text: "Where is it used?"}}, 1))
	w.must(w.checks.RemindDue(t.Context()))
	if n := w.mails("reminder_to_answer"); n != 0 {
		t.Errorf("%d too early", n)
	}
	w.clock.Add(3*24*time.Hour + 12*time.Hour)
	for range 3 {
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if err := w.checks.RemindDue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		w.clock.Add(time.Hour)
	}
	if n := w.mails("reminder_to_answer"); n != 1 {
		t.Errorf("%d reminders", n)
	}
	w.verify()
}

func TestEligibilityIsReopenedByTwoPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ref := w.submitted(nil)
	w.want(w.checks.ProposeReopening(w.officer(), ref, "Double funding"), fault.Conflict)
	w.must(w.checks.Decide(w.officer(), ref, all(), eligibility.FindPassed))
	w.want(w.checks.ConfirmReopening(w.second(), ref), fault.Conflict)
	w.want(w.checks.ProposeReopening(w.officer(), ref, ""), fault.Invalid)
	w.must(w.checks.ProposeReopening(w.officer(), ref, "Double funding was found"))
	w.want(w.checks.ConfirmReopening(w.officer(), ref), fault.Forbidden)
	w.must(w.checks.ConfirmReopening(w.second(), ref))
	w.state(ref, workflow.Screening)
}

func TestApplicationsThatNameOneProductForOneLeadAreShownAsMatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	names := form.Answers{"PR1": form.Value{Rows: []form.Row{{"name": {Text: "CardioWatch"}, "supplier": {Text: "Example Ltd"}, "version": {Text: "2"}}}}}
	first, second := w.submitted(names), w.submitted(names)
	for _, ref := range []ident.Ref{second, first} {
		w.must(w.others.Match(access.With(t.Context(), access.System(access.MatchOtherFunding)), string(w.id(ref))))
	}
	b, err := w.checks.Open(w.officer(), first)
	w.must(err)
	if len(b.Matches) != 1 || b.Matches[0].Ref != second || !strings.Contains(b.Matches[0].Reasons, "The same organisation (QMF)") || !b.Matches[0].Counts() || len(b.Products) != 1 {
		t.Errorf("%+v", b.Matches)
	}
	p, err := w.checks.Products(w.as("dtac", "dtac_assessor"), first)
	if err != nil || len(p.Candidates) != 1 || !p.MayScore {
		t.Errorf("%+v, %v", p, err)
	}
}
