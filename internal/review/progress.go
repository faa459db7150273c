package review

import (
	"context"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Progress is how far the assessment of a call is.
type Progress struct {
	Call      *fund.Call
	Rubric    *rubric.Rubric
	Rows      []ProgressRow
	Reviewers []ReviewerRow
	Ready     int // applications whose assessment can be closed
	Apart     int
	Masked    int // applications from which the one who looks is barred
	May       map[access.Action]bool
}

// ProgressRow is an application.
type ProgressRow struct {
	Ref     ident.Ref
	Title   string
	Lead    string
	State   workflow.ApplicationState
	Asked   int
	Totals  Totals
	Apart   []rubric.PartTotal
	Overdue int
	May     bool // close its assessment
}

// Ready reports whether the assessment can be closed.
func (r ProgressRow) Ready() bool {
	return r.State == workflow.Assessment && len(r.Totals.Missing) == 0 && len(r.Apart) == 0
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
}

// Progress gives how far the assessment of a call is, by application and by reviewer, with a fixed number of queries.
func (s *Service) Progress(ctx context.Context, ref ident.CallRef) (Progress, error) {
	var p Progress
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ViewProgress)
		if err != nil {
			return err
		}
		tx.Saw("progress", string(c.Ref))
		p = Progress{Call: c, May: map[access.Action]bool{}}
		if p.May[access.CloseAssessment], err = tx.May(access.CloseAssessment, c); err != nil {
			return err
		}
		if p.Rubric, err = s.rubric(c); err != nil {
			return err
		}
		return s.progress(tx, &p)
	})
	return p, err
}

func (s *Service) progress(tx *work.Tx, p *Progress) error {
	apps, err := application.InCall(tx, p.Call, workflow.Assessment, workflow.Moderation, workflow.Assessed)
	if err != nil {
		return err
	}
	totals, err := s.Totals(tx, p.Call)
	if err != nil {
		return err
	}
	rows, err := assignment.InCall(tx, p.Call.ID)
	if err != nil {
		return err
	}
	overdue := map[ident.Application]int{}
	barred := map[ident.Application]bool{}
	for _, row := range rows {
		if row.State == assignment.Standing && tx.Now.After(row.DueAt) {
			overdue[row.ApplicationID]++
		}
	}
	for _, a := range apps {
		if a.Bars(tx.By.ID) {
			barred[a.ID] = true
			p.Masked++
			continue
		}
		t := totals[a.ID]
		r := ProgressRow{Ref: a.Ref, Title: a.Title, Lead: a.LeadName, State: a.State, Asked: t.Reviews + t.Pending, Totals: t, Overdue: overdue[a.ID]}
		r.Apart = t.Apart(p.Call.Settings.Review.ApartBy)
		if r.May, err = tx.May(access.CloseAssessment, a); err != nil {
			return err
		}
		p.add(r)
	}
	return p.addReviewers(tx, slices.DeleteFunc(rows, func(row assignment.Assignment) bool { return barred[row.ApplicationID] || !row.Stands() }))
}

func (p *Progress) add(r ProgressRow) {
	if r.Ready() {
		p.Ready++
	}
	if r.State == workflow.Assessment && len(r.Apart) > 0 {
		p.Apart++
	}
	p.Rows = append(p.Rows, r)
}

func (p *Progress) addReviewers(tx *work.Tx, rows []assignment.Assignment) error {
	var ids []ident.Person
	by := map[ident.Person]*ReviewerRow{}
	for _, row := range rows {
		r := by[row.Person]
		if r == nil {
			r = &ReviewerRow{Person: row.Person, Kind: row.Kind}
			by[row.Person] = r
			ids = append(ids, row.Person)
		}
		r.Assigned++
		switch {
		case row.State == assignment.Done:
			r.Done++
		case tx.Now.After(row.DueAt):
			r.Overdue++
		}
		if due := row.DueAt; row.State == assignment.Standing && (r.NextDue == nil || due.Before(*r.NextDue)) {
			r.NextDue = &due
		}
	}
	named, err := people.ByIDs(tx, ids) // in the order of their names
	for _, who := range named {
		by[who.ID].Name = who.Name
		p.Reviewers = append(p.Reviewers, *by[who.ID])
	}
	return err
}

// Task is a review in a reviewer's queue.
type Task struct {
	Ref      ident.Ref
	Title    string
	Lead     string
	Call     string
	Kind     string
	DueAt    time.Time
	Sent     bool
	Begun    bool
	Declared bool
	Overdue  bool
	Reopened bool // in moderation: the review may be revised
}

// Queue gives the reviews of the one who is signed in, those to do and due first.
func (s *Service) Queue(ctx context.Context) ([]Task, error) {
	var tasks []Task
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := requireSomewhere(tx, access.ListReviews); err != nil {
			return err
		}
		rows, err := queueOf(tx, tx.By.ID)
		if err != nil {
			return err
		}
		refs := make([]string, 0, len(rows))
		for _, row := range rows {
			if row.Conflicted {
				continue
			}
			refs = append(refs, string(row.Ref))
			sent := row.State == assignment.Done
			tasks = append(tasks, Task{
				Ref: row.Ref, Title: row.Title, Lead: row.LeadName, Call: row.CallTitle, Kind: row.Kind, DueAt: row.DueAt, Sent: sent, Begun: row.SavedAt != nil,
				Declared: row.Declared, Overdue: !sent && tx.Now.After(row.DueAt), Reopened: sent && row.AppState == workflow.Moderation,
			})
		}
		tx.Saw("reviews", refs...)
		return nil
	})
	return tasks, err
}

// requireSomewhere refuses who may not do an action anywhere.
func requireSomewhere(tx *work.Tx, act access.Action) error {
	var in access.Scope
	if scopes := tx.Policy().Scopes(tx.By, act); len(scopes) > 0 {
		in = scopes[0]
	}
	return tx.Require(act, in)
}
