package reviewer_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

func TestTheQueueLeadsOnAndIsNarrowed(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	apps := p.Assess(4)
	who := p.Reviewers(apps[0])["ppv"]
	var mine []string
	for _, a := range apps {
		if p.Reviewers(a)["ppv"] == who {
			p.Declared(who, a)
			mine = append(mine, string(a.Ref))
		}
	}
	if len(mine) < 2 {
		t.Fatalf("%d reviews", len(mine))
	}
	b := s.SignedIn(who)
	want(t, b.Get("/reviews"), 200, "Start with the next: "+mine[0], "What is left takes about", "238 words a minute", "To do (", "Print applications")
	next := b.Follow(b.Post("/reviews/"+mine[0], sheet(p, "ppv", "4", "0", "save_next")))
	want(t, next, 200, "Your draft of "+mine[0]+" is saved", "Review of "+mine[1])
	sent := b.Follow(b.Post("/reviews/"+mine[1], sheet(p, "ppv", "4", "0", "submit_next")))
	want(t, sent, 200, "Your review of "+mine[1]+" is sent", "Review of")
	want(t, b.Get("/reviews?state=draft"), 200, mine[0], "Draft (1)")
	narrowed := b.Get("/reviews?state=sent")
	want(t, narrowed, 200, mine[1], "Sent (1)")
	if strings.Contains(narrowed.Body, ">"+mine[0]+"</a>") {
		t.Error("a draft is among what was sent")
	}
	if err := p.DB.Write.Exec("UPDATE assignments SET due_at = ?", p.Clock.Now().Add(-time.Hour)).Error; err != nil {
		t.Fatal(err)
	}
	want(t, b.Get("/reviews"), 200, "overdue. The panel waits")
	want(t, b.Get("/reviews?state=overdue"), 200, "Overdue")
}

func TestTheSheetHasEverythingAtThePointOfChoice(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	a := p.Assess(1)[0]
	who := p.Reviewers(a)["clinical"]
	p.Declared(who, a)
	page := s.SignedIn(who).Get("/reviews/" + string(a.Ref))
	want(t, page, 200, "Strong evidence from independent evaluation", "never counted as 0", `data-autosave="own"`, `data-question="EV1"`, `name="EV1-shown"`, "0 of at least 5 words",
		"Still missing, as saved", `href="#EV1-reason"`, "Keyboard shortcuts", "Score 5 for the part that you are in", `href="#section-evidence"`, "Review 1 of the 1", "words to read")
}

func TestWhatIsTypedIsAcknowledgedToTheScript(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	a := p.Assess(1)[0]
	who := p.Reviewers(a)["clinical"]
	p.Declared(who, a)
	b := s.SignedIn(who)
	path := "/reviews/" + string(a.Ref)
	shown := regexp.MustCompile(`name="EV1-shown" value="([0-9a-f]{16})"`).FindStringSubmatch(b.Get(path).Body)
	if shown == nil {
		t.Fatal("no mark")
	}
	typed := url.Values{"version": {"0"}, "action": {"typing"}, "EV1": {"4"}, "EV1-reason": {"The figures are their own"}, "EV1-shown": {shown[1]}}
	first := b.SendForm(path, typed)
	want(t, first, 200, `"version":1`, `"saved_at":"`, `"review-progress":"1 of 6 parts`, `"marks":{`)
	typed.Set("EV1-reason", "Another window")
	clash := b.SendForm(path, typed)
	want(t, clash, 409, `"question":"EV1"`, `"version":1`)
	want(t, b.Get(path), 200, "The figures are their own")
	want(t, s.Browser().SendForm(path, typed), 401, "sign_in")
	want(t, b.Post(path, sheet(p, "clinical", "4", "1", "submit")), 303)
	want(t, b.SendForm(path, typed), 409, "You have sent this review already")
	p.Unbroken()
}

func TestAPackIsMarkedBoundedAndLogged(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	apps := p.Assess(2)
	who := p.Reviewers(apps[0])["clinical"]
	b := s.SignedIn(who)
	want(t, b.Get("/reviews/pack"), 200, "There is nothing to print yet")
	want(t, b.Get("/reviews/pack/pages?application="+string(apps[0].Ref)), 403)
	p.Declared(who, apps[0])
	want(t, b.Get("/reviews/pack"), 200, string(apps[0].Ref)+": ")
	pages := b.Get("/reviews/pack/pages?application=" + string(apps[0].Ref))
	want(t, pages, 200, "Confidential. Printed for ", "Score sheet", "☐ 5: ", "Invented answer to EV1", "af-marking")
	want(t, b.Get("/reviews/pack/pages?of=mine"), 422, "Select the applications to print")
	many := "/reviews/pack/pages?application=AF26-0001" + strings.Repeat("&application=AF26-0001", 10)
	want(t, b.Get(many), 422, "Select fewer applications")
	want(t, b.Get("/reviews/pack/pages?application=NONSENSE"), 404)
	if file := b.Get("/reviews/pack/pdf?application=" + string(apps[0].Ref)); file.Status != 200 || !strings.HasPrefix(file.Body, "%PDF-") {
		t.Errorf("the PDF file: %d", file.Status)
	}
	other := "clinical1"
	if who == testkit.Address(other) {
		other = "clinical2"
	}
	want(t, s.SignedIn(other).Get("/reviews/pack/pages?application="+string(apps[0].Ref)), 404)
	if err := p.Gate.FlushReads(t.Context()); err != nil {
		t.Fatal(err)
	}
	var logged int64
	p.Read(func(tx *work.Tx) error {
		return tx.DB().Table("read_blocks").Where("entries LIKE '%review.pack%'").Count(&logged).Error
	})
	if logged == 0 {
		t.Error("the printing is not in the log of what was read")
	}
}

func TestNamesAreHiddenInTitlesFilesAndPacks(t *testing.T) {
	t.Parallel()
	p, s := serve(t)
	a := p.Assess(1)[0]
	who := p.Reviewers(a)["clinical"]
	const name = "Applicant Invented" // the main contact's account
	for _, step := range [][]any{
		{"UPDATE calls SET settings = replace(settings, ?, ?)", `"mask_names":false`, `"mask_names":true`},
		{"UPDATE applications SET title = ?", "The method of Dr " + name},
	} {
		if err := p.DB.Write.Exec(step[0].(string), step[1:]...).Error; err != nil {
			t.Fatal(err)
		}
	}
	b := s.SignedIn(who)
	p.Clock.Add(time.Second)
	for _, path := range []string{"/reviews", "/reviews/" + string(a.Ref)} {
		page := b.Get(path)
		want(t, page, 200, "The method of [name hidden]")
		if strings.Contains(page.Body, name) {
			t.Errorf("%s shows the name", path)
		}
	}
	p.Declared(who, a)
	for _, path := range []string{"/reviews/" + string(a.Ref), "/reviews/pack", "/reviews/pack/pages?application=" + string(a.Ref)} {
		page := b.Get(path)
		want(t, page, 200, "The method of [name hidden]")
		if strings.Contains(page.Body, name) {
			t.Errorf("%s shows the name", path)
		}
	}
}
