package allocation

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
)

// Proposed is the scenario of a proposal as its approvers see it: with the band near the funding line, and how the lot in it was drawn.
type Proposed struct {
	View

	Band       []string // references of those in the band that the reader may see
	MaskedBand int
	Line       float64     // the funding line
	Lined      bool        // false: the money suffices for all
	Lot        *Lot        // nil: none was drawn
	Seed       string      // of the draw
	Promised   money.Pence // by earlier proposals of the call, as it stands now
	Checked    Checked     // whether what the proposal rests on is as it was
}

// Proposed gives the scenario of a proposal, to those who may see the proposal.
func (s *Service) Proposed(ctx context.Context, id ident.Proposal) (Proposed, error) {
	var shown Proposed
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		p, err := ProposalByID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ViewProposal, p); err != nil {
			return err
		}
		b, err := s.read(tx, p.call)
		if err != nil {
			return err
		}
		views, err := b.views(tx, []ident.Scenario{p.ScenarioID})
		if err != nil {
			return err
		}
		before, err := settled(tx, p.call, p.Number)
		if err != nil {
			return err
		}
		shown = Proposed{View: views[0], Promised: before.promised()}
		if shown.Checked, err = check(tx, p, b.CallScores); err != nil {
			return err
		}
		return shown.near(b)
	})
	return shown, err
}

// near adds the line, the band around it, and the draw, of the problem as it was solved.
func (p *Proposed) near(b basis) error {
	solved, _, err := p.Solved()
	if err != nil {
		return err
	}
	if p.Ask.Strategy == fund.StrategyMeritRandom && solved.Seed != "" {
		p.Lot, p.Seed = b.lot, solved.Seed
	}
	b.ask, b.problem = p.Ask, solved
	p.Line, p.Lined = b.line()
	p.Band, p.MaskedBand = p.Seen(b.band())
	return nil
}
