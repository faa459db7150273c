package review

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// reviewOf gives the review of an assignment, nil if nothing was saved yet.
func reviewOf(tx *work.Tx, id ident.Assignment) (*Review, error) {
	return work.Find[Review](tx.DB().Where("assignment_id = ?", id), "review")
}

// submittedOf gives the submitted reviews of an application, the oldest first.
func submittedOf(tx *work.Tx, id ident.Application) ([]Review, error) {
	return work.Many[Review](tx.DB().Where("application_id = ? AND state = ?", id, Submitted).Order("submitted_at, id"), "reviews")
}

// submittedIn gives the submitted reviews of a call without their marks, the oldest first.
func submittedIn(tx *work.Tx, call ident.Call) ([]Review, error) {
	return work.Many[Review](inCall(tx, call).Where("state = ?", Submitted).Order("submitted_at, id"), "reviews")
}

// inCall narrows a query to rows of the applications of a call.
func inCall(tx *work.Tx, call ident.Call) *gorm.DB {
	return tx.DB().Where("application_id IN (SELECT id FROM applications WHERE call_id = ?)", call)
}

// keepVersion keeps a submitted review as it stands, before it is revised.
func keepVersion(tx *work.Tx, r *Review) error {
	err := tx.DB().Exec("INSERT INTO review_versions (review_id, version, marks, comments, feedback, submitted_at) VALUES (?, ?, ?, ?, ?, ?)",
		r.ID, r.Version, r.Marks, r.Comments, r.Feedback, r.SubmittedAt).Error
	if err != nil {
		return fmt.Errorf("keeping the version of a review: %w", err)
	}
	return nil
}

// Version is a review as it was submitted before it was revised.
type Version struct {
	ReviewID    ident.Review
	Version     int
	Marks       Marks
	Comments    string
	Feedback    string
	SubmittedAt time.Time
}

// TableName is the table of versions.
func (Version) TableName() string { return "review_versions" }

// versionsOf gives the earlier versions of the reviews of an application.
func versionsOf(tx *work.Tx, id ident.Application) ([]Version, error) {
	return work.Many[Version](tx.DB().Where("review_id IN (SELECT id FROM reviews WHERE application_id = ?)", id).Order("review_id, version"), "versions of reviews")
}

// standingOf gives the scores of an application that stand.
func standingOf(tx *work.Tx, id ident.Application) ([]Score, error) {
	return work.Many[Score](tx.DB().Where("application_id = ? AND state = ?", id, ScoreStands).Order("at, id"), "scores")
}

// standingIn gives the scores of a call that stand, with one query.
func standingIn(tx *work.Tx, call ident.Call) ([]Score, error) {
	return work.Many[Score](inCall(tx, call).Where("state = ?", ScoreStands).Order("at, id"), "scores")
}

// ofReview gives the scores of a review that stand.
func ofReview(tx *work.Tx, id ident.Review) ([]Score, error) {
	return work.Many[Score](tx.DB().Where("review_id = ? AND state = ?", id, ScoreStands).Order("id"), "scores")
}

// fixedOf gives the scores of officers and assessors that stand or wait for a second person, the latest first.
func fixedOf(tx *work.Tx, id ident.Application) ([]Score, error) {
	q := tx.DB().Where("application_id = ? AND source IN ? AND state IN ?", id, []Source{ByOfficer, ByAssessor}, []ScoreState{ScoreStands, ScoreProposed})
	return work.Many[Score](q.Order("at DESC, id DESC"), "scores")
}

func addScores(tx *work.Tx, scores []Score) error {
	if len(scores) == 0 {
		return nil
	}
	if err := tx.DB().Create(&scores).Error; err != nil {
		return fmt.Errorf("keeping scores: %w", err)
	}
	return nil
}

// setState changes the state of scores.
func setState(tx *work.Tx, scores []Score, to ScoreState) error {
	if len(scores) == 0 {
		return nil
	}
	ids := make([]string, len(scores))
	for i := range scores {
		ids[i], scores[i].State = scores[i].ID, to
	}
	if err := tx.DB().Model(&Score{}).Where("id IN ?", ids).Update("state", to).Error; err != nil {
		return fmt.Errorf("changing scores: %w", err)
	}
	return nil
}

func confirmScore(tx *work.Tx, s *Score) error {
	err := tx.DB().Model(&Score{}).Where("id = ?", s.ID).Updates(map[string]any{"state": ScoreStands, "confirmed_by": tx.By.ID, "confirmed_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("confirming a score: %w", err)
	}
	return nil
}

// queued is an assignment with what a queue shows of its application.
type queued struct {
	Ref        ident.Ref
	Title      string
	LeadName   string
	CallTitle  string
	AppState   workflow.ApplicationState
	Kind       string
	State      assignment.State
	DueAt      time.Time
	SavedAt    *time.Time
	Declared   bool
	Conflicted bool
}

// queueOf gives the assignments of a reviewer that stand, those due first first.
func queueOf(tx *work.Tx, person ident.Person) ([]queued, error) {
	var rows []queued
	related := "EXISTS (SELECT 1 FROM application_people p WHERE p.application_id = a.id AND p.person = s.person AND p.relation = ?)"
	err := tx.DB().Table("assignments AS s").
		Select("a.ref, a.title, a.lead_name, c.title AS call_title, a.state AS app_state, s.kind, s.state, s.due_at, r.saved_at, "+related+" AS declared, "+related+" AS conflicted", "declared", "conflicted").
		Joins("JOIN applications a ON a.id = s.application_id").Joins("JOIN calls c ON c.id = a.call_id").Joins("LEFT JOIN reviews r ON r.assignment_id = s.id").
		Where("s.person = ? AND s.state IN ?", person, []assignment.State{assignment.Standing, assignment.Done}).
		Order("s.state DESC, s.due_at, a.ref").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading a reviewer's queue: %w", err)
	}
	return rows, nil
}

// Minute is a reason that the chair gave for a step of an assessment, as the minutes show it.
type Minute struct {
	ID            string
	ApplicationID ident.Application
	Event         string
	Reason        string
	Person        ident.Person
	At            time.Time
}

// TableName is the table of minutes.
func (Minute) TableName() string { return "assessment_minutes" }

func addMinute(tx *work.Tx, a *application.Application, on workflow.Event, reason string) error {
	return work.Add(tx, &Minute{ID: ident.New[string](), ApplicationID: a.ID, Event: string(on), Reason: reason, Person: tx.By.ID, At: tx.Now})
}

// MinutesIn gives the reasons that were minuted in a call, oldest first.
func MinutesIn(tx *work.Tx, call ident.Call) ([]Minute, error) {
	return work.Many[Minute](inCall(tx, call).Order("at, id"), "minutes")
}
