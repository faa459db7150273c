package allocation

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/product"
	"adoptionfund/internal/review"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Service is the use cases of allocation.
type Service struct {
	gate    *work.Gate
	reviews *review.Service
	open    OpenReviews
}

// OpenReviews counts the reviews of decisions in a call that wait to be settled. The room that comes after this one knows them.
type OpenReviews func(tx *work.Tx, call ident.Call) (int64, error)

// NewService makes the service.
func NewService(gate *work.Gate, reviews *review.Service, open OpenReviews) *Service {
	return &Service{gate, reviews, open}
}

// Ranked is an application with what it is ranked by.
type Ranked struct {
	Application *application.Application
	Total       rubric.Result
	DTACStatus  string
	Place       int
}

// basis is everything that a scenario rests on.
type basis struct {
	call    *fund.Call
	round   *fund.Round
	ranked  []Ranked
	problem solve.Problem
}

// fingerprint is the digest of the scores, requests and limits that a scenario rests on.
func (b basis) fingerprint() (string, error) {
	text, err := json.Marshal(b.problem)
	if err != nil {
		return "", fmt.Errorf("digesting the problem: %w", err)
	}
	return audit.Digest(text), nil
}

// read collects what a scenario rests on: the applications of the call that are assessed, ranked by their scores.
func (s *Service) read(tx *work.Tx, c *fund.Call) (basis, error) {
	b := basis{call: c}
	var err error
	if b.round, err = fund.RoundByID(tx, c.RoundID); err != nil {
		return b, err
	}
	apps, err := application.InCall(tx, c, workflow.Assessed, workflow.ProposedFund, workflow.ProposedReserve, workflow.ProposedNotFund, workflow.Successful, workflow.Reserve, workflow.Unsuccessful)
	if err != nil {
		return b, err
	}
	totals, err := s.reviews.Totals(tx, c)
	if err != nil {
		return b, err
	}
	statuses, err := product.Statuses(tx, c.ID)
	if err != nil {
		return b, err
	}
	b.problem = problemOf(c, b.round)
	for _, a := range apps {
		b.ranked = append(b.ranked, Ranked{Application: a, Total: totals[a.ID].Result, DTACStatus: statuses[a.ID]})
		b.problem.Applications = append(b.problem.Applications, solve.Application{
			ID: string(a.Ref), Score: totals[a.ID].Total.Float(), Requested: a.Requested, Minimum: a.Minimum,
			Theme: a.Theme, Region: a.Region, Organisation: string(a.Lead), Must: mustOf(c, totals[a.ID].Result),
		})
	}
	b.place()
	return b, nil
}

// mustOf keeps an application out whose score of a part is below the least that the call asks of it.
func mustOf(c *fund.Call, total rubric.Result) string {
	for part, least := range c.Settings.Method.MinParts {
		if t, ok := total.Part(rubric.Code(part)); ok && t.Counts && t.Mean < least {
			return solve.MustReject
		}
	}
	return ""
}

// problemOf is the problem that the call's method sets, without applications.
func problemOf(c *fund.Call, r *fund.Round) solve.Problem {
	m := c.Settings.Method
	p := solve.Problem{Strategy: m.Strategy, Budget: c.Settings.Budget, Partial: m.Partial}
	if p.Budget == 0 {
		p.Budget = r.Budget
	}
	if m.MinScore > 0 {
		p.MinScore = &m.MinScore
	}
	if m.MaxCount > 0 {
		p.MaxCount = &m.MaxCount
	}
	for _, l := range m.Limits {
		limit := solve.Limit{By: l.By, Value: l.Value, MaxCount: l.MaxCount}
		if l.MaxPounds != nil {
			most := money.Pounds(*l.MaxPounds)
			limit.MaxAmount = &most
		}
		p.Limits = append(p.Limits, limit)
	}
	return p
}

// place orders the applications as solve ranks them.
func (b *basis) place() {
	places := map[string]int{}
	for i, a := range b.problem.Ranked() {
		places[a.ID] = i + 1
	}
	for i := range b.ranked {
		b.ranked[i].Place = places[string(b.ranked[i].Application.Ref)]
	}
	slices.SortFunc(b.ranked, func(x, y Ranked) int { return x.Place - y.Place })
}

// Run computes a scenario by the method that the call published.
func (s *Service) Run(ctx context.Context, ref ident.CallRef, name string) (ident.Scenario, error) {
	var id ident.Scenario
	err := s.gate.Serial(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.RunAllocation)
		if err != nil {
			return err
		}
		b, err := s.read(tx, c)
		if err != nil {
			return err
		}
		if len(b.ranked) == 0 {
			return fault.New(fault.Conflict, "No application of this call is assessed yet")
		}
		row, err := solved(b, name)
		if err != nil {
			return err
		}
		row.MadeBy, row.MadeAt, id = tx.By.ID, tx.Now, row.ID
		if err := work.Add(tx, row); err != nil {
			return err
		}
		tx.Record(audit.Event{
			Verb: string(access.RunAllocation), Kind: "scenario", Subject: string(row.ID), Round: c.RoundID, Call: c.ID,
			Facts: map[string]any{"fingerprint": row.Fingerprint}, Guards: []audit.Row{{Table: "scenarios", Key: string(row.ID)}},
		})
		return nil
	})
	return id, err
}

func solved(b basis, name string) (*Scenario, error) {
	result, err := solve.Solve(b.problem)
	if err != nil {
		return nil, fmt.Errorf("solving the allocation: %w", err)
	}
	problem, err := json.Marshal(b.problem)
	if err != nil {
		return nil, fmt.Errorf("keeping the problem: %w", err)
	}
	text, err := json.Marshal(result)
	if err != nil {
		return nil, fmt.Errorf("keeping the result: %w", err)
	}
	print, err := b.fingerprint()
	if name == "" {
		name = "By the published method"
	}
	return &Scenario{
		ID: ident.New[ident.Scenario](), CallID: b.call.ID, Name: name, PublishedMethod: true, Problem: string(problem), Result: string(text), Fingerprint: print,
	}, err
}

// Propose puts a scenario forward: it must still be what the scores give. Each assessed application gets its line.
func (s *Service) Propose(ctx context.Context, ref ident.CallRef, id ident.Scenario, note string) (ident.Proposal, error) {
	var proposal ident.Proposal
	err := s.gate.Serial(ctx, func(tx *work.Tx) error {
		c, err := fund.CallByRef(tx, ref)
		if err != nil {
			return err
		}
		sc, err := scenarioByID(tx, id)
		if err != nil {
			return err
		}
		if sc.CallID != c.ID {
			return work.NotFound("scenario")
		}
		b, err := s.read(tx, c)
		if err != nil {
			return err
		}
		now, err := b.fingerprint()
		if err != nil {
			return err
		}
		if now != sc.Fingerprint {
			return fault.New(fault.Conflict, "Scores or requests changed after this scenario was computed. Compute it again")
		}
		proposal, err = s.propose(tx, b, sc, note)
		return err
	})
	return proposal, err
}

func (s *Service) propose(tx *work.Tx, b basis, sc *Scenario, note string) (ident.Proposal, error) {
	last, err := Latest(tx, b.call)
	if err != nil {
		return "", err
	}
	p := &Proposal{ID: ident.New[ident.Proposal](), CallID: b.call.ID, ScenarioID: sc.ID, Number: 1, State: Made, Note: note, MadeBy: tx.By.ID, MadeAt: tx.Now, Version: 1, call: b.call}
	if last != nil {
		if last.State == Made || last.State == Approved {
			return "", fault.New(fault.Conflict, "A proposal of this call waits for its decision already")
		}
		p.Number = last.Number + 1
	}
	if err := tx.Require(access.MakeProposal, p); err != nil {
		return "", err
	}
	_, result, err := sc.Solved()
	if err != nil {
		return "", err
	}
	lines := linesOf(b, p, result)
	p.Total = result.Spent
	if err := work.Add(tx, p); err != nil {
		return "", err
	}
	if err := addLines(tx, lines); err != nil {
		return "", err
	}
	if err := s.moveAll(tx, b, lines); err != nil {
		return "", err
	}
	tx.Record(event(p, string(access.MakeProposal), map[string]any{"total": p.Total, "lines": len(lines), "fingerprint": sc.Fingerprint}))
	return p.ID, nil
}

func event(p *Proposal, verb string, facts map[string]any) audit.Event {
	return audit.Event{
		Verb: verb, Kind: "proposal", Subject: string(p.ID), Round: p.call.RoundID, Call: p.CallID, Facts: facts,
		Guards: []audit.Row{{Table: "proposals", Key: string(p.ID)}},
	}
}

// Event is something that happened to a proposal, for the rooms that decide on it.
func Event(p *Proposal, verb string, facts map[string]any) audit.Event { return event(p, verb, facts) }

// linesOf turns a result into lines: those funded, then the reserve list of the call's length down the ranking, then the rest.
func linesOf(b basis, p *Proposal, r solve.Result) []Line {
	amounts := map[string]money.Pence{}
	for _, f := range r.Funded {
		amounts[f.ID] = f.Amount
	}
	places := b.call.Settings.Method.Reserve
	var lines []Line
	for _, ranked := range b.ranked {
		a := ranked.Application
		if a.State != workflow.Assessed {
			continue
		}
		l := Line{ProposalID: p.ID, ApplicationID: a.ID, Outcome: NotFund, Place: ranked.Place, Score: ranked.Total.Total.Float(), DTACStatus: ranked.DTACStatus, Reason: r.Reasons[string(a.Ref)]}
		amount, funded := amounts[string(a.Ref)]
		switch {
		case funded:
			l.Outcome, l.Amount = Fund, amount
		case places > 0 && eligibleForReserve(b, ranked):
			places--
			l.Outcome = Reserve
		}
		lines = append(lines, l)
	}
	return lines
}

func eligibleForReserve(b basis, r Ranked) bool {
	return r.Total.Total.Float() >= b.call.Settings.Method.MinScore && mustOf(b.call, r.Total) == ""
}

func (s *Service) moveAll(tx *work.Tx, b basis, lines []Line) error {
	byID := map[ident.Application]*application.Application{}
	for _, r := range b.ranked {
		byID[r.Application.ID] = r.Application
	}
	open, err := application.CountIn(tx, b.call.ID, workflow.Clarification, workflow.Screening, workflow.IneligibleProposed)
	if err != nil {
		return err
	}
	asked, err := s.open(tx, b.call.ID)
	if err != nil {
		return err
	}
	open += asked
	events := map[Outcome]workflow.Event{Fund: workflow.ProposeFund, Reserve: workflow.ProposeReserve, NotFund: workflow.ProposeNotFund}
	for _, l := range lines {
		err := application.Move(tx, byID[l.ApplicationID], events[l.Outcome], work.Guards{workflow.NothingOpenInCall: work.Holds(open == 0)}, map[string]any{"amount": l.Amount, "place": l.Place})
		if err != nil {
			return err
		}
	}
	return nil
}

// Desk is the allocation page of a call: the ranking as it stands, the scenarios and the latest proposal.
type Desk struct {
	Call      fund.Call
	Round     fund.Round
	Budget    money.Pence
	Ranked    []Ranked
	Scenarios []Scenario
	Proposal  *Proposal
	Lines     []Line
	MayRun    bool
	MayMake   bool

	// Masked are applications from which the one who looks is barred, with what they ask for and get together, so that totals stay whole.
	Masked          int
	MaskedRequested money.Pence
	hidden          map[string]bool // their references
}

// Hidden reports whether an application is one of those that are masked.
func (d *Desk) Hidden(ref string) bool { return d.hidden[ref] }

// mask leaves out what the one who looks may not see.
func (d *Desk) mask(ranked []Ranked, who ident.Person) {
	d.hidden = map[string]bool{}
	for _, r := range ranked {
		if r.Application.Bars(who) {
			d.Masked++
			d.MaskedRequested += r.Application.Requested
			d.hidden[string(r.Application.Ref)] = true
			continue
		}
		d.Ranked = append(d.Ranked, r)
	}
}

// Desk gives the allocation page of a call. Applications from which the person is recused are one masked line; totals stay whole.
func (s *Service) Desk(ctx context.Context, ref ident.CallRef) (Desk, error) {
	var d Desk
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		c, err := fund.PermittedCall(tx, ref, access.ViewAllocation)
		if err != nil {
			return err
		}
		b, err := s.read(tx, c)
		if err != nil {
			return err
		}
		d.Call, d.Round, d.Budget = *c, *b.round, b.problem.Budget
		d.mask(b.ranked, tx.By.ID)
		if err := d.chosen(tx, c); err != nil {
			return err
		}
		tx.Saw("allocation", string(c.Ref))
		if d.MayRun, err = tx.May(access.RunAllocation, c); err != nil {
			return err
		}
		d.MayMake, err = tx.May(access.MakeProposal, c)
		return err
	})
	return d, err
}

// chosen adds the scenarios of a call, and the proposal that was made of one.
func (d *Desk) chosen(tx *work.Tx, c *fund.Call) error {
	var err error
	if d.Scenarios, err = scenariosOf(tx, c.ID); err != nil {
		return err
	}
	if d.Proposal, err = Latest(tx, c); err != nil || d.Proposal == nil {
		return err
	}
	d.Lines, err = Lines(tx, d.Proposal.ID)
	return err
}
