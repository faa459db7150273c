package form

import (
	"fmt"
	"strings"

	"adoptionfund/internal/fault"
	"adoptionfund/internal/form/expression"
)

// today is the date limit that moves with the day of the check.
const today = "today"

// dateKind is a day, typed in three fields, or "not applicable" where the question has that option.
func dateKind() behaviour {
	return behaviour{
		parts:    partDate | partTyped | partNotApplicable,
		suffixes: []string{"-day", "-month", "-year"},
		limits:   []string{"earliest", "latest"},
		options:  optionsMay,
		column:   true,
		define:   defineDate,
		read:     readDate,
		write: func(_ *Question, v Value, out output) {
			if v.NotApplicable {
				out.put("", NotApplicable)
			}
			t := v.typed()
			out.put("-day", t.Day)
			out.put("-month", t.Month)
			out.put("-year", t.Year)
		},
		check: checkDate,
		ask:   askToEnter,
		show: func(q *Question, v Value) string {
			if v.NotApplicable {
				o, _ := q.Option(NotApplicable)
				return o.Label
			}
			if v.Typed != nil {
				return strings.TrimSpace(v.Typed.Day + " " + v.Typed.Month + " " + v.Typed.Year)
			}
			return v.Date.String()
		},
		operand: func(v Value) expression.Operand {
			if v.NotApplicable {
				return expression.Operand{Choices: []string{NotApplicable}}
			}
			return expression.Operand{}
		},
	}
}

// typed is what goes back into the three fields.
func (v Value) typed() TypedDate {
	switch {
	case v.Typed != nil:
		return *v.Typed
	case v.Date != "":
		return v.Date.typed()
	}
	return TypedDate{}
}

func defineDate(q *Question) []string {
	var reasons []string
	for _, o := range q.Options {
		if o.Value != NotApplicable {
			reasons = append(reasons, "the only option of a date is "+NotApplicable)
		}
	}
	for key, text := range map[string]string{"earliest": q.Limits.Earliest, "latest": q.Limits.Latest} {
		if _, err := ParseDate(text); text != "" && text != today && err != nil {
			reasons = append(reasons, fmt.Sprintf("limit %s: %v", key, err))
		}
	}
	return reasons
}

func readDate(q *Question, in input) Value {
	t := TypedDate{Day: oneLine(in.first("-day")), Month: oneLine(in.first("-month")), Year: oneLine(in.first("-year"))}
	if !t.blank() {
		if d, ok := t.date(); ok {
			return Value{Date: d}
		}
		return Value{Typed: &t}
	}
	text := oneLine(in.first(""))
	if text == "" {
		return Value{}
	}
	if text == NotApplicable && q.HasNotApplicable() {
		return Value{NotApplicable: true}
	}
	if d, ok := ReadDate(text); ok {
		return Value{Date: d}
	}
	return Value{Typed: &TypedDate{Day: text}}
}

func checkDate(q *Question, v Value, how How) fault.Problems {
	switch {
	case v.Typed != nil:
		return wrong(misdated(q, *v.Typed))
	case v.NotApplicable && (v.Date != "" || !q.HasNotApplicable()):
		return wrong(q.Name() + " must be a real date")
	case v.NotApplicable:
		return nil
	}
	if _, err := ParseDate(string(v.Date)); err != nil {
		return wrong(q.Name() + " must be a real date")
	}
	if from := how.day(q.Limits.Earliest); from != "" && v.Date < from {
		return wrong(fmt.Sprintf("%s must be %s or after", q.Name(), how.dayName(q.Limits.Earliest)))
	}
	if to := how.day(q.Limits.Latest); to != "" && v.Date > to {
		return wrong(fmt.Sprintf("%s must be %s or before", q.Name(), how.dayName(q.Limits.Latest)))
	}
	return nil
}

// misdated says what is wrong with a date that was typed.
func misdated(q *Question, t TypedDate) string {
	switch {
	case strings.ContainsAny(t.Day, "/.- ") && t.Month == "" && t.Year == "": // the whole of it, in one field
		return q.Name() + " must be a real date"
	case t.Day == "":
		return q.Name() + " must include a day"
	case t.Month == "":
		return q.Name() + " must include a month"
	case t.Year == "":
		return q.Name() + " must include a year"
	}
	return q.Name() + " must be a real date"
}

// day is a date limit on the day of the check.
func (h How) day(limit string) Date {
	if limit == today {
		return h.Today
	}
	return Date(limit)
}

func (h How) dayName(limit string) string {
	if limit == today {
		return today
	}
	return Date(limit).String()
}
