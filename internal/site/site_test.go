package site_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site"
	"adoptionfund/internal/site/htmlcheck"
	"adoptionfund/internal/site/route"
	"adoptionfund/policies"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// aPage is a page for tests: a heading and whatever stands below.
type aPage struct {
	title string
	body  templ.Component
}

func (p aPage) Head() shared.Head     { return shared.Head{Title: p.title} }
func (p aPage) View() templ.Component { return p.body }

// log is a log that tests read while the server writes.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

type world struct {
	*site.Site
	log *log
}

// visitor takes the token of a session for the name of a role. The token "ended" is of a session that has ended.
func visitor(_ context.Context, token string) (route.Visitor, error) {
	switch token {
	case "ended":
		return route.Visitor{}, nil
	case "broken":
		return route.Visitor{}, errors.New("the database went away")
	}
	return route.Visitor{Ends: instant().Add(time.Hour), Principal: access.Principal{
		ID: ident.Person("01890000-0000-7000-8000-000000000001"), Kind: access.Person, Name: "Ivy Invented",
		Grants: []access.Grant{{Role: token}},
	}}, nil
}

func instant() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// newWorld makes a site with these rows. A request with the session cookie "applicant" or "auditor" is made by such a person.
func newWorld(tb testing.TB, change func(*site.Options), rows ...route.Row) world {
	tb.Helper()
	policy, err := access.Load(policies.FS)
	if err != nil {
		tb.Fatal(err)
	}
	l := &log{}
	o := site.Options{
		Brand:  shared.Brand{Service: "Adoption Fund", Organisation: "An invented body", Email: "fund@adoption-fund.example"},
		Policy: policy, Log: slog.New(slog.NewTextHandler(l, nil)), Clock: instant, PublicURL: "http://127.0.0.1:8080", Routes: rows,
		Visitor: visitor,
	}
	if change != nil {
		change(&o)
	}
	s, err := site.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return world{Site: s, log: l}
}

func get(path string, session ...string) *http.Request {
	return with(httptest.NewRequest(http.MethodGet, path, nil), session...)
}

func post(path string, form url.Values, session ...string) *http.Request {
	req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return with(req, session...)
}

func with(req *http.Request, session ...string) *http.Request {
	for _, token := range session {
		req.AddCookie(&http.Cookie{Name: "af-session", Value: token})
	}
	return req
}

func (w world) do(req *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, req)
	return rec
}

func shows(title string) route.Handler {
	return func(*route.Request) (route.Reply, error) { return route.Show(aPage{title, nhs.Text("Hello")}) }
}

func fails(err error) route.Handler {
	return func(*route.Request) (route.Reply, error) { return route.Reply{}, err }
}

func open(method, path string, handle route.Handler) route.Row {
	return route.Row{Method: method, Path: path, Action: access.ViewPublic, Public: true, Handle: handle, Title: "A page"}
}

func TestEachFaultHasItsStatusAndPage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		status int
		words  string
	}{
		"invalid":   {fault.Fields(fault.Problems{"title": "Enter a title"}), 422, "Enter a title"},
		"not found": {fault.New(fault.NotFound, "x"), 404, "Page not found"},
		"forbidden": {fault.New(fault.Forbidden, "You have declared a conflict"), 403, "You have declared a conflict"},
		"conflict":  {fault.New(fault.Conflict, "The call has closed"), 409, "The call has closed"},
		"stale":     {fault.Stale(map[string]string{"title": "Theirs"}, "Bo changed it"), 409, "This changed while you were working on it"},
		"too many":  {&fault.Fault{Kind: fault.TooMany, Words: "Five tries", Latest: 90 * time.Second}, 429, "Wait 90 seconds"},
		"too large": {fault.New(fault.TooLarge, "x"), 413, "1 MB"},
		"internal":  {errors.New("disk on fire"), 500, "tell us this reference"},
		"cause":     {fmt.Errorf("loading: %w", fault.New(fault.NotFound, "x")), 404, "Page not found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil, open("GET", "/x", fails(c.err)))
			rec := w.do(get("/x"))
			if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.words) {
				t.Errorf("status %d, want %d with %q in\n%s", rec.Code, c.status, c.words, rec.Body)
			}
			if problems := htmlcheck.CheckPage(rec.Body.String()); len(problems) > 0 {
				t.Errorf("the page: %s", strings.Join(problems, "; "))
			}
			if strings.Contains(rec.Body.String(), "disk on fire") {
				t.Error("the page tells the cause")
			}
		})
	}
}

func TestAMistakeOfOursIsInTheLogUnderItsReference(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, open("GET", "/x", fails(errors.New("disk on fire"))))
	rec := w.do(get("/x"))
	reference := rec.Header().Get("X-Request-Id")
	if reference == "" || !strings.Contains(rec.Body.String(), reference) || !strings.Contains(w.log.String(), reference) {
		t.Errorf("reference %q is not on the page and in the log", reference)
	}
	if !strings.Contains(w.log.String(), "disk on fire") {
		t.Error("the log does not tell the cause")
	}
}

func TestAPanicIsAPageAndTheServiceGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, open("GET", "/x", func(*route.Request) (route.Reply, error) { panic("oh") }), open("GET", "/y", shows("Fine")))
	rec := w.do(get("/x"))
	reference := rec.Header().Get("X-Request-Id")
	if rec.Code != 500 || !strings.Contains(rec.Body.String(), reference) {
		t.Errorf("status %d, body\n%s", rec.Code, rec.Body)
	}
	if text := w.log.String(); !strings.Contains(text, reference) || !strings.Contains(text, "oh") || !strings.Contains(text, "site_test.go") {
		t.Errorf("the log lacks reference, reason or stack: %s", text)
	}
	if rec := w.do(get("/y")); rec.Code != 200 {
		t.Errorf("afterwards: %d", rec.Code)
	}
}

func TestAPageThatCannotBeRenderedSendsNothingOfItself(t *testing.T) {
	t.Parallel()
	half := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, _ = io.WriteString(w, "half a page")
		return errors.New("no more")
	})
	w := newWorld(t, nil, open("GET", "/x", func(*route.Request) (route.Reply, error) { return route.Show(aPage{"X", half}) }))
	if rec := w.do(get("/x")); rec.Code != 500 || strings.Contains(rec.Body.String(), "half a page") {
		t.Errorf("status %d, body\n%s", rec.Code, rec.Body)
	}
}

func TestSomebodyWhoHasNotSignedInIsSentToSignIn(t *testing.T) {
	t.Parallel()
	row := route.Row{Method: "GET", Path: "/applications", Action: access.ListApplications, Handle: shows("Applications")}
	send := route.Row{Method: "POST", Path: "/applications", Action: access.StartApplication, Handle: shows("Started")}
	w := newWorld(t, nil, row, send)
	rec := w.do(get("/applications?call=AF21-CAR"))
	if want := "/sign-in?next=" + url.QueryEscape("/applications?call=AF21-CAR"); rec.Code != 303 || rec.Header().Get("Location") != want {
		t.Errorf("%d to %q, want 303 to %q", rec.Code, rec.Header().Get("Location"), want)
	}
	if rec := w.do(post("/applications", url.Values{"call": {"AF21-CAR"}})); rec.Code != 303 || rec.Header().Get("Location") != "/sign-in" {
		t.Errorf("POST: %d to %q", rec.Code, rec.Header().Get("Location"))
	}
	if rec := w.do(get("/applications", "applicant")); rec.Code != 200 {
		t.Errorf("signed in: %d", rec.Code)
	}
}

func TestWithoutAGrantThePageSaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, route.Row{Method: "GET", Path: "/audit", Action: access.ViewAudit, Handle: shows("Audit")})
	rec := w.do(get("/audit", "applicant"))
	if rec.Code != 403 || !strings.Contains(rec.Body.String(), "auditor") {
		t.Errorf("status %d, body\n%s", rec.Code, rec.Body)
	}
}

func TestOtherSitesCannotSendForms(t *testing.T) {
	t.Parallel()
	called := false
	w := newWorld(t, nil, open("POST", "/x", func(*route.Request) (route.Reply, error) { called = true; return route.Go("/") }))
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		req := post("/x", nil)
		req.Header.Set(header, value)
		if rec := w.do(req); rec.Code != 403 || called || !strings.Contains(rec.Body.String(), "another site") {
			t.Errorf("%s: status %d, handler called: %t", header, rec.Code, called)
		}
	}
	if rec := w.do(post("/x", nil)); rec.Code != 303 || !called {
		t.Errorf("a plain client: status %d, handler called: %t", rec.Code, called)
	}
}

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	secure := func(o *site.Options) { o.PublicURL = "https://fund.example" }
	w := newWorld(t, secure, open("GET", "/x", shows("X")), open("GET", "/bad", fails(errors.New("x"))))
	for _, path := range []string{"/x", "/bad", "/nowhere", "/healthz", "/assets/none.css"} {
		h := w.do(get(path)).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "same-origin", "Strict-Transport-Security": "max-age",
		} {
			if !strings.Contains(h.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		if strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: the policy lets something unsafe through", path)
		}
	}
	if h := newWorld(t, nil, open("GET", "/x", shows("X"))).do(get("/x")).Header(); h.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS over plain http")
	}
}

func TestWhatASignedInPersonSeesIsKeptByNoCache(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, open("GET", "/x", shows("X")))
	if got := w.do(get("/x", "applicant")).Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	if body := w.do(get("/x", "applicant")).Body.String(); !strings.Contains(body, "Ivy Invented") || !strings.Contains(body, "Sign out") {
		t.Error("the header does not say who is signed in")
	}
}

func TestUnknownAddressesAndMethods(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, open("GET", "/x", shows("X")))
	if rec := w.do(get("/nowhere")); rec.Code != 404 || !strings.Contains(rec.Body.String(), "Page not found") {
		t.Errorf("unknown: %d", rec.Code)
	}
	if rec := w.do(post("/x", nil)); rec.Code != 405 || !strings.Contains(rec.Header().Get("Allow"), "GET") {
		t.Errorf("POST to a page: %d, Allow %q", rec.Code, rec.Header().Get("Allow"))
	}
	if rec := w.do(httptest.NewRequest(http.MethodHead, "/x", nil)); rec.Code != 200 {
		t.Errorf("HEAD: %d", rec.Code)
	}
	if rec := w.do(get("/x/?a=1")); rec.Code != 301 || rec.Header().Get("Location") != "/x?a=1" {
		t.Errorf("slash at the end: %d to %q", rec.Code, rec.Header().Get("Location"))
	}
	if rec := w.do(get("//evil.example/")); rec.Header().Get("Location") != "" {
		t.Errorf("sent to %q", rec.Header().Get("Location"))
	}
}

func TestReferencesHaveOneSpelling(t *testing.T) {
	t.Parallel()
	handle := func(r *route.Request) (route.Reply, error) {
		return route.Text(r.Path("ref") + " " + r.Path("section"))
	}
	path := "/applications/{ref}/sections/{section}"
	w := newWorld(t, nil, open("GET", path, handle), open("POST", path, handle))
	rec := w.do(get("/applications/af21-0001/sections/Summary?a=1"))
	if rec.Code != 301 || rec.Header().Get("Location") != "/applications/AF21-0001/sections/summary?a=1" {
		t.Errorf("%d to %q", rec.Code, rec.Header().Get("Location"))
	}
	if rec := w.do(post("/applications/af21-0001/sections/Summary", nil)); rec.Body.String() != "AF21-0001 summary" {
		t.Errorf("POST: %q", rec.Body)
	}
	if rec := w.do(get("/applications/%00%ff/sections/x")); rec.Code != 404 {
		t.Errorf("nonsense: %d", rec.Code)
	}
}

func TestRequestsThatComeTooFastWait(t *testing.T) {
	t.Parallel()
	now := instant()
	slow := func(o *site.Options) {
		o.RequestsPerSecond, o.Burst = 1, 3
		o.Clock = func() time.Time { return now }
	}
	w := newWorld(t, slow, open("GET", "/x", shows("X")))
	for n := range 3 {
		if rec := w.do(get("/x")); rec.Code != 200 {
			t.Fatalf("request %d: %d", n, rec.Code)
		}
	}
	rec := w.do(get("/x"))
	if rec.Code != 429 || rec.Header().Get("Retry-After") != "1" {
		t.Errorf("the fourth: %d, Retry-After %q", rec.Code, rec.Header().Get("Retry-After"))
	}
	other := get("/x")
	other.RemoteAddr = "198.51.100.7:999"
	if rec := w.do(other); rec.Code != 200 {
		t.Errorf("another address: %d", rec.Code)
	}
	now = now.Add(2 * time.Second)
	if rec := w.do(get("/x")); rec.Code != 200 {
		t.Errorf("later: %d", rec.Code)
	}
}

func TestHealthAndReadiness(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *site.Options) { o.Ready = func(context.Context) error { return errors.New("schema 3, want 4") } })
	if rec := w.do(get("/healthz")); rec.Code != 200 {
		t.Errorf("alive: %d", rec.Code)
	}
	rec := w.do(get("/readyz"))
	if rec.Code != 503 || strings.Contains(rec.Body.String(), "schema") || !strings.Contains(w.log.String(), "schema 3, want 4") {
		t.Errorf("not ready: %d %q", rec.Code, rec.Body)
	}
	if rec := newWorld(t, nil).do(get("/readyz")); rec.Code != 200 {
		t.Errorf("ready: %d", rec.Code)
	}
}

func TestTheFootersPagesAreSound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, row := range w.Rows() {
		if strings.HasSuffix(row.Path, "z") || !row.Public {
			continue
		}
		rec := w.do(get(row.Path))
		if rec.Code != 200 {
			t.Errorf("%s: %d", row, rec.Code)
		}
		for _, problem := range htmlcheck.CheckPage(rec.Body.String()) {
			t.Errorf("%s: %s", row, problem)
		}
	}
}
