package eligibility

import (
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// findingsOf gives every decision on an application, newest first.
func findingsOf(tx *work.Tx, id ident.Application) ([]Finding, error) {
	return work.Many[Finding](tx.DB().Where("application_id = ?", id).Order("found_at DESC, id DESC"), "findings")
}

// standingOf gives the decisions that stand, by application.
func standingOf(tx *work.Tx, ids []ident.Application) (map[ident.Application][]Finding, error) {
	rows, err := work.Many[Finding](tx.DB().Where("application_id IN ? AND standing = ?", ids, true).Order("application_id, criterion"), "findings")
	by := map[ident.Application][]Finding{}
	for _, f := range rows {
		by[f.ApplicationID] = append(by[f.ApplicationID], f)
	}
	return by, err
}

// replace takes decisions out of force.
func replace(tx *work.Tx, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := tx.DB().Model(&Finding{}).Where("id IN ?", ids).Update("standing", false).Error; err != nil {
		return fmt.Errorf("replacing findings: %w", err)
	}
	return nil
}

func addFindings(tx *work.Tx, rows []Finding) error {
	if err := tx.DB().Create(&rows).Error; err != nil {
		return fmt.Errorf("keeping findings: %w", err)
	}
	return nil
}

// clarificationsOf gives the questions to an applicant, in the order in which they were asked.
func clarificationsOf(tx *work.Tx, id ident.Application) ([]Clarification, error) {
	return work.Many[Clarification](tx.DB().Where("application_id = ?", id).Order("turn, asked_at, id"), "clarifications")
}

// openIn gives the questions that wait for an answer, by application.
func openIn(tx *work.Tx, ids []ident.Application) (map[ident.Application][]Clarification, error) {
	q := tx.DB().Where("application_id IN ? AND answered_at IS NULL AND overdue_at IS NULL", ids).Order("application_id, due_at, id")
	rows, err := work.Many[Clarification](q, "clarifications")
	by := map[ident.Application][]Clarification{}
	for _, c := range rows {
		by[c.ApplicationID] = append(by[c.ApplicationID], c)
	}
	return by, err
}

func addClarifications(tx *work.Tx, rows []Clarification) error {
	if err := tx.DB().Create(&rows).Error; err != nil {
		return fmt.Errorf("asking an applicant: %w", err)
	}
	return nil
}

func answer(tx *work.Tx, c Clarification) error {
	err := tx.DB().Model(&Clarification{}).Where("id = ? AND answered_at IS NULL", c.ID).
		Updates(map[string]any{"answer": c.Answer, "answered_by": tx.By.ID, "answered_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("keeping an answer: %w", err)
	}
	return nil
}

// expire notes that the open questions to an applicant are overdue.
func expire(tx *work.Tx, id ident.Application) error {
	err := tx.DB().Model(&Clarification{}).Where("application_id = ? AND answered_at IS NULL AND overdue_at IS NULL", id).Update("overdue_at", tx.Now).Error
	if err != nil {
		return fmt.Errorf("noting overdue questions: %w", err)
	}
	return nil
}

// dueBetween gives the applications with questions that wait for an answer until a moment after one and not after another.
func dueBetween(tx *work.Tx, after, until time.Time) ([]ident.Application, error) {
	var ids []ident.Application
	err := tx.DB().Raw(`SELECT DISTINCT application_id FROM clarifications
		WHERE answered_at IS NULL AND overdue_at IS NULL AND due_at > ? AND due_at <= ? ORDER BY application_id`, after, until).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("looking for questions that are due: %w", err)
	}
	return ids, nil
}

// overdue gives the applications whose applicants were asked and did not answer in time.
func overdue(tx *work.Tx, now time.Time) ([]ident.Application, error) {
	var ids []ident.Application
	err := tx.DB().Raw(`SELECT DISTINCT c.application_id FROM clarifications c JOIN applications a ON a.id = c.application_id
		WHERE c.answered_at IS NULL AND c.overdue_at IS NULL AND c.due_at <= ? AND a.state = ? ORDER BY c.application_id`, now, workflow.Clarification).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("looking for overdue questions: %w", err)
	}
	return ids, nil
}

// openReopening gives the proposal to reopen an application's eligibility that waits for its second person, or nil.
func openReopening(tx *work.Tx, id ident.Application) (*Reopening, error) {
	return work.Find[Reopening](tx.DB().Where("application_id = ? AND confirmed_at IS NULL", id).Order("proposed_at DESC"), "proposal")
}

func confirmReopening(tx *work.Tx, r *Reopening) error {
	err := tx.DB().Model(&Reopening{}).Where("id = ?", r.ID).Updates(map[string]any{"confirmed_by": tx.By.ID, "confirmed_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("confirming a reopening: %w", err)
	}
	return nil
}

func notesOf(tx *work.Tx, id ident.Application) ([]Note, error) {
	return work.Many[Note](tx.DB().Where("application_id = ?", id).Order("noted_at DESC, id"), "notes")
}

// runsOf gives what the rules found last, by application.
func runsOf(tx *work.Tx, ids []ident.Application) (map[ident.Application]Run, error) {
	rows, err := work.Many[Run](tx.DB().Where("application_id IN ?", ids), "findings of the rules")
	by := make(map[ident.Application]Run, len(rows))
	for _, r := range rows {
		if err := json.Unmarshal([]byte(r.Counts), &r.Found); err != nil {
			return nil, fmt.Errorf("reading what the rules found of %s: %w", r.ApplicationID, err)
		}
		by[r.ApplicationID] = r
	}
	return by, err
}

// dueRuns gives applications in the queue on which the rules have not run since they came into their state, or since a moment.
func dueRuns(tx *work.Tx, before time.Time, n int) ([]*application.Application, error) {
	var ids []ident.Application
	err := tx.DB().Raw(`SELECT a.id FROM applications a LEFT JOIN rule_runs r ON r.application_id = a.id
		WHERE a.state IN ? AND a.submission_id IS NOT NULL AND (r.ran_at IS NULL OR r.ran_at <= a.state_at OR r.ran_at < ?) ORDER BY a.ref LIMIT ?`, Waiting(), before, n).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("looking for applications on which the rules are to run: %w", err)
	}
	byID, err := application.ByIDs(tx, ids)
	apps := make([]*application.Application, len(ids))
	for i, id := range ids {
		apps[i] = byID[id]
	}
	return apps, err
}

// beforeOf gives other applications of the same lead organisation, or that name one of the same products, the latest first, but those
// from which the one who looks is recused.
func beforeOf(tx *work.Tx, a *application.Application) ([]Before, error) {
	q := tx.DB().Raw(`SELECT b.ref, b.title, b.lead_name, b.state, b.requested, b.submitted_at, b.lead = ? AS same_lead,
			EXISTS (SELECT 1 FROM application_products x JOIN application_products y ON y.product_id = x.product_id WHERE x.application_id = ? AND y.application_id = b.id) AS same_product
		FROM applications b WHERE b.id <> ? AND b.submission_id IS NOT NULL
		AND (b.lead = ? OR b.id IN (SELECT y.application_id FROM application_products x JOIN application_products y ON y.product_id = x.product_id WHERE x.application_id = ?))
		AND NOT EXISTS (SELECT 1 FROM application_relations r WHERE r.application_id = b.id AND r.person = ? AND r.relation IN ('recused', 'conflicted'))
		ORDER BY b.submitted_at DESC, b.ref LIMIT 20`, a.Lead, a.ID, a.ID, a.Lead, a.ID, orNobody(tx.By.ID))
	var rows []Before
	if err := q.Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("looking for earlier applications: %w", err)
	}
	return rows, nil
}

// keepRuns keeps what the rules found, in place of what they found before.
func keepRuns(tx *work.Tx, runs []Run) error {
	c := clause.OnConflict{Columns: []clause.Column{{Name: "application_id"}}, DoUpdates: clause.AssignmentColumns([]string{"rules", "found", "ran_at"})}
	if err := tx.DB().Clauses(c).Create(&runs).Error; err != nil {
		return fmt.Errorf("keeping what the rules found: %w", err)
	}
	return nil
}

func dropResults(tx *work.Tx, before time.Time) error {
	if err := tx.DB().Where("done_at < ?", before).Delete(&batchResult{}).Error; err != nil {
		return fmt.Errorf("removing old results: %w", err)
	}
	return nil
}

// orNobody is an id that nobody has where nobody has signed in, since PostgreSQL refuses a text that is no id.
func orNobody(id ident.Person) ident.Person {
	if id == "" {
		return "00000000-0000-0000-0000-000000000000"
	}
	return id
}
