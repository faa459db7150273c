package form_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"adoptionfund/configs"
	"adoptionfund/internal/form"
)

// drawForm makes a form of questions of every kind, some of them asked only after an earlier one.
func drawForm(t *rapid.T) *form.Form {
	var b strings.Builder
	b.WriteString("id: try\ntitle: Try\nversion: '1'\noption_labels: {a: Ay, b: Bee, other: Other, not_applicable: None}\nsections:\n- code: s\n  title: S\n  questions:\n")
	var choices []string
	for i := range rapid.IntRange(1, 8).Draw(t, "questions") {
		kind := rapid.SampledFrom(form.Kinds()).Draw(t, "kind")
		fmt.Fprintf(&b, "  - {code: Q%d, text: Question %d, type: %s", i, i, kind)
		switch kind {
		case form.KindSingleChoice, form.KindMultiChoice:
			b.WriteString(", options: [a, b, other], allow_other: true")
		case form.KindTable:
			b.WriteString(", columns: [{code: a, text: A, type: text, required: true}, {code: n, text: N, type: number}, {code: m, text: M, type: money}, {code: d, text: D, type: date}]")
		case form.KindDate:
			b.WriteString(", options: [not_applicable]")
		case form.KindNumber:
			b.WriteString(", limits: {min: 0, max: 100, decimals: 2}")
		case form.KindText, form.KindLongText, form.KindEmail, form.KindTelephone, form.KindURL, form.KindYesNo, form.KindMoney,
			form.KindOrganisation, form.KindFile, form.KindDeclaration:
		}
		if rapid.Bool().Draw(t, "sensitive") {
			b.WriteString(", sensitive: true")
		}
		if len(choices) > 0 && rapid.Bool().Draw(t, "conditional") {
			fmt.Fprintf(&b, ", required: when, when: answered(%s)}\n", rapid.SampledFrom(choices).Draw(t, "trigger"))
		} else {
			b.WriteString(", required: always}\n")
		}
		choices = append(choices, fmt.Sprintf("Q%d", i))
	}
	f, err := form.Parse("try.yaml", []byte(b.String()))
	if err != nil {
		t.Fatalf("%s\n%v", b.String(), err)
	}
	return f
}

// drawTyped makes what someone might type, for names that the section has and some that it has not.
func drawTyped(t *rapid.T, s *form.Section) typed {
	in := typed{}
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a", "b", "other", "yes", "no", "12", "-3", "£1,250.50", "1e3", "99.999",
		"2026-03-01", "31", "2", "March", "2026", "a@nhs.example", "https://nhs.example/", "01632 960 001", "RJ1", "Trust (RJ1)",
		"not_applicable", "a\x00b", "\xff", "x\r\ny", "١٢", "1,2", "…"}))
	for _, q := range s.Questions {
		suffixes := []string{"", "-other", "-day", "-month", "-year", "-sensitive", "-sensitive-reason", "-sensitive-until-day", "-shown", "-remove",
			"[0].a", "[1].n", "[12].m", "[3].d-day", "[3].d-month", "[3].d-year", "[0].z", "-x"}
		for _, suffix := range rapid.SliceOfN(rapid.SampledFrom(suffixes), 0, 8).Draw(t, "inputs") {
			in[string(q.Code)+suffix] = rapid.SliceOfN(text, 0, 3).Draw(t, "texts")
		}
	}
	return in
}

// What is accepted is shown again the same; what is refused is named by an input; nothing panics.
func TestWhatIsAcceptedIsShownAgainTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := drawForm(t)
		s := f.Sections[0]
		answers, refused := form.Bind(s, drawTyped(t, s), nil)
		for name := range refused {
			if name == "" || refused[name] == "" {
				t.Fatalf("refused without a name: %v", refused)
			}
		}
		how := form.How{Mode: rapid.SampledFrom([]form.Mode{form.Partial, form.Complete}).Draw(t, "mode"), Today: "2026-11-23"}
		problems := form.Check(f, s, answers, how)
		for name, words := range problems {
			if !strings.HasPrefix(name, "Q") || words == "" {
				t.Fatalf("got %v", problems)
			}
		}
		sameAgain(t, f, s, answers)
		data, err := json.Marshal(answers)
		if err != nil {
			t.Fatal(err)
		}
		back, err := form.ParseAnswers(data)
		if err != nil {
			t.Fatal(err)
		}
		if len(form.Differences(f, answers, back)) > 0 {
			t.Fatalf("written and read: %s", data)
		}
	})
}

// sameAgain puts every answer back into its inputs and reads them: nothing may change.
func sameAgain(t *rapid.T, f *form.Form, s *form.Section, answers form.Answers) {
	in := typed{}
	for _, q := range s.Questions {
		for name, values := range form.Inputs(q, answers[q.Code]) {
			in[name] = values
		}
	}
	again, refused := form.Bind(s, in, nil)
	for name := range refused {
		if !strings.Contains(refused[name], "too long") && !strings.Contains(refused[name], "more") {
			t.Fatalf("shown, then refused: %v", refused)
		}
	}
	if d := form.Differences(f, answers, again); len(d) > 0 {
		t.Fatalf("%s became %s: %s", d[0].Before, d[0].After, cmp.Diff(answers, again))
	}
}

func FuzzParse(f *testing.F) {
	for _, path := range formFiles() {
		data, err := configs.FS.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("id: a\nsections: [{code: x, questions: [{code: A1, type: table, columns: [{}]}]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		parsed, err := form.Parse("fuzz.yaml", data)
		if (parsed == nil) == (err == nil) {
			t.Fatalf("%v, %v", parsed, err)
		}
		if parsed != nil {
			form.Check(parsed, nil, nil, form.How{Mode: form.Complete})
		}
	})
}

func FuzzBind(f *testing.F) {
	f.Add("CO1%5B0%5D.amount=12&CO2=12&CO1%5B0%5D.year=2026_27&CO1-sensitive=yes")
	f.Add("CO1%5B999%5D.amount=%00&CO7=yes&CO8%5B0%5D.amount=%ff&version=3&X=1")
	loaded, err := form.Load(configs.FS, "forms/application-1.yaml")
	if err != nil {
		f.Fatal(err)
	}
	costs, _ := loaded.Section("costs")
	f.Fuzz(func(t *testing.T, query string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		answers, _ := form.Bind(costs, values, nil)
		form.Check(loaded, costs, answers, form.How{Mode: form.Complete})
		again := typed{}
		for _, q := range costs.Questions {
			for name, vs := range form.Inputs(q, answers[q.Code]) {
				again[name] = vs
			}
		}
		back, _ := form.Bind(costs, again, nil)
		if d := form.Differences(loaded, answers, back); len(d) > 0 {
			t.Fatalf("%s: %q became %q", d[0].Question.Code, d[0].Before, d[0].After)
		}
	})
}
