package decision

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// LiftHold lets the decision on an application go that an approver held, with a reason. Before the release it is told with the others; after
// it the proposal waits for another release, whose time the fund manager sets.
func (s *Service) LiftHold(ctx context.Context, id ident.Proposal, ref ident.Ref, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" || len([]rune(reason)) > mostReason {
		return fault.Fields(fault.Problems{"lift-reason": "Enter the reason why you lift the hold"})
	}
	err := s.gate.Serial(ctx, func(tx *work.Tx) error { return liftHold(tx, id, ref, reason) })
	if fault.Is(err, fault.Forbidden) {
		return s.refused(ctx, id, err)
	}
	return err
}

func liftHold(tx *work.Tx, id ident.Proposal, ref ident.Ref, reason string) error {
	p, err := allocation.ProposalByID(tx, id)
	if err != nil {
		return err
	}
	if err := mayDecide(tx, access.LiftHold, p); err != nil {
		return err
	}
	n, err := heldLine(tx, p, ref)
	if err != nil {
		return err
	}
	if err := endHold(tx, n, reason); err != nil {
		return err
	}
	if p.State == allocation.Released {
		if err := again(tx, p); err != nil {
			return err
		}
	}
	e := allocation.Event(p, string(access.LiftHold), map[string]any{"reason_digest": audit.Digest([]byte(reason))})
	e.Application = n.ApplicationID
	e.Guards = append(e.Guards, audit.Row{Table: "approval_lines", Key: n.ID})
	tx.Record(e)
	return nil
}

// heldLine is the hold on an application of a proposal whose decision was made.
func heldLine(tx *work.Tx, p *allocation.Proposal, ref ident.Ref) (NamedLine, error) {
	if p.State != allocation.Approved && p.State != allocation.Released {
		return NamedLine{}, fault.New(fault.Conflict, "The proposal is not approved")
	}
	a, err := application.ByRef(tx, ref)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return NamedLine{}, err //nolint:wrapcheck // application has said what it was doing
	}
	named, err := namedIn(tx, p.ID)
	if err != nil {
		return NamedLine{}, err
	}
	at := slices.IndexFunc(named, func(n NamedLine) bool {
		return a != nil && n.ApplicationID == a.ID && n.Held() && a.State != workflow.Withdrawn
	})
	if at < 0 {
		return NamedLine{}, fault.New(fault.Conflict, "The decision on this application is not held")
	}
	return named[at], nil
}

// again lets a released proposal wait for another release, where none came after it.
func again(tx *work.Tx, p *allocation.Proposal) error {
	latest, err := allocation.Latest(tx, p.Call())
	if err != nil {
		return err
	}
	if latest == nil || latest.ID != p.ID {
		return fault.New(fault.Conflict, "A later proposal of this call is under way. Lift the hold when that is released or returned")
	}
	return allocation.SetState(tx, p, allocation.Approved)
}
