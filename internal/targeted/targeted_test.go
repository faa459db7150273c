package targeted_test

import (
	"slices"
	"strings"
	"testing"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/interest"
	"adoptionfund/internal/money"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/review"
	"adoptionfund/internal/targeted"
	"adoptionfund/internal/testkit"
	"adoptionfund/internal/work"
)

// world is a call in assessment that may hold reviews back.
type world struct {
	*testkit.Panel

	t       *testing.T
	further *targeted.Service
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Panel: testkit.New(t).Panel(), t: t}
	for _, kind := range []string{"clinical", "technical", "ppv"} {
		w.Reviewer(kind+"3", assignment.Newcomer{Kind: kind, ODS: "RX1", Themes: []string{"CAR"}, Capacity: 10})
	}
	rankings := ranking.NewService(w.Gate, w.Reviews, func(*work.Tx, *fund.Call) (bool, error) { return false, nil }, "test 1")
	w.further = targeted.NewService(w.Gate, w.Reviews, rankings, w.Assignments)
	return w
}

func (w *world) no(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// holds lets the call hold back so many reviews, and have money for so many applications of the same size.
func (w *world) holds(n, funded int) {
	w.t.Helper()
	c := w.Call(w.CallRef())
	c.Settings.Review.HeldBack, c.Settings.Budget = n, money.Pounds(250_000*int64(funded))
	w.no(w.DB.Write.Exec("UPDATE calls SET settings = ? WHERE ref = ?", c.Settings, c.Ref).Error)
}

// reviewed gives as many applications whose first reviews are in, the better the later.
func (w *world) reviewed(n int) []*application.Application {
	w.t.Helper()
	apps := w.Assess(n)
	for i, a := range apps {
		mark := func(more int) string { return string(rune('0' + min(5, 1+i*4/n+more))) }
		w.Reviewed(a, map[string]string{"clinical": mark(i % 2), "technical": mark(0), "ppv": mark(1)})
		w.Scored(a)
	}
	return apps
}

func (w *world) view(as string) targeted.View {
	w.t.Helper()
	v, err := w.further.View(w.As(as), w.CallRef())
	w.no(err)
	return v
}

// TestFurtherReviewsAreAskedForWhereTheyMatter takes a call through its second wave: what is proposed lies near the line, is assigned and told
// at once, and nothing more is proposed before it is in or when all is spent.
func TestFurtherReviewsAreAskedForWhereTheyMatter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	apps := w.reviewed(6)
	w.holds(4, 3)
	v := w.view(testkit.Chair)
	if v.Why != "" || len(v.Batch) != 1 || !v.May || len(v.Rows) != 6 || v.Left() != 4 {
		t.Fatalf("%+v", v)
	}
	p := v.Batch[0]
	if p.Ref != v.Rows[0].Ref || p.Reviewer == "" || !strings.Contains(p.Application, "funding line") {
		t.Errorf("%+v", p)
	}
	first, last := v.Rows[0], v.Rows[5]
	if first.Gain <= last.Gain || first.Score-first.Line > 30 {
		t.Errorf("%+v %+v", first, last)
	}
	before := w.standing(p.Ref)
	w.Want(w.ask(testkit.Chair, "another"), fault.Conflict)
	w.Want(w.ask(testkit.Manager, v.Digest), fault.Forbidden)
	w.no(w.ask(testkit.Chair, v.Digest))
	if after := w.standing(p.Ref); len(after) != len(before)+1 {
		t.Errorf("%d reviewers before, %d after", len(before), len(after))
	}
	w.Want(w.ask(testkit.Chair, v.Digest), fault.Conflict)
	v = w.view(testkit.Manager)
	if v.Spent != 1 || len(v.Batch) != 0 || !strings.Contains(v.Why, "still to come in") || v.May {
		t.Errorf("%+v", v)
	}
	w.complete(apps)
	for range 3 {
		v = w.view(testkit.Chair)
		w.no(w.ask(testkit.Chair, v.Digest))
		w.complete(apps)
	}
	if v = w.view(testkit.Chair); v.Left() != 0 || len(v.Batch) != 0 || !strings.Contains(v.Why, "All reviews") {
		t.Errorf("%+v", v)
	}
	w.Unbroken()
}

// TestTheChairSeesNothingOfWhatTheyAreRecusedFrom: it is left out and counted, and its reviews wait for the deputy.
func TestTheChairSeesNothingOfWhatTheyAreRecusedFrom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reviewed(6)
	w.holds(4, 3)
	p := w.view(testkit.Chair).Batch[0]
	w.Relate(w.Application(p.Ref), w.Person(testkit.Chair, "", access.Scope{}).ID, application.Recused)
	v := w.view(testkit.Chair)
	if v.Masked != 1 || slices.ContainsFunc(v.Rows, func(r targeted.Row) bool { return r.Ref == p.Ref }) || len(v.Batch) != 0 || v.May {
		t.Errorf("%+v", v)
	}
	if all := w.view(testkit.Auditor); len(all.Rows) != 6 || all.Masked != 0 || all.May {
		t.Errorf("%+v", all)
	}
	if !strings.Contains(v.Why, "deputy") {
		t.Error(v.Why)
	}
	w.Want(w.ask(testkit.Chair, v.Digest), fault.NotFound)
}

// TestACallThatHoldsNothingBackProposesNothing.
func TestACallThatHoldsNothingBackProposesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.reviewed(2)
	v := w.view(testkit.Chair)
	if v.HeldBack != 0 || len(v.Batch) != 0 || v.Why != "This call holds no reviews back." {
		t.Errorf("%+v", v)
	}
	w.Want(w.ask(testkit.Chair, v.Digest), fault.Conflict)
	_, err := w.further.View(w.As("clinical1"), w.CallRef())
	w.Want(err, fault.Forbidden)
}

func (w *world) ask(as, digest string) error {
	_, err := w.further.Ask(w.As(as), w.CallRef(), digest)
	return err
}

// standing are the assignments of an application that stand.
func (w *world) standing(ref ident.Ref) []assignment.Assignment {
	var rows []assignment.Assignment
	a := w.Application(ref)
	w.Read(func(tx *work.Tx) error {
		var err error
		rows, err = assignment.Of(tx, a.ID)
		rows = slices.DeleteFunc(rows, func(r assignment.Assignment) bool { return !r.Stands() })
		return err
	})
	return rows
}

// complete lets everybody who still has a review to write write it.
func (w *world) complete(apps []*application.Application) {
	w.t.Helper()
	for _, a := range apps {
		for _, row := range w.standing(a.Ref) {
			if row.State != assignment.Standing {
				continue
			}
			var email string
			w.no(w.DB.Read.Raw("SELECT email FROM persons WHERE id = ?", row.Person).Scan(&email).Error)
			w.no(w.Reviews.AcceptTerms(w.As(email), a.Ref))
			_, err := w.Interests.Declare(w.As(email), a.Ref, interest.Declaration{Kind: interest.None})
			w.no(err)
			_, err = w.Reviews.Submit(w.As(email), a.Ref, review.Typed{Marks: w.Marks(row.Kind, "3"), Comments: "To the panel", Feedback: "To the applicant"})
			w.no(err)
		}
	}
}
