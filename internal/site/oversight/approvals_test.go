package oversight_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/report"
	"adoptionfund/internal/site/oversight"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
)

// chamber is a panel with a proposal of three applications that waits for approval, and the pages of those who approve.
type chamber struct {
	*testkit.Panel

	t           *testing.T
	server      *sitekit.Server
	allocations *allocation.Service
	decisions   *decision.Service
	apps        []*application.Application
	path        string // of the proposal
}

func newChamber(t *testing.T) *chamber {
	t.Helper()
	p := testkit.New(t).Panel()
	decisions := decision.NewService(p.Gate, p.Letters)
	allocations := allocation.NewService(p.Gate, p.Reviews, ranking.NewService(p.Gate, p.Reviews, allocation.Stands, "test"), decision.OpenReviews, solve.New(highs.New("")))
	reports := report.NewService(p.Gate, p.Library, p.Reviews, report.Giving{}, nil)
	rows := oversight.Rows(oversight.Rooms{Gate: p.Gate, Funds: p.Funds, Decisions: decisions, Allocations: allocations, Awards: award.NewService(p.Gate, p.Library, p.Files, award.Settings{}), Reports: reports, People: p.People})
	for _, name := range []string{"approver1", "approver2"} {
		p.Person(name, "approver", access.Scope{Round: p.Round().ID})
	}
	c := &chamber{Panel: p, t: t, server: sitekit.New(t, p.World, rows...), allocations: allocations, decisions: decisions, apps: p.Assessed(3, "4")}
	c.propose()
	return c
}

func (c *chamber) propose() {
	c.t.Helper()
	scenario, err := c.allocations.Run(c.As(testkit.Chair), c.CallRef(), "")
	must(c.t, err)
	id, err := c.allocations.Propose(c.As(testkit.Chair), c.CallRef(), scenario, "All three were discussed.")
	must(c.t, err)
	c.path = "/approvals/" + string(id)
}

// confirmed are the fields of a form with which an approver confirms that it is they.
func (c *chamber) confirmed(who string, form url.Values) url.Values {
	form.Set("password", testkit.Password)
	form.Set("code", c.server.Code(who))
	return form
}

func hides(t *testing.T, a sitekit.Answer, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if strings.Contains(a.Body, part) {
			t.Errorf("%q is shown in\n%s", part, a.Body)
		}
	}
}

func TestAnApproverReadsTheProposalAsOnePageAndConfirmsWhoTheyAre(t *testing.T) {
	t.Parallel()
	c := newChamber(t)
	at := c.server.SignedIn("approver1")
	waiver := c.waived(0)
	shows(t, at.Get("/approvals"), 200, "Read the proposal and decide", c.path, "£750,000 for 3 applications")
	page := at.Get(c.path)
	shows(t, page, 200, "None: the scenario is the published method", "Nobody was given more time", "Limits and what is used of them", "By theme", "By region", "Band and draw",
		"To be funded", "Better scored but not funded", "Reserve list", "nobody is recused", "DTAC positions and open conditions", "Waived", "C1.1.1, by "+waiver+" on 12 October 2026: It has no clinical use<", "Nobody has approved it yet", "The seal", "As it was",
		"One approver", "All three were discussed.", "Your password", "One-time code", string(c.apps[0].Ref))
	first, then := strings.Index(page.Body, "Departures from the method"), strings.Index(page.Body, "Limits and what is used")
	if first < 0 || then < first {
		t.Error("departures do not come first")
	}
	typed := url.Values{"action": {"approve"}, "reason": {"It was discussed at length."}, "hold": {strings.ToLower(string(c.apps[1].Ref))}}
	shows(t, at.Post(c.path, typed), 422, "Enter your password to confirm that it is you", "It was discussed at length.", strings.ToLower(string(c.apps[1].Ref)))
	typed.Set("password", "not the pass phrase")
	wrong := at.Post(c.path, typed)
	shows(t, wrong, 422, "The password is not right", "It was discussed at length.")
	hides(t, wrong, "not the pass phrase")
	typed.Set("password", testkit.Password)
	shows(t, at.Post(c.path, typed), 422, "Enter the code that your app shows now", "It was discussed at length.")
	c.is(0, workflow.ProposedFund)
	shows(t, at.Follow(at.Post(c.path, c.confirmed("approver1", typed))), 200, "Approved, held until the release", "Held by an approver", "It was discussed at length.", "First approval")
	shows(t, at.Post(c.path, url.Values{"action": {"approve"}}), 409, "does not wait for approval")
	c.Unbroken()
}

// waived has an assessor waive a question of the product of an application; it says who.
func (c *chamber) waived(i int) string {
	c.t.Helper()
	c.Positioned(c.Application(c.apps[i].Ref), "compliant")
	who := c.Person("assessor2", "dtac_assessor", access.Scope{Round: c.Round().ID})
	must(c.t, c.DB.Write.Exec(`INSERT INTO dtac_assessments (return_id, question, result, reason, what, owner, due, assessed_by, assessed_at, revision, carried)
		SELECT r.id, 'C1.1.1', 'waived', 'It has no clinical use.', '', '', '', ?, ?, 1, '' FROM returns r JOIN application_products p ON p.product_id = r.product_id WHERE p.application_id = ?`,
		who.ID, c.Clock.Now(), c.apps[i].ID).Error)
	return who.Name
}

func (c *chamber) is(i int, want workflow.ApplicationState) {
	c.t.Helper()
	if got := c.Application(c.apps[i].Ref).State; got != want {
		c.t.Errorf("%s is %s, not %s", c.apps[i].Ref, got, want)
	}
}

func TestTooManyWrongPasswordsMakeTheApproverWait(t *testing.T) {
	t.Parallel()
	c := newChamber(t)
	at := c.server.SignedIn("approver1")
	typed := url.Values{"action": {"approve"}, "reason": {"Kept."}, "password": {"not the pass phrase"}}
	for range c.Config.Accounts.TriesBeforeWait {
		shows(t, at.Post(c.path, typed), 422, "The password is not right")
	}
	typed.Set("password", testkit.Password)
	shows(t, at.Post(c.path, typed), 429, "Too many wrong tries", "Kept.")
	c.is(0, workflow.ProposedFund)
}

func TestApplicationsAreLeftOutByTheirReferences(t *testing.T) {
	t.Parallel()
	c := newChamber(t)
	at := c.server.SignedIn("approver1")
	typed := c.confirmed("approver1", url.Values{"action": {"approve"}, "except": {"AF26-9999"}})
	shows(t, at.Post(c.path, typed), 422, "AF26-9999 is not in this proposal", "Enter the reason why you leave applications out", `value="AF26-9999"`)
	typed = url.Values{"action": {"approve"}, "except": {string(c.apps[0].Ref) + ", " + string(c.apps[1].Ref)}, "reason": {"Their costs are not clear."}}
	shows(t, at.Follow(at.Post(c.path, typed)), 200, "Left out by an approver", "Their costs are not clear.") // confirmed a moment ago
	c.is(0, workflow.Assessed)
	c.is(2, workflow.ProposedFund)
}

func TestOtherReadersSeeTheProposalAndDoNotDecide(t *testing.T) {
	t.Parallel()
	c := newChamber(t)
	for _, who := range []string{testkit.Chair, testkit.Manager, testkit.Auditor} {
		at := c.server.SignedIn(who)
		page := at.Get(c.path)
		shows(t, page, 200, "The seal", string(c.apps[0].Ref), "Somebody else must approve this next")
		hides(t, page, "Your password", "Your decision")
		form := url.Values{"action": {"approve"}, "password": {testkit.Password}, "code": {c.server.Code(who)}}
		shows(t, at.Post(c.path, form), 403)
	}
	shows(t, c.server.SignedIn(testkit.Applicant).Get(c.path), 403)
	c.is(0, workflow.ProposedFund)
}

func TestWhatTheReaderIsRecusedFromIsOneLineAndAnotherDecides(t *testing.T) {
	t.Parallel()
	c := newChamber(t)
	who := c.Person("recused", "approver", access.Scope{Round: c.Round().ID})
	c.Relate(c.apps[1], who.ID, application.Recused)
	at := c.server.SignedIn("recused")
	page := at.Get(c.path)
	shows(t, page, 200, "1 application", "You are recused from an application in this proposal", string(c.apps[0].Ref), "£750,000")
	hides(t, page, string(c.apps[1].Ref), c.apps[1].Title, "Your decision")
	shows(t, at.Post(c.path, c.confirmed("recused", url.Values{"action": {"approve"}})), 403, "Another approver decides")
	shows(t, c.server.SignedIn("approver1").Get(c.path), 200, "Recused Invented", string(c.apps[1].Ref))
}

func TestThePageSaysWhichPartChangedAndWhatChangedSince(t *testing.T) {
	t.Parallel()
	c := newChamber(t)
	at := c.server.SignedIn("approver1")
	must(t, c.DB.Write.Exec("UPDATE applications SET requested = requested - 100 WHERE id = ?", c.apps[2].ID).Error)
	page := at.Get(c.path)
	shows(t, page, 200, "What this proposal rests on has changed", "Changed: "+string(c.apps[2].Ref))
	hides(t, page, "Your decision")
	shows(t, at.Post(c.path, c.confirmed("approver1", url.Values{"action": {"approve"}})), 409, "what is asked for of 1 application", "It is void")
	shows(t, at.Get(c.path), 200, "Void, because this changed")
	c.propose()
	shows(t, at.Get(c.path), 200, "What changed since the last proposal", "Proposal 1 became void", "Fund with £250,000", "Fund with £249,999")
	must(t, c.decisions.SendBack(c.As("approver2"), c.id(), "The second site is not costed."))
	c.propose()
	shows(t, at.Get(c.path), 200, "Proposal 2 was returned by Approver2 Invented: The second site is not costed.", "Every line is as it was")
}

// TestALaterProposalSaysWhatIsFreeAndLeavesOthersWhereTheyAre: the release of the first proposal is not its own.
func TestALaterProposalSaysWhatIsFreeAndLeavesOthersWhereTheyAre(t *testing.T) {
	t.Parallel()
	c := newChamber(t)
	must(t, c.decisions.SendBack(c.As("approver2"), c.id(), "Two of three, and a reserve list."))
	must(t, c.DB.Write.Exec("UPDATE calls SET settings = REPLACE(REPLACE(settings, ?, ?), ?, ?)", `"budget":0`, `"budget":50000000`, `"reserve":0`, `"reserve":1`).Error)
	c.propose()
	first := c.path
	must(t, c.decisions.Approve(c.As("approver1"), c.id(), decision.Approving{}))
	must(t, c.decisions.Schedule(c.As(testkit.Manager), c.CallRef(), c.Clock.Now().Add(time.Hour).In(uktime.Zone()).Format("2006-01-02 15:04")))
	c.Clock.Add(2 * time.Hour)
	if refs, err := c.decisions.ReleaseDue(t.Context()); err != nil || len(refs) != 1 {
		t.Fatal(refs, err)
	}
	for i, state := range []workflow.AwardState{workflow.OfferDeclined, workflow.Offered} {
		a := c.apps[i]
		must(t, c.DB.Write.Create(&award.Award{ID: ident.New[ident.Award](), ApplicationID: a.ID, RoundID: a.RoundID, CallID: a.CallID, Ref: a.Ref, State: state, StateAt: c.Gate.Now(), Amount: 25_000_000, Recipient: a.Recipient, CreatedAt: c.Gate.Now(), Version: 1}).Error)
	}
	c.propose()
	at := c.server.SignedIn("approver1")
	later := at.Get(c.path)
	shows(t, later, 200, "£250,000 of £250,000 that is free of a budget of £500,000, for 1 of 1 applications", "The first decisions of the call were released on", "No time is set yet", "nobody is added", "Decisions that were released and are not named here stand")
	hides(t, later, "Everybody is funded or on the reserve list", "nobody is on it")
	hides(t, at.Get(first), "Later proposal", "No time is set yet")
}

func (c *chamber) id() ident.Proposal {
	return ident.Proposal(strings.TrimPrefix(c.path, "/approvals/"))
}

func TestReturningNeedsAReasonAndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	c := newChamber(t)
	at := c.server.SignedIn("approver1")
	shows(t, at.Post(c.path, url.Values{"action": {"return"}}), 422, "Enter the reason why you return the proposal")
	shows(t, at.Follow(at.Post(c.path, url.Values{"action": {"return"}, "return-reason": {"Not costed."}})), 200, "Returned", "Not costed.")
	c.Want(c.decisions.Approve(c.As("approver2"), c.id(), decision.Approving{}), fault.Conflict)
	shows(t, at.Get("/approvals/not-an-id"), 404)
}

func TestAHoldIsLiftedOnThePage(t *testing.T) {
	t.Parallel()
	c := newChamber(t)
	held := string(c.apps[1].Ref)
	one := c.server.SignedIn("approver1")
	hides(t, one.Get(c.path), "Lift a hold")
	shows(t, one.Follow(one.Post(c.path, c.confirmed("approver1", url.Values{"action": {"approve"}, "reason": {"A question is open."}, "hold": {held}}))), 200, "Your approval is recorded", "Lift a hold", held)
	lift := url.Values{"action": {"lift"}, "application": {held}}
	shows(t, one.Post(c.path, lift), 422, `href="#lift-reason"`)
	lift.Set("lift-reason", "Its board agreed.")
	shows(t, c.server.SignedIn(testkit.Auditor).Post(c.path, lift), 403)
	after := one.Follow(one.Post(c.path, lift))
	shows(t, after, 200, "The hold is lifted", "Hold lifted", held+": Its board agreed.")
	hides(t, after, "Lift a hold")
	shows(t, one.Post(c.path, lift), 409, "is not held")
}
