package applicant_test

import (
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/site/applicant"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

const candidates, invitations = "/applications/AF26-0001/products", "/supplier/invitations"

// naming is a world in which an application's answers name CardioWatch 2.1 of Example Ltd, and nobody supplies it yet.
func naming(t *testing.T) *space {
	t.Helper()
	w := testkit.New(t)
	products := product.NewService(w.Gate, w.Library, w.Files)
	rows := applicant.Rows(applicant.Options{Applications: w.Applications, Funds: w.Funds, People: w.People})
	s := &space{Server: sitekit.New(t, w, append(rows, applicant.Supplier(products)...)...), products: products}
	w.Person("manager", "administrator", access.Scope{})
	s.names(t, w.Draft("Remote monitoring"), "Cardiowatch")
	return s
}

// names has the answers of an application name products of Example Ltd at version 2.1.
func (s *space) names(t *testing.T, a *application.Application, products ...string) {
	t.Helper()
	answers := testkit.Answers(s.Form(a))
	answers["SU1"] = form.Value{Text: a.Title}
	row := answers["PR1"].Rows[0]
	answers["PR1"] = form.Value{}
	for _, name := range products {
		cells := form.Row{}
		for column, v := range row {
			cells[column] = v
		}
		cells["name"], cells["supplier"], cells["version"] = form.Value{Text: name}, form.Value{Text: "Example Limited"}, form.Value{Text: "v2.1"}
		answers["PR1"] = form.Value{Rows: append(answers["PR1"].Rows, cells)}
	}
	s.Answered(a, answers)
}

// sent has a maker of the product send an example of a return, with a part of its text replaced.
func (s *space) sent(t *testing.T, example, before, after string) {
	t.Helper()
	who := s.Person(maker, "", access.Scope{})
	id, err := s.products.Claim(s.As(maker), product.Named{Name: "CardioWatch", Supplier: "Example Ltd", Version: "2.1"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.products.ConfirmClaim(s.As("manager"), id, who.ID); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../dtac/status/testdata/" + example)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer(before, after, "version: '2.0'", "version: '2.1'").Replace(string(text))
	if err := s.products.UploadReturn(s.As(maker), id, "dtac-v2", "return.yaml", []byte(changed)); err != nil {
		t.Fatal(err)
	}
	if err := s.products.Submit(s.As(maker), id, "dtac-v2"); err != nil {
		t.Fatal(err)
	}
}

// asks invites somebody as the supplier, as the main contact.
func asks(b *sitekit.Browser, email, key string) sitekit.Answer {
	return b.Post(candidates, url.Values{"product": {key}, "name": {"Sup Plier"}, "email": {email}})
}

// keyOf is the key of the first product on the page.
func keyOf(t *testing.T, b *sitekit.Browser) string {
	t.Helper()
	found := regexp.MustCompile(`name="product"[^>]*value="([^"]+)"`).FindStringSubmatch(b.Get(candidates).Body)
	if found == nil {
		t.Fatal("no product can be chosen")
	}
	return found[1]
}

// invitation is the id of the first invitation that waits for somebody, or "".
func invitation(b *sitekit.Browser) string {
	found := regexp.MustCompile(`name="invitation" value="([0-9a-f-]+)"`).FindStringSubmatch(b.Get(invitations).Body)
	if found == nil {
		return ""
	}
	return found[1]
}

// joins opens a browser of somebody who comes by the link of an invitation.
func (s *space) joins(t *testing.T) *sitekit.Browser {
	t.Helper()
	const email = "sup@maker.example"
	if err := s.People.Accept(s.Anonymous(), s.Token(email), "Sup Plier", testkit.Password); err != nil {
		t.Fatal(err)
	}
	return s.SignedIn(email)
}

func TestCandidateProductsAreReadByTheApplicantsSideAlone(t *testing.T) {
	t.Parallel()
	s := naming(t)
	a := s.Application("AF26-0001")
	b := s.SignedIn(testkit.Applicant)
	want(t, b.Get("/applications/AF26-0001"), 200, `href="`+candidates+`"`)
	want(t, b.Get(candidates), 200, "Cardiowatch, version v2.1", "Example Limited", "not known to the fund yet", "there is no return yet", "Invite the supplier")
	con, sro := s.Person("con@partner.example", "contributor", access.Scope{}), s.Person("sro@trust.example", "signatory", access.Scope{})
	s.Relate(a, con.ID, application.Contributor)
	s.Relate(a, sro.ID, application.SRO)
	for _, email := range []string{con.Email, sro.Email} {
		reader := s.SignedIn(email)
		page := want(t, reader.Get(candidates), 200, "Cardiowatch, version v2.1")
		if strings.Contains(page.Body, "Invite the supplier") {
			t.Errorf("%s is offered to invite", email)
		}
		if got := asks(reader, "sup@maker.example", "any"); got.Status != 403 && got.Status != 404 {
			t.Errorf("%s invites: %d", email, got.Status)
		}
	}
	s.Person("reviewer", "reviewer", access.Scope{})
	s.Person("other", "applicant", access.Scope{})
	s.Person("stranger", "", access.Scope{})
	for _, who := range []string{"reviewer", "other", "stranger"} {
		out := s.SignedIn(who)
		for _, got := range []sitekit.Answer{out.Get(candidates), asks(out, "sup@maker.example", "any")} {
			if got.Status != 404 && got.Status != 403 || strings.Contains(strings.ToLower(got.Body), "cardiowatch") {
				t.Errorf("%s: %d", who, got.Status)
			}
		}
		if none := out.Get("/applications/AF26-0999/products"); none.Status != out.Get(candidates).Status {
			t.Errorf("%s learns that there is an application", who)
		}
	}
	if mails := s.Mails("sup@maker.example"); len(mails) != 0 {
		t.Errorf("%d mails were sent", len(mails))
	}
	s.Unbroken()
}

func TestAnApplicationThatNamesNoProductSaysSo(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	page := want(t, b.Get(candidates), 200, "names no product yet")
	if strings.Contains(page.Body, "Invite the supplier") {
		t.Error("a supplier of nothing can be invited")
	}
	want(t, asks(b, "sup@maker.example", ""), 409, "names no product yet")
}

func TestTheProvisionalStatusHasItsReasonsButNothingOfTheEvidence(t *testing.T) {
	t.Parallel()
	s := naming(t)
	s.sent(t, "v2-on-the-way.yaml", "certificate_issue_date: '2026-03-01'", "certificate_issue_date: '2025-03-01'")
	b := s.SignedIn(testkit.Applicant)
	page := want(t, b.Get(candidates), 200, "provisionally: it follows from the return alone", "Why it is not provisionally compliant", "C1.2.3 ", "C3.1 ",
		"What is missing is seen by the supplier and DTAC assessors only")
	for _, secret := range []string{".pdf", "2025-", "Expired</", "xpired since"} {
		if strings.Contains(page.Body, secret) {
			t.Errorf("the page has %q", secret)
		}
	}
}

func TestASupplierIsInvitedAndActsForAProductThatNobodyElseClaims(t *testing.T) {
	t.Parallel()
	s := naming(t)
	b := s.SignedIn(testkit.Applicant)
	key := keyOf(t, b)
	want(t, asks(b, "not an address", key), 422, `href="#email"`, "not an address")
	want(t, asks(b, "sup@maker.example", "another | product | 1"), 422, `href="#product"`)
	want(t, asks(b, testkit.Applicant, key), 422, "your own address")
	want(t, b.Follow(asks(b, "sup@maker.example", key)), 200, "The invitation was sent", "sup@maker.example", "Invited until 21 September 2026")
	want(t, asks(b, "sup@maker.example", key), 422, "Wait ten minutes")
	mails := s.Mails("sup@maker.example")
	if len(mails) != 1 || !strings.Contains(mails[0].Body, "Remote monitoring") || strings.Contains(mails[0].Body+mails[0].Subject, "AF26-0001") {
		t.Fatalf("%+v", mails)
	}
	sup := s.joins(t)
	want(t, sup.Get(invitations), 200, "Remote monitoring", "Cardiowatch, version v2.1", "What is held of you")
	s.Person("stranger", "", access.Scope{})
	stranger := s.SignedIn("stranger")
	id := invitation(sup)
	for _, other := range []string{id, "00000000-0000-0000-0000-000000000001", "nonsense"} {
		want(t, stranger.Post(invitations, url.Values{"invitation": {other}, "action": {"accept"}}), 404)
	}
	want(t, sup.Follow(sup.Post(invitations, url.Values{"invitation": {id}, "action": {"accept"}})), 200, "You act for this product now", "Cardiowatch")
	want(t, sup.Post(invitations, url.Values{"invitation": {id}, "action": {"accept"}}), 404)
	want(t, sup.Get("/applications/AF26-0001"), 404)
	want(t, sup.Get(candidates), 404)
	want(t, b.Get(candidates), 200, "Accepted 7 September 2026")
	s.Unbroken()
}

func TestAnInvitedSupplierWaitsForTheFundWhereSomebodyElseClaimsTheProduct(t *testing.T) {
	t.Parallel()
	for _, confirmed := range []bool{true, false} {
		s := naming(t)
		who := s.Person(maker, "", access.Scope{})
		id, err := s.products.Claim(s.As(maker), product.Named{Name: "CardioWatch", Supplier: "Example Ltd", Version: "2.1"})
		if err != nil {
			t.Fatal(err)
		}
		if confirmed {
			if err := s.products.ConfirmClaim(s.As("manager"), id, who.ID); err != nil {
				t.Fatal(err)
			}
		}
		b := s.SignedIn(testkit.Applicant)
		want(t, asks(b, "sup@maker.example", keyOf(t, b)), 303)
		sup := s.joins(t)
		if got := sup.Post(invitations, url.Values{"invitation": {invitation(sup)}, "action": {"accept"}}); got.Location != "/" {
			t.Fatalf("%d %s", got.Status, got.Location)
		}
		if got := sup.Get("/supplier/products/" + string(id)); got.Status != 404 && got.Status != 403 {
			t.Errorf("the return of another is open: %d", got.Status)
		}
		claims, err := s.products.Claims(s.As("manager"))
		if err != nil || !slices.ContainsFunc(claims, func(c product.Waiting) bool { return c.Person != who.ID && c.ProductID == id }) {
			t.Errorf("%+v %v", claims, err)
		}
		s.Unbroken()
	}
}

func TestAnInvitationAsSupplierIsDeclinedSentAnewAndEnds(t *testing.T) {
	t.Parallel()
	s := naming(t)
	b := s.SignedIn(testkit.Applicant)
	key := keyOf(t, b)
	want(t, asks(b, "sup@maker.example", key), 303)
	sup := s.joins(t)
	want(t, sup.Post(invitations, url.Values{"invitation": {invitation(sup)}, "action": {"decline"}}), 303)
	want(t, sup.Get(invitations), 200, "No invitation waits for you")
	want(t, asks(b, "sup@maker.example", key), 422, "Wait ten minutes")
	s.Clock.Add(11 * time.Minute)
	want(t, asks(b, "sup@maker.example", key), 303)
	first := invitation(sup)
	s.Clock.Add(11 * time.Minute)
	want(t, asks(b, "sup@maker.example", key), 303)
	if again := invitation(sup); again == first || again == "" {
		t.Errorf("the invitation before still stands: %s %s", first, again)
	}
	want(t, sup.Post(invitations, url.Values{"invitation": {first}, "action": {"accept"}}), 404)
	last := invitation(sup)
	s.Clock.Set(s.Clock.Now().AddDate(0, 0, 15))
	sup, b = s.Again("sup@maker.example"), s.Again(testkit.Applicant)
	want(t, sup.Post(invitations, url.Values{"invitation": {last}, "action": {"accept"}}), 404)
	want(t, b.Get(candidates), 200, "Expired 21 September 2026")
	s.Unbroken()
}

func TestAnApplicationWithoutPermissionIsToldNothingOfAReturn(t *testing.T) {
	t.Parallel()
	s := naming(t)
	s.sent(t, "v2-compliant.yaml", "certificate_issue_date: '2026-03-01'", "certificate_issue_date: '2026-03-01'")
	first := s.Draft("Another application")
	s.names(t, first, "Cardiowatch")
	// The other application relies on the return already, as one that was submitted does.
	if err := s.DB.Write.Exec("INSERT INTO application_products (application_id, product_id, round_id, call_id, chosen, relies) SELECT a.id, p.id, a.round_id, a.call_id, false, true FROM applications a, products p WHERE a.id = ? AND p.name = 'CardioWatch'", first.ID).Error; err != nil {
		t.Fatal(err)
	}
	b := s.SignedIn(testkit.Applicant)
	page := want(t, b.Get(candidates), 200, "Sent for another application", "has not permitted that others rely on its return")
	for _, told := range []string{"Compliant", "compliant", "Why it is not"} {
		if strings.Contains(page.Body, told) {
			t.Errorf("the page says %q", told)
		}
	}
	if strings.Contains(page.Body, "Fill the return in") {
		t.Error("a return of a claimed product can be filled in")
	}
	want(t, b.Get("/applications/"+string(first.Ref)+"/products"), 200, "provisionally: it follows from the return alone")
	id, err := s.products.Mine(s.As(maker))
	if err == nil {
		err = s.products.PermitReuse(s.As(maker), id[0].ID, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	want(t, b.Get(candidates), 200, "provisionally: it follows from the return alone")
}

func TestSoManySuppliersAreInvitedAndNoMore(t *testing.T) {
	t.Parallel()
	s := naming(t)
	b := s.SignedIn(testkit.Applicant)
	key := keyOf(t, b)
	want(t, asks(b, "sup0@maker.example", key), 303)
	var one application.SupplierInvited
	if err := s.DB.Read.First(&one).Error; err != nil {
		t.Fatal(err)
	}
	rows := make([]application.SupplierInvited, 49)
	for i := range rows {
		rows[i] = one
		rows[i].ID = ident.New[string]()
	}
	if err := s.DB.Write.Create(&rows).Error; err != nil {
		t.Fatal(err)
	}
	want(t, asks(b, "sup1@maker.example", key), 422, "50 invitations wait for an answer")
	s.Clock.Set(s.Clock.Now().AddDate(0, 0, 15))
	b = s.Again(testkit.Applicant)
	want(t, asks(b, "sup1@maker.example", key), 303)
}
