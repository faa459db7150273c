package rules_test

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/configs"
	"adoptionfund/internal/form"
	"adoptionfund/internal/form/source"
	"adoptionfund/internal/rules"
)

func formOf(id string) (*form.Form, error) { return form.Load(configs.FS, "forms/"+id+".yaml") }

func load(tb testing.TB) *rules.Set {
	tb.Helper()
	s, err := rules.Load(configs.FS, "rules/default-1.yaml", formOf)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestTheDefaultRulesLoadAndTheirExamplesComeOut(t *testing.T) {
	t.Parallel()
	s := load(t)
	if len(s.Rules) < 12 {
		t.Errorf("%d rules", len(s.Rules))
	}
	for _, criterion := range rules.Criteria() {
		n := 0
		for _, r := range s.Rules {
			if r.Criterion == criterion {
				n++
				if len(r.RestsOn) == 0 {
					t.Errorf("%s rests on no question", r.Code)
				}
			}
		}
		if n < 3 {
			t.Errorf("%s has %d rules", criterion, n)
		}
	}
}

// file is a rule file with one rule, of which a line may be replaced.
func file(change ...string) string {
	text := `id: test-1
title: A test
form: application-1
rules:
  - code: FU-test
    criterion: FU
    when: FU4 == 'yes'
    severity: refer
    message: A part is in a budget
    rests_on: [FU4]
    examples:
      - {answers: {FU4: 'yes'}, finds: true}
      - {answers: {FU4: 'no'}, finds: false}
`
	return strings.NewReplacer(change...).Replace(text)
}

func TestAMistakeInARuleFileIsNamedByItsLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change [2]string
		line   int
		words  string
	}{
		"unknown code":        {[2]string{"when: FU4", "when: FU99"}, 7, "FU99"},
		"unknown in answered": {[2]string{"when: FU4 == 'yes'", "when: answered(XX1)"}, 7, "XX1"},
		"answered of a text":  {[2]string{"when: FU4 == 'yes'", "when: answered('FU4')"}, 7, "takes the code"},
		"wrong type":          {[2]string{"FU4 == 'yes'", "FU4 == 3"}, 7, "no matching overload"},
		"not a condition":     {[2]string{"FU4 == 'yes'", "FU4 + 'x'"}, 7, "true or false"},
		"unknown column":      {[2]string{"FU4 == 'yes'", "FU2.exists(r, r.sum > 3)"}, 7, `no such`},
		"no YAML":             {[2]string{"severity: refer", "severity: [refer"}, 8, ""},
		"unknown severity":    {[2]string{"severity: refer", "severity: maybe"}, 8, "not fail or refer"},
		"unknown criterion":   {[2]string{"criterion: FU", "criterion: XX"}, 6, "XX"},
		"no message":          {[2]string{"    message: A part is in a budget\n", ""}, 5, "message is missing"},
		"unknown rests_on":    {[2]string{"[FU4]", "[FU44]"}, 10, "FU44"},
		"unknown form":        {[2]string{"application-1", "application-0"}, 3, "application-0"},
		"a wrong example":     {[2]string{"{FU4: 'no'}, finds: false", "{FU4: 'yes'}, finds: false"}, 13, "should say false"},
		"one-sided examples":  {[2]string{"      - {answers: {FU4: 'no'}, finds: false}\n", ""}, 12, "needs an example"},
		"unknown option":      {[2]string{"{FU4: 'no'}", "{FU99: 'no'}"}, 13, "FU99"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := rules.CheckFile("x.yaml", []byte(file(c.change[0], c.change[1])), formOf)
			if name == "unknown column" {
				c.words = "column"
			}
			for _, p := range found {
				if (p.Line == c.line || name == "no YAML") && strings.Contains(p.String(), c.words) && strings.HasPrefix(p.String(), "x.yaml:") {
					return
				}
			}
			t.Errorf("want line %d with %q, got %v", c.line, c.words, found)
		})
	}
	if found := rules.CheckFile("x.yaml", []byte(file()), formOf); len(found) > 0 {
		t.Errorf("the file as it is: %v", found)
	}
}

func TestTwoRulesOfOneCodeAreRefused(t *testing.T) {
	t.Parallel()
	_, rest, _ := strings.Cut(file(), "rules:\n")
	_, err := rules.Parse("x.yaml", []byte(file()+rest), formOf)
	if ps := source.Of(err); len(ps) != 1 || !strings.Contains(ps[0].Reason, "already, at line 5") {
		t.Errorf("%v", err)
	}
}

func TestARuleThatCannotBeWorkedOutRefersTheCaseAndSaysWhy(t *testing.T) {
	t.Parallel()
	text := file("FU4 == 'yes'", "requested > 0 && CO2 > pounds(500000)", "{FU4: 'yes'}, finds", "{CO2: 600000}, facts: {requested: 600000}, finds", "{FU4: 'no'}", "{CO2: 400000}")
	s, err := rules.Parse("x.yaml", []byte(text), formOf)
	if err != nil {
		t.Fatal(err)
	}
	found := s.Run(form.Answers{}, rules.Facts{Requested: 100})
	if len(found) != 1 || !found[0].Broken || found[0].Severity != rules.Refer || !strings.Contains(found[0].Message, "CO2") {
		t.Errorf("%+v", found)
	}
	if found := s.Run(form.Answers{"CO2": form.Amount(60_000_000)}, rules.Facts{Requested: 100}); len(found) != 1 || found[0].Broken {
		t.Errorf("%+v", found)
	}
}

func TestAnAnswerThatIsNotAskedDoesNotCount(t *testing.T) {
	t.Parallel()
	rows := form.Value{Rows: []form.Row{{"outcome": form.Chosen("awarded")}}}
	for asked, want := range map[string]int{"yes": 1, "no": 0} {
		found := rules.Of(load(t).Run(form.Answers{"FU1": form.Chosen(asked), "FU2": rows}, rules.Facts{DTAC: "compliant"}), "FU")
		if len(found) != want {
			t.Errorf("%s: %+v", asked, found)
		}
	}
}

func TestAnyAnswersGiveFindingsOfKnownRulesInTheirOrder(t *testing.T) {
	t.Parallel()
	s := load(t)
	place := map[string]int{}
	for i, r := range s.Rules {
		place[r.Code] = i
	}
	f, err := formOf("application-1")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		answers := form.Answers{}
		for _, q := range f.Questions() {
			if rapid.Bool().Draw(rt, string(q.Code)) {
				answers[q.Code] = drawValue(rt, q)
			}
		}
		last := -1
		for _, found := range s.Run(answers, rules.Facts{DTAC: rapid.SampledFrom([]string{"", "compliant", "on_the_way"}).Draw(rt, "dtac"), SpendBy: "2027-03-31"}) {
			at, known := place[found.Rule]
			if !known || at <= last || found.Message == "" {
				rt.Fatalf("%+v after %d", found, last)
			}
			last = at
		}
	})
}

func drawValue(t *rapid.T, q *form.Question) form.Value {
	switch q.Kind {
	case form.KindTable:
		var v form.Value
		for range rapid.IntRange(0, 3).Draw(t, "rows") {
			row := form.Row{}
			for _, c := range q.Columns {
				if rapid.Bool().Draw(t, c.Code) {
					row[c.Code] = drawValue(t, c.Question())
				}
			}
			v.Rows = append(v.Rows, row)
		}
		return v
	case form.KindNumber:
		return form.Value{Number: strconv.Itoa(rapid.IntRange(0, 99).Draw(t, "number"))}
	case form.KindMoney:
		return form.Amount(100)
	case form.KindDate:
		return form.Value{Date: "2027-01-31"}
	case form.KindSingleChoice, form.KindMultiChoice, form.KindYesNo, form.KindDeclaration:
		if len(q.Options) == 0 {
			return form.Chosen("yes")
		}
		return form.Chosen(rapid.SampledFrom(q.Options).Draw(t, "option").Value)
	case form.KindText, form.KindLongText, form.KindEmail, form.KindTelephone, form.KindURL, form.KindFile, form.KindOrganisation:
	}
	return form.Value{Text: rapid.SampledFrom([]string{"", "some words"}).Draw(t, "text")}
}

func BenchmarkRun(b *testing.B) {
	s := load(b)
	for b.Loop() {
		s.Run(form.Answers{"EV2": form.Chosen("cohort")}, rules.Facts{})
	}
}
