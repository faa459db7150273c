package panel_test

import (
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/panel"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
)

// world is a panel with assessed applications and a meeting that decides about them.
type world struct {
	*testkit.Panel
	t        *testing.T
	meetings *panel.Service
	apps     []*application.Application
	at       panel.At
	ids      map[string]ident.Person
}

// planned makes it: a clinical member and one for patients and public besides chair and deputy, an observer, and an agenda of n applications.
func planned(t *testing.T, n int) *world {
	t.Helper()
	p := testkit.New(t).Panel()
	w := &world{Panel: p, t: t, meetings: panel.NewService(p.Gate, p.Reviews), ids: map[string]ident.Person{}}
	w.apps = p.Assessed(n, "4")
	c := p.Call(p.CallRef())
	for email, role := range map[string]string{"member1": "panel_member", "member2": "panel_member", "observer": "observer", testkit.Chair: "", testkit.Deputy: "", testkit.Manager: ""} {
		w.ids[email] = p.Person(email, role, c.Scope()).ID
	}
	id, err := w.meetings.Plan(p.As(testkit.Manager), p.CallRef(), w.typed())
	w.ok(err)
	w.at = panel.At{Call: p.CallRef(), ID: id}
	w.ok(w.meetings.AddItems(p.As(testkit.Manager), w.at, nil, true))
	w.ok(w.meetings.Change(p.As(testkit.Manager), w.at, panel.Changing{
		Planning: w.typed(), Version: w.view(testkit.Manager).Meeting.Version, Kinds: map[ident.Person]string{w.ids["member1"]: "clinical", w.ids["member2"]: "ppv"},
	}))
	return w
}

func (w *world) typed() panel.Planning {
	return panel.Planning{Title: "First meeting", Day: uktime.Day(w.Clock.Now().AddDate(0, 0, 7)), Clock: "10:30", Place: "Room 1", Notes: "Bring your notes"}
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) view(as string) panel.View {
	w.t.Helper()
	v, err := w.meetings.View(w.As(as), w.at)
	w.ok(err)
	return v
}

func (w *world) arrive(who ...string) {
	w.t.Helper()
	for _, name := range who {
		w.ok(w.meetings.Note(w.As(testkit.Manager), w.at, panel.Noted{Person: w.ids[name], What: panel.Arrives}))
	}
}

func (w *world) recused(who string, a *application.Application) {
	w.t.Helper()
	outcome, err := w.Interests.Declare(w.As(who), a.Ref, interest.Declaration{Kind: interest.Financial, Statement: "My family owns part of it"})
	w.ok(err)
	if outcome != interest.Barred {
		w.t.Fatal(outcome)
	}
}

// decide decides the item that is open.
func (w *world) decide(as string, a *application.Application, o panel.Outcome, note string) error {
	w.t.Helper()
	v := w.view(as)
	version := 0
	if v.Current != nil {
		version = v.Current.Version
	}
	return w.meetings.Decide(w.As(as), w.at, a.Ref, panel.Decision{Outcome: o, Note: note, Version: version})
}

func TestAMeetingIsPlannedAndItsMembersAreTold(t *testing.T) {
	t.Parallel()
	w := planned(t, 2)
	for who, told := range map[string]bool{testkit.Chair: true, testkit.Deputy: true, "member1": true, "observer": false} {
		if w.Told(who, "meeting_planned") != told {
			t.Errorf("%s: told %t", who, !told)
		}
	}
	v := w.view(testkit.Manager)
	if len(v.Items) != 2 || len(v.Members) != 4 || v.Meeting.Stage() != panel.Planned || !v.Records || v.Quorum["ppv"] != 1 {
		t.Errorf("%+v", v)
	}
	for _, typed := range []panel.Planning{{}, {Title: "x", Place: "y", Day: "2020-01-01", Clock: "10:00"}, {Title: "x", Place: "y", Day: "2027-03-28", Clock: "01:30"}} {
		_, err := w.meetings.Plan(w.As(testkit.Manager), w.CallRef(), typed)
		w.Want(err, fault.Invalid)
	}
	_, err := w.meetings.Plan(w.As(testkit.Chair), w.CallRef(), w.typed())
	w.Want(err, fault.Forbidden)
	w.Want(w.meetings.Change(w.As(testkit.Manager), w.at, panel.Changing{Planning: w.typed(), Version: 1}), fault.Conflict)
	before := len(w.Mails("member1"))
	moved := w.typed()
	moved.Clock = "14:00"
	w.ok(w.meetings.Change(w.As(testkit.Manager), w.at, panel.Changing{Planning: moved, Version: w.view(testkit.Manager).Meeting.Version}))
	if len(w.Mails("member1")) != before+1 {
		t.Error("nobody was told of the other time")
	}
	if all, err := w.meetings.In(w.As("observer"), w.CallRef()); err != nil || len(all.Meetings) != 1 || all.Plans {
		t.Errorf("%+v %v", all, err)
	}
	w.Unbroken()
}

func TestNothingIsDecidedWithoutAQuorum(t *testing.T) {
	t.Parallel()
	w := planned(t, 1)
	a := w.apps[0]
	w.Want(w.meetings.Take(w.As(testkit.Chair), w.at, a.Ref), fault.Conflict)
	w.ok(w.meetings.Start(w.As(testkit.Chair), w.at))
	w.ok(w.meetings.Take(w.As(testkit.Chair), w.at, a.Ref))
	w.ok(w.meetings.Take(w.As(testkit.Chair), w.at, a.Ref))
	says := func(words string) {
		t.Helper()
		f, is := fault.Of(w.decide(testkit.Chair, a, panel.Recommended, ""))
		if !is || !strings.Contains(f.Fields["outcome"], words) {
			t.Errorf("%v does not say %q", f, words)
		}
	}
	says("1 clinical member, 1 patient and public voice member and the chair")
	w.arrive(testkit.Chair, "member1")
	says("Missing: 1 patient and public voice member")
	w.arrive("member2")
	w.Want(w.decide(testkit.Chair, a, "nonsense", ""), fault.Invalid)
	w.Want(w.decide(testkit.Chair, a, panel.RecommendedAgainst, " "), fault.Invalid)
	w.Want(w.decide(testkit.Chair, a, panel.ScoresSettled, ""), fault.Invalid)
	w.Want(w.meetings.Decide(w.As(testkit.Chair), w.at, a.Ref, panel.Decision{Outcome: panel.Recommended, Version: 1}), fault.Conflict)
	w.ok(w.decide(testkit.Chair, a, panel.Recommended, "A clear case"))
	w.Want(w.decide(testkit.Chair, a, panel.Recommended, ""), fault.Conflict)
	i := w.view("member1").Items[0]
	if i.Outcome != panel.Recommended || len(i.Present) != 3 || i.Led != "Chair Invented" {
		t.Errorf("%+v", i)
	}
	w.Want(w.meetings.Take(w.As("member1"), w.at, a.Ref), fault.NotFound)
	w.Unbroken()
}

func TestADeferralNeedsNoQuorum(t *testing.T) {
	t.Parallel()
	w := planned(t, 2)
	w.ok(w.meetings.Start(w.As(testkit.Manager), w.at))
	w.ok(w.meetings.Take(w.As(testkit.Manager), w.at, w.apps[0].Ref))
	w.Want(w.meetings.Take(w.As(testkit.Manager), w.at, w.apps[1].Ref), fault.Conflict)
	w.Want(w.meetings.End(w.As(testkit.Manager), w.at), fault.Conflict)
	w.ok(w.decide(testkit.Manager, w.apps[0], panel.Deferred, "Until a clinical member is there"))
	w.ok(w.meetings.Take(w.As(testkit.Manager), w.at, w.apps[0].Ref))
	w.ok(w.decide(testkit.Manager, w.apps[0], panel.Deferred, "Again"))
	w.ok(w.meetings.End(w.As(testkit.Manager), w.at))
}

// The chair is recused from one item: they are asked to leave and see nothing of it, the deputy leads, records and signs it.
func TestARecusedChairLeavesAndTheDeputyLeads(t *testing.T) {
	t.Parallel()
	w := planned(t, 3)
	a := w.apps[1]
	w.recused(testkit.Chair, a)
	w.ok(w.Interests.Appoint(w.As(testkit.Manager), a.Ref, w.ids[testkit.Deputy]))
	w.ok(w.meetings.Start(w.As(testkit.Chair), w.at))
	w.arrive(testkit.Chair, testkit.Deputy, "member1", "member2")
	w.Want(w.meetings.Take(w.As(testkit.Chair), w.at, a.Ref), fault.NotFound)
	w.Want(w.meetings.Take(w.As(testkit.Deputy), w.at, w.apps[0].Ref), fault.NotFound)
	w.ok(w.meetings.Take(w.As(testkit.Deputy), w.at, a.Ref))
	chair, member := w.view(testkit.Chair), w.view("member1")
	if !chair.StepOut || chair.Current != nil || chair.Masked != 1 || len(chair.Items) != 2 || member.StepOut || member.Current == nil || len(member.Current.Leaves) != 1 {
		t.Errorf("%+v\n%+v", chair, member)
	}
	w.Want(w.decide(testkit.Chair, a, panel.Recommended, ""), fault.NotFound)
	w.Want(w.meetings.Take(w.As(testkit.Chair), w.at, w.apps[0].Ref), fault.Conflict)
	w.ok(w.decide(testkit.Deputy, a, panel.RecommendedAgainst, "It is done elsewhere"))
	w.ok(w.meetings.End(w.As(testkit.Chair), w.at))
	w.signed(a)
}

// signed checks that the minutes are signed by the two who led, and final then.
func (w *world) signed(a *application.Application) {
	w.t.Helper()
	chair, err := w.meetings.Minutes(w.As(testkit.Chair), w.at)
	w.ok(err)
	all, err := w.meetings.Minutes(w.As(testkit.Manager), w.at)
	w.ok(err)
	if chair.Masked != 1 || len(chair.Sections) != 5 || len(all.Sections) != 6 || !chair.Signs || all.Signs || !all.Edits {
		w.t.Fatalf("%+v\n%+v", chair, all)
	}
	var own panel.SectionView
	for _, s := range all.Sections {
		if s.ApplicationID != nil && *s.ApplicationID == a.ID {
			own = s
		}
	}
	for _, words := range []string{"Deputy Invented led the discussion.", "Left for this item: Chair Invented.", "Decided: Recommend against funding.", "It is done elsewhere"} {
		if !strings.Contains(own.Text, words) {
			w.t.Errorf("no %q in %q", words, own.Text)
		}
	}
	w.Want(w.meetings.Edit(w.As(testkit.Chair), w.at, panel.Editing{Section: own.ID, Text: "I was not there", Version: own.Version}), fault.NotFound)
	w.ok(w.meetings.Edit(w.As(testkit.Manager), w.at, panel.Editing{Section: own.ID, Text: own.Text + "\nThe deputy thanked all.", Version: own.Version}))
	w.Want(w.meetings.Edit(w.As(testkit.Manager), w.at, panel.Editing{Section: own.ID, Text: "older", Version: own.Version}), fault.Conflict)
	_, err = w.meetings.Sign(w.As(testkit.Manager), w.at)
	w.Want(err, fault.Forbidden)
	if n, err := w.meetings.Sign(w.As(testkit.Chair), w.at); err != nil || n != 5 || w.view(testkit.Chair).Meeting.SignedAt != nil {
		w.t.Fatal(n, err)
	}
	if n, err := w.meetings.Sign(w.As(testkit.Deputy), w.at); err != nil || n != 1 {
		w.t.Fatal(n, err)
	}
	m := w.view("observer").Meeting
	if m.Stage() != panel.Signed || len(m.Digest) != 64 {
		w.t.Errorf("%+v", m)
	}
	w.Want(w.meetings.Edit(w.As(testkit.Manager), w.at, panel.Editing{Section: own.ID, Text: "late", Version: own.Version + 2}), fault.Conflict)
	_, err = w.meetings.Sign(w.As(testkit.Chair), w.at)
	w.Want(err, fault.Conflict)
	w.Unbroken()
	w.ok(w.DB.Write.Exec("UPDATE meeting_minutes SET text = 'changed behind the gate' WHERE id = ?", own.ID).Error)
	w.Read(func(tx *work.Tx) error {
		if f, err := tx.Verify(); err != nil || f.Whole() {
			w.t.Error("a changed section is not found", err)
		}
		return nil
	})
}

func TestAnObserverSeesNoScoresAndNothingOfWhatTheyAreRecusedFrom(t *testing.T) {
	t.Parallel()
	w := planned(t, 2)
	w.recused("observer", w.apps[0])
	v := w.view("observer")
	if v.Masked != 1 || len(v.Items) != 1 || v.Items[0].Totals != nil || v.Items[0].Papers || v.Records || v.Prepares {
		t.Errorf("%+v", v)
	}
	if w.view("member1").Items[0].Totals == nil {
		t.Error("a member sees no total")
	}
	_, err := w.meetings.View(w.As(w.Reviewers(w.apps[0])["ppv"]), w.at)
	w.Want(err, fault.Forbidden)
	_, err = w.meetings.View(w.As(testkit.Chair), panel.At{Call: w.CallRef(), ID: "nonsense"})
	w.Want(err, fault.NotFound)
}

func TestAttendanceApologiesAndDeclarationsAreNoted(t *testing.T) {
	t.Parallel()
	w := planned(t, 2)
	w.recused("member2", w.apps[1])
	note := func(who string, what panel.Coming, words string) error {
		return w.meetings.Note(w.As(testkit.Manager), w.at, panel.Noted{Person: w.ids[who], What: what, Words: words})
	}
	w.Want(note("member1", panel.Arrives, ""), fault.Conflict)
	w.ok(note("member1", panel.Excuses, "Is ill"))
	w.ok(note(testkit.Deputy, panel.Excuses, ""))
	w.ok(w.meetings.Start(w.As(testkit.Chair), w.at))
	w.ok(w.meetings.Declare(w.As(testkit.Manager), w.at, panel.Declaring{Person: w.ids["member2"], About: w.apps[1].Ref, Statement: "My family owns part of it"}))
	w.ok(w.meetings.Declare(w.As(testkit.Manager), w.at, panel.Declaring{Person: w.ids[testkit.Chair], Statement: "I sit on a board of a charity"}))
	w.Want(w.meetings.Declare(w.As(testkit.Manager), w.at, panel.Declaring{Person: w.ids["observer"], Statement: " "}), fault.Invalid)
	w.Want(w.meetings.Declare(w.As(testkit.Manager), w.at, panel.Declaring{Person: w.ids["member2"], About: "AF26-9999", Statement: "?"}), fault.Invalid)
	if v := w.view("member2"); len(v.Declared) != 1 {
		t.Errorf("%+v", v.Declared)
	}
	w.ok(note("member1", panel.Arrives, ""))
	w.ok(note("member1", panel.Arrives, ""))
	w.Clock.Add(time.Hour)
	w.ok(note("member1", panel.Leaves, ""))
	w.ok(note("observer", panel.Arrives, ""))
	w.Want(note("observer", panel.Excuses, ""), fault.Invalid)
	w.Want(w.meetings.Note(w.As(testkit.Manager), w.at, panel.Noted{Person: ident.New[ident.Person](), What: panel.Arrives}), fault.Invalid)
	w.ok(w.meetings.End(w.As(testkit.Manager), w.at))
	m, err := w.meetings.Minutes(w.As(testkit.Manager), w.at)
	w.ok(err)
	var all strings.Builder
	for _, s := range m.Sections {
		all.WriteString(s.Heading + "\n" + s.Text + "\n")
	}
	for _, words := range []string{"Member1 Invented (clinical): from ", "Observer Invented, in attendance: from ", "Apologies: Deputy Invented", "Not there, without apologies: Chair Invented, Member2 Invented (ppv)", "Chair Invented declared: I sit on a board", "Member2 Invented declared: My family", "Not reached."} {
		if !strings.Contains(all.String(), words) {
			t.Errorf("no %q in\n%s", words, all.String())
		}
	}
	if m, err := w.meetings.Minutes(w.As("member2"), w.at); err != nil || m.Masked != 1 {
		t.Errorf("%+v %v", m, err)
	}
}

func TestTheFundManagerArrangesTheAgenda(t *testing.T) {
	t.Parallel()
	w := planned(t, 4)
	w.recused("member1", w.apps[0])
	w.recused("member1", w.apps[2])
	refs := func() string {
		var all []string
		for _, i := range w.view(testkit.Manager).Items {
			all = append(all, string(i.Ref)[len(i.Ref)-1:])
		}
		return strings.Join(all, "")
	}
	first := refs()
	ref := func(n int) ident.Ref { return w.apps[n].Ref }
	w.ok(w.meetings.Arrange(w.As(testkit.Manager), w.at, panel.Arranging{Positions: map[ident.Ref]int{ref(3): 1}}))
	if got := refs(); got[0] != string(ref(3))[len(ref(3))-1] || len(got) != 4 {
		t.Errorf("%s after %s", got, first)
	}
	w.ok(w.meetings.Arrange(w.As(testkit.Manager), w.at, panel.Arranging{Together: true}))
	if v := w.view(testkit.Manager); v.Steps != 1 || v.Items[2].Ref != ref(0) || v.Items[3].Ref != ref(2) {
		t.Errorf("%s, %d steps", refs(), v.Steps)
	}
	w.ok(w.meetings.Arrange(w.As(testkit.Manager), w.at, panel.Arranging{Off: []ident.Ref{ref(1)}}))
	if got := refs(); len(got) != 3 {
		t.Error(got)
	}
	w.Want(w.meetings.AddItems(w.As(testkit.Manager), w.at, []ident.Ref{"AF26-9999"}, false), fault.Invalid)
	w.Want(w.meetings.AddItems(w.As(testkit.Manager), w.at, nil, false), fault.Invalid)
	w.ok(w.meetings.AddItems(w.As(testkit.Manager), w.at, []ident.Ref{ref(1)}, false))
	w.Want(w.meetings.Arrange(w.As(testkit.Chair), w.at, panel.Arranging{}), fault.Forbidden)
	w.ok(w.meetings.Start(w.As(testkit.Manager), w.at))
	w.ok(w.meetings.End(w.As(testkit.Manager), w.at))
	w.Want(w.meetings.Arrange(w.As(testkit.Manager), w.at, panel.Arranging{}), fault.Conflict)
}

func TestAMemberWithAReviewToWriteSeesNoScores(t *testing.T) {
	t.Parallel()
	w := planned(t, 1)
	if i := w.view("member1").Items[0]; !i.Papers || i.Totals == nil {
		t.Errorf("%+v", i)
	}
	w.Relate(w.apps[0], w.ids["member1"], application.Assigned)
	if i := w.view("member1").Items[0]; i.Papers || i.Totals != nil {
		t.Errorf("%+v", i)
	}
}
