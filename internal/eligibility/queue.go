package eligibility

import (
	"context"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Who has a case, besides a person: anybody, nobody, or the one who looks.
const (
	Anybody = ""
	Nobody  = "nobody"
	Mine    = "mine"
)

// Filter narrows the queue. Without states it gives those that wait for an officer or an applicant.
type Filter struct {
	Call   ident.CallRef
	States []workflow.ApplicationState
	Search string
	Has    string // Anybody, Nobody, Mine or the id of an officer
	Order  application.Order
	After  ident.Ref // the last one of the page before, and what it had in the column that sorts
	From   string
	Limit  int // 0: all
}

// Waiting are the states in which an application is in the queue.
func Waiting() []workflow.ApplicationState {
	return []workflow.ApplicationState{workflow.Screening, workflow.Clarification, workflow.IneligibleProposed}
}

// Row is an application in the queue.
type Row struct {
	*application.Application
	Decided map[string]Decision // what stands, by criterion
	Found   map[string]Found    // what the rules found when they ran last, by criterion; nil: they have not run yet
	Officer ident.Person        // who has it; empty: nobody
	Asked   int                 // questions that wait for an answer
	DueAt   *time.Time          // of the first of them
	Days    int                 // since it came into its state
}

// Listing is the queue with what it can be narrowed to.
type Listing struct {
	Rows     []Row
	Masked   int64 // cases from which the one who looks is recused, whatever the list is narrowed to: another officer has them
	Calls    []fund.Call
	Officers []people.Person // who may have a case
	Me       ident.Person
	May      bool // give cases to officers and take them
}

// Name is that of an officer in the list, or "".
func (l Listing) Name(id ident.Person) string {
	i := slices.IndexFunc(l.Officers, func(p people.Person) bool { return p.ID == id })
	if i < 0 {
		return ""
	}
	return l.Officers[i].Name
}

// Queue gives the applications that the one who is signed in may check: with a fixed number of queries, however many there are.
func (s *Service) Queue(ctx context.Context, f Filter) (Listing, error) {
	var l Listing
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ListScreening, tx.Anywhere(access.ListScreening)); err != nil {
			return err
		}
		var err error
		if l.Rows, err = rowsOf(tx, f); err != nil {
			return err
		}
		if l.Masked, err = application.CountBarred(tx, access.ViewEligibility, Waiting()); err != nil {
			return err
		}
		if l.Calls, err = callsOf(tx); err != nil {
			return err
		}
		l.Me, l.May = tx.By.ID, len(tx.Policy().Scopes(tx.By, access.AssignCase)) > 0
		l.Officers, err = officersOf(tx, l.Rows)
		return err
	})
	return l, err
}

// rowsOf reads the rows of the queue.
func rowsOf(tx *work.Tx, f Filter) ([]Row, error) {
	q := f.query(tx.By.ID)
	if f.Call != "" {
		c, err := fund.CallByRef(tx, f.Call)
		if fault.Is(err, fault.NotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		q.Call = c.ID
	}
	list, err := application.List(tx, access.ViewEligibility, q)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	ids := make([]ident.Application, len(list))
	refs := make([]string, len(list))
	for i, a := range list {
		ids[i], refs[i] = a.ID, string(a.Ref)
	}
	stand, err := standingOf(tx, ids)
	if err != nil {
		return nil, err
	}
	open, err := openIn(tx, ids)
	if err != nil {
		return nil, err
	}
	found, err := runsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	officers, err := application.Related(tx, ids, application.Officer)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(list))
	for i, a := range list {
		rows[i] = rowOf(a, stand[a.ID], open[a.ID], tx.Now)
		rows[i].Found, rows[i].Officer = found[a.ID].Found, officers[a.ID]
	}
	tx.Saw("eligibility queue", refs...)
	return rows, nil
}

// query is the filter as the list of applications takes it.
func (f Filter) query(me ident.Person) application.Query {
	q := application.Query{States: f.States, Search: f.Search, After: f.After, From: f.From, Order: f.Order, Limit: f.Limit}
	if len(q.States) == 0 {
		q.States = Waiting()
	}
	if q.Limit == 0 {
		q.Limit = -1
	}
	switch f.Has {
	case Anybody:
	case Nobody:
		q.Without = application.Officer
	case Mine:
		q.Held = &application.Part{Person: me, Relation: application.Officer}
	default:
		q.Held = &application.Part{Person: ident.Person(f.Has), Relation: application.Officer}
	}
	return q
}

func rowOf(a *application.Application, stand []Finding, open []Clarification, now time.Time) Row {
	row := Row{Application: a, Decided: map[string]Decision{}, Asked: len(open), Days: int(now.Sub(a.StateAt).Hours() / 24)}
	if a.SubmissionID != nil {
		for _, c := range rules.Criteria() {
			row.Decided[c] = decided(stand, *a.SubmissionID, c)
		}
	}
	if len(open) > 0 {
		row.DueAt = &open[0].DueAt
	}
	return row
}

// callsOf gives the calls in which the one who looks checks applications, the latest first.
func callsOf(tx *work.Tx) ([]fund.Call, error) {
	all, err := fund.Calls(tx)
	if err != nil {
		return nil, err
	}
	scopes := tx.Policy().Scopes(tx.By, access.ViewEligibility)
	return slices.DeleteFunc(all, func(c fund.Call) bool {
		return !slices.ContainsFunc(scopes, func(s access.Scope) bool { return s.Covers(c.Scope()) })
	}), nil
}

// officersOf gives those who may have a case in one of the calls that rows are in, and those who have one of the rows.
func officersOf(tx *work.Tx, rows []Row) ([]people.Person, error) {
	var all []people.Person
	seen := map[ident.Person]bool{}
	add := func(list []people.Person) {
		for _, p := range list {
			if !seen[p.ID] {
				seen[p.ID] = true
				all = append(all, p)
			}
		}
	}
	var had []ident.Person
	calls := map[ident.Call]bool{}
	for _, r := range rows {
		if !calls[r.CallID] {
			calls[r.CallID] = true
			staff, err := people.WhoMay(tx, access.RecordFinding, access.Scope{Round: r.RoundID, Call: r.CallID})
			if err != nil {
				return nil, err
			}
			add(staff)
		}
		if r.Officer != "" && !seen[r.Officer] {
			had = append(had, r.Officer)
		}
	}
	more, err := people.ByIDs(tx, had)
	add(more)
	return all, err
}
