// Package clamd starts the real virus scanner for tests, with a database of one signature: that of the EICAR test file, which is
// harmless. It is imported by tests alone.
package clamd

import (
	"context"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Eicar gives the test file that every scanner finds. It stands in two parts here, so that no scanner finds this source.
func Eicar() string {
	return `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`
}

// Found is the name under which the scanner reports it.
const Found = "Test.Eicar.UNOFFICIAL"

// Daemon is a scanner that can be stopped and started again.
type Daemon struct {
	URL string

	tb   testing.TB
	dir  string
	stop func()
}

// Start starts a scanner and waits until it answers; it ends with the test.
func Start(tb testing.TB) *Daemon {
	tb.Helper()
	dir, err := os.MkdirTemp("", "clamd") // short: the path of a socket may have a hundred bytes
	if err != nil {
		tb.Fatal(err)
	}
	d := &Daemon{URL: "unix://" + filepath.Join(dir, "socket"), tb: tb, dir: dir}
	tb.Cleanup(func() {
		d.Stop()
		_ = os.RemoveAll(dir)
	})
	signature := fmt.Sprintf("Test.Eicar:0:*:%s\n", hex.EncodeToString([]byte(Eicar())))
	settings := fmt.Sprintf("Foreground yes\nLocalSocket %s/socket\nDatabaseDirectory %s\nStreamMaxLength 300M\nMaxFileSize 300M\nMaxScanSize 300M\nUser root\n", dir, dir)
	if os.Getuid() != 0 {
		settings = strings.TrimSuffix(settings, "User root\n")
	}
	for name, text := range map[string]string{"test.ndb": signature, "clamd.conf": settings} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	d.Again()
	return d
}

// Again starts the scanner after it was stopped.
func (d *Daemon) Again() {
	d.tb.Helper()
	path, err := exec.LookPath("clamd")
	if err != nil {
		path = "/usr/sbin/clamd"
	}
	var said strings.Builder
	cmd := exec.CommandContext(context.Background(), path, "--config-file", filepath.Join(d.dir, "clamd.conf")) // #nosec G204 -- the test's own folder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		d.tb.Fatalf("clamd cannot be started (Debian package clamav-daemon; make debian installs it): %v", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	d.stop = func() {
		_ = cmd.Process.Kill()
		<-ended
	}
	var dialer net.Dialer
	for range 300 {
		if conn, err := dialer.DialContext(d.tb.Context(), "unix", filepath.Join(d.dir, "socket")); err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ended:
			d.tb.Fatalf("clamd ended:\n%s", &said)
		case <-time.After(100 * time.Millisecond):
		}
	}
	d.tb.Fatal("clamd does not answer")
}

// Stop kills the scanner.
func (d *Daemon) Stop() {
	if d.stop != nil {
		d.stop()
		d.stop = nil
		_ = os.Remove(filepath.Join(d.dir, "socket"))
	}
}
