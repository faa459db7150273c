package screen

import (
	"strconv"
	"strings"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Register is the list of products with what the fund knows of them.
type Register struct {
	Entries []position.Entry
	Claims  []product.Waiting // that the reader may confirm
	Query   position.Query
	Next    string
}

// Head is what the frame shows.
func (p Register) Head() shared.Head {
	return shared.Head{Title: "DTAC register", Wide: true, Crumbs: home()}
}

// narrowed reports whether anything narrows the list.
func (p Register) narrowed() bool {
	return p.Query.Search != "" || p.Query.View != "" || p.Query.Status != "" || p.Query.Provisional != ""
}

func (p Register) table() nhs.Table {
	t := nhs.Table{
		ID: "register", Caption: "Products", RowHeaders: true, Empty: "No product is here yet. Products come with the applications that name them.",
		Columns: []nhs.Column{
			{Heading: "Product"}, {Heading: "Applications", Numeric: true}, {Heading: "Provisional"}, {Heading: "Position of the fund"}, {Heading: "Ends"}, {Heading: "Owed"}, {Heading: "Sections"},
		},
	}
	if p.narrowed() {
		t.Empty = "No product fits what you asked for. Clear the filter to see all."
	}
	for _, e := range p.Entries {
		due := ""
		if e.Owed {
			due = "Full assessment"
		}
		t.Rows = append(t.Rows, []nhs.Cell{
			{Text: e.Name + " " + e.Version + ", " + e.Supplier + filledIn(e.IsFilledIn()), Href: "/dtac/products/" + string(e.ID)}, {Text: strconv.Itoa(e.Uses)},
			{Content: statusTag(e.Provisional)}, {Content: standing(e)}, {Text: e.Standing.Expires.String()}, {Text: due}, {Text: holders(e.Sections)},
		})
	}
	return t
}

// holders says who has which section.
func holders(sections []position.Section) string {
	parts := make([]string, len(sections))
	for i, s := range sections {
		parts[i] = string(s.Section) + " " + s.PersonName
	}
	return strings.Join(parts, ", ")
}

func options(list []position.Choice) []nhs.Option {
	all := make([]nhs.Option, len(list))
	for i, c := range list {
		all[i] = nhs.Option{Value: c.Value, Label: c.Label}
	}
	return all
}

func statuses(list ...status.Status) []nhs.Option {
	all := make([]nhs.Option, len(list))
	for i, s := range list {
		all[i] = nhs.Option{Value: string(s), Label: s.Label()}
	}
	return all
}

// filledIn says that a return is not its supplier's word yet.
func filledIn(is bool) string {
	if is {
		return " (filled in by an applicant for the supplier)"
	}
	return ""
}
