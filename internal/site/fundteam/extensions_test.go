package fundteam_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/site/fundteam"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

// deadlines are the pages of later deadlines, in a world with two fund managers and the senior officer.
func deadlines(t *testing.T) *sitekit.Server {
	t.Helper()
	w := testkit.New(t)
	w.OpenCall()
	for name, role := range map[string]string{"one": "administrator", "two": "administrator", "chief": "senior_officer"} {
		w.Person(name, role, access.Scope{})
	}
	return sitekit.New(t, w, fundteam.Extensions(w.Applications, w.Funds)...)
}

func TestOneApplicantIsGivenMoreTimeByTwoPeople(t *testing.T) {
	t.Parallel()
	s := deadlines(t)
	a := s.Draft("A title")
	path := "/admin/extensions/" + string(a.Ref)
	shows(t, s.SignedIn("one").Get(path), 200, "whose call has closed")
	s.Closed()
	one, two, senior := s.Again("one"), s.SignedIn("two"), s.SignedIn("chief")
	shows(t, one.Get("/admin/extensions"), 200, "No extension of a single applicant", "AF26-CAR")
	shows(t, one.Get("/admin/extensions?ref=AF26-9999"), 200, "no application with this reference")
	if to := one.Get("/admin/extensions?ref=af26-0001").Location; to != path {
		t.Errorf("the search leads to %q", to)
	}
	shows(t, one.Get(path), 200, "Illness or bereavement", "Not submitted")
	typed := url.Values{"until": {"soon"}, "until-time": {"late"}, "reason": {"illness"}, "note": {"She is in hospital"}}
	shows(t, one.Post(path, typed), 422, `href="#until"`, `href="#until-time"`, `value="soon"`, `value="illness" checked`, "She is in hospital")
	typed["until"], typed["until-time"] = []string{"28 March 2027"}, []string{"1:30"}
	shows(t, one.Post(path, typed), 422, `href="#until-time"`, "The clocks go forward")
	typed["until"], typed["until-time"] = []string{"14th October 2026"}, []string{"5pm"}
	shows(t, one.Post(path, url.Values{"until": typed["until"]}), 422, `href="#reason"`)
	shows(t, one.Follow(one.Post(path, typed)), 200, "waits for a second person", "Wednesday 14 October 2026 at 17:00 UK time", "One Invented")
	shows(t, one.Post(path+"/confirm", nil), 403)
	shows(t, one.Post(path, typed), 409)
	shows(t, senior.Get("/admin/extensions"), 200, "Waits for a second person", "Illness or bereavement")
	shows(t, senior.Follow(senior.Post(path+"/refuse", nil)), 200, "is refused", "Refused by", "Chief Invented")
	shows(t, two.Post(path+"/confirm", nil), 409)
	shows(t, two.Follow(two.Post(path, typed)), 200, "Extension 2")
	shows(t, senior.Follow(senior.Post(path+"/confirm", nil)), 200, "has more time", "Confirmed by")
	got := s.Application(a.Ref)
	if got.State != workflow.Draft || !got.ClosesAt().Equal(time.Date(2026, 10, 14, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("%s until %v", got.State, got.ClosesAt())
	}
	if m := s.Mails(testkit.Applicant)[0]; m.Kind != "application_extension_given" || !strings.Contains(m.Body, "14 October 2026 at 17:00 UK time") {
		t.Errorf("%+v", m)
	}
	s.Unbroken()
}

func TestACallIsExtendedForAllAndOpenedAgainAfterAFailure(t *testing.T) {
	t.Parallel()
	s := deadlines(t)
	one, two := s.SignedIn("one"), s.SignedIn("two")
	draft, sent := s.Draft("A draft"), s.Submitted("What was sent")
	c := s.OpenCall()
	path := "/admin/calls/" + string(c.Ref) + "/deadline"
	typed := url.Values{"until": {"13/10/2026"}, "until-time": {""}, "reason": {""}}
	shows(t, one.Post(path, typed), 422, `href="#reason"`)
	typed.Set("reason", "The service was slow in the last hour.")
	shows(t, one.Follow(one.Post(path, typed)), 200, "It waits for a second person")
	shows(t, one.Post(path+"/confirm", nil), 403)
	shows(t, two.Follow(two.Post(path+"/refuse", nil)), 200, "Refused by", "Two Invented")
	shows(t, one.Follow(one.Post(path, typed)), 200)
	shows(t, two.Follow(two.Post(path+"/confirm", nil)), 200, "The later deadline holds", "Tuesday 13 October 2026 at 12:00 UK time")
	if m := s.Mails(testkit.Applicant)[0]; m.Kind != "call_extended" || !strings.Contains(m.Body, "13 October 2026") {
		t.Errorf("%+v", m)
	}
	s.Closed()
	one, two = s.Again("one"), s.Again("two")
	senior := s.SignedIn("chief")
	again := url.Values{"until": {"16 10 2026"}, "until-time": {"noon"}, "reason": {"The service was down in the last hour."}}
	shows(t, one.Get(path), 200, "Open a call again", "Only after a failure of the service")
	shows(t, one.Follow(one.Post(path, again)), 200, "It waits for the senior officer")
	shows(t, two.Post(path+"/confirm", nil), 403)
	shows(t, senior.Get("/admin/extensions"), 200, "Waits for a second person")
	shows(t, senior.Follow(senior.Post(path+"/confirm", nil)), 200, "The later deadline holds", "Opened again")
	if got := s.Call(c.Ref); got.State != workflow.CallOpen {
		t.Fatalf("the call is %s", got.State)
	}
	if err := s.Applications.ReopenDrafts(s.Job(access.ReopenDraft), s.Call(c.Ref).ID); err != nil {
		t.Fatal(err)
	}
	if got := s.Application(draft.Ref).State; got != workflow.Draft {
		t.Errorf("the draft is %s", got)
	}
	if got := s.Application(sent.Ref).State; got != workflow.Screening {
		t.Errorf("what was sent is %s", got)
	}
	if m := s.Mails(testkit.Applicant)[0]; m.Kind != "call_reopened" || !strings.Contains(m.Body, "16 October 2026") {
		t.Errorf("%+v", m)
	}
	s.Unbroken()
}

func TestNobodyElseLearnsOfAnExtension(t *testing.T) {
	t.Parallel()
	s := deadlines(t)
	a := s.Draft("A title")
	c := s.Closed()
	s.Person("first", "administrator", access.Scope{})
	if err := s.Applications.ProposeExtension(s.As("first"), a.Ref, application.MoreTime{Until: c.ClosesAt.AddDate(0, 0, 2), Reason: "illness"}); err != nil {
		t.Fatal(err)
	}
	s.Person("other-approver", "approver", access.Scope{})
	approver := s.SignedIn("other-approver")
	if strings.Contains(approver.Get("/admin/extensions").Body, string(a.Ref)) {
		t.Error("an approver reads of a draft")
	}
	shows(t, approver.Get("/admin/extensions/"+string(a.Ref)), 404)
	shows(t, s.SignedIn(testkit.Applicant).Get("/admin/extensions"), 403)
}
