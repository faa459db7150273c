package award

import (
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// PastOf reads the award of an application with a fixed number of queries, or nil if there is none. Who asks must be allowed to see it.
func (s *Service) PastOf(tx *work.Tx, ref ident.Ref) (*Page, error) {
	a, err := ByRef(tx, ref)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // none is an answer
	}
	if err != nil {
		return nil, err
	}
	p, err := s.page(tx, a)
	return &p, err
}
