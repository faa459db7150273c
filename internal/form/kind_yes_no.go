package form

// yesNoKind is a choice between yes and no. A form need not list the two.
func yesNoKind() behaviour {
	b := singleChoiceKind()
	b.options = optionsMay
	b.define = func(q *Question) []string {
		if len(q.Options) != 2 || q.Options[0].Value != "yes" || q.Options[1].Value != "no" {
			return []string{"the options of a yes_no question are yes and no; for others use single_choice"}
		}
		return nil
	}
	b.ask = func(q *Question) string {
		if q.Short == "" {
			return askToSelect(q)
		}
		return "Select yes or no: " + name(q)
	}
	return b
}
