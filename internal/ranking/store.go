package ranking

import (
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// byID reads a ranking out.
func byID(tx *work.Tx, id ident.Ranking) (*Calibrated, error) {
	r, err := work.One[Ranking](tx.DB().Where("id = ?", id), "ranking")
	if err != nil {
		return nil, err
	}
	return r.read()
}

// ByID reads a ranking out.
func ByID(tx *work.Tx, id ident.Ranking) (*Calibrated, error) { return byID(tx, id) }

// latest gives the latest ranking of a call, nil if there is none.
func latest(tx *work.Tx, call ident.Call) (*Calibrated, error) {
	r, err := work.Find[Ranking](tx.DB().Where("call_id = ?", call).Order("made_at DESC, id DESC").Limit(1), "ranking")
	if err != nil || r == nil {
		return nil, err
	}
	return r.read()
}

// frozen gives the freeze of a call that stands, nil if there is none.
func frozen(tx *work.Tx, call ident.Call) (*Freeze, error) {
	return work.Find[Freeze](tx.DB().Where("call_id = ? AND ended_at IS NULL", call).Order("number DESC").Limit(1), "frozen ranking")
}

// freezes gives every freeze of a call, the first first.
func freezes(tx *work.Tx, call ident.Call) ([]Freeze, error) {
	return work.Many[Freeze](tx.DB().Where("call_id = ?", call).Order("number"), "freezes of the ranking")
}
