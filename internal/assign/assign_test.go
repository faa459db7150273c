package assign_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/assign"
)

const example = `{"reviewers": [{"id": "R01", "kind": "clinical", "capacity": 2, "themes": ["GAS"]}, {"id": "R02", "kind": "clinical", "capacity": 2}, {"id": "T01", "kind": "technical", "capacity": 1}],
 "applications": [{"id": "AF21-0001", "theme": "GAS", "needs": {"clinical": 1}}, {"id": "AF21-0002", "theme": "CAR", "needs": {"clinical": 1, "technical": 1}}],
 "conflicts": [["R02", "AF21-0001"]], "fixed": [["T01", "AF21-0002"]], "affinity": [["R02", "AF21-0002", 0.8]]}`

func TestTheExampleIsSolved(t *testing.T) {
	t.Parallel()
	p, err := assign.Parse([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(assign.Solve(p))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"status":"optimal","assignments":[["R01","AF21-0001"],["R02","AF21-0002"],["T01","AF21-0002"]],"load":{"R01":1,"R02":1,"T01":1},"cost":{"squared_loads":3,"affinity":1.8},"unmet":[]}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestWhatCannotBeMetIsNamed(t *testing.T) {
	t.Parallel()
	p, err := assign.Parse([]byte(`{"reviewers":[{"id":"A","kind":"ppv","capacity":1},{"id":"B","kind":"ppv","capacity":0}],"applications":[{"id":"X","needs":{"ppv":2}},{"id":"Y","needs":{"ppv":1,"legal":2}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	got := assign.Solve(p)
	missing := 0
	for _, u := range got.Unmet {
		missing += u.Missing
	}
	if got.Status != assign.Infeasible || missing != 4 || len(got.Assignments) != 1 || got.Cost.SquaredLoads != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAProblemIsWrittenAsItIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := small(t)
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := assign.Parse(text)
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		if twice, _ := json.Marshal(again); string(twice) != string(text) {
			t.Fatalf("%s\n%s", text, twice)
		}
	})
}

func TestNothingToDoIsDone(t *testing.T) {
	t.Parallel()
	p, err := assign.Parse([]byte(`{"reviewers":[],"applications":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(assign.Solve(p))
	if want := `{"status":"optimal","assignments":[],"load":{},"cost":{"squared_loads":0,"affinity":0},"unmet":[]}`; string(text) != want {
		t.Error(string(text))
	}
}

func TestAWrongDocumentIsRefusedWithItsPath(t *testing.T) {
	t.Parallel()
	reviewers := `"reviewers":[{"id":"A","kind":"ppv","capacity":1}]`
	cases := map[string]string{
		`[]`:               "document: should be an object",
		`{`:                "this is no JSON document",
		`{} {}`:            "something follows",
		`{"reviewer":[]}`:  "reviewer: is not a known key here",
		`{"reviewers":{}}`: "reviewers: should be a list",
		`{"reviewers":[{"kind":"ppv","capacity":1}]}`:                                                                                                                     "reviewers[0].id: should be a text",
		`{"reviewers":[{"id":"A","kind":"","capacity":1}]}`:                                                                                                               "reviewers[0].kind: is missing",
		`{"reviewers":[{"id":"A","kind":"ppv","capacity":-1}]}`:                                                                                                           "reviewers[0].capacity: should be a whole number",
		`{"reviewers":[{"id":"A","kind":"ppv","capacity":1.5}]}`:                                                                                                          "reviewers[0].capacity: should be a whole number",
		`{"reviewers":[{"id":"A","kind":"ppv"}]}`:                                                                                                                         "reviewers[0].capacity: should be a whole number",
		`{"reviewers":[{"id":"A","kind":"ppv","capacity":1,"themes":["x",3]}]}`:                                                                                           "reviewers[0].themes[1]: should be a text",
		`{` + reviewers + `,"applications":[{"id":"X","needs":{"ppv":"1"}}]}`:                                                                                             "applications[0].needs.ppv: should be a whole number",
		`{` + reviewers + `,"applications":[{"id":"X","needs":[]}]}`:                                                                                                      "applications[0].needs: should be an object",
		`{` + reviewers + `,"applications":[{"id":"X"},{"id":"X"}]}`:                                                                                                      `applications[1].id: "X" is there twice`,
		`{"reviewers":[{"id":"A","kind":"p","capacity":1},{"id":"A","kind":"q","capacity":1}]}`:                                                                           `reviewers[1].id: "A" is there twice`,
		`{` + reviewers + `,"applications":[{"id":"X"}],"conflicts":[["A"]]}`:                                                                                             "conflicts[0]: should be a list of 2",
		`{` + reviewers + `,"applications":[{"id":"X"}],"conflicts":[["A","Z"]]}`:                                                                                         `conflicts[0][1]: there is no application "Z"`,
		`{` + reviewers + `,"applications":[{"id":"X"}],"affinity":[["B","X",1]]}`:                                                                                        `affinity[0][0]: there is no reviewer "B"`,
		`{` + reviewers + `,"applications":[{"id":"X"}],"affinity":[["A","X","1"]]}`:                                                                                      "affinity[0][2]: should be a number",
		`{` + reviewers + `,"applications":[{"id":"X"}],"affinity":[["A","X",1],["A","X",2]]}`:                                                                            "affinity[1]: the pair is there twice",
		`{` + reviewers + `,"applications":[{"id":"X"}],"fixed":[["A","X"]]}`:                                                                                             `fixed[0]: application "X" needs no review of the kind "ppv"`,
		`{` + reviewers + `,"applications":[{"id":"X","needs":{"ppv":1}}],"conflicts":[["A","X"]],"fixed":[["A","X"]]}`:                                                   "fixed[0]: the pair has a conflict",
		`{` + reviewers + `,"applications":[{"id":"X","needs":{"ppv":2}}],"fixed":[["A","X"],["A","X"]]}`:                                                                 "fixed[1]: the pair is there twice",
		`{` + reviewers + `,"applications":[{"id":"X","needs":{"ppv":1}},{"id":"Y","needs":{"ppv":1}}],"fixed":[["A","X"],["A","Y"]]}`:                                    `fixed[1]: reviewer "A" has no capacity`,
		`{"reviewers":[{"id":"A","kind":"p","capacity":1},{"id":"B","kind":"p","capacity":1}],"applications":[{"id":"X","needs":{"p":1}}],"fixed":[["A","X"],["B","X"]]}`: `fixed[1]: application "X" needs only 1`,
	}
	for text, want := range cases {
		if _, err := assign.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// small draws a problem that complete enumeration can solve.
func small(t *rapid.T) assign.Problem {
	var p assign.Problem
	kinds, themes := []string{"clinical", "ppv"}, []string{"GAS", "CAR"}
	for i := range rapid.IntRange(1, 4).Draw(t, "reviewers") {
		p.Reviewers = append(p.Reviewers, assign.Reviewer{
			ID: fmt.Sprintf("R%d", i), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Capacity: rapid.IntRange(0, 3).Draw(t, "capacity"),
			Themes: []string{rapid.SampledFrom(themes).Draw(t, "theme")},
		})
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "applications") {
		p.Applications = append(p.Applications, assign.Application{
			ID: fmt.Sprintf("A%d", i), Theme: rapid.SampledFrom(themes).Draw(t, "theme"),
			Needs: map[string]int{"clinical": rapid.IntRange(0, 2).Draw(t, "clinical"), "ppv": rapid.IntRange(0, 2).Draw(t, "ppv")},
		})
	}
	for _, r := range p.Reviewers {
		for _, a := range p.Applications {
			pair := assign.Pair{r.ID, a.ID}
			switch rapid.IntRange(0, 5).Draw(t, "pair") {
			case 0:
				p.Conflicts = append(p.Conflicts, pair)
			case 1, 2:
				p.Affinity = append(p.Affinity, assign.Affinity{Pair: pair, Value: float64(rapid.IntRange(-4, 8).Draw(t, "affinity")) / 4})
			case 3:
				with := p
				with.Fixed = append(slices.Clone(p.Fixed), pair)
				if with.Check() == nil {
					p = with
				}
			}
		}
	}
	return p
}

// measure is what a set of pairs is worth, in the order of the objective: unmet needs, squared loads, lost affinity.
type measure [3]float64

func (m measure) less(n measure) bool {
	for i := range m {
		if math.Abs(m[i]-n[i]) > 1e-9 {
			return m[i] < n[i]
		}
	}
	return false
}

func affinity(p assign.Problem, pair assign.Pair) float64 {
	for _, a := range p.Affinity {
		if a.Pair == pair {
			return a.Value
		}
	}
	r := p.Reviewers[slices.IndexFunc(p.Reviewers, func(r assign.Reviewer) bool { return r.ID == pair[0] })]
	a := p.Applications[slices.IndexFunc(p.Applications, func(a assign.Application) bool { return a.ID == pair[1] })]
	if slices.Contains(r.Themes, a.Theme) {
		return 1
	}
	return 0
}

// weigh measures a set of pairs, or says that it breaks a rule.
func weigh(p assign.Problem, pairs []assign.Pair) (measure, bool) {
	load, met, kind := map[string]int{}, map[assign.Pair]int{}, map[string]string{}
	var m measure
	for _, r := range p.Reviewers {
		kind[r.ID] = r.Kind
	}
	for i, pair := range pairs {
		load[pair[0]]++
		met[assign.Pair{pair[1], kind[pair[0]]}]++
		m[2] -= affinity(p, pair)
		if slices.Contains(p.Conflicts, pair) || slices.Contains(pairs[:i], pair) {
			return m, false
		}
	}
	for _, f := range p.Fixed {
		if !slices.Contains(pairs, f) {
			return m, false
		}
	}
	for _, r := range p.Reviewers {
		if load[r.ID] > r.Capacity {
			return m, false
		}
		m[1] += float64(load[r.ID] * load[r.ID])
	}
	for _, a := range p.Applications {
		for _, k := range []string{"clinical", "ppv"} {
			left := a.Needs[k] - met[assign.Pair{a.ID, k}]
			if left < 0 {
				return m, false
			}
			m[0] += float64(left)
		}
	}
	return m, true
}

// best enumerates every set of pairs.
func best(p assign.Problem) measure {
	var all []assign.Pair
	for _, r := range p.Reviewers {
		for _, a := range p.Applications {
			all = append(all, assign.Pair{r.ID, a.ID})
		}
	}
	found := measure{math.Inf(1)}
	for set := range 1 << len(all) {
		var pairs []assign.Pair
		for i, pair := range all {
			if set&(1<<i) != 0 {
				pairs = append(pairs, pair)
			}
		}
		if m, ok := weigh(p, pairs); ok && m.less(found) {
			found = m
		}
	}
	return found
}

func TestTheSolutionIsTheBestOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := small(t)
		if len(p.Reviewers)*len(p.Applications) > 12 {
			p.Applications = p.Applications[:3]
			p = without(p)
		}
		got := assign.Solve(p)
		m, ok := weigh(p, got.Assignments)
		if !ok {
			t.Fatalf("the assignment breaks a rule: %+v", got)
		}
		if want := best(p); m != want && (m.less(want) || want.less(m)) {
			t.Fatalf("got %v, the best is %v: %+v", m, want, got)
		}
		missing := 0
		for _, u := range got.Unmet {
			missing += u.Missing
		}
		if float64(missing) != m[0] || float64(got.Cost.SquaredLoads) != m[1] || math.Abs(got.Cost.Affinity+m[2]) > 1e-9 || (got.Status == assign.Optimal) != (missing == 0) {
			t.Fatalf("the result says otherwise than it is: %+v, %v", got, m)
		}
	})
}

// without leaves out what names an application that is gone.
func without(p assign.Problem) assign.Problem {
	gone := func(pair assign.Pair) bool {
		return !slices.ContainsFunc(p.Applications, func(a assign.Application) bool { return a.ID == pair[1] })
	}
	p.Conflicts, p.Fixed = slices.DeleteFunc(p.Conflicts, gone), slices.DeleteFunc(p.Fixed, gone)
	p.Affinity = slices.DeleteFunc(p.Affinity, func(a assign.Affinity) bool { return gone(a.Pair) })
	return p
}

func TestTheSameProblemGivesTheSameAnswer(t *testing.T) {
	t.Parallel()
	p := large(60, 24, 3)
	first, _ := json.Marshal(assign.Solve(p))
	for range 5 {
		if again, _ := json.Marshal(assign.Solve(p)); string(again) != string(first) {
			t.Fatal("it differs")
		}
	}
}

// large makes a problem of the size of a round, the same each time.
func large(applications, reviewers, each int) assign.Problem {
	random := rand.New(rand.NewPCG(1, 2))
	kinds, themes := []string{"clinical", "technical", "ppv"}, []string{"GAS", "MSK", "CAR", "INC"}
	var p assign.Problem
	for i := range reviewers {
		p.Reviewers = append(p.Reviewers, assign.Reviewer{ID: fmt.Sprint("R", i), Kind: kinds[i%len(kinds)], Capacity: applications*each/reviewers + 4, Themes: []string{themes[random.IntN(4)]}})
	}
	for i := range applications {
		needs := map[string]int{}
		for k := range each {
			needs[kinds[k%len(kinds)]]++
		}
		p.Applications = append(p.Applications, assign.Application{ID: fmt.Sprint("A", i), Theme: themes[random.IntN(4)], Needs: needs})
		for range 3 {
			p.Conflicts = append(p.Conflicts, assign.Pair{fmt.Sprint("R", random.IntN(reviewers)), fmt.Sprint("A", i)})
		}
	}
	for _, r := range p.Reviewers {
		for _, a := range p.Applications {
			if random.IntN(3) == 0 {
				p.Affinity = append(p.Affinity, assign.Affinity{Pair: assign.Pair{r.ID, a.ID}, Value: random.Float64()})
			}
		}
	}
	return p
}

// tight leaves no reviewer a place more than is needed; scarce leaves fewer places than are needed.
func tight(p assign.Problem, share float64) assign.Problem {
	needed, there := map[string]int{}, map[string]int{}
	for _, a := range p.Applications {
		for kind, n := range a.Needs {
			needed[kind] += n
		}
	}
	for _, r := range p.Reviewers {
		there[r.Kind]++
	}
	seen := map[string]int{}
	for i, r := range p.Reviewers {
		places := int(float64(needed[r.Kind]) * share)
		p.Reviewers[i].Capacity = places / there[r.Kind]
		if seen[r.Kind]++; seen[r.Kind] <= places%there[r.Kind] {
			p.Reviewers[i].Capacity++
		}
	}
	return p
}

func TestALargeRoundIsSharedOutEvenly(t *testing.T) {
	t.Parallel()
	got := assign.Solve(large(138, 40, 3))
	least, most := math.MaxInt, 0
	for _, n := range got.Load {
		least, most = min(least, n), max(most, n)
	}
	if got.Status != assign.Optimal || len(got.Assignments) != 138*3 || most-least > 2 { // one within each kind, and the kinds differ in number
		t.Errorf("%s, %d assignments, loads %d to %d", got.Status, len(got.Assignments), least, most)
	}
}

// BenchmarkSolve solves rounds with room, with not a place to spare, and with too few places.
func BenchmarkSolve(b *testing.B) {
	for _, size := range [][3]int{{138, 40, 3}, {1400, 200, 3}, {10000, 1500, 3}} {
		for _, how := range []struct {
			name  string
			share float64
		}{{"room", 0}, {"tight", 1}, {"scarce", 0.8}} {
			if size[0] > 5000 && how.share != 1 {
				continue // the hardest of the three stands for a year's work in one round
			}
			p := large(size[0], size[1], size[2])
			if how.share > 0 {
				p = tight(p, how.share)
			}
			b.Run(fmt.Sprintf("%dx%dx%d/%s", size[0], size[1], size[2], how.name), func(b *testing.B) {
				for b.Loop() {
					if got := assign.Solve(p); (got.Status == assign.Optimal) != (how.share != 0.8) {
						b.Fatal(got.Status)
					}
				}
			})
		}
	}
}
