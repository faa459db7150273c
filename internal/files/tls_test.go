package files_test

import (
	"context"
	"encoding/pem"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"adoptionfund/internal/files"
)

// overTLS names the variable with which this test starts itself once more: a program reads once whom it trusts.
const overTLS = "FILES_TEST_OVER_TLS"

func TestMain(m *testing.M) {
	if address := os.Getenv(overTLS); address != "" {
		os.Exit(keepAndRead(address))
	}
	os.Exit(m.Run())
}

// keepAndRead keeps a file in a store and reads it; it gives the status with which the program ends.
func keepAndRead(address string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	s, err := files.Open(files.Options{Address: address, Key: "key", Secret: "secret"})
	if err != nil {
		return 2
	}
	stored, err := s.Put(ctx, strings.NewReader("Some words"), 1<<20)
	if err != nil {
		_, _ = os.Stderr.WriteString(err.Error())
		return 3
	}
	content, err := s.Get(ctx, stored.Digest, stored.Size)
	if err != nil {
		return 4
	}
	if text, err := io.ReadAll(content); err != nil || string(text) != "Some words" {
		return 5
	}
	return 0
}

// TestABucketIsSpokenToOverTLS: a store whose address names no scheme is spoken to over TLS, and to one that nobody vouches for
// nothing is said.
func TestABucketIsSpokenToOverTLS(t *testing.T) {
	t.Parallel()
	backend := s3mem.New()
	no(t, backend.CreateBucket("evidence"))
	server := httptest.NewTLSServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	vouched := filepath.Join(t.TempDir(), "vouched.pem")
	no(t, os.WriteFile(vouched, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	self, err := os.Executable()
	no(t, err)
	run := func(more ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), self)
		cmd.Env = append(os.Environ(), overTLS+"=s3://evidence?endpoint="+server.Listener.Addr().String()+"&region=eu-west-2")
		cmd.Env = append(cmd.Env, more...)
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
	if said, err := run(); err == nil || !strings.Contains(said, "certificate") {
		t.Errorf("a store that nobody vouches for is spoken to: %v %s", err, said)
	}
	if said, err := run("SSL_CERT_FILE=" + vouched); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}
