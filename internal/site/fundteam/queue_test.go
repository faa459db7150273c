package fundteam_test

import (
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

// newQueue is a desk with more applications in screening, the first of which is the desk's own.
func newQueue(t *testing.T, more int) (desk, []ident.Ref) {
	t.Helper()
	var refs []ident.Ref
	d := deskOf(t, func(p *testkit.Panel) {
		for range more {
			refs = append(refs, p.Submitted("Another invented project").Ref)
		}
	})
	return d, append([]ident.Ref{d.ref}, refs...)
}

func person(d desk, email string) string { return string(d.panel.Person(email, "", access.Scope{}).ID) }

func TestACaseIsTakenHandedOverAndPutBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	first, second := d.server.SignedIn(testkit.Officer1), d.server.SignedIn(testkit.Officer2)
	path := "/screening/" + string(d.ref)
	wants(t, first.Get(path), 200, "Nobody has this application yet")
	wants(t, first.Follow(first.Post(path, url.Values{"action": {"take"}})), 200, "You have this application")
	wants(t, second.Get(path), 200, "Officer1 Invented has this application")
	wants(t, first.Get("/screening?has=mine"), 200, string(d.ref), "You")
	wants(t, first.Get("/screening?has=nobody"), 200, "No application waits here")
	wants(t, first.Post(path, url.Values{"action": {"give"}}), 422, "Select who is to have it")
	wants(t, first.Post(path, url.Values{"action": {"give"}, "officer": {person(d, testkit.Assessor)}}), 422, "Select an eligibility officer of this call")
	wants(t, first.Follow(first.Post(path, url.Values{"action": {"give"}, "officer": {person(d, testkit.Officer2)}})), 200, "handed over", "Officer2 Invented has this application")
	if !d.panel.Told(testkit.Officer2, "case_given") {
		t.Error("the officer to whom it was given is not told")
	}
	manager := d.server.SignedIn(testkit.Manager)
	wants(t, manager.Get("/screening?has="+person(d, testkit.Officer2)), 200, string(d.ref))
	wants(t, manager.Follow(manager.Post(path, url.Values{"action": {"give_back"}})), 200, "Nobody has this application yet")
	wants(t, d.server.SignedIn(testkit.Auditor).Post(path, url.Values{"action": {"take"}}), 403)
}

func TestTheQueueIsNarrowedSortedKeptAndDownloaded(t *testing.T) {
	t.Parallel()
	d, refs := newQueue(t, 2)
	b := d.server.SignedIn(testkit.Officer1)
	if err := d.checks.RunRulesDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	wants(t, b.Get("/screening"), 200, "DT look at 1", "EV 1 against")
	wants(t, b.Post("/screening/"+string(refs[1]), passing("action", "save", "EV", "fail")), 303)
	wants(t, b.Get("/screening"), 200, "EV fail")
	wants(t, b.Get("/screening?search="+url.QueryEscape(string(refs[2]))), 200, string(refs[2]))
	wants(t, b.Get("/screening?call=AF26-XXX"), 200, "No application waits here")
	for _, sort := range []string{"age", "amount", ""} {
		shown := b.Get("/screening?sort=" + sort)
		wants(t, shown, 200, string(refs[0]), string(refs[2]), "aria-sort")
	}
	query := url.Values{"search": {"Another"}, "sort": {"age"}}.Encode()
	wants(t, b.Post("/screening/views", url.Values{"action": {"keep"}, "query": {query}, "name": {""}}), 422, "Enter a name for this view")
	kept := b.Follow(b.Post("/screening/views", url.Values{"action": {"keep"}, "query": {query + "&after=AF26-0001"}, "name": {"The others"}}))
	wants(t, kept, 200, "The others", "/screening?search=Another&amp;sort=age")
	if strings.Contains(kept.Body, "after=AF26-0001&amp;s") {
		t.Error("a view keeps where the reader was")
	}
	if strings.Contains(d.server.SignedIn(testkit.Officer2).Get("/screening").Body, "The others") {
		t.Error("a view is seen by somebody else")
	}
	views, err := d.panel.People.Views(d.server.As(testkit.Officer1), "/screening")
	if err != nil || len(views) != 1 {
		t.Fatal(views, err)
	}
	if a := b.Follow(b.Post("/screening/views", url.Values{"action": {"drop"}, "view": {views[0].ID}})); strings.Contains(a.Body, "The others") {
		t.Error("a view that was removed is there")
	}
	list := b.Get("/screening/list.csv?sort=amount")
	if rows := strings.Split(strings.TrimSpace(list.Body), "\n"); len(rows) != 4 || !strings.HasPrefix(rows[0], "application,title") || !strings.Contains(list.Body, "fail") {
		t.Errorf("the download has\n%s", list.Body)
	}
}

func TestWorkOnManyIsPreviewedAndEachSucceedsOrFailsByItself(t *testing.T) {
	t.Parallel()
	d, refs := newQueue(t, 2)
	b := d.server.SignedIn(testkit.Officer1)
	wants(t, b.Post("/screening/"+string(refs[1]), passing("action", "pass")), 303)
	all := url.Values{"application": {string(refs[0]), string(refs[1]), string(refs[2]), "AF26-9999"}}
	with := func(more ...string) url.Values {
		v := url.Values{"application": all["application"]}
		for i := 0; i+1 < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	wants(t, b.Follow(b.Get("/screening/batch?deed=give")), 200, "Select the applications in the list first")
	wants(t, b.Get("/screening/batch?"+with("deed", "give").Encode()), 200, "2 of 4 can be done", "There is no such application", "It is now “Eligible”", "Officer2 Invented")
	wants(t, b.Follow(b.Post("/screening/batch", with("deed", "give", "officer", person(d, testkit.Officer2)))), 200, "2 of 4 were done", "Not done")
	wants(t, b.Get("/screening?has="+person(d, testkit.Officer2)), 200, string(refs[0]), string(refs[2]))
	wants(t, b.Post("/screening/batch", with("deed", "ask", "due", "7")), 422, "Enter what you want to know")
	asked := b.Post("/screening/batch", with("deed", "ask", "due", "7", "text", "Which version is it?"))
	wants(t, b.Follow(asked), 200, "2 of 4 were done", "questions are asked in screening")
	wants(t, d.server.SignedIn(testkit.Officer2).Get(asked.Location), 404)
	wants(t, d.server.SignedIn(testkit.Applicant).Get("/applications/"+string(refs[2])+"/clarifications"), 200, "Which version is it?")
	wants(t, b.Get("/screening/batch?"+with("deed", "remind").Encode()), 200, "2 of 4 can be done", "no question waits for an answer")
	wants(t, b.Follow(b.Post("/screening/batch", with("deed", "remind"))), 200, "2 of 4 were done")
	wants(t, b.Follow(b.Post("/screening/batch", with("deed", "remind"))), 200, "0 of 4 were done", "reminded today already")
}

func TestChangedRulesAreTriedBeforeTheyAreUsed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	b := d.server.SignedIn(testkit.Officer1)
	rules, err := os.ReadFile("../../../configs/rules/default-2.yaml")
	if err != nil {
		t.Fatal(err)
	}
	try := func(text string) sitekit.Answer {
		return b.Post("/screening/rules", url.Values{"round": {"AF26"}, "rules": {text}})
	}
	wants(t, b.Get("/screening/rules"), 200, "EV-not-in-use", "AF26", "id: default-2", "These are the rules default-2")
	wants(t, b.Get("/screening/rules?rules=default-1"), 404) // no call uses them
	wants(t, b.Get("/screening/rules?rules=..%2Fforms%2Fapplication-1"), 404)
	wants(t, try(string(rules)), 200, "ran on 1 submission", "find just what the rules in use find")
	const more = "id: tried-1\ntitle: Tried\nform: application-1\nrules:\n  - {code: RO-any, criterion: RO, when: 'requested > 0', severity: refer, message: Every ask is looked at., examples: [{facts: {requested: 1}, finds: true}, {facts: {requested: 0}, finds: false}]}\n"
	wants(t, try(more), 200, "1 application would be found differently", "RO-any: Every ask is looked at", string(d.ref))
	wants(t, try(strings.Replace(more, "requested", "XX99", 1)), 422, "rules.yaml:5", "XX99")
	wants(t, try(strings.Replace(more, "requested > 0", "requested", 1)), 422, "true or false")
	wants(t, b.Post("/screening/rules", url.Values{"round": {"AF99"}, "rules": {more}}), 404)
	wants(t, d.server.SignedIn(testkit.Chair).Get("/screening/rules"), 403)
}

// A rule that fails on odd data refers the case to an officer and says why.
func TestARuleThatFailsOnOddDataRefersWithItsReason(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const odd = "id: odd-1\ntitle: Odd\nform: application-1\nrules:\n  - {code: RO-odd, criterion: RO, when: 'requested == 500 || requested > 500 && EV5[99].patients > 1.0', severity: fail, message: Never said., examples: [{facts: {requested: 5}, finds: true}, {facts: {requested: 0}, finds: false}]}\n"
	wants(t, d.server.SignedIn(testkit.Officer1).Post("/screening/rules", url.Values{"round": {"AF26"}, "rules": {odd}}), 200, "Look at this", "Rule RO-odd could not be worked out", "index out of bounds")
}

// TestAnOfficerOfTheApplicantIsRecusedEverywhere compares what officers see who may act for the applicant's organisation, or who are
// contributors, with what they see where the application is not there: one masked line is all that differs.
func TestAnOfficerOfTheApplicantIsRecusedEverywhere(t *testing.T) {
	t.Parallel()
	d, refs := newQueue(t, 1)
	own := refs[0]
	for _, email := range []string{"colleague", "contributor"} {
		d.panel.Person(email, "screening_officer", d.panel.Round().Calls[0].Scope())
	}
	// The others' officer has nothing to do with either application; the second application leads from another organisation.
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(d.panel.DB.Write.Exec("DELETE FROM application_organisations WHERE application_id = ?", d.panel.Application(refs[1]).ID).Error)
	must(d.panel.DB.Write.Exec("INSERT INTO application_organisations (application_id, ods_code) VALUES (?, 'RX1')", d.panel.Application(refs[1]).ID).Error)
	first := d.server.SignedIn(testkit.Officer1)
	wants(t, first.Post("/screening/"+string(own), url.Values{"action": {"take"}}), 303)
	d.panel.ActFor("colleague", "QMF")
	d.panel.Contributes("contributor", own)
	for _, email := range []string{"colleague", "contributor"} {
		b := d.server.SignedIn(email)
		for _, path := range []string{"/screening", "/screening?search=" + string(own), "/screening?sort=age", "/screening?state=screening", "/screening?has=" + person(d, testkit.Officer1)} {
			shown := b.Get(path)
			wants(t, shown, 200, "1 application, handled by the deputy")
			if about(shown.Body, own) {
				t.Errorf("%s sees %s at %s", email, own, path)
			}
		}
		if list := b.Get("/screening/list.csv"); strings.Contains(list.Body, string(own)) || !strings.Contains(list.Body, string(refs[1])) {
			t.Errorf("%s downloads\n%s", email, list.Body)
		}
		wants(t, b.Get("/screening/"+string(own)), 404)
		for _, action := range []string{"take", "save", "pass", "ask", "give_back", "propose_reopening"} {
			wants(t, b.Post("/screening/"+string(own), passing("action", action, "text", "What?", "due", "7", "reason", "Because")), 404)
		}
		preview := b.Get("/screening/batch?" + url.Values{"deed": {"give"}, "application": {string(own), "AF26-9999"}}.Encode())
		wants(t, preview, 200, "0 of 2 can be done")
		same := strings.ReplaceAll(preview.Body, string(own), "AF26-9999")
		if strings.Count(same, "AF26-9999") != 2 || strings.Contains(preview.Body, "Remote monitoring") {
			t.Errorf("%s can tell %s from one that is not there", email, own)
		}
		tried := b.Post("/screening/rules", url.Values{"round": {"AF26"}, "rules": {"id: t-1\ntitle: T\nform: application-1\nrules:\n  - {code: RO-any, criterion: RO, when: 'requested > 0', severity: refer, message: Look., examples: [{facts: {requested: 1}, finds: true}, {facts: {requested: 0}, finds: false}]}\n"}})
		wants(t, tried, 200, "ran on 1 submission")
		if about(tried.Body, own) {
			t.Errorf("%s sees %s among the tried", email, own)
		}
		if b := first.Post("/screening/"+string(own), url.Values{"action": {"give"}, "officer": {person(d, email)}}); b.Status != 422 {
			t.Errorf("the case can be handed to %s", email)
		}
		if d.panel.Told(email, "ineligible_proposed") {
			t.Errorf("%s is told of it", email)
		}
	}
	// The deputy, any other officer of the call, has it.
	wants(t, first.Get("/screening"), 200, string(own))
	if strings.Contains(first.Get("/screening").Body, "handled by the deputy") {
		t.Error("an officer who is not recused sees a masked line")
	}
	list, err := d.checks.Queue(d.server.As(testkit.Manager), eligibility.Filter{})
	if err != nil || list.Masked != 0 || !slices.ContainsFunc(list.Rows, func(r eligibility.Row) bool { return r.Ref == own }) {
		t.Errorf("the fund manager sees %+v, %v", list, err)
	}
}

// about reports whether a page tells of an application, apart from what the reader typed into the search.
func about(body string, ref ident.Ref) bool {
	return strings.Contains(body, "/screening/"+string(ref)) || strings.Contains(body, "Remote monitoring")
}
