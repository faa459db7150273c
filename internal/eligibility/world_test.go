package eligibility_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/db"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// world is a call that has closed, with applications in screening and people who check them.
type world struct {
	t       *testing.T
	gate    *work.Gate
	db      *db.DB
	clock   *testkit.Clock
	library *fund.Library
	checks  *eligibility.Service
	others  *otherfunding.Service
	round   ident.Round
	call    ident.Call
	people  map[string]ident.Person
	n       int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	gate, d, clock := testkit.Gate(t)
	library, err := fund.NewLibrary(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	clock.Set(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	applications := application.NewService(gate, library, nil, nil, "Adoption Fund")
	w := &world{t: t, gate: gate, db: d, clock: clock, library: library, checks: eligibility.NewService(gate, applications), others: otherfunding.NewService(gate, applications), people: map[string]ident.Person{}}
	f := fund.File{Round: "AF26", Title: "Invented round", Budget: 6_500_000, SeniorOfficer: "senior@demo.example"}
	f.Calls = []fund.CallFile{{Theme: "CAR", Title: "Invented call", Opens: "2026-09-01", Closes: "2026-10-12"}}
	f.Calls[0].SpendBy = "2027-03-31"
	w.must(fund.NewService(gate, configs.FS).Create(w.operator(), f))
	w.must(gate.Read(w.operator(), func(tx *work.Tx) error {
		calls, err := fund.Calls(tx)
		w.call, w.round = calls[0].ID, calls[0].RoundID
		return err
	}))
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// want checks the kind of a fault.
func (w *world) want(err error, kind fault.Kind) {
	w.t.Helper()
	if !fault.Is(err, kind) {
		w.t.Errorf("got %v, want a fault of kind %d", err, kind)
	}
}

func (w *world) operator() context.Context {
	return access.With(context.Background(), access.Operator("test"))
}

// as is a person of that name. Roles are held in the call; those that come with an event in the whole fund.
func (w *world) as(name string, roles ...string) context.Context {
	w.t.Helper()
	if w.people[name] == "" {
		id := ident.New[ident.Person]()
		w.people[name] = id
		now := w.clock.Now()
		w.must(w.db.Write.Create(&people.Person{ID: id, Email: string(id) + "@demo.example", Name: name, CreatedAt: now, ConfirmedAt: &now, Version: 1}).Error)
	}
	p := access.Principal{ID: w.people[name], Kind: access.Person, Name: name}
	for _, r := range roles {
		scope := access.Scope{Round: w.round, Call: w.call}
		switch r {
		case "applicant":
			scope = access.Scope{}
		case "administrator", "auditor":
			scope = access.Scope{Round: w.round}
		}
		p.Grants = append(p.Grants, access.Grant{Role: r, Scope: scope})
	}
	return access.With(context.Background(), p)
}

func (w *world) officer() context.Context { return w.as("first officer", "screening_officer") }

func (w *world) second() context.Context { return w.as("second officer", "screening_officer") }

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	w.must(w.db.Write.Exec(sql, args...).Error)
}

// submitted makes an application that is in screening, by an applicant "applicant".
func (w *world) submitted(answers form.Answers) ident.Ref {
	w.t.Helper()
	w.as("applicant")
	w.n++
	id, sub, now := ident.New[ident.Application](), ident.New[ident.Submission](), w.clock.Now()
	ref := ident.Ref(fmt.Sprintf("AF26-%04d", w.n))
	w.exec(`INSERT INTO applications (id, ref, round_id, call_id, theme, title, lead, lead_name, lead_kind, region, ics, recipient, requested, minimum,
		state, state_at, main_contact, submission_id, submitted_at, created_at, version) VALUES (?, ?, ?, ?, 'CAR', 'Invented', 'QMF', 'Invented ICB', 'icb', 'London', 'QMF',
		'Invented ICB', 100000, 100000, ?, ?, ?, ?, ?, ?, 1)`, id, ref, w.round, w.call, workflow.Screening, now, w.people["applicant"], sub, now, now)
	w.relate(id, "applicant", "main_contact")
	text, err := json.Marshal(map[string]any{"form": "application-1", "answers": answers, "files": []map[string]any{{"id": "file-1", "name": "evidence.pdf"}}})
	w.must(err)
	f, err := w.library.Form("application-1")
	w.must(err)
	w.must(w.gate.Write(w.operator(), func(tx *work.Tx) error {
		if err := tx.Require(access.LoadDemonstration, access.Facts{}); err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: "submission.keep", Kind: "application", Subject: string(id), Guards: []audit.Row{{Table: "submissions", Key: string(sub)}}})
		err := work.Add(tx, &application.Submission{
			ID: sub, ApplicationID: id, Number: 1, Snapshot: string(text), Digest: audit.Digest(text), SubmittedBy: w.people["applicant"], ArrivedAt: now,
		})
		if err != nil {
			return err
		}
		return product.FromAnswers(tx, product.Use{Application: id, Round: w.round, Call: w.call}, f, answers)
	}))
	return ref
}

func (w *world) relate(id ident.Application, name, relation string) {
	w.t.Helper()
	w.exec("INSERT INTO application_people (application_id, person, relation, sections, since) VALUES (?, ?, ?, '', ?)", id, w.people[name], relation, w.clock.Now())
}

func (w *world) id(ref ident.Ref) ident.Application { return w.application(ref).ID }

func (w *world) application(ref ident.Ref) *application.Application {
	w.t.Helper()
	var a *application.Application
	w.must(w.gate.Read(w.operator(), func(tx *work.Tx) error {
		var err error
		a, err = application.ByRef(tx, ref)
		return err
	}))
	return a
}

func (w *world) state(ref ident.Ref, want workflow.ApplicationState) {
	w.t.Helper()
	if got := w.application(ref).State; got != want {
		w.t.Errorf("%s is %s, want %s", ref, got, want)
	}
}

// all are verdicts on all four criteria: pass, but for those named.
func all(but ...eligibility.Verdict) []eligibility.Verdict {
	var list []eligibility.Verdict
	for _, c := range rules.Criteria() {
		v := eligibility.Verdict{Criterion: c, Decision: eligibility.Pass, Reason: "The answers show it"}
		for _, b := range but {
			if b.Criterion == c {
				v = b
			}
		}
		list = append(list, v)
	}
	return list
}

func failing(criterion string) eligibility.Verdict {
	return eligibility.Verdict{Criterion: criterion, Decision: eligibility.Fail, Reason: "It is used nowhere in the NHS"}
}

// verify walks the audit trail and the digests of protected rows.
func (w *world) verify() {
	w.t.Helper()
	w.must(w.gate.Read(w.operator(), func(tx *work.Tx) error {
		f, err := tx.Verify()
		if err == nil && !f.Whole() {
			w.t.Errorf("the audit trail: %+v", f)
		}
		return err
	}))
}

func (w *world) mails(kind string) int64 {
	w.t.Helper()
	var n int64
	w.must(w.db.Read.Raw("SELECT count(*) FROM mails WHERE kind = ?", kind).Scan(&n).Error)
	return n
}
