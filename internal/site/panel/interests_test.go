package panel_test

import (
	"net/url"
	"strings"
	"testing"

	"adoptionfund/internal/assignment"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/testkit"
)

// TestInterestsAreFoundFilteredAndSettledWithAReplacement on their page.
func TestInterestsAreFoundFilteredAndSettledWithAReplacement(t *testing.T) {
	t.Parallel()
	p, s := assess(t)
	a := p.Assess(1)[0]
	who := p.Reviewers(a)["clinical"]
	p.Reviewer(who, assignment.Newcomer{Kind: "clinical", ODS: "RX9", Capacity: 10}) // which is in the lead's system
	path := "/panel/" + string(p.CallRef()) + "/interests"
	manager := s.SignedIn(testkit.Manager)
	shows(t, manager.Get(path), 200, "the rules have found nothing", "Find interests again")
	shows(t, s.SignedIn(testkit.Chair).Post(path, url.Values{"action": {"find"}}), 403)
	shows(t, manager.Follow(manager.Post(path, url.Values{"action": {"find"}})), 200, "1 new interests were found", "Same integrated care system (found)", "care system QMF")
	shows(t, manager.Follow(manager.Post(path, url.Values{"action": {"find"}})), 200, "0 new interests were found")
	shows(t, manager.Get(path+"?rule=supplier"), 200, "No interest is like that")
	shows(t, manager.Get(path+"?rule=same_ics&means=open&q="+string(a.Ref)), 200, "To be settled")
	lines, err := p.Interests.InCallList(p.As(testkit.Manager), p.CallRef())
	if err != nil || len(lines) != 1 || lines[0].Kind != interest.SameICS {
		t.Fatalf("%v: %+v", err, lines)
	}
	shows(t, manager.Get(path+"?interest="+lines[0].ID), 200, "find somebody else for their review at once", "not found again")
	form := url.Values{"interest": {lines[0].ID}, "settled": {"bars"}, "replace": {"yes"}}
	shows(t, manager.Post(path, form), 422, `href="#note"`, "checked")
	form.Set("note", "They run the service together")
	shows(t, manager.Follow(manager.Post(path, form)), 200, "somebody else was assigned and told", "Takes no part")
	if next := p.Reviewers(p.Application(a.Ref))["clinical"]; next == "" || next == who {
		t.Errorf("%q reviews it now", next)
	}
	if _, err := p.Interests.Declare(p.As(p.Reviewers(a)["technical"]), a.Ref, interest.Declaration{Kind: interest.None}); err != nil {
		t.Fatal(err)
	}
	shows(t, manager.Get(path+"?rule=all"), 200, "No interest</td>", "Same integrated care system (found)")
	if strings.Contains(manager.Get(path).Body, "No interest</td>") {
		t.Error("declarations that there is no interest stand among the interests")
	}
}
