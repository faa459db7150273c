package form_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/form"
	"adoptionfund/internal/form/source"
)

// A form file with one fault each: the line of the question is 7 unless the fault says otherwise.
func TestWhatIsWrongInAFormIsSaidWithItsLine(t *testing.T) {
	t.Parallel()
	const head = "id: try\ntitle: Try\nversion: '1'\nsections:\n- code: s\n  title: S\n  questions:\n"
	const good = "  - {code: Q1, text: T, type: yes_no, required: always}\n"
	for name, c := range map[string]struct{ text, want string }{
		"no text":              {"  - {code: Q1, type: text, required: always}", "8: text is missing"},
		"no code":              {"  - {text: T, type: text, required: always}", "8: code is missing"},
		"bad code":             {"  - {code: q1, text: T, type: text, required: always}", `8: "q1" is not a question's code`},
		"same code":            {good + "  - {code: Q1, text: T, type: text, required: always}", "9: question Q1 is there already, at line 8"},
		"unknown key":          {"  - {code: Q1, text: T, hint: x, type: text, required: always}", `8: "hint" is not a known key here`},
		"unknown type":         {"  - code: Q1\n    text: T\n    type: colour\n    required: always", `10: type: "colour" is not one of text, long_text`},
		"no type":              {"  - {code: Q1, text: T, required: always}", "8: type is missing"},
		"no required":          {"  - {code: Q1, text: T, type: text}", "8: required is missing: one of always, when, optional"},
		"bad required":         {"  - {code: Q1, text: T, type: text, required: yes}", `8: required: "yes" is not one of`},
		"when without when":    {"  - {code: Q1, text: T, type: text, required: when}", "8: required: when needs a when"},
		"always with when":     {good + "  - {code: Q2, text: T, type: text, required: always, when: answered(Q1)}", "9: a question with a when is required: when, or optional"},
		"bad expression":       {good + "  - {code: Q2, text: T, type: text, required: when, when: Q1 is}", "9: when: "},
		"unknown code":         {good + "  - {code: Q2, text: T, type: text, required: when, when: answered(Q9)}", "9: when: there is no question Q9 (character 10)"},
		"itself":               {good + "  - {code: Q2, text: T, type: text, required: when, when: answered(Q2)}", "9: when: question Q2 is not an earlier one"},
		"a later one":          {"  - {code: Q0, text: T, type: text, required: when, when: answered(Q1)}\n" + good, "8: when: question Q1 is not an earlier one"},
		"unknown option":       {good + "  - {code: Q2, text: T, type: text, required: when, when: Q1 == 'maybe'}", "9: when: question Q1 has no option 'maybe'"},
		"number of a choice":   {good + "  - {code: Q2, text: T, type: text, required: when, when: Q1 > 3}", "9: when: question Q1 is of type yes_no and has no number to compare"},
		"evidence of none":     {good + "  - {code: Q2, text: T, type: text, required: when, when: has_evidence(Q1)}", "9: when: question Q1 takes no evidence"},
		"unknown kind":         {"  - {code: Q1, text: T, type: text, required: always, assessed: pass_fail, evidence: {kinds: [a]}, pass_if: \"has_evidence(Q1, 'b')\"}", "8: pass_if: question Q1 takes no evidence of the kind 'b'"},
		"no pass_if":           {"  - {code: Q1, text: T, type: text, required: always, assessed: pass_fail}", "8: question Q1 is pass or fail, but has no pass_if"},
		"choice without":       {"  - {code: Q1, text: T, type: single_choice, required: always}", "8: a single_choice question needs options"},
		"text with options":    {"  - {code: Q1, text: T, type: text, options: [a], required: always}", "8: a text question has no options"},
		"no label":             {"  - {code: Q1, text: T, type: single_choice, options: [a], required: always}", "8: option a has no label in option_labels"},
		"label of nothing":     {"  - {code: Q1, text: T, type: single_choice, options: [a], option_labels: {a: A, b: B}, required: always}", "8: there is a label or hint for b"},
		"option twice":         {"  - {code: Q1, text: T, type: single_choice, options: [a, a], option_labels: {a: A}, required: always}", "8: option a is there twice"},
		"bad option":           {"  - {code: Q1, text: T, type: single_choice, options: [A b], option_labels: {A b: A}, required: always}", `8: option "A b" should be small letters`},
		"other without":        {"  - {code: Q1, text: T, type: single_choice, options: [a], option_labels: {a: A}, allow_other: true, required: always}", "8: allow_other needs an option “other”"},
		"yes_no of three":      {"  - {code: Q1, text: T, type: yes_no, options: ['no', 'yes'], required: always}", "8: question Q1: the options of a yes_no question are yes and no"},
		"table without":        {"  - {code: Q1, text: T, type: table, required: always}", "8: question Q1: a table needs columns"},
		"columns of a text":    {"  - {code: Q1, text: T, type: text, columns: [{code: a, text: A, type: text}], required: always}", "8: only a table has columns"},
		"table in a table":     {"  - {code: Q1, text: T, type: table, columns: [{code: a, text: A, type: table}], required: always}", "8: a column cannot be of type table"},
		"column twice":         {"  - {code: Q1, text: T, type: table, columns: [{code: a, text: A, type: text}, {code: a, text: A, type: text}], required: always}", "8: column a is there twice"},
		"column code":          {"  - {code: Q1, text: T, type: table, columns: [{code: A-1, text: A, type: text}], required: always}", `8: column code "A-1"`},
		"limit of another":     {"  - {code: Q1, text: T, type: text, limits: {max: 3}, required: always}", "8: limit max does not belong to type text"},
		"unknown limit":        {"  - {code: Q1, text: T, type: text, limits: {letters: 3}, required: always}", `8: "letters" is not a known key here`},
		"limit no number":      {"  - {code: Q1, text: T, type: long_text, limits: {words: many}, required: always}", "8: a whole number should stand here"},
		"limit upside down":    {"  - {code: Q1, text: T, type: number, limits: {min: 3, max: 2}, required: always}", "8: question Q1: limit min is above max"},
		"limit no date":        {"  - {code: Q1, text: T, type: date, limits: {latest: 2026-02-30}, required: always}", `8: question Q1: limit latest: "2026-02-30" is not a date`},
		"limit no money":       {"  - {code: Q1, text: T, type: money, limits: {money_max: -1}, required: always}", "8: an amount in pounds should stand here"},
		"date option":          {"  - {code: Q1, text: T, type: date, options: [a], option_labels: {a: A}, required: always}", "8: question Q1: the only option of a date is not_applicable"},
		"who sees":             {"  - {code: Q1, text: T, type: text, visible_to: all, required: always}", `8: visible_to: "all" is not one of panel, fund_team, security`},
		"evidence half timed":  {"  - {code: Q1, text: T, type: file, evidence: {kinds: [a], expires_after_months: 12}, required: always}", "8: expires_after_months and counts_from belong together"},
		"evidence field":       {"  - {code: Q1, text: T, type: file, evidence: {kinds: [a], expires_on_field: day}, required: always}", "8: expires_on_field: day is not one of the fields"},
		"evidence of no kind":  {"  - {code: Q1, text: T, type: file, evidence: {required: true}, required: always}", "8: evidence is required, but of no kind"},
		"no questions":         {"  []", "5: section s has no questions"},
		"section twice":        {good + "- {code: S, title: S, questions: [{code: Q2, text: T, type: text, required: always}]}", "9: section S is there already, at line 5"},
		"criterion":            {good + "- {code: z, title: S, criterion: XX, questions: [{code: Q2, text: T, type: text, required: always}]}", `9: criterion: "XX" is not one of EV, DT, FU, RO`},
		"unknown role":         {good + "roles: {king: Q1}", `9: "king" is not a known role`},
		"missing role":         {good + "roles: {title: Q1}", "9: role summary is missing"},
		"role of another type": {good + "roles: {title: Q1}", "9: Q1 is of type yes_no, which does not serve here"},
		"role of nothing":      {good + "roles: {lead: Q9}", "9: there is no question or column Q9"},
		"check rule":           {good + "checks: [{rule: equal, of: [Q1, Q1], message: M}]", `9: rule: "equal" is not one of sum_equals, not_above, differ`},
		"check place":          {good + "checks: [{rule: not_above, of: [Q1, Q9], message: M}]", "9: there is no question or column Q9"},
		"check of one":         {good + "checks: [{rule: not_above, of: [Q1], message: M}]", "9: a check is of two places"},
		"outcome":              {good + "outcome: {pass_sections: [C9]}", "9: there is no section C9"},
		"document":             {good + "supporting_documents: [{document: D, question: Q1, kind: k}]", "9: question Q1 takes no evidence of the kind k"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := form.CheckFile("forms/try.yaml", []byte(head+c.text+"\n"))
			if !strings.Contains(problems.Error(), "forms/try.yaml:"+c.want) {
				t.Errorf("got\n%v\nwant %s", problems, c.want)
			}
		})
	}
}

func TestEverythingWrongInAFormIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	_, err := form.Parse("try.yaml", []byte("id: Try!\nversion: 1\nsections:\n- code: s\n  title: S\n  questions:\n  - {code: Q1, type: text}\n  - {code: Q1, text: T, type: colour, required: always, extra: 1}\n"))
	if got := source.Of(err); len(got) < 6 {
		t.Errorf("got %v", err)
	}
	for _, p := range source.Of(err) {
		if p.File != "try.yaml" || p.Line < 1 || p.Reason == "" {
			t.Errorf("got %+v", p)
		}
	}
}

func TestWhatIsNoFormIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a", "- a\n", "id: [1]\n", "sections: {}\n", "id: x\ntitle: T\nversion: 1\nsections: [a, [b]]\n", "\x00", "a: b: c"} {
		if _, err := form.Parse("try.yaml", []byte(text)); len(source.Of(err)) == 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
}
