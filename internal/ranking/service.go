package ranking

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/calibration"
	"adoptionfund/internal/computation"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/review"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Service is the use cases of rankings.
type Service struct {
	gate     *work.Gate
	reviews  *review.Service
	proposed Proposed
	software string
}

// Proposed reports whether a proposal of a call stands. The room that comes after this one knows.
type Proposed func(tx *work.Tx, call *fund.Call) (bool, error)

// NewService makes the service. software is the version of the program, kept with each ranking.
func NewService(gate *work.Gate, reviews *review.Service, proposed Proposed, software string) *Service {
	return &Service{gate, reviews, proposed, software}
}

// Standing gives how the ranking of a call stands: the frozen one, else the latest that was computed, and whether scores changed since. Who
// asks must be allowed to see it.
func (s *Service) Standing(tx *work.Tx, c *fund.Call) (Standing, error) {
	scored, err := review.InCall(tx, c)
	if err != nil {
		return Standing{Call: c}, fmt.Errorf("reading what is ranked: %w", err)
	}
	return s.StandingOf(tx, scored)
}

// StandingOf is Standing where the applications and scores of the call were read already.
func (s *Service) StandingOf(tx *work.Tx, scored review.CallScores) (Standing, error) {
	c := scored.Call
	st := Standing{Call: c}
	p, err := s.problem(scored)
	if err != nil {
		return st, err
	}
	if st.Now, st.Digest, err = seeded(p); err != nil {
		return st, err
	}
	if st.Frozen, err = frozen(tx, c.ID); err != nil {
		return st, err
	}
	if st.Frozen != nil {
		st.Kept, err = byID(tx, st.Frozen.RankingID)
	} else {
		st.Kept, err = latest(tx, c.ID)
	}
	return st, err
}

// Freezes gives every freeze of a call, the first first.
func Freezes(tx *work.Tx, c *fund.Call) ([]Freeze, error) { return freezes(tx, c.ID) }

// Ask asks for the ranking of a call to be computed in the background.
func (s *Service) Ask(ctx context.Context, ref ident.CallRef) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.RunCalibration)
		if err != nil {
			return err
		}
		if frozen, err := frozen(tx, c.ID); err != nil || frozen != nil {
			return cmp.Or(err, fault.New(fault.Conflict, "The ranking is frozen. Unfreeze it first"))
		}
		scored, err := review.InCall(tx, c)
		if err != nil {
			return fmt.Errorf("reading what is ranked: %w", err)
		}
		if p, err := s.problem(scored); err != nil || len(p.Scores) == 0 {
			return cmp.Or(err, fault.New(fault.Conflict, "No application of this call has a score yet"))
		}
		_, err = computation.Ask(tx, c, access.RunCalibration, computation.Computation{Kind: computation.Ranking, Name: "The ranking"})
		return err
	})
}

// Compute does what was asked for: the job's work.
func (s *Service) Compute(ctx context.Context, id ident.Computation) error {
	ctx = access.With(ctx, access.System(access.RunCalibration))
	return computation.Run(ctx, s.gate, id, func(ctx context.Context, c *computation.Computation, step computation.Step) (string, error) {
		row, err := s.compute(ctx, c.CallID, c.AskedBy, step)
		if err != nil {
			return "", err
		}
		return string(row.ID), nil
	})
}

// Run computes the ranking of a call and waits for it: for commands and the demonstration.
func (s *Service) Run(ctx context.Context, ref ident.CallRef) error {
	var call *fund.Call
	var by ident.Person
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		var err error
		call, err = fund.PermittedCall(tx, ref, access.RunCalibration)
		by = tx.By.ID
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.compute(ctx, call.ID, by, func(int, string) {})
	return err
}

// compute reads the scores, calibrates them outside any transaction, and keeps what came out.
func (s *Service) compute(ctx context.Context, call ident.Call, by ident.Person, step computation.Step) (*Ranking, error) {
	var st Standing
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByID(tx, call)
		if err != nil {
			return err
		}
		st, err = s.Standing(tx, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(st.Now.Scores) == 0 {
		return nil, fault.New(fault.Conflict, "No application of this call has a score yet")
	}
	p := st.Now
	p.Told = func(done, of int) { step(100*done/of, fmt.Sprintf("%d of %d parts are calibrated", done, of)) }
	r, err := calibration.Fit(p)
	if err != nil {
		return nil, fmt.Errorf("calibrating: %w", err)
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("calibrating: %w", ctx.Err())
	}
	row, err := s.row(st, r)
	if err != nil {
		return nil, err
	}
	row.MadeBy = by
	return row, s.gate.Serial(ctx, func(tx *work.Tx) error { return keep(tx, st.Call, row) })
}

// row is a ranking as it is kept.
func (s *Service) row(st Standing, r calibration.Result) (*Ranking, error) {
	r.Overall = nil // 8,000 draws of each application are made again when they are needed
	problem, err := json.Marshal(st.Now)
	if err != nil {
		return nil, fmt.Errorf("keeping the scores: %w", err)
	}
	result, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("keeping the ranking: %w", err)
	}
	return &Ranking{
		ID: ident.New[ident.Ranking](), CallID: st.Call.ID, Digest: st.Digest, Seed: strconv.FormatUint(st.Now.Seed, 10), Draws: st.Now.Draws, Software: s.software,
		Problem: string(problem), Result: string(result),
	}, nil
}

// keep keeps a ranking.
func keep(tx *work.Tx, c *fund.Call, row *Ranking) error {
	if err := tx.Require(access.RunCalibration, c); err != nil {
		return err
	}
	row.MadeAt = tx.Now
	if err := work.Add(tx, row); err != nil {
		return err
	}
	tx.Record(audit.Event{
		Verb: string(access.RunCalibration), Kind: "ranking", Subject: string(row.ID), Round: c.RoundID, Call: c.ID,
		Facts: map[string]any{"digest": row.Digest, "seed": row.Seed, "software": row.Software}, Guards: []audit.Row{{Table: "rankings", Key: string(row.ID)}},
	})
	return nil
}

// Freeze fixes the latest ranking of a call: from now on its scenarios rest on it. It must be of the scores as they stand, compare all
// applications with one another, and every assessment must be closed.
func (s *Service) Freeze(ctx context.Context, ref ident.CallRef, id ident.Ranking) error {
	return s.gate.Serial(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.FreezeRanking)
		if err != nil {
			return err
		}
		st, err := s.Standing(tx, c)
		if err != nil {
			return err
		}
		if err := s.freezable(tx, st, id); err != nil {
			return err
		}
		all, err := freezes(tx, c.ID)
		if err != nil {
			return err
		}
		f := &Freeze{ID: ident.New[string](), CallID: c.ID, RankingID: id, Number: len(all) + 1, FrozenBy: tx.By.ID, FrozenAt: tx.Now, Version: 1}
		if err := work.Add(tx, f); err != nil {
			return err
		}
		tx.Record(f.event(c, map[string]any{"ranking": id, "digest": st.Kept.Digest, "seed": st.Kept.Seed}))
		return nil
	})
}

func (s *Service) freezable(tx *work.Tx, st Standing, id ident.Ranking) error {
	switch {
	case st.Frozen != nil:
		return fault.New(fault.Conflict, "The ranking is frozen already")
	case st.Kept == nil:
		return fault.New(fault.Conflict, "Compute the ranking before you freeze it")
	case st.Kept.ID != id:
		return fault.New(fault.Conflict, "The ranking was computed again meanwhile. Look at it before you freeze it")
	case st.Stale():
		return fault.New(fault.Conflict, "Scores changed after the ranking was computed. Compute it again before you freeze it")
	}
	under, err := Open(tx, st.Call)
	if err != nil {
		return err
	}
	if under > 0 {
		return fault.New(fault.Conflict, "%d applications are still in assessment or moderation. Close them before you freeze the ranking", under)
	}
	if sets := len(st.Kept.Found.Sets); sets > 1 {
		return fault.New(fault.Conflict, "The applications fall into %d sets that have no reviewer in common and cannot be compared. Ask for a further review that joins them before you freeze the ranking", sets)
	}
	return nil
}

// Open counts the applications of a call whose assessment is not closed.
func Open(tx *work.Tx, c *fund.Call) (int64, error) {
	n, err := application.CountIn(tx, c.ID, workflow.Assessment, workflow.Moderation)
	if err != nil {
		return 0, fmt.Errorf("counting what is under assessment: %w", err)
	}
	return n, nil
}

// Unfreeze ends a freeze, with a reason, while nothing is proposed.
func (s *Service) Unfreeze(ctx context.Context, ref ident.CallRef, why string) error {
	why = strings.TrimSpace(why)
	if why == "" {
		return fault.Fields(fault.Problems{"why": "Enter the reason why you unfreeze the ranking"})
	}
	return s.gate.Serial(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.FreezeRanking)
		if err != nil {
			return err
		}
		f, err := frozen(tx, c.ID)
		if err != nil || f == nil {
			return cmp.Or(err, fault.New(fault.Conflict, "The ranking is not frozen"))
		}
		if stands, err := s.proposed(tx, c); err != nil || stands {
			return cmp.Or(err, fault.New(fault.Conflict, "A proposal rests on this ranking. It can be unfrozen once the proposal is returned"))
		}
		f.EndedBy, f.EndedAt, f.EndedWhy = &tx.By.ID, &tx.Now, why
		tx.Record(f.event(c, map[string]any{"ended": true, "why": why}))
		return work.Save(tx, f, &f.Version)
	})
}

func (f *Freeze) event(c *fund.Call, facts map[string]any) audit.Event {
	return audit.Event{
		Verb: string(access.FreezeRanking), Kind: "ranking", Subject: f.ID, Round: c.RoundID, Call: c.ID, Facts: facts, Guards: []audit.Row{{Table: "ranking_freezes", Key: f.ID}},
	}
}
