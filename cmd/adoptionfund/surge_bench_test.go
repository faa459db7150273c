package main

import (
	crypto "crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"math"
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
	surgeWriters    = 500
	surgeSubmitters = 138
	surgeLate       = 8 // who submit after the deadline
	surgePause      = 4 * time.Second
	surgeMargin     = 500 * time.Millisecond // before the deadline: what is sent then is under way still
)

// surge is the last minute before a deadline: many write, each in an application of their own, and many submit.
type surge struct {
	*load
	b        *testing.B
	url      string
	client   *http.Client
	deadline time.Time
	asked    []*form.Question // that are typed in
	writers  []*writer
	senders  []sender
	late     []sender
	times    timed
}

// sender is somebody with a signed application.
type sender struct {
	ref   ident.Ref
	token string
}

// writer is somebody who writes, with what was acknowledged.
type writer struct {
	sender

	typed map[form.Code]string // the last words that were acknowledged
	marks map[form.Code]string
	saves int
}

// BenchmarkDeadlineSurge is the last minute: 500 applicants save every few seconds and 138 submit, more of them the nearer the deadline,
// over real HTTP. Whoever was told that something is saved or received finds it; whoever comes too late is told.
func BenchmarkDeadlineSurge(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := newSurge(b)
		b.StartTimer()
		s.run()
		b.StopTimer()
		s.check()
		s.times.report(b)
		b.StartTimer()
	}
}

func newSurge(b *testing.B) *surge {
	b.Helper()
	s := &surge{load: newLoad(b, 1, db.Full), b: b, client: client()}
	s.client.Transport = &http.Transport{MaxIdleConnsPerHost: surgeWriters + surgeSubmitters}
	for _, q := range s.form.Questions() {
		if q.Kind == form.KindLongText && s.answers[q.Code].Text != "" && len(s.asked) < 4 {
			s.asked = append(s.asked, q)
		}
	}
	like := s.filled(loadApplicant(0))
	crowd := s.crowd(surgeWriters + surgeSubmitters + surgeLate)
	s.copyAnswers(like)
	for i, one := range crowd {
		if i < surgeWriters {
			s.writers = append(s.writers, &writer{sender: one, typed: map[form.Code]string{}, marks: map[form.Code]string{}})
			continue
		}
		s.signs(surgeEmail(i), one.ref)
		s.senders = append(s.senders, one)
	}
	s.senders, s.late = s.senders[:surgeSubmitters], s.senders[surgeSubmitters:]
	s.running()
	site, err := s.app.site(false)
	s.no(err)
	server := httptest.NewServer(site)
	b.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func surgeEmail(n int) string { return "surge-" + strconv.Itoa(n) + "@lead.example" }

// crowd is a number of people like the first applicant, each signed in and with a draft. They are made by SQL: to make so many pass
// phrases is not what is measured.
func (s *surge) crowd(n int) []sender {
	s.tb.Helper()
	var crowd []sender
	now := s.clock.Now()
	for i := range n {
		id, token := ident.New[ident.Person](), crypto.Text()
		for _, step := range [][]any{
			{`INSERT INTO persons (id, email, name, password, confirmed_at, factor_secret, factor_step, failures, created_at, version)
				SELECT ?, ?, name, password, confirmed_at, factor_secret, factor_step, failures, created_at, version FROM persons WHERE email = ?`, id, surgeEmail(i), loadApplicant(0)},
			{`INSERT INTO representatives (person, ods_code, settled, settled_by, at) VALUES (?, 'QMF', 'fund', '', ?)`, id, now},
			{`INSERT INTO grants (id, person, role, round_id, call_id, granted_by, granted_at, revoked_by)
				SELECT ?, ?, role, round_id, call_id, granted_by, granted_at, '' FROM grants WHERE person = (SELECT id FROM persons WHERE email = ?) AND revoked_at IS NULL`, ident.New[string](), id, loadApplicant(0)},
			{`INSERT INTO sessions (digest, id, person, factor, agent, created_at, seen_at, expires_at) VALUES (?, ?, ?, ?, '', ?, ?, ?)`,
				audit.Digest([]byte(token)), ident.New[string](), id, true, now, now, now.Add(time.Hour)},
		} {
			s.no(s.app.db.Write.Exec(step[0].(string), step[1:]...).Error)
		}
		crowd = append(crowd, sender{s.started(surgeEmail(i)), token})
	}
	return crowd
}

// copyAnswers gives every application the answers of one.
func (s *surge) copyAnswers(like ident.Ref) {
	s.tb.Helper()
	one := "(SELECT id FROM applications WHERE ref = ?)"
	s.no(s.app.db.Write.Exec("DELETE FROM application_sections WHERE application_id <> "+one, like).Error)
	s.no(s.app.db.Write.Exec(`INSERT INTO application_sections (application_id, section, answers, saved_by, saved_at, version)
		SELECT a.id, s.section, s.answers, s.saved_by, s.saved_at, s.version FROM application_sections s CROSS JOIN applications a
		WHERE s.application_id = `+one+` AND a.ref <> ?`, like, like).Error)
}

// running lets the clock of the program run as that of the machine does.
func (s *surge) running() {
	s.tb.Helper()
	s.no(s.app.close())
	s.now = time.Now
	s.wire(db.Full)
}

// run lets them all loose until the deadline, and a little longer.
func (s *surge) run() {
	s.b.Helper()
	began := time.Now()
	s.deadline = began.Add(*loadFor).UTC().Truncate(time.Microsecond)
	s.no(s.app.db.Write.Exec("UPDATE calls SET closes_at = ? WHERE ref = ?", s.deadline, loadCall).Error)
	last := s.deadline.Add(-surgeMargin)
	var wg sync.WaitGroup
	for _, w := range s.writers {
		wg.Go(func() {
			time.Sleep(time.Duration(rand.Float64() * float64(surgePause)))
			for n := 0; time.Now().Before(last); n++ {
				if !s.types(w, n) {
					return
				}
				time.Sleep(min(time.Until(last), time.Duration((0.5+rand.Float64())*float64(surgePause))))
			}
		})
	}
	for _, one := range s.senders {
		// Twice as many towards the end as in the mean.
		at := began.Add(time.Duration(math.Sqrt(rand.Float64()) * float64(last.Sub(began))))
		wg.Go(func() {
			time.Sleep(time.Until(at))
			s.submits(one)
		})
	}
	for _, one := range s.late {
		wg.Go(func() {
			time.Sleep(time.Until(s.deadline.Add(time.Millisecond)))
			s.times.of(s.b, "late", http.StatusForbidden, func() (int, error) {
				status, _, err := send(s.client, one.token, s.url+"/applications/"+string(one.ref)+"/submit", url.Values{})
				return status, err
			})
		})
	}
	wg.Wait()
}

// types sends what somebody types as the script of the page does, and now and then opens the page.
func (s *surge) types(w *writer, n int) bool {
	q := s.asked[n%len(s.asked)]
	sec, ok := s.form.Section(strings.ToLower(string(q.Section)))
	if !ok {
		s.b.Errorf("no section %s", q.Section)
		return false
	}
	address := s.url + "/applications/" + string(w.ref) + "/sections/" + sec.Path()
	if n%5 == 0 {
		went := s.times.of(s.b, "open", http.StatusOK, func() (int, error) {
			status, _, err := send(s.client, w.token, address, nil)
			return status, err
		})
		if !went {
			return false
		}
	}
	words := fmt.Sprintf("Save %d of %s, %d", n, w.ref, rand.Int())
	typed := url.Values{"version": {"1"}, string(q.Code): {words}, form.ShownName(q.Code): {w.mark(q, s.answers)}}
	var told struct{ Marks map[form.Code]string }
	went := s.times.of(s.b, "save", http.StatusOK, func() (int, error) { return s.sendTyping(address, w.token, typed, &told) })
	if !went {
		return false
	}
	w.typed[q.Code], w.marks[q.Code] = words, told.Marks[q.Code]
	w.saves++
	return true
}

// mark is that of an answer as the writer last saw it.
func (w *writer) mark(q *form.Question, began form.Answers) string {
	if m := w.marks[q.Code]; m != "" {
		return m
	}
	return form.Mark(began[q.Code])
}

// sendTyping posts what was typed and reads what the script is told.
func (s *surge) sendTyping(address, token string, typed url.Values, told any) (int, error) {
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader(typed.Encode()))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.AddCookie(&http.Cookie{Name: route.SessionCookie(false), Value: token})
	res, err := s.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return res.StatusCode, err
	}
	return res.StatusCode, json.Unmarshal(text, told)
}

// submits sends an application and opens its receipt.
func (s *surge) submits(one sender) {
	at := s.url + "/applications/" + string(one.ref)
	s.times.of(s.b, "submit", http.StatusSeeOther, func() (int, error) {
		status, _, err := send(s.client, one.token, at+"/submit", url.Values{})
		return status, err
	})
	s.times.of(s.b, "receipt", http.StatusOK, func() (int, error) {
		status, _, err := send(s.client, one.token, at+"/receipt", nil)
		return status, err
	})
}

// check looks for every acknowledged answer and every submission, and at what was sent too late.
func (s *surge) check() {
	s.b.Helper()
	for _, w := range s.writers {
		stands := s.stands(w.ref)
		for code, words := range w.typed {
			if stands[code].Text != words {
				s.b.Errorf("%s %s: %q was acknowledged, %q stands", w.ref, code, words, stands[code].Text)
			}
		}
	}
	for _, one := range s.senders {
		s.submission(s.app.db, one.ref, true)
	}
	for _, one := range s.late {
		s.submission(s.app.db, one.ref, false)
		if state := s.state(one.ref); state != "draft" {
			s.b.Errorf("%s was submitted too late and is %s", one.ref, state)
		}
	}
}

func (s *surge) state(ref ident.Ref) (state string) {
	s.b.Helper()
	s.no(s.app.db.Read.Raw("SELECT state FROM applications WHERE ref = ?", ref).Scan(&state).Error)
	return state
}

// stands are the answers of an application in the database.
func (s *surge) stands(ref ident.Ref) form.Answers {
	s.b.Helper()
	var rows []string
	s.no(s.app.db.Read.Raw("SELECT answers FROM application_sections WHERE application_id = (SELECT id FROM applications WHERE ref = ?)", ref).Scan(&rows).Error)
	all := form.Answers{}
	for _, text := range rows {
		answers, err := form.ParseAnswers([]byte(text))
		s.no(err)
		all = all.Merge(answers)
	}
	return all
}

// timed is how long requests took, by what they are for.
type timed struct {
	mu     sync.Mutex
	took   map[string][]time.Duration
	errors int
}

// of times a request; it reports whether the answer was the one that is wanted.
func (t *timed) of(b *testing.B, what string, want int, request func() (int, error)) bool {
	b.Helper()
	began := time.Now()
	status, err := request()
	took := time.Since(began)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.took == nil {
		t.took = map[string][]time.Duration{}
	}
	if err != nil || status != want {
		t.errors++
		b.Errorf("%s: %d, want %d: %v", what, status, want, err)
		return false
	}
	t.took[what] = append(t.took[what], took)
	return true
}

func (t *timed) report(b *testing.B) {
	b.Helper()
	for _, what := range []string{"open", "save", "submit", "receipt"} {
		all := t.took[what]
		slices.Sort(all)
		if len(all) == 0 {
			continue
		}
		at := func(share float64) float64 {
			return float64(all[int(float64(len(all)-1)*share)].Microseconds()) / 1000
		}
		b.ReportMetric(at(0.50), what+"-p50-ms")
		b.ReportMetric(at(0.99), what+"-p99-ms")
		b.ReportMetric(float64(len(all)), what+"s")
	}
	b.ReportMetric(float64(t.errors), "errors")
}
