package fund

import (
	"fmt"

	"adoptionfund/internal/access"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// RoundByRef reads a round.
func RoundByRef(tx *work.Tx, ref ident.RoundRef) (*Round, error) {
	return work.One[Round](tx.DB().Where("ref = ?", ref), "round")
}

// RoundByID reads a round.
func RoundByID(tx *work.Tx, id ident.Round) (*Round, error) {
	return work.One[Round](tx.DB().Where("id = ?", id), "round")
}

// CallByRef reads a call.
func CallByRef(tx *work.Tx, ref ident.CallRef) (*Call, error) {
	return work.One[Call](tx.DB().Where("ref = ?", ref), "call")
}

// PermittedCall reads a call to which the principal may do act; the fault says what that needs, or that there is none.
func PermittedCall(tx *work.Tx, ref ident.CallRef, act access.Action) (*Call, error) {
	c, err := CallByRef(tx, ref)
	if err != nil {
		return nil, err
	}
	if err := tx.Require(act, c); err != nil {
		return nil, err
	}
	return c, nil
}

// CallByID reads a call.
func CallByID(tx *work.Tx, id ident.Call) (*Call, error) {
	return work.One[Call](tx.DB().Where("id = ?", id), "call")
}

// Rounds gives all rounds, newest first.
func Rounds(tx *work.Tx) ([]Round, error) {
	return work.Many[Round](tx.DB().Order("created_at DESC, ref DESC"), "rounds")
}

// CallsOf gives the calls of a round in the order of their references.
func CallsOf(tx *work.Tx, round ident.Round) ([]Call, error) {
	return work.Many[Call](tx.DB().Where("round_id = ?", round).Order("ref"), "calls")
}

// CallsIn gives the calls in any of the states, in the order of their deadlines.
func CallsIn(tx *work.Tx, states ...workflow.CallState) ([]Call, error) {
	return work.Many[Call](tx.DB().Where("state IN ?", states).Order("closes_at, ref"), "calls")
}

// Calls gives all calls, in the order of their references.
func Calls(tx *work.Tx) ([]Call, error) {
	return work.Many[Call](tx.DB().Order("ref"), "calls")
}

// NextNumber counts the applications of a round up and gives the new number. The row of the round is locked until the commit,
// so that no two get the same.
func NextNumber(tx *work.Tx, round ident.Round) (int, error) {
	if err := tx.DB().Exec("UPDATE rounds SET last_number = last_number + 1 WHERE id = ?", round).Error; err != nil {
		return 0, fmt.Errorf("numbering an application: %w", err)
	}
	var n int
	if err := tx.DB().Raw("SELECT last_number FROM rounds WHERE id = ?", round).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("numbering an application: %w", err)
	}
	return n, nil
}

// ChangesOf gives the extensions and reopenings of a call, oldest first.
// ChangesOf gives the later deadlines that were proposed for a call, oldest first.
func ChangesOf(tx *work.Tx, call ident.Call) ([]Change, error) { return changesOf(tx, call) }

func changesOf(tx *work.Tx, call ident.Call) ([]Change, error) {
	return work.Many[Change](tx.DB().Where("call_id = ?", call).Order("proposed_at, id"), "extensions")
}

// openChange gives the proposed change of a kind that waits for its second person, or nil.
func openChange(tx *work.Tx, call ident.Call, kind string) (*Change, error) {
	return work.Find[Change](tx.DB().Where("call_id = ? AND kind = ? AND confirmed_at IS NULL AND refused_at IS NULL", call, kind).Order("proposed_at DESC"), "extension")
}

func confirmChange(tx *work.Tx, c *Change) error {
	err := tx.DB().Model(&Change{}).Where("id = ? AND confirmed_at IS NULL", c.ID).Updates(map[string]any{"confirmed_by": tx.By.ID, "confirmed_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("confirming an extension: %w", err)
	}
	return nil
}

func refuseChange(tx *work.Tx, c *Change) error {
	err := tx.DB().Model(&Change{}).Where("id = ? AND confirmed_at IS NULL", c.ID).Updates(map[string]any{"refused_by": tx.By.ID, "refused_at": tx.Now}).Error
	if err != nil {
		return fmt.Errorf("refusing an extension: %w", err)
	}
	return nil
}
