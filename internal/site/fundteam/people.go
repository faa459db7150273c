package fundteam

import (
	"net/http"
	"net/url"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/admin"
)

// PeopleRows are the rows on which fund managers keep people and their roles.
func PeopleRows(p *people.Service, f *fund.Service) []route.Row {
	h := peopleDoor{p, f}
	list := route.Row{Method: http.MethodGet, Path: "/admin/people", Title: "People", Action: access.ListPeople, Handle: h.list, Menu: "People"}
	post := func(path string, a access.Action, handle route.Handler) route.Row {
		return route.Row{Method: http.MethodPost, Path: path, Title: path, Action: a, Handle: handle}
	}
	return []route.Row{
		list,
		post("/admin/people", access.InvitePerson, h.invite),
		post("/admin/people/settle", access.AuthorisePerson, h.settle),
		{Method: http.MethodGet, Path: "/admin/people/{person}", Title: "A person", Action: access.ViewPerson, Handle: h.show},
		post("/admin/people/{person}/grant", access.GrantRole, h.grant),
		post("/admin/people/{person}/revoke", access.RevokeRole, h.revoke),
		post("/admin/people/{person}/disable", access.DisablePerson, h.disable),
		post("/admin/people/{person}/enable", access.DisablePerson, h.enable),
		post("/admin/people/{person}/reset-codes", access.ResetSecondFactor, h.resetCodes),
	}
}

// peopleOnAPage is how many people the list shows at once.
const peopleOnAPage = 50

type peopleDoor struct {
	people *people.Service
	funds  *fund.Service
}

// choices are the roles and scopes that can be granted, with what was typed.
func (h peopleDoor) choices(r *route.Request) (page.Choices, error) {
	c := page.Choices{
		Roles: h.people.GrantableRoles(), Role: r.Typed("role", ""), Scope: r.Typed("scope", ""), Problems: r.Problems(),
		Scopes: []page.Scope{{Label: "the whole fund"}},
	}
	rounds, err := h.funds.List(r.Context())
	for _, round := range rounds {
		c.Scopes = append(c.Scopes, page.Scope{Value: string(round.Ref), Label: "round " + string(round.Ref), In: round.Scope()})
		for _, call := range round.Calls {
			c.Scopes = append(c.Scopes, page.Scope{Value: string(call.Ref), Label: "call " + string(call.Ref), In: call.Scope()})
		}
	}
	return c, err //nolint:wrapcheck // fund has said what it was doing
}

// scope is the scope that was chosen.
func (h peopleDoor) scope(r *route.Request) (access.Scope, error) {
	c, err := h.choices(r)
	if err != nil {
		return access.Scope{}, err
	}
	for _, s := range c.Scopes {
		if s.Value == r.Field("scope") {
			return s.In, nil
		}
	}
	return access.Scope{}, fault.Fields(fault.Problems{"scope": "Select where the role is held"})
}

func (h peopleDoor) list(r *route.Request) (route.Reply, error) {
	c, err := h.choices(r)
	if err != nil {
		return route.Reply{}, err
	}
	after := people.Person{Name: r.Query("name"), ID: ident.Person(r.Query("after"))}
	if _, err := ident.Parse[ident.Person](string(after.ID)); after.ID != "" && err != nil {
		return route.Reply{}, fault.New(fault.NotFound, "There is no such page.")
	}
	search := r.Query("q")
	entries, err := h.people.List(r.Context(), after, search, peopleOnAPage)
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	shown := page.People{
		Choices: c, Entries: entries, Search: search, Labels: h.people.RoleLabel, MayInvite: r.May(access.InvitePerson),
		Name: r.Typed("name", ""), Email: r.Typed("email", ""),
	}
	if len(entries) == peopleOnAPage {
		last := entries[len(entries)-1]
		shown.Next = "/admin/people?" + url.Values{"q": {search}, "name": {last.Name}, "after": {string(last.ID)}}.Encode()
	}
	if shown.Asking, err = h.people.Waiting(r.Context()); err != nil && !fault.Is(err, fault.Forbidden) {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	return route.Show(shown)
}

func (h peopleDoor) invite(r *route.Request) (route.Reply, error) {
	in, err := h.scope(r)
	if err == nil && r.Field("role") == "" {
		err = fault.Fields(fault.Problems{"role": "Select a role"})
	}
	if err == nil {
		_, err = h.people.Invite(r.Context(), people.Newcomer{Email: r.Field("email"), Name: r.Field("name"), Role: r.Field("role"), Scope: in})
	}
	if err != nil {
		return r.Again(err, h.list)
	}
	r.Flash("The invitation was sent.")
	return route.GoTo("/admin/people")
}

func (h peopleDoor) settle(r *route.Request) (route.Reply, error) {
	err := h.people.Authorise(r.Context(), ident.Person(r.Field("person")), ident.ODS(r.Field("organisation")))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	r.Flash("They can act for the organisation now.")
	return route.GoTo("/admin/people")
}

func personOf(r *route.Request) ident.Person { return ident.Person(r.Path("person")) }

func (h peopleDoor) show(r *route.Request) (route.Reply, error) {
	c, err := h.choices(r)
	if err != nil {
		return route.Reply{}, err
	}
	entry, err := h.people.Show(r.Context(), personOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // people has said what it was doing
	}
	who, _ := r.Principal()
	return route.Show(page.Person{Choices: c, Entry: entry, Labels: h.people.RoleLabel, Self: who.ID == entry.ID, MayEdit: r.May(access.GrantRole), MayExport: r.May(access.ExportPersonData)})
}

// change does something to a person and shows them again.
func (h peopleDoor) change(r *route.Request, done string, do func(ident.Person) error) (route.Reply, error) {
	id := personOf(r)
	if err := do(id); err != nil {
		return r.Again(err, h.show)
	}
	r.Flash(done)
	return route.Go("/admin/people/%s", id)
}

func (h peopleDoor) grant(r *route.Request) (route.Reply, error) {
	return h.change(r, "The role is granted.", func(id ident.Person) error {
		in, err := h.scope(r)
		if err != nil {
			return err
		}
		if r.Field("role") == "" {
			return fault.Fields(fault.Problems{"role": "Select a role"})
		}
		return h.people.Grant(r.Context(), id, r.Field("role"), in) //nolint:wrapcheck // people has said what it was doing
	})
}

func (h peopleDoor) revoke(r *route.Request) (route.Reply, error) {
	return h.change(r, "The role is taken away.", func(id ident.Person) error {
		in, err := h.scope(r)
		if err != nil {
			return err
		}
		return h.people.Revoke(r.Context(), id, r.Field("role"), in) //nolint:wrapcheck // people has said what it was doing
	})
}

func (h peopleDoor) disable(r *route.Request) (route.Reply, error) {
	return h.change(r, "The account is disabled.", func(id ident.Person) error { return h.people.Disable(r.Context(), id) })
}

func (h peopleDoor) enable(r *route.Request) (route.Reply, error) {
	return h.change(r, "The account can be used again.", func(id ident.Person) error { return h.people.Enable(r.Context(), id) })
}

func (h peopleDoor) resetCodes(r *route.Request) (route.Reply, error) {
	return h.change(r, "The one-time codes are reset. They are set up again at the next sign-in.", func(id ident.Person) error {
		return h.people.ResetFactor(r.Context(), id)
	})
}
