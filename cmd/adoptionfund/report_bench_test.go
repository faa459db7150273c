package main

import (
	"io"
	"runtime"
	"testing"
	"time"

	"adoptionfund/internal/db"
	"adoptionfund/internal/report"
	"adoptionfund/internal/testkit"
)

// BenchmarkReportPage opens the allocation report, of 1,400 applications with three reviews each, as a fund manager: totals, charts and the first
// lines with their scores.
func BenchmarkReportPage(b *testing.B) {
	l := newLoad(b, 1, db.Normal)
	site, err := l.app.site(false)
	l.no(err)
	like := l.filled(loadApplicant(0))
	who, err := l.app.people.As(b.Context(), loadApplicant(0))
	l.no(err)
	testkit.Copies(b, l.app.db, like, who.ID, deskApplications)
	assessed(l)
	token := l.session("admin@fund.example")
	for _, kind := range []string{"allocations", "funnel", "reviewers", "agreement"} {
		b.Run(kind, func(b *testing.B) {
			var times []time.Duration
			for b.Loop() {
				began := time.Now()
				visit(b, site, token, "/reports/"+"AF26"+"/"+kind, nil)
				times = append(times, time.Since(began))
			}
			spread(b, times)
		})
	}
	b.Run("csv-with-scores", func(b *testing.B) { l.report(b, "csv", deskApplications) })
}

// BenchmarkReportFile writes the allocation report of 100,000 applications, and says how many lines a second and how large the heap was at its peak.
func BenchmarkReportFile(b *testing.B) {
	l := newLoad(b, 1, db.Normal)
	like := l.filled(loadApplicant(0))
	who, err := l.app.people.As(b.Context(), loadApplicant(0))
	l.no(err)
	const copies = 125_000 // of which eight in ten were submitted
	testkit.Copies(b, l.app.db, like, who.ID, copies)
	for _, format := range []string{"csv", "json", "xlsx"} {
		b.Run(format, func(b *testing.B) { l.report(b, format, copies*8/10) })
	}
}

// report writes a report to nowhere.
func (l *load) report(b *testing.B, format string, lines int) {
	b.Helper()
	ctx := l.as("admin@fund.example")
	runtime.GC()
	peak, stop := testkit.PeakHeap()
	for b.Loop() {
		file, err := l.app.reports.Export(ctx, report.Asked{Round: "AF26", Kind: "allocations"}, format)
		l.no(err)
		l.no(file.Write(ctx, io.Discard))
	}
	stop()
	b.ReportMetric(float64(lines*b.N)/b.Elapsed().Seconds(), "lines/s")
	b.ReportMetric(float64(peak.Load())/(1<<20), "peak-heap-MB")
}
