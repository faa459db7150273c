package explain_test

import (
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/explain"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
)

func counts(n *int) func(*gorm.DB) { return func(*gorm.DB) { *n++ } }

func TestTheStoryIsThatOfThePages(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	apps := r.approved(3)
	view, err := r.allocations.Desk(r.As(testkit.Manager), r.CallRef())
	r.no(err)
	scenario, err := r.allocations.Scenario(r.As(testkit.Manager), r.CallRef(), view.Kept[0].ID)
	r.no(err)
	totals, desk := r.Totals(), r.rankingDesk(testkit.Manager)
	r.released()
	for _, a := range apps {
		s := r.told(testkit.Auditor, explain.Asked{Ref: a.Ref})
		now := r.Application(a.Ref)
		if got, want := fact(t, s.Story, "scores", "Total of 100, as given"), totals[a.ID].Total.String(); got != want {
			t.Errorf("%s: the total is %q, on the pages %q", a.Ref, got, want)
		}
		for _, h := range desk.Ranked {
			if h.Application.Ref == a.Ref && fact(t, s.Story, "ranking", "Raw total") != h.Total.Total.String() {
				t.Errorf("%s is ranked by %q, on the page by %s", a.Ref, fact(t, s.Story, "ranking", "Raw total"), h.Total.Total)
			}
		}
		if got, want := fact(t, s.Story, "proposals", "Why, in the solver’s words"), scenario.Reasons[string(a.Ref)]; got != want || want == "" {
			t.Errorf("%s: the solver says %q, on the page %q", a.Ref, got, want)
		}
		better := fact(t, s.Story, "proposals", "Better scored but not funded")
		for _, b := range scenario.Better {
			if b.Application.Ref == a.Ref && !strings.HasPrefix(better, "Yes") {
				t.Errorf("%s is better scored and not funded; the story says %q", a.Ref, better)
			}
		}
		last := ""
		for _, e := range s.Timeline {
			if way := strings.TrimSpace(spoken(explain.Story{Title: e.Way})); way != "" && !strings.Contains(way, "Stays") {
				last = way
			}
		}
		if label := workflow.Applications().Info(now.State).Label; !strings.HasSuffix(last, "“"+label+"”") && !strings.Contains(spoken(s.Story), "“"+workflow.Awards().Info(workflow.PreAwardChecks).Label+"”") {
			t.Errorf("%s is %s; the timeline ends with %s", a.Ref, label, last)
		}
		has(t, section(t, s.Story, "decision"), uktime.Moment(r.Clock.Now()))
		has(t, section(t, s.Story, "letters"), string(a.Ref), "To the applicant")
		has(t, section(t, s.Story, "submissions"), "position", "Invented")
		has(t, section(t, s.Story, "proposals"), "The note of the chair to the approvers", "The approver's own reason for it", "Released")
		has(t, spoken(s.Story), "Chair. Needs: ", "“In assessment”")
	}
	moderated := r.told(testkit.Auditor, explain.Asked{Ref: apps[0].Ref})
	has(t, section(t, moderated.Story, "moderation"), "The reason of the consensus on", "What the chair asked of those who scored it")
	has(t, section(t, moderated.Story, "scores"), "Consensus; the scores behind it were 1 to 4", "To the panel", "To the applicant", "reviewer", "Stands")
	has(t, section(t, moderated.Story, "assignment"), "Sent")
}

func TestNobodyWhoIsBarredIsToldTheStory(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	apps := r.Eligible(2)
	for _, who := range []string{testkit.Chair, testkit.Officer1, "approver1", "clinical1", testkit.Applicant} {
		_, err := r.stories.Tell(r.As(who), explain.Asked{Ref: apps[0].Ref})
		if !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s is told: %v", who, err)
		}
		if _, err = r.stories.Copy(r.As(who), explain.Asked{Ref: apps[0].Ref}); err == nil {
			t.Errorf("%s makes a copy", who)
		}
	}
	_, err := r.stories.Tell(r.Anonymous(), explain.Asked{Ref: apps[0].Ref})
	r.Want(err, fault.SignIn)
	_, unknown := r.stories.Tell(r.As(testkit.Auditor), explain.Asked{Ref: "AF26-9999"})
	r.Want(unknown, fault.NotFound)
	r.relate(apps[0], testkit.Auditor, application.Recused)
	r.relate(apps[0], testkit.Manager, application.Conflicted)
	for _, who := range []string{testkit.Auditor, testkit.Manager} {
		_, err := r.stories.Tell(r.As(who), explain.Asked{Ref: apps[0].Ref})
		r.Want(err, fault.NotFound)
		if err.Error() != unknown.Error() {
			t.Errorf("%s learns that there is one: %v", who, err)
		}
		_, err = r.stories.Copy(r.As(who), explain.Asked{Ref: apps[0].Ref})
		r.Want(err, fault.NotFound)
		r.told(who, explain.Asked{Ref: apps[1].Ref})
	}
	if n := r.events(string(access.ExplainApplication)); n != 0 {
		t.Errorf("%d copies are recorded", n)
	}
}

func TestWhoIsBarredFromAnotherLearnsNoPlaces(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	apps := r.approved(3)
	r.relate(apps[2], testkit.Auditor, application.Recused)
	s := r.told(testkit.Auditor, explain.Asked{Ref: apps[1].Ref})
	for id, label := range map[string]string{"ranking": "Expected rank (1 is best)", "proposals": "Place in the scenario"} {
		if said := fact(t, s.Story, id, label); said != "" {
			t.Errorf("%s: %s", label, said)
		}
	}
	hasNot(t, section(t, s.Story, "proposals"), "Place ")
	hasNot(t, spoken(s.Story), string(apps[2].Ref))
}

func TestNothingUndecidedIsGivenOutBeforeTheRelease(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	apps := r.approved(2)
	s := r.told(testkit.Manager, explain.Asked{Ref: apps[0].Ref, Release: true, Apply: explain.Exemptions()})
	text := spoken(s.Story)
	hasNot(t, text, "Proposed: fund", "Proposed: reserve", "Proposed: do not fund", "In assessment", "In moderation", "The invented reason", "The reason of the consensus", "To the panel", "To the applicant",
		"Successful", "The note of the chair", "The approver's own reason", r.Totals()[apps[0].ID].Total.String(), "Chair Invented", "Approver1 Invented", "Clinical1 Invented", "Manager Invented")
	has(t, text, string(apps[0].Ref), apps[0].Title, "In screening", "[Withheld: section 22, information to be published later]", "[Withheld: section 36, effective conduct of public affairs]", "[Withheld: section 40(2), personal data]")
	has(t, spoken(explain.Story{Title: s.Maker}), "Withheld: section 40(2)")
	if s.Marking() != "OFFICIAL" {
		t.Error(s.Marking())
	}
	some := r.told(testkit.Manager, explain.Asked{Ref: apps[0].Ref, Release: true, Apply: []explain.Exemption{explain.PersonalData}})
	if some.Marking() == "OFFICIAL" || len(some.Counts) != 1 || some.Counts[0].Exemption != explain.PersonalData {
		t.Errorf("%s, %v", some.Marking(), some.Counts)
	}
	has(t, spoken(some.Story), "The invented reason")
	none := r.told(testkit.Manager, explain.Asked{Ref: apps[0].Ref, Release: true})
	whole := r.told(testkit.Manager, explain.Asked{Ref: apps[0].Ref})
	if spoken(none.Story) != spoken(whole.Story) || len(none.Counts) > 0 {
		t.Error("withholding nothing changes the story")
	}
	r.released()
	after := spoken(r.told(testkit.Manager, explain.Asked{Ref: apps[0].Ref, Release: true, Apply: explain.Exemptions()}).Story)
	has(t, after, "The invented reason", "Released", "Proposed: ")
	hasNot(t, after, "To the panel", "The note of the chair", "What the chair asked of", "Clinical1 Invented")
}

func TestACopyIsRecordedAndLookedAtIsLogged(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	a := r.Eligible(1)[0]
	told, err := r.stories.Copy(r.As(testkit.Auditor), explain.Asked{Ref: a.Ref})
	r.no(err)
	var row struct {
		Digest string
		Facts  string
	}
	r.no(r.DB.Read.Raw("SELECT digest, facts FROM audit_events WHERE seq = ? AND verb = ?", told.Head.Seq, access.ExplainApplication).Scan(&row).Error)
	if row.Digest == "" || row.Digest != told.Head.Digest || !told.Kept || !strings.Contains(row.Facts, "whole") {
		t.Errorf("%+v %v", row, told.Head)
	}
	_, err = r.stories.Copy(r.As(testkit.Auditor), explain.Asked{Ref: a.Ref, Release: true})
	r.Want(err, fault.Forbidden)
	_, err = r.stories.Copy(r.As(testkit.Manager), explain.Asked{Ref: a.Ref, Release: true, Apply: []explain.Exemption{explain.PersonalData, explain.Commercial}})
	r.no(err)
	var facts string
	r.no(r.DB.Read.Raw("SELECT facts FROM audit_events WHERE verb = ? ORDER BY seq DESC LIMIT 1", access.ExplainApplication).Scan(&facts).Error)
	has(t, facts, "for release, withheld under 40(2), 43(2)")
	r.no(r.Gate.FlushReads(t.Context()))
	var reads string
	r.no(r.DB.Read.Raw("SELECT entries FROM read_blocks ORDER BY seq DESC LIMIT 1").Scan(&reads).Error)
	has(t, reads, "explanation", string(a.Ref))
	r.Unbroken()
}

func TestAStoryTakesTheSameNumberOfQueriesHoweverLongItIs(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	apps := r.approved(2)
	asked := explain.Asked{Ref: apps[0].Ref}
	r.told(testkit.Auditor, asked) // what is read once is read
	before := r.queries(func() { r.told(testkit.Auditor, asked) })
	writer := r.person(r.Reviewers(apps[0])["ppv"])
	for i := range 20 {
		r.no(r.DB.Write.Create(&review.Post{ID: ident.New[string](), ApplicationID: apps[0].ID, Person: writer, Text: fmt.Sprintf("Post %d", i), At: r.Clock.Now(), Version: 1}).Error)
	}
	if after := r.queries(func() { has(t, spoken(r.told(testkit.Auditor, asked).Story), "Post 19") }); after != before || before == 0 {
		t.Errorf("%d queries, with twenty posts more %d", before, after)
	}
	t.Logf("%d queries", before)
}
