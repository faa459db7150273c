package application

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// Signature is a signatory's word for the answers with one digest.
type Signature struct {
	ID            string
	ApplicationID ident.Application
	Part          Relation
	Person        ident.Person
	TypedName     string
	Digest        string
	SignedAt      time.Time
	ClearedAt     *time.Time
	Given         Given
	SignedFor     *ident.Person // the signatory whose deputy signed
	// What took it back: who changed which section.
	ClearedBy      string
	ClearedSection string
}

// Given is how a signature was given.
type Given string

// The ways of signing.
const (
	ByAccount Given = "account" // signed in
	ByMail    Given = "mail"    // with the link and the code of a mail
)

// signer is one of those who must sign, and the questions that name them.
type signer struct {
	part        Relation
	name, email form.Role
	label       string
}

// signing are the two who must sign.
func signing() []signer {
	return []signer{
		{SRO, form.RoleSROName, form.RoleSROEmail, "project SRO"},
		{Finance, form.RoleFinanceName, form.RoleFinanceEmail, "finance lead"},
	}
}

// RequestSignatures asks the two signatories whom the answers name to sign: every required answer must be valid. They become
// signatories of the application, those named before and replaced no longer are.
func (s *Service) RequestSignatures(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := visible(tx, ref)
		if err != nil {
			return err
		}
		if err := tx.Require(access.InviteToApplication, a); err != nil {
			return err
		}
		if !a.Writable() {
			return fault.New(fault.Conflict, "The application can no longer be signed")
		}
		f, err := s.form(a)
		if err != nil {
			return err
		}
		answers, err := Answers(tx, a.ID)
		if err != nil {
			return err
		}
		if problems := form.Check(f, nil, answers, s.how(tx, a, f, form.Complete)); len(problems) > 0 {
			return &fault.Fault{Kind: fault.Invalid, Words: "Some answers are missing or need to be put right", Fields: problems}
		}
		return s.askBoth(tx, a, f, answers)
	})
}

// visible reads an application that the one who acts may see. That any other is there they do not learn, whatever they may not do.
func visible(tx *work.Tx, ref ident.Ref) (*Application, error) {
	a, err := ByRef(tx, ref)
	if err != nil {
		return nil, err
	}
	return a, tx.Require(access.ViewApplication, a)
}

// askBoth asks the two whom the answers name.
func (s *Service) askBoth(tx *work.Tx, a *Application, f *form.Form, answers form.Answers) error {
	digest := digestOf(answers)
	tx.Record(Event(a, string(access.InviteToApplication), map[string]any{"digest": digest}))
	stand, err := standing(tx, a, answers)
	if err != nil {
		return err
	}
	for _, who := range signing() {
		p, err := people.Ensure(tx, f.Text(who.email, answers), f.Text(who.name, answers))
		if err != nil {
			return err
		}
		if err := s.becomeSignatory(tx, a, p, who.part); err != nil {
			return err
		}
		if slices.ContainsFunc(stand, func(sig Signature) bool { return sig.Part == who.part }) {
			continue
		}
		if err := s.askToSign(tx, a, who.part, digest); err != nil {
			return err
		}
	}
	return nil
}

// becomeSignatory makes somebody the signatory for a part, in place of another and of the other's deputy.
func (s *Service) becomeSignatory(tx *work.Tx, a *Application, p *people.Person, part Relation) error {
	for _, old := range a.With(part) {
		if old == p.ID {
			continue
		}
		if err := Unrelate(tx, a, old, part); err != nil {
			return err
		}
		if err := endSigningLinks(tx, a.ID, old); err != nil {
			return err
		}
		if err := endDeputies(tx, a, part); err != nil {
			return err
		}
	}
	if !slices.Contains(a.With(part), p.ID) {
		if err := Relate(tx, a, p.ID, part); err != nil {
			return err
		}
	}
	if err := people.GiveRoles(tx, p.ID, access.GivenBySigning); err != nil {
		return err
	}
	return people.InviteInside(tx, s.people, p)
}

// askToSign asks the signatory for a part, and their deputy, each with a link of their own. Asking again soon sends nothing more.
func (s *Service) askToSign(tx *work.Tx, a *Application, part Relation, digest string) error {
	asked, err := people.ByIDs(tx, a.Signing(part))
	if err != nil {
		return err
	}
	for _, p := range asked {
		soon, err := askedSince(tx, a, p.ID, digest, tx.Now.Add(-askedApart))
		if err != nil {
			return err
		}
		if soon {
			continue
		}
		link, err := s.newSigningLink(tx, a, p.ID, digest)
		if err != nil {
			return err
		}
		fields := Fields(a)
		fields["name"], fields["part"], fields["link"] = p.Name, part.Label(), link
		m := notify.Message{Kind: "signature_asked", Person: p.ID, Address: p.Email, Key: fmt.Sprintf("%s%s%s", a.ID, part, stamp(tx.Now)), Fields: fields}
		if err := tx.Notify(m); err != nil {
			return err
		}
	}
	return nil
}

// Sign gives the signature of the one who is signed in for the answers as they stand.
func (s *Service) Sign(ctx context.Context, ref ident.Ref, typed, seenDigest string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := visible(tx, ref)
		if err != nil {
			return err
		}
		if err := tx.Require(access.SignApplication, a); err != nil {
			return err
		}
		if !a.Writable() {
			return fault.New(fault.Conflict, "The application can no longer be signed")
		}
		name := strings.Join(strings.Fields(typed), " ")
		if name == "" || form.Characters(name) > 200 {
			return fault.Fields(fault.Problems{"name": "Enter your full name to sign"})
		}
		return signAs(tx, a, name, seenDigest)
	})
}

// signAs keeps the signature of the one who acts, for each part that is theirs or for which they are the deputy, and that is not
// signed yet. A link by mail is used up by it.
func signAs(tx *work.Tx, a *Application, name, seenDigest string) error {
	answers, err := Answers(tx, a.ID)
	if err != nil {
		return err
	}
	digest := digestOf(answers)
	if seenDigest != digest {
		return fault.New(fault.Conflict, "The answers changed after you opened the page. Read them again before you sign")
	}
	stand, err := standing(tx, a, answers)
	if err != nil {
		return err
	}
	open := slices.DeleteFunc(a.PartsOf(tx.By.ID), func(part Relation) bool {
		return slices.ContainsFunc(stand, func(sig Signature) bool { return sig.Part == part && sig.Person != tx.By.ID })
	})
	if len(open) == 0 {
		return fault.New(fault.Conflict, "This part of the application is signed already")
	}
	for _, part := range open {
		sig := newSignature(tx, a, part, name, digest)
		tx.Record(Event(a, string(access.SignApplication), map[string]any{"digest": digest, "part": part, "given": sig.Given, "deputy": sig.SignedFor != nil}))
		if err := addSignature(tx, sig); err != nil {
			return err
		}
	}
	if err := endSigningLinks(tx, a.ID, tx.By.ID); err != nil {
		return err
	}
	return people.EndNarrow(tx, tx.By.ID, a.ID)
}

// newSignature is the signature of the one who acts for a part.
func newSignature(tx *work.Tx, a *Application, part Relation, name, digest string) Signature {
	sig := Signature{ID: ident.New[string](), ApplicationID: a.ID, Part: part, Person: tx.By.ID, TypedName: name, Digest: digest, SignedAt: tx.Now, Given: ByAccount}
	if tx.By.Narrow() {
		sig.Given = ByMail
	}
	if own := a.With(part); len(own) > 0 && !slices.Contains(own, tx.By.ID) {
		sig.SignedFor = &own[0]
	}
	return sig
}

// standing gives the signatures that stand for the answers: given by those whom the answers name, for these answers.
func standing(tx *work.Tx, a *Application, answers form.Answers) ([]Signature, error) {
	all, err := signaturesOf(tx, a.ID)
	if err != nil {
		return nil, err
	}
	digest := digestOf(answers)
	var stand []Signature
	for _, sig := range all {
		if sig.Digest == digest && slices.Contains(a.Signing(sig.Part), sig.Person) {
			stand = append(stand, sig)
		}
	}
	return stand, nil
}

// signed reports whether both signatories signed.
func signed(stand []Signature) bool {
	for _, who := range signing() {
		if !slices.ContainsFunc(stand, func(sig Signature) bool { return sig.Part == who.part }) {
			return false
		}
	}
	return true
}

// Label is how people call a relation.
func (r Relation) Label() string {
	for _, who := range signing() {
		if who.part == r {
			return who.label
		}
	}
	return strings.ReplaceAll(string(r), "_", " ")
}

// ToSign is what a signatory sees before signing: every answer, and the digest that the signature is for.
type ToSign struct {
	Overview
	Digest   string
	Due      string
	Deputies []Deputising
	// Names are those of the people who sign or are signed for.
	Names map[ident.Person]string
}

// ToSign gives what a signatory signs.
func (s *Service) ToSign(ctx context.Context, ref ident.Ref) (ToSign, error) {
	var page ToSign
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.ViewApplication)
		if err != nil {
			return err
		}
		if page.Overview, err = s.overview(tx, a); err != nil {
			return err
		}
		page.Digest, page.Due = digestOf(page.Answers), uktime.Deadline(a.ClosesAt())
		if page.Deputies, err = deputies(tx, a); err != nil {
			return err
		}
		page.Names = map[ident.Person]string{}
		for _, p := range page.People {
			page.Names[p.Person] = p.Name
		}
		tx.Saw("application", string(a.Ref))
		return nil
	})
	return page, err
}
