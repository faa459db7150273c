package application

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// OtherOrganisation stands where somebody contributes for an organisation that the answers do not name.
const OtherOrganisation ident.ODS = "other"

// resendApart is how long one waits before an invitation is sent again.
const resendApart = 10 * time.Minute

// mostWaiting is how many invitations of a kind may wait for an answer at once in an application: more than any of them has people, and
// fewer than would make a mailing of it.
const mostWaiting = 50

// tooManyWait refuses another invitation, by the field of the page, where as many wait already.
func tooManyWait(tx *work.Tx, rows any, id ident.Application, field string) error {
	n, err := countWaiting(tx, rows, id)
	if err == nil && n >= mostWaiting {
		err = fault.Fields(fault.Problems{field: fmt.Sprintf("%d invitations wait for an answer. Wait until some are answered or have expired before you send another", n)})
	}
	return err
}

// Invitation asks somebody to help with an application, or with some of its sections; none means all.
type Invitation struct {
	Email        string
	Name         string
	Sections     []string
	Organisation ident.ODS // one that the answers name, OtherOrganisation, or empty
}

// Invited is an invitation as it is kept: to contribute, or to become the main contact. Whoever is invited sees nothing of the
// application before they accept.
type Invited struct {
	ID            string
	ApplicationID ident.Application
	Kind          Relation // Contributor or MainContact
	Person        ident.Person
	Email         string
	Name          string // as it was typed
	Sections      string
	Organisation  ident.ODS
	Stays         bool   // of a new main contact: the one before stays as a contributor
	Reason        string // why the fund manager asks, where the main contact has left
	InvitedBy     ident.Person
	InvitedAt     time.Time // last sent
	ExpiresAt     time.Time
	AcceptedAt    *time.Time
	EndedAt       *time.Time // withdrawn, declined, or another took its place
}

// TableName is the table of invitations.
func (Invited) TableName() string { return "application_invitations" }

// Expired reports whether the time to accept has passed.
func (i *Invited) Expired(now time.Time) bool { return !now.Before(i.ExpiresAt) }

// Facts is what a permission may look at: an invitation is answered by the one who is invited.
func (i *Invited) Facts() access.Facts {
	return access.Facts{Self: i.Person, Subjects: []access.Subject{access.ForApplication(i.ApplicationID)}}
}

// Invite asks somebody to contribute, by a mail with word of the data that is held. They have a part in the application once they
// accept; until then inviting them again replaces the invitation. Of who contributes already it changes the sections.
func (s *Service) Invite(ctx context.Context, ref ident.Ref, in Invitation) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := inviting(tx, ref)
		if err != nil {
			return err
		}
		sections, err := s.sectionsOf(a, in.Sections)
		if err != nil {
			return err
		}
		if err := s.known(tx, a, in.Organisation); err != nil {
			return err
		}
		p, err := people.Ensure(tx, in.Email, in.Name)
		if err != nil {
			return err
		}
		if p.ID == a.MainContact {
			return fault.Fields(fault.Problems{"email": "This is the main contact, who can write every section already"})
		}
		if slices.Contains(a.With(Contributor), p.ID) {
			return setSections(tx, a, Part{ApplicationID: a.ID, Person: p.ID, Relation: Contributor, Sections: sections, Organisation: in.Organisation, Since: tx.Now})
		}
		return s.invite(tx, a, p, Invited{
			Kind: Contributor, Name: strings.Join(strings.Fields(in.Name), " "), Sections: sections, Organisation: in.Organisation, Stays: true,
		})
	})
}

// inviting reads an application whose main contact acts and which can be changed.
func inviting(tx *work.Tx, ref ident.Ref) (*Application, error) {
	a, err := Permitted(tx, ref, access.InviteToApplication)
	if err != nil {
		return nil, err
	}
	if !a.Writable() {
		return nil, fault.New(fault.Conflict, "The application can no longer be changed")
	}
	return a, nil
}

// invite keeps an invitation in place of one to the same person, and mails it. However it is asked for, one person gets one mail of a
// kind about one application in ten minutes.
func (s *Service) invite(tx *work.Tx, a *Application, p *people.Person, in Invited) error {
	field := map[Relation]string{Contributor: "email", MainContact: "contact-email"}[in.Kind]
	soon, err := invitedSince(tx, a.ID, p.ID, in.Kind, tx.Now.Add(-resendApart))
	if err != nil {
		return err
	}
	if soon {
		return fault.Fields(fault.Problems{field: "This person was invited a few minutes ago. Wait ten minutes before you invite them again"})
	}
	if err := endInvitations(tx, a.ID, "person = ?", p.ID); err != nil {
		return err
	}
	if err := tooManyWait(tx, &Invited{}, a.ID, field); err != nil {
		return err
	}
	in.ID, in.ApplicationID, in.Person, in.Email, in.InvitedBy = ident.New[string](), a.ID, p.ID, p.Email, tx.By.ID
	in.InvitedAt, in.ExpiresAt = tx.Now, tx.Now.Add(s.people.InvitationLife())
	if err := work.Add(tx, &in); err != nil {
		return err
	}
	act := access.InviteToApplication
	if in.Kind == MainContact {
		act = access.HandOverApplication
	}
	tx.Record(Event(a, string(act), map[string]any{"person": p.ID, "sections": in.Sections, "kind": in.Kind, "reason_digest": digestOf(in.Reason)}))
	return s.mailInvitation(tx, a, p, &in)
}

// Resend sends an invitation again that was not accepted; it stands for the whole time anew.
func (s *Service) Resend(ctx context.Context, ref ident.Ref, id string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, in, err := waitingInvitation(tx, ref, id)
		if err != nil {
			return err
		}
		if tx.Now.Sub(in.InvitedAt) < resendApart {
			return fault.New(fault.Conflict, "The invitation was sent a few minutes ago. Wait ten minutes before you send it again")
		}
		in.InvitedAt, in.ExpiresAt = tx.Now, tx.Now.Add(s.people.InvitationLife())
		if err := resent(tx, in); err != nil {
			return err
		}
		p, err := people.ByID(tx, in.Person)
		if err != nil {
			return err
		}
		tx.Record(Event(a, "application.resend_invitation", map[string]any{"person": in.Person}))
		return s.mailInvitation(tx, a, p, in)
	})
}

// WithdrawInvitation takes back an invitation that was not accepted.
func (s *Service) WithdrawInvitation(ctx context.Context, ref ident.Ref, id string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, in, err := waitingInvitation(tx, ref, id)
		if err != nil {
			return err
		}
		tx.Record(Event(a, "application.withdraw_invitation", map[string]any{"person": in.Person}))
		return withdrawn(tx, in)
	})
}

// waitingInvitation reads an invitation that was neither accepted nor ended, for the main contact.
func waitingInvitation(tx *work.Tx, ref ident.Ref, id string) (*Application, *Invited, error) {
	a, err := Permitted(tx, ref, access.InviteToApplication)
	if err != nil {
		return nil, nil, err
	}
	in, err := invitationByID(tx, a.ID, id)
	return a, in, err
}

// ChangeSections changes what a contributor can write.
func (s *Service) ChangeSections(ctx context.Context, ref ident.Ref, person ident.Person, codes []string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := inviting(tx, ref)
		if err != nil {
			return err
		}
		sections, err := s.sectionsOf(a, codes)
		if err != nil {
			return err
		}
		part, ok := a.contributing(person)
		if !ok {
			return work.NotFound("contributor")
		}
		part.Sections = sections
		return setSections(tx, a, part)
	})
}

// contributing gives the part of a contributor.
func (a *Application) contributing(person ident.Person) (Part, bool) {
	i := slices.IndexFunc(a.people, func(p Part) bool { return p.Person == person && p.Relation == Contributor })
	if i < 0 {
		return Part{}, false
	}
	return a.people[i], true
}

func setSections(tx *work.Tx, a *Application, p Part) error {
	tx.Record(Event(a, "application.change_sections", map[string]any{"person": p.Person, "sections": p.Sections}))
	if err := Unrelate(tx, a, p.Person, Contributor); err != nil {
		return err
	}
	return relate(tx, a, p)
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

// RemoveContributor ends somebody's part in an application, at once. What they wrote stays.
func (s *Service) RemoveContributor(ctx context.Context, ref ident.Ref, person ident.Person) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.InviteToApplication)
		if err != nil {
			return err
		}
		if _, ok := a.contributing(person); !ok {
			return work.NotFound("contributor")
		}
		tx.Record(Event(a, "application.remove_contributor", map[string]any{"person": person}))
		if err := endInvitations(tx, a.ID, "person = ?", person); err != nil {
			return err
		}
		return Unrelate(tx, a, person, Contributor)
	})
}

// Leave ends the part of the contributor who acts. What they wrote stays.
func (s *Service) Leave(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.LeaveApplication)
		if err != nil {
			return err
		}
		tx.Record(Event(a, string(access.LeaveApplication), nil))
		if err := endInvitations(tx, a.ID, "person = ?", tx.By.ID); err != nil {
			return err
		}
		if err := Unrelate(tx, a, tx.By.ID, Contributor); err != nil {
			return err
		}
		return tellContact(tx, a, "contributor_left")
	})
}
