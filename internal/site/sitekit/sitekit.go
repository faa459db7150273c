// Package sitekit lets tests use the pages of a small world as a browser would: with cookies, forms and the middleware of the
// site. It is imported by tests alone.
package sitekit

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"adoptionfund/internal/pdf"
	"adoptionfund/internal/site"
	"adoptionfund/internal/site/account"
	"adoptionfund/internal/site/htmlcheck"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/testkit"
	"adoptionfund/web/page/shared"
)

// Server is the site of a world.
type Server struct {
	*testkit.World
	tb   testing.TB
	site *site.Site
	log  *bytes.Buffer

	fails bool // the test makes the service fail

	secrets map[string]string // of one-time codes, by address
}

// New serves rows, and those of accounts.
func New(tb testing.TB, w *testkit.World, rows ...route.Row) *Server {
	tb.Helper()
	s := &Server{World: w, tb: tb, log: &bytes.Buffer{}, secrets: map[string]string{}}
	path, err := pdf.Find()
	if err != nil {
		tb.Fatal(err)
	}
	printer := pdf.New(path) // its browser starts with the first print
	tb.Cleanup(printer.Close)
	s.site, err = site.New(site.Options{
		Print:  printer.Print,
		Brand:  shared.Brand{Service: w.Config.Service.Name, Organisation: "An invented body", Email: w.Config.Service.ContactEmail, Demo: true},
		Policy: w.Gate.Policy(), Log: slog.New(slog.NewTextHandler(s.log, nil)), Clock: w.Clock.Now, PublicURL: w.Config.PublicURL,
		Routes: append(account.Rows(w.People, w.Funds.ScopeName), rows...), Visitor: account.Visitor(w.People), Held: account.Held{People: w.People},
		SessionWarning: w.Config.Accounts.SessionWarning, EnrolPath: account.CodesPath,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Fails lets the service fail from now on: that is what the test is about.
func (s *Server) Fails() { s.fails = true }

// Logged is what the site wrote to its log so far.
func (s *Server) Logged() string { return s.log.String() }

// Browser is somebody's browser: it keeps cookies and checks the HTML of every page that it is sent.
type Browser struct {
	server  *Server
	cookies map[string]string
	from    string // the page last seen
}

// Answer is what came back.
type Answer struct {
	Status   int
	Location string
	Body     string
	Header   http.Header
}

// Browser opens a browser of somebody who has not signed in.
func (s *Server) Browser() *Browser { return &Browser{server: s, cookies: map[string]string{}} }

// SignedIn opens a browser of somebody who signs in with testkit.Password for the first time; one-time codes are set up.
func (s *Server) SignedIn(email string) *Browser {
	s.tb.Helper()
	s.WithPassword(email)
	b := s.signIn(email, "")
	ctx := s.As(email)
	start, err := s.People.StartFactor(ctx)
	if err != nil {
		s.tb.Fatal(err)
	}
	code, err := totp.GenerateCode(start.Secret, s.Clock.Now())
	if err != nil {
		s.tb.Fatal(err)
	}
	if _, err := s.People.ConfirmFactor(ctx, b.Token(), start.Secret, code); err != nil {
		s.tb.Fatal(err)
	}
	s.secrets[testkit.Address(email)] = start.Secret
	return b
}

// Code is the one-time code of somebody who is signed in, a minute later: each works once.
func (s *Server) Code(email string) string {
	s.tb.Helper()
	s.Clock.Add(time.Minute)
	code, err := totp.GenerateCode(s.secrets[testkit.Address(email)], s.Clock.Now())
	if err != nil {
		s.tb.Fatal(err)
	}
	return code
}

// Again opens another browser of somebody who has signed in before, at a later time.
func (s *Server) Again(email string) *Browser {
	s.tb.Helper()
	code, err := totp.GenerateCode(s.secrets[testkit.Address(email)], s.Clock.Now())
	if err != nil {
		s.tb.Fatal(err)
	}
	return s.signIn(email, code)
}

func (s *Server) signIn(email, code string) *Browser {
	s.tb.Helper()
	b := s.Browser()
	if a := b.Post("/sign-in", url.Values{"email": {testkit.Address(email)}, "password": {testkit.Password}, "code": {code}}); a.Status != http.StatusSeeOther {
		s.tb.Fatalf("signing in as %s: %d %s", email, a.Status, a.Body)
	}
	return b
}

// Token is the token of the browser's session.
func (b *Browser) Token() string { return b.cookies[route.SessionCookie(false)] }

// Get asks for a page.
func (b *Browser) Get(path string) Answer {
	b.server.tb.Helper()
	return b.do(httptest.NewRequestWithContext(b.server.tb.Context(), http.MethodGet, path, nil))
}

// GetWith opens a page with headers of its own.
func (b *Browser) GetWith(path string, header http.Header) Answer {
	b.server.tb.Helper()
	req := httptest.NewRequestWithContext(b.server.tb.Context(), http.MethodGet, path, nil)
	for name, values := range header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	return b.do(req)
}

// Post sends a form.
func (b *Browser) Post(path string, form url.Values) Answer {
	b.server.tb.Helper()
	req := httptest.NewRequestWithContext(b.server.tb.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

// SendForm sends a form as a script of ours does, which reads JSON.
func (b *Browser) SendForm(path string, form url.Values) Answer {
	b.server.tb.Helper()
	req := httptest.NewRequestWithContext(b.server.tb.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	return b.do(req)
}

// Upload sends a form with a file.
func (b *Browser) Upload(path string, form url.Values, field, name string, content []byte) Answer {
	b.server.tb.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for key, values := range form {
		for _, value := range values {
			if err := w.WriteField(key, value); err != nil {
				b.server.tb.Fatal(err)
			}
		}
	}
	part, err := w.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		b.server.tb.Fatal(err)
	}
	req := httptest.NewRequestWithContext(b.server.tb.Context(), http.MethodPost, path, &body)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(req)
}

// Send posts bytes as a script does.
func (b *Browser) Send(path string, content []byte) Answer {
	b.server.tb.Helper()
	return b.SendAs(path, "application/octet-stream", content)
}

// SendAs posts bytes of a kind.
func (b *Browser) SendAs(path, kind string, content []byte) Answer {
	b.server.tb.Helper()
	req := httptest.NewRequestWithContext(b.server.tb.Context(), http.MethodPost, path, bytes.NewReader(content))
	req.Header.Set("Content-Type", kind)
	return b.do(req)
}

// Follow asks for the page that an answer leads to; another answer fails the test.
func (b *Browser) Follow(a Answer) Answer {
	b.server.tb.Helper()
	if a.Status != http.StatusSeeOther {
		b.server.tb.Fatalf("got %d, not a redirect:\n%s", a.Status, a.Body)
	}
	return b.Get(a.Location)
}

func (b *Browser) do(req *http.Request) Answer {
	b.server.tb.Helper()
	req.Host = "fund.example"
	for name, value := range b.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value}) // #nosec G124 -- what a browser sends has no attributes
	}
	if b.from != "" {
		req.Header.Set("Referer", "http://fund.example"+b.from)
	}
	rec := httptest.NewRecorder()
	b.server.site.ServeHTTP(rec, req)
	result := rec.Result()
	for _, c := range result.Cookies() {
		if c.MaxAge < 0 || !c.Expires.IsZero() && c.Expires.Before(time.Unix(1, 0)) {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
	body, err := io.ReadAll(result.Body)
	if err != nil {
		b.server.tb.Fatal(err)
	}
	a := Answer{Status: result.StatusCode, Location: result.Header.Get("Location"), Body: string(body), Header: result.Header}
	b.check(req, a)
	return a
}

// check fails the test for a broken page and for a mistake of ours.
func (b *Browser) check(req *http.Request, a Answer) {
	b.server.tb.Helper()
	if a.Status >= http.StatusInternalServerError && !b.server.fails {
		b.server.tb.Errorf("%s %s: %d\n%s", req.Method, req.URL, a.Status, b.server.log)
	}
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		return
	}
	if req.Method == http.MethodGet {
		b.from = req.URL.RequestURI()
	}
	for _, problem := range htmlcheck.CheckPage(a.Body) {
		b.server.tb.Errorf("%s %s: %s", req.Method, req.URL, problem)
	}
}
