package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"adoptionfund/internal/audit"
	"adoptionfund/internal/db"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
)

// asProgram names the variable with which this test binary is the program itself: what is killed is the same code, in a process of
// its own.
const asProgram = "TEST_RUNS_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
		stop()
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// process is the program serving in a process of its own.
type process struct {
	cmd  *exec.Cmd
	url  string
	said <-chan []byte // what it wrote to its log
}

// serve starts the program on the database, with the durability of production.
func (l *load) serve() *process {
	l.tb.Helper()
	cmd := exec.Command(os.Args[0], "serve")
	cmd.Env = append(l.environment(), asProgram+"=yes", "PATH="+os.Getenv("PATH"), "TMPDIR="+os.TempDir())
	out, err := cmd.StderrPipe()
	l.no(err)
	l.no(cmd.Start())
	l.tb.Cleanup(func() { _ = cmd.Process.Kill() })
	log := json.NewDecoder(out)
	var first struct{ Msg, Address string }
	if err := log.Decode(&first); err != nil || first.Msg != "serving" {
		rest, _ := io.ReadAll(io.MultiReader(log.Buffered(), out))
		l.tb.Fatalf("the program does not serve: %v %+v %s", err, first, rest)
	}
	said := make(chan []byte, 1)
	go func() {
		rest, _ := io.ReadAll(out)
		said <- rest
	}()
	return &process{cmd, "http://" + first.Address, said}
}

// wait ends when the process has; it must not have complained.
func (p *process) wait(t *testing.T) {
	t.Helper()
	said := <-p.said
	_ = p.cmd.Wait()
	if bytes.Contains(said, []byte(`"level":"ERROR"`)) {
		t.Errorf("the program complained:\n%s", said)
	}
}

// client sends what browsers send.
func client() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		Timeout:       20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// send posts a form, or gets a page where there is none, and gives the status and where the reply leads.
func send(c *http.Client, token, address string, typed url.Values) (status int, leads string, err error) {
	method, body := http.MethodGet, ""
	if typed != nil {
		method, body = http.MethodPost, typed.Encode()
	}
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.AddCookie(&http.Cookie{Name: route.SessionCookie(false), Value: token})
	res, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, res.Header.Get("Location"), err
}

// crash is a load that is killed and what was acknowledged before.
type crash struct {
	*load
	t       *testing.T
	client  *http.Client
	tokens  []string
	to      []ident.Ref // to be submitted, each once
	mu      sync.Mutex
	sent    map[ident.Ref]bool // acknowledged
	writing []*writing
}

// writing is somebody who saves one section again and again.
type writing struct {
	ref     ident.Ref
	version int
	saved   map[int]string // acknowledged, by version
}

const (
	crashSubmitters = 6
	crashWriters    = 6
	crashTimes      = 2
	crashEach       = 6 // submissions before each kill
)

// Whatever was acknowledged is there after kill -9, whole and with its receipt; what was not is either whole or as before; and the
// audit trail is unbroken.
func TestNothingAcknowledgedIsLostWhenTheProgramIsKilled(t *testing.T) {
	t.Parallel()
	c := newCrash(t)
	for range crashTimes {
		p := c.serve()
		c.storm(p, crashEach+rand.IntN(3))
		p.wait(t)
		c.check()
	}
	p := c.serve()
	c.storm(p, 0)
	for ref := range c.sent {
		if status, _, err := send(c.client, c.tokens[0], p.url+"/applications/"+string(ref)+"/receipt", nil); err != nil || status != http.StatusOK {
			t.Errorf("the receipt of %s: %d %v", ref, status, err)
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.wait(t)
	c.check()
	saves := 0
	for _, w := range c.writing {
		saves += len(w.saved)
	}
	t.Logf("killed %d times among %d submissions and %d saves", crashTimes, len(c.sent), saves)
	if len(c.sent) != len(c.to) {
		t.Errorf("%d of %d are submitted in the end", len(c.sent), len(c.to))
	}
}

func newCrash(t *testing.T) *crash {
	t.Helper()
	c := &crash{load: newLoad(t, 1, db.Normal), t: t, client: client(), sent: map[ident.Ref]bool{}}
	for range crashTimes*(crashEach+3) + crashSubmitters {
		c.to = append(c.to, c.signed(loadApplicant(0)))
	}
	for range crashWriters {
		w := &writing{ref: c.filled(loadApplicant(0)), version: 1, saved: map[int]string{}}
		c.writing = append(c.writing, w)
	}
	for range 2 {
		c.tokens = append(c.tokens, c.session(loadApplicant(0)))
	}
	c.no(c.app.close())
	c.sync()
	return c
}

// storm has many submit and save at once, and kills the program after a number of acknowledged submissions; 0: not at all.
func (c *crash) storm(p *process, kill int) {
	c.t.Helper()
	var wg sync.WaitGroup
	var acknowledged atomic.Int64
	ended := make(chan struct{})
	queue := make(chan ident.Ref, len(c.to))
	for _, ref := range c.to {
		if !c.sent[ref] {
			queue <- ref
		}
	}
	close(queue)
	for n := range crashSubmitters {
		wg.Go(func() {
			for ref := range queue {
				if !c.submit(p, c.tokens[n%len(c.tokens)], ref) {
					return
				}
				if acknowledged.Add(1) == int64(kill) {
					_ = p.cmd.Process.Kill()
				}
			}
		})
	}
	var writers sync.WaitGroup
	for n, w := range c.writing {
		writers.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
					if !c.write(p, c.tokens[n%len(c.tokens)], w) {
						return
					}
				}
			}
		})
	}
	wg.Wait()
	close(ended)
	writers.Wait()
	if kill > 0 && acknowledged.Load() < int64(kill) {
		c.t.Fatalf("only %d submissions were acknowledged", acknowledged.Load())
	}
}

// submit sends an application; it reports whether the program still lives.
func (c *crash) submit(p *process, token string, ref ident.Ref) bool {
	status, leads, err := send(c.client, token, p.url+"/applications/"+string(ref)+"/submit", url.Values{})
	if err != nil {
		return false
	}
	if status != http.StatusSeeOther || !strings.HasSuffix(leads, "/receipt") {
		c.t.Errorf("submitting %s: %d %s", ref, status, leads)
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent[ref] = true
	return true
}

// write saves a section once; it reports whether the program still lives.
func (c *crash) write(p *process, token string, w *writing) bool {
	sec := c.form.Sections[0]
	words := fmt.Sprintf("Version %d of %d", w.version+1, rand.Int())
	typed := url.Values(c.typed(sec, words))
	typed.Set("version", strconv.Itoa(w.version))
	typed.Set("action", "save")
	status, leads, err := send(c.client, token, p.url+"/applications/"+string(w.ref)+"/sections/"+sec.Path(), typed)
	if err != nil {
		return false
	}
	if status != http.StatusSeeOther {
		c.t.Errorf("saving version %d of %s: %d %s", w.version+1, w.ref, status, leads)
		return false
	}
	w.version++
	w.saved[w.version] = words
	return true
}

// opened is the database as the next process finds it.
func (c *crash) opened() *db.DB {
	c.t.Helper()
	d, err := db.Open(c.t.Context(), c.address, db.Full)
	c.no(err)
	return d
}

// sync learns which versions stand: a save may have been kept without its acknowledgement having arrived.
func (c *crash) sync() {
	c.t.Helper()
	d := c.opened()
	defer func() { _ = d.Close() }()
	for _, w := range c.writing {
		c.no(d.Read.Raw("SELECT version FROM application_sections WHERE application_id = (SELECT id FROM applications WHERE ref = ?) AND section = ?",
			w.ref, c.form.Sections[0].Code).Scan(&w.version).Error)
	}
}

// check looks at every application, and at the audit trail.
func (c *crash) check() {
	c.t.Helper()
	d := c.opened()
	defer func() { _ = d.Close() }()
	for _, ref := range c.to {
		c.submission(d, ref, c.sent[ref])
	}
	for _, w := range c.writing {
		c.section(d, w)
	}
	c.sync()
	var out bytes.Buffer
	if code := run(c.t.Context(), []string{"audit", "verify"}, c.environment(), &out, &out); code != exitDone {
		c.t.Errorf("the audit trail: exit %d\n%s", code, &out)
	}
}

// submission is whole or not there at all: the state, the snapshot, its receipt, its products, its event and its mail.
func (l *load) submission(d *db.DB, ref ident.Ref, acknowledged bool) {
	l.tb.Helper()
	var row struct {
		State                                                    string
		Standing, Submissions, Receipts, Products, Events, Mails int
		Receipt, Digest, Snapshot                                string
	}
	id := "(SELECT id FROM applications WHERE ref = a.ref)"
	text := "CAST(a.id AS text)"
	l.no(d.Read.Raw(`SELECT a.state, CASE WHEN a.submission_id IS NULL THEN 0 ELSE 1 END AS standing,
		(SELECT COUNT(*) FROM submissions WHERE application_id = `+id+`) AS submissions,
		(SELECT COUNT(*) FROM receipts r JOIN submissions s ON s.id = r.submission_id WHERE s.application_id = a.id) AS receipts,
		(SELECT COUNT(DISTINCT application_id) FROM application_products WHERE application_id = a.id) AS products,
		(SELECT COUNT(*) FROM audit_events WHERE application = `+text+` AND verb = 'application.submit') AS events,
		(SELECT COUNT(*) FROM mails m JOIN submissions s ON m.body LIKE '%' || s.digest || '%' WHERE s.application_id = a.id AND m.kind = 'receipt') AS mails,
		(SELECT receipt FROM receipts WHERE submission_id = a.submission_id) AS receipt,
		(SELECT digest FROM submissions WHERE id = a.submission_id) AS digest,
		(SELECT snapshot FROM submissions WHERE id = a.submission_id) AS snapshot
		FROM applications a WHERE a.ref = ?`, ref).Scan(&row).Error)
	counts := [...]int{row.Standing, row.Submissions, row.Receipts, row.Products, row.Events, row.Mails}
	switch {
	case row.State == "submitted" && counts == [...]int{1, 1, 1, 1, 1, 1}:
		if r, err := audit.ReadReceipt([]byte(row.Receipt)); err != nil || r.Application != string(ref) || r.Digest != row.Digest || audit.Digest([]byte(row.Snapshot)) != row.Digest {
			l.tb.Errorf("the receipt of %s does not verify: %v", ref, err)
		}
	case row.State == "draft" && counts == [6]int{} && !acknowledged:
	default:
		l.tb.Errorf("%s (acknowledged: %v) is half done: %s, standing, submissions, receipts, products, events, mails %v", ref, acknowledged, row.State, counts)
	}
}

// section holds every acknowledged version in its words, at most one more, and an event for each.
func (c *crash) section(d *db.DB, w *writing) {
	c.t.Helper()
	var rows []struct {
		Version int
		Answers string
	}
	id, code := "(SELECT id FROM applications WHERE ref = ?)", c.form.Sections[0].Code
	c.no(d.Read.Raw("SELECT version, answers FROM answer_changes WHERE application_id = "+id+" AND section = ? ORDER BY version", w.ref, code).Scan(&rows).Error)
	var stands struct {
		Version, Events int
		Answers         string
	}
	c.no(d.Read.Raw(`SELECT s.version, s.answers, (SELECT COUNT(*) FROM audit_events WHERE application = CAST(s.application_id AS text) AND verb = 'application.edit'
		AND facts LIKE '%"section":"`+string(code)+`"%') AS events FROM application_sections s WHERE s.application_id = `+id+` AND s.section = ?`, w.ref, code).Scan(&stands).Error)
	for i, row := range rows {
		if row.Version != i+1 || !strings.Contains(row.Answers, w.saved[row.Version]) {
			c.t.Errorf("version %d of %s is not what was acknowledged: %q", row.Version, w.ref, w.saved[row.Version])
		}
	}
	// The first version is written with the application, in the event of its start.
	if len(rows) != stands.Version || stands.Version < w.version || stands.Version > w.version+1 || rows[len(rows)-1].Answers != stands.Answers || stands.Events != stands.Version-1 {
		c.t.Errorf("%s: %d versions, %d stands, %d acknowledged, %d events", w.ref, len(rows), stands.Version, w.version, stands.Events)
	}
}
