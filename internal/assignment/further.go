package assignment

import (
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Spare is who could give further reviews of a call, and what they must not review.
type Spare struct {
	Applications []*application.Application
	Reviewers    []Free
	Barred       []Pair // conflicts, and what was declined
	Given        []Pair // assignments of the call that stand, done or not
	Open         int    // of which the review is still to come in
	Beyond       int    // of which there are more than the call asks of each application
}

// Free is a reviewer with how many more reviews they can take.
type Free struct {
	Person ident.Person
	Name   string
	Kind   string
	Themes []string
	Room   int
}

// SpareIn collects it for the applications of a call in some states, with a fixed number of queries.
func (s *Service) SpareIn(tx *work.Tx, c *fund.Call, states ...workflow.ApplicationState) (Spare, error) {
	b, err := s.read(tx, c, states...)
	if err != nil {
		return Spare{}, err
	}
	rows, err := InCall(tx, c.ID)
	if err != nil {
		return Spare{}, err
	}
	p := Spare{Applications: b.apps}
	for _, r := range b.reviewers {
		p.Reviewers = append(p.Reviewers, Free{r.Person, b.names[r.Person], r.Kind, strings.Fields(r.Themes), max(0, r.Capacity-b.load[r.Person])})
	}
	refs := map[ident.Application]ident.Ref{}
	for _, a := range b.apps {
		refs[a.ID] = a.Ref
		p.Barred = append(p.Barred, b.barredFrom(a)...)
	}
	p.count(rows, refs, c.Settings.Review.Kinds)
	return p, nil
}

func (b *basis) barredFrom(a *application.Application) []Pair {
	var pairs []Pair
	for _, r := range b.reviewers {
		if b.barred[pairOf(r.Person, a.Ref)] {
			pairs = append(pairs, Pair{a.Ref, r.Person, r.Kind})
		}
	}
	return pairs
}

// count takes in the assignments that stand. kinds is how many reviews every application gets.
func (p *Spare) count(rows []Assignment, refs map[ident.Application]ident.Ref, kinds map[string]int) {
	asked, of := 0, map[ident.Application]int{}
	for _, n := range kinds {
		asked += n
	}
	for _, row := range rows {
		ref, here := refs[row.ApplicationID]
		if !here || !row.Stands() {
			continue
		}
		p.Given = append(p.Given, Pair{ref, row.Person, row.Kind})
		if row.State == Standing {
			p.Open++
		}
		if of[row.ApplicationID]++; of[row.ApplicationID] > asked {
			p.Beyond++
		}
	}
}

// Further assigns a further review of an application, besides those that every application gets, and tells the reviewer. Who calls it has
// asked the permission, and that the reviewer is free.
func Further(tx *work.Tx, a *application.Application, p Pair, reason string) error {
	if a.State != workflow.Assessment {
		return fault.New(fault.Conflict, "%s is not in assessment any more", a.Ref)
	}
	row := fresh(tx, a.Call(), a, p)
	row.Note = reason
	if err := work.Add(tx, &row); err != nil {
		return err
	}
	if err := application.Relate(tx, a, p.Person, application.Assigned); err != nil {
		return err
	}
	tx.Record(application.Event(a, string(access.ApproveTargeted), map[string]any{"in": p.Person, "kind": p.Kind}))
	to, err := people.ByIDs(tx, []ident.Person{p.Person})
	if err != nil {
		return err
	}
	return tell(tx, a, notify.Kind(workflow.TellReviewToDo), string(row.ID), to)
}
