package review

import (
	"context"
	"slices"
	"strings"

	"adoptionfund/internal/access"
	"adoptionfund/internal/application"
	"adoptionfund/internal/assignment"
	"adoptionfund/internal/audit"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/form"
	"adoptionfund/internal/fund"
	"adoptionfund/internal/ident"
	"adoptionfund/internal/rubric"
	"adoptionfund/internal/work"
	"adoptionfund/internal/workflow"
)

// guards binds the guards of the moves of an assessment.
func guards(a *application.Application, t Totals, reason string) work.Guards {
	apart := len(t.Apart(a.Call().Settings.Review.ApartBy)) > 0
	return work.Guards{
		workflow.ReviewsComplete:   work.Holds(len(t.Missing) == 0),
		workflow.ScoresWithinLimit: work.Holds(!apart),
		workflow.ScoresApart:       work.Holds(apart),
		workflow.ReasonGiven:       work.Holds(reason != ""),
		workflow.ConsensusComplete: work.Holds(!apart),
	}
}

// facts are what an event of the assessment keeps of the totals.
func facts(t Totals, reason string) map[string]any {
	f := map[string]any{"total": t.Total.String(), "reviews": t.Reviews}
	if reason != "" {
		f["reason_digest"] = audit.Digest([]byte(reason))
	}
	return f
}

func checkReason(reason *string) error {
	*reason = tidy(*reason)
	if form.Characters(*reason) > longestReason {
		return fault.Fields(fault.Problems{"reason": "Reason must be 4,000 characters or fewer"})
	}
	return nil
}

// move makes one move of an assessment.
func (s *Service) move(ctx context.Context, ref ident.Ref, on workflow.Event, reason string) error {
	if err := checkReason(&reason); err != nil {
		return err
	}
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.ByRef(tx, ref)
		if err != nil {
			return err
		}
		t, err := s.totals(tx, a)
		if err != nil {
			return err
		}
		if err := application.Move(tx, a, on, guards(a, t, reason), facts(t, reason)); err != nil {
			return err
		}
		if reason != "" {
			if err := addMinute(tx, a, on, reason); err != nil {
				return err
			}
		}
		if on == workflow.CloseShort {
			return assignment.Release(tx, a)
		}
		return nil
	})
}

// CloseAssessment closes the assessment of an application: its reviews are complete and its scores within the limit.
func (s *Service) CloseAssessment(ctx context.Context, ref ident.Ref) error {
	return s.move(ctx, ref, workflow.CloseAssessment, "")
}

// CloseShort closes it with fewer reviews, for a reason that is minuted. Reviews that are not in are no longer asked for.
func (s *Service) CloseShort(ctx context.Context, ref ident.Ref, reason string) error {
	return s.move(ctx, ref, workflow.CloseShort, reason)
}

// OpenModeration opens a discussion, since scores differ by more than the limit.
func (s *Service) OpenModeration(ctx context.Context, ref ident.Ref) error {
	return s.move(ctx, ref, workflow.OpenModeration, "")
}

// ChooseModeration opens one by the chair's choice, with a reason.
func (s *Service) ChooseModeration(ctx context.Context, ref ident.Ref, reason string) error {
	return s.move(ctx, ref, workflow.ChooseModeration, reason)
}

// RequestReviews asks for further or replacement reviews, with a reason; the fund manager then assigns them.
func (s *Service) RequestReviews(ctx context.Context, ref ident.Ref, reason string) error {
	return s.move(ctx, ref, workflow.RequestReviews, reason)
}

// TakeToPanel takes an application that was assessed to the panel.
func (s *Service) TakeToPanel(ctx context.Context, ref ident.Ref) error {
	return s.move(ctx, ref, workflow.TakeToPanel, "")
}

// Closed is what closing all that are ready led to.
type Closed struct {
	Closed  int
	Apart   int // scores differ by more than the limit
	Waiting int // reviews are not complete, or it is not for this person
}

// CloseReady closes the assessment of every application of a call whose reviews are complete and whose scores are within the limit.
func (s *Service) CloseReady(ctx context.Context, ref ident.CallRef) (Closed, error) {
	var done Closed
	err := s.gate.Write(ctx, func(tx *work.Tx) error {
		done = Closed{}
		c, err := fund.PermittedCall(tx, ref, access.CloseAssessment)
		if err != nil {
			return err
		}
		apps, err := application.InCall(tx, c, workflow.Assessment)
		if err != nil {
			return err
		}
		totals, err := s.Totals(tx, c)
		if err != nil {
			return err
		}
		for _, a := range apps {
			if err := s.closeOne(tx, a, totals[a.ID], &done); err != nil {
				return err
			}
		}
		return nil
	})
	return done, err
}

func (s *Service) closeOne(tx *work.Tx, a *application.Application, t Totals, done *Closed) error {
	may, err := tx.May(access.CloseAssessment, a)
	if err != nil {
		return err
	}
	switch {
	case !may || len(t.Missing) > 0:
		done.Waiting++
		return nil
	case len(t.Apart(a.Call().Settings.Review.ApartBy)) > 0:
		done.Apart++
		return nil
	}
	done.Closed++
	return application.Move(tx, a, workflow.CloseAssessment, guards(a, t, ""), facts(t, ""))
}

// RecordConsensus records the panel's score of each part that it names, with its reason, and ends the moderation. Every part whose
// scores differ by more than the limit needs one. A consensus is the part's score.
func (s *Service) RecordConsensus(ctx context.Context, ref ident.Ref, marks Marks) error {
	return s.gate.Write(ctx, func(tx *work.Tx) error {
		a, err := application.Permitted(tx, ref, access.RecordConsensus)
		if err != nil {
			return err
		}
		if err := s.agree(tx, a, marks); err != nil {
			return err
		}
		t, err := s.totals(tx, a)
		if err != nil {
			return err
		}
		return application.Move(tx, a, workflow.RecordConsensus, guards(a, t, ""), facts(t, ""))
	})
}

// agree keeps the scores that were agreed, in the place of those agreed before.
func (s *Service) agree(tx *work.Tx, a *application.Application, marks Marks) error {
	r, err := s.rubric(a.Call())
	if err != nil {
		return err
	}
	fresh, err := consensus(tx, a, r, marks)
	if err != nil {
		return err
	}
	before, err := standingOf(tx, a.ID)
	if err != nil {
		return err
	}
	old := slices.DeleteFunc(before, func(b Score) bool {
		return b.Source != ByConsensus || !slices.ContainsFunc(fresh, func(f Score) bool { return f.Part == b.Part })
	})
	if err := setState(tx, old, ScoreReplaced); err != nil {
		return err
	}
	guard(tx, a, access.RecordConsensus, slices.Concat(old, fresh), map[string]any{"parts": len(fresh)})
	return addScores(tx, fresh)
}

// consensus makes the scores that are recorded, in the order of the rubric. Parts of which nothing was typed are left as they are.
func consensus(tx *work.Tx, a *application.Application, r *rubric.Rubric, marks Marks) ([]Score, error) {
	problems := fault.Problems{}
	var scores []Score
	for _, p := range r.Parts {
		g := marks[p.Code]
		g.Mark, g.Reason = strings.TrimSpace(g.Mark), tidy(g.Reason)
		if g.blank() || p.Source != rubric.Reviewers {
			continue
		}
		score, err := fixedScore(tx, a, p, &g, p.Bounds(""))
		if f, ok := fault.Of(err); ok {
			for field, words := range f.Fields {
				problems[field] = words
			}
			continue
		}
		score.Source, score.State = ByConsensus, ScoreStands
		scores = append(scores, score)
	}
	return scores, fault.Fields(problems)
}
