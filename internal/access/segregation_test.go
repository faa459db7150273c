package access_test

import (
	"slices"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
)

// grantedRoles are the roles that a fund manager gives to people: any two of them may be held by one person.
func grantedRoles(p *access.Policy) []access.RoleInfo {
	return slices.DeleteFunc(slices.Clone(p.Roles()), func(r access.RoleInfo) bool { return !r.ToPeople() })
}

// TestTwoRolesOfOnePersonGiveNoMoreThanEachAndUnbarNothing asks, for every pair of roles held by one person and every action: together they may do what
// one of the two may, and nothing else; and after any deed that bars the action, neither role nor both may do it.
func TestTwoRolesOfOnePersonGiveNoMoreThanEachAndUnbarNothing(t *testing.T) {
	t.Parallel()
	p := load(t)
	where := map[string]bool{}
	for _, c := range access.Conditions() {
		where[c.Name] = true
	}
	where["self"] = false
	roles, asked, barred := grantedRoles(p), 0, 0
	for i, one := range roles {
		for _, other := range roles[i+1:] {
			both := access.Principal{ID: me, Kind: access.Person, Grants: []access.Grant{{Role: one.Name, Scope: fund}, {Role: other.Name, Scope: fund}}}
			for _, info := range access.Actions() {
				f := object(p, info.Action, where)
				asked++
				either := p.Can(holder(one.Name, fund), info.Action, f).Allowed || p.Can(holder(other.Name, fund), info.Action, f).Allowed
				if got := p.Can(both, info.Action, f).Allowed; got != either {
					t.Errorf("%s and %s, %s: together %v, one of them %v", one.Name, other.Name, info.Action, got, either)
				}
				for _, pair := range p.Excluding(info.Action) {
					f.Did = []access.Action{pair.Deed}
					barred++
					if p.Can(both, info.Action, f).Allowed {
						t.Errorf("%s and %s may %s after %s", one.Name, other.Name, info.Action, pair.Deed)
					}
				}
			}
		}
	}
	if asked < 10_000 || barred < 1_000 {
		t.Errorf("only %d questions were asked, %d of them after a deed", asked, barred)
	}
	t.Logf("%d roles, %d questions, %d after a deed that bars", len(roles), asked, barred)
}

// approvals are the two steps of an approval, and what must never come before them from the same person, counted by what.
func approvals() map[access.Action][]access.Pair {
	before := []access.Pair{}
	for _, deed := range []access.Action{
		access.SaveReview, access.RecordFinding, access.PassEligibility, access.ProposeIneligible, access.ConfirmIneligible, access.ReturnIneligible,
		access.ProposeEligibilityReopening, access.ConfirmEligibilityReopening, access.SettleMatch, access.ProposeFU1, access.ConfirmFU1, access.ScoreDT1, access.RecordConsensus, access.ProposeShortlist, access.ConfirmShortlist, access.FreezeRanking, access.MakeProposal,
	} {
		before = append(before, access.Pair{Deed: deed, Per: access.PerCall})
	}
	for _, deed := range []access.Action{
		access.AssessReturn, access.RecogniseAssessment, access.ProposePosition, access.ConfirmPosition, access.ReturnPosition, access.RecordPosition,
	} {
		before = append(before, access.Pair{Deed: deed, Per: access.PerProduct})
	}
	return map[access.Action][]access.Pair{
		access.ApproveProposal:       before,
		access.ApproveProposalSecond: append(slices.Clone(before), access.Pair{Deed: access.ApproveProposal, Per: access.PerProposal}),
	}
}

// TestNobodyApprovesWhatTheyHadAHandIn holds the approver, with each other role besides, against everything that bars an approval: reviewed, assessed,
// proposed, approved already, recused, and not confirmed.
func TestNobodyApprovesWhatTheyHadAHandIn(t *testing.T) {
	t.Parallel()
	p := load(t)
	approver := roleThatMay(t, p, access.ApproveProposal)
	for action, deeds := range approvals() {
		for _, other := range grantedRoles(p) {
			who := access.Principal{ID: me, Kind: access.Person, Grants: []access.Grant{{Role: approver, Scope: call}, {Role: other.Name, Scope: fund}}}
			f := access.Facts{Scope: call, Subjects: subjects(), Confirmed: true}
			if !p.Can(who, action, f).Allowed {
				t.Errorf("%s besides %s may not %s", approver, other.Name, action)
			}
			for _, deed := range deeds {
				if !slices.Contains(p.Excluding(action), deed) {
					t.Errorf("%s does not bar %s", deed.Deed, action)
				}
				did := f
				did.Did = []access.Action{deed.Deed}
				if p.Can(who, action, did).Allowed {
					t.Errorf("%s besides %s may %s after %s", approver, other.Name, action, deed.Deed)
				}
			}
			recused, unconfirmed := f, f
			recused.Recused, unconfirmed.Confirmed = append(recused.Recused, me), false
			if p.Can(who, action, recused).Allowed || p.Can(who, action, unconfirmed).Allowed {
				t.Errorf("%s besides %s may %s though recused or not confirmed", approver, other.Name, action)
			}
		}
	}
}

// TestAProposalSaysOfNoProductsThatThereAreNone asks about proposals whose applications name products, name none, and do not say.
func TestAProposalSaysOfNoProductsThatThereAreNone(t *testing.T) {
	t.Parallel()
	p := load(t)
	who := holder(roleThatMay(t, p, access.ApproveProposal), call)
	for says, about := range map[string]struct {
		products []access.Subject
		may      bool
	}{
		"two":     {access.ForProducts([]ident.Product{"one", "other"}), true},
		"none":    {access.ForProducts(nil), true},
		"nothing": {nil, false},
	} {
		f := access.Facts{Scope: call, Subjects: slices.Concat(call.Subjects(), []access.Subject{access.ForProposal("proposal")}, about.products), Confirmed: true}
		if got := p.Can(who, access.ApproveProposal, f).Allowed; got != about.may {
			t.Errorf("a proposal that says %s of its products may be approved: %v", says, got)
		}
		kept := slices.ContainsFunc(p.Deeds(access.ApproveProposal, f), func(d access.Deed) bool { return d.Subject.Per == access.PerProduct })
		if kept != (says == "two") {
			t.Errorf("of a proposal that says %s of its products a deed on one is kept: %v", says, kept)
		}
	}
}

// roleThatMay is the one role of people that may do an action.
func roleThatMay(t *testing.T, p *access.Policy, a access.Action) string {
	t.Helper()
	var found []string
	for _, r := range grantedRoles(p) {
		if p.MayAnywhere(holder(r.Name, fund), a) {
			found = append(found, r.Name)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s is for %v", a, found)
	}
	return found[0]
}
