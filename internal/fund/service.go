package fund

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Service is the use cases of rounds and calls.
type Service struct {
	gate  *work.Gate
	files fs.FS // the forms, rubrics and rules that calls pin
}

// NewService makes the service. files holds forms/, rubrics/ and rules/.
func NewService(gate *work.Gate, files fs.FS) *Service { return &Service{gate, files} }

// Create makes a round and its calls from a file. A file says everything, so that the approval of the openings counts as asked for.
func (s *Service) Create(ctx context.Context, f File) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		r, err := CreateRound(tx, f, nil)
		if err != nil {
			return err
		}
		for _, cf := range f.Calls {
			c, err := cf.call(r, author(tx), tx.Now)
			if err != nil {
				return err
			}
			c.AskedAt, c.AskedBy = &tx.Now, c.Author
			if err := s.createCall(tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// CreateRound makes a round without calls; from is the round that it is copied from, or nil.
func CreateRound(tx *work.Tx, f File, from *ident.Round) (*Round, error) {
	r := &Round{
		ID: ident.New[ident.Round](), Ref: ident.RoundRef(f.Round), Title: f.Title, Budget: money.Pounds(f.Budget),
		SeniorOfficer: strings.ToLower(f.SeniorOfficer), Notice: f.Notice, CreatedBy: author(tx), CreatedAt: tx.Now, Version: 1, CopiedFrom: from,
	}
	if err := tx.Require(access.CreateRound, r); err != nil {
		return nil, err
	}
	if err := work.Add(tx, r); err != nil {
		if fault.Is(err, fault.Conflict) {
			return nil, fault.New(fault.Conflict, "There is a round %s already", r.Ref)
		}
		return nil, err
	}
	facts := map[string]any{"ref": r.Ref}
	if from != nil {
		facts["copied_from"] = *from
	}
	tx.Record(audit.Event{Verb: string(access.CreateRound), Kind: "round", Subject: string(r.ID), Round: r.ID, Facts: facts})
	return r, nil
}

// author is who writes a call: a person's id, or the operator's name.
func author(tx *work.Tx) string {
	if tx.By.ID != "" {
		return string(tx.By.ID)
	}
	return tx.By.Name
}

func (s *Service) createCall(tx *work.Tx, c *Call) error {
	move, err := work.Step(tx, workflow.Calls(), "", workflow.CreateCall, c, nil)
	if err != nil {
		return err
	}
	if err := s.pin(&c.Settings); err != nil {
		return err
	}
	c.State = move.To
	tx.Record(event(c, move.Effects.Record, map[string]any{"ref": c.Ref}))
	return work.Add(tx, c)
}

// pin notes the digests of the files that the settings name; a file that is not there is refused.
func (s *Service) pin(set *Settings) error {
	set.Forms.Digests = map[string]string{}
	paths := []string{"forms/" + set.Forms.Application, "rubrics/" + set.Forms.Rubric, "rules/" + set.Forms.Rules}
	for _, d := range set.Forms.DTAC {
		paths = append(paths, "forms/"+d)
	}
	for _, p := range paths {
		data, err := fs.ReadFile(s.files, p+".yaml")
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "There is no file %s.yaml", p)
		}
		set.Forms.Digests[p] = audit.Digest(data)
	}
	return nil
}

// Publication is what is frozen and shown to everybody when the opening of a call is approved.
type Publication struct {
	Ref       ident.CallRef `json:"ref"`
	Title     string        `json:"title"`
	Theme     string        `json:"theme"`
	Opens     string        `json:"opens"`
	Closes    string        `json:"closes"`
	Settings  Settings      `json:"settings"`
	PoolPence money.Pence   `json:"pool_pence"`
}

// ApproveOpening freezes and publishes the call's settings. It needs the senior officer, who is not the author.
func (s *Service) ApproveOpening(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := CallByRef(tx, ref)
		if err != nil {
			return err
		}
		r, err := RoundByID(tx, c.RoundID)
		if err != nil {
			return err
		}
		if c.Author == string(tx.By.ID) && tx.By.ID != "" {
			return fault.New(fault.Forbidden, "To approve the opening of a call, you must not be its author")
		}
		guards := work.Guards{workflow.SettingsComplete: Holds(c.AskedAt != nil && len(c.File().Problems()) == 0 && (c.Settings.Budget > 0 || r.Budget > 0))}
		if err := s.freeze(c, r); err != nil {
			return err
		}
		return Move(tx, c, workflow.ApproveOpening, guards)
	})
}

// Holds is a guard whose answer is known.
func Holds(yes bool) func() (bool, error) { return work.Holds(yes) }

func (s *Service) freeze(c *Call, r *Round) error {
	if err := s.pin(&c.Settings); err != nil {
		return err
	}
	text, err := json.Marshal(Publication{
		Ref: c.Ref, Title: c.Title, Theme: c.Theme, Opens: c.OpensAt.Format(time.RFC3339), Closes: c.ClosesAt.Format(time.RFC3339),
		Settings: c.Settings, PoolPence: r.Budget,
	})
	if err != nil {
		return fmt.Errorf("publishing call %s: %w", c.Ref, err)
	}
	c.Published, c.PublishedDigest = string(text), audit.Digest(text)
	return nil
}

// Open opens a call whose time has come: the clock's move.
func (s *Service) Open(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := CallByRef(tx, ref)
		if err != nil {
			return err
		}
		return Move(tx, c, workflow.OpenCall, work.Guards{workflow.OpeningTimeCome: Holds(!tx.Now.Before(c.OpensAt))})
	})
}

// OpenDue opens every approved call whose time has come; it gives the references of those it opened.
func (s *Service) OpenDue(ctx context.Context) ([]ident.CallRef, error) {
	due, err := s.due(ctx, workflow.CallApproved, func(c Call, now time.Time) bool { return !now.Before(c.OpensAt) })
	if err != nil {
		return nil, err
	}
	ctx = access.With(ctx, access.System(access.OpenCall))
	for i, ref := range due {
		if err := s.Open(ctx, ref); err != nil && !fault.Is(err, fault.Conflict) {
			return due[:i], fmt.Errorf("opening %s: %w", ref, err)
		}
	}
	return due, nil
}

func (s *Service) due(ctx context.Context, state workflow.CallState, is func(Call, time.Time) bool) ([]ident.CallRef, error) {
	var refs []ident.CallRef
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		calls, err := CallsIn(tx, state)
		for _, c := range calls {
			if is(c, tx.Now) {
				refs = append(refs, c.Ref)
			}
		}
		return err
	})
	return refs, err
}

// RoundWithCalls is a round as lists show it.
type RoundWithCalls struct {
	Round
	Calls []Call
}

// State of a round is the least advanced of its calls; one without calls is a draft.
func (r RoundWithCalls) State() workflow.CallState {
	states := workflow.Calls().States()
	least := len(states)
	for _, c := range r.Calls {
		for i, info := range states {
			if info.State == c.State {
				least = min(least, i)
			}
		}
	}
	if least == len(states) {
		return workflow.CallDraft
	}
	return states[least].State
}

// List gives all rounds with their calls, newest first.
func (s *Service) List(ctx context.Context) ([]RoundWithCalls, error) {
	var out []RoundWithCalls
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		out, err = AllRounds(tx)
		return err
	})
	return out, err
}

// AllRounds gives all rounds with their calls, newest first, with two queries.
func AllRounds(tx *work.Tx) ([]RoundWithCalls, error) {
	rounds, err := Rounds(tx)
	if err != nil {
		return nil, err
	}
	calls, err := Calls(tx)
	if err != nil {
		return nil, err
	}
	out := make([]RoundWithCalls, len(rounds))
	for i, r := range rounds {
		out[i].Round = r
		for _, c := range calls {
			if c.RoundID == r.ID {
				out[i].Calls = append(out[i].Calls, c)
			}
		}
	}
	return out, nil
}

// Show gives one call with its round and its changes, as everybody may see them once its opening is approved.
func (s *Service) Show(ctx context.Context, ref ident.CallRef) (Call, Round, []Change, error) { //nolint:revive // what belongs together and is read at one moment
	var c *Call
	var r *Round
	var changes []Change
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		if c, err = CallByRef(tx, ref); err != nil {
			return err
		}
		if c.Published == "" {
			if err := tx.Require(access.ViewCall, c); err != nil {
				return work.NotFound("call")
			}
		}
		if r, err = RoundByID(tx, c.RoundID); err != nil {
			return err
		}
		changes, err = changesOf(tx, c.ID)
		return err
	})
	if err != nil {
		return Call{}, Round{}, nil, err
	}
	return *c, *r, changes, nil
}

// Openings gives the drafts of calls that are asked to be approved by the one who is signed in.
func (s *Service) Openings(ctx context.Context) ([]Call, error) {
	var out []Call
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		drafts, err := CallsIn(tx, workflow.CallDraft)
		if err != nil {
			return err
		}
		for i := range drafts {
			may, err := MayApproveOpening(tx, &drafts[i])
			if err != nil {
				return err
			}
			if may {
				out = append(out, drafts[i])
			}
		}
		return nil
	})
	return out, err
}

// MayApproveOpening reports whether the approval of a call's opening was asked for, and the one who acts may give it.
func MayApproveOpening(tx *work.Tx, c *Call) (bool, error) {
	if c.State != workflow.CallDraft || c.AskedAt == nil || c.Author == string(tx.By.ID) && tx.By.ID != "" {
		return false, nil
	}
	return tx.May(access.ApproveOpening, c)
}
