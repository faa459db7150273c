package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// RegisterQuery narrows the register of awards. Zero values narrow nothing.
type RegisterQuery struct {
	Round        ident.RoundRef
	Theme        string
	Region       string
	Organisation ident.ODS // the lead
	Search       string    // part of the title, of the lead's or recipient's name, or of the reference
	After        string    // the key of the last one of the page before
}

// Registered is an award in the register.
type Registered struct {
	Ref       ident.Ref
	Title     string
	Lead      string
	ODS       ident.ODS
	Kind      string
	Region    string
	Theme     string
	Recipient string
	Amount    money.Pence
	Asked     money.Pence
	Agreed    time.Time
	StateAt   time.Time
	Call      ident.CallRef
	CallTitle string
	SpendBy   string
	Round     ident.RoundRef
	RoundName string

	application ident.Application
}

// key places an award in the register: the newest first.
func (a Registered) key() string {
	return a.Agreed.UTC().Format(time.RFC3339Nano) + " " + string(a.Ref)
}

// Register is a page of the register of awards, with the totals of all that are asked for.
type Register struct {
	Rows                                   []Registered
	Awards                                 int64
	Amount                                 money.Pence
	Next                                   string // empty: there are no more
	Rounds, Themes, Regions, Organisations []Choice
}

// Stamp says which state of the register somebody reads: what is the same has the same tag.
type Stamp struct {
	Tag      string
	Modified time.Time // when an award last came, changed or went; the zero time: never
}

// onRegister are the states of awards that the register shows: those that are agreed and count.
func onRegister() []workflow.AwardState {
	return []workflow.AwardState{workflow.Active, workflow.Suspended, workflow.Completed, workflow.AwardClosed}
}

const registerLength = 50

// Register gives a page of the awards that are agreed, for everybody.
func (s *Service) Register(ctx context.Context, q RegisterQuery) (Register, error) {
	var p Register
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		if p.Rows, err = registered(tx, q, registerLength+1); err != nil {
			return err
		}
		if len(p.Rows) > registerLength {
			p.Rows = p.Rows[:registerLength]
			p.Next = p.Rows[registerLength-1].key()
		}
		if p.Awards, p.Amount, err = registeredSum(tx, q); err != nil {
			return err
		}
		return p.choices(tx)
	})
	return p, err
}

// RegisterStamp gives the state of what a query asks for, for its files: where it asks for no award there is none.
func (s *Service) RegisterStamp(ctx context.Context, q RegisterQuery) (Stamp, error) {
	var st Stamp
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		if err := someRegistered(tx, q); err != nil {
			return err
		}
		state, last, err := registerState(tx, q)
		if err != nil {
			return err
		}
		st.Modified = last
		sum := sha256.Sum256(fmt.Appendf(nil, "2 %v %d %+v %+v", state, st.Modified.UnixMicro(), q, s.giving))
		st.Tag = hex.EncodeToString(sum[:12])
		return nil
	})
	return st, err
}

// someRegistered fails where a query asks for no award. The 360Giving standard has no package without a grant, so that there is no file
// rather than one that its readers refuse.
func someRegistered(tx *work.Tx, q RegisterQuery) error {
	n, _, err := registeredSum(tx, q)
	if err == nil && n == 0 {
		err = fault.New(fault.Empty, "No award of what is asked for is agreed yet, and the 360Giving standard has no file without a grant. The file is there from the first agreed award on.")
	}
	return err
}

// eachRegistered gives all awards that a query asks for, a batch at a time, with what their applications say.
func (s *Service) eachRegistered(tx *work.Tx, q RegisterQuery, line func(Registered, said) error) error {
	for {
		rows, err := registered(tx, q, batch)
		if err != nil {
			return err
		}
		words, err := s.said(tx, rows)
		if err != nil {
			return err
		}
		for _, a := range rows {
			if err := line(a, words[a.application]); err != nil {
				return err
			}
		}
		if len(rows) < batch {
			return nil
		}
		q.After = rows[len(rows)-1].key()
	}
}

// said is what of an application is published if it is funded.
type said struct {
	summary   string
	recipient ident.ODS
}

// said reads the plain-English summaries and the recipients' codes of the standing submissions. What its applicant marked as commercially
// sensitive is not published.
func (s *Service) said(tx *work.Tx, rows []Registered) (map[ident.Application]said, error) {
	ids := make([]ident.Application, len(rows))
	for i, a := range rows {
		ids[i] = a.application
	}
	sent, err := application.StandingOf(tx, ids...)
	if err != nil {
		return nil, err
	}
	all := make(map[ident.Application]said, len(sent))
	for id, standing := range sent {
		f, err := s.library.Form(standing.Form)
		if err != nil {
			return nil, err
		}
		words := said{recipient: f.Organisation(form.RoleRecipient, standing.Answers)}
		if v := standing.Answers[f.Role(form.RoleSummary).Code]; v.Sensitive == nil {
			words.summary = strings.TrimSpace(v.Text)
		}
		all[id] = words
	}
	return all, nil
}
