package matching_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/matching"
)

func even(string) float64 { return 1 }

func organisation(name string, codes ...string) matching.Described {
	return matching.Described{Organisations: []matching.Organisation{{Name: name, Codes: codes}}}
}

func strength(a, b matching.Described) int {
	return matching.Score(matching.Prepare(a), matching.Prepare(b), even).Strength
}

func TestOneOrganisationIsKnownByAnyOfItsNames(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"Guy's and St Thomas' NHS Foundation Trust", "GUYS & ST. THOMAS NHSFT"},
		{"Guy's and St Thomas' NHS Foundation Trust", "Saint Thomas and Guy’s Foundation Trust"},
		{"University Hospitals of Leicester NHS Trust", "Leicester University Hospitals NHS Trust"},
		{"University College London Hospitals NHS Foundation Trust", "UCLH"},
		{"Nottingham University Hospitals NHS Trust", "NUH"},
		{"NHS Lancashire and South Cumbria Integrated Care Board", "Lancashire & South Cumbria ICS"},
		{"University Hospital Southampton NHS Foundation Trust", "Univ Hosp Southampton NHS FT"},
		{"Imperial College Healthcare NHS Trust", "Imperial Colege Healthcare Trust"},
		{"Invented Cardiac Care Ltd", "Invented Cardiac Care Limited"},
		{"Alder Hey Children's NHS Foundation Trust", "Alder Hey Childrens Trust"},
	} {
		if got := strength(organisation(pair[0]), organisation(pair[1])); got < 20 {
			t.Errorf("%q and %q: %d", pair[0], pair[1], got)
		}
	}
}

func TestOrganisationsWithSimilarNamesAreTwo(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"University Hospitals Plymouth NHS Trust", "University Hospitals Dorset NHS Foundation Trust"},
		{"NHS North East London Integrated Care Board", "NHS North West London Integrated Care Board"},
		{"Nottingham University Hospitals NHS Trust", "NHS Nottingham and Nottinghamshire Integrated Care Board"},
		{"North Bristol NHS Trust", "University Hospitals Bristol and Weston NHS Foundation Trust"},
		{"NHS Surrey Heartlands Integrated Care Board", "NHS Sussex Integrated Care Board"},
		{"Manchester University NHS Foundation Trust", "Manchester University Ltd"},
	} {
		if got := strength(organisation(pair[0]), organisation(pair[1])); got != 0 {
			t.Errorf("%q and %q: %d", pair[0], pair[1], got)
		}
	}
}

func TestIdentifiersAreOneWhateverTheirPrefix(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"RJ1": "RJ1", " gb-nhs-rj1 ": "RJ1", "GB-COH-00123456": "GBCOH123456", "GB-COH-123456": "GBCOH123456", "GB-CHC-1160024": "GBCHC1160024", "360G-Fund-Org:1": "", "": "",
	} {
		if got := matching.Code(id); got != want {
			t.Errorf("%q: %q, want %q", id, got, want)
		}
	}
	if got := strength(organisation("Old name", "QXU", "QNX"), organisation("A body", "QNX")); got != 30 {
		t.Errorf("a successor: %d", got)
	}
}

func TestEachReasonIsInWordsWithItsWeight(t *testing.T) {
	t.Parallel()
	asked := matching.Described{
		Title: "Remote monitoring after cardiac surgery", Text: "Blood pressure and wound photographs from home for thirty days after an operation",
		Organisations: []matching.Organisation{{Name: "Barts Health NHS Trust", Codes: []string{"R1H"}, System: "QMF", Part: "the lead organisation"}},
		Products:      []matching.Product{{Name: "HeartHome", Supplier: "Invented Cardiac Care Ltd"}},
	}
	given := matching.Described{
		Title: "Home monitoring following heart operations", Text: "Heart Home: people send photographs of the wound and their blood pressure",
		Organisations: []matching.Organisation{{Name: "Barts Health", Codes: []string{"R1H"}}},
	}
	m := matching.Score(matching.Prepare(asked), matching.Prepare(given), even)
	var all []string
	sum := 0
	for _, r := range m.Reasons {
		all = append(all, r.Words)
		sum += r.Weight
	}
	words := strings.Join(all, "\n")
	for _, want := range []string{"The same organisation (R1H): it is the lead organisation here", "names the product HeartHome", "words in common: ", "photographs"} {
		if !strings.Contains(words, want) {
			t.Errorf("no %q in\n%s", want, words)
		}
	}
	if m.Strength != sum || m.Strength < matching.Strong {
		t.Errorf("%d, reasons add up to %d\n%s", m.Strength, sum, words)
	}
	other := given
	other.Organisations = []matching.Organisation{{Name: "Invented Trust of the Far North", Codes: []string{"RZZ"}}}
	if m := matching.Score(matching.Prepare(asked), matching.Prepare(other), even); m.Strength >= matching.Strong {
		t.Errorf("the same product elsewhere: %+v", m)
	}
	other = given
	other.Text, other.Products = "Photographs of skin for a dermatologist", []matching.Product{{Name: "SkinView"}}
	if m := matching.Score(matching.Prepare(asked), matching.Prepare(other), even); m.Strength >= matching.Likely {
		t.Errorf("another product of the organisation: %+v", m)
	}
}

func TestAPlanAsksForTheRareAndNarrowsTheCommon(t *testing.T) {
	t.Parallel()
	d := matching.Described{
		Title: "Remote monitoring of cardiac surgery", Organisations: []matching.Organisation{{Name: "Barts Health NHS Trust", Codes: []string{"R1H"}}},
		Products: []matching.Product{{Name: "HeartHome", Supplier: "Invented Cardiac Care Ltd"}},
	}
	frequency := map[string]int{"o_r1h": 4000, "p_hearthome": 3, "monitor": 90_000, "cardiac": 40, "surgery": 20_000, "n_bartshealth": 10, "m_bart": 500}
	plan := matching.Prepare(d).Plan(1_000_000, func(w string) int { return frequency[w] })
	var alone, narrowed bool
	for _, c := range plan {
		if c.Expect < 1 || c.Expect > 20_000 {
			t.Errorf("%+v", c)
		}
		for _, token := range slices.Concat(c.All, c.Any) {
			if frequency[token] == 0 {
				t.Errorf("%s stands nowhere and is asked for", token)
			}
		}
		alone = alone || slices.Equal(c.All, []string{"p_hearthome"}) && len(c.Any) == 0
		narrowed = narrowed || slices.Equal(c.All, []string{"o_r1h"}) && len(c.Any) > 0
	}
	if !alone || !narrowed {
		t.Errorf("%+v", plan)
	}
}

// described draws a description from few words, so that they are often alike.
func described(t *rapid.T, label string) matching.Described {
	word := rapid.SampledFrom(strings.Fields("cardiac monitor home Trust NHS Barts St. Guy's & royal hospital university Ltd heart wound video RJ1 R1H é – 2024 icb"))
	text := func(l string) string { return strings.Join(rapid.SliceOfN(word, 0, 8).Draw(t, label+l), " ") }
	d := matching.Described{Title: text("title"), Text: text("text")}
	for range rapid.IntRange(0, 3).Draw(t, label+"organisations") {
		d.Organisations = append(d.Organisations, matching.Organisation{Name: text("name"), Codes: rapid.SliceOfN(rapid.SampledFrom([]string{"RJ1", "R1H"}), 0, 2).Draw(t, label+"codes")})
	}
	for range rapid.IntRange(0, 2).Draw(t, label+"products") {
		d.Products = append(d.Products, matching.Product{Name: text("product"), Supplier: text("supplier")})
	}
	return d
}

func TestAStrengthIsFromNoneToAHundredAndAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := described(t, "a"), described(t, "b")
		m := matching.Score(matching.Prepare(a), matching.Prepare(b), even)
		sum := 0
		for _, r := range m.Reasons {
			sum += r.Weight
			if r.Words == "" {
				t.Error("a reason without words")
			}
		}
		if want := max(0, min(100, sum)); m.Strength != want {
			t.Errorf("%d, reasons say %d", m.Strength, want)
		}
		tokens := matching.Tokens(b)
		if !slices.IsSorted(tokens) || len(slices.Compact(slices.Clone(tokens))) != len(tokens) {
			t.Errorf("%v", tokens)
		}
		for _, token := range tokens {
			if strings.ContainsAny(token, `'" ()*:`) {
				t.Errorf("the token %q would have to be quoted", token)
			}
		}
	})
}

// TestWhatIsDescribedAlikeIsFound: what stands word for word in the index is among what a plan asks for.
func TestWhatIsDescribedAlikeIsFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := described(t, "a")
		tokens := matching.Tokens(d)
		if len(matching.Words(d.Title)) == 0 {
			return
		}
		frequency := func(w string) int {
			if slices.Contains(tokens, w) {
				return 1
			}
			return 0
		}
		for _, c := range matching.Prepare(d).Plan(1, frequency) {
			if c.Expect > 0 {
				return
			}
		}
		t.Errorf("nothing is asked for of %+v", d)
	})
}

// TestNothingIsAskedInVain: each question of a plan has something to ask for that stands somewhere, however common or rare the words are.
func TestNothingIsAskedInVain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SampledFrom([]int{1, 500, 100_000, 1_000_000}).Draw(t, "records")
		d := described(t, "a")
		frequency := map[string]int{}
		for _, token := range matching.Prepare(d).Asks() {
			frequency[token] = rapid.IntRange(0, records).Draw(t, token)
		}
		for _, c := range matching.Prepare(d).Plan(records, func(w string) int { return frequency[w] }) {
			if len(c.All)+len(c.Any) == 0 || slices.Contains(c.All, "") || slices.Contains(c.Any, "") || c.Expect < 1 {
				t.Fatalf("%+v asks %+v", d, c)
			}
			for _, w := range c.All {
				if frequency[w] == 0 {
					t.Fatalf("%s stands nowhere", w)
				}
			}
		}
	})
}

func BenchmarkScore(b *testing.B) {
	text := strings.Repeat("People at home send blood pressure and photographs of the wound for thirty days after an operation at the heart centre. ", 4)
	d := matching.Described{Title: "Remote monitoring after cardiac surgery", Text: text, Organisations: []matching.Organisation{{Name: "Guy's and St Thomas' NHS Foundation Trust", Codes: []string{"RJ1"}}}, Products: []matching.Product{{Name: "HeartHome", Supplier: "Invented Cardiac Care Ltd"}}}
	asked := matching.Prepare(d)
	for b.Loop() {
		matching.Score(asked, matching.Prepare(d), func(string) float64 { return math.Pi })
	}
}
