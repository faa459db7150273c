package award_test

import (
	"strings"
	"testing"

	"adoptionfund/internal/award"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// broken fails the test if the audit trail does not find what was changed behind it.
func (b *board) broken() {
	b.t.Helper()
	b.Read(func(tx *work.Tx) error {
		f, err := tx.Verify()
		if err == nil && f.Whole() {
			b.t.Error("a change behind the trail is not found")
		}
		return err
	})
}

// TestWhatAnswersMakeOfACheck: nobody types that a check passes.
func TestWhatAnswersMakeOfACheck(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	ref := b.awarded() // of £250,000
	for _, c := range []struct {
		kind  award.CheckKind
		typed map[string][]string
		want  award.Result
		says  string
	}{
		{award.DueDiligence, with(award.DueDiligence, "DD1", "none"), award.Fail, "no register"},
		{award.DueDiligence, with(award.DueDiligence, "DD3", "no"), award.Fail, "accounts"},
		{award.DueDiligence, with(award.DueDiligence, "DD5", "no"), award.Fail, "bank details"},
		{award.DueDiligence, fine(award.DueDiligence), award.Pass, ""},
		{award.FraudRisk, with(award.FraudRisk, "FR1", "high", "FR3", "Watched."), award.Fail, "high"},
		{award.FraudRisk, with(award.FraudRisk, "FR1", "medium", "FR3", "Watched."), award.Pass, ""},
		{award.Subsidy, with(award.Subsidy, "SB1", "minimal", "SB3", "65,000"), award.Pass, ""},
		{award.Subsidy, with(award.Subsidy, "SB1", "minimal", "SB3", "65,000.01"), award.Fail, "£315,000"},
		{award.Subsidy, with(award.Subsidy, "SB1", "scheme", "SB4", "Invented scheme"), award.Pass, ""},
		{award.PlanForOffer, with(award.PlanForOffer, "PL1", "no"), award.Fail, "delivered"},
		{award.DTACPosition, fine(award.DTACPosition), award.Pass, ""},
		{award.AgreementCheck, with(award.AgreementCheck, "AG1", "no"), award.Fail, "annexes"},
	} {
		b.no(b.record(ref, c.kind, c.typed))
		if got, _ := b.shown(ref).Result(c.kind); got.Result != c.want || !strings.Contains(got.Note, c.says) {
			t.Errorf("%s with %v: %s %q", c.kind, c.typed, got.Result, got.Note)
		}
	}
	shown := b.shown(ref)
	if last, _ := shown.Result(award.DueDiligence); last.Number != 4 || len(shown.Checks) != 12 {
		t.Errorf("%d records, the last of due diligence is %d: what was recorded before is kept", len(shown.Checks), last.Number)
	}
	if last, _ := shown.Result(award.DTACPosition); !strings.Contains(last.Read, "Invented Assessor") {
		t.Errorf("the position that was read: %q", last.Read)
	}
	var actions int
	for _, c := range shown.Conditions {
		if c.Source == award.FromDTAC && strings.Contains(c.Text, "Renew the certificate") {
			actions++
		}
	}
	if actions != 1 {
		t.Errorf("the open action is %d conditions", actions)
	}
	b.Want(b.awards.RecordCheck(b.As("manager2"), ref, award.Recording{Kind: award.FraudRisk, Typed: fine(award.FraudRisk)}), fault.Conflict) // recorded meanwhile
	b.Unbroken()
}

// TestWhoLeadsAnAwardWhere goes through every move of an award that no other test makes, with who may not make it and when it cannot be.
func TestWhoLeadsAnAwardWhere(t *testing.T) {
	t.Parallel()
	zero, some := money.Pence(0), money.Pounds(1000)
	for name, c := range map[string]struct {
		to   func(*board) ident.Ref
		do   func(b *board, who string, ref ident.Ref) error
		may  string
		not  []string
		want workflow.AwardState
	}{
		"hold during the checks": {(*board).awarded, func(b *board, who string, ref ident.Ref) error { return b.awards.Hold(b.As(who), ref, "A merger.") }, "approver1", []string{testkit.Manager, testkit.Applicant}, workflow.OnHold},
		"hold an offer":          {(*board).offered, func(b *board, who string, ref ident.Ref) error { return b.awards.Hold(b.As(who), ref, "A merger.") }, "approver1", []string{testkit.SRO}, workflow.OnHold},
		"withdraw an offer": {(*board).offered, func(b *board, who string, ref ident.Ref) error {
			return b.awards.Withdraw(b.As(who), ref, "The budget was cut.")
		}, "approver1", []string{testkit.Manager}, workflow.OfferWithdrawn},
		"suspend": {(*board).active, func(b *board, who string, ref ident.Ref) error {
			return b.monitoring.Suspend(b.As(who), ref, "No return.")
		}, "approver1", []string{testkit.Manager, testkit.SRO}, workflow.Suspended},
		"terminate": {(*board).active, func(b *board, who string, ref ident.Ref) error {
			return b.monitoring.Terminate(b.As(who), ref, "The site closes.", monitoring.Owing{ToRecipient: &zero, ByRecipient: &some})
		}, "approver2", []string{testkit.Manager, testkit.Applicant}, workflow.Terminated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBoard(t)
			ref := c.to(b)
			for _, who := range c.not {
				b.Want(c.do(b, who, ref), fault.Forbidden)
			}
			b.no(c.do(b, c.may, ref))
			shown, err := b.monitoring.Show(b.As(testkit.Applicant), ref)
			b.no(err)
			if shown.Award.State != c.want || shown.Terms.Reason == "" {
				t.Errorf("%s, because %q", shown.Award.State, shown.Terms.Reason)
			}
			b.Want(c.do(b, c.may, ref), fault.Conflict)
			b.Unbroken()
		})
	}
}

func TestWhatIsHeldGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	ref := b.offered()
	due := *b.shown(ref).Award.OfferDue
	b.Want(b.awards.Resume(b.As("approver1"), ref), fault.Conflict)
	b.Want(b.awards.Hold(b.As("approver1"), ref, " "), fault.Invalid)
	b.no(b.awards.Hold(b.As("approver1"), ref, "A merger."))
	b.Days(40)
	b.no(b.awards.LapseDue(t.Context()))
	b.no(b.awards.Resume(b.As("approver1"), ref))
	shown := b.shown(ref)
	if shown.Award.State != workflow.Offered || !shown.Award.OfferDue.Equal(due.AddDate(0, 0, 40)) {
		t.Errorf("%s, due %s instead of %s", shown.Award.State, shown.Award.OfferDue, due)
	}
	b.Unbroken()
}

func TestAFailedCheckIsRefusedByAnApprover(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	ref := b.awarded()
	b.Want(b.awards.Refuse(b.As("approver1"), ref, "No reason to."), fault.Conflict)
	b.no(b.record(ref, award.DueDiligence, with(award.DueDiligence, "DD5", "no")))
	b.Want(b.awards.Refuse(b.As(testkit.Manager), ref, "The bank details."), fault.Forbidden)
	b.no(b.awards.Refuse(b.As("approver1"), ref, "The bank details could not be confirmed."))
	if got := b.shown(ref).Award.State; got != workflow.NotOffered {
		t.Error(got)
	}
	b.Unbroken()
}

// TestLessThanAskedNeedsAPlan: for less than asked the applicant sends a plan that adds up to the offer, and the payments follow it.
func TestLessThanAskedNeedsAPlan(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	ref := b.awarded()
	b.no(b.DB.Write.Exec("UPDATE applications SET requested = requested + 5000000").Error)
	owner, manager := b.As(testkit.Applicant), b.As(testkit.Manager)
	b.Want(b.record(ref, award.PlanForOffer, fine(award.PlanForOffer)), fault.Invalid)
	b.Want(b.awards.SendPlan(owner, ref, b.shown(ref).Terms.Plan, "Less."), fault.Conflict)
	b.Want(b.awards.AskPlan(manager, ref, "What do you leave out?", "2020-01-01"), fault.Invalid)
	b.no(b.awards.AskPlan(manager, ref, "What do you leave out?", b.Clock.Now().AddDate(0, 0, 14).Format("2006-01-02")))
	lines := []plan.Line{{Year: "2026_27", Quarter: "q4", Use: "capital", Amount: 10_000_001}, {Year: "2027_28", Quarter: "q1", Use: "revenue", Amount: 15_000_000}}
	b.Want(b.awards.SendPlan(owner, ref, lines, "Less."), fault.Invalid) // a penny too much
	lines[0].Amount--
	b.no(b.awards.SendPlan(owner, ref, lines, "One site less."))
	b.no(b.awards.AnswerPlan(manager, ref, false, "Say which site."))
	b.no(b.awards.SendPlan(owner, ref, lines, "Site B is left out."))
	b.no(b.awards.AnswerPlan(manager, ref, true, ""))
	b.no(b.record(ref, award.PlanForOffer, fine(award.PlanForOffer)))
	shown := b.shown(ref)
	if len(shown.Plans) != 2 || len(shown.Payments) != 2 || shown.Payments[0].Amount != 10_000_000 || shown.Payments[1].Amount != 15_000_000 || plan.Total(shown.Terms.Plan) != shown.Award.Amount {
		t.Errorf("%+v\n%+v", shown.Plans, shown.Payments)
	}
	b.Unbroken()
}

// TestAPaymentIsClearedByTwo: one notes that its condition is met, another confirms it; never while the award is suspended.
func TestAPaymentIsClearedByTwo(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	ref := b.active()
	id := b.shown(ref).Payments[0].ID
	b.Want(b.awards.Clear(b.As("approver1"), ref, id), fault.Conflict)
	b.Want(b.awards.SayMet(b.As(testkit.SRO), ref, id, "We signed."), fault.Forbidden)
	b.no(b.awards.SayMet(b.As(testkit.Manager), ref, id, "Both signatures are there."))
	b.Want(b.awards.Clear(b.As(testkit.Manager), ref, id), fault.Forbidden)
	b.no(b.monitoring.Suspend(b.As("approver2"), ref, "A certificate has lapsed."))
	b.Want(b.awards.Clear(b.As("approver1"), ref, id), fault.Conflict)
	b.no(b.monitoring.Lift(b.As("approver2"), ref))
	b.no(b.awards.NotMet(b.As("approver1"), ref, id))
	b.no(b.awards.SayMet(b.As(testkit.Manager), ref, id, "Both signatures are there."))
	b.no(b.awards.Clear(b.As("approver1"), ref, id))
	if p := b.shown(ref).Payments[0]; !p.Cleared() || *p.MetBy == *p.ClearedBy {
		t.Errorf("%+v", p)
	}
	b.Unbroken()
}

func TestPaymentsAddUpToTheAward(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	ref := b.awarded()
	manager := b.As(testkit.Manager)
	in := []plan.Instalment{{Due: "2027-01-01", Amount: 12_500_000, Condition: "Signed"}, {Due: "2027-04-01", Amount: 12_499_999, Condition: "First return"}}
	b.Want(b.awards.SetSchedule(manager, ref, in), fault.Invalid)
	in[1].Amount++
	b.no(b.awards.SetSchedule(manager, ref, in))
	b.Want(b.awards.SetSchedule(manager, ref, []plan.Instalment{{Due: "soon", Amount: 25_000_000, Condition: "Signed"}}), fault.Invalid)
	if shown := b.shown(ref); len(shown.Payments) != 2 || shown.Payments[1].Amount != 12_500_000 {
		t.Errorf("%+v", shown.Payments)
	}
	b.Unbroken()
}

// TestAPlaceOnTheReserveListEndsByTheClock: not a day before the call's end date, and once, however often the clock looks.
func TestAPlaceOnTheReserveListEndsByTheClock(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	b.no(b.decisions.Approve(b.As("approver1"), b.proposed(), decision.Approving{}))
	b.released()
	b.no(b.DB.Write.Exec("UPDATE applications SET state = 'reserve' WHERE id = ?", apps[1].ID).Error)
	days := b.Application(apps[1].Ref).Call().Settings.Feedback.ReserveDays
	if days < 3 {
		t.Fatalf("the call's reserve list stands for %d days", days)
	}
	b.Days(days - 3) // two passed since the release
	b.no(b.decisions.ExpireReserveDue(t.Context()))
	b.state(apps[1].Ref, workflow.Reserve)
	b.Days(3)
	for range 2 {
		b.no(b.decisions.ExpireReserveDue(t.Context()))
	}
	b.state(apps[1].Ref, workflow.Unsuccessful)
	b.state(apps[0].Ref, workflow.Successful)
	b.Unbroken()
}
