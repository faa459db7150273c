package assignment

import (
	"fmt"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// ReviewerOf gives the reviewer that a person is in a round, nil if they are none.
func ReviewerOf(tx *work.Tx, round ident.Round, person ident.Person) (*Reviewer, error) {
	return work.Find[Reviewer](tx.DB().Where("round_id = ? AND person = ?", round, person), "reviewer")
}

// Employers gives for whom the reviewers of a round work.
func Employers(tx *work.Tx, round ident.Round) (map[ident.Person][]ident.ODS, error) {
	rows, err := ReviewersIn(tx, round)
	all := make(map[ident.Person][]ident.ODS, len(rows))
	for _, r := range rows {
		all[r.Person] = []ident.ODS{r.ODS}
	}
	return all, err
}

// ReviewersIn gives the reviewers of a round.
func ReviewersIn(tx *work.Tx, round ident.Round) ([]Reviewer, error) {
	return work.Many[Reviewer](tx.DB().Where("round_id = ?", round).Order("kind, person"), "reviewers")
}

// reviewersOf gives the places of somebody in the pools of all rounds.
func reviewersOf(tx *work.Tx, person ident.Person) ([]Reviewer, error) {
	return work.Many[Reviewer](tx.DB().Where("person = ?", person).Order("added_at, id"), "reviewers")
}

// holding is how many reviews somebody has in a round.
type holding struct{ stands, done int }

// heldIn counts the assignments of a round that stand, by person.
func heldIn(tx *work.Tx, round ident.Round) (map[ident.Person]holding, error) {
	var rows []struct {
		Person ident.Person
		State  State
		N      int
	}
	err := tx.DB().Table("assignments AS s").Select("s.person, s.state, COUNT(*) AS n").Joins("JOIN applications a ON a.id = s.application_id").
		Where("a.round_id = ? AND s.state IN ?", round, []State{Standing, Done}).Group("s.person, s.state").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("counting the assignments of the round: %w", err)
	}
	held := map[ident.Person]holding{}
	for _, row := range rows {
		h := held[row.Person]
		h.stands += row.N
		if row.State == Done {
			h.done += row.N
		}
		held[row.Person] = h
	}
	return held, nil
}

// AcceptTerms notes when a reviewer accepted the terms of the round.
func AcceptTerms(tx *work.Tx, r *Reviewer) error {
	r.TermsAcceptedAt = &tx.Now
	return work.Save(tx, r, &r.Version)
}

// Of gives all assignments of an application, the oldest first.
func Of(tx *work.Tx, id ident.Application) ([]Assignment, error) {
	return work.Many[Assignment](tx.DB().Where("application_id = ?", id).Order("assigned_at, id"), "assignments")
}

// For gives the assignment of a person to an application that stands, nil if there is none.
func For(tx *work.Tx, id ident.Application, person ident.Person) (*Assignment, error) {
	return work.Find[Assignment](tx.DB().Where("application_id = ? AND person = ? AND state IN ?", id, person, []State{Standing, Done}), "assignment")
}

// InCall gives the assignments to the applications of a call, with one query.
func InCall(tx *work.Tx, call ident.Call) ([]Assignment, error) {
	q := tx.DB().Where("application_id IN (SELECT id FROM applications WHERE call_id = ?)", call).Order("assigned_at, id")
	return work.Many[Assignment](q, "assignments")
}

// OfPerson gives the assignments of a person that stand, those due first first.
func OfPerson(tx *work.Tx, person ident.Person) ([]Assignment, error) {
	return work.Many[Assignment](tx.DB().Where("person = ? AND state IN ?", person, []State{Standing, Done}).Order("due_at, id"), "assignments")
}

// elsewhere is a standing assignment to an application outside a call.
type elsewhere struct {
	Ref    ident.Ref
	Person ident.Person
	Kind   string
	CallID ident.Call
}

// inRound gives the assignments of a round that stand, with their applications.
func inRound(tx *work.Tx, round ident.Round) ([]elsewhere, error) {
	var rows []elsewhere
	err := tx.DB().Table("assignments AS s").Select("a.ref, a.call_id, s.person, s.kind").Joins("JOIN applications a ON a.id = s.application_id").
		Where("a.round_id = ? AND s.state IN ?", round, []State{Standing, Done}).Order("a.ref, s.id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading the assignments of the round: %w", err)
	}
	return rows, nil
}

// refused gives the pairs of a call in which somebody declined or was struck.
func refused(tx *work.Tx, call ident.Call) ([]Assignment, error) {
	q := tx.DB().Where("state IN ? AND application_id IN (SELECT id FROM applications WHERE call_id = ?)", []State{Declined, Struck}, call)
	return work.Many[Assignment](q, "assignments")
}

// change sets the state of an assignment.
func change(tx *work.Tx, a *Assignment, to State) error {
	a.State, a.StateAt = to, tx.Now
	return work.Save(tx, a, &a.Version)
}

// Finish notes that the review of an assignment was submitted.
func Finish(tx *work.Tx, a *Assignment) error {
	if a.State == Done {
		return nil
	}
	return change(tx, a, Done)
}

func addAll(tx *work.Tx, rows []Assignment) error {
	if err := tx.DB().CreateInBatches(&rows, 100).Error; err != nil {
		return fmt.Errorf("assigning reviewers: %w", err)
	}
	return nil
}

// openPlan gives the plan of a call that was not approved yet, nil if there is none.
func openPlan(tx *work.Tx, call ident.Call) (*Plan, error) {
	return work.Find[Plan](tx.DB().Where("call_id = ? AND state = ?", call, proposed).Order("proposed_at DESC, id DESC"), "proposed assignment")
}

// replacePlans puts aside the plans of a call that were not approved.
func replacePlans(tx *work.Tx, call ident.Call) error {
	err := tx.DB().Model(&Plan{}).Where("call_id = ? AND state = ?", call, proposed).Update("state", replaced).Error
	if err != nil {
		return fmt.Errorf("replacing an earlier plan: %w", err)
	}
	return nil
}
