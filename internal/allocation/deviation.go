package allocation

import (
	"encoding/json"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Deviation is that a proposal departs from the method that its call published.
type Deviation struct {
	ID         ident.Proposal
	Reason     string
	Departs    string // JSON of what is otherwise, as sentences' parts
	AcceptedBy *ident.Person
	AcceptedAt *time.Time // by an approver, by name
	ApprovedBy *ident.Person
	ApprovedAt *time.Time // by the senior officer
	Version    int
}

// What says where the proposal departs.
func (d *Deviation) What() []string {
	var words []string
	if err := json.Unmarshal([]byte(d.Departs), &words); err != nil {
		return []string{d.Departs}
	}
	return words
}

// Settled reports whether an approver accepted the deviation and the senior officer approved it.
func (d *Deviation) Settled() bool { return d.AcceptedAt != nil && d.ApprovedAt != nil }

// deviate keeps that a proposal departs from the method.
func deviate(tx *work.Tx, p *Proposal, reason string, departs []string) error {
	if reason == "" {
		return fault.Fields(fault.Problems{"deviation": "Enter the reason why you depart from the published method"}) //nolint:wrapcheck // a fault for the person
	}
	text, err := json.Marshal(departs)
	if err != nil {
		return fmt.Errorf("keeping a deviation: %w", err)
	}
	d := &Deviation{ID: p.ID, Reason: reason, Departs: string(text), Version: 1}
	if err := work.Add(tx, d); err != nil {
		return err
	}
	tx.Record(d.event(p, string(access.MakeProposal)))
	return nil
}

func (d *Deviation) event(p *Proposal, verb string) audit.Event {
	e := event(p, verb, map[string]any{"deviation": d.What()})
	e.Guards = append(e.Guards, audit.Row{Table: "deviations", Key: string(d.ID)})
	return e
}

// DeviationOf gives how a proposal departs from the method of its call, nil if it does not.
func DeviationOf(tx *work.Tx, id ident.Proposal) (*Deviation, error) {
	return work.Find[Deviation](tx.DB().Where("id = ?", id), "deviation")
}

// AcceptDeviation keeps that an approver accepts the deviation of a proposal.
func AcceptDeviation(tx *work.Tx, p *Proposal, d *Deviation) error {
	if err := tx.Require(access.AcceptDeviation, p); err != nil {
		return err
	}
	d.AcceptedBy, d.AcceptedAt = &tx.By.ID, &tx.Now
	tx.Record(d.event(p, string(access.AcceptDeviation)))
	return work.Save(tx, d, &d.Version)
}

// ApproveDeviation keeps that the senior officer approves the deviation of a proposal.
func ApproveDeviation(tx *work.Tx, p *Proposal, d *Deviation) error {
	if err := tx.Require(access.ApproveDeviation, p); err != nil {
		return err
	}
	if d.ApprovedAt != nil {
		return fault.New(fault.Conflict, "The departure from the method is approved already")
	}
	d.ApprovedBy, d.ApprovedAt = &tx.By.ID, &tx.Now
	tx.Record(d.event(p, string(access.ApproveDeviation)))
	return work.Save(tx, d, &d.Version)
}
