package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/application"
	"adoptionfund/internal/db"
	"adoptionfund/internal/files"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/site/route"
)

const (
	benchQuestions = 100
	benchFiles     = 50
)

// longForm is the application form with a first section of a hundred questions, every third of them a long text.
func longForm(b *testing.B) *fund.Library {
	b.Helper()
	text, err := configs.FS.ReadFile("forms/application-1.yaml")
	if err != nil {
		b.Fatal(err)
	}
	var more strings.Builder
	for n := range benchQuestions - 4 { // the section has four
		kind := []string{"long_text", "text", "money"}[n%3]
		fmt.Fprintf(&more, "      - {code: SU%d, text: Question %d of many, short: Question %d, type: %s, required: optional}\n", 100+n, n, n, kind)
	}
	begins := "    title: Summary\n"
	head, tail, found := strings.Cut(string(text), begins)
	if !found {
		b.Fatal("the form has no summary")
	}
	intro, questions, _ := strings.Cut(tail, "    questions:\n")
	at := strings.Index(questions, "\n  - code: ") + 1
	lib, err := fund.NewLibrary(fstest.MapFS{"forms/application-1.yaml": {Data: []byte(head + begins + intro + "    questions:\n" + questions[:at] + more.String() + questions[at:])}})
	if err != nil {
		b.Fatal(err)
	}
	return lib
}

// A section of 100 questions, all answered, in an application with 50 files: opened, saved with the button, and typed in.
func BenchmarkSection(b *testing.B) {
	l := newLoad(b, 1, db.Full)
	a := l.app
	a.library = longForm(b)
	a.applications = application.NewService(a.gate, a.library, a.people, a.files, a.config.Service.Name)
	site, err := a.site(false)
	l.no(err)
	ctx, token := l.as(loadApplicant(0)), l.session(loadApplicant(0))
	ref, err := a.applications.Start(ctx, application.Beginning{Call: loadCall, Title: "Invented project", Lead: "QMF"})
	l.no(err)
	page, err := a.applications.Open(ctx, ref, "summary")
	l.no(err)
	if n := len(page.Section.Questions); n != benchQuestions {
		b.Fatalf("%d questions", n)
	}
	l.attach(page.Application.ID)
	typed := url.Values{"action": {"save"}, "version": {strconv.Itoa(page.Version)}}
	for _, q := range page.Section.Questions {
		switch q.Kind { //nolint:exhaustive // the section has these
		case form.KindLongText:
			typed.Set(string(q.Code), strings.TrimSpace(strings.Repeat("word ", 100)))
		case form.KindMoney:
			typed.Set(string(q.Code), "1,000")
		case form.KindText:
			typed.Set(string(q.Code), "A line of text")
		}
	}
	path := "/applications/" + string(ref) + "/sections/summary"
	visit(b, site, token, path, typed)
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			visit(b, site, token, path, nil)
		}
	})
	b.Run("save", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			typed.Set("version", strconv.Itoa(page.Version+n))
			typed.Set("SU100", fmt.Sprintf("Version %d", n))
			visit(b, site, token, path, typed)
		}
	})
	now, err := a.applications.Open(ctx, ref, "summary")
	l.no(err)
	b.Run("typing", func(b *testing.B) { benchmarkTyping(b, site, token, path, form.Mark(now.Answers["SU100"])) })
}

// benchmarkTyping sends what the script sends while somebody types in one answer, whose mark is known.
func benchmarkTyping(b *testing.B, site http.Handler, token, path, mark string) {
	b.Helper()
	for n := 0; b.Loop(); n++ {
		text := fmt.Sprintf("Typed %d", n)
		typed := url.Values{"version": {"1"}, "SU100": {text}, "SU100-shown": {mark}}
		req := httptest.NewRequestWithContext(b.Context(), http.MethodPost, path, strings.NewReader(typed.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept", "application/json")
		req.AddCookie(&http.Cookie{Name: route.SessionCookie(false), Value: token})
		rec := httptest.NewRecorder()
		site.ServeHTTP(rec, req)
		if rec.Code != http.StatusOK {
			b.Fatalf("%d\n%s", rec.Code, rec.Body)
		}
		mark = form.Mark(form.Value{Text: text})
	}
}

// attach notes files as if they had been uploaded.
func (l *load) attach(id ident.Application) {
	l.tb.Helper()
	who, err := l.app.people.As(l.tb.Context(), loadApplicant(0))
	l.no(err)
	for n := range benchFiles {
		l.no(l.app.db.Write.Create(&application.File{
			ID: ident.New[ident.File](), ApplicationID: id, Question: "EV9", Name: fmt.Sprintf("%d.pdf", n), MediaType: "application/pdf", Size: 1000,
			Digest: strings.Repeat("0", 64), UploadedBy: who.ID, UploadedAt: time.Now().UTC(), Scan: files.ScanOff,
		}).Error)
	}
}
