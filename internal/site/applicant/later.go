package applicant

import (
	"context"
	"slices"
	"time"

	"adoptionfund/internal/application"
	"adoptionfund/internal/award"
	"adoptionfund/internal/eligibility"
	"adoptionfund/internal/fault"
	"adoptionfund/internal/workflow"
)

// LaterOf gives what eligibility and award know of an application, as far as the one who is signed in may know it.
func LaterOf(checks *eligibility.Service, awards *award.Service) func(context.Context, *application.Application) (Later, error) {
	return func(ctx context.Context, a *application.Application) (Later, error) {
		l := Later{Dates: map[workflow.When]time.Time{}}
		var err error
		switch a.State { //nolint:exhaustive // the others have no dates of these rooms
		case workflow.Clarification:
			err = l.clarification(ctx, checks, a)
		case workflow.Successful:
			err = l.award(ctx, awards, a)
		}
		if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
			err = nil
		}
		return l, err
	}
}

func (l *Later) clarification(ctx context.Context, checks *eligibility.Service, a *application.Application) error {
	x, err := checks.Clarifications(ctx, a.Ref)
	if i := slices.IndexFunc(x.Clarifications, eligibility.Clarification.IsOpen); err == nil && i >= 0 {
		l.Dates[workflow.WhenAnswer] = x.Clarifications[i].DueAt
	}
	return err //nolint:wrapcheck // eligibility has said what it was doing
}

func (l *Later) award(ctx context.Context, awards *award.Service, a *application.Application) error {
	p, err := awards.Show(ctx, a.Ref)
	if err != nil {
		return err //nolint:wrapcheck // award has said what it was doing
	}
	if p.Award.State == workflow.Offered && p.Award.OfferDue != nil {
		l.Dates[workflow.WhenOffer] = *p.Award.OfferDue
	}
	_, stuck := workflow.Awards().Step(p.Award.State, workflow.Decline)
	l.Declinable = stuck == nil
	return nil
}
