package access

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// anyAction in expectations.csv stands for every action that no other row of the role names.
const anyAction = "*"

// expectation is a row of expectations.csv.
type expectation struct {
	line     int
	role     string
	action   string
	held     Level
	where    map[string]bool
	expected bool
}

// Check proves the policy consistent: every action is granted to somebody, every role may do something, nobody's pairs of
// deeds lie outside what people may do, the table equals casbin, and casbin gives the answers of expectations.csv, which has
// one for every role and action. All that is wrong is told at once.
func (p *Policy) Check() error {
	return errors.Join(p.checkGranted(), p.checkRoles(), p.checkPairs(), p.checkExpectations())
}

func (p *Policy) checkGranted() error {
	var problems []error
	for _, a := range p.actions {
		if !slices.ContainsFunc(p.rules, func(r rule) bool { return r.action == a.Action }) {
			problems = append(problems, fmt.Errorf("%s: nobody may do %s", policyFile, a.Action))
		}
	}
	return errors.Join(problems...)
}

func (p *Policy) checkRoles() error {
	var problems []error
	for i, role := range p.roles {
		if !slices.ContainsFunc(p.rules, func(r rule) bool { return r.role == i }) {
			problems = append(problems, fmt.Errorf("%s: the role %s may do nothing", rolesFile, role.Name))
		}
		if role.GivenBy == GivenByJob && !p.at(i, FundLevel, p.actionAt[Action(strings.TrimPrefix(role.Name, jobRole))]).grants() {
			problems = append(problems, fmt.Errorf("%s: %s may not do what it is known by", rolesFile, role.Name))
		}
	}
	return errors.Join(problems...)
}

// checkPairs refuses pairs of which no person may do one: they would promise a separation that is none.
func (p *Policy) checkPairs() error {
	var problems []error
	for _, a := range p.actions {
		if len(p.pairs[a.Action]) > 0 && p.whoMay(p.actionAt[a.Action]) == "" && !p.everyPersonMay(a.Action) {
			problems = append(problems, fmt.Errorf("%s: no person may do %s", segregationFile, a.Action))
		}
	}
	return errors.Join(problems...)
}

func (p *Policy) everyPersonMay(a Action) bool {
	return slices.ContainsFunc(p.implied[Person], func(role int) bool { return p.at(role, FundLevel, p.actionAt[a]).grants() })
}

func (p *Policy) checkExpectations() error {
	rows, err := p.expectations()
	if err != nil {
		return err
	}
	var problems []error
	named := map[[2]string]bool{}
	for _, x := range rows {
		named[[2]string{x.role, x.action}] = true
	}
	for _, x := range rows {
		problems = append(problems, p.meet(x, named))
	}
	for _, r := range p.roles {
		for _, a := range p.actions {
			if !named[[2]string{r.Name, string(a.Action)}] && !named[[2]string{r.Name, anyAction}] {
				problems = append(problems, fmt.Errorf("%s: no answer is expected for %s,%s", expectationsFile, r.Name, a.Action))
			}
		}
	}
	return errors.Join(problems...)
}

// meet compares casbin's answers with an expectation.
func (p *Policy) meet(x expectation, named map[[2]string]bool) error {
	if x.action != anyAction {
		return p.meetOne(x, Action(x.action))
	}
	var problems []error
	for _, a := range p.actions {
		if !named[[2]string{x.role, string(a.Action)}] {
			problems = append(problems, p.meetOne(x, a.Action))
		}
	}
	return errors.Join(problems...)
}

func (p *Policy) meetOne(x expectation, a Action) error {
	e, err := p.Explain(Question{Role: x.role, Action: a, Held: x.held, Where: x.where})
	if err != nil {
		return fmt.Errorf("%s:%d: %w", expectationsFile, x.line, err)
	}
	if e.Allowed != x.expected {
		return fmt.Errorf("%s:%d: the policy says %s", expectationsFile, x.line, strings.TrimSpace(e.String()))
	}
	role := p.roleAt[x.role]
	if tabled := p.tabled(p.at(role, e.Question.Held, p.actionAt[a]), x.where); tabled != e.Allowed {
		return fmt.Errorf("%s:%d: the table and casbin differ for %s", expectationsFile, x.line, a)
	}
	return nil
}

// tabled is the table's answer where conditions not named count as true.
func (p *Policy) tabled(c *cell, where map[string]bool) bool {
	var mask uint
	for i := range c.n {
		if value, named := where[p.conditions[c.conds[i]].Name]; !named || value {
			mask |= 1 << i
		}
	}
	return c.allows(mask)
}

// expectations reads expectations.csv. In its column where stand, joined by &, conditions that are set (own=false) and how
// widely the role is held (held=call).
func (p *Policy) expectations() ([]expectation, error) {
	rows, err := readRows(p.fsys, expectationsFile)
	if err != nil {
		return nil, err
	}
	var all []expectation
	var problems []error
	for _, r := range rows {
		if slices.Equal(r.cells, []string{"role", "action", "where", "expected"}) {
			continue
		}
		x, err := readExpectation(r)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s:%d: %w", expectationsFile, r.line, err))
			continue
		}
		all = append(all, x)
	}
	return all, errors.Join(problems...)
}

func readExpectation(r textRow) (expectation, error) {
	if len(r.cells) != 4 {
		return expectation{}, fmt.Errorf("an expectation has 4 columns (role,action,where,expected), here are %d", len(r.cells))
	}
	x := expectation{line: r.line, role: r.cells[0], action: r.cells[1], where: map[string]bool{}, expected: r.cells[3] == "allow"}
	if !x.expected && r.cells[3] != "deny" {
		return x, fmt.Errorf("expected is allow or deny, not %q", r.cells[3])
	}
	if r.cells[2] == "" {
		return x, nil
	}
	for _, setting := range conjunction(r.cells[2]) {
		name, value, _ := strings.Cut(setting, "=")
		switch {
		case name == "held":
			x.held = Level(value)
		case value == "true" || value == "false":
			x.where[name] = value == "true"
		default:
			return x, fmt.Errorf("%q reads neither CONDITION=true, CONDITION=false nor held=LEVEL", setting)
		}
	}
	return x, nil
}
