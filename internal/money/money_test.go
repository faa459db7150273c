package money_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/money"
)

func TestAmountsAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]money.Pence{
		"0": 0, "12": 1200, "12.5": 1250, "£12.05": 1205, " £ 1,250,000.50 ": 125000050, "500000": 50000000, "0.99": 99,
	} {
		if got, err := money.Parse(text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-1", "£", "1.234", "12,34", "1,2345", ",123", "1e6", "twelve", "1.", ".5", "12 000", "99999999999999", "1٣"} {
		if got, err := money.Parse(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

func TestWhatIsShownIsReadAgainTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := money.Pence(rapid.Int64Range(0, int64(money.Limit)).Draw(t, "pence"))
		for _, text := range []string{p.String(), p.Decimal(), strings.TrimPrefix(p.String(), "£")} {
			if got, err := money.Parse(text); err != nil || got != p {
				t.Fatalf("%q: %d, %v; want %d", text, got, err, p)
			}
		}
	})
}

func TestPartsOfASplitAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := money.Pence(rapid.Int64Range(0, int64(money.Limit)).Draw(t, "whole"))
		weights := rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, int64(money.Limit)), func(n int64) money.Pence { return money.Pence(n) }), 1, 12).Draw(t, "weights")
		parts := money.Split(whole, weights)
		if of := money.Sum(weights...); of > 0 && money.Sum(parts...) != whole {
			t.Fatalf("%v add up to %d, not %d", parts, money.Sum(parts...), whole)
		}
		for i, w := range weights {
			if w == 0 && parts[i] != 0 {
				t.Fatalf("a part without weight got %d", parts[i])
			}
		}
	})
}
