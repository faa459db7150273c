package application_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// conditionsWithTwins are the conditions of the policy that a list of applications can be filtered by.
func conditionsWithTwins() []string {
	return []string{"any", "own", "contributes", "signs", "assigned", "declared", "reviewed", "deputising", "not_conflicted", "not_recused",
		"submitted", "released", "in_time", "not_own_work"}
}

// listed are the actions that can be asked about an application: every condition of theirs has a twin in SQL.
func listed(p *access.Policy) []access.Action {
	var actions []access.Action
	for _, info := range access.Actions() {
		fits := true
		for _, role := range p.Roles() {
			who := access.Principal{ID: "x", Kind: access.Person, Grants: []access.Grant{{Role: role.Name}}}
			for _, f := range p.Filters(who, info.Action) {
				fits = fits && !slices.ContainsFunc(f.Conditions, func(c string) bool { return !slices.Contains(conditionsWithTwins(), c) })
			}
		}
		for _, pair := range p.Excluding(info.Action) {
			fits = fits && slices.Contains([]access.Per{access.PerApplication, access.PerCall, access.PerRound}, pair.Per)
		}
		if fits {
			actions = append(actions, info.Action)
		}
	}
	return actions
}

// listWorld is some applications in two calls, and people who may have anything to do with them.
type listWorld struct {
	*testkit.World
	applications []*application.Application
	people       []ident.Person
	scopes       []access.Scope
	actions      []access.Action
}

func newListWorld(t *testing.T) *listWorld {
	t.Helper()
	w := &listWorld{World: testkit.New(t)}
	w.Opened("AF26-GAS")
	w.applications = append(w.applications, w.DraftIn("AF26-GAS", "Here"))
	for n := range 3 {
		w.applications = append(w.applications, w.Draft(fmt.Sprintf("Number %d", n)))
	}
	r := w.Round()
	w.scopes = []access.Scope{{}, {}, {}, {Round: r.ID}, {Round: r.ID, Call: r.Calls[0].ID}, {Round: r.ID, Call: r.Calls[1].ID}, {Round: ident.New[ident.Round]()}}
	for range 3 {
		w.people = append(w.people, ident.New[ident.Person]())
	}
	w.actions = listed(w.Gate.Policy())
	return w
}

// shuffle gives the applications other people, states, deadlines and submissions, and the people other deeds.
func (w *listWorld) shuffle(t *rapid.T) {
	states := workflow.Applications().States()
	relations := []application.Relation{application.MainContact, application.Contributor, application.SRO, application.Finance, application.SRODeputy, application.FinDeputy, application.Assigned,
		application.Declared, application.Reviewed, application.Conflicted, application.Recused, application.Deputy}
	w.Write(w.Operator(), func(tx *work.Tx) error {
		if err := tx.Require(access.LoadDemonstration, access.Scope{}); err != nil {
			return err
		}
		run := func(sql string, args ...any) {
			if err := tx.DB().Exec(sql, args...).Error; err != nil {
				t.Fatal(err)
			}
		}
		run("DELETE FROM application_people")
		run("DELETE FROM deeds")
		var parts []application.Part
		for _, a := range w.applications {
			var submission *ident.Submission
			if rapid.Bool().Draw(t, "submitted") {
				submission = new(ident.New[ident.Submission]())
			}
			var deadline *time.Time
			if rapid.Bool().Draw(t, "extended") {
				deadline = new(tx.Now.AddDate(0, 0, rapid.IntRange(-1, 80).Draw(t, "days")))
			}
			run("UPDATE applications SET state = ?, submission_id = ?, deadline = ? WHERE id = ?", rapid.SampledFrom(states).Draw(t, "state").State, submission, deadline, a.ID)
			for _, p := range w.people {
				for _, r := range rapid.SliceOfNDistinct(rapid.SampledFrom(relations), 0, 8, rapid.ID).Draw(t, "relations") {
					parts = append(parts, application.Part{ApplicationID: a.ID, Person: p, Relation: r, Since: tx.Now})
				}
			}
		}
		if len(parts) > 0 {
			if err := tx.DB().Create(&parts).Error; err != nil {
				t.Fatal(err)
			}
		}
		w.deeds(t, run)
		tx.Record(application.Event(w.applications[0], "test.shuffle", nil))
		return nil
	})
}

func (w *listWorld) deeds(t *rapid.T, run func(string, ...any)) {
	var subjects []string
	for _, a := range w.applications {
		subjects = append(subjects, string(a.ID), string(a.CallID), string(a.RoundID))
	}
	var barring []access.Action
	for _, act := range w.actions {
		for _, pair := range w.Gate.Policy().Excluding(act) {
			barring = append(barring, pair.Deed)
		}
	}
	for range rapid.IntRange(0, 6).Draw(t, "deeds") {
		run("INSERT INTO deeds (subject, person, deed, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", rapid.SampledFrom(subjects).Draw(t, "subject"),
			rapid.SampledFrom(w.people).Draw(t, "who"), rapid.SampledFrom(barring).Draw(t, "deed"), w.Clock.Now())
	}
}

// grantedAction is an action with a role that may do it, under some conditions.
type grantedAction struct {
	role   access.RoleInfo
	action access.Action
}

// granted are the listed actions by the roles that may do them.
func granted(p *access.Policy, actions []access.Action) []grantedAction {
	var all []grantedAction
	for _, role := range p.Roles() {
		who := access.Principal{ID: "x", Kind: access.Person, Grants: []access.Grant{{Role: role.Name}}}
		for _, act := range actions {
			if len(p.Filters(who, act)) > 0 {
				all = append(all, grantedAction{role, act})
			}
		}
	}
	return all
}

// draw makes a principal who holds a role, and perhaps another.
func (w *listWorld) draw(t *rapid.T, role access.RoleInfo) access.Principal {
	switch {
	case role.GivenBy == access.GivenByOperating:
		return access.Operator("test")
	case role.GivenBy == access.GivenByJob:
		return access.System(access.Action(strings.TrimPrefix(role.Name, "job:")))
	case rapid.IntRange(0, 30).Draw(t, "nobody") == 0:
		return access.Principal{}
	}
	who := access.Principal{ID: rapid.SampledFrom(w.people).Draw(t, "person"), Kind: access.Person, Name: "somebody"}
	who.Grants = []access.Grant{{Role: role.Name, Scope: rapid.SampledFrom(w.scopes).Draw(t, "scope")}}
	if rapid.IntRange(0, 3).Draw(t, "another") == 0 {
		other := rapid.SampledFrom(w.Gate.Policy().Roles()).Draw(t, "role")
		who.Grants = append(who.Grants, access.Grant{Role: other.Name, Scope: rapid.SampledFrom(w.scopes).Draw(t, "scope")})
	}
	return who
}

// The rows of a list are those for which the policy says yes one by one, for every role and action, whatever the relations, the
// states, the deadlines and what people did before.
func TestListsShowWhatThePolicyAllowsOneByOne(t *testing.T) {
	t.Parallel()
	w := newListWorld(t)
	cases := granted(w.Gate.Policy(), w.actions)
	if len(cases) < 150 {
		t.Fatalf("only %d actions of roles are compared", len(cases))
	}
	rapid.Check(t, func(t *rapid.T) {
		w.shuffle(t)
		arrival := w.Clock.Now().AddDate(0, 0, rapid.IntRange(20, 50).Draw(t, "later"))
		all := w.asTheyStand(t, arrival)
		for _, c := range rapid.SliceOfNDistinct(rapid.SampledFrom(cases), 30, 30, rapid.ID).Draw(t, "cases") {
			ctx := work.WithArrival(access.With(w.Operator(), w.draw(t, c.role)), arrival)
			if err := w.Gate.Read(ctx, func(tx *work.Tx) error { return compare(t, tx, c.action, all) }); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// asTheyStand reads the applications for a request that arrived at a moment.
func (w *listWorld) asTheyStand(t *rapid.T, arrival time.Time) []*application.Application {
	var all []*application.Application
	err := w.Gate.Read(work.WithArrival(w.Operator(), arrival), func(tx *work.Tx) error {
		for _, old := range w.applications {
			a, err := application.ByID(tx, old.ID)
			if err != nil {
				return err
			}
			all = append(all, a)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// compare lists the applications to which an action may be done, and asks the policy one by one.
func compare(t *rapid.T, tx *work.Tx, act access.Action, all []*application.Application) error {
	rows, err := application.List(tx, act, application.Query{Limit: 100})
	if err != nil {
		return err
	}
	var inList, allowed []ident.Ref
	for _, a := range rows {
		inList = append(inList, a.Ref)
	}
	for _, a := range all {
		may, err := tx.May(act, a)
		if err != nil {
			return err
		}
		if may {
			allowed = append(allowed, a.Ref)
		}
	}
	slices.Sort(allowed)
	if !slices.Equal(inList, allowed) {
		t.Fatalf("%s for %+v: the list has %v, the policy allows %v", act, tx.By, inList, allowed)
	}
	return nil
}

func TestAListIsNarrowedAndPaged(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	for n := range 5 {
		w.Draft(fmt.Sprintf("Number %d", n))
	}
	ctx := w.As(testkit.Applicant)
	first, err := w.Applications.List(ctx, application.Query{Limit: 3})
	must(t, err)
	rest, err := w.Applications.List(ctx, application.Query{Limit: 3, After: first[2].Ref})
	must(t, err)
	if len(first) != 3 || len(rest) != 2 || rest[0].Ref != "AF26-0004" {
		t.Errorf("%v %v", first, rest)
	}
	for text, want := range map[string]int{"number 3": 1, "af26-000": 5, "LONDON ICB": 5, "100%": 0, "": 5} {
		found, err := w.Applications.List(ctx, application.Query{Limit: 10, Search: text})
		must(t, err)
		if len(found) != want {
			t.Errorf("%q finds %d", text, len(found))
		}
	}
	none, err := w.Applications.List(ctx, application.Query{Limit: 10, States: []workflow.ApplicationState{workflow.Screening}})
	must(t, err)
	if len(none) != 0 {
		t.Error(none)
	}
	w.Person("admin", "administrator", access.Scope{})
	if mine, err := w.Applications.Mine(w.As("admin")); err != nil || len(mine) != 0 {
		t.Error("an administrator has applications of their own", err)
	}
}
