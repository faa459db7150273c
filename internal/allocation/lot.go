package allocation

import (
	"context"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Lot is what the chair entered in front of the panel for the lot of a call: once, after the ranking was frozen.
type Lot struct {
	ID        string
	CallID    ident.Call
	Entered   string
	EnteredBy ident.Person
	EnteredAt time.Time
}

// Seed is the seed of the lot: the SHA-256 of the digest of the frozen ranking, a line feed and what was entered, in hexadecimal. Neither alone
// settles it: the ranking is frozen before the value is known, and a ranking that is frozen anew for a reason has another digest while the
// value stays.
func (l *Lot) Seed(digest string) string { return audit.Digest([]byte(digest + "\n" + l.Entered)) }

// EnterLot keeps the value from which the lot of a call is drawn. The call must have announced a lot, its ranking be frozen and the value not be
// entered before.
func (s *Service) EnterLot(ctx context.Context, ref ident.CallRef, value string) error {
	value = strings.Join(strings.Fields(value), " ")
	if n := len([]rune(value)); n == 0 || n > 200 {
		return fault.Fields(fault.Problems{"lot": "Enter the value, such as the numbers that were rolled"}) //nolint:wrapcheck // a fault for the person
	}
	return s.gate.Serial(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.EnterLot)
		if err != nil {
			return err
		}
		if c.Settings.Method.Strategy != fund.StrategyMeritRandom {
			return fault.New(fault.Conflict, "This call did not announce a lot")
		}
		st, err := s.rankings.Standing(tx, c)
		if err != nil {
			return err
		}
		if st.Frozen == nil {
			return fault.New(fault.Conflict, "Freeze the ranking before the value is entered")
		}
		before, err := lotOf(tx, c.ID)
		if err != nil {
			return err
		}
		if before != nil {
			return fault.New(fault.Conflict, "The value was entered already. It is entered once")
		}
		l := &Lot{ID: ident.New[string](), CallID: c.ID, Entered: value, EnteredBy: tx.By.ID, EnteredAt: tx.Now}
		tx.Record(audit.Event{
			Verb: string(access.EnterLot), Kind: "call", Subject: string(c.ID), Round: c.RoundID, Call: c.ID,
			Facts: map[string]any{"entered": value, "ranking": st.Kept.Digest, "seed": l.Seed(st.Kept.Digest)}, Guards: []audit.Row{{Table: "lots", Key: l.ID}},
		})
		return work.Add(tx, l)
	})
}

// lotOf gives what was entered for a call, nil if nothing was.
func lotOf(tx *work.Tx, call ident.Call) (*Lot, error) {
	return work.Find[Lot](tx.DB().Where("call_id = ?", call), "lot")
}
