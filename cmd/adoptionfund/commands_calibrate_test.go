package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestScoresAreCalibratedFromFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := newShell(t, "sqlite://"+filepath.Join(dir, "none.db"))
	scores, out, reviewers := filepath.Join(dir, "scores.csv"), filepath.Join(dir, "applications.csv"), filepath.Join(dir, "reviewers.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(scores, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	panel := "../../internal/calibration/testdata/panel-a-scores.csv"
	printed := s.want(0, "application,raw_mean,posterior_mean,posterior_sd,lower90,upper90,expected_rank\nA001,2.333333,", "calibrate", "--scores", panel, "--out-reviewers", reviewers)
	if again := s.want(0, "A001", "calibrate", "--scores", panel); again != printed {
		t.Error("the same scores give other digits")
	}
	s.want(0, "", "calibrate", "--scores", panel, "--out-applications", out)
	if text, err := os.ReadFile(out); err != nil || string(text) != printed {
		t.Errorf("%v\n%s", err, text)
	}
	if text, err := os.ReadFile(reviewers); err != nil || !strings.HasPrefix(string(text), "reviewer,severity_mean,severity_sd\nR01,-0.7") {
		t.Errorf("%v\n%s", err, text)
	}
	write("application,reviewer,score,part,kind\nA,R,4,EV1,clinical\nA,S,3,EV1,technical\nB,R,2,EV1,clinical\nB,S,2,EV1,technical\nC,R,5,EV1,clinical\nC,S,3,EV1,technical\nA,D,5,DT1,\nB,D,1,DT1,\nC,D,3,DT1,\n")
	for _, want := range []string{"application,part,raw_mean", "A,EV1,3.500000", "A,DT1,5.000000,2.000000,0.000000,", "A,total,80.0"} {
		s.want(0, want, "calibrate", "--scores", scores, "--weights", "EV1=20,DT1=10")
	}
	s.want(1, `"RO1" has a weight, and no score`, "calibrate", "--scores", scores, "--weights", "EV1=20,RO1=10")
	s.want(2, "--weights", "calibrate", "--scores", scores, "--weights", "EV1")
	s.want(2, "--weights", "calibrate", "--scores", panel, "--weights", "EV1=20")
	s.want(2, "", "calibrate", "--scores", filepath.Join(dir, "absent.csv"))
	write("application,reviewer,score\nA,R,7\n")
	s.want(1, `row 2: the score "7" is not a number from 0 to 5`, "calibrate", "--scores", scores, "--out-applications", filepath.Join(dir, "never.csv"))
	if _, err := os.Stat(filepath.Join(dir, "never.csv")); err == nil {
		t.Error("a file was written")
	}
	write("application,reviewer,score\nA,R,3\nB,R,4\n")
	s.want(0, "all scores are by one reviewer", "calibrate", "--scores", scores)
}
