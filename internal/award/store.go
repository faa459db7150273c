package award

import (
	"fmt"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// ByRef reads the award of an application by its reference.
func ByRef(tx *work.Tx, ref ident.Ref) (*Award, error) {
	a, err := work.One[Award](tx.DB().Where("ref = ?", ref), "award")
	if err != nil {
		return nil, err
	}
	a.application, err = application.ByID(tx, a.ApplicationID)
	return a, err
}

// permitted reads an award to which the principal may do act.
func permitted(tx *work.Tx, ref ident.Ref, act access.Action) (*Award, error) {
	a, err := ByRef(tx, ref)
	if err != nil {
		return nil, err
	}
	if err := tx.Require(act, a); err != nil {
		return nil, err
	}
	return a, nil
}

func exists(tx *work.Tx, id ident.Application) (bool, error) {
	a, err := work.Find[Award](tx.DB().Where("application_id = ?", id), "award")
	return a != nil, err
}

// OfRound gives the awards of a round in the order of their references, without their applications.
func OfRound(tx *work.Tx, round ident.Round) ([]Award, error) {
	return work.Many[Award](tx.DB().Where("round_id = ?", round).Order("ref"), "awards")
}

// registered gives the awards that were agreed and count, newest first, at most n, with what the register says of them.
func registered(tx *work.Tx, n int) ([]Registered, error) {
	states := []workflow.AwardState{workflow.Active, workflow.Suspended, workflow.Completed, workflow.AwardClosed}
	var rows []Registered
	err := tx.DB().Table("awards AS w").Select("w.*, a.title AS title, a.lead_name AS lead, c.ref AS call").
		Joins("JOIN applications a ON a.id = w.application_id").Joins("JOIN calls c ON c.id = w.call_id").
		Where("w.agreed_at IS NOT NULL AND w.state IN ?", states).Order("w.agreed_at DESC, w.ref").Limit(n).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading the register: %w", err)
	}
	return rows, nil
}

func checksOf(tx *work.Tx, id ident.Award) ([]Check, error) {
	return work.Many[Check](tx.DB().Where("award_id = ?", id), "checks")
}

func putCheck(tx *work.Tx, c Check) error {
	err := tx.DB().Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "award_id"}, {Name: "kind"}}, UpdateAll: true}).Create(&c).Error
	if err != nil {
		return fmt.Errorf("keeping a check: %w", err)
	}
	return nil
}

func conditionsOf(tx *work.Tx, id ident.Award) ([]Condition, error) {
	return work.Many[Condition](tx.DB().Where("award_id = ?", id).Order("due, id"), "conditions")
}

// OpenConditions counts the conditions that are not met, by award, of a round.
func OpenConditions(tx *work.Tx, round ident.Round) (map[ident.Award]int, error) {
	var rows []struct {
		AwardID ident.Award
		N       int
	}
	err := tx.DB().Raw(`SELECT c.award_id, COUNT(*) AS n FROM award_conditions c JOIN awards a ON a.id = c.award_id
		WHERE a.round_id = ? AND c.met_at IS NULL GROUP BY c.award_id`, round).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("counting conditions: %w", err)
	}
	open := make(map[ident.Award]int, len(rows))
	for _, r := range rows {
		open[r.AwardID] = r.N
	}
	return open, nil
}

func acceptancesOf(tx *work.Tx, id ident.Award) ([]Acceptance, error) {
	return work.Many[Acceptance](tx.DB().Where("award_id = ?", id).Order("at, part"), "acceptances")
}

func addAcceptance(tx *work.Tx, a Acceptance) error {
	if err := tx.DB().Clauses(clause.OnConflict{DoNothing: true}).Create(&a).Error; err != nil {
		return fmt.Errorf("keeping an acceptance: %w", err)
	}
	return nil
}

// lapsing gives the references of offers whose due date has passed.
func lapsing(tx *work.Tx) ([]ident.Ref, error) {
	var refs []ident.Ref
	err := tx.DB().Model(&Award{}).Where("state = ? AND offer_due <= ?", workflow.Offered, tx.Now).Order("ref").Pluck("ref", &refs).Error
	if err != nil {
		return nil, fmt.Errorf("looking for offers past their date: %w", err)
	}
	return refs, nil
}

// In gives the awards in any of the states with their applications, in the order of their references: those that wait for somebody's
// next step, which are few at a time.
func In(tx *work.Tx, states ...workflow.AwardState) ([]*Award, error) {
	rows, err := work.Many[*Award](tx.DB().Where("state IN ?", states).Order("ref").Limit(200), "awards")
	if err != nil {
		return nil, err
	}
	ids := make([]ident.Application, len(rows))
	for i, a := range rows {
		ids[i] = a.ApplicationID
	}
	apps, err := application.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	kept := rows[:0]
	for _, a := range rows {
		if a.application = apps[a.ApplicationID]; a.application != nil {
			kept = append(kept, a)
		}
	}
	return kept, nil
}
