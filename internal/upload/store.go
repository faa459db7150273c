package upload

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// piece is a part of an upload that has arrived.
type piece struct {
	UploadID ident.Upload
	Starts   int64
	Size     int64
	Digest   string
}

func (piece) TableName() string { return "upload_pieces" }

func (to To) rows(tx *work.Tx) *gorm.DB {
	if to.Product != "" {
		return tx.DB().Model(&Uploading{}).Where("product_id = ? AND form = ?", to.Product, to.Form)
	}
	return tx.DB().Model(&Uploading{}).Where("application_id = ?", to.Application)
}

// Of gives the uploads of the one who acts to a place, oldest first.
func Of(tx *work.Tx, to To) ([]Uploading, error) {
	return work.Many[Uploading](to.rows(tx).Where("person = ?", tx.By.ID).Order("started_at, id"), "uploads")
}

// One gives an upload of the one who acts to a place.
func One(tx *work.Tx, to To, id ident.Upload) (*Uploading, error) {
	if _, err := ident.Parse[ident.Upload](string(id)); err != nil {
		return nil, work.NotFound("upload")
	}
	return work.One[Uploading](to.rows(tx).Where("id = ? AND person = ?", id, tx.By.ID), "upload")
}

// count says how many uploads are under way to a place, and of the one who acts.
func count(tx *work.Tx, to To) (here, own int64, err error) {
	if err := to.rows(tx).Count(&here).Error; err != nil {
		return 0, 0, fmt.Errorf("counting uploads: %w", err)
	}
	if err := tx.DB().Model(&Uploading{}).Where("person = ?", tx.By.ID).Count(&own).Error; err != nil {
		return 0, 0, fmt.Errorf("counting uploads: %w", err)
	}
	return here, own, nil
}

// add notes that a piece has arrived, unless another one came first at its place.
func add(tx *work.Tx, p piece) (bool, error) {
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

// End takes an upload's rows away. One that was ended before is not there.
func End(tx *work.Tx, id ident.Upload) error {
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

// Abandoned gives the uploads in which nothing has arrived since a moment.
func Abandoned(tx *work.Tx, since time.Time) ([]Uploading, error) {
	return work.Many[Uploading](tx.DB().Where("touched_at < ?", since).Order("id").Limit(1000), "uploads")
}

// NamedDigests gives those of the digests that a piece or a kept file names.
func NamedDigests(tx *work.Tx, digests []string) ([]string, error) {
	var found []string
	if err := tx.DB().Raw("SELECT digest FROM upload_pieces WHERE digest IN ?", digests).Scan(&found).Error; err != nil {
		return nil, fmt.Errorf("looking for the pieces that are named: %w", err)
	}
	kept, err := keptDigests(tx, digests)
	return append(found, kept...), err
}
