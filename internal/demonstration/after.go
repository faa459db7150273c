package demonstration

import (
	"context"
	"time"

	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/money"
	"adoptionfund/internal/monitoring"
)

// planAfter plans what follows the agreement: the first payment is cleared, some report milestones and send returns, and one award each is
// suspended, terminated, varied and closed.
func (g *granted) planAfter() {
	g.clears(14)
	switch {
	case g.n == 2:
		g.endsEarly()
	case g.n == 3:
		g.after(20, other, func(ctx context.Context) error {
			return g.d.Monitoring.Suspend(ctx, g.ref, "The supplier's certificate has lapsed (invented).")
		})
	case g.n == 6:
		g.after(21, other, func(ctx context.Context) error {
			none := money.Pence(0)
			return g.d.Monitoring.Terminate(ctx, g.ref, "The site closes (invented).", monitoring.Owing{ToRecipient: &none, ByRecipient: &none})
		})
	case g.n == 8 || g.n == 9:
		g.varies(18, func(in *monitoring.Varying) { in.Amount = in.Amount * 9 / 10 / 100 * 100 })
		if g.n == 9 {
			g.after(20, other, func(ctx context.Context) error { return g.d.Monitoring.ApproveVariation(ctx, g.ref) })
		}
	case g.n%4 == 1:
		g.reports(16, g.n%8 == 1)
	case g.n%4 == 2:
		g.returns(19, 0)
		if g.n%8 == 2 {
			g.after(21, fundManager, func(ctx context.Context) error { return g.d.Monitoring.Answer(ctx, g.ref, g.code(ctx, 0), true, "") })
		}
	}
}

// clears has the first payment noted as due, and cleared by somebody else.
func (g *granted) clears(days int) {
	first := func(what func(ctx context.Context, id string) error) func(context.Context) error {
		return func(ctx context.Context) error {
			shown, err := g.d.Awards.Show(ctx, g.ref)
			if err != nil || len(shown.Payments) == 0 {
				return err //nolint:wrapcheck // the caller looks at the kind
			}
			return what(ctx, shown.Payments[0].ID)
		}
	}
	g.after(days, fundManager, first(func(ctx context.Context, id string) error {
		return g.d.Awards.SayMet(ctx, g.ref, id, "The agreement is signed by both sides.")
	}))
	if g.n%6 != 5 {
		g.after(days+1, approves, first(func(ctx context.Context, id string) error { return g.d.Awards.Clear(ctx, g.ref, id) }))
	}
}

// reports has the first open condition reported as met, and perhaps signed off.
func (g *granted) reports(days int, signed bool) {
	first := func(what func(ctx context.Context, id string) error) func(context.Context) error {
		return func(ctx context.Context) error {
			shown, err := g.d.Awards.Show(ctx, g.ref)
			if err != nil || len(shown.Conditions) == 0 {
				return err //nolint:wrapcheck // the caller looks at the kind
			}
			return what(ctx, shown.Conditions[0].ID)
		}
	}
	g.after(days, g.e.team.contact.Email, first(func(ctx context.Context, id string) error {
		return g.d.Monitoring.ReportMet(ctx, g.ref, id, "Done; the minutes of the project board show it (invented).")
	}))
	if signed {
		g.after(days+2, fundManager, first(func(ctx context.Context, id string) error {
			return g.d.Monitoring.Settle(ctx, g.ref, id, monitoring.SignOff, "")
		}))
	}
}

// code is the code of the n-th expected return, -1 for the last.
func (g *granted) code(ctx context.Context, n int) string {
	shown, err := g.d.Monitoring.Show(ctx, g.ref)
	if err != nil || len(shown.Expected) == 0 {
		return "none"
	}
	if n < 0 {
		n = len(shown.Expected) - 1
	}
	return shown.Expected[n].Code()
}

// returns has a return sent, whose spending is what the plan has up to then.
func (g *granted) returns(days, n int) {
	g.after(days, g.e.team.contact.Email, func(ctx context.Context) error {
		sheet, err := g.d.Monitoring.Sheet(ctx, g.ref, g.code(ctx, n))
		if err != nil {
			return err //nolint:wrapcheck // the caller looks at the kind
		}
		planned := plan.Until(sheet.Terms.Plan, sheet.Of.Quarter.End())
		_, by := plan.Sums(planned, func(l plan.Line) string { return l.Use })
		typed := map[string][]string{
			"QR1": {"Contracts were signed and the first site was prepared (invented)."}, "QR2": {"1"}, "QR3": {"120"},
			"QR5": {by["capital"].Decimal()}, "QR6": {by["revenue"].Decimal()},
			"FN1": {"The service runs at its first site (invented)."}, "FN2": {"Begin with the integration (invented)."}, "FN3": {"The recipient pays for it from its own budget (invented)."},
		}
		if !sheet.Of.Final {
			delete(typed, "FN1")
			delete(typed, "FN2")
			delete(typed, "FN3")
		}
		for i, b := range sheet.Promised.Benefits {
			at := "QR4[" + string(rune('0'+i%10)) + "]."
			typed[at+"benefit"], typed[at+"measure"], typed[at+"reached"], typed[at+"standing"] = []string{b.Benefit}, []string{b.Measure}, []string{"Too early to say (invented)"}, []string{"not_yet"}
		}
		return g.d.Monitoring.Save(ctx, g.ref, monitoring.Typing{Code: sheet.Of.Code(), Version: sheet.Version(), Typed: typed, Send: true}) //nolint:wrapcheck // the caller looks at the kind
	})
}

// varies has a signatory propose a variation.
func (g *granted) varies(days int, how func(*monitoring.Varying)) {
	g.after(days, g.e.team.sro.Email, func(ctx context.Context) error {
		shown, err := g.d.Awards.Show(ctx, g.ref)
		if err != nil {
			return err //nolint:wrapcheck // the caller looks at the kind
		}
		in := monitoring.Varying{Amount: shown.Award.Amount, EndsOn: shown.Terms.EndsOn, Recipient: shown.Award.Recipient, Reason: "A quote came in lower than expected (invented)."}
		how(&in)
		return g.d.Monitoring.ProposeVariation(ctx, g.ref, in) //nolint:wrapcheck // the caller looks at the kind
	})
}

// endsEarly has an award end within weeks: varied to what was paid first, reported, completed, reconciled and closed.
func (g *granted) endsEarly() {
	g.after(17, g.e.team.sro.Email, func(ctx context.Context) error {
		shown, err := g.d.Awards.Show(ctx, g.ref)
		if err != nil || len(shown.Payments) == 0 {
			return err //nolint:wrapcheck // the caller looks at the kind
		}
		return g.d.Monitoring.ProposeVariation(ctx, g.ref, monitoring.Varying{ //nolint:wrapcheck // the caller looks at the kind
			Amount: shown.Payments[0].Amount, EndsOn: g.at.AddDate(0, 0, 18).Format(time.DateOnly), Recipient: shown.Award.Recipient,
			Change: "Only the first site goes live under this award (invented).", Reason: "The other sites are paid for by their own trust (invented).",
		})
	})
	g.after(18, other, func(ctx context.Context) error { return g.d.Monitoring.ApproveVariation(ctx, g.ref) })
	g.returns(20, -1)
	g.after(22, fundManager, func(ctx context.Context) error { return g.d.Monitoring.Answer(ctx, g.ref, g.code(ctx, -1), true, "") })
	g.after(23, fundManager, func(ctx context.Context) error {
		shown, err := g.d.Monitoring.Show(ctx, g.ref)
		if err != nil || len(shown.Payments) == 0 {
			return err //nolint:wrapcheck // the caller looks at the kind
		}
		paid, spent := shown.Payments[0].Amount, plan.Total(monitoring.Spent(shown.Returns))
		back := paid - spent
		return g.d.Monitoring.ProposeClosing(ctx, g.ref, monitoring.Reconciling{Paid: &paid, Spent: &spent, Returned: &back, Note: "Reconciled with the ledger (invented)."}) //nolint:wrapcheck // the caller looks at the kind
	})
	g.after(24, other, func(ctx context.Context) error { return g.d.Monitoring.ApproveClosing(ctx, g.ref) })
}
