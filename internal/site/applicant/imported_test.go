package applicant_test

import (
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/site/applicant"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

const maker, rival = "maker@maker.example", "rival@rival.example"

// space is a world with a product of a supplier, and another supplier with another product.
type space struct {
	*sitekit.Server
	products *product.Service
	id       ident.Product
	set      *form.Form
	path     string
}

func supplied(t *testing.T) *space {
	t.Helper()
	w := testkit.New(t)
	products := product.NewService(w.Gate, w.Library, w.Files)
	s := &space{Server: sitekit.New(t, w, applicant.Supplier(products)...), products: products}
	w.Person("manager", "administrator", access.Scope{})
	for _, at := range []struct{ email, name string }{{maker, "CardioWatch"}, {rival, "PulseBoard"}} {
		who := w.Person(at.email, "", access.Scope{})
		id, err := products.Claim(w.As(at.email), product.Named{Name: at.name, Supplier: "Example Ltd", Version: "2.1"})
		if err != nil {
			t.Fatal(err)
		}
		if err := products.ConfirmClaim(w.As("manager"), id, who.ID); err != nil {
			t.Fatal(err)
		}
		if at.email == maker {
			s.id = id
		}
	}
	f, err := w.Library.Form("dtac-v2")
	if err != nil {
		t.Fatal(err)
	}
	s.set, s.path = f, "/supplier/products/"+string(s.id)
	return s
}

func (s *space) answers() form.Answers {
	return form.Answers{
		"A2": {Text: "CardioWatch"}, "A5": {Text: "Tamsin Vale, product lead"}, "C1.1.1": form.Chosen("no"), "C1.2": form.Chosen("yes"),
		"C1.2.5": {Text: "Tamsin Vale, clinical pharmacist, 2071934"}, "C3.2": form.Chosen("yes"), "C2.1": form.Chosen("unable_to_confirm"),
	}
}

func (s *space) upload(b *sitekit.Browser, name string, content []byte) sitekit.Answer {
	return b.Upload(s.path+"/import", url.Values{"action": {"read"}, "form": {"dtac-v2"}}, "document", name, content)
}

func (s *space) stands(t *testing.T) product.Space {
	t.Helper()
	sp, err := s.products.Show(s.As(maker), s.id, "dtac-v2", "")
	if err != nil {
		t.Fatal(err)
	}
	return sp
}

// hidden is the value of a hidden input of a page.
func hidden(t *testing.T, a sitekit.Answer, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(a.Body, `name="`+name+`" value="`)
	if !ok {
		t.Fatalf("no input %s in\n%s", name, a.Body)
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

func TestAnswersOfAFilledInFormAreTakenOnlyWhereTheSupplierSaysSo(t *testing.T) {
	t.Parallel()
	s := supplied(t)
	b := s.SignedIn(maker)
	before := s.stands(t)
	page := b.Follow(s.upload(b, `C:\DTAC filled.docx`, testkit.FilledForm(t, s.set, s.answers())))
	want(t, page, 200, "DTAC filled.docx was read", "Table 3, row 2, column 3", "The other choices are deleted", "Tamsin Vale, clinical pharmacist, 2071934",
		`value="C3.2" checked`, "C4.1 Does the product offer")
	if after := s.stands(t); after.Return.Revision != before.Return.Revision || form.Answered(question(t, s.set, "C3.2"), after.Return.Body.Answers["C3.2"]) {
		t.Fatalf("something was taken without a tick: %+v", after.Return.Body)
	}
	send := url.Values{"action": {"take"}, "form": {"dtac-v2"}, "digest": {hidden(t, page, "digest")}, "version": {hidden(t, page, "version")}}
	want(t, b.Post(s.path+"/import", send), 422, "Tick the answers that you take")
	send["take"] = []string{"C3.2", "C1.2.5"}
	b.Follow(b.Post(s.path+"/import", send))
	got := s.stands(t)
	if a := got.Return.Body.Answers; !form.Same(a["C3.2"], form.Chosen("yes")) || a["C1.2.5"].Text == "" || len(a["C2.1"].Choices) > 0 || a["A5"].Text != "" {
		t.Errorf("%+v", a)
	}
	if got.Result.Provisional == status.Compliant {
		t.Error("a return with two answers is compliant")
	}
	want(t, b.Post(s.path+"/import", send), 404) // it is done
	s.Unbroken()
}

func question(t *testing.T, f *form.Form, code form.Code) *form.Question {
	t.Helper()
	q, ok := f.Question(code)
	if !ok {
		t.Fatalf("no question %s", code)
	}
	return q
}

func TestAnAnswerThatStandsIsNotReplacedWithoutATickOfItsOwn(t *testing.T) {
	t.Parallel()
	s := supplied(t)
	b := s.SignedIn(maker)
	_, err := s.products.SaveSection(s.As(maker), s.id, "dtac-v2", "c3", product.Typed{Values: url.Values{"C3.2": {"no"}}})
	if err != nil {
		t.Fatal(err)
	}
	page := b.Follow(s.upload(b, "filled.docx", testkit.FilledForm(t, s.set, s.answers())))
	if strings.Contains(page.Body, `value="C3.2" checked`) || !strings.Contains(page.Body, `value="C1.2" checked`) {
		t.Errorf("an answer that stands is ticked to be replaced, or another is not\n%s", page.Body)
	}
	send := url.Values{"action": {"take"}, "form": {"dtac-v2"}, "digest": {hidden(t, page, "digest")}, "version": {hidden(t, page, "version")}, "take": {"C3.2"}}
	_, err = s.products.SaveSection(s.As(maker), s.id, "dtac-v2", "c3", product.Typed{Values: url.Values{"C3.2": {"no"}, "C3.4": {"confirmed"}}, Revision: 1})
	if err != nil {
		t.Fatal(err)
	}
	want(t, b.Post(s.path+"/import", send), 409, "Someone else saved this return")
	leave := url.Values{"action": {"leave"}, "form": {"dtac-v2"}}
	b.Follow(b.Post(s.path+"/import", leave))
	want(t, b.Get(s.path+"/import?form=dtac-v2"), 404)
	if a := s.stands(t).Return.Body.Answers; !form.Same(a["C3.2"], form.Chosen("no")) {
		t.Errorf("%+v", a)
	}
}

func TestAFormOfTheOtherVersionIsReadIntoItsOwnReturn(t *testing.T) {
	t.Parallel()
	s := supplied(t)
	f, err := s.Library.Form("dtac-v1")
	if err != nil {
		t.Fatal(err)
	}
	b := s.SignedIn(maker)
	a := s.upload(b, "old.docx", testkit.FilledForm(t, f, form.Answers{"C3.4": form.Chosen("yes")}))
	if !strings.HasSuffix(a.Location, "/import?form=dtac-v1") {
		t.Fatalf("%d %s", a.Status, a.Location)
	}
	want(t, b.Follow(a), 200, "C3.4 Do all privileged accounts")
}

func TestWhatIsNoFormIsRefusedOnThePageOfTheReturn(t *testing.T) {
	t.Parallel()
	s := supplied(t)
	b := s.SignedIn(maker)
	want(t, s.upload(b, "form.docx", []byte("%PDF-1.7 not a Word file")), 422, "must be a Word document")
	want(t, s.upload(b, "form.docx", nil), 422, "Select the filled-in DTAC form")
	want(t, s.upload(b, "form.docx", testkit.FilledForm(t, s.set, nil)), 422, "no answer was found in it")
}

func TestNobodyElseReadsWritesOrLearnsOfAnImport(t *testing.T) {
	t.Parallel()
	s := supplied(t)
	file := testkit.FilledForm(t, s.set, s.answers())
	own := s.SignedIn(maker)
	own.Follow(s.upload(own, "filled.docx", file))
	for _, who := range []struct{ email, role string }{{rival, ""}, {"dtac", "dtac_assessor"}, {"manager", "administrator"}, {"auditor", "auditor"}, {"reviewer", "reviewer"}, {testkit.Applicant, ""}} {
		if who.email != rival && who.email != "manager" {
			s.Person(who.email, who.role, access.Scope{})
		}
		b := s.SignedIn(who.email)
		for _, a := range []sitekit.Answer{b.Get(s.path + "/import?form=dtac-v2"), s.upload(b, "mine.docx", file), b.Post(s.path+"/import", url.Values{"action": {"leave"}, "form": {"dtac-v2"}})} {
			if a.Status != 404 && a.Status != 403 || strings.Contains(a.Body, "Vale") || strings.Contains(a.Body, "filled.docx") {
				t.Errorf("%s: %d\n%s", who.email, a.Status, a.Body)
			}
		}
	}
	want(t, own.Get(s.path+"/import?form=dtac-v2"), 200, "filled.docx")
}
