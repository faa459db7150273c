package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"adoptionfund/internal/form"
	"adoptionfund/internal/testkit/chromium"
)

// TestProductsFromTheApplicantToTheirSupplier fills a return in for a supplier, who is invited, confirms it, permits its reuse, declares a
// new version, and merges two records of one product.
//
//nolint:paralleltest // the browser is one, and each path is long
func TestProductsFromTheApplicantToTheirSupplier(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range ways() {
		t.Run(name, func(t *testing.T) {
			p := newPath(t, b, how)
			p.prepare()
			p.open()
			p.nameProducts()
			p.fillIn()
			p.inviteSupplier()
			p.confirmFilledIn()
			p.permitAndDeclare()
			p.mergeRecords()
		})
	}
}

// nameProducts starts an application and names its candidate product.
func (p *path) nameProducts() {
	p.t.Helper()
	at := p.person("applicant@trust.example")
	at.Go("/applications/start?call=AF26-CAR")
	at.Fill(map[string][]string{"call": {"AF26-CAR"}, "title": {"Remote monitoring after surgery"}, "lead": {"QMF"}})
	at.Press("Start")
	p.ref = regexp.MustCompile(`AF26-\d{4}`).FindString(at.At())
	f, err := p.app.library.Form("application-1")
	if err != nil {
		p.t.Fatal(err)
	}
	answers := p.answers(f)
	for _, s := range f.Sections {
		if q := f.Roles[form.RoleProductName]; s.Code == mustQuestion(f, q.Code).Section {
			p.fill(at, s, answers)
		}
	}
}

func mustQuestion(f *form.Form, code form.Code) *form.Question {
	q, _ := f.Question(code)
	return q
}

// fillIn fills the return in for the supplier: a section as it is typed, evidence, and an action that is changed where it stands.
func (p *path) fillIn() {
	p.t.Helper()
	at := p.person("applicant@trust.example")
	at.Go("/applications/"+p.ref).Press("Candidate products").Sees("Nobody has claimed this product", "not known to the fund yet")
	at.Press("Fill the return in").Sees("You fill this return in for the supplier", "It counts for your application alone")
	own := at.At()
	if p.how.JavaScript {
		at.Round() // every stop is seen, and the keyboard comes round again
	}
	at.Press("C1 ").Sees("Provisional status of the return", "Incomplete")
	if p.how.JavaScript {
		at.Round()
		before := at.Text()
		at.Fill(map[string][]string{"C1.1.1": {"no"}})
		at.Waits("Saved at")
		if at.Text() == before {
			p.t.Error("the page says what it said before")
		}
		at.Go(own)
	} else {
		at.Fill(map[string][]string{"C1.1.1": {"no"}})
		at.Press("Save and come back").Sees("Saved")
	}
	at.Sees("In progress")
	at.Opens("Add evidence")
	at.Fill(map[string][]string{"question": {"C3.3"}, "kind": {"penetration_test_summary"}, "test_date": {"2026-08-01"}, "product_version": {"2.0"}})
	if p.how.JavaScript {
		at.Choose("content", "pentest.pdf", 9<<20).Until("It is added with the button below")
	} else {
		at.Bring("content", "pentest.pdf", []byte("%PDF-1.7\n% invented\n%%EOF\n"))
	}
	at.Press("Add the evidence").Sees("Evidence added", "pentest.pdf")
	at.Opens("Add an action")
	at.Fill(map[string][]string{"plan-question": {"C3.1"}, "plan-what": {"Renew the certificate"}, "plan-owner": {"The CTO"}, "plan-due": {"15 12 2026"}})
	at.Press("Add the action").Sees("Action added")
	at.Fill(map[string][]string{"plan-due-0": {"no day"}})
	at.Press("Save the action for C3.1").Sees("There is a problem", "Enter the day by which it is done")
	at.Fill(map[string][]string{"plan-due-0": {"20 December 2026"}})
	at.Press("Save the action for C3.1").Sees("Action changed")
	at.Opens("Upload a return file").Bring("return", "return.yaml", p.wholeReturn()).Press("Upload the file").Sees("The file is read")
	at.Press("Send the return").Sees("The return is sent")
	at.Go("/applications/"+p.ref+"/products").Sees("filled in for the supplier and sent", "provisionally: it follows from the return alone")
}

// wholeReturn is an example of a whole return of the product.
func (p *path) wholeReturn() []byte {
	p.t.Helper()
	text, err := os.ReadFile("../../internal/dtac/status/testdata/v2-compliant.yaml")
	if err != nil {
		p.t.Fatal(err)
	}
	return []byte(strings.ReplaceAll(string(text), "version: '2.1'", "version: '2.0'"))
}

// inviteSupplier invites the supplier, who accepts from the mail.
func (p *path) inviteSupplier() {
	p.t.Helper()
	const email = "sam@cardiac.example"
	at := p.person("applicant@trust.example")
	at.Go("/applications/" + p.ref + "/products").Type(map[string]string{"name": "Sam Adeyemi", "email": email})
	at.Press("Invite the supplier").Sees("The invitation was sent", "Invited until")
	who := p.browser.Person(p.t, p.url, "sam", p.how)
	p.known[email] = who
	who.Go(p.link(email, "")).Type(map[string]string{"name": "Sam Adeyemi", "password": pathPassword}).Press("Accept")
	who.SignIn(email, pathPassword).Go("/supplier/invitations").Sees("HeartHome (invented)", "What is held of you")
	who.Press("Accept").Sees("You act for this product now", "HeartHome (invented)")
}

// confirmFilledIn has the supplier read what was filled in, confirm it, and send its return; the applicant only reads from then on.
func (p *path) confirmFilledIn() {
	p.t.Helper()
	who := p.known["sam@cardiac.example"]
	who.Go("/supplier").Press("HeartHome").Sees("Filled in by applicants", "To be confirmed", "Not sent yet")
	who.Press("DTAC version 2").Sees("What an applicant filled in for you", "Says nothing yet").Not(p.ref)
	who.Press("Confirm, and take it").Sees("is in your return now", "Taken")
	at := p.person("applicant@trust.example")
	at.Go("/applications/" + p.ref + "/products").Press("Read what you filled in").Sees("You can read what you filled in, but not change it").Not("Send the return to the fund")
	at.Press("C1 ").Sees("C1.1.1").Not("Save and continue")
	who.Press("Send the return").Sees("The return is sent")
	at.Go("/applications/" + p.ref + "/products").Sees("provisionally: it follows from the return alone").Not("filled in for the supplier and sent")
}

// permitAndDeclare permits reuse, and declares a version that affects the penetration test, which is marked out of date then.
func (p *path) permitAndDeclare() {
	p.t.Helper()
	who := p.known["sam@cardiac.example"]
	who.Press("Permit reuse").Sees("Other applications may now rely on your return")
	who.Press("Declare a new version").Sees("Evidence that the new version affects")
	key := regexp.MustCompile(`value="(dtac-v2/\d+)"`).FindStringSubmatch(who.HTML())
	if key == nil {
		p.t.Fatalf("no evidence is bound to a version:\n%s", who.Text())
	}
	who.Fill(map[string][]string{"release": {"2.0"}, "affected": {key[1]}})
	who.Press("Declare the new version").Sees("There is a problem", "Enter a version that is not the one of this return")
	who.Fill(map[string][]string{"release": {"3.0"}, "affected": {key[1]}})
	who.Press("Declare the new version").Sees("has a record of its own", "out of date: it is about another version", "Not permitted")
}

// mergeRecords merges a second record of the product into the first, after both were looked at.
func (p *path) mergeRecords() {
	p.t.Helper()
	who, admin := p.known["sam@cardiac.example"], p.person("admin@fund.example")
	who.Go("/supplier").Type(map[string]string{"name": "Heart Home (invented)", "supplier": "Invented Cardiac Care Ltd", "version": "2.0"}).Press("Claim")
	admin.Go("/dtac").Press("Confirm")
	who.Go("/supplier").Press("HeartHome (invented)").Press("Merge two records")
	other := regexp.MustCompile(`name="other"[^>]*value="([0-9a-f-]+)"[^>]*>\s*<label[^>]*>\s*Heart Home`).FindStringSubmatch(who.HTML())
	if other == nil {
		p.t.Fatalf("no second record:\n%s", who.HTML())
	}
	who.Press("Look at both records").Sees("There is a problem")
	who.Fill(map[string][]string{"other": {other[1]}})
	who.Press("Look at both records").Sees("Check both records before you merge them", "This cannot be undone", "Heart Home (invented)")
	if p.how.JavaScript {
		who.Round()
	}
	who.Press("Merge the records").Sees("The two records are one")
	who.Go("/supplier").Not("Heart Home (invented)")
}
