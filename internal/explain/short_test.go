package explain_test

import (
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/award"
	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/explain"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/workflow"
)

// short is a fact of what the story says in short.
func short(t *testing.T, s explain.Story, label string) string {
	t.Helper()
	s.Summary.ID = explain.InShort
	return fact(t, explain.Story{Sections: []explain.Section{s.Summary}}, explain.InShort, label)
}

// TestTheStoryBeginsWithWhyItWasFundedOrNot: what is said in short is what the parts say.
func TestTheStoryBeginsWithWhyItWasFundedOrNot(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	apps := r.approved(3)
	before := r.told(testkit.Manager, explain.Asked{Ref: apps[0].Ref, Release: true, Apply: explain.Exemptions()})
	for _, label := range []string{"Decision", "Why", "State now", "Score"} {
		if said := short(t, before.Story, label); !strings.HasPrefix(said, "[Withheld: section") {
			t.Errorf("before the release a copy says %q: %s", label, said)
		}
	}
	r.released()
	outcomes := map[string]int{}
	for _, a := range apps {
		s := r.told(testkit.Auditor, explain.Asked{Ref: a.Ref}).Story
		decision, _, _ := strings.Cut(short(t, s, "Decision"), ",")
		outcomes[decision]++
		for label, part := range map[string][2]string{"Why": {"decision", "Reason"}, "Released": {"decision", "Released"}, "Place in the scenario": {"proposals", "Place in the scenario"}, "Proposed by": {"proposals", "Made by"}} {
			if got, want := short(t, s, label), fact(t, s, part[0], part[1]); got != want || got == "" {
				t.Errorf("%s: %s is %q in short and %q in full", a.Ref, label, got, want)
			}
		}
		if decision != fact(t, s, "decision", "Outcome") {
			t.Errorf("%s: %q in short", a.Ref, decision)
		}
		has(t, short(t, s, "Approved by"), "Approver1 Invented, ")
		has(t, short(t, s, "Score"), fact(t, s, "scores", "Total of 100, as given")+" of 100")
		has(t, short(t, s, "Requested"), a.Requested.String())
	}
	if outcomes["Successful"] != 1 || outcomes["Unsuccessful"]+outcomes["Reserve list"] != 2 {
		t.Errorf("%v", outcomes)
	}
}

func TestWhatEndedBeforeAProposalSaysWhyToo(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	failing, withdrawn := r.Submitted("A project that is not eligible"), r.Submitted("A project that is withdrawn")
	r.Closed()
	screening := eligibility.NewService(r.Gate, r.Applications)
	r.no(screening.Decide(r.As(testkit.Officer1), failing.Ref, []eligibility.Verdict{{Criterion: "FU", Decision: eligibility.Fail, Reason: "A national programme pays for it already"}}, eligibility.Propose))
	r.no(screening.ConfirmIneligible(r.As(testkit.Officer2), failing.Ref))
	r.no(r.Applications.Withdraw(r.As(testkit.Applicant), withdrawn.Ref, "Other money was found"))
	s := r.told(testkit.Auditor, explain.Asked{Ref: failing.Ref}).Story
	has(t, short(t, s, "Decision"), "Not eligible")
	has(t, spoken(explain.Story{Summary: s.Summary}), "A national programme pays for it already", "Officer1 Invented")
	s = r.told(testkit.Auditor, explain.Asked{Ref: withdrawn.Ref}).Story
	has(t, short(t, s, "Decision"), "None: it was withdrawn")
	has(t, short(t, s, "Why"), "Other money was found")
}

// TestWhatFollowedTheAgreementIsAPartOfItsOwn: conditions, payments, returns, variations and the end of an award, and what of it is given out.
func TestWhatFollowedTheAgreementIsAPartOfItsOwn(t *testing.T) {
	t.Parallel()
	r := newRecord(t)
	apps := r.approved(2)
	asked := explain.Asked{Ref: apps[0].Ref}
	has(t, section(t, r.told(testkit.Auditor, asked).Story, "monitoring"), "There is no award.")
	now, who := r.Clock.Now(), r.person(testkit.Manager)
	agreed, spent := now.Add(-time.Hour), money.Pounds(1234)
	a := award.Award{ID: ident.New[ident.Award](), ApplicationID: apps[0].ID, RoundID: apps[0].RoundID, CallID: apps[0].CallID, Ref: apps[0].Ref, State: workflow.AwardClosed, StateAt: now, Amount: money.Pounds(5000), Recipient: "Invented Trust", AgreedAt: &agreed, CreatedAt: now, Version: 1}
	q, _ := plan.Of(uktime.Day(now))
	for _, row := range []any{
		&a,
		&award.Terms{ID: a.ID, StartsOn: uktime.Day(now), EndsOn: uktime.Day(now), Plan: award.Lines{{Year: q.Year, Quarter: q.Name, Use: "revenue", Amount: money.Pounds(5000)}}, Version: 1},
		&award.Condition{ID: ident.New[string](), AwardID: a.ID, Text: "The invented condition of the fund", Source: award.FromFund, Report: "The invented report that it is met", ReportedBy: &who, ReportedAt: &now, MetBy: &who, MetAt: &now},
		&monitoring.Return{ID: ident.New[ident.AwardReturn](), AwardID: a.ID, Year: q.Year, Quarter: q.Name, Final: true, Due: uktime.Day(now), State: monitoring.Accepted, SentBy: &who, SentAt: &now, AnsweredBy: &who, AnsweredAt: &now, Version: 1,
			Answers: award.Answers{"QR1": form.Value{Text: "The invented work of the quarter"}, "QR6": form.Amount(spent)}},
		&monitoring.Variation{ID: ident.New[string](), AwardID: a.ID, Number: 1, Amount: money.Pounds(5000), WasAmount: money.Pounds(7000), WasRecipient: "Invented Trust", Recipient: "Invented Trust", Reason: "The invented reason of the variation", ProposedBy: who, ProposedAt: now, Answer: monitoring.Approved, AnsweredBy: &who, AnsweredAt: &now},
		&monitoring.Closing{ID: a.ID, Paid: money.Pounds(5000), Spent: spent, Returned: money.Pounds(3766), ProposedBy: who, ProposedAt: now, ClosedBy: &who, ClosedAt: &now},
	} {
		r.no(r.DB.Write.Create(row).Error)
	}
	s := r.told(testkit.Auditor, asked).Story
	said := section(t, s, "monitoring")
	has(t, said, "The invented condition of the fund", "Signed off by ", "The invented report that it is met", "Final report", "Accepted", "The invented work of the quarter", spent.String(), (spent - money.Pounds(5000)).String(),
		"£7,000 to £5,000", "Invented Trust, as before", "The invented reason of the variation", "Approved", "£3,766", "Manager Invented")
	has(t, short(t, s, "Award"), "£5,000, closed since ")
	copied := section(t, r.told(testkit.Manager, explain.Asked{Ref: apps[0].Ref, Release: true, Apply: explain.Exemptions()}).Story, "monitoring")
	hasNot(t, copied, "The invented report that it is met", "The invented work of the quarter", "The invented reason of the variation", spent.String(), "Manager Invented")
	has(t, copied, "The invented condition of the fund", "£3,766")
}
