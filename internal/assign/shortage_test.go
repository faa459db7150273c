package assign_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/assign"
)

func unmet(r assign.Result) int {
	n := 0
	for _, u := range r.Unmet {
		n += u.Missing
	}
	return n
}

// given is the most reviews that the reviewers of a kind could give to some applications, if each were free of all others.
func given(p assign.Problem, s assign.Shortage) int {
	sum := 0
	for _, r := range p.Reviewers {
		if r.Kind != s.Kind {
			continue
		}
		places, may := r.Capacity, 0
		for _, f := range p.Fixed {
			if f[0] == r.ID && !slices.Contains(s.Applications, f[1]) {
				places--
			}
		}
		for _, app := range s.Applications {
			if !slices.Contains(p.Conflicts, assign.Pair{r.ID, app}) {
				may++
			}
		}
		sum += min(places, may)
	}
	return sum
}

// TestWhatIsMissingIsProvedAndMended: every shortage is a proof by counting, they account for all that is unmet, and each thing that is
// named mends a review.
func TestWhatIsMissingIsProvedAndMended(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := small(t)
		got := assign.Solve(p)
		missing := 0
		for _, s := range assign.Shortages(p, got) {
			missing += s.Missing
			needed := 0
			for _, a := range p.Applications {
				if slices.Contains(s.Applications, a.ID) {
					needed += a.Needs[s.Kind]
				}
			}
			if needed-given(p, s) != s.Missing {
				t.Fatalf("%+v: %d are needed, %d can be given", s, needed, given(p, s))
			}
			for _, full := range s.Full {
				q := p
				q.Reviewers = slices.Clone(p.Reviewers)
				q.Reviewers[slices.IndexFunc(q.Reviewers, func(r assign.Reviewer) bool { return r.ID == full })].Capacity++
				if after := assign.Solve(q); unmet(after) != unmet(got)-1 {
					t.Fatalf("a place for %s does not mend a review: %+v", full, s)
				}
			}
			for _, barred := range s.Barred {
				q := p
				q.Conflicts = slices.DeleteFunc(slices.Clone(p.Conflicts), func(pair assign.Pair) bool { return pair == barred })
				if after := assign.Solve(q); unmet(after) != unmet(got)-1 {
					t.Fatalf("lifting the conflict of %v does not mend a review: %+v", barred, s)
				}
			}
			q := p
			q.Reviewers = append(slices.Clone(p.Reviewers), assign.Reviewer{ID: "new", Kind: s.Kind, Capacity: 1})
			if after := assign.Solve(q); unmet(after) != unmet(got)-1 {
				t.Fatalf("a further reviewer does not mend a review: %+v", s)
			}
			if !strings.Contains(s.Words(), s.Kind) || !strings.Contains(s.Words(), s.Applications[0]) {
				t.Fatal(s.Words())
			}
		}
		if missing != unmet(got) {
			t.Fatalf("%d are explained of %d", missing, unmet(got))
		}
	})
}

func TestAShortageSaysWhatWouldMendIt(t *testing.T) {
	t.Parallel()
	p, err := assign.Parse([]byte(`{"reviewers": [{"id": "R01", "kind": "clinical", "capacity": 1}, {"id": "R02", "kind": "clinical", "capacity": 9}],
		"applications": [{"id": "A1", "needs": {"clinical": 1, "ppv": 2}}, {"id": "A2", "needs": {"clinical": 1}}, {"id": "A3", "needs": {"clinical": 1}}], "conflicts": [["R02", "A1"], ["R02", "A2"]]}`))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, s := range assign.Shortages(p, assign.Solve(p)) {
		words = append(words, s.Words())
	}
	want := []string{
		"1 review of the kind clinical cannot be given: A1, A2. Those who may take them have no capacity left: R01. To mend it: find reviewers of the kind clinical for 1 more review; or raise the capacity of somebody who has none left, one place for one review; or lift a conflict, where it can be: R02 with A1, R02 with A2.",
		"2 reviews of the kind ppv cannot be given: A1. Nobody of that kind may take another of them. To mend it: find reviewers of the kind ppv for 2 more reviews.",
	}
	if !slices.Equal(words, want) {
		t.Errorf("%q", words)
	}
}

// TestALargeAnswerKeepsEveryRule draws rounds too large to enumerate: nothing is broken, the order in which things stand changes no
// cost, and whoever could take one more of what is unmet would have been asked.
func TestALargeAnswerKeepsEveryRule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := large(rapid.IntRange(10, 40).Draw(t, "applications"), rapid.IntRange(3, 20).Draw(t, "reviewers"), rapid.IntRange(1, 4).Draw(t, "reviews"))
		for i := range p.Reviewers {
			p.Reviewers[i].Capacity = rapid.IntRange(0, 30).Draw(t, "capacity")
		}
		got := assign.Solve(p)
		if len(got.Assignments) > 0 && rapid.Bool().Draw(t, "fix") {
			p.Fixed = got.Assignments[:1]
			if again := assign.Solve(p); again.Cost.SquaredLoads != got.Cost.SquaredLoads || math.Abs(again.Cost.Affinity-got.Cost.Affinity) > 1e-6 {
				t.Fatalf("a pair of the answer that is fixed changes the cost: %+v, %+v", got.Cost, again.Cost)
			}
		}
		m, ok := weigh(p, got.Assignments)
		if !ok || m[1] != float64(got.Cost.SquaredLoads) || math.Abs(m[2]+got.Cost.Affinity) > 1e-6 {
			t.Fatalf("it breaks a rule, or says otherwise than it is: %v, %+v", m, got.Cost)
		}
		q := p
		q.Reviewers = rapid.Permutation(p.Reviewers).Draw(t, "order")
		q.Applications = rapid.Permutation(p.Applications).Draw(t, "order")
		other := assign.Solve(q)
		if unmet(other) != unmet(got) || other.Cost.SquaredLoads != got.Cost.SquaredLoads || math.Abs(other.Cost.Affinity-got.Cost.Affinity) > 1e-6 {
			t.Fatalf("another order has another cost: %+v, %+v", got.Cost, other.Cost)
		}
	})
}

// FuzzParse: whatever is read is either refused with a place or can be solved, written and read again.
func FuzzParse(f *testing.F) {
	f.Add(example)
	f.Add(`{"reviewers":[{"id":"A","kind":"ppv","capacity":1e3}],"applications":[{"id":"X","needs":{"ppv":1000000}}],"fixed":[["A","X"]]}`)
	f.Add(`{"reviewers":[{"id":"A","kind":"ppv","capacity":1}],"applications":[{"id":"X"}],"affinity":[["A","X",-1e6]]}`)
	f.Add(`[null]`)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := assign.Parse([]byte(text))
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Error("no words")
			}
			return
		}
		r := assign.Solve(p)
		if (r.Status == assign.Infeasible) != (len(assign.Shortages(p, r)) > 0) {
			t.Errorf("not explained: %+v", r)
		}
		written, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := assign.Parse(written)
		if err != nil {
			t.Fatalf("%v: %s", err, written)
		}
		if fmt.Sprint(assign.Solve(again)) != fmt.Sprint(r) {
			t.Errorf("it is solved otherwise when it is written and read again: %s", written)
		}
	})
}
