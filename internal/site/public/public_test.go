package public_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/site/fundteam"
	"adoptionfund/internal/site/public"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

func serve(t *testing.T, tasks ...func(context.Context) ([]public.Task, error)) *sitekit.Server {
	t.Helper()
	w := testkit.New(t)
	rubrics, err := rubric.NewLibrary(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	check, err := rules.Load(configs.FS, "rules/self-check-1.yaml", w.Library.Form)
	if err != nil {
		t.Fatal(err)
	}
	return sitekit.New(t, w, append(fundteam.Questions(w.Funds), public.Rows(public.Options{
		Funds: w.Funds, Library: w.Library, Rubrics: rubrics, SelfCheck: check, People: w.People, PublicKey: w.Gate.PublicKey(),
		PublicURL: w.Config.Public(), Mail: notify.NewBox(w.DB.Read), Tasks: append(tasks, fundteam.QuestionTasks(w.Funds)),
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

func TestTheStartPageShowsOpenCallsWithTheirDeadlines(t *testing.T) {
	t.Parallel()
	s := serve(t)
	b := s.Browser()
	want(t, b.Get("/"), 200, "No call is open now", "Create an account")
	s.OpenCall()
	want(t, b.Get("/"), 200, "Cardiology and cardiac surgery", "Monday 12 October 2026 at 12:00 UK time", "35 days left", "/register")
	if strings.Contains(b.Get("/").Body, "Gastroenterology") {
		t.Error("a call that is not published is shown")
	}
	s.Clock.Set(s.OpenCall().ClosesAt.Add(-90 * time.Minute))
	want(t, b.Get("/"), 200, "90 minutes left")
	s.Closed()
	want(t, b.Get("/"), 200, "Calls that have closed")
}

func TestASignedInPersonSeesTheirTasksFirst(t *testing.T) {
	t.Parallel()
	at := testkit.Start()
	tasks := func(context.Context) ([]public.Task, error) {
		return []public.Task{{Title: "Whenever", Href: "/c"}, {Title: "Later", Href: "/b", Due: at.Add(72 * time.Hour)}, {Title: "Overdue <task>", Href: "/a", Due: at.Add(-time.Hour)}}, nil
	}
	barred := func(context.Context) ([]public.Task, error) { return nil, fault.New(fault.Forbidden, "No") }
	s := serve(t, barred, tasks)
	page := s.SignedIn("asha").Get("/")
	want(t, page, 200, "What waits for you", "Overdue &lt;task&gt;", "3 days left")
	if a, b, c := strings.Index(page.Body, "Overdue &lt;"), strings.Index(page.Body, "Later"), strings.Index(page.Body, "Whenever"); a > b || b > c {
		t.Error("not in the order of their days")
	}
	if strings.Contains(s.Browser().Get("/").Body, "Later") {
		t.Error("tasks are shown to anybody")
	}
}

func TestACallShowsEverythingThatWasPublished(t *testing.T) {
	t.Parallel()
	s := serve(t)
	b := s.Browser()
	s.Round()
	want(t, b.Get("/calls/AF26-CAR"), 404)
	c := s.OpenCall()
	want(t, b.Get("/calls/AF26-CAR"), 200, "£500,000", "Integrated care boards", "31 March 2027", "Strength of NHS evidence", "Clinical, Technical", "Merit order",
		"Fewer outpatient appointments", "Start an application", c.PublishedDigest, "£2,000,000, shared")
	want(t, b.Get("/calls/AF26-CAR/questions"), 200, "SU1", "Up to 200 words", "Asked depending on", "What is the title of your project?")
	if moved := b.Get("/calls/af26-car"); moved.Status != 301 || moved.Location != "/calls/AF26-CAR" {
		t.Errorf("%+v", moved)
	}
	want(t, b.Get("/calls/AF99-XXX"), 404)
	s.Closed()
	if strings.Contains(b.Get("/calls/AF26-CAR").Body, "Start an application") {
		t.Error("a closed call can be applied to")
	}
}

func TestTheKeyOfTheInstallationIsPublic(t *testing.T) {
	t.Parallel()
	s := serve(t)
	want(t, s.Browser().Get("/receipts/key"), 200, s.Gate.PublicKey())
}

func TestOrganisationsAreLookedUp(t *testing.T) {
	t.Parallel()
	s := serve(t)
	want(t, s.Browser().Get("/organisations.json?q=q"), 303)
	b := s.SignedIn("asha")
	want(t, b.Get("/organisations.json?q=north+east"), 200, `[{"value":"QMF","label":"NHS North East London ICB (QMF)"}]`)
	want(t, b.Get("/organisations.json"), 200, "[]")
	want(t, b.Get("/organisations?q=invented"), 200, "RX1", "Invented Coast")
	want(t, b.Get("/organisations?q=%3Cscript%3E"), 200, "No organisation was found", "&lt;script&gt;")
}

func TestTheDemonstrationsMailCanBeReadAndFollowed(t *testing.T) {
	t.Parallel()
	s := serve(t)
	if _, err := s.People.Invite(s.Operator(), newcomer()); err != nil {
		t.Fatal(err)
	}
	b := s.Browser()
	want(t, b.Get("/demo/mail"), 200, "rev@fund.example", "You are invited")
	want(t, b.Get("/demo/mail?to=nobody@fund.example"), 200, "There is no mail")
	id := s.Mails("rev")[0].ID
	want(t, b.Get("/demo/mail/"+string(id)), 200, `href="/invitation?token=`, "Dear Rev")
	want(t, b.Get("/demo/mail/nonsense"), 404)
	want(t, b.Get("/demo/mail?before=nonsense"), 404)
}

func newcomer() people.Newcomer {
	return people.Newcomer{Email: "rev@fund.example", Name: "Rev Invented"}
}
