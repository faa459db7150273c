package retention

import (
	"cmp"
	"context"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/people"
	"adoptionfund/internal/work"
)

// HeldKind is what a legal hold is on.
type HeldKind string

// What can be held.
const (
	HeldApplication HeldKind = "application"
	HeldPerson      HeldKind = "person"
	HeldCall        HeldKind = "call"
	HeldRound       HeldKind = "round"
)

// HeldKinds are all of them with their labels.
func HeldKinds() []struct {
	Kind  HeldKind
	Label string
} {
	return []struct {
		Kind  HeldKind
		Label string
	}{{HeldApplication, "An application"}, {HeldPerson, "A person"}, {HeldCall, "A call"}, {HeldRound, "A round"}}
}

// Hold is a legal hold: what it is on is not removed until it is lifted.
type Hold struct {
	ID         string
	Kind       HeldKind
	Subject    string
	Label      string // the reference, or the person's address
	Reason     string
	SetBy      *ident.Person // nil: the operator
	SetAt      time.Time
	LiftReason string
	LiftedBy   *ident.Person
	LiftedAt   *time.Time
}

// TableName is the table of holds.
func (Hold) TableName() string { return "legal_holds" }

// Placing is a hold as somebody asks for it.
type Placing struct {
	Kind    HeldKind
	Subject string // a reference, or an e-mail address
	Reason  string
}

// longestReason is how long a reason may be, in characters.
const longestReason = 4000

func checkReason(text, field string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return "", fault.Fields(fault.Problems{field: "Give a reason"})
	case len([]rune(text)) > longestReason:
		return "", fault.Fields(fault.Problems{field: "The reason must be 4,000 characters or less"})
	}
	return text, nil
}

// Place puts a hold on an application, a person, a call or a round.
func (s *Service) Place(ctx context.Context, in Placing) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.HoldData, access.Scope{}); err != nil {
			return err
		}
		subject, label, err := named(tx, in)
		if err != nil {
			return err
		}
		reason, err := checkReason(in.Reason, "reason")
		if err != nil {
			return err
		}
		standing, err := holds(tx)
		if err != nil {
			return err
		}
		if standing.on(in.Kind, subject) {
			return fault.Fields(fault.Problems{"subject": label + " is on hold already"})
		}
		h := Hold{ID: ident.New[string](), Kind: in.Kind, Subject: subject, Label: label, Reason: reason, SetAt: tx.Now, SetBy: by(tx)}
		tx.Record(h.event("retention.hold", reason))
		return work.Add(tx, &h)
	})
}

// by is who acts; nil for the operator.
func by(tx *work.Tx) *ident.Person {
	if tx.By.ID == "" {
		return nil
	}
	return &tx.By.ID
}

// event is an event about a hold. The digest stands for the reason, which may name somebody.
func (h Hold) event(verb, reason string) audit.Event {
	return audit.Event{Verb: verb, Kind: string(h.Kind), Subject: h.Subject, Facts: map[string]any{"hold": h.ID, "reason": audit.Digest([]byte(reason))}}
}

// named finds what a hold is asked for on.
func named(tx *work.Tx, in Placing) (id, label string, err error) {
	typed := strings.TrimSpace(in.Subject)
	upper := strings.ToUpper(typed)
	switch in.Kind {
	case HeldApplication:
		var a *application.Application
		if a, err = application.ByRef(tx, ident.Ref(upper)); err == nil {
			return string(a.ID), string(a.Ref), nil
		}
	case HeldPerson:
		var p *people.Person
		if p, err = people.ByEmail(tx, strings.ToLower(typed)); err == nil {
			return string(p.ID), p.Email, nil
		}
	case HeldCall:
		var c *fund.Call
		if c, err = fund.CallByRef(tx, ident.CallRef(upper)); err == nil {
			return string(c.ID), string(c.Ref), nil
		}
	case HeldRound:
		var r *fund.Round
		if r, err = fund.RoundByRef(tx, ident.RoundRef(upper)); err == nil {
			return string(r.ID), string(r.Ref), nil
		}
	default:
		return "", "", fault.Fields(fault.Problems{"kind": "Select what the hold is on"})
	}
	if fault.Is(err, fault.NotFound) {
		err = fault.Fields(fault.Problems{"subject": "There is no " + string(in.Kind) + " “" + cmp.Or(typed, "–") + "”: enter its reference, or a person’s email address"})
	}
	return "", "", err
}

// Lift ends a hold.
func (s *Service) Lift(ctx context.Context, id, reason string) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		if err := tx.Require(access.HoldData, access.Scope{}); err != nil {
			return err
		}
		h, err := holdByID(tx, id)
		if err != nil {
			return err
		}
		if h.LiftedAt != nil {
			return fault.New(fault.Conflict, "The hold was lifted already")
		}
		if reason, err = checkReason(reason, "reason"); err != nil {
			return err
		}
		tx.Record(h.event("retention.lift_hold", reason))
		return liftHold(tx, h, reason)
	})
}

// held are the holds that stand.
type held []Hold

// on reports whether something itself is held.
func (h held) on(kind HeldKind, subject string) bool {
	for _, hold := range h {
		if hold.Kind == kind && hold.Subject == subject {
			return true
		}
	}
	return false
}

// anything reports whether a hold stands on more than a person: a mail does not say what it is about, and then none is removed.
func (h held) anything() bool {
	for _, hold := range h {
		if hold.Kind != HeldPerson {
			return true
		}
	}
	return false
}

// people are the persons on hold.
func (h held) people() []string {
	ids := []string{nobody} // PostgreSQL takes no empty list
	for _, hold := range h {
		if hold.Kind == HeldPerson {
			ids = append(ids, hold.Subject)
		}
	}
	return ids
}

// covers reports whether an application is held: itself, its call, its round, or somebody who has a part in it.
func (h held) covers(c candidate, parts map[string]bool) bool {
	return h.on(HeldApplication, c.Subject) || h.on(HeldCall, c.Call) || h.on(HeldRound, c.Round) || parts[c.Subject]
}
