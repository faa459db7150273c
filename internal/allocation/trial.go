package allocation

import (
	"context"
	"fmt"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// TrialDesk is the form for another scenario: what it begins as.
type TrialDesk struct {
	Call  *fund.Call
	Ask   Ask
	Name  string
	From  string // in words, what it begins as
	Parts []string
}

// TrialDesk gives the form for another scenario, as a copy of one or of the published method. What a copied one holds of applications from which the one
// who looks is barred is left out.
func (s *Service) TrialDesk(ctx context.Context, ref ident.CallRef, from ident.Scenario) (TrialDesk, error) {
	var d TrialDesk
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.RunAllocation)
		if err != nil {
			return err
		}
		b, err := s.read(tx, c)
		if err != nil {
			return err
		}
		d = TrialDesk{Call: c, Ask: Published(c, b.budget), From: "the published method"}
		r, err := s.reviews.Rubric(c)
		if err != nil {
			return err //nolint:wrapcheck // says what it was doing
		}
		for _, p := range r.Parts {
			d.Parts = append(d.Parts, string(p.Code))
		}
		if from == "" {
			return nil
		}
		return d.copy(tx, b, from)
	})
	return d, err
}

func (d *TrialDesk) copy(tx *work.Tx, b basis, from ident.Scenario) error {
	sc, err := scenarioByID(tx, from)
	if err != nil {
		return err
	}
	if sc.CallID != b.Call.ID {
		return work.NotFound("scenario")
	}
	if d.Ask, err = askOf(tx, sc, d.Ask); err != nil {
		return err
	}
	d.Name, d.From = "Copy of "+sc.Name, fmt.Sprintf("a copy of “%s”", sc.Name)
	var m Mask
	m.mask(b.ranked, tx.By.ID)
	held := d.Ask.Held
	d.Ask.Held = nil
	for _, h := range held {
		if !m.Hidden(string(h.Ref)) {
			d.Ask.Held = append(d.Ask.Held, h)
		}
	}
	return nil
}
