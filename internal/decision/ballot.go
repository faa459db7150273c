package decision

import (
	"fmt"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// ballot is a proposal with what approvers named in it.
type ballot struct {
	proposal *allocation.Proposal
	lines    []allocation.Line
	apps     map[ident.Application]*application.Application
	named    []NamedLine
}

func readBallot(tx *work.Tx, p *allocation.Proposal) (*ballot, error) {
	b := &ballot{proposal: p, apps: map[ident.Application]*application.Application{}}
	var err error
	if b.lines, err = allocation.Lines(tx, p.ID); err != nil {
		return nil, err
	}
	apps, err := application.InCall(tx, p.Call())
	if err != nil {
		return nil, err
	}
	for _, a := range apps {
		b.apps[a.ID] = a
	}
	b.named, err = namedIn(tx, p.ID)
	return b, err
}

// way is what approvers did with an application: excepted by any, it is excepted, whoever held it.
func (b *ballot) way(id ident.Application) Way {
	var way Way
	for _, n := range b.named {
		if n.ApplicationID == id && way != Except && (n.Way == Except || n.Held()) {
			way = n.Way
		}
	}
	return way
}

// standing are the lines that still stand; decided leaves those out that approvers excepted.
func (b *ballot) standing(decided bool) []allocation.Line {
	return slices.DeleteFunc(slices.Clone(b.lines), func(l allocation.Line) bool {
		return l.DroppedAt != nil || b.apps[l.ApplicationID].State == workflow.Withdrawn || decided && b.way(l.ApplicationID) == Except
	})
}

// name keeps the applications that an approver excepts or holds.
func (b *ballot) name(tx *work.Tx, row *Approval, in Approving) error {
	if len(in.Except)+len(in.Hold) == 0 {
		return nil
	}
	if err := tx.Require(access.HoldLine, b.proposal); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	problems := fault.Problems{}
	if row.Reason == "" {
		problems["reason"] = "Enter the reason why you leave applications out or hold them"
	}
	rows := append(b.rows(row, Except, in.Except, problems), b.rows(row, Hold, in.Hold, problems)...)
	for _, ref := range in.Hold {
		if slices.Contains(in.Except, ref) {
			problems["hold"] = fmt.Sprintf("%s is left out: it cannot be held too", ref)
		}
	}
	if err := fault.Fields(problems); err != nil {
		return err //nolint:wrapcheck // a fault for the person
	}
	e := allocation.Event(b.proposal, string(access.HoldLine), map[string]any{"except": in.Except, "hold": in.Hold})
	for i := range rows {
		if err := work.Add(tx, &rows[i]); err != nil {
			return err
		}
		e.Guards = append(e.Guards, audit.Row{Table: "approval_lines", Key: rows[i].ID})
	}
	tx.Record(e)
	b.named = append(b.named, rows...)
	return nil
}

// rows are the lines that references name; what is wrong with one is a problem of its field.
func (b *ballot) rows(of *Approval, way Way, refs []ident.Ref, problems fault.Problems) []NamedLine {
	var rows []NamedLine
	standing := b.standing(false)
	for _, ref := range slices.Compact(slices.Sorted(slices.Values(refs))) {
		at := slices.IndexFunc(standing, func(l allocation.Line) bool { return b.apps[l.ApplicationID].Ref == ref })
		if at < 0 {
			problems[string(way)] = fmt.Sprintf("%s is not in this proposal", ref)
			continue
		}
		rows = append(rows, NamedLine{ID: ident.New[string](), ApprovalID: of.ID, ProposalID: of.ProposalID, ApplicationID: standing[at].ApplicationID, Way: way})
	}
	return rows
}

// drop takes out the lines of what was excepted, which is assessed again, and of what was withdrawn.
func (b *ballot) drop(tx *work.Tx) error {
	stay := b.standing(true)
	e := allocation.Event(b.proposal, "proposal.drop", map[string]any{"total_before": b.proposal.Total})
	var dropped []allocation.Line
	for _, l := range b.lines {
		if l.DroppedAt != nil || slices.ContainsFunc(stay, func(s allocation.Line) bool { return s.ApplicationID == l.ApplicationID }) {
			continue
		}
		dropped = append(dropped, l)
		e.Guards = append(e.Guards, l.Row())
		if a := b.apps[l.ApplicationID]; a.State != workflow.Withdrawn && a.State != workflow.Reserve {
			if err := application.Move(tx, a, workflow.ExceptLine, nil, nil); err != nil {
				return err
			}
		}
	}
	if len(dropped) == 0 {
		return nil
	}
	e.Facts["lines"] = len(dropped)
	tx.Record(e)
	return allocation.Drop(tx, b.proposal, dropped) //nolint:wrapcheck // says what it was doing
}
