package reviewer_test

import (
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/site/reviewer"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
)

// TestAReviewerAnswersTheirInvitationAndKeepsTheirProfile as they do in the browser, without scripts.
func TestAReviewerAnswersTheirInvitationAndKeepsTheirProfile(t *testing.T) {
	t.Parallel()
	p := testkit.New(t).Panel()
	s := sitekit.New(t, p.World, reviewer.Own(p.Assignments)...)
	me := s.SignedIn("clinical1")
	check := func(a sitekit.Answer, status int, parts ...string) {
		t.Helper()
		if a.Status != status {
			t.Fatalf("got %d, want %d\n%s", a.Status, status, a.Body)
		}
		for _, part := range parts {
			if !strings.Contains(a.Body, part) {
				t.Errorf("no %q in\n%s", part, a.Body)
			}
		}
	}
	const invitation, profile = "/reviews/invitation", "/reviews/profile"
	check(me.Get(invitation), 200, "Nobody has asked you")
	if _, err := p.Assignments.Invite(p.As(testkit.Manager), "AF26"); err != nil {
		t.Fatal(err)
	}
	check(me.Get(profile), 200, "You are not a reviewer of a round")
	check(me.Get(invitation), 200, "Adoption Fund 2026", "Accept", "Decline", "Clinical")
	check(me.Post(invitation, url.Values{"round": {"AF26"}, "action": {"decline"}}), 422, `href="#note"`)
	check(me.Follow(me.Post(invitation, url.Values{"round": {"AF26"}, "action": {"accept"}})), 200, "Please check your profile", `name="wish"`)
	check(me.Post(profile, url.Values{"round": {"AF26"}, "version": {"3"}, "wish": {"lots"}, "away": {"in autumn"}}), 422, `href="#wish"`, `href="#away"`, "in autumn")
	check(me.Follow(me.Post(profile, url.Values{"round": {"AF26"}, "version": {"3"}, "wish": {"2"}, "away": {"2026-11-02"}, "themes": {"CAR"}})), 200, "Your profile is saved", `value="2"`, "2026-11-02")
	check(me.Post(profile, url.Values{"round": {"AF26"}, "version": {"3"}, "wish": {"5"}}), 409, "Somebody else changed it", "away 2026-11-02", `value="5"`)
	check(me.Post(invitation, url.Values{"round": {"AF26"}, "action": {"accept"}}), 409)
	check(s.SignedIn(testkit.Chair).Post(profile, url.Values{"round": {"AF26"}}), 404)
}
