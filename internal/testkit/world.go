package testkit

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/config"
	"adoptionfund/internal/db"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Password is the password of everybody in a World who has one.
const Password = "a long pass phrase 7" // #nosec G101 -- of invented people in throwaway databases

// The addresses of the people whom every World has: they write, sign and submit its applications. All of them are invented.
const (
	Applicant = "applicant@lead.example"
	SRO       = "sro@lead.example"
	Finance   = "finance@lead.example"
	Senior    = "senior@fund.example"
)

// World is a small fund: a database of its own, services, organisations, and builders that go through the use cases.
type World struct {
	tb testing.TB

	Gate         *work.Gate
	DB           *db.DB
	Clock        *Clock
	Config       config.Config
	Files        *files.Store
	Library      *fund.Library
	People       *people.Service
	Funds        *fund.Service
	Applications *application.Service

	round ident.RoundRef
}

// New makes a world with organisations and nobody in it.
func New(tb testing.TB) *World {
	tb.Helper()
	w := &World{tb: tb}
	w.Gate, w.DB, w.Clock = Gate(tb)
	defaults, err := configs.FS.ReadFile("adoptionfund.yaml")
	w.no(err)
	w.Config, err = config.Load(defaults, "", nil, nil)
	w.no(err)
	w.Config.PublicURL = "http://fund.example"
	w.Files, err = files.Open(files.Options{Address: "file://" + tb.TempDir()})
	w.no(err)
	w.Library, err = fund.NewLibrary(configs.FS)
	w.no(err)
	w.People, err = people.NewService(w.Gate, w.Config)
	w.no(err)
	w.Funds = fund.NewService(w.Gate, configs.FS)
	w.Applications = application.NewService(w.Gate, w.Library, w.People, w.Files, w.Config.Service.Name)
	_, err = w.People.ImportOrganisations(w.Operator(), strings.NewReader(organisations))
	w.no(err)
	return w
}

// organisations is a short list of invented organisations in the format of the ODS list, but for QMF, which is real.
const organisations = `ods_code,name,kind,region,ics,valid_from,valid_to,successor
QMF,NHS North East London ICB,icb,London,QMF,2022-07-01,,
RX1,Invented University Hospitals NHS Trust,trust,Midlands,QX1,2004-04-01,,
RX2,Invented Coast NHS Foundation Trust,trust,South West,QX2,2004-04-01,,
RX9,Invented Old NHS Trust,trust,London,QMF,2004-04-01,2020-03-31,RX1
X1S,Invented Health Technology Ltd,innovator,London,,2020-01-01,,
`

func (w *World) no(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

// Want fails the test unless err is a fault of the kind.
func (w *World) Want(err error, kind fault.Kind) {
	w.tb.Helper()
	if !fault.Is(err, kind) {
		w.tb.Fatalf("got %v, want a fault of kind %d", err, kind)
	}
}

// Operator is the context of the operator at the command line.
func (w *World) Operator() context.Context {
	return access.With(w.tb.Context(), access.Operator("test"))
}

// Job is the context of scheduled work.
func (w *World) Job(a access.Action) context.Context {
	return access.With(w.tb.Context(), access.System(a))
}

// Anonymous is the context of somebody who has not signed in.
func (w *World) Anonymous() context.Context {
	return access.With(w.tb.Context(), access.Principal{Name: "anonymous"})
}

// As is the context of a person with all the roles that they hold. A bare name stands for an address at fund.example.
func (w *World) As(email string) context.Context {
	w.tb.Helper()
	who, err := w.People.As(w.tb.Context(), Address(email))
	w.no(err)
	return access.With(w.tb.Context(), who)
}

// Address gives the e-mail address of a person of the world: "chair" is chair@fund.example.
func Address(name string) string {
	if strings.Contains(name, "@") {
		return name
	}
	return name + "@fund.example"
}

// Person makes somebody with an account, who holds a role in a scope ("": only what signing up gives). Whoever is there already
// gets the role besides.
func (w *World) Person(email, role string, in access.Scope) people.Person {
	w.tb.Helper()
	email = Address(email)
	var p *people.Person
	w.no(w.Gate.Write(w.Operator(), func(tx *work.Tx) error {
		if err := tx.Require(access.AddPerson, access.Scope{}); err != nil {
			return err
		}
		var err error
		if p, err = people.Ensure(tx, email, NameOf(email)); err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: "account.confirm", Kind: "person", Subject: string(p.ID)})
		if p.ConfirmedAt == nil {
			p.ConfirmedAt = &tx.Now
			if err := work.Save(tx, p, &p.Version); err != nil {
				return err
			}
		}
		if err := people.GiveRoles(tx, p.ID, access.GivenBySignUp); err != nil {
			return err
		}
		return w.giveByEvent(tx, p.ID, role)
	}))
	if info, ok := w.Gate.Policy().Role(role); ok && info.GivenBy == access.GivenByGrant {
		w.no(w.People.Grant(w.Operator(), p.ID, role, in))
	}
	return *p
}

// giveByEvent gives a role that an event brings, such as contributing.
func (w *World) giveByEvent(tx *work.Tx, id ident.Person, role string) error {
	info, ok := tx.Policy().Role(role)
	if !ok && role != "" {
		return fmt.Errorf("testkit: there is no role %q", role)
	}
	if !ok || info.GivenBy == access.GivenByGrant || !info.ToPeople() {
		return nil
	}
	return people.GiveRoles(tx, id, info.GivenBy)
}

// NameOf makes an invented name of an address: "Applicant Invented".
func NameOf(email string) string {
	local, _, _ := strings.Cut(email, "@")
	return strings.ToUpper(local[:1]) + local[1:] + " Invented"
}

// WithPassword sets Password for a person, as accepting an invitation does, so that they can sign in with HTTP.
func (w *World) WithPassword(email string) {
	w.tb.Helper()
	link, err := w.People.Add(w.Operator(), people.Newcomer{Email: Address(email), Name: NameOf(Address(email))})
	w.no(err)
	if link == "" {
		return
	}
	_, token, _ := strings.Cut(link, "token=")
	w.no(w.People.Accept(w.Anonymous(), token, NameOf(Address(email)), Password))
}

// ActFor lets a person act for an organisation.
func (w *World) ActFor(email string, code ident.ODS) {
	w.tb.Helper()
	p := w.Person(email, "", access.Scope{})
	admin := w.Person("world-admin", "administrator", access.Scope{})
	w.no(w.People.Authorise(w.As(admin.Email), p.ID, code))
}

// Mails gives the mails to an address, newest first.
func (w *World) Mails(email string) []notify.Mail {
	w.tb.Helper()
	mails, err := notify.Recent(w.DB.Read, Address(email), "", 100)
	w.no(err)
	return mails
}

// Token gives the token of the link in the newest mail to an address that has one for an account.
func (w *World) Token(email string) string {
	w.tb.Helper()
	for _, m := range w.Mails(email) {
		if _, after, found := strings.Cut(m.Body, "token="); found && !strings.Contains(m.Body, "/sign?token=") && m.Stop == "" {
			token, _, _ := strings.Cut(after, "\n")
			return strings.TrimSpace(token)
		}
	}
	w.tb.Fatalf("no mail to %s has a link", email)
	return ""
}

// RoundFile is the round that Round makes: two calls, the first of them open on the day on which the clock begins.
const RoundFile = `round: AF26
title: Adoption Fund 2026 (invented)
budget: 2000000
senior_officer: senior@fund.example
notice: This round is invented.
calls:
  - theme: CAR
    title: Cardiology and cardiac surgery
    opens: 2026-09-01 12:00
    closes: 2026-10-12 12:00
    award_cap: 500000
    purpose: Digital technology that shortens the wait for planned cardiac care.
    guidance: Read the questions before you start.
    priorities:
      - {code: P1, title: Fewer outpatient appointments}
    who_may_lead: [icb, trust]
    spend_by: 2027-03-31
  - theme: GAS
    title: Gastroenterology
    opens: 2026-09-14 12:00
    closes: 2026-10-19 12:00
    award_cap: 300000
    per_lead: 1
    who_may_lead: [icb]
`

// Round makes the round of RoundFile, once, and gives it as it stands.
func (w *World) Round() fund.RoundWithCalls {
	w.tb.Helper()
	if w.round == "" {
		f, err := fund.ParseFile("round.yaml", []byte(RoundFile))
		w.no(err)
		w.no(w.Funds.Create(w.Operator(), f))
		w.round = ident.RoundRef(f.Round)
	}
	rounds, err := w.Funds.List(w.Operator())
	w.no(err)
	for _, r := range rounds {
		if r.Ref == w.round {
			return r
		}
	}
	w.tb.Fatal("the round is gone")
	return fund.RoundWithCalls{}
}

// Call gives a call of the round as it stands.
func (w *World) Call(ref ident.CallRef) fund.Call {
	w.tb.Helper()
	for _, c := range w.Round().Calls {
		if c.Ref == ref {
			return c
		}
	}
	w.tb.Fatalf("there is no call %s", ref)
	return fund.Call{}
}

// OpenCall gives the open call of the round: its opening is approved and its time has come.
func (w *World) OpenCall() fund.Call {
	w.tb.Helper()
	return w.Opened(w.Round().Calls[0].Ref)
}

// Opened approves the opening of a call, moves the clock to it if it lies ahead, and opens it.
func (w *World) Opened(ref ident.CallRef) fund.Call {
	w.tb.Helper()
	c := w.Call(ref)
	if c.State == workflow.CallDraft {
		w.Person(Senior, "senior_officer", access.Scope{})
		w.no(w.Funds.ApproveOpening(w.As(Senior), c.Ref))
		if w.Clock.Now().Before(c.OpensAt) {
			w.Clock.Set(c.OpensAt)
		}
		w.no(w.Funds.Open(w.Job(access.OpenCall), c.Ref))
		c = w.Call(ref)
	}
	return c
}

// Draft starts an application in the open call, by the applicant, for QMF.
func (w *World) Draft(title string) *application.Application {
	w.tb.Helper()
	return w.DraftIn(w.OpenCall().Ref, title)
}

// DraftIn starts an application in a call.
func (w *World) DraftIn(call ident.CallRef, title string) *application.Application {
	w.tb.Helper()
	w.ActFor(Applicant, "QMF")
	ref, err := w.Applications.Start(w.As(Applicant), application.Beginning{Call: call, Title: title, Lead: "QMF"})
	w.no(err)
	return w.Application(ref)
}

// Application reads an application as it stands.
func (w *World) Application(ref ident.Ref) *application.Application {
	w.tb.Helper()
	var a *application.Application
	w.no(w.Gate.Read(w.Operator(), func(tx *work.Tx) error {
		var err error
		a, err = application.ByRef(tx, ref)
		return err
	}))
	return a
}

// Form is the application form of an application's call.
func (w *World) Form(a *application.Application) *form.Form {
	w.tb.Helper()
	f, err := w.Library.Form(a.Call().Settings.Forms.Application)
	w.no(err)
	return f
}

// Filled answers every question of an application that is asked, with the title that it has.
func (w *World) Filled(a *application.Application) *application.Application {
	w.tb.Helper()
	f := w.Form(a)
	answers := Answers(f)
	if q := f.Role(form.RoleTitle); q != nil {
		answers[q.Code] = form.Value{Text: a.Title}
	}
	return w.Answered(a, answers)
}

// Answered saves answers, section by section, as the main contact.
func (w *World) Answered(a *application.Application, answers form.Answers) *application.Application {
	w.tb.Helper()
	ctx := w.As(w.contact(a))
	for _, sec := range w.Form(a).Sections {
		page, err := w.Applications.Open(ctx, a.Ref, sec.Path())
		w.no(err)
		typed := map[string][]string{}
		for _, q := range sec.Questions {
			if v, ok := answers[q.Code]; ok {
				maps.Copy(typed, form.Inputs(q, v))
			}
		}
		_, err = w.Applications.Save(ctx, a.Ref, sec.Path(), application.Typed{Values: typed, Version: page.Version})
		w.no(err)
	}
	return w.Application(a.Ref)
}

func (w *World) contact(a *application.Application) string {
	w.tb.Helper()
	var email string
	w.no(w.Gate.Read(w.Operator(), func(tx *work.Tx) error {
		p, err := people.ByID(tx, a.MainContact)
		if err == nil {
			email = p.Email
		}
		return err
	}))
	return email
}

// Signed has both signatories sign an application that is filled.
func (w *World) Signed(a *application.Application) *application.Application {
	w.tb.Helper()
	w.Person(SRO, "", access.Scope{})
	w.Person(Finance, "", access.Scope{})
	w.no(w.Applications.RequestSignatures(w.As(w.contact(a)), a.Ref))
	for _, email := range []string{SRO, Finance} {
		ctx := w.As(email)
		page, err := w.Applications.ToSign(ctx, a.Ref)
		w.no(err)
		w.no(w.Applications.Sign(ctx, a.Ref, NameOf(email), page.Digest))
	}
	return w.Application(a.Ref)
}

// Submitted is an application in the open call that is filled, signed and submitted.
func (w *World) Submitted(title string) *application.Application {
	w.tb.Helper()
	a := w.Signed(w.Filled(w.Draft(title)))
	w.no(w.Applications.Submit(w.As(Applicant), a.Ref))
	return w.Application(a.Ref)
}

// Closed moves the clock past the deadline of the open call and closes it: what was submitted is in screening then.
func (w *World) Closed() fund.Call {
	w.tb.Helper()
	c := w.OpenCall()
	w.Clock.Set(c.ClosesAt.Add(time.Minute))
	_, err := w.Applications.CloseDue(w.tb.Context(), time.Second)
	w.no(err)
	return w.Call(c.Ref)
}

// Write runs fn as somebody, for what has no use case of its own.
func (w *World) Write(ctx context.Context, fn func(*work.Tx) error) {
	w.tb.Helper()
	w.no(w.Gate.Write(ctx, fn))
}

// Read runs fn as the operator.
func (w *World) Read(fn func(*work.Tx) error) {
	w.tb.Helper()
	w.no(w.Gate.Read(w.Operator(), fn))
}

// Relate notes what somebody has to do with an application, as the rooms that come after do.
func (w *World) Relate(a *application.Application, person ident.Person, r application.Relation) {
	w.tb.Helper()
	w.Write(w.Operator(), func(tx *work.Tx) error {
		tx.Record(application.Event(a, "test.relate", map[string]any{"relation": r}))
		return errors.Join(tx.Require(access.LoadDemonstration, access.Scope{}), application.Relate(tx, a, person, r))
	})
}

// Contributes makes somebody a contributor to an application.
func (w *World) Contributes(email string, ref ident.Ref) {
	w.tb.Helper()
	w.Relate(w.Application(ref), w.Person(email, "", access.Scope{}).ID, application.Contributor)
}

// Unbroken fails the test unless the whole audit trail verifies.
func (w *World) Unbroken() {
	w.tb.Helper()
	w.Read(func(tx *work.Tx) error {
		f, err := tx.Verify()
		if err == nil && !f.Whole() {
			err = errors.New(f.Break)
		}
		return err
	})
}

// SetState writes a state behind the workflow's back, for tests of what is shown in it.
func (w *World) SetState(ref ident.Ref, state workflow.ApplicationState) {
	w.tb.Helper()
	w.no(w.DB.Write.Exec("UPDATE applications SET state = ? WHERE ref = ?", state, ref).Error)
}
