package product

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"adoptionfund/internal/audit"
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
		sp.Return.Body.Plan = append(slices.Clone(sp.Return.Body.Plan), row)
		return fault.Fields(planProblems(sp.Form, &sp.Return.Body.Plan[len(sp.Return.Body.Plan)-1]))
	})
}

// ChangePlan changes what will be done, by whom and by when, in an action of the plan. The question stays.
func (s *Service) ChangePlan(ctx context.Context, id ident.Product, formID string, i Item, to status.Action) error {
	return s.edit(ctx, id, formID, "plan", func(_ *work.Tx, sp *Space) error {
		rows := slices.Clone(sp.Return.Body.Plan)
		if err := same(rows, i); err != nil {
			return err
		}
		rows[i.Number].Action = to
		sp.Return.Body.Plan = rows
		return fault.Fields(planProblems(sp.Form, &rows[i.Number]))
	})
}

// planProblems tidies an action and says what is wrong with it, by the fields of the page.
func planProblems(f *form.Form, row *status.Planned) fault.Problems {
	problems := fault.Problems{}
	q, ok := f.Question(row.Question)
	if !ok || !decides(f, q) {
		problems["plan-question"] = "Select the question that the action is for"
	}
	if row.What = strings.TrimSpace(row.What); row.What == "" || form.Characters(row.What) > 500 {
		problems["plan-what"] = "Enter what will be done, in 500 characters or fewer"
	}
	if row.Owner = strings.TrimSpace(row.Owner); row.Owner == "" || form.Characters(row.Owner) > 500 {
		problems["plan-owner"] = "Enter who does it, in 500 characters or fewer"
	}
	if _, err := form.ParseDate(string(row.Due)); err != nil {
		problems["plan-due"] = "Enter the day by which it is done, such as 31 12 2026"
	}
	return problems
}

// Item points at a row of a return: an item of evidence or an action, by its number from 0, with the mark that it had when it was read.
type Item struct {
	Plan   bool
	Number int
	Mark   string
}

// RowMark is a short digest of a row of a return, an item of evidence or an action, by which it is known again.
func RowMark(row any) string {
	text, err := json.Marshal(row)
	if err != nil {
		return ""
	}
	return audit.Digest(text)[:16]
}

// same refuses to change a row that is not there, or is another one now.
func same[T any](rows []T, i Item) error {
	if i.Number < 0 || i.Number >= len(rows) {
		return work.NotFound("row")
	}
	if RowMark(rows[i.Number]) != i.Mark {
		return fault.New(fault.Conflict, "Someone else changed this row after you opened the page. Look at it again")
	}
	return nil
}

// Remove takes an item of evidence or an action out of a return.
func (s *Service) Remove(ctx context.Context, id ident.Product, formID string, i Item) error {
	return s.edit(ctx, id, formID, "remove", func(_ *work.Tx, sp *Space) error {
		body := &sp.Return.Body
		if i.Plan {
			if err := same(body.Plan, i); err != nil {
				return err
			}
			body.Plan = slices.Delete(slices.Clone(body.Plan), i.Number, i.Number+1)
			return nil
		}
		if err := same(body.Evidence, i); err != nil {
			return err
		}
		body.Evidence = slices.Delete(slices.Clone(body.Evidence), i.Number, i.Number+1)
		return nil
	})
}
