package applicant

import (
	"net/http"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/site/route"
	page "adoptionfund/web/page/apply"
)

// productRows are the rows of an application's candidate products, and of the invitations of their suppliers.
func (o Options) productRows() []route.Row {
	products, invitations := "/applications/{ref}/products", "/supplier/invitations"
	return []route.Row{
		{Method: http.MethodGet, Path: products, Title: "Candidate products", Action: access.ViewApplication, Handle: o.products},
		{Method: http.MethodPost, Path: products, Title: "Candidate products", Action: access.InviteToApplication, Handle: o.inviteSupplier},
		{Method: http.MethodPost, Path: products + "/fill", Title: "Fill in a return for a supplier", Action: access.AnswerReturn, Handle: o.fillReturn},
		{Method: http.MethodGet, Path: invitations, Title: "Invitations as a supplier", Action: access.AnswerInvitation, Handle: o.supplierInvitations},
		{Method: http.MethodPost, Path: invitations, Title: "Invitations as a supplier", Action: access.AnswerInvitation, Handle: o.answerAsSupplier},
	}
}

func (o Options) products(r *route.Request) (route.Reply, error) {
	v, err := o.Applications.WithProducts(r.Context(), refOf(r))
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.Products{WithProducts: v, Problems: r.Problems(), Typed: application.SupplierInvitation{
		Product: r.Typed("product", ""), Email: r.Typed("email", ""), Name: r.Typed("name", ""),
	}})
}

// fillReturn leads the main contact to the return of a product that they fill in for its supplier.
func (o Options) fillReturn(r *route.Request) (route.Reply, error) {
	id, err := o.Applications.FillReturn(r.Context(), refOf(r), r.Field("product"))
	if err != nil {
		return r.Again(err, o.products)
	}
	return route.Go("/filling-in/%s", id)
}

func (o Options) inviteSupplier(r *route.Request) (route.Reply, error) {
	err := o.Applications.InviteSupplier(r.Context(), refOf(r), application.SupplierInvitation{
		Product: r.Field("product"), Email: r.Field("email"), Name: r.Field("name"),
	})
	if err != nil {
		return r.Again(err, o.products)
	}
	r.Flash("The invitation was sent.")
	return route.Go("/applications/%s/products", refOf(r))
}

func (o Options) supplierInvitations(r *route.Request) (route.Reply, error) {
	list, err := o.Applications.MySupplierInvitations(r.Context())
	if err != nil {
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	}
	return route.Show(page.SupplierInvitations{Waiting: list})
}

func (o Options) answerAsSupplier(r *route.Request) (route.Reply, error) {
	accept := r.Button() == "accept"
	if !accept && r.Button() != "decline" {
		return route.GoTo("/supplier/invitations")
	}
	counts, err := o.Applications.AnswerSupplierInvitation(r.Context(), r.Field("invitation"), accept)
	switch {
	case err != nil:
		return route.Reply{}, err //nolint:wrapcheck // application has said what it was doing
	case !accept:
		r.Flash("You have declined the invitation.")
		return route.GoTo("/")
	case !counts:
		r.Flash("Somebody else says that they act for this product. The fund looks into it; the product appears here once your claim is confirmed.")
		return route.GoTo("/")
	}
	r.Flash("You act for this product now. Complete its DTAC return.")
	return route.GoTo("/supplier")
}
