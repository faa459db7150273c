package calibration_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"adoptionfund/internal/calibration"
)

// TestMomentsAreThoseOfTheWholePosterior compares the quick moments with those of Fit on the published panels.
func TestMomentsAreThoseOfTheWholePosterior(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"panel-a-scores.csv", "panel-b-scores.csv"} {
		p := read(t, name)
		whole := fit(t, p)
		k, err := calibration.Know(p, "", []string{"somebody new"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, application := range k.Applications {
			e := estimate(t, whole, application, "")
			if got := k.Mean[i] - whole.Parts[0].Mean; math.Abs(got-e.Mean) > 0.01 {
				t.Errorf("%s %s: the mean is %.4f, want %.4f", name, application, got, e.Mean)
			}
			if got := math.Sqrt(k.Covariance[i*k.Size()+i]); got > e.SD+0.01 || got < 0.75*e.SD {
				t.Errorf("%s %s: the deviation is %.4f, want %.4f", name, application, got, e.SD)
			}
		}
		for j, reviewer := range k.Reviewers {
			at := len(k.Applications) + j
			got, want := math.Sqrt(k.Covariance[at*k.Size()+at]), 0.5
			for _, s := range whole.Severities {
				if s.Reviewer == reviewer {
					want = s.SD
				}
			}
			if math.Abs(got-want) > 0.02 {
				t.Errorf("%s %s: the deviation of the severity is %.4f, want %.4f", name, reviewer, got, want)
			}
		}
	}
}

// TestMomentsFromBeforeChangeNothing compares moments that are looked for from those of fewer scores with those that are not.
func TestMomentsFromBeforeChangeNothing(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 9))
	for range 10 {
		p := rubricRound(rng, 30, 10)
		fewer := p
		fewer.Scores = slices.DeleteFunc(slices.Clone(p.Scores), func(calibration.Score) bool { return rng.IntN(4) == 0 })
		fewer.Weights, p.Weights = nil, nil
		before := know(t, fewer, "EV1", nil)
		from, afresh := know(t, p, "EV1", before), know(t, p, "EV1", nil)
		for i := range afresh.Mean {
			if math.Abs(from.Mean[i]-afresh.Mean[i]) > 0.01 {
				t.Errorf("%s: the mean is %.4f, and %.4f looked for from before", afresh.Applications[i], afresh.Mean[i], from.Mean[i])
			}
		}
	}
}

// TestWhatHasNoScoreIsAsTheOthersAre: an application and a reviewer without scores are known by the model alone.
func TestWhatHasNoScoreIsAsTheOthersAre(t *testing.T) {
	t.Parallel()
	p := read(t, "panel-a-scores.csv")
	p.Without = []string{"Z999"}
	k := know(t, p, "", nil)
	at := len(k.Applications) - 1
	if k.Applications[at] != "Z999" || k.Mean[at] < 1 || k.Mean[at] > 4 || k.Noise[at] != k.Noise[0] || k.Covariance[at*k.Size()+at] <= k.Covariance[0] || k.Covariance[at*k.Size()] != 0 {
		t.Errorf("%v", k.Mean[at])
	}
	for name, lines := range map[string]calibration.Problem{
		"all the same":    scores("A R 3", "A S 3", "B R 3", "B S 3"),
		"one each":        scores("A R 1", "B R 4"),
		"two sets":        scores("A R 1", "A S 2", "B T 4", "B U 3"),
		"one application": scores("A R 1", "A S 2"),
	} {
		k := know(t, lines, "", nil)
		for i := range k.Applications {
			if v := k.Covariance[i*k.Size()+i]; !(v > 0 && k.Noise[i] > 0) || math.IsNaN(k.Mean[i]) {
				t.Errorf("%s: mean %v, variance %v, noise %v", name, k.Mean[i], v, k.Noise[i])
			}
		}
	}
}

func know(tb testing.TB, p calibration.Problem, part string, before *calibration.Moments) *calibration.Moments {
	tb.Helper()
	k, err := calibration.Know(p, part, nil, before)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func BenchmarkKnow138(b *testing.B) {
	p := rubricRound(rand.New(rand.NewPCG(3, 9)), 138, 40)
	before := know(b, p, "EV1", nil)
	for b.Loop() {
		know(b, p, "EV1", before)
	}
}
