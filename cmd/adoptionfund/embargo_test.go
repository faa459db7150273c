package main

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
)

// recommended: of two applications one is recommended and the other is not; the proposal is approved, the time of the release set, a letter
// looked at, and somebody is on the briefing list.
func (c *contract) recommended() *application.Application {
	c.t.Helper()
	apps := c.panel.Assess(2)
	for i, a := range apps {
		mark := []string{"5", "2"}[i]
		c.panel.Reviewed(a, map[string]string{"clinical": mark, "technical": mark, "ppv": mark})
		c.panel.Scored(a)
		c.no(c.app.reviews.CloseAssessment(c.panel.As(testkit.Chair), a.Ref))
	}
	c.secret = map[string]string{"ref": string(apps[1].Ref), "id": string(apps[1].ID), "other": string(apps[0].Ref), "other id": string(apps[0].ID)}
	c.no(c.app.db.Write.Exec("UPDATE rounds SET budget = ?", int64(apps[0].Requested)).Error)
	c.filling(apps[0])
	before := c.toSide()
	chair, call := c.panel.As(testkit.Chair), c.panel.CallRef()
	c.no(c.app.rankings.Run(chair, call))
	scenario, err := c.app.allocations.Run(chair, call, "By score")
	c.no(err)
	c.values["scenario"] = string(scenario)
	proposal, err := c.app.allocations.Propose(chair, call, scenario, "One of two.")
	c.no(err)
	c.panel.Person("approver", "approver", access.Scope{})
	c.no(c.app.decisions.Approve(c.panel.As("approver"), proposal, decision.Approving{}))
	if got := c.one("SELECT MIN(outcome) || ' ' || MAX(outcome) FROM decisions"); got != "successful unsuccessful" {
		c.t.Fatalf("the decisions are %s", got)
	}
	manager := c.panel.As("world-admin")
	c.panel.Clock.Add(time.Hour)
	c.no(c.app.decisions.Schedule(manager, call, c.panel.Clock.Now().Add(24*time.Hour).In(uktime.Zone()).Format("2006-01-02 15:04")))
	c.no(c.app.decisions.GiveBriefing(manager, call, decision.Invited{Email: testkit.Address("approver"), Reason: "Prepares the announcement"}))
	page, err := c.app.decisions.Letter(manager, call, apps[0].Ref)
	c.no(err)
	_, err = c.app.decisions.LookAt(manager, call, apps[0].Ref, page.Held.Digest)
	c.no(err)
	c.no(c.app.tick(c.t.Context()))
	if after := c.toSide(); len(after) != len(before) {
		c.t.Errorf("before the release the applicants' side is told: %s", after[0].Subject)
	}
	return c.panel.Application(apps[0].Ref)
}

// side are the people on the applicants' side of both applications.
func side() []string { return []string{testkit.Applicant, testkit.SRO, testkit.Finance} }

// toSide are the mails to the applicants' side, newest first.
func (c *contract) toSide() []notify.Mail {
	c.t.Helper()
	var mails []notify.Mail
	c.no(c.app.db.Read.Where("address IN ?", side()).Order("id DESC").Find(&mails).Error)
	return mails
}

// swap has it that the other application was recommended: scores, what was computed, proposed and decided change places.
func (c *contract) swap() {
	c.t.Helper()
	a, b := c.secret["id"], c.secret["other id"]
	c.unchecked(func(conn *gorm.DB) error {
		for _, table := range []string{"scores", "proposal_lines", "decisions"} {
			none := string(ident.New[ident.Application]())
			for _, step := range [][2]string{{a, none}, {b, a}, {none, b}} {
				c.no(conn.Exec("UPDATE "+table+" SET application_id = ? WHERE application_id = ?", step[1], step[0]).Error)
			}
		}
		for table, columns := range map[string][]string{"scenarios": {"problem", "result"}, "rankings": {"result"}} {
			for _, column := range columns {
				for _, pair := range [][2]string{{a, b}, {c.secret["ref"], c.secret["other"]}} {
					for _, step := range [][2]string{{pair[0], "NONE"}, {pair[1], pair[0]}, {"NONE", pair[1]}} {
						c.no(conn.Exec("UPDATE "+table+" SET "+column+" = REPLACE("+column+", ?, ?)", step[0], step[1]).Error)
					}
				}
			}
		}
		return conn.Exec("UPDATE applications SET state = CASE state WHEN 'proposed_fund' THEN 'proposed_not_fund' ELSE 'proposed_fund' END WHERE state LIKE 'proposed%'").Error
	})
}

// TestNothingTellsAnOutcomeBeforeItsRelease sends the requests of the route table to two worlds as everybody on the applicants' side and as the
// public. The worlds are the same to the last identifier, but for which of two applications is recommended. Whatever comes back is the same, in
// status, headers, names of files, words and size, and as many statements are asked of the database. At the release the mails about both are the same
// too: they say that an outcome is ready.
func TestNothingTellsAnOutcomeBeforeItsRelease(t *testing.T) {
	t.Parallel()
	c := newContract(t, (*contract).recommended)
	helper := c.panel.Person("helper@lead.example", "contributor", access.Scope{})
	for _, ref := range []string{c.secret["ref"], c.secret["other"]} {
		c.panel.Relate(c.panel.Application(ident.Ref(ref)), helper.ID, application.Contributor)
	}
	who := []*actor{{name: "the public"}}
	for _, email := range append(side(), helper.Email, "maker@supplier.example", testkit.Address("nobody-in-it")) {
		c.panel.Person(email, "", access.Scope{})
		at := &actor{name: email, email: email}
		c.signIn(at)
		who = append(who, at)
	}
	as, swapped := c.twinsBut((*contract).swap)
	pair := &twins{t: t, with: as, without: swapped, ref: c.secret["ref"], said: map[string]bool{}, secret: map[string]string{"ref": c.secret["ref"]}}
	rows := as.site.Rows()
	slices.SortStableFunc(rows, func(a, b route.Row) int { return pair.order(a) - pair.order(b) })
	asked, shown := 0, 0
	for n, at := range who {
		pair.by = at
		may, err := as.app.people.As(t.Context(), at.email)
		if at.email != "" {
			c.no(err)
		}
		for _, row := range rows {
			if row.Method == http.MethodPost && pair.order(row) > 1 || n > 1 && !row.Public && !as.app.policy.MayAnywhere(may, row.Action) {
				continue // it would end the session; or it is refused to everybody like them before anything is looked at
			}
			address := c.address(t, row, pair.secret)
			pair.compare(row, request{method: row.Method, address: address, form: url.Values{}})
			asked++
			if n == 1 { // the main contact, as a script of their page asks
				pair.compare(row, request{method: row.Method, address: address, form: url.Values{}, headers: []string{"Accept", "application/json"}})
				asked++
			}
			if row.Method == http.MethodGet && strings.Contains(row.Path, "outcome") {
				if got := as.send(at, http.MethodGet, address, nil); got.status == http.StatusOK {
					t.Errorf("GET %s is shown to %s before the release", address, at.name)
				}
				shown++
			}
		}
	}
	t.Logf("%d requests were answered alike", asked)
	if shown == 0 {
		t.Error("no page of an outcome was asked for")
	}
	as.mailsTellNoOutcome(t)
}

// mailsTellNoOutcome releases, and looks whether the mails to the applicants' side are the same for both applications.
func (c *contract) mailsTellNoOutcome(t *testing.T) {
	t.Helper()
	before := len(c.toSide())
	c.panel.Clock.Add(48 * time.Hour)
	c.no(c.app.tick(t.Context()))
	alike := []string{}
	for _, ref := range []string{c.secret["ref"], c.secret["other"]} {
		alike = append(alike, ref, "REF", c.one("SELECT title FROM applications WHERE ref = '"+ref+"'"), "TITLE")
	}
	mails, texts := c.toSide(), map[string]int{}
	for _, m := range mails[:len(mails)-before] {
		texts[strings.NewReplacer(alike...).Replace(m.Address+"\n"+m.Subject+"\n"+m.Body)]++
	}
	if len(texts) != len(side()) {
		t.Errorf("%d people are told %d different things", len(side()), len(texts))
	}
	for text, n := range texts {
		if n != 2 {
			t.Errorf("this is said of %d of two applications:\n%s", n, text)
		}
		if strings.Contains(text, "uccessful") || strings.Contains(text, "£") {
			t.Errorf("a mail tells the outcome:\n%s", text)
		}
	}
}

// TestTwoProcessesReleaseOnce: the release time comes for two processes at the same moment, and each asks twice. Every outcome is released once, with
// one letter and one mail to each person.
func TestTwoProcessesReleaseOnce(t *testing.T) {
	t.Parallel()
	c := newContract(t, (*contract).recommended)
	other := c.twin(c.app.config.DatabaseURL)
	c.panel.Clock.Add(48 * time.Hour)
	var all sync.WaitGroup
	var released sync.Map
	for i := range 4 {
		all.Go(func() {
			at := []*contract{c, other}[i%2]
			refs, err := at.app.decisions.ReleaseDue(t.Context())
			if err != nil {
				t.Error(err)
			}
			released.Store(i, len(refs))
		})
	}
	all.Wait()
	total := 0
	released.Range(func(_, n any) bool { total += n.(int); return true }) //nolint:forcetypeassert // stored above
	if total != 1 {
		t.Errorf("the call was released %d times", total)
	}
	for query, want := range map[string]string{
		"SELECT CAST(COUNT(*) AS text) FROM letters":                                                   "2",
		"SELECT CAST(COUNT(*) AS text) FROM decisions WHERE released_at IS NOT NULL":                   "2",
		"SELECT CAST(COUNT(DISTINCT released_at) AS text) FROM decisions":                              "1",
		"SELECT CAST(COUNT(*) AS text) FROM audit_events WHERE verb = 'letter.write'":                  "2",
		"SELECT CAST(COUNT(*) AS text) FROM mails WHERE kind = 'outcome_ready'":                        "6",
		"SELECT CAST(COUNT(*) AS text) FROM applications WHERE state IN ('successful','unsuccessful')": "2",
	} {
		if got := c.one(query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	c.panel.Unbroken()
}

// TestALetterIsPrintedForEverybody looks at the structure of a released letter's PDF file as those who listen to it meet it: tagged, with title,
// language, headings, lists and paragraphs in the order in which they are read, and nothing outside that structure but the footer. What PDF/UA asks
// for and Chromium does not write stands in the accessibility statement.
func TestALetterIsPrintedForEverybody(t *testing.T) {
	t.Parallel()
	c := newContract(t, (*contract).recommended)
	c.panel.Clock.Add(48 * time.Hour)
	c.no(c.app.tick(t.Context()))
	at := &actor{name: "applicant", email: testkit.Applicant}
	c.signIn(at)
	ref := c.secret["other"]
	rec := c.record(at, http.MethodGet, "/applications/"+ref+"/outcome.pdf", nil)
	if rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "application/pdf" || !strings.Contains(rec.Header().Get("Content-Disposition"), strings.ToLower(ref)+"-letter.pdf") {
		t.Fatalf("%d %v", rec.Code, rec.Header())
	}
	file := filepath.Join(t.TempDir(), "letter.pdf")
	c.no(os.WriteFile(file, rec.Body.Bytes(), 0o600))
	poppler := func(name string, args ...string) string {
		out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v (make debian installs poppler-utils)\n%s", name, err, out)
		}
		return string(out)
	}
	info := poppler("pdfinfo", file)
	for _, want := range []string{`Title: +` + ref + `: your application is successful`, `Tagged: +yes`, `JavaScript: +no`, `Encrypted: +no`} {
		if !regexp.MustCompile(want).MatchString(info) {
			t.Errorf("pdfinfo says nothing of %s:\n%s", want, info)
		}
	}
	if !bytes.Contains(rec.Body.Bytes(), []byte("/Lang (en-GB)")) {
		t.Error("the document has no language")
	}
	tree, last := poppler("pdfinfo", "-struct-text", file), 0
	for _, part := range []string{
		"H1", "your application is successful", "P ", "NHS North East London ICB", "H2", "Outcome", "intends to award", "H2", "Conditions", "L ", "LI", "The pre-award checks", "H2", "Feedback", "To the applicant",
		"H2", "something went wrong", "To complain", "fund@", "Adoption Fund",
	} {
		i := strings.Index(tree[last:], part)
		if i < 0 {
			t.Fatalf("%q does not come in its place in the structure:\n%.6000s", part, tree)
		}
		last += i
	}
	words := func(text string) []string {
		return regexp.MustCompile(`[A-Za-z£][A-Za-z£0-9,.]{3,}`).FindAllString(text, -1)
	}
	for _, word := range words(poppler("pdftotext", "-raw", file, "-")) {
		if !strings.Contains(strings.Join(strings.Fields(tree), " "), word) && word != "Page" {
			t.Errorf("%q is on the sheet and not in its structure", word)
		}
	}
	plain := c.send(at, http.MethodGet, "/applications/"+ref+"/outcome.txt", nil)
	if plain.status != http.StatusOK || !strings.Contains(plain.body, "OUTCOME\n\nYour application is successful.") {
		t.Errorf("%d\n%s", plain.status, plain.body)
	}
}

// TestThePagesBeforeTheRelease are well made, and what is wrong is said on them: the desk, a letter that waits, its file, the embargoed list and who is
// on it, and the text of a letter with its preview.
func TestThePagesBeforeTheRelease(t *testing.T) {
	t.Parallel()
	c := newContract(t, (*contract).recommended)
	manager, approver := &actor{name: "manager", email: testkit.Address("world-admin")}, &actor{name: "approver", email: testkit.Address("approver")}
	c.signIn(manager)
	c.signIn(approver)
	desk, ref := "/panel/"+c.values["call"]+"/release", c.values["ref"]
	text := "/admin/rounds/" + c.values["round"] + "/letters/successful"
	for _, p := range []struct {
		by      *actor
		address string
		sent    url.Values
		status  int
		says    []string
	}{
		{manager, desk, nil, 200, []string{ref, "1 of 2", "Unsuccessful", "£250,000", "Set the time of the release"}},
		{approver, desk, nil, 200, []string{ref}},
		{manager, desk + "/" + ref, nil, 200, []string{"Embargoed until", "your application is successful", "I have looked at this letter"}},
		{manager, desk + "/" + ref + "/letter.pdf", nil, 200, []string{"%PDF"}},
		{manager, desk, url.Values{"action": {"schedule"}, "release": {"never"}}, 422, []string{"#release", "never"}},
		{manager, desk + "/" + c.secret["ref"], url.Values{"action": {"look"}, "digest": {"old"}}, 409, []string{"changed since"}},
		{approver, "/briefing/" + c.values["call"], nil, 200, []string{"Embargoed until", ref, "Unsuccessful"}},
		{approver, "/", nil, 200, []string{"before their release"}},
		{manager, "/panel/" + c.values["call"] + "/briefing", nil, 200, []string{"Prepares the announcement", "Take off"}},
		{manager, "/panel/" + c.values["call"] + "/briefing", url.Values{"action": {"give"}, "email": {testkit.Applicant}, "reason": {"Wants to know"}}, 422, []string{"#email", "takes part", "Wants to know"}},
		{manager, text, nil, 200, []string{"((amount))", "Preview"}},
		{manager, text, url.Values{"action": {"save"}, "version": {"0"}, "subject": {"About ((ref))"}, "body": {"Line\n((amonut))"}}, 422, []string{"#body", "Line 2: there is no field ((amonut))", "((amount))?"}},
		{manager, text, url.Values{"action": {"preview"}, "version": {"0"}, "subject": {"About ((ref))"}, "body": {"# ((ref))\n((amount)) ((contact))\n((conditions))\n((scores))\n((feedback))"}, "application": {ref}}, 200, []string{"Preview with " + ref, "To the applicant"}},
		{manager, text, url.Values{"action": {"save"}, "version": {"7"}, "subject": {"About ((ref))"}, "body": {"((amount)) ((contact))\n((conditions))\n((scores))\n((feedback))"}}, 409, []string{"Somebody else changed this letter"}},
	} {
		method := http.MethodGet
		if p.sent != nil {
			method = http.MethodPost
		}
		got := c.send(p.by, method, p.address, p.sent)
		if got.status != p.status {
			t.Errorf("%s %s: %d\n%.3000s", method, p.address, got.status, got.body)
		}
		for _, want := range p.says {
			if !strings.Contains(got.body, want) {
				t.Errorf("%s %s does not say %q\n%.6000s", method, p.address, want, got.body)
			}
		}
		checkPage(t, route.Row{Method: method, Path: p.address}, p.by, got)
	}
}
