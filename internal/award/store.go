package award

import (
	"fmt"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/award/plan"
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

// Permitted reads an award to which the principal may do act.
func Permitted(tx *work.Tx, ref ident.Ref, act access.Action) (*Award, error) {
	return permitted(tx, ref, act)
}

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

// CountIn counts the awards of a call in any of the states.
func CountIn(tx *work.Tx, call ident.Call, states ...workflow.AwardState) (int64, error) {
	var n int64
	if err := tx.DB().Model(&Award{}).Where("call_id = ? AND state IN ?", call, states).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting awards: %w", err)
	}
	return n, nil
}

func exists(tx *work.Tx, id ident.Application) (bool, error) {
	a, err := work.Find[Award](tx.DB().Where("application_id = ?", id), "award")
	return a != nil, err
}

// OfRound gives the awards of a round in the order of their references, without their applications.
func OfRound(tx *work.Tx, round ident.Round) ([]Award, error) {
	return work.Many[Award](tx.DB().Where("round_id = ?", round).Order("ref"), "awards")
}

// In gives the awards in any of the states with their applications, in the order of their references: those that wait for somebody's
// next step, which are few at a time.
func In(tx *work.Tx, states ...workflow.AwardState) ([]*Award, error) {
	rows, err := work.Many[*Award](tx.DB().Where("state IN ?", states).Order("ref").Limit(200), "awards")
	if err != nil {
		return nil, err
	}
	return complete(tx, rows)
}

// All gives all awards with their applications, the newest round first: with a fixed number of queries, however many there are.
func All(tx *work.Tx) ([]*Award, error) {
	rows, err := work.Many[*Award](tx.DB().Order("round_id DESC, ref").Limit(5000), "awards")
	if err != nil {
		return nil, err
	}
	return complete(tx, rows)
}

func complete(tx *work.Tx, rows []*Award) ([]*Award, error) {
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

// lapsing gives the references of offers whose due date has passed.
func lapsing(tx *work.Tx) ([]ident.Ref, error) {
	var refs []ident.Ref
	err := tx.DB().Model(&Award{}).Where("state = ? AND offer_due <= ?", workflow.Offered, tx.Now).Order("ref").Pluck("ref", &refs).Error
	if err != nil {
		return nil, fmt.Errorf("looking for offers past their date: %w", err)
	}
	return refs, nil
}

// TermsOf gives the terms of an award; nil if it has none yet.
func TermsOf(tx *work.Tx, id ident.Award) (*Terms, error) {
	return work.Find[Terms](tx.DB().Where("id = ?", id), "terms of the award")
}

// TermsByAward gives the terms of awards.
func TermsByAward(tx *work.Tx, ids []ident.Award) (map[ident.Award]*Terms, error) {
	rows, err := work.Many[*Terms](tx.DB().Where("id IN ?", ids), "terms of awards")
	by := make(map[ident.Award]*Terms, len(rows))
	for _, t := range rows {
		by[t.ID] = t
	}
	return by, err
}

func saveTerms(tx *work.Tx, t *Terms) error { return work.Save(tx, t, &t.Version) }

// SaveTerms keeps what changed of an award's terms.
func SaveTerms(tx *work.Tx, t *Terms) error { return saveTerms(tx, t) }

func checksOf(tx *work.Tx, id ident.Award) ([]Check, error) {
	return work.Many[Check](tx.DB().Where("award_id = ?", id).Order("kind, number"), "checks")
}

func addCheck(tx *work.Tx, c Check) error { return work.Add(tx, &c) }

func plansOf(tx *work.Tx, id ident.Award) ([]Revised, error) {
	return work.Many[Revised](tx.DB().Where("award_id = ?", id).Order("number"), "revised plans")
}

func savePlan(tx *work.Tx, r Revised) error {
	if err := tx.DB().Model(&Revised{}).Where("award_id = ? AND number = ?", r.AwardID, r.Number).Select("*").Updates(&r).Error; err != nil {
		return fmt.Errorf("keeping a revised plan: %w", err)
	}
	return nil
}

// AgreementOf gives the agreement of an award; nil if none was drawn up.
func AgreementOf(tx *work.Tx, id ident.Award) (*Agreement, error) {
	return work.Find[Agreement](tx.DB().Where("id = ?", id), "agreement")
}

func saveAgreement(tx *work.Tx, g *Agreement) error {
	if err := tx.DB().Model(&Agreement{}).Where("id = ?", g.ID).Select("*").Updates(g).Error; err != nil {
		return fmt.Errorf("keeping an agreement: %w", err)
	}
	return nil
}

// PaymentsOf gives the payments of an award in their order.
func PaymentsOf(tx *work.Tx, id ident.Award) ([]Payment, error) {
	return work.Many[Payment](tx.DB().Where("award_id = ?", id).Order("number"), "payments")
}

func paymentByID(tx *work.Tx, award ident.Award, id string) (*Payment, error) {
	if _, err := ident.Parse[string](id); err != nil {
		return nil, work.NotFound("payment")
	}
	return work.One[Payment](tx.DB().Where("id = ? AND award_id = ?", id, award), "payment")
}

func savePayment(tx *work.Tx, p Payment) error {
	if err := tx.DB().Model(&Payment{}).Where("id = ?", p.ID).Select("*").Updates(&p).Error; err != nil {
		return fmt.Errorf("keeping a payment: %w", err)
	}
	return nil
}

// SavePayments keeps the amounts of payments after a variation.
func SavePayments(tx *work.Tx, payments []Payment) error {
	for _, p := range payments {
		if err := savePayment(tx, p); err != nil {
			return err
		}
	}
	return nil
}

// schedule adds the payments of an award.
func schedule(tx *work.Tx, a *Award, in []plan.Instalment) error {
	if len(in) == 0 {
		return nil
	}
	rows := make([]Payment, len(in))
	for i, p := range in {
		rows[i] = Payment{ID: ident.New[string](), AwardID: a.ID, Number: i + 1, Due: p.Due, Amount: p.Amount, Condition: p.Condition}
	}
	if err := tx.DB().Create(&rows).Error; err != nil {
		return fmt.Errorf("keeping payments: %w", err)
	}
	return nil
}

// reschedule puts other payments in the place of those of an award.
func reschedule(tx *work.Tx, a *Award, in []plan.Instalment) error {
	if err := tx.DB().Where("award_id = ?", a.ID).Delete(&Payment{}).Error; err != nil {
		return fmt.Errorf("replacing payments: %w", err)
	}
	return schedule(tx, a, in)
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
