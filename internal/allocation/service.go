package allocation

import (
	"context"
	"slices"
	"strings"
	"time"

	"adoptionfund/internal/access"
	"adoptionfund/internal/allocation/solve"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/money"
	"adoptionfund/internal/ranking"
	"adoptionfund/internal/review"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Service is the use cases of allocation.
type Service struct {
	gate     *work.Gate
	reviews  *review.Service
	rankings *ranking.Service
	open     OpenReviews
	solver   *solve.Solver
}

// OpenReviews counts the reviews of decisions in a call that wait to be settled. The room that comes after this one knows them.
type OpenReviews func(tx *work.Tx, call ident.Call) (int64, error)

// longest is how long a scenario is computed at most; then the best that was found is shown with its gap.
const longest = 60 * time.Second

// NewService makes the service.
func NewService(gate *work.Gate, reviews *review.Service, rankings *ranking.Service, open OpenReviews, solver *solve.Solver) *Service {
	return &Service{gate, reviews, rankings, open, solver}
}

// Propose puts a scenario forward that the published method gave: it must still be what the scores give. Each assessed application gets its line.
func (s *Service) Propose(ctx context.Context, ref ident.CallRef, id ident.Scenario, note string) (ident.Proposal, error) {
	return s.ProposeWith(ctx, ref, id, Words{Note: note})
}

// Words are what the chair says with a proposal.
type Words struct {
	Note      string // to the approver
	Deviation string // why it departs from the published method; needed where it does
}

// ProposeWith puts a scenario forward. One that departs from the method of the call needs a reason, which the approver accepts and the senior
// officer approves.
func (s *Service) ProposeWith(ctx context.Context, ref ident.CallRef, id ident.Scenario, words Words) (ident.Proposal, error) {
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
		b, err := s.again(tx, c, sc)
		if err != nil {
			return err
		}
		now, err := b.fingerprint()
		if err != nil {
			return err
		}
		if now != sc.Fingerprint {
			return fault.New(fault.Conflict, "Scores, requests or awards changed after this scenario was computed. Compute it again")
		}
		proposal, err = s.propose(tx, b, sc, words)
		return err
	})
	return proposal, err
}

// again is what a scenario rests on as it is now.
func (s *Service) again(tx *work.Tx, c *fund.Call, sc *Scenario) (basis, error) {
	b, err := s.read(tx, c)
	if err != nil {
		return b, err
	}
	ask := Published(c, b.budget)
	if !sc.PublishedMethod { // the method's own follows its budget, as far as that is shared
		if ask, err = askOf(tx, sc, ask); err != nil {
			return b, err
		}
	}
	return b.with(ask)
}

func (s *Service) propose(tx *work.Tx, b basis, sc *Scenario, words Words) (ident.Proposal, error) {
	note, reason := strings.TrimSpace(words.Note), strings.TrimSpace(words.Deviation)
	last, err := Latest(tx, b.Call)
	if err != nil {
		return "", err
	}
	p := &Proposal{ID: ident.New[ident.Proposal](), CallID: b.Call.ID, ScenarioID: sc.ID, State: Made, Note: note, MadeBy: tx.By.ID, MadeAt: tx.Now, Version: 1, call: b.Call}
	if p.Number = next(last); last != nil && p.Number == last.Number {
		return "", fault.New(fault.Conflict, "A proposal of this call waits for its decision already")
	}
	if err := tx.Require(access.MakeProposal, p); err != nil {
		return "", err
	}
	_, result, err := sc.Solved()
	if err != nil {
		return "", err
	}
	if err := b.proposable(result); err != nil {
		return "", err
	}
	lines := linesOf(b, p, result)
	if p.Total, err = totalOf(lines); err != nil {
		return "", err
	}
	if err := work.Add(tx, p); err != nil {
		return "", err
	}
	if err := addLines(tx, lines); err != nil {
		return "", err
	}
	if err := s.moveAll(tx, b, lines); err != nil {
		return "", err
	}
	if err := seal(tx, p, lines, b.CallScores); err != nil {
		return "", err
	}
	if departs := b.ask.Departs(Published(b.Call, b.budget)); len(departs) > 0 {
		if err := deviate(tx, p, reason, departs); err != nil {
			return "", err
		}
	}
	tx.Record(event(p, string(access.MakeProposal), map[string]any{"total": p.Total, "lines": len(lines), "fingerprint": sc.Fingerprint}))
	return p.ID, nil
}

// totalOf is what the lines of a proposal come to. There must be some.
func totalOf(lines []Line) (money.Pence, error) {
	if len(lines) == 0 {
		return 0, fault.New(fault.Conflict, "Nothing would change by this scenario: it gives nothing to the reserve list, and no other application waits for a decision")
	}
	var total money.Pence
	for _, l := range lines {
		total += l.Amount
	}
	return total, nil
}

// proposable says why a result cannot be put forward.
func (b basis) proposable(r solve.Result) error {
	switch {
	case r.Status == solve.Infeasible:
		return fault.New(fault.Conflict, "This scenario funds nothing: its limits cannot all be kept")
	case b.ask.Ranking == fund.RankCalibrated && b.standing.Frozen == nil:
		return fault.New(fault.Conflict, "Freeze the ranking before you propose what rests on it")
	default:
		return nil
	}
}

func event(p *Proposal, verb string, facts map[string]any) audit.Event {
	return audit.Event{
		Verb: verb, Kind: "proposal", Subject: string(p.ID), Round: p.call.RoundID, Call: p.CallID, Facts: facts,
		Guards: []audit.Row{{Table: "proposals", Key: string(p.ID)}},
	}
}

// Event is something that happened to a proposal, for the rooms that decide on it.
func Event(p *Proposal, verb string, facts map[string]any) audit.Event { return event(p, verb, facts) }

// linesOf turns a result into lines: those funded, then the reserve list of the call's length down the ranking, then the rest. Of a reserve list that
// was released those alone have a line that are taken up; the others keep their places on it.
func linesOf(b basis, p *Proposal, r solve.Result) []Line {
	amounts := map[string]money.Pence{}
	for _, f := range r.Funded {
		amounts[f.ID] = f.Amount
	}
	places := b.Call.Settings.Method.Reserve
	listed := func(r Ranked) bool {
		return r.Application.State == workflow.Reserve && amounts[string(r.Application.Ref)] == 0
	}
	for _, ranked := range b.ranked {
		if listed(ranked) {
			places--
		}
	}
	var lines []Line
	for _, ranked := range b.ranked {
		a := ranked.Application
		if a.State != workflow.Assessed && a.State != workflow.Reserve || listed(ranked) {
			continue
		}
		l := Line{ProposalID: p.ID, ApplicationID: a.ID, Outcome: NotFund, Place: ranked.Place, Score: ranked.Score, DTACStatus: ranked.DTACStatus, Reason: r.Reasons[string(a.Ref)]}
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
	must := slices.ContainsFunc(b.problem.Applications, func(a solve.Application) bool {
		return a.ID == string(r.Application.Ref) && a.Must == solve.MustReject
	})
	return r.Score >= b.ask.MinScore && !must
}

func (s *Service) moveAll(tx *work.Tx, b basis, lines []Line) error {
	byID := map[ident.Application]*application.Application{}
	for _, r := range b.ranked {
		byID[r.Application.ID] = r.Application
	}
	open, err := application.CountIn(tx, b.Call.ID, workflow.Clarification, workflow.Screening, workflow.IneligibleProposed)
	if err != nil {
		return err
	}
	asked, err := s.open(tx, b.Call.ID)
	if err != nil {
		return err
	}
	open += asked
	events := map[Outcome]workflow.Event{Fund: workflow.ProposeFund, Reserve: workflow.ProposeReserve, NotFund: workflow.ProposeNotFund}
	for _, l := range lines {
		if byID[l.ApplicationID].State == workflow.Reserve {
			continue // its applicant knows of the place: nothing shows of more before the release
		}
		err := application.Move(tx, byID[l.ApplicationID], events[l.Outcome], work.Guards{workflow.NothingOpenInCall: work.Holds(open == 0)}, map[string]any{"amount": l.Amount, "place": l.Place})
		if err != nil {
			return err
		}
	}
	return nil
}
