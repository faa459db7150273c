package interest_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/testkit"
)

func one(t *testing.T) (*testkit.Panel, *application.Application, string) {
	t.Helper()
	p := testkit.New(t).Panel()
	a := p.Assess(1)[0]
	return p, a, p.Reviewers(a)["clinical"]
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func has(p *testkit.Panel, a *application.Application, r application.Relation) int {
	return len(p.Application(a.Ref).With(r))
}

func lines(t *testing.T, p *testkit.Panel) []interest.Line {
	t.Helper()
	all, err := p.Interests.InCallList(p.As(testkit.Manager), p.CallRef())
	ok(t, err)
	return all
}

func TestWhatADeclarationLeadsTo(t *testing.T) {
	t.Parallel()
	cases := []struct {
		kind     interest.Kind
		outcome  interest.Outcome
		declared int
		barred   int
	}{
		{interest.None, interest.Free, 1, 0},
		{interest.Financial, interest.Barred, 0, 1},
		{interest.NonFinancialProfessional, interest.Pending, 0, 0},
		{interest.NonFinancialPersonal, interest.Pending, 0, 0},
		{interest.Indirect, interest.Pending, 0, 0},
	}
	for _, c := range cases {
		t.Run(string(c.kind), func(t *testing.T) {
			t.Parallel()
			p, a, who := one(t)
			outcome, err := p.Interests.Declare(p.As(who), a.Ref, interest.Declaration{Kind: c.kind, Statement: "An invented interest"})
			ok(t, err)
			if outcome != c.outcome || has(p, a, application.Declared) != c.declared || has(p, a, application.Conflicted) != c.barred || has(p, a, application.Assigned) != 3-c.barred {
				t.Errorf("%s, declared %d, conflicted %d", outcome, has(p, a, application.Declared), has(p, a, application.Conflicted))
			}
			told := p.Told(testkit.Manager, "interest_to_settle") || p.Told(testkit.Manager, "reviewer_to_replace")
			if told != (c.outcome != interest.Free) {
				t.Errorf("told %t", told)
			}
		})
	}
}

func TestAnInterestIsDescribed(t *testing.T) {
	t.Parallel()
	p, a, who := one(t)
	for field, d := range map[string]interest.Declaration{
		"interest":  {Kind: "secret"},
		"statement": {Kind: interest.Indirect, Statement: "  "},
	} {
		_, err := p.Interests.Declare(p.As(who), a.Ref, d)
		if f, _ := fault.Of(err); f == nil || f.Fields[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	_, err := p.Interests.Declare(p.As(who), a.Ref, interest.Declaration{Kind: interest.Indirect, Statement: strings.Repeat("x", 2001)})
	p.Want(err, fault.Invalid)
}

func TestTheFundManagerSettlesADoubt(t *testing.T) {
	t.Parallel()
	for as, want := range map[interest.Severity]application.Relation{interest.Clear: application.Declared, interest.Bars: application.Conflicted} {
		t.Run(string(as), func(t *testing.T) {
			t.Parallel()
			p, a, who := one(t)
			_, err := p.Interests.Declare(p.As(who), a.Ref, interest.Declaration{Kind: interest.Indirect, Statement: "My neighbour works there"})
			ok(t, err)
			id := lines(t, p)[0].ID
			p.Want(p.Interests.Settle(p.As(testkit.Chair), id, as, "a note"), fault.Forbidden)
			p.Want(p.Interests.Settle(p.As(testkit.Manager), id, as, ""), fault.Invalid)
			p.Want(p.Interests.Settle(p.As(testkit.Manager), id, interest.Asks, "a note"), fault.Invalid)
			ok(t, p.Interests.Settle(p.As(testkit.Manager), id, as, "Discussed with the reviewer"))
			p.Want(p.Interests.Settle(p.As(testkit.Manager), id, as, "Again"), fault.Conflict)
			if has(p, a, want) != 1 {
				t.Errorf("not %s", want)
			}
			p.Unbroken()
		})
	}
}

func TestAnOwnOrganisationThatIsFoundBarsWhateverIsDeclared(t *testing.T) {
	t.Parallel()
	p, a, who := one(t)
	p.Reviewer(who, assignment.Newcomer{Kind: "clinical", ODS: "QMF", Capacity: 10})
	g, err := p.Interests.Glimpse(p.As(who), a.Ref)
	ok(t, err)
	if len(g.Found) != 1 || g.Found[0].Kind != interest.OwnOrganisation {
		t.Errorf("%+v", g.Found)
	}
	outcome, err := p.Interests.Declare(p.As(who), a.Ref, interest.Declaration{Kind: interest.None})
	ok(t, err)
	if outcome != interest.Barred || has(p, a, application.Conflicted) != 1 {
		t.Error(outcome)
	}
}

func TestTheSameSystemAsksButHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	p, a, who := one(t)
	p.Reviewer(who, assignment.Newcomer{Kind: "clinical", ODS: "RX9", Capacity: 10})
	outcome, err := p.Interests.Declare(p.As(who), a.Ref, interest.Declaration{Kind: interest.None})
	ok(t, err)
	all := lines(t, p)
	if outcome != interest.Free || len(all) != 2 || !all[0].Open() || all[0].Kind != interest.SameICS || all[0].Ref != a.Ref {
		t.Fatalf("%s %+v", outcome, all)
	}
	ok(t, p.Interests.Settle(p.As(testkit.Manager), all[0].ID, interest.Bars, "They work on it together"))
	if has(p, a, application.Conflicted) != 1 || has(p, a, application.Assigned) != 2 {
		t.Error("not barred")
	}
}

func TestADeclarationMadeInErrorIsWithdrawnWithTheFundManager(t *testing.T) {
	t.Parallel()
	p, a, who := one(t)
	_, err := p.Interests.Declare(p.As(who), a.Ref, interest.Declaration{Kind: interest.Financial, Statement: "I took it for another"})
	ok(t, err)
	_, err = p.Interests.Glimpse(p.As(who), a.Ref)
	p.Want(err, fault.NotFound)
	id := lines(t, p)[0].ID
	ok(t, p.Interests.Withdraw(p.As(testkit.Manager), id, "It was meant for another application"))
	p.Want(p.Interests.Withdraw(p.As(testkit.Manager), id, "Again"), fault.Conflict)
	if them, _ := access.From(p.As(who)); p.Application(a.Ref).Bars(them.ID) {
		t.Error("still barred")
	}
	p.Unbroken()
}

func TestARuleFindsWhatItShould(t *testing.T) {
	t.Parallel()
	code := rapid.SampledFrom([]ident.ODS{"A", "B", "C"})
	ics := rapid.SampledFrom([]string{"", "X", "Y"})
	rapid.Check(t, func(t *rapid.T) {
		who := interest.Party{Organisations: rapid.SliceOfN(code, 0, 2).Draw(t, "works"), ICS: rapid.SliceOfN(ics, 0, 2).Draw(t, "who's")}
		of := interest.Parties{Organisations: rapid.SliceOfN(code, 1, 2).Draw(t, "parties"), ICS: rapid.SliceOfN(ics, 1, 1).Draw(t, "lead's")}
		_, severity := interest.Find(who, of)
		want := interest.Clear
		for _, x := range who.ICS {
			if x != "" && x == of.ICS[0] {
				want = interest.Asks
			}
		}
		for _, x := range who.Organisations {
			for _, y := range of.Organisations {
				if x == y {
					want = interest.Bars
				}
			}
		}
		if severity != want {
			t.Fatalf("%v and %v: %s, want %s", who, of, severity, want)
		}
	})
}
