package award

import (
	"fmt"
	"time"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// plansDue gives the revised plans that are still to be sent and due by a moment.
func plansDue(tx *work.Tx, until time.Time) ([]dated, error) {
	var rows []struct {
		Ref     ident.Ref
		AskedAt time.Time
		DueAt   time.Time
	}
	err := tx.DB().Raw(`SELECT w.ref, p.asked_at, p.due_at FROM award_plans p JOIN awards w ON w.id = p.award_id
		WHERE w.state = ? AND p.answer = '' AND p.sent_at IS NULL AND p.due_at > ? AND p.due_at <= ? ORDER BY w.ref`, workflow.PreAwardChecks, tx.Now, until).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("looking for revised plans that are due: %w", err)
	}
	near := make([]dated, len(rows))
	for i, r := range rows {
		near[i] = dated{r.Ref, "the revised plan", r.AskedAt, r.DueAt}
	}
	return near, nil
}
