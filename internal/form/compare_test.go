package form_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// read gives the texts that pieces were made of.
func read(pieces []form.Piece) (before, after string) {
	var b, a strings.Builder
	for _, p := range pieces {
		if p.Edit != form.Added {
			b.WriteString(p.Text)
		}
		if p.Edit != form.Removed {
			a.WriteString(p.Text)
		}
	}
	return b.String(), a.String()
}

func TestADifferenceGivesBothTextsBack(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom([]string{"a", "b", "the", "patients", "GP", "£5", "naïve", " ", "  ", "\n", "\n\n", "\t", "😀", "a\u0301"})
	text := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(word, 0, 60).Draw(t, "words"), "") })
	rapid.Check(t, func(t *rapid.T) {
		before, after := text.Draw(t, "before"), rapid.OneOf(text, rapid.String()).Draw(t, "after")
		pieces := form.WordPieces(before, after)
		if b, a := read(pieces); b != before || a != after {
			t.Fatalf("%q and %q gave %+v", before, after, pieces)
		}
		for i, p := range pieces {
			if p.Text == "" || i > 0 && pieces[i-1].Edit == p.Edit {
				t.Fatalf("%+v", pieces)
			}
			if p.Edit != form.Kept && before == after {
				t.Fatalf("the same text differs: %+v", pieces)
			}
		}
	})
}

func TestADifferenceIsAsShortAsCanBe(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom([]string{"a ", "b ", "c "})
	rapid.Check(t, func(t *rapid.T) {
		before, after := rapid.SliceOfN(word, 0, 12).Draw(t, "before"), rapid.SliceOfN(word, 0, 12).Draw(t, "after")
		kept := 0
		for _, p := range form.WordPieces(strings.Join(before, ""), strings.Join(after, "")) {
			if p.Edit == form.Kept {
				kept += len(p.Text) // each word and each space is one token of one letter
			}
		}
		if want := 2 * common(before, after); kept < want { // spaces alone may be kept besides
			t.Fatalf("%q and %q keep %d letters, could keep %d", before, after, kept, want)
		}
	})
}

// common is the length of the longest list of words that both have in the same order, by the textbook's table.
func common(a, b []string) int {
	table := make([][]int, len(a)+1)
	table[0] = make([]int, len(b)+1)
	for i := range a {
		table[i+1] = make([]int, len(b)+1)
		for j := range b {
			table[i+1][j+1] = max(table[i][j+1], table[i+1][j])
			if a[i] == b[j] {
				table[i+1][j+1] = table[i][j] + 1
			}
		}
	}
	return table[len(a)][len(b)]
}

func TestVeryDifferentTextsAreReplacedInGoodTime(t *testing.T) {
	t.Parallel()
	before, after := strings.Repeat("one two three ", 3000), strings.Repeat("four five six ", 3000)
	b, a := read(form.WordPieces(before, after))
	if b != before || a != after {
		t.Error("the texts do not come back")
	}
}

func pence(p money.Pence) form.Value { return form.Amount(p) }

func TestAnswersAreComparedFieldByField(t *testing.T) {
	t.Parallel()
	costs := &form.Question{Code: "CO1", Kind: form.KindTable, Short: "costs", Columns: []form.Column{
		{Code: "what", Text: "What", Kind: form.KindText}, {Code: "amount", Text: "Amount", Kind: form.KindMoney},
	}}
	row := func(what string, p money.Pence) form.Row { return form.Row{"what": {Text: what}, "amount": pence(p)} }
	got := form.Compare(costs, form.Value{Rows: []form.Row{row("Licences", 100), row("Training", 200), row("Travel", 300)}},
		form.Value{Rows: []form.Row{row("Project lead", 900), row("Licences", 100), row("Training", 250)}})
	want := []form.FieldChange{
		{Label: "Row 1: What", Pieces: []form.Piece{{Edit: form.Added, Text: "Project lead"}}},
		{Label: "Row 1: Amount", Pieces: []form.Piece{{Edit: form.Added, Text: "£9"}}},
		{Label: "Row 3: Amount", Pieces: []form.Piece{{Edit: form.Removed, Text: "£2"}, {Edit: form.Added, Text: "£2.50"}}},
		{Label: "A row that is gone: What", Pieces: []form.Piece{{Edit: form.Removed, Text: "Travel"}}},
		{Label: "A row that is gone: Amount", Pieces: []form.Piece{{Edit: form.Removed, Text: "£3"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	text := &form.Question{Code: "SU2", Kind: form.KindLongText, Sensitive: true}
	got = form.Compare(text, form.Value{Text: "We help 20 patients"}, form.Value{Text: "We help 25 patients", Sensitive: &form.SensitivityMark{Reason: "Prices"}})
	want = []form.FieldChange{
		{Pieces: []form.Piece{{Edit: form.Kept, Text: "We help "}, {Edit: form.Removed, Text: "20"}, {Edit: form.Added, Text: "25"}, {Edit: form.Kept, Text: " patients"}}},
		{Label: "Commercially sensitive", Pieces: []form.Piece{{Edit: form.Added, Text: "Yes: Prices"}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := form.Compare(text, form.Value{Text: "x"}, form.Value{Text: "x"}); got != nil {
		t.Errorf("%+v", got)
	}
}

func TestTheChangesOfTwoPeopleAreMergedByQuestion(t *testing.T) {
	t.Parallel()
	f := &form.Form{Sections: []*form.Section{{Code: "S", Questions: []*form.Question{
		{Code: "A1", Kind: form.KindText}, {Code: "A2", Kind: form.KindText}, {Code: "A3", Kind: form.KindText}, {Code: "A4", Kind: form.KindFile},
	}}}}
	s := f.Sections[0]
	file := []ident.File{"f1", "f2"}
	was := form.Answers{"A1": {Text: "one"}, "A2": {Text: "two"}, "A3": {Text: "three"}, "A4": {Files: file[:1]}}
	stands := form.Answers{"A1": {Text: "one"}, "A2": {Text: "their two"}, "A3": {Text: "their three"}, "A4": {Files: file}}
	typed := map[string][]string{"version": {"1"}, "A1": {"my one"}, "A2": {"two"}, "A3": {"my three"}}
	for code, v := range was {
		typed[form.ShownName(code)] = []string{form.Mark(v)}
	}
	typed["A4-remove"] = []string{"f1"}
	check := func(base form.Answers) {
		t.Helper()
		mine, foreign := form.Bind(s, typed, stands)
		if len(foreign) > 0 {
			t.Fatal(foreign)
		}
		merge := form.Reconcile(s, typed, mine, stands, base)
		merged, clashes := merge.Answers, merge.Clashes
		want := form.Answers{"A1": {Text: "my one"}, "A2": {Text: "their two"}, "A3": {Text: "their three"}, "A4": {Files: file[1:]}}
		if diff := cmp.Diff(want, merged); diff != "" {
			t.Error(diff)
		}
		if len(clashes) != 1 || clashes[0].Question.Code != "A3" || clashes[0].Mine.Text != "my three" || clashes[0].Theirs.Text != "their three" {
			t.Errorf("%+v", clashes)
		}
	}
	check(nil)
	for code := range was {
		typed[form.ShownName(code)] = []string{"yes"}
	}
	check(was)
}
