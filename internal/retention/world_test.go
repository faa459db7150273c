package retention_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/award"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/report"
	"adoptionfund/internal/retention"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// archive is a world with the service of retention: keeper makes lists, testkit.Senior approves them.
type archive struct {
	*testkit.World

	t         *testing.T
	retention *retention.Service
}

const keeper = "keeper"

func around(t *testing.T, w *testkit.World) *archive {
	t.Helper()
	a := &archive{w, t, retention.NewService(w.Gate, retention.NewPeriods(w.Config.Retention))}
	w.Person(keeper, "administrator", access.Scope{})
	w.Person(testkit.Senior, "senior_officer", access.Scope{})
	return a
}

func (a *archive) no(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// behind changes rows behind the gate.
func (a *archive) behind(query string, args ...any) {
	a.t.Helper()
	done := a.DB.Write.Exec(query, args...)
	a.no(done.Error)
	if done.RowsAffected == 0 {
		a.t.Fatalf("nothing was changed by %s", query)
	}
}

func (a *archive) count(query string, args ...any) int {
	a.t.Helper()
	var n int
	a.no(a.DB.Read.Raw(query, args...).Scan(&n).Error)
	return n
}

// years lets years pass, and a day.
func (a *archive) years(n int) { a.Clock.Set(a.Clock.Now().AddDate(n, 0, 1)) }

// listed makes a list.
func (a *archive) listed() *retention.List {
	a.t.Helper()
	l, err := a.retention.Make(a.As(keeper))
	a.no(err)
	return l
}

// carriedOut approves a list and carries it out.
func (a *archive) carriedOut(l *retention.List) retention.Sheet {
	a.t.Helper()
	a.no(a.retention.Approve(a.As(testkit.Senior), l.ID))
	a.no(a.retention.CarryOut(a.t.Context(), l.ID))
	return a.sheet(l)
}

func (a *archive) sheet(l *retention.List) retention.Sheet {
	a.t.Helper()
	s, err := a.retention.Show(a.As(keeper), l.ID)
	a.no(err)
	return s
}

// line is the line of an application, or of nothing.
func line(s retention.Sheet, ref ident.Ref) retention.Line {
	for _, l := range s.Lines {
		if l.Label == string(ref) && l.Kind != retention.Invitation {
			return l
		}
	}
	return retention.Line{}
}

// broken is what verification of the trail says.
func (a *archive) broken() string {
	a.t.Helper()
	var f audit.Finding
	a.Read(func(tx *work.Tx) error {
		var err error
		f, err = tx.Verify()
		return err
	})
	return f.Break
}

// released is a round whose decisions were released: one application has an award that ended, one was not funded, and one was never sent.
type released struct {
	*archive

	funded, not, draft *application.Application
	reports            *report.Service
}

func newReleased(t *testing.T) released {
	t.Helper()
	p := testkit.New(t).Panel()
	r := released{archive: around(t, p.World)}
	r.draft = p.Draft("Never sent")
	r.file(r.draft)
	rankings := ranking.NewService(p.Gate, p.Reviews, allocation.Stands, "test")
	allocations := allocation.NewService(p.Gate, p.Reviews, rankings, decision.OpenReviews, solve.New(highs.New("")))
	decisions := decision.NewService(p.Gate, p.Letters)
	r.reports = report.NewService(p.Gate, p.Library, p.Reviews, report.Giving{Prefix: "360G-invented", FunderID: "GB-NHS-X99", Funder: "An invented fund", Licence: "https://licence.example/open", PublicURL: "http://fund.example"}, nil)
	p.Person("approver", "approver", access.Scope{Round: p.Round().ID})
	apps := p.Assessed(2, "4")
	r.no(r.DB.Write.Exec("UPDATE rounds SET budget = ?", int64(apps[0].Requested)).Error)
	scenario, err := allocations.Run(p.As(testkit.Chair), p.CallRef(), "")
	r.no(err)
	proposal, err := allocations.Propose(p.As(testkit.Chair), p.CallRef(), scenario, "")
	r.no(err)
	r.no(decisions.Approve(p.As("approver"), proposal, decision.Approving{}))
	at := p.Clock.Now().Add(time.Hour)
	r.no(decisions.Schedule(p.As(testkit.Manager), p.CallRef(), at.In(uktime.Zone()).Format("2006-01-02 15:04")))
	p.Clock.Add(2 * time.Hour)
	_, err = decisions.ReleaseDue(t.Context())
	r.no(err)
	r.funded, r.not = p.Application(apps[0].Ref), p.Application(apps[1].Ref)
	if r.funded.State != workflow.Successful {
		r.funded, r.not = r.not, r.funded
	}
	awards := award.NewService(p.Gate, p.Library, p.Files, award.Settings{MinimalAssistance: money.Pounds(315_000)})
	r.no(awards.Create(p.Job(access.ReleaseCall), r.funded.ID))
	return r
}

// file adds a file to the first question of an application that takes one.
func (r released) file(a *application.Application) {
	r.t.Helper()
	for _, sec := range r.Form(a).Sections {
		for _, q := range sec.Questions {
			if q.Kind == form.KindFile {
				r.no(r.Applications.AddFile(r.As(testkit.Applicant), a.Ref, application.Upload{Section: sec.Path(), Question: q.Code, Name: "plan-of-a-person.pdf", Content: strings.NewReader("%PDF-1.7\n% invented\n%%EOF\n")}))
				return
			}
		}
	}
}

// ended closes the award, as if its money were reconciled.
func (r released) ended() {
	r.t.Helper()
	id := r.text("SELECT CAST(id AS text) FROM awards")
	r.Write(r.Operator(), func(tx *work.Tx) error {
		tx.Record(audit.Event{Verb: "test.close", Kind: "award", Subject: id, Guards: []audit.Row{{Table: "awards", Key: id}}})
		if err := tx.Require(access.LoadDemonstration, access.Scope{}); err != nil {
			return err
		}
		return tx.DB().Exec("UPDATE awards SET state = 'closed', state_at = ?, version = version + 1", tx.Now).Error
	})
}

func (a *archive) text(query string) string {
	a.t.Helper()
	var text string
	a.no(a.DB.Read.Raw(query).Scan(&text).Error)
	return text
}

// figures are the lines of the allocation report without titles.
func (r released) figures() [][]string {
	r.t.Helper()
	var text bytes.Buffer
	ctx := r.As(keeper)
	x, err := r.reports.Export(ctx, report.Asked{Round: "AF26", Kind: "allocations"}, "csv")
	r.no(err)
	r.no(x.Write(ctx, &text))
	read := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text.Bytes(), []byte("\ufeff"))))
	read.FieldsPerRecord = -1
	all, err := read.ReadAll()
	r.no(err)
	var lines [][]string
	title := -1
	for _, cells := range all {
		for i, c := range cells {
			if c == "title" {
				title = i
			}
		}
		if title < 0 || len(cells) <= title {
			continue
		}
		cells[title] = ""
		lines = append(lines, cells)
	}
	if len(lines) < 3 {
		r.t.Fatalf("the report has the lines %q", all)
	}
	return lines
}
