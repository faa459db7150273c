package applicant_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

const summary = "/applications/AF26-0001/sections/summary"

// said is what a script reads.
type said struct {
	Version   int                  `json:"version"`
	SavedAt   string               `json:"saved_at"`
	Problems  map[string]string    `json:"problems"`
	Marks     map[form.Code]string `json:"marks"`
	Others    bool                 `json:"others"`
	Conflicts []struct {
		Question, Name, Who, At, Theirs string
	} `json:"conflicts"`
	Words  string `json:"words"`
	SignIn string `json:"sign_in"`
}

// typing sends what is typed as the script does.
func typing(t *testing.T, b *sitekit.Browser, status int, values url.Values) said {
	t.Helper()
	a := b.SendForm(summary, values)
	if a.Status != status || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
		t.Fatalf("got %d, want %d\n%s", a.Status, status, a.Body)
	}
	var s said
	if err := json.Unmarshal([]byte(a.Body), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// mark is the mark of a question on a page.
func mark(t *testing.T, a sitekit.Answer, code string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + code + `-shown" value="([^"]+)"`).FindStringSubmatch(a.Body)
	if found == nil {
		t.Fatalf("no mark of %s in\n%s", code, a.Body)
	}
	return found[1]
}

// twoAtWork are an applicant and a contributor, each with the summary open.
func twoAtWork(t *testing.T) (s *sitekit.Server, one, two *sitekit.Browser) {
	t.Helper()
	s = serve(t)
	a := s.Draft("A title")
	who := s.Person("helper", "contributor", access.Scope{})
	s.Relate(a, who.ID, application.Contributor)
	return s, s.SignedIn(testkit.Applicant), s.SignedIn("helper")
}

func TestWhatIsTypedIsSavedWithoutAButton(t *testing.T) {
	t.Parallel()
	_, one, _ := twoAtWork(t)
	page := want(t, one.Get(summary), 200, "data-autosave", `data-question="SU2"`, "data-keeper", `aria-live="polite"`)
	first := typing(t, one, 200, url.Values{"version": {version(t, page)}, "SU2": {"Half a sen"}, "SU2-shown": {mark(t, page, "SU2")}})
	if first.Version != 2 || !regexp.MustCompile(`^\d\d:\d\d$`).MatchString(first.SavedAt) || first.Marks["SU2"] == mark(t, page, "SU2") || first.Others {
		t.Errorf("%+v", first)
	}
	second := typing(t, one, 200, url.Values{"version": {"2"}, "SU1": {strings.Repeat("x", 121)}, "SU1-shown": {first.Marks["SU1"]}})
	if second.Problems["SU1"] == "" {
		t.Errorf("%+v", second)
	}
	want(t, one.Get(summary), 200, "Half a sen", strings.Repeat("x", 121))
	if a := typing(t, one, 422, url.Values{"version": {"3"}, "CO2": {"1"}}); a.Problems["CO2"] == "" || a.Words == "" {
		t.Errorf("%+v", a)
	}
	want(t, one.Get("/applications/AF26-0001/history"), 200, "Summary", "Half a sen", "Filled in when the application was started")
}

func TestTypingIsRefusedInWordsThatTheScriptCanShow(t *testing.T) {
	t.Parallel()
	s, one, _ := twoAtWork(t)
	values := url.Values{"version": {"1"}, "SU2": {"x"}}
	if a := typing(t, s.SignedIn("stranger"), 404, values); a.Words == "" {
		t.Errorf("%+v", a)
	}
	one.Get(summary)
	if a := typing(t, s.Browser(), 401, values); a.Words == "" || a.SignIn != "/sign-in" {
		t.Errorf("%+v", a)
	}
	s.Clock.Set(s.Application("AF26-0001").ClosesAt())
	one = s.Again(testkit.Applicant)
	if a := typing(t, one, 403, values); !strings.Contains(a.Words, "deadline") && !strings.Contains(a.Words, "time") {
		t.Errorf("%+v", a)
	}
	s.Closed()
	if a := typing(t, one, 403, values); a.Words == "" {
		t.Errorf("%+v", a)
	}
}

func TestTwoWhoTypeInDifferentQuestionsNoticeNoConflict(t *testing.T) {
	t.Parallel()
	_, one, two := twoAtWork(t)
	mine, theirs := one.Get(summary), two.Get(summary)
	typing(t, one, 200, url.Values{"version": {version(t, mine)}, "SU2": {"One's summary"}, "SU2-shown": {mark(t, mine, "SU2")}})
	a := typing(t, two, 200, url.Values{"version": {version(t, theirs)}, "SU1": {"Two's title"}, "SU1-shown": {mark(t, theirs, "SU1")}})
	if !a.Others || a.Version != 3 {
		t.Errorf("%+v", a)
	}
	// The button sends the whole page, with the answer that the other has changed as it was read.
	want(t, two.Post(summary, url.Values{"version": {"3"}, "SU1": {"Two's title"}, "SU1-shown": {a.Marks["SU1"]}, "SU2": {""}, "SU2-shown": {mark(t, theirs, "SU2")}, "action": {"save"}}), 303)
	want(t, one.Get(summary), 200, "One&#39;s summary", "Two&#39;s title")
}

// conflict has both change the summary, and gives the page on which the second chooses.
func conflict(t *testing.T, one, two *sitekit.Browser) sitekit.Answer {
	t.Helper()
	mine, theirs := one.Get(summary), two.Get(summary)
	want(t, one.Post(summary, url.Values{"version": {version(t, mine)}, "SU2": {"We will monitor 20 patients"}, "SU2-shown": {mark(t, mine, "SU2")}, "action": {"save"}}), 303)
	in := url.Values{"version": {version(t, theirs)}, "SU2": {"We will monitor 35 patients"}, "SU2-shown": {mark(t, theirs, "SU2")}}
	if a := typing(t, two, 409, in); len(a.Conflicts) != 1 || a.Conflicts[0].Question != "SU2" || a.Conflicts[0].Theirs != "We will monitor 20 patients" || a.Conflicts[0].Who != "Applicant Invented" {
		t.Errorf("%+v", a)
	}
	in.Set("action", "save")
	return want(t, two.Post(summary, in), 409, "Choose which version to keep", "Applicant Invented&#39;s version", `<del class="af-del">`, `<ins class="af-ins">`, "[inserted: ")
}

// choice is what the page on which one chooses sends.
func choice(t *testing.T, page sitekit.Answer, choice, both string) url.Values {
	t.Helper()
	return url.Values{
		"version": {version(t, page)}, "SU2-shown": {mark(t, page, "SU2")}, "mine.SU2": {"We will monitor 35 patients"},
		"choose.SU2": {choice}, "both.SU2": {both}, "action": {"choose"},
	}
}

func TestTheSecondOfTwoChoosesBetweenTheVersions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string][2]string{
		"mine": {"mine", "We will monitor 35 patients"}, "theirs": {"theirs", "We will monitor 20 patients"}, "a text of both": {"both", "We will monitor 20 to 35 patients"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, one, two := twoAtWork(t)
			page := conflict(t, one, two)
			want(t, two.Post(summary, choice(t, page, "", "")), 422, `href="#choose.SU2"`, "Choose which version to keep")
			want(t, two.Post(summary, choice(t, page, c[0], "We will monitor 20 to 35 patients")), 303)
			want(t, one.Get(summary), 200, c[1])
			want(t, one.Get("/applications/AF26-0001/history?question=SU2"), 200, "Not saved then, because somebody else changed the same answer", "Versions of “Plain-English summary”")
		})
	}
}

func TestWhoChoosesLateIsAskedAgain(t *testing.T) {
	t.Parallel()
	_, one, two := twoAtWork(t)
	page := conflict(t, one, two)
	now := one.Get(summary)
	want(t, one.Post(summary, url.Values{"version": {version(t, now)}, "SU2": {"We will monitor 50 patients"}, "SU2-shown": {mark(t, now, "SU2")}, "action": {"save"}}), 303)
	want(t, two.Post(summary, choice(t, page, "mine", "")), 409, "We will monitor 50 patients", "We will monitor 35 patients")
}

func TestAVersionIsRestoredFromTheHistory(t *testing.T) {
	t.Parallel()
	s, one, two := twoAtWork(t)
	for _, text := range []string{"First", "Second"} {
		page := one.Get(summary)
		want(t, one.Post(summary, url.Values{"version": {version(t, page)}, "SU2": {text}, "action": {"save"}}), 303)
	}
	page := want(t, two.Get("/applications/AF26-0001/history?section=summary"), 200, "Restore this version", "Restore the whole section as it was then")
	forms := regexp.MustCompile(`name="change" value="([^"]+)"> <input type="hidden" name="question" value="(SU2)"> <input type="hidden" name="version" value="(\d+)"`).FindAllStringSubmatch(page.Body, -1)
	if len(forms) != 1 {
		t.Fatalf("%v in\n%s", forms, page.Body)
	}
	in := url.Values{"change": {forms[0][1]}, "question": {"SU2"}, "version": {forms[0][3]}}
	want(t, s.SignedIn("stranger").Post("/applications/AF26-0001/history", in), 404)
	done := two.Post("/applications/AF26-0001/history", in)
	want(t, two.Follow(done), 200, "First", "The earlier version is restored")
	want(t, two.Post("/applications/AF26-0001/history", in), 409)
	want(t, one.Get("/applications/AF26-0001/history"), 200, "An earlier version was restored", "Restored an earlier version of “Summary”")
	s.Clock.Set(s.Application("AF26-0001").ClosesAt())
	late := want(t, s.Again("helper").Get("/applications/AF26-0001/history"), 200, "First")
	if strings.Contains(late.Body, "Restore this version") {
		t.Error("a version can be restored after the deadline")
	}
}
