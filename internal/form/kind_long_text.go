package form

import "adoptionfund/internal/fault"

// longTextKind is a text of several lines, mostly with a limit of words.
func longTextKind() behaviour {
	b := textKind()
	b.read = func(_ *Question, in input) Value { return Value{Text: in.first("")} }
	b.check = func(q *Question, v Value, _ How) fault.Problems {
		if words := tooLong(q, v.Text, maxLongText); words != "" {
			return wrong(words)
		}
		return nil
	}
	return b
}
