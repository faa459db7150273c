package site_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/site"
	"adoptionfund/internal/site/htmlcheck"
	"adoptionfund/internal/site/route"
)

// held keeps one form.
type held struct{ token, path, body string }

func (h *held) Hold(_ context.Context, token, path, body string) (string, error) {
	*h = held{token, path, body}
	return "an-id", nil
}

func (h *held) Take(_ context.Context, id string) (path, body string, err error) {
	if id != "an-id" {
		return "", "", nil
	}
	given := *h
	*h = held{}
	return given.path, given.body, nil
}

func TestWhatWasSentAfterTheSessionEndedIsGivenBack(t *testing.T) {
	t.Parallel()
	kept := &held{}
	save := route.Row{Method: "POST", Path: "/applications", Action: access.StartApplication, Handle: shows("Saved")}
	w := newWorld(t, func(o *site.Options) { o.Held = kept }, save)
	rec := w.do(post("/applications", url.Values{"title": {"A long <text>"}, "version": {"3"}}, "ended"))
	if rec.Code != 303 || rec.Header().Get("Location") != "/sign-in?next=%2Fheld" || kept.path != "/applications" {
		t.Fatalf("%d to %q, kept %v", rec.Code, rec.Header().Get("Location"), *kept)
	}
	back := get("/held", "applicant")
	for _, cookie := range rec.Result().Cookies() {
		back.AddCookie(cookie)
	}
	page := w.do(back)
	for _, want := range []string{`action="/applications"`, "A long &lt;text&gt;", `name="version" value="3"`, "Save it now"} {
		if !strings.Contains(page.Body.String(), want) {
			t.Errorf("no %q in\n%s", want, page.Body)
		}
	}
	if problems := htmlcheck.CheckPage(page.Body.String()); len(problems) > 0 {
		t.Error(strings.Join(problems, "; "))
	}
	if again := w.do(back); again.Code != 303 {
		t.Errorf("a second time: %d", again.Code)
	}
}

func TestPasswordsAndStrangersFormsAreNotKept(t *testing.T) {
	t.Parallel()
	kept := &held{}
	save := route.Row{Method: "POST", Path: "/applications", Action: access.StartApplication, Handle: shows("Saved")}
	w := newWorld(t, func(o *site.Options) { o.Held = kept }, save)
	w.do(post("/applications", url.Values{"new-password": {"secret"}}, "ended"))
	w.do(post("/applications", url.Values{"title": {"T"}}))
	if *kept != (held{}) {
		t.Errorf("kept %v", *kept)
	}
}

func TestASessionThatCannotBeLookedUpIsAMistakeOfOurs(t *testing.T) {
	t.Parallel()
	if rec := newWorld(t, nil, open("GET", "/x", shows("X"))).do(get("/x", "broken")); rec.Code != http.StatusInternalServerError {
		t.Errorf("status %d", rec.Code)
	}
}

func TestAPageSaysWhenTheSessionEnds(t *testing.T) {
	t.Parallel()
	rec := newWorld(t, nil, open("GET", "/x", shows("X"))).do(get("/x", "applicant"))
	if rec.Header().Get("Session-Seconds") != "3600" || !strings.Contains(rec.Body.String(), `data-session-seconds="3600"`) {
		t.Errorf("header %q", rec.Header().Get("Session-Seconds"))
	}
}
