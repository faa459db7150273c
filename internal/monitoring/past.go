package monitoring

import (
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Past is an award with what followed its agreement, and what its returns are asked.
type Past struct {
	Page
	Questions []*form.Question
}

// PastOf reads the award of an application with all that followed, with a fixed number of queries; nil if there is none. Who asks must be
// allowed to see all of it.
func (s *Service) PastOf(tx *work.Tx, ref ident.Ref) (*Past, error) {
	known, err := s.awards.PastOf(tx, ref)
	if err != nil || known == nil {
		return nil, err //nolint:wrapcheck // award has said what it was doing
	}
	p := &Past{Page: Page{Page: *known}}
	if err := p.read(tx, known.Award); err != nil {
		return nil, err
	}
	_, whole, err := s.section(true)
	if err != nil {
		return nil, err
	}
	p.Questions = whole.Questions
	return p, nil
}
