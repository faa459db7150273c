package retention

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// ListState is where a list of removal stands.
type ListState string

// The states.
const (
	Made     ListState = "made"
	Approved ListState = "approved"
	Refused  ListState = "refused"
	Done     ListState = "done"
)

// List is what is to be removed: frozen with its digest when it was made, carried out once somebody else has approved it.
type List struct {
	ID        string
	Number    int
	State     ListState
	Content   string // JSON of Content
	Digest    string // SHA-256 of the content
	Salt      string // of the pseudonyms; empty when the list has been carried out
	MadeBy    ident.Person
	MadeAt    time.Time
	Reason    string // why it was refused
	SettledBy *ident.Person
	SettledAt *time.Time
	DoneAt    *time.Time
	Version   int
}

// TableName is the table of lists.
func (List) TableName() string { return "removal_lists" }

// Facts is what a permission may look at: deeds are counted by the list.
func (l *List) Facts() access.Facts {
	return access.Facts{Subjects: []access.Subject{access.ForRemoval(l.ID)}}
}

// Content is what a list says. It holds no names: it stays.
type Content struct {
	Items   []Item   `json:"items"`
	Effects []Effect `json:"effects"`
	More    int      `json:"more"` // how many more are due, for another list
	OnHold  int      `json:"on_hold"`
}

// Item is one thing that a list names.
type Item struct {
	Number  int       `json:"number"`
	Kind    Kind      `json:"kind"`
	Subject string    `json:"subject"`
	Label   string    `json:"label"`
	Began   time.Time `json:"began"`
	Due     time.Time `json:"due"`
	Print   string    `json:"print"`
}

// Result is what became of an item.
type Result struct {
	ListID  string
	Number  int
	Kind    Kind
	Subject string
	Result  string // empty, removed or skipped
	Why     string
	At      *time.Time
}

// TableName is the table of results.
func (Result) TableName() string { return "removal_items" }

const (
	removed = "removed"
	skipped = "skipped"
)

// mostItems is how many things one list names: more than somebody can look through helps nobody.
const mostItems = 2000

// read gives what the list says, if that is what was frozen.
func (l *List) read() (Content, error) {
	var c Content
	if audit.Digest([]byte(l.Content)) != l.Digest {
		return c, fmt.Errorf("list %d is not what was frozen", l.Number)
	}
	if err := json.Unmarshal([]byte(l.Content), &c); err != nil {
		return c, fmt.Errorf("reading list %d: %w", l.Number, err)
	}
	return c, nil
}

// event is an event about a list, with the digest of its row.
func (l *List) event(verb string, more map[string]any) audit.Event {
	facts := map[string]any{"list": l.ID, "digest": l.Digest, "number": l.Number}
	for name, value := range more {
		facts[name] = value
	}
	return audit.Event{Verb: verb, Kind: "removal", Subject: l.ID, Facts: facts, Guards: []audit.Row{{Table: "removal_lists", Key: l.ID}}}
}

// Make freezes a list of what is past its period now and not on hold. There is one at a time.
func (s *Service) Make(ctx context.Context) (*List, error) {
	var l *List
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		l = &List{ID: ident.New[string](), State: Made, MadeBy: tx.By.ID, MadeAt: tx.Now, Version: 1}
		if err := tx.Require(access.ProposeRemoval, l); err != nil {
			return err
		}
		open, last, err := openList(tx)
		if err != nil {
			return err
		}
		if open != nil {
			return fault.New(fault.Conflict, "List %d is not finished yet: one list is made at a time", open.Number)
		}
		c, err := s.content(tx)
		if err != nil {
			return err
		}
		if len(c.Items) == 0 {
			return fault.New(fault.Conflict, "Nothing is past its period that is not on hold")
		}
		l.Number = last + 1
		if err := l.freeze(c); err != nil {
			return err
		}
		tx.Record(l.event(string(access.ProposeRemoval), map[string]any{"items": len(c.Items)}))
		return addList(tx, l, c.Items)
	})
	return l, err
}

func (s *Service) search(tx *work.Tx) (search, error) {
	standing, err := holds(tx)
	return search{tx: tx, periods: s.periods, held: standing}, err
}

// content is what a list made now says.
func (s *Service) content(tx *work.Tx) (Content, error) {
	var c Content
	find, err := s.search(tx)
	if err != nil {
		return c, err
	}
	found, err := find.all()
	if err != nil {
		return c, err
	}
	byKind := map[Kind][]string{}
	for _, x := range found {
		switch {
		case x.Held:
			c.OnHold++
		case len(c.Items) == mostItems:
			c.More++
		default:
			c.Items = append(c.Items, Item{len(c.Items) + 1, x.Kind, x.Subject, x.Label, x.Began.UTC(), x.Due, x.Print})
			byKind[x.Kind] = append(byKind[x.Kind], x.Subject)
		}
	}
	for _, k := range []Kind{NotSubmitted, Unsuccessful, Award} {
		some, err := effects(tx, k, byKind[k])
		if err != nil {
			return c, err
		}
		c.Effects = append(c.Effects, some...)
	}
	return c, nil
}

func (l *List) freeze(c Content) error {
	text, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("writing list %d: %w", l.Number, err)
	}
	salt := make([]byte, 32)
	_, _ = rand.Read(salt) // never fails
	l.Content, l.Digest, l.Salt = string(text), audit.Digest(text), hex.EncodeToString(salt)
	return nil
}

// Approve lets a list be carried out. Whoever made it does not approve it.
func (s *Service) Approve(ctx context.Context, id string) error {
	return s.settle(ctx, id, func(tx *work.Tx, l *List) error {
		if _, err := l.read(); err != nil {
			return err
		}
		l.State = Approved
		tx.Record(l.event(audit.RemovalApproved, nil))
		return tx.Enqueue(string(access.RemoveData), string(access.RemoveData)+":"+l.ID, l.ID, tx.Now)
	})
}

// Refuse ends a list with nothing removed, and says why.
func (s *Service) Refuse(ctx context.Context, id, reason string) error {
	return s.settle(ctx, id, func(tx *work.Tx, l *List) error {
		why, err := checkReason(reason, "reason")
		if err != nil {
			return err
		}
		l.State, l.Reason, l.Salt = Refused, why, ""
		tx.Record(l.event("retention.refuse", map[string]any{"reason": audit.Digest([]byte(why))}))
		return nil
	})
}

func (s *Service) settle(ctx context.Context, id string, how func(*work.Tx, *List) error) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		l, err := listByID(tx, id)
		if err != nil {
			return err
		}
		if err := tx.Require(access.ApproveRemoval, l); err != nil {
			return err
		}
		if l.State != Made {
			return fault.New(fault.Conflict, "This list was settled already")
		}
		l.SettledBy, l.SettledAt = &tx.By.ID, &tx.Now
		if err := how(tx, l); err != nil {
			return err
		}
		return work.Save(tx, l, &l.Version)
	})
}
