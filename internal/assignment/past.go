package assignment

import (
	"slices"

	"adoptionfund/internal/application"
	"adoptionfund/internal/work"
)

// Past is who was asked to review an application, and how that was decided, for its explanation.
type Past struct {
	Assignments []Assignment
	Plans       []Planned // that placed reviewers on it and were approved, the oldest first
}

// Planned is a plan as far as it is about one application.
type Planned struct {
	Plan

	Changes []Change // that were made by hand
}

// PastOf reads the assignments of an application with a fixed number of queries. Who asks must be allowed to see them.
func PastOf(tx *work.Tx, a *application.Application) (Past, error) {
	var p Past
	var err error
	if p.Assignments, err = Of(tx, a.ID); err != nil {
		return p, err
	}
	q := tx.DB().Omit("problem", "result").Where("call_id = ? AND approved_at IS NOT NULL", a.CallID).Order("approved_at, id")
	plans, err := work.Many[Plan](q, "assignment plans")
	for _, plan := range plans {
		if !slices.ContainsFunc(plan.Pairs, func(pair Pair) bool { return pair.Ref == a.Ref }) {
			continue
		}
		one := Planned{Plan: plan}
		for _, c := range plan.Changes {
			if c.Ref == a.Ref {
				one.Changes = append(one.Changes, c)
			}
		}
		p.Plans = append(p.Plans, one)
	}
	return p, err
}

// Label is the state as people read it.
func (s State) Label() string {
	return map[State]string{Standing: "To be written", Done: "Sent", Declined: "Declined", Struck: "Struck because of a conflict", Replaced: "Replaced"}[s]
}
