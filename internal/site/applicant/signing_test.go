package applicant_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

const signPath = "/applications/AF26-0001/sign"

// mailed gives the newest mail of a kind to an address.
func mailed(t *testing.T, s *sitekit.Server, email, kind string) string {
	t.Helper()
	for _, m := range s.Mails(email) {
		if string(m.Kind) == kind {
			return m.Body
		}
	}
	t.Fatalf("no mail %s to %s", kind, email)
	return ""
}

// signLink gives the token of the newest link to sign.
func signLink(t *testing.T, s *sitekit.Server, email, kind string) string {
	t.Helper()
	found := regexp.MustCompile(`/sign\?token=(\S+)`).FindStringSubmatch(mailed(t, s, email, kind))
	if found == nil {
		t.Fatal("the mail has no link to sign")
	}
	return found[1]
}

func code(t *testing.T, s *sitekit.Server, email string) string {
	t.Helper()
	return regexp.MustCompile(`\n(\d{6})\n`).FindStringSubmatch(mailed(t, s, email, "signature_code"))[1]
}

// asked is a server on which an application waits for two signatures of people without accounts.
func asked(t *testing.T) *sitekit.Server {
	t.Helper()
	s := serve(t)
	a := s.Filled(s.Draft("A title"))
	if err := s.Applications.RequestSignatures(s.As(testkit.Applicant), a.Ref); err != nil {
		t.Fatal(err)
	}
	return s
}

// open brings a browser from a link to the page of what is signed.
func open(t *testing.T, s *sitekit.Server, email, token string) (*sitekit.Browser, sitekit.Answer) {
	t.Helper()
	b := s.Browser()
	want(t, b.Get("/sign?token="+token), 200, "Send me a code")
	want(t, b.Follow(b.Post("/sign", url.Values{"token": {token}})), 200, "Enter the code")
	page := b.Follow(b.Post("/sign/code", url.Values{"token": {token}, "code": {code(t, s, email)}}))
	return b, want(t, page, 200, "Sign the application", "Your full name")
}

func digestIn(t *testing.T, a sitekit.Answer) string {
	t.Helper()
	return regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`).FindStringSubmatch(a.Body)[1]
}

func TestASignatoryWithoutAnAccountSignsFromTheMail(t *testing.T) {
	t.Parallel()
	s := asked(t)
	token := signLink(t, s, testkit.SRO, "signature_asked")
	b, page := open(t, s, testkit.SRO, token)
	want(t, b.Post(signPath, url.Values{"action": {"sign"}, "name": {" "}, "digest": {digestIn(t, page)}}), 422, `href="#name"`)
	want(t, b.Follow(b.Post(signPath, url.Values{"action": {"sign"}, "name": {"Shazia Rahman"}, "digest": {digestIn(t, page)}})), 200, "You have signed")
	if a := b.Get(signPath); a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Location, "/sign-in") {
		t.Errorf("the session goes on: %d", a.Status)
	}
	want(t, b.Get("/sign?token="+token), 404, "This link no longer works")
	want(t, b.Post("/sign", url.Values{"token": {token}}), 404, "This link no longer works")
	owner := s.SignedIn(testkit.Applicant)
	want(t, owner.Get(signPath), 200, "by email")
	if err := s.Applications.Submit(s.As(testkit.Applicant), "AF26-0001"); err == nil {
		t.Error("one signature was enough")
	}
	other, page := open(t, s, testkit.Finance, signLink(t, s, testkit.Finance, "signature_asked"))
	want(t, other.Follow(other.Post(signPath, url.Values{"action": {"sign"}, "name": {"Finn"}, "digest": {digestIn(t, page)}})), 200, "You have signed")
	want(t, owner.Follow(owner.Post("/applications/AF26-0001/submit", nil)), 200, "Application submitted", "Shazia Rahman", "by email")
	s.Unbroken()
}

func TestOpeningALinkChangesNothing(t *testing.T) {
	t.Parallel()
	s := asked(t)
	token := signLink(t, s, testkit.SRO, "signature_asked")
	before := len(s.Mails(testkit.SRO))
	for range 5 { // as programs that look through mail do
		want(t, s.Browser().Get("/sign?token="+token), 200)
		want(t, s.Browser().Get("/sign/code?token="+token), 200)
	}
	if len(s.Mails(testkit.SRO)) != before {
		t.Error("opening the link sent a mail")
	}
	open(t, s, testkit.SRO, token)
}

func TestACodeIsForFiveTriesAndTenMinutes(t *testing.T) {
	t.Parallel()
	s := asked(t)
	token := signLink(t, s, testkit.SRO, "signature_asked")
	b := s.Browser()
	try := func(code string) sitekit.Answer {
		return b.Post("/sign/code", url.Values{"token": {token}, "code": {code}})
	}
	send := func() sitekit.Answer { return b.Post("/sign", url.Values{"token": {token}}) }
	want(t, try("000000"), 422, "no longer works") // none was sent
	b.Follow(send())
	want(t, send(), 429, "less than a minute ago")
	right := code(t, s, testkit.SRO)
	wrong := "000000"
	if right == wrong {
		wrong = "000001"
	}
	for range 5 {
		want(t, try(wrong), 422, "not right")
	}
	want(t, try(right), 422, "no longer works")
	s.Clock.Add(61 * time.Second)
	b.Follow(send())
	s.Clock.Add(10 * time.Minute)
	want(t, try(code(t, s, testkit.SRO)), 422, "no longer works")
	b.Follow(send())
	typed := code(t, s, testkit.SRO)
	if a := try(typed[:3] + " " + typed[3:]); a.Location != signPath {
		t.Fatalf("the right code: %d %q", a.Status, a.Location)
	}
	want(t, try(typed), 422, "no longer works") // it works once
	for range 7 {
		s.Clock.Add(61 * time.Second)
		b.Follow(send())
	}
	s.Clock.Add(61 * time.Second)
	want(t, send(), 429, "Too many codes")
}

func TestALinkThatDoesNotWorkSaysNoMore(t *testing.T) {
	t.Parallel()
	s := asked(t)
	first := signLink(t, s, testkit.SRO, "signature_asked")
	ask := func() {
		if err := s.Applications.RequestSignatures(s.As(testkit.Applicant), "AF26-0001"); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	if signLink(t, s, testkit.SRO, "signature_asked") != first {
		t.Error("asking again at once sent another mail")
	}
	s.Clock.Add(11 * time.Minute)
	ask()
	second := signLink(t, s, testkit.SRO, "signature_asked")
	foreign := want(t, s.Browser().Get("/sign?token=ABCDEFGH"), 404, "This link no longer works").Body
	for _, token := range []string{first, "", strings.Repeat("x", 300)} {
		if got := want(t, s.Browser().Get("/sign?token="+token), 404).Body; got != foreign {
			t.Errorf("%q: another page than for a link that never was", token)
		}
		want(t, s.Browser().Post("/sign", url.Values{"token": {token}}), 404)
		want(t, s.Browser().Post("/sign/code", url.Values{"token": {token}, "code": {"123456"}}), 404)
	}
	want(t, s.Browser().Get("/sign?token="+second), 200)
	s.Clock.Set(s.Application("AF26-0001").ClosesAt())
	if got := want(t, s.Browser().Get("/sign?token="+second), 404).Body; got != foreign {
		t.Error("an expired link has another page")
	}
}

func TestASessionFromAMailReachesItsApplicationAndNothingElse(t *testing.T) {
	t.Parallel()
	s := asked(t)
	s.Draft("Another of the same people")
	b, _ := open(t, s, testkit.SRO, signLink(t, s, testkit.SRO, "signature_asked"))
	stranger := s.Browser()
	for _, path := range []string{
		"/", "/account", "/account/codes", "/account/mail", "/applications", "/applications/start", "/applications/AF26-0001", "/applications/AF26-0001/people",
		"/applications/AF26-0001/check", "/applications/AF26-0001/history", "/applications/AF26-0001/files", "/applications/AF26-0001/sections/summary",
		"/applications/AF26-0001/receipt", "/applications/AF26-0001/invitation", "/applications/AF26-0002/sign", "/applications/AF26-9999/sign", "/organisations.json?q=a",
	} {
		got, same := b.Get(path), stranger.Get(path)
		if got.Status != same.Status || got.Location != same.Location || got.Body != same.Body {
			t.Errorf("%s: %d %q, a stranger gets %d %q", path, got.Status, got.Location, same.Status, same.Location)
		}
	}
	want(t, b.Get(signPath), 200)
	want(t, b.Post("/applications/AF26-0001/withdraw", url.Values{"reason": {"No"}}), 303)
	if s.Application("AF26-0001").State != "draft" {
		t.Error("it was withdrawn from a mail")
	}
}

func TestADeputySignsForASignatory(t *testing.T) {
	t.Parallel()
	s := asked(t)
	b, _ := open(t, s, testkit.SRO, signLink(t, s, testkit.SRO, "signature_asked"))
	name := func(email, why string) sitekit.Answer {
		return b.Post(signPath, url.Values{"action": {"deputy"}, "deputy-email": {email}, "deputy-name": {"Dee Puty"}, "deputy-reason": {why}})
	}
	want(t, name("dee@lead.example", ""), 422, `href="#deputy-reason"`)
	want(t, name("nobody", "On leave"), 422, `href="#deputy-email"`)
	want(t, name(testkit.Finance, "On leave"), 422, "does not sign this application already")
	want(t, b.Follow(name("dee@lead.example", "On leave")), 200, "Your deputy was asked", "On leave")
	deputy, page := open(t, s, "dee@lead.example", signLink(t, s, "dee@lead.example", "deputy_named"))
	want(t, page, 200, "You sign for Sro Invented, project SRO")
	want(t, deputy.Post(signPath, url.Values{"action": {"deputy"}, "deputy-email": {"x@lead.example"}, "deputy-name": {"X"}, "deputy-reason": {"No"}}), 403)
	want(t, deputy.Follow(deputy.Post(signPath, url.Values{"action": {"sign"}, "name": {"Dee Puty"}, "digest": {digestIn(t, page)}})), 200, "You have signed")
	want(t, b.Post(signPath, url.Values{"action": {"sign"}, "name": {"S"}, "digest": {digestIn(t, page)}}), 409, "signed already")
	finance, page := open(t, s, testkit.Finance, signLink(t, s, testkit.Finance, "signature_asked"))
	finance.Follow(finance.Post(signPath, url.Values{"action": {"sign"}, "name": {"Finn"}, "digest": {digestIn(t, page)}}))
	owner := s.SignedIn(testkit.Applicant)
	want(t, owner.Follow(owner.Post("/applications/AF26-0001/submit", nil)), 200, "Dee Puty for Sro Invented")
}

func TestAChangeClearsSignaturesOnceAndTellsEverybodyOnce(t *testing.T) {
	t.Parallel()
	s := serve(t)
	a := s.Signed(s.Filled(s.Draft("A title")))
	owner := s.As(testkit.Applicant)
	for n, text := range []string{"One", "One two", "One two three"} { // as a form that saves while somebody types
		if _, err := s.Applications.Save(owner, a.Ref, "summary", application.Typed{Values: map[string][]string{"SU2": {text}}, Version: 2 + n}); err != nil {
			t.Fatal(err)
		}
	}
	for _, email := range []string{testkit.Applicant, testkit.SRO, testkit.Finance} {
		n := 0
		for _, m := range s.Mails(email) {
			if m.Kind == "signature_cleared" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%s was told %d times", email, n)
		}
	}
	if body := mailed(t, s, testkit.SRO, "signature_cleared"); !strings.Contains(body, "the signatures of the project SRO and the finance lead") {
		t.Error(body)
	}
	want(t, s.SignedIn(testkit.Applicant).Get(signPath), 200, "no longer counts: Applicant Invented changed", "7 September 2026")
}

func TestContributorsAreInvitedAndWithdrawnAndLeave(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	s.Person("known@partner.example", "", access.Scope{})
	b := s.SignedIn(testkit.Applicant)
	path := "/applications/AF26-0001/people"
	invite := func(email string) sitekit.Answer {
		return b.Follow(b.Post(path, url.Values{"action": {"invite"}, "name": {"Con Tributor"}, "email": {email}, "organisation": {"other"}}))
	}
	words := regexp.MustCompile(`(?s)id="maincontent".*`)
	known := strings.ReplaceAll(words.FindString(invite("known@partner.example").Body), "known@", "x@")
	id := regexp.MustCompile(`name="invitation" value="([0-9a-f-]+)"`).FindStringSubmatch(known)[1]
	want(t, b.Follow(b.Post(path, url.Values{"action": {"withdraw"}, "invitation": {id}})), 200, "The invitation is withdrawn")
	fresh := strings.ReplaceAll(words.FindString(invite("fresh@partner.example").Body), "fresh@", "x@")
	other := regexp.MustCompile(`name="invitation" value="([0-9a-f-]+)"`).FindStringSubmatch(fresh)[1]
	if strings.ReplaceAll(known, id, "") != strings.ReplaceAll(fresh, other, "") {
		t.Error("the page tells whether an address has an account")
	}
	con := s.SignedIn("known@partner.example")
	want(t, con.Get("/applications/AF26-0001/invitation"), 404) // withdrawn
	s.Clock.Add(10 * time.Minute)
	invite("known@partner.example")
	want(t, b.Post(path, url.Values{"action": {"invite"}, "name": {"X"}, "email": {"y@partner.example"}, "organisation": {"RX2"}}), 422, `href="#organisation"`)
	s.Clock.Add(15 * 24 * time.Hour)
	b, con = s.Again(testkit.Applicant), s.Again("known@partner.example")
	want(t, con.Get("/applications/AF26-0001/invitation"), 404) // expired
	want(t, b.Get(path), 200, "Expired on")
	id = regexp.MustCompile(`name="invitation" value="([0-9a-f-]+)"`).FindAllStringSubmatch(b.Get(path).Body, -1)[1][1]
	want(t, b.Follow(b.Post(path, url.Values{"action": {"resend"}, "invitation": {id}})), 200, "sent again")
	want(t, b.Post(path, url.Values{"action": {"resend"}, "invitation": {id}}), 409, "Wait ten minutes")
	want(t, con.Get("/"), 200, "Answer the invitation to AF26-0001")
	want(t, con.Follow(con.Post("/applications/AF26-0001/invitation", url.Values{"action": {"accept"}})), 200)
	want(t, con.Post("/applications/AF26-0001/invitation", url.Values{"action": {"accept"}}), 404)
	person := regexp.MustCompile(`name="person" value="([0-9a-f-]+)"`).FindStringSubmatch(b.Get(path).Body)[1]
	want(t, b.Follow(b.Post(path, url.Values{"action": {"sections"}, "person": {person}, "their-sections": {"costs"}})), 200, "The sections are changed")
	want(t, con.Get("/applications/AF26-0001/sections/summary"), 200, "You can read this section")
	want(t, con.Post(path+"/leave", nil), 303)
	want(t, con.Get("/applications/AF26-0001"), 404)
	if !strings.Contains(mailed(t, s, testkit.Applicant, "contributor_left"), "Known Invented left") {
		t.Error("the main contact was told otherwise")
	}
}

func TestTheLeadIsHandedOverInOneStep(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Signed(s.Filled(s.Draft("A title")))
	s.Person("next@lead.example", "", access.Scope{})
	b, next := s.SignedIn(testkit.Applicant), s.SignedIn("next@lead.example")
	path := "/applications/AF26-0001/people"
	in := url.Values{"contact-email": {"next@lead.example"}, "contact-name": {"Nex T"}, "contact-stays": {"yes"}}
	want(t, b.Post(path+"/main-contact", url.Values{"contact-email": {testkit.Applicant}, "contact-name": {"Me"}}), 422, "main contact already")
	want(t, b.Follow(b.Post(path+"/main-contact", in)), 200, "Nothing changes before they accept")
	want(t, next.Get("/applications/AF26-0001"), 404)
	accept := url.Values{"action": {"accept"}}
	want(t, next.Post("/applications/AF26-0001/invitation", accept), 409, "You cannot act for")
	want(t, b.Get(path), 200, "Hand the application over") // still the main contact
	s.ActFor("next@lead.example", "QMF")
	want(t, next.Follow(next.Post("/applications/AF26-0001/invitation", accept)), 200, "You take part")
	want(t, next.Get(path), 200, "Hand the application over")
	if body := want(t, b.Get(path), 200, "Leave the application").Body; strings.Contains(body, "Hand the application over") {
		t.Error("there are two main contacts")
	}
	for _, email := range []string{testkit.Applicant, "next@lead.example", testkit.SRO, testkit.Finance} {
		mailed(t, s, email, "main_contact_changed")
	}
	want(t, b.Post("/applications/AF26-0001/submit", nil), 404)
	want(t, next.Post("/applications/AF26-0001/submit", nil), 303)
	s.Unbroken()
}

func TestTheFundManagerReplacesAMainContactWhoLeft(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	s.ActFor("next@lead.example", "QMF")
	admin, next := s.SignedIn("world-admin"), s.SignedIn("next@lead.example")
	in := url.Values{"contact-email": {"next@lead.example"}, "contact-name": {"Nex T"}}
	path := "/applications/AF26-0001/people/replacement"
	want(t, admin.Post(path, in), 422, `href="#contact-reason"`)
	in.Set("contact-reason", "The main contact left the board in August")
	want(t, next.Post(path, in), 403)
	want(t, admin.Follow(admin.Post(path, in)), 200, "Nothing changes before they accept")
	want(t, next.Follow(next.Post("/applications/AF26-0001/invitation", url.Values{"action": {"accept"}})), 200)
	want(t, s.SignedIn(testkit.Applicant).Get("/applications/AF26-0001"), 404)
	s.Unbroken()
}
