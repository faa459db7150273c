package assign

import (
	"fmt"
	"maps"
	"slices"

	"adoptionfund/internal/jsondoc"
)

// Parse reads a problem from JSON and checks it. The error names the place of the first thing that is wrong.
func Parse(data []byte) (Problem, error) {
	var p Problem
	if err := jsondoc.Read(data, func(document jsondoc.Value) { p = problem(document) }); err != nil {
		return Problem{}, err //nolint:wrapcheck // names the place
	}
	return p, p.Check()
}

func problem(document jsondoc.Value) Problem {
	var p Problem
	fields := document.Object("reviewers", "applications", "conflicts", "fixed", "affinity")
	for _, v := range fields["reviewers"].List() {
		f := v.Object("id", "kind", "capacity", "themes")
		one := Reviewer{ID: f["id"].Must(), Kind: f["kind"].Must(), Capacity: int(f["capacity"].Whole(0, maxCount))}
		for _, theme := range f["themes"].List() {
			one.Themes = append(one.Themes, theme.Text())
		}
		p.Reviewers = append(p.Reviewers, one)
	}
	for _, v := range fields["applications"].List() {
		p.Applications = append(p.Applications, application(v))
	}
	for _, v := range fields["conflicts"].List() {
		pair, _ := pairOf(v, 2)
		p.Conflicts = append(p.Conflicts, pair)
	}
	for _, v := range fields["fixed"].List() {
		pair, _ := pairOf(v, 2)
		p.Fixed = append(p.Fixed, pair)
	}
	for _, v := range fields["affinity"].List() {
		pair, rest := pairOf(v, 3)
		if len(rest) > 0 {
			p.Affinity = append(p.Affinity, Affinity{pair, rest[0].Number(maxAffine)})
		}
	}
	return p
}

func application(v jsondoc.Value) Application {
	f := v.Object("id", "theme", "needs")
	one := Application{ID: f["id"].Must(), Needs: map[string]int{}}
	one.Theme = f["theme"].Maybe()
	if f["needs"].Given() {
		needs := f["needs"].Object()
		for _, kind := range slices.Sorted(maps.Keys(needs)) {
			one.Needs[kind] = int(needs[kind].Whole(0, maxCount))
		}
	}
	return one
}

// pairOf reads [reviewer, application] and what follows them, n items in all.
func pairOf(v jsondoc.Value, n int) (Pair, []jsondoc.Value) {
	items := v.List()
	if len(items) != n {
		v.Bad("should be a list of %d: a reviewer, an application%s", n, map[int]string{3: ", a number"}[n])
		return Pair{}, nil
	}
	return Pair{items[0].Text(), items[1].Text()}, items[2:]
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
			return jsondoc.At(fmt.Sprintf("reviewers[%d].id", i), "%q is there twice", r.ID)
		}
		c.reviewers[r.ID] = r
	}
	for i, a := range p.Applications {
		if _, twice := c.applications[a.ID]; twice {
			return jsondoc.At(fmt.Sprintf("applications[%d].id", i), "%q is there twice", a.ID)
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
		return jsondoc.At(fmt.Sprintf("affinity[%d]", i), "the pair is there twice")
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
		return jsondoc.At(fmt.Sprintf("%s[%d][0]", list, i), "there is no reviewer %q", pair[0])
	}
	if _, ok := c.applications[pair[1]]; !ok {
		return jsondoc.At(fmt.Sprintf("%s[%d][1]", list, i), "there is no application %q", pair[1])
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
		return jsondoc.At(path, "the pair is there twice")
	case c.conflicts[pair]:
		return jsondoc.At(path, "the pair has a conflict")
	case c.load[r.ID] > r.Capacity:
		return jsondoc.At(path, "reviewer %q has no capacity for it", r.ID)
	case a.Needs[r.Kind] == 0:
		return jsondoc.At(path, "application %q needs no review of the kind %q", a.ID, r.Kind)
	case c.met[need] > a.Needs[r.Kind]:
		return jsondoc.At(path, "application %q needs only %d of the kind %q", a.ID, a.Needs[r.Kind], r.Kind)
	}
	c.fixed[pair] = true
	return nil
}
