package access

import (
	"slices"
	"strings"

	"adoptionfund/internal/fault"
)

// GivenBy says how a role comes to somebody.
type GivenBy string

// How roles come to people and to the machine. Code asks the policy for the role that an event gives, and never names one.
const (
	GivenByGrant        GivenBy = "grant"        // a fund manager grants it, in a scope
	GivenBySignUp       GivenBy = "sign_up"      // to everybody who signs up
	GivenByContributing GivenBy = "contributing" // by accepting an invitation to an application
	GivenBySigning      GivenBy = "signing"      // by being named as a signatory of an application
	GivenBySupplying    GivenBy = "supplying"    // by acting for a product's supplier
	GivenByBeing        GivenBy = "being"        // to anyone at all
	GivenBySigningIn    GivenBy = "signing_in"   // to everybody who has signed in
	GivenByOperating    GivenBy = "operating"    // to commands
	GivenByJob          GivenBy = "job"          // to scheduled work; the role is named job: and the action it is known by
)

// RoleInfo describes a role.
type RoleInfo struct {
	Name         string
	Label        string
	Scope        Level // the narrowest at which it can be held
	SecondFactor bool
	Home         string // the page where its work is
	GivenBy      GivenBy
}

// ToPeople reports whether the role is held by named people.
func (r RoleInfo) ToPeople() bool {
	switch r.GivenBy {
	case GivenByGrant, GivenBySignUp, GivenByContributing, GivenBySigning, GivenBySupplying:
		return true
	case GivenByBeing, GivenBySigningIn, GivenByOperating, GivenByJob:
	}
	return false
}

// byMachine reports whether no person acts in the role, so that segregation does not concern it.
func (r RoleInfo) byMachine() bool { return r.GivenBy == GivenByJob || r.GivenBy == GivenByOperating }

// jobRole begins the names of the roles of scheduled work.
const jobRole = "job:"

func knownGivenBy(g GivenBy) bool {
	return slices.Contains([]GivenBy{
		GivenByGrant, GivenBySignUp, GivenByContributing, GivenBySigning, GivenBySupplying,
		GivenByBeing, GivenBySigningIn, GivenByOperating, GivenByJob,
	}, g)
}

// Roles are all roles, in the order of roles.csv.
func (p *Policy) Roles() []RoleInfo { return slices.Clone(p.roles) }

// Role finds a role by its name.
func (p *Policy) Role(name string) (RoleInfo, bool) {
	i, ok := p.roleAt[name]
	if !ok {
		return RoleInfo{}, false
	}
	return p.roles[i], true
}

// RoleGiven is the role that an event gives, such as the one of people who sign up.
func (p *Policy) RoleGiven(by GivenBy) (RoleInfo, bool) {
	i := slices.IndexFunc(p.roles, func(r RoleInfo) bool { return r.GivenBy == by })
	if i < 0 {
		return RoleInfo{}, false
	}
	return p.roles[i], true
}

// Grantable refuses a grant of a role that is unknown, or is not for people, or is held more widely than in the scope.
func (p *Policy) Grantable(g Grant) error {
	role, ok := p.Role(g.Role)
	if !ok || !role.ToPeople() {
		return fault.Fields(fault.Problems{"role": "Choose a role from the list"})
	}
	if !g.Scope.Level().within(role.Scope) {
		return fault.Fields(fault.Problems{"scope": "The role “" + role.Label + "” is held in a " + string(role.Scope) + " or more widely"})
	}
	return nil
}

// NeedsSecondFactor reports whether a role of the principal asks for a one-time code.
func (p *Policy) NeedsSecondFactor(who Principal) bool {
	return slices.ContainsFunc(who.Grants, func(g Grant) bool {
		i, ok := p.roleAt[g.Role]
		return ok && p.roles[i].SecondFactor
	})
}

// indexRoles notes which roles come without a grant.
func (p *Policy) indexRoles() {
	for i, r := range p.roles {
		p.roleAt[r.Name] = i
		switch r.GivenBy {
		case GivenByBeing:
			p.implied[Anonymous] = append(p.implied[Anonymous], i)
			p.implied[Person] = append(p.implied[Person], i)
		case GivenBySigningIn:
			p.implied[Person] = append(p.implied[Person], i)
		case GivenByOperating:
			p.implied[Machine] = append(p.implied[Machine], i)
		case GivenByJob:
			p.jobs[Action(strings.TrimPrefix(r.Name, jobRole))] = i
		case GivenByGrant, GivenBySignUp, GivenByContributing, GivenBySigning, GivenBySupplying:
		}
	}
}
