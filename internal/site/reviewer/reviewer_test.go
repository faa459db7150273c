package reviewer_test

import (
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/application"
	"adoptionfund/internal/site/reviewer"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

func serve(t *testing.T) (*testkit.Panel, *sitekit.Server) {
	t.Helper()
	p := testkit.New(t).Panel()
	return p, sitekit.New(t, p.World, reviewer.Rows(reviewer.Rooms{
		Applications: p.Applications, Interests: p.Interests, Assignments: p.Assignments, Reviews: p.Reviews, Now: p.Clock.Now,
	})...)
}

func want(t *testing.T, a sitekit.Answer, status int, parts ...string) {
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

// sheet fills in every part of a kind of reviewer.
func sheet(p *testkit.Panel, kind, mark, version, button string) url.Values {
	form := url.Values{"version": {version}, "action": {button}, "comments-panel": {"For the panel"}, "feedback": {"For the applicant"}}
	for code, g := range p.Marks(kind, mark) {
		form.Set(string(code), g.Mark)
		form.Set(string(code)+"-reason", g.Reason)
	}
	return form
}

func TestAReviewFromTheQueueToItsSending(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	a := p.Assess(1)[0]
	path := "/reviews/" + string(a.Ref)
	b := s.SignedIn(p.Reviewers(a)["ppv"])
	want(t, b.Get("/reviews"), 200, "You have sent 0 of 1 reviews", `href="`+path+`"`, "Declare interests", "12:00")
	before := b.Get(path)
	want(t, before, 200, "Declare your interests", a.LeadName, "Invented answer to SU2", "generative artificial intelligence")
	if strings.Contains(before.Body, "Invented answer to EV1") {
		t.Error("the answers are shown before the declaration")
	}
	want(t, b.Post(path+"/interest", url.Values{"interest": {"none"}}), 422, `href="#terms"`)
	want(t, b.Post(path+"/interest", url.Values{"terms": {"yes"}}), 422, `href="#interest"`)
	want(t, b.Post(path+"/interest", url.Values{"terms": {"yes"}, "interest": {"indirect"}}), 422, `href="#statement"`)
	opened := b.Follow(b.Post(path+"/interest", url.Values{"terms": {"yes"}, "interest": {"none"}}))
	want(t, opened, 200, "Invented answer to EV", `name="EV2"`, `name="EV2-reason"`, `value="not_applicable"`, `value="abstain"`, "0 of 3 parts")
	for _, hidden := range []string{`name="EV1"`, `name="DT1"`, `name="FU1"`} {
		if strings.Contains(opened.Body, hidden) {
			t.Errorf("%s is not for this reviewer", hidden)
		}
	}
	draft := url.Values{"version": {"0"}, "action": {"continue"}, "EV2": {"4"}, "EV2-reason": {"Because <it> does help people"}}
	want(t, b.Follow(b.Post(path, draft)), 200, "Your draft is saved", "Because &lt;it&gt; does help", "1 of 3 parts")
	draft.Set("EV2-reason", "From another window")
	want(t, b.Post(path, draft), 409, "Choose which version to keep", "You changed an answer in another window", "From another window", "Because &lt;it&gt; does help", "Typed in this window")
	incomplete := url.Values{"version": {"1"}, "action": {"submit"}, "EV2": {"4"}, "EV2-reason": {"short"}, "IN1": {"abstain"}}
	want(t, b.Post(path, incomplete), 422, `href="#RO2"`, `href="#EV2-reason"`, `href="#IN1-reason"`, "short", `value="2"`)
	want(t, b.Follow(b.Post(path, sheet(p, "ppv", "4", "2", "submit"))), 200, "Your review is sent", "You have sent 1 of 1 reviews")
	want(t, b.Post(path, sheet(p, "ppv", "4", "2", "submit")), 303)
	want(t, b.Post(path, sheet(p, "ppv", "1", "2", "submit")), 409)
	want(t, b.Get(path), 200, "You sent this review on")
	want(t, b.Post(path, url.Values{"action": {"explode"}}), 422)
}

func TestABarredReviewerFindsNothingButTheirDeclaration(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	a := p.Assess(1)[0]
	path := "/reviews/" + string(a.Ref)
	b := s.SignedIn(p.Reviewers(a)["clinical"])
	left := b.Post(path+"/interest", url.Values{"terms": {"yes"}, "interest": {"financial"}, "statement": {"Shares"}})
	page := b.Follow(left)
	want(t, page, 200, "You take no part in this application", "Financial interest", string(a.Ref))
	if strings.Contains(page.Body, a.Title) {
		t.Error("the title is shown")
	}
	want(t, b.Get(path), 404)
	want(t, b.Post(path, url.Values{"action": {"save"}}), 404)
}

func TestADoubtWaitsForTheFundManager(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	a := p.Assess(1)[0]
	path := "/reviews/" + string(a.Ref)
	b := s.SignedIn(p.Reviewers(a)["clinical"])
	want(t, b.Follow(b.Post(path+"/interest", url.Values{"terms": {"yes"}, "interest": {"indirect"}, "statement": {"A cousin"}})), 200, "The fund manager decides")
	want(t, b.Get(path), 200, "You declared an interest")
}

func TestAReviewIsDeclined(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	a := p.Assess(1)[0]
	path := "/reviews/" + string(a.Ref)
	b := s.SignedIn(p.Reviewers(a)["clinical"])
	want(t, b.Post(path+"/decline", url.Values{}), 422, `href="#reason"`)
	want(t, b.Follow(b.Post(path+"/decline", url.Values{"reason": {"too_many"}})), 200, "You have declined the review", "No application is assigned to you")
	want(t, b.Get(path), 404)
}

func TestOthersAreSeenAfterOnesOwnAndARevisionIsSent(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	a := p.Assess(1)[0]
	path := "/reviews/" + string(a.Ref)
	names := p.Reviewers(a)
	p.Reviewed(a, map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
	p.Scored(a)
	if err := p.Reviews.OpenModeration(p.As(testkit.Chair), a.Ref); err != nil {
		t.Fatal(err)
	}
	b := s.SignedIn(names["technical"])
	want(t, b.Get("/reviews"), 200, "In moderation")
	page := b.Get(path)
	want(t, page, 200, "Clinical reviewer 1", "Score 5", "Revise your review")
	if strings.Contains(page.Body, "Clinical1 Invented") {
		t.Error("reviewers are named to one another")
	}
	want(t, b.Follow(b.Post(path, sheet(p, "technical", "3", "2", "revise"))), 200, "Your revised review is sent")
	if p.Application(a.Ref).State != workflow.Moderation {
		t.Error("the state changed")
	}
}

func TestWhatIsNotOnesOwnIsNotThere(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	a := p.Assess(1)[0]
	assigned := p.Reviewers(a)["clinical"]
	other := "clinical1"
	if assigned == testkit.Address(other) {
		other = "clinical2"
	}
	b := s.SignedIn(other)
	want(t, b.Get("/reviews/"+string(a.Ref)), 404)
	want(t, b.Get("/reviews/AF26-9999"), 404)
	want(t, b.Get("/reviews/NONSENSE"), 404)
	want(t, b.Post("/reviews/"+string(a.Ref), sheet(p, "clinical", "5", "0", "submit")), 404)
	want(t, b.Post("/reviews/"+string(a.Ref)+"/interest", url.Values{"interest": {"none"}, "terms": {"yes"}}), 404)
	want(t, b.Post("/reviews/"+string(a.Ref)+"/decline", url.Values{"reason": {"too_many"}}), 404)
	want(t, s.SignedIn(testkit.Chair).Get("/reviews"), 403)
	want(t, s.SignedIn(testkit.Auditor).Get("/reviews/"+string(a.Ref)), 200, "not assigned to you")
	if p.Application(a.Ref).With(application.Declared) != nil {
		t.Error("a declaration was kept")
	}
}

func TestEvidenceIsOpenToReviewersOnly(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	a := p.Assess(1)[0]
	b := s.SignedIn(p.Reviewers(a)["clinical"])
	want(t, b.Get("/reviews/"+string(a.Ref)+"/files/nonsense"), 404)
	want(t, b.Get("/reviews/"+string(a.Ref)+"/files/019aa000-0000-7000-8000-000000000000"), 403)
	p.Declared(p.Reviewers(a)["clinical"], a)
	want(t, b.Get("/reviews/"+string(a.Ref)+"/files/019aa000-0000-7000-8000-000000000000"), 404)
}
