package access

import (
	"fmt"
	"io/fs"
	"math/bits"
	"slices"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
)

// cell holds casbin's answers for one role, level and action: bit m of allow is the answer when, of the conditions named,
// those in the mask m hold.
type cell struct {
	n     int                  // how many conditions are named
	conds [maxConditions]uint8 // which: indexes into Policy.conditions
	allow uint64
}

// answers reports whether the cell allows anything under some conditions.
func (c *cell) grants() bool { return c.allow != 0 }

// mask evaluates the conditions that the cell names.
func (c *cell) mask(p *Policy, a *ask) uint {
	var m uint
	for i := range c.n {
		if p.conditions[c.conds[i]].holds(a) {
			m |= 1 << i
		}
	}
	return m
}

func (c *cell) allows(mask uint) bool { return c.allow>>mask&1 == 1 }

// least are the masks that are allowed and of which no part would do.
func (c *cell) least() []uint {
	var least []uint
	for m := range uint(1) << c.n {
		if c.allows(m) && !slices.ContainsFunc(least, func(l uint) bool { return l&m == l }) {
			least = append(least, m)
		}
	}
	slices.SortStableFunc(least, func(a, b uint) int { return bits.OnesCount(a) - bits.OnesCount(b) })
	return least
}

// at finds the cell of a role, a level and an action by their indexes.
func (p *Policy) at(role int, level Level, action int) *cell {
	return &p.cells[(role*len(Levels())+level.index())*len(p.actions)+action]
}

// fill asks casbin every question that has a rule, under every combination of the conditions that its rules name. What has
// no rule stays denied, as in casbin; a test compares.
func (p *Policy) fill() error {
	if err := p.enforce(); err != nil {
		return err
	}
	p.cells = make([]cell, len(p.roles)*len(Levels())*len(p.actions))
	type question struct {
		role   int
		action Action
	}
	named := map[question][]string{}
	for _, r := range p.rules {
		q := question{r.role, r.action}
		named[q] = append(named[q], r.conds...)
	}
	for q, conds := range named {
		conds = slices.DeleteFunc(tidy(conds), func(c string) bool { return c == unconditional })
		if len(conds) > maxConditions {
			return fmt.Errorf("%s: %s names more than %d conditions for %s", policyFile, p.roles[q.role].Name, maxConditions, q.action)
		}
		for _, level := range Levels() {
			if err := p.fillCell(q.role, level, q.action, conds); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Policy) fillCell(role int, level Level, action Action, conds []string) error {
	c := p.at(role, level, p.actionAt[action])
	c.n = len(conds)
	for i, name := range conds {
		c.conds[i] = uint8(slices.IndexFunc(p.conditions, func(k condition) bool { return k.Name == name })) // #nosec G115 -- an index into a short table
	}
	for m := range uint(1) << c.n {
		var holding []string
		for i, name := range conds {
			if m>>i&1 == 1 {
				holding = append(holding, name)
			}
		}
		ok, err := p.enforced(p.roles[role].Name, level, action, holding)
		if err != nil {
			return err
		}
		if ok {
			c.allow |= 1 << m
		}
	}
	return nil
}

// enforce makes an enforcer for each action, with the rules of that action: what casbin has to read for an answer stays short.
func (p *Policy) enforce() error {
	text, err := fs.ReadFile(p.fsys, modelFile)
	if err != nil {
		return fmt.Errorf("reading the access policy: %w", err)
	}
	whole, err := model.NewModelFromString(string(text))
	if err != nil {
		return fmt.Errorf("%s: %w", modelFile, err)
	}
	models := map[Action]model.Model{}
	for _, a := range p.actions {
		models[a.Action] = whole.Copy()
	}
	for _, r := range p.rules {
		row := []string{p.roles[r.role].Name, string(r.level), string(r.action), strings.Join(r.conds, " & ")}
		if err := models[r.action].AddPolicy("p", "p", row); err != nil {
			return fmt.Errorf("%s:%d: %w", policyFile, r.line, err)
		}
	}
	p.enforcers = make(map[Action]*casbin.Enforcer, len(models))
	for a, m := range models {
		if p.enforcers[a], err = newEnforcer(m); err != nil {
			return fmt.Errorf("%s: %w", modelFile, err)
		}
	}
	return nil
}

func newEnforcer(m model.Model) (*casbin.Enforcer, error) {
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, err
	}
	e.AddFunction("within", func(args ...any) (any, error) {
		held, least, err := twoStrings(args)
		return Level(held).within(Level(least)), err
	})
	e.AddFunction("holds", func(args ...any) (any, error) {
		holding, asked, err := twoStrings(args)
		return holds(holding, asked), err
	})
	return e, nil
}

// holds reports whether each condition asked is among those that hold.
func holds(holding, asked string) bool {
	among := strings.Split(holding, " ")
	for _, name := range conjunction(asked) {
		if name != unconditional && !slices.Contains(among, name) {
			return false
		}
	}
	return true
}

func twoStrings(args []any) (first, second string, err error) {
	if len(args) == 2 {
		a, okA := args[0].(string)
		b, okB := args[1].(string)
		if okA && okB {
			return a, b, nil
		}
	}
	return "", "", fmt.Errorf("%s: within and holds take two words", modelFile)
}

// enforced is casbin's answer.
func (p *Policy) enforced(role string, held Level, action Action, holding []string) (bool, error) {
	e, ok := p.enforcers[action]
	if !ok {
		return false, fmt.Errorf("unknown action %q", action)
	}
	allowed, err := e.Enforce(role, string(held), string(action), strings.Join(holding, " "))
	if err != nil {
		return false, fmt.Errorf("asking casbin: %w", err)
	}
	return allowed, nil
}
