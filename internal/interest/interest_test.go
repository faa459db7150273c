package interest_test

import (
	"maps"
	"slices"
	"strings"
	"sync"
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

// TestARuleFindsWhatItShould compares the rules with one line of words each.
func TestARuleFindsWhatItShould(t *testing.T) {
	t.Parallel()
	code := rapid.SampledFrom([]ident.ODS{"A", "B", "C", "D"})
	ics := rapid.SampledFrom([]string{"", "X", "Y"})
	supply := rapid.Custom(func(t *rapid.T) interest.Supply {
		return interest.Supply{Product: "P", Supplier: rapid.SampledFrom([]string{"One Ltd", "one  LTD", "Two Ltd"}).Draw(t, "supplier"), ODS: rapid.SampledFrom([]ident.ODS{"", "D"}).Draw(t, "its code")}
	})
	same := func(a, b interest.Supply) bool {
		return strings.EqualFold(strings.Join(strings.Fields(a.Supplier), " "), strings.Join(strings.Fields(b.Supplier), " "))
	}
	rapid.Check(t, func(t *rapid.T) {
		who := interest.Party{Organisations: rapid.SliceOfN(code, 0, 2).Draw(t, "works"), ICS: rapid.SliceOfN(ics, 0, 2).Draw(t, "who's"), Supplies: rapid.SliceOfN(supply, 0, 2).Draw(t, "supplies")}
		of := interest.Parties{Own: rapid.SliceOfN(code, 1, 1).Draw(t, "lead"), ICS: rapid.SliceOfN(ics, 1, 1).Draw(t, "lead's"), Suppliers: rapid.SliceOfN(supply, 0, 2).Draw(t, "suppliers")}
		of.Organisations = append(slices.Clone(of.Own), rapid.SliceOfN(code, 0, 2).Draw(t, "partners")...)
		of.Allies = []interest.Ally{{ODS: code.Draw(t, "ally"), Award: "AF21-0001"}}
		rivals := rapid.SliceOfN(supply, 0, 2).Draw(t, "rivals")
		works := func(c ident.ODS) bool { return c != "" && slices.Contains(who.Organisations, c) }
		supplies := func(s interest.Supply) bool {
			return works(s.ODS) || slices.ContainsFunc(who.Supplies, func(mine interest.Supply) bool { return same(mine, s) })
		}
		want := map[interest.Kind]bool{
			interest.OwnOrganisation:     works(of.Own[0]),
			interest.PartnerOrganisation: slices.ContainsFunc(of.Organisations, func(c ident.ODS) bool { return works(c) && c != of.Own[0] }),
			interest.SupplierOfProduct:   slices.ContainsFunc(of.Suppliers, supplies),
			interest.RivalSupplier: slices.ContainsFunc(rivals, func(s interest.Supply) bool {
				return supplies(s) && !slices.ContainsFunc(of.Suppliers, func(own interest.Supply) bool { return same(own, s) })
			}),
			interest.SameICS:      of.ICS[0] != "" && slices.Contains(who.ICS, of.ICS[0]),
			interest.EarlierAward: works(of.Allies[0].ODS) && !slices.Contains(of.Organisations, of.Allies[0].ODS),
		}
		want[interest.SameICS] = want[interest.SameICS] && !want[interest.OwnOrganisation] && !want[interest.PartnerOrganisation] && !want[interest.SupplierOfProduct]
		bars := []interest.Kind{interest.OwnOrganisation, interest.PartnerOrganisation, interest.SupplierOfProduct}
		got := map[interest.Kind]bool{}
		for _, f := range interest.Find(who, of, rivals) {
			got[f.Kind] = true
			if (f.Severity == interest.Bars) != slices.Contains(bars, f.Kind) || f.Basis == "" || f.Words == "" {
				t.Fatalf("%+v", f)
			}
		}
		for _, kind := range interest.FoundKinds() {
			if got[kind] != want[kind] {
				t.Fatalf("%s: %t, want %t: %+v and %+v, rivals %+v", kind, got[kind], want[kind], who, of, rivals)
			}
		}
	})
}

// TestASearchKeepsWhatTheRulesFindOnce: for reviewers and for staff, however often and by how many at once it is run.
func TestASearchKeepsWhatTheRulesFindOnce(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	p.Reviewer("technical2", assignment.Newcomer{Kind: "technical", ODS: "QMF", Capacity: 10})
	p.Reviewer("ppv2", assignment.Newcomer{Kind: "ppv", ODS: "RX9", Capacity: 10})
	p.ActFor(testkit.Address(testkit.Chair), "QMF")
	apps := p.Eligible(2)
	var together sync.WaitGroup
	for range 4 {
		together.Go(func() {
			if err := p.Interests.SearchDue(t.Context(), ""); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	all := lines(t, p)
	count := map[interest.Kind]int{}
	for _, l := range all {
		count[l.Kind]++
		if !l.Found() || l.Basis == "" || l.Statement == "" {
			t.Errorf("%+v", l)
		}
	}
	// The reviewer and the chair work or act for the lead; one reviewer works in its system.
	if want := map[interest.Kind]int{interest.OwnOrganisation: 4, interest.SameICS: 2}; !maps.Equal(count, want) {
		t.Errorf("got %v, want %v", count, want)
	}
	chair, _ := access.From(p.As(testkit.Chair))
	for _, a := range apps {
		if !p.Application(a.Ref).Bars(chair.ID) {
			t.Errorf("the chair is not recused from %s", a.Ref)
		}
	}
	if n, err := p.Interests.Search(p.As(testkit.Manager), p.CallRef()); err != nil || n != 0 {
		t.Errorf("%d are found again: %v", n, err)
	}
	_, err := p.Interests.Search(p.As(testkit.Chair), p.CallRef())
	p.Want(err, fault.Forbidden)
	p.Unbroken()
}

// TestWhatIsSettledOrWithdrawnIsNotFoundAnew: and it does not keep anybody from being assigned.
func TestWhatIsSettledOrWithdrawnIsNotFoundAnew(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	who := p.Reviewer("technical2", assignment.Newcomer{Kind: "technical", ODS: "QMF", Capacity: 10})
	a := p.Eligible(1)[0]
	search := func() int {
		t.Helper()
		n, err := p.Interests.Search(p.As(testkit.Manager), p.CallRef())
		ok(t, err)
		return n
	}
	if n := search(); n != 1 || !p.Application(a.Ref).Bars(who) {
		t.Fatalf("%d are found", n)
	}
	ok(t, p.Interests.Withdraw(p.As(testkit.Manager), lines(t, p)[0].ID, "They left two years ago"))
	if n := search(); n != 0 || p.Application(a.Ref).Bars(who) {
		t.Errorf("%d are found anew, or they are still barred", n)
	}
	ok(t, p.Assignments.Propose(p.As(testkit.Manager), p.CallRef()))
	v, err := p.Assignments.View(p.As(testkit.Manager), p.CallRef())
	ok(t, err)
	for _, s := range v.Rows[0].Seats {
		if s.Kind == "technical" && !slices.ContainsFunc(s.Free, func(c assignment.Candidate) bool { return c.Person == who }) && s.Person != who {
			t.Error("they still cannot be assigned")
		}
	}
	p.Unbroken()
}

// TestAConflictThatIsFoundAfterAReviewStrikesIt: the rule runs when somebody's employer became known later.
func TestAConflictThatIsFoundAfterAReviewStrikesIt(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	a := p.Assess(1)[0]
	p.Reviewed(a, map[string]string{"clinical": "4", "technical": "4", "ppv": "4"})
	who := p.Reviewers(a)["clinical"]
	p.Reviewer(who, assignment.Newcomer{Kind: "clinical", ODS: "QMF", Capacity: 10})
	_, err := p.Interests.Search(p.As(testkit.Manager), p.CallRef())
	ok(t, err)
	me, _ := access.From(p.As(who))
	if p.Reviewers(p.Application(a.Ref))["clinical"] == who || has(p, a, application.Conflicted) != 1 || !p.Told(testkit.Manager, "reviewer_to_replace") {
		t.Error("the review stands")
	}
	done, err := p.Assignments.ReplaceStruck(p.As(testkit.Manager), a.Ref, me.ID, "A conflict was found")
	ok(t, err)
	if next := p.Reviewers(p.Application(a.Ref))["clinical"]; !done || next == "" || next == who {
		t.Errorf("%q reviews now", next)
	}
	p.Unbroken()
}
