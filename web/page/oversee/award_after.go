package oversee

import (
	"fmt"
	"strconv"

	"github.com/a-h/templ"

	"adoptionfund/internal/access"
	"adoptionfund/internal/award"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/form"
	"adoptionfund/internal/money"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
)

// AwardReturns is the list of returns, and spending against the plan.
func AwardReturns(v AwardView) AwardPart {
	p := AwardPart{AwardView: v, Title: "Returns, spending and final report", Wide: true}
	t := nhs.Table{ID: "returns", Caption: "Returns", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "Returns are asked for from the agreement on.",
		Columns: []nhs.Column{{Heading: "Return"}, {Heading: "Due"}, {Heading: "Stands"}, {Heading: "Sites live", Numeric: true}, {Heading: "Patients reached", Numeric: true}}}
	for _, e := range v.Expected {
		row := []nhs.Cell{{Text: e.Title(), Href: v.path("/returns/" + e.Code())}, {Text: award.DayWords(e.Due)}, {Content: v.returnTag(e)}, {Text: ""}, {Text: ""}}
		if r := v.Return(e); r != nil && (r.State == monitoring.Sent || r.State == monitoring.Accepted) {
			row[3].Text, row[4].Text = r.Answers["QR2"].Number, r.Answers["QR3"].Number
		}
		t.Rows = append(t.Rows, row)
	}
	p.Blocks = append(p.Blocks, paragraphs{fmt.Sprintf("The application promised %d sites and %d benefits.", v.Promised.Sites, len(v.Promised.Benefits))}, t, v.spending())
	return p
}

func (v AwardView) returnTag(e award.ExpectedReturn) *nhs.Tag {
	r := v.Return(e)
	switch {
	case r != nil && r.State == monitoring.Accepted:
		return tag("Accepted", nhs.Green)
	case r != nil && r.State == monitoring.Sent:
		return tag("With the fund", nhs.Yellow)
	case e.Due < v.Today:
		return tag("Overdue", nhs.Red)
	case r != nil && r.State == monitoring.Returned:
		return tag("Sent back", nhs.Orange)
	case r != nil:
		return tag("Begun", nhs.Blue)
	}
	return tag("Not begun", nhs.White)
}

func (v AwardView) spending() nhs.Table {
	t := nhs.Table{ID: "spending", Caption: "Spending against the plan, from the beginning to the end of each quarter", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "There is no plan.",
		Columns: []nhs.Column{{Heading: "To the end of"}, {Heading: "Planned", Numeric: true}, {Heading: "Spent", Numeric: true}, {Heading: "Difference", Numeric: true}}}
	for _, s := range v.Against {
		spent, difference := "No accepted return", ""
		if s.Told {
			spent, difference = s.Spent.String(), s.Difference().String()
		}
		t.Rows = append(t.Rows, nhs.Cells(s.Quarter.String(), s.Planned.String(), spent, difference))
	}
	return t
}

// AwardReturn is the page of one return. typed are the answers as they were typed, if the page is shown again.
func AwardReturn(v AwardView, s monitoring.Sheet, typed form.Answers) AwardPart {
	p := AwardPart{AwardView: v, Title: s.Of.Title()}
	rows := []nhs.SummaryRow{{Key: "Due", Value: award.DayWords(s.Of.Due)}, {Key: "Stands", Content: v.returnTag(s.Of)}}
	if s.Stands != nil {
		rows = append(rows, v.wayOf(*s.Stands)...)
	}
	p.Blocks = append(p.Blocks, nhs.SummaryList{Rows: rows})
	writes := v.may(access.SubmitAwardReturn, workflow.Active, workflow.Suspended) && s.Open()
	place, back := "return-"+s.Of.Code(), "/returns/"+s.Of.Code()
	p.Blocks = append(p.Blocks, v.files(place, back, writes)...)
	switch {
	case writes:
		answers := typed
		if answers == nil {
			answers = s.Answers
		}
		p.Blocks = append(p.Blocks, awardForm{Action: v.path(back), Hidden: [][2]string{{"version", strconv.Itoa(s.Version())}},
			Fields:  []templ.Component{nhs.Questions{Form: s.Form, Section: s.Section, Answers: answers, Problems: v.Problems}},
			Buttons: []nhs.Button{button("save", "Save and go on later", nhs.Secondary), button("send", "Send the return", nhs.Primary)}})
	case s.Stands == nil || s.Open() && v.Staff:
		p.Blocks = append(p.Blocks, paragraphs{"This return was not sent yet."})
	default:
		p.Blocks = append(p.Blocks, answered(s)...)
	}
	if v.may(access.AcceptAwardReturn, workflow.Active, workflow.Suspended) && s.Stands != nil && s.Stands.State == monitoring.Sent {
		text := "Accept the return"
		if s.Of.Final {
			text = "Accept the final report and complete the award"
		}
		p.Blocks = append(p.Blocks, awardForm{Heading: "Answer", Action: v.path(back), Fields: []templ.Component{v.reason("What has to be changed?", "Only where you send it back.")},
			Buttons: []nhs.Button{button("accept", text, nhs.Primary), button("return", "Send it back", nhs.Secondary)}})
	}
	return p
}

// wayOf says when and by whom a return was sent and answered.
func (v AwardView) wayOf(r monitoring.Return) []nhs.SummaryRow {
	var rows []nhs.SummaryRow
	if r.SentAt != nil && r.SentBy != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Sent", Value: v.Names[*r.SentBy] + ", " + uktime.Moment(*r.SentAt)})
	}
	if r.Reason != "" {
		rows = append(rows, nhs.SummaryRow{Key: "To be changed", Content: nhs.Text(r.Reason)})
	}
	if r.AnsweredAt != nil && r.AnsweredBy != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Answered", Value: v.Names[*r.AnsweredBy] + ", " + uktime.Moment(*r.AnsweredAt)})
	}
	return rows
}

// answered shows what a return says.
func answered(s monitoring.Sheet) []templ.Component {
	var rows []nhs.SummaryRow
	var tables []templ.Component
	for _, q := range s.Section.Questions {
		value := s.Answers[q.Code]
		if q.Kind != form.KindTable {
			rows = append(rows, nhs.SummaryRow{Key: q.Name(), Content: nhs.Text(form.Display(q, value))})
			continue
		}
		t := nhs.Table{ID: string(q.Code), Caption: q.Name(), CaptionSize: nhs.Medium, RowHeaders: true, Empty: "Nothing was entered."}
		for _, c := range q.Columns {
			t.Columns = append(t.Columns, nhs.Column{Heading: c.Name()})
		}
		for _, row := range value.Rows {
			var cells []nhs.Cell
			for _, c := range q.Columns {
				cells = append(cells, nhs.Cell{Text: form.Display(c.Question(), row[c.Code])})
			}
			t.Rows = append(t.Rows, cells)
		}
		tables = append(tables, t)
	}
	return append([]templ.Component{nhs.SummaryList{Rows: rows}}, tables...)
}

// AwardVariation is the page of variations.
func AwardVariation(v AwardView) AwardPart {
	p := AwardPart{AwardView: v, Title: "Variation", Blocks: []templ.Component{
		paragraphs{"A signatory proposes a change, an approver of the fund decides. The amount never goes up."},
	}}
	for i := len(v.Variations) - 1; i >= 0; i-- {
		p.Blocks = append(p.Blocks, v.variation(v.Variations[i])...)
	}
	waits, action := v.Open(), v.path("/variation")
	switch {
	case !v.is(workflow.Active):
	case waits == nil && v.May[access.ProposeVariation]:
		p.Blocks = append(p.Blocks, awardForm{Heading: "Propose a variation", Action: action, Fields: []templ.Component{
			v.pounds("amount", "Amount", "No more than "+v.Award.Amount.String(), v.Award.Amount.Decimal()), v.day("ends_on", "End of the funded work", "For example, 2027-03-31", v.Terms.EndsOn),
			v.line("recipient", "Funding recipient", "Another only if it is the successor of this one", v.Award.Recipient),
			v.textarea("change", "What changes in the plan?", "Leave it empty if nothing else changes.", ""), v.reason("Why?", "The fund reads it."),
		}, Buttons: []nhs.Button{button("propose", "Propose the variation", nhs.Primary)}})
	case waits != nil:
		if v.May[access.ApproveVariation] {
			p.Blocks = append(p.Blocks, awardForm{Heading: "Decide", Action: action, Fields: []templ.Component{v.reason("Reason", "Needed where you refuse it. The recipient reads it."), v.identity()},
				Buttons: []nhs.Button{button("approve", "Approve the variation", nhs.Primary), button("refuse", "Refuse it", nhs.Secondary)}})
		}
		if v.May[access.ProposeVariation] {
			p.Blocks = append(p.Blocks, awardForm{Action: action, Buttons: []nhs.Button{button("withdraw", "Withdraw the proposed variation", nhs.Secondary)}})
		}
	}
	return p
}

func (v AwardView) variation(x monitoring.Variation) []templ.Component {
	changed := func(was, now string) string {
		if was == now {
			return now + " (as before)"
		}
		return "from " + was + " to " + now
	}
	words := map[monitoring.VariationAnswer]string{monitoring.Open: "Waits for an answer", monitoring.Approved: "Approved", monitoring.Refused: "Refused", monitoring.Withdrawn: "Withdrawn"}[x.Answer]
	rows := []nhs.SummaryRow{
		{Key: "Stands", Value: words}, {Key: "Proposed by", Value: v.Names[x.ProposedBy] + ", " + uktime.Moment(x.ProposedAt)},
		{Key: "Amount", Value: changed(x.WasAmount.String(), x.Amount.String())}, {Key: "End of the work", Value: changed(award.DayWords(x.WasEndsOn), award.DayWords(x.EndsOn))},
		{Key: "Recipient", Value: changed(x.WasRecipient, x.Recipient)}, {Key: "Why", Content: nhs.Text(x.Reason)},
	}
	if x.Change != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Plan", Content: nhs.Text(x.Change)})
	}
	if x.AnsweredBy != nil && x.AnsweredAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Answered by", Value: v.Names[*x.AnsweredBy] + ", " + uktime.Moment(*x.AnsweredAt)})
	}
	if x.AnswerReason != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Reason", Content: nhs.Text(x.AnswerReason)})
	}
	return []templ.Component{heading(fmt.Sprintf("Variation %d", x.Number)), nhs.SummaryList{Rows: rows}}
}

// choice is something that an approver can decide about an award, with a reason.
type choice struct {
	act    access.Action
	value  string
	words  string
	intro  string
	states []workflow.AwardState
}

func decisions() []choice {
	return []choice{
		{access.HoldAward, "hold", "Put it on hold", "Nothing goes on until it is resumed. An offer gets the time back.", []workflow.AwardState{workflow.PreAwardChecks, workflow.Offered}},
		{access.RefuseOffer, "refuse", "Refuse the offer", "A check failed, and no offer is made. This cannot be undone.", []workflow.AwardState{workflow.PreAwardChecks}},
		{access.WithdrawOffer, "withdraw", "Withdraw the offer", "This cannot be undone.", []workflow.AwardState{workflow.Offered}},
		{access.SuspendAward, "suspend", "Suspend the award", "Nothing is cleared to pay until the suspension is lifted.", []workflow.AwardState{workflow.Active}},
		{access.TerminateAward, "terminate", "Terminate the award", "It ends before its time. This cannot be undone.", []workflow.AwardState{workflow.Active, workflow.Suspended}},
	}
}

// AwardDecisions is the page of an approver's decisions. The chosen one is asked for by its value.
func AwardDecisions(v AwardView, chosen string) AwardPart {
	p := AwardPart{AwardView: v, Title: "Decisions of the fund", Blocks: []templ.Component{nhs.SummaryList{Rows: []nhs.SummaryRow{{Key: "Stands", Value: v.stands()}, {Key: "Reason", Content: nhs.Text(v.Terms.Reason)}}}}}
	action := v.path("/decisions")
	if v.may(access.ResumeAward, workflow.OnHold) {
		p.Blocks = append(p.Blocks, awardForm{Heading: "Resume", Action: action, Buttons: []nhs.Button{button("resume", "Resume the award", nhs.Primary)}})
	}
	if v.may(access.LiftSuspension, workflow.Suspended) {
		p.Blocks = append(p.Blocks, awardForm{Heading: "Lift the suspension", Action: action, Buttons: []nhs.Button{button("lift", "Lift the suspension", nhs.Primary)}})
	}
	r := nhs.Radios{Name: "decision", Legend: "What do you decide?", Size: nhs.Medium, Value: chosen, Error: v.Problems["decision"]}
	owed := false
	for _, d := range decisions() {
		if v.may(d.act, d.states...) && (d.value != "refuse" || award.Fails(v.Checks)) {
			r.Options = append(r.Options, nhs.Option{Value: d.value, Label: d.words, Hint: d.intro})
			owed = owed || d.value == "terminate"
		}
	}
	if len(r.Options) > 0 {
		f := awardForm{Action: action, Fields: []templ.Component{r, v.reason("Reason", "The applicant's side reads it.")}, Buttons: []nhs.Button{button("decide", "Decide", nhs.Warning)}}
		if owed {
			f.Fields = append(f.Fields, v.pounds("owed_to", "What the fund still owes the recipient", "Only to terminate. 0 if nothing.", ""), v.pounds("owed_by", "What the recipient has to pay back", "Only to terminate. 0 if nothing.", ""))
		}
		p.Blocks = append(p.Blocks, f)
	} else if len(p.Blocks) == 1 {
		p.Blocks = append(p.Blocks, paragraphs{"There is nothing for you to decide here now. An award approver decides."})
	}
	return p
}

// AwardClosing is the page on which an award is closed by two people.
func AwardClosing(v AwardView) AwardPart {
	p := AwardPart{AwardView: v, Title: "Closing"}
	spent := plan.Total(monitoring.Spent(v.Returns))
	p.Blocks = append(p.Blocks, nhs.SummaryList{Rows: []nhs.SummaryRow{{Key: "Amount", Value: v.Award.Amount.String()}, {Key: "Spent, as accepted returns say", Value: spent.String()}, {Key: "Cleared to pay", Value: v.clearedSum()}}})
	if c := v.Closing; c != nil {
		rows := []nhs.SummaryRow{{Key: "Paid", Value: c.Paid.String()}, {Key: "Spent", Value: c.Spent.String()}, {Key: "Returned", Value: c.Returned.String()}, {Key: "Note", Content: nhs.Text(c.Note)}, {Key: "Proposed by", Value: v.Names[c.ProposedBy] + ", " + uktime.Moment(c.ProposedAt)}}
		if c.ClosedBy != nil && c.ClosedAt != nil {
			rows = append(rows, nhs.SummaryRow{Key: "Closed by", Value: v.Names[*c.ClosedBy] + ", " + uktime.Moment(*c.ClosedAt)})
		}
		p.Blocks = append(p.Blocks, heading("Reconciliation"), nhs.SummaryList{Rows: rows})
	}
	action := v.path("/closing")
	switch {
	case !v.is(workflow.Completed, workflow.Terminated):
		if v.Closing == nil {
			p.Blocks = append(p.Blocks, paragraphs{"An award is closed when its final report is accepted or it was terminated, and what was paid is reconciled."})
		}
	case v.May[access.ProposeClosing]:
		p.Blocks = append(p.Blocks, awardForm{Heading: "Propose to close it", Intro: "What was paid, less what was returned, has to be what was spent, to the penny.", Action: action, Fields: []templ.Component{
			v.pounds("paid", "Paid", "As the ledger says.", ""), v.pounds("spent", "Spent", "", spent.Decimal()), v.pounds("returned", "Returned by the recipient", "", "0"), v.textarea("note", "Note", "", ""),
		}, Buttons: []nhs.Button{button("propose", "Propose the closing", nhs.Primary)}})
	}
	if v.may(access.ApproveClosing, workflow.Completed, workflow.Terminated) && v.Closing != nil {
		p.Blocks = append(p.Blocks, awardForm{Heading: "Close the award", Action: action, Buttons: []nhs.Button{button("close", "Close the award", nhs.Primary)}})
	}
	return p
}

func (v AwardView) clearedSum() string {
	var sum money.Pence
	for _, x := range v.Payments {
		if x.Cleared() {
			sum += x.Amount
		}
	}
	return sum.String()
}
