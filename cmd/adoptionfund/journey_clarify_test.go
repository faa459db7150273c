package main

import (
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/chromium"
)

// around is the world of the tests around a path's program, with a signed application in it.
func (p *path) around() *testkit.World {
	p.t.Helper()
	w := testkit.Around(p.t, testkit.World{
		Gate: p.app.gate, DB: p.app.db, Clock: p.clock, Config: p.app.config, Files: p.app.files, Library: p.app.library, People: p.app.people,
		Funds: p.app.funds, Applications: p.app.applications,
	})
	for name, role := range map[string]string{"officer": "screening_officer", "one": "administrator", "two": "administrator"} {
		w.Person(name, role, access.Scope{})
	}
	return w
}

// visitor is somebody of that world at their own browser.
func (p *path) visitor(w *testkit.World, name string) *chromium.Person {
	p.t.Helper()
	w.WithPassword(name)
	at := p.browser.Person(p.t, p.url, name, p.how).SignIn(testkit.Address(name), testkit.Password)
	p.known[name] = at
	return at
}

// After the deadline: an applicant answers a question of the fund in place and the officer reads both versions; another, who was kept
// from submitting, is given more time by two people.
//
//nolint:paralleltest // the browser is one, and each path is long
func TestTheJourneyAfterTheDeadline(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range ways() {
		t.Run(name, func(t *testing.T) {
			p := newPath(t, b, how)
			w := p.around()
			sent, late := w.Submitted("Remote monitoring after surgery"), w.Signed(w.Filled(w.Draft("Late through no fault")))
			w.Closed()
			asked := []eligibility.Question{{Code: "EV3", Text: "Which study do you rest this on?"}, {Text: "Who pays afterwards?"}}
			if err := p.app.eligibility.AskClarification(w.As("officer"), sent.Ref, asked, 7); err != nil {
				t.Fatal(err)
			}
			applicant := p.visitor(w, testkit.Applicant)
			applicant.Go("/").Sees("Answer the fund's questions about " + string(sent.Ref))
			page := "/applications/" + string(sent.Ref)
			applicant.Go(page).Sees("The fund has a question for you", "Answer before").Go(page+"/clarifications").Sees("Which study do you rest this on?", "Change your answer here")
			applicant.Press("Send your answers").Sees("There is a problem", "Enter your answer")
			applicant.Type(map[string]string{"EV3": "The trial at the invented trust, 2024"})
			exchange, err := p.app.eligibility.Clarifications(w.As("officer"), sent.Ref)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range exchange.Clarifications {
				if c.Question == "" {
					applicant.Type(map[string]string{c.ID: "The ICB, from its own budget"})
				}
			}
			applicant.Press("Send your answers").Sees("Your answers are sent", "As it was signed", "The trial at the invented trust, 2024")
			p.visitor(w, "officer").Go("/screening/"+string(sent.Ref)).Sees("As it was signed", "As it is now", "The trial at the invented trust, 2024", "The ICB, from its own budget")
			p.moreTime(w, string(late.Ref))
		})
	}
}

// moreTime has one fund manager propose and another confirm an extension, after which the applicant submits.
func (p *path) moreTime(w *testkit.World, ref string) {
	p.t.Helper()
	one := p.visitor(w, "one").Go("/admin/extensions").Sees("Give one applicant more time").Go("/admin/extensions/" + ref)
	one.Press("Propose the extension").Sees("There is a problem", "Enter a day")
	one.Fill(map[string][]string{"until": {"16 October 2026"}, "until-time": {"5pm"}, "reason": {"service_failure"}, "note": {"The service was down for an hour"}})
	one.Press("Propose the extension").Sees("It waits for a second person", "Friday 16 October 2026 at 17:00 UK time")
	p.visitor(w, "two").Go("/").Sees("Confirm more time for " + ref).Go("/admin/extensions/" + ref).Press("Give the extension").Sees("has more time")
	applicant := p.known[testkit.Applicant].Go("/applications/" + ref).Sees("Submit before Friday 16 October 2026 at 17:00 UK time")
	applicant.Press("Submit the application").Sees("Application submitted")
}
