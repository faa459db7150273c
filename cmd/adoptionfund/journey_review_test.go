package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/chromium"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// scored is a call in assessment in which names are hidden, with three kinds of reviewers, two of each.
type scored struct {
	*path
	w    *testkit.World
	refs []string
}

func (p *path) assessment(n int) *scored {
	p.t.Helper()
	w := p.around()
	w.OpenCall()
	a := &scored{path: p, w: w}
	for person, role := range map[string]string{"chair": "panel_chair", "manager": "administrator"} {
		w.Person(person, role, access.Scope{})
	}
	for i, kind := range []string{"clinical", "technical", "ppv", "clinical", "technical", "ppv"} {
		who := w.Person(kind+strconv.Itoa(i/3+1), "", access.Scope{})
		a.no(p.app.assignments.Register(w.Operator(), "AF26", []assignment.Newcomer{{Email: who.Email, Name: who.Name, Kind: kind, ODS: "RX1", Themes: []string{"CAR"}, Capacity: 10}}))
	}
	for i := range n {
		a.refs = append(a.refs, string(w.Submitted(fmt.Sprintf("Remote monitoring at place %d", i+1)).Ref))
	}
	w.Closed()
	a.no(p.app.db.Write.Exec("UPDATE calls SET settings = replace(settings, ?, ?)", `"mask_names":false`, `"mask_names":true`).Error)
	for _, ref := range a.refs {
		w.Write(w.As("officer"), func(tx *work.Tx) error {
			found, err := application.ByRef(tx, ident.Ref(ref))
			if err != nil {
				return err
			}
			return application.Move(tx, found, workflow.Pass, work.Guards{workflow.AllCriteriaPass: work.Holds(true), workflow.NoQuestionOpen: work.Holds(true)}, nil)
		})
	}
	a.no(p.app.assignments.Propose(w.As("manager"), "AF26-CAR"))
	view, err := p.app.assignments.View(w.As("chair"), "AF26-CAR")
	a.no(err)
	_, err = p.app.assignments.Approve(w.As("chair"), "AF26-CAR", view.Plan.Version)
	a.no(err)
	return a
}

func (a *scored) no(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// reviewer gives who reviews an application as a kind.
func (a *scored) reviewer(ref, kind string) string {
	a.t.Helper()
	var email string
	a.no(a.app.db.Read.Raw(`SELECT p.email FROM assignments s JOIN persons p ON p.id = s.person JOIN applications a ON a.id = s.application_id
		WHERE a.ref = ? AND s.kind = ? AND s.state IN ('standing', 'done')`, ref, kind).Scan(&email).Error)
	return email
}

// at is somebody at their browser, signed in.
func (a *scored) at(email string) *chromium.Person {
	a.t.Helper()
	if there, ok := a.known[email]; ok {
		return there
	}
	return a.visitor(a.w, email)
}

// declares opens an application and declares that there is no interest.
func (a *scored) declares(at *chromium.Person, ref string) {
	a.t.Helper()
	at.Go("/reviews/" + ref).Sees("Declare your interests")
	at.Fill(map[string][]string{"interest": {"none"}, "terms": {"yes"}})
	at.Press("Continue").Sees("Your review", "Go to your scores")
}

// scores are values for every part on the page.
func scores(at *chromium.Person, mark string) map[string][]string {
	values := map[string][]string{}
	for _, m := range regexp.MustCompile(`name="([A-Z]{2}\d)"`).FindAllStringSubmatch(at.HTML(), -1) {
		values[m[1]], values[m[1]+"-reason"] = []string{mark}, []string{"The figures are their own and the plan follows from them."}
	}
	return values
}

// kept is what stands of a reason in the database.
func (a *scored) kept(ref, email string) string {
	a.t.Helper()
	var marks string
	a.no(a.app.db.Read.Raw(`SELECT r.marks FROM reviews r JOIN applications a ON a.id = r.application_id JOIN persons p ON p.id = r.person WHERE a.ref = ? AND p.email = ?`, ref, email).Scan(&marks).Error)
	return marks
}

func (a *scored) becomes(ref, email, words string) {
	a.t.Helper()
	for range 200 {
		if strings.Contains(a.kept(ref, email), words) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	a.t.Fatalf("%q was not kept: %s", words, a.kept(ref, email))
}

// Three kinds of reviewers: one scores and goes from one review to the next, one declares a conflict and is replaced, one is late. They read
// one another's reasons once their own are sent, and one revises; both versions are there. The names of applicants are hidden.
//
//nolint:paralleltest // the browser is one, and each path is long
func TestTheReviewersJourney(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range ways() {
		t.Run(name, func(t *testing.T) {
			a := newPath(t, b, how).assessment(3)
			first := a.refs[0]
			clinical, technical, ppv := a.reviewer(first, "clinical"), a.reviewer(first, "technical"), a.reviewer(first, "ppv")
			a.onward(clinical)
			replacement := a.conflicted(first, technical)
			a.late(first, ppv, replacement)
			a.revised(first, clinical)
		})
	}
}

// onward scores every review of one person, one after the other, and prints them.
func (a *scored) onward(email string) {
	a.t.Helper()
	at := a.at(email).Go("/reviews").Sees("You have sent 0 of", "Start with the next", "What is left takes about")
	var mine []string
	for _, ref := range a.refs {
		if a.reviewer(ref, "clinical") == email {
			mine = append(mine, ref)
			a.declares(at, ref)
		}
	}
	at.Go("/reviews/"+mine[0]).Not("Applicant Invented").Sees("[name hidden]", "Still missing, as saved", "Strong evidence from independent evaluation")
	at.Fill(map[string][]string{"EV1": {"4"}, "EV1-reason": {"too short"}})
	at.Press("Send the review").Sees("There is a problem", "must be 5 words or more", "Select a score for RO1")
	at.Go("/reviews/pack").Sees(mine[0])
	at.Fill(map[string][]string{"application": mine})
	at.Press("Show them to be printed").Sees("Confidential. Printed for", "Score sheet", "[name hidden]").Not("Applicant Invented")
	at.Go("/reviews/" + mine[0])
	for i, ref := range mine {
		values := scores(at, "5")
		values["feedback"], values["comments-panel"] = []string{"Say how many people took part elsewhere."}, []string{"A sound case."}
		at.Fill(values)
		if i+1 < len(mine) {
			at.Press("Send and go to the next").Sees("Your review of "+ref+" is sent", "Review of "+mine[i+1])
		} else {
			at.Press("Send the review").Sees("Your review is sent")
		}
	}
	at.Go("/reviews?state=sent").Sees(mine[0], "Sent ("+strconv.Itoa(len(mine))+")")
	at.Go("/reviews/"+mine[0]).Sees("You sent this review on", "What you wrote").Not("What others wrote")
}

// conflicted declares a financial interest: the reviewer sees nothing more, and somebody else takes over.
func (a *scored) conflicted(ref, email string) string {
	a.t.Helper()
	at := a.at(email).Go("/reviews/" + ref)
	at.Fill(map[string][]string{"interest": {"financial"}, "statement": {"I own shares of the supplier"}, "terms": {"yes"}})
	at.Press("Continue").Sees("You take no part in this application").Not("Remote monitoring at place 1")
	next := a.reviewer(ref, "technical")
	if next == "" { // the fund manager finds somebody
		a.no(a.app.assignments.Replace(a.w.As("manager"), ident.Ref(ref), assignment.Replacement{Kind: "technical", Reason: "A conflict of interest"}))
		next = a.reviewer(ref, "technical")
	}
	if next == "" || next == email {
		a.t.Fatalf("%q takes over from %q", next, email)
	}
	return next
}

// late lets one reviewer come after the date, another after the conflict.
func (a *scored) late(ref, ppv, technical string) {
	a.t.Helper()
	a.clock.Set(a.clock.Now().Add(40 * 24 * time.Hour))
	at := a.at(ppv).Go("/reviews").Sees("overdue. The panel waits")
	a.declares(at, ref)
	at.Sees("This review was due on")
	at.Fill(scores(at, "1"))
	at.Press("Send the review").Sees("Your review is sent")
	at = a.at(technical)
	a.declares(at, ref)
	at.Fill(scores(at, "3"))
	at.Press("Save and continue").Sees("Your draft is saved", "4 of 4 parts", "Nothing is missing")
	at.Press("Send the review").Sees("Your review is sent")
}

// revised reads what the others wrote, and changes a score.
func (a *scored) revised(ref, email string) {
	a.t.Helper()
	at := a.at(email).Go("/reviews/"+ref).Sees("What others wrote", "Technical reviewer 1", "Revise your review").Not("Technical1 Invented", "Ppv1 Invented")
	at.Opens("Revise your review")
	values := scores(at, "4")
	values["feedback"] = []string{"Say how many people took part, and where."}
	at.Fill(values)
	at.Press("Send the revised review").Sees("Your revised review is sent").Go("/reviews/"+ref).Sees("and revised it, last on", "Before the revision: as sent on")
	var versions int64
	a.no(a.app.db.Read.Raw("SELECT COUNT(*) FROM review_versions").Scan(&versions).Error)
	if versions != 1 {
		a.t.Errorf("%d versions are kept", versions)
	}
}

// Nothing that a reviewer types is lost: as it is typed, without a connection, in a closed tab, after the session's end, in two windows.
//
//nolint:paralleltest // the browser is one
func TestNothingThatAReviewerTypesIsLost(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, how := range waysWithJavaScript() {
		t.Run(name, func(t *testing.T) {
			a := newPath(t, b, how).assessment(1)
			ref := a.refs[0]
			email := a.reviewer(ref, "clinical")
			at := a.at(email)
			a.declares(at, ref)
			page := "/reviews/" + ref
			at.Go(page + "#EV1-reason").Focus("EV1-reason").Keys("It is used in two trusts")
			at.Waits("Saved at", "6 words")
			a.becomes(ref, email, "It is used in two trusts")
			at.Check()
			at.Go(page + "#EV1-reason").Focus("EV1-reason").Keys(" already")
			at.Waits("Saved at").Offline(true)
			at.Keys(" for years")
			at.Waits("Not saved: no connection").Offline(false)
			at.Waits("Saved at")
			a.becomes(ref, email, "already for years")
			at.Go(page + "#EV1-reason").Offline(true).Focus("EV1-reason").Keys(", they say")
			at.Waits("Not saved: no connection").Reopens()
			at.Go(page).Waits("put in again", "Saved at")
			a.becomes(ref, email, "for years, they say")
			at.Go(page + "#EV1-reason").ForgetSession().Focus("EV1-reason").Keys(" and show")
			at.Waits("Not saved: you have been signed out").Press("Sign in and come back to this page")
			at.Type(map[string]string{"email": email, "password": testkit.Password}).Press("Sign in")
			at.Waits("put in again", "Saved at")
			a.becomes(ref, email, "they say and show")
			a.windows(at, ref, email)
		})
	}
}

// windows changes the same part in two windows: the second chooses.
func (a *scored) windows(at *chromium.Person, ref, email string) {
	a.t.Helper()
	page := "/reviews/" + ref
	other := a.browser.Person(a.t, a.url, "other-window", a.how).SignIn(email, testkit.Password).Go(page + "#EV1-reason")
	at.Go(page + "#EV1-reason").Focus("EV1-reason").Keys(" it too")
	at.Waits("Saved at")
	a.becomes(ref, email, "show it too")
	other.Focus("EV1-reason").Keys(" nothing")
	other.Waits("in another window too. What you typed here is kept on this device until you choose").Check()
	other.Press("See both versions and choose").Sees("Choose which version to keep", "show it too", "show nothing")
	other.Fill(map[string][]string{"choose.EV1": {"mine"}})
	other.Press("Keep what I chose").Sees("the versions that you chose are in the review now")
	a.becomes(ref, email, "show nothing")
}

// With the keyboard alone: the shortcuts of the page score, the tab key and typing give the reasons, a key leads to the next review.
//
//nolint:paralleltest // the browser is one
func TestAReviewWithTheKeyboardAlone(t *testing.T) {
	a := newPath(t, chromium.Start(t, modules), chromium.How{JavaScript: true, Width: 1200}).assessment(2)
	email := a.reviewer(a.refs[0], "ppv")
	at := a.at(email)
	var mine []string
	for _, ref := range a.refs {
		if a.reviewer(ref, "ppv") == email {
			mine = append(mine, ref)
			a.declares(at, ref)
		}
	}
	at.Go("/reviews/" + mine[0])
	if stops := at.Round(); stops < 30 {
		t.Errorf("the page has %d stops", stops)
	}
	at.Go("/reviews/" + mine[0]).Opens("Keyboard shortcuts").Type(map[string]string{"shortcuts": "on"})
	for i, mark := range []string{"4", "0", "n"} { // EV2, RO2, IN1
		if i == 0 {
			at.Strike("d")
		}
		at.Strike("j").Strike(mark).Strike("r")
		at.Keys("The figures are their own and the plan follows.")
		at.Strike(kb.Escape)
	}
	at.Waits("Saved at", "3 of 3 parts have a score and a reason", "Nothing is missing")
	for _, words := range []string{`"EV2":{"mark":"4"`, `"RO2":{"mark":"0"`, `"IN1":{"mark":"not_applicable"`} {
		a.becomes(mine[0], email, words)
	}
	at.Strike("k").Strike("1")
	a.becomes(mine[0], email, `"RO2":{"mark":"1"`)
	if len(mine) > 1 {
		at.Strike("x").Waits("Your draft of "+mine[0]+" is saved", "Review of "+mine[1])
	}
	at.Go("/reviews/" + mine[0]).Follow("Send the review").Sees("Your review is sent")
}
