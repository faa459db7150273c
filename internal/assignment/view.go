package assignment

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assign"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// View is the assignment of a call as its page shows it.
type View struct {
	Call    *fund.Call
	Plan    *Plan // that waits for approval, nil if there is none
	Status  string
	Rows    []Row
	Loads   []Load
	Lacks   []assign.Shortage // what is missing in the plan and why, with names in place of identifiers
	Waiting int               // applications that are eligible and not in assessment
	Masked  int               // applications from which the one who looks is barred
	May     map[access.Action]bool
}

// Row is an application with its places.
type Row struct {
	Ref   ident.Ref
	Title string
	Lead  string
	State workflow.ApplicationState
	Seats []Seat
}

// Seat is a place for a review: who has it, in the plan or in fact, or nobody.
type Seat struct {
	Kind   string
	Person ident.Person
	Name   string
	State  State // empty in a plan
	DueAt  time.Time
	Reason Reason
	Fits   bool        // who has it knows the theme
	Near   bool        // who has it works in the same integrated care system
	ByHand bool        // who has it was put in by hand
	Free   []Candidate // who could take it
}

// Load is how much a reviewer has.
type Load struct {
	Reviewer

	Name    string
	Stands  int // in the round
	Planned int
}

// View gives the assignment of a call: the plan that waits, what stands, and everybody's load.
func (s *Service) View(ctx context.Context, ref ident.CallRef) (View, error) {
	var v View
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ViewAssignment)
		if err != nil {
			return err
		}
		v = View{Call: c, May: map[access.Action]bool{}}
		for _, act := range []access.Action{access.ProposeAssignment, access.EditAssignment, access.ApproveAssignment, access.ReplaceReviewer} {
			if v.May[act], err = tx.May(act, c); err != nil {
				return err
			}
		}
		tx.Saw("assignment", string(c.Ref))
		return s.fill(tx, &v)
	})
	return v, err
}

func (s *Service) fill(tx *work.Tx, v *View) error {
	b, err := s.read(tx, v.Call, workflow.Eligible, workflow.Assessment, workflow.Moderation, workflow.Assessed)
	if err != nil {
		return err
	}
	if v.Plan, err = openPlan(tx, v.Call.ID); err != nil {
		return err
	}
	rows, err := InCall(tx, v.Call.ID)
	if err != nil {
		return err
	}
	if err := b.name(tx, rows); err != nil {
		return err
	}
	planned, err := v.planned()
	if err != nil {
		return err
	}
	for _, r := range b.reviewers {
		v.Loads = append(v.Loads, Load{r, b.names[r.Person], b.load[r.Person], planned[r.Person]})
	}
	b.wish(v.Plan)
	seen := map[string]bool{}
	for _, a := range b.apps {
		if slices.Contains(a.With(application.Recused), tx.By.ID) || slices.Contains(a.With(application.Conflicted), tx.By.ID) {
			v.Masked++
			continue
		}
		if a.State == workflow.Eligible {
			v.Waiting++
		}
		seen[string(a.Ref)] = true
		v.Rows = append(v.Rows, Row{a.Ref, a.Title, a.LeadName, a.State, b.seats(v.Plan, a, rows, planned)})
	}
	return v.lacks(b, seen)
}

// lacks explains what the plan cannot meet, in applications that the reader may see.
func (v *View) lacks(b *basis, seen map[string]bool) error {
	if v.Plan == nil || v.Status != assign.Infeasible {
		return nil
	}
	problem, err := assign.Parse([]byte(v.Plan.Problem))
	if err != nil {
		return fmt.Errorf("reading plan %s: %w", v.Plan.ID, err)
	}
	var result assign.Result
	if err := json.Unmarshal([]byte(v.Plan.Result), &result); err != nil {
		return fmt.Errorf("reading plan %s: %w", v.Plan.ID, err)
	}
	for _, s := range assign.Shortages(problem, result) {
		v.Lacks = append(v.Lacks, b.named(s, seen)...)
	}
	return nil
}

// named puts names in place of identifiers, and leaves out applications that the reader may not see.
func (b *basis) named(s assign.Shortage, seen map[string]bool) []assign.Shortage {
	s.Applications = slices.DeleteFunc(s.Applications, func(ref string) bool { return !seen[ref] })
	s.Barred = slices.DeleteFunc(s.Barred, func(p assign.Pair) bool { return !seen[p[1]] })
	if len(s.Applications) == 0 {
		return nil
	}
	for i, id := range s.Full {
		s.Full[i] = b.names[ident.Person(id)]
	}
	for i := range s.Barred {
		s.Barred[i][0] = b.names[ident.Person(s.Barred[i][0])]
	}
	return []assign.Shortage{s}
}

// planned counts what the plan gives each reviewer, and notes how it was solved.
func (v *View) planned() (map[ident.Person]int, error) {
	planned := map[ident.Person]int{}
	if v.Plan == nil {
		return planned, nil
	}
	for _, p := range v.Plan.Pairs {
		planned[p.Person]++
	}
	var result assign.Result
	if err := json.Unmarshal([]byte(v.Plan.Result), &result); err != nil {
		return nil, fmt.Errorf("reading plan %s: %w", v.Plan.ID, err)
	}
	v.Status = result.Status
	return planned, nil
}

// name reads the names of reviewers who are none any more.
func (b *basis) name(tx *work.Tx, rows []Assignment) error {
	ids := make([]ident.Person, len(rows))
	for i, r := range rows {
		ids[i] = r.Person
	}
	names, err := people.Names(tx, ids...)
	for id, name := range names {
		b.names[id] = name
	}
	return err
}

// seats are the places of an application: as assigned, else as planned, with those that are free.
func (b *basis) seats(p *Plan, a *application.Application, rows []Assignment, planned map[ident.Person]int) []Seat {
	seats := b.assigned(a, rows)
	if a.State == workflow.Eligible && p != nil {
		for _, pair := range p.Pairs {
			if pair.Ref == a.Ref {
				at := pairOf(pair.Person, a.Ref)
				i := slices.IndexFunc(b.reviewers, func(r Reviewer) bool { return r.Person == pair.Person })
				seats = append(seats, Seat{
					Kind: pair.Kind, Person: pair.Person, Name: b.names[pair.Person], Fits: i >= 0 && b.reviewers[i].Expert(a.Theme), Near: b.near[at], ByHand: b.wishes[at],
				})
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(b.call.Settings.Review.Kinds)) {
		for range b.call.Settings.Review.Kinds[kind] - taken(seats, kind) {
			seats = append(seats, Seat{Kind: kind})
		}
	}
	slices.SortStableFunc(seats, func(x, y Seat) int { return strings.Compare(x.Kind, y.Kind) })
	for i := range seats {
		seats[i].Free = b.free(a, seats, seats[i].Kind, planned)
	}
	return seats
}

// assigned are the places that were given to somebody, also those that are given no more.
func (b *basis) assigned(a *application.Application, rows []Assignment) []Seat {
	var seats []Seat
	for _, r := range rows {
		if r.ApplicationID == a.ID {
			seats = append(seats, Seat{Kind: r.Kind, Person: r.Person, Name: b.names[r.Person], State: r.State, DueAt: r.DueAt, Reason: r.Reason})
		}
	}
	return seats
}

// taken counts the places of a kind that somebody has.
func taken(seats []Seat, kind string) int {
	n := 0
	for _, s := range seats {
		if s.Kind == kind && (s.State == "" || s.State == Standing || s.State == Done) {
			n++
		}
	}
	return n
}

// free gives who of a kind could take a place of an application, the least loaded first.
func (b *basis) free(a *application.Application, seats []Seat, kind string, planned map[ident.Person]int) []Candidate {
	var list []Candidate
	for _, r := range b.reviewers {
		there := slices.ContainsFunc(seats, func(s Seat) bool { return s.Person == r.Person })
		load := b.load[r.Person] + planned[r.Person]
		if r.Kind == kind && !there && !b.barred[pairOf(r.Person, a.Ref)] && load < r.Capacity {
			list = append(list, Candidate{r, b.names[r.Person], load, r.Expert(a.Theme)})
		}
	}
	sortCandidates(list)
	return list
}
