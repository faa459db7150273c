package account_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"adoptionfund/internal/access"
	"adoptionfund/internal/people"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

const asha = "asha@lead.example"

func serve(t *testing.T) *sitekit.Server {
	t.Helper()
	return sitekit.New(t, testkit.New(t))
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

func TestSigningUpInAndOut(t *testing.T) {
	t.Parallel()
	s := serve(t)
	b := s.Browser()
	want(t, b.Get("/sign-up"), 200, "Create an account")
	want(t, b.Post("/sign-up", url.Values{"email": {"asha"}, "name": {"Asha <Invented>"}, "password": {"short"}}), 422,
		`href="#email"`, `href="#password"`, `value="Asha &lt;Invented&gt;"`, "There is a problem")
	sent := b.Post("/sign-up", url.Values{"email": {asha}, "name": {"Asha Invented"}, "password": {testkit.Password}})
	want(t, b.Follow(sent), 200, "sent a link", "/demo/mail")
	token := s.Token(asha)
	want(t, b.Get("/sign-up/confirm?token="+url.QueryEscape(token)), 200, token)
	confirmed := b.Post("/sign-up/confirm", url.Values{"token": {token}})
	want(t, b.Follow(confirmed), 200, "is confirmed", "Sign in")
	want(t, b.Post("/sign-up/confirm", url.Values{"token": {token}}), 422, "has been used or has expired")

	wrong := b.Post("/sign-in", url.Values{"email": {asha}, "password": {"not the pass phrase"}, "next": {"/account"}})
	want(t, wrong, 422, `value="asha@lead.example"`, `value="/account"`, `href="#email"`)
	if strings.Contains(wrong.Body, "not the pass phrase") {
		t.Error("the password is sent back")
	}
	in := b.Post("/sign-in", url.Values{"email": {asha}, "password": {testkit.Password}, "next": {"/account"}})
	if in.Location != "/account" || b.Token() == "" {
		t.Fatalf("%+v", in)
	}
	want(t, b.Follow(in), 200, "Your account", "Asha Invented", "Another browser (this one)")
	out := b.Post("/sign-out", nil)
	if out.Status != 303 || b.Token() != "" {
		t.Errorf("%+v", out)
	}
	if again := b.Get("/account"); again.Status != 303 || again.Location != "/sign-in?next=%2Faccount" {
		t.Errorf("%+v", again)
	}
}

func TestNextNeverLeavesTheService(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.WithPassword(asha)
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", ""} {
		b := s.Browser()
		if page := b.Get("/sign-in?next=" + url.QueryEscape(next)); strings.Contains(page.Body, "evil") || strings.Contains(page.Body, "alert") {
			t.Errorf("%q is on the page", next)
		}
		if in := b.Post("/sign-in", url.Values{"email": {asha}, "password": {testkit.Password}, "next": {next}}); in.Location != "/" {
			t.Errorf("%q leads to %q", next, in.Location)
		}
	}
}

func TestTooManyWrongTriesAreToldAsSuch(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.WithPassword(asha)
	b := s.Browser()
	for range s.Config.Accounts.TriesBeforeWait {
		want(t, b.Post("/sign-in", url.Values{"email": {asha}, "password": {"wrong pass phrase"}}), 422)
	}
	want(t, b.Post("/sign-in", url.Values{"email": {asha}, "password": {testkit.Password}}), 429, "Wait", asha)
}

func TestAPasswordIsResetFromTheMail(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.WithPassword(asha)
	b := s.Browser()
	want(t, b.Post("/sign-in/forgotten", url.Values{"email": {"asha"}}), 422, `href="#email"`)
	want(t, b.Follow(b.Post("/sign-in/forgotten", url.Values{"email": {"nobody@lead.example"}})), 200, "If the address can be used")
	want(t, b.Follow(b.Post("/sign-in/forgotten", url.Values{"email": {asha}})), 200, "If the address can be used")
	token := s.Token(asha)
	want(t, b.Get("/sign-in/reset?token="+token), 200, token)
	want(t, b.Post("/sign-in/reset", url.Values{"token": {token}, "password": {"short"}}), 422, token, `href="#password"`)
	want(t, b.Follow(b.Post("/sign-in/reset", url.Values{"token": {token}, "password": {"a new pass phrase 8"}})), 200, "new password is set")
	want(t, b.Post("/sign-in/reset", url.Values{"token": {token}, "password": {"a new pass phrase 9"}}), 422, "has been used")
	want(t, b.Post("/sign-in", url.Values{"email": {asha}, "password": {"a new pass phrase 8"}}), 303)
}

func TestAnInvitationIsAccepted(t *testing.T) {
	t.Parallel()
	s := serve(t)
	link, err := s.People.Add(s.Operator(), newcomer())
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(link, "token=")
	b := s.Browser()
	want(t, b.Get("/invitation?token=nonsense"), 404, "no longer works")
	want(t, b.Get("/invitation?token="+token), 200, "first@fund.example", `value="First Invented"`)
	want(t, b.Post("/invitation", url.Values{"token": {token}, "name": {""}, "password": {testkit.Password}}), 422, `href="#name"`, token)
	want(t, b.Follow(b.Post("/invitation", url.Values{"token": {token}, "name": {"First Invented"}, "password": {testkit.Password}})), 200, "Your account is ready")
	want(t, b.Post("/invitation", url.Values{"token": {token}, "name": {"First"}, "password": {testkit.Password}}), 422, "no longer works")
}

func TestOneTimeCodesAreSetUpOnTheAccountPage(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Person(asha, "administrator", access.Scope{})
	s.WithPassword(asha)
	b := s.Browser()
	signIn := url.Values{"email": {asha}, "password": {testkit.Password}}
	b.Post("/sign-in", signIn)
	want(t, b.Get("/account"), 200, "do not count until you have set them up")
	setUp := b.Follow(b.Post("/account/codes", url.Values{"action": {"start"}}))
	want(t, setUp, 200, "<svg", "otpauth://")
	secret := regexp.MustCompile(`name="secret" value="([A-Z2-7]+)"`).FindStringSubmatch(setUp.Body)[1]
	want(t, b.Post("/account/codes", url.Values{"secret": {secret}, "code": {"000000"}}), 422, `href="#code"`, secret)
	code, err := totp.GenerateCode(secret, s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	done := b.Post("/account/codes", url.Values{"secret": {secret}, "code": {code}})
	want(t, done, 200, "recovery codes")
	recovery := regexp.MustCompile(`<code>([a-z2-7-]+)</code>`).FindStringSubmatch(done.Body)[1]
	want(t, b.Get("/account/codes"), 200, "are set up")
	if body := b.Get("/account").Body; strings.Contains(body, "do not count until") || strings.Contains(body, recovery) || !strings.Contains(body, "10 recovery codes") {
		t.Error("the account page does not fit")
	}

	other := s.Browser()
	want(t, other.Post("/sign-in", signIn), 422, `href="#code"`, asha)
	signIn.Set("code", recovery)
	want(t, other.Post("/sign-in", signIn), 303)
	s.Clock.Add(time.Second)
	want(t, s.Browser().Post("/sign-in", signIn), 422, `href="#code"`)
}

func TestOneActsForAnOrganisation(t *testing.T) {
	t.Parallel()
	s := serve(t)
	b := s.SignedIn(asha)
	want(t, b.Post("/account/organisations", url.Values{"organisation": {"Nowhere"}}), 422, `href="#organisation"`, `value="Nowhere"`)
	want(t, b.Follow(b.Post("/account/organisations", url.Values{"organisation": {"Invented University Hospitals NHS Trust (RX1)"}})), 200, "waits for somebody", "Waiting")
	s.ActFor("fellow", "RX1")
	fellow := s.SignedIn("fellow")
	page := fellow.Get("/account")
	want(t, page, 200, "Asha Invented", "asks to act for")
	person := regexp.MustCompile(`name="person" value="([0-9a-f-]+)"`).FindStringSubmatch(page.Body)[1]
	settled := fellow.Post("/account/organisations/settle", url.Values{"person": {person}, "organisation": {"RX1"}})
	want(t, fellow.Follow(settled), 200, "can act for the organisation now")
	want(t, b.Get("/account"), 200, "You act for it")
	stranger := s.SignedIn("stranger")
	want(t, stranger.Post("/account/organisations/settle", url.Values{"person": {person}, "organisation": {"RX2"}}), 403)
}

func TestTheAccountIsOnesOwn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	b := s.SignedIn(asha)
	want(t, b.Post("/account", url.Values{"name": {""}}), 422, `href="#name"`)
	want(t, b.Follow(b.Post("/account", url.Values{"name": {"Asha Renamed"}})), 200, "Asha Renamed")
	want(t, b.Post("/account/password", url.Values{"old_password": {"no"}, "password": {"a new pass phrase 8"}}), 422, `href="#old_password"`)
	want(t, b.Follow(b.Post("/account/password", url.Values{"old_password": {testkit.Password}, "password": {"a new pass phrase 8"}})), 200, "Your password is changed")
	want(t, b.Follow(b.Post("/account/sessions", nil)), 200, "signed out everywhere")
	want(t, b.Get("/account"), 303)
}

func TestAFormSentAfterTheSessionEndedComesBack(t *testing.T) {
	t.Parallel()
	s := serve(t)
	b := s.Browser()
	s.WithPassword(asha)
	signIn := url.Values{"email": {asha}, "password": {testkit.Password}, "next": {"/held"}}
	b.Post("/sign-in", signIn)
	s.Clock.Add(s.Config.Accounts.SessionLifetime + time.Second)
	held := b.Post("/account", url.Values{"name": {"Typed too late"}})
	if held.Location != "/sign-in?next=%2Fheld" {
		t.Fatalf("%+v", held)
	}
	want(t, b.Follow(b.Post("/sign-in", signIn)), 200, "Typed too late")
	want(t, b.Follow(b.Post("/account", url.Values{"name": {"Typed too late"}})), 200, "Typed too late")
}

func TestRemindersAreTurnedOffOnTheAccountAndFromAMail(t *testing.T) {
	t.Parallel()
	s := serve(t)
	b := s.SignedIn(testkit.Applicant)
	want(t, b.Get("/account"), 200, "/account/mail")
	want(t, b.Get("/account/mail"), 200, `value="yes" checked`, "always sent")
	want(t, b.Follow(b.Post("/account/mail", url.Values{"news": {"yes"}})), 200, "Your choice is saved")
	if n := strings.Count(b.Get("/account/mail").Body, "checked"); n != 1 {
		t.Errorf("%d are ticked", n)
	}
	b.Follow(b.Post("/account/mail", url.Values{"news": {"yes"}, "reminders": {"yes"}}))
	a := s.Draft("A title")
	s.Clock.Set(a.ClosesAt().AddDate(0, 0, -7))
	if err := s.Applications.RemindDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	link := strings.TrimPrefix(s.Mails(testkit.Applicant)[0].Stop, "http://fund.example")
	stranger := s.Browser()
	want(t, stranger.Get("/mail/stop?token=reminder:x.y"), 404, "no longer works")
	want(t, stranger.Get(link), 200, "Turn off reminders", "has changed nothing yet")
	b = s.Again(testkit.Applicant)
	if n := strings.Count(b.Get("/account/mail").Body, "checked"); n != 2 {
		t.Errorf("looking at the link left %d ticked", n)
	}
	want(t, stranger.Post(link, url.Values{"List-Unsubscribe": {"One-Click"}}), 200, "Reminders are turned off")
	if n := strings.Count(b.Get("/account/mail").Body, "checked"); n != 1 {
		t.Errorf("%d are ticked", n)
	}
}

func newcomer() people.Newcomer {
	return people.Newcomer{Email: "first@fund.example", Name: "First Invented", Role: "administrator"}
}
