package explain

import (
	"fmt"
	"strings"

	"adoptionfund/internal/award"
	"adoptionfund/internal/form"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/workflow"
)

// monitoring is what followed the agreement: conditions, payments, returns against what was planned, variations, and how the award ended.
func (t teller) monitoring() Section {
	s := Section{ID: "monitoring", Title: "Conditions, and what followed the agreement", Page: "/awards/" + string(t.k.app.Ref)}
	p := t.k.award
	if p == nil {
		s.Page = ""
		return s.none("There is no award.")
	}
	s.Blocks = append(s.Blocks, t.conditions())
	if p.Award.AgreedAt == nil {
		s.Blocks = append(s.Blocks, Block{Say: plain("Nothing is agreed yet, so that nothing is paid or reported.")})
		return s
	}
	s.Blocks = append(s.Blocks, t.payments(), t.returns())
	s.Blocks = append(s.Blocks, t.reported()...)
	s.Blocks = append(s.Blocks, t.spending())
	s.Blocks = append(s.Blocks, t.variations()...)
	for _, b := range []Block{t.stopped(), t.closing()} {
		if len(b.Facts) > 0 {
			s.Blocks = append(s.Blocks, b)
		}
	}
	return s
}

func (t teller) conditions() Block {
	table := Table{Caption: "Conditions", Columns: []string{"Condition", "Owner", "Due", "Stands as", "Reported", "Answered"}, Empty: "The award has no conditions."}
	for _, c := range t.k.award.Conditions {
		table.Rows = append(table.Rows, []Line{plain(c.Text), of(Confidence, c.Owner), plain(day(c.Due)), t.condition(c), of(Confidence, c.Report), of(Confidence, c.Answer)})
	}
	return Block{Table: &table}
}

func (t teller) condition(c award.Condition) Line {
	switch {
	case c.Waived:
		return plain("Waived by ").and(t.doneOr(c.MetBy, c.MetAt))
	case !c.Open():
		return plain("Signed off by ").and(t.doneOr(c.MetBy, c.MetAt))
	case c.Reported():
		return plain("Reported as met by ").and(t.doneOr(c.ReportedBy, c.ReportedAt))
	}
	return plain("Open")
}

func (t teller) payments() Block {
	table := Table{Caption: "Payments", Columns: []string{"Number", "Due", "Amount", "Condition", "Said to be met by", "Cleared to pay by"}, Empty: "No payment is planned."}
	for _, x := range t.k.award.Payments {
		table.Rows = append(table.Rows, []Line{plain(count(x.Number)), plain(day(x.Due)), plain(x.Amount.String()), plain(x.Condition), t.doneOr(x.MetBy, x.MetAt), t.doneOr(x.ClearedBy, x.ClearedAt)})
	}
	return Block{Table: &table}
}

// returns are those that the agreement asks for, and how each stands.
func (t teller) returns() Block {
	p := t.k.award
	table := Table{Caption: "Returns that the agreement asks for", Columns: []string{"Return", "Due", "Stands as", "Sent by", "Answered by", "Why it was sent back"}, Empty: "The agreement asks for no return."}
	stands := map[monitoring.ReturnState]string{monitoring.Due: "Begun", monitoring.Sent: "Waits for an answer", monitoring.Returned: "Sent back", monitoring.Accepted: "Accepted"}
	for _, e := range p.Expected {
		row := []Line{plain(e.Title()), plain(day(e.Due)), plain("Not begun"), nil, nil, nil}
		if r := p.Return(e); r != nil {
			row = []Line{plain(e.Title()), plain(day(e.Due)), plain(stands[r.State]), t.doneOr(r.SentBy, r.SentAt), t.doneOr(r.AnsweredBy, r.AnsweredAt), of(Confidence, r.Reason)}
		}
		table.Rows = append(table.Rows, row)
	}
	return Block{Table: &table}
}

// reported is what each return that was sent says.
func (t teller) reported() []Block {
	p := t.k.award
	var blocks []Block
	for _, e := range p.Expected {
		r := p.Return(e)
		if r == nil || r.SentAt == nil {
			continue
		}
		var said []Fact
		for _, q := range p.Questions {
			if v, there := r.Answers[q.Code]; there && form.Answered(q, v) {
				said = append(said, Fact{q.Name(), Line{{Words: form.Display(q, v), Kind: Confidence, Tags: tags(q, v)}}})
			}
		}
		blocks = append(blocks, Block{Heading: e.Title(), Facts: said})
	}
	return blocks
}

// spending is what accepted returns say was spent, against the plan.
func (t teller) spending() Block {
	table := Table{Caption: "Spending against the plan, from the beginning to the end of each quarter", Columns: []string{"Quarter", "Planned", "Spent", "Beyond the plan"}, Empty: "No quarter is planned."}
	for _, x := range t.k.award.Against {
		spent, beyond := "No return is accepted", ""
		if x.Told {
			spent, beyond = x.Spent.String(), x.Difference().String()
		}
		table.Rows = append(table.Rows, []Line{plain(x.Quarter.String()), plain(x.Planned.String()), of(Confidence, spent), of(Confidence, beyond)})
	}
	return Block{Table: &table}
}

func (t teller) variations() []Block {
	words := map[monitoring.VariationAnswer]string{monitoring.Open: "Waits for an approver", monitoring.Approved: "Approved", monitoring.Refused: "Refused", monitoring.Withdrawn: "Withdrawn"}
	var blocks []Block
	for _, v := range t.k.award.Variations {
		blocks = append(blocks, Block{Heading: fmt.Sprintf("Variation %d", v.Number), Facts: facts(
			Fact{"Amount", plain(changed(v.WasAmount.String(), v.Amount.String()))}, Fact{"Ends", plain(changed(day(v.WasEndsOn), day(v.EndsOn)))}, Fact{"Recipient", plain(changed(v.WasRecipient, v.Recipient))},
			Fact{"Change of the plan", of(Confidence, v.Change)}, Fact{"Reason", of(Confidence, v.Reason)}, Fact{"Proposed by", t.done(v.ProposedBy, v.ProposedAt)},
			Fact{"Stands as", plain(words[v.Answer])}, Fact{"Answered by", t.doneOr(v.AnsweredBy, v.AnsweredAt)}, Fact{"Why", of(Confidence, v.AnswerReason)})})
	}
	if len(blocks) == 0 {
		return []Block{{Say: plain("Nobody asked to vary the award.")}}
	}
	return blocks
}

// changed is what something was and is to be; what stays says only that.
func changed(was, is string) string {
	if was == is || is == "" {
		return was + ", as before"
	}
	return was + " to " + is
}

// stopped is why an award is suspended or was terminated, and what either side owed then.
func (t teller) stopped() Block {
	p := t.k.award
	if p.Award.State != workflow.Suspended && p.Award.State != workflow.Terminated && p.Terms.OwedToRecipient+p.Terms.OwedByRecipient == 0 {
		return Block{}
	}
	b := Block{Heading: workflow.Awards().Info(p.Award.State).Label, Facts: facts(Fact{"Reason, as the recipient was told", of(Confidence, p.Terms.Reason)})}
	if p.Award.State != workflow.Suspended {
		b.Facts = append(b.Facts, Fact{"The fund owed the recipient", plain(p.Terms.OwedToRecipient.String())}, Fact{"The recipient owed the fund", plain(p.Terms.OwedByRecipient.String())})
	}
	return b
}

func (t teller) closing() Block {
	c := t.k.award.Closing
	if c == nil {
		return Block{}
	}
	return Block{Heading: "Closing", Facts: facts(
		Fact{"Paid", plain(c.Paid.String())}, Fact{"Spent", of(Confidence, c.Spent.String())}, Fact{"Returned", plain(c.Returned.String())}, Fact{"Note", of(Advice, strings.TrimSpace(c.Note))},
		Fact{"Proposed by", t.done(c.ProposedBy, c.ProposedAt)}, Fact{"Approved by", t.doneOr(c.ClosedBy, c.ClosedAt)})}
}
