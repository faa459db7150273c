package main

import (
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/testkit/chromium"
)

// together is a draft at which two people may write, each at their own browser.
type together struct {
	*path
	section  string
	one, two *chromium.Person
}

func newTogether(t *testing.T, b *chromium.Browser, how chromium.How) *together {
	t.Helper()
	p := newPath(t, b, how)
	p.prepare()
	p.open()
	p.account("helper@trust.example", "Hana Whitlock", "")
	owner := p.as("applicant@trust.example")
	ref, err := p.app.applications.Start(owner, application.Beginning{Call: "AF26-CAR", Title: "Remote monitoring after surgery", Lead: "QMF"})
	if err != nil {
		t.Fatal(err)
	}
	p.ref = string(ref)
	if err := p.app.applications.Invite(owner, ref, application.Invitation{Email: "helper@trust.example", Name: "Hana Whitlock"}); err != nil {
		t.Fatal(err)
	}
	if err := p.app.applications.AnswerInvitation(p.as("helper@trust.example"), ref, true); err != nil {
		t.Fatal(err)
	}
	w := &together{path: p, section: "/applications/" + p.ref + "/sections/summary"}
	w.one, w.two = p.person("applicant@trust.example"), p.person("helper@trust.example")
	return w
}

// kept is the answer to a question of the summary as it stands in the database.
func (w *together) kept(code string) string {
	w.t.Helper()
	page, err := w.app.applications.Open(w.as("applicant@trust.example"), "AF26-0001", "summary")
	if err != nil {
		w.t.Fatal(err)
	}
	for question, v := range page.Answers {
		if string(question) == code {
			return v.Text
		}
	}
	return ""
}

// becomes waits until an answer stands as it should.
func (w *together) becomes(code, text string) {
	w.t.Helper()
	for range 200 {
		if w.kept(code) == text {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.t.Fatalf("%s is %q, not %q", code, w.kept(code), text)
}

//nolint:paralleltest // the browser is one
func TestNothingTypedIsLost(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range waysWithJavaScript() {
		t.Run(name, func(t *testing.T) {
			w := newTogether(t, b, how)
			w.typed()
			w.offline()
			w.closed()
			w.signedOut()
			w.conflict()
			w.history()
			w.late()
		})
	}
}

// typed: what is typed with the keyboard alone is saved, and the page may be left without a question.
func (w *together) typed() {
	w.t.Helper()
	w.one.Go(w.section).Focus("SU2").Keys("We follow patients at home")
	w.one.Waits("Saved at")
	w.becomes("SU2", "We follow patients at home")
	w.one.Check()
	w.one.Go("/applications").Not("Leave site")
}

// offline: the connection is lost in mid-typing, and comes back.
func (w *together) offline() {
	w.t.Helper()
	w.one.Go(w.section).Focus("SU2").Keys(", every day")
	w.one.Waits("Saved at")
	w.one.Offline(true)
	w.one.Keys(" of the week")
	w.one.Waits("Not saved: no connection. What you typed is kept on this device and sent when the connection is back.")
	w.one.Check()
	if got := w.kept("SU2"); got != "We follow patients at home, every day" {
		w.t.Fatalf("%q", got)
	}
	w.one.Offline(false)
	w.one.Waits("Saved at")
	w.becomes("SU2", "We follow patients at home, every day of the week")
}

// closed: the tab is closed without a connection; what was typed is there when the page is opened again.
func (w *together) closed() {
	w.t.Helper()
	w.one.Go(w.section).Offline(true)
	w.one.Focus("SU2").Keys(". Nobody waits")
	w.one.Waits("Not saved: no connection")
	w.one.Reopens()
	if strings.Contains(w.kept("SU2"), "Nobody") {
		w.t.Fatal("it was saved without a connection")
	}
	w.one.Go(w.section).Waits("What you typed here before and was not sent is put in again", "Saved at")
	w.one.Check()
	w.becomes("SU2", "We follow patients at home, every day of the week. Nobody waits")
	w.one.Go(w.section).Not("put in again")
}

// signedOut: the session ends in another tab; what is typed then is there after signing in.
func (w *together) signedOut() {
	w.t.Helper()
	w.one.Go(w.section).ForgetSession()
	w.one.Focus("SU2").Keys(" any more")
	w.one.Waits("Not saved: you have been signed out. What you typed is kept on this device.")
	w.one.Check()
	w.one.Press("Sign in and come back to this page").Type(map[string]string{"email": "applicant@trust.example", "password": pathPassword}).Press("Sign in")
	if w.one.At() != w.section {
		w.t.Fatalf("signing in leads to %s", w.one.At())
	}
	w.one.Waits("put in again", "Saved at")
	w.becomes("SU2", "We follow patients at home, every day of the week. Nobody waits any more")
}

// conflict: two type in the same answer.
func (w *together) conflict() {
	w.t.Helper()
	w.one.Go(w.section)
	w.two.Go(w.section).Focus("SU2").Keys(" than a day")
	w.two.Waits("Saved at")
	w.one.Focus("SU1").Keys(" at home")
	w.one.Waits("Saved at", "Someone else changed this section too")
	w.one.Focus("SU2").Keys(" than a week")
	w.one.Waits("Someone else changed this section. Hana Whitlock changed “Plain-English summary”")
	w.one.Check()
	w.one.Press("See both versions and choose").Sees("Choose which version to keep", "Hana Whitlock's version", "than a day", "than a week")
	w.one.Fill(map[string][]string{"choose.SU2": {"both"}, "both.SU2": {"We follow patients at home. Nobody waits more than a day or a week"}})
	w.one.Press("Keep what I chose").Sees("the versions that you chose are in the section now")
	w.becomes("SU2", "We follow patients at home. Nobody waits more than a day or a week")
	w.becomes("SU1", "Remote monitoring after surgery at home")
	w.one.Go(w.section).Not("put in again")
}

// history shows what happened to the answers, and brings a version back.
func (w *together) history() {
	w.t.Helper()
	w.one.Go("/applications/"+w.ref+"/history?question=SU2").Sees("Versions of “Plain-English summary”", "Not saved then, because somebody else changed the same answer")
	w.one.Press("Use this version").Sees("The earlier version is restored")
	w.one.Go("/applications/"+w.ref+"/history").Sees("An earlier version was restored", "What happened")
}

// late: the deadline passes while somebody types.
func (w *together) late() {
	w.t.Helper()
	w.one.Go(w.section)
	when, err := time.Parse(time.RFC3339, "2026-10-12T11:00:00Z")
	if err != nil {
		w.t.Fatal(err)
	}
	w.clock.Set(when)
	before := w.kept("SU2")
	w.one.Focus("SU2").Keys(" Too late")
	w.one.Waits("Not saved: ", "What you typed and was not saved, to be copied", "Too late")
	w.one.Check()
	w.one.Reopens().Go(w.section).Sees("You can read this section, but not change it", "What you typed and was not saved, to be copied", "Too late").Check()
	if w.kept("SU2") != before {
		w.t.Error("it was saved after the deadline")
	}
}

//nolint:paralleltest // the browser is one
func TestTwoWithoutScriptsChooseBetweenTheirVersions(t *testing.T) {
	w := newTogether(t, chromium.Start(t, modules), chromium.How{Width: 390})
	w.one.Go(w.section)
	w.two.Go(w.section).Type(map[string]string{"SU2": "The helper's version"}).Press("Save and come back later").Sees("Saved.")
	w.one.Type(map[string]string{"SU1": "Another title", "SU2": "The applicant's version"}).Press("Save and come back later")
	w.one.Sees("Choose which version to keep", "The helper's version", "The applicant's version", "Which version of “Plain-English summary” do you keep?")
	w.becomes("SU1", "Another title")
	w.one.Press("Keep what I chose").Sees("There is a problem", "Choose which version to keep")
	w.one.Fill(map[string][]string{"choose.SU2": {"mine"}})
	w.one.Press("Keep what I chose").Sees("the versions that you chose are in the section now")
	w.becomes("SU2", "The applicant's version")
	w.one.Go("/applications/"+w.ref+"/history").Sees("The helper's version", "Restore this version")
}

// TestUnsentTextStaysOnADeviceForItsPersonAlone: it goes when they sign out, and when somebody else signs in there.
//
//nolint:paralleltest // the browser is one
func TestUnsentTextStaysOnADeviceForItsPersonAlone(t *testing.T) {
	w := newTogether(t, chromium.Start(t, modules), chromium.How{JavaScript: true, Width: 1200})
	typed := func() {
		t.Helper()
		w.one.Go(w.section).ForgetSession()
		w.one.Focus("SU2").Keys("Only for my eyes")
		w.one.Waits("Not saved: you have been signed out")
		if n := w.one.Keeps(); n != 1 {
			t.Fatalf("%d texts are kept", n)
		}
	}
	typed()
	w.one.Leave("/sign-in").SignIn("helper@trust.example", pathPassword).Go(w.section).Not("Only for my eyes", "put in again")
	if n := w.one.Keeps(); n != 0 {
		t.Errorf("%d texts of somebody else are kept", n)
	}
	w.one.ForgetSession().SignIn("applicant@trust.example", pathPassword)
	typed()
	w.one.Leave("/sign-in").SignIn("applicant@trust.example", pathPassword)
	if n := w.one.Keeps(); n != 1 {
		t.Fatalf("%d texts are kept for who typed them", n)
	}
	w.one.Press("Sign out")
	if n := w.one.Keeps(); n != 0 {
		t.Errorf("%d texts are kept after signing out", n)
	}
	w.one.SignIn("applicant@trust.example", pathPassword).Go(w.section).Not("Only for my eyes")
}
