package fundteam_test

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/site/applicant"
	"adoptionfund/internal/site/fundteam"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

// desk is a world with an application in screening, and the pages of those who check it.
type desk struct {
	panel     *testkit.Panel
	server    *sitekit.Server
	checks    *eligibility.Service
	products  *product.Service
	positions *position.Service
	ref       ident.Ref
}

func newDesk(t *testing.T) desk {
	t.Helper()
	return deskOf(t, func(*testkit.Panel) {})
}

// deskOf is a desk with what is made before the call closes.
func deskOf(t *testing.T, more func(*testkit.Panel)) desk {
	t.Helper()
	w := testkit.New(t)
	panel := w.Panel()
	rubrics, err := rubric.NewLibrary(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	d := desk{panel: panel, checks: eligibility.NewService(w.Gate, w.Applications), products: product.NewService(w.Gate, w.Library, w.Files), positions: positionsOf(t, w)}
	reviews := review.NewService(w.Gate, w.Library, rubrics, product.Provisional)
	d.ref = panel.Submitted("Remote monitoring after cardiac surgery").Ref
	more(panel)
	panel.Closed()
	rows := slices.Concat(fundteam.Screening(d.checks, reviews, w.People), fundteam.DTAC(d.products, d.positions, d.checks, reviews), applicant.Supplier(d.products), applicant.Clarifications(d.checks))
	d.server = sitekit.New(t, w, rows...)
	return d
}

func (d desk) state(t *testing.T, want workflow.ApplicationState) {
	t.Helper()
	if got := d.panel.Application(d.ref).State; got != want {
		t.Errorf("the application is %s, want %s", got, want)
	}
}

// wants checks the status of an answer and words on its page.
func wants(t *testing.T, a sitekit.Answer, code int, texts ...string) {
	t.Helper()
	if a.Status != code {
		t.Fatalf("got %d, want %d:\n%s", a.Status, code, a.Body)
	}
	for _, text := range texts {
		if !strings.Contains(a.Body, text) {
			t.Errorf("no %q in\n%s", text, a.Body)
		}
	}
}

func passing(with ...string) url.Values {
	v := url.Values{}
	for _, c := range rules.Criteria() {
		v.Set(c, "pass")
		v.Set(c+"-reason", "The answers show it")
	}
	for i := 0; i+1 < len(with); i += 2 {
		v.Set(with[i], with[i+1])
	}
	return v
}

func TestAnOfficerWorksThroughTheQueueToAnEligibleApplication(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.server.SignedIn(testkit.Officer1)
	wants(t, b.Get("/screening"), 200, string(d.ref), "In screening", "EV –")
	path := "/screening/" + string(d.ref)
	wants(t, b.Get(path), 200, "EV Evidence and priorities", "Answers: Evidence and priorities", "Candidate products", "Score for FU1")
	wants(t, b.Post(path, passing("action", "pass", "RO", "fail")), 422, "Roll-out must pass", "The answers show it")
	wants(t, b.Post(path, passing("action", "save", "DT-reason", "")), 422, "Enter the reason for your decision on DTAC")
	d.state(t, workflow.Screening)
	a := b.Post(path, passing("action", "pass", "FU1", "4", "FU1-reason", "No programme was found that pays for it"))
	wants(t, b.Follow(a), 200, "The application is eligible", "Proposed: 4")
	d.state(t, workflow.Eligible)
	second := d.server.SignedIn(testkit.Officer2)
	wants(t, second.Follow(second.Post(path, url.Values{"action": {"confirm_score"}})), 200, "Confirmed: 4")
	wants(t, d.server.SignedIn(testkit.Auditor).Get(path), 200, "Pass by Officer1 Invented")
	wants(t, d.server.SignedIn(testkit.Chair).Get(path), 403)
}

func TestIneligibleNeedsASecondOfficerOnThePageToo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first, second := d.server.SignedIn(testkit.Officer1), d.server.SignedIn(testkit.Officer2)
	path := "/screening/" + string(d.ref)
	wants(t, first.Post(path, passing("action", "propose_ineligible")), 422, "Select the criterion that fails")
	wants(t, first.Follow(first.Post(path, passing("action", "propose_ineligible", "EV", "fail"))), 200, "Somebody other than who proposed it")
	wants(t, first.Post(path, url.Values{"action": {"confirm"}}), 403)
	wants(t, second.Post(path, url.Values{"action": {"return"}}), 422, "Enter the reason why you return it")
	wants(t, second.Follow(second.Post(path, url.Values{"action": {"return"}, "reason": {"Look again"}})), 200, "Look again")
	wants(t, first.Follow(first.Post(path, url.Values{"action": {"propose_ineligible"}, "EV": {"fail"}, "EV-reason": {"Not in use"}})), 200)
	wants(t, second.Follow(second.Post(path, url.Values{"action": {"confirm"}})), 200, "The application is ineligible")
	d.state(t, workflow.Ineligible)
}

func TestAQuestionGoesToTheApplicantAndItsAnswerComesBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	officer, contact := d.server.SignedIn(testkit.Officer1), d.server.SignedIn(testkit.Applicant)
	path := "/screening/" + string(d.ref)
	wants(t, officer.Post(path, url.Values{"action": {"ask"}, "due": {"0"}}), 422, "Enter what you want to know", "Enter a number of days")
	wants(t, officer.Follow(officer.Post(path, url.Values{
		"action": {"ask"}, "question": {"EV5"}, "text": {"Where is it used?"}, "text-2": {"Since when?"}, "question-3": {"EV3"}, "text-3": {"Which study?"}, "due": {"7"},
	})), 200, "The applicant is asked", "Since when?")
	page := "/applications/" + string(d.ref) + "/clarifications"
	shown := contact.Get(page)
	wants(t, shown, 200, "Where is it used?", "Since when?", "Present use in the NHS")
	if strings.Contains(shown.Body, "Officer1") {
		t.Error("the applicant learns who asks")
	}
	exchange, err := d.checks.Clarifications(d.server.As(testkit.Applicant), d.ref)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, shown, 200, `name="EV3"`, "Change your answer here")
	answers := url.Values{"EV3": {"The trial at the invented trust"}}
	for _, c := range exchange.Clarifications {
		if c.Question == "EV5" {
			answers.Set(c.ID, "In two trusts")
		}
	}
	wants(t, contact.Post(page, answers), 422, "Enter your answer", "In two trusts", "The trial at the invented trust")
	for _, c := range exchange.Clarifications {
		if c.Question == "" {
			answers.Set(c.ID, "Since 2024")
		}
	}
	wants(t, contact.Follow(contact.Post(page, answers)), 200, "Since 2024", "Your answers are sent")
	wants(t, officer.Get(path), 200, "In two trusts", "As it was signed", "As it is now", "The trial at the invented trust", "Invented answer to EV3")
	wants(t, contact.Get(page), 200, "As it was signed", "The trial at the invented trust")
}

func TestASupplierSendsAReturnAndAnAssessorRecordsThePosition(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.panel.Person("supplier", "", access.Scope{})
	supplier := d.server.SignedIn("supplier")
	desk, err := d.positions.Register(d.server.As(testkit.Assessor), position.Query{})
	if err != nil || len(desk) == 0 {
		t.Fatal(desk, err)
	}
	p := desk[0]
	wants(t, supplier.Post("/supplier", url.Values{"name": {""}}), 422, "Enter the name of the product")
	named := url.Values{"name": {p.Name}, "supplier": {p.Supplier}, "version": {p.Version}}
	wants(t, supplier.Post("/supplier", named), 303)
	d.panel.Person("fund-admin", "administrator", access.Scope{})
	admin := d.server.SignedIn("fund-admin")
	wants(t, admin.Get("/dtac"), 200, "Supplier Invented says")
	wants(t, admin.Follow(admin.Post("/dtac/claims", url.Values{"product": {string(p.ID)}, "person": {string(d.panel.Person("supplier", "", access.Scope{}).ID)}})), 200, "confirmed")
	space := "/supplier/products/" + string(p.ID)
	wants(t, supplier.Get("/supplier"), 200, p.Name)
	wants(t, supplier.Get(space), 200, "Incomplete", "Technical security")
	wants(t, supplier.Get(space+"/sections/c3"), 200, "C3.1", "DTAC")
	wants(t, supplier.Follow(supplier.Post(space+"/sections/c3", url.Values{"version": {"0"}, "action": {"save"}, "C3.1": {"provided"}, "C3.1-shown": {"yes"}})), 200, "Saved")
	wants(t, supplier.Post(space, url.Values{"action": {"submit"}}), 422, "Answer question C1.1.1")
	wants(t, supplier.Post(space, url.Values{"action": {"evidence"}}), 422, "Select a question")
	wants(t, supplier.Follow(supplier.Post(space, url.Values{"action": {"plan"}, "plan-question": {"C3.1"}, "plan-what": {"Renew"}, "plan-owner": {"CTO"}, "plan-due": {"2026-12-15"}})), 200, "Renew")
	data, r := example(t, p)
	wants(t, supplier.Upload(space, url.Values{"action": {"upload"}}, "return", "return.yaml", []byte("answers: {X9: 1}")), 422, "return.yaml:1")
	wants(t, supplier.Follow(supplier.Upload(space, url.Values{"action": {"upload"}}, "return", "return.yaml", data)), 200, "pentest")
	wants(t, supplier.Follow(supplier.Post(space, url.Values{"action": {"submit"}})), 200, "The return is sent")
	assessor := d.server.SignedIn(testkit.Assessor)
	page := "/dtac/products/" + string(p.ID)
	wants(t, assessor.Get("/dtac"), 200, p.Name)
	wants(t, assessor.Get(page), 200, "C3 Technical security", "Your decision on C3.3")
	wants(t, assessor.Post(page, url.Values{"action": {"record"}, "C3.1": {"fail"}}), 422, "Enter the reason for C3.1")
	wants(t, assessor.Post(page, url.Values{"action": {"record"}, "C3.1": {"pass"}}), 409, "Decide every question")
	form := url.Values{"action": {"record"}}
	for _, a := range r.Assessments {
		code := string(a.Question)
		form.Set(code, string(a.Result))
		form.Set(code+"-reason", a.Reason)
		form.Set(code+"-what", a.Action.What)
		form.Set(code+"-owner", a.Action.Owner)
		form.Set(code+"-due", string(a.Action.Due))
	}
	wants(t, assessor.Follow(assessor.Post(page, form)), 200, "Position recorded: On the way, as reviewed on", "This is not a certificate")
	wants(t, d.server.SignedIn(testkit.Auditor).Get(page), 200, "seen by its supplier and DTAC assessors only")
}

func TestAnAssessorScoresDT1FromTheProvisionalStatus(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	officer, assessor := d.server.SignedIn(testkit.Officer1), d.server.SignedIn(testkit.Assessor)
	wants(t, officer.Post("/screening/"+string(d.ref), passing("action", "pass")), 303)
	path := "/dtac/applications/" + string(d.ref)
	wants(t, assessor.Get(path), 200, "Candidate products", "DT1 is not scored yet")
	wants(t, assessor.Post(path, url.Values{"DT1": {"5"}, "DT1-reason": {"A reason of more than five words"}}), 422)
	wants(t, assessor.Follow(assessor.Post(path, url.Values{"DT1": {"0"}, "DT1-reason": {"No complete return of any product came"}})), 200, "was scored 0")
}

// example is a whole return for the version of a product.
func example(t *testing.T, p position.Entry) ([]byte, status.Return) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "dtac", "status", "testdata", "v2-on-the-way.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	data = []byte(strings.Replace(string(data), "version: '2.1'", "version: '"+p.Version+"'", 1))
	data = []byte(strings.Replace(string(data), "penetration_test_summary.pdf", "pentest.pdf", 1))
	w := testkit.New(t)
	f, err := w.Library.Form("dtac-v2")
	if err != nil {
		t.Fatal(err)
	}
	r, err := status.ParseReturn(f, "return.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return data, r
}

func positionsOf(t *testing.T, w *testkit.World) *position.Service {
	t.Helper()
	s, err := position.NewService(w.Gate, w.Library)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
