package access

import (
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/fault"
)

// Question is what Explain is asked.
type Question struct {
	Role   string
	Action Action
	Held   Level           // how widely the role is held; empty means in the whole fund
	Where  map[string]bool // which conditions hold; those not named count as true
}

// Explanation is the answer to a Question: whether it is allowed, and each rule that speaks of it.
type Explanation struct {
	Question Question
	Allowed  bool
	Rules    []ExplainedRule
}

// ExplainedRule is a row of policy.csv with what it asks.
type ExplainedRule struct {
	Line       int
	Level      Level
	WideEnough bool // the role is held widely enough
	Conditions []ExplainedCondition
}

// ExplainedCondition is a condition and whether it counts as true.
type ExplainedCondition struct {
	ConditionInfo
	Holds bool
}

// Explain asks casbin and shows the rules behind its answer. An unknown role, action, level or condition is a fault.
func (p *Policy) Explain(q Question) (Explanation, error) {
	if q.Held == "" {
		q.Held = FundLevel
	}
	if err := p.knows(q); err != nil {
		return Explanation{}, err
	}
	allowed, err := p.enforced(q.Role, q.Held, q.Action, p.holding(q.Where))
	if err != nil {
		return Explanation{}, err
	}
	e := Explanation{Question: q, Allowed: allowed}
	for _, r := range p.rules {
		if p.roles[r.role].Name == q.Role && r.action == q.Action {
			e.Rules = append(e.Rules, p.explained(r, q))
		}
	}
	return e, nil
}

func (p *Policy) knows(q Question) error {
	problems := fault.Problems{}
	if _, ok := p.roleAt[q.Role]; !ok {
		problems["role"] = fmt.Sprintf("There is no role %q", q.Role)
	}
	if _, ok := p.actionAt[q.Action]; !ok {
		problems["action"] = fmt.Sprintf("There is no action %q", q.Action)
	}
	if !slices.Contains(Levels(), q.Held) {
		problems["held"] = fmt.Sprintf("A role is held in the fund, a round or a call, not in %q", q.Held)
	}
	for name := range q.Where {
		if _, ok := p.condition(name); !ok {
			problems["where"] = fmt.Sprintf("There is no condition %q", name)
		}
	}
	return fault.Fields(problems)
}

// condition finds a condition by its name.
func (p *Policy) condition(name string) (ConditionInfo, bool) {
	i := slices.IndexFunc(p.conditions, func(c condition) bool { return c.Name == name })
	if i < 0 {
		return ConditionInfo{}, false
	}
	return p.conditions[i].ConditionInfo, true
}

// holding are the conditions that count as true: all that are not named false.
func (p *Policy) holding(where map[string]bool) []string {
	var names []string
	for _, c := range p.conditions {
		if value, named := where[c.Name]; !named || value {
			names = append(names, c.Name)
		}
	}
	return names
}

func (p *Policy) explained(r rule, q Question) ExplainedRule {
	x := ExplainedRule{Line: r.line, Level: r.level, WideEnough: q.Held.within(r.level)}
	for _, name := range r.conds {
		info, _ := p.condition(name)
		value, named := q.Where[name]
		x.Conditions = append(x.Conditions, ExplainedCondition{info, name == unconditional || !named || value})
	}
	return x
}

// String tells the explanation line by line.
func (e Explanation) String() string {
	var b strings.Builder
	answer := "deny"
	if e.Allowed {
		answer = "allow"
	}
	fmt.Fprintf(&b, "%s: %s, held in the %s, %s\n", answer, e.Question.Role, e.Question.Held, e.Question.Action)
	if len(e.Rules) == 0 {
		fmt.Fprintf(&b, "  no rule in %s allows it\n", policyFile)
	}
	for _, r := range e.Rules {
		fmt.Fprintf(&b, "  %s:%d: in a %s or more widely: %s\n", policyFile, r.Line, r.Level, yes(r.WideEnough))
		for _, c := range r.Conditions {
			fmt.Fprintf(&b, "    %s (%s): %s\n", c.Name, c.Needs, yes(c.Holds))
		}
	}
	return b.String()
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
