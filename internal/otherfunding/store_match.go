package otherfunding

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// waiting is an application whose other funding matters.
type waiting struct {
	ID  ident.Application
	Ref ident.Ref
}

func undecided(tx *work.Tx, states []workflow.ApplicationState, after ident.Ref, n int) ([]waiting, error) {
	q := tx.DB().Table("applications").Select("id, ref").Where("ref > ? AND state IN ? AND submission_id IS NOT NULL", after, states).Order("ref").Limit(n)
	return work.Many[waiting](q, "applications")
}

func recordOfApplication(tx *work.Tx, id ident.Application) (*Record, error) {
	return work.Find[Record](tx.DB().Where("application_id = ?", id), "record")
}

func removeApplication(tx *work.Tx, id int64) error {
	err := indexOf(tx).remove(tx.DB(), id, id)
	if err == nil {
		err = tx.DB().Where("id = ?", id).Delete(&Record{}).Error
	}
	if err != nil {
		return fmt.Errorf("removing the record of an application: %w", err)
	}
	return nil
}

// Forget takes an application out of what is searched for double funding, where its data is removed. The caller has asked for permission,
// and records the event.
func Forget(tx *work.Tx, id ident.Application) error {
	r, err := recordOfApplication(tx, id)
	if err != nil || r == nil {
		return err
	}
	return removeApplication(tx, r.ID)
}

// nextApplication is the id for the record of an application.
func nextApplication(tx *work.Tx) (int64, error) {
	var n int64
	if err := tx.DB().Model(&Record{}).Select("COALESCE(MAX(id), 0)").Where("id < ?", spread).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("numbering a record: %w", err)
	}
	return n + 1, nil
}

// kept gives the matches that were found when an application was last looked at.
func kept(tx *work.Tx, ids ...ident.Application) ([]Found, error) {
	among, list := work.Among(tx, "application_id", ids)
	return work.Many[Found](tx.DB().Where(among, list).Order("application_id, identity"), "matches")
}

// Searched is when an application was last looked at, and for which submission.
type Searched struct {
	ApplicationID ident.Application `gorm:"primaryKey"`
	SubmissionID  ident.Submission
	SearchedAt    time.Time
}

// searchedFor gives the submission for which matches were last looked for; empty: never.
func searchedFor(tx *work.Tx, id ident.Application) (ident.Submission, error) {
	row, err := work.Find[Searched](tx.DB().Where("application_id = ?", id), "search")
	if err != nil || row == nil {
		return "", err
	}
	return row.SubmissionID, nil
}

// keep puts what was found in the place of what was found before.
func keep(tx *work.Tx, id ident.Application, sub ident.Submission, list []Found) error {
	err := tx.DB().Where("application_id = ?", id).Delete(&Found{}).Error
	if err == nil && len(list) > 0 {
		err = tx.DB().Create(&list).Error
	}
	again := clause.OnConflict{Columns: []clause.Column{{Name: "application_id"}}, UpdateAll: true}
	err = errors.Join(err, tx.DB().Clauses(again).Create(&Searched{id, sub, tx.Now}).Error)
	if err != nil {
		return fmt.Errorf("keeping matches: %w", err)
	}
	return nil
}

func addFound(tx *work.Tx, m Found) error {
	again := clause.OnConflict{Columns: []clause.Column{{Name: "application_id"}, {Name: "identity"}}, UpdateAll: true}
	if err := tx.DB().Clauses(again).Create(&m).Error; err != nil {
		return fmt.Errorf("keeping a match: %w", err)
	}
	return nil
}

// settlements gives what was concluded of an application's matches, the newest first.
func settlements(tx *work.Tx, ids ...ident.Application) ([]Settlement, error) {
	among, list := work.Among(tx, "application_id", ids)
	return work.Many[Settlement](tx.DB().Where(among, list).Order("settled_at DESC, id DESC"), "conclusions")
}

func setAside(tx *work.Tx, id string) error {
	if err := tx.DB().Model(&Settlement{}).Where("id = ?", id).Update("standing", false).Error; err != nil {
		return fmt.Errorf("replacing a conclusion: %w", err)
	}
	return nil
}

// promised gives what applications were awarded. There is an award from the release of the outcomes on, never before.
func promised(tx *work.Tx, ids []ident.Application) (map[ident.Application]*money.Pence, error) {
	type line struct {
		ApplicationID ident.Application
		State         workflow.AwardState
		Amount        money.Pence
	}
	among, list := work.Among(tx, "application_id", ids)
	lines, err := work.Many[line](tx.DB().Table("awards").Select("application_id, state, amount").Where(among, list).Order("ref"), "awards")
	amounts := map[ident.Application]*money.Pence{}
	for _, l := range lines {
		if workflow.Promised(l.State) {
			amounts[l.ApplicationID] = &l.Amount
		}
	}
	return amounts, err
}

// TableName is the table of searches.
func (Searched) TableName() string { return "other_funding_searches" }
