package position

import (
	"context"
	"fmt"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// Naming is an application that names a product.
type Naming struct {
	Ref      ident.Ref
	Title    string
	LeadName string
	CallID   ident.Call
	RoundID  ident.Round
	Chosen   bool
}

// Desk is a product's return as an assessor has it before them: what was sent, what follows from it today, and what was decided.
type Desk struct {
	Product      *product.Product
	Form         *form.Form
	Forms        []string        // of which there are returns
	Return       *product.Return // nil: none was sent
	Result       status.Result
	Assessments  map[form.Code]product.Assessed
	Positions    []product.Position // newest first
	Call         *fund.Call         // through which the product is reached: its limits hold
	Applications []Naming
	Open         bool // security evidence may be seen
	MayAssess    bool
	MayRecord    bool
}

// Open gives a product's return to an assessor. An empty form is that of the return that was sent, the newest first.
func (s *Service) Open(ctx context.Context, id ident.Product, formID string) (Desk, error) {
	var d Desk
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		if d, err = s.desk(tx, id, formID, access.ViewDTAC); err != nil {
			return err
		}
		for act, may := range map[access.Action]*bool{access.ViewSecurityEvidence: &d.Open, access.AssessReturn: &d.MayAssess, access.RecordPosition: &d.MayRecord} {
			if *may, err = tx.May(act, d.Product.Reached(tx, act)); err != nil {
				return err
			}
		}
		if d.Positions, err = product.PositionsOf(tx, []ident.Product{id}); err != nil {
			return err
		}
		named, err := namedBy(tx, id)
		for _, n := range named {
			scopes := tx.Policy().Scopes(tx.By, access.ViewDTAC)
			if slices.ContainsFunc(scopes, func(sc access.Scope) bool { return sc.Covers(access.Scope{Round: n.RoundID, Call: n.CallID}) }) {
				d.Applications = append(d.Applications, n)
			}
		}
		d.seal()
		tx.Saw("DTAC assessment", string(id))
		return err
	})
	return d, err
}

// seal takes out the security evidence if it may not be seen: that there is some, and of which kind, stays.
func (d *Desk) seal() {
	if d.Open || d.Return == nil {
		return
	}
	d.Return.Sent.Evidence, d.Return.Body = product.SealedEvidence(d.Form, d.Return.Sent.Evidence), product.Content{}
}

// desk reads what an assessor needs, for an action.
func (s *Service) desk(tx *work.Tx, id ident.Product, formID string, act access.Action) (Desk, error) {
	p, err := product.ByID(tx, id)
	if err != nil {
		return Desk{}, err
	}
	facts, call := p.Through(tx, act)
	if err := tx.Require(act, facts); err != nil {
		return Desk{}, err
	}
	d := Desk{Product: p, Assessments: map[form.Code]product.Assessed{}}
	if call != "" {
		if d.Call, err = fund.CallByID(tx, call); err != nil {
			return d, err
		}
	}
	returns, err := product.ReturnsOf(tx, []ident.Product{id})
	if err != nil {
		return d, err
	}
	for i, r := range returns {
		if !r.IsSent() {
			continue
		}
		d.Forms = append(d.Forms, r.Form)
		if d.Return == nil && (formID == "" || formID == r.Form) {
			d.Return = &returns[i]
		}
	}
	if d.Return == nil {
		d.Form, err = s.form(formID)
		return d, err
	}
	if d.Form, err = s.form(d.Return.Form); err != nil {
		return d, err
	}
	return d, d.evaluate(tx)
}

// evaluate works out where the return stands today.
func (d *Desk) evaluate(tx *work.Tx) error {
	by, err := product.AssessmentsOf(tx, []ident.Return{d.Return.ID})
	if err != nil {
		return err
	}
	var assessments []status.Assessment
	for _, a := range by[d.Return.ID] {
		d.Assessments[a.Question] = a
		assessments = append(assessments, a.Assessment())
	}
	d.Result, err = status.Evaluate(d.Form, d.Return.Sent.Of(d.Product, product.Asks(d.Call, d.Form), assessments), today(tx))
	if err != nil {
		return fmt.Errorf("evaluating the return of %s: %w", d.Product.ID, err)
	}
	return nil
}

// notSent refuses to assess what is not there.
func (d *Desk) notSent() error {
	if d.Return != nil {
		return nil
	}
	return fault.New(fault.Conflict, "No DTAC return of this product was sent yet")
}
