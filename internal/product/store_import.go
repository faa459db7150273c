package product

import (
	"fmt"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// importOf reads what waits to be taken into a return, or nil.
func importOf(tx *work.Tx, id ident.Product, formID string) (*Import, error) {
	return work.Find[Import](tx.DB().Where("product_id = ? AND form = ?", id, formID), "import")
}

// putImport keeps an import in place of the one before.
func putImport(tx *work.Tx, in *Import) error {
	columns := []string{"name", "digest", "reading", "person", "read_at"}
	err := tx.DB().Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "product_id"}, {Name: "form"}}, DoUpdates: clause.AssignmentColumns(columns),
	}).Create(in).Error
	if err != nil {
		return fmt.Errorf("keeping what was read of a document: %w", err)
	}
	return nil
}

func dropImport(tx *work.Tx, id ident.Product, formID string) error {
	if err := tx.DB().Where("product_id = ? AND form = ?", id, formID).Delete(&Import{}).Error; err != nil {
		return fmt.Errorf("ending an import: %w", err)
	}
	return nil
}
