package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"adoptionfund/configs"
	"adoptionfund/internal/application"
	"adoptionfund/internal/db"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/site/route"
	"adoptionfund/internal/testkit"
)

const uploadSize = 200 << 20

// roomy is the forms with 200 MB for each file of evidence.
func roomy(l *load) {
	l.tb.Helper()
	forms := fstest.MapFS{}
	l.no(fs.WalkDir(configs.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(configs.FS, path)
		forms[path] = &fstest.MapFile{Data: bytes.ReplaceAll(text, []byte("file_megabytes: 20"), []byte("file_megabytes: 200"))}
		return err
	}))
	var err error
	l.app.library, err = fund.NewLibrary(forms)
	l.no(err)
	l.no(l.app.rooms())
}

// invented is a PDF of a size, made while it is read.
type invented struct{ at, size int64 }

func (i *invented) Read(p []byte) (int, error) {
	if i.at >= i.size {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), i.size-i.at)], invention[i.at%(1<<20):])
	if i.at == 0 {
		copy(p, "%PDF-1.7\n")
	}
	i.at += int64(n)
	return n, nil
}

var invention = bytes.Repeat([]byte("0123456789abcdef"), 1<<16)

// A file of 200 MB through real HTTP, as one form and in pieces: how much memory the program and the client together take at most.
func BenchmarkUpload(b *testing.B) {
	uploads(b, newLoad(b, 1, db.Normal))
}

// uploads measures both ways in which a file comes, into the store that the program has.
func uploads(b *testing.B, l *load) {
	b.Helper()
	roomy(l)
	site, err := l.app.site(false)
	l.no(err)
	server := httptest.NewServer(site)
	b.Cleanup(server.Close)
	token := l.session(loadApplicant(0))
	for name, send := range map[string]func(address string){
		"one-request": func(address string) { uploadForm(b, token, address) },
		"in-pieces":   func(address string) { uploadPieces(b, token, address) },
	} {
		b.Run(name, func(b *testing.B) {
			var peak uint64
			for b.Loop() {
				b.StopTimer()
				ref, err := l.app.applications.Start(l.as(loadApplicant(0)), application.Beginning{Call: loadCall, Title: "Invented", Lead: "QMF"})
				l.no(err)
				b.StartTimer()
				peak = max(peak, heapDuring(func() { send(server.URL + "/applications/" + string(ref)) }))
				page, err := l.app.applications.Open(l.as(loadApplicant(0)), ref, "evidence")
				l.no(err)
				if len(page.Files) != 1 || page.Files[0].Size != uploadSize {
					b.Fatalf("%+v", page.Files)
				}
			}
			b.SetBytes(uploadSize)
			b.ReportMetric(float64(peak)/(1<<20), "peak-MB")
		})
	}
}

// heapDuring gives by how much the heap grew at most while f ran.
func heapDuring(f func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before := m.HeapInuse
	peak, stop := testkit.PeakHeap()
	f()
	stop()
	return max(peak.Load(), before) - before
}

// sendBody posts a body of a kind and gives the status and what came back.
func sendBody(tb testing.TB, token, address, kind string, body io.Reader) (int, []byte) {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, address, body)
	if err != nil {
		tb.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.AddCookie(&http.Cookie{Name: route.SessionCookie(false), Value: token})
	c := client()
	c.Timeout = 5 * time.Minute
	res, err := c.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return res.StatusCode, said
}

func uploadForm(tb testing.TB, token, address string) {
	tb.Helper()
	r, w := io.Pipe()
	form := multipart.NewWriter(w)
	go func() {
		err := form.WriteField("version", "0")
		if err == nil {
			err = form.WriteField("action", "save")
		}
		var part io.Writer
		if err == nil {
			part, err = form.CreateFormFile("EV9", "large.pdf")
		}
		if err == nil {
			_, err = io.Copy(part, &invented{size: uploadSize})
		}
		if err == nil {
			err = form.Close()
		}
		_ = w.CloseWithError(err)
	}()
	if status, said := sendBody(tb, token, address+"/sections/evidence", form.FormDataContentType(), r); status != http.StatusSeeOther {
		tb.Fatalf("%d %.2000s", status, said)
	}
}

func uploadPieces(tb testing.TB, token, address string) {
	tb.Helper()
	begin := url.Values{"section": {"evidence"}, "question": {"EV9"}, "name": {"large.pdf"}, "size": {strconv.Itoa(uploadSize)}}
	status, said := sendBody(tb, token, address+"/uploads", "application/x-www-form-urlencoded", bytes.NewReader([]byte(begin.Encode())))
	var u struct {
		ID    string
		Piece int64
		File  *struct{ ID string }
	}
	if err := json.Unmarshal(said, &u); err != nil || status != http.StatusCreated {
		tb.Fatalf("%d %.2000s", status, said)
	}
	content := &invented{size: uploadSize}
	for content.at < uploadSize {
		status, said = sendBody(tb, token, fmt.Sprintf("%s/uploads/%s?at=%d", address, u.ID, content.at), "application/octet-stream", io.LimitReader(content, u.Piece))
		if status != http.StatusOK {
			tb.Fatalf("%d %.2000s", status, said)
		}
	}
	if err := json.Unmarshal(said, &u); err != nil || u.File == nil {
		tb.Fatalf("the last piece does not end it: %.2000s", said)
	}
}
