package product_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

func TestProductsAreFoundByNameSupplierAndVersionHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.application("CAR", "CardioWatch", "Other")
	second := w.application("GAS", "  cardiowatch. ", "Third")
	w.name(first, "CAR", "CardioWatch", "Other") // again: nothing changes
	entries, err := w.positions.Register(w.as("dtac", "dtac_assessor"), position.Query{})
	w.must(err)
	uses := map[string]int{}
	for _, e := range entries {
		uses[e.Name] = e.Uses
	}
	if want := map[string]int{"CardioWatch": 2, "Other": 1, "Third": 1}; !cmp.Equal(uses, want) {
		t.Errorf("%v, want %v", uses, want)
	}
	w.name(second, "GAS", "Third")
	if entries, err = w.positions.Register(w.as("dtac", "dtac_assessor"), position.Query{Search: "cardio"}); err != nil || len(entries) != 1 || entries[0].Uses != 1 {
		t.Errorf("%+v, %v", entries, err)
	}
}

func TestTheFundManagerOfARoundConfirmsClaimsToProductsThatItsApplicationsNameAndNoOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.application("CAR", "CardioWatch")
	ids := map[string]ident.Product{}
	for _, name := range []string{"CardioWatch", "Unnamed"} {
		id, err := w.products.Claim(w.as("supplier"), product.Named{Name: name, Supplier: "Example Ltd", Version: "2.1"})
		w.must(err)
		ids[name] = id
	}
	manager := w.as("manager", "administrator")
	if waiting, err := w.products.Claims(manager); err != nil || len(waiting) != 1 || waiting[0].Name != "CardioWatch" {
		t.Errorf("%+v, %v", waiting, err)
	}
	if err := w.products.ConfirmClaim(manager, ids["Unnamed"], w.people["supplier"]); err == nil {
		t.Error("the fund manager of a round confirmed a claim to a product that nobody names in it")
	}
	w.must(w.products.ConfirmClaim(manager, ids["CardioWatch"], w.people["supplier"]))
	if _, err := w.products.Show(w.as("supplier", "supplier"), ids["CardioWatch"], "", ""); err != nil {
		t.Error(err)
	}
}

func TestAClaimCountsOnceSomebodyElseHasConfirmedIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := product.Named{Name: "CardioWatch", Supplier: "Example Ltd", Version: "2.1"}
	manager, other := w.fundManager("admin"), w.fundManager("another")
	id, err := w.products.Claim(manager, n)
	w.must(err)
	if err := w.products.ConfirmClaim(manager, id, w.people["admin"]); err == nil {
		t.Error("a fund manager confirmed their own claim")
	}
	_, err = w.products.Claim(w.as("supplier"), n)
	w.must(err)
	_, err = w.products.Show(w.as("supplier", "supplier"), id, "", "")
	w.want(err, fault.NotFound)
	if waiting, err := w.products.Claims(other); err != nil || len(waiting) != 2 {
		t.Errorf("%+v, %v", waiting, err)
	}
	w.must(w.products.ConfirmClaim(other, id, w.people["supplier"]))
	if sp, err := w.products.Show(w.as("supplier", "supplier"), id, "", ""); err != nil || !sp.Editable {
		t.Errorf("%+v, %v", sp, err)
	}
	if list, err := w.products.Mine(w.as("supplier", "supplier")); err != nil || len(list) != 1 {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestASupplierFillsInAReturnSectionBySectionAndSendsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.supplied("CardioWatch")
	supplier := w.as("supplier", "supplier")
	save := func(section string, revision int, values map[string][]string) error {
		_, err := w.products.SaveSection(supplier, id, "", section, product.Typed{Values: values, Revision: revision})
		return err
	}
	w.must(save("c1", 0, map[string][]string{"C1.1.1": {"no"}}))
	w.want(save("c1", 0, map[string][]string{"C1.1.1": {"yes"}}), fault.Conflict)
	w.must(save("c2", 1, map[string][]string{"C2.1": {"confirmed"}}))
	w.want(save("c2", 2, map[string][]string{"C2.1": {"certainly"}}), fault.Invalid)
	err := w.products.Submit(supplier, id, "")
	w.want(err, fault.Invalid)
	if f, _ := fault.Of(err); f == nil || f.Fields["C3.1"] == "" {
		t.Errorf("what is missing is not named: %v", err)
	}
	w.must(w.products.AddPlan(supplier, id, "", status.Planned{Question: "C3.1", Action: status.Action{What: "Renew", Owner: "CTO", Due: "2026-12-15"}}))
	w.want(w.products.AddPlan(supplier, id, "", status.Planned{Question: "A1"}), fault.Invalid)
	w.must(w.products.AddEvidence(supplier, id, "", status.Evidence{
		Question: "C3.3", Kind: "penetration_test_summary", File: "pentest.pdf", ProductVersion: "2.1", Fields: map[string]string{"test_date": "2026-03-01"},
	}))
	w.want(w.products.AddEvidence(supplier, id, "", status.Evidence{Question: "C3.3", Kind: "penetration_test_summary", File: "x", Fields: map[string]string{"test_date": "yesterday"}}), fault.Invalid)
	sp, err := w.products.Show(supplier, id, "", "c3")
	if err != nil || len(sp.Return.Body.Plan) != 1 || len(sp.Return.Body.Evidence) != 1 || sp.Return.Revision != 4 || sp.Section == nil {
		t.Fatalf("%+v, %v", sp.Return, err)
	}
	w.want(w.products.Remove(supplier, id, "", product.Item{Number: 0, Mark: "another"}), fault.Conflict)
	row := sp.Return.Body.Plan[0]
	later := status.Action{What: "Renew it", Owner: "CTO", Due: "2026-12-20"}
	w.want(w.products.ChangePlan(supplier, id, "", product.Item{Plan: true, Mark: product.RowMark(row)}, status.Action{What: "Renew it"}), fault.Invalid)
	w.must(w.products.ChangePlan(supplier, id, "", product.Item{Plan: true, Mark: product.RowMark(row)}, later))
	w.want(w.products.ChangePlan(supplier, id, "", product.Item{Plan: true, Mark: product.RowMark(row)}, later), fault.Conflict)
	w.want(w.products.ChangePlan(supplier, id, "", product.Item{Plan: true, Number: 7}, later), fault.NotFound)
	w.must(w.products.Remove(supplier, id, "", product.Item{Number: 0, Mark: product.RowMark(sp.Return.Body.Evidence[0])}))
	if sp, err = w.products.Show(supplier, id, "", ""); err != nil || sp.Return.Body.Plan[0].Action != later || len(sp.Return.Body.Evidence) != 0 {
		t.Errorf("%+v, %v", sp.Return.Body, err)
	}
	w.verify()
}

func TestAnUploadedReturnThatIsWrongSaysInWhichLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.supplied("CardioWatch")
	for _, text := range []string{"answers: {C9.9: x}", "product: {version: '9'}", "answers: ["} {
		w.want(w.products.UploadReturn(w.as("supplier", "supplier"), id, "", "return.yaml", []byte(text)), fault.Invalid)
	}
	w.want(w.products.UploadReturn(w.as("stranger", "supplier"), id, "", "return.yaml", []byte("answers: {}")), fault.NotFound)
}

func TestWhatWasDecidedOfAnAnswerFallsWithTheAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.application("CAR", "CardioWatch")
	id, r, _ := w.sent("CardioWatch", "v2-compliant")
	dtac, supplier := w.as("dtac", "dtac_assessor"), w.as("supplier", "supplier")
	w.must(w.positions.Assess(dtac, id, "", r.Assessments))
	sp, err := w.products.Show(supplier, id, "", "c3")
	w.must(err)
	_, err = w.products.SaveSection(supplier, id, "", "c3", product.Typed{Revision: sp.Return.Revision, Values: map[string][]string{"C3.4": {"unable_to_confirm"}}})
	w.must(err)
	desk, err := w.positions.Open(dtac, id, "")
	w.must(err)
	if desk.Result.Status != status.Compliant {
		t.Errorf("a change that was not sent counts: %s", desk.Result.Status)
	}
	w.must(w.products.Submit(supplier, id, ""))
	desk, err = w.positions.Open(dtac, id, "")
	w.must(err)
	if _, there := desk.Assessments["C3.4"]; there || len(desk.Assessments) != len(r.Assessments)-1 || desk.Result.Status == status.Compliant {
		t.Errorf("%d assessments, %s", len(desk.Assessments), desk.Result.Status)
	}
}

func TestTheStatusOfAnApplicationIsThatOfItsChosenProductElseTheBest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	both := w.application("CAR", "Good", "Poor")
	poor := w.application("GAS", "Poor")
	none := w.application("GAS", "Unknown")
	good, r, _ := w.sent("Good", "v2-compliant")
	bad, r2, _ := w.sent("Poor", "v2-on-the-way")
	dtac := w.as("dtac", "dtac_assessor")
	for id, assessments := range map[ident.Product][]status.Assessment{good: r.Assessments, bad: r2.Assessments} {
		_, err := w.positions.AssessAndRecord(dtac, id, "", assessments)
		w.must(err)
	}
	got := w.statuses("CAR")
	for app, s := range w.statuses("GAS") {
		got[app] = s
	}
	if want := map[ident.Application]string{both: "compliant", poor: "on_the_way", none: "not_assessed"}; !cmp.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if w.provisional(none) != status.Incomplete || w.provisional(both) != status.Compliant {
		t.Error("provisional:", w.provisional(none), w.provisional(both))
	}
	w.choose(both, bad)
	if got := w.statuses("CAR")[both]; got != "on_the_way" {
		t.Errorf("the chosen product does not count: %q", got)
	}
}

func (w *world) choose(app ident.Application, id ident.Product) {
	w.t.Helper()
	w.must(w.gate.Write(w.operator(), func(tx *work.Tx) error {
		if err := tx.Require(access.LoadDemonstration, access.Facts{}); err != nil {
			return err
		}
		return product.Choose(tx, app, id)
	}))
}
