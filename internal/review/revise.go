package review

import (
	"context"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Revise replaces a review that was sent, after its writer has seen the others' reasons. Both versions are kept.
func (s *Service) Revise(ctx context.Context, ref ident.Ref, in Typed) (Sheet, error) {
	var sheet Sheet
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.ReviseReview)
		if err != nil {
			return err
		}
		if sheet, err = s.sheet(tx, a); err != nil {
			return err
		}
		return s.revise(tx, &sheet, in)
	})
	return sheet, err
}

func (s *Service) revise(tx *work.Tx, sheet *Sheet, in Typed) error {
	before := sheet.Review
	switch {
	case !sheet.Revisable:
		return fault.New(fault.Conflict, "This review cannot be revised now")
	case in.Version != before.Version:
		return fault.Stale(before.inputs(), "This review was revised in another window after you opened it")
	}
	in.Only = nil // a revision is the whole review
	problems := sheet.fill(in)
	if len(problems) == 0 {
		problems = sheet.missing()
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	if sheet.Review.says(before) {
		return nil
	}
	if err := keepVersion(tx, &before); err != nil {
		return err
	}
	old, err := ofReview(tx, before.ID)
	if err != nil {
		return err
	}
	if err := setState(tx, old, ScoreReplaced); err != nil {
		return err
	}
	r := &sheet.Review
	r.SavedAt, r.SubmittedAt = tx.Now, &tx.Now
	if err := work.Save(tx, r, &r.Version); err != nil {
		return err
	}
	scores := sheet.scores(tx)
	guard(tx, sheet.Application, access.ReviseReview, slices.Concat(old, scores), map[string]any{"review": r.ID, "version": r.Version, "digest": r.digest()})
	return addScores(tx, scores)
}

// Strike takes the work of somebody who turned out to have a conflict out of all sums: it is kept and marked.
func Strike(tx *work.Tx, a *application.Application, person ident.Person) error {
	row, err := assignment.Strike(tx, a, person)
	if err != nil || row == nil {
		return err
	}
	r, err := reviewOf(tx, row.ID)
	if err != nil || r == nil {
		return err
	}
	scores, err := ofReview(tx, r.ID)
	if err != nil {
		return err
	}
	if err := setState(tx, scores, ScoreStruck); err != nil {
		return err
	}
	r.State = Struck
	guard(tx, a, access.StrikeReview, scores, map[string]any{"review": r.ID})
	return work.Save(tx, r, &r.Version)
}
