package panel_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

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
	path := "/panel/" + string(p.CallRef()) + "/moderation"
	chair := s.SignedIn(testkit.Chair)
	shows(t, chair.Get(path), 200, "Open moderation", "Clinical1 Invented: 5", "By 4", "The invented reason for this mark of EV1")
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"open"}, "application": {string(a.Ref)}})), 200, "Moderation is open", `name="EV1"`, `name="EV1-reason"`)
	form := url.Values{"action": {"consensus"}, "application": {string(a.Ref)}, "EV1": {"3"}, "EV1-reason": {"short"}}
	shows(t, chair.Post(path, form), 422, `href="#EV1-reason"`, "short")
	for _, code := range []string{"EV1", "RO1", "RO2", "VM1"} {
		form.Set(code, "3")
		form.Set(code+"-reason", "The panel agreed on the middle")
	}
	shows(t, chair.Follow(chair.Post(path, form)), 200, "The consensus is recorded", "No application of this call is in moderation")
	shows(t, s.SignedIn(p.Reviewers(a)["ppv"]).Get(path), 404)
	shows(t, s.SignedIn(testkit.Deputy).Get(path), 200)
}
