package application

import (
	"context"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// Handover asks somebody to become the main contact.
type Handover struct {
	Email  string
	Name   string
	Stays  bool   // the main contact stays as a contributor
	Reason string // of the fund manager
}

// HandOver asks somebody of the lead organisation to become the main contact in place of the one who acts. Nothing changes before
// they accept, so that an application always has one.
func (s *Service) HandOver(ctx context.Context, ref ident.Ref, in Handover) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.HandOverApplication)
		if err != nil {
			return err
		}
		in.Reason = ""
		return s.proposeContact(tx, a, in)
	})
}

// ReplaceContact asks somebody to become the main contact where the one before has left: by the fund manager, with the reason. That
// the person may act for the lead organisation is settled apart, by the rules for all.
func (s *Service) ReplaceContact(ctx context.Context, ref ident.Ref, in Handover) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ReplaceMainContact)
		if err != nil {
			return err
		}
		in.Stays, in.Reason = false, strings.TrimSpace(in.Reason)
		if in.Reason == "" || form.Characters(in.Reason) > 2000 {
			return fault.Fields(fault.Problems{"contact-reason": "Enter the reason, in 2,000 characters or fewer"})
		}
		return s.proposeContact(tx, a, in)
	})
}

func (s *Service) proposeContact(tx *work.Tx, a *Application, in Handover) error {
	p, err := ensureAs(tx, "contact-", in.Email, in.Name)
	if err != nil {
		return err
	}
	if p.ID == a.MainContact {
		return fault.Fields(fault.Problems{"contact-email": "This is the main contact already"})
	}
	if err := endInvitations(tx, a.ID, "kind = ?", MainContact); err != nil {
		return err
	}
	return s.invite(tx, a, p, Invited{Kind: MainContact, Name: strings.Join(strings.Fields(in.Name), " "), Organisation: a.Lead, Stays: in.Stays, Reason: in.Reason})
}

// takeOver makes the one who accepts the main contact, in one step with the end of the one before.
func (s *Service) takeOver(tx *work.Tx, a *Application, in *Invited) error {
	acts, err := people.ActsFor(tx, in.Person, a.Lead)
	if err != nil {
		return err
	}
	if !acts {
		return fault.New(fault.Conflict, "You cannot act for %s yet, so that you cannot be the main contact. Ask for it on your account page, and accept then", a.LeadName)
	}
	before := a.MainContact
	if err := s.changeContact(tx, a, before, in); err != nil {
		return err
	}
	tx.Record(Event(a, "application.change_main_contact", map[string]any{"from": before, "to": in.Person, "asked_by": in.InvitedBy, "stays": in.Stays}))
	fields := map[string]string{"new": tx.By.Name}
	m := notify.Message{Kind: "main_contact_changed", Key: string(a.ID) + stamp(tx.Now), Fields: fields}
	if err := tellAll(tx, a, m, append(signs(), MainContact)...); err != nil {
		return err
	}
	if in.Person == before {
		return nil
	}
	old, err := people.ByID(tx, before)
	if err != nil {
		return err
	}
	m.Person, m.Address, m.Fields = old.ID, old.Email, Fields(a)
	m.Fields["new"], m.Fields["name"] = tx.By.Name, old.Name
	return tx.Notify(m)
}

func (s *Service) changeContact(tx *work.Tx, a *Application, before ident.Person, in *Invited) error {
	if err := Unrelate(tx, a, before, MainContact); err != nil {
		return err
	}
	if in.Stays {
		if err := relate(tx, a, Part{ApplicationID: a.ID, Person: before, Relation: Contributor, Organisation: a.Lead, Since: tx.Now}); err != nil {
			return err
		}
		if err := people.GiveRoles(tx, before, access.GivenByContributing); err != nil {
			return err
		}
	}
	if err := Unrelate(tx, a, in.Person, Contributor); err != nil {
		return err
	}
	if err := Relate(tx, a, in.Person, MainContact); err != nil {
		return err
	}
	if err := people.GiveRoles(tx, in.Person, access.GivenBySignUp); err != nil {
		return err
	}
	a.MainContact = in.Person
	return work.Save(tx, a, &a.Version)
}
