package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/config"
	"adoptionfund/internal/db"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/testkit"
)

const (
	loadPassword = "a long pass phrase 7"
	loadCall     = ident.CallRef("AF26-CAR")
	loadRound    = `
round: AF26
title: A day of many submissions (invented)
budget: 1000000
senior_officer: senior@fund.example
calls:
  - theme: CAR
    title: Cardiology
    opens: %s
    closes: %s
    release: %s
    award_cap: 500000
    purpose: Remote monitoring
    priorities: [{code: P1, title: Waiting lists}]
`
)

// load is the whole program on a day on which many write and submit: an open call, and people who apply to it, sign and check. It is
// what is measured, and what is killed. Everybody in it is invented.
type load struct {
	tb      testing.TB
	app     *app
	clock   *testkit.Clock
	now     func() time.Time // the clock that the program reads
	address string           // of the database
	dir     string           // of the key and the files
	form    *form.Form
	answers form.Answers
}

// newLoad prepares it, today, with a number of people who apply.
func newLoad(tb testing.TB, applicants int, d db.Durability) *load {
	tb.Helper()
	now := time.Now().UTC()
	l := &load{tb: tb, clock: &testkit.Clock{}, address: testkit.DatabaseURL(tb), dir: tb.TempDir()}
	l.clock.Set(now.AddDate(0, 0, -3))
	l.now = l.clock.Now
	l.wire(d)
	for email, role := range map[string]string{"senior@fund.example": "senior_officer", "officer@fund.example": "screening_officer", "admin@fund.example": "administrator", testkit.SRO: "", testkit.Finance: ""} {
		l.account(email, role)
	}
	list, err := os.Open("../../configs/organisations.csv")
	l.no(err)
	defer func() { _ = list.Close() }()
	_, err = l.app.people.ImportOrganisations(l.operator(), list)
	l.no(err)
	for n := range applicants {
		l.account(loadApplicant(n), "")
		who, err := l.app.people.As(tb.Context(), loadApplicant(n))
		l.no(err)
		l.no(l.app.people.Authorise(l.as("admin@fund.example"), who.ID, "QMF"))
	}
	day := func(days int) string { return now.AddDate(0, 0, days).Format("2006-01-02 15:04") }
	f, err := fund.ParseFile("load.yaml", []byte(fmt.Sprintf(loadRound, day(-2), day(30), day(60))))
	l.no(err)
	l.no(l.app.funds.Create(l.operator(), f))
	l.no(l.app.funds.ApproveOpening(l.as("senior@fund.example"), loadCall))
	l.clock.Set(now)
	_, err = l.app.funds.OpenDue(tb.Context())
	l.no(err)
	l.form, err = l.app.library.Form("application-1")
	l.no(err)
	l.answers = testkit.Answers(l.form)
	return l
}

// wire puts the program together on the database, in this process.
func (l *load) wire(d db.Durability) {
	l.tb.Helper()
	defaults, err := os.ReadFile("../../configs/adoptionfund.yaml")
	l.no(err)
	c, err := config.Load(defaults, "", l.environment(), nil)
	l.no(err)
	l.app, err = wireWith(l.tb.Context(), c, l.now, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), d)
	l.no(err)
	l.tb.Cleanup(func() { _ = l.app.close() })
}

// environment is where the program finds its settings.
func (l *load) environment() []string {
	return []string{
		"ADOPTIONFUND_DATABASE_URL=" + l.address, "ADOPTIONFUND_KEY_FILE=" + filepath.Join(l.dir, "key"), "ADOPTIONFUND_STORAGE_URL=file://" + filepath.Join(l.dir, "files"),
		"ADOPTIONFUND_ADDRESS=127.0.0.1:0", "ADOPTIONFUND_ACCOUNTS_SECOND_FACTOR=false", "ADOPTIONFUND_LIMITS_REQUESTS_PER_SECOND=0",
	}
}

func (l *load) no(err error) {
	l.tb.Helper()
	if err != nil {
		l.tb.Fatal(err)
	}
}

func loadApplicant(n int) string { return "applicant-" + strconv.Itoa(n) + "@lead.example" }

func (l *load) operator() context.Context {
	return access.With(l.tb.Context(), access.Operator("tester"))
}

func (l *load) as(email string) context.Context {
	l.tb.Helper()
	who, err := l.app.people.As(l.tb.Context(), email)
	l.no(err)
	return access.With(l.tb.Context(), who)
}

// account makes somebody who can sign in.
func (l *load) account(email, role string) {
	l.tb.Helper()
	link, err := l.app.people.Add(l.operator(), people.Newcomer{Email: email, Name: "Invented Person", Role: role})
	l.no(err)
	u, err := url.Parse(link)
	l.no(err)
	l.no(l.app.people.Accept(access.With(l.tb.Context(), access.Principal{}), u.Query().Get("token"), "Invented Person", loadPassword))
}

// session signs somebody in and gives the token of their cookie.
func (l *load) session(email string) string {
	l.tb.Helper()
	in, err := l.app.people.SignIn(access.With(l.tb.Context(), access.Principal{}), people.SignIn{Email: email, Password: loadPassword})
	l.no(err)
	if in.Token == "" {
		l.tb.Fatalf("%s is not signed in: %+v", email, in)
	}
	return in.Token
}

// started is an application of somebody's that has just begun.
func (l *load) started(email string) ident.Ref {
	l.tb.Helper()
	ref, err := l.app.applications.Start(l.as(email), application.Beginning{Call: loadCall, Title: "Invented project", Lead: "QMF"})
	l.no(err)
	return ref
}

// filled is an application of somebody's with every answer.
func (l *load) filled(email string) ident.Ref {
	l.tb.Helper()
	ctx, ref := l.as(email), l.started(email)
	for _, sec := range l.form.Sections {
		page, err := l.app.applications.Open(ctx, ref, sec.Path())
		l.no(err)
		_, err = l.app.applications.Save(ctx, ref, sec.Path(), application.Typed{Values: l.typed(sec, ""), Version: page.Version})
		l.no(err)
	}
	return ref
}

// typed is what somebody types in a section; words go into its first long text.
func (l *load) typed(sec *form.Section, words string) map[string][]string {
	values := map[string][]string{}
	for _, q := range sec.Questions {
		v, ok := l.answers[q.Code]
		if ok && words != "" && (q.Kind == form.KindLongText || q.Kind == form.KindText) && q.Code != l.form.Role(form.RoleTitle).Code {
			v, words = form.Value{Text: words}, ""
		}
		if ok {
			maps.Copy(values, form.Inputs(q, v))
		}
	}
	return values
}

// signed is an application of somebody's that both signatories signed.
func (l *load) signed(email string) ident.Ref {
	l.tb.Helper()
	ref := l.filled(email)
	l.signs(email, ref)
	return ref
}

// signs lets both signatories sign somebody's application.
func (l *load) signs(email string, ref ident.Ref) {
	l.tb.Helper()
	l.no(l.app.applications.RequestSignatures(l.as(email), ref))
	for _, who := range []string{testkit.SRO, testkit.Finance} {
		page, err := l.app.applications.ToSign(l.as(who), ref)
		l.no(err)
		l.no(l.app.applications.Sign(l.as(who), ref, "Invented Person", page.Digest))
	}
}
