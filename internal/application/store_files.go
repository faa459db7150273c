package application

import (
	"fmt"
	"time"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
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
	for _, names := range []func(*work.Tx, []string) ([]string, error){ownDigests, product.NamedDigests} {
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
	err := tx.DB().Raw("SELECT digest FROM files WHERE digest IN ? AND scan <> ? UNION SELECT digest FROM upload_pieces WHERE digest IN ?",
		digests, files.ScanInfected, digests).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("looking for the files that are named: %w", err)
	}
	return found, nil
}

// Uploading is an upload that comes in pieces and is under way.
type Uploading struct {
	ID            ident.Upload
	ApplicationID ident.Application
	Person        ident.Person
	Section       string
	Question      string
	Name          string
	Size          int64
	Received      int64
	StartedAt     time.Time
	TouchedAt     time.Time
}

// TableName is the table of uploads.
func (Uploading) TableName() string { return "uploads" }

// piece is a part of an upload that has arrived.
type piece struct {
	UploadID ident.Upload
	Starts   int64
	Size     int64
	Digest   string
}

func (piece) TableName() string { return "upload_pieces" }

// uploadOf gives an upload of the one who acts in an application.
func uploadOf(tx *work.Tx, a *Application, id ident.Upload) (*Uploading, error) {
	if _, err := ident.Parse[ident.Upload](string(id)); err != nil {
		return nil, work.NotFound("upload")
	}
	return work.One[Uploading](tx.DB().Where("id = ? AND application_id = ? AND person = ?", id, a.ID, tx.By.ID), "upload")
}

// underWay gives the uploads of the one who acts in an application, oldest first.
func underWay(tx *work.Tx, id ident.Application) ([]Uploading, error) {
	return work.Many[Uploading](tx.DB().Where("application_id = ? AND person = ?", id, tx.By.ID).Order("started_at, id"), "uploads")
}

// countUploads says how many uploads are under way in an application, and by the one who acts.
func countUploads(tx *work.Tx, id ident.Application) (inApplication, byPerson int64, err error) {
	if err := tx.DB().Model(&Uploading{}).Where("application_id = ?", id).Count(&inApplication).Error; err != nil {
		return 0, 0, fmt.Errorf("counting uploads: %w", err)
	}
	if err := tx.DB().Model(&Uploading{}).Where("person = ?", tx.By.ID).Count(&byPerson).Error; err != nil {
		return 0, 0, fmt.Errorf("counting uploads: %w", err)
	}
	return inApplication, byPerson, nil
}

// addPiece notes that a piece has arrived, unless another one came first at its place.
func addPiece(tx *work.Tx, p piece) (bool, error) {
	done := tx.DB().Model(&Uploading{}).Where("id = ? AND received = ?", p.UploadID, p.Starts).
		Updates(map[string]any{"received": p.Starts + p.Size, "touched_at": tx.Now})
	if done.Error != nil {
		return false, fmt.Errorf("noting a piece: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return false, nil
	}
	return true, work.Add(tx, &p)
}

func piecesOf(tx *work.Tx, id ident.Upload) ([]piece, error) {
	return work.Many[piece](tx.DB().Where("upload_id = ?", id).Order("starts"), "pieces of the upload")
}

// endUpload takes an upload's rows away. One that was ended before is not there.
func endUpload(tx *work.Tx, id ident.Upload) error {
	if err := tx.DB().Where("upload_id = ?", id).Delete(&piece{}).Error; err != nil {
		return fmt.Errorf("ending an upload: %w", err)
	}
	done := tx.DB().Where("id = ?", id).Delete(&Uploading{})
	if done.Error != nil {
		return fmt.Errorf("ending an upload: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return work.NotFound("upload")
	}
	return nil
}

// abandoned gives the uploads in which nothing has arrived since a moment.
func abandoned(tx *work.Tx, since time.Time) ([]Uploading, error) {
	return work.Many[Uploading](tx.DB().Where("touched_at < ?", since).Order("id").Limit(1000), "uploads")
}
