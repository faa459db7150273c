package decision_test

import (
	"fmt"
	"slices"
	"testing"

	"gorm.io/gorm"

	"adoptionfund/internal/access"
	"adoptionfund/internal/decision"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/ident"
)

// doubtful gives every application a product of which one question was waived, one of technical security too, and one needs an action; it says who
// assessed them.
func (b *board) doubtful() ident.Person {
	b.t.Helper()
	who := b.Person("assessor", "dtac_assessor", access.Scope{Round: b.Round().ID}).ID
	for _, a := range b.apps {
		b.no(b.positions().Assess(b.As("assessor"), b.product(a), "dtac-v2", []status.Assessment{
			{Question: "C1.1.1", Result: status.DecidedWaived, Reason: "It has no clinical use."},
			{Question: "C1.2.1", Result: status.DecidedActionNeeded, Reason: "It is a draft.", Action: status.Action{What: "Approve the plan", Owner: "Supplier", Due: "2027-01-31"}},
			{Question: "C3.1", Result: status.DecidedWaived, Reason: "The secret gateway has it."},
			{Question: "C3.3", Result: status.DecidedActionNeeded, Reason: "It is old.", Action: status.Action{What: "Patch the secret gateway", Owner: "Supplier", Due: "2027-02-28"}},
		}))
	}
	return who
}

// page reads the page of a proposal as an approver does, and how many statements that sends.
func (b *board) page(id ident.Proposal) (page *decision.Page, statements int) {
	b.t.Helper()
	count := func(*gorm.DB) { statements++ }
	b.no(b.DB.Read.Callback().Query().After("gorm:query").Register("test:count", count))
	b.no(b.DB.Read.Callback().Row().After("gorm:row").Register("test:count", count))
	page, err := b.decisions.Page(b.As("approver1"), id)
	b.no(err)
	return page, statements
}

// TestAnApproverSeesWhatOfDTACIsOpenAndWhatWasWaived also where no position was recorded yet, with who waived it and why; what was said about technical
// security stays with the supplier and the assessors. As many statements are sent for three applications as for one.
func TestAnApproverSeesWhatOfDTACIsOpenAndWhatWasWaived(t *testing.T) {
	t.Parallel()
	sent := map[int]int{}
	for _, n := range []int{1, 3} {
		b := newBoard(t, n)
		who := b.doubtful()
		if n > 1 {
			b.behind("DELETE FROM positions WHERE product_id = (SELECT product_id FROM application_products WHERE application_id = ?)", b.apps[1].ID)
		}
		id := b.proposed()
		page, statements := b.page(id)
		sent[n] = statements
		open := []string{"C1.2.1: Approve the plan (Supplier, by 31 January 2027)", "C3.3: the agreed action on technical security, which the supplier knows (Supplier, by 28 February 2027)"}
		for _, a := range b.apps {
			d := page.DTAC[a.ID]
			var waived []string
			for _, w := range d.Waived {
				waived = append(waived, fmt.Sprintf("%s: %s", w.Question, w.Reason))
				if w.By != who || page.People[w.By] == "" || w.At.IsZero() {
					t.Errorf("%s of %s was waived by %q at %s", w.Question, a.Ref, page.People[w.By], w.At)
				}
			}
			if want := []string{"C1.1.1: It has no clinical use.", "C3.1: "}; !slices.Equal(waived, want) || !slices.Equal(d.Open, open) {
				t.Errorf("of %s, which %s, is open %q and waived %q", a.Ref, d.Stands, d.Open, waived)
			}
		}
	}
	if sent[1] != sent[3] || sent[1] == 0 {
		t.Errorf("%d statements are sent for one application, %d for three", sent[1], sent[3])
	}
}
