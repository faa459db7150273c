package panel

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"adoptionfund/internal/ident"
)

// Here is a member who is in the room for an item, with the kind as which they count.
type Here struct {
	Person ident.Person
	Kind   string
	Leads  bool // they may lead the item: the chair, or the deputy where the chair is recused
}

// Missing says what a meeting lacks to decide an item: of each kind the members that the call asks for, and one who leads. It is empty where
// the meeting can decide. title gives the words for a kind.
func Missing(quorum map[string]int, here []Here, title func(kind string) string) []string {
	count, leads := map[string]int{}, false
	for _, h := range here {
		count[h.Kind]++
		leads = leads || h.Leads
	}
	var missing []string
	for _, kind := range slices.Sorted(maps.Keys(quorum)) {
		if lack := quorum[kind] - count[kind]; lack > 0 {
			missing = append(missing, members(lack, title(kind)))
		}
	}
	if !leads {
		missing = append(missing, "the chair, or the deputy who acts for the chair")
	}
	return missing
}

func members(n int, kind string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s member", strings.ToLower(kind))
	}
	return fmt.Sprintf("%d %s members", n, strings.ToLower(kind))
}

// lacks is the sentence for what is missing.
func lacks(missing []string) string {
	list := missing[0]
	if n := len(missing); n > 1 {
		list = strings.Join(missing[:n-1], ", ") + " and " + missing[n-1]
	}
	return "There is no quorum for this item. Missing: " + list
}
