package pdf_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"adoptionfund/internal/pdf"
)

func printer(t *testing.T) *pdf.Printer {
	t.Helper()
	path, err := pdf.Find()
	if err != nil {
		t.Fatal(err, "make debian installs it")
	}
	p := pdf.New(path)
	t.Cleanup(p.Close)
	return p
}

const page = `<!DOCTYPE html><html lang="en-GB"><head><title>An application</title><style>h1{color:#005eb8}</style></head><body><main><h1>Remote monitoring</h1><h2>Costs</h2><p>Some text</p></main></body></html>`

func TestAPageIsPrintedWithTagsTitleAndLanguage(t *testing.T) {
	t.Parallel()
	file, err := printer(t).Print(t.Context(), page, "AF26-0001, draft")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"%PDF-", "/StructTreeRoot", "/MarkInfo", "/Lang (en-GB)", "/Outlines", "(An application)"} {
		if !bytes.Contains(file, []byte(part)) {
			t.Errorf("no %s in the file", part)
		}
	}
}

// TestNothingIsFetchedAndNothingRuns: whatever stands in a document, printing it asks nobody for anything and runs no script.
func TestNothingIsFetchedAndNothingRuns(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(server.Close)
	hostile := `<img src="` + server.URL + `/a.png"><link rel="stylesheet" href="` + server.URL + `/b.css"><iframe src="` + server.URL + `/c"></iframe>` +
		`<script>new Image().src="` + server.URL + `/d";document.title="Taken over"</script>`
	file, err := printer(t).Print(t.Context(), strings.Replace(page, "<p>", hostile+"<p>", 1), "<script>")
	if err != nil {
		t.Fatal(err)
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("%d requests were made", n)
	}
	if bytes.Contains(file, []byte("Taken over")) {
		t.Error("a script ran")
	}
}

// TestThePrinterStartsAgainAfterItsBrowserEnded: many at once, and after an end.
func TestThePrinterStartsAgainAfterItsBrowserEnded(t *testing.T) {
	t.Parallel()
	p := printer(t)
	failed := make(chan error, 5)
	for range 5 {
		go func() {
			_, err := p.Print(t.Context(), page, "")
			failed <- err
		}()
	}
	for range 5 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	p.Close()
	if _, err := p.Print(t.Context(), page, ""); err != nil {
		t.Error(err)
	}
}
