package access

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// The files of the policy.
const (
	modelFile        = "model.conf"
	policyFile       = "policy.csv"
	rolesFile        = "roles.csv"
	segregationFile  = "segregation.csv"
	expectationsFile = "expectations.csv"
)

// maxConditions is how many different conditions the rows of one role and action may name: 2⁶ answers fit into a word.
const maxConditions = 6

// rule is a row of policy.csv.
type rule struct {
	role   int
	level  Level
	action Action
	conds  []string
	line   int
}

// loader reads the files and gathers what is wrong with them.
type loader struct {
	policy   *Policy
	known    map[string]bool // conditions
	problems []error
}

// Load reads the policy. It refuses, with file and line, whatever it does not know: a role, an action, a condition, a level.
func Load(fsys fs.FS) (*Policy, error) {
	p := &Policy{
		fsys: fsys, conditions: conditions(), actions: Actions(),
		roleAt: map[string]int{}, actionAt: map[Action]int{}, jobs: map[Action]int{}, pairs: map[Action][]Pair{},
	}
	for i, a := range p.actions {
		p.actionAt[a.Action] = i
	}
	l := &loader{policy: p, known: map[string]bool{}}
	for _, c := range p.conditions {
		l.known[c.Name] = true
	}
	l.file(rolesFile, l.role)
	p.indexRoles()
	l.file(segregationFile, l.pair)
	l.file(policyFile, l.rule)
	l.repeated()
	if err := errors.Join(l.problems...); err != nil {
		return nil, fmt.Errorf("the access policy cannot be used:\n%w", err)
	}
	if err := p.fill(); err != nil {
		return nil, err
	}
	return p, nil
}

// file reads a file of comma-separated rows and hands each on with its line. Lines that begin with # are comments.
func (l *loader) file(name string, each func(line int, row []string) error) {
	rows, err := readRows(l.policy.fsys, name)
	if err != nil {
		l.problems = append(l.problems, err)
		return
	}
	for _, r := range rows {
		if err := each(r.line, r.cells); err != nil {
			l.problems = append(l.problems, fmt.Errorf("%s:%d: %w", name, r.line, err))
		}
	}
}

// textRow is a row of a file, with its line.
type textRow struct {
	line  int
	cells []string
}

func readRows(fsys fs.FS, name string) ([]textRow, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading the access policy: %w", err)
	}
	defer func() { _ = f.Close() }() // opened for reading only: closing cannot lose anything
	r := csv.NewReader(f)
	r.Comment, r.TrimLeadingSpace, r.FieldsPerRecord = '#', true, -1
	var rows []textRow
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, fmt.Errorf("%s:%d: %w", name, parse.Line, parse.Err)
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		line, _ := r.FieldPos(0)
		for i, c := range cells {
			cells[i] = strings.TrimSpace(c)
		}
		rows = append(rows, textRow{line, cells})
	}
}

func (l *loader) role(_ int, c []string) error {
	if slices.Equal(c, []string{"role", "label", "scope", "second_factor", "home", "given_by"}) {
		return nil
	}
	if len(c) != 6 {
		return fmt.Errorf("a role has 6 columns (role,label,scope,second_factor,home,given_by), here are %d", len(c))
	}
	r := RoleInfo{Name: c[0], Label: c[1], Scope: Level(c[2]), SecondFactor: c[3] == "yes", Home: c[4], GivenBy: GivenBy(c[5])}
	switch {
	case r.Name == "" || r.Label == "":
		return errors.New("a role needs a name and a label")
	case slices.ContainsFunc(l.policy.roles, func(other RoleInfo) bool { return other.Name == r.Name }):
		return fmt.Errorf("role %q stands here twice", r.Name)
	case !slices.Contains(Levels(), r.Scope):
		return fmt.Errorf("unknown scope %q", c[2])
	case c[3] != "yes" && c[3] != "no":
		return fmt.Errorf("second_factor is yes or no, not %q", c[3])
	case !strings.HasPrefix(r.Home, "/"):
		return fmt.Errorf("home %q is not a path", r.Home)
	case !knownGivenBy(r.GivenBy):
		return fmt.Errorf("unknown given_by %q", c[5])
	}
	if err := l.jobName(r); err != nil {
		return err
	}
	l.policy.roles = append(l.policy.roles, r)
	return nil
}

// jobName refuses a role of scheduled work that is not named by an action, and such a name for another role.
func (l *loader) jobName(r RoleInfo) error {
	action, named := strings.CutPrefix(r.Name, jobRole)
	switch {
	case named != (r.GivenBy == GivenByJob):
		return fmt.Errorf("the names of roles given by job, and only those, begin with %q", jobRole)
	case named:
		return l.action(action)
	}
	return nil
}

func (l *loader) action(name string) error {
	if _, ok := l.policy.actionAt[Action(name)]; !ok {
		return fmt.Errorf("unknown action %q", name)
	}
	return nil
}

func (l *loader) pair(_ int, c []string) error {
	if slices.Equal(c, []string{"deed", "deed", "scope"}) {
		return nil
	}
	if len(c) != 3 {
		return fmt.Errorf("a pair has 3 columns (deed,deed,scope), here are %d", len(c))
	}
	if err := errors.Join(l.action(c[0]), l.action(c[1])); err != nil {
		return err
	}
	a, b, per := Action(c[0]), Action(c[1]), Per(c[2])
	if !slices.Contains(pers(), per) {
		return fmt.Errorf("unknown scope %q", c[2])
	}
	if slices.Contains(l.policy.pairs[a], Pair{b, per}) {
		return fmt.Errorf("the pair %s and %s stands here twice", a, b)
	}
	l.policy.pairs[a] = append(l.policy.pairs[a], Pair{b, per})
	if a != b {
		l.policy.pairs[b] = append(l.policy.pairs[b], Pair{a, per})
	}
	return nil
}

func (l *loader) rule(line int, c []string) error {
	if len(c) != 5 || c[0] != "p" {
		return errors.New("a rule reads: p, role, level, action, condition & condition")
	}
	role, ok := l.policy.roleAt[c[1]]
	if !ok {
		return fmt.Errorf("unknown role %q", c[1])
	}
	info, level := l.policy.roles[role], Level(c[2])
	if !slices.Contains(Levels(), level) {
		return fmt.Errorf("unknown scope %q", c[2])
	}
	if !level.within(info.Scope) {
		return fmt.Errorf("role %q is never held as narrowly as in a %s", info.Name, level)
	}
	if err := l.action(c[3]); err != nil {
		return err
	}
	r := rule{role: role, level: level, action: Action(c[3]), conds: conjunction(c[4]), line: line}
	for _, name := range r.conds {
		if !l.known[name] {
			return fmt.Errorf("unknown condition %q", name)
		}
	}
	if len(l.policy.pairs[r.action]) > 0 && !info.byMachine() && !slices.Contains(r.conds, notOwnWork) {
		r.conds = append(r.conds, notOwnWork)
	}
	r.conds = tidy(r.conds)
	l.policy.rules = append(l.policy.rules, r)
	return nil
}

// tidy drops the condition that always holds, unless it is the only one, and sorts.
func tidy(conds []string) []string {
	conds = slices.DeleteFunc(conds, func(c string) bool { return c == unconditional })
	if len(conds) == 0 {
		return []string{unconditional}
	}
	slices.Sort(conds)
	return slices.Compact(conds)
}

// repeated refuses rows that say what another row says.
func (l *loader) repeated() {
	seen := map[string]int{}
	for _, r := range l.policy.rules {
		key := fmt.Sprint(r.role, r.level, r.action, r.conds)
		if first, ok := seen[key]; ok {
			l.problems = append(l.problems, fmt.Errorf("%s:%d: the rule stands already in line %d", policyFile, r.line, first))
		}
		seen[key] = r.line
	}
}
