package application

import (
	"context"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// WithPeople is what the page of an application's people shows.
type WithPeople struct {
	Overview
	Invitations []Invited // that wait or whose time has passed, for those who may invite
	Deputies    []Deputising
	Now         time.Time
	// Named are the organisations for which somebody can be invited, by code, the lead first.
	Named []people.Organisation
}

// WithPeople gives the people of an application, and who is invited.
func (s *Service) WithPeople(ctx context.Context, ref ident.Ref) (WithPeople, error) {
	var p WithPeople
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		p.Now = tx.Now
		if p.Overview, err = s.overview(tx, a); err != nil {
			return err
		}
		tx.Saw("people of the application", string(a.Ref))
		return p.read(tx, a)
	})
	return p, err
}

func (p *WithPeople) read(tx *work.Tx, a *Application) error {
	var err error
	if p.Deputies, err = deputies(tx, a); err != nil {
		return err
	}
	if !p.May[access.InviteToApplication] && !p.May[access.ReplaceMainContact] {
		return nil
	}
	if p.Invitations, err = invitationsOf(tx, a.ID); err != nil {
		return err
	}
	codes := named(a, p.Form, p.Answers)
	found, err := people.OrganisationsByODS(tx, codes)
	if err != nil {
		return err
	}
	for _, code := range codes {
		if o, ok := found[code]; ok {
			p.Named = append(p.Named, o)
		}
	}
	return nil
}
