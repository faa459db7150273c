package form

import "adoptionfund/internal/fault"

// Agreed is the value of a declaration that was made.
const Agreed = "yes"

// declarationKind is a statement that a person makes by ticking it.
func declarationKind() behaviour {
	return behaviour{
		parts: partChoices,
		read: func(_ *Question, in input) Value {
			if chosen := in.first(""); chosen != "" {
				return Chosen(chosen)
			}
			return Value{}
		},
		write: writeChoices,
		check: func(q *Question, v Value, _ How) fault.Problems {
			if len(v.Choices) != 1 || v.Choices[0] != Agreed {
				return wrong("Tick the box to make the declaration: " + name(q))
			}
			return nil
		},
		ask:     func(q *Question) string { return "Tick the box to make the declaration: " + name(q) },
		show:    func(*Question, Value) string { return "Declared" },
		operand: choiceOperand,
	}
}
