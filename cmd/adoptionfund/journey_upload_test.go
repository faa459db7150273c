package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"adoptionfund/internal/application"
	"adoptionfund/internal/db"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/testkit/chromium"
)

// flaky is a server whose line can be cut after so many pieces of uploads.
type flaky struct {
	http.Handler

	left atomic.Int64 // pieces that still arrive; below 0: all
}

func (f *flaky) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.Path, "/uploads") && f.left.Load() == 0 {
		panic(http.ErrAbortHandler)
	}
	if r.URL.Query().Has("at") && f.left.Load() > 0 {
		f.left.Add(-1)
	}
	f.Handler.ServeHTTP(w, r)
}

// On a section's page files are uploaded at once, refused in the server's words, cancelled, and go on after a lost connection and on
// the page opened again.
//
//nolint:paralleltest // the browser is one
func TestFilesAreUploadedWhileThePageIsOpen(t *testing.T) {
	b := chromium.Start(t, modules)
	for name, width := range map[string]int64{"desk": 1200, "phone": 390} {
		t.Run(name, func(t *testing.T) {
			l := newLoad(t, 1, db.Normal)
			site, err := l.app.site(false)
			l.no(err)
			line := &flaky{Handler: site}
			line.left.Store(-1)
			server := httptest.NewServer(line)
			t.Cleanup(server.Close)
			ref, err := l.app.applications.Start(l.as(loadApplicant(0)), application.Beginning{Call: loadCall, Title: "Invented", Lead: "QMF"})
			l.no(err)
			at := b.Person(t, server.URL, name, chromium.How{JavaScript: true, Width: width}).SignIn(loadApplicant(0), testkit.Password)
			section := "/applications/" + string(ref) + "/sections/evidence"
			at.Go(section).Sees("You can also drag files here")
			at.Choose("EV9", "small.pdf", 2000).Choose("EV9", "wrong.exe", 2000).Until("small.pdf (1 KB, added")
			at.Until("must be a file of the kind PDF").Check()
			line.left.Store(1)
			at.Choose("EV9", "large.pdf", 9<<20).Until("The connection is lost").Check()
			line.left.Store(-1)
			at.Until("large.pdf (9.0 MB, added").Not("The connection is lost")
			at.Press("Save and continue")
			at.Go(section).Sees("small.pdf", "large.pdf")
			line.left.Store(1)
			at.Choose("EV9", "later.pdf", 9<<20).Until("The connection is lost")
			line.left.Store(-1)
			at.Leave(section).Until("of this file has arrived. Choose the same file again").Check()
			at.Choose("EV9", "later.pdf", 9<<20).Until("later.pdf (9.0 MB, added")
			page, err := l.app.applications.Open(l.as(loadApplicant(0)), ref, "evidence")
			l.no(err)
			if len(page.Files) != 3 {
				t.Errorf("%+v", page.Files)
			}
		})
	}
}
