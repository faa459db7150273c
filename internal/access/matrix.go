package access

import (
	"fmt"
	"strings"
)

// Matrix is the policy as a table: for each action, what each role of people needs to do it.
type Matrix struct {
	Roles []RoleInfo
	Rows  []MatrixRow
}

// MatrixRow is one action of the matrix.
type MatrixRow struct {
	ActionInfo
	Cells   []MatrixCell // as the roles are
	Barring []Pair       // deeds that bar it
}

// MatrixCell says how one role may do one action: under one of the rules. None means that it may not.
type MatrixCell struct {
	Rules []MatrixRule
}

// MatrixRule is one way to be allowed.
type MatrixRule struct {
	Level      Level    // the narrowest at which the role must be held
	Conditions []string // none means always
}

// Words write the cell in few words; empty means that the role may not.
func (c MatrixCell) Words() string {
	words := make([]string, len(c.Rules))
	for i, r := range c.Rules {
		words[i] = strings.Join(r.Conditions, " & ")
		if len(r.Conditions) == 0 {
			words[i] = "yes"
		}
	}
	return strings.Join(words, " or ")
}

// Matrix lays the policy out, as answered by casbin.
func (p *Policy) Matrix() Matrix {
	m := Matrix{Roles: p.Roles()}
	for i, a := range p.actions {
		row := MatrixRow{ActionInfo: a, Barring: p.Excluding(a.Action)}
		for role := range p.roles {
			row.Cells = append(row.Cells, p.matrixCell(role, i))
		}
		m.Rows = append(m.Rows, row)
	}
	return m
}

// matrixCell gives the ways of a role to an action, each at the narrowest level that has it.
func (p *Policy) matrixCell(role, action int) MatrixCell {
	var cell MatrixCell
	told := map[string]bool{}
	levels := Levels()
	for i := len(levels) - 1; i >= 0; i-- {
		c := p.at(role, levels[i], action)
		if !levels[i].within(p.roles[role].Scope) {
			continue
		}
		for _, mask := range c.least() {
			names := p.names(c, mask)
			if key := strings.Join(names, "&"); !told[key] {
				told[key] = true
				cell.Rules = append(cell.Rules, MatrixRule{levels[i], names})
			}
		}
	}
	return cell
}

// MatrixMarkdown renders the policy for policies/MATRIX.md: for each action the roles that may do it, and on what condition.
func MatrixMarkdown(p *Policy) string {
	m := p.Matrix()
	var b strings.Builder
	b.WriteString("# Who may do what\n\nGenerated from policy.csv, roles.csv and segregation.csv. Do not edit.\n\n")
	b.WriteString("Beside each role: what must be so, if anything, and the level at which the role must at least be held ")
	b.WriteString("where that is wider than the narrowest at which the role can be held.\n\n")
	writeRoles(&b, m.Roles)
	writeConditions(&b)
	writeActions(&b, m)
	return b.String()
}

func writeRoles(b *strings.Builder, roles []RoleInfo) {
	b.WriteString("## Roles\n\n| role | label | held in | one-time code | given by |\n|---|---|---|---|---|\n")
	for _, r := range roles {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s |\n", r.Name, r.Label, r.Scope, yes(r.SecondFactor), strings.ReplaceAll(string(r.GivenBy), "_", " "))
	}
}

func writeConditions(b *strings.Builder) {
	b.WriteString("\n## Conditions\n\n| condition | means |\n|---|---|\n")
	for _, c := range Conditions() {
		if c.Name != unconditional {
			fmt.Fprintf(b, "| `%s` | %s |\n", c.Name, c.Needs)
		}
	}
}

func writeActions(b *strings.Builder, m Matrix) {
	b.WriteString("\n## Actions\n\n| action | is to | who may | barred by having done |\n|---|---|---|---|\n")
	for _, row := range m.Rows {
		var who, barred []string
		for i, cell := range row.Cells {
			for _, rule := range cell.Rules {
				who = append(who, whoWords(m.Roles[i], rule))
			}
		}
		for _, pair := range row.Barring {
			barred = append(barred, fmt.Sprintf("%s (same %s)", pair.Deed, pair.Per))
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", row.Action, row.Label, strings.Join(who, "; "), strings.Join(barred, "; "))
	}
}

func whoWords(role RoleInfo, rule MatrixRule) string {
	words := "**" + role.Name + "**"
	if rule.Level != role.Scope {
		words += " in the " + string(rule.Level)
	}
	var conds []string
	for _, c := range rule.Conditions {
		if c != notOwnWork {
			conds = append(conds, c)
		}
	}
	if len(conds) > 0 {
		words += " if " + strings.Join(conds, " & ")
	}
	return words
}
