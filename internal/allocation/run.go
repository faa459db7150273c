package allocation

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/computation"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/work"
)

// Trial is a scenario that is asked for. A nil Ask is the method that the call published.
type Trial struct {
	Name string `json:"name"`
	Note string `json:"note,omitempty"`
	Ask  *Ask   `json:"ask,omitempty"`
}

// named gives a trial its name.
func (t Trial) named() Trial {
	t.Name, t.Note = strings.TrimSpace(t.Name), strings.TrimSpace(t.Note)
	if t.Name == "" && t.Ask == nil {
		t.Name = "By the published method"
	}
	return t
}

func (t Trial) check() error {
	p := fault.Problems{}
	if n := len([]rune(t.Name)); n == 0 || n > 200 {
		p["name"] = "Enter a name of up to 200 characters"
	}
	if len([]rune(t.Note)) > 4000 {
		p["note"] = "Enter a note of up to 4,000 characters"
	}
	if t.Ask != nil {
		if f, ok := fault.Of(t.Ask.Check()); ok {
			for field, words := range f.Fields {
				p[field] = words
			}
		}
	}
	return fault.Fields(p) //nolint:wrapcheck // a fault for the person
}

// Try asks for a scenario to be computed in the background. What it lacks is said at once.
func (s *Service) Try(ctx context.Context, ref ident.CallRef, t Trial) error {
	t = t.named()
	if err := t.check(); err != nil {
		return err
	}
	asked, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("keeping what is asked: %w", err)
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		b, err := s.permitted(tx, ref, t)
		if err != nil {
			return err
		}
		_, err = computation.Ask(tx, b.Call, access.RunAllocation, computation.Computation{Kind: computation.Scenario, Name: t.Name, Asked: string(asked)})
		return err
	})
}

// Compute does what was asked for: the job's work.
func (s *Service) Compute(ctx context.Context, id ident.Computation) error {
	ctx = access.With(ctx, access.System(access.RunAllocation))
	return computation.Run(ctx, s.gate, id, func(ctx context.Context, c *computation.Computation, step computation.Step) (string, error) {
		var t Trial
		if err := json.Unmarshal([]byte(c.Asked), &t); err != nil {
			return "", fmt.Errorf("reading what was asked: %w", err)
		}
		var ref ident.CallRef
		err := s.gate.Read(ctx, func(tx *work.Tx) error {
			call, err := fund.CallByID(tx, c.CallID)
			if err == nil {
				ref = call.Ref
			}
			return err
		})
		if err != nil {
			return "", err
		}
		made, err := s.run(ctx, ref, t, run{by: c.AskedBy, step: step})
		return string(made), err
	})
}

// Run computes a scenario by the method that the call published and waits for it: for commands and the demonstration.
func (s *Service) Run(ctx context.Context, ref ident.CallRef, name string) (ident.Scenario, error) {
	return s.RunTrial(ctx, ref, Trial{Name: name})
}

// RunTrial computes a scenario and waits for it.
func (s *Service) RunTrial(ctx context.Context, ref ident.CallRef, t Trial) (ident.Scenario, error) {
	by, _ := access.From(ctx)
	t = t.named()
	if err := t.check(); err != nil {
		return "", err
	}
	return s.run(ctx, ref, t, run{by: by.ID, step: func(int, string) {}})
}

// run is who asked for a scenario, and who is told how far it is.
type run struct {
	by   ident.Person
	step computation.Step
}

// run computes a scenario outside any transaction, so that nobody waits for it, and keeps it if what it rests on is still so.
func (s *Service) run(ctx context.Context, ref ident.CallRef, t Trial, r run) (ident.Scenario, error) {
	var b basis
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		b, err = s.permitted(tx, ref, t)
		return err
	})
	if err != nil {
		return "", err
	}
	row, details, err := s.solved(ctx, b, t, r.step)
	if err != nil {
		return "", err
	}
	row.MadeBy = r.by
	err = s.gate.Serial(ctx, func(tx *work.Tx) error {
		b, err := s.permitted(tx, ref, t)
		if err != nil {
			return err
		}
		if print, err := b.fingerprint(); err != nil || print != row.Fingerprint {
			return cmp.Or(err, fault.New(fault.Conflict, "Scores, requests or awards changed while the scenario was computed. Compute it again"))
		}
		return keepScenario(tx, b.Call, row, details)
	})
	return row.ID, err
}

// permitted is what a scenario rests on, for somebody who may compute one.
func (s *Service) permitted(tx *work.Tx, ref ident.CallRef, t Trial) (basis, error) {
	c, err := fund.PermittedCall(tx, ref, access.RunAllocation)
	if err != nil {
		return basis{}, err
	}
	b, err := s.read(tx, c)
	if err != nil {
		return b, err
	}
	ask := Published(c, b.budget)
	if t.Ask != nil {
		ask = *t.Ask
	}
	if err := b.refused(ask); err != nil {
		return b, err
	}
	return b.with(ask)
}

func keepScenario(tx *work.Tx, c *fund.Call, row *Scenario, d *Details) error {
	last, err := lastNumber(tx, c.ID)
	if err != nil {
		return err
	}
	row.MadeAt, d.Number = tx.Now, last+1
	if err := work.Add(tx, row); err != nil {
		return err
	}
	if err := work.Add(tx, d); err != nil {
		return err
	}
	tx.Record(audit.Event{
		Verb: string(access.RunAllocation), Kind: "scenario", Subject: string(row.ID), Round: c.RoundID, Call: c.ID, Facts: map[string]any{"fingerprint": row.Fingerprint},
		Guards: []audit.Row{{Table: "scenarios", Key: string(row.ID)}, {Table: "scenario_details", Key: string(row.ID)}},
	})
	return nil
}

// solved computes a scenario, and what its result hangs on.
func (s *Service) solved(ctx context.Context, b basis, t Trial, step computation.Step) (*Scenario, *Details, error) {
	step(5, "The allocation is computed")
	result, err := s.solver.Solve(ctx, b.problem, longest)
	if err != nil {
		return nil, nil, fmt.Errorf("solving the allocation: %w", err)
	}
	b.decided.reasons(b.ranked, result.Reasons)
	step(40, "How far it hangs on chance and on each limit is computed")
	hangs, err := s.sensitivity(ctx, b, result, step)
	if err != nil {
		return nil, nil, err
	}
	var texts [4]string
	for i, v := range []any{b.problem, result, b.ask, hangs} {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, nil, fmt.Errorf("keeping a scenario: %w", err)
		}
		texts[i] = string(text)
	}
	print, err := b.fingerprint()
	row := &Scenario{
		ID: ident.New[ident.Scenario](), CallID: b.Call.ID, Name: t.Name, PublishedMethod: len(b.ask.Departs(Published(b.Call, b.budget))) == 0,
		Problem: texts[0], Result: texts[1], Fingerprint: print,
	}
	d := &Details{ID: row.ID, Note: t.Note, Asked: texts[2], Sensitivity: texts[3]}
	if b.ask.Ranking == fund.RankCalibrated {
		d.RankingID = &b.standing.Kept.ID
	}
	return row, d, err
}
