package access

import (
	"math/bits"
	"slices"
	"strings"

	"adoptionfund/internal/fault"
)

// Decision is the answer to one question, and what would make it different.
type Decision struct {
	Allowed bool
	Action  Action
	Hidden  bool     // denied, and the person may not know that the object exists
	SignIn  bool     // denied because nobody has signed in
	Missing []string // the names of the conditions that do not hold, of the rule that came nearest
	Needs   []string // what must be so, in words, one line each

	label string
}

// Words say to the person what the action needs.
func (d Decision) Words() string {
	switch {
	case d.Allowed:
		return ""
	case len(d.Needs) == 0:
		return "Nobody may " + d.label + "."
	}
	return "To " + d.label + ", " + strings.Join(d.Needs, ", and ") + "."
}

// Err is nil if the action is allowed; else the fault to answer with: sign in first, not found, or forbidden.
func (d Decision) Err() error {
	switch {
	case d.Allowed:
		return nil
	case d.SignIn:
		return fault.New(fault.SignIn, "Sign in to %s.", d.label)
	case d.Hidden:
		return fault.New(fault.NotFound, "There is nothing here that you can see.")
	}
	return fault.New(fault.Forbidden, "%s", d.Words())
}

// hiddenResources are the kinds of things of which those outside do not learn that they exist.
func hiddenResource(kind string) bool {
	return slices.Contains([]string{"application", "clarification", "review", "award", "product"}, kind)
}

// denied says why: no role, a role held elsewhere, or conditions that do not hold.
func (p *Policy) denied(action int, a *ask) Decision {
	info := p.actions[action]
	d := Decision{Action: info.Action, label: info.Label, SignIn: a.by.Kind == Anonymous}
	elsewhere, inside := false, false
	best := -1
	hidden := true
	for _, h := range p.held(a.by) {
		c := p.at(h.role, h.scope.Level(), action)
		if !c.grants() {
			continue
		}
		if !h.scope.Covers(a.facts.Scope) {
			elsewhere = true
			continue
		}
		inside = true
		have := c.mask(p, a)
		for _, mask := range c.least() {
			missing := mask &^ have
			hidden = hidden && p.hides(c, missing)
			if n := bits.OnesCount(missing); best < 0 || n < best {
				best, d.Missing = n, p.names(c, missing)
			}
		}
	}
	switch {
	case inside:
		d.Hidden, d.Needs = hidden, p.needs(d.Missing)
	case elsewhere:
		d.Hidden, d.Needs = hiddenResource(info.Resource), []string{"you need a role in this call: " + p.whoMay(action)}
	default:
		if who := p.whoMay(action); who != "" {
			d.Needs = []string{"you need one of these roles: " + who}
		}
	}
	return d
}

// hides reports whether one of the missing conditions hides the object.
func (p *Policy) hides(c *cell, missing uint) bool {
	for i := range c.n {
		if missing>>i&1 == 1 && p.conditions[c.conds[i]].Hides {
			return true
		}
	}
	return false
}

func (p *Policy) needs(conds []string) []string {
	var needs []string
	for _, name := range conds {
		i := slices.IndexFunc(p.conditions, func(c condition) bool { return c.Name == name })
		needs = append(needs, p.conditions[i].Needs)
	}
	return needs
}

// whoMay names the roles of people that may do the action somewhere.
func (p *Policy) whoMay(action int) string {
	var labels []string
	for i, r := range p.roles {
		if r.ToPeople() && p.at(i, FundLevel, action).grants() {
			labels = append(labels, r.Label)
		}
	}
	return strings.Join(labels, "; ")
}
