package plan_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/award/plan"
	"adoptionfund/internal/money"
)

func lines(t *rapid.T) []plan.Line {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) plan.Line {
		return plan.Line{
			Year: rapid.SampledFrom([]string{"2025_26", "2026_27", "2027_28"}).Draw(t, "year"), Quarter: rapid.SampledFrom([]string{"q1", "q2", "q3", "q4"}).Draw(t, "quarter"),
			Use: rapid.SampledFrom([]string{"capital", "revenue"}).Draw(t, "use"), Amount: money.Pence(rapid.Int64Range(0, 50_000_000).Draw(t, "pence")),
		}
	}), 1, 30).Draw(t, "lines")
}

// TestAPlanAndItsPaymentsAddUp: whatever the lines and however small the award, plan and payments are its amount to the penny.
func TestAPlanAndItsPaymentsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		asked := lines(t)
		total := plan.Total(asked)
		if total == 0 {
			return
		}
		amount := money.Pence(rapid.Int64Range(1, int64(total)).Draw(t, "amount"))
		scaled := plan.Scaled(asked, amount)
		if plan.Total(scaled) != amount || plan.Owed(plan.Schedule(scaled)) != amount {
			t.Fatalf("%d of %d: the plan is %d, the payments %d", amount, total, plan.Total(scaled), plan.Owed(plan.Schedule(scaled)))
		}
		for _, l := range scaled {
			if l.Amount <= 0 {
				t.Fatalf("a line of %d", l.Amount)
			}
		}
		due := plan.Schedule(scaled)
		if !slices.IsSortedFunc(due, func(a, b plan.Instalment) int { return slices.Compare([]byte(a.Due), []byte(b.Due)) }) {
			t.Fatalf("%+v", due)
		}
	})
}

// TestAVariationNeverGoesUpNorBelowWhatIsCleared: payments become smaller, cleared ones never, and all of them are the new amount.
func TestAVariationNeverGoesUpNorBelowWhatIsCleared(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		due := plan.Schedule(lines(t))
		var cleared money.Pence
		for i := range due {
			if due[i].Cleared = rapid.Bool().Draw(t, "cleared"); due[i].Cleared {
				cleared += due[i].Amount
			}
		}
		before := plan.Owed(due)
		to := money.Pence(rapid.Int64Range(0, int64(before)+1000).Draw(t, "to"))
		less, err := plan.Reduced(due, to)
		switch {
		case to > before:
			if !errors.Is(err, plan.ErrUp) {
				t.Fatalf("from %d to %d: %v", before, to, err)
			}
		case to < cleared:
			if !errors.Is(err, plan.ErrCleared) {
				t.Fatalf("from %d to %d, %d cleared: %v", before, to, cleared, err)
			}
		case err != nil || plan.Owed(less) != to:
			t.Fatalf("from %d to %d: %d, %v", before, to, plan.Owed(less), err)
		}
		for i := range less {
			if less[i].Amount > due[i].Amount || due[i].Cleared && less[i].Amount != due[i].Amount {
				t.Fatalf("payment %d went from %d to %d", i, due[i].Amount, less[i].Amount)
			}
		}
	})
}

// TestSpendingStandsAgainstThePlan: the last line of the comparison is the whole plan and the whole spending, and neither ever falls.
func TestSpendingStandsAgainstThePlan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		planned, spent := lines(t), lines(t)
		all := plan.Against(planned, spent)
		last := all[len(all)-1]
		if last.Planned != plan.Total(planned) || last.Spent != plan.Total(spent) || last.Difference() != plan.Total(spent)-plan.Total(planned) {
			t.Fatalf("%+v, not %d and %d", last, plan.Total(planned), plan.Total(spent))
		}
		for i := 1; i < len(all); i++ {
			if all[i].Planned < all[i-1].Planned || all[i].Spent < all[i-1].Spent || all[i].Quarter.Start() <= all[i-1].Quarter.Start() {
				t.Fatalf("%+v after %+v", all[i], all[i-1])
			}
		}
	})
}

func TestQuartersAreThoseOfTheFinancialYear(t *testing.T) {
	t.Parallel()
	for day, want := range map[string]plan.Quarter{
		"2026-03-31": {Year: "2025_26", Name: "q4"}, "2026-04-01": {Year: "2026_27", Name: "q1"}, "2026-12-31": {Year: "2026_27", Name: "q3"},
		"2027-01-01": {Year: "2026_27", Name: "q4"}, "2099-12-01": {Year: "2099_00", Name: "q3"},
	} {
		if got, ok := plan.Of(day); !ok || got != want || got.Start() > day || got.End() < day {
			t.Errorf("%s is in %+v, from %s to %s", day, got, got.Start(), got.End())
		}
	}
	if _, ok := plan.Of("soon"); ok || (plan.Quarter{Year: "soon", Name: "q1"}).Valid() {
		t.Error("there is such a quarter")
	}
	all := plan.Quarters("2026-11-28", "2027-06-30")
	if len(all) != 3 || all[0].String() != "October to December 2026" || all[2].End() != "2027-06-30" {
		t.Errorf("%v", all)
	}
}
