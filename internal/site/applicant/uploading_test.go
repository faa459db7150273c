package applicant_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

const (
	evidencePath = "/applications/AF26-0001/sections/evidence"
	uploadsPath  = "/applications/AF26-0001/uploads"
)

// pdfOf is a PDF of a number of bytes.
func pdfOf(size int) []byte {
	return append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), size-9)...)
}

// told is what the server says to the script.
type told struct {
	ID, Error string
	Offset    int64
	Piece     int
	File      *struct {
		Name, Href, Note string
		Before, Version  int
	}
}

func parse(t *testing.T, a sitekit.Answer, status int) told {
	t.Helper()
	want(t, a, status)
	var s told
	if kind := a.Header.Get("Content-Type"); kind != "application/json" {
		t.Fatalf("%s: %s", kind, a.Body)
	}
	if err := json.Unmarshal([]byte(a.Body), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAFileComesInPiecesAndGoesOnWhereItBroke(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	before := version(t, b.Get(evidencePath))
	content := pdfOf(200 << 10)
	begun := parse(t, b.Post(uploadsPath, url.Values{"section": {"evidence"}, "question": {"EV9"}, "name": {"C:\\large.pdf"}, "size": {strconv.Itoa(len(content))}}), 201)
	at := uploadsPath + "/" + begun.ID
	if begun.Offset != 0 || begun.Piece < 1<<20 {
		t.Errorf("%+v", begun)
	}
	if got := parse(t, b.Send(at+"?at=0", content[:100<<10]), 200); got.Offset != 100<<10 || got.File != nil {
		t.Errorf("%+v", got)
	}
	for _, wrong := range []string{"?at=0", "?at=204799", "", "?at=x", "?at=-1"} {
		if got := parse(t, b.Send(at+wrong, content[:100<<10]), 409); got.Offset != 100<<10 || got.Error == "" {
			t.Errorf("%q: %+v", wrong, got)
		}
	}
	want(t, b.Get(uploadsPath), 200, `"name":"large.pdf"`, `"offset":102400`)
	if got := parse(t, b.Get(at), 200); got.Offset != 100<<10 {
		t.Errorf("%+v", got)
	}
	parse(t, b.Send(at+"?at=102400", bytes.Repeat([]byte("x"), 9<<20)), 413)
	done := parse(t, b.Send(at+"?at=102400", content[100<<10:]), 200)
	if done.File == nil || done.File.Name != "large.pdf" || strconv.Itoa(done.File.Before) != before || done.File.Version != done.File.Before+1 {
		t.Fatalf("%+v", done)
	}
	if got := want(t, b.Get(done.File.Href), 200); got.Body != string(content) {
		t.Errorf("%d bytes came back", len(got.Body))
	}
	want(t, b.Get(evidencePath), 200, "large.pdf")
	want(t, b.Get(uploadsPath), 200, "[]")

	cancelled := parse(t, b.Post(uploadsPath, url.Values{"section": {"evidence"}, "question": {"EV9"}, "name": {"b.pdf"}, "size": {"100"}}), 201)
	want(t, b.Follow(b.Post(uploadsPath+"/"+cancelled.ID+"/cancel", nil)), 200, "[]")
	parse(t, b.Get(uploadsPath+"/"+cancelled.ID), 404)
	parse(t, s.SignedIn("stranger").Get(at), 404)
	want(t, s.Browser().Get(at), 303)
	for says, form := range map[string]url.Values{
		"20 MB or smaller": {"section": {"evidence"}, "question": {"EV9"}, "name": {"b.pdf"}, "size": {"22000000"}}, "must be a file of the kind": {"section": {"evidence"}, "question": {"EV9"}, "name": {"b.exe"}, "size": {"9"}},
		"is empty": {"section": {"evidence"}, "question": {"EV9"}, "name": {"b.pdf"}, "size": {"0"}}, "takes no files": {"section": {"summary"}, "question": {"SU1"}, "name": {"b.pdf"}, "size": {"9"}},
	} {
		if got := parse(t, b.Post(uploadsPath, form), 422); !strings.Contains(got.Error, says) {
			t.Errorf("%+v", got)
		}
	}
}

// many is a form with many files for one question.
func many(t *testing.T, n int) (body *bytes.Buffer, contentType string) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	if err := w.WriteField("version", "0"); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		part, err := w.CreateFormFile("EV9", fmt.Sprintf("%d.pdf", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(pdfOf(20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return body, w.FormDataContentType()
}

//nolint:paralleltest // it measures memory
func TestTenThousandFilesInOneRequestAreRefusedInPlainWords(t *testing.T) {
	s := serve(t)
	a := s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	body, kind := many(t, 10_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	want(t, b.SendAs(evidencePath, kind, body.Bytes()), 422, "too many parts")
	runtime.ReadMemStats(&after)
	if grown := int64(after.TotalAlloc-before.TotalAlloc) - int64(body.Len()); grown > 32<<20 {
		t.Errorf("refusing took %d MB", grown>>20)
	}
	body, kind = many(t, 60)
	want(t, b.SendAs(evidencePath, kind, body.Bytes()), 422, "no more than 50 files at once", `href="#EV9"`)
	body, kind = many(t, 12)
	want(t, b.SendAs(evidencePath, kind, body.Bytes()), 422) // of an old page: files are added to what stands, up to the limit
	page, err := s.Applications.Open(s.As(testkit.Applicant), a.Ref, "evidence")
	if err != nil || len(page.Files) != 10 {
		t.Errorf("%d files %v", len(page.Files), err)
	}
}

func TestSeveralFilesAtOnceAreEachTakenOrRefused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	no := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	no(w.WriteField("version", version(t, b.Get(evidencePath))))
	no(w.WriteField("action", "save"))
	for _, f := range [][2]string{{"good.pdf", string(pdfOf(50))}, {"lie.pdf", "<html></html>"}, {"also good.pdf", string(pdfOf(60))}} {
		part, err := w.CreateFormFile("EV9", f[0])
		no(err)
		_, err = part.Write([]byte(f[1]))
		no(err)
	}
	no(w.Close())
	page := want(t, b.SendAs(evidencePath, w.FormDataContentType(), body.Bytes()), 422, "lie.pdf", "not what its name says", `href="#EV9"`)
	for _, name := range []string{">good.pdf<", ">also good.pdf<"} {
		if !strings.Contains(page.Body, name) {
			t.Errorf("%s was not taken", name)
		}
	}
}

func TestOnlyPDFsAndPicturesAreShownInTheBrowser(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.Draft("A title")
	b := s.SignedIn(testkit.Applicant)
	for name, c := range map[string]struct{ content, way string }{
		"a.pdf": {string(pdfOf(50)), "inline"}, "b.csv": {"a,b\n1,2\n3,4\n", "attachment"},
	} {
		saved := b.Upload(evidencePath, url.Values{"version": {version(t, b.Get(evidencePath))}, "action": {"save"}}, "EV9", name, []byte(c.content))
		want(t, saved, 303)
		page := b.Get(evidencePath).Body
		link := page[:strings.Index(page, ">"+name+"<")]
		link = link[strings.LastIndex(link, `href="`)+6:]
		got := want(t, b.Get(link[:strings.Index(link, `"`)]), 200)
		if d := got.Header.Get("Content-Disposition"); !strings.HasPrefix(d, c.way) || !strings.Contains(got.Header.Get("Content-Security-Policy"), "default-src 'none'") ||
			got.Header.Get("X-Content-Type-Options") != "nosniff" || c.way == "attachment" && !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %v", name, got.Header)
		}
	}
}
