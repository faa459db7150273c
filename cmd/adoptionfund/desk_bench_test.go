package main

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/db"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// deskApplications is how many applications are assessed, each by three of 210 reviewers.
const deskApplications = 1400

// BenchmarkDesk opens the desk of a chair: with what is kept, after each new event of the call, and, once, with nothing kept.
func BenchmarkDesk(b *testing.B) {
	l := newLoad(b, 1, db.Normal)
	site, err := l.app.site(false)
	l.no(err)
	like := l.filled(loadApplicant(0))
	who, err := l.app.people.As(b.Context(), loadApplicant(0))
	l.no(err)
	l.account("chair@fund.example", "panel_chair")
	testkit.Copies(b, l.app.db, like, who.ID, deskApplications)
	assessed(l)
	token := l.session("chair@fund.example")
	began := time.Now()
	visit(b, site, token, "/panel/"+string(loadCall)+"/progress", nil)
	cold := time.Since(began)
	for _, c := range []struct {
		name, path string
		query      url.Values
		changes    bool
	}{
		{"applications", "", nil, false},
		{"applications-sorted-and-searched", "", url.Values{"sort": {"spread"}, "search": {"project 1"}}, false},
		{"applications-after-a-change", "", nil, true},
		{"reviewers", "/reviewers", nil, false},
		{"scoring", "/scoring", nil, false},
		{"scoring-after-a-change", "/scoring", nil, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			var times []time.Duration
			for b.Loop() {
				if c.changes {
					b.StopTimer()
					l.changed(len(times))
					b.StartTimer()
				}
				began := time.Now()
				visit(b, site, token, "/panel/"+string(loadCall)+"/progress"+c.path+"?"+c.query.Encode(), nil)
				times = append(times, time.Since(began))
			}
			spread(b, times)
			b.ReportMetric(float64(cold.Microseconds())/1000, "nothing-kept-ms")
		})
	}
}

// changed lets one score of the call be another, with an event that names its application.
func (l *load) changed(n int) {
	l.tb.Helper()
	var id ident.Application
	l.no(l.app.db.Read.Raw("SELECT id FROM applications WHERE state = 'assessment' ORDER BY ref LIMIT 1 OFFSET ?", n%deskApplications).Scan(&id).Error)
	l.no(l.app.gate.Write(l.operator(), func(tx *work.Tx) error {
		if err := tx.Require(access.LoadDemonstration, access.Scope{}); err != nil {
			return err
		}
		var call ident.Call
		if err := tx.DB().Raw("SELECT call_id FROM applications WHERE id = ?", id).Scan(&call).Error; err != nil {
			return err
		}
		tx.Record(audit.Event{Verb: "review.revise", Kind: "application", Subject: string(id), Call: call, Application: id})
		return tx.DB().Exec("UPDATE scores SET value = (value + 1) % 6 WHERE application_id = ? AND part = 'EV1' AND kind = 'clinical'", id).Error
	}))
}

// assessed lets every application of the call be in assessment, with three reviews sent of each: by SQL alone, with reasons of a usual length.
func assessed(l *load) {
	l.tb.Helper()
	postgres := l.app.db.Dialect == db.Postgres
	number := func(of string) string {
		if postgres {
			return "lpad((" + of + ")::text, 12, '0')"
		}
		return "printf('%012d', " + of + ")"
	}
	id := func(group, of string) string {
		text := "'00000000-0000-7000-" + group + "-' || " + number(of)
		if postgres {
			return "(" + text + ")::uuid"
		}
		return text
	}
	series := "WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {n})"
	fill := strings.NewReplacer(
		"{series}", series, "{application}", id("8000", "(g.i + 2) / 3"), "{assignment}", id("8101", "g.i"), "{review}", id("8102", "g.i"), "{score}", id("8103", "g.i * 10 + p.n"),
		"{person}", id("8104", "g.i % 210"), "{self}", id("8104", "g.i - 1"), "{kind}", "CASE g.i % 3 WHEN 0 THEN 'clinical' WHEN 1 THEN 'technical' ELSE 'ppv' END",
		"{reason}", "'"+strings.Repeat("The plan names its sites, and the figures are those of one year. ", 4)+"'",
	)
	for _, statement := range []string{
		"UPDATE applications SET state = 'assessment', submission_id = COALESCE(submission_id, id) WHERE ref LIKE 'AF26-1%'",
		`INSERT INTO persons (id, email, name, password, factor_secret, factor_step, failures, created_at, version)
			` + strings.ReplaceAll(series, "{n}", "210") + ` SELECT {self}, 'reviewer' || i || '@reviews.example', 'Invented reviewer ' || i, '', '', 0, 0, a.created_at, 1 FROM g CROSS JOIN (SELECT created_at FROM applications LIMIT 1) AS a`,
		`INSERT INTO assignments (id, application_id, person, kind, state, reason, note, due_at, assigned_by, assigned_at, state_at, version)
			` + strings.ReplaceAll(series, "{n}", "4200") + ` SELECT {assignment}, {application}, {person}, {kind}, CASE WHEN i % 50 = 0 THEN 'standing' ELSE 'done' END, '', '', a.created_at, {person}, a.created_at, a.created_at, 1
			FROM g CROSS JOIN (SELECT created_at FROM applications LIMIT 1) AS a`,
		`INSERT INTO scores (id, application_id, part, kind, person, value, mark, reason, source, state, at)
			` + strings.ReplaceAll(series, "{n}", "4200") + ` SELECT {score}, {application}, p.part, {kind}, {person}, (g.i * 7 + p.n * g.i) % 6, 'score', {reason}, 'reviewer', 'standing', a.created_at
			FROM g CROSS JOIN (SELECT created_at FROM applications LIMIT 1) AS a
			JOIN (SELECT 1 AS n, 'EV1' AS part, 'clinical technical' AS kinds UNION ALL SELECT 2, 'EV2', 'clinical ppv' UNION ALL SELECT 3, 'RO1', 'clinical technical'
				UNION ALL SELECT 4, 'RO2', 'clinical technical ppv' UNION ALL SELECT 5, 'VM1', 'clinical technical' UNION ALL SELECT 6, 'IN1', 'clinical ppv') AS p
				ON p.kinds LIKE '%' || ` + "{kind}" + ` || '%' WHERE g.i % 50 <> 0`,
	} {
		l.no(l.app.db.Write.Exec(fill.Replace(statement)).Error)
	}
	if postgres {
		l.no(l.app.db.Write.Exec("ANALYZE").Error)
	}
}
