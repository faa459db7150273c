package access

import (
	"io/fs"
	"slices"

	"github.com/casbin/casbin/v2"
)

// Policy answers who may do what. It is filled once and never changes: it may be used by any number of goroutines.
type Policy struct {
	fsys       fs.FS
	conditions []condition
	actions    []ActionInfo
	actionAt   map[Action]int
	roles      []RoleInfo
	roleAt     map[string]int
	implied    [Job + 1][]int // roles that a kind of principal has without a grant
	jobs       map[Action]int
	pairs      map[Action][]Pair
	rules      []rule
	enforcers  map[Action]*casbin.Enforcer
	cells      []cell
}

// impliedRoles are the roles that the principal has without a grant.
func (p *Policy) impliedRoles(who *Principal) []int {
	if who.Kind == Job {
		if i, ok := p.jobs[who.Job]; ok {
			return []int{i}
		}
		return nil
	}
	return p.implied[who.Kind]
}

// Can decides whether who may do a to the object with facts f.
func (p *Policy) Can(who Principal, a Action, f Facts) Decision {
	action, ok := p.actionAt[a]
	if !ok {
		return Decision{Action: a}
	}
	who = *who.reaching(a)
	if !who.reaches(a, &f) {
		who = Principal{Name: "anonymous"}
	}
	question := ask{by: &who, facts: &f, pairs: p.pairs[a]}
	for _, role := range p.impliedRoles(&who) {
		if p.may(p.at(role, FundLevel, action), &question) {
			return Decision{Allowed: true, Action: a}
		}
	}
	for i := range who.Grants {
		g := &who.Grants[i]
		role, known := p.roleAt[g.Role]
		if known && g.Scope.Covers(f.Scope) && p.may(p.at(role, g.Scope.Level(), action), &question) {
			return Decision{Allowed: true, Action: a}
		}
	}
	return p.denied(action, &question)
}

func (p *Policy) may(c *cell, a *ask) bool { return c.grants() && c.allows(c.mask(p, a)) }

// MayAnywhere decides by role and action only: whether there can be an object to which who may do a. For routes and menus.
func (p *Policy) MayAnywhere(who Principal, a Action) bool {
	action, ok := p.actionAt[a]
	if !ok {
		return false
	}
	who = *who.reaching(a)
	for _, role := range p.impliedRoles(&who) {
		if p.at(role, FundLevel, action).grants() {
			return true
		}
	}
	for i := range who.Grants {
		role, known := p.roleAt[who.Grants[i].Role]
		if known && p.at(role, who.Grants[i].Scope.Level(), action).grants() {
			return true
		}
	}
	return false
}

// Scopes are where who may do a, under some conditions: lists are filtered by them. The whole fund makes the others superfluous.
func (p *Policy) Scopes(who Principal, a Action) []Scope {
	var scopes []Scope
	for _, f := range p.Filters(who, a) {
		if !slices.Contains(scopes, f.Scope) {
			scopes = append(scopes, f.Scope)
		}
	}
	if slices.Contains(scopes, Scope{}) {
		return []Scope{{}}
	}
	return scopes
}

// Filter is one way in which who may do an action: in the scope, if all conditions hold.
type Filter struct {
	Scope      Scope
	Conditions []string
}

// Filters are the ways in which who may do a. A list shows the rows that pass at least one; none means no row. A concept's
// store has one piece of SQL for each condition.
func (p *Policy) Filters(who Principal, a Action) []Filter {
	action, ok := p.actionAt[a]
	if !ok {
		return nil
	}
	if who.Narrow() {
		return nil // one application is no list
	}
	var filters []Filter
	for _, h := range p.held(&who) {
		c := p.at(h.role, h.scope.Level(), action)
		for _, mask := range c.least() {
			f := Filter{h.scope, p.names(c, mask)}
			if !slices.ContainsFunc(filters, f.equal) {
				filters = append(filters, f)
			}
		}
	}
	return filters
}

func (f Filter) equal(other Filter) bool {
	return f.Scope == other.Scope && slices.Equal(f.Conditions, other.Conditions)
}

// heldRole is a role in a scope, granted or implied.
type heldRole struct {
	role  int
	scope Scope
}

func (p *Policy) held(who *Principal) []heldRole {
	var held []heldRole
	for _, role := range p.impliedRoles(who) {
		held = append(held, heldRole{role, Scope{}})
	}
	for _, g := range who.Grants {
		if role, known := p.roleAt[g.Role]; known {
			held = append(held, heldRole{role, g.Scope})
		}
	}
	return held
}

// names gives the conditions in the mask.
func (p *Policy) names(c *cell, mask uint) []string {
	var names []string
	for i := range c.n {
		if mask>>i&1 == 1 {
			names = append(names, p.conditions[c.conds[i]].Name)
		}
	}
	return names
}
