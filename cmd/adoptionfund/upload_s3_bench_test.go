package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/db"
	"adoptionfund/internal/files"
)

// receiver is a store that speaks as much of S3 as uploads need, and keeps objects on disk: what is measured beside it is the program's
// own use of memory. It looks at no signature.
type receiver struct {
	tb  testing.TB
	dir string
}

func (s receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	object := filepath.Join(s.dir, filepath.Base(r.URL.Path))
	switch r.Method {
	case http.MethodPut:
		if err := s.keep(object, r); err != nil {
			s.tb.Error(err)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("ETag", `"invented"`)
	case http.MethodGet, http.MethodHead:
		w.Header().Set("ETag", `"invented"`)
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeFile(w, r, object)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// keep writes the body to disk: without TLS it comes in signed chunks, each after a line with its size.
func (s receiver) keep(object string, r *http.Request) error {
	f, err := os.Create(object)
	if err != nil {
		return fmt.Errorf("keeping an object: %w", err)
	}
	defer func() { _ = f.Close() }()
	if r.Header.Get("X-Amz-Decoded-Content-Length") == "" {
		_, err := io.Copy(f, r.Body)
		return err //nolint:wrapcheck // a test prints it
	}
	body := bufio.NewReader(r.Body)
	for {
		line, err := body.ReadString('\n')
		if err != nil {
			return fmt.Errorf("reading a chunk: %w", err)
		}
		text, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		size, err := strconv.ParseInt(text, 16, 64)
		if err != nil {
			return fmt.Errorf("reading a chunk: %w", err)
		}
		if size == 0 {
			_, err := io.Copy(io.Discard, body)
			return err //nolint:wrapcheck // a test prints it
		}
		if _, err := io.CopyN(f, body, size); err != nil {
			return fmt.Errorf("reading a chunk: %w", err)
		}
		if _, err := body.Discard(2); err != nil {
			return fmt.Errorf("reading a chunk: %w", err)
		}
	}
}

// A file of 200 MB into an S3 store, through real HTTP: how much memory the program, the client and the store together take at most. The
// store keeps its objects on disk.
func BenchmarkUploadToS3(b *testing.B) {
	l := newLoad(b, 1, db.Normal)
	store := httptest.NewServer(receiver{b, b.TempDir()})
	b.Cleanup(store.Close)
	var err error
	l.app.files, err = files.Open(files.Options{Address: "s3://evidence?region=eu-west-2&endpoint=" + store.URL, Key: "invented", Secret: "invented secret"})
	l.no(err)
	uploads(b, l)
}
