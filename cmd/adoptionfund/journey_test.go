package main

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/config"
	"adoptionfund/internal/db"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/chromium"
)

const modules = "../../web/node_modules"

// fundForPath is a small round with one call, whose dates the test's clock goes through.
const fundForPath = `
round: AF26
title: The path
budget: 1000000
senior_officer: senior@fund.example
calls:
  - theme: CAR
    title: Cardiology
    opens: 2026-09-14 09:00
    closes: 2026-10-12 12:00
    release: 2026-11-20 09:00
    budget: 1000000
    award_cap: 500000
    purpose: Remote monitoring
    priorities: [{code: P1, title: Waiting lists}]
    review: {kinds: {clinical: 1, technical: 1, ppv: 1}, apart_by: 3}
    method: {min_score: 10}
    dtac: {never_defer: [C1.2.5]}
`

// path is one application's whole way, with everybody who has a part in it.
type path struct {
	t       *testing.T
	app     *app
	clock   *testkit.Clock
	browser *chromium.Browser
	url     string
	how     chromium.How
	known   map[string]*chromium.Person
	ref     string
}

func newPath(t *testing.T, b *chromium.Browser, how chromium.How) *path {
	t.Helper()
	clock := &testkit.Clock{}
	clock.Set(testkit.Start())
	a := wired(t, clock)
	p := &path{t: t, app: a, clock: clock, browser: b, how: how, known: map[string]*chromium.Person{}}
	handler, err := a.site(true)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// wired is the whole program on a database of the test's own.
func wired(tb testing.TB, clock *testkit.Clock) *app {
	tb.Helper()
	defaults, err := os.ReadFile("../../configs/adoptionfund.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	c, err := config.Load(defaults, "", nil, map[string]string{
		"database_url": testkit.DatabaseURL(tb), "key_file": filepath.Join(dir, "key"), "storage_url": "file://" + filepath.Join(dir, "files"),
	})
	if err != nil {
		tb.Fatal(err)
	}
	c.Accounts.SecondFactor = false
	c.Accounts.SessionLifetime = 365 * 24 * time.Hour // the clock goes through months
	c.Limits.RequestsPerSecond = 0
	a, err := wireWith(tb.Context(), c, clock.Now, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), db.Normal)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = a.close() })
	return a
}

const pathPassword = "a long pass phrase 7"

// account makes somebody who can sign in, as the operator would.
func (p *path) account(email, name, role string) {
	p.t.Helper()
	operator := access.With(p.t.Context(), access.Operator("tester"))
	link, err := p.app.people.Add(operator, people.Newcomer{Email: email, Name: name, Role: role})
	if err != nil {
		p.t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.app.people.Accept(access.With(p.t.Context(), access.Principal{}), u.Query().Get("token"), name, pathPassword); err != nil {
		p.t.Fatal(err)
	}
}

func (p *path) as(email string) context.Context {
	p.t.Helper()
	who, err := p.app.people.As(p.t.Context(), email)
	if err != nil {
		p.t.Fatal(err)
	}
	return access.With(p.t.Context(), who)
}

// person is somebody at their own browser, signed in.
func (p *path) person(email string) *chromium.Person {
	p.t.Helper()
	if at, ok := p.known[email]; ok {
		return at
	}
	name, _, _ := strings.Cut(email, "@")
	at := p.browser.Person(p.t, p.url, name, p.how).SignIn(email, pathPassword)
	p.known[email] = at
	return at
}

// tick lets the program's clock do what is due.
func (p *path) tick() {
	p.t.Helper()
	if err := p.app.tick(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	worker, err := p.app.worker()
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := worker.Run(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	if err := p.app.gate.FlushReads(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

func (p *path) at(moment string) {
	p.t.Helper()
	when, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		p.t.Fatal(err)
	}
	p.clock.Set(when)
	p.tick()
}

//nolint:paralleltest // the browser is one, and each path is long
func TestTheWholePath(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range ways() {
		t.Run(name, func(t *testing.T) {
			p := newPath(t, b, how)
			p.enlist()
			p.setUp()
			p.register()
			p.open()
			p.apply()
			p.sign()
			p.send()
			p.supply()
			p.screen()
			p.assess()
			p.assign()
			p.review()
			p.propose()
			p.approve()
			p.release()
			p.award()
			p.account4pence()
		})
	}
}

// prepare sets the installation up: organisations, people, a round from a file, reviewers.
func (p *path) prepare() {
	p.t.Helper()
	p.enlist()
	f, err := fund.ParseFile("path.yaml", []byte(fundForPath))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.app.funds.Create(p.as("admin@fund.example"), f); err != nil {
		p.t.Fatal(err)
	}
	p.register()
}

// enlist brings in the organisations and the people.
func (p *path) enlist() {
	p.t.Helper()
	operator := access.With(p.t.Context(), access.Operator("tester"))
	list, err := os.Open("../../configs/organisations.csv")
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = list.Close() }()
	if _, err := p.app.people.ImportOrganisations(operator, list); err != nil {
		p.t.Fatal(err)
	}
	for _, a := range [][3]string{
		{"admin@fund.example", "Adrian Fosse", "administrator"}, {"senior@fund.example", "Selina Oduya", "senior_officer"}, {"officer@fund.example", "Edith Marlow", "screening_officer"},
		{"second@fund.example", "Owen Pryce", "screening_officer"}, {"dtac@fund.example", "Dara Kilbride", "dtac_assessor"}, {"chair@fund.example", "Charlotte Verey", "panel_chair"},
		{"approver@fund.example", "Ayesha Lindqvist", "approver"}, {"auditor@fund.example", "Arthur Quill", "auditor"}, {"applicant@trust.example", "Amara Nwosu", ""},
		{"supplier@maker.example", "Sunita Perera", ""}, {"clinical@review.example", "Clara Ashdown", "reviewer"}, {"technical@review.example", "Tom Dunmore", "reviewer"}, {"ppv@review.example", "Priya Yarrow", "reviewer"},
	} {
		p.account(a[0], a[1], a[2])
	}
	applicant, err := p.app.people.As(p.t.Context(), "applicant@trust.example")
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.app.people.Authorise(p.as("admin@fund.example"), applicant.ID, "QMF"); err != nil {
		p.t.Fatal(err)
	}
}

// register brings in the reviewers of the round.
func (p *path) register() {
	p.t.Helper()
	err := p.app.assignments.Register(p.as("admin@fund.example"), "AF26", []assignment.Newcomer{
		{Email: "clinical@review.example", Name: "Clara Ashdown", Kind: "clinical", ODS: "RJ1", Themes: []string{"CAR"}, Capacity: 5},
		{Email: "technical@review.example", Name: "Tom Dunmore", Kind: "technical", ODS: "RHQ", Themes: []string{"CAR"}, Capacity: 5},
		{Email: "ppv@review.example", Name: "Priya Yarrow", Kind: "ppv", ODS: "RTD", Themes: []string{"CAR"}, Capacity: 5},
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *path) open() {
	p.t.Helper()
	p.person("senior@fund.example").Go("/").Sees("Approve the opening of AF26-CAR").Go("/approvals/openings/AF26-CAR").Press("Approve the opening").Sees("The opening is approved")
	p.at("2026-09-14T08:00:00Z")
	p.browser.Person(p.t, p.url, "anyone", p.how).Go("/").Sees("Cardiology").Go("/calls/AF26-CAR").Sees("Cardiology", "Deadline")
}

func (p *path) apply() {
	p.t.Helper()
	at := p.person("applicant@trust.example")
	at.Go("/applications").Press("Start").Go("/applications/start?call=AF26-CAR")
	at.Fill(map[string][]string{"call": {"AF26-CAR"}, "title": {"Remote monitoring after surgery"}, "lead": {"QMF"}})
	at.Press("Start")
	p.ref = regexp.MustCompile(`AF26-\d{4}`).FindString(at.At())
	if p.ref == "" {
		p.t.Fatalf("%s: no reference in %s\n%s", at, at.At(), at.Text())
	}
	f, err := p.app.library.Form("application-1")
	if err != nil {
		p.t.Fatal(err)
	}
	answers := p.answers(f)
	for _, s := range f.Sections {
		p.fill(at, s, answers)
	}
	at.Go("/applications/" + p.ref).Sees("Remote monitoring after surgery")
}

// answers are valid answers with the people of this path in them.
func (p *path) answers(f *form.Form) form.Answers {
	a := testkit.Answers(f)
	for role, text := range map[form.Role]string{
		form.RoleTitle: "Remote monitoring after surgery", form.RoleSROName: "Shazia Rahman", form.RoleSROEmail: "sro@trust.example", form.RoleFinanceName: "Finn O'Dowd",
		form.RoleFinanceEmail: "finance@trust.example", form.RoleContactName: "Amara Nwosu", form.RoleContactEmail: "applicant@trust.example",
	} {
		a[f.Role(role).Code] = form.Value{Text: text}
	}
	for role, text := range map[form.Role]string{form.RoleProductName: "HeartHome (invented)", form.RoleProductSupplier: "Invented Cardiac Care Ltd", form.RoleProductVersion: "2.0"} {
		a[f.Roles[role].Code].Rows[0][f.Roles[role].Column] = form.Value{Text: text}
	}
	for _, role := range []form.Role{form.RoleLead, form.RoleRecipient} {
		a[f.Role(role).Code] = form.Value{Organisation: "QMF"}
	}
	return a
}

// fill fills one section in and saves it; rows of tables are added until there are enough.
func (p *path) fill(at *chromium.Person, s *form.Section, answers form.Answers) {
	p.t.Helper()
	values := map[string][]string{}
	for _, q := range s.Questions {
		if _, ok := answers[q.Code]; ok {
			for name, v := range form.Inputs(q, answers[q.Code]) {
				values[name] = v
			}
		}
	}
	at.Go("/applications/" + p.ref + "/sections/" + s.Path())
	for range 6 {
		missing := at.Fill(values)
		missing = slices.DeleteFunc(missing, func(n string) bool { return !strings.Contains(n, "[") })
		if len(missing) == 0 {
			at.Press("Save and continue").Not("There is a problem")
			return
		}
		at.Press("Save and add a row")
	}
	p.t.Fatalf("%s: the section %s never had rows enough", at, s.Code)
}

// sign has both signatories accept their invitation from the mail, read and sign.
func (p *path) sign() {
	p.t.Helper()
	at := p.person("applicant@trust.example")
	at.Go("/applications/" + p.ref + "/sign").Press("Ask them to sign")
	p.tick()
	for email, name := range map[string]string{"sro@trust.example": "Shazia Rahman", "finance@trust.example": "Finn O'Dowd"} {
		who, _, _ := strings.Cut(email, "@")
		b := p.browser.Person(p.t, p.url, who, p.how)
		p.known[email] = b
		link := p.link(email, "You are invited")
		b.Go(link).Type(map[string]string{"name": name, "password": pathPassword}).Press("Accept")
		b.SignIn(email, pathPassword).Go("/").Sees("Sign " + p.ref)
		b.Go("/applications/" + p.ref + "/sign").Type(map[string]string{"name": name}).Press("Sign")
	}
}

// link finds the link in the latest mail with a subject to somebody.
func (p *path) link(email, subject string) string {
	p.t.Helper()
	var bodies []string
	if err := p.app.db.Read.Raw("SELECT body FROM mails WHERE address = ? AND subject LIKE ? ORDER BY id DESC", email, subject+"%").Scan(&bodies).Error; err != nil || len(bodies) == 0 {
		p.t.Fatalf("no mail %q to %s (%v)", subject, email, err)
	}
	u, err := url.Parse(regexp.MustCompile(`http\S+token=\S+`).FindString(bodies[0]))
	if err != nil || u.Path == "" {
		p.t.Fatalf("no link in\n%s", bodies[0])
	}
	return u.RequestURI()
}

func (p *path) send() {
	p.t.Helper()
	at := p.person("applicant@trust.example")
	at.Go("/applications/" + p.ref).Press("Submit").Sees("Application submitted")
	at.Go("/applications/" + p.ref + "/receipt").Sees("Arrived")
	p.at("2026-10-12T11:01:00Z")
	at.Go("/applications/" + p.ref).Sees("Eligibility check")
}

// supply has the supplier claim the product, the fund manager confirm that, and the supplier send the DTAC return.
func (p *path) supply() {
	p.t.Helper()
	f, err := p.app.library.Form("application-1")
	if err != nil {
		p.t.Fatal(err)
	}
	row := f.Rows(form.RoleProductName, p.answers(f))[0]
	cell := func(r form.Role) string { return f.Cell(r, row).Text }
	at := p.person("supplier@maker.example")
	at.Go("/supplier").Type(map[string]string{"name": cell(form.RoleProductName), "supplier": cell(form.RoleProductSupplier), "version": cell(form.RoleProductVersion)}).Press("Claim")
	p.person("admin@fund.example").Go("/dtac").Press("Confirm")
	at.Go("/supplier")
	id := regexp.MustCompile(`/supplier/products/([0-9a-f-]{36})`).FindStringSubmatch(at.HTML())
	if id == nil {
		p.t.Fatalf("%s sees no product:\n%s", at, at.Text())
	}
	example, err := os.ReadFile("../../internal/dtac/status/testdata/v2-compliant.yaml")
	if err != nil {
		p.t.Fatal(err)
	}
	text := strings.ReplaceAll(string(example), "version: '2.1'", "version: '2.0'")
	ctx := p.as("supplier@maker.example")
	if err := p.app.products.UploadReturn(ctx, ident.Product(id[1]), "dtac-v2", "return.yaml", []byte(text)); err != nil {
		p.t.Fatal(err)
	}
	at.Go("/supplier/products/" + id[1])
	at.Press("Send").Not("There is a problem")
}
