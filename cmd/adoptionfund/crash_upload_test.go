package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/db"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
)

// After kill -9 in the middle of uploads there is either no file or the whole file, the answer names exactly the files that are
// there, and an upload goes on where it was.
func TestAnUploadGoesOnAfterTheProgramIsKilled(t *testing.T) {
	t.Parallel()
	l := newLoad(t, 1, db.Normal)
	ref, err := l.app.applications.Start(l.as(loadApplicant(0)), application.Beginning{Call: loadCall, Title: "Invented", Lead: "QMF"})
	l.no(err)
	token := l.session(loadApplicant(0))
	l.no(l.app.close())
	const size, kills = 6 << 20, 5
	content := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), size-9)...)
	up := beginning
	for n := range kills + 1 {
		p := l.serve()
		if n < kills {
			time.AfterFunc(time.Duration(5+rand.IntN(60))*time.Millisecond, func() { _ = p.cmd.Process.Kill() })
		}
		up = l.push(token, p.url+"/applications/"+string(ref), up, content)
		if n == kills {
			l.no(p.cmd.Process.Signal(syscall.SIGTERM))
		}
		p.wait(t)
		l.wholeFiles(ref, content)
		if up == "" {
			t.Logf("whole after %d kills", n)
			break
		}
	}
	if up != "" {
		t.Error("the upload never ended")
	}
	l.wire(db.Normal)
	page, err := l.app.applications.Open(l.as(loadApplicant(0)), ref, "evidence")
	l.no(err)
	if len(page.Files) != 1 {
		t.Errorf("%d files in the end", len(page.Files))
	}
}

// beginning stands for an upload that the program has not told of yet.
const beginning = "to begin"

// push goes on with an upload, or begins it, until it has ended or the program has: it gives the upload to go on with, "" at its end.
func (l *load) push(token, address, id string, content []byte) string {
	l.tb.Helper()
	var u struct {
		ID     string
		Offset int64
		File   *struct{ ID string }
	}
	post := func(address, kind string, body []byte) bool {
		u.File = nil
		method := http.MethodPost
		if body == nil {
			method = http.MethodGet
		}
		req, err := http.NewRequestWithContext(l.tb.Context(), method, address, bytes.NewReader(body))
		l.no(err)
		req.Header.Set("Content-Type", kind)
		req.AddCookie(&http.Cookie{Name: route.SessionCookie(false), Value: token})
		res, err := client().Do(req)
		if err != nil {
			return false
		}
		defer func() { _ = res.Body.Close() }()
		said, err := io.ReadAll(res.Body)
		if err != nil {
			return false
		}
		if err := json.Unmarshal(said, &u); err != nil || res.StatusCode >= http.StatusBadRequest {
			l.tb.Errorf("%s %s: %d %.500s", method, address, res.StatusCode, said)
			return false
		}
		return true
	}
	begin := url.Values{"section": {"evidence"}, "question": {"EV9"}, "name": {"large.pdf"}, "size": {strconv.Itoa(len(content))}}
	if id == beginning && post(address+"/uploads", "application/x-www-form-urlencoded", []byte(begin.Encode())) {
		id = u.ID
	}
	if id == beginning {
		return beginning
	}
	alive := post(address+"/uploads/"+id, "", nil)
	for alive {
		if u.File != nil {
			return ""
		}
		end := min(u.Offset+1<<20, int64(len(content)))
		alive = post(fmt.Sprintf("%s/uploads/%s?at=%d", address, id, u.Offset), "application/octet-stream", content[u.Offset:end])
	}
	return id
}

// wholeFiles looks at the application as the next process finds it.
func (l *load) wholeFiles(ref ident.Ref, content []byte) {
	l.tb.Helper()
	l.wire(db.Normal)
	defer func() { l.no(l.app.close()) }()
	page, err := l.app.applications.Open(l.as(loadApplicant(0)), ref, "evidence")
	l.no(err)
	if named := len(page.Answers[form.Code("EV9")].Files); named != len(page.Files) || named > 1 {
		l.tb.Errorf("%d files, %d in the answer", len(page.Files), named)
	}
	for _, f := range page.Files {
		_, got, err := l.app.applications.Download(l.as(loadApplicant(0)), ref, f.ID)
		l.no(err)
		text, err := io.ReadAll(got)
		if err != nil || !bytes.Equal(text, content) {
			l.tb.Errorf("the file has %d bytes: %v", len(text), err)
		}
		l.no(got.Close())
	}
	l.no(l.app.applications.SweepFiles(access.With(l.tb.Context(), access.System(access.SweepFiles))))
}
