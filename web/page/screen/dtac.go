package screen

import (
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/review"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// ProductDesk is a product's DTAC return as an assessor has it before them.
type ProductDesk struct {
	position.Desk
	Problems fault.Problems
	Typed    Typed
	Posted   form.Code                      // the section that is shown again; empty: all
	Met      map[form.Code]product.Assessed // what somebody else decided meanwhile
}

// Head is what the frame shows.
func (p ProductDesk) Head() shared.Head {
	h := shared.Head{
		Title: p.Product.Name + " " + p.Product.Version, Caption: "DTAC", Wide: true, Crumbs: home(nhs.Link{Href: "/dtac", Text: "DTAC register"}),
	}
	return h
}

func (p ProductDesk) assesses() bool { return p.Return != nil && p.May[access.AssessReturn] }

// mine reports whether the reader decides in a section: where nobody else has it.
func (p ProductDesk) mine(part position.Part) bool {
	return p.assesses() && (part.Holder == nil || part.Holder.Person == p.Reader)
}

func (p ProductDesk) action() string { return "/dtac/products/" + string(p.Product.ID) }

func (p ProductDesk) facts() nhs.SummaryList {
	rows := []nhs.SummaryRow{{Key: "Supplier", Value: p.Product.Supplier + filledIn(p.Product.IsFilledIn())}}
	if p.Return != nil {
		rows = append(rows,
			nhs.SummaryRow{Key: "Return", Value: p.Form.Title + ", sent " + uktime.Moment(*p.Return.SubmittedAt)},
			nhs.SummaryRow{Key: "Status today", Content: statusTag(p.Result.Status)},
			nhs.SummaryRow{Key: "Provisional status today", Content: statusTag(p.Result.Provisional)},
		)
		if day := p.Result.ExpiresOn(); day != "" {
			rows = append(rows, nhs.SummaryRow{Key: "The status would be lower from", Value: day.String()})
		}
		if p.Result.D1Percent != nil {
			rows = append(rows, nhs.SummaryRow{Key: "Usability and accessibility (D1)", Value: fmt.Sprintf("%.1f%%", *p.Result.D1Percent)})
		}
	}
	if p.Call != nil {
		rows = append(rows, nhs.SummaryRow{Key: "By the limits of", Value: p.Call.Title + " (" + string(p.Call.Ref) + ")"})
	}
	return nhs.SummaryList{Rows: rows}
}

// conditions are what the call asks beyond DTAC: never part of the status.
func (p ProductDesk) conditions() nhs.Table { return conditionsTable(p.Form, p.Result.FundConditions) }

func conditionsTable(f *form.Form, list []status.FundCondition) nhs.Table {
	t := nhs.Table{
		ID: "conditions", Caption: "What the call asks beyond DTAC", CaptionSize: nhs.Small, Empty: "This call asks for nothing beyond DTAC.",
		Columns: []nhs.Column{{Heading: "Condition"}, {Heading: "Today"}},
	}
	for _, c := range list {
		met := nhs.Tag{Text: "Not met", Colour: nhs.Red}
		if c.Met {
			met = nhs.Tag{Text: "Met", Colour: nhs.Green}
		}
		text := string(c.Code)
		if q, ok := f.Question(c.Code); ok {
			text += " " + q.Text
		} else {
			text += " Usability and accessibility, by its percentage"
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: text}, {Content: met}})
	}
	return t
}

func (p ProductDesk) named() nhs.Table {
	t := nhs.Table{
		ID: "named", Caption: "Applications that name it", CaptionSize: nhs.Small, RowHeaders: true, Empty: "None that you may see.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "Title"}, {Heading: "Lead organisation"}, {Heading: "Relies on the return"}},
	}
	for _, n := range p.Applications {
		relies := "No: the supplier has not permitted it"
		if n.Relies {
			relies = "Yes"
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: string(n.Ref), Href: "/dtac/applications/" + string(n.Ref)}, {Text: n.Title}, {Text: n.LeadName}, {Text: relies}})
	}
	return t
}

func (p ProductDesk) title(code form.Code) string {
	if s, ok := p.Form.Section(string(code)); ok {
		return string(code) + " " + s.Title
	}
	return string(code)
}

// waiver is why a section may be waived whole; empty if it may not.
func (p ProductDesk) waiver(code form.Code) string {
	if s, ok := p.Form.Section(string(code)); ok {
		return s.Waiver
	}
	return ""
}

func (p ProductDesk) text(code form.Code) string {
	if q, ok := p.Form.Question(code); ok {
		return string(code) + " " + q.Text
	}
	return string(code)
}

func (p ProductDesk) check(code form.Code) string {
	q, ok := p.Form.Question(code)
	if !ok || q.AssessorCheck == "" {
		return ""
	}
	return "Check: " + q.AssessorCheck
}

func (p ProductDesk) answer(code form.Code) string {
	q, ok := p.Form.Question(code)
	if !ok {
		return ""
	}
	if text := form.Display(q, p.Return.Sent.Answers[code]); text != "" {
		return text
	}
	return "Not answered"
}

// evidence are the items for a question, one line each.
func (p ProductDesk) evidence(code form.Code) []string {
	q, ok := p.Form.Question(code)
	if !ok {
		return nil
	}
	var lines []string
	for _, e := range p.Return.Sent.Evidence {
		if e.Question == code {
			lines = append(lines, evidenceLine(q, e))
		}
	}
	return lines
}

// stored are the items for a question whose file is held here, and may be had.
func (p ProductDesk) stored(code form.Code) []status.Evidence {
	return slices.DeleteFunc(slices.Clone(p.Return.Sent.Evidence), func(e status.Evidence) bool { return e.Question != code || e.Stored == "" })
}

func evidenceLine(q *form.Question, e status.Evidence) string {
	parts := []string{product.Label(e.Kind)}
	if e.File == "" {
		return parts[0] + ": security evidence, seen by its supplier and DTAC assessors only"
	}
	parts = append(parts, e.File)
	if e.ProductVersion != "" {
		parts = append(parts, "version "+e.ProductVersion)
	}
	for _, name := range q.Evidence.Fields {
		if v := e.Fields[name]; v != "" {
			parts = append(parts, product.Label(name)+" "+v)
		}
	}
	if day := status.Expiry(q, e); day != "" {
		parts = append(parts, "counts until "+day.String())
	}
	return strings.Join(parts, "; ")
}

func (p ProductDesk) plans(code form.Code) []string {
	var lines []string
	for _, row := range p.Return.Sent.Plan {
		if row.Question == code {
			lines = append(lines, row.What+" ("+row.Owner+", by "+row.Due.String()+")")
		}
	}
	return lines
}

// decided is what was decided of a question, as the inputs show it; where nothing is, what may be carried over.
func (p ProductDesk) decided(code form.Code) product.Assessed {
	if a, done := p.Assessments[code]; done {
		return a
	}
	if c, ok := p.Carried[code]; ok {
		return product.Assessed{Result: c.Result, Reason: "Carried from " + c.Form + ": " + c.Reason, What: c.Action.What, Owner: c.Action.Owner, Due: c.Action.Due}
	}
	return product.Assessed{}
}

func (p ProductDesk) field(code form.Code, suffix, stored string) (name, value, problem string) {
	name = string(code) + suffix
	section := code
	if q, ok := p.Form.Question(code); ok {
		section = q.Section
	}
	if p.Posted != "" && p.Posted != section {
		return name, stored, ""
	}
	return name, p.Typed(name, stored), p.Problems[name]
}

func (p ProductDesk) result(code form.Code) nhs.Radios {
	name, value, problem := p.field(code, "", string(p.decided(code).Result))
	return nhs.Radios{
		Name: name, Legend: "Your decision on " + string(code), Size: nhs.Small, Value: value, Error: problem, Compact: true,
		Options: []nhs.Option{
			{Value: string(status.DecidedPass), Label: "Pass"}, {Value: string(status.DecidedFail), Label: "Fail"},
			{Value: string(status.DecidedActionNeeded), Label: "Action needed", Reveals: p.todo(code)}, {Value: string(status.DecidedWaived), Label: "Waived"},
		},
	}
}

func (p ProductDesk) reason(code form.Code) nhs.Textarea {
	name, value, problem := p.field(code, "-reason", p.decided(code).Reason)
	return nhs.Textarea{Name: name, Label: "Reason for " + string(code), Rows: 2, Value: value, Error: problem}
}

func (p ProductDesk) what(code form.Code) nhs.Textarea {
	name, value, problem := p.field(code, "-what", p.decided(code).What)
	return nhs.Textarea{Name: name, Label: "What is to be done for " + string(code), Rows: 2, Value: value, Error: problem}
}

func (p ProductDesk) owner(code form.Code) nhs.Input {
	name, value, problem := p.field(code, "-owner", p.decided(code).Owner)
	return nhs.Input{Name: name, Label: "Who does it for " + string(code), Width: 20, Value: value, Error: problem}
}

func (p ProductDesk) due(code form.Code) nhs.Input {
	name, value, problem := p.field(code, "-due", string(p.decided(code).Due))
	return nhs.Input{Name: name, Label: "By which day for " + string(code), Hint: "For example, 2026-12-31", Width: 10, NoSpellcheck: true, Value: value, Error: problem}
}

func (p ProductDesk) waive(code form.Code) nhs.Checkbox {
	name, value, problem := p.field(code, "", string(p.decided(code).Result))
	return nhs.Checkbox{
		Name: name, Value: string(status.DecidedWaived), Label: "Waive section " + string(code) + " whole", Hint: p.waiver(code), Error: problem,
		Checked: value == string(status.DecidedWaived),
	}
}

// asked are the items of a section that are asked, and those that are not only if there are no others.
func asked(items []status.Item) []status.Item {
	return slices.DeleteFunc(slices.Clone(items), func(i status.Item) bool { return i.State == status.NotAsked })
}

// recognised are the assessments of other NHS bodies.
func (p ProductDesk) recognised() nhs.Table {
	t := nhs.Table{
		ID: "recognised", Caption: "Assessments of other NHS bodies that the fund relies on", CaptionSize: nhs.Small, Empty: "None was recorded.",
		Columns: []nhs.Column{{Heading: "Recognised"}, {Heading: "Version"}, {Heading: "Why, and where the evidence is"}, {Heading: "Today"}},
	}
	for i := range p.Recognised {
		r := &p.Recognised[i]
		today := nhs.Tag{Text: "Ended", Colour: nhs.Grey}
		if r.Current(p.Product.Version, p.Today) {
			today = nhs.Tag{Text: "Relied on", Colour: nhs.Purple}
		} else if r.Expires > p.Today {
			today = nhs.Tag{Text: "Of another version", Colour: nhs.Orange}
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: r.Words()}, {Text: r.ProductVersion + ", " + r.Form}, {Text: r.Reason + " (" + r.Reference + "; recorded by " + r.PersonName + ")"}, {Content: today}})
	}
	return t
}

// looks are the positions that waited for a second look, newest first, but for one that waits.
func (p ProductDesk) looks() []string {
	var lines []string
	for _, x := range p.Proposals {
		if x.Outcome == "" {
			continue
		}
		line := x.Status.Label() + ", proposed by " + x.PersonName + " on " + uktime.Moment(x.ProposedAt) + ": " + x.Outcome + " by " + x.SettledName
		if x.Reason != "" {
			line += ". Reason: " + x.Reason
		}
		lines = append(lines, line)
	}
	return lines
}

func (p ProductDesk) returnReason() nhs.Textarea {
	return nhs.Textarea{Name: "reason", Label: "Why you return it", Rows: 2, Value: p.Typed("reason", ""), Error: p.Problems["reason"]}
}

func (p ProductDesk) positions() nhs.Table {
	t := nhs.Table{
		ID: "positions", Caption: "Positions of the fund, newest first", CaptionSize: nhs.Small, Empty: "None was recorded yet.",
		Columns: []nhs.Column{{Heading: "Status"}, {Heading: "Reviewed"}, {Heading: "Form"}, {Heading: "Evidence ends"}},
	}
	for i := range p.Positions {
		x := &p.Positions[i]
		t.Rows = append(t.Rows, []nhs.Cell{{Content: statusTag(x.Status)}, {Text: x.Words()}, {Text: x.Form}, {Text: x.Expires.String()}})
	}
	return t
}

// ApplicationDesk is the candidate products of an application, and the score DT1.
type ApplicationDesk struct {
	eligibility.ApplicationProducts
	Fixed    *review.Fixed
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p ApplicationDesk) Head() shared.Head {
	return shared.Head{
		Title: p.Application.Title, Caption: "DTAC of " + string(p.Application.Ref), Wide: true, Crumbs: home(nhs.Link{Href: "/dtac", Text: "DTAC register"}),
	}
}

func (p ApplicationDesk) table() nhs.Table {
	t := nhs.Table{
		ID: "candidates", Caption: "Candidate products", RowHeaders: true, Empty: "The application names no product.",
		Columns: []nhs.Column{{Heading: "Product"}, {Heading: "Supplier"}, {Heading: "Returns"}, {Heading: "Provisional status"}, {Heading: "Position of the fund"}, {Heading: "Asked beyond DTAC"}},
	}
	for _, c := range p.Candidates {
		name, text := c.Name+" "+c.Version, "None yet"
		if c.Chosen {
			name += " (chosen)"
		}
		if c.Position != nil {
			text = c.Position.Words()
		}
		if c.Withheld {
			text = "The supplier has not permitted that this application relies on its return"
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: name + filledIn(c.FilledIn), Href: "/dtac/products/" + string(c.Return)}, {Text: c.Supplier}, {Text: strings.Join(c.Forms, ", ")}, {Content: statusTag(c.Provisional)}, {Text: text}, {Text: conditions(c.Conditions)},
		})
	}
	return t
}

// scores reports whether the reader can give the score now.
func (p ApplicationDesk) scores() bool {
	if p.Fixed == nil || p.Fixed.Assessor == nil || !p.Fixed.May[access.ScoreDT1] {
		return false
	}
	_, done := p.Fixed.Standing[p.Fixed.Assessor.Code]
	return !done
}

func (p ApplicationDesk) scored() string {
	if p.Fixed == nil || p.Fixed.Assessor == nil {
		return ""
	}
	if s, done := p.Fixed.Standing[p.Fixed.Assessor.Code]; done {
		return fmt.Sprintf("%s was scored %s and does not change. Reason: %s", p.Fixed.Assessor.Code, s.Label(), s.Reason)
	}
	return fmt.Sprintf("%s is not scored yet. The provisional status is “%s”.", p.Fixed.Assessor.Code, p.Fixed.Status.Label())
}

func (p ApplicationDesk) mark() nhs.Radios {
	part := p.Fixed.Assessor
	name := string(part.Code)
	return marks(part, p.Fixed.Bounds, p.Typed(name, ""), p.Problems[name])
}

func (p ApplicationDesk) markReason() nhs.Textarea {
	name := string(p.Fixed.Assessor.Code) + "-reason"
	return nhs.Textarea{Name: name, Label: "Reason for the score", Rows: 3, Value: p.Typed(name, ""), Error: p.Problems[name]}
}

// conditions says what a call asks beyond DTAC, and whether it is met: apart from the status, which it never changes.
func conditions(list []status.FundCondition) string {
	parts := make([]string, len(list))
	for i, c := range list {
		parts[i] = string(c.Code) + " not met"
		if c.Met {
			parts[i] = string(c.Code) + " met"
		}
	}
	if len(parts) == 0 {
		return "Nothing"
	}
	return strings.Join(parts, ", ")
}
