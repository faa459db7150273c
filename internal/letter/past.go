package letter

import (
	"adoptionfund/internal/application"
	"adoptionfund/internal/work"
)

// Past is the letters to an applicant that were released, with their corrections, for the explanation of their application.
type Past struct {
	Letters     []Letter     // the newest first
	Corrections []Correction // the newest first
}

// PastOf reads them with a fixed number of queries; there are none before the release. Who asks must be allowed to see them.
func PastOf(tx *work.Tx, a *application.Application) (Past, error) {
	var p Past
	var err error
	if p.Letters, err = lettersTo(tx, a.ID); err != nil {
		return p, err
	}
	p.Corrections, err = correctionsOf(tx, a.ID)
	return p, err
}
