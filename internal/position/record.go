package position

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/notify"
	"adoptionfund/internal/people"
	"adoptionfund/internal/product"
	"adoptionfund/internal/work"
)

// RecordPosition freezes what the fund concludes of a product today: the status that follows from its return and from what assessors
// decided. It can be recorded once every asked question is decided, where the call asks for no second look.
func (s *Service) RecordPosition(ctx context.Context, id ident.Product, formID string) (product.Position, error) {
	return s.AssessAndRecord(ctx, id, formID, nil)
}

// AssessAndRecord keeps decisions and then freezes the position that follows from them, all or nothing.
func (s *Service) AssessAndRecord(ctx context.Context, id ident.Product, formID string, decided []status.Assessment) (product.Position, error) {
	var p product.Position
	err := s.conclude(ctx, id, formID, access.RecordPosition, Deciding{Decided: decided}, func(tx *work.Tx, d *Desk) error {
		if d.SecondLook() {
			return fault.New(fault.Conflict, "This call asks for a second look. Propose the position, and another assessor confirms it")
		}
		var err error
		p, err = record(tx, d, reviewer{tx.By.ID, tx.By.Name})
		return err
	})
	return p, err
}

// conclude does what ends an assessment, after the decisions that came with it.
func (s *Service) conclude(ctx context.Context, id ident.Product, formID string, act access.Action, in Deciding, end func(*work.Tx, *Desk) error) error { //nolint:revive // one place for what the ends have in common
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		first := act
		if len(in.Decided) > 0 {
			first = access.AssessReturn
		}
		d, err := s.desk(tx, id, formID, first)
		if err != nil {
			return err
		}
		if err := d.decide(tx, in); err != nil {
			return err
		}
		if err := tx.Require(act, d.Product.Reached(tx, act)); err != nil {
			return err
		}
		if err := d.evaluate(tx); err != nil {
			return err
		}
		if err := d.ready(); err != nil {
			return err
		}
		return end(tx, &d)
	})
}

// ready says why no position can be concluded yet, or nothing.
func (d *Desk) ready() error {
	switch {
	case d.Return == nil:
		return d.notSent()
	case d.Result.Status == status.NotAssessed:
		return fault.New(fault.Conflict, "Decide every question that is asked before you record the position")
	case d.Call == nil:
		return fault.New(fault.Conflict, "No application in a call of yours names this product")
	}
	return nil
}

// reviewer is by whom a position was reviewed, as its words say.
type reviewer struct {
	id   ident.Person
	name string
}

func record(tx *work.Tx, d *Desk, by reviewer) (product.Position, error) {
	text, err := json.Marshal(d.Result)
	if err != nil {
		return product.Position{}, fmt.Errorf("writing a position: %w", err)
	}
	p := product.Position{
		ID: ident.New[ident.Position](), ProductID: d.Product.ID, ReturnID: d.Return.ID, RoundID: d.Call.RoundID, CallID: d.Call.ID, Form: d.Form.ID,
		Status: d.Result.Status, Provisional: d.Result.Provisional, Result: string(text), SentDigest: d.Return.SentDigest, ReviewedOn: today(tx),
		Person: by.id, PersonName: by.name, Expires: d.Result.ExpiresOn(), RecordedAt: tx.Now,
	}
	e := product.Event(d.Product.ID, string(access.RecordPosition), map[string]any{"status": p.Status, "expires": p.Expires, "form": p.Form})
	e.Round, e.Call = p.RoundID, p.CallID
	e.Guards = []audit.Row{{Table: "positions", Key: string(p.ID)}}
	tx.Record(e)
	if err := work.Add(tx, &p); err != nil {
		return p, err
	}
	return p, product.Restand(tx, d.Product.ID)
}

// Proposal is a position that waits for a second look, or what became of it.
type Proposal struct {
	ID          ident.Position
	ProductID   ident.Product
	ReturnID    ident.Return
	CallID      ident.Call
	Status      status.Status
	Decided     string // digest of what it rests on
	Person      ident.Person
	PersonName  string
	ProposedAt  time.Time
	Outcome     string // confirmed, returned or overtaken by another; empty: it waits
	SettledName string
	SettledAt   *time.Time
	Reason      string
}

// TableName is the table of proposals.
func (Proposal) TableName() string { return "position_proposals" }

// restsOn is the digest of all that a position rests on.
func (d *Desk) restsOn() (string, error) {
	text, err := json.Marshal(struct {
		Sent   string
		Result status.Result
	}{d.Return.SentDigest, d.Result})
	if err != nil {
		return "", fmt.Errorf("writing what a position rests on: %w", err)
	}
	return audit.Digest(text), nil
}

// Propose puts the position that follows from the decisions before another assessor. One that waited already is overtaken.
func (s *Service) Propose(ctx context.Context, id ident.Product, formID string, in Deciding) error {
	return s.conclude(ctx, id, formID, access.ProposePosition, in, func(tx *work.Tx, d *Desk) error {
		decided, err := d.restsOn()
		if err != nil {
			return err
		}
		if err := settleWaiting(tx, d.Return.ID, settled{outcome: "overtaken", by: tx.By.Name, at: tx.Now}); err != nil {
			return err
		}
		p := &Proposal{
			ID: ident.New[ident.Position](), ProductID: id, ReturnID: d.Return.ID, CallID: d.Call.ID, Status: d.Result.Status, Decided: decided,
			Person: tx.By.ID, PersonName: tx.By.Name, ProposedAt: tx.Now,
		}
		tx.Record(product.Event(id, string(access.ProposePosition), map[string]any{"form": d.Form.ID, "status": p.Status}))
		if err := work.Add(tx, p); err != nil {
			return err
		}
		m := notify.Message{Kind: "dtac_second_look", Key: string(p.ID), Fields: d.fields()}
		m.Fields["by"], m.Fields["status"] = tx.By.Name, p.Status.Label()
		who, err := d.assessors(tx)
		for _, person := range who {
			if person.ID == tx.By.ID {
				continue
			}
			if err := product.TellPerson(tx, person, m); err != nil {
				return err
			}
		}
		return err
	})
}

// Confirm records a position that waits, after a second look: as it was proposed, if all that it rests on is what it was.
func (s *Service) Confirm(ctx context.Context, id ident.Product, formID string) (product.Position, error) {
	var p product.Position
	err := s.conclude(ctx, id, formID, access.ConfirmPosition, Deciding{}, func(tx *work.Tx, d *Desk) error {
		waits, err := waitingOf(tx, d.Return.ID)
		if err != nil {
			return err
		}
		decided, err := d.restsOn()
		if err != nil {
			return err
		}
		if decided != waits.Decided {
			return fault.New(fault.Conflict, "What the position rests on was changed after it was proposed. It must be proposed again")
		}
		if err := settleWaiting(tx, d.Return.ID, settled{"confirmed", tx.By.Name, "", tx.Now}); err != nil {
			return err
		}
		tx.Record(product.Event(id, string(access.ConfirmPosition), map[string]any{"form": d.Form.ID, "status": d.Result.Status, "proposed_by": waits.Person}))
		p, err = record(tx, d, reviewer{waits.Person, waits.PersonName + ", with a second look by " + tx.By.Name})
		return err
	})
	return p, err
}

// ReturnProposal sends a position that waits back to who proposed it, with a reason.
func (s *Service) ReturnProposal(ctx context.Context, id ident.Product, formID, reason string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		d, err := s.desk(tx, id, formID, access.ReturnPosition)
		if err != nil {
			return err
		}
		if err := d.notSent(); err != nil {
			return err
		}
		if reason == "" || form.Characters(reason) > 2000 {
			return fault.Fields(fault.Problems{"reason": "Enter the reason why you return it, in 2,000 characters or fewer"})
		}
		waits, err := waitingOf(tx, d.Return.ID)
		if err != nil {
			return err
		}
		tx.Record(product.Event(id, string(access.ReturnPosition), map[string]any{"form": d.Form.ID, "proposed_by": waits.Person, "reason": audit.Digest([]byte(reason))}))
		if err := settleWaiting(tx, d.Return.ID, settled{"returned", tx.By.Name, reason, tx.Now}); err != nil {
			return err
		}
		who, err := people.ByID(tx, waits.Person)
		if err != nil {
			return err
		}
		m := notify.Message{Kind: "dtac_returned", Key: string(waits.ID), Fields: d.fields()}
		m.Fields["by"], m.Fields["reason"] = tx.By.Name, reason
		return product.TellPerson(tx, *who, m)
	})
}
