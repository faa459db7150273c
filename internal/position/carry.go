package position

import (
	"fmt"

	"adoptionfund/internal/dtac/carry"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// Carried is a decision on an older form that an assessor may take over, by confirming it.
type Carried struct {
	status.Assessment
	Form string // the older form
	From []form.Code
}

// Again is a question of which nothing can be taken over from the older form.
type Again struct {
	Question form.Code
	Because  string
}

// carried works out what may be taken over from the assessment of the product's return on an older form. What is decided already is left
// alone.
func (s *Service) carried(tx *work.Tx, d *Desk) error {
	if d.Return == nil {
		return nil
	}
	for i := range s.mappings {
		m := &s.mappings[i]
		if m.To.ID != d.Form.ID {
			continue
		}
		older, decided, err := olderOf(tx, d, m)
		if err != nil || len(decided) == 0 {
			return err
		}
		d.carry(m, older, decided)
	}
	return nil
}

func (d *Desk) carry(m *carry.Mapping, older status.Result, decided []status.Assessment) {
	over, again := m.Over(older, decided, d.Result)
	d.Carried = map[form.Code]Carried{}
	for _, c := range over {
		if _, done := d.Assessments[c.Question]; !done {
			d.Carried[c.Question] = Carried{c.Assessment, m.From.ID, c.From}
		}
	}
	for _, a := range again {
		if _, done := d.Assessments[a.Question]; !done {
			d.Again = append(d.Again, Again(a))
		}
	}
}

// olderOf evaluates the return on the older form today, with what was decided of it.
func olderOf(tx *work.Tx, d *Desk, m *carry.Mapping) (status.Result, []status.Assessment, error) {
	returns, err := product.ReturnsOf(tx, []ident.Product{d.Product.ID})
	if err != nil {
		return status.Result{}, nil, err
	}
	for _, r := range returns {
		if r.Form != m.From.ID || !r.IsSent() {
			continue
		}
		by, err := product.AssessmentsOf(tx, []ident.Return{r.ID})
		if err != nil {
			return status.Result{}, nil, err
		}
		var decided []status.Assessment
		for _, a := range by[r.ID] {
			decided = append(decided, a.Assessment())
		}
		result, err := status.Evaluate(m.From, r.Sent.Of(d.Product, product.Asks(d.Call, m.From), decided), today(tx))
		if err != nil {
			err = fmt.Errorf("evaluating the older return of %s: %w", d.Product.ID, err)
		}
		return result, decided, err
	}
	return status.Result{}, nil, nil
}
