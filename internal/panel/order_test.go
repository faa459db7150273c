package panel_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"adoptionfund/internal/ident"
	"adoptionfund/internal/panel"
)

func agenda(t *rapid.T, most, people int) []panel.Barred {
	away := rapid.SliceOfN(rapid.SliceOfN(rapid.IntRange(1, people), 0, 3), 0, most).Draw(t, "away")
	items := make([]panel.Barred, len(away))
	for i, who := range away {
		items[i].Ref = ident.Ref(fmt.Sprintf("AF26-%04d", i+1))
		for _, n := range who {
			items[i].Away = append(items[i].Away, ident.Person(fmt.Sprintf("p%d", n)))
		}
	}
	return items
}

// arranged gives the items in the order of references.
func arranged(items []panel.Barred, refs []ident.Ref) []panel.Barred {
	var all []panel.Barred
	for _, ref := range refs {
		all = append(all, items[slices.IndexFunc(items, func(b panel.Barred) bool { return b.Ref == ref })])
	}
	return all
}

func refsOf(items []panel.Barred) []ident.Ref {
	refs := make([]ident.Ref, len(items))
	for i, b := range items {
		refs[i] = b.Ref
	}
	return refs
}

// least is the fewest steps over all orders, tried one by one.
func least(items []panel.Barred) int {
	best := panel.Steps(items)
	var try func(int)
	try = func(k int) {
		if k == len(items) {
			best = min(best, panel.Steps(items))
			return
		}
		for i := k; i < len(items); i++ {
			items[k], items[i] = items[i], items[k]
			try(k + 1)
			items[k], items[i] = items[i], items[k]
		}
	}
	try(0)
	return best
}

func TestNoOrderHasFewerSteps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := agenda(t, 6, 4)
		if got, want := panel.Steps(arranged(items, panel.Order(items))), least(slices.Clone(items)); got != want {
			t.Fatalf("%d steps, where %d are enough: %v", got, want, items)
		}
	})
}

func TestALongAgendaKeepsEveryItemAndIsNoWorseThanByReference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := agenda(t, 60, 8)
		order := panel.Order(items)
		if !slices.Equal(slices.Sorted(slices.Values(order)), refsOf(items)) {
			t.Fatalf("%v is not the agenda", order)
		}
		if got := panel.Steps(arranged(items, order)); got > panel.Steps(items) {
			t.Fatalf("%d steps, by reference %d", got, panel.Steps(items))
		}
		shuffled := slices.Clone(items)
		slices.Reverse(shuffled)
		if !slices.Equal(order, panel.Order(shuffled)) {
			t.Fatal("the order of what is asked changes the answer")
		}
	})
}

func TestItemsForWhichNobodyLeavesComeFirst(t *testing.T) {
	t.Parallel()
	items := []panel.Barred{{"AF26-0001", []ident.Person{"a"}}, {"AF26-0002", nil}, {"AF26-0003", []ident.Person{"b"}}, {"AF26-0004", []ident.Person{"a", "b"}}, {"AF26-0005", nil}, {"AF26-0006", []ident.Person{"a"}}}
	got := panel.Order(items)
	if want := []ident.Ref{"AF26-0002", "AF26-0005", "AF26-0001", "AF26-0006", "AF26-0004", "AF26-0003"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if got := panel.Steps(arranged(items, got)); got != 3 {
		t.Errorf("%d steps", got)
	}
}

func title(kind string) string { return kind }

func TestAQuorumNeedsEachKindAndOneWhoLeads(t *testing.T) {
	t.Parallel()
	quorum := map[string]int{"clinical": 2, "ppv": 1}
	clinical, ppv, chair := panel.Here{Person: "a", Kind: "clinical"}, panel.Here{Person: "b", Kind: "ppv"}, panel.Here{Person: "c", Leads: true}
	for name, c := range map[string]struct {
		here []panel.Here
		want []string
	}{
		"nobody":     {nil, []string{"2 clinical members", "1 ppv member", "the chair, or the deputy who acts for the chair"}},
		"one kind":   {[]panel.Here{clinical, clinical, chair}, []string{"1 ppv member"}},
		"nobody led": {[]panel.Here{clinical, clinical, ppv}, []string{"the chair, or the deputy who acts for the chair"}},
		"enough":     {[]panel.Here{clinical, clinical, ppv, chair}, nil},
	} {
		if got := panel.Missing(quorum, c.here, title); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
