package application

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// ByRef reads an application with its call and people.
func ByRef(tx *work.Tx, ref ident.Ref) (*Application, error) {
	a, err := work.One[Application](tx.DB().Where("ref = ?", ref), "application")
	if err != nil {
		return nil, absent(tx, err)
	}
	return a, complete(tx, a)
}

// absent asks of an application that is not there what is asked of one that is: from how long an answer takes, nobody learns whether
// there is an application that they may not know of.
func absent(tx *work.Tx, missing error) error {
	if !fault.Is(missing, fault.NotFound) {
		return missing
	}
	if err := complete(tx, nobodysOwn()); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return missing
}

// nobodysOwn stands for an application that is not there.
func nobodysOwn() *Application { return &Application{ID: nobodys, CallID: nobodys} }

// nobodys is an identifier that no row has.
const nobodys = "00000000-0000-0000-0000-000000000000"

// Permitted reads an application to which the principal may do act; the fault says what that needs, or that there is none.
func Permitted(tx *work.Tx, ref ident.Ref, act access.Action) (*Application, error) {
	a, err := ByRef(tx, ref)
	if fault.Is(err, fault.NotFound) {
		if _, err := tx.May(act, nobodysOwn()); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, err
	}
	if err := tx.Require(act, a); err != nil {
		return nil, err
	}
	return a, nil
}

// ByID reads an application with its call and people.
func ByID(tx *work.Tx, id ident.Application) (*Application, error) {
	a, err := work.One[Application](tx.DB().Where("id = ?", id), "application")
	if err != nil {
		return nil, absent(tx, err)
	}
	return a, complete(tx, a)
}

// complete reads what a permission looks at.
func complete(tx *work.Tx, a *Application) error {
	people, err := parts(tx, "application_id = ?", a.ID)
	if err != nil {
		return err
	}
	c, err := fund.CallByID(tx, a.CallID)
	if err != nil {
		return err
	}
	a.call, a.people = c, people
	a.inTime = tx.Arrival.Before(a.ClosesAt())
	return err
}

// InCall gives the applications of a call in any of the states (none: in all), with their people, in the order of their
// references: with three queries, however many there are.
func InCall(tx *work.Tx, c *fund.Call, states ...workflow.ApplicationState) ([]*Application, error) {
	q := tx.DB().Where("call_id = ?", c.ID).Order("ref")
	if len(states) > 0 {
		q = q.Where("state IN ?", states)
	}
	rows, err := work.Many[*Application](q, "applications")
	if err != nil {
		return nil, err
	}
	related, err := parts(tx, "application_id IN (SELECT id FROM applications WHERE call_id = ?)", c.ID)
	if err != nil {
		return nil, err
	}
	byID := map[ident.Application]*Application{}
	for _, a := range rows {
		a.call = c
		a.inTime = tx.Arrival.Before(a.ClosesAt())
		byID[a.ID] = a
	}
	for _, p := range related {
		if a := byID[p.ApplicationID]; a != nil {
			a.people = append(a.people, p)
		}
	}
	return rows, nil
}

// parts reads what people have to do with applications: what is noted, and the recusals that follow from it.
func parts(tx *work.Tx, where string, arg any) ([]Part, error) {
	q := tx.DB().Table("application_relations").Where(where, arg).Order("since, person, relation")
	return work.Many[Part](q, "people of applications")
}

// CountLed counts the applications of a lead in a call that were not withdrawn.
func countLed(tx *work.Tx, call ident.Call, lead ident.ODS) (int64, error) {
	var n int64
	err := tx.DB().Model(&Application{}).Where("call_id = ? AND lead = ? AND state <> ?", call, lead, workflow.Withdrawn).Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("counting the applications of %s: %w", lead, err)
	}
	return n, nil
}

// Relate notes what a person has to do with an application; it may be noted again. The rooms that come after call it inside
// their own use cases.
func Relate(tx *work.Tx, a *Application, person ident.Person, r Relation) error {
	return relate(tx, a, Part{ApplicationID: a.ID, Person: person, Relation: r, Since: tx.Now})
}

func relate(tx *work.Tx, a *Application, p Part) error {
	err := tx.DB().Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "application_id"}, {Name: "person"}, {Name: "relation"}}, DoUpdates: clause.AssignmentColumns([]string{"sections", "organisation"})}).Create(&p).Error
	if err != nil {
		return fmt.Errorf("noting a person of application %s: %w", a.Ref, err)
	}
	a.people = append(a.people, p)
	return nil
}

// Related gives the person who has a relation to each of the applications, for relations that one person has: with one query.
func Related(tx *work.Tx, ids []ident.Application, r Relation) (map[ident.Application]ident.Person, error) {
	parts, err := work.Many[Part](tx.DB().Where("application_id IN ? AND relation = ?", ids, r).Order("since"), "people of applications")
	by := make(map[ident.Application]ident.Person, len(parts))
	for _, p := range parts {
		by[p.ApplicationID] = p.Person
	}
	return by, err
}

// Unrelate takes a relation away.
func Unrelate(tx *work.Tx, a *Application, person ident.Person, r Relation) error {
	if err := tx.DB().Where("application_id = ? AND person = ? AND relation = ?", a.ID, person, r).Delete(&Part{}).Error; err != nil {
		return fmt.Errorf("removing a person of application %s: %w", a.Ref, err)
	}
	kept := a.people[:0:0]
	for _, p := range a.people {
		if p.Person != person || p.Relation != r {
			kept = append(kept, p)
		}
	}
	a.people = kept
	return nil
}

// saved is the answers of one section as they stand.
type saved struct {
	ApplicationID ident.Application
	Section       string
	Answers       string
	SavedBy       string
	Version       int
	SavedAt       time.Time
}

func (saved) TableName() string { return "application_sections" }

// sections gives the saved sections of an application.
func sections(tx *work.Tx, id ident.Application) ([]saved, error) {
	return work.Many[saved](tx.DB().Where("application_id = ?", id), "answers")
}

// Answers gives all answers of an application as they stand, of every section.
func Answers(tx *work.Tx, id ident.Application) (form.Answers, error) {
	rows, err := sections(tx, id)
	if err != nil {
		return nil, err
	}
	all := form.Answers{}
	for _, row := range rows {
		answers, err := form.ParseAnswers([]byte(row.Answers))
		if err != nil {
			return nil, fmt.Errorf("section %s: %w", row.Section, err)
		}
		all = all.Merge(answers)
	}
	return all, nil
}

// saveSection replaces the answers of a section if they still have the version they were read with; 0 is a section that was not
// saved before. It says whether it did.
func saveSection(tx *work.Tx, s saved, seen int) (bool, error) {
	s.Version = seen + 1
	var done *gorm.DB
	if seen == 0 {
		done = tx.DB().Clauses(clause.OnConflict{DoNothing: true}).Create(&s)
	} else {
		done = tx.DB().Model(&saved{}).Where("application_id = ? AND section = ? AND version = ?", s.ApplicationID, s.Section, seen).
			Updates(map[string]any{"answers": s.Answers, "saved_by": s.SavedBy, "saved_at": s.SavedAt, "version": s.Version})
	}
	if done.Error != nil {
		return false, fmt.Errorf("saving section %s: %w", s.Section, done.Error)
	}
	return done.RowsAffected == 1, nil
}

// holdSection keeps others from saving a section until the end of the transaction, if it still has a version. It says whether it has.
func holdSection(tx *work.Tx, a ident.Application, section form.Code, version int) (bool, error) {
	done := tx.DB().Model(&saved{}).Where("application_id = ? AND section = ? AND version = ?", a, string(section), version).Update("version", version)
	if done.Error != nil {
		return false, fmt.Errorf("holding section %s: %w", section, done.Error)
	}
	return done.RowsAffected == 1, nil
}

// hold keeps others from changing or holding an application until the end of the transaction.
func hold(tx *work.Tx, a *Application) error {
	if err := tx.DB().Model(&Application{}).Where("id = ?", a.ID).Update("version", gorm.Expr("version")).Error; err != nil {
		return fmt.Errorf("holding application %s: %w", a.Ref, err)
	}
	return nil
}

// CountIn counts the applications of a call in any of the states.
func CountIn(tx *work.Tx, call ident.Call, states ...workflow.ApplicationState) (int64, error) {
	var n int64
	if err := tx.DB().Model(&Application{}).Where("call_id = ? AND state IN ?", call, states).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting applications: %w", err)
	}
	return n, nil
}

// CountByState counts the applications of calls by call and state, with one query: calls that are over cost nothing.
func CountByState(tx *work.Tx, calls []fund.Call) (map[ident.Call]map[workflow.ApplicationState]int, error) {
	var rows []struct {
		CallID ident.Call
		State  workflow.ApplicationState
		N      int
	}
	ids := make([]ident.Call, len(calls))
	for i, c := range calls {
		ids[i] = c.ID
	}
	if err := tx.DB().Raw("SELECT call_id, state, COUNT(*) AS n FROM applications WHERE call_id IN ? GROUP BY call_id, state", ids).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("counting applications by state: %w", err)
	}
	counts := map[ident.Call]map[workflow.ApplicationState]int{}
	for _, r := range rows {
		if counts[r.CallID] == nil {
			counts[r.CallID] = map[workflow.ApplicationState]int{}
		}
		counts[r.CallID][r.State] = r.N
	}
	return counts, nil
}

// ByIDs reads applications with their calls and people, by id: with three queries, however many there are.
func ByIDs(tx *work.Tx, ids []ident.Application) (map[ident.Application]*Application, error) {
	among, list := work.Among(tx, "id", ids)
	rows, err := work.Many[*Application](tx.DB().Where(among, list), "applications")
	if err != nil {
		return nil, err
	}
	found := make(map[ident.Application]*Application, len(rows))
	for _, a := range rows {
		found[a.ID] = a
	}
	return found, completeAll(tx, rows)
}

// SubmittedIn gives the applications of a round that were ever submitted, in the order of their references after one of them, at most n.
func SubmittedIn(tx *work.Tx, round ident.Round, after ident.Ref, n int) ([]*Application, error) {
	q := tx.DB().Where("(round_id, ref) > (?, ?) AND round_id <= ? AND submission_id IS NOT NULL", round, after, round).Order("round_id, ref").Limit(n)
	rows, err := work.Many[*Application](q, "applications")
	if err != nil {
		return nil, err
	}
	return rows, completeAll(tx, rows)
}

// completeAll reads what a permission looks at for many applications: with two queries, however many there are.
func completeAll(tx *work.Tx, rows []*Application) error {
	if len(rows) == 0 {
		return nil
	}
	calls, err := fund.Calls(tx)
	if err != nil {
		return err
	}
	byID := make(map[ident.Application]*Application, len(rows))
	ids := make([]ident.Application, len(rows))
	for i, a := range rows {
		ids[i], byID[a.ID] = a.ID, a
		a.call = &calls[slices.IndexFunc(calls, func(c fund.Call) bool { return c.ID == a.CallID })]
		a.people, a.inTime = nil, tx.Arrival.Before(a.ClosesAt())
	}
	among, list := work.Among(tx, "application_id", ids)
	related, err := parts(tx, among, list)
	for _, p := range related {
		byID[p.ApplicationID].people = append(byID[p.ApplicationID].people, p)
	}
	return err
}

// Refs gives the references of applications by their ids.
func Refs(tx *work.Tx, ids []ident.Application) (map[ident.Application]ident.Ref, error) {
	among, list := work.Among(tx, "id", ids)
	rows, err := work.Many[Application](tx.DB().Select("id", "ref").Where(among, list), "applications")
	found := make(map[ident.Application]ident.Ref, len(rows))
	for _, a := range rows {
		found[a.ID] = a.Ref
	}
	return found, err
}

// Barring are the relations in which a person is to see nothing of an application.
func Barring() []Relation { return []Relation{Recused, Conflicted} }
