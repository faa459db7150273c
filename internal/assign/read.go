package assign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// Parse reads a problem from JSON and checks it. The error names the place of the first thing that is wrong.
func Parse(data []byte) (Problem, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var document any
	if err := d.Decode(&document); err != nil {
		return Problem{}, fmt.Errorf("this is no JSON document: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Problem{}, errors.New("something follows the JSON document")
	}
	r := &reader{}
	p := r.problem(value{r, "", document})
	if r.err != nil {
		return Problem{}, r.err
	}
	return p, p.Check()
}

// reader keeps the first thing that is wrong.
type reader struct{ err error }

// value is a part of the document with its path.
type value struct {
	r    *reader
	path string
	json any
}

func (v value) bad(format string, args ...any) {
	if v.r.err == nil {
		v.r.err = at(v.path, format, args...)
	}
}

func at(path, format string, args ...any) error {
	if path == "" {
		path = "document"
	}
	return fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...))
}

// object gives the fields of an object by name; one that is not known is wrong.
func (v value) object(known ...string) map[string]value {
	object, ok := v.json.(map[string]any)
	if !ok {
		v.bad("should be an object")
	}
	fields := map[string]value{}
	for name, inner := range object {
		field := value{v.r, join(v.path, name), inner}
		if len(known) > 0 && !slices.Contains(known, name) {
			field.bad("is not a known key here")
		}
		fields[name] = field
	}
	for _, name := range known {
		if _, there := fields[name]; !there {
			fields[name] = value{v.r, join(v.path, name), nil}
		}
	}
	return fields
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// list gives the items of a list; an absent one is empty.
func (v value) list() []value {
	if v.json == nil {
		return nil
	}
	list, ok := v.json.([]any)
	if !ok {
		v.bad("should be a list")
	}
	items := make([]value, len(list))
	for i, inner := range list {
		items[i] = value{v.r, fmt.Sprintf("%s[%d]", v.path, i), inner}
	}
	return items
}

func (v value) text() string {
	text, ok := v.json.(string)
	if !ok {
		v.bad("should be a text")
	}
	return text
}

// must is a text that is not empty.
func (v value) must() string {
	text := v.text()
	if text == "" {
		v.bad("is missing")
	}
	return text
}

func (v value) count() int {
	number, ok := v.json.(json.Number)
	n, err := number.Int64()
	if !ok || err != nil || n < 0 || n > maxCount {
		v.bad("should be a whole number from 0 to %d", maxCount)
		return 0
	}
	return int(n)
}

func (v value) number() float64 {
	number, ok := v.json.(json.Number)
	n, err := number.Float64()
	if !ok || err != nil || math.Abs(n) > maxAffine {
		v.bad("should be a number from -%d to %d", maxAffine, maxAffine)
		return 0
	}
	return n
}

func (r *reader) problem(document value) Problem {
	var p Problem
	fields := document.object("reviewers", "applications", "conflicts", "fixed", "affinity")
	for _, v := range fields["reviewers"].list() {
		f := v.object("id", "kind", "capacity", "themes")
		one := Reviewer{ID: f["id"].must(), Kind: f["kind"].must(), Capacity: f["capacity"].count()}
		for _, theme := range f["themes"].list() {
			one.Themes = append(one.Themes, theme.text())
		}
		p.Reviewers = append(p.Reviewers, one)
	}
	for _, v := range fields["applications"].list() {
		p.Applications = append(p.Applications, application(v))
	}
	for _, v := range fields["conflicts"].list() {
		pair, _ := pairOf(v, 2)
		p.Conflicts = append(p.Conflicts, pair)
	}
	for _, v := range fields["fixed"].list() {
		pair, _ := pairOf(v, 2)
		p.Fixed = append(p.Fixed, pair)
	}
	for _, v := range fields["affinity"].list() {
		pair, rest := pairOf(v, 3)
		if len(rest) > 0 {
			p.Affinity = append(p.Affinity, Affinity{pair, rest[0].number()})
		}
	}
	return p
}

func application(v value) Application {
	f := v.object("id", "theme", "needs")
	one := Application{ID: f["id"].must(), Needs: map[string]int{}}
	if f["theme"].json != nil {
		one.Theme = f["theme"].text()
	}
	if f["needs"].json != nil {
		for kind, need := range f["needs"].object() {
			one.Needs[kind] = need.count()
		}
	}
	return one
}

// pairOf reads [reviewer, application] and what follows them, n items in all.
func pairOf(v value, n int) (Pair, []value) {
	items := v.list()
	if len(items) != n {
		v.bad("should be a list of %d: a reviewer, an application%s", n, map[int]string{3: ", a number"}[n])
		return Pair{}, nil
	}
	return Pair{items[0].text(), items[1].text()}, items[2:]
}

// Check says what is wrong with a problem: an id that stands twice or nowhere, a fixed pair that cannot be.
func (p Problem) Check() error {
	c := checker{
		reviewers: map[string]Reviewer{}, applications: map[string]Application{}, conflicts: map[Pair]bool{}, affine: map[Pair]bool{},
		load: map[string]int{}, met: map[Pair]int{}, fixed: map[Pair]bool{},
	}
	if err := c.index(p); err != nil {
		return err
	}
	for i, pair := range p.Conflicts {
		if err := c.known("conflicts", i, pair); err != nil {
			return err
		}
		c.conflicts[pair] = true
	}
	for i, a := range p.Affinity {
		if err := c.affinity(i, a); err != nil {
			return err
		}
	}
	for i, pair := range p.Fixed {
		if err := c.fix(i, pair); err != nil {
			return err
		}
	}
	return nil
}

// index notes who and what there is.
func (c checker) index(p Problem) error {
	for i, r := range p.Reviewers {
		if _, twice := c.reviewers[r.ID]; twice {
			return at(fmt.Sprintf("reviewers[%d].id", i), "%q is there twice", r.ID)
		}
		c.reviewers[r.ID] = r
	}
	for i, a := range p.Applications {
		if _, twice := c.applications[a.ID]; twice {
			return at(fmt.Sprintf("applications[%d].id", i), "%q is there twice", a.ID)
		}
		c.applications[a.ID] = a
	}
	return nil
}

func (c checker) affinity(i int, a Affinity) error {
	if err := c.known("affinity", i, a.Pair); err != nil {
		return err
	}
	if c.affine[a.Pair] {
		return at(fmt.Sprintf("affinity[%d]", i), "the pair is there twice")
	}
	c.affine[a.Pair] = true
	return nil
}

type checker struct {
	reviewers                map[string]Reviewer
	applications             map[string]Application
	conflicts, affine, fixed map[Pair]bool
	load                     map[string]int
	met                      map[Pair]int // by application and kind
}

func (c checker) known(list string, i int, pair Pair) error {
	if _, ok := c.reviewers[pair[0]]; !ok {
		return at(fmt.Sprintf("%s[%d][0]", list, i), "there is no reviewer %q", pair[0])
	}
	if _, ok := c.applications[pair[1]]; !ok {
		return at(fmt.Sprintf("%s[%d][1]", list, i), "there is no application %q", pair[1])
	}
	return nil
}

func (c checker) fix(i int, pair Pair) error {
	if err := c.known("fixed", i, pair); err != nil {
		return err
	}
	r, a := c.reviewers[pair[0]], c.applications[pair[1]]
	path := fmt.Sprintf("fixed[%d]", i)
	need := Pair{a.ID, r.Kind}
	c.load[r.ID]++
	c.met[need]++
	switch {
	case c.fixed[pair]:
		return at(path, "the pair is there twice")
	case c.conflicts[pair]:
		return at(path, "the pair has a conflict")
	case c.load[r.ID] > r.Capacity:
		return at(path, "reviewer %q has no capacity for it", r.ID)
	case a.Needs[r.Kind] == 0:
		return at(path, "application %q needs no review of the kind %q", a.ID, r.Kind)
	case c.met[need] > a.Needs[r.Kind]:
		return at(path, "application %q needs only %d of the kind %q", a.ID, a.Needs[r.Kind], r.Kind)
	}
	c.fixed[pair] = true
	return nil
}
