package oversight_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/site/applicant"
	"adoptionfund/internal/site/oversight"
	"adoptionfund/internal/site/panel"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// court is a panel whose call shortlists and allows reviews of decisions within 20 days, with the pages of both.
type court struct {
	*testkit.Panel

	t      *testing.T
	server *sitekit.Server
	checks *eligibility.Service
}

func newCourt(t *testing.T) court {
	t.Helper()
	p := testkit.New(t).Panel()
	for from, to := range map[string]string{`"review_days":0`: `"review_days":20`, `"shortlist":false`: `"shortlist":true`} {
		must(t, p.DB.Write.Exec("UPDATE calls SET settings = replace(settings, ?, ?)", from, to).Error)
	}
	checks, decisions := eligibility.NewService(p.Gate, p.Applications), decision.NewService(p.Gate, p.Letters)
	for name, role := range map[string]string{"approver1": "approver", "approver2": "approver"} {
		p.Person(name, role, p.Round().Calls[0].Scope())
	}
	rows := slices.Concat(applicant.Outcomes(decisions, checks, p.Reviews), oversight.Reviews(decisions), panel.Shortlist(checks))
	return court{p, t, sitekit.New(t, p.World, rows...), checks}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
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

func (c court) ineligible() *application.Application {
	c.t.Helper()
	a := c.Submitted("Remote monitoring after cardiac surgery")
	c.Closed()
	verdict := []eligibility.Verdict{{Criterion: "EV", Decision: eligibility.Fail, Reason: "It is used nowhere in the NHS yet"}}
	must(c.t, c.checks.Decide(c.As(testkit.Officer1), a.Ref, verdict, eligibility.Propose))
	must(c.t, c.checks.ConfirmIneligible(c.As(testkit.Officer2), a.Ref))
	return c.Application(a.Ref)
}

func (c court) is(a *application.Application, want workflow.ApplicationState) {
	c.t.Helper()
	if got := c.Application(a.Ref).State; got != want {
		c.t.Errorf("the application is %s, want %s", got, want)
	}
}

func asks() url.Values {
	return url.Values{"grounds": {"overlooked"}, "statement": {"The answer EV5 names two trusts"}}
}

func TestAnApplicantReadsTheReasonsAndAsksForAReviewOfTheDecision(t *testing.T) {
	t.Parallel()
	c := newCourt(t)
	a := c.ineligible()
	contact, path := c.server.SignedIn(testkit.Applicant), "/applications/"+string(a.Ref)
	shows(t, contact.Get(path+"/outcome"), 200, "Evidence and priorities", "It is used nowhere in the NHS yet", "Review of the decision")
	shows(t, contact.Get(path+"/decision-review"), 200, "You can ask until", "did not follow the process")
	shows(t, contact.Post(path+"/decision-review", url.Values{"grounds": {"taste"}, "statement": {"Look again"}}), 422, "Select why", "Look again")
	shows(t, contact.Post(path+"/decision-review", url.Values{"grounds": {"fact"}}), 422, "Say what went wrong")
	shows(t, contact.Follow(contact.Post(path+"/decision-review", asks())), 200, "Being looked into", "The answer EV5 names two trusts")
	shows(t, contact.Post(path+"/decision-review", asks()), 409, "asked for already")
	if !c.Told("approver1", "decision_review_asked") || c.Told(testkit.Officer1, "decision_review_asked") {
		t.Error("those who may settle it are told, and nobody else")
	}
	shows(t, c.server.SignedIn(testkit.SRO).Get(path+"/outcome"), 200, "It is used nowhere in the NHS yet")
	shows(t, c.server.SignedIn("stranger").Get(path+"/decision-review"), 404)
}

func TestAReviewIsSettledBySomebodyWhoWasNotInvolved(t *testing.T) {
	t.Parallel()
	c := newCourt(t)
	a := c.ineligible()
	contact, path, page := c.server.SignedIn(testkit.Applicant), "/decision-reviews/"+string(a.Ref), "/applications/"+string(a.Ref)+"/decision-review"
	shows(t, contact.Post(page, asks()), 303)
	c.Person(testkit.Officer1, "approver", c.Round().Calls[0].Scope()) // who decided before
	involved, approver := c.server.SignedIn(testkit.Officer1), c.server.SignedIn("approver1")
	shows(t, involved.Get(path), 200, "you took part in the decision")
	shows(t, involved.Post(path, url.Values{"action": {"uphold"}, "reason": {"I was right"}}), 403)
	shows(t, approver.Get("/decision-reviews"), 200, string(a.Ref), "You can settle it")
	shows(t, approver.Get(path), 200, "The answer EV5 names two trusts", "In screening")
	shows(t, approver.Post(path, url.Values{"action": {"uphold"}}), 422, "Enter the reason")
	c.is(a, workflow.Ineligible)
	shows(t, approver.Follow(approver.Post(path, url.Values{"action": {"uphold"}, "reason": {"EV5 was not read"}})), 200, "Upheld", "EV5 was not read", "Approver1 Invented")
	c.is(a, workflow.Screening)
	shows(t, approver.Post(path, url.Values{"action": {"dismiss"}, "reason": {"Again"}}), 409, "No review of a decision on this application is open")
	if !c.Told(testkit.Applicant, "decision_review_upheld") {
		t.Error("the applicant is not told")
	}
	settled := contact.Get(page)
	shows(t, settled, 200, "EV5 was not read")
	if strings.Contains(settled.Body, "Approver1") {
		t.Error("the applicant learns who settled it")
	}
	c.Unbroken()
}

func TestADismissedReviewLeavesTheDecisionAndWhileItIsOpenNothingIsProposed(t *testing.T) {
	t.Parallel()
	c := newCourt(t)
	a := c.ineligible()
	contact, page := c.server.SignedIn(testkit.Applicant), "/applications/"+string(a.Ref)+"/decision-review"
	open := func() (n int64) {
		c.Read(func(tx *work.Tx) error {
			var err error
			n, err = decision.OpenReviews(tx, a.CallID)
			return err
		})
		return n
	}
	shows(t, contact.Post(page, asks()), 303)
	if open() != 1 {
		t.Error("an open review does not hold up a proposal")
	}
	senior := c.server.SignedIn(testkit.Senior)
	shows(t, senior.Follow(senior.Post("/decision-reviews/"+string(a.Ref), url.Values{"action": {"dismiss"}, "reason": {"EV5 names no patients"}})), 200, "The decision stands")
	c.is(a, workflow.Ineligible)
	if open() != 0 || !c.Told(testkit.Applicant, "decision_review_dismissed") {
		t.Error("the review is still open, or the applicant is not told")
	}
	shows(t, contact.Get(page), 200, "EV5 names no patients")
	shows(t, contact.Post(page, asks()), 409, "asked for already")
}

func TestTheDaysToAskForAReviewEndAtNoon(t *testing.T) {
	t.Parallel()
	c := newCourt(t)
	a := c.ineligible()
	until := decision.ReviewUntil(a)
	c.Clock.Set(until.Add(-time.Second))
	contact, page := c.server.SignedIn(testkit.Applicant), "/applications/"+string(a.Ref)+"/decision-review"
	shows(t, contact.Get(page), 200, "You can ask until")
	c.Clock.Set(until)
	shows(t, contact.Get(page), 200, "The time to ask for a review ended on")
	shows(t, contact.Post(page, asks()), 409, "The time to ask for a review ended on")
}

func TestAShortlistIsProposedByOneAndConfirmedByAnother(t *testing.T) {
	t.Parallel()
	c := newCourt(t)
	apps := c.Eligible(3)
	path := "/panel/" + string(c.CallRef()) + "/shortlist"
	manager, chair := c.server.SignedIn(testkit.Manager), c.server.SignedIn(testkit.Chair)
	off := func(feedback ...string) url.Values {
		v := url.Values{"action": {"propose"}}
		for i, text := range feedback {
			v.Add("application", string(apps[i].Ref))
			v.Set(string(apps[i].Ref)+"-feedback", text)
		}
		return v
	}
	shows(t, manager.Post(path, url.Values{"action": {"propose"}}), 422, "Select the applications that are left off")
	shows(t, manager.Post(path, off("Too small", "")), 422, "Enter the feedback to the applicant of "+string(apps[1].Ref), "Too small")
	shows(t, chair.Post(path, off("Too small")), 403)
	shows(t, manager.Follow(manager.Post(path, off("Too small", "Too early"))), 200, "Proposed: leave off "+string(apps[0].Ref))
	shows(t, manager.Post(path, url.Values{"action": {"confirm"}, "ref": {string(apps[0].Ref)}}), 403)
	shows(t, chair.Post(path, url.Values{"action": {"return"}, "ref": {string(apps[1].Ref)}}), 422, "Enter the reason why it stays")
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"return"}, "ref": {string(apps[1].Ref)}, "note": {"It is early by design"}})), 200)
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"confirm"}, "ref": {string(apps[0].Ref)}})), 200, "Not shortlisted", "Too small")
	shows(t, chair.Post(path, url.Values{"action": {"confirm"}, "ref": {string(apps[2].Ref)}}), 409)
	c.is(apps[0], workflow.NotShortlisted)
	c.is(apps[1], workflow.Eligible)
	shows(t, manager.Get(path), 200, "Returned by the chair: It is early by design")
	contact := c.server.SignedIn(testkit.Applicant)
	shows(t, contact.Get("/applications/"+string(apps[0].Ref)+"/outcome"), 200, "Feedback on your application", "Too small", "Review of the decision")
	c.Unbroken()
}

func TestARecusedChairSeesAMaskedLineOfTheShortlist(t *testing.T) {
	t.Parallel()
	c := newCourt(t)
	apps := c.Eligible(2)
	c.Relate(apps[0], c.Person(testkit.Chair, "", access.Scope{}).ID, application.Recused)
	path := "/panel/" + string(c.CallRef()) + "/shortlist"
	must(t, c.checks.ProposeShortlist(c.As(testkit.Manager), c.CallRef(), []eligibility.LeftOff{{Ref: apps[0].Ref, Feedback: "Too small"}, {Ref: apps[1].Ref, Feedback: "Too early"}}))
	chair := c.server.SignedIn(testkit.Chair)
	shown := chair.Get(path)
	shows(t, shown, 200, "1 application, handled by the deputy", string(apps[1].Ref))
	if strings.Contains(shown.Body, string(apps[0].Ref)) || strings.Contains(shown.Body, "Too small") {
		t.Error("the chair sees an application from which they are recused")
	}
	shows(t, chair.Post(path, url.Values{"action": {"confirm"}, "ref": {string(apps[0].Ref)}}), 404)
}
