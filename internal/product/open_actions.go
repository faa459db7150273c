package product

import (
	"slices"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// OpenAction is something that was agreed to be done to a product, so that it is on its way to comply with DTAC.
type OpenAction struct {
	Product  Named
	Question form.Code
	What     string // empty where it is about technical security, which the supplier and DTAC assessors alone see
	Owner    string
	Due      form.Date
}

// Words are the action as a condition of an award says it.
func (a OpenAction) Words() string {
	words := a.Product.Name
	if a.Product.Version != "" {
		words += " " + a.Product.Version
	}
	if a.What == "" {
		words += ": the agreed action on technical security (" + string(a.Question) + "), which the supplier knows"
	} else {
		words += ": " + a.What + " (DTAC question " + string(a.Question) + ")"
	}
	if a.Owner != "" {
		words += ", by " + a.Owner
	}
	if a.Due != "" {
		words += ", until " + a.Due.String()
	}
	return words
}

// OpenActions gives the actions that the fund's position rests on, of the chosen product of each application or else of its best candidate, with
// a fixed number of queries.
func OpenActions(tx *work.Tx, c *fund.Call, apps []ident.Application) (map[ident.Application][]OpenAction, error) {
	if len(apps) == 0 {
		return nil, nil
	}
	among, list := work.Among(tx, "application_id", apps)
	rows, err := candidatesIn(tx, among, list)
	if err != nil {
		return nil, err
	}
	counts := map[ident.Application]recorded{}
	var products []ident.Product
	var returns []ident.Return
	for _, r := range rows {
		best, there := counts[r.ApplicationID]
		if !there || r.Chosen || !best.Chosen && standing(r.standsAt(c)) > standing(best.standsAt(c)) {
			counts[r.ApplicationID] = r
		}
	}
	for _, r := range counts {
		if p := latest(r.positions, c.ID); p != nil {
			products, returns = append(products, r.ProductID), append(returns, p.ReturnID)
		}
	}
	if len(returns) == 0 {
		return nil, nil
	}
	named, err := work.Many[Product](tx.DB().Where("id IN ?", products), "products")
	if err != nil {
		return nil, err
	}
	needed, err := work.Many[Assessed](tx.DB().Where("return_id IN ? AND result = ?", returns, status.DecidedActionNeeded).Order("return_id, due, question"), "actions")
	if err != nil {
		return nil, err
	}
	return openActions(c, counts, named, needed)
}

func openActions(c *fund.Call, counts map[ident.Application]recorded, named []Product, needed []Assessed) (map[ident.Application][]OpenAction, error) {
	library, err := published()
	if err != nil {
		return nil, err
	}
	open := map[ident.Application][]OpenAction{}
	for app, r := range counts {
		p := latest(r.positions, c.ID)
		i := slices.IndexFunc(named, func(n Product) bool { return n.ID == r.ProductID })
		if p == nil || i < 0 {
			continue
		}
		f, err := library.Form(p.Form)
		if err != nil {
			return nil, err //nolint:wrapcheck // it names the form
		}
		of := Named{Name: named[i].Name, Supplier: named[i].Supplier, Version: named[i].Version}
		open[app] = actionsOn(f, of, slices.DeleteFunc(slices.Clone(needed), func(a Assessed) bool { return a.ReturnID != p.ReturnID }))
	}
	return open, nil
}

// actionsOn are the actions on one product; what is about technical security is not told.
func actionsOn(f *form.Form, of Named, needed []Assessed) []OpenAction {
	var actions []OpenAction
	for _, a := range needed {
		action := OpenAction{of, a.Question, a.What, a.Owner, a.Due}
		if q, ok := f.Question(a.Question); !ok || Sealed(q) {
			action.What = ""
		}
		actions = append(actions, action)
	}
	return actions
}

// standsAt is the status of the fund's last position on the product.
func (r recorded) standsAt(c *fund.Call) status.Status {
	if p := latest(r.positions, c.ID); p != nil {
		return p.Status
	}
	return status.NotAssessed
}
