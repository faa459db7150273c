package status

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"adoptionfund/internal/form"
)

// WriteReturn writes a return as a file that ParseReturn reads: what is read again gives the same status on every day.
func WriteReturn(f *form.Form, r Return) []byte {
	var b bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("product: {name: %s, version: %s, supplier: %s, unaffected_since: %s}", quoted(r.Product.Name), quoted(r.Product.Version), quoted(r.Product.Supplier), list(r.Product.UnaffectedSince))
	line("answers:")
	for _, q := range f.Questions() {
		if text := written(q, r.Answers[q.Code]); text != "" {
			line("  %s: %s", q.Code, text)
		}
	}
	line("evidence:")
	for _, e := range r.Evidence {
		fields := make([]string, 0, len(e.Fields))
		for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
			fields = append(fields, name+": "+quoted(e.Fields[name]))
		}
		line("  - {question: %s, kind: %s, file: %s, product_version: %s, fields: {%s}}", e.Question, e.Kind, quoted(e.File), quoted(e.ProductVersion), strings.Join(fields, ", "))
	}
	line("assessments:")
	for _, a := range r.Assessments {
		action := ""
		if a.Action != (Action{}) {
			action = ", action: {" + acted(a.Action) + "}"
		}
		line("  - {question: %s, result: %s, reason: %s%s}", a.Question, a.Result, quoted(a.Reason), action)
	}
	line("plan:")
	for _, p := range r.Plan {
		line("  - {question: %s, %s}", p.Question, acted(p.Action))
	}
	b.WriteString(asked(r.Round))
	return b.Bytes()
}

func acted(a Action) string {
	return fmt.Sprintf("what: %s, owner: %s, due: %s", quoted(a.What), quoted(a.Owner), quoted(string(a.Due)))
}

// asked is what a call asks.
func asked(s Settings) string {
	least := ""
	if s.D1Minimum != nil {
		least = ", d1_minimum: " + strconv.FormatFloat(*s.D1Minimum, 'f', -1, 64)
	}
	return fmt.Sprintf("round: {latest_action: %s, never_defer: %s, fund_conditions: {require: %s%s}}\n", quoted(string(s.LatestAction)), list(s.NeverDefer), list(s.Require), least)
}

// written is an answer as ParseReturn reads it; empty where there is none.
func written(q *form.Question, v form.Value) string {
	switch {
	case v.NotApplicable:
		return form.NotApplicable
	case q.Kind == form.KindMultiChoice && len(v.Choices) > 0:
		return list(v.Choices)
	case len(v.Choices) > 0:
		return quoted(v.Choices[0])
	case v.Date != "":
		return quoted(string(v.Date))
	case strings.TrimSpace(v.Text) != "":
		return quoted(v.Text)
	}
	return ""
}

func list[T ~string](items []T) string {
	texts := make([]string, len(items))
	for i, x := range items {
		texts[i] = quoted(string(x))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// quoted writes a text so that YAML reads it as it is: JSON, which YAML contains.
func quoted(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return strconv.Quote(text) // no text fails
	}
	return strings.TrimSuffix(b.String(), "\n")
}
