package oversight_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/site/oversight"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/trail"
)

func TestTheAuditPagesSearchCompareAndVerify(t *testing.T) {
	t.Parallel()
	w := testkit.New(t)
	a := w.Submitted("Remote monitoring after cardiac surgery")
	w.Person("auditor", "auditor", access.Scope{})
	trails := trail.NewService(w.Gate, []string{"holder@elsewhere.example"})
	rows := oversight.Rows(oversight.Rooms{Gate: w.Gate, Funds: w.Funds, People: w.People, Trail: trails})
	s := sitekit.New(t, w, rows...)
	at := s.SignedIn("auditor")
	shows(t, at.Get("/audit"), 200, "has not been verified by the clock yet", "application.submit", string(a.Ref))
	shows(t, at.Get("/audit?application="+string(a.Ref)+"&what=application.submit"), 200, "application.submit", `value="application.submit"`)
	shows(t, at.Get("/audit?person=Nobody+here"), 200, "No event is like this")
	shows(t, at.Get("/audit?from=then"), 200, "Enter a day such as 2026-10-12", `value="then"`)
	found, err := trails.Search(w.As("auditor"), trail.Search{Verb: "submission.keep"})
	if err != nil {
		t.Fatal(err)
	}
	event := "/audit/events/" + strconv.FormatInt(found.Lines[0].Seq, 10)
	shows(t, at.Get(event), 200, "submissions", "not protected before", "The digest fits what the event says", string(a.Ref))
	shows(t, at.Get("/audit/events/999999"), 404)
	shows(t, at.Get("/audit/events/x"), 404)
	if err := w.Gate.FlushReads(t.Context()); err != nil {
		t.Fatal(err)
	}
	shows(t, at.Get("/audit/reads?person=auditor"), 200, "audit event", "Auditor Invented")
	shows(t, at.Get("/audit/access?role=auditor"), 200, "Review of access", "auditor@fund.example", "the whole fund", "On", "/audit/access/file?role=auditor", `href="/audit/access?role=auditor"`)
	shows(t, at.Get("/audit/access?person=nobody-like-this"), 200, "Nobody held such a role.")
	shows(t, at.Get("/audit/access?after=nonsense"), 200)
	shows(t, at.Get("/audit/access?day=then"), 200, "Enter a day such as 2026-10-12")
	shows(t, at.Get("/audit/access/file"), 200, "name,email,role", "auditor@fund.example")
	shows(t, at.Get("/audit/checkpoints"), 200, "has not been verified by the clock yet", "Paste its file")
	if err := trails.CheckDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	shows(t, at.Get("/audit"), 200, "Whole when it was verified on")
	shows(t, at.Get("/audit/checkpoints"), 200, "whole", "/audit/checkpoints/2026-")
	list := at.Get("/audit/checkpoints").Body
	_, rest, _ := strings.Cut(list, "/audit/checkpoints/")
	file := at.Get("/audit/checkpoints/" + rest[:len("2026-09-07")])
	shows(t, file, 200, `"adoption-fund-checkpoint-1"`)
	shows(t, at.Get("/audit/checkpoints/2031-01-01"), 404)
	shows(t, at.Get("/audit/verify?checkpoint="+url.QueryEscape(file.Body)), 200, "The trail is whole", "It agrees with the checkpoint")
	shows(t, at.Get("/audit/verify?checkpoint=%7B%7D"), 200, "Paste a whole checkpoint")
	if err := w.DB.Write.Exec("UPDATE audit_events SET verb = 'award.accept' WHERE seq = 4").Error; err != nil {
		t.Fatal(err)
	}
	shows(t, at.Get("/audit/verify"), 200, "The trail is broken", "event 4")
	applicant := s.SignedIn(testkit.Applicant)
	for _, path := range []string{"/audit", event, "/audit/reads", "/audit/checkpoints", "/audit/verify", "/audit/access", "/audit/access/file"} {
		shows(t, applicant.Get(path), 403)
	}
}
