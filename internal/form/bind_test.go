package form_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/form"
)

const someQuestions = `
- {code: Q1, text: A text, type: text, required: always}
- {code: Q2, text: Several, type: multi_choice, options: [a, b], required: always}
- {code: Q3, text: A cost, short: Cost, type: money, required: always, sensitive: true}
- {code: Q4, text: Rows, type: table, required: always, columns: [{code: a, text: A, type: text}]}
- {code: Q5, text: Is it?, type: yes_no, required: always}
- {code: Q6, text: Why, short: Why, type: long_text, required: when, when: Q5 == 'yes'}
`

func TestWhatIsNotOursIsRefusedByName(t *testing.T) {
	t.Parallel()
	_, s := one(t, someQuestions)
	for name, c := range map[string]struct {
		typed typed
		names []string
	}{
		"unknown question":     {typed{"Q9": {"x"}, "Q1": {"y"}}, []string{"Q9"}},
		"unknown input":        {typed{"Q1-day": {"1"}}, []string{"Q1-day"}},
		"other where is none":  {typed{"Q2-other": {"1"}}, []string{"Q2-other"}},
		"sensitive not asked":  {typed{"Q1-sensitive": {"yes"}}, []string{"Q1-sensitive"}},
		"unknown column":       {typed{"Q4[0].b": {"x"}}, []string{"Q4[0].b"}},
		"no row":               {typed{"Q4[-1].a": {"x"}}, []string{"Q4[-1].a"}},
		"a row of no table":    {typed{"Q1[0].a": {"x"}}, []string{"Q1[0].a"}},
		"half a name":          {typed{"Hello": {"x"}}, []string{"Hello"}},
		"broken UTF-8":         {typed{"Q1": {"a\xffb"}}, []string{"Q1"}},
		"NUL":                  {typed{"Q1": {"a\x00b"}}, []string{"Q1"}},
		"too long":             {typed{"Q1": {strings.Repeat("x", 2001)}}, []string{"Q1"}},
		"much too many":        {typed{"Q2": slices.Repeat([]string{"a"}, 101)}, []string{"Q2"}},
		"the page's own names": {typed{"version": {"3"}, "action": {"save"}, "": {"x"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, refused := form.Bind(s, c.typed, nil)
			if got := keysOf(refused); !slices.Equal(got, c.names) {
				t.Errorf("got %v", refused)
			}
		})
	}
	long := typed{}
	for i := range 201 {
		long["Q4["+string(rune('0'+i/100))+string(rune('0'+i/10%10))+string(rune('0'+i%10))+"].a"] = []string{"x"}
	}
	if _, refused := form.Bind(s, long, nil); refused["Q4"] == "" {
		t.Errorf("201 rows: %v", refused)
	}
}

func TestWhatIsRefusedCanStillBeShown(t *testing.T) {
	t.Parallel()
	_, s := one(t, someQuestions)
	answers, refused := form.Bind(s, typed{"Q1": {"caf\xe9 \x00noir"}, "Q3": {"a lot"}}, nil)
	if len(refused) != 1 || answers["Q1"].Text != "caf\uFFFD noir" || answers["Q3"].Text != "a lot" {
		t.Errorf("got %+v, %v", answers, refused)
	}
}

func TestAnInputThatIsAbsentChangesNothing(t *testing.T) {
	t.Parallel()
	_, s := one(t, someQuestions)
	old, _ := form.Bind(s, typed{"Q1": {"x"}, "Q2": {"a"}, "Q3": {"5"}, "Q3-sensitive": {"yes"}, "Q3-sensitive-reason": {"price"}, "Q4[0].a": {"x"}}, nil)
	same, _ := form.Bind(s, typed{"Q5": {"no"}}, old)
	delete(same, "Q5")
	if diff := cmp.Diff(old, same); diff != "" {
		t.Errorf("absent inputs changed: %s", diff)
	}
	cleared, _ := form.Bind(s, typed{"Q1": {""}, form.ShownName("Q2"): {"1"}, form.ShownName("Q4"): {"1"}}, old)
	if !cleared["Q1"].Blank() || !cleared["Q2"].Blank() || !cleared["Q4"].Blank() || cleared["Q3"].Blank() {
		t.Errorf("shown and empty: %+v", cleared)
	}
	if old["Q1"].Text != "x" {
		t.Error("the old answers changed")
	}
}

func TestAnswersCanBeMarkedSensitive(t *testing.T) {
	t.Parallel()
	f, s := one(t, someQuestions)
	answers, _ := form.Bind(s, typed{"Q3": {"5"}, "Q3-sensitive": {"yes"}, "Q3-sensitive-reason": {"our price"},
		"Q3-sensitive-until-day": {"1"}, "Q3-sensitive-until-month": {"4"}, "Q3-sensitive-until-year": {"2028"}}, nil)
	if mark := answers["Q3"].Sensitive; mark == nil || mark.Reason != "our price" || mark.Until != "2028-04-01" {
		t.Errorf("got %+v", mark)
	}
	again, _ := form.Bind(s, form.Inputs(s.Questions[2], answers["Q3"]), nil)
	if diff := cmp.Diff(answers, again); diff != "" {
		t.Error(diff)
	}
	answers, _ = form.Bind(s, typed{"Q3-sensitive": {"yes"}, "Q3-sensitive-reason": {""}, "Q3-sensitive-until-day": {"1"}}, answers)
	if answers["Q3"].Amount == nil {
		t.Error("the mark alone cleared the answer")
	}
	got := form.Check(f, s, answers, complete())
	if got["Q3-sensitive-reason"] != "Say why cost is commercially sensitive" || !strings.Contains(got["Q3-sensitive-until"], "month") {
		t.Errorf("got %v", got)
	}
	answers, _ = form.Bind(s, typed{"Q3": {"5"}, "Q3-sensitive-reason": {"our price"}}, answers)
	if answers["Q3"].Sensitive != nil {
		t.Error("an unticked mark stands")
	}
}

func TestAnAnswerThatNoLongerAppliesIsKeptButNotAsked(t *testing.T) {
	t.Parallel()
	f, s := one(t, someQuestions)
	answers, _ := form.Bind(s, typed{"Q1": {"x"}, "Q2": {"a"}, "Q3": {"1"}, "Q4[0].a": {"x"}, "Q5": {"yes"}, "Q6": {"because"}}, nil)
	if got := form.Check(f, nil, answers, complete()); len(got) > 0 || !f.Asked(answers, nil)["Q6"] {
		t.Fatalf("got %v", got)
	}
	answers, _ = form.Bind(s, typed{"Q5": {"no"}}, answers)
	if f.Asked(answers, nil)["Q6"] || answers["Q6"].Text != "because" || len(form.Check(f, nil, answers, complete())) > 0 {
		t.Errorf("got %+v", answers)
	}
	answers, _ = form.Bind(s, typed{"Q5": {"yes"}, "Q6": {""}}, answers)
	if got := form.Missing(f, s, answers); !slices.Equal(got, []form.Code{"Q6"}) {
		t.Errorf("missing %v", got)
	}
}

func TestProgressOfASection(t *testing.T) {
	t.Parallel()
	f, s := one(t, someQuestions)
	answers := form.Answers{}
	steps := []struct {
		typed typed
		want  form.Progress
	}{
		{typed{}, form.NotStarted},
		{typed{"Q1": {"x"}}, form.InProgress},
		{typed{"Q2": {"a"}, "Q3": {"1"}, "Q4[0].a": {"x"}, "Q5": {"no"}}, form.Done},
		{typed{"Q5": {"yes"}}, form.InProgress},
		{typed{"Q6": {"so"}, "Q3": {"much"}}, form.Attention},
	}
	for _, step := range steps {
		answers, _ = form.Bind(s, step.typed, answers)
		if got := form.SectionProgress(f, s, answers, complete()); got != step.want {
			t.Errorf("after %v: %s, not %s", step.typed, got, step.want)
		}
	}
}

func TestDifferencesAreShownAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	f, s := one(t, someQuestions)
	before, _ := form.Bind(s, typed{"Q1": {"x"}, "Q3": {"1250"}, "Q2": {"a"}}, nil)
	after, _ := form.Bind(s, typed{"Q1": {"x"}, "Q3": {"£1,300"}, form.ShownName("Q2"): {"1"}, "Q5": {"no"}}, before)
	var got []string
	for _, d := range form.Differences(f, before, after) {
		got = append(got, string(d.Question.Code)+": "+d.Before+" → "+d.After)
	}
	if want := []string{"Q2: Ay → ", "Q3: £1,250 → £1,300", "Q5:  → No"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestAnswersAreWrittenInOneWay(t *testing.T) {
	t.Parallel()
	_, s := one(t, someQuestions)
	a, _ := form.Bind(s, typed{"Q1": {"<x>"}, "Q2": {"b", "a"}, "Q3": {"£1,250"}, "Q4[7].a": {"x"}, "Q5": {""}}, nil)
	b, _ := form.Bind(s, typed{"Q4[0].a": {"x"}, "Q3": {"1250.00"}, "Q2": {"a", "b"}, "Q1": {"<x>"}}, nil)
	one, errOne := a.Digest()
	two, errTwo := b.Digest()
	if one != two || errOne != nil || errTwo != nil {
		t.Errorf("%s and %s, %v, %v", one, two, errOne, errTwo)
	}
	data, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	back, err := form.ParseAnswers(data)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := back.Digest(); got != one {
		t.Errorf("read back: %s", data)
	}
	if _, err := form.ParseAnswers([]byte(`{"Q1":{"words":"x"}}`)); err == nil {
		t.Error("an unknown key was taken")
	}
}

// Answers that come by another way than a page are held to the same.
func TestAnswersOfTheWrongShapeAreNamed(t *testing.T) {
	t.Parallel()
	f, _ := one(t, someQuestions)
	for text, name := range map[string]string{
		`{"Q1":{"pence":5}}`:                     "Q1",
		`{"Q1":{"text":"a\u0000b"}}`:             "Q1",
		`{"Q2":{"choices":["c"]}}`:               "Q2",
		`{"Q3":{"pence":-5}}`:                    "Q3",
		`{"Q3":{"text":"x","pence":5}}`:          "Q3",
		`{"Q4":{"rows":[{"b":{"text":"x"}}]}}`:   "Q4",
		`{"Q4":{"rows":[{"a":{"number":"1"}}]}}`: "Q4[0].a",
		`{"Q5":{"choices":["yes","no"]}}`:        "Q5",
		`{"Q9":{"text":"x"}}`:                    "Q9",
		`{"Q1":{"text":"x","sensitive":{}}}`:     "Q1-sensitive",
	} {
		answers, err := form.ParseAnswers([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := form.Check(f, nil, answers, form.How{Mode: form.Partial}); got[name] == "" {
			t.Errorf("%s: got %v", text, got)
		}
	}
}
