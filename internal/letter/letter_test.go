package letter_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"adoptionfund/internal/letter"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/testkit"
)

// TestALetterIsReadAsItWasWritten: whatever stands in a letter, also text that looks like a mark or a field, is the same after it was kept.
func TestALetterIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	line := rapid.StringMatching(`[#*\-\\]{0,2} ?[a-z(][a-z() #*\-\\]{0,20}[a-z)]`)
	paragraph := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(line, 1, 3).Draw(t, "lines"), "\n")
	})
	inline := rapid.StringMatching(`[a-z(]([a-z()#*]| [a-z()#*]){0,10}`)
	rapid.Check(t, func(t *rapid.T) {
		var d letter.Doc
		for range rapid.IntRange(0, 8).Draw(t, "blocks") {
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				d = append(d, letter.Block{Kind: letter.Heading, Text: inline.Draw(t, "heading")})
			case 1:
				d = append(d, letter.Block{Kind: letter.Item, Text: inline.Draw(t, "item")})
			default:
				d = append(d, letter.Block{Kind: letter.Paragraph, Text: paragraph.Draw(t, "paragraph")})
			}
		}
		text := d.Text()
		if diff := cmp.Diff(d, letter.ReadDoc(text)); diff != "" {
			t.Fatalf("%s\n%q", diff, text)
		}
	})
}

func TestTheProgramsOwnLettersSayWhatALetterMust(t *testing.T) {
	t.Parallel()
	c, err := testkit.Messages()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range letter.Kinds() {
		subject, body, err := c.Render(notify.Message{Kind: notify.Kind("letter_" + string(k.Kind))})
		if err != nil {
			t.Fatal(err)
		}
		if problems := letter.Check(k.Kind, subject, body); len(problems) > 0 {
			t.Errorf("%s: %v", k.Kind, problems)
		}
	}
}

// whole is a text that has all that an unsuccessful letter must say.
const whole = "Application ((ref))\n\n((scores))\n\n((feedback))\n\nAsk for a review until ((review_until)).\n\nTo complain write to ((contact)).\n"

func TestWhatIsWrongWithATemplateIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ subject, body, field, says string }{
		"nothing":                {"About ((ref))", whole, "", ""},
		"an unknown field":       {"About ((ref))", whole + "\nWe give ((mony)).", "body", `Line 11: there is no field \(\(mony\)\)`},
		"a slip":                 {"About ((ref))", whole + "\n((titel))", "body", `Line 11: .*Did you mean \(\(title\)\)\?`},
		"a field of another":     {"About ((ref))", whole + "\n((amount))", "body", `no field \(\(amount\)\) in this letter`},
		"an open bracket":        {"About ((ref))", whole + "\nSee ((title", "body", `Line 11: \(\( is not closed`},
		"a stray bracket":        {"About ((ref))", whole + "\nSee title))", "body", `Line 11: \)\) closes no field`},
		"a list in a line":       {"About ((ref))", whole + "\nThe scores: ((scores))", "body", `Line 11: \(\(scores\)\) is several lines`},
		"an empty heading":       {"About ((ref))", whole + "\n#", "body", `Line 11: there are no words`},
		"no complaint":           {"About ((ref))", strings.ReplaceAll(whole, "((contact))", "us"), "body", `how to complain: use \(\(contact\)\)`},
		"no review":              {"About ((ref))", strings.ReplaceAll(whole, "((review_until))", "soon"), "body", `how to ask for a review`},
		"no feedback":            {"About ((ref))", strings.ReplaceAll(whole, "((feedback))", "Good."), "body", `the feedback that the call promises`},
		"no text":                {"About ((ref))", " \n", "body", "Enter the text"},
		"no subject":             {" ", whole, "subject", "Enter the subject"},
		"a subject with a list":  {"((feedback))", whole, "subject", "several lines"},
		"too long":               {"About ((ref))", whole + strings.Repeat("a", 12_001), "body", "12,000 characters"},
		"a subject that is long": {strings.Repeat("a", 201), whole, "subject", "200 characters"},
	} {
		problems := letter.Check(letter.Unsuccessful, c.subject, c.body)
		if c.field == "" {
			if len(problems) > 0 {
				t.Errorf("%s: %v", name, problems)
			}
			continue
		}
		if !regexp.MustCompile(c.says).MatchString(problems[c.field]) {
			t.Errorf("%s: %v does not say %s", name, problems, c.says)
		}
	}
	if problems := letter.Check(letter.Successful, "About ((ref))", strings.ReplaceAll(whole, "((review_until))", "soon")); !strings.Contains(problems["body"], "the amount") || !strings.Contains(problems["body"], "((conditions))") {
		t.Errorf("a successful letter without amount and conditions: %v", problems)
	}
}
