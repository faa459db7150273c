package panel_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/interest"
	"adoptionfund/internal/panel"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"

	door "adoptionfund/internal/site/panel"
)

// convened makes a panel with a clinical member and one for patients and public, and a site with its pages.
func convened(t *testing.T) (*testkit.Panel, *panel.Service, *sitekit.Server) {
	t.Helper()
	p := testkit.New(t).Panel()
	meetings := panel.NewService(p.Gate, p.Reviews)
	c := p.Call(p.CallRef())
	for _, email := range []string{"member1", "member2"} {
		p.Person(email, "panel_member", c.Scope())
	}
	p.Person("observer", "observer", c.Scope())
	rows := door.Assessment{Funds: p.Funds, Interests: p.Interests, Assignments: p.Assignments, Reviews: p.Reviews}.Rows()
	return p, meetings, sitekit.New(t, p.World, slices.Concat(rows, door.Meetings(meetings))...)
}

func TestAMeetingIsPlannedHeldAndMinuted(t *testing.T) {
	t.Parallel()
	p, meetings, s := convened(t)
	apps := p.Assessed(2, "4")
	base := "/panel/" + string(p.CallRef()) + "/meeting"
	manager, chair, observer := s.SignedIn(testkit.Manager), s.SignedIn(testkit.Chair), s.SignedIn("observer")
	shows(t, observer.Get(base), 200, "No meeting is planned yet")
	shows(t, chair.Get(base+"/plan"), 403)
	shows(t, manager.Post(base+"/plan", url.Values{"title": {"Kept as typed"}}), 422, `href="#place"`, `href="#day-day"`, "Kept as typed")
	form := url.Values{"title": {"First meeting"}, "place": {"Room 1"}, "clock": {"10:30"}, "day-day": {"3"}, "day-month": {"12"}, "day-year": {"2027"}, "notes": {"Bring notes"}}
	made := manager.Post(base+"/plan", form)
	shows(t, manager.Follow(made), 200, "The meeting is planned", "Nothing is on the agenda yet")
	path := strings.TrimSuffix(made.Location, "/prepare")
	shows(t, manager.Post(path+"/prepare", url.Values{"action": {"add"}, "refs": {"nonsense"}}), 422, `href="#refs"`, "nonsense")
	shows(t, manager.Follow(manager.Post(path+"/prepare", url.Values{"action": {"add"}, "refs": {string(apps[0].Ref)}, "assessed": {"yes"}})), 200, "They are on the agenda", string(apps[1].Ref))
	shows(t, manager.Follow(manager.Post(path+"/prepare", url.Values{"action": {"arrange"}, "place-" + string(apps[1].Ref): {"1"}})), 200, "new order")
	at := panel.At{Call: p.CallRef(), ID: path[len(base)+1:]}
	members := read(t, p, meetings, at)
	form.Set("action", "save")
	form.Set("version", "1")
	shows(t, manager.Post(path+"/prepare", form), 409, "changed after you opened it")
	form.Set("version", strconv.Itoa(members.version))
	for name, kind := range map[string]string{"Member1 Invented": "clinical", "Member2 Invented": "ppv"} {
		form.Set("kind-"+members.ids[name], kind)
	}
	shows(t, manager.Follow(manager.Post(path+"/prepare", form)), 200, "The meeting is saved")
	ref := string(apps[0].Ref)
	shows(t, chair.Post(path, url.Values{"action": {"take"}, "application": {ref}}), 409, "has not been started")
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"start"}})), 200, "The meeting has begun", "No item is under discussion")
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"take"}, "application": {ref}})), 200, "Now: "+ref, "There is none. Missing: 1 clinical member")
	shows(t, observer.Get(path), 200, "Now: "+ref, "Show what is new")
	shows(t, chair.Post(path, url.Values{"action": {"arrives"}}), 422, "Select who it is")
	version := read(t, p, meetings, at).item
	decide := url.Values{"action": {"decide"}, "application": {ref}, "version": {strconv.Itoa(version)}, "outcome": {"recommend"}, "note": {"Typed and kept"}}
	shows(t, chair.Post(path, decide), 422, `href="#outcome"`, "There is no quorum", "Typed and kept")
	shows(t, manager.Follow(manager.Post(path, url.Values{"action": {"arrives"}, "comes": {members.ids["Member1 Invented"], members.ids["Member2 Invented"], members.ids["Chair Invented"]}})), 200, "It is noted")
	shows(t, chair.Follow(chair.Post(path, decide)), 200, "is recorded", "Recommend for funding: Typed and kept")
	shows(t, manager.Follow(manager.Post(path, url.Values{"action": {"declare"}, "declares": {members.ids["Member1 Invented"]}, "statement": {"A charity"}})), 200, "A charity")
	shows(t, manager.Post(path, url.Values{"action": {"declare"}}), 422, `href="#statement"`)
	shows(t, chair.Follow(chair.Post(path, url.Values{"action": {"end"}})), 200, "Its minutes are composed", "Minutes to be signed")
	minutes(t, p, at, map[string]*sitekit.Browser{"manager": manager, "chair": chair, "observer": observer})
}

// known are ids and versions that a page carries.
type known struct {
	ids           map[string]string
	version, item int
}

// read reads them.
func read(t *testing.T, p *testkit.Panel, meetings *panel.Service, at panel.At) known {
	t.Helper()
	v, err := meetings.View(p.As(testkit.Manager), at)
	if err != nil {
		t.Fatal(err)
	}
	k := known{ids: map[string]string{}, version: v.Meeting.Version}
	for _, m := range v.Members {
		k.ids[m.Name] = string(m.Person)
	}
	if v.Current != nil {
		k.item = v.Current.Version
	}
	return k
}

func minutes(t *testing.T, p *testkit.Panel, at panel.At, who map[string]*sitekit.Browser) {
	t.Helper()
	manager, chair, observer, meetings := who["manager"], who["chair"], who["observer"], panel.NewService(p.Gate, p.Reviews)
	path := "/panel/" + string(at.Call) + "/meeting/" + at.ID
	shows(t, observer.Get(path+"/minutes"), 200, "Decided: Recommend for funding.", "Not reached.", "Not signed yet")
	m, err := meetings.Minutes(p.As(testkit.Manager), at)
	if err != nil {
		t.Fatal(err)
	}
	section := m.Sections[0]
	shows(t, manager.Get(path+"/minutes?section="+section.ID), 200, "Save this section")
	edit := url.Values{"section": {section.ID}, "version": {strconv.Itoa(section.Version)}, "text": {" "}}
	shows(t, manager.Post(path+"/minutes", edit), 422, `href="#text"`)
	edit.Set("text", section.Text+" It was in good order.")
	shows(t, manager.Follow(manager.Post(path+"/minutes", edit)), 200, "The section is saved", "It was in good order")
	shows(t, manager.Post(path+"/minutes", edit), 409, "changed this section", "It was in good order")
	shows(t, manager.Post(path+"/sign", url.Values{}), 403)
	shows(t, chair.Follow(chair.Post(path+"/sign", url.Values{})), 200, "You have signed 5 sections", "Signed in full on", "Signed by Chair Invented")
	shows(t, chair.Get("/panel/"+string(at.Call)+"/meeting"), 200, "Minutes signed")
}

// A recused member of the panel reads, while the item is under discussion, that they are to leave, and nothing of it.
func TestARecusedMemberIsAskedToLeaveAndReadsNothing(t *testing.T) {
	t.Parallel()
	p, meetings, s := convened(t)
	a := p.Assessed(2, "4")[0]
	if _, err := p.Interests.Declare(p.As("member1"), a.Ref, interest.Declaration{Kind: interest.Financial, Statement: "My family owns part of it"}); err != nil {
		t.Fatal(err)
	}
	id, err := meetings.Plan(p.As(testkit.Manager), p.CallRef(), panel.Planning{Title: "First", Day: "2027-12-03", Clock: "10:30", Place: "Room 1"})
	if err != nil {
		t.Fatal(err)
	}
	at := panel.At{Call: p.CallRef(), ID: id}
	for _, err := range []error{meetings.AddItems(p.As(testkit.Manager), at, nil, true), meetings.Start(p.As(testkit.Chair), at), meetings.Take(p.As(testkit.Chair), at, a.Ref)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	path := "/panel/" + string(at.Call) + "/meeting/" + id
	member := s.SignedIn("member1")
	got := member.Get(path)
	shows(t, got, 200, "You are asked to leave for the present item", "1 application, handled by the deputy")
	if strings.Contains(got.Body, string(a.Ref)) || strings.Contains(got.Body, a.Title) {
		t.Errorf("the page names it:\n%s", got.Body)
	}
	shows(t, s.SignedIn("member2").Get(path), 200, "Now: "+string(a.Ref), "Member1 Invented")
	shows(t, member.Get(path+"/now"), 200, `"stamp"`)
}
