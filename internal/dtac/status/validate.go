package status

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"adoptionfund/internal/form"
)

// flaw is one thing that a return names and the form does not have, with its place in the return.
type flaw struct {
	place  string
	reason string
}

// Validate finds what a return names that the form does not have: codes, options, kinds; dates that are none; two assessments
// of one question. Nothing else is checked.
func Validate(f *form.Form, r Return) error {
	flaws := flaws(f, r)
	if len(flaws) == 0 {
		return nil
	}
	lines := make([]string, len(flaws))
	for i, w := range flaws {
		lines[i] = w.place + ": " + w.reason
	}
	return fmt.Errorf("this DTAC return cannot be evaluated: %s", strings.Join(lines, "; "))
}

func flaws(f *form.Form, r Return) []flaw {
	v := &validation{form: f}
	v.answers(r.Answers)
	for i, item := range r.Evidence {
		v.evidence(fmt.Sprintf("evidence[%d]", i), item)
	}
	seen := map[form.Code]bool{}
	for i, a := range r.Assessments {
		place := fmt.Sprintf("assessments[%d]", i)
		if v.assessment(place, a); seen[a.Question] {
			v.add(place+".question", "%s has two assessments", a.Question)
		}
		seen[a.Question] = true
	}
	for i, p := range r.Plan {
		v.question(fmt.Sprintf("plan[%d].question", i), p.Question)
		v.date(fmt.Sprintf("plan[%d].due", i), string(p.Due))
	}
	v.date("round.latest_action", string(r.Round.LatestAction))
	for i, c := range r.Round.NeverDefer {
		v.question(fmt.Sprintf("round.never_defer[%d]", i), c)
	}
	for i, c := range r.Round.Require {
		v.question(fmt.Sprintf("round.fund_conditions.require[%d]", i), c)
	}
	if r.Round.D1Minimum != nil && !Weighs(f) {
		v.add("round.fund_conditions.d1_minimum", "%s gives D1 no percentage, so there can be no d1_minimum", f.ID)
	}
	return v.found
}

type validation struct {
	form  *form.Form
	found []flaw
}

func (v *validation) add(place, format string, args ...any) {
	v.found = append(v.found, flaw{place: place, reason: fmt.Sprintf(format, args...)})
}

func (v *validation) question(place string, code form.Code) (*form.Question, bool) {
	q, ok := v.form.Question(code)
	if !ok {
		v.add(place, "%s has no question %q", v.form.ID, code)
	}
	return q, ok
}

func (v *validation) date(place, text string) {
	if text == "" {
		return
	}
	if _, err := form.ParseDate(text); err != nil {
		v.add(place, "%v", err)
	}
}

func (v *validation) answers(a form.Answers) {
	for _, code := range slices.Sorted(maps.Keys(a)) {
		value := a[code]
		place := "answers." + string(code)
		q, ok := v.question(place, code)
		if !ok {
			continue
		}
		for _, c := range value.Choices {
			if _, known := q.Option(c); !known {
				v.add(place, "%s has no option %q", code, c)
			}
		}
		if value.NotApplicable && !q.HasNotApplicable() {
			v.add(place, "%s has no option %q", code, form.NotApplicable)
		}
		v.date(place, string(value.Date))
	}
}

func (v *validation) evidence(place string, i Evidence) {
	q, ok := v.question(place+".question", i.Question)
	if !ok {
		return
	}
	if !slices.Contains(q.Evidence.Kinds, i.Kind) {
		v.add(place+".kind", "%s takes no evidence of the kind %q", i.Question, i.Kind)
	}
	for field, text := range i.Fields {
		if dated(q, field) {
			v.date(place+".fields."+field, text)
		}
	}
}

// dated reports whether a field of a question's evidence holds a date.
func dated(q *form.Question, field string) bool {
	return field == q.Evidence.CountsFrom || field == q.Evidence.ExpiresOn ||
		strings.HasSuffix(field, "_date") && slices.Contains(q.Evidence.Fields, field)
}

func (v *validation) assessment(place string, a Assessment) {
	if !slices.Contains(Decisions(), a.Result) {
		v.add(place+".result", "%q is not pass, fail, action_needed or waived", a.Result)
	}
	v.date(place+".action.due", string(a.Action.Due))
	if _, ok := v.form.Question(a.Question); ok {
		return
	}
	for _, s := range v.form.Sections {
		if s.Code != a.Question {
			continue
		}
		if s.Waiver == "" || a.Result != DecidedWaived {
			v.add(place+".question", "section %s of %s is not assessed as a whole; a waiver is all that some sections take", s.Code, v.form.ID)
		}
		return
	}
	v.add(place+".question", "%s has no question %q", v.form.ID, a.Question)
}
