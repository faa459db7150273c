package demonstration

import (
	"context"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
)

// planDecision has the DTAC assessor assess the products, the chair propose, the approvers approve, the clock release, and the awards
// go through their checks to an agreement.
func (c *course) planDecision() {
	release, err := uktime.Parse(c.file.Release)
	if err != nil {
		return
	}
	proposed := release.AddDate(0, 0, -6)
	c.d.agenda.plan(proposed.AddDate(0, 0, -1), func(ctx context.Context) error {
		for _, p := range c.d.themes[c.file.Theme] {
			if err := c.d.assess(ctx, p); err != nil && !fault.Is(err, fault.Conflict) {
				return err
			}
		}
		return nil
	})
	c.d.agenda.plan(proposed.Add(-time.Hour), c.share)
	c.planRanking(proposed)
	c.d.agenda.plan(proposed, c.propose)
	c.d.agenda.plan(release, func(ctx context.Context) error {
		if err := c.d.Decisions.Release(access.With(ctx, access.System(access.ReleaseCall)), c.ref); err != nil {
			return fmt.Errorf("releasing %s: %w", c.ref, err)
		}
		return c.d.Jobs(ctx)
	})
	for i, e := range c.bids {
		c.d.agenda.plan(release.AddDate(0, 0, 2).Add(time.Duration(i)*20*time.Minute), func(ctx context.Context) error { return c.beginAward(ctx, e) })
	}
}

// propose computes the allocation by the published method and puts it forward; both approvers agree in the days after.
func (c *course) propose(ctx context.Context) error {
	var scenario ident.Scenario
	var id ident.Proposal
	err := c.d.do(ctx, chair, func(ctx context.Context) error {
		if err := c.freeze(ctx); err != nil {
			return err
		}
		var err error
		if scenario, err = c.d.Allocations.Run(ctx, c.ref, ""); err != nil {
			return fmt.Errorf("computing the allocation of %s: %w", c.ref, err)
		}
		id, err = c.d.Allocations.Propose(ctx, c.ref, scenario, "The panel discussed every application near the line. We propose what the published method gives.")
		return err
	})
	if err != nil {
		return err
	}
	now := c.d.clock.Now()
	for i, who := range []string{"approver1@demo.example", "approver2@demo.example"} {
		c.d.agenda.plan(now.AddDate(0, 0, 1+i), func(ctx context.Context) error {
			err := c.d.do(ctx, who, func(ctx context.Context) error { return c.d.Decisions.Approve(ctx, id, decision.Approving{}) })
			if fault.Is(err, fault.Conflict) {
				return nil // one approval was enough
			}
			return err
		})
	}
	return nil
}
