package rules

import (
	"strings"

	"adoptionfund/internal/form"
	"adoptionfund/internal/form/source"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
)

// examples runs the examples beside a rule. There must be one in which it finds something and one in which it does not.
func (s *Set) examples(n source.Node, r Rule) {
	seen := map[bool]bool{}
	for _, item := range n.Items() {
		f := item.Fields("answers", "facts", "finds")
		want := f.Get("finds").Bool()
		seen[want] = true
		answers, facts := s.exampleAnswers(f.Get("answers")), exampleFacts(f.Get("facts"))
		found := (&Set{form: s.form, Rules: []Rule{r}}).Run(answers, facts)
		switch got := len(found) > 0; {
		case got && found[0].Broken:
			item.Fault("example: %s", found[0].Message)
		case got != want:
			item.Fault("example: rule %s should say %t here and says %t", r.Code, want, got)
		}
	}
	if !seen[true] || !seen[false] {
		n.Fault("rule %s needs an example in which it finds something and one in which it does not", r.Code)
	}
}

func (s *Set) exampleAnswers(n source.Node) form.Answers {
	answers := form.Answers{}
	for _, p := range n.Pairs() {
		q, ok := s.form.Question(form.Code(p.Key))
		if !ok {
			p.Value.Fault("example: %s has no question %q", s.FormID, p.Key)
			continue
		}
		answers[q.Code] = exampleValue(q, p.Value)
	}
	return answers
}

// exampleValue reads an answer as an example writes it: choices by their values, amounts in pounds, tables as lists of rows.
func exampleValue(q *form.Question, n source.Node) form.Value {
	switch q.Kind {
	case form.KindTable:
		return form.Value{Rows: exampleRows(q, n)}
	case form.KindMultiChoice:
		return form.Value{Choices: n.Texts()}
	case form.KindYesNo, form.KindSingleChoice, form.KindDeclaration:
		if _, ok := q.Option(n.Text()); !ok && len(q.Options) > 0 {
			n.Fault("example: %s has no option %q", q.Code, n.Text())
		}
		return form.Chosen(n.Text())
	case form.KindNumber:
		return form.Value{Number: n.Text()}
	case form.KindMoney:
		amount, err := money.Parse(n.Text())
		if err != nil {
			n.Fault("example: %v", err)
		}
		return form.Amount(amount)
	case form.KindDate:
		return form.Value{Date: exampleDay(n)}
	case form.KindOrganisation:
		return form.Value{Organisation: ident.ODS(n.Text())}
	case form.KindFile:
		return form.Value{Files: make([]ident.File, n.Int())}
	case form.KindText, form.KindLongText, form.KindEmail, form.KindTelephone, form.KindURL:
	}
	return form.Value{Text: n.Text()}
}

func exampleRows(q *form.Question, n source.Node) []form.Row {
	var rows []form.Row
	for _, item := range n.Items() {
		row := form.Row{}
		for _, p := range item.Pairs() {
			c, ok := q.Column(p.Key)
			if !ok {
				p.Value.Fault("example: %s has no column %q", q.Code, p.Key)
				continue
			}
			row[c.Code] = exampleValue(c.Question(), p.Value)
		}
		rows = append(rows, row)
	}
	return rows
}

func exampleDay(n source.Node) form.Date {
	text := strings.TrimSpace(n.Text())
	if text == "" {
		return ""
	}
	day, err := form.ParseDate(text)
	if err != nil {
		n.Fault("example: %v", err)
	}
	return day
}

func exampleFacts(n source.Node) Facts {
	f := n.Fields("today", "spend_by", "requested", "minimum", "cap", "lead_kind", "who_may_lead", "dtac", "dtac_forms", "products",
		"matches", "priorities")
	return Facts{
		Today: exampleDay(f.Get("today")), SpendBy: exampleDay(f.Get("spend_by")), Requested: examplePounds(f.Get("requested")),
		Minimum: examplePounds(f.Get("minimum")), Cap: examplePounds(f.Get("cap")), LeadKind: f.Text("lead_kind"),
		WhoMayLead: f.Get("who_may_lead").Texts(), DTAC: f.Text("dtac"), DTACForms: f.Get("dtac_forms").Texts(),
		Products: f.Get("products").Texts(), Matches: f.Get("matches").Texts(), Priorities: f.Get("priorities").Int(),
	}
}

func examplePounds(n source.Node) int64 { return int64(money.Pounds(int64(n.Int()))) }
