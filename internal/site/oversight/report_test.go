package oversight_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/report"
	"adoptionfund/internal/site/oversight"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/workflow"
)

// library is a panel with the pages of reports and the register.
type library struct {
	*testkit.Panel

	t      *testing.T
	server *sitekit.Server
	award  *award.Award
}

func newLibrary(t *testing.T) library {
	t.Helper()
	p := testkit.New(t).Panel()
	reports := report.NewService(p.Gate, p.Library, p.Reviews, report.Giving{Prefix: "360G-invented", Funder: "An invented fund"}, nil)
	awards := award.NewService(p.Gate, p.Library, p.Files, award.Settings{})
	rows := oversight.Rows(oversight.Rooms{Gate: p.Gate, Funds: p.Funds, Decisions: decision.NewService(p.Gate, p.Letters), Awards: awards, Monitoring: monitoring.NewService(p.Gate, p.Library, awards), Reports: reports, People: p.People})
	return library{Panel: p, t: t, server: sitekit.New(t, p.World, rows...)}
}

// awarded gives one application, with an award that is agreed.
func (l *library) awarded() *application.Application {
	l.t.Helper()
	a := l.Submitted("Remote monitoring after cardiac surgery")
	now := l.Gate.Now()
	l.award = &award.Award{ID: ident.New[ident.Award](), ApplicationID: a.ID, RoundID: a.RoundID, CallID: a.CallID, Ref: a.Ref, State: workflow.Active, StateAt: now, Amount: 20_000_000, Recipient: a.Recipient, AgreedAt: &now, CreatedAt: now, Version: 1}
	must(l.t, l.DB.Write.Create(l.award).Error)
	return a
}

func TestAReportIsNarrowedItsColumnsAreKeptAndItsFileSaysWhatItIs(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	a := l.awarded()
	at := l.server.SignedIn(testkit.Manager)
	const path = "/reports/AF26/allocations"
	shows(t, at.Get("/reports/AF26"), 200, "Allocation report", "Interests and recusals", "/exports/AF26/dtac.xlsx")
	shows(t, at.Get(path), 200, string(a.Ref), "£250,000", "Marking: OFFICIAL-SENSITIVE", "Filter: none", `<svg role="img"`, "Awarded £200,000")
	shows(t, at.Get(path+"?region=Midlands&nonsense=1"), 200, "Filter: none") // no application is there, so that it is no choice
	shows(t, at.Get(path+"?theme=CAR&search=nothing-of-it"), 200, "There are no applications in this report.", "Theme: CAR")
	chosen := at.Get(path + "?column=application&column=lead_ods_code")
	shows(t, chosen, 200, "ODS code", "/exports/AF26/allocations.csv?column=application&amp;column=lead_ods_code")
	shows(t, at.Follow(at.Post(path, url.Values{"action": {"keep"}, "query": {"column=application&column=lead_ods_code"}})), 200, "The columns are kept for you")
	if again := at.Get(path).Body; !strings.Contains(again, "Show the usual columns again") || strings.Contains(again, ">Reason</th>") {
		t.Errorf("the columns are not kept\n%s", again)
	}
	file := at.Get("/exports/AF26/allocations.csv?column=application&column=requested&theme=CAR")
	shows(t, file, 200, "application,requested\n"+string(a.Ref)+",250000.00\n")
	if name := file.Header.Get("Content-Disposition"); !strings.Contains(name, "af26_allocations_theme-car-") || !strings.Contains(name, "by-manager") {
		t.Errorf("the file is called %s", name)
	}
	shows(t, at.Get("/exports/AF26/funnel.360giving"), 404)
	shows(t, at.Get("/reports/AF26/nothing"), 404)
	shows(t, l.server.SignedIn("clinical1").Get(path), 403)
	shows(t, l.server.Browser().Get("/exports/AF26/allocations.csv?theme=CAR"), 303)
}

func TestALinkIsAskedForAndStoppedOnThePage(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	at := l.server.SignedIn(testkit.Manager)
	const path = "/reports/AF26/allocations"
	shows(t, at.Post(path, url.Values{"action": {"schedule"}, "query": {""}, "format": {"csv"}}), 422, "Choose how often", "#every")
	shows(t, at.Follow(at.Post(path, url.Values{"action": {"schedule"}, "query": {"theme=CAR"}, "format": {"csv"}, "every": {"week"}})), 200, "You will be sent the link", "every Monday at 7:00 UK time")
	index := at.Get("/reports/AF26")
	shows(t, index, 200, "Links that you are sent")
	_, rest, _ := strings.Cut(index.Body, `name="schedule" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	shows(t, at.Follow(at.Post(path, url.Values{"action": {"stop"}, "schedule": {id}})), 200, "You are no longer sent the link")
	shows(t, at.Post(path, url.Values{"action": {"stop"}, "schedule": {id}}), 404)
	if auditor := l.server.SignedIn(testkit.Auditor); strings.Contains(auditor.Get(path).Body, "Send me the link") {
		t.Error("an auditor, who changes nothing, is offered a link")
	}
}

// TestTheRegisterIsForCaches: its files say until when they hold and what they are; who has them is told so, and a change is seen.
func TestTheRegisterIsForCaches(t *testing.T) {
	t.Parallel()
	l := newLibrary(t)
	a := l.awarded()
	shows(t, l.server.Browser().Get("/register?search="+string(a.Ref)), 200, "1 award, £200,000", "Remote monitoring")
	shows(t, l.server.Browser().Get("/register?theme=GAS"), 200, "No award fits", "0 awards, £0")
	for _, path := range []string{"/register.json", "/register.csv", "/register.json?round=AF26&theme=CAR"} {
		first := l.server.Browser().GetWith(path, nil)
		shows(t, first, 200, "360G-invented-"+string(a.Ref), "GB-NHS-QMF", "200000.00")
		for name, want := range map[string]string{"Cache-Control": "public, max-age=300", "Vary": "", "Set-Cookie": ""} {
			if got := first.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		tag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
		for _, h := range []http.Header{{"If-None-Match": {tag}}, {"If-None-Match": {`"other", W/` + tag}}, {"If-Modified-Since": {modified}}} {
			if again := l.server.Browser().GetWith(path, h); again.Status != 304 || again.Body != "" || again.Header.Get("ETag") != tag {
				t.Errorf("%s with %v: %d %q", path, h, again.Status, again.Body)
			}
		}
		if other := l.server.Browser().GetWith(path, http.Header{"If-None-Match": {`"other"`}, "If-Modified-Since": {modified}}); other.Status != 200 {
			t.Errorf("%s: the date counts although there is a tag", path)
		}
	}
	tag := l.server.Browser().GetWith("/register.json", nil).Header.Get("ETag")
	must(t, l.DB.Write.Model(l.award).Updates(map[string]any{"state": workflow.Terminated, "state_at": l.Gate.Now().Add(time.Hour), "version": 2}).Error)
	for _, path := range []string{"/register.json", "/register.csv"} { // the standard has no file without a grant
		gone := l.server.Browser().GetWith(path, http.Header{"If-None-Match": {tag}})
		shows(t, gone, 404, "There is nothing here yet", "No award of what is asked for is agreed yet")
		if gone.Header.Get("ETag") != "" || gone.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: that there is none is for caches to keep: %v", path, gone.Header)
		}
	}
	shows(t, l.server.Browser().Get("/register.json?round=AF99"), 404, "No award of what is asked for")
	if page := l.server.Browser().Get("/register"); page.Status != 200 || strings.Contains(page.Body, "/register.json") {
		t.Errorf("an empty register offers a file that there is not: %d", page.Status)
	}
}
