package explain_test

import (
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
	"adoptionfund/internal/review"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
)

// record is a panel whose applications can be explained.
type record struct {
	*testkit.Panel

	t           *testing.T
	rankings    *ranking.Service
	allocations *allocation.Service
	decisions   *decision.Service
	stories     *explain.Service
	proposal    ident.Proposal
}

func newRecord(t *testing.T) *record {
	t.Helper()
	p := testkit.New(t).Panel()
	r := &record{Panel: p, t: t, rankings: ranking.NewService(p.Gate, p.Reviews, allocation.Stands, "test"), decisions: decision.NewService(p.Gate, p.Letters)}
	r.allocations = allocation.NewService(p.Gate, p.Reviews, r.rankings, decision.OpenReviews, solve.New(highs.New("")))
	r.stories = explain.NewService(p.Gate, explain.Rooms{
		Eligibility: eligibility.NewService(p.Gate, p.Applications), Reviews: p.Reviews, Allocations: r.allocations, Monitoring: monitoring.NewService(p.Gate, p.Library, award.NewService(p.Gate, p.Library, p.Files, award.Settings{})),
	})
	p.Person("approver1", "approver", access.Scope{Round: p.Round().ID})
	return r
}

func (r *record) no(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// approved gives applications with an approved proposal that has money for one of them. The first was moderated.
func (r *record) approved(n int) []*application.Application {
	r.t.Helper()
	apps := r.Assess(n)
	for i, a := range apps {
		marks := map[string]string{"clinical": "4", "technical": "4", "ppv": "4"}
		if i == 0 {
			marks["clinical"] = "1"
		}
		r.Reviewed(a, marks)
		r.Scored(a)
		if i == 0 {
			r.moderated(a)
		} else {
			r.no(r.Reviews.CloseAssessment(r.As(testkit.Chair), a.Ref))
		}
		apps[i] = r.Application(a.Ref)
	}
	r.no(r.DB.Write.Exec("UPDATE rounds SET budget = ?", int64(apps[0].Requested)).Error)
	id, err := r.allocations.Run(r.As(testkit.Chair), r.CallRef(), "")
	r.no(err)
	r.proposal, err = r.allocations.Propose(r.As(testkit.Chair), r.CallRef(), id, "The note of the chair to the approvers")
	r.no(err)
	r.no(r.decisions.Approve(r.As("approver1"), r.proposal, decision.Approving{Reason: "The approver's own reason for it"}))
	for i := range apps {
		apps[i] = r.Application(apps[i].Ref)
	}
	return apps
}

// moderated opens the moderation of an application and records a consensus on every part that is apart.
func (r *record) moderated(a *application.Application) {
	r.t.Helper()
	r.no(r.Reviews.OpenModeration(r.As(testkit.Chair), a.Ref))
	r.no(r.Reviews.Write(r.As(testkit.Chair), a.Ref, review.Writing{Text: "What the chair asked of those who scored it"}))
	marks := review.Marks{}
	for _, p := range r.Totals()[a.ID].Apart(a.Call().Settings.Review.ApartBy) {
		marks[p.Part.Code] = review.Given{Mark: "3", Reason: "The reason of the consensus on " + string(p.Part.Code)}
	}
	r.no(r.Reviews.RecordConsensus(r.As(testkit.Chair), a.Ref, marks))
}

// released lets the decisions be told.
func (r *record) released() {
	r.t.Helper()
	at := r.Clock.Now().Add(time.Hour)
	r.no(r.decisions.Schedule(r.As(testkit.Manager), r.CallRef(), at.In(uktime.Zone()).Format("2006-01-02 15:04")))
	r.Clock.Add(2 * time.Hour)
	_, err := r.decisions.ReleaseDue(r.t.Context())
	r.no(err)
}

func (r *record) told(who string, a explain.Asked) explain.Told {
	r.t.Helper()
	told, err := r.stories.Tell(r.As(who), a)
	r.no(err)
	return told
}

// section is what a part of the story says.
func section(t *testing.T, s explain.Story, id string) string {
	t.Helper()
	i := slices.IndexFunc(s.Sections, func(x explain.Section) bool { return x.ID == id })
	if i < 0 {
		t.Fatalf("there is no part %q", id)
	}
	return spoken(explain.Story{Sections: s.Sections[i : i+1]})
}

// fact is the value of a fact of a part.
func fact(t *testing.T, s explain.Story, id, label string) string {
	t.Helper()
	for _, sec := range s.Sections {
		for _, b := range sec.Blocks {
			for _, f := range b.Facts {
				if sec.ID == id && f.Label == label {
					return strings.TrimSpace(spoken(explain.Story{Title: f.Value}))
				}
			}
		}
	}
	return ""
}

func has(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("it does not say %q:\n%.5000s", w, text)
		}
	}
}

func hasNot(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("it says %q", w)
		}
	}
}

// queries counts the questions that the database is asked while something is done.
func (r *record) queries(do func()) int {
	r.t.Helper()
	n := 0
	r.no(r.DB.Read.Callback().Query().After("gorm:query").Replace("test:count", counts(&n)))
	r.no(r.DB.Read.Callback().Row().After("gorm:row").Replace("test:count", counts(&n)))
	r.no(r.DB.Read.Callback().Raw().After("gorm:raw").Replace("test:count", counts(&n)))
	do()
	return n
}

func (r *record) events(verb string) (n int64) {
	r.t.Helper()
	r.no(r.DB.Read.Raw("SELECT COUNT(*) FROM audit_events WHERE verb = ?", verb).Scan(&n).Error)
	return n
}

func (r *record) rankingDesk(who string) allocation.RankingDesk {
	r.t.Helper()
	d, err := r.allocations.RankingDesk(r.As(who), r.CallRef())
	r.no(err)
	return d
}

func (r *record) person(who string) (id ident.Person) {
	r.t.Helper()
	r.no(r.DB.Read.Raw("SELECT id FROM persons WHERE email = ?", testkit.Address(who)).Scan(&id).Error)
	return id
}

func (r *record) relate(a *application.Application, who string, as application.Relation) {
	r.t.Helper()
	r.Relate(a, r.person(who), as)
}
