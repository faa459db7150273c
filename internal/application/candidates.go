package application

import (
	"context"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// WithProducts is what the page of an application's candidate products shows.
type WithProducts struct {
	Application *Application
	Products    []product.Outlook
	Invitations []SupplierInvited // for who may invite
	MayInvite   bool
	Now         time.Time
}

// SupplierInvited is an invitation to act for the supplier of a product, as it was named when it was sent. Whoever is invited sees
// nothing of the application but its title and call.
type SupplierInvited struct {
	ID            string
	ApplicationID ident.Application
	Product       string
	Supplier      string
	Version       string
	Person        ident.Person
	Email         string
	Name          string // as it was typed
	InvitedBy     ident.Person
	InvitedAt     time.Time
	ExpiresAt     time.Time
	AcceptedAt    *time.Time
	EndedAt       *time.Time // declined, or another took its place
}

// TableName is the table of invitations of suppliers.
func (SupplierInvited) TableName() string { return "supplier_invitations" }

// Facts is what a permission may look at: an invitation is answered by the one who is invited.
func (i *SupplierInvited) Facts() access.Facts {
	return access.Facts{Self: i.Person, Subjects: []access.Subject{access.ForApplication(i.ApplicationID)}}
}

func (i *SupplierInvited) named() product.Named {
	return product.Named{Name: i.Product, Supplier: i.Supplier, Version: i.Version}
}

// WithProducts gives the candidate products that the answers name, as far as the one who looks may read the answers, with what can be
// said today of their DTAC returns.
func (s *Service) WithProducts(ctx context.Context, ref ident.Ref) (WithProducts, error) {
	var p WithProducts
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		p.Application, p.Now = a, tx.Now
		if p.Products, err = s.outlooks(tx, a); err != nil {
			return err
		}
		tx.Saw("candidate products of the application", string(a.Ref))
		invites, err := tx.May(access.InviteToApplication, a)
		if err != nil || !invites {
			return err
		}
		p.MayInvite = len(p.Products) > 0 && !settled(a)
		p.Invitations, err = supplierInvitationsOf(tx, a.ID)
		return err
	})
	return p, err
}

// settled reports whether nothing can become of an application any more.
func settled(a *Application) bool { return workflow.Applications().Info(a.State).Final }

func (s *Service) outlooks(tx *work.Tx, a *Application) ([]product.Outlook, error) {
	f, err := s.form(a)
	if err != nil {
		return nil, err
	}
	answers, err := Answers(tx, a.ID)
	if err != nil {
		return nil, err
	}
	seen, err := s.readable(tx, a, answers, nil)
	if err != nil {
		return nil, err
	}
	return product.Outlooks(tx, product.Use{Application: a.ID, Round: a.RoundID, Call: a.CallID}, f, seen.answers)
}

// FillReturn gives the record in which the main contact of an application fills in the return of a product that the answers name, for a
// supplier who has not claimed it.
func (s *Service) FillReturn(ctx context.Context, ref ident.Ref, key string) (ident.Product, error) {
	var id ident.Product
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := ByRef(tx, ref)
		if err != nil {
			return err
		}
		if may, err := tx.May(access.ViewApplication, a); err != nil || !may { // a supplier without applications learns of none
			return orElse(err, work.NotFound("application"))
		}
		list, err := s.outlooks(tx, a)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(o product.Outlook) bool { return o.Key() == key })
		if i < 0 {
			return work.NotFound("product")
		}
		id, err = product.Fill(tx, product.Use{Application: a.ID, Round: a.RoundID, Call: a.CallID}, list[i].Named)
		return err
	})
	return id, err
}

// SupplierInvitation asks somebody to act for the supplier of a candidate product.
type SupplierInvitation struct {
	Product string // the key of one that the answers name
	Email   string
	Name    string
}

// InviteSupplier asks somebody, by a mail with word of the data that is held, to act for the supplier of a product that the answers
// name. Whether they have an account, or act for it already, the main contact does not learn. One person gets one such mail about one
// application in ten minutes.
func (s *Service) InviteSupplier(ctx context.Context, ref ident.Ref, in SupplierInvitation) error {
	return s.gate.Serial(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.InviteToApplication)
		if err != nil {
			return err
		}
		if settled(a) {
			return fault.New(fault.Conflict, "Nothing more is decided of this application, so that no supplier can be invited")
		}
		list, err := s.outlooks(tx, a)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.Conflict, "The application names no product yet")
		}
		i := slices.IndexFunc(list, func(o product.Outlook) bool { return o.Key() == in.Product })
		if i < 0 {
			return fault.Fields(fault.Problems{"product": "Select one of the products that the application names"})
		}
		p, err := people.Ensure(tx, in.Email, in.Name)
		if err != nil {
			return err
		}
		if p.ID == tx.By.ID {
			return fault.Fields(fault.Problems{"email": "This is your own address. Enter that of somebody at the supplier"})
		}
		return s.askSupplier(tx, a, p, SupplierInvited{
			Product: list[i].Name, Supplier: list[i].Supplier, Version: list[i].Version, Name: strings.Join(strings.Fields(in.Name), " "),
		})
	})
}

// askSupplier keeps an invitation in place of one of the same person to the same product, and mails it.
func (s *Service) askSupplier(tx *work.Tx, a *Application, p *people.Person, in SupplierInvited) error {
	soon, err := supplierInvitedSince(tx, a.ID, p.ID, tx.Now.Add(-resendApart))
	if err != nil {
		return err
	}
	if soon {
		return fault.Fields(fault.Problems{"email": "This person was invited a few minutes ago. Wait ten minutes before you invite them again"})
	}
	if err := tooManyWait(tx, &SupplierInvited{}, a.ID, "email"); err != nil {
		return err
	}
	in.ID, in.ApplicationID, in.Person, in.Email, in.InvitedBy = ident.New[string](), a.ID, p.ID, p.Email, tx.By.ID
	in.InvitedAt, in.ExpiresAt = tx.Now, tx.Now.Add(s.people.InvitationLife())
	if err := replaceSupplierInvitation(tx, &in); err != nil {
		return err
	}
	tx.Record(Event(a, "application.invite_supplier", map[string]any{"person": p.ID, "invitation": in.ID}))
	link, err := s.people.WayIn(tx, p, "/supplier/invitations")
	if err != nil {
		return err
	}
	return tx.Notify(notify.Message{Kind: "supplier_invited", Person: p.ID, Address: p.Email, Key: in.ID, Fields: map[string]string{
		"name": in.Name, "by": tx.By.Name, "title": a.Title, "call": a.call.Title, "product": in.Product, "supplier": in.Supplier, "version": in.Version,
		"link": link, "until": uktime.Date(in.ExpiresAt),
	}})
}

// SupplierToAnswer is what somebody who is invited as a supplier is told: no more than the mail said.
type SupplierToAnswer struct {
	SupplierInvited
	Title string // of the application
	Call  string
	By    string // who invites
}

// MySupplierInvitations gives the invitations as a supplier that wait for the one who is signed in.
func (s *Service) MySupplierInvitations(ctx context.Context) ([]SupplierToAnswer, error) {
	var list []SupplierToAnswer
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.AnswerInvitation, access.Facts{Self: tx.By.ID}); err != nil {
			return err
		}
		rows, err := supplierInvitationsFor(tx, tx.By.ID)
		if err != nil {
			return err
		}
		for _, in := range rows {
			a, err := ByID(tx, in.ApplicationID)
			if err != nil {
				return err
			}
			names, err := people.Names(tx, in.InvitedBy)
			if err != nil {
				return err
			}
			list = append(list, SupplierToAnswer{SupplierInvited: in, Title: a.Title, Call: a.call.Title, By: names[in.InvitedBy]})
		}
		return nil
	})
	return list, err
}

// AnswerSupplierInvitation accepts an invitation as a supplier, or declines it. It says whether the one who accepts acts for the product
// now; where somebody else claims it too, the fund decides. One of somebody else, one that was answered or has expired, and none at
// all look the same.
func (s *Service) AnswerSupplierInvitation(ctx context.Context, id string, accept bool) (bool, error) {
	var counts bool
	err := s.gate.Serial(ctx, func(tx *work.Tx) error {
		counts = false
		in, err := supplierInvitationFor(tx, id, tx.By.ID)
		if err != nil {
			return err
		}
		if err := tx.Require(access.AnswerInvitation, in); err != nil {
			return err
		}
		a, err := ByID(tx, in.ApplicationID)
		if err != nil {
			return err
		}
		if !accept {
			tx.Record(Event(a, "application.decline_supplier_invitation", map[string]any{"invitation": in.ID}))
			return answeredSupplierInvitation(tx, in, "ended_at")
		}
		tx.Record(Event(a, "application.accept_supplier_invitation", map[string]any{"invitation": in.ID}))
		if err := answeredSupplierInvitation(tx, in, "accepted_at"); err != nil {
			return err
		}
		counts, err = product.Supply(tx, in.named(), in.InvitedBy)
		return err
	})
	return counts, err
}
