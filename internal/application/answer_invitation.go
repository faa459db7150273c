package application

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// ToAnswer is what somebody who is invited is told before they answer: no more than the mail said.
type ToAnswer struct {
	Invited
	Ref       ident.Ref
	Title     string
	Call      string
	Lead      string // the name of the lead organisation
	By        string // who invites
	Part      []string
	Committed bool // it can still be answered
}

// mailInvitation sends an invitation, with a way in for those who have no account yet.
func (s *Service) mailInvitation(tx *work.Tx, a *Application, p *people.Person, in *Invited) error {
	link, err := s.people.WayIn(tx, p, "/applications/"+string(a.Ref)+"/invitation")
	if err != nil {
		return err
	}
	sections, err := s.titles(a, in.Sections)
	if err != nil {
		return err
	}
	kind := notify.Kind("contributor_invited")
	if in.Kind == MainContact {
		kind = "main_contact_proposed"
	}
	fields := Fields(a)
	fields["name"], fields["link"], fields["by"], fields["until"] = in.Name, link, tx.By.Name, uktime.Date(in.ExpiresAt)
	fields["lead"], fields["sections"] = a.LeadName, cmp.Or(strings.Join(sections, ", "), "the whole application")
	return tx.Notify(notify.Message{Kind: kind, Person: p.ID, Address: p.Email, Key: in.ID + stamp(tx.Now), Fields: fields})
}

// titles are those of sections as they are kept.
func (s *Service) titles(a *Application, sections string) ([]string, error) {
	f, err := s.form(a)
	if err != nil {
		return nil, err
	}
	var titles []string
	for _, code := range strings.Fields(sections) {
		if sec, ok := f.Section(code); ok {
			titles = append(titles, sec.Title)
		}
	}
	return titles, nil
}

// named gives the organisations that the answers name and for which somebody can contribute: the lead, the recipient, the partners.
func named(a *Application, f *form.Form, answers form.Answers) []ident.ODS {
	codes := []ident.ODS{a.Lead}
	for _, role := range []form.Role{form.RoleRecipient, form.RolePartners} {
		for _, v := range f.Cells(role, answers) {
			if v.Organisation != "" && !slices.Contains(codes, v.Organisation) {
				codes = append(codes, v.Organisation)
			}
		}
	}
	return codes
}

// known refuses an organisation that the answers do not name.
func (s *Service) known(tx *work.Tx, a *Application, code ident.ODS) error {
	if code == "" || code == OtherOrganisation || code == a.Lead {
		return nil
	}
	f, err := s.form(a)
	if err != nil {
		return err
	}
	answers, err := Answers(tx, a.ID)
	if err != nil {
		return err
	}
	if !slices.Contains(named(a, f, answers), code) {
		return fault.Fields(fault.Problems{"organisation": "Select an organisation from the list"})
	}
	return nil
}

// invitationFor reads the invitation to an application that waits for the one who acts. That there is another application, or an
// invitation of somebody else, they do not learn.
func invitationFor(tx *work.Tx, ref ident.Ref) (*Application, *Invited, error) {
	a, err := ByRef(tx, ref)
	if fault.Is(err, fault.NotFound) {
		_, err = waitingFor(tx, nobodys, tx.By.ID) // as it is asked of one that is there
	}
	if err != nil {
		return nil, nil, err
	}
	in, err := waitingFor(tx, a.ID, tx.By.ID)
	if err != nil {
		return nil, nil, err
	}
	return a, in, tx.Require(access.AnswerInvitation, in)
}

// ToAnswer gives the invitation that waits for the one who is signed in.
func (s *Service) ToAnswer(ctx context.Context, ref ident.Ref) (ToAnswer, error) {
	var page ToAnswer
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, in, err := invitationFor(tx, ref)
		if err != nil {
			return err
		}
		page, err = s.toAnswer(tx, a, in)
		return err
	})
	return page, err
}

func (s *Service) toAnswer(tx *work.Tx, a *Application, in *Invited) (ToAnswer, error) {
	page := ToAnswer{Invited: *in, Ref: a.Ref, Title: a.Title, Call: a.call.Title, Lead: a.LeadName, Committed: in.Kind == MainContact || a.Writable()}
	names, err := people.Names(tx, in.InvitedBy)
	if err != nil {
		return page, err
	}
	page.By = names[in.InvitedBy]
	page.Part, err = s.titles(a, in.Sections)
	return page, err
}

// MyInvitations gives the invitations that wait for the one who is signed in.
func (s *Service) MyInvitations(ctx context.Context) ([]ToAnswer, error) {
	var all []ToAnswer
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.AnswerInvitation, access.Facts{Self: tx.By.ID}); err != nil {
			return err
		}
		rows, err := invitationsOfPerson(tx, tx.By.ID)
		if err != nil {
			return err
		}
		for i := range rows {
			a, err := ByID(tx, rows[i].ApplicationID)
			if err != nil {
				return err
			}
			page, err := s.toAnswer(tx, a, &rows[i])
			if err != nil {
				return err
			}
			all = append(all, page)
		}
		return nil
	})
	return all, err
}

// AnswerInvitation accepts an invitation or declines it.
func (s *Service) AnswerInvitation(ctx context.Context, ref ident.Ref, accept bool) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, in, err := invitationFor(tx, ref)
		if err != nil {
			return err
		}
		if !accept {
			tx.Record(Event(a, "application.decline_invitation", map[string]any{"kind": in.Kind}))
			if err := endInvitations(tx, a.ID, "id = ?", in.ID); err != nil {
				return err
			}
			return tellContact(tx, a, "invitation_declined")
		}
		tx.Record(Event(a, string(access.AnswerInvitation), map[string]any{"kind": in.Kind, "sections": in.Sections}))
		if err := accepted(tx, in); err != nil {
			return err
		}
		if in.Kind == MainContact {
			return s.takeOver(tx, a, in)
		}
		return contribute(tx, a, in)
	})
}

func contribute(tx *work.Tx, a *Application, in *Invited) error {
	if !a.Writable() {
		return fault.New(fault.Conflict, "The application can no longer be changed, so that there is nothing left to help with")
	}
	part := Part{ApplicationID: a.ID, Person: in.Person, Relation: Contributor, Sections: in.Sections, Organisation: in.Organisation, Since: tx.Now}
	if err := relate(tx, a, part); err != nil {
		return err
	}
	if err := people.GiveRoles(tx, in.Person, access.GivenByContributing); err != nil {
		return err
	}
	return tellContact(tx, a, "contributor_joined")
}

// tellContact tells the main contact what the one who acts did.
func tellContact(tx *work.Tx, a *Application, kind notify.Kind) error {
	return tellAll(tx, a, notify.Message{Kind: kind, Key: string(a.ID) + stamp(tx.Now), Fields: map[string]string{"by": tx.By.Name}}, MainContact)
}
