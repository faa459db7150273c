package targeting_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/assign"
	"adoptionfund/internal/calibration"
	"adoptionfund/internal/targeting"
)

// drawn draws a problem: a first wave that was scored, conflicts, capacities, two kinds of reviewers and two parts.
func drawn(t *rapid.T) targeting.Problem {
	n, m := rapid.IntRange(2, 12).Draw(t, "applications"), rapid.IntRange(2, 6).Draw(t, "reviewers")
	p := targeting.Problem{
		Budget: float64(rapid.IntRange(0, 3_000_000).Draw(t, "budget")), ByScore: rapid.Bool().Draw(t, "by score"),
		Reviews: rapid.IntRange(0, 20).Draw(t, "reviews"), Batch: rapid.IntRange(0, 8).Draw(t, "batch"),
	}
	var scores calibration.Problem
	for j := range m {
		r := targeting.Reviewer{ID: fmt.Sprintf("R%02d", j), Kind: []string{"clinical", "ppv"}[j%2], Room: rapid.IntRange(0, 4).Draw(t, "room")}
		if rapid.Bool().Draw(t, "knows") {
			r.Themes = []string{"GAS"}
		}
		p.Reviewers = append(p.Reviewers, r)
	}
	for i := range n {
		a := targeting.Application{ID: fmt.Sprintf("A%02d", i), Theme: "GAS", Amount: float64(rapid.IntRange(1, 500).Draw(t, "amount")) * 1000, Shut: rapid.IntRange(0, 9).Draw(t, "shut") == 0}
		scored := false
		for _, r := range p.Reviewers {
			pair := assign.Pair{r.ID, a.ID}
			switch rapid.IntRange(0, 3).Draw(t, "pair") {
			case 0:
				p.Conflicts = append(p.Conflicts, pair)
			case 1:
				p.Done = append(p.Done, pair)
				scored = true
				parts := []string{"EV"}
				if r.Kind == "clinical" {
					parts = []string{"EV", "RO"}
				}
				for _, part := range parts {
					scores.Scores = append(scores.Scores, calibration.Score{Application: a.ID, Reviewer: r.ID, Part: part, Value: float64(rapid.IntRange(0, 5).Draw(t, "score"))})
				}
			}
		}
		if !scored {
			scores.Without = append(scores.Without, a.ID)
		}
		p.Applications = append(p.Applications, a)
	}
	if len(scores.Scores) == 0 { // somebody has: the first reviewer, who is clinical, the first application
		pair := assign.Pair{p.Reviewers[0].ID, p.Applications[0].ID}
		p.Conflicts = slices.DeleteFunc(p.Conflicts, func(c assign.Pair) bool { return c == pair })
		p.Done, scores.Without = append(p.Done, pair), scores.Without[1:]
		for _, part := range []string{"EV", "RO"} {
			scores.Scores = append(scores.Scores, calibration.Score{Application: pair[1], Reviewer: pair[0], Part: part, Value: 3})
		}
	}
	p.Parts = known(t, scores, p.Reviewers)
	for i := range p.Applications {
		for _, part := range p.Parts {
			at, _ := slices.BinarySearch(part.Known.Applications, p.Applications[i].ID)
			p.Applications[i].Score += part.Weight * part.Known.Mean[at]
		}
	}
	return p
}

// known calibrates both parts: EV is scored by all, RO by clinical reviewers.
func known(t *rapid.T, scores calibration.Problem, reviewers []targeting.Reviewer) []targeting.Part {
	var all, clinical []string
	for _, r := range reviewers {
		all = append(all, r.ID)
		if r.Kind == "clinical" {
			clinical = append(clinical, r.ID)
		}
	}
	var parts []targeting.Part
	for _, part := range []struct {
		name   string
		weight float64
		by     []string
	}{{"EV", 12, all}, {"RO", 8, clinical}} {
		k, err := calibration.Know(scores, part.name, part.by, nil)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, targeting.Part{Weight: part.weight, Known: k})
	}
	return parts
}

// TestAProposalKeepsEveryRule draws problems and checks their proposals: no conflict, nobody twice, no more than anybody has room for, no
// more than there are, no value below nothing.
func TestAProposalKeepsEveryRule(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawn(t)
		got, err := targeting.Propose(p)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Batch) > p.Reviews || p.Batch > 0 && len(got.Batch) > p.Batch || !(got.Gain >= 0) || math.IsInf(got.Gain, 1) {
			t.Fatalf("%d reviews are proposed, worth %v", len(got.Batch), got.Gain)
		}
		load, planned, seen := map[string]int{}, map[string]int{}, map[assign.Pair]bool{}
		for _, r := range got.Batch {
			pair := assign.Pair{r.Reviewer, r.Application}
			if slices.Contains(p.Conflicts, pair) || slices.Contains(p.Done, pair) || seen[pair] || r.Reason == "" {
				t.Fatalf("%v must not be proposed", r)
			}
			seen[pair] = true
			load[r.Reviewer]++
			planned[r.Application]++
		}
		for _, r := range p.Reviewers {
			if load[r.ID] > r.Room {
				t.Fatalf("%s has room for %d and gets %d", r.ID, r.Room, load[r.ID])
			}
		}
		for _, a := range p.Applications {
			if a.Shut && planned[a.ID] > 0 {
				t.Fatalf("%s gets no more reviews", a.ID)
			}
		}
		before := math.Inf(1)
		for _, v := range got.Values {
			if !(v.Gain >= 0) || !(v.Move >= 0) || v.Cross < 0 || v.Cross > 0.5 || v.Gain > before || v.Planned != planned[v.Application] || v.Reason == "" {
				t.Fatalf("%+v", v)
			}
			before = v.Gain
		}
		if len(got.Values) != len(p.Applications) {
			t.Fatalf("%d values of %d applications", len(got.Values), len(p.Applications))
		}
		again, err := targeting.Propose(p)
		if err != nil || fmt.Sprint(again) != fmt.Sprint(got) {
			t.Fatal("the same problem gives another proposal")
		}
	})
}

// plain is a problem in which all is known equally well, and scores stand a tenth apart about the line.
func plain(count int, amount func(int) float64) targeting.Problem {
	k := &calibration.Moments{}
	p := targeting.Problem{Parts: []targeting.Part{{Weight: 1, Known: k}}, Reviews: 3}
	for i := range count {
		id := fmt.Sprintf("A%02d", i)
		k.Applications, k.Mean, k.Noise = append(k.Applications, id), append(k.Mean, 4-0.1*float64(i)), append(k.Noise, 0.4)
		p.Applications = append(p.Applications, targeting.Application{ID: id, Score: k.Mean[i], Amount: amount(i)})
	}
	for j := range 6 {
		id := fmt.Sprintf("R%02d", j)
		k.Reviewers = append(k.Reviewers, id)
		p.Reviewers = append(p.Reviewers, targeting.Reviewer{ID: id, Kind: "clinical", Room: 2})
	}
	k.Covariance = make([]float64, k.Size()*k.Size())
	for at := range k.Size() {
		k.Covariance[at*k.Size()+at] = 0.1
	}
	return p
}

func propose(t *testing.T, p targeting.Problem) targeting.Proposal {
	t.Helper()
	got, err := targeting.Propose(p)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestWhatLiesNearTheLineIsWorthMore compares applications that are known equally well and ask for the same: the nearer to the line, the
// more a review is worth; and with the same distance, the larger the ask.
func TestWhatLiesNearTheLineIsWorthMore(t *testing.T) {
	t.Parallel()
	p := plain(20, func(int) float64 { return 100_000 })
	p.Budget = 1_000_000 // for ten: the line lies between the tenth and the eleventh
	got := propose(t, p)
	before := 0.0
	for _, v := range got.Values {
		distance := math.Abs(v.Score - v.Line)
		if distance < before-1e-9 {
			t.Errorf("%s lies %.2f from the line and is worth less than one that lies further away", v.Application, distance)
		}
		before = distance
	}
	if first, last := got.Values[0], got.Values[19]; first.Gain < 10*last.Gain || !strings.Contains(first.Reason, "£100,000 depends on it") {
		t.Errorf("%+v %+v", first, last)
	}
	for _, r := range got.Batch {
		if r.Application < "A08" || r.Application > "A11" {
			t.Errorf("a review of %s, which lies far from the line", r.Application)
		}
	}
	p = plain(20, func(i int) float64 { return 50_000 + 100_000*float64(i%2) })
	p.Budget = 1_000_000
	if v := propose(t, p).Values[0]; v.Application != "A09" {
		t.Errorf("%s comes first, where A09 asks for three times as much at the same distance", v.Application)
	}
}

// TestReviewsAreNotSpentInVain: where all are funded, where nobody may review, where none is worth its cost, none is asked for.
func TestReviewsAreNotSpentInVain(t *testing.T) {
	t.Parallel()
	p := plain(6, func(int) float64 { return 100_000 })
	p.Budget = 250_000
	if got := propose(t, p); len(got.Batch) != 3 || got.Gain <= 0 {
		t.Fatalf("%+v", got)
	}
	dear := p
	dear.Least = 1e9
	settled := p
	settled.Applications = slices.Clone(p.Applications)
	for i := range settled.Applications {
		settled.Applications[i].Settled = []string{""}
	}
	barred := p
	for _, a := range p.Applications {
		for _, r := range p.Reviewers {
			barred.Conflicts = append(barred.Conflicts, assign.Pair{r.ID, a.ID})
		}
	}
	for name, p := range map[string]targeting.Problem{"dear": dear, "settled": settled, "barred": barred} {
		if got := propose(t, p); len(got.Batch) != 0 || got.Gain != 0 {
			t.Errorf("%s: %d reviews are proposed", name, len(got.Batch))
		}
	}
	if got := propose(t, barred); !strings.Contains(got.Values[0].Reason, "Nobody is left") {
		t.Errorf("%+v", got.Values[0])
	}
}

// TestAWrongProblemIsNamed.
func TestAWrongProblemIsNamed(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*targeting.Problem){
		"budget":    func(p *targeting.Problem) { p.Budget = math.NaN() },
		"not below": func(p *targeting.Problem) { p.Reviews = -1 },
		"no part":   func(p *targeting.Problem) { p.Parts = nil },
		"A00":       func(p *targeting.Problem) { p.Applications[1].ID = "A00" },
		"amount":    func(p *targeting.Problem) { p.Applications[1].Amount = 0 },
		"R00":       func(p *targeting.Problem) { p.Reviewers[1].ID = "R00" },
		"room":      func(p *targeting.Problem) { p.Reviewers[1].Room = -1 },
		"weight":    func(p *targeting.Problem) { p.Parts[0].Weight = 0 },
		"is known":  func(p *targeting.Problem) { p.Applications[1].ID = "unknown" },
	} {
		p := plain(3, func(int) float64 { return 1 })
		spoil(&p)
		if _, err := targeting.Propose(p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
