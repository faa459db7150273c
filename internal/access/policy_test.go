package access_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
)

func TestAReviewerSavesOnlyWhatIsAssignedAndFreeOfConflict(t *testing.T) {
	t.Parallel()
	p := load(t)
	reviewer := holder(roleHome(p, "/reviews").Name, call)
	f := access.Facts{Scope: call, Subjects: subjects(), Assigned: []ident.Person{me}, Declared: []ident.Person{me}}
	if err := p.Can(reviewer, access.SaveReview, f).Err(); err != nil {
		t.Fatal(err)
	}
	conflicted := f
	conflicted.Conflicted = []ident.Person{me}
	if err := p.Can(reviewer, access.SaveReview, conflicted).Err(); !fault.Is(err, fault.NotFound) {
		t.Errorf("a conflict must hide the application: %v", err)
	}
	undeclared := f
	undeclared.Declared = nil
	if err := p.Can(reviewer, access.SaveReview, undeclared).Err(); !fault.Is(err, fault.Forbidden) ||
		!strings.Contains(err.Error(), "declare your interests") {
		t.Errorf("an undeclared interest must be named: %v", err)
	}
}

func TestAnApplicationIsHiddenFromThoseOutsideIt(t *testing.T) {
	t.Parallel()
	p := load(t)
	applicant, ok := p.RoleGiven(access.GivenBySignUp)
	if !ok {
		t.Fatal("nobody becomes anything by signing up")
	}
	stranger := holder(applicant.Name, fund)
	f := access.Facts{Scope: call, Subjects: subjects(), Owners: []ident.Person{another}, InTime: true}
	if err := p.Can(stranger, access.ViewApplication, f).Err(); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger: %v", err)
	}
	f.Owners = []ident.Person{me}
	if err := p.Can(stranger, access.ViewApplication, f).Err(); err != nil {
		t.Errorf("its main contact: %v", err)
	}
	f.InTime = false
	if err := p.Can(stranger, access.SubmitApplication, f).Err(); !fault.Is(err, fault.Forbidden) ||
		err.Error() != "To submit an application, the deadline must not have passed." {
		t.Errorf("after the deadline: %v", err)
	}
}

func TestADeniedPersonHearsWhatItNeeds(t *testing.T) {
	t.Parallel()
	p := load(t)
	nobody := access.Principal{ID: me, Kind: access.Person}
	d := p.Can(nobody, access.ApproveOpening, call.Facts())
	if d.Hidden || d.Words() != "To approve the opening of a call, you need one of these roles: senior officer responsible." {
		t.Errorf("%+v: %s", d, d.Words())
	}
	elsewhere := holder(roleHome(p, "/admin").Name, access.Scope{Round: "r2"})
	if d := p.Can(elsewhere, access.EditCall, call.Facts()); d.Hidden || !strings.Contains(d.Words(), "a role in this call") {
		t.Errorf("%+v: %s", d, d.Words())
	}
	if err := p.Can(access.Principal{}, access.ViewHome, access.Facts{}).Err(); !fault.Is(err, fault.SignIn) {
		t.Errorf("nobody has signed in: %v", err)
	}
	if d := p.Can(nobody, "fund.abolish", access.Facts{}); d.Allowed {
		t.Error("an unknown action is allowed")
	}
}

func TestNobodyGrantsARoleToThemselves(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, r := range p.Roles() {
		who := as(r, fund)
		if who.Kind == access.Person && p.Can(who, access.GrantRole, access.Facts{Scope: call, Self: me}).Allowed {
			t.Errorf("%s may", r.Name)
		}
	}
	manager := holder(roleHome(p, "/admin").Name, fund)
	if err := p.Can(manager, access.GrantRole, access.Facts{Scope: call, Self: another}).Err(); err != nil {
		t.Error(err)
	}
}

func TestTheFundManagerNeitherScoresNorApproves(t *testing.T) {
	t.Parallel()
	p := load(t)
	manager := holder(roleHome(p, "/admin").Name, fund)
	for _, a := range []access.Action{
		access.SaveReview, access.ProposeFU1, access.ConfirmFU1, access.ScoreDT1, access.RecordConsensus, access.ApproveOpening,
		access.ApproveAssignment, access.MakeProposal, access.ApproveProposal, access.ApproveProposalSecond, access.CountersignAgreement,
	} {
		if p.MayAnywhere(manager, a) {
			t.Errorf("may %s", a)
		}
	}
}

func TestTheAuditorReadsEverythingButSealedEvidenceAndChangesNothing(t *testing.T) {
	t.Parallel()
	p := load(t)
	auditor := holder(roleHome(p, "/audit").Name, fund)
	everybody := access.Principal{ID: me, Kind: access.Person}
	for _, a := range access.Actions() {
		granted := p.MayAnywhere(auditor, a.Action) && !p.MayAnywhere(everybody, a.Action)
		switch {
		case !a.Reads && granted:
			t.Errorf("may %s", a.Action)
		case a.Reads && !p.MayAnywhere(auditor, a.Action) && a.Action != access.ViewSecurityEvidence:
			t.Errorf("may not %s", a.Action)
		}
	}
	if p.MayAnywhere(auditor, access.ViewSecurityEvidence) {
		t.Error("sees sealed security evidence")
	}
}

func TestAJobMayDoWhatItIsKnownByAndNothingOfPeople(t *testing.T) {
	t.Parallel()
	p := load(t)
	closing := access.System(access.CloseCall)
	for _, a := range []access.Action{access.CloseCall, access.TakeInApplication, access.LapseDraft} {
		if err := p.Can(closing, a, call.Facts()).Err(); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	if p.MayAnywhere(closing, access.ReleaseCall) || p.MayAnywhere(closing, access.ViewPublic) {
		t.Error("the job that closes calls may do more than that")
	}
	if p.MayAnywhere(access.System(access.ApproveProposal), access.ApproveProposal) {
		t.Error("a job that the policy does not list may act")
	}
}

func TestAGrantOutsideWhatARoleIsForIsRefused(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, g := range []access.Grant{
		{Role: "king"},
		{Role: "job:call.close"},
		{Role: roleHome(p, "/admin").Name, Scope: call},
	} {
		if err := p.Grantable(g); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", g, err)
		}
	}
	reviewer := access.Grant{Role: roleHome(p, "/reviews").Name, Scope: call}
	if err := p.Grantable(reviewer); err != nil {
		t.Error(err)
	}
	if !p.NeedsSecondFactor(access.Principal{Grants: []access.Grant{reviewer}}) || p.NeedsSecondFactor(access.Principal{}) {
		t.Error("reviewers are asked for a one-time code, others are not")
	}
}

func TestEveryEventThatGivesARoleGivesOne(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, by := range []access.GivenBy{
		access.GivenBySignUp, access.GivenByContributing, access.GivenBySigning, access.GivenBySupplying,
	} {
		r, ok := p.RoleGiven(by)
		if !ok || !r.ToPeople() || p.Grantable(access.Grant{Role: r.Name}) != nil {
			t.Errorf("%s gives %+v", by, r)
		}
	}
}

func TestAScopeCoversWhatIsBelowIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		outer, inner access.Scope
		covers       bool
	}{
		{fund, fund, true}, {fund, round, true}, {fund, call, true},
		{round, fund, false}, {round, round, true}, {round, call, true}, {round, access.Scope{Round: "r2"}, false},
		{call, fund, false}, {call, round, false}, {call, call, true}, {call, others, false},
	} {
		if got := c.outer.Covers(c.inner); got != c.covers {
			t.Errorf("%v covers %v: %v", c.outer, c.inner, got)
		}
	}
}

func TestTheWidestScopeMakesOthersSuperfluous(t *testing.T) {
	t.Parallel()
	p := load(t)
	officer := roleHome(p, "/screening").Name
	who := access.Principal{ID: me, Kind: access.Person, Grants: []access.Grant{{Role: officer, Scope: call}, {Role: officer, Scope: others}}}
	if got := p.Scopes(who, access.ListScreening); !slices.Equal(got, []access.Scope{call, others}) {
		t.Errorf("got %v", got)
	}
	who.Grants = append(who.Grants, access.Grant{Role: officer})
	if got := p.Scopes(who, access.ListScreening); !slices.Equal(got, []access.Scope{fund}) {
		t.Errorf("got %v", got)
	}
}

func TestManyMayAskAtOnce(t *testing.T) {
	t.Parallel()
	p := load(t)
	who := holder(roleHome(p, "/reviews").Name, call)
	f := access.Facts{Scope: call, Subjects: subjects(), Assigned: []ident.Person{me}, Declared: []ident.Person{me}}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, a := range access.Actions() {
				_ = p.Can(who, a.Action, f)
				if _, err := p.Explain(access.Question{Role: who.Grants[0].Role, Action: a.Action}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestThePrincipalTravelsInTheContext(t *testing.T) {
	t.Parallel()
	if _, ok := access.From(t.Context()); ok {
		t.Error("somebody is there from the start")
	}
	operator := access.Operator("root")
	got, ok := access.From(access.With(t.Context(), operator))
	if !ok || got.Name != "operator (root)" || got.Kind.String() != "operator" {
		t.Errorf("got %+v", got)
	}
}
