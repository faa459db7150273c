package form_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/configs"
	"adoptionfund/internal/form"
	"adoptionfund/internal/money"
)

func costs(t interface{ Fatal(args ...any) }) (*form.Form, *form.Question) {
	f, err := form.Load(configs.FS, "forms/application-1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	q, _ := f.Question("CO1")
	return f, q
}

func cost(category, year, quarter string, pence money.Pence) form.Row {
	row := form.Row{"amount": form.Amount(pence), "vat": form.Chosen("none")}
	for code, value := range map[string]string{"category": category, "year": year, "quarter": quarter} {
		if value != "" {
			row[code] = form.Chosen(value)
		}
	}
	return row
}

func TestCostsAreAddedUpByCategoryAndByQuarterOfTheYear(t *testing.T) {
	t.Parallel()
	f, q := costs(t)
	v := form.Value{Rows: []form.Row{
		cost("hardware", "2026_27", "q1", 100), cost("licences", "2026_27", "q4", 250), cost("hardware", "2027_28", "q1", 30), cost("", "2026_27", "", 7),
	}}
	found := map[string][]form.Share{}
	for _, b := range f.Breakdowns(q, v) {
		found[b.By] = b.Lines
		if b.Total != 387 {
			t.Errorf("%s: %v", b.By, b.Total)
		}
	}
	if want := []form.Share{{"Licences and subscriptions", 250}, {"Devices and hardware", 130}, {"Not said yet", 7}}; !slices.Equal(found["Category"], want) {
		t.Errorf("%v", found["Category"])
	}
	want := []form.Share{{"2026 to 2027, April to June", 100}, {"2026 to 2027, January to March", 250}, {"2027 to 2028, April to June", 30}, {"Not said yet", 7}}
	if !slices.Equal(found["Quarter"], want) {
		t.Errorf("%v", found["Quarter"])
	}
	if got := f.Breakdowns(q, form.Value{Rows: []form.Row{{"amount": form.Value{Text: "much"}}}}); got != nil {
		t.Errorf("an amount that is none is added up: %v", got)
	}
}

// TestEveryBreakdownAddsUpToTheTotal: whatever is chosen and left out, no penny is lost.
func TestEveryBreakdownAddsUpToTheTotal(t *testing.T) {
	t.Parallel()
	f, q := costs(t)
	rapid.Check(t, func(t *rapid.T) {
		v := form.Value{}
		var total money.Pence
		for range rapid.IntRange(0, 12).Draw(t, "rows") {
			pence := money.Pence(rapid.Int64Range(0, 1e9).Draw(t, "pence"))
			total += pence
			row := form.Row{"amount": form.Amount(pence)}
			for _, c := range q.Columns {
				if len(c.Options) > 0 && rapid.Bool().Draw(t, c.Code) {
					row[c.Code] = form.Chosen(rapid.SampledFrom(append(slices.Clone(c.Options), form.Option{Value: "unknown"})).Draw(t, "option").Value)
				}
			}
			v.Rows = append(v.Rows, row)
		}
		for _, b := range f.Breakdowns(q, v) {
			var sum money.Pence
			for _, l := range b.Lines {
				sum += l.Sum
			}
			if sum != total || b.Total != total {
				t.Fatalf("%s: %v of %v", b.By, sum, total)
			}
		}
	})
}

func TestWordsAreCountedAgainstWhatIsAsked(t *testing.T) {
	t.Parallel()
	f, _ := costs(t)
	s, _ := f.Section("summary")
	if words, most := form.Written(f, s, form.Answers{"SU2": {Text: "one two\nthree"}}); words != 3 || most != 200 {
		t.Errorf("%d of %d", words, most)
	}
	if _, most := form.Written(f, s, form.Answers{"SU3": form.Chosen("replacement")}); most != 350 {
		t.Errorf("%d words, with the question that is asked then", most)
	}
}
