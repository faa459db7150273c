package main

import (
	crypto "crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/db"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
)

const (
	benchQueue     = 12 // applications of one reviewer
	benchWords     = 30_000
	benchReviewers = 200
	benchPause     = 2 * time.Second // between two saves of one reviewer, in the mean
)

// reviewing is a call in assessment with reviewers who may all write.
type reviewing struct {
	*load
	refs   []ident.Ref
	tokens []string
	ids    []ident.Person
}

// newReviewing makes applications that are in assessment, and reviewers of all of them. Reviewers are made by SQL: to make so many pass
// phrases is not what is measured.
func newReviewing(b *testing.B, applications, reviewers int) *reviewing {
	b.Helper()
	r := &reviewing{load: newLoad(b, 1, db.Full)}
	for range applications {
		ref := r.signed(loadApplicant(0))
		r.no(r.app.applications.Submit(r.as(loadApplicant(0)), ref))
		r.refs = append(r.refs, ref)
	}
	r.lengthen()
	r.no(r.app.db.Write.Exec("UPDATE applications SET state = 'assessment'").Error)
	for i := range reviewers {
		r.join(i)
	}
	return r
}

// lengthen gives every submission an answer of many words.
func (r *reviewing) lengthen() {
	r.tb.Helper()
	var rows []struct{ ID, Snapshot string }
	r.no(r.app.db.Read.Raw("SELECT id, snapshot FROM submissions").Scan(&rows).Error)
	for _, row := range rows {
		var whole map[string]any
		r.no(json.Unmarshal([]byte(row.Snapshot), &whole))
		answers := whole["answers"].(map[string]any)
		answers["EV3"] = map[string]any{"text": strings.TrimSpace(strings.Repeat("evidence ", benchWords))}
		text, err := json.Marshal(whole)
		r.no(err)
		r.no(r.app.db.Write.Exec("UPDATE submissions SET snapshot = ? WHERE id = ?", string(text), row.ID).Error)
	}
}

func benchReviewer(n int) string { return "bench-" + strconv.Itoa(n) + "@review.example" }

// join makes a reviewer, signed in, who is assigned to every application and has declared no interest.
func (r *reviewing) join(n int) {
	r.tb.Helper()
	id, token, now := ident.New[ident.Person](), crypto.Text(), r.clock.Now()
	round := "(SELECT round_id FROM calls WHERE ref = '" + string(loadCall) + "')"
	steps := [][]any{
		{`INSERT INTO persons (id, email, name, password, confirmed_at, factor_secret, factor_step, failures, created_at, version)
			SELECT ?, ?, ?, password, confirmed_at, factor_secret, factor_step, failures, created_at, version FROM persons WHERE email = ?`, id, benchReviewer(n), "Reviewer Number " + strconv.Itoa(n), loadApplicant(0)},
		{`INSERT INTO grants (id, person, role, round_id, call_id, granted_by, granted_at, revoked_by) SELECT ?, ?, 'reviewer', ` + round + `, '', '', ?, ''`, ident.New[string](), id, now},
		{`INSERT INTO sessions (digest, id, person, factor, agent, created_at, seen_at, expires_at) VALUES (?, ?, ?, ?, '', ?, ?, ?)`,
			audit.Digest([]byte(token)), ident.New[string](), id, true, now, now, now.Add(time.Hour)},
		{`INSERT INTO reviewers (id, round_id, person, kind, ods, themes, capacity, terms_accepted_at, added_at, version) SELECT ?, ` + round + `, ?, 'clinical', 'RX1', '', 1000, ?, ?, 1`, ident.New[string](), id, now, now},
	}
	for _, ref := range r.refs {
		steps = append(steps, []any{`INSERT INTO assignments (id, application_id, person, kind, state, reason, note, due_at, assigned_by, assigned_at, state_at, version)
			SELECT ?, id, ?, 'clinical', 'standing', '', '', ?, ?, ?, ?, 1 FROM applications WHERE ref = ?`, ident.New[string](), id, now.AddDate(0, 0, 14), id, now, now, ref})
		for _, relation := range []string{"assigned", "declared"} {
			steps = append(steps, []any{`INSERT INTO application_people (application_id, person, relation, sections, organisation, since) SELECT id, ?, ?, '', '', ? FROM applications WHERE ref = ?`, id, relation, now, ref})
		}
	}
	for _, step := range steps {
		r.no(r.app.db.Write.Exec(step[0].(string), step[1:]...).Error)
	}
	r.tokens, r.ids = append(r.tokens, token), append(r.ids, id)
}

// spread reports the middle and the slow end of what was measured.
func spread(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	at := func(share float64) float64 {
		return float64(took[int(float64(len(took)-1)*share)].Microseconds()) / 1000
	}
	b.ReportMetric(at(0.50), "p50-ms")
	b.ReportMetric(at(0.95), "p95-ms")
}

// A reviewer's queue, the page of a review with an application of 30,000 words, and saving a review, without a network between.
func BenchmarkReview(b *testing.B) {
	r := newReviewing(b, benchQueue, 1)
	site, err := r.app.site(false)
	r.no(err)
	page := "/reviews/" + string(r.refs[0])
	for _, c := range [][2]string{{"queue", "/reviews"}, {"open", page}} {
		b.Run(c[0], func(b *testing.B) {
			var took []time.Duration
			began := time.Now()
			visit(b, site, r.tokens[0], c[1], nil)
			first := time.Since(began) // the program hasn't read the application yet
			for b.Loop() {
				began := time.Now()
				visit(b, site, r.tokens[0], c[1], nil)
				took = append(took, time.Since(began))
			}
			spread(b, took)
			b.ReportMetric(float64(first.Microseconds())/1000, "first-ms")
		})
	}
	b.Run("save", func(b *testing.B) {
		var took []time.Duration
		w := &reviewWriter{token: r.tokens[0], address: page}
		for n := 0; b.Loop(); n++ {
			req := w.request(b, "", n)
			rec := httptest.NewRecorder()
			began := time.Now()
			site.ServeHTTP(rec, req)
			took = append(took, time.Since(began))
			if rec.Code != http.StatusOK {
				b.Fatalf("%d\n%s", rec.Code, rec.Body)
			}
			w.take(b, rec.Body.Bytes())
		}
		spread(b, took)
	})
}

// reviewWriter is somebody who writes one review, with what was acknowledged.
type reviewWriter struct {
	token, address string
	version        int
	mark           string
	sent, kept     string
	saves          int
}

// request is what the script of the page sends.
func (w *reviewWriter) request(tb testing.TB, base string, n int) *http.Request {
	tb.Helper()
	if w.mark == "" {
		w.mark = form.Mark(form.Value{})
	}
	w.sent = fmt.Sprintf("The reason after %d changes, which is %d", n, rand.Int())
	typed := url.Values{"version": {strconv.Itoa(w.version)}, "action": {"typing"}, "EV1": {strconv.Itoa(n % 6)}, "EV1-reason": {w.sent}, "EV1-shown": {w.mark}}
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, base+w.address, strings.NewReader(typed.Encode()))
	if err != nil {
		tb.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.AddCookie(&http.Cookie{Name: route.SessionCookie(false), Value: w.token})
	return req
}

// take notes what was acknowledged.
func (w *reviewWriter) take(tb testing.TB, answer []byte) {
	tb.Helper()
	var told struct {
		Version int
		Marks   map[string]string
	}
	if err := json.Unmarshal(answer, &told); err != nil {
		tb.Fatal(err)
	}
	w.version, w.mark, w.kept, w.saves = told.Version, told.Marks["EV1"], w.sent, w.saves+1
}

// BenchmarkReviewersSave is 200 reviewers who save at once over real HTTP on loopback: no error, and whoever was told that something is
// saved finds it.
func BenchmarkReviewersSave(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		r := newReviewing(b, 1, benchReviewers)
		site, err := r.app.site(false)
		r.no(err)
		server := httptest.NewServer(site)
		b.Cleanup(server.Close)
		c := client()
		c.Transport = &http.Transport{MaxIdleConnsPerHost: benchReviewers}
		writers := make([]*reviewWriter, benchReviewers)
		for i := range writers {
			writers[i] = &reviewWriter{token: r.tokens[i], address: "/reviews/" + string(r.refs[0])}
		}
		var times timed
		b.StartTimer()
		until := time.Now().Add(*loadFor)
		var wg sync.WaitGroup
		for _, w := range writers {
			wg.Go(func() {
				time.Sleep(time.Duration(rand.Float64() * float64(benchPause)))
				for n := 0; time.Now().Before(until); n++ {
					if !times.of(b, "save", http.StatusOK, func() (int, error) { return w.sends(b, c, server.URL, n) }) {
						return
					}
					time.Sleep(time.Duration((0.5 + rand.Float64()) * float64(benchPause)))
				}
			})
		}
		wg.Wait()
		b.StopTimer()
		for i, w := range writers {
			if marks := r.marksOf(r.ids[i]); w.kept == "" || !strings.Contains(marks, w.kept) {
				b.Errorf("reviewer %d: %q was acknowledged, %s stands", i, w.kept, marks)
			}
		}
		times.report(b)
		b.StartTimer()
	}
}

func (w *reviewWriter) sends(b *testing.B, c *http.Client, base string, n int) (int, error) {
	b.Helper()
	res, err := c.Do(w.request(b, base, n))
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode == http.StatusOK {
		w.take(b, text)
	}
	return res.StatusCode, err
}

func (r *reviewing) marksOf(id ident.Person) (marks string) {
	r.tb.Helper()
	r.no(r.app.db.Read.Raw("SELECT marks FROM reviews WHERE person = ?", id).Scan(&marks).Error)
	return marks
}
