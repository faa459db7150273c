package otherfunding_test

import (
	"slices"
	"testing"

	"adoptionfund/internal/matching"
	"adoptionfund/internal/otherfunding"
)

// TestDoubleFundingIsAmongTheFirstTen measures, on a set that is made with a fixed seed, how often the grant that pays for the same as an
// application is among the first that are shown, and how many of those called strong are such.
func TestDoubleFundingIsAmongTheFirstTen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const pairs = 350
	set := newLabelled(bodiesOf(t), pairs, 1500)
	_, _, err := w.imports(otherfunding.Grant, "labelled", packaged(t, set.grants))
	w.no(err)
	var at1, at5, at10, strong, strongTrue, missed int
	for _, p := range set.pairs {
		list, err := w.lists.Among(w.Operator(), p.asked)
		w.no(err)
		at := slices.IndexFunc(list, func(m otherfunding.Match) bool { return m.Identity == "grant:"+p.grant.id })
		switch {
		case at < 0 || at >= 10:
			if missed++; missed <= 5 {
				t.Logf("missed (%d): %+v\n%+v", at, p.asked, p.grant)
			}
		case at == 0:
			at1++
			fallthrough
		case at < 5:
			at5++
			fallthrough
		default:
			at10++
		}
		for _, m := range list {
			if m.Strength >= matching.Strong {
				strong++
				if m.Identity == "grant:"+p.grant.id {
					strongTrue++
				}
			}
		}
	}
	t.Logf("of %d true pairs among %d grants: recall at 1 %.3f, at 5 %.3f, at 10 %.3f; %d matches called strong, precision %.3f",
		pairs, len(set.grants), float64(at1)/pairs, float64(at5)/pairs, float64(at10)/pairs, strong, float64(strongTrue)/float64(strong))
	if recall := float64(at10) / pairs; recall < 0.95 {
		t.Errorf("recall in the first ten is %.3f", recall)
	}
}
