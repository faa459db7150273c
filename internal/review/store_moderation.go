package review

import (
	"database/sql"
	"fmt"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// postsOf gives the posts on an application, the oldest first.
func postsOf(tx *work.Tx, id ident.Application) ([]Post, error) {
	return work.Many[Post](tx.DB().Where("application_id = ?", id).Order("at, id"), "posts")
}

// postOf gives one post on an application.
func postOf(tx *work.Tx, application ident.Application, id string) (*Post, error) {
	known, err := ident.Parse[string](id)
	if err != nil {
		return nil, work.NotFound("post")
	}
	return work.One[Post](tx.DB().Where("application_id = ? AND id = ?", application, known), "post")
}

// countPosts counts the posts that stand on each application of a call.
func countPosts(tx *work.Tx, call ident.Call) (map[ident.Application]int, error) {
	posts := map[ident.Application]int{}
	query := "SELECT application_id, COUNT(*) FROM moderation_posts WHERE withdrawn_at IS NULL AND application_id IN (SELECT id FROM applications WHERE call_id = ?) GROUP BY application_id"
	err := work.Each(tx, "posts", query, []any{call}, func(rows *sql.Rows) error {
		var id ident.Application
		n := 0
		err := rows.Scan(&id, &n)
		posts[id] = n
		return err //nolint:wrapcheck // each says what was read
	})
	return posts, err
}

// spokenOf gives the reviewers' scores of an application that stand, and every consensus, the oldest first.
func spokenOf(tx *work.Tx, id ident.Application) ([]Score, error) {
	q := tx.DB().Where("application_id = ? AND (source = ? AND state = ? OR source = ? AND state IN ?)", id, ByReviewer, ScoreStands, ByConsensus, []ScoreState{ScoreStands, ScoreReplaced})
	return work.Many[Score](q.Order("at, id"), "scores")
}

// spokeOn are those who scored an application, wrote on it, or gave a reason for a step.
func spokeOn(tx *work.Tx, id ident.Application) ([]ident.Person, error) {
	var ids []ident.Person
	query := "SELECT person FROM scores WHERE application_id = ? UNION SELECT person FROM moderation_posts WHERE application_id = ? UNION SELECT person FROM assessment_minutes WHERE application_id = ?"
	if err := tx.DB().Raw(query, id, id, id).Scan(&ids).Error; err != nil {
		return nil, fmt.Errorf("reading who spoke on an application: %w", err)
	}
	return ids, nil
}

// minutesOf gives the reasons that were minuted for an application, the oldest first.
func minutesOf(tx *work.Tx, id ident.Application) ([]Minute, error) {
	return work.Many[Minute](tx.DB().Where("application_id = ?", id).Order("at, id"), "minutes")
}
