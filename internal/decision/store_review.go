package decision

import (
	"fmt"

	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// reviewsOf gives the reviews of the decisions on an application, newest first.
func reviewsOf(tx *work.Tx, id ident.Application) ([]Review, error) {
	return work.Many[Review](tx.DB().Where("application_id = ?", id).Order("asked_at DESC, id DESC"), "reviews of decisions")
}

// openReviews gives the reviews that wait to be settled, oldest first.
func openReviews(tx *work.Tx) ([]Review, error) {
	return work.Many[Review](tx.DB().Where("outcome = ?", Open).Order("asked_at, id").Limit(500), "reviews of decisions")
}

// OpenReviews counts the reviews of decisions in a call that wait to be settled: while there is one, nothing is proposed.
func OpenReviews(tx *work.Tx, call ident.Call) (int64, error) {
	var n int64
	if err := tx.DB().Model(&Review{}).Where("call_id = ? AND outcome = ?", call, Open).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting reviews of decisions: %w", err)
	}
	return n, nil
}

// Reviewable reports whether a review of a decision in a call can still be asked for, or waits to be settled.
func Reviewable(tx *work.Tx, c *fund.Call) (bool, error) {
	open, err := OpenReviews(tx, c.ID)
	if err != nil || open > 0 {
		return open > 0, err
	}
	last, err := work.Find[application.Application](tx.DB().Where("call_id = ? AND state IN ?", c.ID, reviewable()).Order("state_at DESC").Limit(1), "last decision")
	if err != nil || last == nil {
		return false, err
	}
	return tx.Now.Before(c.ReviewableUntil(last.StateAt)), nil
}
