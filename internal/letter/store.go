package letter

import (
	"fmt"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// latestTemplates gives the newest version of each template that a round has set.
func latestTemplates(tx *work.Tx, round ident.Round) (map[Kind]Template, error) {
	rows, err := work.Many[Template](tx.DB().Where("round_id = ?", round).Order("version"), "templates of letters")
	latest := map[Kind]Template{}
	for _, t := range rows {
		latest[t.Kind] = t
	}
	return latest, err
}

// versionsOf gives the versions of one template of a round, the newest first.
func versionsOf(tx *work.Tx, round ident.Round, kind Kind) ([]Template, error) {
	return work.Many[Template](tx.DB().Where("round_id = ? AND kind = ?", round, kind).Order("version DESC"), "versions of a template")
}

func addLetters(tx *work.Tx, rows []Letter) error {
	if len(rows) == 0 {
		return nil
	}
	if err := tx.DB().CreateInBatches(&rows, 100).Error; err != nil {
		return fmt.Errorf("keeping letters: %w", err)
	}
	return nil
}

// lettersTo gives the released letters on an application, the newest first.
func lettersTo(tx *work.Tx, id ident.Application) ([]Letter, error) {
	rows, err := work.Many[Letter](tx.DB().Where("application_id = ?", id).Order("written_at DESC, number DESC"), "letters")
	for i := range rows {
		if i > 0 && rows[i-1].DecisionID == rows[i].DecisionID {
			rows[i].ReplacedAt = &rows[i-1].WrittenAt
		}
	}
	return rows, err
}

func correctionsOf(tx *work.Tx, id ident.Application) ([]Correction, error) {
	return work.Many[Correction](tx.DB().Where("application_id = ?", id).Order("proposed_at DESC, id DESC"), "corrections of letters")
}

func correctionByID(tx *work.Tx, id string) (*Correction, error) {
	return work.One[Correction](tx.DB().Where("id = ?", id), "correction")
}

// LooksAt gives who looked last at each of the letters of some decisions, by decision.
func LooksAt(tx *work.Tx, decisions []string) (map[string][]Looked, error) {
	by := map[string][]Looked{}
	if len(decisions) == 0 {
		return by, nil
	}
	rows, err := work.Many[Looked](tx.DB().Where("decision_id IN ?", decisions).Order("at DESC, person"), "looks at letters")
	for _, l := range rows {
		by[l.DecisionID] = append(by[l.DecisionID], l)
	}
	return by, err
}

// Look notes that the one who acts looked at a letter as it stands.
func Look(tx *work.Tx, d *Draft) error {
	row := &Looked{DecisionID: d.DecisionID, Person: tx.By.ID, Digest: d.Digest, At: tx.Now}
	on := clause.OnConflict{Columns: []clause.Column{{Name: "decision_id"}, {Name: "person"}}, DoUpdates: clause.AssignmentColumns([]string{"digest", "at"})}
	if err := tx.DB().Clauses(on).Create(row).Error; err != nil {
		return fmt.Errorf("noting that a letter was looked at: %w", err)
	}
	return nil
}
