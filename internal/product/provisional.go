package product

import (
	"slices"

	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// foreseen is a provisional status with the forms of the returns that it is from.
type foreseen struct {
	status     status.Status
	forms      []string
	returns    []ident.Return
	conditions []status.FundCondition
}

// with takes the return on another form into account.
func (f foreseen) with(r Return, result status.Result) foreseen {
	if len(f.forms) == 0 || better(f.status, result.Provisional) != f.status {
		f.conditions = result.FundConditions
	}
	f.status, f.forms = better(f.status, result.Provisional), append(f.forms, r.Form)
	f.returns = append(f.returns, r.ID)
	return f
}

// provisionals evaluates the returns of products for a call, today.
func provisionals(tx *work.Tx, products []Product, call *fund.Call) (map[ident.Product]foreseen, error) {
	library, err := published()
	if err != nil {
		return nil, err
	}
	ids := make([]ident.Product, len(products))
	byID := map[ident.Product]*Product{}
	found := map[ident.Product]foreseen{}
	for i := range products {
		ids[i] = products[i].ID
		byID[ids[i]] = &products[i]
		found[ids[i]] = foreseen{status: status.Incomplete}
	}
	returns, err := returnsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	waived, err := waivers(tx, returns)
	if err != nil {
		return nil, err
	}
	for _, r := range returns {
		if !r.IsSent() || call != nil && !slices.Contains(call.Settings.Forms.DTAC, r.Form) {
			continue
		}
		f, err := library.Form(r.Form)
		if err != nil {
			return nil, err
		}
		result, err := status.Evaluate(f, r.Sent.of(byID[r.ProductID], settings(call, f), waived[r.ID]), form.Date(uktime.Day(tx.Now)))
		if err != nil {
			return nil, err
		}
		found[r.ProductID] = found[r.ProductID].with(r, result)
	}
	return found, nil
}

// waivers gives what was decided of returns, as the status takes it.
func waivers(tx *work.Tx, returns []Return) (map[ident.Return][]status.Assessment, error) {
	ids := make([]ident.Return, len(returns))
	for i, r := range returns {
		ids[i] = r.ID
	}
	rows, err := assessmentsOf(tx, ids)
	by := make(map[ident.Return][]status.Assessment, len(rows))
	for id, list := range rows {
		for _, a := range list {
			by[id] = append(by[id], a.assessment())
		}
	}
	return by, err
}
