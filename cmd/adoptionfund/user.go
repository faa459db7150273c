package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

type userCommand struct {
	Add     userAdd     `cmd:"" help:"Add a person; prints a link with which they set a password. Example: adoptionfund user add --email asha@example.org --name 'Asha' --role administrator"`
	List    userList    `cmd:"" help:"List people and their roles. Example: adoptionfund user list --json"`
	Grant   userGrant   `cmd:"" help:"Grant a role. Example: adoptionfund user grant --email asha@example.org --role panel_chair --call AF26-CAR"`
	Revoke  userRevoke  `cmd:"" help:"Take a role away. Example: adoptionfund user revoke --email asha@example.org --role panel_chair --call AF26-CAR"`
	Disable userDisable `cmd:"" help:"Disable an account. Example: adoptionfund user disable --email asha@example.org"`
}

// scopeFlags say where a role is held.
type scopeFlags struct {
	Round string `help:"Held in this round; without round and call: in the whole fund." placeholder:"REF"`
	Call  string `help:"Held in this call." placeholder:"REF"`
}

func (f scopeFlags) scope(ctx context.Context, a *app) (access.Scope, error) {
	var scope access.Scope
	if f.Round == "" && f.Call == "" {
		return scope, nil
	}
	err := a.gate.Read(ctx, func(tx *work.Tx) error {
		if f.Call != "" {
			c, err := fund.CallByRef(tx, ident.CallRef(f.Call))
			if err == nil {
				scope = c.Scope()
			}
			return err //nolint:wrapcheck // a fault for the person
		}
		r, err := fund.RoundByRef(tx, ident.RoundRef(f.Round))
		if err == nil {
			scope = r.Scope()
		}
		return err //nolint:wrapcheck // a fault for the person
	})
	if err != nil {
		return scope, fmt.Errorf("finding the round or call: %w", err)
	}
	return scope, nil
}

type userAdd struct {
	scopeFlags
	Email string `required:"" help:"The address."`
	Name  string `required:"" help:"The full name."`
	Role  string `help:"A role to grant."`
	As    string `help:"Act as this person." placeholder:"EMAIL"`
}

// Run adds a person.
func (c *userAdd) Run(s *session) error {
	return s.with(c.As, func(ctx context.Context, a *app) error {
		scope, err := c.scope(ctx, a)
		if err != nil {
			return err
		}
		link, err := a.people.Add(ctx, people.Newcomer{Email: c.Email, Name: c.Name, Role: c.Role, Scope: scope})
		if err != nil {
			return fmt.Errorf("adding %s: %w", c.Email, err)
		}
		if link != "" {
			s.printf("%s\n", link)
		}
		return nil
	})
}

// personJSON is a person as `user list --json` prints it.
type personJSON struct {
	Email    string     `json:"email"`
	Name     string     `json:"name"`
	Active   bool       `json:"active"`
	Roles    []roleJSON `json:"roles"`
	LastName string     `json:"-"`
}

type roleJSON struct {
	Role  string `json:"role"`
	Round string `json:"round,omitempty"`
	Call  string `json:"call,omitempty"`
}

type userList struct {
	JSON   bool   `help:"Print JSON." name:"json"`
	Search string `help:"Part of a name or address."`
}

// Run lists people, all of them, a page at a time.
func (c *userList) Run(s *session) error {
	return s.with("", func(ctx context.Context, a *app) error {
		out, err := everyone(ctx, a, c.Search)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(out)
		}
		var rows [][]string
		for _, p := range out {
			var roles []string
			for _, r := range p.Roles {
				roles = append(roles, strings.TrimSuffix(r.Role+" "+r.Round+r.Call, " "))
			}
			rows = append(rows, []string{p.Email, p.Name, strconv.FormatBool(p.Active), strings.Join(roles, ", ")})
		}
		return s.table([]string{"EMAIL", "NAME", "ACTIVE", "ROLES"}, rows)
	})
}

// everyone reads all people whose name or address has a text in it, a page at a time.
func everyone(ctx context.Context, a *app, search string) ([]personJSON, error) {
	refs, err := scopeRefs(ctx, a)
	if err != nil {
		return nil, err
	}
	const most = 200
	out := []personJSON{}
	var after people.Person
	for {
		page, err := a.people.List(ctx, after, search, most)
		if err != nil {
			return nil, fmt.Errorf("listing people: %w", err)
		}
		for _, e := range page {
			out = append(out, asPersonJSON(e, refs))
			after = e.Person
		}
		if len(page) < most {
			return out, nil
		}
	}
}

// scopeRefs gives the references of rounds and calls by their ids.
func scopeRefs(ctx context.Context, a *app) (map[string]string, error) {
	rounds, err := a.funds.List(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading rounds: %w", err)
	}
	refs := map[string]string{}
	for _, r := range rounds {
		refs[string(r.ID)] = string(r.Ref)
		for _, c := range r.Calls {
			refs[string(c.ID)] = string(c.Ref)
		}
	}
	return refs, nil
}

func asPersonJSON(e people.Entry, refs map[string]string) personJSON {
	p := personJSON{Email: e.Email, Name: e.Name, Active: e.Active(), Roles: []roleJSON{}}
	for _, g := range e.Grants {
		r := roleJSON{Role: g.Role, Call: refs[string(g.CallID)]}
		if r.Call == "" {
			r.Round = refs[string(g.RoundID)]
		}
		p.Roles = append(p.Roles, r)
	}
	return p
}

// personFlags name a person and a role.
type personFlags struct {
	scopeFlags
	Email string `required:"" help:"The address."`
	Role  string `required:"" help:"The role."`
	As    string `help:"Act as this person." placeholder:"EMAIL"`
}

type userGrant struct{ personFlags }

// Run grants a role.
func (c *userGrant) Run(s *session) error {
	return s.onPerson(c.personFlags, func(ctx context.Context, a *app, id ident.Person, scope access.Scope) error {
		return a.people.Grant(ctx, id, c.Role, scope)
	})
}

type userRevoke struct{ personFlags }

// Run takes a role away.
func (c *userRevoke) Run(s *session) error {
	return s.onPerson(c.personFlags, func(ctx context.Context, a *app, id ident.Person, scope access.Scope) error {
		return a.people.Revoke(ctx, id, c.Role, scope)
	})
}

func (s *session) onPerson(f personFlags, fn func(ctx context.Context, a *app, id ident.Person, scope access.Scope) error) error {
	return s.with(f.As, func(ctx context.Context, a *app) error {
		scope, err := f.scope(ctx, a)
		if err != nil {
			return err
		}
		id, err := personID(ctx, a, f.Email)
		if err != nil {
			return err
		}
		return fn(ctx, a, id, scope)
	})
}

func personID(ctx context.Context, a *app, email string) (ident.Person, error) {
	var id ident.Person
	err := a.gate.Read(ctx, func(tx *work.Tx) error {
		p, err := people.ByEmail(tx, strings.ToLower(email))
		if err == nil && p == nil {
			err = fault.New(fault.NotFound, "there is no person with the address %s", email)
		}
		if err == nil {
			id = p.ID
		}
		return err //nolint:wrapcheck // a fault for the person
	})
	return id, err //nolint:wrapcheck // a fault for the person
}

type userDisable struct {
	Email string `required:"" help:"The address."`
	As    string `help:"Act as this person." placeholder:"EMAIL"`
}

// Run disables an account.
func (c *userDisable) Run(s *session) error {
	return s.with(c.As, func(ctx context.Context, a *app) error {
		id, err := personID(ctx, a, c.Email)
		if err != nil {
			return err
		}
		return a.people.Disable(ctx, id) //nolint:wrapcheck // a fault for the person
	})
}
