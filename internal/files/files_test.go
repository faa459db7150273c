package files_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
)

// place is a store and what an operator could do to it behind its back.
type place struct {
	*files.Store

	names func() []string
	spoil func(digest string, content []byte)
}

func inFolder(t *testing.T) place {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	s, err := files.Open(files.Options{Address: "file://" + dir})
	no(t, err)
	return place{
		s,
		func() []string {
			entries, err := os.ReadDir(dir)
			no(t, err)
			var list []string
			for _, e := range entries {
				list = append(list, e.Name())
			}
			return list
		},
		func(digest string, content []byte) { no(t, os.WriteFile(filepath.Join(dir, digest), content, 0o600)) },
	}
}

// inBucket is a store in a server that speaks S3 over HTTP.
func inBucket(t *testing.T) place {
	t.Helper()
	backend := s3mem.New()
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	no(t, backend.CreateBucket("evidence"))
	s, err := files.Open(files.Options{Address: "s3://evidence?endpoint=" + server.URL + "&region=eu-west-2", Key: "key", Secret: "secret"})
	no(t, err)
	return place{
		s,
		func() []string {
			list, err := backend.ListBucket("evidence", nil, gofakes3.ListBucketPage{})
			no(t, err)
			var names []string
			for _, o := range list.Contents {
				names = append(names, o.Key)
			}
			return names
		},
		func(digest string, content []byte) {
			_, err := backend.PutObject("evidence", digest, map[string]string{"Last-Modified": time.Now().UTC().Format(time.RFC1123)}, bytes.NewReader(content), int64(len(content)), nil)
			no(t, err)
		},
	}
}

func no(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// both runs a test on each kind of store.
func both(t *testing.T, test func(t *testing.T, s place)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T) place{"in a folder": inFolder, "in an S3 bucket": inBucket} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func read(t *testing.T, s place, digest string, size int) (string, error) {
	t.Helper()
	r, err := s.Get(t.Context(), digest, int64(size))
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	text, err := io.ReadAll(r)
	return string(text), err
}

func TestTheSameFileIsStoredOnce(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s place) {
		t.Helper()
		const text = "%PDF-1.7\ninvented evidence"
		first, err := s.Put(t.Context(), strings.NewReader(text), 100)
		no(t, err)
		again, err := s.Put(t.Context(), strings.NewReader(text), 100)
		if err != nil || again != first || len(s.names()) != 1 {
			t.Errorf("%+v, %+v, %v, %v", first, again, s.names(), err)
		}
		if first.MediaType != "application/pdf" || first.Extension != ".pdf" || first.Size != int64(len(text)) || first.Digest != digestOf(text) {
			t.Errorf("%+v", first)
		}
		if got, err := read(t, s, first.Digest, len(text)); err != nil || got != text {
			t.Errorf("%q, %v", got, err)
		}
		no(t, s.Ready(t.Context()))
	})
}

func TestAFileIsCompleteOrAbsent(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s place) {
		t.Helper()
		refused := fault.New(fault.Invalid, "No")
		for what, c := range map[string]struct {
			r     io.Reader
			kind  fault.Kind
			check []files.Check
		}{
			"an upload that breaks off": {io.MultiReader(strings.NewReader("half of it"), iotest.ErrReader(errors.New("the line went dead"))), fault.Internal, nil},
			"an empty file":             {bytes.NewReader(nil), fault.Invalid, nil},
			"a file above the limit":    {strings.NewReader(strings.Repeat("x", 101)), fault.TooLarge, nil},
			"a file that is refused":    {strings.NewReader("x"), fault.Invalid, []files.Check{func(io.ReaderAt, files.Stored) error { return refused }}},
		} {
			if _, err := s.Put(t.Context(), c.r, 100, c.check...); fault.KindOf(err) != c.kind || err == nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		if left := s.names(); len(left) != 0 {
			t.Errorf("%v was left behind", left)
		}
	})
}

func TestWhatIsNotTheFileIsNotServedAsIt(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s place) {
		t.Helper()
		const text = "the evidence as it was"
		stored, err := s.Put(t.Context(), strings.NewReader(text), 100)
		no(t, err)
		s.spoil(stored.Digest, []byte("the evidence"))
		if got, err := read(t, s, stored.Digest, len(text)); err == nil || got != "" {
			t.Errorf("cut off: %q %v", got, err)
		}
		s.spoil(stored.Digest, []byte("THE evidence as it was"))
		if got, err := read(t, s, stored.Digest, len(text)); err == nil {
			t.Errorf("changed: %q", got)
		}
	})
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s place) {
		t.Helper()
		for _, digest := range []string{"../secret", "/etc/passwd", "", "..", strings.Repeat("0", 64), strings.Repeat("G", 64), digestOf("x")[:63] + "/"} {
			if got, err := read(t, s, digest, 1); !fault.Is(err, fault.NotFound) || got != "" {
				t.Errorf("%q gave %q %v", digest, got, err)
			}
			no(t, s.Remove(t.Context(), digest))
		}
	})
}

func TestTheSweepRemovesWhatIsOldAndNotNamed(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s place) {
		t.Helper()
		for _, text := range []string{"named", "orphan one", "orphan two"} {
			_, err := s.Put(t.Context(), strings.NewReader(text), 100)
			no(t, err)
		}
		named := func([]string) (map[string]bool, error) { return map[string]bool{digestOf("named"): true}, nil }
		if n, err := s.Sweep(t.Context(), time.Now().Add(-time.Hour), named); err != nil || n != 0 || len(s.names()) != 3 {
			t.Errorf("what is young was removed: %d %v", n, err)
		}
		if n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour), func([]string) (map[string]bool, error) { return nil, errors.New("no database") }); err == nil || n != 0 {
			t.Errorf("%d were removed without knowing what is named: %v", n, err)
		}
		for want := 2; want >= 0; want -= 2 { // the second time there is nothing to do
			if n, err := s.Sweep(t.Context(), time.Now().Add(time.Hour), named); err != nil || n != want {
				t.Errorf("%d, %v", n, err)
			}
		}
		if left := s.names(); len(left) != 1 || left[0] != digestOf("named") {
			t.Errorf("%v", left)
		}
		no(t, s.Remove(t.Context(), digestOf("named")))
		no(t, s.Remove(t.Context(), digestOf("named")))
		if left := s.names(); len(left) != 0 {
			t.Errorf("%v", left)
		}
	})
}

func TestTheSweepRemovesUploadsThatNeverEnded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := files.Open(files.Options{Address: "file://" + dir})
	no(t, err)
	no(t, os.WriteFile(filepath.Join(dir, "upload-left"), []byte("half"), 0o600))
	no(t, os.WriteFile(filepath.Join(dir, "upload-new"), []byte("half"), 0o600))
	no(t, os.Chtimes(filepath.Join(dir, "upload-left"), time.Time{}, time.Now().Add(-48*time.Hour)))
	_, err = s.Sweep(t.Context(), time.Now().Add(-24*time.Hour), func([]string) (map[string]bool, error) { return map[string]bool{}, nil })
	no(t, err)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 || entries[0].Name() != "upload-new" {
		t.Errorf("%v %v", entries, err)
	}
}

func TestAStoreThatCannotBeReachedIsNotReady(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	t.Cleanup(server.Close)
	s, err := files.Open(files.Options{Address: "s3://missing?endpoint=" + server.URL + "&region=eu-west-2", Key: "key", Secret: "secret"})
	no(t, err)
	if err := s.Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Error(err)
	}
	gone := filepath.Join(t.TempDir(), "files")
	s, err = files.Open(files.Options{Address: "file://" + gone})
	no(t, err)
	no(t, os.RemoveAll(gone))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := s.Ready(ctx); err == nil {
		t.Error("a folder that was removed is ready")
	}
}

func TestAnAddressThatNamesNoStoreIsRefused(t *testing.T) {
	t.Parallel()
	for _, o := range []files.Options{
		{Address: "ftp://host/path"}, {Address: "s3://bucket"}, {Address: "s3://?endpoint=host"}, {Address: ":"}, {Address: ""},
		{Address: "file://" + t.TempDir(), Clamd: "http://host"}, {Address: "file://" + t.TempDir(), Clamd: "unix://"},
	} {
		if _, err := files.Open(o); err == nil {
			t.Errorf("%+v was opened", o)
		}
	}
}
