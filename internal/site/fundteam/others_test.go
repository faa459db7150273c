package fundteam_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/site/fundteam"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// othersDesk is a world with two applications that ask for the same product, and the pages of other funding.
type othersDesk struct {
	*testkit.Panel
	server *sitekit.Server
	others *otherfunding.Service
	first  *application.Application
	second *application.Application
}

func newOthersDesk(t *testing.T) othersDesk {
	t.Helper()
	w := testkit.New(t)
	d := othersDesk{Panel: w.Panel(), others: otherfunding.NewService(w.Gate, w.Applications)}
	d.first, d.second = d.Submitted("Remote monitoring after cardiac surgery"), d.Submitted("Monitoring at home after cardiac surgery")
	d.Closed()
	d.server = sitekit.New(t, w, fundteam.Others(d.others)...)
	for _, a := range []*application.Application{d.first, d.second} {
		d.match(t, a)
	}
	return d
}

func (d othersDesk) match(t *testing.T, a *application.Application) {
	t.Helper()
	if err := d.others.Match(d.Job(access.MatchOtherFunding), string(a.ID)); err != nil {
		t.Fatal(err)
	}
}

func (d othersDesk) path(a *application.Application) string {
	return "/screening/" + string(a.Ref) + "/other-funding"
}

const programmeList = "programme,organisation,ods_code,product,supplier,pathway,from,to,amount\n" +
	"Invented National Programme,,QMF,Invented monitor,Invented Health Technology Ltd,Remote monitoring after cardiac surgery,2025-04-01,2027-03-31,120000\n"

var matchKey = regexp.MustCompile(`name="match" value="([0-9a-f]+)"`)

func keys(body string) []string {
	var all []string
	for _, m := range matchKey.FindAllStringSubmatch(body, -1) {
		all = append(all, m[1])
	}
	return all
}

func TestAnOfficerComparesAndSettlesOtherFunding(t *testing.T) {
	t.Parallel()
	d := newOthersDesk(t)
	officer := d.server.SignedIn(testkit.Officer1)
	shown := officer.Get(d.path(d.first))
	wants(t, shown, 200, string(d.second.Ref), "The same product", "Why it matches", "What the application declares", "Not settled")
	list := keys(shown.Body)
	if len(list) != 1 {
		t.Fatalf("%v\n%s", list, shown.Body)
	}
	key := list[0]
	wants(t, officer.Post(d.path(d.first), url.Values{"match": {key}, "reason-" + key: {"Other patients"}}), 422, "Select whether it is the same", "Other patients")
	wants(t, officer.Post(d.path(d.first), url.Values{"match": {"none"}}), 404)
	wants(t, officer.Follow(officer.Post(d.path(d.first), url.Values{"match": {key}, "conclusion-" + key: {"partly"}, "reason-" + key: {"The same clinic"}})), 200, "Your conclusion is kept", "Partly the same, by Officer1")
	second := d.server.SignedIn(testkit.Officer2)
	wants(t, second.Follow(second.Post(d.path(d.first), url.Values{"match": {key}, "conclusion-" + key: {"different"}, "reason-" + key: {"Another clinic after all"}})), 200,
		"Different, by Officer2", "What was concluded before", "The same clinic")
	wants(t, officer.Get(d.path(d.first)+"?source=grant"), 200, "Nothing was found among: Grants")
	wants(t, d.server.SignedIn(testkit.Auditor).Get(d.path(d.first)), 200, "Different, by Officer2")
	wants(t, d.server.SignedIn(testkit.Chair).Get(d.path(d.first)), 403)
}

func TestAnOfficerSearchesAgainInAllSources(t *testing.T) {
	t.Parallel()
	d := newOthersDesk(t)
	_, _, err := d.others.Import(d.Operator(), otherfunding.File{Source: otherfunding.Programme, List: "n.csv", Content: strings.NewReader(programmeList +
		"Invented Dermatology Programme,Barts Health NHS Trust,R1H,SkinView,Invented Skin Ltd,Dermatology,2025-04-01,,1\n")})
	if err != nil {
		t.Fatal(err)
	}
	officer := d.server.SignedIn(testkit.Officer1)
	found := officer.Get(d.path(d.first) + "?text=SkinView")
	wants(t, found, 200, "Found for “SkinView”", "Dermatology: SkinView", "n.csv, row 3")
	key := keys(found.Body)[0]
	wants(t, officer.Follow(officer.Post(d.path(d.first)+"?text=SkinView", url.Values{"match": {key}, "conclusion-" + key: {"different"}, "reason-" + key: {"Skin, not hearts"}})), 200,
		"Dermatology: SkinView", "Skin, not hearts", "is not found any more by the last search")
	wants(t, officer.Get(d.path(d.first)+"?text=nothing+like+it"), 200, "Nothing that is not among the matches")
}

func TestAnImportBringsItsMatchesToEachApplication(t *testing.T) {
	t.Parallel()
	d := newOthersDesk(t)
	d.Person("lists", "administrator", access.Scope{})
	d.Person("looks", "auditor", access.Scope{})
	lists, officer := d.server.SignedIn("lists"), d.server.SignedIn(testkit.Officer1)
	wants(t, lists.Get("/admin/other-funding"), 200, "No list was imported yet")
	wrong := lists.Upload("/admin/other-funding/programmes", nil, "programmes", "n.csv", []byte(programmeList+",,,,,,x,,\n"))
	wants(t, wrong, 422, "row 3: programme must be given", "row 3: from “x” is no day")
	wants(t, lists.Upload("/admin/other-funding/programmes", url.Values{"programmes-name": {strings.Repeat("x", 300)}}, "programmes", "n.csv", []byte(programmeList)), 422, "Enter a name for the list")
	wants(t, lists.Upload("/admin/other-funding/grants", nil, "grants", "g.json", []byte(`{"grants": [{"id": 1}]}`)), 422, "row 1: id: got number, want string")
	wants(t, lists.Post("/admin/other-funding/grants", nil), 422, "Select the file with the list")
	wants(t, lists.Follow(lists.Upload("/admin/other-funding/programmes", nil, "programmes", "n.csv", []byte(programmeList))), 200, "is imported", "n.csv", "Is searched")
	wants(t, lists.Follow(lists.Upload("/admin/other-funding/programmes", nil, "programmes", "again.csv", []byte(programmeList))), 200, "Nothing changed")
	wants(t, lists.Get("/admin/other-funding?text=invented+monitor"), 200, "n.csv, row 2")
	for range 2 { // the job is safe to run twice
		if err := d.others.Match(d.Job(access.MatchOtherFunding), "all:import:"); err != nil {
			t.Fatal(err)
		}
	}
	wants(t, officer.Get(d.path(d.first)), 200, "Invented National Programme", "£120,000", "n.csv, row 2")
	wants(t, officer.Get("/admin/other-funding"), 403)
	wants(t, d.server.SignedIn("looks").Get("/admin/other-funding"), 200, "n.csv")
}

// recuse takes an officer off an application.
func (d othersDesk) recuse(t *testing.T, email string, a *application.Application) {
	t.Helper()
	err := d.DB.Write.Exec("INSERT INTO application_people (application_id, person, relation, sections, organisation, since) VALUES (?, ?, ?, '', '', ?)",
		a.ID, d.personOf(t, email), application.Recused, d.Clock.Now()).Error
	if err != nil {
		t.Fatal(err)
	}
}

func (d othersDesk) personOf(t *testing.T, email string) ident.Person {
	t.Helper()
	who, err := d.People.As(t.Context(), testkit.Address(email))
	if err != nil {
		t.Fatal(err)
	}
	return who.ID
}

func TestWhoIsRecusedSeesNothingOfAnApplicationAmongOtherFunding(t *testing.T) {
	t.Parallel()
	d := newOthersDesk(t)
	officer := d.server.SignedIn(testkit.Officer1)
	d.recuse(t, testkit.Officer1, d.second)
	for _, path := range []string{d.path(d.first), d.path(d.first) + "?text=monitoring+at+home"} {
		a := officer.Get(path)
		wants(t, a, 200)
		if strings.Contains(a.Body, string(d.second.Ref)) || strings.Contains(a.Body, d.second.Title) {
			t.Errorf("%s shows the other application", path)
		}
	}
	wants(t, officer.Get(d.path(d.second)), 404)
	wants(t, d.server.SignedIn(testkit.Officer2).Get(d.path(d.first)), 200, string(d.second.Ref))
}

func TestNoDraftIsEverAMatch(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	d := othersDesk{Panel: w.Panel(), others: otherfunding.NewService(w.Gate, w.Applications)}
	d.first = d.Submitted("Remote monitoring after cardiac surgery")
	draft := d.Draft("Remote monitoring after cardiac surgery as a draft")
	d.match(t, d.first)
	d.match(t, draft)
	err := w.Gate.Read(d.Operator(), func(tx *work.Tx) error {
		kept, err := otherfunding.Kept(tx, []*application.Application{d.first, draft})
		if len(kept) != 0 {
			t.Errorf("%+v", kept)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAMatchThatWasAwardedSaysHowMuch(t *testing.T) {
	t.Parallel()
	d := newOthersDesk(t)
	officer := d.server.SignedIn(testkit.Officer1)
	awarded := func(state workflow.AwardState) {
		t.Helper()
		err := d.DB.Write.Exec("DELETE FROM awards").Error
		if err == nil {
			err = d.DB.Write.Create(&award.Award{
				ID: ident.New[ident.Award](), ApplicationID: d.second.ID, RoundID: d.second.RoundID, CallID: d.second.CallID, Ref: d.second.Ref, State: state,
				StateAt: d.Clock.Now(), Amount: 12_345_600, Recipient: "Invented", CreatedAt: d.Clock.Now(), Version: 1,
			}).Error
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(officer.Get(d.path(d.first)).Body, "Awarded") {
		t.Error("something was awarded before anything was")
	}
	awarded(workflow.Active)
	wants(t, officer.Get(d.path(d.first)), 200, "Requested", "Awarded", "£123,456")
	awarded(workflow.OfferDeclined)
	if strings.Contains(officer.Get(d.path(d.first)).Body, "Awarded") {
		t.Error("what was declined counts as awarded")
	}
}

func TestManyMatchesAreReadPageByPage(t *testing.T) {
	t.Parallel()
	d := newOthersDesk(t)
	officer := d.server.SignedIn(testkit.Officer1)
	var many []otherfunding.Found
	for i := range 120 {
		many = append(many, otherfunding.Found{
			ApplicationID: d.first.ID, Identity: fmt.Sprintf("grant:invented-%03d", i), Source: otherfunding.Grant, List: "invented", Line: int64(i), Title: fmt.Sprintf("Invented grant %03d", i),
			Currency: "GBP", Strength: 60, Reasons: "[]",
		})
	}
	if err := d.DB.Write.Create(&many).Error; err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for page, want := range []int{50, 50, 21} {
		shown := officer.Get(fmt.Sprintf("%s?page=%d", d.path(d.first), page+1))
		wants(t, shown, 200, "Matches (121), page "+strconv.Itoa(page+1)+" of 3")
		list := keys(shown.Body)
		if len(list) != want {
			t.Errorf("page %d shows %d matches, not %d", page+1, len(list), want)
		}
		for _, key := range list {
			seen[key] = true
		}
	}
	if len(seen) != 121 {
		t.Errorf("%d different matches were shown", len(seen))
	}
	key := keys(officer.Get(d.path(d.first) + "?source=grant&page=3").Body)[0]
	done := officer.Post(d.path(d.first)+"?source=grant&page=3", url.Values{"match": {key}, "conclusion-" + key: {"different"}, "reason-" + key: {"It pays for something else"}})
	wants(t, officer.Follow(done), 200, "Your conclusion is kept", "page 3 of 3", "It pays for something else")
	wants(t, officer.Get(d.path(d.first)+"?page=99"), 200, "page 3 of 3")
	wants(t, officer.Get(d.path(d.first)+"?page=x"), 200, "page 1 of 3")
}
