package ranking_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/calibration"
	"adoptionfund/internal/computation"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/jobs"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// world is a call in assessment with its rankings.
type world struct {
	*testkit.Panel

	t        *testing.T
	rankings *ranking.Service
	proposed bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Panel: testkit.New(t).Panel(), t: t}
	w.Reviewer("clinical3", assignment.Newcomer{Kind: "clinical", ODS: "RX1", Themes: []string{"CAR"}, Capacity: 10}) // so that all are joined
	w.rankings = ranking.NewService(w.Gate, w.Reviews, func(*work.Tx, *fund.Call) (bool, error) { return w.proposed, nil }, "test 1")
	return w
}

// reviewed assesses as many applications with marks that differ, the better the later.
func (w *world) reviewed(n int) []*application.Application {
	w.t.Helper()
	apps := w.Assess(n)
	for i, a := range apps {
		mark := func(kind int) string { return string(rune('0' + min(5, max(0, 1+i*4/n+kind%2)))) }
		w.Reviewed(a, map[string]string{"clinical": mark(i), "technical": mark(0), "ppv": mark(1)})
		w.Scored(a)
	}
	return apps
}

func (w *world) closed(apps []*application.Application) {
	w.t.Helper()
	for _, a := range apps {
		w.no(w.Reviews.CloseAssessment(w.As(testkit.Chair), a.Ref))
	}
}

func (w *world) no(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) standing() ranking.Standing {
	w.t.Helper()
	var st ranking.Standing
	w.Read(func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, w.CallRef())
		if err == nil {
			st, err = w.rankings.Standing(tx, c)
		}
		return err
	})
	return st
}

// worker does the jobs of rankings.
func (w *world) worker() *jobs.Worker {
	return &jobs.Worker{DB: w.DB.Write, Now: w.Gate.Now, Log: slog.New(slog.DiscardHandler), Only: []string{string(access.RunCalibration)}, Handlers: map[string]jobs.Handler{
		string(access.RunCalibration): func(ctx context.Context, id string) error { return w.rankings.Compute(ctx, ident.Computation(id)) },
	}}
}

func (w *world) open() []computation.Computation {
	w.t.Helper()
	var open []computation.Computation
	w.Read(func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, w.CallRef())
		if err == nil {
			open, err = computation.Shown(tx, c.ID, computation.Ranking, w.Clock.Now().Add(-1))
		}
		return err
	})
	return open
}

func TestARankingIsComputedInTheBackgroundAlsoAfterARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	apps := w.reviewed(6)
	if err := w.rankings.Ask(w.As("clinical1"), w.CallRef()); !fault.Is(err, fault.Forbidden) {
		t.Fatalf("a reviewer may ask: %v", err)
	}
	w.no(w.rankings.Ask(w.As(testkit.Chair), w.CallRef()))
	w.no(w.rankings.Ask(w.As(testkit.Chair), w.CallRef()))
	if open := w.open(); len(open) != 1 || open[0].State != computation.Waiting {
		t.Fatalf("asked twice: %+v", open)
	}
	stopped, stop := context.WithCancel(t.Context())
	dying := w.worker()
	dying.Handlers[string(access.RunCalibration)] = func(ctx context.Context, id string) error {
		stop() // the program ends while it computes
		return w.rankings.Compute(ctx, ident.Computation(id))
	}
	if _, err := dying.Run(stopped); err == nil {
		t.Fatal("the worker did not die")
	}
	if n, err := w.worker().Run(t.Context()); n != 0 || err != nil {
		t.Fatalf("another worker takes a job that is held: %d %v", n, err)
	}
	w.Clock.Add(31e9)
	if n, err := w.worker().Run(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d jobs, %v", n, err)
	}
	st := w.standing()
	if st.Kept == nil || st.Stale() || len(w.open()) != 0 {
		t.Fatalf("%+v, open %+v", st.Kept, w.open())
	}
	best, ok := st.Kept.Total(apps[5].Ref)
	worst, also := st.Kept.Total(apps[0].Ref)
	if !ok || !also || best.Mean <= worst.Mean || best.Rank >= worst.Rank || best.Lower > best.Mean || best.Upper < best.Mean {
		t.Errorf("best %+v, worst %+v", best, worst)
	}
	if st.Kept.Software != "test 1" || st.Kept.Seed == "" || st.Kept.MadeBy != w.Person(testkit.Chair, "", access.Scope{}).ID {
		t.Errorf("%+v", st.Kept.Ranking)
	}
}

func TestTheSameScoresGiveTheSameRanking(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reviewed(4)
	w.no(w.rankings.Run(w.As(testkit.Manager), w.CallRef()))
	first := w.standing()
	w.no(w.rankings.Run(w.As(testkit.Chair), w.CallRef()))
	second := w.standing()
	if first.Kept.ID == second.Kept.ID || first.Kept.Digest != second.Kept.Digest || first.Kept.Seed != second.Kept.Seed || first.Kept.Result != second.Kept.Result {
		t.Errorf("%+v\n%+v", first.Kept.Ranking, second.Kept.Ranking)
	}
	draws, err := second.Kept.Draw()
	w.no(err)
	if len(draws.Applications) != 4 || len(draws.Values[0]) != second.Kept.Draws {
		t.Errorf("%d applications, %d draws", len(draws.Applications), len(draws.Values[0]))
	}
	text := second.Kept.Problem
	for _, name := range []string{"clinical1", "officer1", "assessor"} {
		if id := w.Person(name, "", access.Scope{}).ID; strings.Contains(text, string(id)) {
			t.Errorf("%s is named in what is kept", name)
		}
	}
}

func TestTheRankingIsFrozenWhenEveryAssessmentIsClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	apps := w.reviewed(6)
	chair, call := w.As(testkit.Chair), w.CallRef()
	w.no(w.rankings.Run(chair, call))
	id := w.standing().Kept.ID
	says := func(err error, words string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v, not %q", err, words)
		}
	}
	says(w.rankings.Freeze(chair, call, id), "6 applications are still in assessment")
	w.closed(apps)
	w.Want(w.rankings.Freeze(w.As(testkit.Manager), call, id), fault.Forbidden)
	says(w.rankings.Freeze(chair, call, ident.New[ident.Ranking]()), "computed again meanwhile")
	w.no(w.rankings.Freeze(chair, call, id))
	says(w.rankings.Freeze(chair, call, id), "frozen already")
	says(w.rankings.Ask(chair, call), "Unfreeze it first")
	if st := w.standing(); st.Frozen == nil || st.Frozen.Number != 1 || st.Kept.ID != id {
		t.Fatalf("%+v", st.Frozen)
	}
	w.no(w.Reviews.TakeToPanel(chair, apps[0].Ref))
	w.no(w.Reviews.RecordConsensus(chair, apps[0].Ref, review.Marks{"EV1": {Mark: "5", Reason: "The panel saw more in it than its reviewers did"}}))
	if st := w.standing(); !st.Stale() || st.Kept.ID != id {
		t.Errorf("a consensus changes nothing")
	}
	says(w.rankings.Unfreeze(chair, call, " "), "Enter the reason")
	w.proposed = true
	says(w.rankings.Unfreeze(chair, call, "New consensus"), "A proposal rests on this ranking")
	w.proposed = false
	w.no(w.rankings.Unfreeze(chair, call, "New consensus"))
	says(w.rankings.Freeze(chair, call, id), "Scores changed")
	w.no(w.rankings.Run(chair, call))
	st := w.standing()
	if v, ok := st.Kept.Part(apps[0].Ref, "EV1"); !ok || v != 5 {
		t.Errorf("the consensus is %v", v)
	}
	w.no(w.rankings.Freeze(chair, call, st.Kept.ID))
	if st := w.standing(); st.Frozen.Number != 2 {
		t.Errorf("%+v", st.Frozen)
	}
	w.Unbroken()
}

func TestOfficersAndAssessorsEnterAsTheyAre(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reviewed(4)
	w.no(w.rankings.Run(w.As(testkit.Chair), w.CallRef()))
	st := w.standing()
	for _, a := range st.Kept.Given.Scores {
		if a.Part != "FU1" && a.Part != "DT1" {
			continue
		}
		if got, ok := st.Kept.Part(ident.Ref(a.Application), a.Part); !ok || got != a.Value {
			t.Errorf("%s of %s is %v, not %v", a.Part, a.Application, got, a.Value)
		}
	}
	r, err := w.Rubrics.Rubric("default-1")
	w.no(err)
	for _, weight := range st.Kept.Given.Weights {
		if part := r.Part(rubric.Code(weight.Part)); part == nil || float64(part.Weight) != weight.Weight {
			t.Errorf("%+v is not the rubric's", weight)
		}
	}
	if !slices.ContainsFunc(st.Kept.Found.Severities, func(s calibration.Severity) bool { return strings.HasPrefix(s.Reviewer, "clinical-") }) {
		t.Error("no severity of a clinical reviewer")
	}
}
