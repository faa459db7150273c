package application

import "adoptionfund/internal/work"

// standingRows gives the standing submissions of the applications for which a condition on their rows (as a) holds.
func standingRows(tx *work.Tx, where string, args ...any) ([]Submission, error) {
	q := tx.DB().Table("submissions AS s").Select("s.*").Joins("JOIN applications a ON a.submission_id = s.id").Where(where, args...)
	return work.Many[Submission](q, "submissions")
}
