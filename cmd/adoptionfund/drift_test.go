package main

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm/schema"

	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award"
	"adoptionfund/internal/computation"
	"adoptionfund/internal/db"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/jobs"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/monitoring"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/otherfunding"
	"adoptionfund/internal/panel"
	"adoptionfund/internal/people"
	"adoptionfund/internal/position"
	"adoptionfund/internal/product"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/report"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/review"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/trail"
	"adoptionfund/internal/upload"
)

// rows are the structs that stand for rows, one for each table that has one.
func rows() []any {
	return []any{
		&people.Person{}, &people.Grant{}, &people.Organisation{}, &people.Representative{}, &people.Session{}, &people.Held{}, &people.View{},
		&fund.Round{}, &fund.Call{}, &fund.Change{}, &fund.Question{},
		&application.Application{}, &application.Part{}, &application.Signature{}, &application.Submission{}, &application.Extension{}, &application.Amendment{}, &application.Withdrawal{}, &application.File{}, &upload.Uploading{},
		&application.Invited{}, &application.Deputising{}, &application.SupplierInvited{}, &notify.Preferences{},
		&product.Product{}, &product.Claim{}, &product.Return{}, &product.Assessed{}, &product.Position{}, &product.Import{}, &product.ReturnFile{},
		&product.Standing{}, &product.Released{}, &position.Section{}, &position.Proposal{}, &position.Recognised{},
		&otherfunding.Import{}, &otherfunding.Record{}, &otherfunding.Found{}, &otherfunding.Searched{}, &otherfunding.Settlement{},
		&eligibility.Finding{}, &eligibility.Clarification{}, &eligibility.Note{}, &eligibility.Reopening{}, &eligibility.Run{}, &eligibility.ShortlistLine{},
		&interest.Interest{}, &assignment.Reviewer{}, &assignment.Assignment{}, &assignment.Plan{},
		&review.Review{}, &review.Version{}, &review.Score{}, &review.Minute{}, &review.Reminder{}, &review.Post{}, &review.FeedbackVersion{},
		&panel.Meeting{}, &panel.Member{}, &panel.Presence{}, &panel.Declaration{}, &panel.Item{}, &panel.Section{},
		&computation.Computation{}, &ranking.Ranking{}, &ranking.Freeze{},
		&allocation.Scenario{}, &allocation.Details{}, &allocation.Proposal{}, &allocation.Line{}, &allocation.Deviation{}, &allocation.Lot{}, &allocation.Seal{},
		&decision.Approval{}, &decision.Decision{}, &decision.NamedLine{}, &decision.Review{}, &decision.Briefing{}, &letter.Template{}, &letter.Letter{}, &letter.Looked{}, &letter.Correction{}, &award.Award{}, &award.Check{}, &award.Condition{}, &award.Acceptance{},
		&award.Terms{}, &award.Revised{}, &award.Agreement{}, &award.Payment{}, &monitoring.Return{}, &monitoring.Variation{}, &monitoring.Closing{}, &upload.Kept{},
		&report.Scheduled{}, &retention.Hold{}, &retention.List{}, &retention.Result{}, &trail.Check{}, &audit.Entry{}, &jobs.Job{}, &notify.Mail{},
	}
}

// inside are the tables whose rows stay inside their room, which reads and writes them column by column.
func inside() []string {
	return []string{
		"application_sections", "answer_changes", "receipts", "application_organisations", "application_products", "batch_results", "dtac_warnings", "audit_heads", "read_blocks", "deeds", "installation",
		"links", "upload_pieces", "award_reminders", "signing_links", "reminders", "recovery_codes", "mail_domains", "other_funding_words", "other_funding_index", "other_funding_index_data", "other_funding_index_idx", "other_funding_index_docsize", "other_funding_index_config", "goose_db_version", "sqlite_sequence",
	}
}

func TestEveryStructHasTheColumnsOfItsTable(t *testing.T) {
	t.Parallel()
	d := testkit.Database(t)
	tables := tablesOf(t, d)
	seen := inside()
	for _, row := range rows() {
		s, err := schema.Parse(row, &sync.Map{}, schema.NamingStrategy{})
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, s.Table)
		if !slices.Contains(tables, s.Table) {
			t.Errorf("%T: there is no table %s", row, s.Table)
			continue
		}
		found, err := d.Read.Table(s.Table).Limit(0).Rows()
		if err != nil {
			t.Fatal(err)
		}
		columns, err := found.Columns()
		if closing := found.Close(); err != nil || closing != nil || found.Err() != nil {
			t.Fatal(err, closing, found.Err())
		}
		fields := slices.Sorted(slices.Values(s.DBNames))
		slices.Sort(columns)
		if !slices.Equal(fields, columns) {
			t.Errorf("%T has %v\n%s has %v", row, fields, s.Table, columns)
		}
	}
	for _, table := range tables {
		if !slices.Contains(seen, table) {
			t.Errorf("the table %s has no struct here", table)
		}
	}
}

func tablesOf(t *testing.T, d *db.DB) []string {
	t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if d.Dialect == db.Postgres {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
	}
	var tables []string
	if err := d.Read.Raw(query).Scan(&tables).Error; err != nil || len(tables) < 40 {
		t.Fatalf("%v %v", tables, err)
	}
	return tables
}

func TestTheProgramDoesNotServeOnASchemaThatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	l := &load{tb: t, address: testkit.EmptyDatabaseURL(t), dir: t.TempDir()}
	says := func(code int, words string, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := run(t.Context(), args, l.environment(), &out, &out); got != code || !strings.Contains(out.String(), words) {
			t.Errorf("%v: exit %d\n%s", args, got, &out)
		}
	}
	says(exitFailed, "run `adoptionfund migrate up`", "serve")
	says(exitFailed, "schema 0", "migrate", "status")
	says(exitDone, "schema", "migrate", "up")
	says(exitDone, "schema", "migrate", "status")
	d, err := db.Open(t.Context(), l.address, db.Normal)
	l.no(err)
	l.no(d.Write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)").Error)
	l.no(d.Close())
	says(exitFailed, "has schema 99999, newer than this program's", "serve")
	says(exitFailed, "use the newer program", "audit", "verify")
}
