package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/db"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/panel"
	"adoptionfund/internal/product"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/site"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/upload"
	"adoptionfund/internal/workflow"
)

// contract is the whole program over a small world, and everybody who asks it for pages.
type contract struct {
	t     *testing.T
	app   *app
	site  *site.Site
	panel *testkit.Panel

	values map[string]string // of the parameters of paths
	actors []*actor
	shown  sync.Map                 // the paths of pages that somebody was shown
	barred *application.Application // the application with which the reviewer named conflicted has a conflict
	secret map[string]string        // what only that application has: values of path parameters, and words

	listening  sync.Mutex
	statements []string // that were sent to the database, where they are listened to; one after the other
}

// actor is somebody with a session.
type actor struct {
	name  string
	email string
	who   access.Principal
	token string
	// outside: they have no part in the application that the paths name, and no role that sees the applications of others.
	outside bool
}

const conflicted = "conflicted"

// newContract makes a round with a draft that has a file, a supplier's product, and applications at a stage, of which the one that
// the stage gives is asked for. Whoever is in it has a session.
func newContract(t *testing.T, stage func(*contract) *application.Application) *contract {
	t.Helper()
	clock := &testkit.Clock{}
	clock.Set(testkit.Start())
	c := &contract{t: t, app: wired(t, clock), values: map[string]string{}}
	var err error
	c.site, err = c.app.site(true)
	c.no(err)
	world := testkit.Around(t, testkit.World{
		Gate: c.app.gate, DB: c.app.db, Clock: clock, Config: c.app.config, Files: c.app.files, Library: c.app.library, People: c.app.people,
		Funds: c.app.funds, Applications: c.app.applications,
	})
	c.panel = world.Panel()
	c.fileInDraft()
	c.question()
	a := stage(c)
	c.product()
	c.values["ref"], c.values["call"], c.values["round"] = string(a.Ref), string(c.panel.CallRef()), string(c.panel.Round().Ref)
	c.values["section"] = c.panel.Form(a).Sections[0].Path()
	c.values["settings"] = "method"
	c.values["export"], c.values["report"] = "allocations.csv", "allocations"
	c.no(c.app.trail.CheckDue(t.Context()))
	c.values["event"], c.values["day"] = "1", c.one("SELECT day FROM trail_checks")
	c.values["list"], c.values["hold"] = c.removal(a)
	c.values["meeting"], c.values["letter"] = c.meeting(a), "successful"
	if c.values["scenario"] == "" {
		c.values["scenario"] = string(ident.New[ident.Scenario]())
	}
	if c.values["proposal"] == "" {
		c.values["proposal"] = string(ident.New[ident.Proposal]())
	}
	c.values["batch"] = ident.New[string]() // its page is for the one who did it
	c.parts(a)
	c.values["check"] = "due-diligence"
	for _, name := range []string{"condition", "payment", "evidence", "quarter"} {
		if c.values[name] == "" {
			c.values[name] = ident.New[string]() // there is no award yet
		}
	}
	c.values["mail"] = c.one("SELECT id FROM mails ORDER BY id DESC LIMIT 1")
	c.values["person"] = c.one("SELECT id FROM persons WHERE email = '" + testkit.Finance + "'") // who has no session here: it may be disabled
	return c
}

// inAssessment: one application is reviewed, one waits, and one has a conflicted reviewer.
func (c *contract) inAssessment() *application.Application {
	c.t.Helper()
	apps := c.panel.Assess(3)
	c.panel.Reviewed(apps[0], map[string]string{"clinical": "4", "technical": "4", "ppv": "4"})
	c.panel.Scored(apps[0])
	c.conflict(apps[2])
	c.filling(apps[0])
	c.no(c.app.rankings.Run(c.panel.As(testkit.Chair), c.panel.CallRef()))
	return apps[0]
}

// awarded: the decisions are released, and the award of one is to be checked.
func (c *contract) awarded() *application.Application {
	c.t.Helper()
	apps := c.panel.Assessed(2, "4")
	c.filling(apps[0])
	chair, call := c.panel.As(testkit.Chair), c.panel.CallRef()
	scenario, err := c.app.allocations.Run(chair, call, "By score")
	c.no(err)
	c.values["scenario"] = string(scenario)
	c.no(c.app.rankings.Run(chair, call))
	proposal, err := c.app.allocations.Propose(chair, call, scenario, "Both are good.")
	c.no(err)
	c.values["proposal"] = string(proposal)
	c.panel.Person("approver", "approver", access.Scope{})
	c.no(c.app.decisions.Approve(c.panel.As("approver"), proposal, decision.Approving{}))
	c.no(c.app.decisions.Schedule(c.panel.As("world-admin"), call, "2026-12-01 09:00"))
	c.panel.Clock.Set(time.Date(2026, 12, 1, 9, 0, 1, 0, time.UTC))
	c.no(c.app.tick(c.t.Context()))
	worker, err := c.app.worker()
	c.no(err)
	_, err = worker.Run(c.t.Context())
	c.no(err)
	c.one("SELECT id FROM awards LIMIT 1")
	c.afterTheAward(apps[0])
	return apps[0]
}

// afterTheAward takes the first award to its agreement, so that every page of an award has something to show.
func (c *contract) afterTheAward(a *application.Application) {
	c.t.Helper()
	manager, ref := c.panel.As(testkit.Manager), a.Ref
	c.panel.Positioned(c.panel.Application(ref), "compliant")
	shown, err := c.app.awards.Show(manager, ref)
	c.no(err)
	c.no(c.app.awards.ChooseProduct(c.panel.As(testkit.Applicant), ref, shown.Products[0].ID))
	for kind, typed := range map[award.CheckKind]map[string][]string{
		award.DueDiligence: {"DD1": {"ods"}, "DD2": {"QMF"}, "DD3": {"yes"}, "DD4": {"Balanced."}, "DD5": {"yes"}, "DD6": {"Called back"}}, award.FraudRisk: {"FR1": {"low"}, "FR2": {"Public."}},
		award.Subsidy: {"SB1": {"none"}, "SB2": {"No market."}}, award.DTACPosition: {"DP1": {"Nothing."}}, award.PlanForOffer: {"PL1": {"yes"}, "PL2": {"Costs."}}, award.AgreementCheck: {"AG1": {"yes"}, "AG2": {"The director"}},
	} {
		c.no(c.app.awards.RecordCheck(manager, ref, award.Recording{Kind: kind, Typed: typed}))
	}
	c.no(c.app.awards.AddFile(manager, ref, award.Uploading{Place: "check-subsidy", Name: "letter.pdf", Content: strings.NewReader("%PDF-1.7\n% invented\n%%EOF\n")}))
	c.values["evidence"] = c.one("SELECT id FROM kept_files")
	c.panel.Person("second", "administrator", access.Scope{})
	c.no(c.app.awards.ConfirmChecks(c.panel.As("second"), ref))
	shown, err = c.app.awards.Show(manager, ref)
	c.no(err)
	in := award.Accepting{Name: "Invented Signatory"}
	for _, x := range shown.Conditions {
		in.Acknowledged = append(in.Acknowledged, x.ID)
	}
	c.no(c.app.awards.Accept(c.panel.As(testkit.SRO), ref, in))
	c.no(c.app.awards.Accept(c.panel.As(testkit.Finance), ref, in))
	shown, err = c.app.awards.Show(manager, ref)
	c.no(err)
	c.no(c.app.awards.Sign(c.panel.As(testkit.SRO), ref, "Invented Signatory", shown.Agreement.Digest))
	c.no(c.app.awards.Countersign(c.panel.As("approver"), ref, "Invented Approver"))
	c.values["condition"], c.values["payment"] = shown.Conditions[0].ID, shown.Payments[0].ID
	after, err := c.app.monitoring.Show(manager, ref)
	c.no(err)
	c.values["quarter"] = after.Expected[0].Code()
}

// removal makes a list of what will be past its period in twenty years, and places a legal hold on an application.
func (c *contract) removal(a *application.Application) (list, hold string) {
	c.t.Helper()
	c.panel.Person("never-used@elsewhere.example", "", access.Scope{})
	c.panel.Person("world-admin", "administrator", access.Scope{})
	manager, now := c.panel.As("world-admin"), c.panel.Clock.Now()
	c.panel.Clock.Set(now.AddDate(20, 0, 0))
	l, err := c.app.retention.Make(manager)
	c.no(err)
	c.panel.Clock.Set(now)
	c.no(c.app.retention.Place(manager, retention.Placing{Kind: retention.HeldApplication, Subject: string(a.Ref), Reason: "A claim was announced."}))
	return l.ID, c.one("SELECT id FROM legal_holds")
}

// meeting plans a meeting with an application on its agenda.
func (c *contract) meeting(a *application.Application) string {
	c.t.Helper()
	manager, at := c.panel.As(testkit.Manager), panel.At{Call: c.panel.CallRef()}
	var err error
	at.ID, err = c.app.meetings.Plan(manager, at.Call, panel.Planning{Title: "Invented meeting", Day: "2027-12-03", Clock: "10:30", Place: "Room 1"})
	c.no(err)
	if slices.Contains([]workflow.ApplicationState{workflow.Assessment, workflow.Moderation, workflow.Assessed}, c.panel.Application(a.Ref).State) {
		c.no(c.app.meetings.AddItems(manager, at, []ident.Ref{a.Ref}, false))
	}
	return at.ID
}

func (c *contract) no(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// one reads one value of the database as text.
func (c *contract) one(query string) string {
	c.t.Helper()
	var value string
	c.no(c.app.db.Read.Raw(query).Scan(&value).Error)
	if value == "" {
		c.t.Fatalf("nothing is found by %s", query)
	}
	return value
}

// fileInDraft starts an application that is never submitted and adds a file to it.
func (c *contract) fileInDraft() {
	c.t.Helper()
	draft := c.panel.Draft("Invented draft with a file")
	c.values["file"], c.values["upload"] = c.addFile(draft)
	c.values["file's ref"] = string(draft.Ref)
}

// addFile adds a file to an application, and begins to send another.
func (c *contract) addFile(draft *application.Application) (file, uploading string) {
	c.t.Helper()
	for _, section := range c.panel.Form(draft).Sections {
		at := slices.IndexFunc(section.Questions, func(q *form.Question) bool { return q.Kind == form.KindFile })
		if at < 0 {
			continue
		}
		c.no(c.app.applications.AddFile(c.panel.As(testkit.Applicant), draft.Ref, application.Upload{
			Section: section.Path(), Question: section.Questions[at].Code, Name: "evidence.pdf", Content: strings.NewReader("%PDF-1.7\n% invented\n%%EOF\n"),
		}))
		file = c.one("SELECT id FROM files WHERE application_id = '" + string(draft.ID) + "'")
		u, err := c.app.applications.StartUpload(c.panel.As(testkit.Applicant), draft.Ref, upload.Start{
			Section: section.Path(), Question: section.Questions[at].Code, Name: "more.pdf", Size: 100,
		})
		c.no(err)
		return file, string(u.ID)
	}
	c.t.Fatal("no question of the form takes a file")
	return "", ""
}

// question lets somebody ask about the open call.
func (c *contract) question() {
	c.t.Helper()
	c.no(c.app.funds.Ask(c.panel.As(testkit.Applicant), c.panel.CallRef(), fund.Asked{Text: "May we share a post with another project?"}))
	c.values["question"] = c.one("SELECT id FROM call_questions")
}

// conflict lets a reviewer of an application declare that they gain from it.
func (c *contract) conflict(a *application.Application) {
	c.t.Helper()
	c.barred = a
	email := c.panel.Reviewers(a)["clinical"]
	outcome, err := c.app.interests.Declare(c.panel.As(email), a.Ref, interest.Declaration{Kind: interest.Financial, Statement: "I hold shares in the maker of it."})
	c.no(err)
	if outcome == interest.Free {
		c.t.Fatal("a financial interest does not bar")
	}
	c.actors = append(c.actors, &actor{name: conflicted, email: email})
}

// product lets a supplier claim a product, and the fund confirm that.
func (c *contract) product() {
	c.t.Helper()
	const supplier = "maker@supplier.example"
	who := c.panel.Person(supplier, "", access.Scope{})
	id, err := c.app.products.Claim(c.panel.As(supplier), product.Named{Name: "Invented monitor", Supplier: "Invented Health Technology Ltd", Version: "1.0"})
	c.no(err)
	c.no(c.app.products.ConfirmClaim(c.panel.As("world-admin"), id, who.ID))
	c.no(c.app.products.AttachEvidence(c.panel.As(supplier), id, "", status.Evidence{Question: "C2.2.2", Kind: "dpia"}, product.Attachment{
		Name: "dpia.pdf", Content: strings.NewReader("%PDF-1.7\n% invented\n%%EOF\n"),
	}))
	c.values["product"], c.values["return's file"] = string(id), c.one("SELECT id FROM return_files WHERE product_id = '"+string(id)+"'")
	u, err := c.app.products.StartUpload(c.panel.As(supplier), id, "dtac-v2", upload.Start{Section: "evidence", Name: "more.pdf", Size: 100})
	c.no(err)
	c.values["form"], c.values["return's upload"] = "dtac-v2", string(u.ID)
	c.actors = append(c.actors, &actor{name: "supplier of the product", email: supplier, outside: true})
}

// filling lets the applicant of an application begin to fill in the return of a product for its supplier.
func (c *contract) filling(a *application.Application) {
	c.t.Helper()
	ctx := c.panel.As(testkit.Applicant)
	v, err := c.app.applications.WithProducts(ctx, a.Ref)
	c.no(err)
	id, err := c.app.applications.FillReturn(ctx, a.Ref, v.Products[0].Key())
	c.no(err)
	c.no(c.app.products.AttachEvidence(ctx, id, "", status.Evidence{Question: "C2.2.2", Kind: "dpia"}, product.Attachment{
		Name: "filled.pdf", Content: strings.NewReader("%PDF-1.7\n% invented\n%%EOF\n"),
	}))
	u, err := c.app.products.StartUpload(ctx, id, "dtac-v2", upload.Start{Section: "evidence", Name: "more.pdf", Size: 100})
	c.no(err)
	c.values["filling"], c.values["filled"], c.values["filling's upload"] = string(id), string(id), string(u.ID)
	c.values["filling's file"] = c.one("SELECT id FROM return_files WHERE product_id = '" + string(id) + "'")
}

// parts gives sessions to those who have a part in the application.
func (c *contract) parts(a *application.Application) {
	c.t.Helper()
	c.actors = append(c.actors, &actor{name: "its applicant", email: testkit.Applicant}, &actor{name: "its SRO", email: testkit.SRO})
	for kind, email := range c.panel.Reviewers(a) {
		if !slices.ContainsFunc(c.actors, func(at *actor) bool { return at.email == email }) {
			c.actors = append(c.actors, &actor{name: "its " + kind + " reviewer", email: email})
		}
	}
	for _, at := range c.actors {
		c.signIn(at)
	}
}

// everyRole makes somebody for every role that people hold, in the whole fund and without any other role, and somebody without a
// role; all have sessions.
func (c *contract) everyRole() *contract {
	c.t.Helper()
	applicantSide := []access.GivenBy{access.GivenBySignUp, access.GivenByContributing, access.GivenBySigning, access.GivenBySupplying}
	for _, role := range append(c.app.policy.Roles(), access.RoleInfo{GivenBy: access.GivenByGrant}) {
		if !role.ToPeople() {
			continue
		}
		email := testkit.Address("only-" + strings.ReplaceAll(role.Name, "_", "-"))
		p := c.panel.Person(email, role.Name, access.Scope{})
		at := &actor{name: "only " + role.Name, email: email, outside: role.Name == "" || slices.Contains(applicantSide, role.GivenBy)}
		if role.Name == "" {
			at.name = "without roles"
		}
		c.panel.WithPassword(email)
		c.no(c.app.db.Write.Exec("DELETE FROM grants WHERE person = ? AND role <> ?", p.ID, role.Name).Error)
		c.signIn(at)
		if len(at.who.Grants) > 1 {
			c.t.Fatalf("%s holds %v", at.name, at.who.Grants)
		}
		c.actors = append(c.actors, at)
	}
	return c
}

func (c *contract) signIn(at *actor) {
	c.t.Helper()
	c.panel.WithPassword(at.email)
	var err error
	at.who, err = c.app.people.As(c.t.Context(), at.email)
	c.no(err)
	reply := c.send(&actor{}, http.MethodPost, "/sign-in", url.Values{"email": {at.email}, "password": {testkit.Password}})
	for _, cookie := range reply.cookies {
		if cookie.Name == route.SessionCookie(false) {
			at.token = cookie.Value
		}
	}
	if at.token == "" {
		c.t.Fatalf("%s has no session: %d\n%s", at.name, reply.status, reply.body)
	}
}

// reply is what came back.
type reply struct {
	status   int
	location string
	html     bool
	body     string
	cookies  []*http.Cookie
}

// send sends a request as somebody, with headers in pairs.
func (c *contract) send(by *actor, method, address string, sent url.Values, headers ...string) reply {
	c.t.Helper()
	rec := c.record(by, method, address, sent, headers...)
	result := rec.Result()
	return reply{
		status: result.StatusCode, location: result.Header.Get("Location"), html: strings.HasPrefix(result.Header.Get("Content-Type"), "text/html"),
		body: rec.Body.String(), cookies: result.Cookies(),
	}
}

// record sends a request and gives all that came back.
func (c *contract) record(by *actor, method, address string, sent url.Values, headers ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(sent.Encode())
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	req := httptest.NewRequestWithContext(ctx, method, address, body)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if by.token != "" {
		req.AddCookie(&http.Cookie{Name: route.SessionCookie(false), Value: by.token})
	}
	rec := httptest.NewRecorder()
	c.site.ServeHTTP(rec, req)
	return rec
}

// digest tells whether anything was added, removed or changed: how many rows each table has, and the sum of their versions.
func (c *contract) digest() string {
	c.t.Helper()
	var b strings.Builder
	for _, table := range c.tables() {
		fmt.Fprintf(&b, "%s %s; ", table, c.one("SELECT CAST(COUNT(*) AS text) FROM "+table))
	}
	for _, table := range []string{"persons", "calls", "applications", "reviews", "awards"} {
		fmt.Fprintf(&b, "versions of %s %s; ", table, c.one("SELECT CAST(COALESCE(SUM(version), 0) AS text) FROM "+table))
	}
	return b.String()
}

func (c *contract) tables() []string {
	c.t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
	if c.app.db.Dialect == db.Postgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
	}
	var names []string
	c.no(c.app.db.Read.Raw(query).Scan(&names).Error)
	return names
}
