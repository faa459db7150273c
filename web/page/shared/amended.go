package shared

import (
	"github.com/a-h/templ"

	"adoptionfund/internal/application"
	"adoptionfund/internal/form"
	"adoptionfund/web/nhs"
)

// amended is an answer that was changed at a question of the fund, before and after side by side with what differs.
type amended struct {
	form     *form.Form
	question *form.Question
	change   application.Amendment
}

// AmendedAt shows the answers that were changed at a clarification.
func AmendedAt(f *form.Form, all []application.Amendment, clarification string) []templ.Component {
	var out []templ.Component
	for _, m := range all {
		if m.ClarificationID != clarification || f == nil {
			continue
		}
		if q, ok := f.Question(m.Question); ok {
			out = append(out, amended{f, q, m}.view())
		}
	}
	return out
}

func (a amended) side(whose string) nhs.SectionAnswers {
	return nhs.SectionAnswers{Form: a.form, Section: &form.Section{Questions: []*form.Question{a.question}}, Within: whose + a.change.ID}
}

func (a amended) differs() nhs.Changes {
	return nhs.Changes{Fields: form.Compare(a.question, a.change.Before(), a.change.After())}
}
