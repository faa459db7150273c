package assignment

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assign"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/uktime"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Propose shares the eligible applications of a call out among its reviewers, exactly, and keeps the answer as a plan to be approved. What
// was changed by hand in a plan that waits is kept: who was put in stays in, who was taken out stays out, as far as that can be.
func (s *Service) Propose(ctx context.Context, ref ident.CallRef) error {
	var problem assign.Problem
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		b, err := s.proposing(tx, ref)
		if err == nil {
			problem = b.problem()
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := problem.Check(); err != nil {
		return fmt.Errorf("proposing an assignment for %s: %w", ref, err)
	}
	result := assign.Solve(problem)
	return s.gate.Serial(ctx, func(tx *work.Tx) error {
		b, err := s.proposing(tx, ref)
		if err != nil {
			return err
		}
		return keepPlan(tx, b, problem, result)
	})
}

func (s *Service) proposing(tx *work.Tx, ref ident.CallRef) (*basis, error) {
	c, err := fund.PermittedCall(tx, ref, access.ProposeAssignment)
	if err != nil {
		return nil, err
	}
	b, err := s.read(tx, c, workflow.Eligible)
	if err != nil {
		return nil, err
	}
	if len(b.apps) == 0 {
		return nil, fault.New(fault.Conflict, "No application of this call is eligible and waits for reviewers")
	}
	b.before, err = openPlan(tx, c.ID)
	b.wish(b.before)
	return b, err
}

func keepPlan(tx *work.Tx, b *basis, problem assign.Problem, result assign.Result) error {
	before, err := json.Marshal(problem)
	if err != nil {
		return fmt.Errorf("writing the problem: %w", err)
	}
	now, err := json.Marshal(b.problem())
	if err != nil {
		return fmt.Errorf("writing the problem: %w", err)
	}
	if string(before) != string(now) {
		return fault.New(fault.Conflict, "Applications or reviewers changed meanwhile. Propose again")
	}
	answer, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("writing the result: %w", err)
	}
	if err := replacePlans(tx, b.call.ID); err != nil {
		return err
	}
	p := &Plan{ID: ident.New[string](), CallID: b.call.ID, State: proposed, Problem: string(before), Result: string(answer), Pairs: b.pairs(result), ProposedBy: tx.By.ID, ProposedAt: tx.Now, Version: 1}
	if b.before != nil {
		p.Changes = b.before.Changes
	}
	record(tx, b.call, string(access.ProposeAssignment), map[string]any{"plan": p.ID, "pairs": len(p.Pairs), "status": result.Status, "digest": audit.Digest(answer)})
	return work.Add(tx, p)
}

func record(tx *work.Tx, c *fund.Call, verb string, facts map[string]any) {
	tx.Record(audit.Event{Verb: verb, Kind: "call", Subject: string(c.ID), Round: c.RoundID, Call: c.ID, Facts: facts})
}

// Edit is a change of a plan by hand: who goes out, who comes in. Either may be empty.
type Edit struct {
	Ref     ident.Ref
	Kind    string
	Out, In ident.Person
	Reason  string
	Version int // of the plan, as it was read
}

// Edit changes a plan before it is approved; the change is kept with its reason.
func (s *Service) Edit(ctx context.Context, call ident.CallRef, e Edit) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, call, access.EditAssignment)
		if err != nil {
			return err
		}
		p, err := openPlan(tx, c.ID)
		if err != nil {
			return err
		}
		if p == nil {
			return fault.New(fault.Conflict, "There is no proposed assignment to change")
		}
		if e.Version != p.Version {
			return fault.Stale(p, "Somebody else changed the assignment after you opened it")
		}
		b, err := s.read(tx, c, workflow.Eligible)
		if err != nil {
			return err
		}
		if err := b.edit(p, &e); err != nil {
			return err
		}
		p.Changes = append(p.Changes, Change{e.Ref, e.Kind, e.Out, e.In, e.Reason, tx.By.ID, tx.Now})
		record(tx, c, string(access.EditAssignment), map[string]any{"plan": p.ID, "application": e.Ref, "out": e.Out, "in": e.In})
		return work.Save(tx, p, &p.Version)
	})
}

func (b *basis) edit(p *Plan, e *Edit) error {
	problems := fault.Problems{}
	if e.Reason = strings.TrimSpace(e.Reason); e.Reason == "" || form.Characters(e.Reason) > 1000 {
		problems["reason"] = "Enter the reason for the change, in 1,000 characters or fewer"
	}
	if !slices.ContainsFunc(b.apps, func(a *application.Application) bool { return a.Ref == e.Ref }) {
		problems["application"] = "Select an application that waits for reviewers"
	}
	if e.Out == "" && e.In == "" {
		problems["in"] = "Select a reviewer"
	}
	at := slices.IndexFunc(p.Pairs, func(pair Pair) bool { return pair.Ref == e.Ref && pair.Person == e.Out && pair.Kind == e.Kind })
	if e.Out != "" && at < 0 {
		problems["out"] = "They do not review this application"
	}
	if e.In != "" {
		if words := b.unfit(p, e); words != "" {
			problems["in"] = words
		}
	}
	if err := fault.Fields(problems); err != nil {
		return err
	}
	if at >= 0 {
		p.Pairs = slices.Delete(p.Pairs, at, at+1)
	}
	if e.In != "" {
		p.Pairs = append(p.Pairs, Pair{e.Ref, e.In, e.Kind})
	}
	return nil
}

// Started is what an approval led to.
type Started struct {
	Applications int // whose assessment began
	Waiting      int // that are not fully assigned, or wait for a deputy
}

// Approve starts the assessment of every application that the plan assigns fully: the chair's decision, or the deputy's where the
// chair is recused.
func (s *Service) Approve(ctx context.Context, call ident.CallRef, version int) (Started, error) {
	var done Started
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		done = Started{}
		c, err := fund.CallByRef(tx, call)
		if err != nil {
			return err
		}
		p, err := openPlan(tx, c.ID)
		if err != nil {
			return err
		}
		if p == nil {
			return fault.New(fault.Conflict, "There is no proposed assignment to approve")
		}
		if p.Version != version {
			return fault.Stale(p, "The assignment was changed after you opened it")
		}
		done, err = s.approve(tx, c, p)
		return err
	})
	return done, err
}

func (s *Service) approve(tx *work.Tx, c *fund.Call, p *Plan) (Started, error) {
	var done Started
	b, err := s.read(tx, c, workflow.Eligible)
	if err != nil || len(b.apps) == 0 {
		return done, orConflict(err, "No application of this call waits for reviewers")
	}
	first := b.apps[0]
	for _, a := range b.apps {
		may, err := tx.May(access.ApproveAssignment, a)
		if err != nil {
			return done, err
		}
		pairs := b.planned(p, a.Ref)
		if !may || !b.full(pairs) {
			if may {
				first = a
			}
			done.Waiting++
			continue
		}
		if err := s.start(tx, c, a, pairs); err != nil {
			return done, err
		}
		done.Applications++
	}
	if done.Applications == 0 {
		return done, application.Move(tx, first, workflow.StartAssessment, work.Guards{workflow.FullyAssigned: work.Holds(false)}, nil)
	}
	p.State, p.ApprovedBy, p.ApprovedAt = approved, &tx.By.ID, &tx.Now
	record(tx, c, string(access.ApproveAssignment), map[string]any{"plan": p.ID, "started": done.Applications, "waiting": done.Waiting})
	return done, work.Save(tx, p, &p.Version)
}

func orConflict(err error, words string) error {
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "%s", words)
}

func (s *Service) start(tx *work.Tx, c *fund.Call, a *application.Application, pairs []Pair) error {
	rows := make([]Assignment, len(pairs))
	for i, p := range pairs {
		rows[i] = fresh(tx, c, a, p)
		if err := application.Relate(tx, a, p.Person, application.Assigned); err != nil {
			return err
		}
	}
	if err := addAll(tx, rows); err != nil {
		return err
	}
	return application.Move(tx, a, workflow.StartAssessment, work.Guards{workflow.FullyAssigned: work.Holds(true)}, map[string]any{"reviewers": len(pairs)})
}

func fresh(tx *work.Tx, c *fund.Call, a *application.Application, p Pair) Assignment {
	return Assignment{
		ID: ident.New[ident.Assignment](), ApplicationID: a.ID, Person: p.Person, Kind: p.Kind, State: Standing, DueAt: due(tx.Now, c.Settings.Review.Days),
		AssignedBy: tx.By.ID, AssignedAt: tx.Now, StateAt: tx.Now, Version: 1,
	}
}

// due is noon, UK time, so many days from now.
func due(now time.Time, days int) time.Time {
	y, m, d := now.In(uktime.Zone()).Date()
	return time.Date(y, m, d+days, 12, 0, 0, 0, uktime.Zone()).UTC()
}
