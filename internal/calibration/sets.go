package calibration

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sets says which applications can be compared: those that are joined by reviewers, directly or through others.
type sets struct {
	of    map[string]int // set of each application
	count int
	lone  int // sets of one application
}

// setsOf joins applications that have a reviewer in common on a part in which reviewers can be compared. Scores of parts that one person
// gives by office, such as an officer's, join nobody unless there are no others.
func setsOf(p Problem) sets {
	joining := slices.DeleteFunc(slices.Clone(p.Scores), func(s Score) bool { return !repeats(p.Scores, s.Part) })
	if len(joining) == 0 {
		joining = p.Scores
	}
	root := map[string]string{}
	var find func(string) string
	find = func(name string) string {
		up, ok := root[name]
		if !ok || up == name {
			root[name] = name
			return name
		}
		root[name] = find(up)
		return root[name]
	}
	for _, s := range p.Scores {
		find("a" + s.Application)
	}
	for _, s := range joining {
		a, b := find("a"+s.Application), find("r"+s.Reviewer)
		root[max(a, b)] = min(a, b)
	}
	return numbered(p, find)
}

// numbered numbers the sets in the order of their first application.
func numbered(p Problem, find func(string) string) sets {
	names := map[string]bool{}
	for _, s := range p.Scores {
		names[s.Application] = true
	}
	all, number := sets{of: map[string]int{}}, map[string]int{}
	size := map[int]int{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		root := find("a" + name)
		if _, known := number[root]; !known {
			number[root] = all.count
			all.count++
		}
		all.of[name] = number[root]
		size[number[root]]++
	}
	for _, n := range size {
		if n == 1 {
			all.lone++
		}
	}
	return all
}

// repeats reports whether some application has more than one score on a part.
func repeats(scores []Score, part string) bool {
	seen := map[string]bool{}
	for _, s := range scores {
		if s.Part != part {
			continue
		}
		if seen[s.Application] {
			return true
		}
		seen[s.Application] = true
	}
	return false
}

// members are the applications of each set.
func (s sets) members() [][]string {
	list := make([][]string, s.count)
	for _, name := range slices.Sorted(maps.Keys(s.of)) {
		list[s.of[name]] = append(list[s.of[name]], name)
	}
	return list
}

// scores are those of a part within a set.
func (s sets) scores(p Problem, part string, set int) []Score {
	var list []Score
	for _, score := range p.Scores {
		if score.Part == part && s.of[score.Application] == set {
			list = append(list, score)
		}
	}
	return list
}

// say notes what can be seen before anything is computed.
func (r *Result) say(p Problem, s sets) {
	if s.count > 1 {
		r.note("The applications fall into %d sets that have no reviewer in common. They are ranked within their sets and cannot be compared across them.", s.count)
	}
	if s.lone > 0 && len(s.of) > 1 {
		r.note("%d applications share no reviewer with any other: nothing is estimated of them.", s.lone)
	}
	if len(p.Without) > 0 {
		r.note("No score: %s. Nothing is estimated of them.", strings.Join(p.Without, ", "))
	}
}

func (r *Result) note(format string, args ...any) {
	if words := fmt.Sprintf(format, args...); !slices.Contains(r.Notes, words) {
		r.Notes = append(r.Notes, words)
	}
}
