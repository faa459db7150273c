package main

import (
	"maps"
	"regexp"
	"testing"

	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit/chromium"
)

// TestTheKeyboardAloneGoesFromStartToReceipt starts, writes, signs and submits an application with Tab, Shift and Tab, arrows, space
// bar, Enter and typing. After each key something has the focus, and it is seen.
//
//nolint:paralleltest // the browser is one
func TestTheKeyboardAloneGoesFromStartToReceipt(t *testing.T) {
	p := newPath(t, chromium.Start(t, modules), chromium.How{JavaScript: true, Width: 1200})
	p.prepare()
	p.open()
	at := p.browser.Person(t, p.url, "applicant", p.how)
	p.known["applicant@trust.example"] = at
	p.keySignIn(at, "applicant@trust.example")
	at.Go("/applications").Follow("Start")
	at.Go("/applications/start?call=AF26-CAR").KeyIn(map[string][]string{"title": {"Remote monitoring after surgery"}}, "Start")
	p.ref = regexp.MustCompile(`AF26-\d{4}`).FindString(at.At())
	if stops := at.Round(); stops < 20 {
		t.Errorf("the task list has %d stops", stops)
	}
	p.keySections(at)
	p.keyFiles(at)
	p.keyConflict(at)
	p.keyInvite(at)
	at.Go("/applications/"+p.ref+"/sign").KeyIn(nil, "Ask them to sign")
	p.tick()
	for email, name := range map[string]string{"sro@trust.example": "Shazia Rahman", "finance@trust.example": "Finn O'Dowd"} {
		who := p.browser.Person(t, p.url, name, p.how)
		p.known[email] = who
		who.Go(p.link(email, "Please sign")).Follow("Send me a code")
		who.KeyIn(map[string][]string{"code": {p.code(email)}}, "Continue").Sees("This is everything that you sign")
		who.KeyIn(map[string][]string{"name": {name}}, "Sign").Sees("You have signed")
	}
	at.Go("/applications/"+p.ref).KeyIn(nil, "Submit").Sees("Application submitted", "Arrived")
}

func (p *path) keySignIn(at *chromium.Person, email string) {
	p.t.Helper()
	at.Go("/sign-in")
	at.Round()
	at.Go("/sign-in").KeyIn(map[string][]string{"email": {email}, "password": {pathPassword}}, "Sign in")
}

// keySections fills every section in.
func (p *path) keySections(at *chromium.Person) {
	p.t.Helper()
	f, err := p.app.library.Form("application-1")
	if err != nil {
		p.t.Fatal(err)
	}
	answers := p.answers(f)
	for _, s := range f.Sections {
		values := map[string][]string{}
		for _, q := range s.Questions {
			v := answers[q.Code]
			maps.Copy(values, form.Inputs(q, v))
			if v.Organisation == "QMF" { // is looked up by its name
				values[string(q.Code)] = []string{"QMF", "North East London"}
			}
		}
		at.Go("/applications/"+p.ref+"/sections/"+s.Path()).KeyIn(values, "Save and continue").Not("There is a problem")
	}
}

// keyFiles adds a file and takes it out again. The window in which a device shows its files is the device's own.
func (p *path) keyFiles(at *chromium.Person) {
	p.t.Helper()
	section, attached := "/applications/"+p.ref+"/sections/evidence", func() []application.File {
		page, err := p.app.applications.Open(p.as("applicant@trust.example"), ident.Ref(p.ref), "evidence")
		if err != nil {
			p.t.Fatal(err)
		}
		return page.Files
	}
	at.Go(section).TabTo("Papers, reports and data").Choose("EV9", "paper.pdf", 2000).Waits("paper.pdf (1 KB, added")
	files := attached()
	if len(files) != 1 {
		p.t.Fatalf("%+v", files)
	}
	at.Go(section).KeyIn(map[string][]string{"EV9-remove": {string(files[0].ID)}}, "Save and continue")
	if files = attached(); len(files) != 0 {
		p.t.Fatalf("%+v", files)
	}
}

// keyConflict has a colleague change the answer that is being typed, and chooses between the two.
func (p *path) keyConflict(at *chromium.Person) {
	p.t.Helper()
	p.account("helper@trust.example", "Hana Whitlock", "")
	owner, helper := p.as("applicant@trust.example"), p.as("helper@trust.example")
	no := func(err error) {
		p.t.Helper()
		if err != nil {
			p.t.Fatal(err)
		}
	}
	ref, section := ident.Ref(p.ref), "/applications/"+p.ref+"/sections/summary"
	no(p.app.applications.Invite(owner, ref, application.Invitation{Email: "helper@trust.example", Name: "Hana Whitlock"}))
	no(p.app.applications.AnswerInvitation(helper, ref, true))
	at.Go(section)
	helper = p.as("helper@trust.example")
	page, err := p.app.applications.Open(helper, ref, "summary")
	no(err)
	_, err = p.app.applications.Save(helper, ref, "summary", application.Typed{Values: map[string][]string{"SU2": {"What Hana typed"}}, Version: page.Version})
	no(err)
	at.TabTo("Describe your project").Strike(" What Amara typed").Waits("Hana Whitlock changed “Plain-English summary”")
	at.Follow("See both versions and choose").Sees("Choose which version to keep")
	at.KeyIn(map[string][]string{"choose.SU2": {"mine"}}, "Keep what I chose").Sees("the versions that you chose are in the section now")
}

func (p *path) keyInvite(at *chromium.Person) {
	p.t.Helper()
	people := "/applications/" + p.ref + "/people"
	at.Go(people).KeyIn(map[string][]string{"name": {"Cora Okafor"}, "email": {"cora@partner.example"}, "organisation": {"other"}, "sections": {"costs"}}, "Invite")
	at.Sees("The invitation was sent", "Cora Okafor")
}
