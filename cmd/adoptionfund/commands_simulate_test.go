package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheSimulateCommand calls it as an analyst does: options in, a table, JSON and files out.
func TestTheSimulateCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newShell(t, "sqlite://"+filepath.Join(dir, "none.db"))
	small := []string{"simulate", "--applications", "40", "--reviewers", "12", "--rounds", "3", "--seed", "5", "--batches", "2"}
	with := func(more ...string) []string { return append(append([]string{}, small...), more...) }
	figures, plot := filepath.Join(dir, "figures.csv"), filepath.Join(dir, "gap.svg")
	printed := s.want(0, "Calibrated, best portfolio", with("--csv", figures, "--plot", plot)...)
	if !strings.Contains(printed, "Each pound is worth the true quality") || !strings.Contains(printed, "Each application funded") {
		t.Error(printed)
	}
	for file, has := range map[string]string{figures: "by_amount,targeted_portfolio,0.", plot: `<desc id="description">Each pound`} {
		if data, err := os.ReadFile(file); err != nil || !strings.Contains(string(data), has) {
			t.Errorf("%v: %s", err, data)
		}
	}
	first := s.want(0, "", with("--json")...)
	if again := s.want(0, "", with("--json")...); again != first {
		t.Errorf("the same options give %s and %s", first, again)
	}
	var r struct {
		Rounds   int
		Seed     uint64
		Settings map[string]any
		ByAmount struct {
			MeanShare map[string]float64    `json:"mean_share"`
			CI95      map[string][2]float64 `json:"ci95"`
			GapClosed map[string]struct {
				Mean float64
				CI95 [2]float64 `json:"ci95"`
			} `json:"gap_closed"`
		} `json:"by_amount"`
		ByScore map[string]any `json:"by_score"`
	}
	if err := json.Unmarshal([]byte(first), &r); err != nil {
		t.Fatal(err, first)
	}
	if r.Rounds != 3 || r.Seed != 5 || r.Settings["severity_sd"] != 0.8 || len(r.ByAmount.MeanShare) != 5 || len(r.ByScore) != 3 {
		t.Errorf("%+v", r)
	}
	if ends := r.ByAmount.CI95["raw_merit"]; !(ends[0] < r.ByAmount.MeanShare["raw_merit"] && r.ByAmount.MeanShare["raw_merit"] < ends[1]) {
		t.Errorf("%+v", r.ByAmount)
	}
	if gap := r.ByAmount.GapClosed["targeted_portfolio"]; !(gap.CI95[0] < gap.Mean && gap.Mean < gap.CI95[1]) {
		t.Errorf("%+v", gap)
	}
	s.want(0, "Example: adoptionfund simulate", "simulate", "--help")
	for option, value := range map[string]string{"--applications": "1", "--reviewers": "0", "--rounds": "0", "--reviews": "13", "--severity-sd": "-1", "--budget-share": "2", "--panels": "9", "--noise": "loud"} {
		s.want(2, option, with(option, value)...)
	}
	s.want(1, "making", with("--csv", filepath.Join(dir, "no", "figures.csv"))...)
}
