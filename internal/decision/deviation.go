package decision

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// accept keeps that an approver accepts how a proposal departs from the method, where it does.
func accept(tx *work.Tx, p *allocation.Proposal, accepts bool) error {
	d, err := allocation.DeviationOf(tx, p.ID)
	if err != nil || d == nil {
		return err
	}
	if d.ApprovedAt == nil {
		return fault.New(fault.Conflict, "The proposal departs from the published method. The senior officer approves that first")
	}
	if !accepts {
		return fault.Fields(fault.Problems{"accept": "Say that you accept the departure from the published method, or return the proposal"})
	}
	return allocation.AcceptDeviation(tx, p, d)
}

// settled asks whether a proposal keeps to the method of its call, or its departure was accepted and approved.
func settled(tx *work.Tx, p *allocation.Proposal) func() (bool, error) {
	return func() (bool, error) {
		d, err := allocation.DeviationOf(tx, p.ID)
		return d == nil || d.Settled(), err //nolint:wrapcheck // says what it was doing
	}
}

// ApproveDeviation keeps the senior officer's approval of a proposal's departure from the method.
func (s *Service) ApproveDeviation(ctx context.Context, id ident.Proposal) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		p, err := allocation.ProposalByID(tx, id)
		if err != nil {
			return err
		}
		d, err := allocation.DeviationOf(tx, id)
		if err != nil {
			return err
		}
		if d == nil || p.State != allocation.Made {
			return fault.New(fault.Conflict, "No departure from the method waits for approval in this proposal")
		}
		return allocation.ApproveDeviation(tx, p, d)
	})
}

// settling are those who accepted and approved a departure from the method.
func settling(d *allocation.Deviation) []ident.Person {
	var ids []ident.Person
	if d == nil {
		return nil
	}
	for _, id := range []*ident.Person{d.AcceptedBy, d.ApprovedBy} {
		if id != nil {
			ids = append(ids, *id)
		}
	}
	return ids
}

// maySettle reports whether the one who looks may approve the departure of a proposal from the method now.
func maySettle(tx *work.Tx, p *allocation.Proposal, d *allocation.Deviation) (bool, error) {
	if d == nil || d.ApprovedAt != nil || p.State != allocation.Made {
		return false, nil
	}
	return tx.May(access.ApproveDeviation, p) //nolint:wrapcheck // says what it was doing
}
