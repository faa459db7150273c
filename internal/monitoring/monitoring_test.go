package monitoring_test

import (
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/award"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
)

// desk is a panel whose first application has an agreed award.
type desk struct {
	*testkit.Panel
	t          *testing.T
	awards     *award.Service
	monitoring *monitoring.Service
	ref        ident.Ref
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	p := testkit.New(t).Panel()
	d := &desk{Panel: p, t: t, awards: award.NewService(p.Gate, p.Library, p.Files, award.Settings{MinimalAssistance: money.Pounds(315_000)})}
	d.monitoring = monitoring.NewService(p.Gate, p.Library, d.awards)
	for name, role := range map[string]string{"approver1": "approver", "approver2": "approver", "manager2": "administrator"} {
		p.Person(name, role, access.Scope{Round: p.Round().ID})
	}
	d.agree()
	return d
}

func (d *desk) no(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// agree takes an application through decision, checks, offer and agreement.
func (d *desk) agree() {
	d.t.Helper()
	allocations := allocation.NewService(d.Gate, d.Reviews, ranking.NewService(d.Gate, d.Reviews, allocation.Stands, "test"), decision.OpenReviews, solve.New(highs.New("")))
	decisions := decision.NewService(d.Gate, d.Letters)
	a := d.Assessed(1, "4")[0]
	d.ref = a.Ref
	scenario, err := allocations.Run(d.As(testkit.Chair), d.CallRef(), "")
	d.no(err)
	proposal, err := allocations.Propose(d.As(testkit.Chair), d.CallRef(), scenario, "")
	d.no(err)
	d.no(decisions.Approve(d.As("approver1"), proposal, decision.Approving{}))
	d.released(decisions)
	d.Positioned(d.Application(a.Ref), "compliant")
	d.no(d.awards.Create(d.Job(access.ReleaseCall), a.ID))
	shown := d.shown()
	if len(shown.Products) > 1 {
		d.no(d.awards.ChooseProduct(d.As(testkit.Applicant), d.ref, shown.Products[0].ID))
	}
	for kind, typed := range map[award.CheckKind]map[string][]string{
		award.DueDiligence: {"DD1": {"ods"}, "DD2": {"QMF"}, "DD3": {"yes"}, "DD4": {"Balanced."}, "DD5": {"yes"}, "DD6": {"Called back"}}, award.FraudRisk: {"FR1": {"low"}, "FR2": {"Public."}},
		award.Subsidy: {"SB1": {"none"}, "SB2": {"No market."}}, award.DTACPosition: {"DP1": {"Nothing."}}, award.PlanForOffer: {"PL1": {"yes"}, "PL2": {"Costs."}}, award.AgreementCheck: {"AG1": {"yes"}, "AG2": {"The director"}},
	} {
		d.no(d.awards.RecordCheck(d.As(testkit.Manager), d.ref, award.Recording{Kind: kind, Typed: typed}))
	}
	d.no(d.awards.AddCondition(d.As(testkit.Manager), d.ref, award.Condition{Text: "Name a clinical safety officer", Owner: "Recipient", Due: d.Clock.Now().AddDate(0, 0, 40).Format(time.DateOnly)}))
	d.no(d.awards.ConfirmChecks(d.As("manager2"), d.ref))
	in := award.Accepting{Name: "Shazia Rahman"}
	for _, c := range d.shown().Conditions {
		in.Acknowledged = append(in.Acknowledged, c.ID)
	}
	d.no(d.awards.Accept(d.As(testkit.SRO), d.ref, in))
	d.no(d.awards.Accept(d.As(testkit.Finance), d.ref, in))
	d.no(d.awards.Sign(d.As(testkit.SRO), d.ref, "Shazia Rahman", d.shown().Agreement.Digest))
	d.no(d.awards.Countersign(d.As("approver1"), d.ref, "Ada Approver"))
}

// released lets the release time come.
func (d *desk) released(decisions *decision.Service) {
	d.t.Helper()
	at := d.Clock.Now().Add(time.Hour)
	d.no(decisions.Schedule(d.As(testkit.Manager), d.CallRef(), at.In(uktime.Zone()).Format("2006-01-02 15:04")))
	d.Clock.Add(48 * time.Hour)
	_, err := decisions.ReleaseDue(d.t.Context())
	d.no(err)
}

func (d *desk) shown() monitoring.Page {
	d.t.Helper()
	shown, err := d.monitoring.Show(d.As(testkit.Manager), d.ref)
	d.no(err)
	return shown
}

func (d *desk) condition(text string) award.Condition {
	d.t.Helper()
	for _, c := range d.shown().Conditions {
		if strings.Contains(c.Text, text) {
			return c
		}
	}
	d.t.Fatalf("there is no condition %q", text)
	return award.Condition{}
}

// typed are the inputs of a return with what was spent.
func typed(final bool, capital, revenue string) map[string][]string {
	answers := map[string][]string{
		"QR1": {"The first site is live."}, "QR2": {"1"}, "QR3": {"120"}, "QR4[0].benefit": {"Shorter waits"}, "QR4[0].reached": {"Two weeks"}, "QR4[0].standing": {"as_promised"},
		"QR5": {capital}, "QR6": {revenue},
	}
	if final {
		answers["FN1"], answers["FN2"], answers["FN3"] = []string{"It runs."}, []string{"Begin early."}, []string{"The trust pays."}
	}
	return answers
}

// sent sends an expected return.
func (d *desk) sent(e award.ExpectedReturn, capital, revenue string) {
	d.t.Helper()
	sheet, err := d.monitoring.Sheet(d.As(testkit.Applicant), d.ref, e.Code())
	d.no(err)
	d.no(d.monitoring.Save(d.As(testkit.Applicant), d.ref, monitoring.Typing{Code: e.Code(), Version: sheet.Version(), Typed: typed(e.Final, capital, revenue), Send: true}))
}

func TestAConditionIsReportedAndSignedOff(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	id := d.condition("clinical safety officer").ID
	owner, manager := d.As(testkit.Applicant), d.As(testkit.Manager)
	d.Want(d.monitoring.Settle(manager, d.ref, id, monitoring.SignOff, ""), fault.Conflict) // nobody reported it
	d.Want(d.monitoring.ReportMet(d.As("approver1"), d.ref, id, "Done."), fault.NotFound)
	d.Want(d.monitoring.ReportMet(owner, d.ref, id, " "), fault.Invalid)
	d.Want(d.awards.AddFile(owner, d.ref, award.Uploading{Place: "condition-" + id, Name: "letter.exe", Content: strings.NewReader("MZ")}), fault.Invalid)
	d.no(d.awards.AddFile(owner, d.ref, award.Uploading{Place: "condition-" + id, Name: "letter.txt", Content: strings.NewReader("An invented letter.")}))
	d.no(d.monitoring.ReportMet(owner, d.ref, id, "Named in the letter."))
	d.Want(d.monitoring.Settle(manager, d.ref, id, monitoring.SendBack, ""), fault.Invalid)
	d.no(d.monitoring.Settle(manager, d.ref, id, monitoring.SendBack, "The letter has no date."))
	d.no(d.monitoring.ReportMet(owner, d.ref, id, "Now with its date."))
	d.Want(d.monitoring.Settle(owner, d.ref, id, monitoring.SignOff, ""), fault.Forbidden)
	d.no(d.monitoring.Settle(manager, d.ref, id, monitoring.SignOff, ""))
	d.Want(d.monitoring.Settle(manager, d.ref, id, monitoring.Waive, "Again."), fault.Conflict)
	if c := d.condition("clinical safety officer"); c.Open() || c.Waived || len(d.shown().At("condition-"+id)) != 1 {
		t.Errorf("%+v", c)
	}
	d.Unbroken()
}

func TestAReturnIsSavedSentReturnedAndAccepted(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	owner, manager := d.As(testkit.Applicant), d.As(testkit.Manager)
	e := d.shown().Expected[0]
	d.Want(d.monitoring.Save(owner, d.ref, monitoring.Typing{Code: "2001-02-q1", Typed: typed(false, "0", "0")}), fault.NotFound)
	d.Want(d.monitoring.Save(d.As("approver1"), d.ref, monitoring.Typing{Code: e.Code(), Typed: typed(false, "0", "0")}), fault.NotFound)
	d.no(d.monitoring.Save(owner, d.ref, monitoring.Typing{Code: e.Code(), Typed: map[string][]string{"QR1": {"Begun."}}})) // to go on later
	d.Want(d.monitoring.Save(owner, d.ref, monitoring.Typing{Code: e.Code(), Typed: typed(false, "0", "0")}), fault.Conflict)
	d.Want(d.monitoring.Save(owner, d.ref, monitoring.Typing{Code: e.Code(), Version: 1, Typed: map[string][]string{"QR5": {"a lot"}}, Send: true}), fault.Invalid)
	d.Want(d.monitoring.Answer(manager, d.ref, e.Code(), true, ""), fault.Conflict)
	d.sent(e, "1,000.01", "2,000")
	d.no(d.monitoring.Answer(manager, d.ref, e.Code(), false, "Which site?"))
	d.sent(e, "1,000.01", "2,000")
	d.Want(d.monitoring.Answer(owner, d.ref, e.Code(), true, ""), fault.Forbidden)
	d.no(d.monitoring.Answer(manager, d.ref, e.Code(), true, ""))
	shown := d.shown()
	if spent := plan.Total(monitoring.Spent(shown.Returns)); spent != 300_001 || shown.Return(e).State != monitoring.Accepted {
		t.Errorf("%d pence are spent, %+v", spent, shown.Returns)
	}
	for _, s := range shown.Against {
		if s.Quarter == e.Quarter && (!s.Told || s.Spent != 300_001 || s.Difference() != s.Spent-s.Planned) {
			t.Errorf("%+v", s)
		}
	}
	d.Unbroken()
}

// TestAnAwardIsVariedCompletedAndClosed: made smaller and shorter, its final report accepted, its money reconciled by two.
func TestAnAwardIsVariedCompletedAndClosed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	shown := d.shown()
	in := monitoring.Varying{Amount: shown.Award.Amount, EndsOn: shown.Terms.EndsOn, Recipient: shown.Award.Recipient, Reason: "A site less."}
	signatory, approver := d.As(testkit.SRO), d.As("approver2")
	d.Want(d.monitoring.ProposeVariation(signatory, d.ref, in), fault.Invalid) // nothing changes
	up := in
	up.Amount++
	d.Want(d.monitoring.ProposeVariation(signatory, d.ref, up), fault.Invalid)
	in.Amount, in.EndsOn = 10_000_000, d.Clock.Now().Format(time.DateOnly)
	d.Want(d.monitoring.ProposeVariation(d.As(testkit.Manager), d.ref, in), fault.Forbidden)
	d.Want(d.monitoring.ApproveVariation(approver, d.ref), fault.Conflict)
	d.no(d.monitoring.ProposeVariation(signatory, d.ref, in))
	d.Want(d.monitoring.ProposeVariation(signatory, d.ref, in), fault.Conflict)
	who, _ := access.From(approver)
	who.Confirmed = false
	d.Want(d.monitoring.RefuseVariation(access.With(t.Context(), who), d.ref, "Say which site."), fault.Forbidden)
	d.Want(d.monitoring.ApproveVariation(access.With(t.Context(), who), d.ref), fault.Forbidden)
	d.no(d.monitoring.RefuseVariation(approver, d.ref, "Say which site."))
	d.no(d.monitoring.ProposeVariation(signatory, d.ref, in))
	d.Want(d.monitoring.ApproveVariation(signatory, d.ref), fault.Forbidden)
	d.no(d.monitoring.ApproveVariation(approver, d.ref))
	shown = d.shown()
	var owed money.Pence
	for _, p := range shown.Payments {
		owed += p.Amount
	}
	if shown.Award.Amount != 10_000_000 || plan.Total(shown.Terms.Plan) != 10_000_000 || owed != 10_000_000 || shown.Terms.EndsOn != in.EndsOn {
		t.Errorf("%s, plan %s, payments %s, until %s", shown.Award.Amount, plan.Total(shown.Terms.Plan), owed, shown.Terms.EndsOn)
	}
	d.paid()
	final := shown.Expected[len(shown.Expected)-1]
	d.sent(final, "40,000", "50,000.50")
	d.no(d.monitoring.Answer(d.As(testkit.Manager), d.ref, final.Code(), true, ""))
	if got := d.shown().Award.State; got != workflow.Completed {
		t.Fatal(got)
	}
	d.Want(d.monitoring.ArchiveCall(d.As("manager2"), d.CallRef()), fault.Conflict)
	d.closed()
	d.archived()
	d.Unbroken()
}

// archived archives the call, which is offered to a fund manager alone.
func (d *desk) archived() {
	d.t.Helper()
	for who, want := range map[string]int{"manager2": 1, "approver1": 0} {
		list, err := d.monitoring.Desk(d.As(who))
		d.no(err)
		if len(list.Over) != want {
			d.t.Errorf("%s could archive %v", who, list.Over)
		}
	}
	d.Want(d.monitoring.ArchiveCall(d.As("approver1"), d.CallRef()), fault.Forbidden)
	d.no(d.monitoring.ArchiveCall(d.As("manager2"), d.CallRef()))
	d.Want(d.monitoring.ArchiveCall(d.As("manager2"), d.CallRef()), fault.Conflict)
	list, err := d.monitoring.Desk(d.As("manager2"))
	d.no(err)
	if c := d.Application(d.ref).Call(); c.State != workflow.CallArchived || len(list.Over) != 0 || len(list.Lines) != 1 {
		d.t.Errorf("the call is %s, %d can be archived, %d awards are listed", c.State, len(list.Over), len(list.Lines))
	}
}

// paid clears every payment.
func (d *desk) paid() {
	d.t.Helper()
	for _, p := range d.shown().Payments {
		d.no(d.awards.SayMet(d.As(testkit.Manager), d.ref, p.ID, "It is."))
		d.no(d.awards.Clear(d.As("approver1"), d.ref, p.ID))
	}
}

// closed closes an award of £100,000 of which £90,000.50 was spent.
func (d *desk) closed() {
	d.t.Helper()
	manager := d.As("manager2")
	paid, spent, back := money.Pounds(100_000), money.Pence(9_000_050), money.Pence(999_949)
	d.Want(d.monitoring.ApproveClosing(d.As("approver1"), d.ref), fault.Conflict)
	d.Want(d.monitoring.ProposeClosing(manager, d.ref, monitoring.Reconciling{Paid: &paid}), fault.Invalid)
	d.Want(d.monitoring.ProposeClosing(manager, d.ref, monitoring.Reconciling{Paid: &paid, Spent: &spent, Returned: &back}), fault.Invalid) // a penny is missing
	back++
	d.no(d.monitoring.ProposeClosing(manager, d.ref, monitoring.Reconciling{Paid: &paid, Spent: &spent, Returned: &back}))
	d.Want(d.monitoring.ApproveClosing(manager, d.ref), fault.Forbidden)
	d.no(d.monitoring.ApproveClosing(d.As("approver1"), d.ref))
	if got := d.shown().Award.State; got != workflow.AwardClosed {
		d.t.Error(got)
	}
}

// TestWhatIsOverdueIsListedAndRemindedOf: the fund team sees it, the applicant's side hears of each date three times and not oftener.
func TestWhatIsOverdueIsListedAndRemindedOf(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	list, err := d.monitoring.Desk(d.As(testkit.Manager))
	d.no(err)
	if len(list.Lines) != 1 || len(list.Lines[0].Overdue) != 0 || list.Lines[0].Next == nil {
		t.Fatalf("%+v", list.Lines)
	}
	for range 60 {
		d.Days(1)
		for range 2 { // the job may run twice
			d.no(d.monitoring.RemindDue(t.Context()))
		}
	}
	if list, err = d.monitoring.Desk(d.As(testkit.Manager)); err != nil || len(list.Lines[0].Overdue) == 0 {
		t.Fatalf("%+v %v", list.Lines, err)
	}
	n := 0
	for _, m := range d.Mails(testkit.Address(testkit.Applicant)) {
		if m.Kind == "award_due" && strings.Contains(m.Body, "clinical safety officer") {
			n++
		}
	}
	if n != 3 {
		t.Errorf("the applicant heard %d times of a condition", n)
	}
	d.Person("stranger", "", access.Scope{})
	if list, err = d.monitoring.Desk(d.As("stranger")); err != nil || len(list.Lines) != 0 {
		t.Errorf("a stranger sees %+v: %v", list, err)
	}
	d.Unbroken()
}

// TestTheListSaysWhoseAwardsItHas: the fund sees all that it may, the recipient its own.
func TestTheListSaysWhoseAwardsItHas(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for who, want := range map[string]int{testkit.Manager: 1, testkit.Applicant: 1, testkit.SRO: 1, "approver1": 1} {
		list, err := d.monitoring.Desk(d.As(who))
		if err != nil || len(list.Lines) != want {
			t.Errorf("%s sees %d awards: %v", who, len(list.Lines), err)
		}
	}
}
