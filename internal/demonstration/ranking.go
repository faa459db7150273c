package demonstration

import (
	"context"
	"fmt"
	"time"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/money"
)

// planRanking has the chair of a call that ranks by calibrated scores look at its ranking and try scenarios, some days before the proposal.
func (c *course) planRanking(proposed time.Time) {
	if c.file.Method.Ranking != fund.RankCalibrated {
		return
	}
	c.d.agenda.plan(proposed.AddDate(0, 0, -2), func(ctx context.Context) error {
		return c.d.do(ctx, chair, c.try)
	})
}

// try computes the ranking as it stands, what the published method gives, and two other scenarios.
func (c *course) try(ctx context.Context) error {
	if err := c.d.Rankings.Run(ctx, c.ref); err != nil {
		return fmt.Errorf("ranking %s: %w", c.ref, err)
	}
	if _, err := c.d.Allocations.Run(ctx, c.ref, ""); err != nil {
		return fmt.Errorf("computing the allocation of %s: %w", c.ref, err)
	}
	for _, t := range []struct {
		name, note string
		change     func(*allocation.Ask)
	}{
		{"The best portfolio", "What the same money would be worth most for", func(a *allocation.Ask) { a.Strategy = fund.StrategyPortfolio }},
		{"Not over £500,000 for a region", "Would more regions take part?", func(a *allocation.Ask) {
			most := int64(money.Pounds(500_000) / 100)
			a.Strategy, a.Limits = fund.StrategyPortfolio, []fund.Limit{{By: "region", Value: "*", MaxPounds: &most}}
		}},
	} {
		form, err := c.d.Allocations.TrialDesk(ctx, c.ref, "")
		if err != nil {
			return fmt.Errorf("trying %q: %w", t.name, err)
		}
		t.change(&form.Ask)
		if _, err := c.d.Allocations.RunTrial(ctx, c.ref, allocation.Trial{Name: t.name, Note: t.note, Ask: &form.Ask}); err != nil {
			return fmt.Errorf("trying %q: %w", t.name, err)
		}
	}
	return nil
}

// freeze freezes the ranking of a call that ranks by calibrated scores.
func (c *course) freeze(ctx context.Context) error {
	if c.file.Method.Ranking != fund.RankCalibrated {
		return nil
	}
	if err := c.d.Rankings.Run(ctx, c.ref); err != nil {
		return fmt.Errorf("ranking %s: %w", c.ref, err)
	}
	desk, err := c.d.Allocations.RankingDesk(ctx, c.ref)
	if err != nil {
		return fmt.Errorf("reading the ranking of %s: %w", c.ref, err)
	}
	if err := c.d.Rankings.Freeze(ctx, c.ref, desk.Kept.ID); err != nil {
		return fmt.Errorf("freezing the ranking of %s: %w", c.ref, err)
	}
	return nil
}
