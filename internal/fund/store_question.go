package fund

import (
	"fmt"
	"maps"
	"slices"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

func questionByID(tx *work.Tx, id ident.Question) (*Question, error) {
	if _, err := ident.Parse[ident.Question](string(id)); err != nil {
		return nil, work.NotFound("question")
	}
	return work.One[Question](tx.DB().Where("id = ?", id), "question")
}

// countWaiting counts the questions of a person about a call that have no answer yet.
func countWaiting(tx *work.Tx, call ident.Call, person ident.Person) (int64, error) {
	var n int64
	if err := tx.DB().Model(&Question{}).Where("asked_by = ? AND call_id = ? AND answered_at IS NULL", person, call).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("counting questions: %w", err)
	}
	return n, nil
}

// publicQuestions gives the answers that everybody may read, newest first, from the one after before.
func publicQuestions(tx *work.Tx, call ident.Call, before ident.Question, n int) ([]Question, error) {
	q := tx.DB().Where("call_id = ? AND public = ? AND answered_at IS NOT NULL", call, true)
	if before != "" {
		last, err := questionByID(tx, before)
		if err != nil {
			return nil, err
		}
		if last.CallID != call || !last.Public || last.AnsweredAt == nil {
			return nil, work.NotFound("question")
		}
		q = q.Where("(answered_at, id) < (?, ?)", *last.AnsweredAt, last.ID)
	}
	return work.Many[Question](q.Order("answered_at DESC, id DESC").Limit(n), "questions")
}

// questionsOf gives what a person asked about a call, newest first.
func questionsOf(tx *work.Tx, call ident.Call, person ident.Person) ([]Question, error) {
	return work.Many[Question](tx.DB().Where("asked_by = ? AND call_id = ?", person, call).Order("asked_at DESC, id DESC").Limit(200), "questions")
}

// inboxRows is how many of the answered and of the waiting questions the fund team's page shows.
const inboxRows = 200

// inbox gives the questions about some calls: those that wait, oldest first, then the latest answers.
func inbox(tx *work.Tx, calls map[ident.Call]Call) ([]Question, error) {
	rows, err := waitingIn(tx, calls)
	if err != nil {
		return nil, err
	}
	ids := slices.Collect(maps.Keys(calls))
	answered, err := work.Many[Question](tx.DB().Where("call_id IN ? AND answered_at IS NOT NULL", ids).Order("answered_at DESC, id DESC").Limit(inboxRows), "questions")
	return append(rows, answered...), err
}

// waitingIn gives the questions about some calls that have no answer yet, oldest first.
func waitingIn(tx *work.Tx, calls map[ident.Call]Call) ([]Question, error) {
	ids := slices.Collect(maps.Keys(calls))
	return work.Many[Question](tx.DB().Where("answered_at IS NULL AND call_id IN ?", ids).Order("asked_at, id").Limit(inboxRows), "questions")
}
