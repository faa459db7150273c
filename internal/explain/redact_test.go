package explain_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/explain"
)

// spoken are the words of a story, one line to a line.
func spoken(s explain.Story) string {
	var b strings.Builder
	line := func(l explain.Line) {
		for _, t := range l {
			if t.Withheld != 0 {
				b.WriteString("[" + t.Withheld.Mark() + "]")
			}
			b.WriteString(t.Words)
		}
		b.WriteString("\n")
	}
	line(s.Title)
	for _, e := range s.Timeline {
		for _, l := range []explain.Line{e.What, e.Way, e.Rule, e.Who} {
			line(l)
		}
	}
	for _, sec := range append([]explain.Section{s.Summary}, s.Sections...) {
		for _, block := range sec.Blocks {
			line(block.Say)
			for _, f := range block.Facts {
				line(f.Value)
			}
			if block.Table != nil {
				for _, row := range block.Table.Rows {
					for _, cell := range row {
						line(cell)
					}
				}
			}
		}
	}
	return b.String()
}

// pieces draws texts of every kind, some of which quote what others say.
func pieces(t *rapid.T) []explain.Text {
	var all []explain.Text
	for i := range rapid.IntRange(1, 14).Draw(t, "pieces") {
		info := rapid.SampledFrom(explain.Kinds()).Draw(t, "kind")
		piece := explain.Text{Words: fmt.Sprintf("The words of piece %d, which nobody else has", i), Kind: info.Kind, Undecided: rapid.Bool().Draw(t, "undecided")}
		if piece.Personal() {
			piece.Words = fmt.Sprintf("Person-%d Invented", i)
		}
		if rapid.IntRange(0, 4).Draw(t, "tagged") == 0 {
			piece.Tags = []explain.Exemption{rapid.SampledFrom(explain.Exemptions()).Draw(t, "tag")}
		}
		if len(all) > 0 && rapid.Bool().Draw(t, "quotes") && !piece.Personal() {
			quoted := rapid.SampledFrom(all).Draw(t, "quoted").Words
			piece.Words += ": " + strings.ToUpper(strings.ReplaceAll(quoted, " ", "\n "))
		}
		all = append(all, piece)
	}
	return all
}

func storyOf(t *rapid.T, all []explain.Text) explain.Story {
	s := explain.Story{Ref: "AF26-0001"}
	for i, piece := range all {
		line := explain.Line{{Words: "Before. "}, piece, {Words: " After."}}
		switch rapid.IntRange(0, 4).Draw(t, fmt.Sprintf("place %d", i)) {
		case 0:
			s.Timeline = append(s.Timeline, explain.Entry{What: line, Who: explain.Line{piece}})
		case 1:
			s.Sections = append(s.Sections, explain.Section{Blocks: []explain.Block{{Say: line}, {Facts: []explain.Fact{{Label: "Fact", Value: line}}}}})
		case 2:
			s.Summary.Blocks = append(s.Summary.Blocks, explain.Block{Facts: []explain.Fact{{Label: "Fact", Value: line}}})
		case 3:
			s.Sections = append(s.Sections, explain.Section{Blocks: []explain.Block{{Table: &explain.Table{Rows: [][]explain.Line{{line, {piece}}}}}}})
		default:
			s.Title = append(s.Title, piece)
		}
	}
	return s
}

func plainSpaces(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

func TestWhatIsWithheldIsNowhereInWhatIsGivenOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := pieces(t)
		s := storyOf(t, all)
		apply := rapid.SliceOfDistinct(rapid.SampledFrom(explain.Exemptions()), rapid.ID).Draw(t, "applied")
		before := spoken(s)
		out, counts := explain.Redact(s, apply)
		if spoken(s) != before {
			t.Fatal("the story itself was changed")
		}
		text := plainSpaces(spoken(out))
		withheld := 0
		for _, piece := range all {
			hit := slices.ContainsFunc(piece.Exempt(), func(e explain.Exemption) bool { return slices.Contains(apply, e) })
			if hit {
				withheld++
				if strings.Contains(text, plainSpaces(piece.Words)) {
					t.Fatalf("%q is withheld and still said in\n%s", piece.Words, spoken(out))
				}
			}
		}
		places := 0
		for _, c := range counts {
			places += c.Places
			if !slices.Contains(apply, c.Exemption) {
				t.Fatalf("withheld under section %d, which was not applied", c.Exemption)
			}
		}
		if places < withheld || places != strings.Count(spoken(out), "[Withheld: section ") {
			t.Fatalf("%d places are counted, %d pieces withheld:\n%s", places, withheld, spoken(out))
		}
		if withheld == 0 && !reflect.DeepEqual(s, out) {
			t.Fatalf("nothing is withheld, and the story changed:\n%s", spoken(out))
		}
	})
}

func TestWithholdingNothingChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := storyOf(t, pieces(t))
		out, counts := explain.Redact(s, nil)
		if !reflect.DeepEqual(s, out) || len(counts) > 0 {
			t.Fatalf("%v\n%s", counts, spoken(out))
		}
	})
}

func TestEveryKindIsDescribedOnce(t *testing.T) {
	t.Parallel()
	seen := map[explain.Kind]bool{}
	for _, info := range explain.Kinds() {
		if seen[info.Kind] || info.Is == "" || info.Kind != explain.Plain && len(info.Exempt) == 0 {
			t.Errorf("%q is there twice, or says nothing", info.Kind)
		}
		seen[info.Kind] = true
		open := explain.Text{Words: "x", Kind: info.Kind, Undecided: true}
		if info.Kind != explain.Plain && len(open.Exempt()) == 0 {
			t.Errorf("%q can be given out before it is decided", info.Kind)
		}
	}
	if unknown := (explain.Text{Words: "x", Kind: "nobody described this"}); len(unknown.Exempt()) != len(explain.Exemptions()) {
		t.Error("a kind that nobody described can be given out")
	}
	for _, e := range explain.Exemptions() {
		if e.Section() == "" || e.Words() == "" {
			t.Errorf("section %d has no words", e)
		}
	}
}

func TestANameIsWithheldAlsoInTheMiddleOfAReason(t *testing.T) {
	t.Parallel()
	s := explain.Story{
		Timeline: []explain.Entry{{Who: explain.Line{{Words: "Ann Example", Kind: explain.Staff}}}},
		Sections: []explain.Section{{Blocks: []explain.Block{{Say: explain.Line{{Words: "As ann  example", Kind: explain.Finding}, {Words: " said, it passes."}}}}}},
	}
	out, counts := explain.Redact(s, []explain.Exemption{explain.PersonalData})
	if got := spoken(out); strings.Contains(strings.ToLower(got), "example") || !strings.Contains(got, "As [Withheld: section 40(2), personal data] said, it passes.") {
		t.Error(got)
	}
	if len(counts) != 1 || counts[0].String() != "Section 40(2), personal data: 2 places" {
		t.Error(counts)
	}
}
