package assignment_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
)

func entry(t *testing.T, p *testkit.Panel, email string) assignment.Entry {
	t.Helper()
	pool, err := p.Assignments.Pool(p.As(testkit.Manager), "AF26")
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(pool.Entries, func(e assignment.Entry) bool { return e.Email == testkit.Address(email) })
	if i < 0 {
		t.Fatalf("%s is not in the pool", email)
	}
	return pool.Entries[i]
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// assigned counts what a proposal gives to somebody.
func assigned(t *testing.T, p *testkit.Panel, who ident.Person) int {
	t.Helper()
	must(t, p.Assignments.Propose(p.As(testkit.Manager), p.CallRef()))
	v, err := p.Assignments.View(p.As(testkit.Manager), p.CallRef())
	must(t, err)
	n := 0
	for _, pair := range v.Plan.Pairs {
		if pair.Person == who {
			n++
		}
	}
	return n
}

// TestWhoIsAskedIsAssignedOnceTheyAccept follows an invitation from the mail to the proposal.
func TestWhoIsAskedIsAssignedOnceTheyAccept(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	p.Eligible(2)
	manager, me := p.As(testkit.Manager), entry(t, p, "clinical1")
	if me.Stand != assignment.NotAsked || assigned(t, p, me.Person) != 1 {
		t.Fatalf("%s", me.Stand)
	}
	p.Want(func() error { _, err := p.Assignments.Invite(p.As(testkit.Chair), "AF26", me.Person); return err }(), fault.Forbidden)
	n, err := p.Assignments.Invite(manager, "AF26", me.Person)
	must(t, err)
	if n != 1 || !p.Told("clinical1", "reviewer_invited") || entry(t, p, "clinical1").Stand != assignment.Invited || assigned(t, p, me.Person) != 0 {
		t.Fatalf("%d asked, %+v", n, entry(t, p, "clinical1"))
	}
	ctx := p.As("clinical1")
	p.Want(p.Assignments.Answer(ctx, "AF26", false, " "), fault.Invalid)
	p.Want(p.Assignments.Answer(p.As(testkit.Chair), "AF26", true, ""), fault.NotFound)
	must(t, p.Assignments.Answer(ctx, "AF26", false, "No time this autumn"))
	p.Want(p.Assignments.Answer(ctx, "AF26", true, ""), fault.Conflict)
	if e := entry(t, p, "clinical1"); e.Stand != assignment.Refused || e.AnswerNote != "No time this autumn" || assigned(t, p, me.Person) != 0 {
		t.Errorf("%+v", e)
	}
	_, err = p.Assignments.Invite(manager, "AF26", me.Person)
	must(t, err)
	p.Days(40)
	if e := entry(t, p, "clinical1"); e.Stand != assignment.Lapsed {
		t.Errorf("%+v", e)
	}
	p.Want(p.Assignments.Answer(p.As("clinical1"), "AF26", true, ""), fault.Conflict)
	n, err = p.Assignments.Invite(manager, "AF26") // the five who were not asked
	must(t, err)
	if n != 5 {
		t.Errorf("%d were asked", n)
	}
	_, err = p.Assignments.Invite(manager, "AF26", me.Person)
	must(t, err)
	must(t, p.Assignments.Answer(p.As("clinical1"), "AF26", true, ""))
	if e := entry(t, p, "clinical1"); e.Stand != assignment.Accepted || assigned(t, p, me.Person) != 2 {
		t.Errorf("%s, %d", e.Stand, assigned(t, p, me.Person)) // the other clinical reviewer was asked and has not answered
	}
	_, err = p.Assignments.Invite(manager, "AF26", me.Person)
	p.Want(err, fault.Conflict)
	p.Unbroken()
}

// TestWhoIsAwayThroughoutGetsNothing: and who wishes for fewer gets no more.
func TestWhoIsAwayThroughoutGetsNothing(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	p.Eligible(4)
	me := entry(t, p, "clinical1")
	ctx := p.As("clinical1")
	save := func(in assignment.Profile) {
		t.Helper()
		in.Version = entry(t, p, "clinical1").Version
		must(t, p.Assignments.SaveProfile(ctx, "AF26", in))
	}
	save(assignment.Profile{Themes: []string{"CAR"}, Wish: -1, Away: "2026-01-01 to 2027-12-31"})
	if n := assigned(t, p, me.Person); n != 0 {
		t.Errorf("%d are assigned to somebody who is away", n)
	}
	save(assignment.Profile{Themes: []string{"CAR", "GAS"}, Wish: 1})
	if n := assigned(t, p, me.Person); n != 1 {
		t.Errorf("%d are assigned, 1 was wished for", n)
	}
	p.Want(p.Assignments.SaveProfile(ctx, "AF26", assignment.Profile{Wish: -1, Version: 1}), fault.Conflict)
	err := p.Assignments.SaveProfile(ctx, "AF26", assignment.Profile{Themes: []string{"XYZ"}, Wish: 5000, Away: "sometime", Version: entry(t, p, "clinical1").Version})
	if f, _ := fault.Of(err); f == nil || f.Fields["themes"] == "" || f.Fields["wish"] == "" || f.Fields["away"] == "" {
		t.Errorf("%v", err)
	}
	if e := entry(t, p, "clinical1"); e.Themes != "CAR GAS" || e.Kind != "clinical" || e.Capacity != 10 {
		t.Errorf("%+v", e)
	}
	p.Unbroken()
}

// TestTheFundManagerKeepsThePool adds somebody, changes them, and is told of everything that is wrong at once.
func TestTheFundManagerKeepsThePool(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	manager := p.As(testkit.Manager)
	d := assignment.Details{Newcomer: assignment.Newcomer{Email: "new@fund.example", Name: "New Invented", Kind: "ppv", ODS: "RX1", Themes: []string{"CAR"}, Capacity: 3}, Training: "Briefing", On: "2026-09-01"}
	p.Want(p.Assignments.Keep(p.As(testkit.Chair), "AF26", d), fault.Forbidden)
	must(t, p.Assignments.Keep(manager, "AF26", d))
	if f, _ := fault.Of(p.Assignments.Keep(manager, "AF26", d)); f == nil || f.Fields["email"] == "" {
		t.Error("they are added twice")
	}
	e := entry(t, p, "new")
	if e.Capacity != 3 || e.Training != "Briefing" || e.Organisation == "" || e.TrainedOn != "2026-09-01" {
		t.Errorf("%+v", e)
	}
	d.Person, d.Capacity, d.Version = e.Person, 5, e.Version
	must(t, p.Assignments.Keep(manager, "AF26", d))
	p.Want(p.Assignments.Keep(manager, "AF26", d), fault.Conflict)
	err := p.Assignments.Keep(manager, "AF26", assignment.Details{Newcomer: assignment.Newcomer{Email: "x", Kind: "legal", ODS: "NONE", Themes: []string{"?"}, Capacity: -1}, Away: "2026-11-06 to 2026-11-02", On: "soon"})
	f, _ := fault.Of(err)
	for _, field := range []string{"email", "name", "kind", "ods", "themes", "capacity", "away", "trained-on"} {
		if f == nil || f.Fields[field] == "" {
			t.Errorf("nothing is said of %s: %v", field, err)
		}
	}
	p.Person("new", "", access.Scope{}) // they confirm their address
	who, _ := access.From(p.As("new"))
	if !slices.ContainsFunc(who.Grants, func(g access.Grant) bool { return g.Role == "reviewer" }) {
		t.Error("they do not hold the role")
	}
	p.Unbroken()
}

// TestAWrongListOfReviewersIsNamedAtOnce: every row, whatever is wrong with it.
func TestAWrongListOfReviewersIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	list := "email,name,kind,ods_code,themes,capacity\na@x.example,A,clinical,RX1,CAR,many\nb@x.example,,legal,RX1,CAR,3\na@x.example,A,clinical,NONE,XYZ,3\n"
	_, err := p.Assignments.Import(p.As(testkit.Manager), "AF26", strings.NewReader(list))
	for _, words := range []string{"row 2", "many", "row 3", "name is missing", "legal", "row 4", "in row 2 already", "NONE", "XYZ"} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("no %q in %v", words, err)
		}
	}
}

func TestTimesAwayAreWrittenAsTheyAreRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.SampledFrom([]string{"2026-11-02", "2026-11-03", "2027-01-31"})
		var lines []string
		for range rapid.IntRange(0, 5).Draw(t, "times") {
			from, to := day.Draw(t, "from"), day.Draw(t, "to")
			if to < from {
				from, to = to, from
			}
			if line := from; from == to {
				lines = append(lines, line)
			} else {
				lines = append(lines, from+" to "+to)
			}
		}
		all, err := assignment.ParseAway(strings.Join(lines, "\r\n"))
		if err != nil || assignment.AwayText(all) != strings.Join(lines, "\n") {
			t.Fatalf("%v: %q, not %q", err, assignment.AwayText(all), lines)
		}
	})
}

// TestWhatWasChangedByHandIsKeptWhenItIsProposedAgain: in and out, until it is changed back.
func TestWhatWasChangedByHandIsKeptWhenItIsProposedAgain(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	a := p.Eligible(2)[0]
	manager := p.As(testkit.Manager)
	must(t, p.Assignments.Propose(manager, p.CallRef()))
	seat := func() (assignment.View, assignment.Seat) {
		t.Helper()
		v, err := p.Assignments.View(manager, p.CallRef())
		must(t, err)
		for _, r := range v.Rows {
			for _, s := range r.Seats {
				if r.Ref == a.Ref && s.Kind == "clinical" {
					return v, s
				}
			}
		}
		t.Fatal("there is no place")
		return v, assignment.Seat{}
	}
	v, before := seat()
	other := before.Free[0].Person
	must(t, p.Assignments.Edit(manager, p.CallRef(), assignment.Edit{Ref: a.Ref, Kind: "clinical", Out: before.Person, In: other, Reason: "Knows the pathway", Version: v.Plan.Version}))
	for range 2 {
		must(t, p.Assignments.Propose(manager, p.CallRef()))
	}
	v, after := seat()
	if after.Person != other || !after.ByHand || len(v.Plan.Changes) != 1 {
		t.Errorf("%+v, %d changes", after, len(v.Plan.Changes))
	}
	must(t, p.Assignments.Edit(manager, p.CallRef(), assignment.Edit{Ref: a.Ref, Kind: "clinical", Out: other, Reason: "After all not", Version: v.Plan.Version}))
	must(t, p.Assignments.Propose(manager, p.CallRef()))
	if v, after = seat(); after.Person != "" || v.Status != "infeasible" { // neither of the two may have it now
		t.Errorf("%+v, %s", after, v.Status)
	}
	if len(v.Lacks) != 1 || !strings.Contains(v.Lacks[0].Words(), string(a.Ref)) || !strings.Contains(v.Lacks[0].Words(), "Clinical1 Invented with "+string(a.Ref)) {
		t.Errorf("it is not explained: %+v", v.Lacks)
	}
	p.Unbroken()
}
