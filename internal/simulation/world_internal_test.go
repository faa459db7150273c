package simulation

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestARoundIsDrawnAsItIsSaid checks means and deviations of what is drawn, and who reviews in which panel.
func TestARoundIsDrawnAsItIsSaid(t *testing.T) {
	t.Parallel()
	for _, noise := range []string{Normal, Student3} {
		s := Defaults()
		s.Applications, s.Reviewers, s.Noise = 2000, 40, noise
		w := draw(s, 0)
		var squares, asked float64
		for _, v := range w.noise {
			squares += v * v
		}
		if got := math.Sqrt(squares / float64(len(w.noise))); math.Abs(got-0.6) > 0.06 {
			t.Errorf("%s: the deviation of the noise is %.3f", noise, got)
		}
		var sum float64
		for i, q := range w.quality {
			sum += q
			asked += float64(w.amount[i])
			if w.amount[i] < 60*thousand || w.amount[i] > 500*thousand || w.amount[i]%thousand != 0 {
				t.Errorf("%v is asked for", w.amount[i])
			}
		}
		if mean := sum / 2000; math.Abs(mean-2.9) > 0.08 || math.Abs(float64(w.budget)-asked/4) > 1 {
			t.Errorf("mean quality %.3f, budget %v", mean, w.budget)
		}
	}
	s := Defaults()
	s.Panels, s.Shared = 4, 4
	w := draw(s, 0)
	pairs, err := w.wave(3)
	if err != nil {
		t.Fatal(err)
	}
	loads := map[string]int{}
	for _, pair := range pairs {
		i, _ := slices.BinarySearch(w.applications, pair[1])
		j, _ := slices.BinarySearch(w.reviewers, pair[0])
		if j >= 4 && (j-4)%4 != i%4 {
			t.Errorf("%v review across panels", pair)
		}
		if v := w.score(pair); v != math.Round(v) || v < 0 || v > 5 {
			t.Errorf("a score of %v", v)
		}
		loads[pair[0]]++
	}
	if len(pairs) != 3*138 || len(loads) != 40 {
		t.Errorf("%d reviews by %d reviewers", len(pairs), len(loads))
	}
}

// TestTheIntervalOfTheGapIsThatOfTheBootstrap compares the delta method with drawing the rounds again.
func TestTheIntervalOfTheGapIsThatOfTheBootstrap(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	rounds := make([]shares, 400)
	for n := range rounds {
		raw := 0.95 + 0.02*rng.NormFloat64()
		rounds[n].byAmount = map[Method]float64{RawMerit: raw, TargetedPortfolio: 0.98 + 0.4*(raw-0.95) + 0.01*rng.NormFloat64()}
	}
	of := func(s shares) map[Method]float64 { return s.byAmount }
	want := outcome(rounds, of).GapClosed[TargetedPortfolio]
	gaps := make([]float64, 2000)
	size := len(rounds)
	for n := range gaps {
		var raw, mean float64
		for range size {
			one := rounds[rng.IntN(size)].byAmount
			raw, mean = raw+one[RawMerit]/float64(size), mean+one[TargetedPortfolio]/float64(size)
		}
		gaps[n] = (mean - raw) / (1 - raw)
	}
	slices.Sort(gaps)
	if low, high := gaps[50], gaps[1950]; math.Abs(low-want.CI95[0]) > 0.006 || math.Abs(high-want.CI95[1]) > 0.006 {
		t.Errorf("%v, by the bootstrap %v to %v", want.CI95, low, high)
	}
}
