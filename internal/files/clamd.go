package files

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"
)

// scanner speaks to clamd.
type scanner struct{ network, address string }

func newScanner(address string) (*scanner, error) {
	u, err := url.Parse(address)
	switch {
	case err == nil && u.Scheme == "tcp" && u.Host != "":
		return &scanner{"tcp", u.Host}, nil
	case err == nil && u.Scheme == "unix" && u.Path != "":
		return &scanner{"unix", u.Path}, nil
	}
	return nil, errors.New("clamd_url: must be tcp://HOST:PORT or unix:///PATH")
}

const (
	scanConnect = 5 * time.Second
	scanWhole   = 90 * time.Second // shorter than the lease of a job
	scanPiece   = 64 << 10
)

// scan sends a stream with INSTREAM: pieces, each after its length, ended by a length of 0. It gives the name of what was found.
func (s *scanner) scan(ctx context.Context, r io.Reader) (string, error) {
	dialer := net.Dialer{Timeout: scanConnect}
	conn, err := dialer.DialContext(ctx, s.network, s.address)
	if err != nil {
		return "", fmt.Errorf("reaching clamd: %w", err)
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(ctx, scanWhole)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	sent := send(conn, r)
	said, err := io.ReadAll(io.LimitReader(conn, 1<<12)) // clamd says why it stops listening: its answer is worth more than our error
	answer := strings.TrimRight(string(said), "\x00\n")
	switch {
	case strings.HasSuffix(answer, " FOUND"):
		_, found, _ := strings.Cut(strings.TrimSuffix(answer, " FOUND"), ": ")
		return found, nil
	case sent == nil && err == nil && strings.HasSuffix(answer, ": OK"):
		return "", nil
	}
	return "", fmt.Errorf("clamd says %q: %w", answer, errors.Join(sent, err, ctx.Err(), errNoVerdict))
}

var errNoVerdict = errors.New("it gave no verdict")

func send(w io.Writer, r io.Reader) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return fmt.Errorf("sending to clamd: %w", err)
	}
	piece := make([]byte, 4+scanPiece)
	for {
		n, err := io.ReadFull(r, piece[4:])
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("reading what is scanned: %w", err)
		}
		binary.BigEndian.PutUint32(piece, uint32(n)) // #nosec G115 -- no more than a piece
		if _, failed := w.Write(piece[:4+n]); failed != nil {
			return fmt.Errorf("sending to clamd: %w", failed)
		}
		if n == 0 {
			return nil
		}
		if err != nil { // the last piece: its end follows
			r = strings.NewReader("")
		}
	}
}
