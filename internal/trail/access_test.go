package trail_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"adoptionfund/internal/access"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/people"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/trail"
)

func (i inspected) held(in trail.AccessAsked) map[string]trail.RoleHeld {
	i.t.Helper()
	r, err := i.trail.AllAccess(i.As("auditor"), in)
	if err != nil {
		i.t.Fatal(err)
	}
	held := map[string]trail.RoleHeld{}
	for _, h := range r.Held {
		held[h.Email+" "+h.Role+" "+h.Where] = h
	}
	return held
}

func TestAReviewOfAccessShowsWhoHeldWhatOnADay(t *testing.T) {
	t.Parallel()
	i := inspect(t)
	round := i.Round()
	officer := i.Person("officer", "screening_officer", round.Calls[0].Scope())
	i.Person("elsewhere", "auditor", access.Scope{Round: round.ID})
	i.WithPassword("auditor")
	if _, err := i.People.SignIn(i.Anonymous(), people.SignIn{Email: testkit.Address("auditor"), Password: testkit.Password}); err != nil {
		t.Fatal(err)
	}
	granted := i.Gate.Now().Format(time.DateOnly)
	i.Clock.Add(100 * 24 * time.Hour)
	before := i.Gate.Now().Format(time.DateOnly)
	i.Clock.Add(48 * time.Hour)
	if err := i.People.Revoke(i.Operator(), officer.ID, "screening_officer", round.Calls[0].Scope()); err != nil {
		t.Fatal(err)
	}
	const key = "officer@fund.example screening_officer "
	call := string(round.Calls[0].Ref)
	h, there := i.held(trail.AccessAsked{Day: before})[key+call]
	if !there || h.To == nil || h.EndedBy == "" || h.GrantedBy == "" || !h.Dormant || h.LastSignIn != nil {
		t.Errorf("%v %+v", there, h)
	}
	if h := i.held(trail.AccessAsked{Day: granted})[key+call]; h.Dormant || h.Email == "" {
		t.Errorf("on the first day %+v", h)
	}
	if _, there := i.held(trail.AccessAsked{})[key+call]; there {
		t.Error("a role that ended is held still")
	}
	now := i.held(trail.AccessAsked{Role: "auditor", Round: "AF26"})
	if h := now["auditor@fund.example auditor the whole fund"]; len(now) != 2 || h.LastSignIn == nil || !h.Dormant {
		t.Errorf("%+v", now)
	}
	for _, in := range []trail.AccessAsked{{Day: "yesterday"}, {Day: "2099-01-01"}} {
		if _, err := i.trail.Access(i.As("auditor"), in); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	narrow, err := i.trail.Access(i.As("elsewhere"), trail.AccessAsked{})
	if err != nil || len(narrow.Rounds) != 1 {
		t.Errorf("%v %v", err, narrow.Rounds)
	}
	if _, err := i.trail.Access(i.As(testkit.Applicant), trail.AccessAsked{}); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
}

// TestAReviewOfAccessIsReadPageByPage: the pages have each role once, in the order of the file, and the counts are those of all of them.
func TestAReviewOfAccessIsReadPageByPage(t *testing.T) {
	t.Parallel()
	i := inspect(t)
	round := i.Round()
	for n := range 60 {
		role := []string{"reviewer", "panel_member", "observer"}[n%3]
		i.Person(fmt.Sprintf("many%02d", n), role, access.Scope{Round: round.ID})
	}
	i.Person("many00", "observer", round.Calls[0].Scope()) // the same person twice
	i.Clock.Add(100 * 24 * time.Hour)
	i.WithPassword("many01")
	if _, err := i.People.SignIn(i.Anonymous(), people.SignIn{Email: testkit.Address("many01"), Password: testkit.Password}); err != nil {
		t.Fatal(err)
	}
	for _, in := range []trail.AccessAsked{{}, {Role: "observer"}, {Person: "MANY1"}, {Person: "fund.example", Round: "af26"}, {Person: "%"}, {Role: "nonsense"}} {
		whole, err := i.trail.AllAccess(i.As("auditor"), in)
		if err != nil {
			t.Fatal(err)
		}
		var paged []trail.RoleHeld
		counts := map[string]trail.RoleCount{}
		known := map[string]bool{}
		for page := 0; ; page++ {
			one, err := i.trail.Access(i.As("auditor"), in)
			if err != nil || page > 10 {
				t.Fatalf("%+v: page %d, %v", in, page, err)
			}
			paged = append(paged, one.Held...)
			if diff := cmp.Diff(whole.Counts, one.Counts); diff != "" {
				t.Errorf("%+v: a page counts otherwise: %s", in, diff)
			}
			if in.After = one.Next; in.After == "" {
				break
			}
		}
		if diff := cmp.Diff(whole.Held, paged, cmpopts.IgnoreUnexported(trail.RoleHeld{})); diff != "" {
			t.Errorf("%+v: %s", in, diff)
		}
		for _, h := range whole.Held {
			c := counts[h.Role]
			c.Role, c.Label, c.Held = h.Role, h.Label, c.Held+1
			if key := h.Role + h.Email; !known[key] {
				known[key] = true
				c.People++
			}
			if h.Dormant {
				c.Dormant++
			}
			counts[h.Role] = c
		}
		if got := len(whole.Counts); got != len(counts) {
			t.Errorf("%+v: %d roles are counted, %d are held", in, got, len(counts))
		}
		for _, c := range whole.Counts {
			if c != counts[c.Role] {
				t.Errorf("%+v: %+v is counted, and held %+v", in, c, counts[c.Role])
			}
		}
	}
	few, err := i.trail.AllAccess(i.As("auditor"), trail.AccessAsked{Person: "many1"})
	if err != nil || len(few.Held) != 10 {
		t.Errorf("%d %v", len(few.Held), err)
	}
}
