package product

import (
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/files"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

func fileByID(tx *work.Tx, id ident.File) (*ReturnFile, error) {
	if _, err := ident.Parse[ident.File](string(id)); err != nil {
		return nil, work.NotFound("file")
	}
	return work.One[ReturnFile](tx.DB().Where("id = ?", id), "file")
}

func filesOf(tx *work.Tx, id ident.Product, formID string) ([]ReturnFile, error) {
	return work.Many[ReturnFile](tx.DB().Where("product_id = ? AND form = ?", id, formID).Order("uploaded_at, id"), "files of the return")
}

// dropUnnamed removes the files of a return that nothing names any more and that were never sent.
func dropUnnamed(tx *work.Tx, r *Return) error {
	q := tx.DB().Where("product_id = ? AND form = ? AND sent_at IS NULL", r.ProductID, r.Form)
	if named := r.Body.named(); len(named) > 0 {
		q = q.Where("id NOT IN ?", named)
	}
	if err := q.Delete(&ReturnFile{}).Error; err != nil {
		return fmt.Errorf("removing evidence: %w", err)
	}
	return nil
}

// markSent notes which files were sent.
func markSent(tx *work.Tx, r *Return) error {
	named := r.Body.named()
	if len(named) == 0 {
		return nil
	}
	err := tx.DB().Model(&ReturnFile{}).Where("product_id = ? AND form = ? AND id IN ? AND sent_at IS NULL", r.ProductID, r.Form, named).Update("sent_at", tx.Now).Error
	if err != nil {
		return fmt.Errorf("noting the evidence that is sent: %w", err)
	}
	return nil
}

// Bytes is what the scan of a file needs.
type Bytes struct {
	Digest string
	Size   int64
}

// ToScan gives the file of a return that waits to be scanned, or nil.
func ToScan(tx *work.Tx, id ident.File) (*Bytes, error) {
	f, err := work.Find[ReturnFile](tx.DB().Where("id = ? AND scan = ?", id, files.ScanPending), "file")
	if err != nil || f == nil {
		return nil, err
	}
	return &Bytes{f.Digest, f.Size}, nil
}

// WaitForScan gives the files of returns that wait to be scanned since before a moment.
func WaitForScan(tx *work.Tx, before time.Time) ([]ident.File, error) {
	rows, err := work.Many[ReturnFile](tx.DB().Where("scan = ? AND uploaded_at < ?", files.ScanPending, before).Order("uploaded_at, id").Limit(1000), "files")
	ids := make([]ident.File, len(rows))
	for i, f := range rows {
		ids[i] = f.ID
	}
	return ids, err
}

// Scanned keeps what a scan found on all files of returns with a digest; found is empty for a clean file. Those who uploaded an infected
// one are told.
func Scanned(tx *work.Tx, digest, found string) error {
	states, result := []files.ScanState{files.ScanPending}, files.ScanClean
	if found != "" {
		states, result = []files.ScanState{files.ScanPending, files.ScanClean, files.ScanOff}, files.ScanInfected
	}
	rows, err := work.Many[ReturnFile](tx.DB().Where("digest = ? AND scan IN ?", digest, states).Order("id"), "files")
	if err != nil {
		return err
	}
	for _, f := range rows {
		p, err := anyByID(tx, f.ProductID)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ScanFiles, p.reached(tx, access.ScanFiles)); err != nil {
			return err
		}
		changes := map[string]any{"scan": result, "scanned_at": tx.Now, "found": found}
		if err := tx.DB().Model(&ReturnFile{}).Where("id = ?", f.ID).Updates(changes).Error; err != nil {
			return fmt.Errorf("keeping a scan: %w", err)
		}
		tx.Record(event(p.ID, string(access.ScanFiles), map[string]any{"digest": digest, "result": result, "found": found}))
		if found == "" {
			continue
		}
		if err := tellInfected(tx, p, f, found); err != nil {
			return err
		}
	}
	return nil
}

func tellInfected(tx *work.Tx, p *Product, f ReturnFile, found string) error {
	who, err := people.ByID(tx, f.UploadedBy)
	if err != nil {
		return err
	}
	fields := map[string]string{"name": who.Name, "product": p.Name, "version": p.Version, "id": string(p.ID), "file": f.Name, "found": found}
	return tx.Notify(notify.Message{Kind: "evidence_infected", Person: who.ID, Address: who.Email, Key: string(f.ID), Fields: fields})
}

// NamedDigests gives those of the digests that a file of a return names whose bytes must be kept.
func NamedDigests(tx *work.Tx, digests []string) ([]string, error) {
	var found []string
	err := tx.DB().Raw("SELECT digest FROM return_files WHERE digest IN ? AND scan <> ?", digests, files.ScanInfected).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("looking for the evidence that is named: %w", err)
	}
	return found, nil
}
