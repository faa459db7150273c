package oversight_test

import (
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/explain"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/site/oversight"
	"adoptionfund/internal/site/sitekit"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
)

// explained is a site with an application whose decision is approved, and released when the time comes.
type explained struct {
	*testkit.Panel

	site      *sitekit.Server
	t         *testing.T
	stories   *explain.Service
	decisions *decision.Service
	apps      []*application.Application
}

func newExplained(t *testing.T) *explained {
	t.Helper()
	p := testkit.New(t).Panel()
	allocations := allocation.NewService(p.Gate, p.Reviews, ranking.NewService(p.Gate, p.Reviews, allocation.Stands, "test"), decision.OpenReviews, solve.New(highs.New("")))
	x := &explained{Panel: p, t: t, decisions: decision.NewService(p.Gate, p.Letters)}
	x.stories = explain.NewService(p.Gate, explain.Rooms{
		Eligibility: eligibility.NewService(p.Gate, p.Applications), Reviews: p.Reviews, Allocations: allocations, Monitoring: monitoring.NewService(p.Gate, p.Library, award.NewService(p.Gate, p.Library, p.Files, award.Settings{})),
	})
	p.Person("approver1", "approver", access.Scope{Round: p.Round().ID})
	x.apps = p.Assessed(2, "4")
	x.no(p.DB.Write.Exec("UPDATE rounds SET budget = ?", int64(x.apps[0].Requested)).Error)
	id, err := allocations.Run(p.As(testkit.Chair), p.CallRef(), "")
	x.no(err)
	proposal, err := allocations.Propose(p.As(testkit.Chair), p.CallRef(), id, "The note that the chair wrote")
	x.no(err)
	x.no(x.decisions.Approve(p.As("approver1"), proposal, decision.Approving{}))
	x.site = sitekit.New(t, p.World, oversight.Rows(oversight.Rooms{Gate: p.Gate, Funds: p.Funds, People: p.People, Stories: x.stories})...)
	return x
}

func (x *explained) no(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *explained) address(i int) string { return "/audit/applications/" + string(x.apps[i].Ref) }

// withheld are the names, and the longer texts, that a copy for release leaves out.
func (x *explained) withheld(i int, apply ...explain.Exemption) []string {
	x.t.Helper()
	told, err := x.stories.Tell(x.As(testkit.Manager), explain.Asked{Ref: x.apps[i].Ref})
	x.no(err)
	var texts []string
	add := func(l explain.Line) {
		for _, piece := range l {
			hit := slices.ContainsFunc(piece.Exempt(), func(e explain.Exemption) bool { return slices.Contains(apply, e) })
			if words := strings.Join(strings.Fields(piece.Words), " "); hit && (len(words) >= 20 || piece.Personal() && len(words) >= 4) {
				texts = append(texts, words)
			}
		}
	}
	add(told.Maker)
	for _, e := range told.Timeline {
		add(e.What)
		add(e.Way)
		add(e.Rule)
		add(e.Who)
	}
	for _, s := range told.Sections {
		for _, b := range s.Blocks {
			add(b.Say)
			for _, f := range b.Facts {
				add(f.Value)
			}
			if b.Table != nil {
				for _, row := range b.Table.Rows {
					for _, cell := range row {
						add(cell)
					}
				}
			}
		}
	}
	slices.Sort(texts)
	return slices.Compact(texts)
}

// poppler asks one of its tools about a file.
func (x *explained) poppler(content string, name string, args ...string) string {
	x.t.Helper()
	file := filepath.Join(x.t.TempDir(), "explained.pdf")
	x.no(os.WriteFile(file, []byte(content), 0o600))
	for i := range args {
		if args[i] == "FILE" {
			args[i] = file
		}
	}
	out, err := exec.CommandContext(x.t.Context(), name, args...).CombinedOutput()
	if err != nil {
		x.t.Fatalf("%s: %v (make debian installs poppler-utils)\n%s", name, err, out)
	}
	return string(out)
}

// unspaced is a text without any space and in small letters: on sheets a space at the end of a line is none.
func unspaced(text string) string {
	text = strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(text)
	return strings.ToLower(strings.Join(strings.Fields(text), ""))
}

func TestTheStoryIsAPageWithAPreviewOfWhatIsWithheld(t *testing.T) {
	t.Parallel()
	x := newExplained(t)
	auditor, manager := x.site.SignedIn(testkit.Auditor), x.site.SignedIn(testkit.Manager)
	whole := auditor.Get(x.address(0))
	shows(t, whole, 200, "AF26-0001 explained", "OFFICIAL-SENSITIVE: PERSONAL", "Chair Invented", "The invented reason", "Proposed: fund", "Head of the audit trail", "/audit?application=AF26-0001",
		"/audit/applications/AF26-0001/explanation.pdf", `name="withhold"`, "UK time", "The note that the chair wrote")
	last := 0
	for _, part := range []string{">In short<", ">Decision<", ">Why<", "it fits the budget", ">On this page<", `href="#told-monitoring"`, `id="told-timeline"`, "<details", "Show: all that happened", `id="told-monitoring"`} {
		i := strings.Index(whole.Body[last:], part)
		if i < 0 {
			t.Fatalf("%s does not come in its place", part)
		}
		last += i
	}
	for _, at := range []string{x.address(0) + "?copy=release", x.address(0) + "?copy=release&chosen=yes&withhold=22&withhold=36&withhold=40&withhold=41&withhold=43"} {
		page := manager.Get(at)
		shows(t, page, 200, "What is withheld", "Withheld: section 40(2), personal data", "Withheld: section 36, effective conduct of public affairs", "Withheld: section 22, information to be published later",
			"Section 40(2), personal data: ", "explanation.pdf?chosen=yes&amp;copy=release&amp;withhold=22", `<span class="nhsuk-u-font-weight-bold">OFFICIAL</span>`)
		text := unspaced(regexp.MustCompile(`(?s)<header.*?</header>`).ReplaceAllString(page.Body, "")) // the header names who is signed in
		secrets := x.withheld(0, explain.Exemptions()...)
		if len(secrets) < 20 {
			t.Fatalf("only %d texts are withheld", len(secrets))
		}
		for _, secret := range secrets {
			if strings.Contains(text, unspaced(secret)) {
				t.Errorf("%s says %q", at, secret)
			}
		}
	}
	some := manager.Get(x.address(0) + "?copy=release&chosen=yes&withhold=40")
	shows(t, some, 200, "The invented reason", "Withheld: section 40(2)")
	if strings.Contains(some.Body, "Withheld: section 36") {
		t.Error("what was not chosen is withheld")
	}
	none := manager.Get(x.address(0) + "?copy=release&chosen=yes")
	shows(t, none, 200, "Nothing is withheld.", "Chair Invented")
	if preview := auditor.Get(x.address(0) + "?copy=release"); strings.Contains(preview.Body, "This copy as a PDF file") {
		t.Error("an auditor is offered to make a copy for release")
	}
}

func TestTheStoryIsNotForEverybody(t *testing.T) {
	t.Parallel()
	x := newExplained(t)
	for _, who := range []string{testkit.Applicant, testkit.Chair, "approver1", "clinical1"} {
		b := x.site.SignedIn(who)
		for _, at := range []string{"", "/explanation.pdf"} {
			shows(t, b.Get(x.address(0)+at), 403)
		}
	}
	if a := x.site.Browser().Get(x.address(0)); a.Status != 303 {
		t.Errorf("nobody signed in: %d", a.Status)
	}
	auditor := x.site.SignedIn(testkit.Auditor)
	shows(t, auditor.Get("/audit/applications/AF26-9999"), 404)
	shows(t, auditor.Get("/audit/applications/X"), 404)
	shows(t, auditor.Get(x.address(0)+"/explanation.pdf?copy=release"), 403)
	var id ident.Person
	x.no(x.DB.Read.Raw("SELECT id FROM persons WHERE email = ?", testkit.Address(testkit.Auditor)).Scan(&id).Error)
	x.Relate(x.apps[0], id, application.Recused)
	for _, at := range []string{"", "?copy=release", "/explanation.pdf"} {
		shows(t, auditor.Get(x.address(0)+at), 404)
	}
	shows(t, auditor.Get(x.address(1)), 200)
}

func TestTheStoryIsATaggedFile(t *testing.T) {
	t.Parallel()
	x := newExplained(t)
	at := x.Clock.Now().Add(time.Hour)
	x.no(x.decisions.Schedule(x.As(testkit.Manager), x.CallRef(), at.In(uktime.Zone()).Format("2006-01-02 15:04")))
	x.Clock.Add(2 * time.Hour)
	_, err := x.decisions.ReleaseDue(t.Context())
	x.no(err)
	file := x.site.SignedIn(testkit.Auditor).Get(x.address(0) + "/explanation.pdf")
	if file.Status != 200 || file.Header.Get("Content-Type") != "application/pdf" || !strings.Contains(file.Header.Get("Content-Disposition"), "af26-0001-explained.pdf") {
		t.Fatalf("%d %v", file.Status, file.Header)
	}
	info := x.poppler(file.Body, "pdfinfo", "FILE")
	for _, want := range []string{`Title: +AF26-0001 explained`, `Tagged: +yes`, `JavaScript: +no`, `Encrypted: +no`} {
		if !regexp.MustCompile(want).MatchString(info) {
			t.Errorf("pdfinfo says nothing of %s:\n%s", want, info)
		}
	}
	if !bytes.Contains([]byte(file.Body), []byte("/Lang (en-GB)")) {
		t.Error("the document has no language")
	}
	tree, last := unspaced(x.poppler(file.Body, "pdfinfo", "-struct-text", "FILE")), 0
	for _, part := range []string{"H1", "AF26-0001 explained", "OFFICIAL-SENSITIVE: PERSONAL", "Auditor Invented", "That event is the making of this copy", "H2", "In short", "Decision", "Successful", "Why", "H2", "Timeline", "Table", "TH", "When", "H2", "The four eligibility criteria", "H2", "Scores", "H2", "The decision", "Successful", "H2", "Pre-award checks and the award"} {
		i := strings.Index(tree[last:], unspaced(part))
		if i < 0 {
			t.Fatalf("%q does not come in its place in the structure:\n%.6000s", part, tree[last:])
		}
		last += i
	}
	text := unspaced(x.poppler(file.Body, "pdftotext", "FILE", "-"))
	for _, want := range []string{"chair invented", "the invented reason", "uk time", "head of the audit trail"} {
		if !strings.Contains(text, unspaced(want)) {
			t.Errorf("the sheets do not say %q", want)
		}
	}
	if strings.Contains(text, unspaced("Show: ")) {
		t.Error("something is folded on paper")
	}
	apply := []explain.Exemption{explain.PersonalData, explain.EffectiveConduct}
	released := x.site.SignedIn(testkit.Manager).Get(x.address(0) + "/explanation.pdf?" + url.Values{"copy": {"release"}, "chosen": {"yes"}, "withhold": {"40", "36"}}.Encode())
	if released.Status != 200 || !strings.Contains(released.Header.Get("Content-Disposition"), "for-release.pdf") {
		t.Fatalf("%d %v", released.Status, released.Header)
	}
	sheets := strings.Join(strings.Fields(x.poppler(released.Body, "pdftotext", "-raw", "FILE", "-")), " ")
	text = unspaced(sheets)
	structure := unspaced(x.poppler(released.Body, "pdfinfo", "-struct-text", "FILE"))
	for _, secret := range x.withheld(0, apply...) {
		// Without spaces a short name can be the end of one word and the beginning of the next.
		long := len(secret) >= 20 && (strings.Contains(text, unspaced(secret)) || strings.Contains(structure, unspaced(secret)))
		if long || strings.Contains(sheets, secret) {
			t.Errorf("the file for release says %q", secret)
		}
	}
	for _, want := range []string{"withheld: section 40(2), personal data", "the invented reason", "a copy of this explanation was made"} {
		if !strings.Contains(text, unspaced(want)) {
			t.Errorf("the file for release does not say %q", want)
		}
	}
}
