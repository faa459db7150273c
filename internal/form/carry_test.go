package form_test

import (
	"slices"
	"testing"

	"adoptionfund/configs"
	"adoptionfund/internal/form"
)

const before = `id: carry-1
title: Before
version: '1'
sections:
  - code: all
    title: All
    questions:
      - {code: A1, text: Kept, type: text, required: always}
      - {code: A2, text: Another kind, type: text, required: always}
      - {code: A3, text: Gone, type: text, required: always}
      - {code: A4, text: Choices, type: multi_choice, options: [a, b, c], option_labels: {a: A, b: B, c: C}, required: always}
      - {code: A5, text: Table, type: table, required: always, columns: [{code: x, text: X, type: text}, {code: y, text: Y, type: text}]}
      - {code: A6, text: I declare, type: declaration, required: always}
`

const after = `id: carry-2
title: After
version: '2'
sections:
  - code: all
    title: All
    questions:
      - {code: A1, text: Kept, type: text, required: always}
      - {code: A2, text: Another kind, type: number, required: always}
      - {code: A4, text: Choices, type: multi_choice, options: [a, c], option_labels: {a: A, c: C}, required: always}
      - {code: A5, text: Table, type: table, required: always, columns: [{code: x, text: X, type: text}]}
      - {code: A6, text: I declare, type: declaration, required: always}
`

func TestAnswersAreCarriedAsFarAsTheOtherFormTakesThem(t *testing.T) {
	t.Parallel()
	from, err := form.Parse("before.yaml", []byte(before))
	if err != nil {
		t.Fatal(err)
	}
	to, err := form.Parse("after.yaml", []byte(after))
	if err != nil {
		t.Fatal(err)
	}
	answers := form.Answers{
		"A1": {Text: "kept"}, "A2": {Text: "text"}, "A3": {Text: "gone"}, "A4": form.Chosen("a", "b", "c"),
		"A5": {Rows: []form.Row{{"x": {Text: "one"}, "y": {Text: "two"}}}}, "A6": form.Chosen(form.Agreed),
	}
	got, left := form.Carry(from, to, answers)
	if got["A1"].Text != "kept" || !slices.Equal(got["A4"].Choices, []string{"a", "c"}) || got["A5"].Rows[0]["x"].Text != "one" || len(got["A5"].Rows[0]) != 1 || len(got) != 3 {
		t.Errorf("%+v", got)
	}
	if !slices.Equal(left, []form.Code{"A2", "A3", "A4", "A5", "A6"}) {
		t.Errorf("left %v", left)
	}
	if len(answers["A4"].Choices) != 3 || len(answers["A5"].Rows[0]) != 2 {
		t.Error("what was copied changed")
	}
}

func TestAFormTakesAllOfItsOwnAnswersButDeclarations(t *testing.T) {
	t.Parallel()
	f, err := form.Load(configs.FS, "forms/application-1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, left := form.Carry(f, f, filled(t, f))
	for _, code := range left {
		if q, _ := f.Question(code); q.Kind != form.KindDeclaration {
			t.Errorf("%s was left behind", code)
		}
	}
}
