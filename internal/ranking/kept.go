package ranking

import (
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Kept gives the ranking that counts in a call: the frozen one, else the latest; nil if there is none. Who asks must be allowed to see it.
func Kept(tx *work.Tx, call ident.Call) (*Calibrated, error) {
	f, err := frozen(tx, call)
	if err != nil {
		return nil, err
	}
	if f != nil {
		return byID(tx, f.RankingID)
	}
	return latest(tx, call)
}
