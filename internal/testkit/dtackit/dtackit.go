// Package dtackit is a small world of products: a round with two calls, invented people who act, suppliers who send returns, and the DTAC
// use cases on a real database.
package dtackit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/access"
	"adoptionfund/internal/db"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// World is a round with two calls, people who act, and the use cases of products and positions.
type World struct {
	TB        testing.TB
	Gate      *work.Gate
	DB        *db.DB
	Clock     *testkit.Clock
	Library   *fund.Library
	Products  *product.Service
	Positions *position.Service
	Round     ident.Round
	Calls     map[string]ident.Call // by theme
	People    map[string]ident.Person

	n int
}

// New makes the world. It is the morning of 23 November 2026.
func New(tb testing.TB) *World {
	tb.Helper()
	gate, d, clock := testkit.Gate(tb)
	library, err := fund.NewLibrary(configs.FS)
	if err != nil {
		tb.Fatal(err)
	}
	store, err := files.Open(files.Options{Address: "file://" + tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	clock.Set(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	positions, err := position.NewService(gate, library)
	if err != nil {
		tb.Fatal(err)
	}
	w := &World{
		TB: tb, Gate: gate, DB: d, Clock: clock, Library: library, Products: product.NewService(gate, library, store), Positions: positions,
		Calls: map[string]ident.Call{}, People: map[string]ident.Person{},
	}
	w.fund()
	return w
}

// fund makes round AF26 with the calls CAR and GAS.
func (w *World) fund() {
	w.TB.Helper()
	f := fund.File{Round: "AF26", Title: "Invented round", Budget: 6_500_000, SeniorOfficer: "senior@demo.example"}
	for _, theme := range []string{"CAR", "GAS"} {
		cf := fund.CallFile{Theme: theme, Title: "Invented call " + theme, Opens: "2026-09-01", Closes: "2026-10-12"}
		cf.DTAC = fund.DTAC{LatestAction: "2026-12-31", NeverDefer: []string{"C1.2.5"}}
		f.Calls = append(f.Calls, cf)
	}
	w.Must(fund.NewService(w.Gate, configs.FS).Create(w.Operator(), f))
	w.Must(w.Gate.Read(w.Operator(), func(tx *work.Tx) error {
		calls, err := fund.Calls(tx)
		for _, c := range calls {
			w.Calls[c.Theme], w.Round = c.ID, c.RoundID
		}
		return err
	}))
}

// Must stops the test on an error.
func (w *World) Must(err error) {
	w.TB.Helper()
	if err != nil {
		w.TB.Fatal(err)
	}
}

// Want checks the kind of a fault.
func (w *World) Want(err error, kind fault.Kind) {
	w.TB.Helper()
	if !fault.Is(err, kind) {
		w.TB.Errorf("got %v, want a fault of kind %d", err, kind)
	}
}

// Operator is the principal of commands.
func (w *World) Operator() context.Context {
	return access.With(context.Background(), access.Operator("test"))
}

// As is a person of that name; roles are held in the round, those that come with an event in the whole fund.
func (w *World) As(name string, roles ...string) context.Context {
	w.TB.Helper()
	if w.People[name] == "" {
		id := ident.New[ident.Person]()
		w.People[name] = id
		w.Must(w.DB.Write.Create(&people.Person{ID: id, Email: string(id) + "@demo.example", Name: name, CreatedAt: w.Clock.Now(), Version: 1}).Error)
	}
	p := access.Principal{ID: w.People[name], Kind: access.Person, Name: name, Email: name + "@demo.example"}
	for _, r := range roles {
		scope := access.Scope{Round: w.Round}
		if r == "supplier" || r == "applicant" {
			scope = access.Scope{}
		}
		p.Grants = append(p.Grants, access.Grant{Role: r, Scope: scope})
	}
	return access.With(context.Background(), p)
}

// Exec runs a statement beside the use cases.
func (w *World) Exec(sql string, args ...any) {
	w.TB.Helper()
	w.Must(w.DB.Write.Exec(sql, args...).Error)
}

// Application makes a submitted application in a call, and names products in it.
func (w *World) Application(theme string, names ...string) ident.Application {
	w.TB.Helper()
	w.n++
	id := ident.New[ident.Application]()
	w.Exec(`INSERT INTO applications (id, ref, round_id, call_id, theme, title, lead, lead_name, lead_kind, region, ics, recipient, requested, minimum,
		state, state_at, main_contact, created_at, version) VALUES (?, ?, ?, ?, ?, 'Invented', 'QMF', 'Invented ICB', 'icb', 'London', 'QMF', 'Invented ICB', 100, 100, ?, ?, ?, ?, 1)`,
		id, fmt.Sprintf("AF26-%04d", w.n), w.Round, w.Calls[theme], theme, workflow.Screening, w.Clock.Now(), ident.New[ident.Person](), w.Clock.Now())
	w.Name(id, theme, names...)
	return id
}

// Name lets an application name products, in place of those it named before.
func (w *World) Name(id ident.Application, theme string, names ...string) {
	w.TB.Helper()
	f, err := w.Library.Form("application-1")
	w.Must(err)
	var v form.Value
	for _, n := range names {
		v.Rows = append(v.Rows, form.Row{"name": {Text: n}, "supplier": {Text: "Example Ltd"}, "version": {Text: "2.1"}})
	}
	w.Must(w.Gate.Write(w.Operator(), func(tx *work.Tx) error {
		if err := tx.Require(access.LoadDemonstration, access.Facts{}); err != nil {
			return err
		}
		return product.FromAnswers(tx, product.Use{Application: id, Round: w.Round, Call: w.Calls[theme]}, f, form.Answers{"PR1": v})
	}))
}

// Supplied is a product whose claim by "supplier" is confirmed.
func (w *World) Supplied(name string) ident.Product {
	w.TB.Helper()
	id, err := w.Products.Claim(w.As("supplier"), product.Named{Name: name, Supplier: "Example Ltd", Version: "2.1"})
	w.Must(err)
	w.Must(w.Products.ConfirmClaim(w.FundManager("admin"), id, w.People["supplier"]))
	return id
}

// FundManager is somebody who manages the whole fund.
func (w *World) FundManager(name string) context.Context {
	w.As(name)
	return access.With(context.Background(), access.Principal{ID: w.People[name], Kind: access.Person, Name: name, Grants: []access.Grant{{Role: "administrator"}}})
}

// Example reads one of the whole returns beside the rules of the status.
func (w *World) Example(name string) ([]byte, status.Return, *form.Form) {
	w.TB.Helper()
	data, err := os.ReadFile(filepath.Join(root(), "dtac", "status", "testdata", name+".yaml"))
	w.Must(err)
	f, err := w.Library.Form("dtac-v2")
	w.Must(err)
	r, err := status.ParseReturn(f, name+".yaml", data)
	w.Must(err)
	return data, r, f
}

// Sent is a product of which an example was uploaded and sent.
func (w *World) Sent(name, example string) (ident.Product, status.Return, *form.Form) {
	w.TB.Helper()
	id := w.Supplied(name)
	data, r, f := w.Example(example)
	supplier := w.As("supplier", "supplier")
	w.Must(w.Products.UploadReturn(supplier, id, "dtac-v2", example+".yaml", data))
	w.Must(w.Products.Submit(supplier, id, "dtac-v2"))
	return id, r, f
}

// Statuses gives the DTAC statuses of the applications of a call.
func (w *World) Statuses(theme string) map[ident.Application]string {
	w.TB.Helper()
	var found map[ident.Application]string
	w.Must(w.Gate.Read(w.Operator(), func(tx *work.Tx) error {
		var err error
		found, err = product.Statuses(tx, w.Calls[theme])
		return err
	}))
	return found
}

// Provisional gives the provisional status of an application.
func (w *World) Provisional(id ident.Application) status.Status {
	w.TB.Helper()
	var found status.Status
	w.Must(w.Gate.Read(w.Operator(), func(tx *work.Tx) error {
		var err error
		found, err = product.Provisional(tx, id)
		return err
	}))
	return found
}

// Verify walks the audit trail and the digests of protected rows.
func (w *World) Verify() {
	w.TB.Helper()
	w.Must(w.Gate.Read(w.Operator(), func(tx *work.Tx) error {
		f, err := tx.Verify()
		if err == nil && !f.Whole() {
			w.TB.Errorf("the audit trail: %+v", f)
		}
		return err
	}))
}

// root is the folder of the rooms, wherever the test that asks runs.
func root() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "..", "..")
}

// Granted lets a person hold a role in the round, as those are found who are told of something.
func (w *World) Granted(name, role string) {
	w.TB.Helper()
	w.As(name)
	w.Exec("UPDATE persons SET confirmed_at = ? WHERE id = ?", w.Clock.Now(), w.People[name])
	g := &people.Grant{ID: ident.New[string](), Person: w.People[name], Role: role, RoundID: w.Round, GrantedBy: "test", GrantedAt: w.Clock.Now()}
	w.Must(w.DB.Write.Create(g).Error)
}

// Mailed counts the mails of a kind to a person.
func (w *World) Mailed(name, kind string) int {
	w.TB.Helper()
	var n int64
	w.Must(w.DB.Read.Table("mails").Where("kind = ? AND person = ?", kind, w.People[name]).Count(&n).Error)
	return int(n)
}

// Trail counts what the audit trail has of a verb about a product.
func (w *World) Trail(verb string, id ident.Product) int {
	w.TB.Helper()
	var n int64
	w.Must(w.DB.Read.Table("audit_events").Where("verb = ? AND subject = ?", verb, string(id)).Count(&n).Error)
	return int(n)
}

// SecondLook has a call ask for a second look at positions.
func (w *World) SecondLook(theme string) {
	w.TB.Helper()
	var c fund.Call
	w.Must(w.DB.Read.Where("id = ?", w.Calls[theme]).Take(&c).Error)
	c.Settings.DTAC.SecondLook = true
	w.Exec("UPDATE calls SET settings = ? WHERE id = ?", c.Settings, c.ID)
}

// Choose notes which of its products an application's award rests on.
func (w *World) Choose(app ident.Application, id ident.Product) {
	w.TB.Helper()
	w.Must(w.Gate.Write(w.Operator(), func(tx *work.Tx) error {
		if err := tx.Require(access.LoadDemonstration, access.Facts{}); err != nil {
			return err
		}
		return product.Choose(tx, app, id)
	}))
}

// UUID is the type of an id in the database.
func (w *World) UUID() string {
	if w.DB.Dialect == db.Postgres {
		return "uuid"
	}
	return "text"
}
