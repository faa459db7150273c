package award_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/report"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
)

// board is a panel with those who decide and what follows.
type board struct {
	*testkit.Panel
	t           *testing.T
	allocations *allocation.Service
	decisions   *decision.Service
	awards      *award.Service
	monitoring  *monitoring.Service
}

func newBoard(t *testing.T) *board {
	t.Helper()
	p := testkit.New(t).Panel()
	b := &board{p, t, allocation.NewService(p.Gate, p.Reviews, ranking.NewService(p.Gate, p.Reviews, allocation.Stands, "test"), decision.OpenReviews, solve.New(highs.New(""))), decision.NewService(p.Gate, p.Letters), award.NewService(p.Gate, p.Library, p.Files, award.Settings{MinimalAssistance: money.Pounds(315_000)}), nil}
	b.monitoring = monitoring.NewService(p.Gate, p.Library, b.awards)
	for _, name := range []string{"approver1", "approver2"} {
		p.Person(name, "approver", access.Scope{Round: p.Round().ID})
	}
	p.Person("manager2", "administrator", access.Scope{Round: p.Round().ID})
	return b
}

func (b *board) no(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// proposed has the chair compute and propose.
func (b *board) proposed() ident.Proposal {
	b.t.Helper()
	id, err := b.allocations.Run(b.As(testkit.Chair), b.CallRef(), "")
	b.no(err)
	proposal, err := b.allocations.Propose(b.As(testkit.Chair), b.CallRef(), id, "")
	b.no(err)
	return proposal
}

// setting changes what the call published, before anything rests on it.
func (b *board) setting(old, fresh string) {
	b.t.Helper()
	b.no(b.DB.Write.Exec("UPDATE calls SET settings = REPLACE(settings, ?, ?)", old, fresh).Error)
}

func (b *board) state(ref ident.Ref, want workflow.ApplicationState) {
	b.t.Helper()
	if got := b.Application(ref).State; got != want {
		b.t.Errorf("%s is %s, not %s", ref, got, want)
	}
}

// released lets the release time come.
func (b *board) released() {
	b.t.Helper()
	at := b.Clock.Now().Add(time.Hour)
	b.no(b.decisions.Schedule(b.As(testkit.Manager), b.CallRef(), at.In(uktime.Zone()).Format("2006-01-02 15:04")))
	b.Clock.Add(48 * time.Hour)
	refs, err := b.decisions.ReleaseDue(b.t.Context())
	b.no(err)
	if len(refs) != 1 {
		b.t.Fatalf("released %v", refs)
	}
}

func TestNobodyApprovesWhatTheyProposed(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.Assessed(2, "4")
	id := b.proposed()
	b.Want(b.decisions.Approve(b.As(testkit.Chair), id, decision.Approving{}), fault.Forbidden)
	b.no(b.decisions.Approve(b.As("approver1"), id, decision.Approving{}))
	b.Want(b.decisions.Approve(b.As("approver2"), id, decision.Approving{}), fault.Conflict)
	b.Unbroken()
}

func TestAboveTheThresholdTwoDifferentApproversAreNeeded(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	b.setting(`"second_above_pounds":0`, `"second_above_pounds":100000`)
	id := b.proposed()
	b.no(b.decisions.Approve(b.As("approver1"), id, decision.Approving{}))
	b.state(apps[0].Ref, workflow.ProposedFund)
	if got := b.Call(b.CallRef()).State; got != workflow.CallClosed {
		t.Errorf("after one approval the call is %s", got)
	}
	b.Want(b.decisions.Approve(b.As("approver1"), id, decision.Approving{}), fault.Forbidden)
	b.no(b.decisions.Approve(b.As("approver2"), id, decision.Approving{}))
	if got := b.Call(b.CallRef()).State; got != workflow.CallDecided {
		t.Errorf("after two approvals the call is %s", got)
	}
	b.Unbroken()
}

func TestAReturnedProposalLeavesEverythingAssessed(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	id := b.proposed()
	b.no(b.decisions.Approve(b.As("approver1"), id, decision.Approving{}))
	b.Want(b.decisions.SendBack(b.As("approver2"), id, " "), fault.Invalid)
	b.no(b.decisions.SendBack(b.As("approver2"), id, "The second site is not costed."))
	for _, a := range apps {
		b.state(a.Ref, workflow.Assessed)
	}
	b.Unbroken()
	b.no(b.decisions.Approve(b.As("approver2"), b.proposed(), decision.Approving{}))
}

func TestAScenarioIsStaleOnceARequestChanged(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	b.Assessed(2, "4")
	id, err := b.allocations.Run(b.As(testkit.Chair), b.CallRef(), "")
	b.no(err)
	b.no(b.DB.Write.Exec("UPDATE applications SET requested = requested + 100").Error)
	_, err = b.allocations.Propose(b.As(testkit.Chair), b.CallRef(), id, "")
	b.Want(err, fault.Conflict)
}

func TestTheOutcomeIsNotKnownBeforeTheRelease(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	a := b.Assessed(1, "4")[0]
	b.no(b.decisions.Approve(b.As("approver1"), b.proposed(), decision.Approving{}))
	if _, err := b.decisions.Outcome(b.As(testkit.Applicant), a.Ref); err == nil {
		t.Error("the applicant saw the outcome")
	}
	b.Want(b.decisions.Release(b.Job(access.ReleaseCall), b.CallRef()), fault.Conflict)
	b.released()
	told, err := b.decisions.Outcome(b.As(testkit.Applicant), a.Ref)
	b.no(err)
	d := told.Decision
	if d == nil || d.Outcome != decision.Successful || d.Amount != 25_000_000 {
		t.Errorf("%+v", d)
	}
	b.Unbroken()
}

func TestAWithdrawnApplicationLosesItsLineAndVoidsNothing(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	b.no(b.decisions.Approve(b.As("approver1"), b.proposed(), decision.Approving{}))
	services := application.NewService(b.Gate, b.Library, b.People, b.Files, "Adoption Fund")
	b.no(services.Withdraw(b.As(testkit.Applicant), apps[0].Ref, "Other money was found."))
	b.released()
	b.state(apps[0].Ref, workflow.Withdrawn)
	b.state(apps[1].Ref, workflow.Successful)
	b.Unbroken()
}

// awarded gives the award of an application that was successful, with a position on its products.
func (b *board) awarded() ident.Ref {
	b.t.Helper()
	a := b.Assessed(1, "4")[0]
	b.no(b.decisions.Approve(b.As("approver1"), b.proposed(), decision.Approving{}))
	b.released()
	b.Positioned(b.Application(a.Ref), "on_the_way")
	for range 2 { // the job may run twice
		b.no(b.awards.Create(b.Job(access.ReleaseCall), a.ID))
	}
	shown := b.shown(a.Ref)
	if len(shown.Products) > 1 {
		b.no(b.awards.ChooseProduct(b.As(testkit.Applicant), a.Ref, shown.Products[0].ID))
	}
	return a.Ref
}

func (b *board) shown(ref ident.Ref) award.Page {
	b.t.Helper()
	shown, err := b.awards.Show(b.As(testkit.Manager), ref)
	b.no(err)
	return shown
}

// fine are answers with which each check passes.
func fine(kind award.CheckKind) map[string][]string {
	return map[award.CheckKind]map[string][]string{
		award.DueDiligence:   {"DD1": {"ods"}, "DD2": {"QMF"}, "DD3": {"yes"}, "DD4": {"Balanced."}, "DD5": {"yes"}, "DD6": {"Called back"}},
		award.FraudRisk:      {"FR1": {"low"}, "FR2": {"A public body."}},
		award.Subsidy:        {"SB1": {"none"}, "SB2": {"No market."}},
		award.DTACPosition:   {"DP1": {"Its action is a condition."}},
		award.PlanForOffer:   {"PL1": {"yes"}, "PL2": {"Cost lines."}},
		award.AgreementCheck: {"AG1": {"yes"}, "AG2": {"The finance director"}},
	}[kind]
}

// with changes answers.
func with(kind award.CheckKind, changes ...string) map[string][]string {
	typed := fine(kind)
	for i := 0; i+1 < len(changes); i += 2 {
		typed[changes[i]] = []string{changes[i+1]}
	}
	return typed
}

// record records a check after those that were recorded of it.
func (b *board) record(ref ident.Ref, kind award.CheckKind, typed map[string][]string) error {
	b.t.Helper()
	last, _ := b.shown(ref).Result(kind)
	return b.awards.RecordCheck(b.As(testkit.Manager), ref, award.Recording{Kind: kind, Typed: typed, Seen: last.Number})
}

// checked records every check as passed.
func (b *board) checked(ref ident.Ref) {
	b.t.Helper()
	for _, kind := range award.Checks() {
		b.no(b.record(ref, kind, fine(kind)))
	}
}

func (b *board) offered() ident.Ref {
	b.t.Helper()
	ref := b.awarded()
	b.checked(ref)
	b.no(b.awards.ConfirmChecks(b.As("manager2"), ref))
	return ref
}

// accepting acknowledges all conditions.
func (b *board) accepting(ref ident.Ref, name string) award.Accepting {
	b.t.Helper()
	in := award.Accepting{Name: name}
	for _, c := range b.shown(ref).Conditions {
		in.Acknowledged = append(in.Acknowledged, c.ID)
	}
	return in
}

func (b *board) accepted() ident.Ref {
	b.t.Helper()
	ref := b.offered()
	b.no(b.awards.Accept(b.As(testkit.SRO), ref, b.accepting(ref, "Shazia Rahman")))
	b.no(b.awards.Accept(b.As(testkit.Finance), ref, b.accepting(ref, "Finn O'Dowd")))
	return ref
}

func (b *board) active() ident.Ref {
	b.t.Helper()
	ref := b.accepted()
	b.no(b.awards.Sign(b.As(testkit.SRO), ref, "Shazia Rahman", b.shown(ref).Agreement.Digest))
	b.no(b.awards.Countersign(b.As("approver1"), ref, "Ada Approver"))
	return ref
}

func TestAnAwardIsAgreedByEverybodyWhoMust(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	ref := b.awarded()
	b.Want(b.awards.RecordCheck(b.As(testkit.Chair), ref, award.Recording{Kind: award.FraudRisk, Typed: fine(award.FraudRisk)}), fault.Forbidden)
	b.Want(b.awards.RecordCheck(b.As(testkit.Manager), ref, award.Recording{Kind: "luck"}), fault.NotFound)
	b.Want(b.record(ref, award.FraudRisk, map[string][]string{"FR1": {"medium"}, "FR2": {"New."}}), fault.Invalid) // what is done about it?
	for _, kind := range award.Checks()[1:] {
		b.no(b.record(ref, kind, fine(kind)))
	}
	b.Want(b.awards.ConfirmChecks(b.As("manager2"), ref), fault.Conflict)
	b.no(b.record(ref, award.DueDiligence, fine(award.DueDiligence)))
	b.Want(b.awards.ConfirmChecks(b.As(testkit.Manager), ref), fault.Forbidden)
	b.no(b.awards.ConfirmChecks(b.As("manager2"), ref))
	b.Want(b.awards.Accept(b.As(testkit.SRO), ref, award.Accepting{Name: "Shazia"}), fault.Invalid)
	b.no(b.awards.Accept(b.As(testkit.SRO), ref, b.accepting(ref, "Shazia Rahman")))
	b.Want(b.awards.Countersign(b.As("approver1"), ref, "Ada Approver"), fault.Conflict)
	b.no(b.awards.Accept(b.As(testkit.SRO), ref, b.accepting(ref, "Shazia Rahman"))) // once more changes nothing
	b.no(b.awards.Accept(b.As(testkit.Finance), ref, b.accepting(ref, "Finn O'Dowd")))
	b.Want(b.awards.Countersign(b.As("approver1"), ref, "Ada Approver"), fault.Conflict) // the recipient has not signed
	b.Want(b.awards.Sign(b.As(testkit.SRO), ref, "Shazia Rahman", "another"), fault.Conflict)
	b.Want(b.awards.Sign(b.As(testkit.Applicant), ref, "Alex", b.shown(ref).Agreement.Digest), fault.Forbidden)
	b.no(b.awards.Sign(b.As(testkit.SRO), ref, "Shazia Rahman", b.shown(ref).Agreement.Digest))
	who, _ := access.From(b.As("approver1"))
	who.Confirmed = false
	b.Want(b.awards.Countersign(access.With(t.Context(), who), ref, "Ada Approver"), fault.Forbidden)
	if page, err := b.awards.Show(access.With(t.Context(), who), ref); err != nil || !page.May[access.CountersignAgreement] {
		t.Errorf("%v: whoever has yet to confirm that it is they is not offered to countersign", err)
	}
	b.no(b.awards.Countersign(b.As("approver1"), ref, "Ada Approver"))
	shown, err := b.awards.Show(b.As(testkit.Applicant), ref)
	b.no(err)
	paper, err := shown.Agreement.Paper()
	b.no(err)
	var paid money.Pence
	for _, p := range paper.Payments {
		paid += p.Amount
	}
	if shown.Award.State != workflow.Active || shown.Award.Agreement == "" || paper.Kind != award.Memorandum || paid != shown.Award.Amount || plan.Total(paper.Plan) != paid || len(paper.Returns) == 0 {
		t.Errorf("%+v\n%+v", shown.Award, paper)
	}
	listed, err := report.NewService(b.Gate, b.Library, b.Reviews, report.Giving{}, nil).Register(b.Anonymous(), report.RegisterQuery{})
	b.no(err)
	if len(listed.Rows) != 1 || listed.Rows[0].Ref != ref || listed.Amount != listed.Rows[0].Amount {
		t.Errorf("%+v", listed)
	}
	b.Unbroken()
	b.no(b.DB.Write.Exec("UPDATE award_agreements SET signed_name = 'Somebody else'").Error)
	b.broken()
}

func TestAnAwardIsDeclinedWithAReasonBeforeTheAgreement(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	b.no(b.decisions.Approve(b.As("approver1"), b.proposed(), decision.Approving{}))
	b.released()
	b.no(b.awards.Create(b.Job(access.ReleaseCall), apps[0].ID))
	owner := b.As(testkit.Applicant)
	b.Want(b.awards.Decline(owner, apps[0].Ref, " "), fault.Invalid)
	b.no(b.awards.Decline(owner, apps[0].Ref, "The ward closes"))
	b.Want(b.awards.Decline(owner, apps[0].Ref, "Again"), fault.Conflict)
	page, err := b.awards.Show(b.As(testkit.Manager), apps[0].Ref)
	b.no(err)
	if page.Award.State != workflow.OfferDeclined || page.Declined == nil || page.Declined.Reason != "The ward closes" || page.DeclinedBy == "" {
		t.Errorf("%s %+v by %q", page.Award.State, page.Declined, page.DeclinedBy)
	}
	b.Unbroken()
}

func TestTheApproverSeesWhoWasGivenMoreTime(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	manager, err := b.People.As(t.Context(), testkit.Address(testkit.Manager))
	b.no(err)
	now := b.Clock.Now()
	for i, confirmed := range []*time.Time{&now, nil} {
		e := application.Extension{ID: ident.New[string](), ApplicationID: apps[i].ID, UntilAt: now, Reason: "illness", ProposedBy: manager.ID, ProposedAt: now}
		if e.ConfirmedAt = confirmed; confirmed != nil {
			e.ConfirmedBy = &manager.ID
		}
		b.no(b.DB.Write.Create(&e).Error)
	}
	page, err := b.decisions.Page(b.As("approver1"), b.proposed())
	b.no(err)
	if len(page.Extensions) != 1 || page.Extensions[0].ApplicationID != apps[0].ID || page.Extensions[0].Why() != "Illness or bereavement" {
		t.Errorf("%+v", page.Extensions)
	}
}

func TestAnOfferLapsesAtItsDate(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	ref := b.offered()
	b.no(b.awards.LapseDue(t.Context()))
	for range 31 {
		b.Days(1)
		for range 2 { // the job may run twice
			b.no(b.awards.RemindDue(t.Context()))
		}
	}
	for range 2 {
		b.no(b.awards.LapseDue(t.Context()))
	}
	if got := b.shown(ref).Award.State; got != workflow.Lapsed {
		t.Error(got)
	}
	n := 0
	for _, m := range b.Mails(testkit.Address(testkit.SRO)) {
		if m.Kind == "award_reminder" {
			n++
		}
	}
	if n != 2 { // two weeks and three days before
		t.Errorf("the SRO was reminded %d times", n)
	}
	b.Unbroken()
}

func TestARecusedChairSeesAMaskedLineAndWholeTotals(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	chair, err := b.People.As(t.Context(), testkit.Address(testkit.Chair))
	b.no(err)
	b.Relate(apps[0], chair.ID, application.Recused)
	desk, err := b.allocations.Desk(b.As(testkit.Chair), b.CallRef())
	b.no(err)
	if desk.Masked != 1 || len(desk.Ranked) != 1 || desk.MaskedRequested != apps[0].Requested || !desk.Hidden(string(apps[0].Ref)) {
		t.Errorf("%d masked, %d ranked", desk.Masked, len(desk.Ranked))
	}
}

func TestALapsedPositionConditionsItsOwnAwardAndVoidsNothing(t *testing.T) {
	t.Parallel()
	b := newBoard(t)
	apps := b.Assessed(2, "4")
	id := b.proposed()
	b.no(b.decisions.Approve(b.As("approver1"), id, decision.Approving{}))
	// invented: it was compliant when it was proposed, and is not now; the line's status is no part of the seal
	b.no(b.DB.Write.Exec("UPDATE proposal_lines SET dtac_status = 'compliant' WHERE application_id = ?", apps[0].ID).Error)
	b.released()
	for i, a := range apps {
		b.no(b.awards.Create(b.Job(access.ReleaseCall), a.ID))
		shown, err := b.awards.Show(b.As(testkit.Manager), a.Ref)
		b.no(err)
		lapsed := slices.ContainsFunc(shown.Conditions, func(c award.Condition) bool { return strings.Contains(c.Text, "has lapsed") })
		if lapsed != (i == 0) {
			t.Errorf("%s has %+v", a.Ref, shown.Conditions)
		}
	}
}
