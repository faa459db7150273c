// Package files keeps the bytes of evidence files, named by their digest, so that the same file is stored once: in a folder, or in
// a store that speaks S3. A file is complete or absent. It looks into what comes in, and has it scanned for viruses where a
// scanner is set. It leaves to the concepts who may see a file and what it is called.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/url"
	"os"
	"time"

	"adoptionfund/internal/fault"
)

// Options say where files are kept and who scans them.
type Options struct {
	Address     string // file://PATH, or s3://BUCKET?endpoint=…&region=…
	Key, Secret string // of the S3 store
	Clamd       string // tcp://HOST:PORT or unix:///PATH; empty: nothing is scanned
}

// Store keeps files by digest.
type Store struct {
	blobs   blobs
	scanner *scanner
}

// blobs is where whole files lie, by name. It is a true edge: a folder, or a store that speaks S3.
type blobs interface {
	// scratch makes a file to write into; it is not among the blobs.
	scratch() (*os.File, func(), error)
	// put makes what was written the blob of that name, and renews the time of one that is there already.
	put(ctx context.Context, f *os.File, name string, size int64) error
	get(ctx context.Context, name string) (content io.ReadCloser, size int64, err error)
	// remove takes a blob away unless it was put since a moment; the zero moment: whenever. One that is not there is fine.
	remove(ctx context.Context, name string, before time.Time) error
	// each calls f for every blob, with the time at which it was last put.
	each(ctx context.Context, f func(name string, at time.Time) error) error
	// tidy removes what was begun before a moment and never became a blob.
	tidy(ctx context.Context, before time.Time) error
	ready(ctx context.Context) error
}

// Open opens the store that the options name.
func Open(o Options) (*Store, error) {
	u, err := url.Parse(o.Address)
	if err != nil {
		return nil, fmt.Errorf("storage_url: %w", err)
	}
	s := &Store{}
	switch u.Scheme {
	case "file":
		s.blobs, err = openFolder(u)
	case "s3":
		s.blobs, err = openBucket(u, o.Key, o.Secret)
	default:
		err = errors.New("storage_url: must be file://PATH or s3://BUCKET?endpoint=HOST&region=REGION")
	}
	if err == nil && o.Clamd != "" {
		s.scanner, err = newScanner(o.Clamd)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Stored is what is known of a file once it is kept.
type Stored struct {
	Digest    string
	Size      int64
	MediaType string // by content, not by name
	Extension string // that belongs to the content, such as ".pdf"
}

// Check looks at a file that is about to be kept, and refuses it with a fault.
type Check func(content io.ReaderAt, s Stored) error

// Put keeps what r gives, at most limit bytes, unless a check refuses it: it is written aside, looked at, and then moved to its name.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64, checks ...Check) (Stored, error) {
	f, done, err := s.blobs.scratch()
	if err != nil {
		return Stored{}, err
	}
	defer done()
	stored, err := fill(f, r, limit)
	if err != nil {
		return Stored{}, err
	}
	for _, check := range checks {
		if err := check(f, stored); err != nil {
			return Stored{}, err
		}
	}
	return stored, s.blobs.put(ctx, f, stored.Digest, stored.Size)
}

// fill writes what r gives into f, and says what it is.
func fill(f *os.File, r io.Reader, limit int64) (Stored, error) {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return Stored{}, fmt.Errorf("keeping the upload: %w", err)
	case n > limit:
		return Stored{}, fault.New(fault.TooLarge, "The file must be %d MB or smaller", limit>>20)
	case n == 0:
		return Stored{}, fault.New(fault.Invalid, "The file is empty")
	}
	stored := Stored{Digest: hex.EncodeToString(sum.Sum(nil)), Size: n}
	stored.MediaType, stored.Extension, err = kindOf(f, n)
	return stored, err
}

// Get opens a file by its digest. What is not the file that was kept ends in an error instead of as a file: its size is compared
// before the first byte, its digest with the last.
func (s *Store) Get(ctx context.Context, digest string, size int64) (io.ReadCloser, error) {
	if !IsDigest(digest) {
		return nil, fault.New(fault.NotFound, "There is no such file")
	}
	content, found, err := s.blobs.get(ctx, digest)
	if err != nil {
		return nil, err
	}
	if found != size {
		_ = content.Close()
		return nil, fmt.Errorf("the stored file %s has %d bytes, not %d", digest, found, size)
	}
	return &verified{content, sha256.New(), digest}, nil
}

// verified is a file that is compared with its digest while it is read.
type verified struct {
	io.ReadCloser

	sum  hash.Hash
	want string
}

// Read reads, and fails at the end of a file that is another.
func (v *verified) Read(p []byte) (int, error) {
	n, err := v.ReadCloser.Read(p)
	v.sum.Write(p[:n])
	if errors.Is(err, io.EOF) {
		if got := hex.EncodeToString(v.sum.Sum(nil)); got != v.want {
			return n, fmt.Errorf("the stored file %s has the digest %s", v.want, got)
		}
		return n, io.EOF
	}
	if err != nil {
		return n, fmt.Errorf("reading a stored file: %w", err)
	}
	return n, nil
}

// Remove takes a file away, whenever it was put. One that is not there is fine.
func (s *Store) Remove(ctx context.Context, digest string) error {
	if !IsDigest(digest) {
		return nil
	}
	return s.blobs.remove(ctx, digest, time.Time{})
}

// Sweep removes the files that were last put before a moment and that named does not know, and what was begun before it and never
// became a file. It gives how many files it removed. It is safe to run twice, and in several processes: a file that is put again
// while it runs is young again, and stays.
func (s *Store) Sweep(ctx context.Context, before time.Time, named func(digests []string) (map[string]bool, error)) (int, error) {
	w := sweep{s.blobs, before, named, nil, 0}
	err := s.blobs.each(ctx, func(name string, at time.Time) error {
		if !IsDigest(name) || !at.Before(before) {
			return nil
		}
		w.old = append(w.old, name)
		return w.flush(ctx, sweepBatch)
	})
	if err == nil {
		err = w.flush(ctx, 1)
	}
	if err != nil {
		return w.removed, err
	}
	return w.removed, s.blobs.tidy(ctx, before)
}

const sweepBatch = 500

// sweep is a sweep under way.
type sweep struct {
	blobs   blobs
	before  time.Time
	named   func(digests []string) (map[string]bool, error)
	old     []string // that are not yet asked about
	removed int
}

// flush removes those of the old that nothing names, once there are so many.
func (w *sweep) flush(ctx context.Context, many int) error {
	if len(w.old) < many {
		return nil
	}
	known, err := w.named(w.old)
	if err != nil {
		return err
	}
	for _, digest := range w.old {
		if known[digest] {
			continue
		}
		if err := w.blobs.remove(ctx, digest, w.before); err != nil {
			return err
		}
		w.removed++
	}
	w.old = w.old[:0]
	return nil
}

// IsDigest reports whether a text can be the name of a file: a SHA-256 in hexadecimal.
func IsDigest(text string) bool {
	b, err := hex.DecodeString(text)
	return err == nil && len(b) == sha256.Size && text == hex.EncodeToString(b)
}

// Ready reports whether files can be read and written.
func (s *Store) Ready(ctx context.Context) error { return s.blobs.ready(ctx) }

// Scans reports whether files are scanned for viruses.
func (s *Store) Scans() bool { return s.scanner != nil }

// Scan has a stored file scanned; it gives the name of what was found, or nothing for a clean file.
func (s *Store) Scan(ctx context.Context, digest string, size int64) (string, error) {
	if s.scanner == nil {
		return "", errors.New("no virus scanner is set")
	}
	content, err := s.Get(ctx, digest, size)
	if err != nil {
		return "", err
	}
	defer func() { _ = content.Close() }()
	return s.scanner.scan(ctx, content)
}
