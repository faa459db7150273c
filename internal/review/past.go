package review

import (
	"adoptionfund/internal/application"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
)

// Past is the whole assessment of an application, for its explanation: the totals that count, every review that was sent with its earlier
// versions, every score ever given, what was discussed and minuted, and the feedback.
type Past struct {
	Rubric   *rubric.Rubric
	Totals   Totals
	Reviews  []Review // that were sent, also those that were struck; in the order in which they were begun
	Versions []Version
	Scores   []Score // every one, the oldest first
	Posts    []Post
	Minutes  []Minute
	Feedback []FeedbackVersion // the newest first
}

// PastOf reads the assessment of an application with a fixed number of queries. Who asks must be allowed to see all of it.
func (s *Service) PastOf(tx *work.Tx, a *application.Application) (Past, error) {
	var p Past
	var err error
	read := []func() error{
		func() error { p.Rubric, err = s.rubric(a.Call()); return err },
		func() error { p.Totals, err = s.totals(tx, a); return err },
		func() error {
			q := tx.DB().Where("application_id = ? AND submitted_at IS NOT NULL", a.ID).Order("id")
			p.Reviews, err = work.Many[Review](q, "reviews")
			return err
		},
		func() error { p.Versions, err = versionsOf(tx, a.ID); return err },
		func() error {
			p.Scores, err = work.Many[Score](tx.DB().Where("application_id = ?", a.ID).Order("at, id"), "scores")
			return err
		},
		func() error { p.Posts, err = postsOf(tx, a.ID); return err },
		func() error { p.Minutes, err = minutesOf(tx, a.ID); return err },
		func() error { p.Feedback, err = feedbackOf(tx, a.ID); return err },
	}
	for _, f := range read {
		if err := f(); err != nil {
			return p, err
		}
	}
	return p, nil
}

// Label is the state of a score as people read it.
func (s ScoreState) Label() string {
	return map[ScoreState]string{ScoreProposed: "Waits for a second person", ScoreStands: "Stands", ScoreReplaced: "Replaced later", ScoreStruck: "Struck because of a conflict"}[s]
}
