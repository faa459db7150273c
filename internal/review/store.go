package review

import (
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"

	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// reviewOf gives the review of an assignment, nil if nothing was saved yet.
func reviewOf(tx *work.Tx, id ident.Assignment) (*Review, error) {
	return work.Find[Review](tx.DB().Where("assignment_id = ?", id), "review")
}

// submittedOf gives the submitted reviews of an application, the one begun first first.
func submittedOf(tx *work.Tx, id ident.Application) ([]Review, error) {
	// In the order in which they were begun: a revision does not change it.
	return work.Many[Review](tx.DB().Where("application_id = ? AND state = ?", id, Submitted).Order("id"), "reviews")
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

// standingIn gives the scores of a call that stand, with one query: what was scored and by whom, without the reasons, which would be most of what is
// read of a large call.
func standingIn(tx *work.Tx, call ident.Call) ([]Score, error) {
	const query = `SELECT application_id, part, kind, person, value, mark, source, state FROM scores
		WHERE application_id IN (SELECT id FROM applications WHERE call_id = ?) AND state = ? ORDER BY at, id`
	var scores []Score
	err := work.Each(tx, "scores", query, []any{call, ScoreStands}, func(rows *sql.Rows) error {
		var s Score
		err := rows.Scan(&s.ApplicationID, &s.Part, &s.Kind, &s.Person, &s.Value, &s.Mark, &s.Source, &s.State)
		scores = append(scores, s)
		return err //nolint:wrapcheck // each says what was read
	})
	return scores, err //nolint:wrapcheck // each has said what was read
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
	ApplicationID ident.Application
	Ref           ident.Ref
	Title         string
	Theme         string
	LeadName      string
	SubmissionID  ident.Submission
	Later         int // answers that came after the submission
	CallRef       ident.CallRef
	CallTitle     string
	Pinned        string        // the settings of the call as they are kept
	Settings      fund.Settings `gorm:"-"`
	AppState      workflow.ApplicationState
	Kind          string
	State         assignment.State
	DueAt         time.Time
	SavedAt       *time.Time
	Marks         Marks
	Terms         bool // accepted for the round
	Declared      bool
	Waiting       bool // something that was declared is not settled yet
	Conflicted    bool
}

func (q queued) paperKey() paperKey { return paperKey{q.SubmissionID, q.Later} }

// queueOf gives the assignments of a reviewer that stand.
func queueOf(tx *work.Tx, person ident.Person) ([]queued, error) {
	var rows []queued
	related := "EXISTS (SELECT 1 FROM application_people p WHERE p.application_id = a.id AND p.person = s.person AND p.relation = ?)"
	err := tx.DB().Table("assignments AS s").
		Select("a.id AS application_id, a.ref, a.title, a.theme, a.lead_name, a.submission_id, c.ref AS call_ref, c.title AS call_title, c.settings AS pinned, a.state AS app_state, s.kind, s.state, s.due_at, r.saved_at, COALESCE(r.marks, '{}') AS marks, "+
			"(SELECT COUNT(*) FROM amendments m WHERE m.submission_id = a.submission_id) AS later, "+
			"EXISTS (SELECT 1 FROM reviewers v WHERE v.round_id = a.round_id AND v.person = s.person AND v.terms_accepted_at IS NOT NULL) AS terms, "+
			"EXISTS (SELECT 1 FROM interests i WHERE i.application_id = a.id AND i.person = s.person AND i.source = 'declared' AND i.severity = 'asks' AND i.settled_as = '' AND i.withdrawn_at IS NULL) AS waiting, "+
			related+" AS declared, "+related+" AS conflicted", application.Declared, application.Conflicted).
		Joins("JOIN applications a ON a.id = s.application_id").Joins("JOIN calls c ON c.id = a.call_id").Joins("LEFT JOIN reviews r ON r.assignment_id = s.id").
		Where("s.person = ? AND s.state IN ?", person, []assignment.State{assignment.Standing, assignment.Done}).
		Order("s.due_at, a.ref").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading a reviewer's queue: %w", err)
	}
	return rows, settle(rows)
}

// settle reads the settings of each call once: a queue has many reviews of few calls.
func settle(rows []queued) error {
	known := map[string]fund.Settings{}
	for i := range rows {
		set, there := known[rows[i].Pinned]
		if !there {
			if err := set.Scan(rows[i].Pinned); err != nil {
				return fmt.Errorf("reading a reviewer's queue: %w", err)
			}
			known[rows[i].Pinned] = set
		}
		rows[i].Settings = set
	}
	return nil
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

// feedbackOf gives the versions of the feedback on an application, the newest first.
func feedbackOf(tx *work.Tx, id ident.Application) ([]FeedbackVersion, error) {
	return work.Many[FeedbackVersion](tx.DB().Where("application_id = ?", id).Order("version DESC"), "versions of feedback")
}

// latestFeedback gives the feedback that stands in a call, by application, with one query.
func latestFeedback(tx *work.Tx, call ident.Call) (map[ident.Application]FeedbackVersion, error) {
	rows, err := work.Many[FeedbackVersion](inCall(tx, call).Order("application_id, version"), "feedback")
	latest := make(map[ident.Application]FeedbackVersion, len(rows))
	for _, v := range rows {
		latest[v.ApplicationID] = v
	}
	return latest, err
}

// writtenFor counts the submitted reviews of a call that say something to the applicant, by application.
func writtenFor(tx *work.Tx, call ident.Call) (map[ident.Application]int, error) {
	var rows []struct {
		ApplicationID ident.Application
		N             int
	}
	err := inCall(tx, call).Model(&Review{}).Select("application_id, COUNT(*) AS n").Where("state = ? AND feedback <> ''", Submitted).Group("application_id").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("counting feedback: %w", err)
	}
	counts := make(map[ident.Application]int, len(rows))
	for _, row := range rows {
		counts[row.ApplicationID] = row.N
	}
	return counts, nil
}
