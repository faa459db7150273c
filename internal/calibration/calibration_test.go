package calibration_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/calibration"
)

// failing is a test or a draw of a property.
type failing interface {
	Helper()
	Fatal(args ...any)
}

func fit(tb failing, p calibration.Problem) calibration.Result {
	tb.Helper()
	r, err := calibration.Fit(p)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func read(tb testing.TB, name string) calibration.Problem {
	tb.Helper()
	file, err := os.Open("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	p, err := calibration.ReadScores(file)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// table reads a CSV file by its first column.
func table(tb testing.TB, data []byte) map[string]map[string]float64 {
	tb.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	all := map[string]map[string]float64{}
	for _, row := range rows[1:] {
		all[row[0]] = map[string]float64{}
		for i, cell := range row[1:] {
			value, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				tb.Fatal(err)
			}
			all[row[0]][rows[0][i+1]] = value
		}
	}
	return all
}

func file(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// TestThePublishedModelIsMet compares with the posterior that a long Markov chain of the published model gives, within its own error.
func TestThePublishedModelIsMet(t *testing.T) {
	t.Parallel()
	within := map[string]float64{
		"raw_mean": 0.0001, "posterior_mean": 0.03, "posterior_sd": 0.02, "lower90": 0.06, "upper90": 0.06, "expected_rank": 0.6, "severity_mean": 0.03, "severity_sd": 0.02,
	}
	for _, panel := range []string{"panel-a", "panel-b"} {
		for seed := range uint64(3) {
			p := read(t, panel+"-scores.csv")
			p.Seed = seed
			r := fit(t, p)
			var applications, reviewers bytes.Buffer
			if calibration.WriteApplications(&applications, r, false) != nil || calibration.WriteReviewers(&reviewers, r, false) != nil {
				t.Fatal("not written")
			}
			for what, got := range map[string]map[string]map[string]float64{"applications": table(t, applications.Bytes()), "reviewers": table(t, reviewers.Bytes())} {
				want := table(t, file(t, panel+"-"+what+".csv"))
				if len(got) != len(want) {
					t.Errorf("%s: %d %s, want %d", panel, len(got), what, len(want))
				}
				for name, row := range got {
					for column, value := range row {
						if math.Abs(value-want[name][column]) > within[column] {
							t.Errorf("%s, seed %d, %s: %s is %v, the reference says %v", panel, seed, name, column, value, want[name][column])
						}
					}
				}
			}
		}
	}
}

func TestTheSameProblemGivesTheSameDigits(t *testing.T) {
	t.Parallel()
	write := func(seed uint64) string {
		p := rubricRound(rand.New(rand.NewPCG(4, 4)), 40, 12)
		p.Seed, p.Draws = seed, 500
		var out bytes.Buffer
		if err := calibration.WriteApplications(&out, fit(t, p), true); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	first := write(7)
	for range 3 {
		if write(7) != first {
			t.Fatal("another result")
		}
	}
	if write(8) == first {
		t.Error("another seed draws the same")
	}
}

// rubricRound makes invented scores as the default rubric asks for them: three kinds of reviewer, of each application one, and two parts that one
// person scores.
func rubricRound(rng *rand.Rand, applications, reviewers int) calibration.Problem {
	parts := []struct {
		code  string
		kinds []int
	}{{"EV1", []int{0, 1}}, {"EV2", []int{0, 2}}, {"RO1", []int{0, 1}}, {"RO2", []int{0, 1, 2}}, {"VM1", []int{1, 0}}, {"IN1", []int{2, 0}}}
	severity := make([]float64, reviewers)
	for j := range severity {
		severity[j] = 0.7 * rng.NormFloat64()
	}
	var p calibration.Problem
	score := func(value float64) float64 { return min(max(math.Round(value), 0), 5) }
	for i := range applications {
		quality, name := 2.9+0.8*rng.NormFloat64(), fmt.Sprintf("A%04d", i)
		who := [3]int{}
		for kind := range who {
			who[kind] = kind + 3*rng.IntN(reviewers/3)
		}
		for _, part := range parts {
			for _, kind := range part.kinds {
				p.Scores = append(p.Scores, calibration.Score{
					Application: name, Reviewer: fmt.Sprintf("R%03d", who[kind]), Kind: []string{"clinical", "technical", "ppv"}[kind], Part: part.code,
					Value: score(quality + severity[who[kind]] + 0.6*rng.NormFloat64()),
				})
			}
		}
		p.Scores = append(
			p.Scores, calibration.Score{Application: name, Reviewer: "assessor", Part: "DT1", Value: float64(rng.IntN(6))},
			calibration.Score{Application: name, Reviewer: "officer", Part: "FU1", Value: float64(rng.IntN(6))},
		)
	}
	p.Weights = []calibration.Weight{{"EV1", 20}, {"EV2", 15}, {"DT1", 10}, {"FU1", 10}, {"RO1", 15}, {"RO2", 15}, {"VM1", 10}, {"IN1", 5}}
	return p
}

func estimate(tb testing.TB, r calibration.Result, application, part string) calibration.Estimate {
	tb.Helper()
	at := slices.IndexFunc(r.Estimates, func(e calibration.Estimate) bool { return e.Application == application && e.Part == part })
	if at < 0 {
		tb.Fatalf("no estimate of %s on %q", application, part)
	}
	return r.Estimates[at]
}

// scores reads lines such as "A R 3", with part and kind after them where there are some.
func scores(lines ...string) calibration.Problem {
	var p calibration.Problem
	for _, line := range lines {
		f := append(strings.Fields(line), "", "")
		value, _ := strconv.ParseFloat(f[2], 64)
		p.Scores = append(p.Scores, calibration.Score{Application: f[0], Reviewer: f[1], Value: value, Part: f[3], Kind: f[4]})
	}
	return p
}

func TestWhatCannotBeEstimatedIsSaid(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		p     calibration.Problem
		says  string
		means map[string]float64 // of applications; NaN: not known
		ranks map[string]float64
	}{
		"one reviewer": {
			scores("A R 5", "B R 2", "C R 2"), "all scores are by one reviewer", map[string]float64{"A": 2, "B": -1, "C": -1}, map[string]float64{"A": 1, "B": 2.5, "C": 2.5},
		},
		"all the same": {
			scores("A R 3", "A S 3", "B R 3", "B S 3"), "all scores are the same", map[string]float64{"A": 0, "B": 0}, map[string]float64{"A": 1.5, "B": 1.5},
		},
		"all the same within kinds": {
			scores("A R 3 EV1 clinical", "A S 4 EV1 technical", "B R 3 EV1 clinical", "B S 4 EV1 technical"), "all scores are the same", map[string]float64{"A": 0, "B": 0}, nil,
		},
		"one application": {scores("A R 3", "A S 5"), "no other application", map[string]float64{"A": math.NaN()}, nil},
		"no overlap": {
			scores("A R 3", "A S 4", "B R 2", "B S 2", "C X 5", "C Y 4", "D X 1", "D Y 2"), "2 sets that have no reviewer in common", nil, nil,
		},
		"an application apart": {
			scores("A R 3", "A S 4", "B R 2", "B S 2", "C X 5", "C Y 4"), "1 applications share no reviewer", map[string]float64{"C": math.NaN()}, map[string]float64{"C": 0},
		},
		"no review": {
			calibration.Problem{Scores: scores("A R 3", "A S 4", "B R 2", "B S 3").Scores, Without: []string{"C"}}, "No score: C", nil, nil,
		},
		"exact agreement": {
			scores("A R 1", "A S 1", "B R 2", "B S 2", "C R 4", "C S 4", "D R 5", "D S 5", "E R 3", "E S 3"), "agree almost exactly", nil, map[string]float64{"A": 5, "D": 1},
		},
	} {
		r := fit(t, c.p)
		if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, c.says) }) {
			t.Errorf("%s: %q is not said: %q", name, c.says, r.Notes)
		}
		for application, want := range c.means {
			e := estimate(t, r, application, c.p.Scores[0].Part)
			if e.Known == math.IsNaN(want) || e.Known && (math.Abs(e.Mean-want) > 1e-9 || e.SD != 0) {
				t.Errorf("%s: %+v, want %v", name, e, want)
			}
		}
		for application, want := range c.ranks {
			if e := estimate(t, r, application, c.p.Scores[0].Part); math.Abs(e.Rank-want) > 0.02 {
				t.Errorf("%s: %+v, want the rank %v", name, e, want)
			}
		}
	}
}

func TestSetsAreRankedApart(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	one, other := rubricRound(rng, 12, 9), rubricRound(rng, 8, 6)
	for i := range other.Scores {
		other.Scores[i].Application = "Z" + other.Scores[i].Application
		if s := &other.Scores[i]; s.Reviewer != "assessor" && s.Reviewer != "officer" { // who score everywhere by office join nobody
			s.Reviewer = "Z" + s.Reviewer
		}
	}
	both := one
	both.Scores = slices.Concat(one.Scores, other.Scores)
	r := fit(t, both)
	if len(r.Sets) < 2 {
		t.Fatalf("%d sets", len(r.Sets))
	}
	alone := fit(t, one)
	for _, e := range alone.Estimates {
		if got := estimate(t, r, e.Application, e.Part); got.Known && e.Part == "EV1" && math.Abs(got.Mean-e.Mean) > 1e-9 {
			t.Errorf("%s is %v beside another set and %v alone", e.Application, got.Mean, e.Mean)
		}
	}
	for set, members := range r.Sets {
		var sum float64
		for _, name := range members {
			sum += estimate(t, r, name, calibration.Total).Rank
		}
		if n := float64(len(members)); n > 1 && math.Abs(sum-n*(n+1)/2) > 1e-6 {
			t.Errorf("the ranks of set %d sum to %v", set, sum)
		}
	}
}

func TestAConsensusIsTheScoreAndStillTellsOfReviewers(t *testing.T) {
	t.Parallel()
	p := rubricRound(rand.New(rand.NewPCG(5, 6)), 20, 9)
	before := fit(t, p)
	p.Agreed = []calibration.Agreed{{"A0003", "EV1", 5}}
	p.Weights = p.Weights[:1] // EV1 alone
	after := fit(t, p)
	e := estimate(t, after, "A0003", calibration.Total)
	if e.Mean != 100 || e.SD != 0 || e.Lower != 100 || e.Raw != 100 {
		t.Errorf("%+v", e)
	}
	if !slices.Equal(before.Severities, after.Severities) {
		t.Error("the severity of reviewers has changed")
	}
}

// TestATotalIsTheWeightedSumOfItsParts: where nothing is uncertain, the total is the plain weighted mean on the 0 to 100 scale, over the parts
// that an application has.
func TestATotalIsTheWeightedSumOfItsParts(t *testing.T) {
	t.Parallel()
	p := scores("A r 4 X", "A s 1 Y", "B r 2 X", "C r 0 X", "C s 5 Y")
	p.Weights = []calibration.Weight{{"X", 30}, {"Y", 10}}
	r := fit(t, p)
	for name, want := range map[string]float64{"A": (30*80 + 10*20) / 40.0, "B": 40, "C": (0 + 10*100) / 40.0} {
		if e := estimate(t, r, name, calibration.Total); math.Abs(e.Mean-want) > 1e-4 || math.Abs(e.Raw-want) > 1e-4 {
			t.Errorf("%s: %+v, want %v", name, e, want)
		}
	}
}

// TestWhatDoesNotMatterChangesNothing: names and the order of scores, and a constant added to all of them.
func TestWhatDoesNotMatterChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawn(t)
		shuffled := p
		shuffled.Scores = rapid.Permutation(p.Scores).Draw(t, "order")
		lower := p
		lower.Scores = slices.Clone(p.Scores)
		for i := range lower.Scores {
			lower.Scores[i].Value /= 2
			lower.Scores[i].Value++
		}
		higher := lower
		higher.Scores = slices.Clone(lower.Scores)
		for i := range higher.Scores {
			higher.Scores[i].Value++
		}
		same(t, fit(t, p), fit(t, shuffled))
		same(t, fit(t, lower), fit(t, higher))
	})
}

func same(t *rapid.T, a, b calibration.Result) {
	for i, e := range a.Estimates {
		o := b.Estimates[i]
		if e.Application != o.Application || e.Known != o.Known || math.Abs(e.Mean-o.Mean) > 1e-6 || math.Abs(e.SD-o.SD) > 1e-6 || math.Abs(e.Lower-o.Lower) > 1e-5 {
			t.Fatalf("%+v\n%+v", e, o)
		}
	}
}

// drawn draws a small problem, connected or not.
func drawn(t *rapid.T) calibration.Problem {
	p := calibration.Problem{Draws: 200}
	applications, reviewers := rapid.IntRange(1, 8).Draw(t, "applications"), rapid.IntRange(1, 5).Draw(t, "reviewers")
	for a := range applications {
		for r := range reviewers {
			if rapid.Bool().Draw(t, "scored") {
				p.Scores = append(p.Scores, calibration.Score{Application: "A" + strconv.Itoa(a), Reviewer: "R" + strconv.Itoa(r), Value: float64(rapid.IntRange(0, 5).Draw(t, "score"))})
			}
		}
	}
	if len(p.Scores) == 0 {
		p.Scores = []calibration.Score{{Application: "A0", Reviewer: "R0", Value: 3}}
	}
	return p
}

// TestWhatIsFoundIsSane: intervals hold the mean, ranks of a set add up, more harshness is never found in who scores higher throughout.
func TestWhatIsFoundIsSane(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawn(t)
		r := fit(t, p)
		for _, e := range r.Estimates {
			if e.Known && (e.Lower > e.Mean+1e-9 || e.Upper < e.Mean-1e-9 || e.Rank < 1 || e.Rank > float64(len(r.Sets[e.Set]))) || math.IsNaN(e.Mean+e.SD+e.Lower+e.Upper+e.Rank) {
				t.Fatalf("%+v", e)
			}
		}
		var sum float64
		for _, e := range r.Estimates {
			sum += e.Rank
		}
		var want float64
		for _, members := range r.Sets {
			known := 0
			for _, name := range members {
				if slices.ContainsFunc(r.Estimates, func(e calibration.Estimate) bool { return e.Application == name && e.Known }) {
					known++
				}
			}
			want += float64(known*(known+1)) / 2
		}
		if math.Abs(sum-want) > 1e-6 {
			t.Fatalf("ranks sum to %v, want %v", sum, want)
		}
		shares := r.Overall.Places()
		for n, share := range shares {
			var all float64
			for _, s := range share {
				all += s
			}
			if len(r.Overall.Values[n]) > 0 && math.Abs(all-1) > 1e-6 {
				t.Fatalf("the places of %s sum to %v", r.Overall.Applications[n], all)
			}
		}
	})
}

func benchmark(b *testing.B, applications, reviewers int) {
	b.Helper()
	p := rubricRound(rand.New(rand.NewPCG(138, 3)), applications, reviewers)
	for b.Loop() {
		fit(b, p)
	}
}

func BenchmarkCalibrate138(b *testing.B)  { benchmark(b, 138, 40) }
func BenchmarkCalibrate1400(b *testing.B) { benchmark(b, 1400, 200) }
