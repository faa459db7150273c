package applicant_test

import (
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

func TestTheWholeApplicationIsReadPrintedAndKeptAsAFile(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Filled(s.Draft("Remote <monitoring>"))
	b := s.SignedIn(testkit.Applicant)
	page := want(t, b.Get("/applications/AF26-0001/preview"), 200, "Remote &lt;monitoring&gt;", "draft, not submitted", "/applications/AF26-0001/application.pdf", "Declarations")
	if strings.Contains(page.Body, ">Change<") {
		t.Error("the preview changes answers")
	}
	file := want(t, b.Get("/applications/AF26-0001/application.pdf"), 200, "%PDF-", "/StructTreeRoot", "/Lang (en-GB)")
	if kind, name := file.Header.Get("Content-Type"), file.Header.Get("Content-Disposition"); kind != "application/pdf" || !strings.Contains(name, "af26-0001.pdf") {
		t.Errorf("%s %s", kind, name)
	}
	want(t, s.SignedIn("stranger").Get("/applications/AF26-0001/application.pdf"), 404)
	s.Person("other", "applicant", access.Scope{})
	want(t, s.SignedIn("other").Get("/applications/AF26-0001/application.pdf"), 404)
}

// TestReadersReadWhatWasSent: while an application is being changed again, the fund reads the last signed submission; a panel member
// does not read how people are reached.
func TestReadersReadWhatWasSent(t *testing.T) {
	t.Parallel()
	s := serve(t)
	a := s.Submitted("As it was sent")
	s.Person("member", "panel_member", access.Scope{})
	s.Person("admin", "administrator", access.Scope{})
	own := s.SignedIn(testkit.Applicant)
	path := "/applications/AF26-0001/sections/summary"
	want(t, own.Post("/applications/AF26-0001/reopen", nil), 303)
	want(t, own.Post(path, url.Values{"version": {version(t, own.Get(path))}, "SU1": {"As it is being changed"}, "action": {"save"}}), 303)
	want(t, own.Get("/applications/AF26-0001/check"), 200, "As it is being changed")
	reason := "Recovering from an operation"
	if err := s.Applications.NameDeputy(s.As(testkit.SRO), a.Ref, application.NewDeputy{Email: "dee@lead.example", Name: "Dee Puty", Reason: reason}); err != nil {
		t.Fatal(err)
	}
	want(t, own.Get("/applications/AF26-0001/sign"), 200, reason)

	address := s.Form(a).Text("sro_email", answersOf(t, s, a))
	member, admin := s.SignedIn("member"), s.SignedIn("admin")
	for _, part := range []string{"", "/check", "/preview", "/sections/summary", "/sections/organisations", "/people", "/files", "/sign"} {
		body := want(t, member.Get("/applications/AF26-0001"+part), 200).Body
		if strings.Contains(body, "As it is being changed") || strings.Contains(body, address) || strings.Contains(body, reason) {
			t.Errorf("%s: a panel member reads too much", part)
		}
		if strings.Contains(want(t, admin.Get("/applications/AF26-0001"+part), 200).Body, "As it is being changed") {
			t.Errorf("%s: the fund reads what was not sent", part)
		}
	}
	want(t, member.Get("/applications/AF26-0001/check"), 200, "As it was sent")
	want(t, admin.Get("/applications/AF26-0001/sections/organisations"), 200, address)
}

func answersOf(t *testing.T, s *sitekit.Server, a *application.Application) form.Answers {
	t.Helper()
	var answers form.Answers
	s.Read(func(tx *work.Tx) error {
		var err error
		answers, err = application.Answers(tx, a.ID)
		return err
	})
	return answers
}
