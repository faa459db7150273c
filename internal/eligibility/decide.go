package eligibility

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rules"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Next is what follows once decisions are kept.
type Next string

// What can follow: nothing, finding the application eligible, or proposing that it is not.
const (
	Stay       Next = ""
	FindPassed Next = "pass"
	Propose    Next = "propose_ineligible"
)

// Decide keeps an officer's decisions on criteria, each with its reason, and then takes the next step, all or nothing. Criteria that
// are not named keep what was decided of them.
func (s *Service) Decide(ctx context.Context, ref ident.Ref, verdicts []Verdict, next Next) error {
	verdicts, err := check(verdicts)
	if err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.ByRef(tx, ref)
		if err != nil {
			return err
		}
		if len(verdicts) > 0 {
			if err := s.decide(tx, a, verdicts); err != nil {
				return err
			}
		}
		switch next {
		case FindPassed:
			return s.pass(tx, a)
		case Propose:
			return s.propose(tx, a)
		case Stay:
		}
		return nil
	})
}

// Pass finds an application eligible: all four criteria stand as passed, and no question is open.
func (s *Service) Pass(ctx context.Context, ref ident.Ref) error {
	return s.Decide(ctx, ref, nil, FindPassed)
}

// ProposeIneligible proposes that an application is ineligible, since a criterion stands as failed. Another officer confirms it.
func (s *Service) ProposeIneligible(ctx context.Context, ref ident.Ref) error {
	return s.Decide(ctx, ref, nil, Propose)
}

func (s *Service) decide(tx *work.Tx, a *application.Application, verdicts []Verdict) error {
	if err := tx.Require(access.RecordFinding, a); err != nil {
		return err
	}
	if a.State != workflow.Screening {
		return fault.New(fault.Conflict, "The application is now “%s”: eligibility is decided while it is in screening", workflow.Applications().Info(a.State).Label)
	}
	if a.SubmissionID == nil {
		return fault.New(fault.Conflict, "The application was not submitted")
	}
	looked, err := s.look(tx, []*application.Application{a})
	if err != nil {
		return err
	}
	before, err := standingOf(tx, []ident.Application{a.ID})
	if err != nil {
		return err
	}
	e := application.Event(a, string(access.RecordFinding), map[string]any{})
	var fresh []Finding
	var old []string
	for _, v := range verdicts {
		stands, same := replaced(before[a.ID], v, *a.SubmissionID, tx.By.ID)
		if same {
			continue
		}
		f := Finding{
			ID: ident.New[string](), ApplicationID: a.ID, SubmissionID: *a.SubmissionID, Criterion: v.Criterion, Decision: v.Decision, Reason: v.Reason,
			Rules: codesOf(looked[a.ID].found, v.Criterion), Person: tx.By.ID, FoundAt: tx.Now, Standing: true,
		}
		fresh, old = append(fresh, f), append(old, stands...)
		e.Facts[v.Criterion] = v.Decision
	}
	if len(fresh) == 0 {
		return nil
	}
	for _, id := range old {
		e.Guards = append(e.Guards, audit.Row{Table: "findings", Key: id})
	}
	for _, f := range fresh {
		e.Guards = append(e.Guards, audit.Row{Table: "findings", Key: f.ID})
	}
	tx.Record(e)
	if err := replace(tx, old); err != nil {
		return err
	}
	return addFindings(tx, fresh)
}

// replaced gives the decisions in whose place a verdict comes; same says that the person has decided just this already.
func replaced(stand []Finding, v Verdict, sub ident.Submission, by ident.Person) (ids []string, same bool) {
	for _, f := range stand {
		if f.Criterion != v.Criterion {
			continue
		}
		if f.SubmissionID == sub && f.Decision == v.Decision && f.Reason == v.Reason && f.Person == by {
			return nil, true
		}
		ids = append(ids, f.ID)
	}
	return ids, false
}

// codesOf are the rules that found something about a criterion.
func codesOf(found []rules.Finding, criterion string) string {
	var codes []string
	for _, f := range rules.Of(found, criterion) {
		codes = append(codes, f.Rule)
	}
	return strings.Join(codes, " ")
}

func (s *Service) pass(tx *work.Tx, a *application.Application) error {
	stand, err := standingOf(tx, []ident.Application{a.ID})
	if err != nil {
		return err
	}
	open, err := openIn(tx, []ident.Application{a.ID})
	if err != nil {
		return err
	}
	return application.Move(tx, a, workflow.Pass, work.Guards{
		workflow.AllCriteriaPass: work.Holds(a.SubmissionID != nil && passed(stand[a.ID], *a.SubmissionID)),
		workflow.NoQuestionOpen:  work.Holds(len(open[a.ID]) == 0),
	}, nil)
}

func (s *Service) propose(tx *work.Tx, a *application.Application) error {
	stand, err := standingOf(tx, []ident.Application{a.ID})
	if err != nil {
		return err
	}
	fails := a.SubmissionID != nil && failed(stand[a.ID], *a.SubmissionID)
	var criteria []string
	for _, f := range stand[a.ID] {
		if f.Decision == Fail {
			criteria = append(criteria, f.Criterion)
		}
	}
	return application.Move(tx, a, workflow.ProposeIneligible, work.Guards{workflow.CriterionFails: work.Holds(fails)}, map[string]any{"criteria": criteria})
}

// ConfirmIneligible settles that an application is ineligible, by somebody other than who proposed it. The applicant is told at once.
func (s *Service) ConfirmIneligible(ctx context.Context, ref ident.Ref) error {
	return s.move(ctx, ref, func(tx *work.Tx, a *application.Application) error {
		return application.Move(tx, a, workflow.ConfirmIneligible, nil, nil)
	})
}

// ReturnIneligible gives a proposal back to screening with a reason, by somebody other than who proposed it.
func (s *Service) ReturnIneligible(ctx context.Context, ref ident.Ref, reason string) error {
	return s.move(ctx, ref, func(tx *work.Tx, a *application.Application) error {
		if err := tx.Require(access.ReturnIneligible, a); err != nil {
			return err
		}
		if !fits(reason) {
			return fault.Fields(fault.Problems{"reason": "Enter the reason why you return it, in 4,000 characters or fewer"})
		}
		if err := application.Move(tx, a, workflow.ReturnIneligible, work.Guards{workflow.ReasonGiven: work.Holds(true)}, nil); err != nil {
			return err
		}
		return work.Add(tx, &Note{ID: ident.New[string](), ApplicationID: a.ID, Body: strings.TrimSpace(reason), Person: tx.By.ID, NotedAt: tx.Now})
	})
}

// ProposeReopening proposes to look at the eligibility of an application again, such as when double funding is found late.
func (s *Service) ProposeReopening(ctx context.Context, ref ident.Ref, reason string) error {
	return s.move(ctx, ref, func(tx *work.Tx, a *application.Application) error {
		if err := tx.Require(access.ProposeEligibilityReopening, a); err != nil {
			return err
		}
		if !fits(reason) {
			return fault.Fields(fault.Problems{"reason": "Enter the reason, in 4,000 characters or fewer"})
		}
		if !slices.Contains(reopenable(), a.State) {
			return fault.New(fault.Conflict, "The application is now “%s”: its eligibility cannot be reopened", workflow.Applications().Info(a.State).Label)
		}
		waits, err := openReopening(tx, a.ID)
		if err != nil {
			return err
		}
		if waits != nil {
			return fault.New(fault.Conflict, "A reopening waits for a second person already")
		}
		tx.Record(application.Event(a, string(access.ProposeEligibilityReopening), nil))
		return work.Add(tx, &Reopening{ID: ident.New[string](), ApplicationID: a.ID, Reason: strings.TrimSpace(reason), ProposedBy: tx.By.ID, ProposedAt: tx.Now})
	})
}

// reopenable are the states from which eligibility can be reopened.
func reopenable() []workflow.ApplicationState {
	var states []workflow.ApplicationState
	for _, m := range workflow.Applications().Moves() {
		if m.On == workflow.ReopenEligibility {
			states = append(states, m.From)
		}
	}
	return states
}

// ConfirmReopening takes an application back into screening, by somebody other than who proposed it. What was decided stands until it
// is decided again.
func (s *Service) ConfirmReopening(ctx context.Context, ref ident.Ref) error {
	return s.move(ctx, ref, func(tx *work.Tx, a *application.Application) error {
		waits, err := openReopening(tx, a.ID)
		if err != nil {
			return err
		}
		if err := application.Move(tx, a, workflow.ReopenEligibility, work.Guards{workflow.ReopeningProposed: work.Holds(waits != nil)}, nil); err != nil {
			return err
		}
		return confirmReopening(tx, waits)
	})
}

// move runs a step of one application.
func (s *Service) move(ctx context.Context, ref ident.Ref, step func(*work.Tx, *application.Application) error) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.ByRef(tx, ref)
		if err != nil {
			return err
		}
		return step(tx, a)
	})
}

func fits(reason string) bool {
	return strings.TrimSpace(reason) != "" && form.Characters(reason) <= 4000
}
