package files_test

import (
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"

	"adoptionfund/internal/files"
	"adoptionfund/internal/testkit/clamd"
)

func TestARealScannerFindsTheTestVirus(t *testing.T) {
	t.Parallel()
	d := clamd.Start(t)
	s, err := files.Open(files.Options{Address: "file://" + t.TempDir(), Clamd: d.URL})
	no(t, err)
	if !s.Scans() {
		t.Error("it does not scan")
	}
	scan := func(content io.Reader) (string, error) {
		stored, err := s.Put(t.Context(), content, 200<<20)
		no(t, err)
		return s.Scan(t.Context(), stored.Digest, stored.Size)
	}
	infected := zipped(t, part{"readme.txt", clamd.Eicar()})
	for what, c := range map[string]struct{ content, found string }{
		"the test virus": {clamd.Eicar(), clamd.Found}, "in an archive": {infected, clamd.Found}, "clean": {"Nothing of the kind", ""},
		"as long as a piece": {strings.Repeat("x", 64<<10), ""}, "one longer": {strings.Repeat("x", 64<<10+1), ""},
	} {
		if found, err := scan(strings.NewReader(c.content)); err != nil || found != c.found {
			t.Errorf("%s: %q %v", what, found, err)
		}
	}
	noise := rand.NewChaCha8([32]byte{1})
	if found, err := scan(io.MultiReader(io.LimitReader(noise, 30<<20), strings.NewReader(clamd.Eicar()))); err != nil || found != clamd.Found {
		t.Errorf("at the end of 30 MB: %q %v", found, err)
	}
	d.Stop()
	if found, err := scan(strings.NewReader("Nothing of the kind")); err == nil || found != "" {
		t.Errorf("a scanner that is down says %q", found)
	}
}

// A scanner that says something else than yes or no has not said that a file is clean.
func TestOnlyAPlainAnswerMakesAFileClean(t *testing.T) {
	t.Parallel()
	for _, says := range []string{"INSTREAM size limit exceeded. ERROR\x00", "", "stream: ERROR\x00", "OK", "stream: O"} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		no(t, err)
		t.Cleanup(func() { _ = listener.Close() })
		go func() {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadFull(conn, make([]byte, 10))
			_, _ = io.WriteString(conn, says)
			_, _ = io.ReadFull(conn, make([]byte, 100))
			_ = conn.Close()
		}()
		s, err := files.Open(files.Options{Address: "file://" + t.TempDir(), Clamd: "tcp://" + listener.Addr().String()})
		no(t, err)
		stored, err := s.Put(t.Context(), strings.NewReader(strings.Repeat("x", 100)), 1000)
		no(t, err)
		if found, err := s.Scan(t.Context(), stored.Digest, stored.Size); err == nil || found != "" {
			t.Errorf("%q is taken for %q", says, found)
		}
	}
}
