package applicant_test

import (
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/product"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

// fills has the main contact of an application begin to fill in the return of the first product that it names.
func fills(t *testing.T, b *sitekit.Browser, ref string) string {
	t.Helper()
	at := "/applications/" + ref + "/products"
	found := regexp.MustCompile(`action="[^"]+/fill"[^>]*>\s*<input type="hidden" name="product" value="([^"]+)"`).FindStringSubmatch(b.Get(at).Body)
	if found == nil {
		t.Fatal("no return can be filled in")
	}
	a := b.Post(at+"/fill", url.Values{"product": {found[1]}})
	want(t, a, 303)
	if !strings.HasPrefix(a.Location, "/filling-in/") {
		t.Fatal(a.Location)
	}
	return a.Location
}

// uploads an example of a return, and sends it.
func sendsReturn(t *testing.T, b *sitekit.Browser, at, example string) {
	t.Helper()
	text, err := os.ReadFile("../../dtac/status/testdata/" + example)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.ReplaceAll(string(text), "version: '2.0'", "version: v2.1")
	changed = strings.ReplaceAll(changed, "version: '2.1'", "version: v2.1")
	changed = strings.ReplaceAll(changed, "unaffected_since: ['2.0']", "unaffected_since: ['2.0', '2.1']")
	want(t, b.Follow(b.Upload(at, url.Values{"action": {"upload"}, "form": {"dtac-v2"}}, "return", "return.yaml", []byte(changed))), 200, "The file is read")
	want(t, b.Follow(b.Post(at, url.Values{"action": {"submit"}, "form": {"dtac-v2"}})), 200, "The return is sent")
}

func TestAnApplicantFillsAReturnInForASupplierUntilItIsClaimed(t *testing.T) {
	t.Parallel()
	s := naming(t)
	b := s.SignedIn(testkit.Applicant)
	want(t, b.Get(candidates), 200, "Nobody has claimed this product", "Fill the return in")
	at := fills(t, b, "AF26-0001")
	page := want(t, b.Get(at), 200, "filled in for Example Limited", "It counts for your application alone", `href="/applications/AF26-0001/products"`, "by its main contact")
	for _, not := range []string{"Permit reuse", "Declare a new version", "Merge two records"} {
		if strings.Contains(page.Body, not) {
			t.Errorf("an applicant is offered %q", not)
		}
	}
	if again := fills2(b, "AF26-0001"); again != at {
		t.Errorf("a second record is begun: %s", again)
	}
	sendsReturn(t, b, at, "v2-compliant.yaml")
	want(t, b.Get(candidates), 200, "filled in for the supplier and sent", "provisionally: it follows from the return alone", "Go on with the return that you fill in")

	sup := s.supplierJoins(t, b)
	want(t, b.Post(at, url.Values{"action": {"submit"}, "form": {"dtac-v2"}}), 403, "nobody may act for the product")
	want(t, b.Post(at+"/sections/c1?form=dtac-v2", url.Values{"C1.1.1": {"no"}, "version": {"2"}}), 403)
	want(t, b.Get(at), 200, "You can read what you filled in, but not change it")
	want(t, b.Get(candidates), 200, "Read what you filled in", "filled in for the supplier and sent")

	own := regexp.MustCompile(`/supplier/products/[0-9a-f-]+`).FindString(sup.Get("/supplier").Body)
	page = want(t, sup.Get(own), 200, "Filled in by applicants", "To be confirmed", "Not sent yet")
	link := regexp.MustCompile(own + `/filled-in/[0-9a-f-]+\?form=dtac-v2`).FindString(page.Body)
	page = want(t, sup.Get(link), 200, "What an applicant filled in for you", "Says nothing yet", "Sent to the fund", "Confirm, and take it")
	for _, secret := range []string{"AF26-0001", "Remote monitoring", testkit.Applicant} {
		if strings.Contains(page.Body, secret) {
			t.Errorf("the supplier learns %q", secret)
		}
	}
	want(t, sup.Get(at), 404)
	want(t, b.Get(link), 404)
	want(t, sup.Post(link, url.Values{"action": {"nothing"}}), 422, "Press one of the buttons")
	want(t, sup.Follow(sup.Post(link, url.Values{"action": {"take"}})), 200, "is in your return now", "Taken", "Not sent yet")
	want(t, sup.Post(link, url.Values{"action": {"aside"}}), 409)
	want(t, b.Get(candidates), 200, "filled in for the supplier and sent") // until the supplier sends its own
	want(t, sup.Follow(sup.Post(own, url.Values{"action": {"submit"}, "form": {"dtac-v2"}})), 200, "The return is sent")
	if page = want(t, b.Get(candidates), 200, "provisionally: it follows"); strings.Contains(page.Body, "filled in for the supplier and sent") {
		t.Error("the status is still of what the applicant filled in")
	}
	s.Unbroken()
}

// fills2 asks once more for the record that is there.
func fills2(b *sitekit.Browser, ref string) string {
	found := regexp.MustCompile(`/filling-in/[0-9a-f-]+`).FindString(b.Get("/applications/" + ref + "/products").Body)
	return found
}

// supplierJoins invites the supplier as the main contact, and has it accept.
func (s *space) supplierJoins(t *testing.T, b *sitekit.Browser) *sitekit.Browser {
	t.Helper()
	want(t, asks(b, "sup@maker.example", keyOf(t, b)), 303)
	sup := s.joins(t)
	want(t, sup.Post(invitations, url.Values{"invitation": {invitation(sup)}, "action": {"accept"}}), 303)
	return sup
}

func TestWhatWasFilledInAndIsSetAsideCountsForNothing(t *testing.T) {
	t.Parallel()
	s := naming(t)
	b := s.SignedIn(testkit.Applicant)
	at := fills(t, b, "AF26-0001")
	sendsReturn(t, b, at, "v2-compliant.yaml")
	sup := s.supplierJoins(t, b)
	own := regexp.MustCompile(`/supplier/products/[0-9a-f-]+`).FindString(sup.Get("/supplier").Body)
	link := regexp.MustCompile(own + `/filled-in/[0-9a-f-]+\?form=dtac-v2`).FindString(sup.Get(own).Body)
	want(t, sup.Follow(sup.Post(link, url.Values{"action": {"aside"}})), 200, "is set aside", "Set aside")
	page := want(t, b.Get(candidates), 200, "Its supplier completes it, and has not sent it yet")
	if strings.Contains(page.Body, "filled in for the supplier and sent") {
		t.Error("what was set aside counts")
	}
	want(t, b.Get(at), 200)
	s.Unbroken()
}

func TestTwoApplicationsFillInOneProductWithoutMeeting(t *testing.T) {
	t.Parallel()
	s := naming(t)
	other := s.Person("second@trust.example", "applicant", access.Scope{})
	a := s.Draft("A second application")
	s.names(t, a, "CardioWatch")
	if err := s.DB.Write.Exec("DELETE FROM application_people WHERE application_id = ? AND relation = ?", a.ID, application.MainContact).Error; err != nil {
		t.Fatal(err)
	}
	if err := s.DB.Write.Exec("UPDATE applications SET main_contact = ? WHERE id = ?", other.ID, a.ID).Error; err != nil {
		t.Fatal(err)
	}
	s.Relate(a, other.ID, application.MainContact)
	one, two := s.SignedIn(testkit.Applicant), s.SignedIn(other.Email)
	first, second := fills(t, one, "AF26-0001"), fills(t, two, string(a.Ref))
	if first == second {
		t.Fatal("they share a record")
	}
	secret := append(pdfOf(2000), "secret"...)
	want(t, one.Follow(one.Upload(first, url.Values{
		"action": {"evidence"}, "form": {"dtac-v2"}, "question": {"C3.3"}, "kind": {"penetration_test_summary"}, "test_date": {"2026-08-01"},
	}, "content", "pentest.pdf", secret)), 200, "pentest.pdf")
	file := regexp.MustCompile(first + `/files/[0-9a-f-]+`).FindString(one.Get(first).Body)
	if got := one.Get(file); got.Status != 200 || got.Body != string(secret) {
		t.Errorf("who filled it in: %d", got.Status)
	}
	s.Person("helper", "contributor", access.Scope{})
	s.Relate(s.Application("AF26-0001"), s.Person("helper", "contributor", access.Scope{}).ID, application.Contributor)
	s.Person("assessor", "dtac_assessor", access.Scope{})
	for _, who := range []*sitekit.Browser{two, s.SignedIn("helper"), s.SignedIn("manager"), s.SignedIn("assessor")} {
		for _, page := range []string{first, file, first + "/sections/c3"} {
			if got := who.Get(page); got.Status != 404 && got.Status != 403 || strings.Contains(got.Body, "pentest") {
				t.Errorf("%s is open to another: %d", page, got.Status)
			}
		}
		if got := who.Post(first, url.Values{"action": {"submit"}, "form": {"dtac-v2"}}); got.Status != 404 && got.Status != 403 {
			t.Errorf("another sends it: %d", got.Status)
		}
	}
	if page := two.Get(second); strings.Contains(page.Body, "pentest") {
		t.Error("the second sees what the first filled in")
	}
	s.Unbroken()
}

func TestASuppliersSectionIsSavedAsItIsTypedWithItsStatus(t *testing.T) {
	t.Parallel()
	s := supplied(t)
	colleague := s.Person("colleague@maker.example", "", access.Scope{})
	if _, err := s.products.Claim(s.As(colleague.Email), product.Named{Name: "CardioWatch", Supplier: "Example Ltd", Version: "2.1"}); err != nil {
		t.Fatal(err)
	}
	if err := s.products.ConfirmClaim(s.As("manager"), s.id, colleague.ID); err != nil {
		t.Fatal(err)
	}
	one, two := s.SignedIn(maker), s.SignedIn(colleague.Email)
	section := s.path + "/sections/c1?form=dtac-v2"
	page := want(t, one.Get(section), 200, "data-autosave", `id="provisional-status"`, `aria-live="polite"`, "It is not an assessment")
	types := func(b *sitekit.Browser, status int, values url.Values) sitekit.Answer {
		t.Helper()
		return want(t, b.SendForm(section, values), status)
	}
	stood := mark(t, page, "C1.1.1")
	answer := types(one, 200, url.Values{"version": {"0"}, "C1.1.1": {"no"}, "C1.1.1-shown": {stood}})
	for _, part := range []string{`"version":1`, `"provisional-status"`, "Incomplete", `"provisional-reasons"`, "in this section"} {
		if !strings.Contains(answer.Body, part) {
			t.Errorf("no %q in %s", part, answer.Body)
		}
	}
	types(one, 200, url.Values{"version": {"1"}, "C1.2.5": {"Ada Invented"}, "C1.2.5-shown": {mark(t, page, "C1.2.5")}})
	if n := s.events(t, "dtac.answer", "c1"); n != 1 {
		t.Errorf("typing in one section is %d events", n)
	}
	clash := types(two, 409, url.Values{"version": {"0"}, "C1.1.1": {"yes"}, "C1.1.1-shown": {stood}})
	if !strings.Contains(clash.Body, `"who":"`) || !strings.Contains(clash.Body, `"question":"C1.1.1"`) {
		t.Error(clash.Body)
	}
	shown := want(t, two.Post(section, url.Values{"action": {"save"}, "version": {"0"}, "C1.1.1": {"yes"}, "C1.1.1-shown": {stood}}), 409,
		"Choose which version to keep", "Your version", "What you typed is on this page")
	current := mark(t, shown, "C1.1.1")
	choice := url.Values{"action": {"choose"}, "version": {"2"}, "C1.1.1-shown": {current}, "mine.C1.1.1": {"yes"}}
	want(t, two.Post(section, choice), 422, "Choose which version to keep")
	choice.Set("choose.C1.1.1", "mine")
	want(t, two.Follow(two.Post(section, choice)), 200, "the versions that you chose")
	sp, err := s.products.Show(s.As(maker), s.id, "dtac-v2", "")
	if err != nil || form.Display(question(t, sp.Form, "C1.1.1"), sp.Return.Body.Answers["C1.1.1"]) != "Yes" || sp.Return.Body.Answers["C1.2.5"].Blank() {
		t.Errorf("%+v, %v", sp.Return.Body.Answers, err)
	}
	s.Unbroken()
}

// events counts the events of a verb about the product that name a section.
func (s *space) events(t *testing.T, verb, section string) int {
	t.Helper()
	var n int64
	if err := s.DB.Read.Table("audit_events").Where("verb = ? AND subject = ? AND facts LIKE ?", verb, string(s.id), `%"`+section+`"%`).Count(&n).Error; err != nil {
		t.Fatal(err)
	}
	return int(n)
}

func TestEvidenceOfAReturnComesInPieces(t *testing.T) {
	t.Parallel()
	s := supplied(t)
	b, foreign := s.SignedIn(maker), s.SignedIn(rival)
	want(t, b.Get(s.path), 200, `data-uploads="`+s.path+`/uploads/dtac-v2"`, `data-upload-field="upload"`)
	uploads := s.path + "/uploads/dtac-v2"
	content := pdfOf(200 << 10)
	begin := url.Values{"section": {"evidence"}, "question": {"content"}, "name": {"large.pdf"}, "size": {strconv.Itoa(len(content))}}
	for what, wrong := range map[string]url.Values{
		"0":                                  {"name": {"x.pdf"}, "size": {"0"}},
		"The file must be 100 MB or smaller": {"name": {"x.pdf"}, "size": {strconv.Itoa(101 << 20)}},
		"The file must be of the kind":       {"name": {"x.exe"}, "size": {"10"}},
	} {
		if got := parse(t, b.Post(uploads, wrong), 422); !strings.Contains(got.Error, strings.TrimPrefix(what, "0")) {
			t.Errorf("%s: %+v", what, got)
		}
	}
	begun := parse(t, b.Post(uploads, begin), 201)
	at := uploads + "/" + begun.ID
	if got := parse(t, b.Send(at+"?at=0", content[:100<<10]), 200); got.Offset != 100<<10 || got.File != nil {
		t.Errorf("%+v", got)
	}
	if got := parse(t, b.Send(at+"?at=0", content[:100<<10]), 409); got.Offset != 100<<10 {
		t.Errorf("%+v", got)
	}
	if got := foreign.Get(at); got.Status != 404 && got.Status != 403 {
		t.Errorf("a rival sees the upload: %d", got.Status)
	}
	add := url.Values{"action": {"evidence"}, "form": {"dtac-v2"}, "upload": {begun.ID}, "question": {"C3.3"}, "kind": {"penetration_test_summary"}, "test_date": {"2026-08-01"}}
	want(t, b.Post(s.path, add), 422, "has not arrived whole")
	if got := parse(t, b.Send(at+"?at=102400", content[100<<10:]), 200); got.File == nil || got.File.Name != "large.pdf" {
		t.Fatalf("%+v", got)
	}
	want(t, b.Get(uploads), 200, `"file":{`, "large.pdf")
	wrong := url.Values{}
	for k, v := range add {
		wrong[k] = v
	}
	wrong.Del("test_date")
	want(t, b.Post(s.path, wrong), 422, "Enter test date")
	page := want(t, b.Follow(b.Post(s.path, add)), 200, "Evidence added", "large.pdf")
	if links := held(page); len(links) != 1 || b.Get(links[0]).Body != string(content) {
		t.Error(links)
	}
	want(t, b.Get(uploads), 200, "[]")
	want(t, b.Post(s.path, add), 422, "has not arrived whole")

	lying := parse(t, b.Post(uploads, url.Values{"name": {"lies.pdf"}, "size": {"100"}}), 201)
	parse(t, b.Send(uploads+"/"+lying.ID+"?at=0", []byte(strings.Repeat("a text ", 15))[:100]), 200)
	add.Set("upload", lying.ID)
	want(t, b.Post(s.path, add), 422, `href="#content"`)
	want(t, b.Get(uploads), 200, "[]")
	gone := parse(t, b.Post(uploads, begin), 201)
	want(t, b.Post(uploads+"/"+gone.ID+"/cancel", nil), 303)
	want(t, b.Get(uploads), 200, "[]")
	s.Unbroken()
}
