package people

import (
	"context"
	"slices"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Newcomer is somebody to be added or invited, with a role in a scope. An empty role gives none.
type Newcomer struct {
	Email string
	Name  string
	Role  string
	Scope access.Scope
}

// about is what a permission looks at when a role is given to somebody in a scope.
func about(id ident.Person, in access.Scope) access.Facts {
	f := in.Facts()
	f.Self = id
	return f
}

// Invite makes an account without a password and mails the person a link to accept, with word of the data that is held.
func (s *Service) Invite(ctx context.Context, in Newcomer) (ident.Person, error) {
	var id ident.Person
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.InvitePerson, in.Scope); err != nil {
			return err
		}
		p, err := s.newcomer(tx, in)
		if err != nil {
			return err
		}
		id = p.ID
		return InviteInside(tx, s, p)
	})
	return id, err
}

// InviteInside mails somebody without a password a link to accept the invitation; who has an account gets none.
func InviteInside(tx *work.Tx, s *Service, p *Person) error {
	if p.ConfirmedAt != nil {
		return nil
	}
	return s.sendLink(tx, p, mailedLink{inviting, s.InvitationLife(), "account.invitation", "/invitation"})
}

// newcomer finds or makes the person, and grants the role.
func (s *Service) newcomer(tx *work.Tx, in Newcomer) (*Person, error) {
	p, err := Ensure(tx, in.Email, in.Name)
	if err != nil {
		return nil, err
	}
	if in.Role == "" {
		return p, nil
	}
	return p, s.grantInside(tx, p.ID, in.Role, in.Scope)
}

// Ensure finds the person with an address, or makes one without a password.
func Ensure(tx *work.Tx, address, name string) (*Person, error) {
	problems := fault.Problems{}
	email, err := NormalEmail(address)
	if err != nil {
		problems["email"] = words(err)
	}
	full, problem := checkName(name)
	if problem != "" {
		problems["name"] = problem
	}
	if err := fault.Fields(problems); err != nil {
		return nil, err
	}
	p, err := ByEmail(tx, email)
	if err != nil || p != nil {
		return p, err
	}
	p = &Person{ID: ident.New[ident.Person](), Email: email, Name: full, CreatedAt: tx.Now, Version: 1}
	tx.Record(audit.Event{Verb: string(access.AddPerson), Kind: "person", Subject: string(p.ID)})
	return p, work.Add(tx, p)
}

// Add makes an account and gives a link that signs the person in once to set a password: for the first administrator of an
// installation, and where there is no mail.
func (s *Service) Add(ctx context.Context, in Newcomer) (string, error) {
	var link string
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.AddPerson, in.Scope); err != nil {
			return err
		}
		p, err := s.newcomer(tx, in)
		if err != nil {
			return err
		}
		if p.Password != "" {
			return nil
		}
		token, err := newLink(tx, p.ID, inviting, time.Duration(s.rules.InvitationDays)*24*time.Hour)
		link = s.linkTo("/invitation", token)
		tx.Record(audit.Event{Verb: string(access.InvitePerson), Kind: "person", Subject: string(p.ID)})
		return err
	})
	return link, err
}

// Invited gives the name and address of whom an invitation's link is for.
func (s *Service) Invited(ctx context.Context, token string) (name, email string, err error) {
	err = s.gate.Read(ctx, func(tx *work.Tx) error {
		l, err := findLink(tx, token, inviting)
		if err != nil {
			return err
		}
		if l == nil {
			return fault.New(fault.NotFound, "This invitation has been used or has expired. Ask who invited you for a new one")
		}
		p, err := ByID(tx, l.Person)
		if err != nil {
			return err
		}
		name, email = p.Name, p.Email
		return nil
	})
	return name, email, err
}

// Accept sets the name and password of somebody who was invited; the address counts as confirmed, since the link went there.
func (s *Service) Accept(ctx context.Context, token, name, password string) error {
	problems := fault.Problems{}
	full, problem := checkName(name)
	if problem != "" {
		problems["name"] = problem
	}
	if problem := checkPassword(password, ""); problem != "" {
		problems["password"] = problem
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.AcceptInvitation, access.Scope{}); err != nil {
			return err
		}
		p, err := s.useLink(tx, token, inviting)
		if err != nil {
			return err
		}
		p.Name, p.Password = full, hash
		tx.Record(audit.Event{Verb: string(access.AcceptInvitation), Kind: "person", Subject: string(p.ID)})
		if err := s.confirm(tx, p); err != nil {
			return err
		}
		return work.Save(tx, p, &p.Version)
	})
}

// Grant gives somebody a role in a scope. Nobody gives one to themselves.
func (s *Service) Grant(ctx context.Context, id ident.Person, role string, in access.Scope) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error { return s.grantInside(tx, id, role, in) })
}

func (s *Service) grantInside(tx *work.Tx, id ident.Person, role string, in access.Scope) error {
	if err := tx.Require(access.GrantRole, about(id, in)); err != nil {
		return err
	}
	info, ok := roleNamed(tx.Policy(), role)
	if !ok || !info.ToPeople() {
		return fault.New(fault.Invalid, "There is no role %q that can be granted", role)
	}
	if wide := in.Level(); slices.Index(access.Levels(), wide) > slices.Index(access.Levels(), info.Scope) {
		return fault.New(fault.Invalid, "The role %s is held in a %s or more widely, not in a %s", info.Label, info.Scope, wide)
	}
	p, err := ByID(tx, id)
	if err != nil {
		return err
	}
	given, err := grant(tx, id, role, in)
	if err != nil || !given {
		return err
	}
	return s.tell(tx, p, "role.granted", tx.Now.Format(time.RFC3339Nano)+role, map[string]string{"name": p.Name, "role": info.Label})
}

// GrantInside is Grant in a transaction that does more.
func GrantInside(tx *work.Tx, s *Service, id ident.Person, role string, in access.Scope) error {
	return s.grantInside(tx, id, role, in)
}

// GrantableRoles are the roles that a fund manager can grant.
func (s *Service) GrantableRoles() []access.RoleInfo {
	var roles []access.RoleInfo
	for _, r := range s.gate.Policy().Roles() {
		if r.GivenBy == access.GivenByGrant {
			roles = append(roles, r)
		}
	}
	return roles
}

// RoleLabel is how people call a role.
func (s *Service) RoleLabel(role string) string {
	info, ok := roleNamed(s.gate.Policy(), role)
	if !ok {
		return role
	}
	return info.Label
}

func roleNamed(p *access.Policy, name string) (access.RoleInfo, bool) {
	roles := p.Roles()
	i := slices.IndexFunc(roles, func(r access.RoleInfo) bool { return r.Name == name })
	if i < 0 {
		return access.RoleInfo{}, false
	}
	return roles[i], true
}

// Revoke takes a role away.
func (s *Service) Revoke(ctx context.Context, id ident.Person, role string, in access.Scope) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.RevokeRole, about(id, in)); err != nil {
			return err
		}
		if _, err := ByID(tx, id); err != nil {
			return err
		}
		grants, err := standing(tx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(grants, func(g Grant) bool { return g.Role == role && g.Scope() == in })
		if i < 0 {
			return fault.New(fault.NotFound, "They do not hold this role there")
		}
		tx.Record(audit.Event{Verb: string(access.RevokeRole), Kind: "person", Subject: string(id), Round: in.Round, Call: in.Call, Facts: map[string]any{"role": role}})
		return revoke(tx, grants[i])
	})
}

// Disable ends an account: no sign-in, no sessions. Enable makes it usable again.
func (s *Service) Disable(ctx context.Context, id ident.Person) error {
	return s.disabled(ctx, id, true)
}

// Enable makes a disabled account usable again.
func (s *Service) Enable(ctx context.Context, id ident.Person) error {
	return s.disabled(ctx, id, false)
}

func (s *Service) disabled(ctx context.Context, id ident.Person, off bool) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := ByID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.DisablePerson, p); err != nil {
			return err
		}
		p.DisabledAt = nil
		if off {
			p.DisabledAt = &tx.Now
		}
		tx.Record(audit.Event{Verb: string(access.DisablePerson), Kind: "person", Subject: string(id), Facts: map[string]any{"disabled": off}})
		if err := work.Save(tx, p, &p.Version); err != nil {
			return err
		}
		return endSessions(tx, id, "")
	})
}

// Entry is a person in the list, with the roles that they hold.
type Entry struct {
	Person
	Grants []Grant
}

// List gives people in the order of their names, after one of them, at most n.
func (s *Service) List(ctx context.Context, after Person, search string, n int) ([]Entry, error) {
	var entries []Entry
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ListPeople, listScope(tx, access.ListPeople)); err != nil {
			return err
		}
		people, err := list(tx, after, search, n)
		if err != nil {
			return err
		}
		grants, err := grantsOf(tx, people)
		if err != nil {
			return err
		}
		for _, p := range people {
			entries = append(entries, Entry{p, grants[p.ID]})
		}
		tx.Saw("list of people")
		return nil
	})
	return entries, err
}

// listScope is where the principal may do what a list asks for: the first scope in which they hold the role.
func listScope(tx *work.Tx, act access.Action) access.Scope {
	if scopes := tx.Policy().Scopes(tx.By, act); len(scopes) > 0 {
		return scopes[0]
	}
	return access.Scope{}
}

// Show gives one person with the roles that they hold and held.
func (s *Service) Show(ctx context.Context, id ident.Person) (Entry, error) {
	var e Entry
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.ViewPerson, listScope(tx, access.ViewPerson)); err != nil {
			return err
		}
		p, err := ByID(tx, id)
		if err != nil {
			return err
		}
		e.Person = *p
		e.Grants, err = history(tx, id)
		tx.Saw("person", string(id))
		return err
	})
	return e, err
}
