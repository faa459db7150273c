// Package admin holds the pages on which the fund's own house is kept: people and their roles.
//
// It owns what these pages say. It leaves who may change what to people.
package admin

import (
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/people"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Scope is a part of the fund in which a role can be held.
type Scope struct {
	Value string // empty: the whole fund; else the reference of a round or call
	Label string
	In    access.Scope
}

// Choices are the roles and scopes that can be granted, and what was chosen.
type Choices struct {
	Roles    []access.RoleInfo
	Scopes   []Scope
	Role     string
	Scope    string
	Problems map[string]string
}

func (c Choices) role() nhs.Select {
	s := nhs.Select{Name: "role", Label: "Role", Value: c.Role, Error: c.Problems["role"], Empty: "Choose one"}
	for _, r := range c.Roles {
		s.Options = append(s.Options, nhs.Option{Value: r.Name, Label: capital(r.Label)})
	}
	return s
}

func (c Choices) scope() nhs.Select {
	s := nhs.Select{Name: "scope", Label: "Where", Hint: "A role in the fund covers its rounds, one in a round its calls.", Value: c.Scope, Error: c.Problems["scope"]}
	for _, sc := range c.Scopes {
		s.Options = append(s.Options, nhs.Option{Value: sc.Value, Label: sc.Label})
	}
	return s
}

// where names a scope.
func (c Choices) where(in access.Scope) (value, label string) {
	for _, sc := range c.Scopes {
		if sc.In == in {
			return sc.Value, sc.Label
		}
	}
	return "", "elsewhere"
}

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// People is the list of people.
type People struct {
	Choices
	Entries   []people.Entry
	Search    string
	Next      string
	Labels    func(role string) string
	MayInvite bool
	Name      string // typed
	Email     string
	Asking    []people.Asking // who asks to act for an organisation
}

// Head tells the frame.
func (People) Head() shared.Head {
	return shared.Head{Title: "People", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}, Wide: true}
}

func (p People) table() nhs.Table {
	t := nhs.Table{
		ID: "people", Caption: "People with an account or an invitation", CaptionHidden: true, RowHeaders: true, Empty: "Nobody was found.",
		Columns: []nhs.Column{{Heading: "Name"}, {Heading: "Email address"}, {Heading: "Roles"}, {Heading: "Status"}},
	}
	for _, e := range p.Entries {
		var roles []string
		for _, g := range e.Grants {
			_, where := p.where(g.Scope())
			roles = append(roles, p.Labels(g.Role)+" ("+where+")")
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: e.Name, Href: "/admin/people/" + string(e.ID)}, {Text: e.Email}, {Content: nhs.Text(strings.Join(roles, "\n"))}, {Content: status(e.Person)},
		})
	}
	return t
}

func status(p people.Person) nhs.Tag {
	switch {
	case p.DisabledAt != nil:
		return nhs.Tag{Text: "Disabled", Colour: nhs.Red}
	case p.ConfirmedAt == nil:
		return nhs.Tag{Text: "Not confirmed", Colour: nhs.Yellow}
	}
	return nhs.Tag{Text: "Active", Colour: nhs.Green}
}

// Person is one person with the roles that they hold and held.
type Person struct {
	Choices
	people.Entry
	Labels  func(role string) string
	Self    bool // the one who looks
	MayEdit bool
	// MayExport reports whether the one who looks may get all that is held about the person.
	MayExport bool
}

// Head tells the frame.
func (p Person) Head() shared.Head {
	return shared.Head{Title: p.Name, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}, {Href: "/admin/people", Text: "People"}}, Wide: true}
}

func (p Person) details() nhs.SummaryList {
	codes := "Not set up"
	if p.FactorAt != nil {
		codes = "Set up on " + uktime.Date(*p.FactorAt)
	}
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Email address", Value: p.Email},
		{Key: "Status", Content: status(p.Person)},
		{Key: "One-time codes", Value: codes},
		{Key: "Since", Value: uktime.Moment(p.CreatedAt)},
	}}
}

// standing are the roles that the person holds.
func (p Person) standing() []people.Grant {
	var held []people.Grant
	for _, g := range p.Grants {
		if g.RevokedAt == nil {
			held = append(held, g)
		}
	}
	return held
}

func (p Person) history() nhs.Table {
	t := nhs.Table{
		ID: "grants", Caption: "Roles held now and before", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "No role was ever granted.",
		Columns: []nhs.Column{{Heading: "Role"}, {Heading: "Where"}, {Heading: "Granted"}, {Heading: "Taken away"}},
	}
	for _, g := range p.Grants {
		_, where := p.where(g.Scope())
		ended := ""
		if g.RevokedAt != nil {
			ended = uktime.Moment(*g.RevokedAt)
		}
		t.Rows = append(t.Rows, nhs.Cells(capital(p.Labels(g.Role)), where, uktime.Moment(g.GrantedAt), ended))
	}
	return t
}

func (p Person) at(more string) string { return "/admin/people/" + string(p.ID) + more }

// scopeValue is the scope of a grant as forms carry it.
func (p Person) scopeValue(g people.Grant) string {
	value, _ := p.where(g.Scope())
	return value
}

func (p Person) held(g people.Grant) string {
	_, where := p.where(g.Scope())
	return p.Labels(g.Role) + ", " + where
}
