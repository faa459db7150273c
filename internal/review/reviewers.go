package review

import (
	"cmp"
	"context"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
)

// Reviewers are the reviewers of a call with their work in it.
type Reviewers struct {
	Call   *fund.Call
	Rubric *rubric.Rubric
	Rows   []ReviewerRow // in the order of their names, those with overdue reviews first
	Masked int
	May    map[access.Action]bool
}

// ReviewerRow is a reviewer with their work in the call.
type ReviewerRow struct {
	Person   ident.Person
	Name     string
	Kind     string
	Assigned int
	Done     int
	Overdue  int
	NextDue  *time.Time
	Waiting  []Waiting  // the reviews that are not in, those due first first
	Reminded *time.Time // when a fund manager reminded them last of this call
	Today    bool       // they were reminded today, of this call or another
}

// Waiting is a review that is not in.
type Waiting struct {
	Ref   ident.Ref
	Title string
	DueAt time.Time
	Late  bool
}

// Reviewers gives them to those who see how far an assessment is. Work on applications from which the one who looks is barred is left out.
func (s *Service) Reviewers(ctx context.Context, ref ident.CallRef) (Reviewers, error) {
	var list Reviewers
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, ref, access.ViewProgress)
		if err != nil {
			return err
		}
		tx.Saw("progress.reviewers", string(d.call.Ref))
		list = Reviewers{Call: d.call, Rubric: d.rubric, Masked: d.masked, May: map[access.Action]bool{}}
		for _, act := range []access.Action{access.RemindReviewer, access.ReplaceReviewer, access.ViewSeverity} {
			if list.May[act], err = tx.May(act, d.call); err != nil {
				return err
			}
		}
		list.Rows, err = d.reviewers(tx)
		return err
	})
	return list, err
}

func (d *desk) reviewers(tx *work.Tx) ([]ReviewerRow, error) {
	by := map[ident.Person]*ReviewerRow{}
	for _, a := range d.apps {
		for _, s := range a.seats {
			if by[s.Person] == nil {
				by[s.Person] = &ReviewerRow{Person: s.Person, Kind: s.Kind}
			}
			by[s.Person].take(a, s, d.now)
		}
	}
	ids := make([]ident.Person, 0, len(by))
	for id, r := range by {
		ids = append(ids, id)
		slices.SortStableFunc(r.Waiting, func(a, b Waiting) int { return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Ref, b.Ref)) })
		if len(r.Waiting) > 0 {
			r.NextDue = &r.Waiting[0].DueAt
		}
	}
	if err := reminded(tx, d.call, by); err != nil {
		return nil, err
	}
	named, err := people.ByIDs(tx, ids) // in the order of their names
	rows := make([]ReviewerRow, 0, len(named))
	for _, who := range named {
		by[who.ID].Name = who.Name
		rows = append(rows, *by[who.ID])
	}
	slices.SortStableFunc(rows, func(a, b ReviewerRow) int { return cmp.Compare(min(b.Overdue, 1), min(a.Overdue, 1)) })
	return rows, err
}

// take counts an assignment.
func (r *ReviewerRow) take(a *figure, s assignment.Assignment, now time.Time) {
	r.Assigned++
	if s.State == assignment.Done {
		r.Done++
		return
	}
	late := now.After(s.DueAt)
	if late {
		r.Overdue++
	}
	r.Waiting = append(r.Waiting, Waiting{a.ref, a.title, s.DueAt, late})
}
