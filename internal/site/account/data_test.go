package account_test

import (
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/site/account"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

func TestPeopleSeeAndDownloadWhatIsHeldAboutThem(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Draft("Remote monitoring after cardiac surgery")
	applicant := w.Person(testkit.Applicant, "", access.Scope{})
	w.Person("keeper", "administrator", access.Scope{})
	s := sitekit.New(t, w, account.Data(retention.NewService(w.Gate, retention.NewPeriods(w.Config.Retention)), w.People)...)
	b := s.SignedIn(testkit.Applicant)
	has := func(got sitekit.Answer, status int, words ...string) {
		t.Helper()
		if got.Status != status {
			t.Fatalf("%d: %.2000s", got.Status, got.Body)
		}
		for _, w := range words {
			if !strings.Contains(got.Body, w) {
				t.Errorf("%q is not in %.3000s", w, got.Body)
			}
		}
	}
	has(b.Get("/account/data"), 200, "Confirm first that it is you", "Your password")
	has(b.Get("/account/data/file"), 303)
	has(b.Post("/account/data", url.Values{"password": {"wrong"}}), 422, "There is a problem")
	has(b.Follow(b.Post("/account/data", url.Values{"password": {testkit.Password}, "code": {s.Code(testkit.Applicant)}})), 200, "Download all of it", testkit.Applicant, "What is not included", string(a.Ref))
	has(b.Get("/account/data/file"), 200, `"email": "`+testkit.Applicant, string(a.Ref))
	about := "/admin/people/" + string(applicant.ID) + "/data"
	has(b.Get(about), 403)
	keeper := s.SignedIn("keeper")
	has(keeper.Get(about), 200, "Give this to the person alone", testkit.Applicant)
	has(keeper.Get(about+"/file"), 200, string(a.Ref))
	has(keeper.Get("/admin/people/nobody/data"), 404)
	w.Unbroken()
}
