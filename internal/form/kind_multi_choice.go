package form

import (
	"fmt"
	"slices"

	"adoptionfund/internal/fault"
)

// maxChoices is the ceiling of choices in one answer.
const maxChoices = 100

// multiChoiceKind is any number of options, perhaps "other" with a text.
func multiChoiceKind() behaviour {
	b := singleChoiceKind()
	b.limits = []string{"choices_max"}
	b.column = false
	b.read = func(q *Question, in input) Value {
		var v Value
		for _, c := range in.all("") {
			if c != "" && !slices.Contains(v.Choices, c) {
				v.Choices = append(v.Choices, c)
			}
		}
		v.Choices = inOrder(q, v.Choices)
		v.Other = otherOf(q, in)
		return v
	}
	b.check = func(q *Question, v Value, how How) fault.Problems {
		most := maxChoices
		if q.Limits.MaxChoices > 0 {
			most = q.Limits.MaxChoices
		}
		if len(v.Choices) > most {
			return wrong(fmt.Sprintf("Select no more than %d for %s", most, name(q)))
		}
		return checkChoices(q, v, how)
	}
	return b
}

// inOrder puts choices in the order of the question's options, unknown ones last, so that one answer is written in one way.
func inOrder(q *Question, choices []string) []string {
	place := func(c string) int {
		i := slices.IndexFunc(q.Options, func(o Option) bool { return o.Value == c })
		if i < 0 {
			return len(q.Options)
		}
		return i
	}
	slices.SortStableFunc(choices, func(a, b string) int { return place(a) - place(b) })
	return choices
}
