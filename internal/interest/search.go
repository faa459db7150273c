package interest

import (
	"context"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// searched is how many applications are looked at in one transaction: others who write wait for no more.
const searched = 50

// Search looks by the rules for interests of everybody who works on a call in its applications, and keeps what it finds; what bars is
// drawn at once: a recusal, a struck review. It gives how many are new. It may be run again, also by several at the same moment: what is
// there, settled or withdrawn is not found anew.
func (s *Service) Search(ctx context.Context, ref ident.CallRef) (int, error) {
	var ids []ident.Application
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.FindInterests)
		if err != nil {
			return err
		}
		apps, err := application.InCall(tx, c)
		for _, a := range apps {
			if open(a) {
				ids = append(ids, a.ID)
			}
		}
		return err
	})
	n := 0
	for part := range slices.Chunk(ids, searched) {
		if err != nil {
			break
		}
		err = s.gate.Write(ctx, func(tx *work.Tx) error {
			more, err := s.search(tx, ref, part)
			if err == nil {
				tx.After(func() { n += more })
			}
			return err
		})
	}
	return n, err
}

// SearchDue searches in every call that is closed and not yet released: a job of the night, and, for one call alone, of its closing.
func (s *Service) SearchDue(ctx context.Context, only ident.Call) error {
	ctx = access.With(ctx, access.System(access.FindInterests))
	var refs []ident.CallRef
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		calls, err := fund.CallsIn(tx, workflow.CallClosed, workflow.CallDecided)
		for _, c := range calls {
			if only == "" || c.ID == only {
				refs = append(refs, c.Ref)
			}
		}
		return err
	})
	for _, ref := range refs {
		if err == nil {
			_, err = s.Search(ctx, ref)
		}
	}
	return err
}

// open reports whether interests in an application still matter: it was submitted and is not released.
func open(a *application.Application) bool {
	return a.SubmissionID != nil && a.State != workflow.Withdrawn && !workflow.Applications().Info(a.State).Released
}

func (s *Service) search(tx *work.Tx, ref ident.CallRef, ids []ident.Application) (int, error) {
	c, err := fund.PermittedCall(tx, ref, access.FindInterests)
	if err != nil {
		return 0, err
	}
	byID, err := application.ByIDs(tx, ids)
	if err != nil {
		return 0, err
	}
	apps := make([]*application.Application, 0, len(ids))
	for _, id := range ids {
		if a := byID[id]; a != nil && open(a) {
			apps = append(apps, a)
		}
	}
	who, err := s.everybody(tx, c)
	if err != nil {
		return 0, err
	}
	sight, err := Look(tx, s.library, c, apps, who)
	if err != nil {
		return 0, err
	}
	known, err := foundIn(tx, c.ID)
	if err != nil {
		return 0, err
	}
	persons := make([]ident.Person, 0, len(who))
	for p := range who {
		persons = append(persons, p)
	}
	slices.Sort(persons)
	n := 0
	for _, a := range apps {
		more, err := s.searchOne(tx, a, persons, sight, known)
		if err != nil {
			return 0, err
		}
		n += more
	}
	return n, nil
}

// searchOne keeps what is new between everybody and one application.
func (s *Service) searchOne(tx *work.Tx, a *application.Application, who []ident.Person, sight *Sight, known map[overruled]bool) (int, error) {
	var added []map[string]any
	var barred []ident.Person
	for _, person := range who {
		fresh, err := newOnes(tx, a, person, sight.Between(person, a.ID), known)
		if err != nil {
			return 0, err
		}
		for _, f := range fresh {
			added = append(added, map[string]any{"person": person, "kind": f.Kind, "severity": f.Severity, "basis": f.Basis})
		}
		if Worst(fresh) == Bars {
			barred = append(barred, person)
		}
	}
	if len(added) == 0 {
		return 0, nil
	}
	tx.Record(application.Event(a, string(access.FindInterests), map[string]any{"found": added}))
	for _, person := range barred {
		if err := s.bar(tx, a, person); err != nil {
			return 0, err
		}
	}
	return len(added), nil
}

// newOnes keeps those of the findings that nobody has kept before.
func newOnes(tx *work.Tx, a *application.Application, person ident.Person, all []Finding, known map[overruled]bool) ([]Finding, error) {
	var fresh []Finding
	for _, f := range all {
		if known[overruled{a.ID, person, f.Kind, f.Basis}] {
			continue
		}
		added, err := addFound(tx, newFound(tx, a, person, f))
		if err != nil {
			return nil, err
		}
		if added {
			fresh = append(fresh, f)
		}
	}
	return fresh, nil
}

func newFound(tx *work.Tx, a *application.Application, person ident.Person, f Finding) *Interest {
	return &Interest{ID: ident.New[string](), ApplicationID: a.ID, Person: person, Kind: f.Kind, Source: found, Severity: f.Severity, Basis: f.Basis, Statement: f.Words, At: tx.Now}
}

// everybody are those who might have an interest in the applications of a call: reviewers, officers, assessors, the panel, approvers,
// observers, with whom they work for.
func (s *Service) everybody(tx *work.Tx, c *fund.Call) (Employed, error) {
	staff, err := people.WhoMay(tx, access.DeclareInterest, c.Scope())
	if err != nil {
		return nil, err
	}
	employers, err := s.reviews.Employers(tx, c.RoundID)
	if err != nil {
		return nil, err
	}
	all := Employed{}
	for _, p := range staff {
		all[p.ID] = employers[p.ID]
	}
	return all, nil
}
