package applicant_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/site/applicant"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

const submitPath = "/applications/AF26-0001/submit"

// reference is the one that a page tells.
func reference(t *testing.T, a sitekit.Answer) string {
	t.Helper()
	found := regexp.MustCompile(`\b[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}\b`).FindString(a.Body)
	if found == "" || found != a.Header.Get("X-Request-Id") {
		t.Fatalf("the page tells the reference %q, the request has %q", found, a.Header.Get("X-Request-Id"))
	}
	return found
}

func TestASubmissionThatComesTooLateIsToldWhyAndLeavesTheDraft(t *testing.T) {
	t.Parallel()
	s := serve(t)
	a := s.Signed(s.Filled(s.Draft("A title")))
	s.Clock.Set(a.ClosesAt().Add(-time.Hour))
	b := s.SignedIn(testkit.Applicant)
	s.Clock.Set(a.ClosesAt().Add(time.Millisecond))
	late := want(t, b.Post(submitPath, nil), 403, "Your application was not submitted", "the deadline must not have passed", "12 October 2026 at 12:00:00.001 UK time", "Your draft is as it was")
	if ref := reference(t, late); !strings.Contains(s.Logged(), "a request was refused\" reference="+ref) {
		t.Errorf("the log does not have %s", ref)
	}
	if got := s.Application(a.Ref); got.State != workflow.Draft || got.SubmissionID != nil {
		t.Errorf("it is %s", got.State)
	}
	want(t, b.Get("/applications/AF26-0001"), 200, "11 of 11 sections completed")
}

func TestASubmissionThatIsStoppedSaysWhatStoppedIt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Filled(s.Draft("A title"))
	b := s.SignedIn(testkit.Applicant)
	reference(t, want(t, b.Post(submitPath, nil), 409, "Your application was not submitted", "sign", "Your draft is as it was"))
}

// A table that is gone stands for whatever a database can do at the worst moment: the last statement of the submission fails.
func TestASubmissionThatTheDatabaseFailsLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	a := s.Signed(s.Filled(s.Draft("A title")))
	b := s.SignedIn(testkit.Applicant)
	mails := len(s.Mails(testkit.Applicant))
	do := func(statement string) {
		t.Helper()
		if err := s.DB.Write.Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
	}
	s.Fails()
	do("ALTER TABLE receipts RENAME TO receipts_away")
	broken := want(t, b.Post(submitPath, nil), 500, "Your application was not submitted", "This is our mistake", "What counts is when a request arrives")
	if ref := reference(t, broken); !strings.Contains(s.Logged(), "reference="+ref) || strings.Contains(broken.Body, "receipts") {
		t.Errorf("%s: the page tells too much, or the log too little", ref)
	}
	do("ALTER TABLE receipts_away RENAME TO receipts")
	if got := s.Application(a.Ref); got.State != workflow.Draft || got.SubmissionID != nil || len(s.Mails(testkit.Applicant)) != mails {
		t.Errorf("it is %s, with %d mails more", got.State, len(s.Mails(testkit.Applicant))-mails)
	}
	want(t, b.Follow(b.Post(submitPath, nil)), 200, "Application submitted")
	s.Unbroken()
}

func TestWhatIsTakenBackIsToldToTheFundTeamAlone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	a := s.Submitted("A title")
	s.Closed()
	s.Person("officer", "screening_officer", access.Scope{})
	s.Person("member", "panel_member", access.Scope{})
	const reason = "We no longer have room for it"
	b := s.SignedIn(testkit.Applicant)
	want(t, b.Get("/applications/AF26-0001/withdraw"), 200, "The fund team reads it")
	want(t, b.Follow(b.Post("/applications/AF26-0001/withdraw", url.Values{"reason": {reason}})), 200, "is withdrawn", "There is nothing more to do", reason)
	want(t, s.SignedIn("officer").Get("/applications/AF26-0001"), 200, reason, "Withdrawn by")
	if strings.Contains(want(t, s.SignedIn("member").Get("/applications/AF26-0001"), 200).Body, reason) {
		t.Error("a panel member reads the reason")
	}
	if strings.Contains(s.Logged(), reason) {
		t.Error("the log has the reason")
	}
	if got := s.Application(a.Ref).State; got != workflow.Withdrawn {
		t.Errorf("it is %s", got)
	}
}

func TestTheAwardIsDeclinedOnTheSamePage(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	rows := applicant.Rows(applicant.Options{
		Applications: w.Applications, Funds: w.Funds, People: w.People,
		Later: func(_ context.Context, a *application.Application) (applicant.Later, error) {
			return applicant.Later{
				Dates:      map[workflow.When]time.Time{workflow.WhenOffer: time.Date(2027, 3, 28, 11, 0, 0, 0, time.UTC)},
				Declinable: a.State == workflow.Successful,
			}, nil
		},
	})
	s := sitekit.New(t, w, rows...)
	s.Submitted("A title")
	s.Closed()
	b := s.SignedIn(testkit.Applicant)
	s.SetState("AF26-0001", workflow.Successful)
	want(t, b.Get("/applications/AF26-0001"), 200, "Your application was successful", "Accept the offer before Sunday 28 March 2027 at 12:00 UK time", "Decline the award")
	want(t, b.Get("/applications/AF26-0001/withdraw"), 200, "Why do you decline it?")
}

// Before the release the page of an application is the same, letter by letter, whatever is proposed.
func TestNothingOnThePageTellsWhatIsProposed(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Submitted("A title")
	s.Closed()
	b := s.SignedIn(testkit.Applicant)
	first := ""
	for _, info := range workflow.Applications().States() {
		if info.ApplicantLabel != "Under review" {
			continue
		}
		s.SetState("AF26-0001", info.State)
		for _, path := range []string{"/applications/AF26-0001", "/applications"} {
			want(t, b.Get(path), 200, "Under review")
		}
		body := want(t, b.Get("/applications/AF26-0001"), 200, "Every applicant of the call is told at the same time").Body
		if first == "" {
			first = body
		}
		if body != first {
			t.Errorf("%s is another page", info.State)
		}
	}
}
