package decision_test

import (
	"strings"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/application"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/letter"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
)

// office is a panel with those who decide, and what follows a decision.
type office struct {
	*testkit.Panel

	t           *testing.T
	allocations *allocation.Service
	decisions   *decision.Service
}

func newOffice(t *testing.T) *office {
	t.Helper()
	p := testkit.New(t).Panel()
	rankings := ranking.NewService(p.Gate, p.Reviews, allocation.Stands, "test")
	o := &office{p, t, allocation.NewService(p.Gate, p.Reviews, rankings, decision.OpenReviews, solve.New(highs.New(""))), decision.NewService(p.Gate, p.Letters)}
	for name, role := range map[string]string{"approver1": "approver", "manager2": "administrator"} {
		p.Person(name, role, access.Scope{Round: p.Round().ID})
	}
	return o
}

func (o *office) no(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// setting changes what the call published, before anything rests on it.
func (o *office) setting(old, fresh string) {
	o.t.Helper()
	done := o.DB.Write.Exec("UPDATE calls SET settings = REPLACE(settings, ?, ?) WHERE settings LIKE ?", old, fresh, "%"+old+"%")
	o.no(done.Error)
	if done.RowsAffected == 0 {
		o.t.Fatalf("no call has %s", old)
	}
}

// decided gives as many applications with an approved proposal; budget is for how many of them the money is enough.
func (o *office) decided(n, budget int) []*application.Application {
	o.t.Helper()
	apps := o.Assessed(n, "4")
	o.no(o.DB.Write.Exec("UPDATE rounds SET budget = ?", int64(budget)*int64(apps[0].Requested)).Error)
	id, err := o.allocations.Run(o.As(testkit.Chair), o.CallRef(), "")
	o.no(err)
	proposal, err := o.allocations.Propose(o.As(testkit.Chair), o.CallRef(), id, "")
	o.no(err)
	o.no(o.decisions.Approve(o.As("approver1"), proposal, decision.Approving{}))
	return apps
}

// schedule sets the release an hour ahead.
func (o *office) schedule() error {
	o.t.Helper()
	at := o.Clock.Now().Add(time.Hour)
	return o.decisions.Schedule(o.As(testkit.Manager), o.CallRef(), at.In(uktime.Zone()).Format("2006-01-02 15:04"))
}

// released lets the time of the release come.
func (o *office) released() {
	o.t.Helper()
	o.no(o.schedule())
	o.Clock.Add(2 * time.Hour)
	refs, err := o.decisions.ReleaseDue(o.t.Context())
	o.no(err)
	if len(refs) != 1 {
		o.t.Fatalf("released %v", refs)
	}
}

// count reads a number from the database.
func (o *office) count(query string, args ...any) int {
	o.t.Helper()
	var n int
	o.no(o.DB.Read.Raw(query, args...).Scan(&n).Error)
	return n
}

// letter is the letter that waits for an application, as the fund manager sees it.
func (o *office) letter(ref ident.Ref) decision.LetterPage {
	o.t.Helper()
	p, err := o.decisions.Letter(o.As(testkit.Manager), o.CallRef(), ref)
	o.no(err)
	return p
}

// says fails the test unless a letter has the words in this order, and none of the others.
func says(t *testing.T, d letter.Doc, words []string, not ...string) {
	t.Helper()
	text, at := d.Plain(), 0
	for _, w := range words {
		i := strings.Index(text[at:], w)
		if i < 0 {
			t.Fatalf("%q does not come in its place:\n%s", w, text)
		}
		at += i
	}
	for _, w := range not {
		if strings.Contains(text, w) {
			t.Errorf("it says %q:\n%s", w, text)
		}
	}
}
