package demonstration

import (
	"context"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/award"
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
	c.d.agenda.plan(proposed, c.propose)
	c.d.agenda.plan(release, func(ctx context.Context) error {
		if err := c.d.Decisions.Release(access.With(ctx, access.System(access.ReleaseCall)), c.ref); err != nil {
			return fmt.Errorf("releasing %s: %w", c.ref, err)
		}
		return c.d.Jobs(ctx)
	})
	for i, e := range c.bids {
		c.planAward(e, i, release)
	}
}

// propose computes the allocation by the published method and puts it forward; both approvers agree in the days after.
func (c *course) propose(ctx context.Context) error {
	var scenario ident.Scenario
	var id ident.Proposal
	err := c.d.do(ctx, chair, func(ctx context.Context) error {
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
			err := c.d.do(ctx, who, func(ctx context.Context) error { return c.d.Decisions.Approve(ctx, id, "") })
			if fault.Is(err, fault.Conflict) {
				return nil // one approval was enough
			}
			return err
		})
	}
	return nil
}

// planAward plans what becomes of an application if it is successful: most awards are agreed within three weeks, some wait for a
// signature, one in twelve is declined.
func (c *course) planAward(e *entry, i int, release time.Time) {
	checks := release.AddDate(0, 0, 2).Add(time.Duration(i) * 20 * time.Minute)
	plan := func(after time.Duration, what func(context.Context, ident.Ref) error) {
		c.d.agenda.plan(checks.Add(after), func(ctx context.Context) error {
			if err := what(ctx, e.ref); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
				return fmt.Errorf("the award of %s: %w", e.ref, err)
			}
			return nil
		})
	}
	day := 24 * time.Hour
	plan(0, func(ctx context.Context, ref ident.Ref) error { return c.check(ctx, e, ref) })
	if i%13 == 12 {
		return // the checks are still to be confirmed
	}
	plan(3*day, func(ctx context.Context, ref ident.Ref) error {
		return c.d.do(ctx, "senior@demo.example", func(ctx context.Context) error { return c.d.Awards.ConfirmChecks(ctx, ref) })
	})
	if i%12 == 7 {
		plan(6*day, func(ctx context.Context, ref ident.Ref) error {
			return c.d.do(ctx, e.team.sro.Email, func(ctx context.Context) error {
				return c.d.Awards.Decline(ctx, ref, "Another programme pays for it (invented)")
			})
		})
		return
	}
	for k, who := range []named{e.team.sro, e.team.finance} {
		if k == 1 && i%9 == 5 {
			return // the second signature is still to come
		}
		plan(time.Duration(7+k)*day, func(ctx context.Context, ref ident.Ref) error {
			return c.d.do(ctx, who.Email, func(ctx context.Context) error { return c.d.Awards.Accept(ctx, ref, who.Name, true) })
		})
	}
	if i%10 == 4 {
		return // the agreement is still to be countersigned
	}
	plan(14*day, func(ctx context.Context, ref ident.Ref) error {
		return c.d.do(ctx, "approver1@demo.example", func(ctx context.Context) error { return c.d.Awards.Countersign(ctx, ref) })
	})
}

// check records every pre-award check, and a condition where the product is on the way.
func (c *course) check(ctx context.Context, e *entry, ref ident.Ref) error {
	return c.d.do(ctx, admin, func(ctx context.Context) error {
		var list []award.Check
		for _, info := range award.Checks() {
			list = append(list, award.Check{Kind: info.Kind, Result: award.Pass, Note: "Checked against the papers of the application (invented)."})
		}
		if err := c.d.Awards.RecordChecks(ctx, ref, list); err != nil {
			return err //nolint:wrapcheck // the caller looks at the kind
		}
		if e.dtac != "on_the_way" {
			return nil
		}
		return c.d.Awards.AddCondition(ctx, ref, award.Condition{ //nolint:wrapcheck // the caller looks at the kind
			Text: "The supplier's clinical risk management system is approved before the first patient uses " + e.Product, Owner: "Supplier", Due: uktime.Day(c.d.clock.Now().AddDate(0, 3, 0)),
		})
	})
}
