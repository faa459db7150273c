package form

import (
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/fault"
)

// maxOther is the ceiling of the text beside "other", in characters.
const maxOther = 500

// singleChoiceKind is one of several options, perhaps "other" with a text.
func singleChoiceKind() behaviour {
	return behaviour{
		parts:    partChoices,
		extra:    partOther,
		suffixes: []string{"-other"},
		options:  optionsMust,
		column:   true,
		read: func(q *Question, in input) Value {
			var v Value
			if chosen := in.first(""); chosen != "" {
				v.Choices = []string{chosen}
			}
			v.Other = otherOf(q, in)
			return v
		},
		write: writeChoices,
		check: func(q *Question, v Value, how How) fault.Problems {
			if len(v.Choices) > 1 {
				return wrong("Select one answer for " + name(q))
			}
			return checkChoices(q, v, how)
		},
		ask:     askToSelect,
		show:    showChoices,
		operand: choiceOperand,
	}
}

func otherOf(q *Question, in input) string {
	if !q.AllowOther {
		return ""
	}
	return oneLine(in.first("-other"))
}

func writeChoices(_ *Question, v Value, out output) {
	for _, c := range v.Choices {
		out.put("", c)
	}
	out.put("-other", v.Other)
}

// checkChoices finds options that are none, and a missing or long text beside "other".
func checkChoices(q *Question, v Value, how How) fault.Problems {
	for _, c := range v.Choices {
		if _, ok := q.Option(c); !ok {
			return wrong(fmt.Sprintf("Select an answer from the list for %s: “%s” is not one of them", name(q), shorten(c)))
		}
	}
	if !q.AllowOther || !slices.Contains(v.Choices, Other) {
		return nil
	}
	switch n := Characters(v.Other); {
	case n == 0 && how.Mode == Complete:
		return fault.Problems{"-other": "Describe your “other” answer to " + name(q)}
	case n > maxOther:
		return fault.Problems{"-other": fmt.Sprintf("The “other” answer to %s must be %d characters or fewer", name(q), maxOther)}
	}
	return nil
}

func showChoices(q *Question, v Value) string {
	labels := make([]string, 0, len(v.Choices))
	for _, c := range v.Choices {
		label := c
		if o, ok := q.Option(c); ok {
			label = o.Label
		}
		if c == Other && v.Other != "" {
			label += ": " + v.Other
		}
		labels = append(labels, label)
	}
	return strings.Join(labels, "\n")
}

// shorten keeps a quotation of what was typed from filling a message.
func shorten(text string) string {
	const most = 60
	if Characters(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
