package application

import (
	"fmt"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/upload"
	"adoptionfund/internal/work"
)

// File is an evidence file as kept: the bytes are in the store of files, by digest.
type File struct {
	ID            ident.File
	ApplicationID ident.Application
	Question      string
	Name          string
	MediaType     string
	Size          int64
	Digest        string
	UploadedBy    ident.Person
	UploadedAt    time.Time
	RemovedAt     *time.Time
	Scan          files.ScanState
	ScannedAt     *time.Time
	Found         string // the name of the virus
}

// refused says why nobody is given the file, or nothing.
func (f *File) refused() error {
	switch f.Scan {
	case files.ScanPending:
		return fault.New(fault.Conflict, "The file %s is being checked for viruses. It can be downloaded when that is done", files.Quoted(f.Name))
	case files.ScanInfected:
		return work.NotFound("file")
	case files.ScanOff, files.ScanClean:
	}
	return nil
}

// stops says why an application cannot be submitted with the file, or nothing.
func (f *File) stops() string {
	switch f.Scan {
	case files.ScanPending:
		return fmt.Sprintf("The file %s is still being checked for viruses. Wait a few minutes, then try again", files.Quoted(f.Name))
	case files.ScanInfected:
		return fmt.Sprintf("A virus was found in the file %s. Remove it", files.Quoted(f.Name))
	case files.ScanOff, files.ScanClean:
	}
	return ""
}

func filesOf(tx *work.Tx, id ident.Application) ([]File, error) {
	return work.Many[File](tx.DB().Where("application_id = ? AND removed_at IS NULL", id).Order("uploaded_at, id"), "files")
}

func fileByID(tx *work.Tx, id ident.File) (*File, error) {
	if _, err := ident.Parse[ident.File](string(id)); err != nil {
		return nil, work.NotFound("file")
	}
	return work.One[File](tx.DB().Where("id = ? AND removed_at IS NULL", id), "file")
}

func removeFile(tx *work.Tx, id ident.File) error {
	if err := tx.DB().Model(&File{}).Where("id = ?", id).Update("removed_at", tx.Now).Error; err != nil {
		return fmt.Errorf("removing a file: %w", err)
	}
	return nil
}

// sameBytes gives the files with a digest, of every application, that a scan has something new to say of.
func sameBytes(tx *work.Tx, digest string, states []files.ScanState) ([]File, error) {
	return work.Many[File](tx.DB().Where("digest = ? AND scan IN ?", digest, states).Order("id"), "files")
}

func keepScan(tx *work.Tx, f *File) error {
	changes := map[string]any{"scan": f.Scan, "scanned_at": f.ScannedAt, "found": f.Found}
	if err := tx.DB().Model(&File{}).Where("id = ?", f.ID).Updates(changes).Error; err != nil {
		return fmt.Errorf("keeping a scan: %w", err)
	}
	return nil
}

// waiting gives the files that wait to be scanned since before a moment.
func waitingForScan(tx *work.Tx, before time.Time) ([]File, error) {
	return work.Many[File](tx.DB().Where("scan = ? AND uploaded_at < ? AND removed_at IS NULL", files.ScanPending, before).Order("uploaded_at, id").Limit(1000), "files")
}

// namedDigests gives those of the digests that a row names whose bytes must be kept: it asks each room that keeps files. One that is
// not asked loses its bytes to the sweep.
func namedDigests(tx *work.Tx, digests []string) (map[string]bool, error) {
	named := map[string]bool{}
	for _, names := range []func(*work.Tx, []string) ([]string, error){ownDigests, product.NamedDigests, upload.NamedDigests} {
		found, err := names(tx, digests)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			named[d] = true
		}
	}
	return named, nil
}

// ownDigests are those that applications name. What was taken out of an answer stays: its history and submissions name it.
func ownDigests(tx *work.Tx, digests []string) ([]string, error) {
	var found []string
	err := tx.DB().Raw("SELECT digest FROM files WHERE digest IN ? AND scan <> ?", digests, files.ScanInfected).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("looking for the files that are named: %w", err)
	}
	return found, nil
}
