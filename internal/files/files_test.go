package files_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
)

func open(t *testing.T) (*files.Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	s, err := files.Open("file://" + dir)
	if err != nil {
		t.Fatal(err)
	}
	return s, dir
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func TestTheSameFileIsStoredOnce(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	const text = "%PDF-1.7\ninvented evidence"
	first, err := s.Put(strings.NewReader(text), 100)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Put(strings.NewReader(text), 100)
	if err != nil || again != first || len(names(t, dir)) != 1 {
		t.Errorf("%+v, %+v, %v, %v", first, again, names(t, dir), err)
	}
	if first.MediaType != "application/pdf" || first.Extension != ".pdf" || first.Size != int64(len(text)) {
		t.Errorf("%+v", first)
	}
	r, err := s.Get(first.Digest)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	got, err := io.ReadAll(r)
	if err != nil || string(got) != text {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAFileIsCompleteOrAbsent(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	broken := io.MultiReader(strings.NewReader("half of it"), iotest.ErrReader(errors.New("the line went dead")))
	for what, c := range map[string]struct {
		r    io.Reader
		kind fault.Kind
	}{
		"an upload that breaks off": {broken, fault.Internal},
		"an empty file":             {bytes.NewReader(nil), fault.Invalid},
		"a file above the limit":    {strings.NewReader(strings.Repeat("x", 101)), fault.TooLarge},
	} {
		if _, err := s.Put(c.r, 100); fault.KindOf(err) != c.kind || err == nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if left := names(t, dir); len(left) != 0 {
		t.Errorf("%v was left behind", left)
	}
}

func TestNothingOutsideTheFolderIsReached(t *testing.T) {
	t.Parallel()
	s, dir := open(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, digest := range []string{"../secret", "/etc/passwd", "", "..", strings.Repeat("0", 64)} {
		if r, err := s.Get(digest); err == nil {
			text, _ := io.ReadAll(r)
			_ = r.Close()
			if len(text) > 0 {
				t.Errorf("%q gave %q", digest, text)
			}
		}
	}
	if _, err := files.Open("s3://bucket"); err == nil {
		t.Error("a store that is not there was opened")
	}
}
