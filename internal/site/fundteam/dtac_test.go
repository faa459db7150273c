package fundteam_test

import (
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

// assessed is a desk with a product whose return was sent, and what its example decides.
type assessed struct {
	desk
	product position.Entry
	page    string
	example status.Return
}

func newAssessed(t *testing.T) assessed {
	t.Helper()
	d := newDesk(t)
	entries, err := d.positions.Register(d.server.As(testkit.Assessor), position.Query{})
	if err != nil || len(entries) == 0 {
		t.Fatal(entries, err)
	}
	p := entries[0]
	supplier := d.panel.Person("supplier", "", access.Scope{})
	d.panel.Person("fund-admin", "administrator", access.Scope{})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	id, err := d.products.Claim(d.server.As("supplier"), product.Named{Name: p.Name, Supplier: p.Supplier, Version: p.Version})
	must(err)
	must(d.products.ConfirmClaim(d.server.As("fund-admin"), id, supplier.ID))
	data, r := example(t, p)
	must(d.products.UploadReturn(d.server.As("supplier"), id, "dtac-v2", "return.yaml", data))
	must(d.products.Submit(d.server.As("supplier"), id, "dtac-v2"))
	return assessed{d, p, "/dtac/products/" + string(id), r}
}

// decisions are what the example decides of a section, as a form sends them.
func (a assessed) decisions(section string, with ...string) url.Values {
	v := url.Values{"action": {"save"}, "section": {section}}
	for _, x := range a.example.Assessments {
		code := string(x.Question)
		if !strings.HasPrefix(code, section+".") {
			continue
		}
		for name, text := range map[string]string{"": string(x.Result), "-reason": x.Reason, "-what": x.Action.What, "-owner": x.Action.Owner, "-due": string(x.Action.Due), "-seen": "0"} {
			v.Set(code+name, text)
		}
	}
	for i := 0; i+1 < len(with); i += 2 {
		v.Set(with[i], with[i+1])
	}
	return v
}

func (a assessed) second(t *testing.T) *sitekit.Browser {
	t.Helper()
	a.panel.Person("assessor2", "dtac_assessor", access.Scope{Round: a.panel.Round().ID})
	return a.server.SignedIn("assessor2")
}

func TestTheRegisterIsFilteredAndSaysWhenNothingFits(t *testing.T) {
	t.Parallel()
	a := newAssessed(t)
	b := a.server.SignedIn(testkit.Assessor)
	entries, err := a.positions.Register(a.server.As(testkit.Assessor), position.Query{Search: a.product.Name})
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	name := "/dtac/products/" + string(a.product.ID)
	wants(t, b.Get("/dtac?sort=ends&provisional="+string(entries[0].Provisional)), 200, name, entries[0].Provisional.Label())
	wants(t, b.Get("/dtac?status=compliant"), 200, "No product fits what you asked for")
	wants(t, b.Get("/dtac?view=mine"), 200, "No product fits what you asked for")
	wants(t, b.Follow(b.Post(a.page, url.Values{"action": {"take"}, "section": {"C3"}})), 200, "You have the section", "You have this section since")
	wants(t, b.Get("/dtac?view=mine"), 200, name, "C3 Assessor Invented")
	wants(t, b.Get("/dtac?view=nonsense&status=odd&after=x"), 200)
}

func TestTwoSpecialistsWorkOnOneReturnAndMeetOnAQuestion(t *testing.T) {
	t.Parallel()
	a := newAssessed(t)
	ann, ben := a.server.SignedIn(testkit.Assessor), a.second(t)
	wants(t, ann.Follow(ann.Post(a.page, a.decisions("C1"))), 200, "Decisions saved", "Decided by Assessor Invented")
	wants(t, ben.Follow(ben.Post(a.page, a.decisions("C2"))), 200, "Decided by Assessor2 Invented")
	met := ben.Post(a.page, a.decisions("C1", "C1.2.5", "fail", "C1.2.5-reason", "The registration has ended"))
	wants(t, met, 409, "Decided meanwhile by Assessor Invented", "The registration has ended")
	stands := a.decisions("C1", "C1.2.5", "fail", "C1.2.5-reason", "The registration has ended")
	for name := range stands {
		if strings.HasSuffix(name, "-seen") {
			stands.Set(name, "1")
		}
	}
	wants(t, ben.Follow(ben.Post(a.page, stands)), 200, "An assessor has failed it: The registration has ended")
	wants(t, ben.Follow(ben.Post(a.page, url.Values{"action": {"take"}, "section": {"C4"}})), 200, "Give back")
	wants(t, ann.Get(a.page), 200, "Assessor2 Invented has this section", "Take over section C4")
	wants(t, ann.Post(a.page, a.decisions("C4")), 409, "Take the section over")
	wants(t, ben.Post(a.page, url.Values{"action": {"hand_over"}, "section": {"C4"}}), 422, "Select an assessor from the list")
	desk, err := a.positions.Open(a.server.As("assessor2"), a.product.ID, "")
	if err != nil || len(desk.Assessors) < 2 {
		t.Fatal(desk.Assessors, err)
	}
	to := desk.Assessors[0].ID
	if desk.Assessors[0].Name == "Assessor2 Invented" {
		to = desk.Assessors[1].ID
	}
	wants(t, ben.Follow(ben.Post(a.page, url.Values{"action": {"hand_over"}, "section": {"C4"}, "to": {string(to)}})), 200, "The section is handed over", "Who had section C4")
	wants(t, ann.Follow(ann.Post(a.page, a.decisions("C4"))), 200, "Decisions saved")
	wants(t, ann.Post(a.page, a.decisions("C3", "C3.1", "fail", "C3.1-reason", "")), 422, "Enter the reason for C3.1")
	wants(t, ann.Post(a.page, url.Values{"action": {"take"}, "section": {"Z9"}}), 404)
}

func TestASummaryIsPrintedAndTheReturnExported(t *testing.T) {
	t.Parallel()
	a := newAssessed(t)
	b, supplier := a.server.SignedIn(testkit.Assessor), a.server.SignedIn("supplier")
	for _, s := range []string{"C1", "C2", "C3", "C4"} {
		wants(t, b.Post(a.page, a.decisions(s)), 303)
	}
	wants(t, b.Get(a.page+"/summary"), 200, "No position of the fund was recorded", "This is not a certificate")
	wants(t, b.Follow(b.Post(a.page, url.Values{"action": {"record"}})), 200, "Position recorded")
	sum := b.Get(a.page + "/summary?form=dtac-v2")
	wants(t, sum, 200, "On the way, as reviewed on", "This call asks for nothing beyond DTAC", "Kept with the security evidence")
	if strings.Contains(sum.Body, "pentest") {
		t.Error("the summary names security evidence")
	}
	if !strings.HasPrefix(b.Get(a.page+"/summary.pdf").Body, "%PDF") {
		t.Error("no PDF file")
	}
	wants(t, supplier.Get(a.page+"/summary"), 200, "as reviewed on")
	out := b.Get(a.page + "/return.yaml")
	wants(t, out, 200, "assessments:", "pentest")
	again, err := status.ParseReturn(a.form(t), "return.yaml", []byte(out.Body))
	if err != nil || len(again.Assessments) != len(a.example.Assessments) {
		t.Errorf("%d assessments, %v", len(again.Assessments), err)
	}
	wants(t, a.server.SignedIn(testkit.Auditor).Get(a.page+"/return.yaml"), 404)
	wants(t, b.Get("/dtac/products/"+string(ident.New[ident.Product]())+"/summary"), 404)
}

func TestAnotherBodysAssessmentIsRecognised(t *testing.T) {
	t.Parallel()
	a := newAssessed(t)
	b := a.server.SignedIn(testkit.Assessor)
	wants(t, b.Get(a.page+"/recognised"), 200, "Rely on the assessment of another NHS body")
	wants(t, b.Post(a.page+"/recognised", url.Values{"body": {"Invented Trust"}}), 422, "Enter who is accountable there", `value="Invented Trust"`)
	whole := url.Values{
		"body": {"Invented Trust"}, "officer": {"Invented officer"}, "product_version": {a.product.Version}, "which": {"dtac-v2"}, "status": {"compliant"},
		"assessed_on": {"1/6/2026"}, "expires": {"2027-06-01"}, "reference": {"IT/4"}, "why": {"The same use"},
	}
	wants(t, b.Follow(b.Post(a.page+"/recognised", whole)), 200, "recorded as recognised", "Relied on", "as assessed on 1 June 2026 by Invented Trust")
	wants(t, b.Get("/dtac?view=recognised"), 200, "Recognised", "Invented Trust")
	wants(t, a.server.SignedIn(testkit.Auditor).Post(a.page+"/recognised", whole), 403)
}

func TestASupplierSeesWhatWasDecidedAndNotWhoSharesTheWorkNorWhoNamesTheProduct(t *testing.T) {
	t.Parallel()
	a := newAssessed(t)
	b := a.server.SignedIn(testkit.Assessor)
	wants(t, b.Post(a.page, a.decisions("C1")), 303)
	wants(t, b.Post(a.page, url.Values{"action": {"take"}, "section": {"C2"}}), 303)
	seen := a.server.SignedIn("supplier").Get(a.page)
	wants(t, seen, 200, "C1 Clinical safety")
	for _, text := range []string{"Assessor Invented", string(a.ref)} {
		if strings.Contains(seen.Body, text) {
			t.Errorf("the supplier sees %q", text)
		}
	}
}

func (a assessed) form(t *testing.T) *form.Form {
	t.Helper()
	f, err := a.panel.Library.Form("dtac-v2")
	if err != nil {
		t.Fatal(err)
	}
	return f
}
