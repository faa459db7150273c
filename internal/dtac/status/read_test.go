package status_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form/source"
)

func TestWhatIsWrongInAReturnIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ form, text, want string }{
		"unknown question":      {"dtac-v2", "answers: {C9.9: x}", `r.yaml:1: answers.C9.9: dtac-v2 has no question "C9.9"`},
		"question of version 1": {"dtac-v2", "answers: {A1: x, C1.4: \"yes\"}", `no question "C1.4"`},
		"unknown option":        {"dtac-v2", "answers:\n  C1.2: perhaps", `r.yaml:2: answers.C1.2: C1.2 has no option "perhaps"`},
		"unknown of several":    {"dtac-v2", "answers:\n  B1: [diagnostics, magic]", `B1 has no option "magic"`},
		"a list for one":        {"dtac-v2", "answers:\n  C1.2: [\"yes\"]", "a text should stand here"},
		"bad answer date":       {"dtac-v2", "answers: {A11: 2026-02-30}", `"2026-02-30" is not a date`},
		"evidence question":     {"dtac-v2", "evidence:\n- {question: C9, kind: x}", `r.yaml:2: evidence[0].question: dtac-v2 has no question "C9"`},
		"evidence kind":         {"dtac-v2", "evidence:\n- {question: C3.1, kind: hazard_log}", `C3.1 takes no evidence of the kind "hazard_log"`},
		"evidence date": {"dtac-v2", "evidence:\n- question: C3.1\n  kind: cyber_essentials_certificate\n  fields: {certificate_issue_date: 1 March}",
			`r.yaml:4: evidence[0].fields.certificate_issue_date: "1 March" is not a date`},
		"assessed question":    {"dtac-v2", "assessments: [{question: C9, result: pass}]", `no question "C9"`},
		"assessed result":      {"dtac-v2", "assessments: [{question: C3.1, result: good}]", `"good" is not pass, fail, action_needed or waived`},
		"assessed twice":       {"dtac-v2", "assessments:\n- {question: C3.1, result: pass}\n- {question: C3.1, result: fail}", "r.yaml:3: assessments[1].question: C3.1 has two assessments"},
		"assessed due":         {"dtac-v2", "assessments: [{question: C3.1, result: fail, action: {due: soon}}]", `"soon" is not a date`},
		"section in version 2": {"dtac-v2", "assessments: [{question: C1, result: waived}]", "section C1 of dtac-v2"},
		"section without one":  {"dtac-v1", "assessments: [{question: C3, result: waived}]", "section C3 of dtac-v1"},
		"section failed":       {"dtac-v1", "assessments: [{question: C1, result: fail}]", "section C1 of dtac-v1"},
		"section waived twice": {"dtac-v1", "assessments: [{question: C1, result: waived}, {question: C1, result: waived}]", "C1 has two assessments"},
		"plan question":        {"dtac-v2", "plan: [{question: C9}]", `plan[0].question: dtac-v2 has no question "C9"`},
		"plan due":             {"dtac-v2", "plan: [{question: C3.1, due: 2026-13-01}]", `plan[0].due: "2026-13-01" is not a date`},
		"latest action":        {"dtac-v2", "round: {latest_action: never}", "round.latest_action"},
		"never defer":          {"dtac-v2", "round: {never_defer: [C1]}", `round.never_defer[0]: dtac-v2 has no question "C1"`},
		"required":             {"dtac-v2", "round: {fund_conditions: {require: [C9]}}", "round.fund_conditions.require[0]"},
		"percentage in two":    {"dtac-v2", "round: {fund_conditions: {d1_minimum: 60}}", "there can be no d1_minimum"},
		"percentage, a word":   {"dtac-v1", "round: {fund_conditions: {d1_minimum: most}}", "is not a number"},
		"unknown key":          {"dtac-v2", "answer: {}", `"answer" is not a known key here`},
		"no mapping":           {"dtac-v2", "- a", "keys with values should stand here"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := status.ParseReturn(load(t, c.form), "r.yaml", []byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if len(source.Of(err)) == 0 {
				t.Errorf("%v has no lines", err)
			}
		})
	}
}

func TestAReturnIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	f := load(t, "dtac-v2")
	r, err := status.ParseReturn(f, "r.yaml", []byte(`
product: {name: Example, version: 2.10, unaffected_since: [2.0]}
answers: {A3: 2.10, A11: 2026-03-01, C1.2: yes, B1: diagnostics, D1.5: 99.90, A1: "  ", A2: null, C3.6: ""}
evidence:
- {question: C3.1, kind: cyber_essentials_certificate, product_version: 2.0, fields: {certificate_issue_date: 2026-03-01, scope: [a, b], highest: 4.3}}
`))
	if err != nil {
		t.Fatal(err)
	}
	if r.Product.Version != "2.10" || r.Product.UnaffectedSince[0] != "2.0" || r.Evidence[0].ProductVersion != "2.0" {
		t.Errorf("versions: %+v, %+v", r.Product, r.Evidence[0])
	}
	if r.Answers["A3"].Text != "2.10" || r.Answers["A11"].Date != "2026-03-01" || r.Answers["C1.2"].Choices[0] != "yes" ||
		r.Answers["B1"].Choices[0] != "diagnostics" || r.Answers["D1.5"].Text != "99.90" {
		t.Errorf("answers: %+v", r.Answers)
	}
	for _, code := range []string{"A1", "A2", "C3.6"} {
		if v := r.Answers[codeOf(code)]; !v.Blank() {
			t.Errorf("%s: %+v is an answer", code, v)
		}
	}
}

func TestAnEmptyFileIsAReturnWithNothing(t *testing.T) {
	t.Parallel()
	f := load(t, "dtac-v1")
	r, err := status.ParseReturn(f, "r.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := evaluate(t, f, r)
	if got.Status != status.NotAssessed || got.Provisional != status.Incomplete || *got.D1Percent != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestAReturnMadeByHandIsHeldToTheSame(t *testing.T) {
	t.Parallel()
	f, r := example(t, "v2-compliant")
	r.Evidence = append(r.Evidence, status.Evidence{Question: "C3.1", Kind: "poem"})
	if _, err := status.Evaluate(f, r, today); err == nil || !strings.Contains(err.Error(), `"poem"`) {
		t.Errorf("got %v", err)
	}
	if _, err := status.Evaluate(f, status.Return{}, "2026-02-30"); err == nil {
		t.Error("a day that does not exist was taken")
	}
}
