package site_test

import (
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/site/route"
	"adoptionfund/policies"
	"adoptionfund/web/nhs"
)

func TestFiguresAndLogNameThePatternNotTheAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, open("GET", "/reset/{token}", shows("X")))
	w.do(get("/reset/s3cret-token"))
	rec := httptest.NewRecorder()
	w.Metrics().ServeHTTP(rec, get("/metrics"))
	if !strings.Contains(rec.Body.String(), `adoptionfund_http_requests_total{method="GET",route="/reset/:token",status="200"} 1`) {
		t.Errorf("no such figure in\n%s", rec.Body)
	}
	if text := w.log.String(); !strings.Contains(text, "/reset/:token") || strings.Contains(text, "s3cret") {
		t.Errorf("log: %s", text)
	}
}

func TestAssetsAreKeptForGoodAndPacked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, open("GET", "/x", shows("X")))
	_, after, _ := strings.Cut(w.do(get("/x")).Body.String(), `rel="stylesheet" href="`)
	path, _, _ := strings.Cut(after, `"`)
	req := get(path)
	req.Header.Set("Accept-Encoding", "gzip, br")
	rec := w.do(req)
	h := rec.Header()
	if rec.Code != 200 || h.Get("Content-Encoding") != "gzip" || !strings.Contains(h.Get("Cache-Control"), "immutable") ||
		!strings.HasPrefix(h.Get("Content-Type"), "text/css") {
		t.Errorf("%s: %d %v", path, rec.Code, h)
	}
	if h := w.do(get(path)).Header(); h.Get("Content-Encoding") != "" {
		t.Error("packed for a browser that did not ask")
	}
	for _, missing := range []string{"/assets/none.css", "/assets/../site.go", "/assets/"} {
		if rec := w.do(get(missing)); rec.Code == 200 {
			t.Errorf("%s: %d", missing, rec.Code)
		}
	}
}

func TestTheTableOfRoutesIsChecked(t *testing.T) {
	t.Parallel()
	policy, err := access.Load(policies.FS)
	if err != nil {
		t.Fatal(err)
	}
	good := open("GET", "/x", shows("X"))
	for name, rows := range map[string][]route.Row{
		"twice":             {good, good},
		"method":            {{Method: "PUT", Path: "/x", Action: good.Action, Public: true, Handle: good.Handle}},
		"path":              {{Method: "GET", Path: "x", Action: good.Action, Public: true, Handle: good.Handle}},
		"no handler":        {{Method: "GET", Path: "/x", Action: good.Action, Public: true}},
		"unknown action":    {{Method: "GET", Path: "/x", Action: "x.y", Handle: good.Handle}},
		"public by mistake": {{Method: "GET", Path: "/x", Action: access.ViewAudit, Public: true, Handle: good.Handle}},
		"menu":              {{Method: "GET", Path: "/x/{ref}", Action: good.Action, Public: true, Handle: good.Handle, Menu: "X"}},
	} {
		if route.Check(rows, policy) == nil {
			t.Errorf("%s: no mistake found", name)
		}
	}
	if err := route.Check([]route.Row{good}, policy); err != nil {
		t.Error(err)
	}
}

func TestTheMenuHoldsWhatThePersonMayUse(t *testing.T) {
	t.Parallel()
	rows := []route.Row{
		{Method: "GET", Path: "/applications", Action: access.ListApplications, Handle: shows("Applications"), Menu: "Applications"},
		{Method: "GET", Path: "/applications/{ref}", Action: access.ViewApplication, Handle: shows("One")},
		{Method: "GET", Path: "/audit", Action: access.ViewAudit, Handle: shows("Audit"), Menu: "Audit trail"},
	}
	w := newWorld(t, nil, rows...)
	body := w.do(get("/applications/AF21-0001", "applicant")).Body.String()
	if !strings.Contains(body, `href="/applications" aria-current="true"`) || strings.Contains(body, "Audit trail") {
		t.Errorf("the menu of an applicant:\n%s", body)
	}
	if body := w.do(get("/audit", "auditor")).Body.String(); !strings.Contains(body, `href="/audit" aria-current="page"`) {
		t.Errorf("the menu of an auditor:\n%s", body)
	}
}

// A list of 50 through all of the site: arrival, session, permission, page, frame.
func BenchmarkAListOf50(b *testing.B) {
	rows := make([][]nhs.Cell, 50)
	for n := range rows {
		ref := "AF21-" + strconv.Itoa(1000+n)
		rows[n] = []nhs.Cell{
			{Text: ref, Href: "/applications/" + ref}, {Text: "Remote monitoring after surgery"}, {Text: "£250,000"},
			{Content: nhs.Tag{Text: "Under review", Colour: nhs.Yellow}},
		}
	}
	table := nhs.Table{ID: "applications", Caption: "Applications", Rows: rows, Columns: []nhs.Column{
		{Heading: "Reference"}, {Heading: "Title"}, {Heading: "Requested", Numeric: true}, {Heading: "State"},
	}}
	w := newWorld(b, nil, open("GET", "/x", func(*route.Request) (route.Reply, error) { return route.Show(aPage{"Applications", table}) }))
	b.ReportAllocs()
	for b.Loop() {
		if rec := w.do(get("/x", "applicant")); rec.Code != 200 {
			b.Fatal(rec.Code)
		}
	}
}
