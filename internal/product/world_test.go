package product_test

import (
	"context"
	"testing"

	"adoptionfund/internal/db"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/dtackit"
	"adoptionfund/internal/work"
)

// world is the small world of products, in the short words of these tests.
type world struct {
	kit       *dtackit.World
	t         *testing.T
	gate      *work.Gate
	db        *db.DB
	clock     *testkit.Clock
	library   *fund.Library
	products  *product.Service
	positions *position.Service
	round     ident.Round
	calls     map[string]ident.Call // by theme
	people    map[string]ident.Person
}

func newWorld(t *testing.T) *world {
	t.Helper()
	k := dtackit.New(t)
	return &world{k, t, k.Gate, k.DB, k.Clock, k.Library, k.Products, k.Positions, k.Round, k.Calls, k.People}
}

func (w *world) must(err error)                  { w.t.Helper(); w.kit.Must(err) }
func (w *world) want(err error, kind fault.Kind) { w.t.Helper(); w.kit.Want(err, kind) }
func (w *world) operator() context.Context       { return w.kit.Operator() }

func (w *world) as(name string, roles ...string) context.Context {
	return w.kit.As(name, roles...)
}
func (w *world) fundManager(name string) context.Context            { return w.kit.FundManager(name) }
func (w *world) supplied(name string) ident.Product                 { return w.kit.Supplied(name) }
func (w *world) statuses(theme string) map[ident.Application]string { return w.kit.Statuses(theme) }
func (w *world) provisional(id ident.Application) status.Status     { return w.kit.Provisional(id) }
func (w *world) verify()                                            { w.t.Helper(); w.kit.Verify() }

func (w *world) application(theme string, names ...string) ident.Application {
	return w.kit.Application(theme, names...)
}

func (w *world) name(id ident.Application, theme string, names ...string) {
	w.kit.Name(id, theme, names...)
}

func (w *world) sent(name, example string) (ident.Product, status.Return, *form.Form) {
	return w.kit.Sent(name, example)
}
