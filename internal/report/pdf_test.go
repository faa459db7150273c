package report_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/pdf"
	"adoptionfund/internal/report"
	"adoptionfund/internal/workflow"
)

// asks runs one of poppler's tools on a file.
func asks(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v (make debian installs poppler-utils)\n%s", name, err, out)
	}
	return string(out)
}

// submitted adds applications that were submitted, with plain words.
func (d *desk) submitted(n int) []application.Application {
	d.tb.Helper()
	now := d.Gate.Now()
	round := d.Round()
	all := make([]application.Application, n)
	for i := range all {
		id := ident.New[ident.Submission]()
		all[i] = application.Application{
			ID: ident.New[ident.Application](), Ref: ident.MakeRef(round.Ref, 9000+i), RoundID: round.ID, CallID: round.Calls[0].ID, Theme: "CAR", Title: "Invented project " + string(rune('A'+i)),
			Lead: "RX1", LeadName: "Invented University Hospitals NHS Trust", LeadKind: "trust", Region: "Midlands", Recipient: "Invented University Hospitals NHS Trust", Requested: money.Pounds(int64(100_000 * (i + 1))),
			State: workflow.Assessed, StateAt: now, MainContact: ident.New[ident.Person](), SubmissionID: &id, SubmittedAt: &now, CreatedAt: now, Version: 1,
		}
		d.put(&all[i])
	}
	return all
}

// TestAReportIsPrintedForEverybody looks at the structure of a printed report as those who listen to it meet it: tagged, with title, language
// and headings, tables with heads of rows and columns, and everything in the order in which it is read.
func TestAReportIsPrintedForEverybody(t *testing.T) {
	t.Parallel()
	path, err := pdf.Find()
	if err != nil {
		t.Fatal(err, "make debian installs it")
	}
	printer := pdf.New(path)
	t.Cleanup(printer.Close)
	d := newDesk(t)
	d.reports = report.NewService(d.Gate, d.Library, d.reviews, giving(), printer.Print)
	d.submitted(3)
	ctx := d.As(manager)
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, d.file(ctx, report.Asked{Round: "AF26", Kind: "allocations"}, "pdf").Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	info := asks(t, "pdfinfo", file)
	for _, want := range []string{`Title: +Allocation report, AF26`, `Tagged: +yes`, `JavaScript: +no`, `Encrypted: +no`} {
		if !regexp.MustCompile(want).MatchString(info) {
			t.Errorf("pdfinfo says nothing of %s:\n%s", want, info)
		}
	}
	if raw, err := os.ReadFile(file); err != nil || !bytes.Contains(raw, []byte("/Lang (en-GB)")) {
		t.Errorf("the document has no language (%v)", err)
	}
	tree := asks(t, "pdfinfo", "-struct-text", file)
	last := 0
	for _, part := range []string{
		"H1", "Allocation report", "OFFICIAL-SENSITIVE until the decisions are released", "By theme", "Table", "Caption", "TR", "TH", "Group", "Applications", "CAR",
		"By region", "Midlands", "All applications", "AF26-9000", "Invented", "AF26-9001", "AF26-9002",
	} {
		i := strings.Index(tree[last:], part)
		if i < 0 {
			t.Fatalf("%q does not come in its place in the structure:\n%.6000s", part, tree)
		}
		last += i
	}
	if heads := strings.Count(tree, "TH "); heads < 10 || strings.Count(tree, "H2") < 5 {
		t.Errorf("%d heads of tables:\n%.3000s", heads, tree)
	}
	text := asks(t, "pdftotext", file, "-")
	for _, want := range []string{"£600,000", "made", "Fund", "Filter", "none", "This round is invented."} {
		if !strings.Contains(strings.ToLower(text), strings.ToLower(want)) {
			t.Errorf("the sheets do not say %q:\n%.2000s", want, text)
		}
	}
}

// TestWhereNothingPrintsTheReportSaysSo: without a Chromium the fault tells what to do instead; a report that is too long for paper says so.
func TestWhereNothingPrintsTheReportSaysSo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := d.As(manager)
	x, err := d.reports.Export(ctx, report.Asked{Round: d.Round().Ref, Kind: "funnel"}, "pdf")
	d.no(err)
	d.Want(x.Write(ctx, &bytes.Buffer{}), fault.Unavailable)
	_, err = d.reports.Export(ctx, report.Asked{Round: "AF26", Kind: "funnel"}, "360giving")
	d.Want(err, fault.NotFound)
	_, err = d.reports.Export(ctx, report.Asked{Round: "AF26", Kind: "nothing"}, "csv")
	d.Want(err, fault.NotFound)
}
