package fundteam_test

import (
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/site/fundteam"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

// peopleOffice is the page of people, and the browser of a fund manager.
func peopleOffice(t *testing.T) (*sitekit.Server, *sitekit.Browser) {
	t.Helper()
	w := testkit.New(t)
	w.Round()
	w.Person("admin", "administrator", access.Scope{})
	s := sitekit.New(t, w, fundteam.PeopleRows(w.People, w.Funds)...)
	return s, s.SignedIn("admin")
}

func shows(t *testing.T, a sitekit.Answer, status int, parts ...string) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("got %d to %q, want %d\n%s", a.Status, a.Location, status, a.Body)
	}
	for _, part := range parts {
		if !strings.Contains(a.Body, part) {
			t.Errorf("no %q in\n%s", part, a.Body)
		}
	}
}

func TestAFundManagerInvitesSomebodyWithARole(t *testing.T) {
	t.Parallel()
	s, b := peopleOffice(t)
	shows(t, b.Get("/admin/people"), 200, "Admin Invented", "fund manager (the whole fund)", "Invite somebody")
	bad := b.Post("/admin/people", url.Values{"name": {"Rev"}, "email": {"rev"}, "role": {"reviewer"}, "scope": {"AF26-CAR"}})
	shows(t, bad, 422, `href="#email"`, `value="Rev"`, `value="AF26-CAR" selected`)
	shows(t, b.Post("/admin/people", url.Values{"name": {"Rev"}, "email": {"rev@fund.example"}, "role": {""}, "scope": {"AF26"}}), 422, `href="#role"`)
	shows(t, b.Post("/admin/people", url.Values{"name": {"Rev"}, "email": {"rev@fund.example"}, "role": {"reviewer"}, "scope": {"AF99"}}), 422, `href="#scope"`)
	shows(t, b.Follow(b.Post("/admin/people", url.Values{"name": {"Rev Invented"}, "email": {"rev@fund.example"}, "role": {"reviewer"}, "scope": {"AF26-CAR"}})), 200,
		"The invitation was sent", "Rev Invented", "(call AF26-CAR)", "Not confirmed")
	if s.Token("rev") == "" {
		t.Error("no link was mailed")
	}
	shows(t, b.Get("/admin/people?q=REV@"), 200, "Rev Invented")
	shows(t, b.Get("/admin/people?q=nobody"), 200, "Nobody was found")
	shows(t, b.Get("/admin/people?after=nonsense"), 404)
}

func TestRolesAreGrantedAndTakenAwayButNotOnesOwn(t *testing.T) {
	t.Parallel()
	s, b := peopleOffice(t)
	other := s.Person("other", "", access.Scope{})
	path := "/admin/people/" + string(other.ID)
	shows(t, b.Get(path), 200, "Other Invented", "Grant a role")
	shows(t, b.Post(path+"/grant", url.Values{"role": {""}, "scope": {""}}), 422, `href="#role"`)
	shows(t, b.Follow(b.Post(path+"/grant", url.Values{"role": {"approver"}, "scope": {"AF26"}})), 200, "The role is granted", "Take away: award approver, round AF26")
	shows(t, b.Follow(b.Post(path+"/revoke", url.Values{"role": {"approver"}, "scope": {"AF26"}})), 200, "The role is taken away")
	shows(t, b.Post(path+"/revoke", url.Values{"role": {"approver"}, "scope": {"AF26"}}), 404)
	who, err := s.People.As(t.Context(), testkit.Address("admin"))
	if err != nil {
		t.Fatal(err)
	}
	own := "/admin/people/" + string(who.ID)
	shows(t, b.Get(own), 200, "This is you")
	shows(t, b.Post(own+"/grant", url.Values{"role": {"approver"}, "scope": {""}}), 403, "somebody other than you")
	shows(t, b.Post(own+"/disable", nil), 403)
	shows(t, b.Get("/admin/people/nonsense"), 404)
}

func TestAnAccountIsDisabledAndItsCodesReset(t *testing.T) {
	t.Parallel()
	s, b := peopleOffice(t)
	theirs := s.SignedIn("other")
	who, err := s.People.As(t.Context(), testkit.Address("other"))
	if err != nil {
		t.Fatal(err)
	}
	path := "/admin/people/" + string(who.ID)
	shows(t, b.Follow(b.Post(path+"/reset-codes", nil)), 200, "are reset", "Not set up")
	shows(t, theirs.Get("/account"), 303)
	shows(t, b.Follow(b.Post(path+"/disable", nil)), 200, "Disabled", "Enable the account")
	shows(t, b.Follow(b.Post(path+"/enable", nil)), 200, "Active")
}

func TestPeopleAreForTheFundsOwnHouse(t *testing.T) {
	t.Parallel()
	s, _ := peopleOffice(t)
	plain := s.SignedIn("plain")
	shows(t, plain.Get("/admin/people"), 403)
	shows(t, plain.Post("/admin/people", url.Values{"name": {"X"}}), 403)
	shows(t, s.Browser().Get("/admin/people"), 303)
	s.Person("auditor", "auditor", access.Scope{})
	auditor := s.SignedIn("auditor")
	page := auditor.Get("/admin/people")
	shows(t, page, 200, "Admin Invented")
	if strings.Contains(page.Body, "Invite somebody") {
		t.Error("an auditor can invite")
	}
}

func TestAFundManagerSettlesWhoActsForAnOrganisation(t *testing.T) {
	t.Parallel()
	s, b := peopleOffice(t)
	asker := s.Person("asker", "", access.Scope{})
	if _, err := s.People.Join(s.As("asker"), "RX1"); err != nil {
		t.Fatal(err)
	}
	shows(t, b.Get("/admin/people"), 200, "asks to act for Invented University Hospitals NHS Trust")
	shows(t, b.Follow(b.Post("/admin/people/settle", url.Values{"person": {string(asker.ID)}, "organisation": {"RX1"}})), 200, "can act for the organisation now")
}
