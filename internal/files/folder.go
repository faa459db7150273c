package files

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"adoptionfund/internal/fault"
)

// folder is blobs in a folder; what is being written lies there too, so that it can be moved to its name.
type folder struct{ root *os.Root }

// beginning marks what is being written.
const beginning = "upload-"

// openFolder opens a folder, which is made if it is not there.
func openFolder(u *url.URL) (*folder, error) {
	path := filepath.FromSlash(u.Host + u.Path)
	if err := os.MkdirAll(path, 0o750); err != nil { // #nosec G703 -- the operator names the folder
		return nil, fmt.Errorf("making the folder of files: %w", err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, fmt.Errorf("opening the folder of files: %w", err)
	}
	return &folder{root}, nil
}

func (d *folder) scratch() (*os.File, func(), error) {
	name := beginning + rand.Text()
	f, err := d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("making a file: %w", err)
	}
	return f, func() {
		_ = f.Close()
		_ = d.root.Remove(name)
	}, nil
}

// put makes the file durable before it has its name, and the name durable before it is told.
func (d *folder) put(_ context.Context, f *os.File, name string, _ int64) error {
	if err := f.Sync(); err != nil {
		return fmt.Errorf("keeping a file: %w", err)
	}
	if err := d.root.Rename(filepath.Base(f.Name()), name); err != nil {
		return fmt.Errorf("keeping a file: %w", err)
	}
	here, err := d.root.Open(".")
	if err != nil {
		return fmt.Errorf("keeping a file: %w", err)
	}
	if err := errors.Join(here.Sync(), here.Close()); err != nil {
		return fmt.Errorf("keeping a file: %w", err)
	}
	return nil
}

func (d *folder) get(_ context.Context, name string) (io.ReadCloser, int64, error) {
	f, err := d.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, fault.New(fault.NotFound, "There is no such file")
	}
	if err != nil {
		return nil, 0, fmt.Errorf("opening a file: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("opening a file: %w", err), f.Close())
	}
	return f, info.Size(), nil
}

func (d *folder) remove(_ context.Context, name string, before time.Time) error {
	info, err := d.root.Stat(name)
	if err == nil && (before.IsZero() || info.ModTime().Before(before)) {
		err = d.root.Remove(name)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing a file: %w", err)
	}
	return nil
}

func (d *folder) each(ctx context.Context, f func(name string, at time.Time) error) error {
	here, err := d.root.Open(".")
	if err != nil {
		return fmt.Errorf("listing the files: %w", err)
	}
	defer func() { _ = here.Close() }()
	for ctx.Err() == nil {
		entries, err := here.ReadDir(500)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("listing the files: %w", err)
		}
		for _, e := range entries {
			if err := timed(e, f); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("listing the files: %w", ctx.Err())
}

// timed calls f for an entry that is still there.
func timed(e fs.DirEntry, f func(name string, at time.Time) error) error {
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another process was quicker
	}
	if err != nil {
		return fmt.Errorf("listing the files: %w", err)
	}
	return f(e.Name(), info.ModTime())
}

func (d *folder) tidy(ctx context.Context, before time.Time) error {
	return d.each(ctx, func(name string, at time.Time) error {
		if !strings.HasPrefix(name, beginning) || !at.Before(before) {
			return nil
		}
		return d.remove(ctx, name, before)
	})
}

// ready writes and removes a file: a folder can be there and take nothing.
func (d *folder) ready(context.Context) error {
	_, done, err := d.scratch()
	if err != nil {
		return err
	}
	done()
	return nil
}
