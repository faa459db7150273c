package main

import (
	"os"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/chromium"
)

// An officer finds a case in the queue, takes it, asks the applicant, and proposes that it is ineligible; a second officer confirms. The
// applicant reads why and asks for a review of the decision, which somebody who was not involved upholds. A colleague of the applicant sees
// one masked line.
//
//nolint:paralleltest // the browser is one, and each path is long
func TestTheScreeningJourney(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range ways() {
		t.Run(name, func(t *testing.T) {
			p := newPath(t, b, how)
			w := p.around()
			for person, role := range map[string]string{"second": "screening_officer", "colleague": "screening_officer", "approver": "approver"} {
				w.Person(person, role, access.Scope{})
			}
			sent, other := w.Submitted("Remote monitoring after surgery"), w.Submitted("Text reminders before surgery")
			w.Closed()
			for from, to := range map[string]string{`"review_days":0`: `"review_days":20`, `"shortlist":false`: `"shortlist":true`} {
				if err := p.app.db.Write.Exec("UPDATE calls SET settings = replace(settings, ?, ?)", from, to).Error; err != nil {
					t.Fatal(err)
				}
			}
			if err := p.app.tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.ActFor("colleague", "QMF")
			p.queue(w, how, sent, other)
			p.asked(w, string(sent.Ref))
			p.ineligible(w, string(sent.Ref))
			p.reviewed(w, string(sent.Ref))
			p.shortlisted(w, string(other.Ref))
			p.visitor(w, "colleague").Go("/screening").Sees("1 application, handled by the deputy", "No application waits here").Not(string(sent.Ref), "Remote monitoring")
		})
	}
}

// queue narrows and keeps the list, works on two cases at once, tries changed rules, and takes one case; at a desk by its keys too.
func (p *path) queue(w *testkit.World, how chromium.How, sent, other *application.Application) {
	p.t.Helper()
	officer := p.visitor(w, "officer").Go("/screening").Sees(string(sent.Ref), string(other.Ref), "look at 1", "Nobody")
	officer.Type(map[string]string{"search": "Remote"}).Press("Apply filter").Sees(string(sent.Ref)).Not(string(other.Ref))
	officer.Go("/screening?sort=age").Opens("Keep this view of the list").Type(map[string]string{"name": "Oldest first"}).Press("Keep this view").Sees("The view is kept", "Oldest first")
	officer.Go("/screening").Fill(map[string][]string{"application": {string(sent.Ref), string(other.Ref)}, "deed": {"give"}})
	officer.Press("Preview").Sees("2 of 2 can be done")
	officer.Fill(map[string][]string{"officer": {string(w.Person("second", "", access.Scope{}).ID)}})
	officer.Press("Give them to an officer").Sees("2 of 2 were done")
	officer.Go("/screening/rules").Press("Try these rules").Sees("find just what the rules in use find")
	rules, err := os.ReadFile("../../configs/rules/default-2.yaml")
	if err != nil {
		p.t.Fatal(err)
	}
	officer.Go("/screening/rules").Type(map[string]string{"rules": string(rules) + "\n  - nonsense\n"}).Press("Try these rules").Sees("There is a problem", "rules.yaml:")
	officer.Go("/screening")
	if how.JavaScript {
		officer.Opens("Keyboard shortcuts").Type(map[string]string{"shortcuts": "on"})
		officer.Strike("j").Strike("j").Strike("k").Enter().Sees("Eligibility of "+string(sent.Ref), "EV Evidence and priorities")
		officer.Strike("1").Focused("#criterion-EV").Strike("d").Focused("#decisions")
	} else {
		officer.Press(string(sent.Ref))
	}
	officer.Go("/screening/"+string(sent.Ref)).Sees("Second Invented has this application", "Answers: Evidence and priorities", "Go to your decisions")
	officer.Press("Take it").Sees("You have this application")
	officer.Go("/screening/" + string(sent.Ref) + "/other-funding").Sees("Other funding")
}

// asked is a turn of questions: asked by the officer, answered in place by the applicant, read side by side.
func (p *path) asked(w *testkit.World, ref string) {
	p.t.Helper()
	officer := p.known["officer"].Go("/screening/" + ref)
	officer.Type(map[string]string{"question": "EV3", "text": "Which study do you rest this on?", "due": "7"}).Press("Ask the applicant").Sees("The applicant is asked", "Which study do you rest this on?")
	officer.Press("Remind the applicant").Sees("The applicant is reminded")
	applicant := p.visitor(w, testkit.Applicant).Go("/applications/" + ref + "/clarifications").Sees("Which study do you rest this on?")
	applicant.Type(map[string]string{"EV3": "The trial at the invented trust, 2024"}).Press("Send your answers").Sees("Your answers are sent", "As it was signed")
	officer.Go("/screening/"+ref).Sees("As it was signed", "As it is now", "The trial at the invented trust, 2024")
}

// ineligible takes two officers, and the applicant reads the reasons.
func (p *path) ineligible(w *testkit.World, ref string) {
	p.t.Helper()
	officer := p.known["officer"]
	officer.Press("Propose that it is ineligible").Sees("There is a problem", "Select the criterion that fails")
	officer.Fill(map[string][]string{"EV": {"fail"}, "EV-reason": {"It is used nowhere in the NHS yet"}})
	officer.Press("Propose that it is ineligible").Sees("Somebody other than who proposed it must confirm or return it").Not("Confirm that it is ineligible")
	second := p.visitor(w, "second").Go("/screening/" + ref).Sees("It was proposed that this application is ineligible")
	second.Press("Confirm that it is ineligible").Sees("The application is ineligible. The applicant is told")
	p.known[testkit.Applicant].Go("/applications/"+ref+"/outcome").Sees("Evidence and priorities", "It is used nowhere in the NHS yet", "something went wrong")
}

// reviewed asks for a review of the decision, which an approver upholds.
func (p *path) reviewed(w *testkit.World, ref string) {
	p.t.Helper()
	applicant := p.known[testkit.Applicant].Press("Review of the decision").Sees("You can ask until")
	applicant.Press("Ask for a review").Sees("There is a problem", "Say what went wrong")
	applicant.Fill(map[string][]string{"grounds": {"overlooked"}, "statement": {"The answer EV5 names two trusts"}})
	applicant.Press("Ask for a review").Sees("Being looked into", "The answer EV5 names two trusts")
	approver := p.visitor(w, "approver").Go("/").Sees("Settle the review of the decision on "+ref).Go("/decision-reviews").Sees(ref, "You can settle it")
	approver.Go("/decision-reviews/"+ref).Type(map[string]string{"reason": "EV5 was not read"}).Press("Uphold the review").Sees("Upheld", "EV5 was not read")
	applicant.Go("/applications/" + ref + "/decision-review").Sees("EV5 was not read")
	p.known["officer"].Go("/screening/" + ref).Sees("In screening")
}

// shortlisted finds the other application eligible, and the fund manager proposes to leave it off the shortlist.
func (p *path) shortlisted(w *testkit.World, ref string) {
	p.t.Helper()
	passes := map[string][]string{}
	for _, c := range []string{"EV", "DT", "FU", "RO"} {
		passes[c], passes[c+"-reason"] = []string{"pass"}, []string{"The answers show it"}
	}
	officer := p.known["officer"].Go("/screening/" + ref)
	officer.Fill(passes)
	officer.Press("Find it eligible").Sees("The application is eligible")
	manager := p.visitor(w, "one").Go("/").Sees("propose who is not shortlisted").Go("/panel/AF26-CAR/shortlist").Sees("Leave off " + ref)
	manager.Press("Propose it to the chair").Sees("There is a problem", "Select the applications that are left off the shortlist")
	manager.Fill(map[string][]string{"application": {ref}, ref + "-feedback": {"It is small beside the others"}})
	manager.Press("Propose it to the chair").Sees("Proposed: leave off "+ref, "It is small beside the others")
}
