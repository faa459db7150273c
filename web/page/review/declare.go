package review

import (
	"strings"

	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Declare is what a reviewer sees before they have declared their interests, and the forms to declare or to decline.
type Declare struct {
	Glimpse   interest.Glimpse
	Terms     bool // accepted already
	Kind      string
	Statement string
	Reason    string
	Note      string
	Problems  fault.Problems
}

// Head is what the frame shows.
func (d Declare) Head() shared.Head {
	return shared.Head{Title: "Declare your interests", Caption: string(d.Glimpse.Ref) + ": " + d.Glimpse.Title, Crumbs: crumbs()}
}

func (d Declare) summary() nhs.SummaryList {
	g := d.Glimpse
	products := make([]string, len(g.Products))
	for i, p := range g.Products {
		products[i] = p.Name
		if p.Supplier != "" {
			products[i] += ", supplied by " + p.Supplier
		}
	}
	rows := []nhs.SummaryRow{
		{Key: "Title", Value: g.Title}, {Key: "Call", Value: g.Call}, {Key: "Lead organisation", Value: g.Lead},
		{Key: "Other organisations", Value: strings.Join(g.Organisations, "\n")}, {Key: "Products", Value: strings.Join(products, "\n")},
		{Key: "Plain-English summary", Value: g.Summary},
	}
	for i := range rows {
		if rows[i].Value == "" {
			rows[i].Value = "None named"
		}
	}
	return nhs.SummaryList{Rows: rows}
}

// declining reports whether something is wrong in the form to decline.
func (d Declare) declining() bool { return d.Problems["reason"] != "" || d.Problems["note"] != "" }

func (d Declare) kinds() nhs.Radios {
	r := nhs.Radios{Name: "interest", Legend: "Do you have an interest in this application?", Size: nhs.Medium, Value: d.Kind, Error: d.Problems["interest"]}
	for _, k := range interest.Kinds() {
		r.Options = append(r.Options, nhs.Option{Value: string(k.Kind), Label: k.Label, Hint: k.Hint})
	}
	return r
}

func (d Declare) reasons() nhs.Radios {
	r := nhs.Radios{Name: "reason", Legend: "Why do you decline?", Value: d.Reason, Error: d.Problems["reason"]}
	for _, info := range assignment.Reasons() {
		r.Options = append(r.Options, nhs.Option{Value: string(info.Reason), Label: info.Label})
	}
	return r
}

func found(i interest.Interest) string {
	switch i.Kind { //nolint:exhaustive // the others are declared
	case interest.OwnOrganisation, interest.PartnerOrganisation:
		return "You work or act for an organisation of this application. If that is right you cannot review it: declare it, and somebody else is found."
	case interest.SupplierOfProduct:
		return "You work or act for the supplier of a product of this application. If that is right you cannot review it: declare it, and somebody else is found."
	case interest.RivalSupplier:
		return "You work or act for a supplier whose product competes with this application. Say so below if it could affect your judgement. The fund manager is told either way."
	case interest.EarlierAward:
		return "You work or act for an organisation that had an award together with the lead organisation. Say so below if it could affect your judgement. The fund manager is told either way."
	default:
		return "You work in the same integrated care system as the lead organisation. Say so below if it could affect your judgement. The fund manager is told either way."
	}
}

func (q Queue) declarations() nhs.Table {
	t := nhs.Table{
		ID: "declarations", Caption: "Your declarations of interest", CaptionSize: nhs.Medium, RowHeaders: true, Empty: "You have not declared anything yet.",
		Columns: []nhs.Column{{Heading: "Application"}, {Heading: "You declared"}, {Heading: "On"}, {Heading: "Outcome"}},
	}
	for _, l := range q.Lines {
		t.Rows = append(t.Rows, nhs.Cells(string(l.Ref), l.Kind.Label(), uktime.Date(l.At), outcome(l.Interest)))
	}
	return t
}

func outcome(i interest.Interest) string {
	switch {
	case !i.Stands():
		return "Withdrawn"
	case i.Open():
		return "Waits for the fund manager"
	case i.Means() == interest.Bars:
		return "You take no part"
	default:
		return "You can review"
	}
}
