package agreement_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/agreement"
)

// published is the example of Krippendorff (2011), section C and after: four observers, twelve units, 0 where a score is missing.
func published() []agreement.Unit {
	observers := [4][12]int{
		{1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0},
		{1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3},
		{0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0},
		{1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0},
	}
	units := make([]agreement.Unit, 12)
	for u := range units {
		for _, scores := range observers {
			if scores[u] != 0 {
				units[u] = append(units[u], scores[u])
			}
		}
	}
	return units
}

func near(t *testing.T, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.0005 {
		t.Errorf("got %.4f, want %.3f", got, want)
	}
}

func TestThePublishedExampleComesOut(t *testing.T) {
	t.Parallel()
	for metric, want := range map[agreement.Metric]float64{agreement.Nominal: 0.743, agreement.Ordinal: 0.815, agreement.Interval: 0.849, agreement.Ratio: 0.797} {
		r := agreement.Alpha(published(), metric)
		near(t, r.Alpha, want)
		if r.Known != agreement.Yes || r.Units != 11 || r.Scores != 40 || r.Distinct != 5 {
			t.Errorf("%+v", r)
		}
	}
}

// Two observers and two values: section A of the same paper, where the coefficient is 0.095.
func TestThePublishedExampleOfTwoValuesComesOut(t *testing.T) {
	t.Parallel()
	meg, owen := []int{0, 1, 0, 0, 0, 0, 0, 0, 1, 0}, []int{1, 1, 1, 0, 0, 1, 0, 0, 0, 0}
	var units []agreement.Unit
	for i := range meg {
		units = append(units, agreement.Unit{meg[i], owen[i]})
	}
	near(t, agreement.Alpha(units, agreement.Nominal).Alpha, 0.095)
}

// Two observers and five values: section B, where the coefficient is 0.692.
func TestThePublishedExampleOfManyValuesComesOut(t *testing.T) {
	t.Parallel()
	units := []agreement.Unit{{1, 2}, {1, 1}, {2, 2}, {2, 2}, {4, 2}, {3, 3}, {3, 3}, {3, 3}, {5, 5}, {4, 4}, {4, 4}, {1, 4}}
	near(t, agreement.Alpha(units, agreement.Nominal).Alpha, 0.692)
}

func TestWhatCannotBeKnownIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		units []agreement.Unit
		known agreement.Known
		words string
	}{
		{nil, agreement.NoPairs, "not known: no application has two scores"},
		{[]agreement.Unit{{3}, {}, {4}}, agreement.NoPairs, "not known: no application has two scores"},
		{[]agreement.Unit{{3, 3}, {3, 3, 3}, {5}}, agreement.NoVariation, "not known: all scores are the same"},
	} {
		r := agreement.WithInterval(c.units, agreement.Ordinal)
		if r.Known != c.known || r.Bounded || r.Words() != c.words || r.Figures() != "" {
			t.Errorf("%v: %+v, %s, %s", c.units, r, r.Words(), r.Figures())
		}
	}
}

func TestAnIntervalNeedsEnoughUnits(t *testing.T) {
	t.Parallel()
	few := []agreement.Unit{{1, 2}, {3, 3}, {5, 4}}
	if r := agreement.WithInterval(few, agreement.Ordinal); r.Known != agreement.Yes || r.Bounded {
		t.Errorf("%+v", r)
	}
	r := agreement.WithInterval(published(), agreement.Ordinal)
	if !r.Bounded || r.Lower >= r.Alpha || r.Upper <= r.Alpha || r.Words() != "almost perfect" || r.Figures() == "" {
		t.Errorf("%+v %s", r, r.Figures())
	}
}

// The interval of scores that chance alone made holds 0 about as often as it promises.
func TestTheIntervalCoversWhatIsTrue(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	held, tries := 0, 200
	for range tries {
		units := make([]agreement.Unit, 60)
		for u := range units {
			units[u] = agreement.Unit{rng.IntN(6), rng.IntN(6), rng.IntN(6)}
		}
		if r := agreement.WithInterval(units, agreement.Ordinal); r.Lower <= 0 && r.Upper >= 0 {
			held++
		}
	}
	if share := float64(held) / float64(tries); share < 0.88 || share > 0.99 {
		t.Errorf("%.3f of the intervals hold the true value", share)
	}
}

func TestWordsFollowTheCoefficient(t *testing.T) {
	t.Parallel()
	for alpha, words := range map[float64]string{-0.3: "none beyond chance", 0: "none beyond chance", 0.2: "slight", 0.21: "fair", 0.6: "moderate", 0.7: "substantial", 0.81: "almost perfect", 1: "almost perfect"} {
		if got := (agreement.Result{Alpha: alpha}).Words(); got != words {
			t.Errorf("%.2f is %s, not %s", alpha, got, words)
		}
	}
	if got := (agreement.Result{Alpha: -0.001}).Figures(); got != "0.00" {
		t.Error(got)
	}
}

func scored(t *rapid.T) []agreement.Unit {
	return rapid.SliceOfN(rapid.Map(rapid.SliceOfN(rapid.IntRange(0, 5), 0, 5), func(s []int) agreement.Unit { return s }), 0, 40).Draw(t, "units")
}

func metrics(t *rapid.T) agreement.Metric {
	return rapid.SampledFrom([]agreement.Metric{agreement.Ordinal, agreement.Nominal, agreement.Interval, agreement.Ratio}).Draw(t, "metric")
}

func TestTheOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		units, m := scored(t), metrics(t)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		other := make([]agreement.Unit, len(units))
		for i, u := range units {
			other[i] = slices.Clone(u)
			rng.Shuffle(len(u), func(a, b int) { other[i][a], other[i][b] = other[i][b], other[i][a] })
		}
		rng.Shuffle(len(other), func(a, b int) { other[a], other[b] = other[b], other[a] })
		if a, b := agreement.WithInterval(units, m), agreement.WithInterval(other, m); a != b {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}

func TestPerfectAgreementIsOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := metrics(t)
		var units []agreement.Unit
		for _, v := range rapid.SliceOfN(rapid.IntRange(0, 5), 1, 40).Draw(t, "scores") {
			units = append(units, slices.Repeat(agreement.Unit{v}, rapid.IntRange(2, 4).Draw(t, "observers")))
		}
		r := agreement.WithInterval(units, m)
		if r.Known == agreement.Yes && (r.Alpha != 1 || r.Bounded && (r.Lower != 1 || r.Upper != 1)) {
			t.Fatalf("%+v", r)
		}
	})
}

// Alpha is 1 less the ratio of two means of squared differences: within units, and among all scores. This writes it so, pair by pair, for
// metrics that do not depend on the scores.
func TestItIsTheRatioOfDisagreements(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		units := scored(t)
		var all []int
		observed := 0.0
		for _, u := range units {
			if len(u) < 2 {
				continue
			}
			all = append(all, u...)
			for i := range u {
				for j := range u {
					observed += float64((u[i]-u[j])*(u[i]-u[j])) / float64(len(u)-1)
				}
			}
		}
		expected := 0.0
		for i := range all {
			for j := range all {
				expected += float64((all[i] - all[j]) * (all[i] - all[j]))
			}
		}
		r := agreement.Alpha(units, agreement.Interval)
		if (r.Known == agreement.Yes) != (expected > 0) {
			t.Fatalf("%+v, expected disagreement %f", r, expected)
		}
		n := float64(len(all))
		if want := 1 - (observed/n)/(expected/(n*(n-1))); r.Known == agreement.Yes && math.Abs(want-r.Alpha) > 1e-9 {
			t.Fatalf("got %f, want %f", r.Alpha, want)
		}
		if r.Alpha > 1 || r.Bounded && r.Lower > r.Upper {
			t.Fatalf("%+v", r)
		}
	})
}

// What nobody can compare changes nothing: units with one score, or none.
func TestSingleScoresDoNotCount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		units, m := scored(t), metrics(t)
		more := append(slices.Clone(units), agreement.Unit{rapid.IntRange(0, 5).Draw(t, "alone")}, agreement.Unit{})
		if a, b := agreement.WithInterval(units, m), agreement.WithInterval(more, m); a != b {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}

func BenchmarkWithInterval(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	units := make([]agreement.Unit, 1400)
	for u := range units {
		units[u] = agreement.Unit{rng.IntN(6), rng.IntN(6), rng.IntN(6)}
	}
	for b.Loop() {
		agreement.WithInterval(units, agreement.Ordinal)
	}
}
