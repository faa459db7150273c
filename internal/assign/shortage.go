package assign

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Shortage is a proof that needs of one kind cannot be met: the applications need more reviews than those who may review them can give,
// whoever takes what. Shortages that share a reviewer or an application are one.
type Shortage struct {
	Kind         string
	Missing      int
	Applications []string // in the order of the problem; what they need is more than there is
	Full         []string // who may review them and has no capacity left, in the order of the problem
	Barred       []Pair   // conflicts that keep somebody with capacity from one of the applications, in the order of the problem
}

// Words says what is missing and what would mend it. Each place, reviewer and conflict of those that are named mends one review.
func (s Shortage) Words() string {
	ways := []string{fmt.Sprintf("find reviewers of the kind %s for %s", s.Kind, counted(s.Missing, "more review"))}
	if len(s.Full) > 0 {
		ways = append(ways, "raise the capacity of somebody who has none left, one place for one review")
	}
	if len(s.Barred) > 0 {
		pairs := make([]string, len(s.Barred))
		for i, p := range s.Barred {
			pairs[i] = p[0] + " with " + p[1]
		}
		ways = append(ways, "lift a conflict, where it can be: "+listed(pairs))
	}
	who := "Nobody of that kind may take another of them."
	if len(s.Full) > 0 {
		who = "Those who may take them have no capacity left: " + listed(s.Full) + "."
	}
	return fmt.Sprintf("%s of the kind %s cannot be given: %s. %s To mend it: %s.", counted(s.Missing, "review"), s.Kind, listed(s.Applications), who, strings.Join(ways, "; or "))
}

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// listed names the first few of a list.
func listed(names []string) string {
	const most = 12
	if len(names) > most {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// Shortages explains an answer with unmet needs. From each unmet need it follows who could take the application, what they have and
// could hand on, who could take that, and so on: whoever is reached has no room, or the answer would not be the best, so
// that all who were reached together are a proof (Hall's theorem for flows).
func Shortages(p Problem, r Result) []Shortage {
	kinds := map[string]bool{}
	for _, u := range r.Unmet {
		kinds[u.Kind] = true
	}
	var all []Shortage
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		all = append(all, newStand(p, r, kind).shortages()...)
	}
	return all
}

// stand is how one kind stands after an answer: places of reviewers and applications in the problem.
type stand struct {
	p         Problem
	kind      string
	unmet     map[int]int
	reviewers []int
	held      map[int][]int // by reviewer, what could be handed on
	shut      map[[2]int]bool
	conflict  map[[2]int]bool
	load      map[int]int
}

func newStand(p Problem, r Result, kind string) *stand {
	apps, people := positions(p)
	s := &stand{p: p, kind: kind, unmet: map[int]int{}, held: map[int][]int{}, shut: map[[2]int]bool{}, conflict: map[[2]int]bool{}, load: map[int]int{}}
	for i, one := range p.Reviewers {
		if one.Kind == kind {
			s.reviewers = append(s.reviewers, i)
		}
	}
	for _, u := range r.Unmet {
		if u.Kind == kind {
			s.unmet[apps[u.Application]] = u.Missing
		}
	}
	for _, pair := range p.Conflicts {
		at := [2]int{people[pair[0]], apps[pair[1]]}
		s.shut[at], s.conflict[at] = true, true
	}
	fixed := map[Pair]bool{}
	for _, pair := range p.Fixed {
		fixed[pair] = true
	}
	for _, pair := range r.Assignments {
		at := [2]int{people[pair[0]], apps[pair[1]]}
		s.shut[at] = true
		s.load[at[0]]++
		if !fixed[pair] {
			s.held[at[0]] = append(s.held[at[0]], at[1])
		}
	}
	return s
}

// shortages follows every unmet need; needs from which something in common is reached are one shortage.
func (s *stand) shortages() []Shortage {
	var groups []map[int]bool
	for _, from := range slices.Sorted(maps.Keys(s.unmet)) {
		apps := s.reached(from)
		groups = slices.DeleteFunc(groups, func(group map[int]bool) bool {
			for app := range group {
				if apps[app] {
					maps.Copy(apps, group)
					return true
				}
			}
			return false
		})
		groups = append(groups, apps)
	}
	var all []Shortage
	for _, group := range groups {
		all = append(all, s.shortage(slices.Sorted(maps.Keys(group))))
	}
	return all
}

// reached are the applications that compete with one for reviewers.
func (s *stand) reached(from int) map[int]bool {
	seen, met := map[int]bool{from: true}, map[int]bool{}
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		for _, r := range s.reviewers {
			if met[r] || s.shut[[2]int{r, queue[0]}] {
				continue
			}
			met[r] = true
			for _, app := range s.held[r] {
				if !seen[app] {
					seen[app] = true
					queue = append(queue, app)
				}
			}
		}
	}
	return seen
}

func (s *stand) shortage(apps []int) Shortage {
	found := Shortage{Kind: s.kind}
	for _, app := range apps {
		found.Missing += s.unmet[app]
		found.Applications = append(found.Applications, s.p.Applications[app].ID)
	}
	for _, r := range s.reviewers {
		one := s.p.Reviewers[r]
		if s.load[r] < one.Capacity {
			for _, app := range apps {
				if s.conflict[[2]int{r, app}] {
					found.Barred = append(found.Barred, Pair{one.ID, s.p.Applications[app].ID})
				}
			}
			continue
		}
		if slices.ContainsFunc(apps, func(app int) bool { return !s.shut[[2]int{r, app}] }) {
			found.Full = append(found.Full, one.ID)
		}
	}
	return found
}
