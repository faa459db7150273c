package application

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Invitation asks somebody to help with an application, or with some of its sections; none means all.
type Invitation struct {
	Email    string
	Name     string
	Sections []string
}

// Invite makes somebody a contributor: they can read the whole application and write the sections they are invited to. Who has
// no account gets a link to make one, with word of the data that is held. Inviting again changes the sections.
func (s *Service) Invite(ctx context.Context, ref ident.Ref, in Invitation) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.InviteToApplication)
		if err != nil {
			return err
		}
		if !a.Writable() {
			return fault.New(fault.Conflict, "The application can no longer be changed")
		}
		sections, err := s.sectionsOf(a, in.Sections)
		if err != nil {
			return err
		}
		p, err := people.Ensure(tx, in.Email, in.Name)
		if err != nil {
			return err
		}
		if p.ID == a.MainContact {
			return fault.Fields(fault.Problems{"email": "This is the main contact, who can write every section already"})
		}
		return s.makeContributor(tx, a, p, sections)
	})
}

func (s *Service) makeContributor(tx *work.Tx, a *Application, p *people.Person, sections string) error {
	if err := relate(tx, a, Part{ApplicationID: a.ID, Person: p.ID, Relation: Contributor, Sections: sections, Since: tx.Now}); err != nil {
		return err
	}
	tx.Record(Event(a, string(access.InviteToApplication), map[string]any{"person": p.ID, "sections": sections}))
	if err := people.GiveRoles(tx, p.ID, access.GivenByContributing); err != nil {
		return err
	}
	if err := people.InviteInside(tx, s.people, p); err != nil {
		return err
	}
	fields := Fields(a)
	fields["name"] = p.Name
	return tx.Notify(notify.Message{Kind: "contributor_invited", Person: p.ID, Address: p.Email, Key: string(a.ID) + sections, Fields: fields})
}

// sectionsOf gives the codes as they are kept; one that the form does not have is a problem of the field.
func (s *Service) sectionsOf(a *Application, codes []string) (string, error) {
	f, err := s.form(a)
	if err != nil {
		return "", err
	}
	var kept []string
	for _, code := range codes {
		sec, ok := f.Section(code)
		if !ok {
			return "", fault.Fields(fault.Problems{"sections": "Select sections from the list"})
		}
		kept = append(kept, sec.Path())
	}
	return strings.Join(kept, " "), nil
}

// RemoveContributor ends somebody's part in an application. What they wrote stays.
func (s *Service) RemoveContributor(ctx context.Context, ref ident.Ref, person ident.Person) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.InviteToApplication)
		if err != nil {
			return err
		}
		if !slices.Contains(a.With(Contributor), person) {
			return work.NotFound("contributor")
		}
		tx.Record(Event(a, "application.remove_contributor", map[string]any{"person": person}))
		return Unrelate(tx, a, person, Contributor)
	})
}
