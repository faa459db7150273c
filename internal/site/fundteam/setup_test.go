package fundteam_test

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"adoptionfund/configs"
	"github.com/google/go-cmp/cmp"

	"adoptionfund/internal/access"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/people"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/setup"
	"adoptionfund/internal/site/fundteam"
	"adoptionfund/internal/site/public"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// setUp are the pages of the set-up and the public ones, in a world with a fund manager, a senior officer and a round from a file.
func setUp(t *testing.T) *sitekit.Server {
	t.Helper()
	w := testkit.New(t)
	rubrics, err := rubric.NewLibrary(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	rooms, err := setup.NewService(w.Gate, setup.Rooms{Funds: w.Funds, Library: w.Library, Rubrics: rubrics, People: w.People, Assignments: assignment.NewService(w.Gate, w.Library, w.People), Files: configs.FS})
	if err != nil {
		t.Fatal(err)
	}
	check, err := rules.Load(configs.FS, "rules/self-check-1.yaml", w.Library.Form)
	if err != nil {
		t.Fatal(err)
	}
	w.Person("manager", "administrator", access.Scope{})
	w.Person("chief", "senior_officer", access.Scope{})
	rows := fundteam.Setup(rooms, w.Funds, w.Library)
	return sitekit.New(t, w, append(rows, public.Rows(public.Options{
		Funds: w.Funds, Library: w.Library, Rubrics: rubrics, SelfCheck: check, People: w.People, Tasks: []taskList{fundteam.SetupTasks(rooms)},
	})...)...)
}

// call is a call as it stands.
func callOf(t *testing.T, s *sitekit.Server, ref ident.CallRef) fund.Call {
	t.Helper()
	var c *fund.Call
	if err := s.Gate.Read(s.Operator(), func(tx *work.Tx) error {
		var err error
		c, err = fund.CallByRef(tx, ref)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return *c
}

func newRound() url.Values {
	return url.Values{"ROUND": {"AF31"}, "TITLE": {"Invented round of 2031"}, "BUDGET": {"2,000,000"}, "SENIOROFFICER": {"chief@fund.example"}, "NOTICE": {"Invented."}}
}

func newCall() url.Values {
	return url.Values{
		"THEME": {"CAR"}, "TITLE": {"Cardiology"}, "OPENS-day": {"6"}, "OPENS-month": {"January"}, "OPENS-year": {"2031"}, "OPENSCLOCK": {"9am"},
		"CLOSES-day": {"3"}, "CLOSES-month": {"3"}, "CLOSES-year": {"2031"},
	}
}

func TestARoundAndItsCallsAreMadeInTheBrowserAndOpenAsThoseFromAFile(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	manager, senior := s.SignedIn("manager"), s.SignedIn("chief")
	shows(t, manager.Get("/admin/rounds"), 200, "Make a new round")
	typed := newRound()
	typed.Set("ROUND", "first")
	typed.Set("SENIOROFFICER", "nobody")
	typed.Set("BUDGET", "12.50")
	shows(t, manager.Post("/admin/rounds", typed), 422, `href="#ROUND"`, "Reference must be two letters and two digits", `href="#SENIOROFFICER"`, `href="#BUDGET"`, "whole pounds", `value="first"`)
	shows(t, manager.Follow(manager.Post("/admin/rounds", newRound())), 200, "The round is made", "The round has no calls yet")
	shows(t, manager.Post("/admin/rounds", newRound()), 422, "There is a round AF31 already")
	shows(t, manager.Post("/admin/rounds/AF31/calls", url.Values{"THEME": {"c"}}), 422, `href="#THEME"`, `href="#TITLE"`, `href="#OPENS-day"`)
	shows(t, manager.Follow(manager.Post("/admin/rounds/AF31/calls", newCall())), 200, "The call is made", "To be put right")
	shows(t, manager.Post("/admin/rounds/AF31/calls", newCall()), 422, "The round has a call CAR already")
	shows(t, s.Browser().Get("/calls/AF31-CAR"), 404)
	shows(t, manager.Get("/"), 200, "Finish the set-up of AF31-CAR")
	shows(t, manager.Get("/admin/calls/AF31-CAR/check"), 200, "Enter purpose", "Add at least one row to priorities", "There is no limit to what one application can ask for", "0 of at least 2 eligibility officers", "The round has no reviewers yet")
	shows(t, manager.Post("/admin/calls/AF31-CAR/setup", nil), 422, "Put right first")

	edit := func(section string, values url.Values) {
		t.Helper()
		values.Set("version", version(t, manager.Get("/admin/calls/AF31-CAR/setup/"+section).Body))
		shows(t, manager.Follow(manager.Post("/admin/calls/AF31-CAR/setup/"+section, values)), 200, "What you set is saved")
	}
	edit("about", url.Values{"TITLE": {"Cardiology and cardiac surgery"}, "PURPOSE": {"Shorter waits."}, "PRIORITIES[0].code": {"P1"}, "PRIORITIES[0].title": {"Fewer appointments"}, "BENEFITS[0].benefit": {"Bed days"}})
	edit("money", url.Values{"AWARDCAP": {"500,000"}, "BUDGET": {"1,000,000"}, "METHODPOOLED": {"no"}, "METHODBUDGETS[0].name": {"Capital"}, "METHODBUDGETS[0].use": {"capital"}, "METHODBUDGETS[0].pounds": {"200000"}})
	edit("method", url.Values{
		"METHODRANKING": {"calibrated"}, "METHODSTRATEGY": {"merit"}, "METHODOBJECTIVE": {"score_by_amount"}, "METHODBAND": {"panel"}, "METHODMINSCORE": {"45.5"},
		"METHODLIMITS[0].by": {"region"}, "METHODLIMITS[0].value": {"*"}, "METHODLIMITS[0].max_count": {"0"}, "METHODLIMITS[2].by": {"theme"}, "METHODLIMITS[2].value": {"CAR"}, "METHODLIMITS[2].min_pounds": {"1000"},
	})
	got := callOf(t, s, "AF31-CAR").Settings
	if m := got.Method; m.MinScore != 45.5 || len(m.Limits) != 2 || m.Limits[0].MaxCount == nil || *m.Limits[0].MaxCount != 0 || m.Limits[1].MinPounds != 1000 || m.Ranking != "calibrated" || len(m.Budgets) != 1 {
		t.Errorf("%+v", m)
	}
	// A row goes by emptying it.
	edit("method", url.Values{"METHODLIMITS-shown": {""}, "METHODLIMITS[0].by": {""}, "METHODLIMITS[0].value": {""}, "METHODLIMITS[1].by": {"theme"}, "METHODLIMITS[1].value": {"CAR"}, "METHODLIMITS[1].min_pounds": {"1000"}, "action": {"add"}})
	if l := callOf(t, s, "AF31-CAR").Settings.Method.Limits; len(l) != 1 || l[0].By != "theme" {
		t.Errorf("%+v", l)
	}

	bad := url.Values{"version": {version(t, manager.Get("/admin/calls/AF31-CAR/setup/method").Body)}, "METHODOBJECTIVE": {"score"}, "METHODLIMITS[0].by": {"region"}, "METHODLIMITS[0].value": {"Moon"}, "METHODMINSCORE": {"much"}}
	shows(t, manager.Post("/admin/calls/AF31-CAR/setup/method", bad), 422, `href="#METHODOBJECTIVE"`, "Worth of a portfolio", `href="#METHODMINSCORE"`, `href="#METHODLIMITS"`, "limits nothing", `value="much"`, `value="Moon"`)
	shows(t, manager.Post("/admin/calls/AF31-CAR/setup/about", url.Values{"version": {"1"}, "TITLE": {"Another title"}}), 409, "Another title", "Cardiology and cardiac surgery")

	shows(t, manager.Get("/admin/calls/AF31-CAR/preview"), 200, "/admin/calls/AF31-CAR/preview/", "Only the fund team sees these pages")
	shows(t, manager.Get("/calls/AF31-CAR"), 200, "Shorter waits.", "theme CAR: at least £1,000")
	shows(t, manager.Follow(manager.Post("/admin/calls/AF31-CAR/setup", nil)), 200, "The approval of the opening is asked for", "Waits for approval")
	if m := s.Mails("chief")[0]; m.Kind != "opening_requested" || !strings.Contains(m.Body, "/approvals/openings/AF31-CAR") {
		t.Errorf("%+v", m)
	}
	shows(t, manager.Post("/approvals/openings/AF31-CAR/approve", nil), 403)
	shows(t, senior.Get("/approvals/openings/AF31-CAR"), 200, "Approve the opening", "Fewer appointments", "Calibrated scores", "Bed days")
	shows(t, senior.Post("/approvals/openings/AF31-CAR/return", url.Values{"reason": {" "}}), 422, `href="#reason"`)
	shows(t, senior.Follow(senior.Post("/approvals/openings/AF31-CAR/return", url.Values{"reason": {"Say who may lead."}})), 200, "Returned", "Say who may lead.")
	if m := s.Mails("manager")[0]; m.Kind != "opening_returned" || !strings.Contains(m.Body, "Say who may lead.") {
		t.Errorf("%+v", m)
	}
	shows(t, senior.Post("/approvals/openings/AF31-CAR/approve", nil), 409)
	shows(t, manager.Get("/"), 200, "was returned: change it and ask again")
	edit("lead", url.Values{"WHOMAYLEAD": {"icb", "pcn"}})
	shows(t, manager.Follow(manager.Post("/admin/calls/AF31-CAR/setup", nil)), 200)
	shows(t, senior.Follow(senior.Post("/approvals/openings/AF31-CAR/approve", nil)), 200, "The opening is approved")
	shows(t, s.Browser().Get("/calls/AF31-CAR"), 200, "Shorter waits.", "Primary care networks")

	// Whoever changes an approved call is warned; the approval is void, the approver told, and nobody outside sees the call.
	shows(t, manager.Get("/admin/calls/AF31-CAR/setup/lead"), 200, "A change makes the approval void")
	edit("lead", url.Values{"WHOMAYLEAD": {"icb"}})
	if c := callOf(t, s, "AF31-CAR"); c.State != workflow.CallDraft || c.ApprovedAt != nil || c.Published != "" || c.AskedAt != nil {
		t.Errorf("%+v", c)
	}
	if m := s.Mails("chief")[0]; m.Kind != "opening_approval_voided" {
		t.Errorf("%+v", m)
	}
	shows(t, s.Browser().Get("/calls/AF31-CAR"), 404)
	shows(t, manager.Follow(manager.Post("/admin/calls/AF31-CAR/setup", nil)), 200)
	shows(t, senior.Follow(senior.Post("/approvals/openings/AF31-CAR/approve", nil)), 200)

	// So it is when the round changes on which the call rests.
	round := newRound()
	round.Set("BUDGET", "3,000,000")
	round.Set("version", version(t, manager.Get("/admin/rounds/AF31/settings").Body))
	shows(t, manager.Get("/admin/rounds/AF31/settings"), 200, "A change makes the approval void")
	shows(t, manager.Follow(manager.Post("/admin/rounds/AF31/settings", round)), 200, "£3,000,000")
	if c := callOf(t, s, "AF31-CAR"); c.State != workflow.CallDraft {
		t.Errorf("the call is %s", c.State)
	}
	s.Unbroken()
}

func TestAnOpenCallIsNotChangedAnyMore(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	c := s.OpenCall()
	manager := s.SignedIn("manager")
	path := "/admin/calls/" + string(c.Ref) + "/setup"
	shows(t, manager.Get(path), 200, "What it published stands")
	body := manager.Get(path + "/method").Body
	if strings.Contains(body, "<form method=\"post\" action=\""+path) {
		t.Error("an open call can be changed")
	}
	shows(t, manager.Post(path+"/about", url.Values{"version": {"3"}, "TITLE": {"Another"}}), 409, "The call has opened")
	shows(t, manager.Post("/admin/rounds/AF26/settings", url.Values{"version": {"1"}, "TITLE": {"Another"}}), 409, "has opened")
	if got := callOf(t, s, c.Ref); got.Title != c.Title || got.PublishedDigest != c.PublishedDigest {
		t.Errorf("%+v", got)
	}
}

func TestWhoSetsUpNothingSeesNoDraft(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Round()
	s.Person("plain", "", access.Scope{})
	plain := s.SignedIn("plain")
	for _, path := range []string{"/admin/rounds", "/admin/rounds/AF26", "/admin/rounds/new", "/admin/calls/AF26-CAR/setup", "/admin/calls/AF26-CAR/check", "/admin/calls/AF26-CAR/preview", "/approvals/openings/AF26-CAR", "/admin/rounds/AF26/file"} {
		shows(t, plain.Get(path), 403)
	}
	s.Person("watch", "auditor", access.Scope{})
	auditor := s.SignedIn("watch")
	shows(t, auditor.Get("/admin/calls/AF26-CAR/setup/method"), 200, "Scores as given")
	shows(t, auditor.Post("/admin/calls/AF26-CAR/setup/method", nil), 403)
	// Somebody with a role in one call sees neither the round nor another call's draft.
	round := s.Round()
	s.Person("chair", "panel_chair", round.Calls[0].Scope())
	chair := s.SignedIn("chair")
	shows(t, chair.Get("/admin/calls/AF26-CAR/setup"), 200)
	shows(t, chair.Get("/admin/calls/AF26-GAS/setup"), 403)
	if strings.Contains(chair.Get("/admin/rounds").Body, "Gastroenterology") {
		t.Error("a chair of one call reads the draft of another")
	}
}

func TestARoundIsDownloadedAsTheFileThatMakesIt(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Round()
	got := s.SignedIn("manager").Get("/admin/rounds/AF26/file")
	if got.Status != 200 || !strings.Contains(got.Header.Get("Content-Disposition"), "af26.yaml") {
		t.Fatalf("%d %v", got.Status, got.Header)
	}
	f, err := fund.ParseFile("af26.yaml", []byte(got.Body))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Calls) != 2 || f.Calls[1].PerLead != 1 || f.Budget != 2_000_000 {
		t.Errorf("%+v", f)
	}
}

type taskList = func(context.Context) ([]public.Task, error)

var versionInput = regexp.MustCompile(`name="version" value="(\d+)"`)

// version is the version at which a page was read.
func version(t *testing.T, body string) string {
	t.Helper()
	m := versionInput.FindStringSubmatch(body)
	if m == nil {
		t.Fatal("the page has no version")
	}
	return m[1]
}

func TestARoundIsCopiedWithoutAnythingOfApplications(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Submitted("Of the old round")
	round := s.Round()
	officer := s.Person("officer", "screening_officer", round.Calls[0].Scope())
	s.Person("deputy", "panel_chair", round.Scope())
	s.Person("manager", "auditor", round.Scope()) // what is the copier's own is not offered
	withBudgets(t, s, "AF26-CAR", fund.Pot{Name: "This year", Year: "2026_27", Pounds: 100_000}, fund.Pot{Name: "At the turn", Year: "2098_99", Pounds: 50_000})
	pool := assignment.NewService(s.Gate, s.Library, s.People)
	if err := pool.Register(s.Operator(), "AF26", []assignment.Newcomer{{Email: "clara@fund.example", Name: "Clara Invented", Kind: "clinical", ODS: "QMF", Themes: []string{"CAR"}, Capacity: 5}}); err != nil {
		t.Fatal(err)
	}
	text := &letter.Template{ID: ident.New[string](), RoundID: round.ID, Kind: letter.Unsuccessful, Version: 3, Subject: "Of the round", Body: "Dear reader,\n", SavedBy: officer.ID, SavedAt: s.Clock.Now()}
	s.Write(s.As("manager"), func(tx *work.Tx) error {
		tx.Record(audit.Event{Verb: "letter.set_template", Kind: "round", Subject: string(round.ID), Round: round.ID})
		if err := tx.Require(access.DraftLetters, &round.Round); err != nil {
			return err
		}
		return work.Add(tx, text)
	})
	manager := s.SignedIn("manager")
	page := manager.Get("/admin/rounds/AF26/copy")
	shows(t, page, 200, "Officer Invented: eligibility officer in AF26-CAR", "Deputy Invented: panel chair", "Clara Invented: clinical", "Copy the texts of the letters", "Financial years of budgets move by whole years")
	if strings.Contains(page.Body, "to choose from") {
		t.Error("one reviewer is folded away")
	}
	if strings.Contains(page.Body, "Manager Invented: auditor") || strings.Contains(page.Body, "newer published versions") {
		t.Error("what is the copier's own is offered, or a newer version that there is not")
	}
	typed := url.Values{
		"ref": {"AF26"}, "title": {""}, "days": {"many"}, "calls": {"AF26-CAR", "AF26-GAS"}, "closes-AF26-GAS": {"someday"},
		"letters": {"yes"}, "roles": {grantOf(t, s, officer.ID)}, "reviewers": {string(s.Person("clara", "", access.Scope{}).ID)},
	}
	shows(t, manager.Post("/admin/rounds/AF26/copy", typed), 422, `href="#title"`, `href="#days"`, `href="#closes-AF26-GAS"`, `value="many"`)
	typed.Set("title", "The next round")
	typed.Set("days", "365")
	typed.Set("closes-AF26-GAS", "1 September 2027")
	shows(t, manager.Post("/admin/rounds/AF26/copy", typed), 422, `href="#closes-AF26-GAS"`, "The deadline of AF26-GAS must be after it opens")
	typed.Set("closes-AF26-GAS", "30 November 2027")
	shows(t, manager.Post("/admin/rounds/AF26/copy", typed), 422, "There is a round AF26 already")
	typed.Set("ref", "af27")
	shows(t, manager.Follow(manager.Post("/admin/rounds/AF26/copy", typed)), 200, "The round is copied", "The next round", "AF27-CAR", "AF27-GAS")

	was, car, gas := callOf(t, s, "AF26-CAR"), callOf(t, s, "AF27-CAR"), callOf(t, s, "AF27-GAS")
	if uktime.InFile(car.OpensAt) != "2027-09-01 12:00" || uktime.InFile(gas.ClosesAt) != "2027-11-30 12:00" || car.Settings.SpendBy != "2028-03-30" || car.State != workflow.CallDraft || car.AskedAt != nil || car.Published != "" {
		t.Errorf("%+v\n%+v", car, gas)
	}
	moved := []fund.Pot{{Name: "This year", Year: "2027_28", Pounds: 100_000}, {Name: "At the turn", Year: "2099_00", Pounds: 50_000}}
	if d := cmp.Diff(moved, car.Settings.Method.Budgets); d != "" {
		t.Errorf("budgets by year do not move with the round: %s", d)
	}
	was.Settings.SpendBy, car.Settings.SpendBy = "", ""
	was.Settings.Method.Budgets, car.Settings.Method.Budgets = nil, nil
	if d := cmp.Diff(was.Settings, car.Settings); d != "" {
		t.Error(d)
	}
	s.Read(func(tx *work.Tx) error {
		officers, err := people.Holders(tx, "screening_officer", car.Scope())
		if err != nil || len(officers) != 1 || officers[0].ID != officer.ID {
			t.Errorf("%v %v", officers, err)
		}
		chairs, err := people.Holders(tx, "panel_chair", car.Scope())
		if err != nil || len(chairs) != 0 {
			t.Errorf("who was not ticked holds the role: %v %v", chairs, err)
		}
		for table, want := range map[string]int64{"letter_templates": 1, "applications": 0, "reviewers": 1} {
			var n int64
			if err := tx.DB().Table(table).Where("round_id = ?", car.RoundID).Count(&n).Error; err != nil || n != want {
				t.Errorf("%d %s came with the copy, not %d: %v", n, table, want, err)
			}
		}
		return nil
	})
	if m := s.Mails("clara@fund.example")[0]; m.Kind != "reviewer_invited" || !strings.Contains(m.Body, "The next round") {
		t.Errorf("%+v", m)
	}
	shows(t, manager.Get("/admin/calls/AF27-GAS/setup"), 200, "Copied from", "What differs from AF26-GAS", "19 October 2026", "30 November 2027")
	s.Unbroken()
}

// withBudgets gives a call budgets for some costs alone.
func withBudgets(t *testing.T, s *sitekit.Server, ref ident.CallRef, pots ...fund.Pot) {
	t.Helper()
	c := callOf(t, s, ref)
	c.Settings.Method.Budgets = pots
	if err := s.DB.Write.Table("calls").Where("id = ?", c.ID).Update("settings", c.Settings).Error; err != nil {
		t.Fatal(err)
	}
}

// TestManyReviewersOfARoundAreFolded: those who were ticked are seen when the page comes again.
func TestManyReviewersOfARoundAreFolded(t *testing.T) {
	t.Parallel()
	s := setUp(t)
	s.Round()
	var many []assignment.Newcomer
	for n := range 12 {
		many = append(many, assignment.Newcomer{Email: fmt.Sprintf("many%d@fund.example", n), Name: fmt.Sprintf("Many%d Invented", n), Kind: "ppv", ODS: "QMF", Themes: []string{"CAR"}, Capacity: 5})
	}
	if err := assignment.NewService(s.Gate, s.Library, s.People).Register(s.Operator(), "AF26", many); err != nil {
		t.Fatal(err)
	}
	manager := s.SignedIn("manager")
	page := manager.Get("/admin/rounds/AF26/copy")
	shows(t, page, 200, "Ask reviewers of AF26 again: 12 to choose from", "Many7 Invented: patient and public voice")
	if strings.Contains(page.Body, "<details class=\"nhsuk-details\" open") {
		t.Error("nothing is ticked, and the fold is open")
	}
	ticked := url.Values{"ref": {""}, "reviewers": {string(s.Person("many7", "", access.Scope{}).ID)}}
	shows(t, manager.Post("/admin/rounds/AF26/copy", ticked), 422, "<details class=\"nhsuk-details\" open")
}

// grantOf is the id of the one grant of a person in a round.
func grantOf(t *testing.T, s *sitekit.Server, who ident.Person) string {
	t.Helper()
	id := ""
	s.Read(func(tx *work.Tx) error {
		return tx.DB().Table("grants").Select("id").Where("person = ? AND round_id <> ''", who).Take(&id).Error
	})
	return id
}
