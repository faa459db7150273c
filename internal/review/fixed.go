package review

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/dtac/status"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// Fixed are the scores that do not come from reviewers: what stands, what waits for a second person, and what may be given.
type Fixed struct {
	Officers *rubric.Part // FU1, nil if the rubric has none
	Assessor *rubric.Part // DT1
	Standing map[rubric.Code]Score
	Proposed map[rubric.Code]Score
	Status   status.Status // provisional, of the best product
	Bounds   rubric.Bounds // of the assessor's score
	May      map[access.Action]bool
}

// Fixed gives them to officers, assessors and those who oversee.
func (s *Service) Fixed(ctx context.Context, ref ident.Ref) (Fixed, error) {
	var f Fixed
	err := s.gate.Read(ctx, func(tx *work.Tx) error {
		a, err := application.ByRef(tx, ref)
		if err != nil {
			return err
		}
		if err := mayReadFixed(tx, a); err != nil {
			return err
		}
		tx.Saw("scores.fixed", string(a.Ref))
		f, err = s.fixed(tx, a)
		return err
	})
	return f, err
}

// mayReadFixed refuses those who neither check the application's eligibility nor assess its products, in the words of what they could do
// elsewhere: to an officer who is recused from it, it is not there.
func mayReadFixed(tx *work.Tx, a *application.Application) error {
	for _, act := range []access.Action{access.ViewEligibility, access.ViewDTAC} {
		may, err := tx.May(act, a)
		if err != nil || may {
			return err
		}
	}
	if tx.Policy().MayAnywhere(tx.By, access.ViewEligibility) {
		return tx.Require(access.ViewEligibility, a)
	}
	return tx.Require(access.ViewDTAC, a)
}

func (s *Service) fixed(tx *work.Tx, a *application.Application) (Fixed, error) {
	f := Fixed{Standing: map[rubric.Code]Score{}, Proposed: map[rubric.Code]Score{}, May: map[access.Action]bool{}}
	r, err := s.rubric(a.Call())
	if err != nil {
		return f, err
	}
	f.Officers, f.Assessor = r.From(rubric.Officers), r.From(rubric.Assessor)
	rows, err := fixedOf(tx, a.ID)
	if err != nil {
		return f, err
	}
	for _, row := range rows {
		if row.State == ScoreStands {
			f.Standing[row.Part] = row
		} else {
			f.Proposed[row.Part] = row
		}
	}
	for _, act := range []access.Action{access.ProposeFU1, access.ConfirmFU1, access.ScoreDT1} {
		if f.May[act], err = tx.May(act, a); err != nil {
			return f, err
		}
	}
	if f.Assessor != nil {
		if f.Status, err = s.provisional(tx, a.ID); err != nil {
			return f, err
		}
		f.Bounds = f.Assessor.Bounds(string(f.Status))
	}
	return f, nil
}

// ScoreDT1 keeps the DTAC assessor's score, within the bounds that the provisional status sets. It is given once and does not change.
func (s *Service) ScoreDT1(ctx context.Context, ref ident.Ref, g Given) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, part, err := s.fixedPart(tx, ref, rubric.Assessor, access.ScoreDT1)
		if err != nil {
			return err
		}
		if a.State != workflow.Eligible && a.State != workflow.Assessment {
			return fault.New(fault.Conflict, "DTAC is scored while the application is eligible or in assessment")
		}
		before, err := fixedOf(tx, a.ID)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(before, func(row Score) bool { return row.Part == part.Code }) {
			return fault.New(fault.Conflict, "%s was scored already, and does not change", part.Code)
		}
		now, err := s.provisional(tx, a.ID)
		if err != nil {
			return err
		}
		score, err := fixedScore(tx, a, part, &g, part.Bounds(string(now)))
		if err != nil {
			return err
		}
		score.Source, score.State = ByAssessor, ScoreStands
		guard(tx, a, access.ScoreDT1, []Score{score}, map[string]any{"part": part.Code, "status": now})
		return addScores(tx, []Score{score})
	})
}

// ProposeFU1 keeps an eligibility officer's score until a second officer confirms it. A new proposal takes the place of one that waits.
func (s *Service) ProposeFU1(ctx context.Context, ref ident.Ref, g Given) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, part, err := s.fixedPart(tx, ref, rubric.Officers, access.ProposeFU1)
		if err != nil {
			return err
		}
		if !scorable(a.State) {
			return fault.New(fault.Conflict, "This part is scored from screening to the end of the assessment")
		}
		score, err := fixedScore(tx, a, part, &g, part.Bounds(""))
		if err != nil {
			return err
		}
		score.Source, score.State = ByOfficer, ScoreProposed
		waiting, err := waitingFor(tx, a, part, ScoreProposed)
		if err != nil {
			return err
		}
		if err := setState(tx, waiting, ScoreReplaced); err != nil {
			return err
		}
		guard(tx, a, access.ProposeFU1, append(waiting, score), map[string]any{"part": part.Code})
		return addScores(tx, []Score{score})
	})
}

// ConfirmFU1 makes the proposed score stand. It is for another officer than the one who proposed it.
func (s *Service) ConfirmFU1(ctx context.Context, ref ident.Ref) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, part, err := s.fixedPart(tx, ref, rubric.Officers, access.ConfirmFU1)
		if err != nil {
			return err
		}
		waiting, err := waitingFor(tx, a, part, ScoreProposed)
		if err != nil {
			return err
		}
		if len(waiting) == 0 || !scorable(a.State) {
			return fault.New(fault.Conflict, "No score of %s waits to be confirmed", part.Code)
		}
		if waiting[0].Person == tx.By.ID {
			return fault.New(fault.Forbidden, "Somebody other than who proposed the score must confirm it")
		}
		old, err := waitingFor(tx, a, part, ScoreStands)
		if err != nil {
			return err
		}
		if err := setState(tx, old, ScoreReplaced); err != nil {
			return err
		}
		guard(tx, a, access.ConfirmFU1, append(old, waiting[0]), map[string]any{"part": part.Code})
		return confirmScore(tx, &waiting[0])
	})
}

// scorable are the states in which officers score.
func scorable(state workflow.ApplicationState) bool {
	return slices.Contains([]workflow.ApplicationState{
		workflow.Screening, workflow.Clarification, workflow.IneligibleProposed, workflow.Eligible, workflow.Assessment, workflow.Moderation,
	}, state)
}

// fixedPart gives the application and the part with a source, to somebody who may score it.
func (s *Service) fixedPart(tx *work.Tx, ref ident.Ref, from rubric.Source, act access.Action) (*application.Application, *rubric.Part, error) {
	a, err := application.ByRef(tx, ref)
	if err != nil {
		return nil, nil, err
	}
	if err := tx.Require(act, a); err != nil {
		return nil, nil, err
	}
	r, err := s.rubric(a.Call())
	if err != nil {
		return nil, nil, err
	}
	part := r.From(from)
	if part == nil {
		return nil, nil, fault.New(fault.Conflict, "The rubric of this call has no such part")
	}
	return a, part, nil
}

// fixedScore makes the row of a score that has a number within bounds and a reason.
func fixedScore(tx *work.Tx, a *application.Application, p *rubric.Part, g *Given, b rubric.Bounds) (Score, error) {
	g.Mark, g.Reason = strings.TrimSpace(g.Mark), tidy(g.Reason)
	problems := g.missing(p, a.Call().Settings.Review.ReasonWord)
	mark, value, ok := g.read()
	switch {
	case !ok || mark == rubric.Scored && b.Allow(*value):
	case b.Least == b.Best:
		problems[string(p.Code)] = fmt.Sprintf("By the provisional status, the score must be %d", b.Best)
	default:
		problems[string(p.Code)] = fmt.Sprintf("The score must be a number from %d to %d", b.Least, b.Best)
	}
	if form.Characters(g.Reason) > longestReason {
		problems[string(p.Code)+"-reason"] = "Reason must be 4,000 characters or fewer"
	}
	score := Score{ID: ident.New[string](), ApplicationID: a.ID, Part: p.Code, Person: tx.By.ID, Value: value, Mark: mark, Reason: g.Reason, At: tx.Now}
	return score, fault.Fields(problems)
}

// waitingFor gives the officers' scores of a part in a state.
func waitingFor(tx *work.Tx, a *application.Application, p *rubric.Part, state ScoreState) ([]Score, error) {
	rows, err := fixedOf(tx, a.ID)
	return slices.DeleteFunc(rows, func(row Score) bool { return row.Part != p.Code || row.State != state }), err
}
