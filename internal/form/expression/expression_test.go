package expression_test

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/form/expression"
)

type facts map[string]expression.Operand

func (f facts) Answer(code string) (expression.Operand, bool) {
	o, ok := f[code]
	return o, ok
}

func (f facts) HasEvidence(code, kind string) bool {
	return code == "C3.1" && (kind == "" || kind == "certificate")
}

func world() facts {
	return facts{
		"C1.2.4": {Choices: []string{"yes"}},
		"EV1":    {Choices: []string{"a", "b"}},
		"FU3":    {Number: big.NewRat(25, 2)},
		"A1":     {},
	}
}

func TestExpressionsHold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"C1.2.4 == 'yes'":                    true,
		"C1.2.4 != 'yes'":                    false,
		"C1.2.4 == 'no'":                     false,
		"C9 == 'yes'":                        false, // null
		"C9 != 'yes'":                        true,
		"answered(C9) and C9 != 'yes'":       false,
		"answered(A1)":                       true,
		"A1 == 'yes'":                        false,
		"A1 != 'yes'":                        true,
		"EV1 == 'a' and EV1 == 'b'":          true,
		"EV1 != 'a'":                         false,
		"EV1 == 'c'":                         false,
		"FU3 == 12.5":                        true,
		"FU3 == 12.50":                       true,
		"FU3 != 12":                          true,
		"FU3 < 12.5":                         false,
		"FU3 <= 12.5 and FU3 >= 12.5":        true,
		"FU3 > -1":                           true,
		"C9 < 5 or C9 > 5 or C9 == 5":        false,
		"C9 != 5":                            true,
		"has_evidence(C3.1)":                 true,
		"has_evidence(C3.1, 'certificate')":  true,
		"has_evidence(C3.1, 'report')":       false,
		"evidence_current(C3.1)":             true,
		"evidence_current(C3.2)":             false,
		"not answered(C9)":                   true,
		"not (answered(A1) or answered(C9))": false,
		"answered(C9) and answered(C9) or answered(A1)":   true, // and binds closer
		"answered(A1) or answered(C9) and answered(C9)":   true,
		"(answered(A1) or answered(C9)) and answered(C9)": false,
		"not answered(C9) and answered(A1)":               true, // not binds closest
		"answered(A1)\n  and answered(EV1)":               true,
	} {
		e, err := expression.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := e.Eval(world()); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}

func TestWhatIsWrongIsSaidWithItsPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                        "should stand here, not the end (character 1)",
		"C1":                      "a comparison such as == should stand here, not the end (character 3)",
		"C1 = 'x'":                "“=” cannot be read (character 4)",
		"C1 == x":                 "not “x” (character 7)",
		"C1 == 'x":                "“'x” cannot be read (character 7)",
		"C1 < 'x'":                "“<” compares numbers",
		"C1 == 'x' C2":            "“C2” is not expected here (character 11)",
		"(C1 == 'x'":              ") should stand here, not the end",
		"answered(c1)":            "a question's code should stand here, not “c1” (character 10)",
		"answered(C1, 'x')":       ") should stand here, not “,”",
		"has_evidence(C1, x)":     "a kind of evidence in single quotes",
		"é == 'x'":                "“é” cannot be read (character 1)",
		"not not answered(C1)":    "not “not”",
		"assessor judgement":      "not “assessor”",
		strings.Repeat("(", 2000): "nested more than 40 deep",
		strings.Repeat(" ", 5000): "at most 4000 characters",
	} {
		_, err := expression.Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.30q: got %v, want %s", text, err, want)
		}
	}
}

func TestAnExpressionNamesWhatItRestsOn(t *testing.T) {
	t.Parallel()
	e, err := expression.Parse("C1.2 == 'no' or has_evidence(C3.1, 'x') and not answered(EV1) and FU3 < 5")
	if err != nil {
		t.Fatal(err)
	}
	want := []expression.Ref{
		{Code: "C1.2", Use: expression.Compared, Literal: "no", Column: 1},
		{Code: "C3.1", Use: expression.Evidence, Literal: "x", Column: 30},
		{Code: "EV1", Use: expression.Answered, Column: 58},
		{Code: "FU3", Use: expression.Measured, Column: 67},
	}
	got := e.Refs()
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: got %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"A1": true, "C1.2.4": true, "EV1": true, "OR2": true, "FU3-2": true, "Q": true, "D1.12.2": true,
		"": false, "c1": false, "1A": false, "A.": false, "A1.": false, "A1.x": false, "A 1": false, "Ä1": false,
		strings.Repeat("A", 31): false,
	} {
		if got := expression.IsCode(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

// Any text is parsed or refused with a place in it; what parses means the same when it is written and read again.
func TestAnyTextIsReadOrRefused(t *testing.T) {
	t.Parallel()
	word := rapid.SampledFrom([]string{"C1.2.4", "EV1", "FU3", "C9", "==", "!=", "<", ">=", "'yes'", "'a'", "12", "and", "or",
		"not", "(", ")", ",", "answered", "has_evidence", "evidence_current", "C3.1", "'", "=", "é"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(word, 0, 20).Draw(t, "words"), " ")
		e, err := expression.Parse(text)
		if err != nil {
			return
		}
		again, err := expression.Parse(e.String())
		if err != nil || again.Eval(world()) != e.Eval(world()) {
			t.Fatalf("%q read again: %v", text, err)
		}
	})
}
