package fund

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/work"
)

// ScopeName is how people call a part of the fund: "the whole fund", or the reference of a round or call.
func (s *Service) ScopeName(ctx context.Context, in access.Scope) (string, error) {
	if in.Level() == access.FundLevel {
		return "the whole fund", nil
	}
	name := ""
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if in.Call != "" {
			c, err := CallByID(tx, in.Call)
			if err == nil {
				name = string(c.Ref)
			}
			return err
		}
		r, err := RoundByID(tx, in.Round)
		if err == nil {
			name = string(r.Ref)
		}
		return err
	})
	return name, err
}
