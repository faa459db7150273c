package form_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// one makes a form of a section with the questions given in YAML.
func one(tb testing.TB, questions string) (*form.Form, *form.Section) {
	tb.Helper()
	text := "id: try\ntitle: Try\nversion: '1'\noption_labels: {a: Ay, b: Bee, other: Other, not_applicable: Not applicable, yes: 'Yes', no: 'No'}\n" +
		"sections:\n- code: s\n  title: Section\n  questions:\n" + indent(questions)
	f, err := form.Parse("try.yaml", []byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return f, f.Sections[0]
}

func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.Trim(text, "\n") + "\n") {
		b.WriteString("  " + line)
	}
	return b.String()
}

type typed = map[string][]string

func complete() form.How { return form.How{Mode: form.Complete, Today: "2026-11-23"} }

func type1(q string) string {
	return "- {code: Q1, text: The thing?, short: Thing, required: always, " + q + "}"
}

// The table of kinds: what is typed, what it means, how it is shown, and what is said where it is wrong.
func TestEveryKindOfQuestion(t *testing.T) {
	t.Parallel()
	table := type1("type: table, limits: {rows_min: 1, rows_max: 2}, columns: [{code: who, text: Who, type: text, required: true}, " +
		"{code: cost, text: Cost, type: money}, {code: due, text: Due, type: date}]")
	for _, c := range []struct {
		kind     form.Kind
		question string
		typed    typed
		shown    string
		wrong    string // of the question, or "name: words"
	}{
		{"text", type1("type: text"), typed{"Q1": {"  two \n words "}}, "two words", ""},
		{"text", type1("type: text"), typed{"Q1": {" "}}, "", "Enter thing"},
		{"text", type1("type: text, limits: {characters: 3}"), typed{"Q1": {"éééé"}}, "éééé", "Thing must be 3 characters or fewer, you have used 4"},
		{"long_text", type1("type: long_text, limits: {words: 2}"), typed{"Q1": {"one\r\ntwo"}}, "one\ntwo", ""},
		{"long_text", type1("type: long_text, limits: {words: 2}"), typed{"Q1": {"one two – three"}}, "one two – three", "Thing must be 2 words or fewer, you have used 4"},
		{"email", type1("type: email"), typed{"Q1": {"someone@nhs.example"}}, "someone@nhs.example", ""},
		{"email", type1("type: email"), typed{"Q1": {"Someone <someone@nhs.example>"}}, "Someone <someone@nhs.example>", "Thing must be an email address, like name@example.org"},
		{"email", type1("type: email"), typed{"Q1": {"someone@nhs"}}, "someone@nhs", "Thing must be an email address, like name@example.org"},
		{"telephone", type1("type: telephone"), typed{"Q1": {"+44 (0)1632 960 001 ext 12"}}, "+44 (0)1632 960 001 ext 12", ""},
		{"telephone", type1("type: telephone"), typed{"Q1": {"call me"}}, "call me", "Thing must be a telephone number, like 01632 960 001 or +44 808 157 0192"},
		{"url", type1("type: url"), typed{"Q1": {"https://example.org/a"}}, "https://example.org/a", ""},
		{"url", type1("type: url"), typed{"Q1": {"javascript:alert(1)"}}, "javascript:alert(1)", "Thing must be a web address, like https://www.example.org/page"},
		{"yes_no", type1("type: yes_no"), typed{"Q1": {"yes"}}, "Yes", ""},
		{"yes_no", type1("type: yes_no"), typed{}, "", "Select yes or no: thing"},
		{"yes_no", type1("type: yes_no"), typed{"Q1": {"maybe"}}, "maybe", "Select an answer from the list for thing: “maybe” is not one of them"},
		{"single_choice", type1("type: single_choice, options: [a, other], allow_other: true"), typed{"Q1": {"other"}, "Q1-other": {"mine"}}, "Other: mine", ""},
		{"single_choice", type1("type: single_choice, options: [a, other], allow_other: true"), typed{"Q1": {"other"}}, "Other", "Q1-other: Describe your “other” answer to thing"},
		{"multi_choice", type1("type: multi_choice, options: [a, b]"), typed{"Q1": {"b", "a", "b"}}, "Ay\nBee", ""},
		{"multi_choice", type1("type: multi_choice, options: [a, b], limits: {choices_max: 1}"), typed{"Q1": {"b", "a"}}, "Ay\nBee", "Select no more than 1 for thing"},
		{"number", type1("type: number, limits: {max: 2000}"), typed{"Q1": {"1,234.50"}}, "1234.50", ""},
		{"number", type1("type: number, limits: {max: 100, decimals: 2}"), typed{"Q1": {"099.95 %"}}, "99.95", ""},
		{"number", type1("type: number, limits: {max: 100}"), typed{"Q1": {"100.01"}}, "100.01", "Thing must be 100 or less"},
		{"number", type1("type: number, limits: {min: 0}"), typed{"Q1": {"-1"}}, "-1", "Thing must be 0 or more"},
		{"number", type1("type: number, limits: {whole: true}"), typed{"Q1": {"1.5"}}, "1.5", "Thing must be a whole number"},
		{"number", type1("type: number, limits: {decimals: 1}"), typed{"Q1": {"1.25"}}, "1.25", "Thing must have 1 decimal or fewer"},
		{"number", type1("type: number"), typed{"Q1": {"12,34"}}, "12,34", "Thing must be a number, like 12 or 99.5"},
		{"number", type1("type: number"), typed{"Q1": {"1e9"}}, "1e9", "Thing must be a number, like 12 or 99.5"},
		{"money", type1("type: money"), typed{"Q1": {"£1,250,000.50"}}, "£1,250,000.50", ""},
		{"money", type1("type: money, limits: {money_max: 500000}"), typed{"Q1": {"500,000.01"}}, "£500,000.01", "Thing must be £500,000 or less"},
		{"money", type1("type: money, limits: {money_min: 1000}"), typed{"Q1": {"999"}}, "£999", "Thing must be £1,000 or more"},
		{"money", type1("type: money"), typed{"Q1": {"-5"}}, "-5", "Thing must be an amount of money, like 1,250 or 1,250.50"},
		{"money", type1("type: money"), typed{"Q1": {"lots"}}, "lots", "Thing must be an amount of money, like 1,250 or 1,250.50"},
		{"date", type1("type: date"), typed{"Q1-day": {"1"}, "Q1-month": {"mar"}, "Q1-year": {"2026"}}, "1 March 2026", ""},
		{"date", type1("type: date"), typed{"Q1-day": {"01"}, "Q1-month": {"Sept."}, "Q1-year": {"2026"}}, "1 September 2026", ""},
		{"date", type1("type: date"), typed{"Q1": {"2026-03-01"}}, "1 March 2026", ""},
		{"date", type1("type: date"), typed{"Q1-day": {"29"}, "Q1-month": {"2"}, "Q1-year": {"2026"}}, "29 2 2026", "Thing must be a real date"},
		{"date", type1("type: date"), typed{"Q1-day": {"29"}, "Q1-year": {"2026"}}, "29  2026", "Thing must include a month"},
		{"date", type1("type: date"), typed{"Q1-day": {"1"}, "Q1-month": {"ma"}, "Q1-year": {"2026"}}, "1 ma 2026", "Thing must be a real date"},
		{"date", type1("type: date"), typed{"Q1-day": {"1"}, "Q1-month": {"3"}, "Q1-year": {"26"}}, "1 3 26", "Thing must be a real date"},
		{"date", type1("type: date"), typed{"Q1-day": {"1st"}, "Q1-month": {"3"}, "Q1-year": {"2026"}}, "1 March 2026", ""},
		{"date", type1("type: date"), typed{"Q1-day": {"01/03/2026"}}, "1 March 2026", ""},
		{"date", type1("type: date"), typed{"Q1": {"2nd March 2026"}}, "2 March 2026", ""},
		{"date", type1("type: date"), typed{"Q1": {"2026/3/2"}}, "2 March 2026", ""},
		{"date", type1("type: date"), typed{"Q1-day": {"31/2/2026"}}, "31/2/2026", "Thing must be a real date"},
		{"date", type1("type: date, limits: {latest: today}"), typed{"Q1": {"2026-11-24"}}, "24 November 2026", "Thing must be today or before"},
		{"date", type1("type: date, limits: {earliest: 2026-04-01}"), typed{"Q1": {"2026-03-31"}}, "31 March 2026", "Thing must be 1 April 2026 or after"},
		{"date", type1("type: date, options: [not_applicable]"), typed{"Q1": {"not_applicable"}}, "Not applicable", ""},
		{"organisation", type1("type: organisation"), typed{"Q1": {"rj1"}}, "RJ1", ""},
		{"organisation", type1("type: organisation"), typed{"Q1": {"Guy's and St Thomas' (RJ1)"}}, "RJ1", ""},
		{"organisation", type1("type: organisation"), typed{"Q1": {"some hospital"}}, "some hospital", "Thing must be an organisation from the list: choose one, or enter its ODS code, like RJ1"},
		{"declaration", type1("type: declaration"), typed{"Q1": {"yes"}}, "Declared", ""},
		{"declaration", type1("type: declaration"), typed{"Q1": {""}}, "", "Tick the box to make the declaration: thing"},
		{"file", type1("type: file"), typed{}, "", "Upload thing"},
		{"file", type1("type: file, options: [a, b]"), typed{"Q1": {"a"}}, "Ay", ""},
		{"table", table, typed{"Q1[0].who": {"me"}, "Q1[0].cost": {"12.5"}, "Q1[3].who": {"you"}, "Q1[2].who": {" "}}, "Who: me; Cost: £12.50\nWho: you", ""},
		{"table", table, typed{"Q1[0].cost": {"12"}}, "Cost: £12", "Q1[0].who: Enter who in row 1 of thing"},
		{"table", table, typed{"Q1[0].who": {"me"}, "Q1[1].who": {"you"}, "Q1[1].cost": {"x"}}, "Who: me\nWho: you; Cost: x", "Q1[1].cost: Cost in row 2 of thing must be an amount of money, like 1,250 or 1,250.50"},
		{"table", table, typed{"Q1[0].who": {"a"}, "Q1[1].who": {"b"}, "Q1[2].who": {"c"}}, "Who: a\nWho: b\nWho: c", "Thing must have no more than 2 rows"},
		{"table", table, typed{"Q1[0].who": {"me"}, "Q1[0].due-day": {"31"}, "Q1[0].due-month": {"2"}, "Q1[0].due-year": {"2026"}}, "Who: me; Due: 31 2 2026", "Q1[0].due: Due in row 1 of thing must be a real date"},
		{"table", table, typed{}, "", "Add at least one row to thing"},
	} {
		t.Run(fmt.Sprint(c.kind, " ", c.typed), func(t *testing.T) {
			t.Parallel()
			f, s := one(t, c.question)
			q := s.Questions[0]
			if q.Kind != c.kind {
				t.Fatalf("the question is of kind %s", q.Kind)
			}
			answers, refused := form.Bind(s, c.typed, nil)
			if len(refused) > 0 {
				t.Fatal(refused)
			}
			if got := form.Display(q, answers["Q1"]); got != c.shown {
				t.Errorf("shown as %q, not %q", got, c.shown)
			}
			where, words := "Q1", c.wrong
			if at, rest, ok := strings.Cut(c.wrong, ": "); ok && strings.HasPrefix(at, "Q1") {
				where, words = at, rest
			}
			if got := form.Check(f, s, answers, complete()); got[where] != words || words == "" && len(got) > 0 {
				t.Errorf("got %v, want %s: %s", got, where, words)
			}
			again, _ := form.Bind(s, form.Inputs(q, answers["Q1"]), nil)
			if diff := cmp.Diff(answers["Q1"], again["Q1"]); diff != "" {
				t.Errorf("shown for editing and sent back: %s", diff)
			}
		})
	}
}

func TestEveryKindIsInTheTable(t *testing.T) {
	t.Parallel()
	for _, kind := range form.Kinds() {
		q := &form.Question{Code: "Q1", Text: "x", Kind: kind, Required: form.RequiredAlways}
		if form.Display(q, form.Value{}) != "" || form.Answered(q, form.Value{}) {
			t.Errorf("%s: nothing is an answer", kind)
		}
		if len(form.Inputs(q, form.Value{})) > 0 {
			t.Errorf("%s: nothing fills inputs", kind)
		}
	}
}

func TestADraftIsHeldToWhatIsTypedOnly(t *testing.T) {
	t.Parallel()
	f, s := one(t, type1("type: money")+"\n- {code: Q2, text: More, type: table, required: always, limits: {rows_min: 3}, columns: [{code: a, text: A, type: text, required: true}, {code: b, text: B, type: number}]}")
	partial := form.How{Mode: form.Partial}
	answers, _ := form.Bind(s, typed{"Q2[0].b": {"1"}}, nil)
	if got := form.Check(f, s, answers, partial); len(got) > 0 {
		t.Errorf("a draft without required answers: %v", got)
	}
	answers, _ = form.Bind(s, typed{"Q1": {"much"}, "Q2[0].b": {"one"}}, nil)
	if got := form.Check(f, s, answers, partial); !slices.Equal(got.Names(), []string{"Q1", "Q2[0].b"}) {
		t.Errorf("got %v", got)
	}
}

func TestOrganisationsAndCapsComeFromOutside(t *testing.T) {
	t.Parallel()
	f, s := one(t, type1("type: organisation")+"\n- {code: Q2, text: How much, short: Amount, type: money, required: always}")
	how := complete()
	how.Organisation = func(code ident.ODS) bool { return code == "RJ1" }
	how.Caps = map[form.Code]money.Pence{"Q2": money.Pounds(500000)}
	answers, _ := form.Bind(s, typed{"Q1": {"RJ2"}, "Q2": {"500,001"}}, nil)
	got := form.Check(f, s, answers, how)
	if !strings.Contains(got["Q1"], "from the list") || got["Q2"] != "Amount must be £500,000 or less" {
		t.Errorf("got %v", got)
	}
	answers, _ = form.Bind(s, typed{"Q1": {"RJ1"}, "Q2": {"500,000"}}, nil)
	if got := form.Check(f, s, answers, how); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

func TestUploadsAreHeldToTheirLimits(t *testing.T) {
	t.Parallel()
	_, s := one(t, type1("type: file, limits: {files: 1, file_kinds: [pdf], file_megabytes: 1}"))
	q, file := s.Questions[0], ident.New[ident.File]()
	for want, c := range map[string]struct {
		name  string
		bytes int64
		value form.Value
	}{
		"":                                     {"Report.PDF", 1 << 20, form.Value{}},
		"Thing must be a file of the kind PDF": {"report.exe", 10, form.Value{}},
		"The file for thing is empty":          {"report.pdf", 0, form.Value{}},
		"The file for thing must be 1 MB or smaller": {"report.pdf", 1<<20 + 1, form.Value{}},
		"Thing takes no more than 1 file":            {"report.pdf", 10, form.Attach(form.Value{}, file)},
	} {
		if got := form.CheckUpload(q, c.value, c.name, c.bytes); got != want {
			t.Errorf("%s: got %q, want %q", c.name, got, want)
		}
	}
	v := form.Attach(form.Attach(form.Value{}, file), file)
	if len(v.Files) != 1 {
		t.Errorf("attached twice: %v", v.Files)
	}
	kept, _ := form.Bind(s, typed{"Q1": {""}}, form.Answers{"Q1": v})
	gone, _ := form.Bind(s, typed{"Q1-remove": {string(file)}}, form.Answers{"Q1": v})
	if len(kept["Q1"].Files) != 1 || len(gone["Q1"].Files) != 0 {
		t.Errorf("kept %v, removed %v", kept, gone)
	}
}

func TestWordsAreCountedByWhiteSpace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, " \n": 0, "one": 1, "one two": 2, "two\u00a0words": 2, "well-known": 1, "a – b": 3, "x\ty\nz": 3} {
		if got := form.Words(text); got != want {
			t.Errorf("%q: %d words, not %d", text, got, want)
		}
	}
}

func keysOf[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
