package main

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"adoptionfund/internal/db"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/testkit"
)

// loadFor is how long the load of many clients lasts.
var loadFor = flag.Duration("load", 10*time.Second, "how long the load of many clients lasts")

// visit answers a request of somebody who is signed in, without a network between.
func visit(b *testing.B, site http.Handler, token, path string, typed url.Values) {
	b.Helper()
	method, want := http.MethodGet, http.StatusOK
	if typed != nil {
		method, want = http.MethodPost, http.StatusSeeOther
	}
	req := httptest.NewRequestWithContext(b.Context(), method, path, strings.NewReader(typed.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.AddCookie(&http.Cookie{Name: route.SessionCookie(false), Value: token})
	rec := httptest.NewRecorder()
	site.ServeHTTP(rec, req)
	if rec.Code != want {
		b.Fatalf("%s %s: %d\n%s", method, path, rec.Code, rec.Body)
	}
}

// written is what a browser sends to save a section.
func (l *load) written(section, version int, words string) url.Values {
	typed := url.Values(l.typed(l.form.Sections[section], words))
	typed.Set("version", strconv.Itoa(version))
	typed.Set("action", "save")
	return typed
}

// One application through all of the site and the database: session, permission, reading, page; and what changes it.
func BenchmarkApplication(b *testing.B) {
	l := newLoad(b, 1, db.Full)
	site, err := l.app.site(false)
	l.no(err)
	ref, token := l.filled(loadApplicant(0)), l.session(loadApplicant(0))
	path := "/applications/" + string(ref)
	section := path + "/sections/" + l.form.Sections[0].Path()
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			visit(b, site, token, path, nil)
		}
	})
	b.Run("section", func(b *testing.B) {
		for b.Loop() {
			visit(b, site, token, section, nil)
		}
	})
	page, err := l.app.applications.Open(l.as(loadApplicant(0)), ref, l.form.Sections[0].Path())
	l.no(err)
	version := page.Version
	b.Run("save", func(b *testing.B) {
		for b.Loop() {
			visit(b, site, token, section, l.written(0, version, fmt.Sprintf("Version %d", version)))
			version++
		}
	})
	b.Run("submit", func(b *testing.B) { benchmarkSubmit(b, l, site, token) })
}

// benchmarkSubmit submits signed applications. What was submitted is signed once more, as if it had not been sent, outside the clock.
func benchmarkSubmit(b *testing.B, l *load, site http.Handler, token string) {
	b.Helper()
	var ready []ident.Ref
	for range 8 {
		ready = append(ready, l.signed(loadApplicant(0)))
	}
	left := slices.Clone(ready)
	for b.Loop() {
		if len(left) == 0 {
			b.StopTimer()
			l.unsubmitted(ready)
			left = slices.Clone(ready)
			b.StartTimer()
		}
		visit(b, site, token, "/applications/"+string(left[0])+"/submit", url.Values{})
		left = left[1:]
	}
}

// unsubmitted takes submissions back behind everybody's back, so that they can be measured again.
func (l *load) unsubmitted(refs []ident.Ref) {
	l.tb.Helper()
	ids := "(SELECT id FROM applications WHERE ref IN ?)"
	for _, statement := range []string{
		"DELETE FROM receipts WHERE submission_id IN (SELECT id FROM submissions WHERE application_id IN " + ids + ")",
		"DELETE FROM submissions WHERE application_id IN " + ids,
		"UPDATE applications SET state = 'draft', submission_id = NULL, submitted_at = NULL WHERE id IN " + ids,
	} {
		l.no(l.app.db.Write.Exec(statement, refs).Error)
	}
}

// A page of 50 in a fund with few and with very many applications: the applicant's own, and the fund team's queue from its
// beginning and from its middle.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run("of="+strconv.Itoa(n), func(b *testing.B) {
			l := newLoad(b, 1, db.Full)
			site, err := l.app.site(false)
			l.no(err)
			like := l.filled(loadApplicant(0))
			who, err := l.app.people.As(b.Context(), loadApplicant(0))
			l.no(err)
			testkit.Copies(b, l.app.db, like, who.ID, n)
			own, officer := l.session(loadApplicant(0)), l.session("officer@fund.example")
			for _, c := range [][3]string{
				{"start-page", officer, "/"},
				{"own", own, "/applications"},
				{"queue", officer, "/screening"},
				{"queue-from-the-middle", officer, "/screening?after=AF26-" + strconv.Itoa(100_000+n/2)},
			} {
				b.Run(c[0], func(b *testing.B) {
					for b.Loop() {
						visit(b, site, c[1], c[2], nil)
					}
				})
			}
		})
	}
}

// Many clients open and save sections over real HTTP on loopback, each in an application of their own.
func BenchmarkLoad(b *testing.B) {
	const clients = 16
	l := newLoad(b, 4, db.Full)
	site, err := l.app.site(false)
	l.no(err)
	server := httptest.NewServer(site)
	b.Cleanup(server.Close)
	var tokens []string
	for n := range 4 {
		tokens = append(tokens, l.session(loadApplicant(n)))
	}
	var refs []ident.Ref
	for n := range clients {
		refs = append(refs, l.filled(loadApplicant(n%4)))
	}
	versions := make([]int, clients)
	for n, ref := range refs {
		page, err := l.app.applications.Open(l.as(loadApplicant(n%4)), ref, l.form.Sections[0].Path())
		l.no(err)
		versions[n] = page.Version
	}
	for b.Loop() {
		var s sampled
		var wg sync.WaitGroup
		until := time.Now().Add(*loadFor)
		for n := range clients {
			wg.Go(func() {
				l.journey(&s, server.URL+"/applications/"+string(refs[n])+"/sections/"+l.form.Sections[0].Path(), tokens[n%4], &versions[n], until)
			})
		}
		wg.Wait()
		s.report(b, *loadFor)
	}
}

// journey opens and saves one section until a moment, or until something fails.
func (l *load) journey(s *sampled, address, token string, version *int, until time.Time) {
	c := client()
	for time.Now().Before(until) {
		s.time(false, http.StatusOK, func() (int, error) {
			status, _, err := send(c, token, address, nil)
			return status, err
		})
		went := s.time(true, http.StatusSeeOther, func() (int, error) {
			status, _, err := send(c, token, address, l.written(0, *version, fmt.Sprintf("Version %d", *version)))
			return status, err
		})
		if !went {
			return
		}
		*version++
	}
}

// sampled is how long requests took.
type sampled struct {
	mu           sync.Mutex
	opens, saves []time.Duration
	errors       int
}

func (s *sampled) time(save bool, want int, request func() (int, error)) bool {
	began := time.Now()
	status, err := request()
	took := time.Since(began)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil || status != want {
		s.errors++
		return false
	}
	if save {
		s.saves = append(s.saves, took)
	} else {
		s.opens = append(s.opens, took)
	}
	return true
}

func (s *sampled) report(b *testing.B, over time.Duration) {
	b.Helper()
	slices.Sort(s.opens)
	slices.Sort(s.saves)
	at := func(all []time.Duration, share float64) float64 {
		if len(all) == 0 {
			return 0
		}
		return float64(all[int(float64(len(all)-1)*share)].Microseconds()) / 1000
	}
	b.ReportMetric(at(s.opens, 0.50), "open-p50-ms")
	b.ReportMetric(at(s.opens, 0.99), "open-p99-ms")
	b.ReportMetric(at(s.saves, 0.50), "save-p50-ms")
	b.ReportMetric(at(s.saves, 0.99), "save-p99-ms")
	b.ReportMetric(float64(len(s.opens)+len(s.saves))/over.Seconds(), "requests/s")
	b.ReportMetric(float64(s.errors), "errors")
}
