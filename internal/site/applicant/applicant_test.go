package applicant_test

import (
	"context"
	"maps"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/form"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/site/applicant"
	"adoptionfund/internal/site/public"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

func serve(t *testing.T) *sitekit.Server {
	t.Helper()
	w := testkit.New(t)
	rubrics, err := rubric.NewLibrary(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	rows := applicant.Rows(applicant.Options{Applications: w.Applications, Funds: w.Funds, People: w.People})
	return sitekit.New(t, w, append(rows, public.Rows(public.Options{
		Funds: w.Funds, Library: w.Library, Rubrics: rubrics, People: w.People, PublicKey: w.Gate.PublicKey(), PublicURL: w.Config.Public(),
		Mail: notify.NewBox(w.DB.Read), Tasks: []taskCatalogue{applicant.Tasks(w.Applications)},
	})...)...)
}

func want(t *testing.T, a sitekit.Answer, status int, parts ...string) sitekit.Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("got %d to %q, want %d\n%s", a.Status, a.Location, status, a.Body)
	}
	for _, part := range parts {
		if !strings.Contains(a.Body, part) {
			t.Errorf("no %q in\n%s", part, a.Body)
		}
	}
	return a
}

// version is the version in the form of a page.
func version(t *testing.T, a sitekit.Answer) string {
	t.Helper()
	found := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(a.Body)
	if found == nil {
		t.Fatalf("no version in\n%s", a.Body)
	}
	return found[1]
}

func TestAnApplicationIsStartedFromTheCall(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.OpenCall()
	if a := s.Browser().Get("/applications/start?call=AF26-CAR"); a.Status != 303 || a.Location != "/sign-in?next=%2Fapplications%2Fstart%3Fcall%3DAF26-CAR" {
		t.Fatalf("%+v", a)
	}
	b := s.SignedIn(testkit.Applicant)
	want(t, b.Get("/applications"), 200, "You have no applications yet", "Start an application")
	want(t, b.Get("/applications/start?call=AF26-CAR"), 200, `value="AF26-CAR" checked`, "You do not act for an organisation yet")
	s.ActFor(testkit.Applicant, "QMF")
	want(t, b.Get("/applications/start"), 200, "NHS North East London ICB (QMF)")
	want(t, b.Post("/applications", url.Values{"call": {"AF26-CAR"}, "title": {""}, "lead": {"QMF"}}), 422, `href="#title"`, `value="QMF" checked`)
	want(t, b.Post("/applications", url.Values{"call": {""}, "title": {"My <title>"}, "lead": {"QMF"}}), 422, `My &lt;title&gt;`)
	started := b.Post("/applications", url.Values{"call": {"AF26-CAR"}, "title": {"Remote monitoring"}, "lead": {"QMF"}})
	if started.Location != "/applications/AF26-0001" {
		t.Fatalf("%+v", started)
	}
	want(t, b.Follow(started), 200, "Remote monitoring", "0 of 11 sections completed", "35 days left", "SU2", "Summary: Plain-English summary")
	want(t, b.Get("/applications"), 200, "AF26-0001", "Drafts", "Draft")
	want(t, b.Get("/"), 200, "Finish and submit AF26-0001")
}

func TestASectionIsSavedAsItIsTyped(t *testing.T) {
	t.Parallel()
	s := serve(t)
	a := s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	path := "/applications/AF26-0001/sections/summary"
	page := want(t, b.Get(path), 200, "A title", "Save and continue")
	saved := b.Post(path, url.Values{"version": {version(t, page)}, "SU1": {"Another title"}, "SU2": {"Line one\r\nline two"}, "action": {"save"}})
	if saved.Location != "/applications/AF26-0001" {
		t.Fatalf("%+v", saved)
	}
	want(t, b.Follow(saved), 200, "Saved.", "Another title")
	page = want(t, b.Get(path), 200, "Line one\nline two")
	wrong := b.Post(path, url.Values{"version": {version(t, page)}, "SU1": {strings.Repeat("x", 121)}, "SU2": {"Kept <too>"}, "action": {"continue"}})
	want(t, wrong, 422, `href="#SU1"`, `href="#SU3"`, strings.Repeat("x", 121), "Kept &lt;too&gt;")
	went := b.Post(path, url.Values{"version": {version(t, wrong)}, "SU1": {"A title"}, "SU3": {"more_sites"}, "action": {"continue"}})
	if went.Location != "/applications/AF26-0001/sections/organisations" {
		t.Fatalf("%+v\n%s", went, went.Body)
	}
	want(t, b.Post(path, url.Values{"version": {"9"}, "XX1": {"x"}}), 422, "There is no question")
	want(t, b.Get("/applications/af26-0001/sections/SUMMARY"), 301)
	want(t, b.Get("/applications/AF26-0001/sections/none"), 404)
	if got := s.Application(a.Ref); got.Title != "A title" {
		t.Errorf("%+v", got)
	}
}

func TestATableGrowsByARow(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	path := "/applications/AF26-0001/sections/costs"
	page := b.Get(path)
	if strings.Contains(page.Body, `name="CO1[1].description"`) {
		t.Fatal("there are two rows at first")
	}
	added := b.Post(path, url.Values{"version": {version(t, page)}, "CO1[0].description": {"Licences"}, "CO1[0].amount": {"1,000"}, "action": {"add"}})
	want(t, b.Follow(added), 200, `name="CO1[1].description"`, `value="Licences"`)
}

func TestAStaleEditShowsBothVersions(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	path := "/applications/AF26-0001/sections/summary"
	first := b.Get(path)
	want(t, b.Post(path, url.Values{"version": {version(t, first)}, "SU2": {"What they wrote"}, "action": {"save"}}), 303)
	stale := want(t, b.Post(path, url.Values{"version": {version(t, first)}, "SU2": {"What I wrote"}, "action": {"save"}}), 409,
		"Choose which version to keep", "What they wrote", "What I wrote", "Plain-English summary")
	want(t, b.Post(path, url.Values{"version": {version(t, stale)}, "SU2": {"What I wrote"}, "action": {"save"}}), 303)
	want(t, b.Get(path), 200, "What I wrote")
}

func TestFilesAreAddedReadAndRemoved(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	path := "/applications/AF26-0001/sections/evidence"
	page := want(t, b.Get(path), 200, `enctype="multipart/form-data"`)
	content := []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\nhello\n%%EOF\n")
	saved := b.Upload(path, url.Values{"version": {version(t, page)}, "EV3": {"It works"}, "action": {"save"}}, "EV9", "../a paper.pdf", content)
	want(t, b.Follow(saved), 200, "Saved.")
	page = want(t, b.Get(path), 200, "a paper.pdf", "It works")
	href := regexp.MustCompile(`/applications/AF26-0001/files/[0-9a-f-]+`).FindString(page.Body)
	file := want(t, b.Get(href), 200, "hello")
	if d := file.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "inline") || !strings.Contains(d, "a paper.pdf") || file.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%q", d)
	}
	want(t, b.Get("/applications/AF26-0001/files"), 200, "a paper.pdf", "Evidence files")
	want(t, s.SignedIn("stranger").Get(href), 404)
	want(t, b.Get("/applications/AF26-0001/files/none"), 404)

	bad := want(t, b.Upload(path, url.Values{"version": {version(t, page)}, "EV3": {"Typed again"}, "action": {"save"}}, "EV9", "run.exe", []byte("MZ")), 422,
		`href="#EV9"`, "Typed again", "a paper.pdf")
	id := href[strings.LastIndex(href, "/")+1:]
	want(t, b.Post(path, url.Values{"version": {version(t, bad)}, "EV9-shown": {"yes"}, "EV9-remove": {id}, "action": {"save"}}), 303)
	if strings.Contains(b.Get(path).Body, "a paper.pdf") {
		t.Error("the file is still there")
	}
	want(t, b.Get(href), 404)
}

func TestNobodyElseSeesAnApplication(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	stranger := s.SignedIn("stranger")
	for _, path := range []string{"", "/sections/summary", "/check", "/sign", "/submit", "/people", "/history", "/files", "/withdraw"} {
		if a := stranger.Get("/applications/AF26-0001" + path); a.Status != 404 && a.Status != 403 {
			t.Errorf("%s: %d", path, a.Status)
		}
		want(t, s.Browser().Get("/applications/AF26-0001"+path), 303)
	}
	want(t, stranger.Get("/applications/AF26-0001"), 404)
	want(t, stranger.Get("/applications/AF26-0999"), 404)
	for _, path := range []string{"/sections/summary", "/sign", "/submit", "/people", "/withdraw"} {
		if a := stranger.Post("/applications/AF26-0001"+path, url.Values{"version": {"1"}, "SU1": {"Taken over"}, "reason": {"x"}}); a.Status != 404 && a.Status != 403 {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
	if got := s.Application("AF26-0001"); got.Title != "A title" || got.State != workflow.Draft {
		t.Errorf("%+v", got)
	}
}

// fill answers every section through its page, in the order in which the buttons lead.
func fill(t *testing.T, s *sitekit.Server, b *sitekit.Browser, a *application.Application) string {
	t.Helper()
	f := s.Form(a)
	answers := testkit.Answers(f)
	next := "/applications/" + string(a.Ref) + "/sections/" + f.Sections[0].Path()
	for _, sec := range f.Sections {
		page := want(t, b.Get(next), 200)
		typed := url.Values{"version": {version(t, page)}, "action": {"continue"}}
		for _, q := range sec.Questions {
			maps.Copy(typed, form.Inputs(q, answers[q.Code]))
		}
		next = want(t, b.Post(next, typed), 303).Location
	}
	return next
}

func TestTheWholeWayFromAnswersToAReceipt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	a := s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	at := "/applications/" + string(a.Ref)
	early := want(t, b.Post(at+"/submit", nil), 422, "There is a problem", `href="#SU2"`)
	if strings.Contains(early.Body, "Submit the application</button>") {
		t.Error("it can be submitted unfinished")
	}
	want(t, b.Post(at+"/sign", url.Values{"action": {"ask"}}), 422, `href="#SU2"`)
	if last := fill(t, s, b, a); last != at+"/check" {
		t.Fatal(last)
	}
	want(t, b.Get(at+"/check"), 200, "Invented answer to EV3", "£250,000", "Change")
	want(t, b.Get(at), 200, "11 of 11 sections completed", "Ask them to sign")
	want(t, b.Post(at+"/submit", nil), 409)
	want(t, b.Follow(b.Post(at+"/sign", url.Values{"action": {"ask"}})), 200, "were asked to sign", "Ask again", "Not signed")
	for _, email := range []string{testkit.SRO, testkit.Finance} {
		if err := s.People.Accept(s.Anonymous(), s.Token(email), "Sig Natory", testkit.Password); err != nil {
			t.Fatal(err)
		}
		sig := s.SignedIn(email)
		want(t, sig.Get("/"), 200, "Sign AF26-0001")
		page := want(t, sig.Get(at+"/sign"), 200, "This is everything that you sign", "Invented answer to EV3")
		digest := regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`).FindStringSubmatch(page.Body)[1]
		want(t, sig.Post(at+"/sign", url.Values{"digest": {digest}, "name": {" "}, "action": {"sign"}}), 422, `href="#name"`, "Invented answer to EV3")
		want(t, sig.Post(at+"/sign", url.Values{"digest": {strings.Repeat("0", 64)}, "name": {"Sig"}, "action": {"sign"}}), 409)
		want(t, sig.Follow(sig.Post(at+"/sign", url.Values{"digest": {digest}, "name": {"Sig Natory"}, "action": {"sign"}})), 200, "You have signed")
	}
	want(t, b.Get(at), 200, "Both have signed", "Submit the application")
	sent := b.Post(at+"/submit", nil)
	want(t, b.Follow(sent), 200, "Application submitted", "Download the receipt")
	download := want(t, b.Get(at+"/receipt?format=json"), 200)
	if r, err := audit.ReadReceipt([]byte(download.Body)); err != nil || r.Application != string(a.Ref) {
		t.Errorf("%+v %v", r, err)
	}
	want(t, b.Get(at), 200, "Submitted", "You can change and submit it again until the deadline")
	want(t, b.Get(at+"/history"), 200, "Submitted the application", "Started the application")
	s.Closed()
	b = s.Again(testkit.Applicant)
	want(t, b.Get(at), 200, "Eligibility check")
	want(t, b.Get(at+"/sections/summary"), 200, "You can read this section, but not change it")
	if late := b.Post(at+"/sections/summary", url.Values{"version": {"2"}, "SU2": {"Late"}, "action": {"save"}}); late.Status != 403 && late.Status != 409 {
		t.Errorf("%d", late.Status)
	}
	s.Unbroken()
}

func TestColleaguesAreInvitedAndRemoved(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	path := "/applications/AF26-0001/people"
	want(t, b.Get(path), 200, "Main contact", "Invite somebody to help")
	want(t, b.Post(path, url.Values{"action": {"invite"}, "name": {""}, "email": {"con@partner.example"}, "sections": {"costs"}}), 422, `href="#name"`, "con@partner.example", `value="costs" checked`)
	want(t, b.Follow(b.Post(path, url.Values{"action": {"invite"}, "name": {"Con Tributor"}, "email": {"con@partner.example"}, "sections": {"costs"}})), 200,
		"The invitation was sent", "Con Tributor", "Contributor", "Invited until 21 September 2026")
	if err := s.People.Accept(s.Anonymous(), s.Token("con@partner.example"), "Con Tributor", testkit.Password); err != nil {
		t.Fatal(err)
	}
	con := s.SignedIn("con@partner.example")
	want(t, con.Get("/applications/AF26-0001/sections/costs"), 404)
	want(t, con.Get("/applications/AF26-0001/invitation"), 200, "A title", "Accept", "What is held of you")
	want(t, con.Follow(con.Post("/applications/AF26-0001/invitation", url.Values{"action": {"accept"}})), 200, "You take part in this application now")
	want(t, con.Get("/applications/AF26-0001/sections/costs"), 200, "Save and continue")
	want(t, con.Get("/applications/AF26-0001/sections/summary"), 200, "You can read this section")
	page := con.Get(path)
	if strings.Contains(page.Body, "Invite somebody") {
		t.Error("a contributor can invite")
	}
	person := regexp.MustCompile(`name="person" value="([0-9a-f-]+)"`).FindStringSubmatch(b.Get(path).Body)[1]
	want(t, b.Follow(b.Post(path, url.Values{"action": {"remove"}, "person": {person}})), 200, "no longer take part")
	want(t, con.Get("/applications/AF26-0001"), 404)
}

func TestAnApplicationIsWithdrawnWithAReason(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	path := "/applications/AF26-0001/withdraw"
	want(t, b.Get(path), 200, "cannot be undone")
	want(t, b.Post(path, url.Values{"reason": {""}}), 422, `href="#reason"`)
	want(t, b.Follow(b.Post(path, url.Values{"reason": {"We have other money"}})), 200, "is withdrawn", "Withdrawn")
	want(t, b.Post(path, url.Values{"reason": {"Again"}}), 409)
}

func TestARequestThatArrivedInTimeIsTaken(t *testing.T) {
	t.Parallel()
	s := serve(t)
	a := s.Signed(s.Filled(s.Draft("A title")))
	s.Clock.Set(a.ClosesAt().Add(-time.Hour))
	b := s.SignedIn(testkit.Applicant)
	s.Clock.Set(a.ClosesAt())
	if late := b.Post("/applications/AF26-0001/submit", nil); late.Status != 403 && late.Status != 409 {
		t.Errorf("%d", late.Status)
	}
	s.Clock.Set(a.ClosesAt().Add(-time.Millisecond))
	if sent := b.Post("/applications/AF26-0001/submit", nil); sent.Location != "/applications/AF26-0001/receipt" {
		t.Errorf("%+v", sent)
	}
}

func TestTheApplicantReadsTheApplicantsLabelOnly(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Submitted("A title")
	s.Closed()
	b := s.SignedIn(testkit.Applicant)
	for _, info := range workflow.Applications().States() {
		s.SetState("AF26-0001", info.State)
		for _, path := range []string{"/applications", "/applications/AF26-0001"} {
			body := want(t, b.Get(path), 200, info.ApplicantLabel).Body
			if info.Label != info.ApplicantLabel && !strings.Contains(info.ApplicantLabel, info.Label) && strings.Contains(body, ">"+info.Label+"<") {
				t.Errorf("%s: %q is shown", path, info.Label)
			}
		}
	}
}

type taskCatalogue = func(context.Context) ([]public.Task, error)
