package panel_test

import (
	"net/url"
	"strconv"
	"testing"

	"adoptionfund/internal/assignment"
	"adoptionfund/internal/site/panel"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

func TestThePoolIsKeptOnItsPage(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	s := sitekit.New(t, p.World, panel.Pool(p.Assignments)...)
	manager, auditor := s.SignedIn(testkit.Manager), s.SignedIn(testkit.Auditor)
	const path = "/admin/reviewers/AF26"
	shows(t, manager.Get("/admin/reviewers"), 200, "Clinical1 Invented", "Not asked", "6 reviewers", "Add a reviewer", "Import reviewers", "Invite all who were not asked (6)")
	shows(t, auditor.Get(path), 200, "Clinical1 Invented")
	shows(t, auditor.Post(path, url.Values{}), 403)
	shows(t, s.SignedIn(testkit.Chair).Get(path), 403)
	shows(t, manager.Get("/admin/reviewers/AF99"), 404)
	shows(t, manager.Get(path+"?q=nobody"), 200, "No reviewer is like that")
	shows(t, manager.Get(path+"?kind=ppv&theme=CAR&stand=not+asked"), 200, "2 reviewers")
	form := url.Values{"name": {"New Invented"}, "email": {"not an address"}, "kind": {"ppv"}, "capacity": {"some"}, "away": {"in autumn"}}
	shows(t, manager.Post(path, form), 422, `href="#email"`, `href="#capacity"`, `href="#away"`, "not an address", "in autumn")
	form.Set("email", "new@fund.example")
	form.Set("capacity", "4")
	form.Set("away", "2026-11-02 to 2026-11-06")
	shows(t, manager.Follow(manager.Post(path, form)), 200, "The reviewer is saved", "New Invented", "2026-11-02 to 2026-11-06")
	pool, err := p.Assignments.Pool(p.As(testkit.Manager), "AF26")
	if err != nil {
		t.Fatal(err)
	}
	var one assignment.Entry
	for _, e := range pool.Entries {
		if e.Email == "new@fund.example" {
			one = e
		}
	}
	change := path + "?person=" + string(one.Person)
	shows(t, manager.Get(change), 200, "New Invented", "They were not asked by mail", "Invite by mail", `value="4"`)
	form = url.Values{"person": {string(one.Person)}, "version": {strconv.Itoa(one.Version)}, "kind": {"ppv"}, "capacity": {"7"}}
	shows(t, manager.Follow(manager.Post(path, form)), 200, "The reviewer is saved")
	form.Set("capacity", "9")
	shows(t, manager.Post(path, form), 409, "Somebody else changed it", "capacity 7", `value="9"`)
	shows(t, manager.Follow(manager.Post(path+"/invite", url.Values{"person": {string(one.Person)}})), 200, "1 invitations are sent", "Invited")
	shows(t, manager.Get(change), 200, "Send the invitation again", "Nothing is assigned to them before they accept")
	shows(t, manager.Post(path+"/invite", url.Values{}), 422)
	shows(t, manager.Post(path+"/import", url.Values{}), 422, `href="#file"`)
	shows(t, manager.Get(path+"/reviewers.csv"), 200, "email,name,kind,ods_code,themes,capacity,load", "new@fund.example,New Invented,ppv", "invited")
}
