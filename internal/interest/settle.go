package interest

import (
	"context"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// about is an interest as the policy sees it: of its application, and of the person whose it is.
type about struct {
	a      *application.Application
	person ident.Person
}

// Facts is what a permission may look at.
func (i about) Facts() access.Facts {
	f := i.a.Facts()
	f.Self = i.person
	return f
}

// Settle decides a doubt: the interest is none after all, or it bars. It is for the fund manager, and never about oneself.
func (s *Service) Settle(ctx context.Context, id string, as Severity, note string) error {
	if as != Clear && as != Bars {
		return fault.Fields(fault.Problems{"settled": "Select whether the interest bars"})
	}
	return s.decide(ctx, access.SettleInterest, id, note, func(tx *work.Tx, i *Interest, note string) error {
		if !i.Open() {
			return fault.New(fault.Conflict, "This interest is settled already")
		}
		return settle(tx, i, as, note)
	})
}

// Withdraw takes back a declaration that was made in error. What was struck because of it stays struck; the reviewer can be assigned
// again.
func (s *Service) Withdraw(ctx context.Context, id, note string) error {
	return s.decide(ctx, access.WithdrawInterest, id, note, func(tx *work.Tx, i *Interest, note string) error {
		if !i.Stands() {
			return fault.New(fault.Conflict, "This declaration was withdrawn already")
		}
		return withdraw(tx, i, note)
	})
}

// decide changes one interest, with a reason, and draws what follows from all that the person has in the application.
func (s *Service) decide(ctx context.Context, act access.Action, id, note string, change func(*work.Tx, *Interest, string) error) error {
	note = strings.TrimSpace(note)
	if note == "" || form.Characters(note) > 2000 {
		return fault.Fields(fault.Problems{"note": "Enter the reason, in 2,000 characters or fewer"})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		i, err := byID(tx, id)
		if err != nil {
			return err
		}
		a, err := application.ByID(tx, i.ApplicationID)
		if err != nil {
			return err
		}
		if err := tx.Require(act, about{a, i.Person}); err != nil {
			return err
		}
		if err := change(tx, i, note); err != nil {
			return err
		}
		tx.Record(application.Event(a, string(act), map[string]any{"interest": i.ID, "person": i.Person, "means": i.Means()}))
		all, err := of(tx, a.ID, i.Person)
		if err != nil {
			return err
		}
		return s.redraw(tx, a, i.Person, all)
	})
}

// redraw sets the relations anew after a declaration was settled or withdrawn.
func (s *Service) redraw(tx *work.Tx, a *application.Application, person ident.Person, all []Interest) error {
	if barring(all) {
		return s.bar(tx, a, person)
	}
	for _, r := range []application.Relation{application.Conflicted, application.Recused, application.Declared} {
		if err := application.Unrelate(tx, a, person, r); err != nil {
			return err
		}
	}
	if waiting(all) || !declaredOnce(all) {
		return nil
	}
	return application.Relate(tx, a, person, application.Declared)
}

func declaredOnce(all []Interest) bool {
	for _, i := range all {
		if i.Stands() && !i.Found() {
			return true
		}
	}
	return false
}

// Appoint names who acts on an application for the chair, who is recused.
func (s *Service) Appoint(ctx context.Context, ref ident.Ref, person ident.Person) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.AppointDeputy)
		if err != nil {
			return err
		}
		for _, r := range application.Barring() {
			for _, barred := range a.With(r) {
				if barred == person {
					return fault.New(fault.Conflict, "They are recused from this application themselves")
				}
			}
		}
		tx.Record(application.Event(a, string(access.AppointDeputy), map[string]any{"person": person}))
		return application.Relate(tx, a, person, application.Deputy)
	})
}

// Line is an interest in a list, with what it is about.
type Line struct {
	Interest

	Ref   ident.Ref
	Title string
	Name  string // whose it is
}

// ByID gives one interest for the fund manager.
func (s *Service) ByID(ctx context.Context, id string) (Line, error) {
	var l Line
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		i, err := byID(tx, id)
		if err != nil {
			return err
		}
		a, err := application.ByID(tx, i.ApplicationID)
		if err != nil {
			return err
		}
		l = Line{Interest: *i, Ref: a.Ref, Title: a.Title}
		return tx.Require(access.ViewInterests, about{a, i.Person})
	})
	return l, err
}

// InCallList gives the interests in the applications of a call for the fund manager, those to settle first.
func (s *Service) InCallList(ctx context.Context, ref ident.CallRef) ([]Line, error) {
	var lines []Line
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ViewInterests)
		if err != nil {
			return err
		}
		apps, err := application.InCall(tx, c)
		if err != nil {
			return err
		}
		all, err := InCall(tx, c.ID)
		if err != nil {
			return err
		}
		lines, err = label(tx, apps, all)
		tx.Saw("interests", string(c.Ref))
		return err
	})
	return lines, err
}

func label(tx *work.Tx, apps []*application.Application, all []Interest) ([]Line, error) {
	byID := map[ident.Application]*application.Application{}
	for _, a := range apps {
		byID[a.ID] = a
	}
	ids := make([]ident.Person, len(all))
	for i, one := range all {
		ids[i] = one.Person
	}
	names, err := people.Names(tx, ids...)
	if err != nil {
		return nil, err
	}
	var open, rest []Line
	for _, i := range all {
		l := Line{Interest: i, Name: names[i.Person]}
		if a := byID[i.ApplicationID]; a != nil {
			l.Ref, l.Title = a.Ref, a.Title
		}
		if i.Open() {
			open = append(open, l)
		} else {
			rest = append(rest, l)
		}
	}
	return append(open, rest...), nil
}

// Mine gives the declarations of the one who is signed in: the only place where a barred reviewer still finds the application.
func (s *Service) Mine(ctx context.Context) ([]Line, error) {
	var lines []Line
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ViewOwnInterests, access.Facts{Self: tx.By.ID}); err != nil {
			return err
		}
		all, err := mine(tx, tx.By.ID)
		if err != nil {
			return err
		}
		refs, err := refsOf(tx, all)
		if err != nil {
			return err
		}
		for _, i := range all {
			if !i.Found() {
				lines = append(lines, Line{Interest: i, Ref: refs[i.ApplicationID], Name: tx.By.Name})
			}
		}
		return nil
	})
	return lines, err
}
