package main

import (
	"strconv"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/review"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/chromium"
)

// A late reviewer is reminded and replaced; scores apart are discussed in a thread with a mention and a revised review, and settled; the
// panel meets, a recused member is asked to leave, a decision waits for its quorum, and the chair signs the minutes.
//
//nolint:paralleltest // the browser is one, and each path is long
func TestThePanelJourney(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range ways() {
		t.Run(name, func(t *testing.T) {
			p := newPath(t, b, how)
			panel := p.around().Panel()
			c := panel.Call(panel.CallRef())
			for _, member := range []string{"member1", "member2"} {
				panel.Person(member, "panel_member", c.Scope())
			}
			panel.Person("observer", "observer", c.Scope())
			apps := panel.Assess(3)
			panel.Reviewed(apps[0], map[string]string{"clinical": "5", "technical": "1", "ppv": "4"})
			panel.Reviewed(apps[1], map[string]string{"clinical": "4", "technical": "4", "ppv": "4"})
			panel.Scored(apps[0])
			panel.Scored(apps[1])
			panel.Days(30)
			p.chased(panel, apps[2])
			p.discussed(panel, apps[0])
			p.met(panel, apps)
		})
	}
}

// chased: the desk shows who is late; they are reminded, and one of them replaced.
func (p *path) chased(w *testkit.Panel, late *application.Application) {
	p.t.Helper()
	desk := "/panel/AF26-CAR/progress"
	manager := p.visitor(w.World, testkit.Manager).Go(desk).Sees("6 of 9", "Overdue")
	manager.Fill(map[string][]string{"show": {"overdue"}})
	manager.Press("Apply filter").Sees("1 to 1 of 1 applications", string(late.Ref))
	manager.Press("Remind the reviewers").Sees("The mail as", "Nobody is reminded more than once a day")
	manager.Press("Send the reminders").Sees("Reminded:")
	who := w.Reviewers(late)["clinical"]
	if !w.Told(who, "review_reminder") {
		p.t.Errorf("%s was not reminded", who)
	}
	manager.Go(desk+"/remind").Sees("Reminded today already", "Nobody is to be reminded now")
	manager.Go(desk + "?show=overdue").Press("Replace a reviewer").Sees("Replace the reviewer")
	id := w.Person(who, "", access.Scope{}).ID
	manager.Fill(map[string][]string{"out": {"clinical:" + string(id)}, "reason": {"Has not answered"}})
	manager.Press("Replace the reviewer").Sees("The reviewer is assigned and was told")
	if now := w.Reviewers(late)["clinical"]; now == who || now == "" {
		p.t.Errorf("%s still reviews it", now)
	}
	manager.Go(desk+"/scoring").Sees("Agreement by part", "How each reviewer scores")
}

// discussed: the chair opens the moderation and names a reviewer, who answers and revises; the chair settles the scores.
func (p *path) discussed(w *testkit.Panel, a *application.Application) {
	p.t.Helper()
	page := "/panel/AF26-CAR/moderation"
	chair := p.visitor(w.World, testkit.Chair).Go(page).Sees(string(a.Ref)).Press(string(a.Ref)).Sees("By 4").Press("Open moderation").Sees("Moderation is open")
	chair.Press("Post it").Sees("There is a problem", "Enter what you want to say")
	reviewer := w.Reviewers(a)["technical"]
	name := w.Person(reviewer, "", access.Scope{}).Name
	chair.Fill(map[string][]string{"part": {"EV1"}, "text": {"What speaks for 1, @" + name + "?"}})
	chair.Press("Post it").Sees("Your post is there", "about EV1")
	if !w.Told(reviewer, "moderation_mention") {
		p.t.Errorf("%s was not told", reviewer)
	}
	own := "/reviews/" + string(a.Ref)
	technical := p.visitor(w.World, reviewer).Go(own+"/moderation").Sees("What speaks for 1", "Revise your review")
	item, err := p.app.reviews.Discussion(w.As(reviewer), a.Ref)
	if err != nil {
		p.t.Fatal(err)
	}
	technical.Opens("Answer Chair").Type(map[string]string{"answer-" + item.Threads[0].ID: "I had missed the second site"}).Press("Answer Chair").Sees("Your answer is there", "I had missed the second site")
	p.revised(w, a, reviewer)
	technical.Go("/reviews/scoring").Sees("How you score")
	chair.Go(page+"/"+string(a.Ref)).Sees("I had missed the second site", "(before: 1)").Opens("EV1 Strength").Sees("Before it was revised")
	settled := map[string][]string{}
	for _, code := range []string{"EV1", "RO1", "RO2", "VM1"} {
		settled[code], settled[code+"-reason"] = []string{"4"}, []string{"The panel agreed that two sites are enough"}
	}
	chair.Press("Record the consensus").Sees("The consensus is recorded", "Assessed")
	chair.Go("/panel/AF26-CAR/progress?application=" + string(a.Ref)).Sees("Take it to the panel")
	chair.Fill(map[string][]string{"step": {"take_to_panel"}})
	chair.Press("Record the decision").Sees("is recorded")
	chair.Go(page + "/" + string(a.Ref)).Fill(settled)
	chair.Press("Record the consensus").Sees("The consensus is recorded", "It is the score of this part")
}

// revised sends another version of a review, as its page does.
func (p *path) revised(w *testkit.Panel, a *application.Application, reviewer string) {
	p.t.Helper()
	sheet, err := p.app.reviews.Open(w.As(reviewer), a.Ref)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.app.reviews.Revise(w.As(reviewer), a.Ref, review.Typed{Marks: w.Marks("technical", "3"), Comments: "I read the others", Version: sheet.Review.Version}); err != nil {
		p.t.Fatal(err)
	}
}

// met: the panel meets on two applications; from one of them a member is recused.
func (p *path) met(w *testkit.Panel, apps []*application.Application) {
	p.t.Helper()
	chair, manager := p.known[testkit.Chair], p.known[testkit.Manager]
	chair.Go("/panel/AF26-CAR/progress").Press("Close all that are ready").Sees("The assessment of 1 applications is closed")
	if _, err := p.app.interests.Declare(w.As("member1"), apps[0].Ref, interest.Declaration{Kind: interest.Financial, Statement: "My family owns part of it"}); err != nil {
		p.t.Fatal(err)
	}
	ids := map[string]string{}
	for _, name := range []string{"member1", "member2", testkit.Chair} {
		ids[name] = string(w.Person(name, "", access.Scope{}).ID)
	}
	day := w.Clock.Now().AddDate(0, 0, 3)
	manager.Go("/panel/AF26-CAR/meeting").Sees("No meeting is planned yet").Press("Plan a meeting").Press("Plan the meeting").Sees("There is a problem")
	manager.Type(map[string]string{
		"title": "First meeting", "place": "Room 1", "clock": "10.30", "day-day": strconv.Itoa(day.Day()), "day-month": strconv.Itoa(int(day.Month())), "day-year": strconv.Itoa(day.Year()),
	}).Press("Plan the meeting").Sees("The meeting is planned")
	manager.Fill(map[string][]string{"kind-" + ids["member1"]: {"clinical"}, "kind-" + ids["member2"]: {"ppv"}})
	manager.Press("Save the meeting").Sees("The meeting is saved")
	manager.Fill(map[string][]string{"refs": {string(apps[0].Ref) + "\n" + string(apps[1].Ref)}})
	manager.Press("Put them on the agenda").Sees("They are on the agenda", "leaves or comes back 1 times").Press("To the meeting")
	manager.Fill(map[string][]string{"comes": {string(w.Person(testkit.Deputy, "", access.Scope{}).ID)}, "words": {"On leave"}})
	manager.Press("They sent apologies").Sees("Apologies: On leave")
	p.held(w, apps, ids)
}

// held: the item waits for a quorum, the recused member leaves, and what was decided is minuted and signed.
func (p *path) held(w *testkit.Panel, apps []*application.Application, ids map[string]string) {
	p.t.Helper()
	chair, manager := p.known[testkit.Chair], p.known[testkit.Manager]
	chair.Go("/panel/AF26-CAR/meeting").Press("First meeting").Press("Start the meeting").Sees("The meeting has begun")
	chair.Press("Take it up "+string(apps[1].Ref)).Sees("Now: "+string(apps[1].Ref), "There is none")
	decided := map[string][]string{"outcome": {"recommend"}, "note": {"It is ready to spread"}}
	chair.Fill(decided)
	chair.Press("Record it and close the item").Sees("There is a problem", "There is no quorum")
	manager.Go(chair.At()).Fill(map[string][]string{"comes": {ids["member1"], ids["member2"], ids[testkit.Chair]}})
	manager.Press("They came").Sees("It is noted")
	chair.Go(chair.At()).Fill(decided)
	chair.Press("Record it and close the item").Sees("is recorded", "Recommend for funding: It is ready to spread")
	chair.Press("Take it up "+string(apps[0].Ref)).Sees("Now: "+string(apps[0].Ref), "There is none. Missing: 1 clinical member")
	recused := p.visitor(w.World, "member1").Go(chair.At()).Sees("You are asked to leave for the present item", "1 application, handled by the deputy")
	recused.Not(string(apps[0].Ref), apps[0].Title)
	p.visitor(w.World, "observer").Go(chair.At()).Sees("Now: " + string(apps[0].Ref)).Not("Total of the scores")
	chair.Fill(map[string][]string{"outcome": {"deferred"}, "note": {"Until a clinical member without an interest is there"}})
	chair.Press("Record it and close the item").Sees("Deferred")
	chair.Press("End the meeting").Sees("Its minutes are composed").Press("Minutes").Sees("Not signed yet", "Left for this item: Member1 Invented")
	recused.Go(chair.At()).Sees("1 item, handled by the deputy, is not shown to you").Not(apps[0].Title)
	chair.Press("Sign the minutes").Sees("You have signed 5 sections", "Signed in full on")
}
