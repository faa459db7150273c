package access_test

import (
	"slices"

	"pgregory.net/rapid"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
)

// The invented people and places of these tests.
const (
	me      ident.Person = "01900000-0000-7000-8000-000000000001"
	another ident.Person = "01900000-0000-7000-8000-000000000002"
)

var (
	fund   = access.Scope{}
	round  = access.Scope{Round: "r"}
	call   = access.Scope{Round: "r", Call: "c"}
	others = access.Scope{Round: "r", Call: "c2"}
)

// scopeAt is the scope around the test's call at the level.
func scopeAt(l access.Level) access.Scope {
	return map[access.Level]access.Scope{access.FundLevel: fund, access.RoundLevel: round, access.CallLevel: call}[l]
}

// as is a principal who holds the role in the scope; roles that nobody is granted come by what the principal is.
func as(r access.RoleInfo, in access.Scope) access.Principal {
	switch r.GivenBy {
	case access.GivenByBeing:
		return access.Principal{}
	case access.GivenBySigningIn:
		return access.Principal{ID: me, Kind: access.Person}
	case access.GivenByOperating:
		return access.Operator("tester")
	case access.GivenByJob:
		return access.System(access.Action(r.Name[len("job:"):]))
	case access.GivenByGrant, access.GivenBySignUp, access.GivenByContributing, access.GivenBySigning, access.GivenBySupplying:
	}
	return holder(r.Name, in)
}

func holder(role string, in access.Scope) access.Principal {
	return access.Principal{ID: me, Kind: access.Person, Grants: []access.Grant{{Role: role, Scope: in}}}
}

// subjects name everything that deeds can be counted by.
func subjects() []access.Subject {
	return append(call.Subjects(), access.ForApplication("a"), access.ForAward("w"), access.ForProduct("p"), access.ForProposal("o"), access.ForRemoval("l"))
}

// object is one in the test's call to which I stand so that exactly the conditions named true in where hold.
func object(p *access.Policy, a access.Action, where map[string]bool) access.Facts {
	people := func(name string) []ident.Person {
		if where[name] {
			return []ident.Person{another, me}
		}
		return []ident.Person{another}
	}
	unless := func(name string) []ident.Person {
		if where[name] {
			return []ident.Person{another}
		}
		return []ident.Person{another, me}
	}
	f := access.Facts{
		Scope: call, Subjects: subjects(),
		Owners: people("own"), Contributors: people("contributes"), Signatories: people("signs"), Suppliers: people("supplies"),
		Representatives: people("represents"), Assigned: people("assigned"), Declared: people("declared"), Reviewed: people("reviewed"),
		Deputies: people("deputising"), Briefed: people("briefed"),
		Conflicted: unless("not_conflicted"), Recused: unless("not_recused"),
		InTime: where["in_time"], Submitted: where["submitted"], Released: where["released"], Confirmed: where["confirmed"], Self: another,
	}
	if where["self"] {
		f.Self = me
	}
	if !where["not_own_work"] {
		for _, pair := range p.Excluding(a) {
			f.Did = append(f.Did, pair.Deed)
		}
	}
	return f
}

// drawWhere draws which conditions hold. One is either the person concerned or not.
func drawWhere(t *rapid.T) map[string]bool {
	where := map[string]bool{}
	for _, c := range access.Conditions() {
		where[c.Name] = rapid.Bool().Draw(t, c.Name)
	}
	where["any"], where["not_self"] = true, !where["self"]
	return where
}

func drawAction(t *rapid.T) access.Action {
	return rapid.SampledFrom(access.Actions()).Draw(t, "action").Action
}

// roleHome finds the role whose work is on a page: tests of behaviour need one and do not care for its name.
func roleHome(p *access.Policy, home string) access.RoleInfo {
	roles := p.Roles()
	return roles[slices.IndexFunc(roles, func(r access.RoleInfo) bool { return r.Home == home })]
}
