package applicant_test

import (
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/form"
	"adoptionfund/internal/product"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// attach sends an item of evidence with a file.
func (s *space) attach(b *sitekit.Browser, what, name string, content []byte, fields ...string) sitekit.Answer {
	question, kind, _ := strings.Cut(what, " ")
	sent := url.Values{"action": {"evidence"}, "form": {"dtac-v2"}, "question": {question}, "kind": {kind}, "product_version": {"2.1"}}
	for i := 0; i+1 < len(fields); i += 2 {
		sent.Set(fields[i], fields[i+1])
	}
	return b.Upload(s.path, sent, "content", name, content)
}

// whole fills the return with an example, without evidence that is held here.
func (s *space) whole(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile("../../dtac/status/testdata/v2-compliant.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.products.UploadReturn(s.As(maker), s.id, "dtac-v2", "return.yaml", text); err != nil {
		t.Fatal(err)
	}
}

// held are the addresses of the files on a page.
func held(a sitekit.Answer) []string {
	return regexp.MustCompile(`/supplier/products/[0-9a-f-]+/files/[0-9a-f-]+`).FindAllString(a.Body, -1)
}

// name has a submitted application name the product, so that assessors reach it.
func (s *space) name(t *testing.T) {
	t.Helper()
	a := s.Submitted("Remote monitoring")
	s.Write(s.Operator(), func(tx *work.Tx) error {
		if err := tx.Require(access.LoadDemonstration, access.Facts{}); err != nil {
			return err
		}
		row := form.Row{"name": {Text: "CardioWatch"}, "supplier": {Text: "Example Ltd"}, "version": {Text: "2.1"}}
		return product.FromAnswers(tx, product.Use{Application: a.ID, Round: a.RoundID, Call: a.CallID}, s.Form(a), form.Answers{"PR1": {Rows: []form.Row{row}}})
	})
}

func TestEvidenceHasItsFileAndSecurityEvidenceReachesItsSupplierAndDTACAssessorsAlone(t *testing.T) {
	t.Parallel()
	s := supplied(t)
	s.whole(t)
	s.name(t)
	own := s.SignedIn(maker)
	open, secret := append(pdfOf(3000), "open"...), append(pdfOf(3000), "secret"...)
	own.Follow(s.attach(own, "C2.2.2 dpia", `C:\DPIA.pdf`, open))
	page := own.Follow(s.attach(own, "C3.1 cyber_essentials_certificate", "certificate.pdf", secret, "certificate_issue_date", "2026-08-01"))
	links := held(page)
	if len(links) != 2 || !strings.Contains(page.Body, "certificate.pdf") {
		t.Fatalf("%v\n%s", links, page.Body)
	}
	got := own.Get(links[1])
	want(t, got, 200)
	if got.Body != string(secret) || got.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d bytes, %v", len(got.Body), got.Header)
	}
	readers := map[string]*sitekit.Browser{}
	for name, role := range map[string]string{"dtac": "dtac_assessor", "manager": "administrator", "auditor": "auditor", "reviewer": "reviewer", "screening": "screening_officer"} {
		if name != "manager" {
			s.Person(name, role, access.Scope{})
		}
		readers[name] = s.SignedIn(name)
	}
	readers["rival"], readers["applicant"] = s.SignedIn(rival), s.SignedIn(testkit.Applicant)
	for name, b := range readers { // before it is sent
		for _, link := range links {
			if a := b.Get(link); a.Status != 404 && a.Status != 403 {
				t.Errorf("%s has %s before it was sent: %d", name, link, a.Status)
			}
		}
	}
	if err := s.products.Submit(s.As(maker), s.id, "dtac-v2"); err != nil {
		t.Fatal(err)
	}
	for name, b := range readers {
		mayOpen := name == "dtac" || name == "manager" || name == "auditor"
		if a := b.Get(links[0]); (a.Status == 200) != mayOpen {
			t.Errorf("%s gets the open file: %d", name, a.Status)
		}
		if a := b.Get(links[1]); (a.Status == 200) != (name == "dtac") || name != "dtac" && strings.Contains(a.Body, "certificate.pdf") {
			t.Errorf("%s gets security evidence: %d", name, a.Status)
		}
		if a := b.Get(s.path); name != "dtac" && (strings.Contains(a.Body, "certificate.pdf") || strings.Contains(a.Body, "2026-08-01") || strings.Contains(a.Body, links[1])) {
			t.Errorf("%s reads of security evidence on the page of the return", name)
		}
	}
	s.Unbroken()
}

func TestAFileOfEvidenceIsLookedIntoAndRefusedByName(t *testing.T) {
	t.Parallel()
	s := supplied(t)
	b := s.SignedIn(maker)
	want(t, s.attach(b, "C2.2.2 dpia", "dpia.exe", pdfOf(100)), 422, "must be of the kind PDF")
	want(t, s.attach(b, "C2.2.2 dpia", "dpia.docx", pdfOf(100)), 422, "is not what its name says")
	want(t, s.attach(b, "C2.2.2 dpia", "dpia.pdf", nil), 422)
	want(t, s.attach(b, "C3.1 cyber_essentials_certificate", "c.pdf", pdfOf(100)), 422, "Enter certificate issue date")
	if got := held(b.Get(s.path)); len(got) != 0 {
		t.Errorf("%v", got)
	}
	// a reference without a file stays possible
	a := b.Post(s.path, url.Values{"action": {"evidence"}, "form": {"dtac-v2"}, "question": {"C2.2.2"}, "kind": {"dpia"}, "file": {"DPIA, held by us"}})
	want(t, b.Follow(a), 200, "DPIA, held by us")
}

func TestTheSweepKeepsTheFilesOfReturnsAndTakesThoseThatWereRemoved(t *testing.T) {
	t.Parallel()
	s := supplied(t)
	b := s.SignedIn(maker)
	b.Follow(s.attach(b, "C2.2.2 dpia", "stays.pdf", pdfOf(2000)))
	page := b.Follow(s.attach(b, "C2.2.2 dpia", "goes.pdf", pdfOf(3000)))
	links := held(page)
	sp := s.stands(t)
	if err := s.products.Remove(s.As(maker), s.id, "dtac-v2", product.Item{Number: 1, Mark: product.RowMark(sp.Return.Body.Evidence[1])}); err != nil {
		t.Fatal(err)
	}
	s.Clock.Set(s.Clock.Now().AddDate(0, 0, 3))
	if err := s.Applications.SweepFiles(s.Job(access.SweepFiles)); err != nil {
		t.Fatal(err)
	}
	b = s.Again(maker)
	if a := b.Get(links[0]); a.Status != 200 || len(a.Body) != 2000 {
		t.Errorf("the file that stays: %d", a.Status)
	}
	want(t, b.Get(links[1]), 404)
	if n := len(held(b.Get(s.path))); n != 1 {
		t.Errorf("%d files", n)
	}
}
