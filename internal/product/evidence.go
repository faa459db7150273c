package product

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// AddEvidence adds an item of evidence to a question of a return.
func (s *Service) AddEvidence(ctx context.Context, id ident.Product, formID string, e status.Evidence) error {
	return s.edit(ctx, id, formID, "evidence", func(_ *work.Tx, sp *Space) error {
		if err := fault.Fields(evidenceProblems(sp.Form, &e)); err != nil {
			return err
		}
		sp.Return.Body.Evidence = append(sp.Return.Body.Evidence, e)
		return nil
	})
}

// evidenceProblems tidies an item and says what is wrong with it, by the fields of the page that adds one.
func evidenceProblems(f *form.Form, e *status.Evidence) fault.Problems {
	problems := fault.Problems{}
	e.File, e.ProductVersion = strings.TrimSpace(e.File), strings.TrimSpace(e.ProductVersion)
	q, ok := f.Question(e.Question)
	switch {
	case !ok || len(q.Evidence.Kinds) == 0:
		problems["question"] = "Select a question that asks for evidence"
		return problems
	case !slices.Contains(q.Evidence.Kinds, e.Kind):
		problems["kind"] = "Select a kind of evidence that this question takes: " + strings.ReplaceAll(strings.Join(q.Evidence.Kinds, ", "), "_", " ")
	}
	if e.File == "" || form.Characters(e.File) > 200 {
		problems["file"] = "Enter the name of the file in 200 characters or fewer"
	}
	if form.Characters(e.ProductVersion) > 80 {
		problems["product_version"] = "The version must be 80 characters or fewer"
	}
	e.Fields = tidyFields(q, e.Fields, problems)
	for _, name := range []string{q.Evidence.CountsFrom, q.Evidence.ExpiresOn} {
		if name != "" && e.Fields[name] == "" {
			problems[name] = "Enter " + strings.ToLower(Label(name)) + ", such as 2026-03-01"
		}
	}
	return problems
}

// tidyFields keeps the fields that were filled in, and says what is wrong with them.
func tidyFields(q *form.Question, typed map[string]string, problems fault.Problems) map[string]string {
	fields := map[string]string{}
	for name, text := range typed {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		fields[name] = text
		if _, err := form.ParseDate(text); err != nil && dated(q, name) {
			problems[name] = Label(name) + " must be a real date, such as 2026-03-01"
		}
		if form.Characters(text) > 200 {
			problems[name] = Label(name) + " must be 200 characters or fewer"
		}
	}
	return fields
}

// dated reports whether a field of a question's evidence holds a date.
func dated(q *form.Question, name string) bool {
	return name == q.Evidence.CountsFrom || name == q.Evidence.ExpiresOn || strings.HasSuffix(name, "_date")
}

// Label writes the name of a kind or field of evidence, such as test_date, for people.
func Label(name string) string {
	words := strings.Split(name, "_")
	for i, w := range words {
		if slices.Contains([]string{"api", "cqc", "cvss", "dpia", "dpo", "dspt", "ico", "mhra", "nhs", "paq"}, w) {
			words[i] = strings.ToUpper(w)
		}
	}
	text := strings.Join(words, " ")
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// AddPlan adds an action to the plan of a return.
func (s *Service) AddPlan(ctx context.Context, id ident.Product, formID string, row status.Planned) error {
	return s.edit(ctx, id, formID, "plan", func(_ *work.Tx, sp *Space) error {
		problems := fault.Problems{}
		q, ok := sp.Form.Question(row.Question)
		if !ok || !decides(sp.Form, q) {
			problems["plan-question"] = "Enter the code of a question that is passed or failed, such as C3.1"
		}
		for field, text := range map[string]*string{"plan-what": &row.What, "plan-owner": &row.Owner} {
			if *text = strings.TrimSpace(*text); *text == "" || form.Characters(*text) > 500 {
				problems[field] = map[string]string{
					"plan-what": "Enter what will be done, in 500 characters or fewer", "plan-owner": "Enter who does it, in 500 characters or fewer",
				}[field]
			}
		}
		if _, err := form.ParseDate(string(row.Due)); err != nil {
			problems["plan-due"] = "Enter the day by which it is done"
		}
		sp.Return.Body.Plan = append(sp.Return.Body.Plan, row)
		return fault.Fields(problems)
	})
}

// Item points at a row of a return: an item of evidence or an action, by its number from 0, as it was read at a revision.
type Item struct {
	Plan     bool
	Number   int
	Revision int
}

// Remove takes an item of evidence or an action out of a return.
func (s *Service) Remove(ctx context.Context, id ident.Product, formID string, i Item) error {
	return s.edit(ctx, id, formID, "remove", func(_ *work.Tx, sp *Space) error {
		if i.Revision != sp.Return.Revision {
			return fault.New(fault.Conflict, "Someone else changed this return after you opened it")
		}
		body := &sp.Return.Body
		if i.Number < 0 || i.Plan && i.Number >= len(body.Plan) || !i.Plan && i.Number >= len(body.Evidence) {
			return work.NotFound("row")
		}
		if i.Plan {
			body.Plan = slices.Delete(slices.Clone(body.Plan), i.Number, i.Number+1)
		} else {
			body.Evidence = slices.Delete(slices.Clone(body.Evidence), i.Number, i.Number+1)
		}
		return nil
	})
}
