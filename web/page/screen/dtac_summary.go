package screen

import (
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
	"time"
)

// Summary is a product's position to be printed.
type Summary struct {
	position.Summary
	Now      time.Time
	MayPrint bool
	Paper    bool // it is being printed: no links to pages
}

// Head is what the frame shows.
func (p Summary) Head() shared.Head {
	return shared.Head{
		Title: p.Product.Name + " " + p.Product.Version, Caption: "DTAC position",
		Crumbs: home(nhs.Link{Href: "/dtac", Text: "DTAC register"}, nhs.Link{Href: p.action(), Text: p.Product.Name}),
	}
}

func (p Summary) action() string { return "/dtac/products/" + string(p.Product.ID) }

// Footer stands on every sheet.
func (p Summary) Footer() string {
	return p.Product.Name + " " + p.Product.Version + ", " + p.Words() + " Printed " + uktime.Moment(p.Now)
}

func (p Summary) facts() nhs.SummaryList {
	now := p.Result.Status
	if p.Position == nil {
		now = p.Result.Provisional
	}
	rows := []nhs.SummaryRow{
		{Key: "Supplier", Value: p.Product.Supplier}, {Key: "Form", Value: p.Form.Title}, {Key: "Status", Content: statusTag(now)},
	}
	if day := p.Result.ExpiresOn(); day != "" {
		rows = append(rows, nhs.SummaryRow{Key: "The status is lower from", Value: day.String()})
	}
	return nhs.SummaryList{Rows: rows}
}

func (p Summary) section(s status.Section) nhs.Table {
	title := string(s.Code)
	if sec, ok := p.Form.Section(title); ok {
		title += " " + sec.Title
	}
	t := nhs.Table{
		ID: "summary-" + string(s.Code), Caption: title + ": " + s.State.Label(), CaptionSize: nhs.Small, RowHeaders: true, Empty: "No question of " + title + " was asked.",
		Columns: []nhs.Column{{Heading: "Question"}, {Heading: "Result"}, {Heading: "Reason, and action where one is needed"}},
	}
	for _, i := range asked(s.Items) {
		text := string(i.Question)
		if q, ok := p.Form.Question(i.Question); ok {
			text += " " + q.Text
		}
		t.Rows = append(t.Rows, []nhs.Cell{{Text: text}, {Content: itemTag(i.State)}, {Text: i.Reason}})
	}
	return t
}

func (p Summary) conditions() nhs.Table { return conditionsTable(p.Form, p.Result.FundConditions) }

// Recognise records the assessment of another NHS body.
type Recognise struct {
	Product  *product.Product
	Problems fault.Problems
	Typed    Typed
}

// Head is what the frame shows.
func (p Recognise) Head() shared.Head {
	return shared.Head{
		Title: "Rely on the assessment of another NHS body", Caption: p.Product.Name + " " + p.Product.Version,
		Crumbs: home(nhs.Link{Href: "/dtac", Text: "DTAC register"}, nhs.Link{Href: p.action(), Text: p.Product.Name}),
	}
}

func (p Recognise) action() string { return "/dtac/products/" + string(p.Product.ID) }

func (p Recognise) input(name, label, hint string, width int) nhs.Input {
	stored := ""
	if name == "product_version" {
		stored = p.Product.Version
	}
	return nhs.Input{Name: name, Label: label, Hint: hint, Width: width, Value: p.Typed(name, stored), Error: p.Problems[name]}
}

func (p Recognise) status() nhs.Radios {
	return nhs.Radios{
		Name: "status", Legend: "What did the body conclude?", Size: nhs.Small, Value: p.Typed("status", ""), Error: p.Problems["status"],
		Options: statuses(status.Compliant, status.OnTheWay, status.NotCompliant),
	}
}

func (p Recognise) which() nhs.Radios {
	return nhs.Radios{
		Name: "which", Legend: "Which version of DTAC did it use?", Size: nhs.Small, Value: p.Typed("which", ""), Error: p.Problems["which"],
		Options: []nhs.Option{{Value: "dtac-v1", Label: "Version 1"}, {Value: "dtac-v2", Label: "Version 2"}},
	}
}

func (p Recognise) why() nhs.Textarea {
	return nhs.Textarea{Name: "why", Label: "Why does the fund rely on it?", Rows: 3, Value: p.Typed("why", ""), Error: p.Problems["why"]}
}
