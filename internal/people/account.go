package people

import (
	"context"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Account is what somebody sees of their own account.
type Account struct {
	Person        Person
	Grants        []Grant // the roles that they hold
	Organisations []Acting
	Asking        []Asking // who asks to act for an organisation for which this person acts
	Sessions      []Session
	Codes         int // recovery codes that are left
}

// Acting is an organisation for which somebody acts, or asked to.
type Acting struct {
	Organisation Organisation
	Standing     bool
}

// Asking is somebody who asks to act for an organisation.
type Asking struct {
	Person       ident.Person
	Name         string
	Email        string
	Organisation Organisation
}

// Account gives the account of the one who is signed in.
func (s *Service) Account(ctx context.Context) (Account, error) {
	var a Account
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		p, err := s.self(tx, access.ViewAccount)
		if err != nil {
			return err
		}
		a.Person = *p
		if a.Grants, err = standing(tx, p.ID); err != nil {
			return err
		}
		if a.Sessions, err = sessionsOf(tx, p.ID); err != nil {
			return err
		}
		if a.Codes, err = recoveryCodesLeft(tx, p.ID); err != nil {
			return err
		}
		return a.organisations(tx)
	})
	return a, err
}

func (a *Account) organisations(tx *work.Tx) error {
	rows, err := OrganisationsOf(tx, a.Person.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		o, err := ByODS(tx, r.ODSCode)
		if err != nil {
			return err
		}
		if o == nil {
			continue
		}
		a.Organisations = append(a.Organisations, Acting{*o, r.Standing()})
		if r.Standing() {
			if err := a.asking(tx, *o); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *Account) asking(tx *work.Tx, o Organisation) error {
	rows, err := representatives(tx, o.ODSCode)
	if err != nil {
		return err
	}
	asking, err := askingPeople(tx, rows)
	for _, p := range asking {
		a.Asking = append(a.Asking, Asking{p.ID, p.Name, p.Email, o})
	}
	return err
}

// askingPeople are those among the representatives who asked and wait.
func askingPeople(tx *work.Tx, rows []Representative) ([]Person, error) {
	var ids []ident.Person
	for _, r := range rows {
		if !r.Standing() {
			ids = append(ids, r.Person)
		}
	}
	return ByIDs(tx, ids)
}

// Waiting gives who asks to act for an organisation anywhere, for the fund managers who settle it.
func (s *Service) Waiting(ctx context.Context) ([]Asking, error) {
	var all []Asking
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.AuthorisePerson, access.Scope{}); err != nil {
			return err
		}
		rows, err := askedAnywhere(tx)
		if err != nil {
			return err
		}
		var ids []ident.Person
		var codes []ident.ODS
		for _, r := range rows {
			ids, codes = append(ids, r.Person), append(codes, r.ODSCode)
		}
		persons, err := ByIDs(tx, ids)
		if err != nil {
			return err
		}
		organisations, err := OrganisationsByODS(tx, codes)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if i := slices.IndexFunc(persons, func(p Person) bool { return p.ID == r.Person }); i >= 0 {
				all = append(all, Asking{r.Person, persons[i].Name, persons[i].Email, organisations[r.ODSCode]})
			}
		}
		tx.Saw("people who ask to act for organisations")
		return nil
	})
	return all, err
}

// Rename changes the name of the one who is signed in.
func (s *Service) Rename(ctx context.Context, name string) error {
	full, problem := checkName(name)
	if problem != "" {
		return fault.Fields(fault.Problems{"name": problem})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := s.self(tx, access.EditAccount)
		if err != nil {
			return err
		}
		p.Name = full
		tx.Record(audit.Event{Verb: string(access.EditAccount), Kind: "person", Subject: string(p.ID)})
		return work.Save(tx, p, &p.Version)
	})
}

// EditPerson changes the name of somebody, as a fund manager.
func (s *Service) EditPerson(ctx context.Context, id ident.Person, name string) error {
	full, problem := checkName(name)
	if problem != "" {
		return fault.Fields(fault.Problems{"name": problem})
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := ByID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.EditPerson, p); err != nil {
			return err
		}
		p.Name = full
		tx.Record(audit.Event{Verb: string(access.EditPerson), Kind: "person", Subject: string(p.ID)})
		return work.Save(tx, p, &p.Version)
	})
}
