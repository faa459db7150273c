package panel_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/site/panel"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

func assess(t *testing.T) (*testkit.Panel, *sitekit.Server) {
	t.Helper()
	p := testkit.New(t).Panel()
	return p, sitekit.New(t, p.World, panel.Assessment{Funds: p.Funds, Interests: p.Interests, Assignments: p.Assignments, Reviews: p.Reviews}.Rows()...)
}

func shows(t *testing.T, a sitekit.Answer, status int, parts ...string) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("got %d to %q, want %d\n%s", a.Status, a.Location, status, a.Body)
	}
	for _, part := range parts {
		if !strings.Contains(a.Body, part) {
			t.Errorf("no %q in\n%s", part, a.Body)
		}
	}
}

func view(t *testing.T, p *testkit.Panel) assignment.View {
	t.Helper()
	v, err := p.Assignments.View(p.As(testkit.Manager), p.CallRef())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAnAssignmentIsProposedChangedAndApproved(t *testing.T) {
	t.Parallel()
	p, s := assess(t)
	a := p.Eligible(2)[0]
	path := "/panel/" + string(p.CallRef()) + "/assignment"
	manager, chair := s.SignedIn(testkit.Manager), s.SignedIn(testkit.Chair)
	shows(t, manager.Get(path), 200, "2 applications wait", "Propose an assignment", "nobody yet", "Clinical1 Invented")
	shows(t, manager.Follow(manager.Post(path, url.Values{"action": {"propose"}})), 200, "An assignment is proposed", "Propose again")
	change := manager.Get(path + "?application=" + string(a.Ref))
	shows(t, change, 200, "Change the reviewers of "+string(a.Ref), `name="out"`, `name="in"`)
	plan := view(t, p)
	seat := plan.Rows[0].Seats[0]
	form := url.Values{"action": {"edit"}, "application": {string(a.Ref)}, "version": {strconv.Itoa(plan.Plan.Version)}, "out": {seat.Kind + ":" + string(seat.Person)}, "in": {string(seat.Free[0].Person)}}
	shows(t, manager.Post(path, form), 422, `href="#reason"`, "Change the reviewers of")
	form.Set("reason", "Knows the pathway")
	shows(t, manager.Follow(manager.Post(path, form)), 200, "The proposal is changed", "Knows the pathway")
	shows(t, manager.Post(path, form), 409)
	shows(t, manager.Post(path, url.Values{"action": {"approve"}, "version": {"2"}}), 403)
	shows(t, chair.Get(path), 200, "Approve and start the assessment")
	shows(t, chair.Post(path, url.Values{"action": {"propose"}}), 403)
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"approve"}, "version": {"2"}})), 200, "The assessment of 2 applications has started")
	if p.Application(a.Ref).State != workflow.Assessment {
		t.Error("not started")
	}
	shows(t, manager.Get(path+"?application="+string(a.Ref)), 200, "Replace the reviewer", "A further clinical review")
	v := view(t, p)
	row := v.Rows[0]
	replace := url.Values{"action": {"replace"}, "application": {string(row.Ref)}, "out": {row.Seats[0].Kind + ":" + string(row.Seats[0].Person)}, "reason": {"Is ill"}}
	shows(t, manager.Follow(manager.Post(path, replace)), 200, "The reviewer is assigned and was told", "(replaced)")
	shows(t, manager.Post(path, url.Values{"action": {"replace"}, "application": {string(row.Ref)}}), 422, `href="#out"`)
}

func TestInterestsAreSettledAndWithdrawn(t *testing.T) {
	t.Parallel()
	p, s := assess(t)
	a := p.Assess(1)[0]
	names := p.Reviewers(a)
	for kind, d := range map[string]interest.Declaration{"clinical": {Kind: interest.Indirect, Statement: "A cousin <works> there"}, "ppv": {Kind: interest.Financial, Statement: "Shares"}} {
		if _, err := p.Interests.Declare(p.As(names[kind]), a.Ref, d); err != nil {
			t.Fatal(err)
		}
	}
	path := "/panel/" + string(p.CallRef()) + "/interests"
	manager := s.SignedIn(testkit.Manager)
	shows(t, manager.Get("/panel/"+string(p.CallRef())+"/assignment"), 200, "1 declared or found interests wait")
	shows(t, manager.Get(path), 200, "A cousin &lt;works&gt; there", "To be settled", "Takes no part")
	lines, err := p.Interests.InCallList(p.As(testkit.Manager), p.CallRef())
	if err != nil {
		t.Fatal(err)
	}
	shows(t, manager.Get(path+"?interest="+lines[0].ID), 200, "They can review it")
	form := url.Values{"interest": {lines[0].ID}, "settled": {"none"}}
	shows(t, manager.Post(path, form), 422, `href="#note"`)
	form.Set("note", "They have not spoken for years")
	shows(t, manager.Follow(manager.Post(path, form)), 200, "The decision is recorded", "Can review")
	shows(t, manager.Follow(manager.Post(path, url.Values{"interest": {lines[1].ID}, "settled": {"withdraw"}, "note": {"Another company"}})), 200, "Withdrawn: Another company")
	shows(t, manager.Post(path, url.Values{"interest": {"x"}}), 404)
	shows(t, s.SignedIn(testkit.Chair).Get(path), 403)
}

func TestTheChairClosesWhatIsReadyAndDecidesTheRest(t *testing.T) {
	t.Parallel()
	p, s := assess(t)
	apps := p.Assess(3)
	p.Reviewed(apps[0], map[string]string{"clinical": "3", "technical": "3", "ppv": "3"})
	p.Scored(apps[0])
	p.Reviewed(apps[1], map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	p.Scored(apps[1])
	path := "/panel/" + string(p.CallRef()) + "/progress"
	chair := s.SignedIn(testkit.Chair)
	shows(t, chair.Get(path), 200, "6 of 9", "Close all that are ready (1)", "clinical: 1 review", "EV1, RO1, RO2, VM1")
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"close_ready"}})), 200, "The assessment of 1 applications is closed. 1 need moderation")
	shows(t, chair.Get(path+"?application="+string(apps[2].Ref)), 200, "Close it short")
	form := url.Values{"action": {"step"}, "application": {string(apps[2].Ref)}}
	shows(t, chair.Post(path, form), 422, `href="#step"`)
	form.Set("step", "close_short")
	shows(t, chair.Post(path, form), 422, `href="#reason"`)
	form.Set("step", "close")
	shows(t, chair.Post(path, form), 409, "Not every review is in.")
	form.Set("step", "close_short")
	form.Set("reason", "No reviewer could be found")
	shows(t, chair.Follow(chair.Post(path, form)), 200, "is recorded")
	for step, application := range map[string]int{"moderate": 1, "take_to_panel": 0} {
		shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"step"}, "application": {string(apps[application].Ref)}, "step": {step}})), 200, "is recorded")
	}
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"step"}, "application": {string(apps[2].Ref)}, "step": {"request_reviews"}, "reason": {"One was found"}})), 200, "is recorded")
	manager := s.SignedIn(testkit.Manager)
	shows(t, manager.Get(path), 200)
	shows(t, manager.Post(path, form), 403)
}

func TestAConsensusIsRecordedOnThePage(t *testing.T) {
	t.Parallel()
	p, s := assess(t)
	a := p.Assess(1)[0]
	p.Reviewed(a, map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	p.Scored(a)
	list := "/panel/" + string(p.CallRef()) + "/moderation"
	path := list + "/" + string(a.Ref)
	chair := s.SignedIn(testkit.Chair)
	shows(t, chair.Get(list), 200, `href="`+path+`"`, "EV1, RO1, RO2, VM1")
	shows(t, chair.Get(path), 200, "Open moderation", testkit.NameOf(p.Reviewers(a)["clinical"])+": 5", "By 4", "The invented reason for this mark of EV1")
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"open"}})), 200, "Moderation is open", `name="EV1"`, `name="EV1-reason"`)
	form := url.Values{"action": {"consensus"}, "EV1": {"3"}, "EV1-reason": {"short"}}
	shows(t, chair.Post(path, form), 422, `href="#EV1-reason"`, "short")
	settle(form)
	shows(t, chair.Follow(chair.Post(path, form)), 200, "The consensus is recorded", "It is the score of this part", "The panel agreed on the middle")
	shows(t, chair.Get(list), 200, "No application of this call is in moderation")
	shows(t, s.SignedIn(p.Reviewers(a)["ppv"]).Get(list), 404)
	shows(t, s.SignedIn(testkit.Deputy).Get(list), 200)
	shows(t, chair.Get("/panel/AF99-CAR/moderation/"+string(a.Ref)), 404)
}

// settle types a consensus for each part that is apart.
func settle(form url.Values) {
	for _, code := range []string{"EV1", "RO1", "RO2", "VM1"} {
		form.Set(code, "3")
		form.Set(code+"-reason", "The panel agreed on the middle")
	}
}

func TestReviewersAndThePanelDiscuss(t *testing.T) {
	t.Parallel()
	p, s := assess(t)
	a := p.Assess(1)[0]
	p.Reviewed(a, map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	p.Scored(a)
	path := "/panel/" + string(p.CallRef()) + "/moderation/" + string(a.Ref)
	own := "/reviews/" + string(a.Ref) + "/moderation"
	chair, clinical := s.SignedIn(testkit.Chair), s.SignedIn(p.Reviewers(a)["clinical"])
	shows(t, clinical.Get(own), 200, "Posts can be written while the application is in moderation", "The invented reason for this mark of EV1")
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"open"}})), 200, "Say something new")
	shows(t, clinical.Post(own, url.Values{"action": {"post"}, "text": {" "}}), 422, `href="#text"`)
	shows(t, clinical.Post(own, url.Values{"action": {"post"}, "text": {"kept as typed"}, "part": {"XX9"}}), 422, `href="#part"`, "kept as typed")
	shows(t, clinical.Follow(clinical.Post(own, url.Values{"action": {"post"}, "part": {"EV1"}, "text": {"Is one site enough, @Chair Invented?"}})), 200, "Your post is there", "about EV1", "Take this back", "Revise your review")
	d, err := p.Reviews.Discussion(p.As(testkit.Chair), a.Ref)
	if err != nil || len(d.Threads) != 1 {
		t.Fatal(err, d.Threads)
	}
	id := d.Threads[0].ID
	shows(t, chair.Post(path, url.Values{"action": {"answer"}, "answers": {id}}), 422, "answer-"+id)
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"answer"}, "answers": {id}, "answer-" + id: {"To my mind, no"}})), 200, "Your answer is there", "To my mind, no")
	shows(t, chair.Post(path, url.Values{"action": {"withdraw"}, "post": {id}}), 403)
	shows(t, clinical.Follow(clinical.Post(own, url.Values{"action": {"withdraw"}, "post": {id}, "why-" + id: {"I misread"}})), 200, "taken back", "I misread")
	form := url.Values{"action": {"consensus"}}
	settle(form)
	shows(t, chair.Follow(chair.Post(path, form)), 200)
	shows(t, clinical.Post(own, url.Values{"action": {"post"}, "text": {"Too late, and still here"}}), 409, "The moderation of "+string(a.Ref)+" has ended", "Too late, and still here")
	shows(t, s.SignedIn(testkit.Manager).Post(path, url.Values{"action": {"post"}, "text": {"I am not of the panel"}}), 403)
}

func TestTheDeskRemindsAndShowsHowReviewersScore(t *testing.T) {
	t.Parallel()
	p, s := assess(t)
	apps := p.Assess(2)
	p.Reviewed(apps[0], map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	p.Days(30)
	path := "/panel/" + string(p.CallRef()) + "/progress"
	manager, chair := s.SignedIn(testkit.Manager), s.SignedIn(testkit.Chair)
	shows(t, manager.Get(path+"?show=overdue&sort=overdue"), 200, "1 to 1 of 1 applications", "Replace a reviewer", "Remind the reviewers")
	shows(t, manager.Get(path+"?search=nothing"), 200, "No application is like that")
	shows(t, manager.Get(path+"/reviewers"), 200, "Remind all whose reviews are overdue (3)")
	shows(t, chair.Get(path+"/reviewers"), 200, "By reviewer")
	shows(t, chair.Get(path+"/remind"), 403)
	shows(t, manager.Get(path+"/remind"), 200, "The mail as", "Send the reminders", string(apps[1].Ref))
	shows(t, manager.Post(path+"/remind", url.Values{}), 422, `href="#reviewer"`)
	clinical := p.Reviewers(apps[1])["clinical"]
	id := string(p.Person(clinical, "", access.Scope{}).ID)
	shows(t, manager.Follow(manager.Post(path+"/remind", url.Values{"reviewer": {id}})), 200, "Reminded: Clinical")
	shows(t, manager.Follow(manager.Post(path+"/remind", url.Values{"reviewer": {id}})), 200, "Reminded today already: Clinical")
	shows(t, manager.Get(path+"/remind?reviewer="+id), 200, "Nobody is to be reminded now")
	shows(t, manager.Get(path+"/scoring"), 200, "too few applications for an interval", "Clinical", "Invented")
	masked := chair.Get(path + "/scoring")
	shows(t, masked, 200, "Clinical 01", "Technical 01")
	if strings.Contains(masked.Body, "Technical1 Invented") || strings.Contains(masked.Body, "Technical2 Invented") {
		t.Error("the chair reads a name")
	}
	shows(t, s.SignedIn(p.Reviewers(apps[0])["ppv"]).Get("/reviews/scoring"), 200, "How you score", "Too few others")
}
