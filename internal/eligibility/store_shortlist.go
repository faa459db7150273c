package eligibility

import (
	"fmt"

	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/work"
)

// lastLines gives the last proposal for each application of a call.
func lastLines(tx *work.Tx, call ident.Call) (map[ident.Application]*ShortlistLine, error) {
	rows, err := work.Many[*ShortlistLine](tx.DB().Where("call_id = ?", call).Order("proposed_at, id"), "shortlist")
	by := make(map[ident.Application]*ShortlistLine, len(rows))
	for _, l := range rows {
		by[l.ApplicationID] = l
	}
	return by, err
}

// waitingLine is the proposal to leave an application off that waits for the chair, or nil.
func waitingLine(tx *work.Tx, id ident.Application) (*ShortlistLine, error) {
	return work.Find[ShortlistLine](tx.DB().Where("application_id = ? AND settled = ''", id).Order("proposed_at DESC"), "proposal")
}

// confirmedLine is the proposal by which an application was left off, or nil.
func confirmedLine(tx *work.Tx, id ident.Application) (*ShortlistLine, error) {
	return work.Find[ShortlistLine](tx.DB().Where("application_id = ? AND settled = ?", id, confirmed).Order("proposed_at DESC"), "proposal")
}

// replaceLines keeps proposals in place of those that wait for the same applications.
func replaceLines(tx *work.Tx, lines []ShortlistLine) error {
	for i := range lines {
		if err := tx.DB().Where("application_id = ? AND settled = ''", lines[i].ApplicationID).Delete(&ShortlistLine{}).Error; err != nil {
			return fmt.Errorf("taking back a proposal for the shortlist: %w", err)
		}
		if err := work.Add(tx, &lines[i]); err != nil {
			return err
		}
	}
	return nil
}

func settleLine(tx *work.Tx, l *ShortlistLine, as, note string) error {
	err := tx.DB().Model(&ShortlistLine{}).Where("id = ? AND settled = ''", l.ID).
		Updates(map[string]any{"settled": as, "note": note, "settled_by": tx.By.ID, "settled_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("settling a proposal for the shortlist: %w", err)
	}
	return nil
}

// failures are the criteria that an application fails, with the reasons that officers gave.
func failures(tx *work.Tx, a *application.Application) ([]Reason, error) {
	stand, err := standingOf(tx, []ident.Application{a.ID})
	var reasons []Reason
	for _, f := range stand[a.ID] {
		if f.Decision == Fail {
			reasons = append(reasons, Reason{rules.CriterionTitle(f.Criterion), f.Reason})
		}
	}
	return reasons, err
}
