package rubric_test

import (
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/configs"
	"adoptionfund/internal/rubric"
)

func standard(tb testing.TB) *rubric.Rubric {
	tb.Helper()
	l, err := rubric.NewLibrary(configs.FS)
	if err != nil {
		tb.Fatal(err)
	}
	r, err := l.Rubric("default-1")
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func score(part rubric.Code, value int) rubric.Score {
	return rubric.Score{Part: part, Mark: rubric.Scored, Value: value}
}

func everywhere(r *rubric.Rubric, value int) []rubric.Score {
	var all []rubric.Score
	for _, p := range r.Parts {
		all = append(all, score(p.Code, value))
	}
	return all
}

func TestTheStandardRubricIsTheFundsTable(t *testing.T) {
	t.Parallel()
	r := standard(t)
	want := map[rubric.Code]int{"EV1": 20, "EV2": 15, "DT1": 10, "FU1": 10, "RO1": 15, "RO2": 15, "VM1": 10, "IN1": 5}
	for code, weight := range want {
		if p := r.Part(code); p == nil || p.Weight != weight {
			t.Errorf("%s: %+v, want weight %d", code, p, weight)
		}
	}
	kinds := map[rubric.Kind]string{"clinical": "EV1 EV2 RO1 RO2 VM1 IN1", "technical": "EV1 RO1 RO2 VM1", "ppv": "EV2 RO2 IN1", "other": ""}
	for kind, codes := range kinds {
		var got []string
		for _, p := range r.For(kind) {
			got = append(got, string(p.Code))
		}
		if strings.Join(got, " ") != codes {
			t.Errorf("%s scores %v, want %s", kind, got, codes)
		}
	}
	if r.From(rubric.Assessor).Code != "DT1" || r.From(rubric.Officers).Code != "FU1" || len(r.Parts) != len(want) {
		t.Error("DT1 and FU1 come from others than reviewers")
	}
}

func TestTheStatusBoundsTheScoreOfDTAC(t *testing.T) {
	t.Parallel()
	p := standard(t).Part("DT1")
	for status, want := range map[string][]int{"compliant": {5}, "on_the_way": {1, 2, 3, 4}, "not_compliant": {0}, "incomplete": {0}, "unknown": {0}} {
		var got []int
		for s := range rubric.Highest + 1 {
			if p.Bounds(status).Allow(s) {
				got = append(got, s)
			}
		}
		if len(got) != len(want) || got[0] != want[0] {
			t.Errorf("%s allows %v, want %v", status, got, want)
		}
	}
}

func TestTheBestAndTheWorstApplication(t *testing.T) {
	t.Parallel()
	r := standard(t)
	if got := r.Sum(everywhere(r, 5)); got.Total != 10000 || !got.Complete || got.Weight != 100 {
		t.Errorf("%+v", got)
	}
	if got := r.Sum(everywhere(r, 0)); got.Total != 0 || !got.Complete {
		t.Errorf("%+v", got)
	}
	if got := r.Sum(nil); got.Total != 0 || got.Complete || got.Weight != 0 || len(got.LeftOut()) != 8 {
		t.Errorf("%+v", got)
	}
}

func TestAMeanCountsTheScoresThatStand(t *testing.T) {
	t.Parallel()
	r := standard(t)
	scores := append(everywhere(r, 3), score("EV1", 4)) // EV1: 3.5
	got := r.Sum(scores)
	if got.Total.String() != "62.00" || r.Column(got, rubric.EV).String() != "23.00" || r.Column(got, rubric.Other).String() != "9.00" {
		t.Errorf("total %s, EV %s, other %s", got.Total, r.Column(got, rubric.EV), r.Column(got, rubric.Other))
	}
}

func TestAPartThatIsNotScoredIsLeftOutAndNeverZero(t *testing.T) {
	t.Parallel()
	r := standard(t)
	for mark, words := range map[rubric.Mark]string{rubric.NotApplicable: "does not apply", rubric.Abstained: "has only abstentions"} {
		var scores []rubric.Score
		for _, s := range everywhere(r, 4) {
			if s.Part == "IN1" {
				s = rubric.Score{Part: "IN1", Mark: mark}
			}
			scores = append(scores, s)
		}
		got := r.Sum(scores)
		in, _ := got.Part("IN1")
		if got.Total.String() != "80.00" || got.Weight != 95 || !got.Complete || in.Counts || in.LeftOut != words || in.Points != 0 {
			t.Errorf("%s: %s of weight %d, %+v", mark, got.Total, got.Weight, in)
		}
		with := r.Sum(append(scores, score("IN1", 4)))
		if in, _ := with.Part("IN1"); !in.Counts || in.Scores != 1 || with.Total.String() != "80.00" {
			t.Errorf("%s beside a score: %+v", mark, in)
		}
	}
}

func TestAConsensusIsThePartsScore(t *testing.T) {
	t.Parallel()
	r := standard(t)
	scores := append(everywhere(r, 2), score("RO2", 5))
	if apart := r.Sum(scores).Apart(2); len(apart) != 1 || apart[0].Part.Code != "RO2" || apart[0].Spread() != 3 {
		t.Errorf("%+v", apart)
	}
	got := r.Sum(append(scores, rubric.Score{Part: "RO2", Mark: rubric.Scored, Value: 4, Consensus: true}))
	ro2, _ := got.Part("RO2")
	if ro2.Mean != 4 || !ro2.Consensus || ro2.Scores != 2 || ro2.Points != 1200 || len(got.Apart(2)) != 0 {
		t.Errorf("%+v", ro2)
	}
}

func TestPartsAddUpToTheTotalToTheHundredth(t *testing.T) {
	t.Parallel()
	r := standard(t)
	rapid.Check(t, func(t *rapid.T) {
		var scores []rubric.Score
		weight, exact := 0, 0.0
		for _, p := range r.Parts {
			values := rapid.SliceOfN(rapid.IntRange(0, 5), 0, 4).Draw(t, string(p.Code))
			sum := 0
			for _, v := range values {
				scores = append(scores, score(p.Code, v))
				sum += v
			}
			for range rapid.IntRange(0, 2).Draw(t, "without") {
				mark := rapid.SampledFrom([]rubric.Mark{rubric.NotApplicable, rubric.Abstained}).Draw(t, "mark")
				scores = append(scores, rubric.Score{Part: p.Code, Mark: mark})
			}
			if len(values) > 0 {
				weight += p.Weight
				exact += float64(p.Weight) * float64(sum) / float64(len(values)) / 5
			}
		}
		got := r.Sum(scores)
		if weight > 0 {
			exact = exact * 100 / float64(weight)
		}
		if math.Abs(got.Total.Float()-exact) > 0.005+1e-9 || got.Weight != weight {
			t.Fatalf("total %s, exactly %f", got.Total, exact)
		}
		var parts, columns, criteria rubric.Points
		for _, p := range got.Parts {
			parts += p.Points
			share := float64(p.Part.Weight) * p.Mean * 20 / max(float64(weight), 1)
			if p.Counts && math.Abs(p.Points.Float()-share) >= 0.01+1e-9 {
				t.Fatalf("%s has %s, exactly %f", p.Part.Code, p.Points, share)
			}
		}
		for _, c := range rubric.Columns() {
			columns += r.Column(got, c)
		}
		for _, h := range r.Criteria {
			criteria += got.Criterion(h.Code)
		}
		if parts != got.Total || columns != got.Total || criteria != got.Total || got.Total < 0 || got.Total > 10000 {
			t.Fatalf("parts %s, columns %s, criteria %s, total %s", parts, columns, criteria, got.Total)
		}
	})
}

func TestABetterScoreNeverLowersTheTotal(t *testing.T) {
	t.Parallel()
	r := standard(t)
	rapid.Check(t, func(t *rapid.T) {
		var scores []rubric.Score
		for _, p := range r.Parts {
			for range rapid.IntRange(1, 3).Draw(t, "reviews") {
				scores = append(scores, score(p.Code, rapid.IntRange(0, 5).Draw(t, "score")))
			}
		}
		before := r.Sum(scores).Total
		i := rapid.IntRange(0, len(scores)-1).Draw(t, "which")
		scores[i].Value = min(5, scores[i].Value+1)
		if after := r.Sum(scores).Total; after < before {
			t.Fatalf("fell from %s to %s", before, after)
		}
	})
}

func TestABrokenRubricIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../configs/rubrics/default-1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct{ from, to, want string }{
		"weights":            {"weight: 20", "weight: 21", "the weights add up to 101, not to 100"},
		"no weight":          {"weight: 20", "weight: none", "a whole number should stand here"},
		"unknown kind":       {"kinds: [clinical, ppv]", "kinds: [clinical, patient]", `there is no kind of reviewer "patient"`},
		"kind twice":         {"kinds: [clinical, ppv]", "kinds: [ppv, ppv]", "kind ppv is there already"},
		"nobody scores":      {"    kinds: [clinical, ppv]\n", "", "kinds of reviewer stand where the source is reviewers"},
		"unknown criterion":  {"criterion: IN", "criterion: XX", `there is no criterion "XX"`},
		"unknown source":     {"source: officers", "source: anybody", `source: "anybody" is not one of`},
		"missing descriptor": {"      5: Provisionally compliant.\n", "", "the descriptor of score 5 is missing"},
		"score of six":       {"      5: Provisionally compliant.", "      6: Provisionally compliant.", "is not a score from 0 to 5"},
		"part twice":         {"code: EV2", "code: EV1", "part EV1 is there already"},
		"wrong bounds":       {"[1, 4]", "[4, 1]", "scores go from 0 to 5"},
		"one bound":          {"[1, 4]", "[1]", "the least and the best score should stand here"},
		"unknown key":        {"guidance: Compare", "advice: Compare", `"advice" is not a known key`},
		"unknown column":     {"column: ev", "column: evidence", `column: "evidence" is not one of`},
		"no theme":           {"    weight: 5\n", "    weight: 5\n    applies_to: {themes: []}\n", "part IN1: applies_to needs themes"},
		"unknown condition":  {"    weight: 5\n", "    weight: 5\n    applies_to: {regions: [London]}\n", `"regions" is not a known key`},
		"wrong theme":        {"    weight: 5\n", "    weight: 5\n    applies_to: {themes: [Cardiology]}\n", `theme "Cardiology" should be two to six capital letters`},
		"theme twice":        {"    weight: 5\n", "    weight: 5\n    applies_to: {themes: [CAR, CAR]}\n", "theme CAR is there already"},
		"idle kind":          {"  - {code: ppv, title: Patient and public voice}\n", "  - {code: ppv, title: Patient and public voice}\n  - {code: legal, title: Legal}\n", "reviewers of the kind legal score no part"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(string(data), c.from, c.to, 1)
			if text == string(data) {
				t.Fatal("the case changes nothing")
			}
			problems := rubric.CheckFile("r.yaml", []byte(text))
			found := false
			for _, p := range problems {
				found = found || strings.Contains(p.Reason, c.want) && p.Line > 1
			}
			if !found {
				t.Errorf("want %q, got %v", c.want, problems)
			}
		})
	}
	if problems := rubric.CheckFile("r.yaml", data); len(problems) != 0 {
		t.Error(problems)
	}
}

// onlyIn is the standard rubric with parts that are scored in some themes only.
func onlyIn(tb testing.TB, themes map[rubric.Code]string) *rubric.Rubric {
	tb.Helper()
	data, err := os.ReadFile("../../configs/rubrics/default-1.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	text := string(data)
	for code, list := range themes {
		text = strings.Replace(text, "  - code: "+string(code)+"\n", "  - code: "+string(code)+"\n    applies_to: {themes: ["+list+"]}\n", 1)
	}
	r, err := rubric.Parse("r.yaml", []byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestAPartAppliesInItsThemesOnly(t *testing.T) {
	t.Parallel()
	r := onlyIn(t, map[rubric.Code]string{"IN1": "DIG, GAS", "DT1": "CAR"})
	car, dig := r.In("CAR"), r.In("DIG")
	if len(car.For("ppv")) != 2 || len(dig.For("ppv")) != 3 || car.From(rubric.Assessor) == nil || dig.From(rubric.Assessor) != nil {
		t.Errorf("%v %v", car.For("ppv"), dig.For("ppv"))
	}
	got := car.Sum(everywhere(r, 4)) // also of what should not have been scored
	in, _ := got.Part("IN1")
	if got.Total.String() != "80.00" || got.Weight != 95 || !got.Complete || in.Counts || in.LeftOut != "is not scored in the theme CAR" {
		t.Errorf("%s of weight %d, %+v", got.Total, got.Weight, in)
	}
	if got := dig.Sum(everywhere(r, 4)); got.Weight != 90 || got.Total.String() != "80.00" {
		t.Errorf("%s of weight %d", got.Total, got.Weight)
	}
	whole := standard(t)
	if whole.In("CAR") != whole {
		t.Error("a rubric without conditions is the same in every theme")
	}
	problems := rubric.CheckFile("r.yaml", []byte(strings.ReplaceAll(text(t), "    kinds: [clinical, technical, ppv]\n", "    kinds: [clinical, technical, ppv]\n    applies_to: {themes: [CAR]}\n")))
	if len(problems) != 0 {
		t.Errorf("ppv reviewers have other parts: %v", problems)
	}
}

func text(tb testing.TB) string {
	tb.Helper()
	data, err := os.ReadFile("../../configs/rubrics/default-1.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

func TestAKindWithNothingToScoreInAThemeIsRefused(t *testing.T) {
	t.Parallel()
	broken := text(t)
	for _, code := range []string{"EV2", "RO2", "IN1"} {
		broken = strings.Replace(broken, "  - code: "+code+"\n", "  - code: "+code+"\n    applies_to: {themes: [CAR]}\n", 1)
	}
	problems := rubric.CheckFile("r.yaml", []byte(broken))
	if len(problems) != 1 || !strings.Contains(problems[0].Reason, "reviewers of the kind ppv score no part that applies to all themes") {
		t.Error(problems)
	}
}

// TestLeavingPartsOutNeverCountsThemAsZero: whatever is not applicable, abstained from or outside the theme, the total is that of the parts
// that count with their weights scaled up, and never lower than it would be with zeros.
func TestLeavingPartsOutNeverCountsThemAsZero(t *testing.T) {
	t.Parallel()
	r := onlyIn(t, map[rubric.Code]string{"IN1": "DIG", "VM1": "GAS"})
	rapid.Check(t, func(t *rapid.T) {
		theme := rapid.SampledFrom([]string{"CAR", "DIG", "GAS"}).Draw(t, "theme")
		var scores, zeros []rubric.Score
		exact, weight := 0, 0
		for _, p := range r.In(theme).Parts {
			value := rapid.IntRange(0, 5).Draw(t, string(p.Code))
			mark := rapid.SampledFrom([]rubric.Mark{rubric.Scored, rubric.Scored, rubric.NotApplicable, rubric.Abstained}).Draw(t, "mark")
			scores = append(scores, rubric.Score{Part: p.Code, Mark: mark, Value: value})
			if mark == rubric.Scored && !p.Outside() {
				exact += value * p.Weight
				weight += p.Weight
				zeros = append(zeros, score(p.Code, value))
			} else {
				zeros = append(zeros, score(p.Code, 0))
			}
		}
		got := r.In(theme).Sum(scores)
		if got.Weight != weight || !got.Complete {
			t.Fatalf("weight %d, want %d, complete %t", got.Weight, weight, got.Complete)
		}
		if weight > 0 && math.Abs(got.Total.Float()-float64(exact)*100/float64(5*weight)) > 0.00501 {
			t.Fatalf("total %s, want %v", got.Total, float64(exact)*100/float64(5*weight))
		}
		if with := r.Sum(zeros).Total; weight > 0 && got.Total < with {
			t.Fatalf("%s is below %s, which counts what was left out as zero", got.Total, with)
		}
	})
}
