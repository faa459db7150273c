package people

import (
	"fmt"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/work"
)

// viewsOf gives the views of a list that the one who acts keeps.
func viewsOf(tx *work.Tx, list string) ([]View, error) {
	if tx.By.ID == "" {
		return nil, nil
	}
	return work.Many[View](tx.DB().Where("person = ? AND list = ?", tx.By.ID, list).Order("name"), "views")
}

// keepView keeps a view in place of one of the same name.
func keepView(tx *work.Tx, v View) error {
	c := clause.OnConflict{Columns: []clause.Column{{Name: "person"}, {Name: "list"}, {Name: "name"}}, DoUpdates: clause.AssignmentColumns([]string{"query", "kept_at"})}
	if err := tx.DB().Clauses(c).Create(&v).Error; err != nil {
		return fmt.Errorf("keeping a view: %w", err)
	}
	return nil
}

func dropView(tx *work.Tx, id string) error {
	if err := tx.DB().Where("id = ? AND person = ?", id, tx.By.ID).Delete(&View{}).Error; err != nil {
		return fmt.Errorf("removing a view: %w", err)
	}
	return nil
}
