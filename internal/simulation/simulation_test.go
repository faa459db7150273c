package simulation_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/simulation"
)

func simulate(tb testing.TB, s simulation.Settings, count int) simulation.Result {
	tb.Helper()
	s.Rounds = count
	r, err := simulation.Run(tb.Context(), solve.New(nil), s, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// small are settings of rounds that are quickly simulated.
func small() simulation.Settings {
	s := simulation.Defaults()
	s.Applications, s.Reviewers, s.Batches = 40, 12, 4
	return s
}

// TestBetterMethodsDecideBetter simulates a few rounds of the default settings: the seed is fixed, so that the figures are.
func TestBetterMethodsDecideBetter(t *testing.T) {
	t.Parallel()
	r := simulate(t, simulation.Defaults(), 20)
	share, gap := r.ByAmount.MeanShare, r.ByAmount.GapClosed
	if !(share[simulation.RawMerit] < share[simulation.CalibratedMerit] && share[simulation.CalibratedMerit] < share[simulation.CalibratedPortfolio] &&
		share[simulation.CalibratedPortfolio] < share[simulation.TargetedPortfolio] && share[simulation.TargetedPortfolio] <= 1) {
		t.Errorf("by amount: %v", share)
	}
	if got := *gap[simulation.CalibratedPortfolio].Mean; got < 0.30 {
		t.Errorf("the calibrated portfolio closes %.3f of the gap", got)
	}
	if got := *gap[simulation.TargetedPortfolio].Mean; got < 0.58 {
		t.Errorf("targeted reviews close %.3f of the gap", got)
	}
	if by := r.ByScore.MeanShare; by[simulation.TargetedPortfolio] <= by[simulation.CalibratedPortfolio] || by[simulation.CalibratedPortfolio] <= by[simulation.RawMerit] {
		t.Errorf("by score: %v", by)
	}
}

// TestARoundDoesNotDependOnTheOthers: the rounds of a shorter run are the first of a longer one, whichever processor took which.
func TestARoundDoesNotDependOnTheOthers(t *testing.T) {
	t.Parallel()
	one, three := simulate(t, small(), 1), simulate(t, small(), 3)
	again := simulate(t, small(), 3)
	for _, m := range simulation.Methods() {
		if three.ByAmount.MeanShare[m] != again.ByAmount.MeanShare[m] || three.ByScore.MeanShare[m] != again.ByScore.MeanShare[m] {
			t.Errorf("%s: the same seed gives other figures", m)
		}
		if one.ByAmount.CI95[m] != nil || again.ByAmount.CI95[m] == nil {
			t.Errorf("%s: an interval of one round, or none of three", m)
		}
	}
	if one.ByAmount.MeanShare[simulation.RawMerit] == three.ByAmount.MeanShare[simulation.RawMerit] {
		t.Error("all rounds are the same")
	}
}

// TestAllThatIsAskedForOpensNoGap: where the budget pays for everything, every method is the best and no gap is left to close. Without
// severities and noise the calibrated scores rank as the rounded qualities do.
func TestAllThatIsAskedForOpensNoGap(t *testing.T) {
	t.Parallel()
	s := small()
	s.BudgetShare, s.QualityMean, s.QualitySD = 1, 4, 0.3
	r := simulate(t, s, 2)
	for _, m := range simulation.Methods() {
		if math.Abs(r.ByAmount.MeanShare[m]-1) > 1e-9 || r.ByAmount.GapClosed[m].Mean != nil {
			t.Errorf("%s: %v of the best", m, r.ByAmount.MeanShare[m])
		}
	}
	var plot bytes.Buffer
	if err := r.WritePlot(&plot); err != nil || !strings.Contains(plot.String(), "there is no gap") {
		t.Error(err, plot.String())
	}
}

// TestEverySettingIsSimulated runs each kind of round once or twice.
func TestEverySettingIsSimulated(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*simulation.Settings){
		"student3":            func(s *simulation.Settings) { s.Noise = simulation.Student3 },
		"one review":          func(s *simulation.Settings) { s.Reviews = 1 },
		"first is all":        func(s *simulation.Settings) { s.First = 3 },
		"one first":           func(s *simulation.Settings) { s.First = 1 },
		"no noise":            func(s *simulation.Settings) { s.NoiseSD, s.SeveritySD = 0, 0 },
		"no quality":          func(s *simulation.Settings) { s.QualitySD = 0 },
		"panels":              func(s *simulation.Settings) { s.Panels = 3 },
		"panels, some shared": func(s *simulation.Settings) { s.Panels, s.Shared = 3, 3 },
		"all shared":          func(s *simulation.Settings) { s.Panels, s.Shared = 3, 12 },
		"more batches":        func(s *simulation.Settings) { s.Batches = 1000 },
		"hardly any money":    func(s *simulation.Settings) { s.BudgetShare = 0.001 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := small()
			change(&s)
			r := simulate(t, s, 2)
			for _, m := range simulation.Methods() {
				if v := r.ByAmount.MeanShare[m]; !(v >= 0 && v <= 1+1e-9) {
					t.Errorf("%s: %v of the best", m, v)
				}
			}
			if same := r.ByAmount.MeanShare[simulation.CalibratedPortfolio] == r.ByAmount.MeanShare[simulation.TargetedPortfolio]; same != (name == "one review" || name == "first is all" || name == "hardly any money") && name != "no noise" && name != "no quality" {
				t.Errorf("targeted reviews change nothing: %v", same)
			}
		})
	}
}

// TestFilesHoldTheSameFigures compares the CSV file and the description of the plot with the result.
func TestFilesHoldTheSameFigures(t *testing.T) {
	t.Parallel()
	r := simulate(t, small(), 3)
	var text, plot bytes.Buffer
	if err := errors.Join(r.WriteCSV(&text), r.WritePlot(&plot)); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&text).ReadAll()
	if err != nil || len(rows) != 11 {
		t.Fatal(err, rows)
	}
	for _, row := range rows[1:] {
		o := r.ByAmount
		if row[0] == "by_score" {
			o = r.ByScore
		}
		m := simulation.Method(row[1])
		want := []float64{o.MeanShare[m], o.CI95[m][0], o.CI95[m][1], *o.GapClosed[m].Mean, o.GapClosed[m].CI95[0], o.GapClosed[m].CI95[1]}
		for n, w := range want {
			if got, err := strconv.ParseFloat(row[2+n], 64); err != nil || math.Abs(got-w) > 1e-6 {
				t.Errorf("%v: %v, want %v", row, got, w)
			}
		}
		if gap := strconv.FormatFloat(100**o.GapClosed[m].Mean, 'f', 1, 64) + "%"; m != simulation.RawMerit && !strings.Contains(plot.String(), m.Words()+" closes "+gap) {
			t.Errorf("the plot does not say that %s closes %s", m, gap)
		}
	}
	var svg struct {
		Title string `xml:"title"`
		Desc  string `xml:"desc"`
	}
	if err := xml.Unmarshal(plot.Bytes(), &svg); err != nil || svg.Title == "" || svg.Desc == "" || strings.Contains(plot.String(), "<script") || strings.Contains(plot.String(), "style=") {
		t.Error(err, plot.String())
	}
	if err := r.Table(func(_ string, columns []string, rows [][]string) error {
		if len(rows) != 5 || len(columns) != len(rows[0]) {
			t.Error(columns, rows)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// TestWrongSettingsAreNamed.
func TestWrongSettingsAreNamed(t *testing.T) {
	t.Parallel()
	for option, change := range map[string]func(*simulation.Settings){
		"--applications": func(s *simulation.Settings) { s.Applications = 1 },
		"--rounds":       func(s *simulation.Settings) { s.Rounds = 0 },
		"--reviewers":    func(s *simulation.Settings) { s.Reviewers = 1 },
		"--reviews":      func(s *simulation.Settings) { s.Reviews = 13 },
		"--first":        func(s *simulation.Settings) { s.First = 0 },
		"--batches":      func(s *simulation.Settings) { s.Batches = 0 },
		"--panels":       func(s *simulation.Settings) { s.Panels = 5 },
		"--shared":       func(s *simulation.Settings) { s.Shared = 13 },
		"--quality-sd":   func(s *simulation.Settings) { s.QualitySD = -1 },
		"--severity-sd":  func(s *simulation.Settings) { s.SeveritySD = math.NaN() },
		"--noise-sd":     func(s *simulation.Settings) { s.NoiseSD = math.Inf(1) },
		"--budget-share": func(s *simulation.Settings) { s.BudgetShare = 0 },
		"--noise":        func(s *simulation.Settings) { s.Noise = "loud" },
	} {
		s := small()
		change(&s)
		f, ok := fault.Of(s.Check())
		if !ok || len(f.Fields) != 1 || f.Fields[option] == "" {
			t.Errorf("%s: %v", option, f)
		}
	}
}

// TestASimulationCanBeStopped.
func TestASimulationCanBeStopped(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	_, err := simulation.Run(ctx, solve.New(nil), small(), func(done int) {
		if done == 2 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

var rounds = flag.Int("rounds", 50, "how many rounds the benchmark simulates")

// BenchmarkSimulate takes the time of so many rounds with the default settings, on all processors.
func BenchmarkSimulate(b *testing.B) {
	b.Run(fmt.Sprintf("rounds=%d", *rounds), func(b *testing.B) {
		for b.Loop() {
			simulate(b, simulation.Defaults(), *rounds)
		}
	})
}
