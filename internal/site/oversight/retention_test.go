package oversight_test

import (
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/site/oversight"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

func TestRetentionIsProposedHeldApprovedAndCarriedOutOnItsPages(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	sent, draft := w.Draft("Never sent"), w.Draft("Kept for a claim")
	w.Closed()
	w.Person("keeper", "administrator", access.Scope{})
	w.Person(testkit.Senior, "senior_officer", access.Scope{})
	rooms := retention.NewService(w.Gate, retention.NewPeriods(w.Config.Retention))
	s := sitekit.New(t, w, oversight.Retention(rooms, w.People)...)
	keeper := s.SignedIn("keeper")
	shows(t, keeper.Get("/admin/retention"), 200, "Applications not submitted", "1 year after the close of the call", "Nothing is on hold", "No list was made yet")
	w.Clock.Set(w.Clock.Now().AddDate(1, 0, 1))
	keeper = s.Again("keeper")
	shows(t, keeper.Get("/admin/retention"), 200, "Make a list of what is due")
	shows(t, keeper.Post("/admin/retention/holds", url.Values{"kind": {"application"}, "subject": {"AF26-9999"}}), 422, "There is no application “AF26-9999”", "There is a problem")
	shows(t, keeper.Post("/admin/retention/holds", url.Values{"kind": {"application"}, "subject": {string(draft.Ref)}}), 422, "Give a reason")
	shows(t, keeper.Follow(keeper.Post("/admin/retention/holds", url.Values{"kind": {"application"}, "subject": {string(draft.Ref)}, "reason": {"A claim was announced."}})), 200, "The legal hold stands", string(draft.Ref), "A claim was announced.")
	made := keeper.Post("/admin/retention/lists", nil)
	list := made.Location
	shows(t, keeper.Follow(made), 200, "Waits for approval", string(sent.Ref), "You made this list", "On hold, and not in the list", "Answers")
	if body := keeper.Get(list).Body; strings.Contains(body, string(draft.Ref)) || strings.Contains(body, "Never sent") {
		t.Error("the list names what is on hold, or says what an application was called")
	}
	shows(t, keeper.Post("/admin/retention/lists", nil), 409, "one list is made at a time")
	shows(t, keeper.Post(list, url.Values{"action": {"approve"}}), 403)
	senior := s.SignedIn(testkit.Senior)
	shows(t, senior.Get(list), 200, "Approve: remove all of this", "Your password")
	shows(t, senior.Post(list, url.Values{"action": {"approve"}}), 422, "password")
	shows(t, senior.Follow(senior.Post(list, url.Values{"action": {"approve"}, "password": {testkit.Password}, "code": {s.Code(testkit.Senior)}})), 200, "The list is approved", "Being carried out")
	if err := rooms.CarryOut(t.Context(), strings.TrimPrefix(list, "/admin/retention/lists/")); err != nil {
		t.Fatal(err)
	}
	shows(t, senior.Get(list), 200, "Carried out", "Removed")
	holds, err := rooms.Overview(w.As("keeper"))
	if err != nil || len(holds.Holds) != 1 {
		t.Fatal(err, holds.Holds)
	}
	hold := "/admin/retention/holds/" + holds.Holds[0].ID
	shows(t, senior.Get(hold), 200, "A claim was announced.")
	shows(t, senior.Post(hold, url.Values{"reason": {"Over"}}), 403)
	shows(t, keeper.Post(hold, nil), 422, "Give a reason")
	shows(t, keeper.Follow(keeper.Post(hold, url.Values{"reason": {"The claim was withdrawn."}})), 200, "The legal hold is lifted", "Lifted")
	shows(t, keeper.Get("/admin/retention/lists/nothing"), 404)
	shows(t, keeper.Get("/admin/retention/holds/nothing"), 404)
	shows(t, s.SignedIn(testkit.Applicant).Get("/admin/retention"), 403)
	w.Unbroken()
}
