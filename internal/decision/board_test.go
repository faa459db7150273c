package decision_test

import (
	"sync"
	"testing"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/allocation/solve/highs"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// engine is compiled once for all tests.
var engine = sync.OnceValue(func() *highs.Engine { return highs.New("") })

// board is a call whose applications are assessed, with those who propose and approve.
type board struct {
	*testkit.Panel

	t           *testing.T
	allocations *allocation.Service
	decisions   *decision.Service
	apps        []*application.Application
}

// newBoard assesses as many applications, each of which asks for £250,000.
func newBoard(t *testing.T, n int) *board {
	t.Helper()
	p := testkit.New(t).Panel()
	rankings := ranking.NewService(p.Gate, p.Reviews, allocation.Stands, "test")
	b := &board{Panel: p, t: t, decisions: decision.NewService(p.Gate, p.Letters), allocations: allocation.NewService(p.Gate, p.Reviews, rankings, decision.OpenReviews, solve.New(engine()))}
	for _, name := range []string{"approver1", "approver2"} {
		p.Person(name, "approver", access.Scope{Round: p.Round().ID})
	}
	b.apps = p.Assessed(n, "4")
	return b
}

func (b *board) no(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// proposed has the chair compute and propose.
func (b *board) proposed() ident.Proposal {
	b.t.Helper()
	id, err := b.allocations.Run(b.As(testkit.Chair), b.CallRef(), "")
	b.no(err)
	proposal, err := b.allocations.Propose(b.As(testkit.Chair), b.CallRef(), id, "")
	b.no(err)
	return proposal
}

// behind changes a row behind the gate.
func (b *board) behind(query string, args ...any) {
	b.t.Helper()
	done := b.DB.Write.Exec(query, args...)
	b.no(done.Error)
	if done.RowsAffected == 0 {
		b.t.Fatalf("nothing was changed by %s", query)
	}
}

// two lets a proposal need two approvers.
func (b *board) two() {
	b.behind("UPDATE calls SET settings = REPLACE(settings, ?, ?)", `"second_above_pounds":0`, `"second_above_pounds":100000`)
}

func (b *board) approves(who string, id ident.Proposal, in decision.Approving) {
	b.t.Helper()
	b.no(b.decisions.Approve(b.As(who), id, in))
}

func (b *board) is(a *application.Application, want workflow.ApplicationState) {
	b.t.Helper()
	if got := b.Application(a.Ref).State; got != want {
		b.t.Errorf("%s is %s, not %s", a.Ref, got, want)
	}
}

// proposal reads a proposal.
func (b *board) proposal(id ident.Proposal) (p *allocation.Proposal) {
	b.t.Helper()
	b.Read(func(tx *work.Tx) error {
		var err error
		p, err = allocation.ProposalByID(tx, id)
		return err
	})
	return p
}

// released lets the release time come.
func (b *board) released() []ident.CallRef {
	b.t.Helper()
	b.no(b.decisions.Schedule(b.As(testkit.Manager), b.CallRef(), b.Clock.Now().Add(time.Hour).In(uktime.Zone()).Format("2006-01-02 15:04")))
	b.Clock.Add(48 * time.Hour)
	refs, err := b.decisions.ReleaseDue(b.t.Context())
	b.no(err)
	return refs
}

// refused fails the test unless somebody is refused, and that stands in the trail under their name.
func (b *board) refused(who string, id ident.Proposal, err error) {
	b.t.Helper()
	b.Want(err, fault.Forbidden)
	by, _ := access.From(b.As(who))
	var n int64
	b.no(b.DB.Read.Model(&audit.Entry{}).Where("verb = ? AND subject = ? AND by_id = ?", "proposal.refuse", id, by.ID).Count(&n).Error)
	if n != 1 {
		b.t.Errorf("%d refusals of %s in the trail", n, who)
	}
}
