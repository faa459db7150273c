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
	"adoptionfund/internal/work"
)

// Deputising is that a signatory named somebody to sign for them.
type Deputising struct {
	ID            string
	ApplicationID ident.Application
	Part          Relation // whose
	Person        ident.Person
	Reason        string
	NamedBy       ident.Person
	NamedAt       time.Time
	EndedAt       *time.Time
}

// TableName is the table of signatories' deputies.
func (Deputising) TableName() string { return "signatory_deputies" }

// deputy is the relation of those who sign for a signatory.
func (r Relation) deputy() Relation {
	if r == SRO {
		return SRODeputy
	}
	return FinDeputy
}

// signs are the relations of those who can sign.
func signs() []Relation { return []Relation{SRO, Finance, SRODeputy, FinDeputy} }

// applicantSide are the relations of those on whose behalf an application is made.
func applicantSide() []Relation { return append([]Relation{MainContact, Contributor}, signs()...) }

// Signing gives those who can sign for a part: the signatory and their deputy.
func (a *Application) Signing(part Relation) []ident.Person {
	return slices.Concat(a.With(part), a.With(part.deputy()))
}

// PartsOf gives the parts for which a person can sign.
func (a *Application) PartsOf(person ident.Person) []Relation {
	var parts []Relation
	for _, who := range signing() {
		if slices.Contains(a.Signing(who.part), person) {
			parts = append(parts, who.part)
		}
	}
	return parts
}

// NewDeputy is whom a signatory names to sign for them, and why.
type NewDeputy struct{ Email, Name, Reason string }

// NameDeputy lets somebody sign for the signatory who acts, in their part; a deputy named before no longer can. The signatory still
// can themselves.
func (s *Service) NameDeputy(ctx context.Context, ref ident.Ref, in NewDeputy) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := Permitted(tx, ref, access.NameDeputy)
		if err != nil {
			return err
		}
		if !a.Writable() {
			return fault.New(fault.Conflict, "The application can no longer be signed")
		}
		part, ok := a.ownPart(tx.By.ID)
		if !ok {
			return fault.New(fault.Forbidden, "A deputy cannot name another deputy. Ask the one for whom you sign")
		}
		in.Reason = strings.TrimSpace(in.Reason)
		if in.Reason == "" || form.Characters(in.Reason) > 500 {
			return fault.Fields(fault.Problems{"deputy-reason": "Enter why somebody else signs for you, in 500 characters or fewer"})
		}
		p, err := ensureAs(tx, "deputy-", in.Email, in.Name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(signing(), func(who signer) bool { return slices.Contains(a.Signing(who.part), p.ID) && who.part != part }) || p.ID == tx.By.ID {
			return fault.Fields(fault.Problems{"deputy-email": "The deputy must be a person who does not sign this application already"})
		}
		return s.deputise(tx, a, part, p, in.Reason)
	})
}

// ownPart gives the part of a signatory who is no deputy.
func (a *Application) ownPart(person ident.Person) (Relation, bool) {
	for _, who := range signing() {
		if slices.Contains(a.With(who.part), person) {
			return who.part, true
		}
	}
	return "", false
}

// ensureAs is people.Ensure for a form whose fields begin with something.
func ensureAs(tx *work.Tx, prefix, email, name string) (*people.Person, error) {
	p, err := people.Ensure(tx, email, name)
	f, ok := fault.Of(err)
	if !ok || len(f.Fields) == 0 {
		return p, err
	}
	problems := fault.Problems{}
	for field, words := range f.Fields {
		problems[prefix+field] = words
	}
	return nil, fault.Fields(problems)
}

func (s *Service) deputise(tx *work.Tx, a *Application, part Relation, p *people.Person, reason string) error {
	if err := endDeputies(tx, a, part); err != nil {
		return err
	}
	d := Deputising{ID: ident.New[string](), ApplicationID: a.ID, Part: part, Person: p.ID, Reason: reason, NamedBy: tx.By.ID, NamedAt: tx.Now}
	if err := work.Add(tx, &d); err != nil {
		return err
	}
	if err := Relate(tx, a, p.ID, part.deputy()); err != nil {
		return err
	}
	tx.Record(Event(a, string(access.NameDeputy), map[string]any{"part": part, "person": p.ID, "reason_digest": digestOf(reason)}))
	if err := people.GiveRoles(tx, p.ID, access.GivenBySigning); err != nil {
		return err
	}
	answers, err := Answers(tx, a.ID)
	if err != nil {
		return err
	}
	link, err := s.newSigningLink(tx, a, p.ID, digestOf(answers))
	if err != nil {
		return err
	}
	fields := Fields(a)
	fields["name"], fields["signatory"], fields["part"], fields["link"] = p.Name, tx.By.Name, part.Label(), link
	return tx.Notify(notify.Message{Kind: "deputy_named", Person: p.ID, Address: p.Email, Key: d.ID, Fields: fields})
}

// endDeputies ends what the deputies of a part may do.
func endDeputies(tx *work.Tx, a *Application, part Relation) error {
	for _, old := range a.With(part.deputy()) {
		if err := Unrelate(tx, a, old, part.deputy()); err != nil {
			return err
		}
		if err := endSigningLinks(tx, a.ID, old); err != nil {
			return err
		}
	}
	return endDeputising(tx, a.ID, part)
}

// deputies gives the deputies who stand, and why, to those whom that concerns: the applicant's side and the fund team.
func deputies(tx *work.Tx, a *Application) ([]Deputising, error) {
	r, err := readerOf(tx, a)
	if err != nil || !r.team && !r.own {
		return nil, err
	}
	return deputiesOf(tx, a.ID)
}
