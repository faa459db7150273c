package access_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/access"
)

func TestTheTableAnswersAsCasbinDoes(t *testing.T) {
	t.Parallel()
	p := load(t)
	rapid.Check(t, func(t *rapid.T) {
		role := rapid.SampledFrom(p.Roles()).Draw(t, "role")
		level := access.FundLevel
		if role.ToPeople() {
			level = rapid.SampledFrom(access.Levels()).Draw(t, "level")
		}
		a, where := drawAction(t), drawWhere(t)
		who := as(role, scopeAt(level))
		if who.ID == "" {
			asNobody(where)
		}
		want := casbinAllows(t, p, access.Question{Role: role.Name, Action: a, Held: level, Where: where})
		for _, r := range p.Roles() {
			comesAlong := who.Kind == access.Person && (r.GivenBy == access.GivenBySigningIn || r.GivenBy == access.GivenByBeing)
			want = want || comesAlong && casbinAllows(t, p, access.Question{Role: r.Name, Action: a, Where: where})
		}
		if got := p.Can(who, a, object(p, a, where)); got.Allowed != want {
			t.Fatalf("%s in the %s, %s, %v: the table says %+v, casbin %v", role.Name, level, a, where, got, want)
		}
	})
}

// asNobody sets the conditions as they are for one who is no person: nothing is theirs, and nothing stands against them.
func asNobody(where map[string]bool) {
	for _, c := range access.Conditions() {
		switch c.Name {
		case "any", "not_self", "not_own_work", "not_conflicted", "not_recused":
			where[c.Name] = true
		case "in_time", "submitted", "released":
		default:
			where[c.Name] = false
		}
	}
}

func casbinAllows(t *rapid.T, p *access.Policy, q access.Question) bool {
	e, err := p.Explain(q)
	if err != nil {
		t.Fatal(err)
	}
	return e.Allowed
}

// everybodyMay reports whether the principal would be allowed without any grant.
func everybodyMay(p *access.Policy, who access.Principal, a access.Action, f access.Facts) bool {
	who.Grants = nil
	return p.Can(who, a, f).Allowed
}

func TestWhatNoRuleAllowsIsDeniedByCasbinToo(t *testing.T) {
	t.Parallel()
	p := load(t)
	for _, role := range p.Roles() {
		for _, a := range access.Actions() {
			e, err := p.Explain(access.Question{Role: role.Name, Action: a.Action})
			if err != nil {
				t.Fatal(err)
			}
			if e.Allowed != (len(e.Rules) > 0) {
				t.Errorf("%s", e)
			}
		}
	}
}

func TestAWiderGrantAllowsWhateverANarrowerOneDoes(t *testing.T) {
	t.Parallel()
	p := load(t)
	rapid.Check(t, func(t *rapid.T) {
		role := rapid.SampledFrom(p.Roles()).Draw(t, "role")
		a, where := drawAction(t), drawWhere(t)
		f := object(p, a, where)
		if p.Can(holder(role.Name, call), a, f).Allowed && !p.Can(holder(role.Name, round), a, f).Allowed {
			t.Fatalf("%s may %s in the call, but not in the round", role.Name, a)
		}
		if p.Can(holder(role.Name, round), a, f).Allowed && !p.Can(holder(role.Name, fund), a, f).Allowed {
			t.Fatalf("%s may %s in the round, but not in the fund", role.Name, a)
		}
	})
}

func TestAGrantElsewhereGivesNothingHere(t *testing.T) {
	t.Parallel()
	p := load(t)
	rapid.Check(t, func(t *rapid.T) {
		role := rapid.SampledFrom(p.Roles()).Draw(t, "role")
		elsewhere := rapid.SampledFrom([]access.Scope{others, {Round: "r2"}, {Round: "r2", Call: "c3"}}).Draw(t, "scope")
		a, where := drawAction(t), drawWhere(t)
		f := object(p, a, where)
		who := holder(role.Name, elsewhere)
		if p.Can(who, a, f).Allowed && !everybodyMay(p, who, a, f) {
			t.Fatalf("%s in %v may %s in %v", role.Name, elsewhere, a, f.Scope)
		}
	})
}

func TestMayAnywhereAndFiltersAgreeWithCan(t *testing.T) {
	t.Parallel()
	p := load(t)
	rapid.Check(t, func(t *rapid.T) {
		who := access.Principal{ID: me, Kind: access.Person}
		for range rapid.IntRange(0, 3).Draw(t, "grants") {
			role := rapid.SampledFrom(p.Roles()).Draw(t, "role")
			in := rapid.SampledFrom([]access.Scope{fund, round, call, others}).Draw(t, "scope")
			who.Grants = append(who.Grants, access.Grant{Role: role.Name, Scope: in})
		}
		a, where := drawAction(t), drawWhere(t)
		allowed := p.Can(who, a, object(p, a, where)).Allowed
		if allowed && !p.MayAnywhere(who, a) {
			t.Fatalf("%v may %s here but nowhere", who.Grants, a)
		}
		if (len(p.Scopes(who, a)) > 0) != p.MayAnywhere(who, a) {
			t.Fatalf("%v: scopes %v of %s", who.Grants, p.Scopes(who, a), a)
		}
		if len(p.Excluding(a)) == 0 {
			where["not_own_work"] = true
		}
		listed := slices.ContainsFunc(p.Filters(who, a), func(f access.Filter) bool {
			return f.Scope.Covers(call) && !slices.ContainsFunc(f.Conditions, func(c string) bool { return !where[c] })
		})
		if listed != allowed {
			t.Fatalf("%v: a list filtered by %v shows it: %v; Can says %v", who.Grants, p.Filters(who, a), listed, allowed)
		}
	})
}

func TestEveryPairOfDeedsBarsInBothDirections(t *testing.T) {
	t.Parallel()
	p := load(t)
	pairs := 0
	for _, info := range access.Actions() {
		for _, pair := range p.Excluding(info.Action) {
			pairs++
			if !slices.Contains(p.Excluding(pair.Deed), access.Pair{Deed: info.Action, Per: pair.Per}) {
				t.Errorf("%s bars %s, but not the other way", pair.Deed, info.Action)
			}
			barred(t, p, info.Action, pair)
		}
	}
	if pairs == 0 {
		t.Fatal("there are no pairs")
	}
}

// barred checks, for each role that may do a, that whoever did the pair's deed may not, and that the gate is told of it.
func barred(t *testing.T, p *access.Policy, a access.Action, pair access.Pair) {
	t.Helper()
	where := map[string]bool{}
	for _, c := range access.Conditions() {
		where[c.Name] = true
	}
	where["self"] = false
	f := object(p, a, where)
	asked := p.Barring(a, f)
	if !slices.ContainsFunc(asked, func(d access.Deed) bool { return d.Action == pair.Deed && d.Subject.Per == pair.Per }) {
		t.Errorf("before %s nobody asks who did %s", a, pair.Deed)
	}
	if !slices.ContainsFunc(p.Deeds(pair.Deed, f), func(d access.Deed) bool { return d.Action == pair.Deed && d.Subject.Per == pair.Per }) {
		t.Errorf("%s is not remembered", pair.Deed)
	}
	for _, r := range p.Roles() {
		who := as(r, fund)
		if who.Kind != access.Person || !p.Can(who, a, f).Allowed {
			continue
		}
		f.Did = []access.Action{pair.Deed}
		if d := p.Can(who, a, f); d.Allowed || d.Hidden || !slices.Contains(d.Missing, "not_own_work") {
			t.Errorf("%s may %s after %s: %+v", r.Name, a, pair.Deed, d)
		}
		f.Did = nil
	}
}

func TestAnObjectThatDoesNotSayWhatItBelongsToUnbarsNobody(t *testing.T) {
	t.Parallel()
	p := load(t)
	officer := holder(roleHome(p, "/screening").Name, call)
	f := access.Facts{Scope: call, Submitted: true, Subjects: subjects()}
	if err := p.Can(officer, access.ConfirmIneligible, f).Err(); err != nil {
		t.Fatal(err)
	}
	f.Subjects = call.Subjects()
	if p.Can(officer, access.ConfirmIneligible, f).Allowed {
		t.Error("allowed although the application by which deeds are counted is not named")
	}
}
