package assignment

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Refusal is why a reviewer declines.
type Refusal struct {
	Reason Reason
	Note   string
}

func (r *Refusal) check() error {
	problems := fault.Problems{}
	known := false
	for _, info := range Reasons() {
		known = known || info.Reason == r.Reason
	}
	if !known {
		problems["reason"] = "Select why you decline"
	}
	r.Note = strings.TrimSpace(r.Note)
	if r.Reason == HasConflict && r.Note == "" {
		problems["note"] = "Describe the conflict"
	}
	if form.Characters(r.Note) > 2000 {
		problems["note"] = "Note must be 2,000 characters or fewer"
	}
	return fault.Fields(problems)
}

// Decline gives an assignment back that was not finished. A conflict as the reason bars the reviewer from the application.
func (s *Service) Decline(ctx context.Context, ref ident.Ref, r Refusal) error {
	if err := r.check(); err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.DeclineAssignment)
		if err != nil {
			return err
		}
		return decline(tx, a, r)
	})
}

func decline(tx *work.Tx, a *application.Application, r Refusal) error {
	row, err := For(tx, a.ID, tx.By.ID)
	if err != nil {
		return err
	}
	if row == nil || row.State != Standing {
		return fault.New(fault.Conflict, "You have sent your review of this application: it cannot be declined any more")
	}
	row.Reason, row.Note = r.Reason, r.Note
	if err := end(tx, a, row, Declined); err != nil {
		return err
	}
	tx.Record(application.Event(a, string(access.DeclineAssignment), map[string]any{"reason": r.Reason}))
	if r.Reason == HasConflict {
		if err := interest.Conflict(tx, a, r.Note); err != nil {
			return err
		}
	}
	staff, err := application.Staff(tx, a, access.ReplaceReviewer)
	if err != nil {
		return err
	}
	return tell(tx, a, "reviewer_to_replace", string(row.ID), staff)
}

// end lets an assignment end before its review was written.
func end(tx *work.Tx, a *application.Application, row *Assignment, as State) error {
	if err := change(tx, row, as); err != nil {
		return err
	}
	return application.Unrelate(tx, a, row.Person, application.Assigned)
}

// Strike ends the assignment of somebody who turned out to have a conflict, whether or not the review was written. It gives the
// assignment, nil if there was none that stood.
func Strike(tx *work.Tx, a *application.Application, person ident.Person) (*Assignment, error) {
	row, err := For(tx, a.ID, person)
	if err != nil || row == nil {
		return nil, err
	}
	row.Reason = HasConflict
	if err := end(tx, a, row, Struck); err != nil {
		return nil, err
	}
	if err := application.Unrelate(tx, a, person, application.Reviewed); err != nil {
		return nil, err
	}
	tx.Record(application.Event(a, string(access.StrikeReview), map[string]any{"person": person, "assignment": row.ID}))
	return row, nil
}

// tell sends one mail about an application to each of the people.
func tell(tx *work.Tx, a *application.Application, kind notify.Kind, key string, to []people.Person) error {
	for _, p := range to {
		fields := application.Fields(a)
		fields["name"] = p.Name
		if err := tx.Notify(notify.Message{Kind: kind, Person: p.ID, Address: p.Email, Key: key, Fields: fields}); err != nil {
			return err
		}
	}
	return nil
}

// Replacement puts a reviewer in the place of another, or adds one where somebody declined, was struck, or a further review is asked.
type Replacement struct {
	Kind    string
	Out, In ident.Person // nobody out: a place that is free; nobody in: whoever fits best
	Reason  string
}

// Replace does it in one step: the one who goes is freed, the one who comes is assigned and told.
func (s *Service) Replace(ctx context.Context, ref ident.Ref, r Replacement) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.ReplaceReviewer)
		if err != nil {
			return err
		}
		if a.State != workflow.Assessment {
			return fault.New(fault.Conflict, "Reviewers are replaced while the application is in assessment")
		}
		if r.Reason = strings.TrimSpace(r.Reason); r.Reason == "" || form.Characters(r.Reason) > 2000 {
			return fault.Fields(fault.Problems{"reason": "Enter the reason, in 2,000 characters or fewer"})
		}
		if err := s.choose(tx, a, &r); err != nil {
			return err
		}
		return s.replace(tx, a, r)
	})
}

// ReplaceStruck finds somebody else for the review of somebody whose work on an application was struck because of a conflict. It reports
// whether there was such a review, of an application that is in assessment.
func (s *Service) ReplaceStruck(ctx context.Context, ref ident.Ref, out ident.Person, reason string) (bool, error) {
	kind := ""
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.ReplaceReviewer)
		if err != nil {
			return err
		}
		rows, err := Of(tx, a.ID)
		for _, row := range rows {
			if row.Person == out && row.State == Struck && a.State == workflow.Assessment {
				kind = row.Kind
			}
		}
		return err
	})
	if err != nil || kind == "" {
		return false, err
	}
	return true, s.Replace(ctx, ref, Replacement{Kind: kind, Reason: reason})
}

// choose finds who comes in, where nobody is named, and refuses who cannot.
func (s *Service) choose(tx *work.Tx, a *application.Application, r *Replacement) error {
	best, err := s.candidates(tx, a, r.Kind)
	if err != nil {
		return err
	}
	if r.In == "" && len(best) > 0 {
		r.In = best[0].Person
	}
	if !slices.ContainsFunc(best, func(c Candidate) bool { return c.Person == r.In }) {
		return fault.Fields(fault.Problems{"in": "Select a reviewer of this kind with capacity, without a conflict, who does not review it already"})
	}
	return nil
}

func (s *Service) replace(tx *work.Tx, a *application.Application, r Replacement) error {
	if r.Out != "" {
		row, err := For(tx, a.ID, r.Out)
		if err != nil {
			return err
		}
		if row == nil || row.State != Standing || row.Kind != r.Kind {
			return fault.Fields(fault.Problems{"out": "Select a reviewer whose review is not in"})
		}
		row.Note = r.Reason
		if err := end(tx, a, row, Replaced); err != nil {
			return err
		}
	}
	row := fresh(tx, a.Call(), a, Pair{a.Ref, r.In, r.Kind})
	row.Note = r.Reason
	if err := work.Add(tx, &row); err != nil {
		return err
	}
	if err := application.Relate(tx, a, r.In, application.Assigned); err != nil {
		return err
	}
	tx.Record(application.Event(a, string(access.ReplaceReviewer), map[string]any{"out": r.Out, "in": r.In, "kind": r.Kind}))
	to, err := people.ByIDs(tx, []ident.Person{r.In})
	if err != nil {
		return err
	}
	return tell(tx, a, notify.Kind(workflow.TellReviewToDo), string(row.ID), to)
}

// Candidate is somebody who could review an application.
type Candidate struct {
	Reviewer

	Name string
	Load int
	Fits bool // knows the theme
}

// candidates gives who of a kind could review an application, the best first: those with the least load, then those who know the theme.
func (s *Service) candidates(tx *work.Tx, a *application.Application, kind string) ([]Candidate, error) {
	b, err := s.read(tx, a.Call(), a.State)
	if err != nil {
		return nil, err
	}
	var list []Candidate
	for _, r := range b.reviewers {
		taken := slices.Contains(a.With(application.Assigned), r.Person) || b.barred[pairOf(r.Person, a.Ref)]
		if r.Kind == kind && !taken && b.load[r.Person] < r.Capacity {
			list = append(list, Candidate{r, b.names[r.Person], b.load[r.Person], r.Expert(a.Theme) && !b.near[pairOf(r.Person, a.Ref)]})
		}
	}
	sortCandidates(list)
	return list, nil
}

func sortCandidates(list []Candidate) {
	slices.SortStableFunc(list, func(x, y Candidate) int {
		return cmp.Or(cmp.Compare(x.Load, y.Load), cmp.Compare(rank(x.Fits), rank(y.Fits)), strings.Compare(x.Name, y.Name))
	})
}

func rank(first bool) int {
	if first {
		return 0
	}
	return 1
}

// Release ends the assignments of an application whose reviews are no longer asked for.
func Release(tx *work.Tx, a *application.Application) error {
	rows, err := Of(tx, a.ID)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].State == Standing {
			if err := end(tx, a, &rows[i], Replaced); err != nil {
				return err
			}
		}
	}
	return nil
}
