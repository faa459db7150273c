package workflow_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/workflow"
	"adoptionfund/policies"
)

// state is what the three machines' states can do.
type state interface {
	~string
	Known() bool
}

func TestEveryMachineIsWhole(t *testing.T) {
	t.Parallel()
	t.Run("call", func(t *testing.T) { t.Parallel(); whole(t, workflow.Calls()) })
	t.Run("application", func(t *testing.T) { t.Parallel(); whole(t, workflow.Applications()) })
	t.Run("award", func(t *testing.T) { t.Parallel(); whole(t, workflow.Awards()) })
}

// whole checks that every state is reachable and described, that what is not final can go on, and that every move is
// complete and the only one of its event from its state.
func whole[S state](t *testing.T, m workflow.Machine[S]) {
	t.Helper()
	reached := reach(m)
	for _, info := range m.States() {
		switch {
		case !info.State.Known():
			t.Errorf("%q is in the table but not known", info.State)
		case !reached[info.State]:
			t.Errorf("nothing leads to %q", info.State)
		case !info.Final && len(m.From(info.State)) == 0:
			t.Errorf("%q is not final, but nothing leaves it", info.State)
		case info.Label == "" || info.ApplicantLabel == "" || info.Colour == "" || info.ApplicantColour == "":
			t.Errorf("%q lacks a label or a colour", info.State)
		}
	}
	seen := map[string]bool{}
	for _, move := range m.Moves() {
		checkMove(t, m, move)
		key := string(move.From) + " " + string(move.On)
		if seen[key] {
			t.Errorf("two moves for %s", key)
		}
		seen[key] = true
	}
}

func checkMove[S state](t *testing.T, m workflow.Machine[S], move workflow.Move[S]) {
	t.Helper()
	name := string(move.From) + " on " + string(move.On)
	if move.From != "" && !move.From.Known() || !move.To.Known() {
		t.Errorf("%s leads from or to an unknown state", name)
	}
	if move.Label == "" || move.Who == "" || move.Effects.Record != m.Of()+"."+string(move.On) {
		t.Errorf("%s lacks a label, who does it, or its audit event", name)
	}
	if !slices.ContainsFunc(access.Actions(), func(a access.ActionInfo) bool { return a.Action == move.Action }) {
		t.Errorf("%s asks for %q, which is no action", name, move.Action)
	}
	for _, g := range move.Guards {
		if g.Name == "" || g.Words == "" {
			t.Errorf("%s has a guard %q without words", name, g.Name)
		}
	}
	if step, err := m.Step(move.From, move.On); err != nil || step.To != move.To {
		t.Errorf("%s: the step leads to %q, %v", name, step.To, err)
	}
}

func reach[S state](m workflow.Machine[S]) map[S]bool {
	reached := map[S]bool{}
	for queue := m.From(""); len(queue) > 0; queue = queue[1:] {
		if to := queue[0].To; !reached[to] {
			reached[to] = true
			queue = append(queue, m.From(to)...)
		}
	}
	return reached
}

func TestAnyRandomWalkStaysInKnownStates(t *testing.T) {
	t.Parallel()
	t.Run("call", func(t *testing.T) { t.Parallel(); rapid.Check(t, walk(workflow.Calls())) })
	t.Run("application", func(t *testing.T) { t.Parallel(); rapid.Check(t, walk(workflow.Applications())) })
	t.Run("award", func(t *testing.T) { t.Parallel(); rapid.Check(t, walk(workflow.Awards())) })
}

// walk tries any events in any order: each either makes a move of the table or is a conflict that says so.
func walk[S state](m workflow.Machine[S]) func(*rapid.T) {
	var events []workflow.Event
	for _, move := range m.Moves() {
		events = append(events, move.On)
	}
	return func(t *rapid.T) {
		var at S
		for range 60 {
			on := rapid.SampledFrom(events).Draw(t, "event")
			move, err := m.Step(at, on)
			if err != nil {
				if !fault.Is(err, fault.Conflict) {
					t.Fatalf("from %q on %q: %v", at, on, err)
				}
				continue
			}
			at = move.To
			if !at.Known() {
				t.Fatalf("%q leads to the unknown state %q", on, at)
			}
		}
	}
}

func TestAnApplicationCanBeWithdrawnUntilItsReleaseAndFromTheReserveList(t *testing.T) {
	t.Parallel()
	m := workflow.Applications()
	for _, info := range m.States() {
		_, err := m.Step(info.State, workflow.Withdraw)
		may := (!info.Released || info.State == workflow.Reserve) && info.State != workflow.Withdrawn
		if may != (err == nil) {
			t.Errorf("withdrawing from %q: %v", info.State, err)
		}
	}
}

func TestToTheApplicantEverythingFromEligibleToTheReleaseLooksTheSame(t *testing.T) {
	t.Parallel()
	m := workflow.Applications()
	same := m.Info(workflow.Eligible)
	for _, s := range []workflow.ApplicationState{
		workflow.Assessment, workflow.Moderation, workflow.Assessed,
		workflow.ProposedFund, workflow.ProposedReserve, workflow.ProposedNotFund,
	} {
		if i := m.Info(s); i.ApplicantLabel != same.ApplicantLabel || i.ApplicantColour != same.ApplicantColour {
			t.Errorf("%q looks like %q, %s", s, i.ApplicantLabel, i.ApplicantColour)
		}
	}
	if a, b := m.Info(workflow.Screening), m.Info(workflow.IneligibleProposed); a.ApplicantLabel != b.ApplicantLabel || a.ApplicantColour != b.ApplicantColour {
		t.Error("a proposal of ineligibility shows before it is confirmed")
	}
}

func TestAnAwardGoesOnlyAnAgreedWay(t *testing.T) {
	t.Parallel()
	m := workflow.Awards()
	for _, move := range m.Moves() {
		if move.To == workflow.Active && !slices.Contains([]workflow.AwardState{workflow.Accepted, workflow.Active, workflow.Suspended}, move.From) {
			t.Errorf("an award becomes active from %q", move.From)
		}
	}
}

func TestAStepThatIsNotThereSaysWhereThingsStand(t *testing.T) {
	t.Parallel()
	_, err := workflow.Applications().Step(workflow.Submitted, workflow.Pass)
	want := "The application is now “Submitted”: you cannot find it eligible. It may have changed since you opened the page."
	if err == nil || err.Error() != want || !fault.Is(err, fault.Conflict) {
		t.Errorf("got %v", err)
	}
	if _, err := workflow.Applications().Step(workflow.Draft, "dance"); err == nil || fault.Is(err, fault.Conflict) {
		t.Errorf("an unknown event is a mistake of ours, not %v", err)
	}
}

func TestTheClocksMovesAreAllowedToItsJobsAndOthersToPeople(t *testing.T) {
	t.Parallel()
	policy, err := access.Load(policies.FS)
	if err != nil {
		t.Fatal(err)
	}
	may := func(a access.Action, people bool) bool {
		return slices.ContainsFunc(policy.Roles(), func(r access.RoleInfo) bool {
			e, err := policy.Explain(access.Question{Role: r.Name, Action: a})
			return err == nil && e.Allowed && r.ToPeople() == people
		})
	}
	check := func(name, who string, a access.Action) {
		if clock := len(who) >= 5 && who[:5] == "clock"; clock && !may(a, false) || !clock && !may(a, true) {
			t.Errorf("%s (%s) asks for %s, which they may not do", name, who, a)
		}
	}
	for _, m := range workflow.Calls().Moves() {
		check(string(m.On), m.Who, m.Action)
	}
	for _, m := range workflow.Applications().Moves() {
		check(string(m.On), m.Who, m.Action)
	}
	for _, m := range workflow.Awards().Moves() {
		check(string(m.On), m.Who, m.Action)
	}
}

func TestUnknownStatesAreRefusedByTheDatabaseTypes(t *testing.T) {
	t.Parallel()
	var s workflow.ApplicationState
	if err := s.Scan("screening"); err != nil || s != workflow.Screening {
		t.Errorf("got %q, %v", s, err)
	}
	if err := s.Scan([]byte("eligible")); err != nil || s != workflow.Eligible {
		t.Errorf("got %q, %v", s, err)
	}
	for _, bad := range []any{"limbo", "", nil, 7} {
		if err := s.Scan(bad); err == nil {
			t.Errorf("%v was read", bad)
		}
	}
	if _, err := workflow.CallState("limbo").Value(); err == nil {
		t.Error("an unknown state was written")
	}
	if v, err := workflow.Offered.Value(); err != nil || v != "offered" {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestEveryNoticeAndGuardIsListedOnce(t *testing.T) {
	t.Parallel()
	notices := workflow.Notices()
	slices.Sort(notices)
	if len(notices) == 0 || len(slices.Compact(slices.Clone(notices))) != len(notices) {
		t.Errorf("notices: %v", notices)
	}
	names := map[workflow.GuardName]bool{}
	for _, g := range workflow.Applications().Guards() {
		if names[g.Name] {
			t.Errorf("guard %s is listed twice", g.Name)
		}
		names[g.Name] = true
	}
}
