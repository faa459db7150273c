package award

import (
	"adoptionfund/internal/decision"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// conditionLapse makes a DTAC position that lapsed since the decision a condition on the award: it voids nothing.
func conditionLapse(tx *work.Tx, a *Award, d *decision.Decision) error {
	text, err := decision.Lapsed(tx, d)
	if err != nil || text == "" {
		return err
	}
	c := Condition{ID: ident.New[string](), AwardID: a.ID, Text: text, Owner: "Supplier", Source: FromDTAC}
	tx.Record(Event(a, "award.condition_lapse", map[string]any{"condition": c.ID}))
	return work.Add(tx, &c)
}
