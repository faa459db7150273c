package demonstration

import (
	"context"
	"fmt"
	"time"

	"adoptionfund/internal/award"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
)

const (
	fundManager = "admin@demo.example"
	confirms    = "senior@demo.example"
	approves    = "approver1@demo.example"
	other       = "approver2@demo.example"
)

// granted is an award on its way.
type granted struct {
	*course
	e   *entry
	n   int // the how many-th award of the demonstration
	ref ident.Ref
	at  time.Time // when its checks began
}

// beginAward begins what becomes of an application if it was successful: most awards are agreed within three weeks, and the others stand at
// each of the points at which an award can be.
func (c *course) beginAward(ctx context.Context, e *entry) error {
	var shown award.Page
	err := c.d.do(ctx, fundManager, func(ctx context.Context) error {
		var err error
		shown, err = c.d.Awards.Show(ctx, e.ref)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	g := &granted{c, e, c.d.awards, e.ref, c.d.clock.Now()}
	c.d.awards++
	if len(shown.Products) > 1 {
		g.after(0, e.team.contact.Email, func(ctx context.Context) error { return c.d.Awards.ChooseProduct(ctx, g.ref, best(shown)) })
	}
	less := shown.Award.Amount < shown.Application.Requested
	if less {
		g.planRevision()
	}
	g.after(1, fundManager, func(ctx context.Context) error { return g.check(ctx) })
	g.planOffer()
	return nil
}

// after plans something that somebody does days after the checks began. What does not fit any more is passed over.
func (g *granted) after(days int, who string, what func(context.Context) error) {
	g.d.agenda.plan(g.at.AddDate(0, 0, days).Add(time.Duration(g.n)*time.Minute), func(ctx context.Context) error {
		err := g.d.do(ctx, who, what)
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the award of %s: %w", g.ref, err)
		}
		return nil
	})
}

// planRevision has the applicant asked for a plan for less, which takes the same part of each line.
func (g *granted) planRevision() {
	g.after(0, fundManager, func(ctx context.Context) error {
		return g.d.Awards.AskPlan(ctx, g.ref, "Please say what you leave out for the amount offered (invented).", g.at.AddDate(0, 0, 10).Format(time.DateOnly))
	})
	g.after(0, g.e.team.contact.Email, func(ctx context.Context) error {
		shown, err := g.d.Awards.Show(ctx, g.ref)
		if err != nil {
			return err //nolint:wrapcheck // the caller looks at the kind
		}
		return g.d.Awards.SendPlan(ctx, g.ref, shown.Terms.Plan, "The second wave of sites goes live later; each cost line is smaller in proportion (invented).") //nolint:wrapcheck // the caller looks at the kind
	})
	g.after(0, fundManager, func(ctx context.Context) error { return g.d.Awards.AnswerPlan(ctx, g.ref, true, "") })
}

// best is the candidate product with the best position.
func best(shown award.Page) ident.Product {
	at, rank := 0, map[string]int{"compliant": 2, "on_the_way": 1}
	for i, p := range shown.Products {
		if p.Position != nil && (shown.Products[at].Position == nil || rank[string(p.Position.Status)] > rank[string(shown.Products[at].Position.Status)]) {
			at = i
		}
	}
	return shown.Products[at].ID
}

// checked are the answers to the questions of each check.
func (g *granted) checked() map[award.CheckKind]map[string][]string {
	confirmed := []string{"yes"}
	if g.n == 11 {
		confirmed = []string{"no"}
	}
	risk, measures := "low", ""
	if g.n%8 == 3 {
		risk, measures = "medium", "Payments follow returns, and the ledger is looked at after the second (invented)."
	}
	return map[award.CheckKind]map[string][]string{
		award.DueDiligence:   {"DD1": {"ods"}, "DD2": {string(g.e.lead.ODSCode)}, "DD3": {"yes"}, "DD4": {"The last annual accounts show a balanced position (invented)."}, "DD5": confirmed, "DD6": {"Called back on the switchboard number of its website (invented)"}},
		award.FraudRisk:      {"FR1": {risk}, "FR2": {"A public body with its own counter-fraud function; few suppliers (invented)."}, "FR3": {measures}},
		award.Subsidy:        {"SB1": {"none"}, "SB2": {"The recipient is a public body that does not act on a market with this project (invented)."}},
		award.DTACPosition:   {"DP1": {"Open actions of the position become conditions of the award (invented)."}},
		award.PlanForOffer:   {"PL1": {"yes"}, "PL2": {"Cost lines, milestones and staffing (invented)."}},
		award.AgreementCheck: {"AG1": {"yes"}, "AG2": {"The chief financial officer, by the scheme of delegation (invented)"}},
	}
}

// check records every pre-award check.
func (g *granted) check(ctx context.Context) error {
	answers := g.checked()
	for _, kind := range award.Checks() {
		if err := g.d.Awards.RecordCheck(ctx, g.ref, award.Recording{Kind: kind, Typed: answers[kind]}); err != nil {
			return fmt.Errorf("the check %s: %w", kind, err)
		}
	}
	return nil
}

// planOffer plans what becomes of the offer.
func (g *granted) planOffer() {
	switch {
	case g.n == 11: // a check failed
		g.after(3, other, func(ctx context.Context) error {
			return g.d.Awards.Refuse(ctx, g.ref, "The bank details could not be confirmed (invented).")
		})
		return
	case g.n == 23:
		g.after(2, other, func(ctx context.Context) error {
			return g.d.Awards.Hold(ctx, g.ref, "The recipient merges with another trust next month (invented).")
		})
		return
	case g.n%13 == 12:
		return // the checks are still to be confirmed
	}
	g.after(3, confirms, func(ctx context.Context) error { return g.d.Awards.ConfirmChecks(ctx, g.ref) })
	if g.n == 7 || g.n == 21 {
		g.after(6, g.e.team.sro.Email, func(ctx context.Context) error {
			return g.d.Awards.Decline(ctx, g.ref, "Another programme pays for it (invented)")
		})
		return
	}
	g.accepts(7, g.e.team.sro)
	if g.n == 5 || g.n == 16 {
		return // the second signature is still to come
	}
	g.accepts(8, g.e.team.finance)
	if g.n == 13 {
		return // the agreement is still to be signed
	}
	g.after(10, g.e.team.sro.Email, func(ctx context.Context) error {
		shown, err := g.d.Awards.Show(ctx, g.ref)
		if err != nil || shown.Agreement == nil {
			return err //nolint:wrapcheck // the caller looks at the kind
		}
		return g.d.Awards.Sign(ctx, g.ref, g.e.team.sro.Name, shown.Agreement.Digest) //nolint:wrapcheck // the caller looks at the kind
	})
	if g.n == 4 {
		return // the agreement is still to be countersigned
	}
	g.after(12, approves, func(ctx context.Context) error { return g.d.Awards.Countersign(ctx, g.ref, "Approver One (invented)") })
	g.planAfter()
}

// accepts has a signatory acknowledge each condition and accept.
func (g *granted) accepts(days int, who named) {
	g.after(days, who.Email, func(ctx context.Context) error {
		shown, err := g.d.Awards.Show(ctx, g.ref)
		if err != nil {
			return err //nolint:wrapcheck // the caller looks at the kind
		}
		var all []string
		for _, c := range shown.Conditions {
			all = append(all, c.ID)
		}
		return g.d.Awards.Accept(ctx, g.ref, award.Accepting{Name: who.Name, Acknowledged: all}) //nolint:wrapcheck // the caller looks at the kind
	})
}
