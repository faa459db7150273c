package calibration_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/calibration"
)

func TestWhatIsWrongWithScoresIsNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                                             "The first row must name the columns",
		"application,score\nA,3\n":                                     `the column "reviewer" is missing`,
		"application,reviewer,score,x\nA,R,3,\n":                       `"x" is not a column`,
		"application,reviewer,score\n":                                 "There are no scores",
		"application,reviewer,score\nA,R,6\n":                          `row 2: the score "6" is not a number from 0 to 5`,
		"application,reviewer,score\nA,R,NaN\n":                        "row 2",
		"application,reviewer,score\nA,R,3\nA,R,4\n":                   "row 3: R has scored A in row 2 already",
		"application,reviewer,score\nA,R,3\n,R,4\nB,,1\n":              "row 3: the application is missing\nrow 4: the reviewer is missing",
		"application,reviewer,score,kind\nA,R,3,clinical\nB,R,4,ppv\n": `row 3: R is of the kind "clinical" in row 2 and "ppv" here`,
		"application,reviewer,score,part\nA,R,3,total\n":               "row 2: a part cannot be called",
		"application,reviewer,score\nA,R\n":                            "row 2: has another number of cells",
		"application,reviewer,score\nA,R,3\n\"B,R,4\n":                 "row 3",
	} {
		if _, err := calibration.ReadScores(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	for _, text := range []string{"", "EV1", "EV1=", "EV1=0", "EV1=x", "=3", "EV1=1,,EV2=2", "EV1=NaN", "EV1=Inf"} {
		if w, err := calibration.ParseWeights(text); err == nil {
			t.Errorf("%q: %v", text, w)
		}
	}
	for _, w := range [][]calibration.Weight{{{"X", 1}}, {{"", 1}, {"", 1}}, {{"", -1}}} {
		p := scores("A R 3", "A S 4", "B R 2", "B S 2")
		p.Weights = w
		if _, err := calibration.Fit(p); err == nil {
			t.Errorf("%v is accepted", w)
		}
	}
}

func FuzzReadScores(f *testing.F) {
	f.Add("application,reviewer,score\nA,R,3\nA,S,4\nB,R,2\nB,S,0\n")
	f.Add("application,reviewer,score,part,kind\nA,R,3,EV1,clinical\n\nB,R,4.5,EV1,clinical\nC,S,,EV1,ppv\n")
	f.Add("\ufeffscore,reviewer,application\n\"3\",\"R\n\",A\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := calibration.ReadScores(strings.NewReader(text))
		if err != nil {
			return
		}
		p.Draws = 20
		if len(p.Scores) > 60 {
			return // what is read is looked at; larger problems are no other
		}
		if _, err := calibration.Fit(p); err != nil {
			t.Fatalf("%q was read and cannot be calibrated: %v", text, err)
		}
	})
}
