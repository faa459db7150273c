// Package files keeps the bytes of evidence files, named by their digest, so that the same file is stored once. A file is
// complete or absent. It leaves to the concepts who may see a file and what it is called.
package files

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/gabriel-vasile/mimetype"

	"adoptionfund/internal/fault"
)

// Store is a folder of files by digest.
type Store struct{ root *os.Root }

// Open opens the store that an address names: file://PATH. The folder is made if it is not there.
func Open(address string) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "file" {
		return nil, errors.New("storage_url: this installation stores files in a folder: file://PATH")
	}
	path := filepath.FromSlash(u.Host + u.Path)
	if err := os.MkdirAll(path, 0o750); err != nil {
		return nil, fmt.Errorf("making the folder of files: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("opening the folder of files: %w", err)
	}
	return &Store{root}, nil
}

// Stored is what is known of a file once it is kept.
type Stored struct {
	Digest    string
	Size      int64
	MediaType string // by content, not by name
	Extension string // that belongs to the content, such as ".pdf"
}

// Put keeps what r gives, at most limit bytes: it is written aside, made durable and then moved to its name.
func (s *Store) Put(r io.Reader, limit int64) (Stored, error) {
	name := "upload-" + rand.Text()
	f, err := s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Stored{}, fmt.Errorf("making a file: %w", err)
	}
	defer func() { _ = s.root.Remove(name) }()
	stored, err := fill(f, r, limit)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Stored{}, err
	}
	if stored.Size == 0 {
		return Stored{}, fault.New(fault.Invalid, "The file is empty")
	}
	if err := s.root.Rename(name, stored.Digest); err != nil {
		return Stored{}, fmt.Errorf("keeping a file: %w", err)
	}
	return stored, nil
}

// sniffed is how much of a file tells its kind.
const sniffed = 8192

func fill(f io.Writer, r io.Reader, limit int64) (Stored, error) {
	b := bufio.NewReaderSize(io.LimitReader(r, limit+1), sniffed)
	start, err := b.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return Stored{}, fmt.Errorf("reading the upload: %w", err)
	}
	kind := mimetype.Detect(start)
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), b)
	if err != nil {
		return Stored{}, fmt.Errorf("keeping the upload: %w", err)
	}
	if n > limit {
		return Stored{}, fault.New(fault.TooLarge, "The file must be %d MB or smaller", limit>>20)
	}
	return Stored{Digest: hex.EncodeToString(sum.Sum(nil)), Size: n, MediaType: kind.String(), Extension: kind.Extension()}, nil
}

// Get opens a file by its digest.
func (s *Store) Get(digest string) (io.ReadSeekCloser, error) {
	f, err := s.root.Open(filepath.Base(digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "There is no such file")
	}
	if err != nil {
		return nil, fmt.Errorf("opening a file: %w", err)
	}
	return f, nil
}

// Ready reports whether the folder can be read.
func (s *Store) Ready() error {
	if _, err := s.root.Stat("."); err != nil {
		return fmt.Errorf("asking the folder of files: %w", err)
	}
	return nil
}
