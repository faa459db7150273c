package oversee

import (
	"fmt"
	"net/url"

	"adoptionfund/internal/report"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Register is the public register of awards that are agreed.
type Register struct {
	Register report.Register
	Asked    url.Values
}

// Head is what the frame shows.
func (p Register) Head() shared.Head {
	return shared.Head{Title: "Register of awards", Wide: true, Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func (p Register) total() string {
	if p.Register.Awards == 1 {
		return "1 award, " + p.Register.Amount.String()
	}
	return fmt.Sprintf("%d awards, %s", p.Register.Awards, p.Register.Amount)
}

func (p Register) table() nhs.Table {
	t := nhs.Table{ID: "register", Caption: "Awards that are agreed, the newest first", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Reference"}, {Heading: "Project"}, {Heading: "Lead organisation"}, {Heading: "Paid to"}, {Heading: "Region"}, {Heading: "Call"}, {Heading: "Agreed"}, {Heading: "Amount", Numeric: true}},
		Empty:   "No award fits, or none is agreed yet."}
	for _, a := range p.Register.Rows {
		t.Rows = append(t.Rows, nhs.Cells(string(a.Ref), a.Title, a.Lead, a.Recipient, a.Region, string(a.Call), uktime.Date(a.Agreed), a.Amount.String()))
	}
	return t
}

func choices(all []report.Choice, code bool) []nhs.Option {
	options := make([]nhs.Option, len(all))
	for i, c := range all {
		options[i] = nhs.Option{Value: c.Value, Label: c.Label}
		if code {
			options[i].Label = c.Value + ": " + c.Label
		}
	}
	return options
}

func (p Register) file(format string) string {
	if q := p.Asked.Encode(); q != "" {
		return "/register." + format + "?" + q
	}
	return "/register." + format
}

func (p Register) next() string {
	if p.Register.Next == "" {
		return ""
	}
	q := url.Values{"after": {p.Register.Next}}
	for name, values := range p.Asked {
		q[name] = values
	}
	return "/register?" + q.Encode()
}
