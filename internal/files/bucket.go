package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"adoptionfund/internal/fault"
)

// bucket is blobs in a store that speaks S3. What is being written lies in the system's temporary folder meanwhile.
type bucket struct {
	client *minio.Client
	name   string
}

// openBucket prepares to speak to a store; endpoint is HOST[:PORT], or a URL if it is to be spoken to without TLS.
func openBucket(u *url.URL, key, secret string) (*bucket, error) {
	endpoint, secure := u.Query().Get("endpoint"), true
	if at, err := url.Parse(endpoint); err == nil && at.Host != "" {
		endpoint, secure = at.Host, at.Scheme != "http"
	}
	if u.Host == "" || endpoint == "" {
		return nil, errors.New("storage_url: must be s3://BUCKET?endpoint=HOST&region=REGION")
	}
	client, err := minio.New(endpoint, &minio.Options{Creds: credentials.NewStaticV4(key, secret, ""), Secure: secure, Region: u.Query().Get("region")})
	if err != nil {
		return nil, fmt.Errorf("storage_url: %w", err)
	}
	client.SetAppInfo("adoptionfund", "1")
	return &bucket{client, u.Host}, nil
}

func (b *bucket) scratch() (*os.File, func(), error) {
	f, err := os.CreateTemp("", "adoptionfund-"+beginning)
	if err != nil {
		return nil, nil, fmt.Errorf("making a file: %w", err)
	}
	return f, func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}, nil
}

// put sends the file as one object in one request: it is there whole when the store has answered, and not at all before.
func (b *bucket) put(ctx context.Context, f *os.File, name string, size int64) error {
	how := minio.PutObjectOptions{DisableMultipart: true, ContentType: "application/octet-stream"}
	if _, err := b.client.PutObject(ctx, b.name, name, io.NewSectionReader(f, 0, size), size, how); err != nil {
		return fmt.Errorf("keeping a file: %w", err)
	}
	return nil
}

func (b *bucket) get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	object, err := b.client.GetObject(ctx, b.name, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, 0, fmt.Errorf("opening a file: %w", err)
	}
	info, err := object.Stat()
	if absent(err) {
		return nil, 0, errors.Join(fault.New(fault.NotFound, "There is no such file"), object.Close())
	}
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("opening a file: %w", err), object.Close())
	}
	return object, info.Size, nil
}

func absent(err error) bool {
	return err != nil && minio.ToErrorResponse(err).StatusCode == http.StatusNotFound
}

func (b *bucket) remove(ctx context.Context, name string, before time.Time) error {
	info, err := b.client.StatObject(ctx, b.name, name, minio.StatObjectOptions{})
	if err == nil && (before.IsZero() || info.LastModified.Before(before)) {
		err = b.client.RemoveObject(ctx, b.name, name, minio.RemoveObjectOptions{})
	}
	if err != nil && !absent(err) {
		return fmt.Errorf("removing a file: %w", err)
	}
	return nil
}

func (b *bucket) each(ctx context.Context, f func(name string, at time.Time) error) error {
	for object := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Recursive: true}) {
		if object.Err != nil {
			return fmt.Errorf("listing the files: %w", object.Err)
		}
		if err := f(object.Key, object.LastModified); err != nil {
			return err
		}
	}
	return nil
}

// tidy removes what processes that were killed left in the temporary folder of this machine.
func (b *bucket) tidy(_ context.Context, before time.Time) error {
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		return fmt.Errorf("looking into the temporary folder: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !strings.HasPrefix(e.Name(), "adoptionfund-"+beginning) || !info.ModTime().Before(before) {
			continue
		}
		if err := os.Remove(os.TempDir() + string(os.PathSeparator) + e.Name()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("removing what was left of an upload: %w", err)
		}
	}
	return nil
}

func (b *bucket) ready(ctx context.Context) error {
	there, err := b.client.BucketExists(ctx, b.name)
	if err != nil {
		return fmt.Errorf("asking for the bucket: %w", err)
	}
	if !there {
		return fmt.Errorf("there is no bucket %s", b.name)
	}
	return nil
}
