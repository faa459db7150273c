package monitoring

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/award"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Service is the use cases after the agreement.
type Service struct {
	gate    *work.Gate
	library *fund.Library
	awards  *award.Service
}

// NewService makes the service.
func NewService(gate *work.Gate, library *fund.Library, awards *award.Service) *Service {
	return &Service{gate, library, awards}
}

// Page is an award with what follows its agreement.
type Page struct {
	award.Page
	Promised   award.Promised
	Expected   []award.ExpectedReturn
	Returns    []Return
	Variations []Variation
	Closing    *Closing
	Against    []plan.Standing
	Names      map[ident.Person]string
}

// Show gives the page of an award with what follows its agreement.
func (s *Service) Show(ctx context.Context, ref ident.Ref) (Page, error) {
	shown, err := s.awards.Show(ctx, ref)
	p := Page{Page: shown}
	if err != nil {
		return p, err
	}
	err = s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := award.Permitted(tx, ref, access.ViewAward)
		if err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		return p.read(tx, a)
	})
	return p, err
}

func (p *Page) read(tx *work.Tx, a *award.Award) error {
	var err error
	if p.Promised, err = award.PromisedBy(tx, a); err != nil {
		return err //nolint:wrapcheck // award has said what it was doing
	}
	if p.Returns, err = returnsOf(tx, a.ID); err != nil {
		return err
	}
	if p.Variations, err = variationsOf(tx, a.ID); err != nil {
		return err
	}
	if p.Closing, err = closingOf(tx, a.ID); err != nil {
		return err
	}
	p.Expected = expected(a, p.Terms)
	p.Against = plan.Against(p.Terms.Plan, Spent(p.Returns))
	p.Names, err = people.Names(tx, p.named()...)
	return err //nolint:wrapcheck // people has said what it was doing
}

func (p *Page) named() []ident.Person {
	var ids []ident.Person
	for _, r := range p.Returns {
		ids = appendSome(ids, r.SentBy, r.AnsweredBy)
	}
	for _, v := range p.Variations {
		ids = appendSome(append(ids, v.ProposedBy), v.AnsweredBy)
	}
	if p.Closing != nil {
		ids = appendSome(append(ids, p.Closing.ProposedBy), p.Closing.ClosedBy)
	}
	return ids
}

func appendSome(ids []ident.Person, more ...*ident.Person) []ident.Person {
	for _, id := range more {
		if id != nil {
			ids = append(ids, *id)
		}
	}
	return ids
}

// Return gives the row of an expected return; nil if nobody began it.
func (p *Page) Return(e award.ExpectedReturn) *Return { return find(p.Returns, e) }

func find(all []Return, e award.ExpectedReturn) *Return {
	for i := range all {
		if all[i].is(e) {
			return &all[i]
		}
	}
	return nil
}

// Open gives the variation that waits for an answer; nil if none does.
func (p *Page) Open() *Variation { return open(p.Variations) }

// section gives the form of returns, and the questions of one: those of a quarter, and of the final report those of the project too.
func (s *Service) section(final bool) (*form.Form, *form.Section, error) {
	f, err := s.library.Form(ReturnForm)
	if err != nil {
		return nil, nil, err //nolint:wrapcheck // the library has said what it was doing
	}
	section := *f.Sections[0]
	if final {
		section.Title = f.Sections[1].Title
		section.Questions = append(append([]*form.Question(nil), f.Sections[0].Questions...), f.Sections[1].Questions...)
	}
	return f, &section, nil
}

// on is a use case on an award to which the principal may do an action.
func (s *Service) on(ctx context.Context, ref ident.Ref, act access.Action, do func(tx *work.Tx, a *award.Award) error) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := award.Permitted(tx, ref, act)
		if err != nil {
			return err //nolint:wrapcheck // a fault for the person
		}
		return do(tx, a)
	})
}
