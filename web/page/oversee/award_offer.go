package oversee

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"adoptionfund/internal/access"
	"adoptionfund/internal/award"
	"adoptionfund/internal/money"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
)

// AwardOffer is the page of the offer: made by the one who confirms the checks, accepted or declined by the recipient's side.
func AwardOffer(v AwardView, acknowledged []string) AwardPart {
	p := AwardPart{AwardView: v, Title: "Offer"}
	rows := []nhs.SummaryRow{{Key: "Amount", Value: v.Award.Amount.String()}, {Key: "Recipient", Value: v.Award.Recipient}, {Key: "Funded work", Value: award.DayWords(v.Terms.StartsOn) + " to " + award.DayWords(v.Terms.EndsOn)}}
	if v.Award.OfferedAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Offered", Value: uktime.Moment(*v.Award.OfferedAt)})
	}
	if v.Award.OfferDue != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Accept by", Value: uktime.Deadline(*v.Award.OfferDue)})
	}
	for _, g := range v.Accepted {
		rows = append(rows, nhs.SummaryRow{Key: "Accepted by the " + g.Part.Label(), Value: g.TypedName + ", " + uktime.Moment(g.At)})
	}
	p.Blocks = append(p.Blocks, nhs.SummaryList{Rows: rows}, linkLine{v.path("/agreement"), "Read the draft of the agreement"})
	if v.is(workflow.PreAwardChecks) {
		p.Blocks = append(p.Blocks, v.confirming()...)
	}
	if v.may(access.AcceptAward, workflow.Offered) {
		p.Blocks = append(p.Blocks, v.accepting(acknowledged))
	}
	if v.may(access.DeclineAward, workflow.PreAwardChecks, workflow.OnHold, workflow.Offered, workflow.Accepted) {
		p.Blocks = append(p.Blocks, folded{"Decline the award", awardForm{
			Intro: "The money goes to somebody else. This cannot be undone.", Action: v.path("/offer"), Fields: []templ.Component{v.reason("Why do you decline it?", "The fund team reads it.")},
			Buttons: []nhs.Button{button("decline", "Decline the award", nhs.Warning)},
		}})
	}
	return p
}

func (v AwardView) confirming() []templ.Component {
	var missing []string
	for _, kind := range award.Checks() {
		section, _ := v.Form.Section(kind.Section())
		if c, ok := v.Result(kind); !ok {
			missing = append(missing, section.Title+": not recorded")
		} else if c.Result == award.Fail {
			missing = append(missing, section.Title+": failed. "+c.Note)
		}
	}
	if len(missing) > 0 {
		return []templ.Component{heading("Before the offer"), paragraphs(missing)}
	}
	if !v.May[access.ConfirmChecks] {
		return []templ.Component{paragraphs{"All checks passed. Somebody who recorded none of them confirms them and makes the offer."}}
	}
	return []templ.Component{awardForm{
		Heading: "Make the offer", Intro: "All checks passed. With your confirmation the offer goes to both signatories.", Action: v.path("/offer"),
		Buttons: []nhs.Button{button("confirm", "Confirm the checks and make the offer", nhs.Primary)},
	}}
}

func (v AwardView) accepting(acknowledged []string) awardForm {
	f := awardForm{
		Heading: "Accept the offer", Intro: "Both signatories accept. Then the agreement is drawn up, signed for you and countersigned by the fund.", Action: v.path("/offer"),
		Buttons: []nhs.Button{button("accept", "Accept the offer", nhs.Primary)},
	}
	boxes := nhs.Checkboxes{Name: "acknowledge", Legend: "Conditions and milestones", Hint: "Tick each of them to say that you have read it and will meet it.", Size: nhs.Small, Values: acknowledged, Error: v.Problems["acknowledge"]}
	for _, c := range v.Conditions {
		if c.Open() {
			boxes.Options = append(boxes.Options, nhs.Option{Value: c.ID, Label: c.Text, Hint: conditionHint(c)})
		}
	}
	if len(boxes.Options) > 0 {
		f.Fields = append(f.Fields, boxes)
	}
	f.Fields = append(f.Fields, v.name("Typing your name accepts the offer for your organisation."))
	return f
}

func conditionHint(c award.Condition) string {
	var parts []string
	if c.Due != "" {
		parts = append(parts, "By "+award.DayWords(c.Due))
	}
	if c.Owner != "" {
		parts = append(parts, c.Owner)
	}
	return strings.Join(parts, ", ")
}

// AwardConditions is the list of conditions.
func AwardConditions(v AwardView) AwardPart {
	p := AwardPart{AwardView: v, Title: "Conditions and milestones", Wide: true}
	t := nhs.Table{ID: "conditions", Caption: "By the day by which they must be met", CaptionSize: nhs.Small, RowHeaders: true, Empty: "There are no conditions beyond those of the agreement.",
		Columns: []nhs.Column{{Heading: "Condition"}, {Heading: "Owner"}, {Heading: "Due"}, {Heading: "Stands"}}}
	for _, c := range v.Conditions {
		t.Rows = append(t.Rows, []nhs.Cell{{Text: c.Text, Href: v.path("/conditions/" + c.ID)}, {Text: c.Owner}, {Text: award.DayWords(c.Due)}, {Content: v.conditionTag(c)}})
	}
	p.Blocks = append(p.Blocks, t)
	if v.may(access.ManageConditions, workflow.PreAwardChecks) {
		p.Blocks = append(p.Blocks, awardForm{Heading: "Add a condition", Intro: "Before the offer is made. The signatories acknowledge each.", Action: v.path("/conditions"), Fields: []templ.Component{
			nhs.Textarea{Name: "text", Label: "Condition", Rows: 2, MaxLength: 2000, Value: v.Typed("text", ""), Error: v.Problems["text"]},
			v.line("owner", "Who meets it?", "", ""), v.day("due", "By when?", "", ""),
		}, Buttons: []nhs.Button{button("add", "Add the condition", nhs.Secondary)}})
	}
	return p
}

func (v AwardView) conditionTag(c award.Condition) *nhs.Tag {
	switch {
	case c.Waived:
		return tag("Waived", nhs.Grey)
	case !c.Open():
		return tag("Signed off", nhs.Green)
	case c.Reported():
		return tag("With the fund", nhs.Yellow)
	case c.Overdue(v.Today):
		return tag("Overdue", nhs.Red)
	case c.Answer != "":
		return tag("Sent back", nhs.Orange)
	}
	return tag("Open", nhs.Blue)
}

// AwardCondition is the page of one condition.
func AwardCondition(v AwardView, c award.Condition) AwardPart {
	p := AwardPart{AwardView: v, Title: "Condition"}
	from := map[award.Source]string{award.FromDTAC: "An open action of the DTAC position", award.FromMilestone: "A milestone of the application", award.FromFund: "The fund"}[c.Source]
	rows := []nhs.SummaryRow{{Key: "Condition", Content: nhs.Text(c.Text)}, {Key: "From", Value: from}, {Key: "Owner", Value: c.Owner}, {Key: "Due", Value: award.DayWords(c.Due)}, {Key: "Stands", Content: v.conditionTag(c)}}
	if c.Report != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Reported", Content: nhs.Text(c.Report)})
	}
	if c.ReportedAt != nil && c.ReportedBy != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Reported by", Value: v.People[*c.ReportedBy] + ", " + uktime.Moment(*c.ReportedAt)})
	}
	if c.Answer != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Answer of the fund", Content: nhs.Text(c.Answer)})
	}
	if c.MetAt != nil && c.MetBy != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Settled by", Value: v.People[*c.MetBy] + ", " + uktime.Moment(*c.MetAt)})
	}
	p.Blocks = append(p.Blocks, nhs.SummaryList{Rows: rows})
	action, live := v.path("/conditions/"+c.ID), c.Open() && v.is(workflow.Active, workflow.Suspended)
	reports := live && v.May[access.ReportCondition]
	p.Blocks = append(p.Blocks, v.files("condition-"+c.ID, "/conditions/"+c.ID, reports)...)
	if reports {
		p.Blocks = append(p.Blocks, awardForm{Heading: "Report it as met", Action: action, Fields: []templ.Component{v.textarea("report", "How is it met, and what shows it?", "Add files above.", c.Report)},
			Buttons: []nhs.Button{button("report", "Report the condition as met", nhs.Primary)}})
	}
	if live && v.May[access.ManageConditions] {
		f := awardForm{Heading: "Answer", Action: action, Fields: []templ.Component{v.reason("Reason", "Needed where you send it back or waive it. The recipient reads it.")}}
		if c.Reported() {
			f.Buttons = append(f.Buttons, button("sign_off", "Sign it off", nhs.Primary), button("send_back", "Send it back", nhs.Secondary))
		}
		f.Buttons = append(f.Buttons, button("waive", "Waive the condition", nhs.Warning))
		p.Blocks = append(p.Blocks, f)
	}
	return p
}

// AwardPayments is the payment schedule.
func AwardPayments(v AwardView) AwardPart {
	p := AwardPart{AwardView: v, Title: "Payments", Wide: true, Blocks: []templ.Component{
		paragraphs{"This service makes no payment. It says what is cleared to pay: the condition of a payment is met, as one person of the fund noted and another confirmed."},
	}}
	t := nhs.Table{ID: "payments", Caption: "Payment schedule", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "No payments are planned yet.",
		Columns: []nhs.Column{{Heading: "Payment"}, {Heading: "Due"}, {Heading: "When"}, {Heading: "Amount", Numeric: true}, {Heading: "Stands"}}}
	for _, x := range v.Payments {
		t.Rows = append(t.Rows, []nhs.Cell{{Text: fmt.Sprintf("Payment %d", x.Number), Href: v.path("/payments/" + x.ID)}, {Text: award.DayWords(x.Due)}, {Text: x.Condition}, {Text: x.Amount.String()}, {Content: paymentTag(x)}})
	}
	t.Foot = nhs.Cells("Total", "", "", v.total(), "")
	p.Blocks = append(p.Blocks, t)
	if v.may(access.ManageConditions, workflow.PreAwardChecks) {
		p.Blocks = append(p.Blocks, v.scheduling())
	}
	return p
}

func (v AwardView) total() string {
	var sum money.Pence
	for _, x := range v.Payments {
		sum += x.Amount
	}
	return sum.String()
}

func paymentTag(x award.Payment) *nhs.Tag {
	switch {
	case x.Cleared():
		return tag("Cleared to pay", nhs.Green)
	case x.Waits():
		return tag("To be confirmed", nhs.Yellow)
	}
	return tag("Not cleared", nhs.Blue)
}

// ScheduleRows is how many payments the page has room for.
const ScheduleRows = 3

// scheduling is the form for the payments: those that stand and room for more.
func (v AwardView) scheduling() awardForm {
	f := awardForm{Heading: "Change the payments", Intro: "They have to add up to " + v.Award.Amount.String() + " to the penny. Empty rows are left out.", Action: v.path("/payments"), Buttons: []nhs.Button{button("schedule", "Save the payments", nhs.Primary)}}
	for i := range len(v.Payments) + ScheduleRows {
		name, due, amount, condition := fmt.Sprintf("payment-%d", i+1), "", "", ""
		if i < len(v.Payments) {
			x := v.Payments[i]
			due, amount, condition = x.Due, x.Amount.Decimal(), x.Condition
		}
		f.Fields = append(f.Fields, v.day(name+"-due", fmt.Sprintf("Payment %d: due", i+1), "For example, 2027-03-31", due), v.pounds(name+"-amount", fmt.Sprintf("Payment %d: amount", i+1), "", amount), v.line(name+"-condition", fmt.Sprintf("Payment %d: what must be so before", i+1), "", condition))
	}
	return f
}

// AwardPayment is the page of one payment.
func AwardPayment(v AwardView, x award.Payment) AwardPart {
	p := AwardPart{AwardView: v, Title: fmt.Sprintf("Payment %d", x.Number)}
	rows := []nhs.SummaryRow{{Key: "Amount", Value: x.Amount.String()}, {Key: "Due", Value: award.DayWords(x.Due)}, {Key: "When", Value: x.Condition}, {Key: "Stands", Content: paymentTag(x)}}
	if x.MetAt != nil && x.MetBy != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Condition met, as noted by", Value: v.People[*x.MetBy] + ", " + uktime.Moment(*x.MetAt)})
		if v.Staff {
			rows = append(rows, nhs.SummaryRow{Key: "Shown by", Content: nhs.Text(x.MetNote)})
		}
	}
	if x.ClearedAt != nil && x.ClearedBy != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Cleared by", Value: v.People[*x.ClearedBy] + ", " + uktime.Moment(*x.ClearedAt)})
	}
	p.Blocks = append(p.Blocks, nhs.SummaryList{Rows: rows})
	action := v.path("/payments/" + x.ID)
	if v.may(access.ManageConditions, workflow.Active) && x.MetAt == nil {
		p.Blocks = append(p.Blocks, awardForm{Heading: "Note that its condition is met", Intro: "Somebody else confirms it.", Action: action,
			Fields: []templ.Component{nhs.Textarea{Name: "note", Label: "What shows it?", Rows: 3, MaxLength: 2000, Value: v.Typed("note", ""), Error: v.Problems["note"]}}, Buttons: []nhs.Button{button("met", "Note it as met", nhs.Primary)}})
	}
	if v.may(access.ClearPayment, workflow.Active) && x.Waits() {
		p.Blocks = append(p.Blocks, awardForm{Heading: "Confirm", Action: action, Buttons: []nhs.Button{button("clear", "Clear the payment", nhs.Primary), button("not_met", "It is not met", nhs.Secondary)}})
	}
	return p
}
