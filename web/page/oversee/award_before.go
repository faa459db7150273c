package oversee

import (
	"fmt"
	"strconv"

	"github.com/a-h/templ"

	"adoptionfund/internal/access"
	"adoptionfund/internal/award"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/form"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
	"adoptionfund/web/nhs"
)

// AwardCheck is the page of a check: its questions, its files, and every record of it. typed are the answers as they were typed, if the page
// is shown again.
func AwardCheck(v AwardView, kind award.CheckKind, typed form.Answers) AwardPart {
	section, _ := v.Form.Section(kind.Section())
	p := AwardPart{AwardView: v, Title: section.Title}
	last, recorded := v.Result(kind)
	if recorded {
		p.Blocks = append(p.Blocks, v.record(section, last))
	}
	if kind == award.DTACPosition {
		p.Blocks = append(p.Blocks, v.positions())
	}
	p.Blocks = append(p.Blocks, v.files("check-"+kind.Section(), "/checks/"+kind.Section(), v.may(access.RecordCheck, workflow.PreAwardChecks))...)
	if v.may(access.RecordCheck, workflow.PreAwardChecks) {
		answers := typed
		if answers == nil {
			answers = form.Answers(last.Answers)
		}
		title, text := "Record the check", "Record the check"
		if recorded {
			title, text = "Record it again", "Record the check again"
		}
		p.Blocks = append(p.Blocks, awardForm{
			Heading: title, Intro: section.Intro, Action: v.path("/checks/" + kind.Section()), Hidden: [][2]string{{"version", strconv.Itoa(last.Number)}},
			Fields:  []templ.Component{nhs.Questions{Form: v.Form, Section: section, Answers: answers, Problems: v.Problems}},
			Buttons: []nhs.Button{button("record", text, nhs.Primary)},
		})
	} else if !recorded {
		p.Blocks = append(p.Blocks, paragraphs{"This check is not recorded yet."})
	}
	for i := last.Number - 1; i > 0; i-- {
		for _, c := range v.Checks {
			if c.Kind == kind && c.Number == i {
				p.Blocks = append(p.Blocks, folded{fmt.Sprintf("Record %d, of %s", c.Number, uktime.Moment(c.At)), v.record(section, c)})
			}
		}
	}
	return p
}

// record shows one record of a check.
func (v AwardView) record(section *form.Section, c award.Check) nhs.SummaryList {
	rows := []nhs.SummaryRow{{Key: "Result", Content: resultTag(c.Result)}, {Key: "Recorded by", Value: v.People[c.Person] + ", " + uktime.Moment(c.At)}}
	if c.Note != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Why", Value: c.Note})
	}
	if c.Read != "" {
		rows = append(rows, nhs.SummaryRow{Key: "Read by the service", Value: c.Read})
	}
	for _, q := range section.Questions {
		if value := c.Answers[q.Code]; form.Answered(q, value) {
			rows = append(rows, nhs.SummaryRow{Key: q.Name(), Content: nhs.Text(form.Display(q, value))})
		}
	}
	return nhs.SummaryList{Rows: rows}
}

func (v AwardView) positions() nhs.Table {
	t := nhs.Table{ID: "products", Caption: "Candidate products", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "The application names no product.",
		Columns: []nhs.Column{{Heading: "Product"}, {Heading: "Chosen"}, {Heading: "Position"}}}
	for _, c := range v.Products {
		chosen, position := "", "The fund has no position yet"
		if c.Chosen || len(v.Products) == 1 {
			chosen = "Yes"
		}
		if c.Position != nil {
			position = c.Position.Words()
		}
		t.Rows = append(t.Rows, nhs.Cells(c.Name+" "+c.Version, chosen, position))
	}
	return t
}

// AwardProduct is the page on which the product is chosen.
func AwardProduct(v AwardView) AwardPart {
	p := AwardPart{AwardView: v, Title: "Product that the award rests on", Blocks: []templ.Component{
		paragraphs{"The application names these products. The award rests on one of them, which has to be compliant with DTAC or on the way there."}, v.positions(),
	}}
	if v.may(access.ChooseProduct, workflow.PreAwardChecks) && len(v.Products) > 0 {
		r := nhs.Radios{Name: "product", Legend: "Which product does the project use?", Size: nhs.Medium, Error: v.Problems["product"]}
		stored := ""
		for _, c := range v.Products {
			r.Options = append(r.Options, nhs.Option{Value: string(c.ID), Label: c.Name + " " + c.Version, Hint: c.Supplier})
			if c.Chosen {
				stored = string(c.ID)
			}
		}
		r.Value = v.Typed("product", stored)
		p.Blocks = append(p.Blocks, awardForm{Action: v.path("/product"), Fields: []templ.Component{r}, Buttons: []nhs.Button{button("choose", "Choose the product", nhs.Primary)}})
	}
	return p
}

// AwardPlan is the page of the plan: what stands, and the revised plan where one is asked for.
func AwardPlan(v AwardView) AwardPart {
	p := AwardPart{AwardView: v, Title: "Plan for the amount offered", Blocks: []templ.Component{planTable("plan", "The plan that stands", v.Terms.Plan)}}
	for i := len(v.Plans) - 1; i >= 0; i-- {
		p.Blocks = append(p.Blocks, v.revised(v.Plans[i])...)
	}
	if v.is(workflow.PreAwardChecks) {
		p.Blocks = append(p.Blocks, v.planForms()...)
	}
	return p
}

func planTable(id, caption string, lines []plan.Line) nhs.Table {
	t := nhs.Table{ID: id, Caption: caption, CaptionSize: nhs.Medium, RowHeaders: true, Empty: "There is no plan yet.",
		Columns: []nhs.Column{{Heading: "Quarter"}, {Heading: "Use"}, {Heading: "Amount", Numeric: true}}}
	for _, l := range lines {
		t.Rows = append(t.Rows, nhs.Cells(quarterWords(l), useWords(l.Use), l.Amount.String()))
	}
	t.Foot = nhs.Cells("Total", "", plan.Total(lines).String())
	return t
}

func quarterWords(l plan.Line) string { return plan.Quarter{Year: l.Year, Name: l.Quarter}.String() }

func useWords(use string) string {
	if use == "capital" {
		return "Capital"
	}
	return "Revenue"
}

// revised shows one revised plan.
func (v AwardView) revised(r award.Revised) []templ.Component {
	rows := []nhs.SummaryRow{{Key: "Asked", Content: nhs.Text(r.Ask)}, {Key: "By", Value: v.People[r.AskedBy] + ", " + uktime.Moment(r.AskedAt)}, {Key: "Due", Value: uktime.Deadline(r.DueAt)}}
	if r.SentAt != nil {
		rows = append(rows, nhs.SummaryRow{Key: "Sent", Value: uktime.Moment(*r.SentAt)}, nhs.SummaryRow{Key: "What changes", Content: nhs.Text(r.Explanation)})
	}
	if r.AnsweredAt != nil {
		words := map[award.PlanAnswer]string{award.PlanAccepted: "Accepted", award.PlanReturned: "Sent back: " + r.Reason}[r.Answer]
		rows = append(rows, nhs.SummaryRow{Key: "Answer", Value: words + ", " + uktime.Moment(*r.AnsweredAt)})
	}
	blocks := []templ.Component{heading(fmt.Sprintf("Revised plan %d", r.Number)), nhs.SummaryList{Rows: rows}}
	if r.SentAt != nil {
		blocks = append(blocks, planTable(fmt.Sprintf("plan-%d", r.Number), "As it was sent", r.Lines))
	}
	return blocks
}

func (v AwardView) planForms() []templ.Component {
	action := v.path("/plan")
	open := len(v.Plans) > 0 && v.Plans[len(v.Plans)-1].Waits()
	sent := open && v.Plans[len(v.Plans)-1].SentAt != nil
	var blocks []templ.Component
	switch {
	case v.May[access.RecordCheck] && !open:
		blocks = append(blocks, awardForm{Heading: "Ask for a revised plan", Action: action, Fields: []templ.Component{
			v.textarea("ask", "What should it say?", "The applicant reads it.", ""), v.day("due", "By when?", "", ""),
		}, Buttons: []nhs.Button{button("ask", "Ask for the plan", nhs.Primary)}})
	case v.May[access.RecordCheck] && sent:
		blocks = append(blocks, awardForm{Heading: "Answer", Action: action, Fields: []templ.Component{v.reason("What has to be changed?", "Only where you send it back.")},
			Buttons: []nhs.Button{button("accept", "Accept the plan", nhs.Primary), button("return", "Send it back", nhs.Secondary)}})
	}
	if v.May[access.RevisePlan] && open && !sent {
		f := awardForm{
			Heading: "Send your plan for " + v.Award.Amount.String(), Action: action, Intro: "Enter what you will spend in each quarter. It has to add up to the amount to the penny. Leave amounts empty where there are none.",
			Buttons: []nhs.Button{button("send", "Send the plan", nhs.Primary)},
		}
		for i, l := range PlanRows(v.Terms) {
			name := fmt.Sprintf("line-%d", i+1)
			f.Fields = append(f.Fields, v.pounds(name, quarterWords(l)+", "+useWords(l.Use), "", l.Amount.Decimal()))
		}
		if words := v.Problems["lines"]; words != "" {
			f.Fields = append(f.Fields, nhs.ErrorMessage{ID: "lines", Text: words})
		}
		f.Fields = append(f.Fields, v.textarea("explanation", "What do you leave out or do otherwise?", "", ""))
		blocks = append(blocks, f)
		blocks = append(blocks, v.files("plan-"+strconv.Itoa(len(v.Plans)), "/plan", true)...)
	}
	return blocks
}

// PlanRows are the rows of a plan that the applicant's side fills in: each quarter and use from the first quarter to the end of the work.
func PlanRows(t *award.Terms) []plan.Line {
	from, to := t.StartsOn, t.EndsOn
	if len(t.Plan) > 0 {
		first, last := t.Plan[0], t.Plan[len(t.Plan)-1]
		from = min(from, plan.Quarter{Year: first.Year, Name: first.Quarter}.Start())
		to = max(to, plan.Quarter{Year: last.Year, Name: last.Quarter}.End())
	}
	var rows []plan.Line
	for _, q := range plan.Quarters(from, to) {
		for _, use := range []string{"capital", "revenue"} {
			row := plan.Line{Year: q.Year, Quarter: q.Name, Use: use}
			for _, l := range t.Plan {
				if l.Year == q.Year && l.Quarter == q.Name && l.Use == use {
					row.Amount = l.Amount
				}
			}
			rows = append(rows, row)
		}
	}
	return rows
}
