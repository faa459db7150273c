package main

import (
	"regexp"
	"strings"
	"testing"

	"adoptionfund/internal/testkit/chromium"
)

// TestTwoContributorsAndTwoSignatories goes from a draft to its receipt with everybody who has a part in it: two colleagues who are
// invited, a signatory who signs from the mail without an account, with the keyboard alone, and one who signs in.
//
//nolint:paralleltest // the browser is one, and each path is long
func TestTwoContributorsAndTwoSignatories(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range ways() {
		t.Run(name, func(t *testing.T) {
			p := newPath(t, b, how)
			p.prepare()
			p.open()
			p.apply()
			p.contributor("costs@trust.example", "Cora Okafor", "Costs")
			p.contributor("delivery@partner.example", "Dev Anand", "Delivery")
			p.person("applicant@trust.example").Go("/applications/"+p.ref+"/people").Sees("Cora Okafor", "Dev Anand")
			p.signTwoWays()
			p.person("applicant@trust.example").Go("/applications/" + p.ref).Sees("by email")
			p.send()
		})
	}
}

// contributor is invited to a section, makes an account, accepts, and saves the section.
func (p *path) contributor(email, name, section string) {
	p.t.Helper()
	owner := p.person("applicant@trust.example")
	owner.Go("/applications/" + p.ref + "/people")
	code := strings.ToLower(section)
	owner.Fill(map[string][]string{"name": {name}, "email": {email}, "organisation": {"other"}, "sections": {code}})
	owner.Press("Invite").Sees("The invitation was sent", "Invited until")
	p.tick()
	who, _, _ := strings.Cut(email, "@")
	at := p.browser.Person(p.t, p.url, who, p.how)
	p.known[email] = at
	at.Go(p.link(email, "You are invited")).Type(map[string]string{"name": name, "password": pathPassword}).Press("Accept")
	at.Type(map[string]string{"email": email, "password": pathPassword}).Press("Sign in").Sees("What is held of you")
	at.Press("Accept").Sees("You take part in this application now")
	at.Go("/applications/" + p.ref + "/sections/" + code).Press("Save and continue").Not("There is a problem")
	at.Go("/applications/" + p.ref + "/sections/summary").Sees("You can read this section")
}

// signTwoWays has the finance lead sign after signing in, and the project SRO from the mail, with the keyboard alone.
func (p *path) signTwoWays() {
	p.t.Helper()
	p.person("applicant@trust.example").Go("/applications/" + p.ref + "/sign").Press("Ask them to sign")
	p.tick()
	const finance, sro = "finance@trust.example", "sro@trust.example"
	at := p.browser.Person(p.t, p.url, "finance", p.how)
	p.known[finance] = at
	at.Go(p.link(finance, "You are invited")).Type(map[string]string{"name": "Finn O'Dowd", "password": pathPassword}).Press("Accept")
	at.SignIn(finance, pathPassword).Go("/applications/" + p.ref + "/sign").Type(map[string]string{"name": "Finn O'Dowd"}).Press("Sign")
	at = p.browser.Person(p.t, p.url, "sro", p.how)
	p.known[sro] = at
	link := p.link(sro, "Please sign")
	at.Go(link).Sees("changed nothing yet").TabTo("Send me a code").Enter().Sees("It works for 10 minutes")
	at.TabTo("Code").Strike(p.code(sro)).Enter().Sees("This is everything that you sign")
	at.TabTo("Your full name").Strike("Shazia Rahman").Enter().Sees("You have signed", "no longer works")
	at.Go(link).Sees("This link no longer works")
}

// code is the one in the newest mail with a code to somebody.
func (p *path) code(email string) string {
	p.t.Helper()
	p.tick()
	var body string
	err := p.app.db.Read.Raw("SELECT body FROM mails WHERE address = ? AND kind = 'signature_code' ORDER BY id DESC LIMIT 1", email).Scan(&body).Error
	found := regexp.MustCompile(`\n(\d{6})\n`).FindStringSubmatch(body)
	if err != nil || found == nil {
		p.t.Fatalf("no code to %s: %v\n%s", email, err, body)
	}
	return found[1]
}
