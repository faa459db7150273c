package review

import (
	"context"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Task is a review in the queue of a reviewer.
type Task struct {
	Ref       ident.Ref
	Title     string
	Lead      string
	Call      string
	CallRef   ident.CallRef
	Kind      string
	DueAt     time.Time
	Sent      bool
	Begun     bool
	Declared  bool
	Waiting   bool // for the fund manager to settle what was declared
	Overdue   bool
	Reopened  bool // in moderation: the review may be revised
	Stopped   bool // not sent, and the assessment was closed without it
	Printable bool // declared and not in doubt: it may be in a pack
	Size      Size
	Parts     int // that have a score and a reason, as saved
}

// ToDo reports whether the review is still to be written.
func (t Task) ToDo() bool { return !t.Sent && !t.Stopped }

// Ready reports whether the reviewer can go on with it now.
func (t Task) Ready() bool { return t.ToDo() && !t.Waiting }

// Queue gives the reviews of the one who is signed in: those that are overdue and due first, then those that were sent, the latest due first.
func (s *Service) Queue(ctx context.Context) ([]Task, error) {
	var tasks []Task
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := requireSomewhere(tx, access.ListReviews); err != nil {
			return err
		}
		var err error
		if tasks, err = s.queue(tx); err != nil {
			return err
		}
		refs := make([]string, len(tasks))
		for i, t := range tasks {
			refs[i] = string(t.Ref)
		}
		tx.Saw("reviews", refs...)
		return nil
	})
	return tasks, err
}

// queue gives the tasks of the one who acts, with a fixed number of queries.
func (s *Service) queue(tx *work.Tx) ([]Task, error) {
	rows, err := queueOf(tx, tx.By.ID)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(row queued) bool { return row.Conflicted })
	papers, err := s.papersOf(tx, rows)
	if err != nil {
		return nil, err
	}
	tasks := make([]Task, len(rows))
	for i, row := range rows {
		if tasks[i], err = s.task(tx, row, papers[row.Ref]); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(tasks, func(a, b Task) int {
		switch {
		case a.ToDo() != b.ToDo():
			return order(a.ToDo())
		case !a.ToDo():
			return b.DueAt.Compare(a.DueAt)
		default:
			return a.DueAt.Compare(b.DueAt)
		}
	})
	return tasks, nil
}

func order(first bool) int {
	if first {
		return -1
	}
	return 1
}

func (s *Service) task(tx *work.Tx, row queued, p paper) (Task, error) {
	r, err := s.rubrics.Rubric(row.Settings.Forms.Rubric)
	if err != nil {
		return Task{}, err //nolint:wrapcheck // says which
	}
	parts := r.In(row.Theme).For(rubric.Kind(row.Kind))
	sent := row.State == assignment.Done
	t := Task{
		Ref: row.Ref, Title: p.mask.Text(row.Title), Lead: row.LeadName, Call: row.CallTitle, CallRef: row.CallRef, Kind: r.KindTitle(rubric.Kind(row.Kind)), DueAt: row.DueAt, Sent: sent,
		Begun: row.SavedAt != nil, Declared: row.Declared, Waiting: row.Waiting && !row.Declared, Stopped: !sent && row.AppState != workflow.Assessment,
		Reopened: sent && row.AppState == workflow.Moderation, Size: Size{p.words, p.files, len(parts)},
	}
	t.Overdue = t.ToDo() && tx.Now.After(row.DueAt)
	t.Printable = t.Declared && row.Terms
	sheet := Sheet{Parts: parts, Review: Review{Marks: row.Marks}, Least: row.Settings.Review.ReasonWord}
	t.Parts = sheet.Done()
	return t, nil
}

// After gives the task that comes after one in a queue: the next that can be written now, from the beginning again after the last; none if
// there is no other.
func After(tasks []Task, ref ident.Ref) (Task, bool) {
	at := slices.IndexFunc(tasks, func(t Task) bool { return t.Ref == ref })
	for i := range tasks {
		t := tasks[(at+1+i)%len(tasks)]
		if t.Ref != ref && t.Ready() {
			return t, true
		}
	}
	return Task{}, false
}

// Place is where a review stands in the queue of its reviewer.
type Place struct {
	Number int // among those that are still to be written; 0 if it is none of them
	Of     int
	Next   *Task // nil if there is no other
}

// Place gives where a review stands in the queue of the one who is signed in.
func (s *Service) Place(ctx context.Context, ref ident.Ref) (Place, error) {
	var p Place
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		err := requireSomewhere(tx, access.ListReviews)
		if err == nil {
			p, err = s.place(tx, ref)
		}
		return err
	})
	return p, err
}

func (s *Service) place(tx *work.Tx, ref ident.Ref) (Place, error) {
	var p Place
	tasks, err := s.queue(tx)
	if next, there := After(tasks, ref); there {
		p.Next = &next
	}
	for _, t := range tasks {
		if t.ToDo() {
			p.Of++
		}
		if t.ToDo() && t.Ref == ref {
			p.Number = p.Of
		}
	}
	return p, err
}

// requireSomewhere refuses who may not do an action anywhere.
func requireSomewhere(tx *work.Tx, act access.Action) error {
	var in access.Scope
	if scopes := tx.Policy().Scopes(tx.By, act); len(scopes) > 0 {
		in = scopes[0]
	}
	return tx.Require(act, in)
}
