package product_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// space is a product's return on version 2 as its supplier sees it.
func (w *world) space(id ident.Product) product.Space {
	w.t.Helper()
	sp, err := w.products.Show(w.as("supplier", "supplier"), id, "dtac-v2", "")
	w.must(err)
	return sp
}

// trail counts what the audit trail has of a verb about a product.
func (w *world) trail(verb string, id ident.Product) int {
	w.t.Helper()
	var n int64
	w.must(w.db.Read.Table("audit_events").Where("verb = ? AND subject = ?", verb, string(id)).Count(&n).Error)
	return int(n)
}

func TestAReturnServesOtherApplicationsOnlyWithItsSuppliersPermission(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	early := w.application("CAR", "Monitor")
	id, r, _ := w.sent("Monitor", "v2-compliant")
	late := w.application("GAS", "Monitor")
	_, err := w.positions.AssessAndRecord(w.as("dtac", "dtac_assessor"), id, "", r.Assessments)
	w.must(err)
	if e, l := w.provisional(early), w.provisional(late); e != status.Compliant || l != status.Incomplete {
		t.Errorf("before: %s, %s", e, l)
	}
	if e, l := w.statuses("CAR")[early], w.statuses("GAS")[late]; e != "compliant" || l != "not_assessed" {
		t.Errorf("positions before: %s, %s", e, l)
	}
	w.want(w.products.PermitReuse(w.as("rival", "supplier"), id, true), fault.NotFound)
	supplier := w.as("supplier", "supplier")
	w.must(w.products.PermitReuse(supplier, id, true))
	w.must(w.products.PermitReuse(supplier, id, true)) // the same again
	if l, s := w.provisional(late), w.statuses("GAS")[late]; l != status.Compliant || s != "compliant" {
		t.Errorf("permitted: %s, %s", l, s)
	}
	w.must(w.products.PermitReuse(supplier, id, false))
	later := w.application("GAS", "Monitor")
	if l, n := w.provisional(late), w.provisional(later); l != status.Compliant || n != status.Incomplete {
		t.Errorf("withdrawn: %s for who relied on it, %s for who comes later", l, n)
	}
	if n := w.trail("dtac.permit_reuse", id); n != 2 {
		t.Errorf("%d events", n)
	}
	w.verify()
}

func TestTheFirstApplicationThatNamesAProductReliesOnTheReturnThatWasSentBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.sent("Monitor", "v2-compliant")
	first, second := w.application("CAR", "Monitor"), w.application("CAR", "Monitor")
	if a, b := w.provisional(first), w.provisional(second); a != status.Compliant || b != status.Incomplete {
		t.Errorf("%s, %s", a, b)
	}
	w.name(first, "CAR", "Monitor") // submitted again
	if a := w.provisional(first); a != status.Compliant {
		t.Errorf("submitted again: %s", a)
	}
}

func TestANewVersionCarriesTheReturnAndOnlyAffectedEvidenceIsOutOfDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, _, _ := w.sent("Monitor", "v2-compliant")
	supplier := w.as("supplier", "supplier")
	before := w.space(old)
	rel, err := w.products.Releasing(supplier, old)
	w.must(err)
	if len(rel.Pieces) == 0 {
		t.Fatal("the example has no version-bound evidence")
	}
	minor, err := w.products.DeclareRelease(supplier, old, product.Release{Version: "2.2", Seen: rel.Seen})
	w.must(err)
	sp := w.space(minor)
	if sp.Result.Provisional != status.Compliant || !cmp.Equal(sp.Return.Body.UnaffectedSince, before.Return.Body.UnaffectedSince) || sp.Return.IsSent() || sp.Return.Body.Answers["A3"].Text != "2.2" {
		t.Errorf("nothing affected: %s %v %v", sp.Result.Provisional, sp.Return.Body.UnaffectedSince, sp.Return.Body.Answers["A3"])
	}
	w.must(w.products.Submit(supplier, minor, "dtac-v2"))
	major, err := w.products.DeclareRelease(supplier, old, product.Release{Version: "3.0", Affected: []string{rel.Pieces[0].Key()}, Seen: rel.Seen})
	w.must(err)
	sp = w.space(major)
	for _, i := range sp.Result.Items {
		was, _ := before.Result.Item(i.Question)
		if i.Question == rel.Pieces[0].Evidence.Question {
			was.Mechanical = status.Stale
		}
		if i.Mechanical != was.Mechanical {
			t.Errorf("%s is %s, want %s", i.Question, i.Mechanical, was.Mechanical)
		}
	}
	if !cmp.Equal(sp.Return.Body.Plan, before.Return.Body.Plan) || len(sp.Return.Body.Evidence) != len(before.Return.Body.Evidence) {
		t.Error("plan or evidence is lost")
	}
	if after := w.space(old); !cmp.Equal(after.Return, before.Return) || !cmp.Equal(after.Result, before.Result) {
		t.Error("the version before changed")
	}
	if n := w.trail("dtac.declare_release", old); n != 2 {
		t.Errorf("%d events", n)
	}
	w.verify()
}

func TestANewVersionThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old, _, _ := w.sent("Monitor", "v2-compliant")
	supplier := w.as("supplier", "supplier")
	rel, err := w.products.Releasing(supplier, old)
	w.must(err)
	declare := func(ctx context.Context, in product.Release) error {
		_, err := w.products.DeclareRelease(ctx, old, in)
		return err
	}
	w.want(declare(supplier, product.Release{Version: "v2.1", Seen: rel.Seen}), fault.Invalid)
	w.want(declare(supplier, product.Release{Version: " ", Seen: rel.Seen}), fault.Invalid)
	w.want(declare(supplier, product.Release{Version: "3.0", Seen: rel.Seen, Affected: []string{"dtac-v2/99"}}), fault.Invalid)
	w.want(declare(supplier, product.Release{Version: "3.0", Seen: rel.Seen - 1}), fault.Conflict)
	w.want(declare(w.as("rival", "supplier"), product.Release{Version: "3.0", Seen: rel.Seen}), fault.NotFound)
	w.must(declare(supplier, product.Release{Version: "3.0", Seen: rel.Seen}))
	w.want(declare(supplier, product.Release{Version: "3.0", Seen: rel.Seen}), fault.Invalid) // it has a return already
}

func TestTwoRecordsOfOneProductBecomeOneAndNothingIsLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	both, one := w.application("CAR", "Monitor", "The Monitor"), w.application("GAS", "The Monitor")
	other, r, _ := w.sent("The Monitor", "v2-compliant")
	kept := w.supplied("Monitor")
	supplier := w.as("supplier", "supplier")
	position, err := w.positions.AssessAndRecord(w.as("dtac", "dtac_assessor"), other, "", r.Assessments)
	w.must(err)
	_, err = w.products.SaveSection(supplier, kept, "dtac-v2", "a", product.Typed{Values: map[string][]string{"A5": {"Tamsin Vale"}}})
	w.must(err)
	_, err = w.products.Claim(w.as("colleague"), product.Named{Name: "The Monitor", Supplier: "Example Ltd", Version: "2.1"})
	w.must(err)

	w.must(w.merge(supplier, kept, other))
	sp := w.space(kept)
	if sp.Return.Body.Answers["A5"].Text != "Tamsin Vale" || sp.Result.Provisional != status.Compliant || len(sp.Return.Body.Evidence) != len(r.Evidence) {
		t.Errorf("%v, %s, %d pieces of evidence", sp.Return.Body.Answers["A5"], sp.Result.Provisional, len(sp.Return.Body.Evidence))
	}
	if sp.Position == nil || sp.Position.ID != position.ID {
		t.Error("the position did not follow")
	}
	if a, b := w.statuses("CAR")[both], w.statuses("GAS")[one]; a != "compliant" || b != "compliant" {
		t.Errorf("%s, %s", a, b)
	}
	w.name(one, "GAS", "The Monitor") // as the application writes it still
	if s := w.statuses("GAS")[one]; s != "compliant" {
		t.Error("named again as before:", s)
	}
	waiting, err := w.products.Claims(w.fundManager("admin"))
	w.must(err)
	if !slices.ContainsFunc(waiting, func(c product.Waiting) bool { return c.ProductID == kept && c.Person == w.people["colleague"] }) {
		t.Error("the claim that waits did not follow")
	}
	own, err := w.products.Mine(supplier)
	w.must(err)
	if len(own) != 1 || own[0].ID != kept || own[0].Calls != 2 {
		t.Errorf("%+v", own)
	}
	if w.trail("product.merge", kept) != 1 || w.trail("product.merge", other) != 1 {
		t.Error("the trail does not name both")
	}
	w.verify()
}

func TestTheAnswersOfTheRecordThatIsKeptStand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kept, _, _ := w.sent("Monitor", "v2-on-the-way")
	other, _, _ := w.sent("The Monitor", "v2-compliant")
	before, more := w.space(kept), w.space(other)
	w.must(w.merge(w.as("supplier", "supplier"), kept, other))
	after := w.space(kept)
	for code, v := range more.Return.Body.Answers {
		if own := before.Return.Body.Answers[code]; !own.Blank() {
			v = own
		}
		if !cmp.Equal(after.Return.Body.Answers[code], v, cmp.AllowUnexported(form.Value{})) {
			t.Errorf("%s is %v, want %v", code, after.Return.Body.Answers[code], v)
		}
	}
	if after.Return.SentDigest != before.Return.SentDigest || len(after.Return.Body.Evidence) < len(more.Return.Body.Evidence) {
		t.Error("what was sent changed, or evidence is lost")
	}
}

func TestOnlyWhoActsForBothRecordsMergesThemAndOnlyOfOneVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kept, supplier := w.supplied("Monitor"), w.as("supplier", "supplier")
	foreign, err := w.products.Claim(w.as("rival"), product.Named{Name: "Board", Supplier: "Rival Ltd", Version: "2.1"})
	w.must(err)
	next, err := w.products.DeclareRelease(supplier, kept, product.Release{Version: "3.0"})
	w.must(err)
	for _, other := range []ident.Product{foreign, next, kept, "", ident.New[ident.Product]()} {
		w.want(w.merge(supplier, kept, other), fault.Invalid)
	}
	w.want(w.merge(w.as("rival", "supplier"), kept, foreign), fault.NotFound)
	again := w.supplied("The Monitor")
	w.must(w.merge(supplier, kept, again))
	w.want(w.merge(supplier, kept, again), fault.Invalid)
}

// merge looks at two records and merges them.
func (w *world) merge(ctx context.Context, kept, other ident.Product) error {
	w.t.Helper()
	p, err := w.products.Pair(ctx, kept, other)
	if err != nil {
		return err
	}
	return w.products.Merge(ctx, kept, other, p.Seen)
}

func TestWhatChangedSinceBothRecordsWereLookedAtIsLookedAtAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kept, other := w.supplied("CardioWatch"), w.supplied("Cardio Watch")
	supplier := w.as("supplier", "supplier")
	answer := func(id ident.Product, value string) {
		_, err := w.products.SaveSection(supplier, id, "", "c1", product.Typed{Values: map[string][]string{"C1.1.1": {value}}, Revision: 0})
		w.must(err)
	}
	answer(kept, "yes")
	answer(other, "no")
	p, err := w.products.Pair(supplier, kept, other)
	if err != nil || len(p.Sides) != 1 || !slices.Contains(p.Sides[0].Differs, "C1.1.1") {
		t.Fatalf("%+v, %v", p, err)
	}
	w.must(w.products.AddPlan(supplier, other, "", status.Planned{Question: "C3.1", Action: status.Action{What: "Renew", Owner: "CTO", Due: "2026-12-15"}}))
	w.want(w.products.Merge(supplier, kept, other, p.Seen), fault.Conflict)
	w.must(w.merge(supplier, kept, other))
	if sp := w.space(kept); len(sp.Return.Body.Plan) != 1 || sp.Return.Body.Answers["C1.1.1"].Text != "yes" && !slices.Contains(sp.Return.Body.Answers["C1.1.1"].Choices, "yes") {
		t.Errorf("%+v", sp.Return.Body)
	}
	w.verify()
}

func TestWhatWasFilledInCountsForItsApplicationAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.application("CAR", "Monitor"), w.application("CAR", "Monitor")
	w.as("main contact")
	w.kit.Exec("UPDATE applications SET main_contact = ? WHERE id = ?", w.people["main contact"], one)
	contact := w.as("main contact", "applicant")
	var filled ident.Product
	fill := func(ctx context.Context, app ident.Application) error {
		return w.gate.Write(ctx, func(tx *work.Tx) error {
			var err error
			filled, err = product.Fill(tx, product.Use{Application: app, Round: w.round, Call: w.calls["CAR"]}, product.Named{Name: "Monitor", Supplier: "Example Ltd", Version: "2.1"})
			return err
		})
	}
	w.want(fill(contact, two), fault.NotFound)
	w.must(fill(contact, one))
	data, r, _ := w.kit.Example("v2-compliant")
	w.must(w.products.UploadReturn(contact, filled, "dtac-v2", "return.yaml", data))
	w.must(w.products.Submit(contact, filled, "dtac-v2"))
	if a, b := w.provisional(one), w.provisional(two); a != status.Compliant || b != status.Incomplete {
		t.Errorf("provisional: %s, %s", a, b)
	}
	_, err := w.positions.AssessAndRecord(w.as("dtac", "dtac_assessor"), filled, "", r.Assessments)
	w.must(err)
	if s := w.statuses("CAR"); s[one] != "compliant" || s[two] != "not_assessed" {
		t.Errorf("positions: %v", s)
	}
	w.name(one, "CAR", "Monitor", "Another") // submitted again
	if s := w.statuses("CAR"); s[one] != "compliant" {
		t.Errorf("submitted again: %v", s)
	}

	id := w.supplied("Monitor")
	supplier := w.as("supplier", "supplier")
	w.want(w.products.Submit(contact, filled, "dtac-v2"), fault.Forbidden)
	w.want(w.products.TakeFilling(w.as("rival", "supplier"), id, filled), fault.NotFound)
	w.must(w.products.TakeFilling(supplier, id, filled))
	w.must(w.products.TakeFilling(supplier, id, filled)) // the same again
	w.want(w.products.SetFillingAside(supplier, id, filled), fault.Conflict)
	if sp := w.space(id); len(sp.Return.Body.Answers) == 0 || sp.Return.IsSent() {
		t.Errorf("taken: %d answers", len(sp.Return.Body.Answers))
	}
	w.must(w.products.Submit(supplier, id, "dtac-v2"))
	if a, b := w.provisional(one), w.provisional(two); a != status.Compliant || b != status.Compliant {
		t.Errorf("provisional, of the supplier: %s, %s", a, b)
	}
	if s := w.statuses("CAR"); s[one] != "compliant" || s[two] != "not_assessed" {
		t.Errorf("positions, of the supplier: %v", s)
	}
	w.verify()
}
