package site_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/site"
	"adoptionfund/internal/site/route"
	"adoptionfund/web/nhs"
)

// titleForm are two rows: a page with a form, and its save, which answers the fault.
func titleForm(answer error) []route.Row {
	show := func(r *route.Request) (route.Reply, error) {
		return route.Show(aPage{"Title", nhs.Input{Name: "title", Label: "Title", Value: r.Typed("title", "stored"), Error: r.Problem("title")}})
	}
	save := func(r *route.Request) (route.Reply, error) {
		if answer != nil {
			return r.Again(answer, show)
		}
		r.Flash("Saved")
		return route.Go("/title")
	}
	return []route.Row{open("GET", "/title", show), open("POST", "/title", save)}
}

func TestAWrongFieldIsShownAgainWithWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, titleForm(fault.Fields(fault.Problems{"title": "Enter a title of 20 words or fewer"}))...)
	rec := w.do(post("/title", url.Values{"title": {`Typed <b>"text"</b>`}}))
	body := rec.Body.String()
	if rec.Code != 422 {
		t.Errorf("status %d", rec.Code)
	}
	for _, want := range []string{
		"<title>Error: Title", `<a href="#title">Enter a title of 20 words or fewer</a>`, `value="Typed &lt;b&gt;&#34;text&#34;&lt;/b&gt;"`, "There is a problem",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	if body := w.do(get("/title")).Body.String(); !strings.Contains(body, `value="stored"`) {
		t.Errorf("the page at first:\n%s", body)
	}
}

func TestAStaleEditShowsBothVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, titleForm(fault.Stale(map[string]string{"title": "Theirs"}, "Bo Invented changed it at 12:01."))...)
	rec := w.do(post("/title", url.Values{"title": {"Mine"}}))
	body := rec.Body.String()
	if rec.Code != 409 {
		t.Errorf("status %d", rec.Code)
	}
	for _, want := range []string{"Bo Invented changed it", "Theirs", `value="Mine"`, "What stands now"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
}

func TestOtherFaultsAreNotShownInTheForm(t *testing.T) {
	t.Parallel()
	for status, err := range map[int]error{403: fault.New(fault.Forbidden, "x"), 404: fault.New(fault.NotFound, "x"), 500: errors.New("x")} {
		if rec := newWorld(t, nil, titleForm(err)...).do(post("/title", nil)); rec.Code != status {
			t.Errorf("%v: %d, want %d", err, rec.Code, status)
		}
	}
}

func TestAMessageIsShownOnceOnTheNextPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, titleForm(nil)...)
	rec := w.do(post("/title", url.Values{"title": {"Fine"}}))
	if rec.Code != 303 || rec.Header().Get("Location") != "/title" {
		t.Fatalf("%d to %q", rec.Code, rec.Header().Get("Location"))
	}
	next := get("/title")
	for _, cookie := range rec.Result().Cookies() {
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %s can be read or sent from elsewhere", cookie.Name)
		}
		next.AddCookie(cookie)
	}
	shown := w.do(next)
	if !strings.Contains(shown.Body.String(), "Saved") {
		t.Error("the message is not on the page")
	}
	if gone := shown.Result().Cookies(); len(gone) != 1 || gone[0].MaxAge >= 0 {
		t.Errorf("the message stays: %v", gone)
	}
	broken := get("/title")
	broken.AddCookie(&http.Cookie{Name: "af-flash", Value: "nonsense"})
	if rec := w.do(broken); rec.Code != 200 {
		t.Errorf("a broken message: %d", rec.Code)
	}
}

func TestSessionCookies(t *testing.T) {
	t.Parallel()
	in := open("POST", "/in", func(r *route.Request) (route.Reply, error) {
		r.StartSession("token", instant().Add(8*time.Hour))
		return route.Go("/")
	})
	out := open("POST", "/out", func(r *route.Request) (route.Reply, error) {
		r.EndSession()
		return route.Go("/")
	})
	failing := open("POST", "/fail", func(r *route.Request) (route.Reply, error) {
		r.StartSession("token", instant())
		return route.Reply{}, errors.New("x")
	})
	w := newWorld(t, func(o *site.Options) { o.PublicURL = "https://fund.example" }, in, out, failing)
	begun := w.do(post("/in", nil)).Result().Cookies()
	if len(begun) != 1 || begun[0].Name != "__Host-af-session" || begun[0].Value != "token" || !begun[0].Secure || !begun[0].HttpOnly ||
		begun[0].Path != "/" || begun[0].Domain != "" || begun[0].SameSite != http.SameSiteLaxMode {
		t.Errorf("begun: %v", begun)
	}
	if ended := w.do(post("/out", nil)).Result().Cookies(); len(ended) != 1 || ended[0].MaxAge >= 0 {
		t.Errorf("ended: %v", ended)
	}
	if kept := w.do(post("/fail", nil)).Result().Cookies(); len(kept) != 0 {
		t.Errorf("after a fault: %v", kept)
	}
}

func TestALargeOrBrokenFormIsRefused(t *testing.T) {
	t.Parallel()
	called := 0
	handle := func(*route.Request) (route.Reply, error) { called++; return route.Go("/") }
	small := open("POST", "/small", handle)
	small.Body = 1000
	w := newWorld(t, nil, small)
	if rec := w.do(post("/small", url.Values{"a": {strings.Repeat("x", 2000)}})); rec.Code != 413 || !strings.Contains(rec.Body.String(), "too large") {
		t.Errorf("large: %d", rec.Code)
	}
	for name, text := range map[string]string{"not UTF-8": "a=%ff%fe", "zero byte": "a=x%00y", "not a form": "a=%zz"} {
		req := httptest.NewRequest(http.MethodPost, "/small", strings.NewReader(text))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if rec := w.do(req); rec.Code != 422 {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
	req := httptest.NewRequest(http.MethodPost, "/small", strings.NewReader(`{"a":1}`))
	req.Header.Set("Content-Type", "application/json")
	if rec := w.do(req); rec.Code != 422 {
		t.Errorf("JSON: %d", rec.Code)
	}
	if called != 0 {
		t.Errorf("the handler was called %d times", called)
	}
}

func TestLineEndsAndFieldsOfAForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, open("POST", "/x", func(r *route.Request) (route.Reply, error) {
		return route.Text(fmt.Sprintf("%q %q %d %s", r.Form().Get("text"), r.Field("title"), r.Version(), r.Button()))
	}))
	rec := w.do(post("/x", url.Values{"text": {"a\r\nb\rc"}, "title": {" T "}, "version": {"7"}, "action": {"save"}}))
	if got := rec.Body.String(); got != `"a\nb\nc" "T" 7 save` {
		t.Errorf("got %s", got)
	}
}

// multi makes a multipart request with one file.
func multi(t *testing.T, path, name, content string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	if err := m.WriteField("title", "With a file"); err != nil {
		t.Fatal(err)
	}
	part, err := m.CreateFormFile("C3.3", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, content); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest(http.MethodPost, path, &b)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return req
}

func TestFilesComeWithTheirFieldsOrInAStream(t *testing.T) {
	t.Parallel()
	whole := open("POST", "/whole", func(r *route.Request) (route.Reply, error) {
		file := r.Files("C3.3")[0]
		opened, err := file.Open()
		if err != nil {
			return route.Reply{}, err
		}
		content, err := io.ReadAll(opened)
		if err != nil {
			return route.Reply{}, err
		}
		return route.Text(fmt.Sprintf("%s: %s (%d) %s", r.Field("title"), file.Name, file.Size, content))
	})
	stream := open("POST", "/stream", func(r *route.Request) (route.Reply, error) {
		var seen strings.Builder
		err := r.Parts(func(p route.Part) error {
			content, err := io.ReadAll(p)
			fmt.Fprintf(&seen, "%s/%s=%s;", p.Field, p.File, content)
			return err
		})
		if err != nil {
			return route.Reply{}, err
		}
		return route.Text(seen.String())
	})
	stream.Stream, stream.Body = true, 10_000
	w := newWorld(t, nil, whole, stream)
	if got := w.do(multi(t, "/whole", `..\..\evil"name.pdf`, "bytes")).Body.String(); got != `With a file: evil"name.pdf (5) bytes` {
		t.Errorf("whole: %s", got)
	}
	if got := w.do(multi(t, "/stream", "a.pdf", "bytes")).Body.String(); got != "title/=With a file;C3.3/a.pdf=bytes;" {
		t.Errorf("stream: %s", got)
	}
	if rec := w.do(multi(t, "/stream", "a.pdf", strings.Repeat("x", 20_000))); rec.Code != 413 {
		t.Errorf("too large a stream: %d", rec.Code)
	}
}

func TestADownloadsNameCannotLeaveItsHeader(t *testing.T) {
	t.Parallel()
	var name string
	w := newWorld(t, nil, open("GET", "/x", func(*route.Request) (route.Reply, error) {
		return route.Download(name, "application/pdf", false, func(w io.Writer) error { _, err := io.WriteString(w, "content"); return err })
	}))
	rapid.Check(t, func(rt *rapid.T) {
		name = rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"a\r\nSet-Cookie: x=1", `a"; filename="b.html`, "../../etc/passwd", "résumé.pdf", "", strings.Repeat("é", 300) + ".pdf",
		})).Draw(rt, "name")
		rec := w.do(get("/x"))
		way, parameters, err := mime.ParseMediaType(rec.Header().Get("Content-Disposition"))
		if err != nil || way != "attachment" || strings.ContainsAny(parameters["filename"], "\r\n/\\") {
			rt.Errorf("%q: %q, %v", name, rec.Header().Get("Content-Disposition"), err)
		}
		if rec.Code != 200 || rec.Body.String() != "content" || rec.Header().Get("Set-Cookie") != "" {
			rt.Errorf("%q: %d %q", name, rec.Code, rec.Body)
		}
	})
}

func TestWhatADownloadMayDoInTheBrowser(t *testing.T) {
	t.Parallel()
	for kind, inline := range map[string]bool{"application/pdf": true, "text/html": false, "image/svg+xml": false, "nonsense": false} {
		w := newWorld(t, nil, open("GET", "/x", func(*route.Request) (route.Reply, error) {
			return route.Download("a", kind, true, func(io.Writer) error { return nil })
		}))
		h := w.do(get("/x")).Header()
		if got := strings.HasPrefix(h.Get("Content-Disposition"), "inline"); got != inline || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %q", kind, h.Get("Content-Disposition"))
		}
		if !inline && !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: not in a sandbox", kind)
		}
	}
}

func TestADownloadThatFailsEarlyIsAPageAndLateIsCutOff(t *testing.T) {
	t.Parallel()
	after := func(n int) route.Row {
		return open("GET", fmt.Sprintf("/after-%d", n), func(*route.Request) (route.Reply, error) {
			return route.Download("a.csv", "text/csv", false, func(w io.Writer) error {
				if _, err := w.Write(make([]byte, n)); err != nil {
					return err
				}
				return errors.New("the database went away")
			})
		})
	}
	w := newWorld(t, nil, after(10), after(200_000))
	if rec := w.do(get("/after-10")); rec.Code != 500 || !strings.Contains(rec.Body.String(), "reference") || rec.Header().Get("Content-Disposition") != "" {
		t.Errorf("early: %d %v", rec.Code, rec.Header())
	}
	server := httptest.NewServer(w)
	defer server.Close()
	answer, err := http.Get(server.URL + "/after-200000")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err == nil {
		t.Error("late: half a file looks whole")
	}
}

func TestOnlyPathsOfOursAreGoneTo(t *testing.T) {
	t.Parallel()
	for path, ok := range map[string]bool{
		"/": true, "/applications/AF21-0001?a=1#b": true, "//evil.example": false, `/\evil.example`: false, "https://evil.example": false,
		"applications": false, "": false, "/a\r\nSet-Cookie: x=1": false, "/\t/evil.example": false, "javascript:alert(1)": false,
	} {
		if got := route.Local(path, "no") != "no"; got != ok {
			t.Errorf("%q is ours: %t, want %t", path, got, ok)
		}
		if _, err := route.GoTo(path); (err == nil) != ok {
			t.Errorf("GoTo(%q): %v", path, err)
		}
	}
	w := newWorld(t, nil, open("GET", "/x", func(*route.Request) (route.Reply, error) { return route.Go("/people/%s", "../a?b#c/é") }))
	if got := w.do(get("/x")).Header().Get("Location"); got != "/people/..%2Fa%3Fb%23c%2F%C3%A9" {
		t.Errorf("Location %q", got)
	}
}
