package decision

import (
	"context"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/work"
)

// Waiting is a proposal that waits for its approval or its release, as the list shows it.
type Waiting struct {
	Proposal  *allocation.Proposal
	Counts    map[allocation.Outcome]int
	Approvals int                   // that were given
	Deviation *allocation.Deviation // how it departs from the method; nil: it does not
	May       bool                  // the reader may approve it, as the next step
	MaySettle bool                  // or approve how it departs, as the senior officer
}

// Desk gives the proposals that wait for approval or release in the calls of the approver, and those released of which something is held.
func (s *Service) Desk(ctx context.Context) ([]Waiting, error) {
	var out []Waiting
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		out = nil
		proposals, err := onDesk(tx)
		if err != nil {
			return err
		}
		for _, p := range proposals {
			if may, err := tx.May(access.ViewProposal, p); err != nil || !may {
				if err != nil {
					return err
				}
				continue
			}
			w, err := waitingProposal(tx, p)
			if err != nil {
				return err
			}
			out = append(out, w)
			tx.Saw("proposal", string(p.ID))
		}
		return nil
	})
	return out, err
}

// onDesk are the proposals that wait for somebody.
func onDesk(tx *work.Tx) ([]*allocation.Proposal, error) {
	proposals, err := allocation.Waiting(tx, allocation.Made, allocation.Approved)
	if err != nil {
		return nil, err //nolint:wrapcheck // allocation has said what it was doing
	}
	held, err := holding(tx)
	if err != nil {
		return nil, err
	}
	for _, id := range held {
		p, err := allocation.ProposalByID(tx, id)
		if err != nil {
			return nil, err //nolint:wrapcheck // allocation has said what it was doing
		}
		if p.State == allocation.Released {
			proposals = append(proposals, p)
		}
	}
	return proposals, nil
}

func waitingProposal(tx *work.Tx, p *allocation.Proposal) (Waiting, error) {
	w := Waiting{Proposal: p, Counts: map[allocation.Outcome]int{}}
	lines, err := allocation.Lines(tx, p.ID)
	if err != nil {
		return w, err
	}
	for _, l := range lines {
		if l.DroppedAt == nil {
			w.Counts[l.Outcome]++
		}
	}
	given, err := approvalsOf(tx, p.ID)
	if err != nil {
		return w, err
	}
	w.Approvals = len(given)
	if w.Deviation, err = allocation.DeviationOf(tx, p.ID); err != nil {
		return w, err
	}
	if w.MaySettle, err = maySettle(tx, p, w.Deviation); err != nil {
		return w, err
	}
	w.May, err = MayApprove(tx, p)
	return w, err
}

// MayApprove reports whether the one who looks may give the approval that a proposal waits for next, once they have confirmed that it is they.
func MayApprove(tx *work.Tx, p *allocation.Proposal) (bool, error) {
	if p.State != allocation.Made {
		return false, nil
	}
	given, err := approvalsOf(tx, p.ID)
	if err != nil {
		return false, err
	}
	if len(given) > 0 {
		return tx.MayConfirmed(access.ApproveProposalSecond, p) //nolint:wrapcheck // says what it was doing
	}
	return tx.MayConfirmed(access.ApproveProposal, p) //nolint:wrapcheck // says what it was doing
}
