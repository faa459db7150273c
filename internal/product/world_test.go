package product_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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
	"adoptionfund/internal/product"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// world is a round with two calls, people who act, and the use cases of products.
type world struct {
	t        *testing.T
	gate     *work.Gate
	db       *db.DB
	clock    *testkit.Clock
	library  *fund.Library
	products *product.Service
	round    ident.Round
	calls    map[string]ident.Call // by theme
	people   map[string]ident.Person
	n        int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	gate, d, clock := testkit.Gate(t)
	library, err := fund.NewLibrary(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	store, err := files.Open(files.Options{Address: "file://" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	clock.Set(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC))
	w := &world{t: t, gate: gate, db: d, clock: clock, library: library, products: product.NewService(gate, library, store), calls: map[string]ident.Call{}, people: map[string]ident.Person{}}
	w.fund()
	return w
}

// fund makes round AF26 with the calls CAR and GAS.
func (w *world) fund() {
	w.t.Helper()
	f := fund.File{Round: "AF26", Title: "Invented round", Budget: 6_500_000, SeniorOfficer: "senior@demo.example"}
	for _, theme := range []string{"CAR", "GAS"} {
		cf := fund.CallFile{Theme: theme, Title: "Invented call " + theme, Opens: "2026-09-01", Closes: "2026-10-12"}
		cf.DTAC = fund.DTAC{LatestAction: "2026-12-31", NeverDefer: []string{"C1.2.5"}}
		f.Calls = append(f.Calls, cf)
	}
	w.must(fund.NewService(w.gate, configs.FS).Create(w.operator(), f))
	w.must(w.gate.Read(w.operator(), func(tx *work.Tx) error {
		calls, err := fund.Calls(tx)
		for _, c := range calls {
			w.calls[c.Theme], w.round = c.ID, c.RoundID
		}
		return err
	}))
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

// as is a person of that name; roles are held in the round, those that come with an event in the whole fund.
func (w *world) as(name string, roles ...string) context.Context {
	w.t.Helper()
	if w.people[name] == "" {
		id := ident.New[ident.Person]()
		w.people[name] = id
		w.must(w.db.Write.Create(&people.Person{ID: id, Email: string(id) + "@demo.example", Name: name, CreatedAt: w.clock.Now(), Version: 1}).Error)
	}
	p := access.Principal{ID: w.people[name], Kind: access.Person, Name: name, Email: name + "@demo.example"}
	for _, r := range roles {
		scope := access.Scope{Round: w.round}
		if r == "supplier" || r == "applicant" {
			scope = access.Scope{}
		}
		p.Grants = append(p.Grants, access.Grant{Role: r, Scope: scope})
	}
	return access.With(context.Background(), p)
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	w.must(w.db.Write.Exec(sql, args...).Error)
}

// application makes a submitted application in a call, and names products in it.
func (w *world) application(theme string, names ...string) ident.Application {
	w.t.Helper()
	w.n++
	id := ident.New[ident.Application]()
	w.exec(`INSERT INTO applications (id, ref, round_id, call_id, theme, title, lead, lead_name, lead_kind, region, ics, recipient, requested, minimum,
		state, state_at, main_contact, created_at, version) VALUES (?, ?, ?, ?, ?, 'Invented', 'QMF', 'Invented ICB', 'icb', 'London', 'QMF', 'Invented ICB', 100, 100, ?, ?, ?, ?, 1)`,
		id, fmt.Sprintf("AF26-%04d", w.n), w.round, w.calls[theme], theme, workflow.Screening, w.clock.Now(), ident.New[ident.Person](), w.clock.Now())
	w.name(id, theme, names...)
	return id
}

// name lets an application name products, in place of those it named before.
func (w *world) name(id ident.Application, theme string, names ...string) {
	w.t.Helper()
	f, err := w.library.Form("application-1")
	w.must(err)
	var v form.Value
	for _, n := range names {
		v.Rows = append(v.Rows, form.Row{"name": {Text: n}, "supplier": {Text: "Example Ltd"}, "version": {Text: "2.1"}})
	}
	w.must(w.gate.Write(w.operator(), func(tx *work.Tx) error {
		if err := tx.Require(access.LoadDemonstration, access.Facts{}); err != nil {
			return err
		}
		return product.FromAnswers(tx, product.Use{Application: id, Round: w.round, Call: w.calls[theme]}, f, form.Answers{"PR1": v})
	}))
}

// supplied is a product whose claim by "supplier" is confirmed.
func (w *world) supplied(name string) ident.Product {
	w.t.Helper()
	id, err := w.products.Claim(w.as("supplier"), product.Named{Name: name, Supplier: "Example Ltd", Version: "2.1"})
	w.must(err)
	w.must(w.products.ConfirmClaim(w.fundManager("admin"), id, w.people["supplier"]))
	return id
}

// fundManager is somebody who manages the whole fund.
func (w *world) fundManager(name string) context.Context {
	w.as(name)
	return access.With(context.Background(), access.Principal{ID: w.people[name], Kind: access.Person, Name: name, Grants: []access.Grant{{Role: "administrator"}}})
}

// example reads one of the whole returns beside the rules of the status.
func (w *world) example(name string) ([]byte, status.Return, *form.Form) {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "dtac", "status", "testdata", name+".yaml"))
	w.must(err)
	f, err := w.library.Form("dtac-v2")
	w.must(err)
	r, err := status.ParseReturn(f, name+".yaml", data)
	w.must(err)
	return data, r, f
}

// sent is a product of which an example was uploaded and sent.
func (w *world) sent(name, example string) (ident.Product, status.Return, *form.Form) {
	w.t.Helper()
	id := w.supplied(name)
	data, r, f := w.example(example)
	supplier := w.as("supplier", "supplier")
	w.must(w.products.UploadReturn(supplier, id, "dtac-v2", example+".yaml", data))
	w.must(w.products.Submit(supplier, id, "dtac-v2"))
	return id, r, f
}

func (w *world) statuses(theme string) map[ident.Application]string {
	w.t.Helper()
	var found map[ident.Application]string
	w.must(w.gate.Read(w.operator(), func(tx *work.Tx) error {
		var err error
		found, err = product.Statuses(tx, w.calls[theme])
		return err
	}))
	return found
}

func (w *world) provisional(id ident.Application) status.Status {
	w.t.Helper()
	var found status.Status
	w.must(w.gate.Read(w.operator(), func(tx *work.Tx) error {
		var err error
		found, err = product.Provisional(tx, id)
		return err
	}))
	return found
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
