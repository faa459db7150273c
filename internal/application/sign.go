package application

import (
	"context"
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
}

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
	for _, who := range signing() {
		p, err := people.Ensure(tx, f.Text(who.email, answers), f.Text(who.name, answers))
		if err != nil {
			return err
		}
		if err := s.askToSign(tx, a, p, who.part, digest); err != nil {
			return err
		}
	}
	return nil
}

// askToSign makes somebody the signatory for a part, in place of another, and asks them.
func (s *Service) askToSign(tx *work.Tx, a *Application, p *people.Person, part Relation, digest string) error {
	for _, old := range a.With(part) {
		if old != p.ID {
			if err := Unrelate(tx, a, old, part); err != nil {
				return err
			}
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
	if err := people.InviteInside(tx, s.people, p); err != nil {
		return err
	}
	fields := Fields(a)
	fields["name"] = p.Name
	return tx.Notify(notify.Message{Kind: "signature_asked", Person: p.ID, Address: p.Email, Key: string(a.ID) + string(part) + digest, Fields: fields})
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

// signAs keeps the signature of the one who acts, for each part that is theirs.
func signAs(tx *work.Tx, a *Application, name, seenDigest string) error {
	answers, err := Answers(tx, a.ID)
	if err != nil {
		return err
	}
	digest := digestOf(answers)
	if seenDigest != digest {
		return fault.New(fault.Conflict, "The answers changed after you opened the page. Read them again before you sign")
	}
	tx.Record(Event(a, string(access.SignApplication), map[string]any{"digest": digest}))
	for _, who := range signing() {
		if !slices.Contains(a.With(who.part), tx.By.ID) {
			continue
		}
		s := Signature{ID: ident.New[string](), ApplicationID: a.ID, Part: who.part, Person: tx.By.ID, TypedName: name, Digest: digest, SignedAt: tx.Now}
		if err := addSignature(tx, s); err != nil {
			return err
		}
	}
	return nil
}

// clearSignatures takes back the signatures that were given for other answers, and tells those who gave them.
func clearSignatures(tx *work.Tx, a *Application, answers form.Answers) error {
	signatures, err := signaturesOf(tx, a.ID)
	if err != nil || len(signatures) == 0 {
		return err
	}
	digest := digestOf(answers)
	for _, sig := range signatures {
		if sig.Digest == digest {
			continue
		}
		if err := clearSignature(tx, sig.ID); err != nil {
			return err
		}
		tx.Record(Event(a, "application.clear_signature", map[string]any{"part": sig.Part}))
		p, err := people.ByID(tx, sig.Person)
		if err != nil {
			return err
		}
		fields := Fields(a)
		fields["name"] = p.Name
		if err := tx.Notify(notify.Message{Kind: "signature_cleared", Person: p.ID, Address: p.Email, Key: sig.ID, Fields: fields}); err != nil {
			return err
		}
	}
	return nil
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
		if sig.Digest == digest && slices.Contains(a.With(sig.Part), sig.Person) {
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
	Digest string
	Due    string
}

// ToSign gives what a signatory signs.
func (s *Service) ToSign(ctx context.Context, ref ident.Ref) (ToSign, error) {
	o, err := s.Overview(ctx, ref)
	if err != nil {
		return ToSign{}, err
	}
	return ToSign{o, digestOf(o.Answers), uktime.Deadline(o.Application.ClosesAt())}, nil
}
