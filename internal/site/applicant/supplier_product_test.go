package applicant_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/product"
)

func TestASupplierPermitsReuseDeclaresAVersionAndMergesTwoRecords(t *testing.T) {
	t.Parallel()
	s := supplied(t)
	s.whole(t)
	own := s.SignedIn(maker)
	secret := append(pdfOf(3000), "secret"...)
	own.Follow(s.attach(own, "C3.3 penetration_test_summary", "pentest.pdf", secret, "test_date", "2026-08-01"))

	page := own.Follow(own.Post(s.path+"/reuse", url.Values{"action": {"permit"}, "form": {"dtac-v2"}}))
	if !strings.Contains(page.Body, "may now rely on your return") || !strings.Contains(page.Body, "Withdraw the permission") {
		t.Error(page.Body)
	}
	page = own.Get(s.path + "/release")
	want(t, page, 200)
	seen := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page.Body)
	piece := regexp.MustCompile(`value="(dtac-v2/\d+)"[^>]*>\s*<label[^>]*>[^<]*pentest.pdf`).FindStringSubmatch(page.Body)
	if seen == nil || piece == nil {
		t.Fatal(page.Body)
	}
	same := own.Post(s.path+"/release", url.Values{"release": {"2.1"}, "version": {seen[1]}, "affected": {piece[1]}})
	want(t, same, 422)
	if !regexp.MustCompile(piece[1] + `"[^>]* checked`).MatchString(same.Body) {
		t.Error("what was ticked is lost")
	}
	made := own.Post(s.path+"/release", url.Values{"release": {"3.0"}, "version": {seen[1]}, "affected": {piece[1]}})
	want(t, made, 303)
	page = own.Follow(made)
	if !strings.Contains(page.Body, "out of date: it is about another version") || !strings.Contains(page.Body, "Permit reuse") {
		t.Error(page.Body)
	}
	links := held(page)
	if len(links) != 1 || strings.HasPrefix(links[0], s.path+"/") {
		t.Fatal(links)
	}
	if file := own.Get(links[0]); file.Status != 200 || file.Body != string(secret) {
		t.Errorf("the file of the new version: %d", file.Status)
	}

	other, err := s.products.Claim(s.As(maker), product.Named{Name: "Cardio Watch", Supplier: "Example Ltd", Version: "2.1"})
	if err == nil {
		err = s.products.ConfirmClaim(s.As("manager"), other, s.Person(maker, "", access.Scope{}).ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	page = own.Get(s.path + "/merge")
	if !strings.Contains(page.Body, "Cardio Watch 2.1") || strings.Contains(page.Body, "PulseBoard") {
		t.Error(page.Body)
	}
	want(t, own.Post(s.path+"/merge", url.Values{}), 422)
	page = want(t, own.Post(s.path+"/merge", url.Values{"other": {string(other)}}), 200, "Check both records before you merge them", "This cannot be undone")
	seen = regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page.Body)
	want(t, own.Post(s.path+"/merge", url.Values{"other": {string(other)}, "action": {"merge"}, "version": {"999"}}), 409, "Look at both again")
	page = own.Follow(own.Post(s.path+"/merge", url.Values{"other": {string(other)}, "action": {"merge"}, "version": {seen[1]}}))
	if !strings.Contains(page.Body, "The two records are one") {
		t.Error(page.Body)
	}
	page = own.Get("/supplier")
	if strings.Contains(page.Body, "Cardio Watch") {
		t.Error("the record that went is listed still")
	}
	foreign := s.SignedIn(rival)
	for _, at := range []string{"/release", "/merge"} {
		if a := foreign.Get(s.path + at); a.Status != 403 && a.Status != 404 {
			t.Errorf("a rival opens %s: %d", at, a.Status)
		}
	}
}
