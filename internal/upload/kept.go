package upload

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/files"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Kept is a file that belongs to something that comes after an application, such as the evidence of a check of an award.
type Kept struct {
	ID         ident.File
	Subject    string // what it belongs to
	Place      string // where in that
	Name       string
	MediaType  string
	Size       int64
	Digest     string
	UploadedBy ident.Person
	UploadedAt time.Time
	Scan       files.ScanState
	ScannedAt  *time.Time
	Found      string // the name of the virus
}

// TableName is the table of kept files.
func (Kept) TableName() string { return "kept_files" }

// The limits of kept files.
const (
	MostKept     = 25 << 20
	mostAtAPlace = 20
)

// kinds are the endings of files that are kept.
func kinds() []string {
	return []string{".pdf", ".docx", ".xlsx", ".pptx", ".csv", ".txt", ".eml", ".jpg", ".jpeg", ".png"}
}

// Store keeps the bytes of a file that a form brought, and says what is known of it. Its row follows inside, with Add.
func Store(ctx context.Context, store *files.Store, name string, content io.Reader) (Kept, error) {
	name = files.CleanName(name)
	if !slices.Contains(kinds(), strings.ToLower(path.Ext(name))) {
		return Kept{}, fault.Fields(fault.Problems{"file": "Select a file of one of these kinds: PDF, Word, Excel, PowerPoint, CSV, text, mail or picture"})
	}
	stored, err := store.Put(ctx, content, MostKept, files.Fits(name))
	if f, ok := fault.Of(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge) {
		return Kept{}, fault.Fields(fault.Problems{"file": f.Words})
	}
	if err != nil {
		return Kept{}, err //nolint:wrapcheck // files has said what it was doing
	}
	k := Kept{ID: ident.New[ident.File](), Name: name, MediaType: stored.MediaType, Size: stored.Size, Digest: stored.Digest, Scan: files.ScanOff}
	if store.Scans() {
		k.Scan = files.ScanPending
	}
	return k, nil
}

// Add keeps the row of a stored file with what it belongs to. The caller has asked for permission, and records the event.
func Add(tx *work.Tx, k Kept) error {
	there, err := At(tx, k.Subject)
	if err != nil {
		return err
	}
	n := 0
	for _, other := range there {
		if other.Place == k.Place {
			n++
		}
	}
	if n >= mostAtAPlace {
		return fault.Fields(fault.Problems{"file": "There are too many files here already"})
	}
	k.UploadedBy, k.UploadedAt = tx.By.ID, tx.Now
	if err := work.Add(tx, &k); err != nil {
		return err //nolint:wrapcheck // says what it was doing
	}
	if k.Scan == files.ScanPending {
		return tx.Enqueue(string(access.ScanFiles), string(access.ScanFiles)+":"+string(k.ID), string(k.ID), tx.Now) //nolint:wrapcheck // says what it was doing
	}
	return nil
}

// At gives the files that belong to something, oldest first.
func At(tx *work.Tx, subject string) ([]Kept, error) {
	return work.Many[Kept](tx.DB().Where("subject = ?", subject).Order("uploaded_at, id"), "files")
}

// KeptByID gives a file of something. One that is held back or had a virus in it is given to nobody.
func KeptByID(tx *work.Tx, subject string, id ident.File) (*Kept, error) {
	if _, err := ident.Parse[ident.File](string(id)); err != nil {
		return nil, work.NotFound("file")
	}
	k, err := work.One[Kept](tx.DB().Where("id = ? AND subject = ?", id, subject), "file")
	if err != nil {
		return nil, err //nolint:wrapcheck // a fault for the person
	}
	switch k.Scan {
	case files.ScanPending:
		return nil, fault.New(fault.Conflict, "The file is still being scanned for viruses. Try again in a few minutes")
	case files.ScanInfected:
		return nil, fault.New(fault.Conflict, "A virus was found in the file, and it was removed")
	case files.ScanOff, files.ScanClean:
	}
	return k, nil
}

// KeptToScan gives digest and size of a kept file that waits to be scanned; an empty digest if there is none.
func KeptToScan(tx *work.Tx, id ident.File) (digest string, size int64, err error) {
	k, err := work.Find[Kept](tx.DB().Where("id = ? AND scan = ?", id, files.ScanPending), "file")
	if err != nil || k == nil {
		return "", 0, err //nolint:wrapcheck // says what it was doing
	}
	return k.Digest, k.Size, nil
}

// KeptWaiting gives the kept files that wait to be scanned since before a moment.
func KeptWaiting(tx *work.Tx, before time.Time) ([]ident.File, error) {
	rows, err := work.Many[Kept](tx.DB().Where("scan = ? AND uploaded_at < ?", files.ScanPending, before).Order("uploaded_at, id").Limit(1000), "files")
	ids := make([]ident.File, len(rows))
	for i, k := range rows {
		ids[i] = k.ID
	}
	return ids, err //nolint:wrapcheck // says what it was doing
}

// KeptScanned keeps what a scan found on all kept files with a digest; found is empty for a clean file. Whoever opens an infected one is
// told.
func KeptScanned(tx *work.Tx, digest, found string) error {
	states, result := []files.ScanState{files.ScanPending}, files.ScanClean
	if found != "" {
		states, result = []files.ScanState{files.ScanPending, files.ScanClean, files.ScanOff}, files.ScanInfected
	}
	done := tx.DB().Model(&Kept{}).Where("digest = ? AND scan IN ?", digest, states).Updates(map[string]any{"scan": result, "scanned_at": tx.Now, "found": found})
	if done.Error != nil {
		return fmt.Errorf("keeping a scan: %w", done.Error)
	}
	if done.RowsAffected == 0 {
		return nil
	}
	tx.Record(audit.Event{Verb: string(access.ScanFiles), Kind: "files", Facts: map[string]any{"digest": digest, "result": result, "found": found}})
	return tx.Require(access.ScanFiles, access.Scope{}) //nolint:wrapcheck // a fault for the person
}

// keptDigests gives those of the digests that a kept file names whose bytes must be kept.
func keptDigests(tx *work.Tx, digests []string) ([]string, error) {
	var found []string
	if err := tx.DB().Model(&Kept{}).Where("digest IN ? AND scan <> ?", digests, files.ScanInfected).Pluck("digest", &found).Error; err != nil {
		return nil, fmt.Errorf("looking for the kept files that are named: %w", err)
	}
	return found, nil
}
