package eligibility_test

import (
	"testing"

	"adoptionfund/configs"
	"adoptionfund/internal/application"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/testkit"
)

// manySubmissions is how many submissions the rules run on. All of them are invented copies of one.
const manySubmissions = 10_000

// BenchmarkRulesOnManySubmissions runs all rules on the submissions of a round beside those that their calls pin, as when a changed rule
// file is tried: everything is read, and both sets run on each.
func BenchmarkRulesOnManySubmissions(b *testing.B) {
	w := testkit.New(b).Panel()
	a := w.Submitted("Remote monitoring after cardiac surgery")
	w.Closed()
	testkit.Copies(b, w.DB, a.Ref, w.Application(a.Ref).MainContact, manySubmissions*10/8) // one in five is not submitted
	for _, statement := range []string{`
		INSERT INTO submissions (id, application_id, number, snapshot, digest, submitted_by, arrived_at, replaces)
		SELECT c.submission_id, c.id, 1, s.snapshot, s.digest, s.submitted_by, s.arrived_at, ''
		FROM applications c CROSS JOIN (SELECT t.* FROM submissions t JOIN applications o ON o.submission_id = t.id WHERE o.ref = ?) s
		WHERE c.submission_id IS NOT NULL AND c.ref > 'AF26-1'`, `
		INSERT INTO application_products (application_id, product_id, round_id, call_id, chosen, relies)
		SELECT c.id, p.product_id, p.round_id, p.call_id, p.chosen, p.relies
		FROM applications c CROSS JOIN (SELECT x.* FROM application_products x JOIN applications o ON o.id = x.application_id WHERE o.ref = ?) p
		WHERE c.submission_id IS NOT NULL AND c.ref > 'AF26-1'`,
	} {
		if err := w.DB.Write.Exec(statement, a.Ref).Error; err != nil {
			b.Fatal(err)
		}
	}
	checks := eligibility.NewService(w.Gate, w.Applications)
	text, err := configs.FS.ReadFile("rules/default-1.yaml")
	if err != nil {
		b.Fatal(err)
	}
	set, err := eligibility.ReadRules("default-1.yaml", text)
	if err != nil {
		b.Fatal(err)
	}
	ctx := w.As(testkit.Officer1)
	looked := 0
	for b.Loop() {
		t, err := checks.TryRules(ctx, "AF26", set)
		if err != nil {
			b.Fatal(err)
		}
		looked = t.Looked
	}
	b.ReportMetric(float64(looked), "submissions")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*max(looked, 1)), "µs/submission")
}

// BenchmarkQueue opens the first page of the queue with 10,000 applications, most of them waiting, in each order.
func BenchmarkQueue(b *testing.B) {
	w := testkit.New(b).Panel()
	a := w.Submitted("Remote monitoring after cardiac surgery")
	w.Closed()
	testkit.Copies(b, w.DB, a.Ref, w.Application(a.Ref).MainContact, manySubmissions)
	checks := eligibility.NewService(w.Gate, w.Applications)
	ctx := w.As(testkit.Officer1)
	for name, o := range map[string]application.Order{"by reference": application.ByReference, "longest first": application.Longest, "largest first": application.Largest} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				list, err := checks.Queue(ctx, eligibility.Filter{Order: o, Limit: 51})
				if err != nil || len(list.Rows) != 51 {
					b.Fatal(len(list.Rows), err)
				}
			}
		})
	}
}
