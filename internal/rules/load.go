package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"adoptionfund/internal/form"
	"adoptionfund/internal/form/source"
)

// FormOf finds the form that a rule file names.
type FormOf func(id string) (*form.Form, error)

// Load reads a rule file. An error holds every problem of the file, with its line.
func Load(files fs.FS, path string, forms FormOf) (*Set, error) {
	data, err := fs.ReadFile(files, path)
	if err != nil {
		return nil, fmt.Errorf("reading the rules %s: %w", path, err)
	}
	return Parse(path, data, forms)
}

// CheckFile lists what is wrong with a rule file, for its author: unknown codes, wrong types, examples that come out otherwise.
func CheckFile(name string, data []byte, forms FormOf) source.Problems {
	_, err := Parse(name, data, forms)
	return source.Of(err)
}

// Parse reads rules. The name stands in its problems, which are of type source.Problems. Every example is run: one that comes out
// otherwise than it says is a problem too.
func Parse(name string, data []byte, forms FormOf) (*Set, error) {
	file, root := source.Read(name, data)
	if err := file.Err(); err != nil {
		return nil, err //nolint:wrapcheck // it is Problems
	}
	sum := sha256.Sum256(data)
	s := &Set{File: name, Digest: hex.EncodeToString(sum[:])}
	s.read(root, forms)
	if err := file.Err(); err != nil {
		return nil, err //nolint:wrapcheck // it is Problems
	}
	return s, nil
}

var codePattern = regexp.MustCompile(`^[A-Z]{2}-[a-z0-9-]{1,40}$`)

func (s *Set) read(root source.Node, forms FormOf) {
	f := root.Fields("id", "title", "form", "rules")
	s.ID, s.Title, s.FormID = f.Must("id"), f.Must("title"), f.Must("form")
	if s.FormID == "" {
		return
	}
	found, err := forms(s.FormID)
	if err != nil {
		f.Get("form").Fault("form: %v", err)
		return
	}
	s.form = found
	env, err := environment(found)
	if err != nil {
		f.Get("form").Fault("form: %v", err)
		return
	}
	items := f.Get("rules").Items()
	if len(items) == 0 {
		f.Get("rules").Fault("rules are missing: a file needs at least one")
	}
	for _, n := range items {
		s.rule(n, env)
	}
}

func (s *Set) rule(n source.Node, env *cel.Env) {
	f := n.Fields("code", "criterion", "when", "severity", "message", "rests_on", "examples")
	r := Rule{
		Code: f.Must("code"), Criterion: f.Must("criterion"), When: f.Must("when"), Severity: Severity(f.Must("severity")),
		Message: f.Must("message"), Line: n.Line(),
	}
	s.words(f, r)
	if r.When != "" {
		var named []form.Code
		var reason string
		if r.program, named, reason = compile(env, s.form, r.When); reason != "" {
			f.Get("when").Fault("when: %s", reason)
			return
		}
		r.RestsOn = s.restsOn(f.Get("rests_on"), named)
	}
	s.Rules = append(s.Rules, r)
	s.examples(f.Get("examples"), r)
}

// words checks what can be checked without the expression.
func (s *Set) words(f source.Fields, r Rule) {
	if r.Code != "" && !codePattern.MatchString(r.Code) {
		f.Get("code").Fault("code: %q should be the criterion and a few words, such as EV-not-in-use", r.Code)
	}
	if r.Criterion != "" && !slices.Contains(Criteria(), r.Criterion) {
		f.Get("criterion").Fault("criterion: %q is not one of %s", r.Criterion, strings.Join(Criteria(), ", "))
	}
	if r.Severity != "" && r.Severity != Fail && r.Severity != Refer {
		f.Get("severity").Fault("severity: %q is not fail or refer", r.Severity)
	}
	if i := slices.IndexFunc(s.Rules, func(other Rule) bool { return other.Code == r.Code }); i >= 0 {
		f.Get("code").Fault("rule %s is there already, at line %d", r.Code, s.Rules[i].Line)
	}
}

// restsOn reads the questions to show beside a finding; without a list, those that the expression names.
func (s *Set) restsOn(n source.Node, named []form.Code) []form.Code {
	if n.Absent() {
		return named
	}
	var codes []form.Code
	for _, item := range n.Items() {
		code := form.Code(strings.TrimSpace(item.Text()))
		if _, ok := s.form.Question(code); !ok {
			item.Fault("rests_on: %s has no question %q", s.FormID, code)
			continue
		}
		codes = append(codes, code)
	}
	return codes
}
