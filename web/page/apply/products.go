package apply

import (
	"adoptionfund/internal/application"
	"adoptionfund/internal/product"
	"adoptionfund/internal/uktime"
	"adoptionfund/web/nhs"
	"adoptionfund/web/page/shared"
)

// Products are the candidate products of an application with what can be said of their DTAC returns.
type Products struct {
	application.WithProducts
	Typed    application.SupplierInvitation
	Problems map[string]string
}

// Head tells the frame.
func (p Products) Head() shared.Head {
	return shared.Head{Title: "Candidate products and their DTAC returns", Caption: caption(p.Application), Crumbs: above(p.Application)}
}

func heading(o product.Outlook) string { return o.Name + ", version " + o.Version }

func outlook(o product.Outlook) nhs.SummaryList {
	sent, provisional, position := "None sent yet", "Incomplete: there is no return yet", "None yet"
	if !o.Known {
		sent = "The product is not known to the fund yet"
	}
	if o.Withheld {
		sent = "Sent for another application"
		provisional = "Does not count yet: its supplier has not permitted that others rely on its return. Ask the supplier, or invite it below"
	}
	if o.SentAt != nil {
		sent = o.Form.Title + ", sent " + uktime.Date(*o.SentAt)
		provisional = o.Provisional.Label() + ", provisionally: it follows from the return alone"
	}
	switch {
	case o.ByFiller:
		sent = o.Form.Title + ", filled in for the supplier and sent " + uktime.Date(*o.SentAt)
	case o.FilledIn != "" && o.SentAt == nil:
		sent = "Being filled in for the supplier, not sent yet"
	case o.Claimed && o.SentAt == nil && !o.Withheld:
		sent = "Its supplier completes it, and has not sent it yet"
	}
	if o.Position != nil {
		position = o.Position.Words()
	}
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Supplier", Value: o.Supplier}, {Key: "DTAC return", Value: sent}, {Key: "Provisional status", Value: provisional}, {Key: "Position of the fund", Value: position},
	}}
}

func (p Products) invited() nhs.Table {
	t := nhs.Table{
		ID: "invited", Caption: "Suppliers who were invited", CaptionSize: nhs.Medium, RowHeaders: true,
		Columns: []nhs.Column{{Heading: "Name"}, {Heading: "Email address"}, {Heading: "Product"}, {Heading: "Invitation"}},
	}
	for _, in := range p.Invitations {
		stands := "Invited until " + uktime.Date(in.ExpiresAt)
		switch {
		case in.AcceptedAt != nil:
			stands = "Accepted " + uktime.Date(*in.AcceptedAt)
		case !p.Now.Before(in.ExpiresAt):
			stands = "Expired " + uktime.Date(in.ExpiresAt)
		}
		t.Rows = append(t.Rows, nhs.Cells(in.Name, in.Email, in.Product+", version "+in.Version, stands))
	}
	return t
}

func (p Products) which() nhs.Radios {
	r := nhs.Radios{Name: "product", Legend: "Which product?", Size: nhs.Small, Value: p.Typed.Product, Error: p.Problems["product"]}
	for _, o := range p.Products {
		r.Options = append(r.Options, nhs.Option{Value: o.Key(), Label: heading(o), Hint: o.Supplier})
	}
	if len(p.Products) == 1 && r.Value == "" {
		r.Value = p.Products[0].Key()
	}
	return r
}

// SupplierInvitations are the invitations as a supplier that wait for who is signed in.
type SupplierInvitations struct {
	Waiting []application.SupplierToAnswer
}

// Head tells the frame.
func (s SupplierInvitations) Head() shared.Head {
	return shared.Head{Title: "Invitations as a supplier", Crumbs: nhs.Breadcrumbs{{Href: "/", Text: "Home"}}}
}

func asked(in application.SupplierToAnswer) nhs.SummaryList {
	return nhs.SummaryList{Rows: []nhs.SummaryRow{
		{Key: "Product", Value: in.Product + ", version " + in.Version}, {Key: "Supplier", Value: in.Supplier}, {Key: "Named in", Value: in.Title}, {Key: "Call", Value: in.Call},
		{Key: "Invited by", Value: in.By}, {Key: "Answer before", Value: uktime.Date(in.ExpiresAt)},
	}}
}
