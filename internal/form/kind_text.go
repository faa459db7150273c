package form

import (
	"fmt"

	"adoptionfund/internal/fault"
)

// Ceilings of texts in characters, whatever a form says.
const (
	maxText     = 2000
	maxLongText = 50000
)

// textKind is a text of one line.
func textKind() behaviour { return lineKind(nil) }

// lineKind is a text of one line with a rule of its own: what is wrong with the text, or nothing.
func lineKind(rule func(q *Question, text string) string) behaviour {
	return behaviour{
		parts:  partText,
		limits: []string{"words", "characters"},
		column: true,
		read:   func(_ *Question, in input) Value { return Value{Text: oneLine(in.first(""))} },
		write:  func(_ *Question, v Value, out output) { out.put("", v.Text) },
		check: func(q *Question, v Value, _ How) fault.Problems {
			if words := tooLong(q, v.Text, maxText); words != "" {
				return wrong(words)
			}
			if rule == nil {
				return nil
			}
			if words := rule(q, v.Text); words != "" {
				return wrong(words)
			}
			return nil
		},
		ask:     askToEnter,
		show:    func(_ *Question, v Value) string { return v.Text },
		operand: noOperand,
	}
}

// tooLong says by which limit a text is too long.
func tooLong(q *Question, text string, ceiling int) string {
	if n := Words(text); q.Limits.Words > 0 && n > q.Limits.Words {
		return fmt.Sprintf("%s must be %s or fewer, you have used %d", q.Name(), plural(q.Limits.Words, "word", "words"), n)
	}
	if q.Limits.Characters > 0 {
		ceiling = min(ceiling, q.Limits.Characters)
	}
	if n := Characters(text); n > ceiling {
		return fmt.Sprintf("%s must be %s or fewer, you have used %d", q.Name(), plural(ceiling, "character", "characters"), n)
	}
	return ""
}
